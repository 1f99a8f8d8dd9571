"""Losses that read the weights of the model themselves, such as to add their size."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
import optim
from nn.health import diagnose
from nn.health.frameworks.adapt import adapt
from nn.health.learned import knows_others
from tests.nn.health.corpus.rows import blobs

X = np.random.default_rng(1).normal(size=(40, 3)).astype(np.float32)


def ours() -> tuple[Any, Any, Any]:
    model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))

    def loss(outputs: Any, targets: Any) -> Any:
        return ((outputs - targets) ** 2).mean() + 0.5 * sum((p * p).sum() for p in model.parameters())

    return model, loss, optim.SGD(model.parameters(), lr=0.1)


def theirs() -> tuple[Any, Any, Any]:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))

    def loss(outputs: Any, targets: Any) -> Any:
        return ((outputs - targets) ** 2).mean() + 0.5 * sum((p * p).sum() for p in model.parameters())

    return model, loss, torch.optim.SGD(model.parameters(), lr=0.1)


def arrays(model: Any) -> list[np.ndarray]:
    return [np.array(p.detach().numpy()) for p in model.parameters()]


@pytest.mark.parametrize("make", [ours, pytest.param(theirs, marks=pytest.mark.integration)])
def test_a_copy_is_trained_with_its_own_weights_in_the_loss(make: Any) -> None:
    model, loss, optimizer = make()
    first = next(iter(model.parameters()))
    first.grad = first.detach() * 0.0 + 7.0 if make is theirs else np.full(first.shape, 7.0, np.float32)
    before, targets = arrays(model), np.zeros((40, 1), np.float32)
    network = adapt(model, (X, targets), loss, optimizer, 32, True, (None, None, None)).network
    twin, plain = network.copy(), network.copy()
    plain.penalised = False
    moved = []
    for one in (twin, plain):
        start = arrays(one.model)
        one.step(X, targets)
        one.measure(X, targets, 2)
        one.step(X, targets)
        moved.append([now - then for now, then in zip(arrays(one.model), start, strict=True)])
    # Each of three steps takes a tenth of what is left: 2 · .5 · .1; the first layer's slope by the answers is small beside it.
    shrunk = sum(float((own * b).sum()) for own, b in zip(moved[0], before, strict=True))
    other = sum(float((own * b).sum()) for own, b in zip(moved[1], before, strict=True))
    assert (shrunk - other) / sum(float((b * b).sum()) for b in before) == pytest.approx(0.9**3 - 1.0, abs=0.08)
    for now, then in zip(arrays(model), before, strict=True):
        np.testing.assert_array_equal(now, then)
    assert (np.asarray(first.grad) == 7.0).all()
    assert [p.grad is None for p in model.parameters()] == [False, True, True, True]


@pytest.mark.parametrize("loss", [nn.MSELoss(), lambda o, y: ((o - y) ** 2).mean()])
def test_a_loss_of_outputs_reads_no_weights(loss: Any) -> None:
    model, _, optimizer = ours()
    given = adapt(model, (X, np.zeros((40, 1), np.float32)), loss, optimizer, 32, True, (None, None, None))
    assert given.network.read == []


@pytest.mark.integration
@pytest.mark.parametrize(("size", "cause"), [(3.0, "too much weight decay"), (1e-5, "healthy")])
def test_a_penalty_that_is_too_large_is_found(size: float, cause: str) -> None:
    x, y = blobs(0)
    model = nn.Sequential(nn.Linear(8, 32, rng=0), nn.ReLU(), nn.Linear(32, 4, rng=1))

    def loss(outputs: Any, targets: Any) -> Any:
        return nn.functional.cross_entropy(outputs, targets) + size * nn.l2_penalty(model.parameters())

    found = diagnose(model, (x, y), loss, optimizer=optim.Adam(model.parameters(), lr=0.005), epochs=15)
    assert (found.cause, [f.cause for f in found.findings][1:]) == (cause, [])


@pytest.mark.parametrize(
    ("held", "valid", "known"), [(3.1, 0.0, True), (2.9, 0.0, False), (2.9, 3.1, True), (2.9, None, False)]
)
def test_answers_that_go_with_the_targets_of_other_rows(held: float, valid: float | None, known: bool) -> None:
    judge = SimpleNamespace(relation=lambda answers, y: float(y[0]))
    trial = SimpleNamespace(judge=judge, answers=lambda x: x)
    rows = SimpleNamespace(held_x=X, held_y=[held], x=X)
    subject = SimpleNamespace(rows=rows, validation=None if valid is None else (X, [valid]))
    assert knows_others(SimpleNamespace(as_it_is=trial, subject=subject)) == known  # type: ignore[arg-type]
