"""Early stopping: patience, what is watched, and the weights that are put back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn

X, Y = np.ones((4, 1), np.float32), np.zeros(4, np.float32)


class Says(nn.Callback):
    """Reports given numbers, one an epoch, and keeps the weights of each epoch."""

    def __init__(self, name: str, numbers: list[float]) -> None:
        self.name, self.numbers, self.weights = name, numbers, []

    def on_epoch(self, run: nn.Run) -> None:
        run.report[self.name] = self.numbers[run.epoch - 1]
        self.weights.append(run.model.state_dict()["weight"])


def trained(numbers: list[float], stopping: nn.EarlyStopping, name: str = "number") -> tuple[Any, Says, nn.Module]:
    model, says = nn.Linear(1, 1, rng=0), Says(name, numbers)
    history = nn.fit(model, (X, Y), optimizer="sgd", lr=0.1, epochs=len(numbers), callbacks=[says, stopping])
    return history, says, model


def test_it_stops_after_so_many_stale_epochs_with_the_best_weights() -> None:
    history, says, model = trained([3.0, 1.0, 2.0, 1.0, 1.5, 0.0], nn.EarlyStopping("number", 3, mode="min"))
    assert history["number"] == [3.0, 1.0, 2.0, 1.0, 1.5]
    assert history.stopped == "early: number was not better than the 1 of epoch 2 for 3 epochs"
    assert history.best["epoch"] == 2
    np.testing.assert_array_equal(model.state_dict()["weight"], says.weights[1])
    assert not np.array_equal(says.weights[1], says.weights[4])


def test_the_last_weights_where_that_is_asked_for() -> None:
    stopping = nn.EarlyStopping("number", 2, mode="max", restore_best=False)
    history, says, model = trained([1.0, 5.0, 4.0, 5.0, 9.0], stopping)
    assert len(history) == 4
    np.testing.assert_array_equal(model.state_dict()["weight"], says.weights[3])


def test_the_best_weights_are_put_back_after_the_last_epoch_too() -> None:
    history, says, model = trained([1.0, 2.0, 3.0], nn.EarlyStopping("number", mode="min"))
    assert history.stopped == "all 3 epochs"
    np.testing.assert_array_equal(model.state_dict()["weight"], says.weights[0])


def test_a_gain_that_hardly_counts_does_not_count() -> None:
    """With the loss and a min_delta a run ends when the loss hardly changes."""
    history, _, _ = trained([5.0, 4.0, 3.995, 3.99, 3.985, 0.0], nn.EarlyStopping("number", 3, 0.1, mode="min"))
    assert len(history) == 5
    model = nn.Linear(1, 1, rng=0)
    history = nn.fit(
        model, (X, Y), optimizer="sgd", lr=0.1, epochs=500, callbacks=[nn.EarlyStopping("loss", 3, min_delta=1e-5)]
    )
    assert len(history) < 60
    assert history["loss"][-1] < 1e-4


def test_nan_is_never_better() -> None:
    history, _, _ = trained(
        [np.nan, np.nan, 2.0, np.nan, 1.0, np.nan, np.nan], nn.EarlyStopping("number", 2, mode="min")
    )
    assert len(history) == 2
    assert history.stopped == "early: number was not better than NaN for 2 epochs"
    history, _, _ = trained([np.nan, 2.0, np.nan, 1.0, np.nan, np.nan], nn.EarlyStopping("number", 2, mode="min"))
    assert history.best["epoch"] == 4


def test_patience_of_fit_watches_the_validation() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 20)), rng.integers(0, 2, 60)
    model = nn.Sequential(nn.Linear(20, 32, rng=0), nn.Tanh(), nn.Linear(32, 2, rng=1))
    history = nn.fit(model, (x, y), validation=0.5, lr=0.01, epochs=200, patience=5, metrics="accuracy")
    assert history.monitor == "val_loss"
    assert len(history) == history.best["epoch"] + 5 < 200, "noise is only learnt by heart"
    assert nn.EarlyStopping().patience == 10


def test_the_direction_of_known_metrics_is_known() -> None:
    x, y = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 2
    stopping = nn.EarlyStopping("val_accuracy", 2)
    history = nn.fit(
        nn.Linear(2, 2, rng=0), (x, y), validation=(x, y), epochs=50, metrics="accuracy", callbacks=[stopping]
    )
    assert (history.monitor, history.mode) == ("val_accuracy", "max")
    assert history.best["val_accuracy"] == max(history["val_accuracy"])


def test_the_averages_that_were_validated_are_what_is_put_back() -> None:
    x = np.random.default_rng(0).normal(size=(30, 2))
    y = x[:, 0]
    model = nn.Linear(2, 1, rng=0)
    history = nn.fit(model, (x, y), validation=(x, y), epochs=20, lr=0.5, average=0.9, patience=3)
    best = nn.evaluate(model, (x, y))["loss"]
    assert best == pytest.approx(history.best["val_loss"], rel=1e-6)


def test_what_cannot_be_watched() -> None:
    for stopping, message in (
        (nn.EarlyStopping("los"), r"the history will have no 'los'; did you mean 'loss'\?"),
        (nn.EarlyStopping("val_loss"), "the history will have no 'val_loss'; did you mean"),
        (nn.EarlyStopping("number"), "is a smaller or a larger 'number' better"),
        (nn.EarlyStopping("gauge", mode="min"), "the epoch has no 'gauge'; there are epoch, loss"),
    ):
        with pytest.raises(ValueError, match=message):
            nn.fit(nn.Linear(1, 1), (X, Y), callbacks=[stopping], epochs=1)
    for arguments, message in (
        ({"patience": 0}, "patience must be a whole number from 1 on, got 0"),
        ({"min_delta": -1.0}, "min_delta must not be negative"),
        ({"mode": "best"}, "mode must be 'min' or 'max', got 'best'"),
    ):
        with pytest.raises(ValueError, match=message):
            nn.EarlyStopping(**arguments)
