"""Rows that stand more than once: copies on both sides of a split, and copies that contradict one another."""

from __future__ import annotations

import numpy as np
import pytest

import nn
import optim
from nn.health import diagnose
from nn.health.evidence.data import are_copies, are_measured, find_conflicts, find_shared_rows
from tests.nn.health.corpus.networks import mlp


def draw(kind: str, count: int = 60) -> np.ndarray:
    rng = np.random.default_rng(3)
    if kind == "words":
        return rng.integers(0, 30, (count, 9))
    if kind == "one measured":
        return np.hstack([rng.integers(0, 3, (count, 4)), rng.normal(size=(count, 1))]).astype(np.float32)
    if kind == "kinds":
        return rng.integers(0, 3, (count, 3)).astype(np.float32)
    return rng.normal(size=(count, 5)).astype(np.float32)


@pytest.mark.parametrize(
    ("kind", "measured", "copies"),
    [("measured", True, True), ("one measured", True, True), ("words", False, True), ("kinds", False, False)],
)
def test_rows_are_copies_where_chance_makes_none_alike(kind: str, measured: bool, copies: bool) -> None:
    x = draw(kind)
    assert (are_measured(x), are_copies(x)) == (measured, copies)
    assert (are_measured(np.concatenate([x, x])), are_copies(np.concatenate([x, x]))) == (measured, copies)
    assert not are_measured(x[:10])
    assert not are_copies(x[:10])


@pytest.mark.parametrize("kind", ["measured", "one measured"])
def test_copies_that_were_made_before_the_split_are_told(kind: str) -> None:
    x, rng = draw(kind), np.random.default_rng(0)
    y = rng.integers(0, 2, (60, 1)).astype(np.float32)
    some, others = rng.integers(0, 60, 120), rng.integers(0, 60, 40)
    (found,) = find_shared_rows(x[some], y[some], (x[others], y[others]))
    assert found.cause == "training rows in validation"
    # Measured twice, with answers of their own, they are rows of their own.
    assert list(find_shared_rows(x[some], y[some], (x[others], y[others] + 5.0))) == []


def test_rows_of_a_few_kinds_are_alike_by_chance() -> None:
    x, rng = draw("kinds"), np.random.default_rng(0)
    y = np.zeros((60, 1))
    some, others = rng.integers(0, 60, 120), rng.integers(0, 60, 40)
    assert list(find_shared_rows(x[some], y[some], (x[others], y[others]))) == []


def test_what_lies_between_copies_is_all_where_their_targets_are_drawn() -> None:
    x, rng = np.repeat(draw("measured", 200), 2, axis=0), np.random.default_rng(1)
    y = rng.integers(0, 4, 400)
    (found,) = find_conflicts(x, y)
    assert found.evidence["between twins"] == pytest.approx(1.0, abs=0.1)
    kept = np.where(np.arange(400) % 4 < 2, np.repeat(y[::2], 2), y)
    (found,) = find_conflicts(x, kept)
    assert found.evidence["between twins"] == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(("contradict", "cause"), [(True, "conflicting rows"), (False, "targets unrelated to inputs")])
def test_copies_that_contradict_one_another_come_before_what_they_hide(contradict: bool, cause: str) -> None:
    rng = np.random.default_rng(2)
    x = np.repeat(draw("measured", 120), 2, axis=0)
    y = rng.integers(0, 2, 240)
    y = y if contradict else np.repeat(y[::2], 2)
    model = mlp([5, 16, 2], 0)
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    order = rng.permutation(240)
    found = diagnose(model, (x[order], y[order]), nn.CrossEntropyLoss(), optimizer=optimizer, epochs=10)
    assert found.cause == cause or (not contradict and found.cause != "conflicting rows")
