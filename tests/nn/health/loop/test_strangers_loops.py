"""What loops of strangers do beside the usual: batches mixed within, left early, divided losses, hooks, rates by a rule, held norms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.health import diagnose
from nn.health.loop.clipping import find_clipping
from nn.health.loop.ledger import Iteration, Ledger
from nn.health.loop.script import watch_script
from tests.nn.health.loop.scripts import OURS

STEP = "        optimizer.step()\n"
SLICE = "for start in range(0, 64, 16):\n"
ROWS = "        rows = np.arange(start, start + 16)\n        rng.shuffle(rows)\n"
BY_ROWS = OURS.replace("[start : start + 16]", "[rows]").replace(SLICE, SLICE + ROWS)
LOADED = (
    OURS.replace(SLICE, "for xb, yb in loader:\n")
    .replace("x[start : start + 16]", "xb")
    .replace("y[start : start + 16]", "yb")
)
LOADED = LOADED.replace("for epoch", "loader = nn.DataLoader(x, y, batch_size=16, shuffle=True, seed=0)\nfor epoch")
BOUND = "    p.register_hook(lambda g: g.clip(-{0}, {0}))\n"
HOOKED = OURS.replace("for epoch", "for p in model.parameters():\n" + BOUND + "for epoch", 1)
HELD = (
    "        for p in model.parameters():\n            length = np.linalg.norm(p.data)\n            if length > {0}:\n"
    "                p.data = p.data * ({0} / length)\n"
)
FALLING = OURS.replace("range(30)", "range({epochs})").replace(
    STEP, "        optimizer.param_groups[0]['lr'] = 0.05 / (1 + {decay} * (epoch * 4 + start // 16))\n" + STEP
)


@pytest.fixture
def watch(tmp_path: Path) -> Any:
    def run(text: str) -> Any:
        (tmp_path / "train.py").write_text(text)
        return watch_script(tmp_path / "train.py")

    return run


def test_rows_that_are_mixed_within_their_batch_alone_are_not_shuffled(watch: Any) -> None:
    assert not watch(BY_ROWS).shuffle
    assert watch(BY_ROWS.replace(ROWS, "        rows = rng.permutation(64)[:16]\n")).shuffle


def test_single_rows_that_come_in_another_order_are_shuffled(watch: Any) -> None:
    single = OURS.replace(SLICE, "for start in {}:\n").replace("start + 16", "start + 1")
    assert watch(single.format("rng.permutation(64)")).shuffle
    assert not watch(single.format("range(64)")).shuffle


def test_a_loop_that_returns_after_a_batch_is_told_with_its_line(watch: Any) -> None:
    seen = watch(LOADED.replace(STEP, STEP + "        break\n"))
    assert [(f.cause, "line 26" in f.fix) for f in seen.findings] == [("too few steps", True)], seen.findings
    assert seen.epochs * -(-len(seen.inputs) // seen.batch_size) < 60


@pytest.mark.parametrize("left", ["        if loss.item() < 0.001:\n            break\n", ""])
def test_a_loop_that_may_be_left_is_no_such(watch: Any, left: str) -> None:
    seen = watch(LOADED.replace(STEP, STEP + left))
    assert (seen.findings, seen.epochs) == ([], 30)


@pytest.mark.parametrize(("divided", "factor"), [("(loss / 64)", 1 / 64), ("(loss / 2)", 1.0), ("loss", 1.0)])
def test_a_loss_that_is_divided_for_steps_that_come_after_each_batch(watch: Any, divided: str, factor: float) -> None:
    seen = watch(OURS.replace("loss.backward()", f"{divided}.backward()"))
    out, target = np.ones((4, 1), np.float32), np.zeros((4, 1), np.float32)
    assert float(seen.loss(nn.Parameter(out), target).item()) == pytest.approx(factor)


@pytest.mark.parametrize(("bound", "told"), [("1e-4", 1e-4), ("10.0", None)])
def test_what_a_hook_cuts_gradients_to_is_seen(watch: Any, bound: str, told: float | None) -> None:
    found = watch(HOOKED.format(bound)).options.get("clip_value")
    assert found == (pytest.approx(told) if told else None)


def test_gradients_that_stand_at_a_bound_now_and_then_are_not_cut() -> None:
    passes = [Iteration(None, None, None, False, 0.1, 1.0, 3, bounded=b) for b in (0.1, 0.1, 0.1, float("nan"))]
    assert find_clipping(Ledger(iterations=passes)) == {}
    assert find_clipping(Ledger(iterations=passes[:3])) == {"clip_value": pytest.approx(0.1)}


@pytest.mark.parametrize(("bound", "told"), [("0.2", 0.2), ("50.0", None)])
def test_the_norm_that_each_parameter_is_held_to_is_seen(watch: Any, bound: str, told: float | None) -> None:
    found = watch(OURS.replace(STEP, STEP + HELD.format(bound))).options
    assert found == ({"clip_weight_norm": pytest.approx(told, rel=1e-3)} if told else {})


@pytest.mark.parametrize(("bound", "cause"), [(0.05, "weights held small"), (50.0, "healthy")])
def test_parameters_that_are_held_to_a_short_norm_are_let_go(bound: float, cause: str) -> None:
    x = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    model = nn.Sequential(nn.Linear(3, 24, rng=0), nn.Tanh(), nn.Linear(24, 1, rng=1))
    found = diagnose(model, (x, x[:, :1] - np.abs(x[:, 1:2])), "mse", epochs=30, clip_weight_norm=bound)
    assert found.cause == cause, str(found)


@pytest.mark.parametrize(
    ("decay", "epochs", "causes"), [(0.9, 300, ["rate decays too fast"]), (0.9, 9, []), (0.001, 300, [])]
)
def test_a_rate_that_falls_as_one_over_the_steps_is_looked_ahead(
    watch: Any, decay: float, epochs: int, causes: list[str]
) -> None:
    seen = watch(FALLING.format(decay=decay, epochs=epochs))
    assert [f.cause for f in seen.findings] == causes
