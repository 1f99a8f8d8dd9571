"""Rare classes of which errors say nothing, and the order of answers does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
import optim
from nn.health import diagnose
from nn.health.evidence.facts import look
from nn.health.frameworks.adapt import adapt
from nn.health.rare import find_rare_class
from nn.health.scores import area_of
from nn.health.subject import Subject


def asked_of(shift: float, share: float, label: bool, seed: int = 0) -> Subject:
    """A network for rows of which a share is moved by so much."""
    rng = np.random.default_rng(seed)
    y = (rng.random(800) < share).astype(int)
    x = (rng.normal(size=(800, 6)) + shift * y[:, None]).astype(np.float32)
    model = nn.Sequential(nn.Linear(6, 12, rng=1), nn.ReLU(), nn.Linear(12, 1 if label else 2, rng=2))
    asked = y[:, None].astype(np.float32) if label else y
    loss = nn.BCEWithLogitsLoss() if label else nn.CrossEntropyLoss()
    given = adapt(model, (x, asked), loss, optim.Adam(model.parameters(), lr=0.003), 32, True, (None, None))
    return Subject(given.network, given.x, given.y, None, 32, True, None, 200, 0)


@pytest.mark.parametrize("label", [False, True])
@pytest.mark.parametrize(
    ("shift", "share", "told"), [(1.0, 0.04, True), (1.0, 0.96, True), (0.0, 0.04, False), (1.0, 0.4, False)]
)
def test_rare_rows_that_inputs_tell_are_found_by_their_order(
    shift: float, share: float, told: bool, label: bool
) -> None:
    asked = asked_of(shift, share, label)
    made: Any = SimpleNamespace(subject=asked, facts=look(asked), left=60.0)
    found = list(find_rare_class(made))
    assert [f.cause for f in found] == ["classes unbalanced"] * told
    for finding in found:
        assert finding.evidence["rare"] == min(asked.y.sum(), 800 - asked.y.sum())
        assert finding.evidence["area"] > 0.8


@pytest.mark.parametrize("seed", [0, 1])
def test_rare_rows_that_nothing_tells_are_unrelated(seed: int) -> None:
    asked = asked_of(0.0, 0.05, label=False, seed=seed)
    model = nn.Sequential(nn.Linear(6, 12, rng=1), nn.ReLU(), nn.Linear(12, 2, rng=2))
    found = diagnose(model, (asked.x, asked.y), optimizer=optim.Adam(model.parameters(), lr=0.003), epochs=8)
    assert found.cause == "targets unrelated to inputs"


def test_an_area_is_the_share_of_pairs_in_the_right_order() -> None:
    rng = np.random.default_rng(3)
    given, of_it = rng.integers(0, 9, 60).astype(float), rng.random(60) < 0.3
    pairs = given[of_it][:, None] - given[~of_it]
    assert area_of(given, of_it) == pytest.approx(((pairs > 0) + 0.5 * (pairs == 0)).mean())
