"""How a search asks a sampler of Optuna, and what it tells it: without a training. Needs Optuna."""

from __future__ import annotations

import math
from typing import Any

import pytest

import nn
from nn.tuning.result import Trial
from nn.tuning.strategies import Sampled

optuna = pytest.importorskip("optuna")

SPACE = {
    "lr": nn.LogUniform(1e-3, 1.0),
    "share": nn.Uniform(-1.0, 1.0),
    "units": nn.Integers(2, 64, log=True),
    "kind": nn.Choice(("a", 1), ["b"], None),
}


def sampled(before: dict[int, Trial] | None = None, mode: str = "min", trials: int = 3) -> Any:
    return Sampled(optuna.samplers.RandomSampler(seed=0), SPACE, trials, 7, mode, before or {})


def test_each_distribution_is_optunas() -> None:
    made = sampled()._distributions
    of = optuna.distributions
    assert made == {
        "lr": of.FloatDistribution(1e-3, 1.0, log=True), "share": of.FloatDistribution(-1.0, 1.0, log=False),
        "units": of.IntDistribution(2, 64, log=True), "kind": of.CategoricalDistribution([0, 1, 2]),
    }  # fmt: skip
    with pytest.raises(
        TypeError, match=r"a sampler draws from nn\.LogUniform, Uniform, Integers and Choice, and 'x' is 3"
    ):
        Sampled(optuna.samplers.RandomSampler(seed=0), {"x": 3}, 1, 1, "min", {})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match=r"sampler is one of optuna.samplers, such as TPESampler\(seed=0\), not int"):
        Sampled(3, SPACE, 1, 1, "min", {})


def test_trials_are_asked_for_by_number_and_told() -> None:
    search = sampled()
    assert [search.ask() for _ in range(4)] == [(0, 7), (1, 7), (2, 7), None]
    for params in search.params.values():
        assert params["kind"] in SPACE["kind"].options and 2 <= params["units"] <= 64  # type: ignore[attr-defined]
    for number, score in ((1, 0.5), (0, math.nan), (9, 1.0)):
        search.tell(Trial(number, search.params.get(number, {}), 7, (score,)))
    states = [trial.state.name for trial in search.study.trials]
    assert states == ["FAIL", "COMPLETE", "RUNNING"]
    assert search.study.best_value == 0.5


@pytest.mark.parametrize(("mode", "best"), [("min", 0.25), ("max", 0.75)])
def test_what_was_done_before_is_told_and_not_drawn(mode: str, best: float) -> None:
    # As a journal has it: tuples are lists there.
    first = {"lr": 0.1, "share": 0.0, "units": 8, "kind": ["a", 1]}
    before = {
        0: Trial(0, first, 7, (0.25,)), 1: Trial(1, {**first, "kind": None}, 7, (0.75,)),
        2: Trial(2, {**first, "kind": ["b"]}, 7, (math.inf,)),
    }  # fmt: skip
    search = sampled(before, mode, 4)
    assert [search.ask() for _ in range(5)] == [(0, 7), (1, 7), (2, 7), (3, 7), None]
    assert [search.params[k]["kind"] for k in range(3)] == [("a", 1), None, ["b"]]
    told = [trial for trial in search.study.trials if trial.state.name == "COMPLETE"]
    assert [(trial.params["kind"], trial.value) for trial in told] == [(0, 0.25), (2, 0.75)]
    assert search.study.best_value == best
    search.tell(before[0])
    assert len(search.study.trials) == 3
