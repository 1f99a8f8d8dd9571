"""Padding that is cut off, and places that are told where a network pools them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from nn import functional
from nn.health.evidence.facts import look
from nn.health.evidence.sequences import find_unheeded_lengths, ignores_order, passes_over
from nn.health.experiments.remedies.lengths import cut_off
from nn.health.frameworks.adapt import adapt
from nn.health.frameworks.own import OwnNetwork
from nn.health.multi_input import join_inputs
from nn.health.noisy import _best_change
from nn.health.subject import Subject
from optim import SGD
from tests.nn.health.corpus import tuning_calm, tuning_lengths
from tests.nn.health.corpus.case import Case, diagnose_case
from tests.nn.health.test_judging import experiments, trial, tried
from tests.nn.health.test_mended import looked_at
from tests.sweep import sweep

RNG = np.random.default_rng(0)


@pytest.mark.integration
@pytest.mark.parametrize(
    "case", sweep(tuning_lengths.SICK + tuning_lengths.WELL, 4, pytest.mark.night), ids=lambda case: case.name
)
def test_padding_that_is_read_and_places_that_are_lost_are_told(case: Case) -> None:
    found = diagnose_case(case, 0)
    assert case.is_right(found.cause), str(found)


@pytest.mark.integration
@pytest.mark.parametrize("case", sweep(tuning_calm.WELL, 8, pytest.mark.night), ids=lambda case: case.name)
def test_usual_practice_is_healthy(case: Case) -> None:
    found = diagnose_case(case, 0)
    assert found.cause == "healthy", str(found)


class Mean(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.out = nn.Linear(3, 1, rng=0)

    def forward(self, x: Any) -> Any:
        return self.out(x).mean(axis=1)


def walks(count: int = 30) -> tuple[np.ndarray, np.ndarray]:
    x = RNG.normal(size=(count, 6, 3)).astype(np.float32)
    lengths = np.arange(count) % 4
    x[np.arange(6) >= lengths[:, None]] = 0.0
    return x, lengths


def test_what_is_cut_off_is_not_answered() -> None:
    x, lengths = walks()
    model = Mean()
    cut = Subject(
        OwnNetwork(model, nn.MSELoss(), SGD(model.parameters(), lr=0.1)), x, x[:, 0, :1], None, 8, True, None, 10, 0
    ).trial()
    before = cut.network.answer(x)
    cut_off(cut, np.zeros(3))
    # A row of nothing keeps one place.
    alone = np.concatenate([cut.network.answer(row[None, : max(n, 1)]) for row, n in zip(x, lengths, strict=True)])
    assert cut.network.answer(x) == pytest.approx(alone, abs=1e-6)
    assert before != pytest.approx(alone, abs=1e-3)
    cut.train(3)
    assert not cut.broken
    assert len(set(cut.losses)) == 3


class Told(Mean):
    """The mean over the places that are there."""

    def forward(self, x: Any) -> Any:
        there = (np.abs(np.asarray(x)).sum(axis=2, keepdims=True) > 0).astype(np.float32)
        return (self.out(x) * there).sum(axis=1) / np.maximum(there.sum(axis=1), 1.0)


@pytest.mark.parametrize(("model", "passes"), [(Mean(), False), (Told(), True)])
def test_padding_that_a_network_passes_over_is_none_to_cut_off(model: nn.Module, passes: bool) -> None:
    x, lengths = walks(60)
    asked = Subject(
        OwnNetwork(model, nn.MSELoss(), SGD(model.parameters(), lr=0.1)), x, x[:, 0, :1], None, 8, True, None, 10, 0
    )
    assert passes_over(asked.network, x, np.zeros(3)) is passes
    assert (look(asked).padding is None) is passes
    # Of rows without any padding nothing is known.
    assert not passes_over(asked.network, x[lengths == 3][:, :3], np.zeros(3))


def test_batches_are_of_rows_of_one_length_and_all_rows_are_in_them() -> None:
    cut = looked_at(tuning_lengths.usual_day_by_means(0))[0].trial()
    cut_off(cut, np.zeros(3))
    assert cut.alike is not None
    order = np.arange(len(cut.rows.x))
    batches = cut._cut(order, np.random.default_rng(0))
    assert all(len(set(cut.alike[batch])) == 1 and len(batch) <= cut.batch_size for batch in batches)
    assert sorted(np.concatenate(batches)) == order.tolist()
    # The short ones do not all come first.
    assert [cut.alike[batch[0]] for batch in batches] != sorted(cut.alike[batch[0]] for batch in batches)


def pooled(*end: Any) -> nn.Sequential:
    return nn.Sequential(nn.Conv1d(2, 4, 3, rng=0), nn.ReLU(), *end, nn.Flatten(), nn.Linear(4, 2, rng=1))


class Seen(nn.Module):
    def __init__(self, keeps: bool) -> None:
        super().__init__()
        self.first, self.out = nn.Conv2d(1, 4, 3, rng=0), nn.Linear(4, 2, rng=1)
        self.weights = np.linspace(0.0, 1.0, 36).reshape(6, 6).astype(np.float32) if keeps else 1.0

    def forward(self, x: Any) -> Any:
        return self.out((functional.relu(self.first(x)) * self.weights).mean(axis=(2, 3)))


@pytest.mark.parametrize(
    ("model", "x", "units"),
    [
        (pooled(nn.AdaptiveAvgPool1d(1)), RNG.normal(size=(20, 2, 9)), "first"),
        (pooled(nn.AdaptiveMaxPool1d(1)), RNG.normal(size=(20, 2, 9)), "first"),
        (pooled(nn.Conv1d(4, 1, 4, rng=2)), RNG.normal(size=(20, 2, 9)), ""),
        (Seen(False), RNG.normal(size=(20, 1, 8, 8)), "first"),
        (Seen(True), RNG.normal(size=(20, 1, 8, 8)), ""),
        (Mean(), RNG.normal(size=(20, 5, 3)), "last"),
        (nn.Sequential(nn.Linear(6, 3, rng=0)), RNG.normal(size=(20, 6)), ""),
    ],
)  # fmt: skip
def test_where_units_stand_in_a_network_that_pools_places(model: nn.Module, x: np.ndarray, units: str) -> None:
    x = x.astype(np.float32)
    network = OwnNetwork(model, None, SGD(model.parameters(), lr=0.1))
    assert ignores_order(network, x, network.calls(x)) == units


def test_a_change_that_knows_much_more_is_asked_for_wrong_targets_too() -> None:
    for score, asked in ((0.4, True), (0.65, False), (0.75, False)):
        made = experiments(trial(0.7), tried("order ignored", trial(score)))
        assert bool(list(_best_change(made))) is asked, score


class Read(nn.Module):
    """Sequences beside what says how long they are; `how` says what is made of it."""

    def __init__(self, tokens: bool, how: str) -> None:
        super().__init__()
        self.enter = nn.Embedding(7, 6, rng=0) if tokens else nn.Linear(2, 6, rng=0)
        self.cell, self.out, self.how = nn.GRU(6, 6, batch_first=True, rng=1), nn.Linear(6, 2, rng=2), how

    def forward(self, x: Any, told: Any) -> Any:
        steps = self.cell(self.enter(x))[0]
        lengths = np.asarray(told if np.ndim(told) == 1 else (np.asarray(told) > 0).sum(axis=1)).astype(int)
        inside = (np.arange(steps.shape[1]) < lengths[:, None])[:, :, None].astype(np.float32)
        if self.how == "last":
            return self.out(steps[:, -1])
        if self.how == "mean":
            return self.out(steps.mean(axis=1))
        if self.how == "own mask":
            # Padding is known by itself.
            inside = (np.asarray(x) != 0).astype(np.float32)[:, :, None]
        if self.how in ("masked", "own mask"):
            return self.out((steps * inside).sum(axis=1) / inside.sum(axis=1))
        return self.out(steps[np.arange(len(lengths)), lengths - 1])


@pytest.mark.parametrize("mask", [False, True])
@pytest.mark.parametrize(
    ("tokens", "how", "told"),
    [
        (True, "last", True), (False, "last", True), (True, "mean", True), (False, "mean", True),
        (True, "masked", False), (False, "own last", False), (True, "own mask", False),
    ],
)  # fmt: skip
def test_lengths_that_are_given_and_not_heeded(tokens: bool, how: str, told: bool, mask: bool) -> None:
    rng = np.random.default_rng(3)
    lengths = rng.integers(1, 7, 60)
    x = rng.integers(1, 7, (60, 12)) if tokens else rng.normal(size=(60, 12, 2)).astype(np.float32)
    places = np.arange(12) < lengths[:, None]
    x = x * (places if tokens else places[:, :, None]).astype(x.dtype)
    rows = join_inputs({"x": x, "told": places.astype(np.float32) if mask else lengths})
    model = Read(tokens, how)
    given = adapt(
        model, (rows, lengths % 2), "cross_entropy", None, 16, True, (None, None),
        apply=lambda model, rows: model(rows["x"], rows["told"]),
    )  # fmt: skip
    asked = Subject(given.network, given.x, given.y, None, 16, True, None, 10, 0)
    assert [f.cause for f in find_unheeded_lengths(asked)] == ["padding not masked"] * told
