"""Metrics: scikit-learn's numbers, for classes, two classes, several labels and regressions."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from sklearn import metrics as peer

import nn
from autograd import ShapeError, Tensor
from nn import metrics

RNG = np.random.default_rng(0)
# Class 4 neither occurs nor is predicted, class 3 is never predicted.
SCORES = RNG.normal(size=(200, 5)) - np.array([0.0, 0.0, 0.0, 50.0, 50.0])
LABELS = RNG.integers(0, 4, 200)
PREDICTED = SCORES.argmax(axis=1)


def test_of_classes() -> None:
    assert metrics.accuracy(SCORES, LABELS) == peer.accuracy_score(LABELS, PREDICTED)
    for name in ("precision", "recall", "f1"):
        theirs = getattr(peer, f"{name}_score")
        assert getattr(metrics, name)(SCORES, LABELS) == pytest.approx(
            theirs(LABELS, PREDICTED, average="macro", zero_division=0), rel=1e-12
        )
        each = theirs(LABELS, PREDICTED, average=None, labels=range(5), zero_division=0)
        np.testing.assert_allclose(getattr(metrics, name)(SCORES, LABELS, average=None), each, rtol=1e-12)
    np.testing.assert_array_equal(
        metrics.confusion_matrix(SCORES, LABELS), peer.confusion_matrix(LABELS, PREDICTED, labels=range(5))
    )
    for k in (1, 2, 3):
        theirs = peer.top_k_accuracy_score(LABELS, SCORES, k=k, labels=range(5))
        assert metrics.top_k_accuracy(SCORES, LABELS, k) == theirs
    assert metrics.accuracy(Tensor(SCORES), LABELS) == metrics.accuracy(SCORES, LABELS)


@pytest.mark.parametrize("shape", [(200,), (200, 1)])
def test_of_two_classes_from_one_output(shape: tuple[int, ...]) -> None:
    logits, labels = RNG.normal(size=200), RNG.integers(0, 2, 200)
    outputs, targets = logits.reshape(shape), labels.reshape(shape)
    predicted = logits > 0
    assert metrics.accuracy(outputs, targets) == peer.accuracy_score(labels, predicted)
    for name in ("precision", "recall", "f1"):
        assert getattr(metrics, name)(outputs, targets) == pytest.approx(
            getattr(peer, f"{name}_score")(labels, predicted)
        )
    np.testing.assert_array_equal(metrics.confusion_matrix(outputs, targets), peer.confusion_matrix(labels, predicted))
    probabilities = 1 / (1 + np.exp(-outputs))
    assert metrics.accuracy(probabilities, targets, threshold=0.5) == metrics.accuracy(outputs, targets)
    signs = 2 * targets - 1
    assert metrics.accuracy(outputs, signs) == metrics.accuracy(outputs, targets), "a hinge loss has −1 and 1"


def test_of_several_labels() -> None:
    logits, labels = RNG.normal(size=(100, 3)), RNG.integers(0, 2, (100, 3))
    predicted = (logits > 0).astype(int)
    assert metrics.accuracy(logits, labels) == peer.accuracy_score(labels, predicted), "all labels of a row"
    np.testing.assert_allclose(metrics.f1(logits, labels, average=None), peer.f1_score(labels, predicted, average=None))
    assert metrics.f1(logits, labels) == pytest.approx(peer.f1_score(labels, predicted, average="macro"))
    with pytest.raises(ShapeError, match="3 labels a row are not classes"):
        metrics.confusion_matrix(logits, labels)


@pytest.mark.parametrize("shape", [(50,), (50, 2)])
def test_of_regressions(shape: tuple[int, ...]) -> None:
    true = RNG.normal(size=shape)
    predicted = true + 0.3 * RNG.normal(size=shape)
    for name, theirs in (
        ("r2", peer.r2_score),
        ("mae", peer.mean_absolute_error),
        ("mse", peer.mean_squared_error),
    ):
        assert getattr(metrics, name)(predicted, true) == pytest.approx(theirs(true, predicted), rel=1e-12)
    assert metrics.rmse(predicted, true) == metrics.mse(predicted, true) ** 0.5
    constant = np.ones(shape)
    assert (metrics.r2(constant, constant), metrics.r2(predicted, constant)) == (1.0, 0.0), "as scikit-learn has it"


def test_a_column_and_a_row_are_the_same_numbers() -> None:
    """Not the table of all differences that broadcasting would make of them."""
    assert metrics.mae(np.array([[1.0], [2.0]]), np.array([1.0, 4.0])) == 1.0
    with pytest.raises(ShapeError, match=r"mae: outputs of shape \(2, 2\) and targets of shape \(2,\)"):
        metrics.mae(np.ones((2, 2)), np.ones(2))


def test_impossible_arguments() -> None:
    with pytest.raises(ValueError, match="k must be from 1 to 5, the number of classes, got 6"):
        metrics.top_k_accuracy(SCORES, LABELS, 6)
    with pytest.raises(ValueError, match="average must be 'macro' or None, got 'micro'"):
        metrics.f1(SCORES, LABELS, average="micro")
    with pytest.raises(ShapeError, match="do not belong together"):
        metrics.accuracy(SCORES, LABELS[:7])
    with pytest.raises(ShapeError, match="accuracy: targets are zeros and ones; for numbers there are r2, mae"):
        metrics.accuracy([0.3, 1.2], [0.5, 1.0])
    for wrong in (5, -1, 0.5):
        with pytest.raises(ShapeError, match="confusion_matrix: targets are class numbers from 0 to 1"):
            metrics.confusion_matrix([[2.0, 1.0], [0.0, 3.0]], [0, wrong])


def test_metrics_of_a_run_by_name_by_function_and_by_a_name_of_ones_own() -> None:
    x = RNG.normal(size=(60, 3))
    y = RNG.integers(0, 3, 60)

    def share_of_zero(outputs: np.ndarray, targets: np.ndarray) -> float:
        return float(np.mean(outputs.argmax(axis=1) == 0))

    model = nn.Linear(3, 3, rng=0)
    history = nn.fit(
        model,
        (x, y),
        validation=(x, y),
        epochs=2,
        metrics={
            "accuracy": "accuracy",
            "zero": share_of_zero,
            "top2": partial(metrics.top_k_accuracy, k=2),
            "confusion": "confusion_matrix",
        },
    )
    outputs = model(x.astype(np.float32)).data
    last = history[-1]
    assert last["val_accuracy"] == metrics.accuracy(outputs, y)
    assert last["val_zero"] == share_of_zero(outputs, y)
    assert last["val_top2"] == metrics.top_k_accuracy(outputs, y, 2)
    np.testing.assert_array_equal(history.arrays["val_confusion"], metrics.confusion_matrix(outputs, y))
    assert history.arrays["confusion"].sum() == 60
    assert nn.evaluate(model, (x, y), metrics="accuracy") == {
        "loss": pytest.approx(last["val_loss"], rel=1e-6),
        "accuracy": last["val_accuracy"],
    }


def test_names_of_metrics_that_are_not_there() -> None:
    for wrong, message in (
        (["acuracy"], "there is no metric 'acuracy'; did you mean 'accuracy'"),
        (["zzz"], "there is no metric 'zzz'; there are accuracy, top_k_accuracy"),
        (["mse", "mse"], "the metric name 'mse' is taken"),
        ({"loss": "mse"}, "the metric name 'loss' is taken"),
    ):
        with pytest.raises(ValueError, match=message):
            nn.fit(nn.Linear(1, 1), (np.ones((2, 1)), np.ones(2)), metrics=wrong)
    with pytest.raises(TypeError, match="not int"):
        nn.fit(nn.Linear(1, 1), (np.ones((2, 1)), np.ones(2)), metrics=[3])


def test_yes_and_no_of_probabilities_begin_at_one_half() -> None:
    x = np.array([[0.2], [-0.2]])
    model = nn.Sequential(nn.Linear(1, 1, rng=0), nn.Sigmoid())
    model.load_state_dict({"0.weight": [[1.0]], "0.bias": [0.0]})
    assert nn.evaluate(model, (x, np.array([1, 0])), loss="bce", metrics="accuracy")["accuracy"] == 1.0
    assert nn.evaluate(model[0], (x, np.array([1, 0])), metrics="accuracy")["accuracy"] == 1.0


def test_classes_given_as_probabilities_are_judged_by_the_likeliest() -> None:
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8]])
    model = nn.Linear(2, 2, rng=0)
    model.load_state_dict({"weight": np.eye(2), "bias": np.zeros(2)})
    result = nn.evaluate(model, (np.eye(2), probabilities), loss="cross_entropy", metrics="accuracy")
    assert result["accuracy"] == 1.0
