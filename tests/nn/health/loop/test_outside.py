"""What is told of a loop that does not show all that it trains with, and of how batches are mixed; nothing is run."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nn.health.finding import Finding
from nn.health.loop import gather, script
from nn.health.loop.clipping import find_tight_clipping, share_left
from nn.health.loop.ledger import Iteration, Ledger, Seen
from nn.health.loop.rerun import Rerun
from nn.health.loop.trained_rows import Rows


def seen(*causes: str, **others: Any) -> Seen:
    usual: dict[str, Any] = {
        "model": "a model",
        "inputs": np.ones(1),
        "targets": np.ones(1),
        "loss": math.fsum,
        "rated": True,
    }
    made = Seen(**{**usual, **others})
    made.findings = [Finding(cause, "", "told", "mend it") for cause in causes]
    made.notes = ["a note"]
    return made


@pytest.mark.parametrize(
    ("others", "missing"),
    [
        ({"model": None}, "which model it trains"),
        ({"alone": False}, "one optimizer for all of the model"),
        ({"inputs": None, "alone": False}, "one optimizer for all of the model"),
        ({"inputs": None}, "the rows of the inputs as one array"),
        ({"targets": None}, "the targets that the loss is of"),
    ],
)
def test_what_a_loop_does_not_show(others: dict[str, Any], missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    tried = [Rerun(1.0, (1.0, 1.0, 1.0)), Rerun(0.1, (1.0, 0.5, 0.5))]
    monkeypatch.setattr(script, "try_rates", lambda *given, **_: asked.append(given) or tried)
    monkeypatch.setattr(
        script, "watch_script", lambda path, steps, seconds, arguments: asked.append((steps, seconds)) or seen(**others)
    )
    found = script.diagnose_script("mine.py", steps=7, seconds=20.0)
    assert asked == [(7, 10.0), (Path("mine.py"), 240, 20.0)]
    assert found.evidence == [
        f"the loop does not show {missing}, so the script itself was run again with other rates",
        "a note",
        "with the rate × 1: 100% of the first loss is left",
        "with the rate × 0.1: 50% of the first loss is left",
    ]
    assert (found.cause, [f.cause for f in found.findings]) == ("learning rate too high", ["learning rate too high"])
    script.diagnose_script("mine.py", seconds=80.0)
    assert asked[2][1] == 15.0
    # Without an optimizer there is no rate that a second run could change.
    others = {**others, "rated": False, "iterations": 60}
    found = script.diagnose_script("mine.py", steps=7, seconds=20.0)
    assert found.evidence == [f"the loop does not show {missing}, so what was seen of it is all", "a note"]


@pytest.mark.parametrize(
    ("causes", "tried", "told"),
    [
        ((), True, ["learning rate too high"]),
        # What is no trouble stands behind.
        (("scheduler out of order",), True, ["learning rate too high", "scheduler out of order"]),
        (("step missing",), False, ["step missing"]),
        (("a", "b", "c", "d"), False, ["a", "b", "c"]),
    ],
)
def test_rates_are_tried_where_nothing_was_seen(
    causes: tuple[str, ...], tried: bool, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    runs = [Rerun(1.0, (1.0, 1.0, 1.0)), Rerun(0.1, (1.0, 0.5, 0.5))]
    monkeypatch.setattr(script, "try_rates", lambda *given, **_: asked.append(given) or runs)
    found = script._diagnose_from_outside(Path("mine.py"), seen(*causes, model=None), 20.0)
    assert (bool(asked), [f.cause for f in found.findings], found.cause) == (tried, told, told[0])
    monkeypatch.setattr(script, "try_rates", lambda *given, **_: [])
    nothing = script._diagnose_from_outside(Path("mine.py"), seen(model=None), 20.0)
    assert (nothing.cause, nothing.findings) == ("unknown", [])


def passes(*batches: bytes, targets: Any = None, again: int = 1) -> Ledger:
    made = Ledger(iterations=[SimpleNamespace(call=SimpleNamespace(batch=batch, members=None)) for batch in batches])  # type: ignore[list-item]
    made.rows = Rows()
    if targets is not None:
        x = np.arange(float(len(targets)))[:, None]
        for _ in range(again):
            made.rows.add(x, np.asarray(targets))
    return made


@pytest.mark.parametrize(
    ("made", "shuffled"),
    [
        (passes(b"a", b"b", b"a", b"b"), False),
        (passes(b"a", b"b", b"c", b"d"), True),
        # Of one time through the rows, classes that come one after the other are in order.
        (passes(b"a", b"b", targets=np.arange(40) // 20), False),
        (passes(b"a", b"b", targets=np.arange(40) % 2), True),
        (passes(b"a", b"b", targets=np.arange(40) // 20, again=2), True),
        (passes(b"a", b"b", targets=np.arange(40.0) // 20), True),
        (passes(b"a", b"b", targets=np.repeat(np.arange(40) // 20, 2).reshape(40, 2)), True),
        (passes(b"a", b"b", targets=(np.arange(40) // 20)[:, None]), False),
    ],
)
def test_whether_batches_are_mixed(made: Ledger, shuffled: bool) -> None:
    assert gather._is_shuffled(made) is shuffled


@pytest.mark.parametrize(
    ("left", "cause", "told"),
    [
        (0.019, "learning rate too low", True),
        (0.021, "learning rate too low", False),
        (0.019, "learning rate too high", False),
    ],
)
def test_steps_that_are_too_small_where_clipping_leaves_hardly_anything(left: float, cause: str, told: bool) -> None:
    judged = Finding(cause, "", "seen", "mend it", heals=("rate × 100",))
    found = find_tight_clipping(left, judged)
    assert (found is not None) is told
    assert find_tight_clipping(left, None) is None
    if found is not None:
        assert (found.cause, found.heals) == ("clipping too tight", judged.heals)


@pytest.mark.parametrize(("bound", "left"), [(0.01, pytest.approx(0.0025)), (None, 1.0)])
def test_what_clipping_leaves_is_that_of_the_middle_of_all_passes(bound: float | None, left: float) -> None:
    passes = [Iteration(None, None, None, False, 0.1, 1.0, 1, 1.0) for _ in range(3)]
    for one, scale in zip(passes, (0.1, 0.0025, 0.001), strict=True):
        one.scale = scale
    made = Ledger(iterations=passes)
    made.clip_norm = bound
    assert share_left(made) == left
