"""The loss of a run: what the targets call for, names, and functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from autograd import ShapeError, no_grad

X = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)


def used(model: nn.Module, y: np.ndarray, **options: Any) -> str:
    return nn.fit(model, (X, y), epochs=1, **options).loss


def test_the_targets_choose_the_loss_and_the_history_says_which() -> None:
    y = np.arange(40)
    assert used(nn.Linear(3, 4), y % 4) == "cross_entropy"
    assert used(nn.Linear(3, 2), (y % 2).astype(bool)) == "cross_entropy"
    assert used(nn.Linear(3, 1), y % 2) == "bce_with_logits"
    assert used(nn.Linear(3, 2), np.stack([y % 2, y // 20], axis=1)) == "bce_with_logits"
    assert used(nn.Linear(3, 1), y / 7.0) == "mse"
    assert used(nn.Linear(3, 2), np.ones((40, 2))) == "mse"


def test_zeros_and_ones_call_for_binary_cross_entropy_in_any_dtype() -> None:
    y = np.arange(40) % 2
    labels = np.stack([y, np.arange(40) // 20], axis=1)
    for dtype in (bool, np.int64, np.float64, np.float32):
        assert used(nn.Linear(3, 1), y.astype(dtype)) == "bce_with_logits"
        assert used(nn.Linear(3, 2), labels.astype(dtype)) == "bce_with_logits"
        assert used(nn.Sequential(nn.Linear(3, 1), nn.Sigmoid()), y.astype(dtype)) == "bce"
        assert used(nn.Sequential(nn.Sequential(nn.Linear(3, 2), nn.Sigmoid())), labels.astype(dtype)) == "bce"
    # A residual that is to vanish is a regression.
    assert used(nn.Linear(3, 1), np.zeros(40)) == used(nn.Linear(3, 1), 2.0 * y - 1.0) == "mse"


def circles(dtype: Any) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(0).normal(size=(300, 2))
    return x, ((x**2).sum(axis=1) < 1.4).astype(dtype)


@pytest.mark.parametrize("dtype", [bool, np.int64, np.float64])
def test_a_binary_classifier_is_as_accurate_whatever_the_dtype_of_its_targets(dtype: Any) -> None:
    x, y = circles(dtype)
    model = nn.Sequential(nn.Linear(2, 16, rng=0), nn.Tanh(), nn.Linear(16, 1, rng=1))
    history = nn.fit(model, (x, y), lr=0.03, epochs=40, metrics=["accuracy"])
    assert history["accuracy"][-1] > 0.97


def test_a_solved_xor_is_right_everywhere_with_a_squared_loss() -> None:
    """A sigmoid's output means yes above ½ where targets are 0 and 1."""
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = np.array([0.0, 1.0, 1.0, 0.0])
    model = nn.Sequential(nn.Linear(2, 4, rng=1), nn.Tanh(), nn.Linear(4, 1, rng=2), nn.Sigmoid())
    history = nn.fit(model, (x, y), loss="half_mse", lr=0.1, epochs=200, metrics=["accuracy", "f1"])
    with no_grad():
        assert np.abs(model(x).data[:, 0] - y).max() < 0.1
    assert history["accuracy"][-1] == history["f1"][-1] == 1.0
    for loss in ("half_mse", "mse", "mae", "huber", "bce", lambda o, t: ((o[:, 0] - t) ** 2).mean()):
        assert nn.evaluate(model, (x, y), loss=loss, metrics="accuracy")["accuracy"] == 1.0
    assert nn.evaluate(model, (x, y), metrics="accuracy")["accuracy"] == 1.0


@pytest.mark.parametrize("loss", ["mse", "hinge", "huber"])
@pytest.mark.parametrize("batches", [False, True])
def test_between_minus_one_and_one_zero_is_the_middle(loss: str, batches: bool) -> None:
    x = np.array([[-2.0], [-0.5], [0.25], [2.0]])
    y = np.array([-1.0, -1.0, 1.0, 1.0])
    model = nn.Linear(1, 1, rng=0)
    model.load_state_dict({"weight": [[1.0]], "bias": [0.0]})
    # A first batch that has only ones does not decide it.
    data = [(x[2:], y[2:, None]), (x[:2], y[:2, None])] if batches else (x, y)
    assert nn.evaluate(model, data, loss=loss, metrics="accuracy")["accuracy"] == 1.0


def test_targets_that_fit_no_loss() -> None:
    y = np.arange(40)
    for outputs, targets, message in (
        (4, (y % 4).astype(float), r"floats as targets .*class numbers are whole numbers: y.astype\(int\)"),
        (1, y, "for classes the model must give a score for every class; for a regression give floats, or loss='mse'"),
        (4, np.stack([y % 4] * 2, axis=1), "do not belong together"),
    ):
        with pytest.raises(ShapeError, match=message):
            used(nn.Linear(3, outputs), targets)


def test_by_name_by_instance_and_by_function() -> None:
    y = np.arange(40) / 7.0
    assert used(nn.Linear(3, 1), y, loss="huber") == "huber"
    assert used(nn.Linear(3, 1), y, loss="MSE_loss") == "mse"
    assert used(nn.Linear(3, 1), y, loss=nn.HuberLoss(delta=1.35)) == "HuberLoss(reduction='mean', delta=1.35)"
    assert used(nn.Linear(3, 1), y, loss=nn.functional.l1_loss) == "l1_loss"

    def quartic(outputs: Any, targets: np.ndarray) -> Any:
        return ((outputs[:, 0] - targets) ** 4).mean()

    assert used(nn.Linear(3, 1), y, loss=quartic) == "quartic"


def test_losses_that_cannot_be_used() -> None:
    y = np.arange(40) / 7.0
    for loss, error, message in (
        ("hubr", ValueError, r"fit: there is no loss 'hubr'; did you mean 'huber'\?"),
        (nn.MSELoss, TypeError, r"the loss MSELoss is a class: give an instance, MSELoss\(\)"),
        (3, TypeError, "a loss is a name or a function of outputs and targets, not int"),
        (nn.MSELoss("none"), ShapeError, r"gives float32 of shape \(2, 1\), and not one number"),
        ("cross_entropy", ShapeError, "needs class numbers, got float"),
    ):
        with pytest.raises(error, match=message):
            used(nn.Linear(3, 1), y, loss=loss)


def test_labels_outside_of_the_classes_name_their_row_and_the_number_of_classes() -> None:
    y = np.arange(40) % 4
    y[33] = 4
    with pytest.raises(ShapeError, match="label 4 in row 33 is outside 0 … 3: the model gives scores of 4 classes"):
        used(nn.Linear(3, 4), y)
    with pytest.raises(ShapeError, match="validation: targets: label 4 in row 33"):
        nn.fit(nn.Linear(3, 4), (X, np.zeros(40, int)), validation=(X, y))


def test_a_row_of_targets_for_a_column_of_outputs_is_no_table() -> None:
    """Broadcast against each other, (40, 1) and (40,) would give the mean of 1600 differences."""
    y = X @ np.array([1.0, -2.0, 0.5])
    model = nn.Linear(3, 1, rng=0)
    history = nn.fit(model, (X, y), lr=0.1, epochs=150)
    with no_grad():
        np.testing.assert_allclose(model(X).data[:, 0], y, atol=0.02)
    assert history["loss"][-1] < 1e-4


def test_a_summed_loss_is_told_a_row() -> None:
    y = X.sum(axis=1)
    mean, total = (
        nn.fit(nn.Linear(3, 1, rng=0), (X, y), loss=nn.MSELoss(r), optimizer="sgd", lr=lr, epochs=2, batch_size=8)
        for r, lr in (("mean", 0.08), ("sum", 0.01))
    )
    np.testing.assert_allclose(mean["loss"], total["loss"], rtol=1e-5)


def test_float64_targets_and_inputs_become_the_models_floats() -> None:
    seen = []

    def loss(outputs: Any, targets: np.ndarray) -> Any:
        seen.append((outputs.dtype, targets.dtype))
        return ((outputs[:, 0] - targets) ** 2).mean()

    nn.fit(nn.Linear(3, 1), (X.astype(np.float64), np.ones(40)), loss=loss, epochs=1)
    assert set(seen) == {(np.dtype(np.float32), np.dtype(np.float32))}
