"""Metrics where a score lies on its threshold, a class occurs once or never, and of labels and classes by turns."""

from __future__ import annotations

import numpy as np
import pytest

from nn import metrics
from nn.training.metrics import mode_of

TRUE = np.array([1, 0, 1, 1])
SCORES = np.array([0.0, 0.0, 0.5, -0.5])


def test_a_score_on_the_threshold_is_no() -> None:
    assert metrics.accuracy(SCORES, TRUE) == 0.5
    assert metrics.accuracy(SCORES + 0.5, TRUE, threshold=0.5) == 0.5
    assert metrics.accuracy(SCORES, TRUE, threshold=-0.1) == 0.5
    assert metrics.precision(SCORES, TRUE) == 1.0
    assert metrics.recall(SCORES, TRUE) == pytest.approx(1 / 3)
    assert metrics.f1(SCORES, TRUE) == pytest.approx(0.5)
    # As a hinge loss has them.
    assert metrics.recall(SCORES, 2 * TRUE - 1) == pytest.approx(1 / 3)


def test_classes_that_occur_once_count_and_those_that_never_do_not() -> None:
    scores = np.eye(4)[[0, 0, 1, 2]]
    labels = np.array([0, 1, 1, 0])
    # Class 2 was taken once and is of none; class 3 does not occur.
    assert metrics.precision(scores, labels, average=None).tolist() == [0.5, 1.0, 0.0, 0.0]
    assert metrics.precision(scores, labels) == pytest.approx(0.5)
    assert metrics.recall(scores, labels) == pytest.approx((0.5 + 0.5 + 0.0) / 3)
    assert metrics.f1(scores, labels) == pytest.approx((0.5 + 2 / 3 + 0.0) / 3)
    assert metrics.accuracy(scores, labels) == 0.5


def test_each_label_counts_for_itself() -> None:
    scores = np.array([[1.0, -1.0], [1.0, 1.0], [-1.0, -1.0]])
    labels = np.array([[1, 0], [0, 1], [0, 1]])
    assert metrics.precision(scores, labels, average=None).tolist() == [0.5, 1.0]
    assert metrics.recall(scores, labels, average=None).tolist() == [1.0, 0.5]
    assert metrics.f1(scores, labels) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("scores", "labels", "told"),
    [
        (np.zeros((2, 3)), np.array([0, 3]), "targets are class numbers from 0 to 2, as the outputs have 3 scores"),
        (np.zeros((2, 3)), np.array([-1, 0]), "class numbers from 0 to 2"),
        (np.zeros((2, 3)), np.array([0.5, 0.0]), "class numbers from 0 to 2"),
        (np.zeros(2), np.array([0, 2]), "targets are zeros and ones; for numbers there are r2, mae, mse and rmse"),
        (np.zeros(2), np.zeros(3), r"outputs of shape \(2,\) and targets of shape \(3,\) do not belong together"),
        (np.zeros((2, 2)), np.zeros((4, 1)), "do not belong together"),
    ],
)
def test_what_is_no_answer_of_classes(scores: np.ndarray, labels: np.ndarray, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        metrics.accuracy(scores, labels)


def test_errors_of_numbers() -> None:
    outputs, targets = np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 4.0, 1.0])
    assert metrics.mae(outputs, targets) == pytest.approx(5 / 3)
    assert metrics.mse(outputs, targets) == pytest.approx(13 / 3)
    assert metrics.rmse(outputs, targets) == pytest.approx((13 / 3) ** 0.5)
    assert metrics.r2(outputs, targets) == pytest.approx(1.0 - 13.0 / 6.0)
    # Whatever the unit.
    assert metrics.r2(1e-3 * outputs, 1e-3 * targets) == pytest.approx(1.0 - 13.0 / 6.0)
    with pytest.raises(ValueError, match=r"mae: outputs of shape \(3, 1\) and targets of shape \(2,\)"):
        metrics.mae(outputs, targets[:2])


def test_what_is_better() -> None:
    known = {
        name: mode_of(name) for name in ("loss", "val_loss", "mse", "mae", "rmse", "accuracy", "val_f1", "r2", "mine")
    }
    assert known == {
        "loss": "min", "val_loss": "min", "mse": "min", "mae": "min", "rmse": "min", "accuracy": "max", "val_f1": "max",
        "r2": "max", "mine": None,
    }  # fmt: skip
