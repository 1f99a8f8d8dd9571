"""Columns that come of the target, and rows of which others of their kind stand in the other part; each beside what is well."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
import optim
from nn.health.evidence.facts import look
from nn.health.experiments.plan import Experiments
from nn.health.frameworks.adapt import adapt
from nn.health.leaks import _kinds, _of_two, find_leaks
from nn.health.subject import Subject

pytestmark = pytest.mark.integration


def told(x: np.ndarray, y: np.ndarray, loss: Any, outputs: int = 1, held: int = 0, steps: int = 200) -> list[str]:
    """What is told of a run with these rows, the last of which are its validation."""
    model = nn.Sequential(nn.Linear(x.shape[1], 32, rng=0), nn.ReLU(), nn.Linear(32, outputs, rng=1))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    x = x.astype(np.float32)
    end = len(x) - held
    given = adapt(model, (x[:end], y[:end]), loss, optimizer, 32, True, (None, None))
    validation = (x[end:], y[end:]) if held else None
    subject = Subject(given.network, given.x, given.y, validation, 32, True, None, steps, 0)
    made = Experiments(subject, look(subject), 30.0, False, lambda *_: None)
    made.run_as_it_is()
    return [f.cause for f in find_leaks(made)]


def rows_of(seed: int, columns: int = 5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, columns))
    return x, np.sin(2.0 * x[:, 0]) + x[:, 1] * x[:, 2] + 0.1 * rng.normal(size=500)


@pytest.mark.parametrize("kind", ["numbers", "bent", "labels"])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_column_that_comes_of_the_target_is_told_by_what_the_others_say(kind: str, seed: int) -> None:
    x, y = rows_of(seed)
    rng = np.random.default_rng(seed + 9)
    loss: Any = nn.MSELoss()
    if kind == "labels":
        y, loss = (y > 0).astype(float), nn.BCEWithLogitsLoss()
        column = np.where(rng.random(500) < 0.98, y, 1 - y)
    else:
        column = y + 0.05 * y.std() * rng.normal(size=500)
        column = np.exp(column) if kind == "bent" else column
    asked = y[:, None].astype(np.float32)
    assert told(np.column_stack([x, column]), asked, loss) == ["target among the features"]
    assert told(x, asked, loss) == []


def test_a_feature_that_counts_for_most_of_the_answer_is_none_that_comes_of_it() -> None:
    x, y = rows_of(0)
    rng = np.random.default_rng(3)
    mostly = 3.0 * x[:, 0] + 0.3 * y
    assert told(x, mostly[:, None].astype(np.float32), nn.MSELoss()) == []
    # Features that go with one another, of which one is the answer but for noise.
    common = rng.normal(size=(500, 1))
    together = 0.8 * common + 0.6 * rng.normal(size=(500, 5))
    answer = 2.0 * together[:, 1] + 0.1 * rng.normal(size=500)
    assert told(together, answer[:, None].astype(np.float32), nn.MSELoss()) == []
    # Readings one after the other, of which the last is nearly the next.
    walk = np.cumsum(rng.normal(size=(500, 30)), axis=1)
    assert told(walk[:, -6:-1] / 5.0, walk[:, -1:].astype(np.float32) / 5.0, nn.MSELoss()) == []


def kinds_of(seed: int, things: int, each: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """Several measurements of each of some things, mixed; what is asked of them can hardly be seen."""
    rng = np.random.default_rng(seed)
    thing, label = rng.normal(size=(things, 20)), rng.integers(0, 2, things)
    which = rng.permutation(np.arange(things * each) % things)
    return thing[which] + noise * rng.normal(size=(len(which), 20)), label[which]


@pytest.mark.parametrize(("things", "each"), [(60, 6), (40, 8), (90, 4)])
def test_things_that_were_measured_several_times_stand_on_both_sides(things: int, each: int) -> None:
    x, y = kinds_of(things, things, each, 0.05)
    assert told(x, y, nn.CrossEntropyLoss(), 2, held=60) == ["training rows in validation"]
    # Noise that is as large as what the things differ by; and no validation.
    assert told(*kinds_of(things, things, each, 1.0), nn.CrossEntropyLoss(), 2, held=60) == []
    assert told(x, y, nn.CrossEntropyLoss(), 2) == []


def test_a_few_kinds_of_rows_are_classes() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 6, 360)
    x = rng.normal(size=(6, 20))[y] + 0.05 * rng.normal(size=(360, 20))
    assert told(x, y, nn.CrossEntropyLoss(), 6, held=60) == []
    # Many things that can be told without having seen them.
    x, y = kinds_of(1, 60, 6, 0.05)
    assert told(x + 0.8 * (2.0 * y[:, None] - 1.0), y, nn.CrossEntropyLoss(), 2, held=60) == []


def test_areas_and_kinds() -> None:
    asked = np.array([0.0, 0.0, 1.0, 1.0])
    assert _of_two(np.array([1.0, 2.0, 3.0, 4.0]), asked) == 1.0
    assert _of_two(np.array([4.0, 3.0, 2.0, 1.0]), asked) == 1.0
    assert _of_two(np.ones(4), asked) == 0.5
    assert _of_two(np.array([0.0, 1.0, 1.0, 1.0]), asked) == 0.75
    chain = np.eye(4, dtype=bool)
    chain[0, 1] = chain[1, 0] = chain[1, 2] = chain[2, 1] = True
    assert _kinds(chain).tolist() == [0, 0, 0, 1]
