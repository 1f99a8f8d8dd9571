"""What runs of offices, shops and clubs have shown: activations that do nothing, and inputs that go together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
from nn.health import diagnose
from nn.health.evidence.structure import find_idle_activation
from nn.health.experiments.remedies.scales import go_together, take_apart
from nn.health.experiments.trial import Rows
from optim import SGD
from tests.nn.health.corpus.case import Setup
from tests.nn.health.test_mended import looked_at

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 6)).astype(np.float32)
Y = (X[:, :1] * X[:, 1:2]).astype(np.float32)


@pytest.mark.parametrize(
    ("activation", "idle"),
    [
        (nn.LeakyReLU(1.0), True),
        (nn.LeakyReLU(0.01), False),
        (nn.LeakyReLU(0.99), False),
        (nn.ELU(), False),
        (nn.ReLU(), False),
        (nn.Identity(), False),
    ],
)
@pytest.mark.parametrize("shift", [0.0, 50.0])
def test_an_activation_that_gives_back_what_it_is_given(activation: Any, idle: bool, shift: float) -> None:
    model = nn.Sequential(nn.Linear(6, 8, rng=0), activation, nn.Linear(8, 1, rng=1))
    model[0].bias.data = np.full(8, shift, np.float32)
    setup = Setup(model, X, Y, nn.MSELoss(), SGD(model.parameters(), lr=0.1))
    found = list(find_idle_activation(looked_at(setup)[1]))
    # Where all lies above 0, one that bends below gives back what it is given, too.
    assert [(f.cause, f.path) for f in found] == [("no activation", "1")] * (idle and not shift)


@pytest.mark.parametrize(("share", "told"), [(0.05, True), (0.1, True), (0.5, False), (3.0, False)])
def test_columns_that_go_together(share: float, told: bool) -> None:
    rows = (np.random.default_rng(3).normal(size=(120, 1)) + share * X).astype(np.float32)
    assert go_together(rows) is told
    # Their scales do not matter, nor does one that is always the same.
    assert go_together(rows * np.array([1, 900, 1, 0.01, 5, 0], np.float32)) is told
    assert not go_together(rows[:9])
    assert not go_together(rows[:, :1])
    assert not go_together((100 * rows).astype(int))


def test_what_is_taken_apart_is_of_one_size_and_goes_no_more_together() -> None:
    rows = (7.0 + np.random.default_rng(3).normal(size=(120, 1)) + 0.05 * X).astype(np.float32)
    rows[:, 5] = 3.0
    trial: Any = SimpleNamespace(rows=Rows(rows[:90], Y[:90], rows[90:], Y[90:]))
    take_apart(trial)
    assert trial.rows.x.shape[1] == 6
    apart = np.cov(trial.rows.x.T.astype(np.float64), bias=True)
    assert np.allclose(np.diag(apart)[:5], 1.0, atol=0.05)
    assert np.abs(apart - np.diag(np.diag(apart))).max() < 0.05
    assert not trial.rows.x[:, 5].any()
    assert trial.rows.held_x.shape == (30, 6)
    assert np.abs(trial.rows.held_x[:, :5]).mean() == pytest.approx(0.8, abs=0.25)


@pytest.mark.integration
@pytest.mark.parametrize("make", [lambda p: SGD(p, lr=0.05), lambda p: SGD(p, lr=0.05, momentum=0.5)])
@pytest.mark.parametrize("count", [4, 8])
def test_what_hangs_on_how_inputs_that_go_together_differ(make: Any, count: int) -> None:
    rng = np.random.default_rng(count)
    own = rng.normal(size=(300, count))
    x = (rng.normal(size=(300, 1)) + 0.06 * own).astype(np.float32)
    y = (own @ np.resize([1.0, -1.0], count)[:, None] / 2.0).astype(np.float32)
    model = nn.Linear(count, 1, rng=0)
    found = diagnose(model, (x, y), nn.MSELoss(), optimizer=make(model.parameters()), epochs=60, batch_size=300)
    assert found.cause == "optimizer unfit", str(found)
    assert "inputs apart" in found.findings[0].heals
