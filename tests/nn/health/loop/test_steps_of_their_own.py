"""Weights that a script clips after each step, and steps of L-BFGS, which ask for the loss again and again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
import optim
from nn.health import diagnose
from nn.health.loop.script import run_watched, watch_script
from tests.nn.health.corpus.rows import numbers
from tests.nn.health.loop.scripts import OURS, TORCH

STEP = "        optimizer.step()\n"
CLIP = "        for p in model.parameters():\n            p.data = np.clip(p.data, -{0}, {0})\n"
CLOSURE = OURS[: OURS.index("optimizer =")].replace("nn.Dropout(0.1, rng=2), ", "") + (
    "solver = optim.LBFGS(model.parameters(), lr=0.5, max_iter=5)\n"
    "def closure():\n"
    "    solver.zero_grad()\n"
    "    loss = nn.functional.mse_loss(model(x), y)\n"
    "    loss.backward()\n"
    "    return loss\n"
    "for step in range(9):\n"
    "    solver.step(closure)\n"
)


@pytest.fixture
def watch(tmp_path: Path):
    def run(text: str) -> Any:
        (tmp_path / "train.py").write_text(text)
        return watch_script(tmp_path / "train.py")

    return run


@pytest.mark.parametrize(
    ("line", "held"),
    [
        (CLIP.format(0.05), 0.05),
        # Some weights lie outside: those that are not clipped do their part.
        ("        model[0].weight.data = np.clip(model[0].weight.data, -0.05, 0.05)\n", None),
        # So far out that no step comes there.
        (CLIP.format(50.0), None),
        ("        model[0].weight.data = 0.9 * model[0].weight.data\n", None),
        ("        for p in model.parameters():\n            p.data = np.maximum(p.data, -0.01)\n", None),
    ],
)
def test_what_weights_are_clipped_to_is_seen(watch, line, held):
    found = watch(OURS.replace(STEP, STEP + line)).options.get("clip_weights")
    assert found == (pytest.approx(held) if held else None)


def test_what_weights_are_clipped_to_after_an_epoch_is_seen(watch):
    text = OURS.replace(
        "    model.eval()\n",
        "    model.eval()\n    for p in model.parameters():\n        p.data[...] = p.data.clip(-0.05, 0.05)\n",
    )
    assert watch(text).options == {"clip_weights": pytest.approx(0.05)}


@pytest.mark.integration
def test_what_pytorchs_weights_are_clipped_to_is_seen(watch):
    pytest.importorskip("torch")
    clip = "        for p in model.parameters():\n            p.data.clamp_(-0.05, 0.05)\n"
    assert watch(TORCH.replace(STEP, STEP + clip)).options == {"clip_weights": pytest.approx(0.05)}


@pytest.mark.integration
@pytest.mark.parametrize(("bound", "cause"), [(1e-3, "weights held small"), (9.0, "healthy")])
def test_weights_that_are_held_small_are_let_go(bound, cause):
    x, y = numbers(0)
    model = nn.Sequential(nn.Linear(5, 24, rng=0), nn.Tanh(), nn.Linear(24, 1, rng=1))
    before = [np.array(p.data) for p in model.parameters()]
    found = diagnose(
        model, (x, y), "mse", optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=30, clip_weights=bound
    )
    assert found.cause == cause
    assert all(np.array_equal(p.data, b) for p, b in zip(model.parameters(), before, strict=True))


def test_a_step_of_lbfgs_is_one_pass_of_the_loop(watch):
    seen = watch(CLOSURE)
    assert seen.iterations == 9
    assert (seen.findings, seen.epochs, seen.batch_size, seen.is_whole) == ([], 9, 64, True)
    assert seen.optimizer.param_groups[0]["lr"] == 0.5
    assert seen.optimizer.state_dict()["state"]["old_steps"] == []


@pytest.mark.parametrize(
    ("line", "cause"),
    [("    solver.zero_grad()\n", "gradients not zeroed"), ("    loss.backward()\n", "backward missing")],
)
def test_what_a_closure_lacks_is_seen(watch, line, cause):
    assert [f.cause for f in watch(CLOSURE.replace(line, "")).findings] == [cause]


def test_the_rate_of_lbfgs_is_changed_where_a_script_runs_again(tmp_path):
    (tmp_path / "train.py").write_text(CLOSURE)
    ends = []
    for factor in (1.0, 1e-9):
        losses: list[float] = []

        def scale(optimizer: Any, factor: float = factor) -> None:
            optimizer.param_groups[0]["lr"] *= factor

        run_watched(tmp_path / "train.py", 9, scale, losses.append)
        ends.append(losses[-1] / losses[0])
    assert ends[0] < 0.5 and ends[1] == pytest.approx(1.0, abs=1e-4)
