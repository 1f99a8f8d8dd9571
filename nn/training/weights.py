"""Weights of rows and of classes: what each row counts in the loss of the training part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler import compile
from autograd.errors import OperandError, ShapeError, type_name

if TYPE_CHECKING:
    from nn.training.objective import Objective

# Computes the gradients of inputs and targets with a share of a step; gives outputs and loss.
Backward = Callable[[Any, Any, float], tuple[Any, Any]]


class WeighedTargets(np.ndarray):
    """Targets of a batch that know what their rows count: `weights`."""

    weights: np.ndarray | None

    def __new__(cls, targets: np.ndarray, weights: np.ndarray) -> WeighedTargets:
        made = np.asarray(targets).view(cls)
        made.weights = weights
        return made

    def __array_finalize__(self, other: Any) -> None:
        self.weights = None


def cut_rows(targets: np.ndarray, rows: slice) -> np.ndarray:
    """Some rows of the targets of a batch, with what they count.

    Examples
    --------
    >>> cut_rows(WeighedTargets(np.arange(4), np.arange(4.0)), slice(2, 4)).weights
    array([2., 3.])
    """
    weights = getattr(targets, "weights", None)
    return targets[rows] if weights is None else WeighedTargets(np.asarray(targets)[rows], weights[rows])


def check_weights(weights: Any, data: Any) -> np.ndarray:
    """Weights of rows as an array of floats.

    Raises
    ------
    ShapeError, OperandError, ValueError
        Where they are not one number a row that is finite and not negative, or all are 0.
    """
    try:
        found = np.asarray(weights, dtype=float)
    except (TypeError, ValueError) as error:
        raise OperandError(f"fit: sample_weight must be numbers, one a row: {error}") from None
    arrays = getattr(data, "arrays", data)
    if not isinstance(arrays, (tuple, list)) or len(arrays) != 2:
        raise OperandError(f"fit: sample_weight is for arrays or a DataLoader of arrays, not {type_name(data)}")
    if found.shape != (len(arrays[0]),):
        raise ShapeError(f"fit: sample_weight has shape {found.shape}; {len(arrays[0])} rows need ({len(arrays[0])},)")
    if not np.isfinite(found).all() or (found < 0).any() or not found.any():
        raise ValueError("fit: each sample_weight must be finite and at least 0, and not all of them 0")
    return found


def row_weights(
    class_weight: str | Mapping[int, float] | None, weights: np.ndarray | None, targets: np.ndarray | None
) -> np.ndarray:
    """What each row counts, by its class and by its own weight; the targets are None where they are not at hand.

    Raises
    ------
    OperandError, ValueError
        For weights that the targets have no classes for.
    """
    if targets is None:
        raise OperandError("fit: class_weight and sample_weight are for arrays, whose rows are all known before")
    made = np.ones(len(targets)) if weights is None else weights
    if class_weight is None:
        return made
    labels = targets.reshape(-1) if targets.size == len(targets) else targets
    if labels.ndim != 1 or (labels.dtype.kind == "f" and (labels != np.round(labels)).any()):
        raise OperandError(
            f"fit: class_weight is for one class a row, and the targets have shape {targets.shape} of {targets.dtype}; for several "
            "labels a row use loss=nn.BCEWithLogitsLoss(pos_weight=…), for places in an image nn.CrossEntropyLoss(weight=…)"
        )
    classes, places, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if isinstance(class_weight, str):
        if class_weight != "balanced":
            raise ValueError(f'fit: class_weight is "balanced" or a mapping of classes, not {class_weight!r}')
        return made * (len(labels) / (len(classes) * counts))[places]
    if not isinstance(class_weight, Mapping):
        raise OperandError(f'fit: class_weight is "balanced" or a mapping of classes, not {type_name(class_weight)}')
    known = {int(label) for label in classes}
    foreign = [label for label in class_weight if label not in known]
    if foreign:
        raise ValueError(f"fit: class_weight has {foreign[0]!r}, which is none of the classes {sorted(known)}")
    by_class = np.array([float(class_weight.get(int(label), 1.0)) for label in classes])
    if not np.isfinite(by_class).all() or (by_class < 0).any():
        raise ValueError("fit: each class_weight must be finite and at least 0")
    return made * by_class[places]


class WeighedLoss:
    """A loss that takes what a row counts from the targets where they say it.

    Targets that a compiler traces are no array of ours, and cannot say it: there the weights are given beside them.

    Parameters
    ----------
    loss, by_row : callable
        Of outputs and targets, over a batch and for each row.
    summed : bool
        Whether the loss of a batch is the sum over its rows.
    """

    def __init__(self, loss: Any, by_row: Any, summed: bool) -> None:
        self._loss, self._by_row, self._summed = loss, by_row, summed
        self._traced: Any = None

    @contextmanager
    def weighing(self, weights: Any) -> Iterator[None]:
        """Within, these are the weights of targets that say none."""
        self._traced = weights
        try:
            yield
        finally:
            self._traced = None

    def __call__(self, outputs: Any, targets: Any) -> Any:
        weights = getattr(targets, "weights", self._traced)
        if weights is None:
            return self._loss(outputs, targets)
        losses = self._by_row(outputs, np.asarray(targets) if isinstance(targets, np.ndarray) else targets)
        each = losses.reshape(len(weights), -1).mean(1) * weights.astype(losses.dtype)
        return each.sum() if self._summed else each.mean()


def compile_step(record: Backward, loss: Any) -> Backward:
    """What computes the gradients of a batch, as a program of the compiler; what rows count is an argument of it.

    Parameters
    ----------
    record : callable
        Of inputs, targets and the batch's share; gives outputs and loss.
    loss : callable
        What `record` computes the loss by.
    """
    if not isinstance(loss, WeighedLoss):
        return compile(record)

    def record_weighed(inputs: Any, targets: Any, weights: Any, share: float) -> tuple[Any, Any]:
        with loss.weighing(weights):
            return record(inputs, targets, share)

    program = compile(record_weighed)
    return lambda inputs, targets, share: program(inputs, np.asarray(targets), targets.weights, share)


def weigh_rows(objective: Objective) -> Objective:
    """The same loss, which takes what a row counts from the targets where they say it.

    Raises
    ------
    OperandError
        Where the loss is a function of the user's, which gives no loss of each row.
    """
    by_row = objective.by_row()
    if by_row is None:
        raise OperandError(
            f"fit: class_weight and sample_weight need a loss of nn, which can be told row by row; {objective.name} is a function of "
            "its own"
        )
    return replace(objective, function=WeighedLoss(objective.function, by_row, objective.summed))
