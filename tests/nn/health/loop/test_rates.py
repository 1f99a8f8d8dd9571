"""Rates that a script is run again with: what is left of a loss, and which rate is told; with a child that is written down."""

from __future__ import annotations

import math
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nn.health.loop import child, rerun
from nn.health.loop.rerun import Rerun, judge_bounds, judge_rates, try_rates


@pytest.mark.parametrize(
    ("losses", "left"),
    [
        ((), math.inf),
        ((2.0,), math.inf),
        ((2.0, 1.0), 0.75),
        # The median of the last fifth, of two at least.
        ((4.0, 9.0, 9.0, 1.0, 3.0), 0.5),
        ((4.0, *[9.0] * 11, 2.0, 8.0, 1.0), 0.5),
        ((4.0, *[9.0] * 10, 1.0, 2.0, 8.0), 1.25),
        ((2.0, 3.0, 3.0), 1.5),
        ((2.0, 3.1, 3.1), math.inf),
        ((2.0, 1.0, math.nan), math.inf),
        ((2.0, math.inf, 1.0), math.inf),
        ((math.nan, 1.0, 1.0), math.nan),
        ((-2.0, -3.0, -3.0), -1.5),
        ((0.0, 1.0, 1.0), 1.0),
        ((0.0, 1.6, 1.6), math.inf),
    ],
)
def test_what_is_left_of_the_first_loss(losses: tuple[float, ...], left: float) -> None:
    assert Rerun(1.0, losses).left == pytest.approx(left, nan_ok=True)


def runs(own: float, **others: float) -> list[Rerun]:
    """Of each rate what is left of a first loss of 1."""
    every = {"1": own, **{name.removeprefix("x").replace("_", "."): left for name, left in others.items()}}
    return [Rerun(float(factor), (1.0, left, left, left)) for factor, left in every.items()]


@pytest.mark.parametrize(
    ("tried", "cause", "told"),
    [
        (runs(1.0, x0_1=0.5, x10=1.2), "learning rate too high", "multiply the learning rate by 0.1"),
        (runs(1.0, x0_1=0.8, x10=0.5), "learning rate too low", "multiply the learning rate by 10"),
        (runs(1.0, x10=0.7), "learning rate too low", "multiply the learning rate by 10"),
        (runs(1.0, x10=0.71), None, ""),
        (runs(0.9, x10=0.5), "learning rate too low", "multiply the learning rate by 10"),
        (runs(0.89, x10=0.5), None, ""),
        # It must heal by as much as learning is.
        (runs(0.95, x10=0.66), "learning rate too low", "multiply the learning rate by 10"),
        (runs(0.95, x10=0.67), None, ""),
        (runs(math.inf, x0_1=0.5, x0_01=0.4), "learning rate too high", "multiply the learning rate by 0.01"),
        (runs(1.0), None, ""),
        ([], None, ""),
        ([Rerun(1.0, ()), *runs(1.0, x10=0.1)[1:]], None, ""),
    ],
)
def test_another_rate_is_told_where_it_heals(tried: list[Rerun], cause: str | None, told: str) -> None:
    found = judge_rates(tried)
    assert (found.cause if found else None) == cause
    if found is not None:
        factor = float(told.rpartition(" ")[2])
        best = next(one for one in tried if one.factor == factor)
        assert (found.fix, found.heals) == (told, (f"rate × {factor:g}",))
        assert found.evidence == {"factor": factor, "left": best.left}


def test_the_sentence_has_the_run_as_it_is_the_best_rate_and_the_others() -> None:
    found = judge_rates(runs(1.0, x0_1=0.42, x0_01=0.625, x10=9.0))
    assert found is not None
    assert found.sentence == (
        "after 4 passes the loss is 100% of what it was; with the rate × 0.1: 42% of the first loss is left; "
        "with the rate × 0.01: 62% of the first loss is left; with the rate × 10: the loss is lost"
    )
    lost = judge_rates(runs(math.inf, x0_1=0.42))
    assert lost is not None and lost.sentence.startswith("after 4 passes the loss is lost; with the rate × 0.1: 42%")


TOLD = '[1.0, [2.0, null]]\nnot of ours\n[3]\n{"a": 1, "b": 2}\n[0.1, [2.0, "1.5"]]\n'


def test_a_child_tells_its_losses_a_line_for_each_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def run(command: list[str], **options: Any) -> Any:
        asked.append((command[1:], options["timeout"], options["check"]))
        return subprocess.CompletedProcess(command, 1, stdout=TOLD)

    monkeypatch.setattr(rerun.subprocess, "run", run)
    first, second = try_rates(Path("mine.py"), 7, 2.5, (1.0, 0.5), ["--lr", "3"])
    assert asked == [(["-m", "nn.health.loop.child", "mine.py", "7", "1.0", "0.5", "--", "--lr", "3"], 2.5, False)]
    assert (first.factor, first.losses[0], math.isnan(first.losses[1])) == (1.0, 2.0, True)
    assert second == Rerun(0.1, (2.0, 1.5))
    try_rates(Path("mine.py"), 7, 2.5)
    assert asked[1][0][4:] == ["1.0", "0.1", "0.01", "10.0", "100.0", "1000.0", "--"]


@pytest.mark.parametrize("output", [TOLD, TOLD.encode() + b"\xff", None])
def test_what_a_child_told_until_it_was_ended_counts(output: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **options: Any) -> Any:
        raise subprocess.TimeoutExpired(command, 1.0, output=output)

    monkeypatch.setattr(rerun.subprocess, "run", run)
    assert [one.factor for one in try_rates(Path("mine.py"), 7, 2.5)] == ([1.0, 0.1] if output else [])


def test_the_child_tells_each_run_as_soon_as_it_has_ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def watch(path: Path, steps: int, made: Any, note: Any, arguments: Any) -> None:
        optimizer = SimpleNamespace(param_groups=[{"lr": 0.5}, {"params": ()}])
        made(optimizer)
        for loss in (optimizer.param_groups[0]["lr"], math.inf)[:steps]:
            note(loss)
        if optimizer.param_groups[0]["lr"] > 1.0:
            raise ZeroDivisionError

    monkeypatch.setattr(child, "run_watched", watch)
    child.tell_losses(Path("mine.py"), 2, [1.0, 4.0])
    assert capsys.readouterr().out == "[1.0, [0.5, null]]\n[4.0, [2.0, null, null, null]]\n"


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ((-1.0, -10.0, -100.0), True),
        ((-2.0, -90.0, -8000.0), True),
        # One that is bounded below 0, as the likelihood of numbers that spread little, comes to its bound.
        ((-1.0, -3.0, -3.1), False),
        ((-1.0, -10.0, -20.0), False),
        ((-0.4, -10.0, -100.0), False),
        ((-1.0, -10.0, float("nan")), False),
        ((0.4, 0.2, 0.1), False),
    ],
)
def test_a_loss_that_falls_with_the_size_of_its_steps_has_no_bound(ends: tuple[float, ...], told: bool) -> None:
    tried = [Rerun(factor, (0.5, end / 2, end, end)) for factor, end in zip((1.0, 10.0, 100.0), ends, strict=True)]
    found = judge_bounds([*tried, Rerun(0.1, ())])
    assert (found.cause if found is not None else None) == ("loss unbounded" if told else None)
