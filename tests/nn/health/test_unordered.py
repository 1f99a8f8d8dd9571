"""Whole numbers as targets: classes that were numbered, and amounts that are whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
import optim
from nn.health.evidence.facts import look
from nn.health.experiments.plan import Experiments
from nn.health.experiments.reference import plain_trial
from nn.health.frameworks.adapt import adapt
from nn.health.subject import Subject
from nn.health.unordered import find_unordered_classes

pytestmark = pytest.mark.integration


def told(x: np.ndarray, y: np.ndarray, loss: Any = None, outputs: int = 1) -> list[str]:
    model = nn.Sequential(nn.Linear(x.shape[1], 32, rng=0), nn.ReLU(), nn.Linear(32, outputs, rng=1))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    given = adapt(model, (x.astype(np.float32), y), loss or nn.MSELoss(), optimizer, 32, True, (None, None))
    subject = Subject(given.network, given.x, given.y, None, 32, True, None, 250, 0)
    made = Experiments(subject, look(subject), 30.0, False, lambda *_: None)
    made.run_as_it_is()
    made.plain = plain_trial(subject)
    if made.plain is not None:
        made.plain.train(250, points=2)
    return [f.cause for f in find_unordered_classes(made)]


def rows_of(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(480, 4))
    return x, x[:, 0] + x[:, 1] * x[:, 2] + 0.3 * rng.normal(size=480)


@pytest.mark.parametrize("count", [4, 6])
@pytest.mark.parametrize("first", [0, 1])
def test_classes_in_no_order_are_named_far_better_than_they_are_rounded(count: int, first: int) -> None:
    rng = np.random.default_rng(count)
    x = rng.normal(size=(480, 4))
    kind = (x @ rng.normal(size=(4, count)) + 0.2 * rng.normal(size=(480, count))).argmax(axis=1)
    assert told(x, (kind + first)[:, None].astype(np.float32)) == ["loss unfit"]
    assert told(x, kind, nn.CrossEntropyLoss(), count) == []


@pytest.mark.parametrize("kind", ["marks", "counts", "few counts"])
@pytest.mark.parametrize("seed", [0, 1])
def test_amounts_that_are_whole_are_named_hardly_better(kind: str, seed: int) -> None:
    x, score = rows_of(seed)
    rng = np.random.default_rng(seed + 5)
    y = (
        np.clip(np.round(2.5 + score), 0, 5)
        if kind == "marks"
        else np.minimum(rng.poisson(np.exp(0.5 * score + (0.3 if kind == "counts" else -1.0))), 7)
    )
    assert told(x, y[:, None].astype(np.float32)) == []
    # With noise that leaves little of them.
    assert told(x, np.clip(np.round(3.0 + score + 2.0 * rng.normal(size=480)), 0, 6)[:, None].astype(np.float32)) == []
