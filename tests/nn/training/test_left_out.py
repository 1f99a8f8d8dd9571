"""What a loss of classes leaves out counts nowhere: not in the mean loss, not in the metrics, not in the confusion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from autograd.errors import OperandError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 3)).astype(np.float32)
ALL = (X[:, 0] > 0.0).astype(int)
LEFT = np.where(RNG.random(120) < 0.25, -1, ALL)
WEIGHT = np.array([1.0, 5.0], np.float32)


def model() -> nn.Sequential:
    return nn.perceptron([3, 2], seed=0)


@pytest.mark.parametrize("size", [7, 50, 120])
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["alike", "weighed"])
@pytest.mark.parametrize("targets", [ALL, LEFT], ids=["all", "some"])
def test_the_mean_loss_is_that_of_all_rows_at_once(targets: np.ndarray, weight: Any, size: int) -> None:
    loss = nn.CrossEntropyLoss(weight=weight, ignore_index=-1)
    found = nn.evaluate(model(), (X, targets), loss=loss, batch_size=size)
    assert found["loss"] == pytest.approx(float(loss(model()(X), targets).data), rel=1e-5)


def test_a_batch_of_nothing_that_counts_changes_nothing() -> None:
    some = np.concatenate([np.full(20, -1), ALL[20:]])
    loss = nn.CrossEntropyLoss(ignore_index=-1)
    found = nn.evaluate(model(), (X, some), loss=loss, batch_size=20)
    assert found["loss"] == pytest.approx(float(loss(model()(X[20:]), some[20:]).data), rel=1e-5)


def test_a_run_goes_on_through_a_batch_of_nothing_that_counts() -> None:
    some, loss = np.concatenate([np.full(20, -1), ALL[20:]]), nn.CrossEntropyLoss(ignore_index=-1)
    trained, other = model(), model()
    options: dict[str, Any] = {
        "loss": loss,
        "epochs": 1,
        "optimizer": "sgd",
        "lr": 0.1,
        "batch_size": 20,
        "progress": False,
    }
    batches = [(X[k : k + 20], some[k : k + 20]) for k in range(0, 120, 20)]
    history = nn.fit(trained, batches, **options)
    without = nn.fit(other, batches[1:], **options)
    assert history["loss"][0] == pytest.approx(without["loss"][0])
    for mine, theirs in zip(trained.parameters(), other.parameters(), strict=True):
        np.testing.assert_allclose(mine.data, theirs.data, rtol=1e-6)


@pytest.mark.parametrize("left", [-1, 1])
def test_metrics_are_of_what_counts(left: int) -> None:
    targets = np.where(RNG.random(120) < 0.4, left, ALL)
    loss, counts = nn.CrossEntropyLoss(ignore_index=left), targets != left
    right = float((np.asarray(model()(X).data).argmax(axis=1) == targets)[counts].mean())
    assert nn.evaluate(model(), (X, targets), loss=loss, metrics=["accuracy"])["accuracy"] == pytest.approx(right)
    history = nn.fit(
        model(), (X, targets), loss=loss, metrics=["accuracy"], epochs=1, lr=1e-12, optimizer="sgd", progress=False
    )
    assert history["accuracy"][0] == pytest.approx(right)


def test_metrics_of_sequences_are_of_what_counts() -> None:
    class Places(nn.Module):
        def forward(self, x: Any) -> Any:
            return np.stack([x, -x], axis=1)

    targets = np.where(RNG.random((120, 3)) < 0.4, -1, (X < 0.0).astype(int))
    targets[0, 0] = 1 - targets[0, 0] if targets[0, 0] >= 0 else -1
    found = nn.evaluate(Places(), (X, targets), loss=nn.CrossEntropyLoss(ignore_index=-1), metrics=["accuracy"])
    right = ((X < 0.0) == targets)[targets >= 0].mean()
    assert found["accuracy"] == pytest.approx(right)


def test_the_confusion_is_of_what_counts() -> None:
    found = nn.worst(model(), (X, LEFT), loss=nn.CrossEntropyLoss(ignore_index=-1))
    assert found.confusion is not None
    assert found.confusion.sum() == (LEFT >= 0).sum()


def test_a_model_that_asks_arrays_for_what_tensors_have_is_told_so() -> None:
    class OfTensors(nn.Module):
        def forward(self, x: Any) -> Any:
            return x.tanh()

    with pytest.raises(OperandError, match=r"'tanh', which tensors have.*x = autograd\.tensor\(x\)"):
        nn.fit(OfTensors(), (X, X), progress=False)

    class Mistaken(nn.Module):
        def forward(self, x: Any) -> Any:
            return self.missing(x)

    with pytest.raises(AttributeError, match="missing"):
        nn.fit(Mistaken(), (X, X), progress=False)
