"""Metrics: how good predictions are, as functions of outputs and targets, under scikit-learn's names and definitions.

Outputs are what a model gives: scores of classes, (N, classes); one number a row for two classes, (N,) or (N, 1); one for
each of several labels, (N, labels); or predicted numbers. Targets are class numbers (N,), zeros and ones in the outputs'
shape, or numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError, type_name
from autograd.graph.node import raw
from autograd.graph.op import refuse_masks
from autograd.wording.suggestion import suggest

if TYPE_CHECKING:
    from autograd.typing import Input, Operand

Metric = Callable[[np.ndarray, np.ndarray], Any]


def accuracy(outputs: Input, targets: Operand, threshold: float = 0.0) -> float:
    """The share of rows that are right; with several labels a row, of those in which all labels are.

    Parameters
    ----------
    outputs, targets : array_like
    threshold : float
        From where on a single output means yes: 0 for logits, 0.5 for probabilities.

    Examples
    --------
    >>> accuracy([[2.0, 1.0], [0.0, 3.0], [0.0, 3.0]], [0, 1, 0]), accuracy([-1.0, 2.0], [0, 1])
    (0.6666666666666666, 1.0)
    >>> accuracy([[1.0, -1.0], [1.0, 1.0]], [[1, 0], [1, 0]])
    0.5
    """
    predicted, true, _ = _classes("accuracy", outputs, targets, threshold)
    right = predicted == true
    return float(np.mean(right.all(axis=1) if right.ndim == 2 else right))


def top_k_accuracy(outputs: Input, targets: Operand, k: int = 5) -> float:
    """The share of rows whose class is among the k with the highest scores.

    Parameters
    ----------
    outputs : array_like, shape (n, classes)
    targets : array_like of int, shape (n,)
    k : int

    Returns
    -------
    float

    Examples
    --------
    >>> top_k_accuracy([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]], [1, 2], k=2)
    0.5
    """
    scores, labels = _arrays(outputs, targets)
    if scores.shape[:-1] != labels.shape or scores.ndim < 2:
        raise ShapeError(f"top_k_accuracy: outputs of shape {scores.shape} and targets of shape {labels.shape}")
    if not 1 <= k <= scores.shape[-1]:
        raise ValueError(f"top_k_accuracy: k must be from 1 to {scores.shape[-1]}, the number of classes, got {k!r}")
    best = np.argpartition(scores, -k, axis=-1)[..., -k:]
    return float(np.mean((best == labels[..., None]).any(axis=-1)))


def confusion_matrix(outputs: Input, targets: Operand, threshold: float = 0.0) -> np.ndarray:
    """How many rows of each class (row) were taken for each class (column).

    Parameters
    ----------
    outputs : array_like, shape (n, classes), or (n,) or (n, 1) for two classes
        Scores.
    targets : array_like of int, shape (n,)
    threshold : float
        From which on a single score says 1.

    Returns
    -------
    numpy.ndarray of int, shape (classes, classes)

    Examples
    --------
    >>> confusion_matrix([[2.0, 1.0], [0.0, 3.0], [0.0, 3.0]], [0, 1, 0]).tolist()
    [[1, 1], [0, 1]]
    """
    predicted, true, count = _classes("confusion_matrix", outputs, targets, threshold)
    if predicted.ndim == 2:
        raise ShapeError(f"confusion_matrix: {count} labels a row are not classes; take one column at a time")
    return np.bincount(true * count + predicted, minlength=count * count).reshape(count, count)


def precision(outputs: Input, targets: Operand, average: str | None = "macro", threshold: float = 0.0) -> Any:
    """The share of the rows predicted to be of a class that are; 0 where there are none.

    Parameters
    ----------
    outputs, targets : array_like
    average : {"macro", None}
        The mean over all classes that occur, or over all labels; or one number for each. With two classes and one
        output it is that of class 1, and there is nothing to be averaged.
    threshold : float

    Examples
    --------
    >>> precision([1.0, 2.0, -1.0], [1, 0, 1])
    0.5
    """
    hits, taken, _, occurs = _counts("precision", outputs, targets, threshold)
    return _average(_ratio(hits, taken), occurs, average)


def recall(outputs: Input, targets: Operand, average: str | None = "macro", threshold: float = 0.0) -> Any:
    """The share of the rows of a class that were predicted to be of it; 0 where there are none. Parameters as for `precision`.

    Parameters
    ----------
    outputs : array_like, shape (n, classes), or (n,) or (n, 1) for two classes
        Scores.
    targets : array_like of int, shape (n,)
    average : {"macro", None}
        None for each class.
    threshold : float
        From which on a single score says 1.

    Returns
    -------
    float, or numpy.ndarray, shape (classes,)

    Examples
    --------
    >>> recall([[2.0, 1.0], [2.0, 1.0], [0.0, 1.0]], [0, 1, 1], average=None).tolist()
    [1.0, 0.5]
    """
    hits, _, there, occurs = _counts("recall", outputs, targets, threshold)
    return _average(_ratio(hits, there), occurs, average)


def f1(outputs: Input, targets: Operand, average: str | None = "macro", threshold: float = 0.0) -> Any:
    """The harmonic mean of precision and recall; parameters as for `precision`.

    Parameters
    ----------
    outputs : array_like, shape (n, classes), or (n,) or (n, 1) for two classes
        Scores.
    targets : array_like of int, shape (n,)
    average : {"macro", None}
        None for each class.
    threshold : float
        From which on a single score says 1.

    Returns
    -------
    float, or numpy.ndarray, shape (classes,)

    Examples
    --------
    >>> f1([[1.0, -1.0], [1.0, 1.0]], [[1, 0], [0, 1]], average=None).round(3).tolist()
    [0.667, 1.0]
    """
    hits, taken, there, occurs = _counts("f1", outputs, targets, threshold)
    return _average(_ratio(2 * hits, taken + there), occurs, average)


def mae(outputs: Input, targets: Operand) -> float:
    """The mean of |prediction − target|.

    Parameters
    ----------
    outputs, targets : array_like
        Numbers, of one shape.

    Returns
    -------
    float

    Examples
    --------
    >>> from nn import metrics
    >>> round(metrics.mae([1.0, 2.0], [1.0, 4.0]), 6)
    1.0
    """
    return float(np.mean(np.abs(_errors("mae", outputs, targets))))


def mse(outputs: Input, targets: Operand) -> float:
    """The mean of (prediction − target)².

    Parameters
    ----------
    outputs, targets : array_like
        Numbers, of one shape.

    Returns
    -------
    float

    Examples
    --------
    >>> from nn import metrics
    >>> round(metrics.mse([1.0, 2.0], [1.0, 4.0]), 6)
    2.0
    """
    return float(np.mean(_errors("mse", outputs, targets) ** 2))


def rmse(outputs: Input, targets: Operand) -> float:
    """The root of the mean of (prediction − target)².

    Parameters
    ----------
    outputs, targets : array_like
        Numbers, of one shape.

    Returns
    -------
    float

    Examples
    --------
    >>> from nn import metrics
    >>> round(metrics.rmse([1.0, 2.0], [1.0, 4.0]), 6)
    1.414214
    """
    return mse(outputs, targets) ** 0.5


def r2(outputs: Input, targets: Operand) -> float:
    """1 − Σ(prediction − target)² / Σ(target − mean)², the mean of it over columns.

    Of targets that are all the same it is 1 where they are hit exactly, and else 0.

    Parameters
    ----------
    outputs, targets : array_like
        Numbers, of one shape.

    Returns
    -------
    float

    Examples
    --------
    >>> r2([1.0, 2.0, 4.0], [1.0, 2.0, 3.0])
    0.5
    """
    errors = _errors("r2", outputs, targets)
    true = np.asarray(targets, np.float64).reshape(errors.shape)
    left = np.sum(errors**2, axis=0)
    whole = np.sum((true - true.mean(axis=0)) ** 2, axis=0)
    constant = np.where(left > 0.0, 0.0, 1.0)
    return float(np.mean(np.where(whole > 0.0, 1.0 - left / np.where(whole > 0.0, whole, 1.0), constant)))


NAMES: dict[str, Metric] = {
    "accuracy": accuracy,
    "top_k_accuracy": top_k_accuracy,
    "confusion_matrix": confusion_matrix,
    "precision": precision,
    "recall": recall,
    "f1": f1,
    "mae": mae,
    "mse": mse,
    "rmse": rmse,
    "r2": r2,
}
# Those that say yes from a threshold on, which depends on whether outputs are logits or probabilities.
WITH_THRESHOLD = (accuracy, confusion_matrix, precision, recall, f1)
SMALLER_IS_BETTER = ("loss", "penalty", "mae", "mse", "rmse")
LARGER_IS_BETTER = ("accuracy", "top_k_accuracy", "precision", "recall", "f1", "r2")


def named_metrics(metrics: Any) -> dict[str, Metric]:
    """Metrics by name: of names, functions, a single one of either, or a mapping of names to either.

    Parameters
    ----------
    metrics : name or function, several, or mapping of names to either

    Returns
    -------
    dict of str to callable

    Raises
    ------
    ValueError
        For a name that there is not, or one given twice.
    TypeError
        For something that is neither.

    Examples
    --------
    >>> from nn.training.metrics import named_metrics
    >>> list(named_metrics(['accuracy']))
    ['accuracy']
    """
    if isinstance(metrics, str) or not isinstance(metrics, Iterable):
        metrics = (metrics,)
    if isinstance(metrics, Mapping):
        pairs: Iterable[tuple[Any, Any]] = metrics.items()
    else:
        pairs = [(m if isinstance(m, str) else getattr(m, "__name__", type(m).__name__), m) for m in metrics]
    found: dict[str, Metric] = {}
    for name, metric in pairs:
        if isinstance(metric, str):
            if metric not in NAMES:
                raise ValueError(f"there is no metric {metric!r}{suggest(metric, NAMES)}")
            metric = NAMES[metric]
        if not callable(metric):
            raise TypeError(f"a metric is a name or a function of outputs and targets, not {type_name(metric)}")
        if name in found or name in ("loss", "penalty", "lr", "epoch", "seconds"):
            raise ValueError(f"the metric name {name!r} is taken: give a mapping, {{'another name': metric}}")
        found[name] = metric
    return found


def mode_of(name: str) -> str | None:
    """Whether a smaller ("min") or a larger ("max") number of this name is better; None where that is not known.

    Parameters
    ----------
    name : str
        Of a metric.

    Returns
    -------
    str or None

    Examples
    --------
    >>> from nn.training.metrics import mode_of
    >>> mode_of('accuracy'), mode_of('mse')
    ('max', 'min')
    """
    own = name.removeprefix("val_")
    return "min" if own in SMALLER_IS_BETTER else "max" if own in LARGER_IS_BETTER else None


def _arrays(outputs: Input, targets: Operand) -> tuple[np.ndarray, np.ndarray]:
    refuse_masks("metric", (outputs, targets))
    return np.asarray(raw(outputs)), np.asarray(raw(targets))


def _errors(name: str, outputs: Input, targets: Operand) -> np.ndarray:
    predicted, true = (array.astype(np.float64) for array in _arrays(outputs, targets))
    if predicted.size != true.size or len(predicted) != len(true):
        raise ShapeError(f"{name}: outputs of shape {predicted.shape} and targets of shape {true.shape}")
    return predicted.reshape(true.shape) - true


def _classes(name: str, outputs: Input, targets: Operand, threshold: float) -> tuple[np.ndarray, np.ndarray, int]:
    """Predicted and true classes (N,), or labels (N, labels), and how many of them there are."""
    scores, true = _arrays(outputs, targets)
    if scores.ndim >= 2 and scores.shape[-1] > 1 and scores.shape[:-1] == true.shape:
        count = scores.shape[-1]
        if np.any((true < 0) | (true >= count) | (true != np.floor(true))):
            raise ShapeError(
                f"{name}: targets are class numbers from 0 to {count - 1}, as the outputs have {count} scores"
            )
        return scores.argmax(axis=-1).ravel(), true.astype(np.int64).ravel(), scores.shape[-1]
    if scores.size == true.size and len(scores) == len(true):
        # Zeros and ones, or −1 and 1 as a hinge loss has them.
        if not np.isin(true, (-1, 0, 1)).all():
            raise ShapeError(f"{name}: targets are zeros and ones; for numbers there are r2, mae, mse and rmse")
        predicted, true = (scores > threshold).astype(np.int64), (true > 0).astype(np.int64)
        if scores.ndim == 2 and scores.shape[1] > 1:
            return predicted, true, scores.shape[1]
        return predicted.ravel(), true.ravel(), 2
    raise ShapeError(
        f"{name}: outputs of shape {scores.shape} and targets of shape {true.shape} do not belong together"
    )


def _counts(name: str, outputs: Input, targets: Operand, threshold: float) -> tuple[np.ndarray, ...]:
    """For each class: how many are right, were taken for it, are of it; and whether it occurs at all."""
    predicted, true, count = _classes(name, outputs, targets, threshold)
    if predicted.ndim == 2:
        hits, taken, there = (predicted * true).sum(axis=0), predicted.sum(axis=0), true.sum(axis=0)
        return hits, taken, there, np.ones(count, bool)
    hits = np.bincount(true[predicted == true], minlength=count)
    taken, there = np.bincount(predicted, minlength=count), np.bincount(true, minlength=count)
    scores = np.asarray(raw(outputs))
    if scores.ndim == 1 or scores.shape[-1] == 1:
        return hits[1:], taken[1:], there[1:], np.ones(1, bool)
    return hits, taken, there, taken + there > 0


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return part / np.where(whole > 0, whole, 1)


def _average(each: np.ndarray, occurs: np.ndarray, average: str | None) -> Any:
    if average not in ("macro", None):
        raise ValueError(f"average must be 'macro' or None, got {average!r}")
    return float(each[occurs].mean()) if average == "macro" else each
