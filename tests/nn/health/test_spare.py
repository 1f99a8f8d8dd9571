"""What is there and stops nothing: layers that are never called, and inputs that only seem to be unused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from nn.health.evidence.facts import look
from nn.health.evidence.run import find_certain
from nn.health.evidence.structure import find_unused_inputs, tell_spare
from nn.health.finding import Finding
from nn.health.judging import judge
from nn.health.record import Record
from nn.health.subject import Subject
from tests.nn.health.corpus.case import Setup
from tests.nn.health.test_judging import experiments, facts, trial, tried
from tests.nn.health.test_mended import looked_at


class Two(nn.Module):
    """A layer that is called, and one that is not, or of which the answers are taken as constants."""

    def __init__(self, other: nn.Module, called: bool) -> None:
        super().__init__()
        self.body, self.other, self.called = nn.Linear(3, 2, rng=0), other, called

    def forward(self, x: Any) -> Any:
        if not self.called:
            return self.body(x)
        answer = self.other(x)
        return self.body(x) + (answer[0] if isinstance(answer, tuple) else answer).detach()


def subject_of(model: nn.Module, x: Any = None) -> Subject:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 3)).astype(np.float32) if x is None else x
    y = rng.normal(size=(64, 2)).astype(np.float32)
    return looked_at(Setup(model, x, y, nn.MSELoss()))[0]


@pytest.mark.parametrize("called", [False, True])
@pytest.mark.parametrize(
    "other", [nn.Linear(3, 2, rng=1), nn.Sequential(nn.Linear(3, 4, rng=1), nn.Linear(4, 2, rng=2))]
)
def test_what_is_never_called_is_spare_and_what_is_cut_off_is_not(other: nn.Module, called: bool) -> None:
    subject = subject_of(Two(other, called))
    made = subject.trial()
    made.train(1, points=1, measure_every=1)
    record = Record(made.measures, made.losses)
    (found,) = [tell_spare(f, record, look(subject)) for f in find_certain(record)]
    assert (found.cause, found.certain) == ("missing gradients", called)


def test_what_is_spare_comes_last_and_is_no_trouble_of_its_own() -> None:
    spare = Finding("missing gradients", "other", "seen", "mend it", certain=False)
    cut = Finding("missing gradients", "other", "seen", "mend it")
    healing = tried("learning rate too low", trial(0.1), "rate × 10")
    assert judge([spare], facts(), experiments(trial(0.1))).findings == []
    assert judge([cut], facts(), experiments(trial(0.1))).findings == [cut]
    sick = experiments(trial(0.9), healing, run_longer=lambda: None)
    assert [f.cause for f in judge([spare], facts(), sick).findings] == ["learning rate too low", "missing gradients"]
    assert [f.cause for f in judge([cut], facts(), sick).findings] == ["missing gradients"]


class Masked(nn.Module):
    """A mean over the places that are, or are not, there."""

    def __init__(self, there: bool) -> None:
        super().__init__()
        self.head, self.there = nn.Linear(3, 2, rng=0), there

    def forward(self, x: Any) -> Any:
        real = (np.abs(np.asarray(x.numpy() if hasattr(x, "numpy") else x)).sum(axis=2, keepdims=True) > 0).astype(
            np.float32
        )
        weight = real if self.there else 1.0 - real
        h = self.head(x + np.cumsum(x.numpy() if hasattr(x, "numpy") else x, axis=1).astype(np.float32))
        return (weight * h).sum(axis=1) / (weight.sum(axis=1) + 1e-6)


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("ends", [(1, 4), (2, 6)])
def test_inputs_are_used_where_the_rows_as_they_are_make_a_difference(there: bool, ends: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 6, 3)).astype(np.float32)
    x[np.arange(6)[None] >= rng.integers(*ends, 64)[:, None]] = 0.0
    assert list(find_unused_inputs(subject_of(Masked(there), x))) == []
    # With no padding at all nothing is left of an inverted mask.
    whole = rng.normal(size=(64, 6, 3)).astype(np.float32)
    assert [f.cause for f in find_unused_inputs(subject_of(Masked(there), whole))] == ["inputs unused"] * (not there)


@pytest.mark.parametrize("factor", [0.5, 1.0, -1.0])
def test_a_half_of_the_usual_loss_is_no_other_one(factor: float) -> None:
    rng = np.random.default_rng(0)
    x, y = (rng.normal(size=(64, width)).astype(np.float32) for width in (3, 2))
    _, known = looked_at(Setup(nn.Linear(3, 2, rng=0), x, y, lambda o, y: factor * ((o - y) ** 2).mean()))
    assert known.loss_differs == (factor < 0.0)


def test_inputs_are_used_where_the_weights_of_one_unit_are_0() -> None:
    class Unit(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(np.zeros(3, np.float32))

        def forward(self, x: Any) -> Any:
            return (x * self.weight).sum(axis=1)

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(64, 3)).astype(np.float32), rng.normal(size=64).astype(np.float32)
    assert list(find_unused_inputs(looked_at(Setup(Unit(), x, y, nn.MSELoss()))[0])) == []
