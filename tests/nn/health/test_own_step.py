"""Optimizers of the user's own, made of one of the framework's: what their steps do beside, and the step without it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
import optim
from nn.health import diagnose
from nn.health.experiments.remedies.own_step import remedies_of_own_step
from nn.health.frameworks.adapt import adapt
from nn.health.subject import Subject
from tests.nn.health.corpus import tuning_offices_steps

RNG = np.random.default_rng(0)
X = RNG.normal(size=(96, 4)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def make(base: Any, before: Any = None, after: Any = None) -> Any:
    """An optimizer that changes gradients before its step, or weights after it."""

    class Own(base):  # type: ignore[misc]
        def step(self, *args: Any) -> Any:
            for p in self.param_groups[0]["params"]:
                if before is not None:
                    p.grad = before(p.grad)
            result = super().step(*args)
            for p in self.param_groups[0]["params"]:
                if after is not None:
                    p.data = after(p.data)
            return result

    return Own


STEPS = {
    "cut by value": ({"before": lambda g: g.clip(-1e-3, 1e-3)}, "clipping too tight"),
    "shrunk": ({"before": lambda g: 0.01 * g}, "clipping too tight"),
    "shortened": ({"after": lambda w: 0.5 * w}, "weights held small"),
    "held": ({"after": lambda w: w.clip(-0.01, 0.01)}, "weights held small"),
    "turned": ({"before": lambda g: -g}, "optimizer unfit"),
    "nothing": ({}, "optimizer unfit"),
}


def subject(model: Any, optimizer: Any, loss: Any) -> Subject:
    given = adapt(model, (X, Y), loss, optimizer, 32, True, (None, None))
    return Subject(given.network, given.x, given.y, None, 32, True, None, 100, 0)


@pytest.mark.parametrize("base", [optim.SGD, optim.Adam, optim.RMSprop])
@pytest.mark.parametrize("name", STEPS)
def test_what_an_own_step_does_beside(name: str, base: Any) -> None:
    model = nn.Sequential(nn.Linear(4, 8, rng=0), nn.Tanh(), nn.Linear(8, 2, rng=1))
    changes, cause = STEPS[name]
    asked = subject(model, make(base, **changes)(list(model.parameters()), lr=0.01), nn.CrossEntropyLoss())
    (remedy,) = remedies_of_own_step(asked)
    assert remedy.cause == cause
    trial = SimpleNamespace(network=asked.network.copy())
    remedy.apply(trial)  # type: ignore[arg-type]
    assert type(trial.network.optimizer) is base
    assert type(asked.network.optimizer) is not base


@pytest.mark.parametrize("name", STEPS)
def test_what_an_own_step_of_torch_does_beside(name: str) -> None:
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2))
    changes, cause = STEPS[name]
    made = make(torch.optim.SGD, **changes)(list(model.parameters()), lr=0.01)
    (remedy,) = remedies_of_own_step(subject(model, made, torch.nn.CrossEntropyLoss()))
    assert remedy.cause == cause


def test_optimizers_of_the_framework_have_no_step_of_their_own() -> None:
    model = nn.Linear(4, 2, rng=0)
    for made in (optim.SGD(model.parameters(), lr=0.1), optim.LBFGS(model.parameters()), None):
        assert list(remedies_of_own_step(subject(model, made, nn.CrossEntropyLoss()))) == []


@pytest.mark.integration
@pytest.mark.parametrize(
    "make", [tuning_offices_steps.reviews_cut_number_by_number, tuning_offices_steps.chords_with_short_weights]
)
def test_an_own_step_that_is_in_the_way_is_told(make: Any) -> None:
    setup = make(1)
    found = diagnose(setup.model, (setup.x, setup.y), setup.loss, optimizer=setup.optimizer, epochs=setup.epochs)
    assert found.cause in ("clipping too tight", "weights held small"), str(found)
    assert "in place of that of" in found.findings[0].sentence
