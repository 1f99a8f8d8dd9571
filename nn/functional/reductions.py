"""What the losses share: pairs of one shape, labels within the classes, and what becomes of the losses of the elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.graph.node import Node, raw
from autograd.graph.op import refuse_masks
from autograd.ops.indexing import within
from autograd.ops.shape import shape
from autograd.ops.stable import apply_reduction
from nn.arguments import describe_shape

if TYPE_CHECKING:
    from autograd.typing import Input, Operand


def refuse_empty(name: str, x: Input, reduction: str) -> None:
    """Refuse the mean of nothing."""
    if reduction == "mean" and 0 in shape(x):
        raise ShapeError(f"{name}: there is no mean of an empty batch, of shape {shape(x)}")


def reduce_losses(name: str, losses: Any, reduction: str) -> Any:
    """The mean or the sum of all losses, or the losses as they are.

    Examples
    --------
    >>> float(reduce_losses("mse_loss", np.array([1.0, 3.0]), "mean"))
    2.0
    """
    refuse_empty(name, losses, reduction)
    return apply_reduction(losses, reduction)


def check_pair(name: str, input: Any, target: Any) -> None:
    """Refuse two arrays of different shapes: a column against a row is a mistake more often than it is meant."""
    if isinstance(input, (list, tuple)) or isinstance(target, (list, tuple)):
        raise OperandError(
            f"{name}: prediction and target are arrays or tensors, got {describe_shape(input)} and {describe_shape(target)}"
        )
    if shape(input) != shape(target):
        raise ShapeError(f"{name}: prediction of shape {shape(input)} and target of shape {shape(target)} must agree")


def check_labels(name: str, scores: Input, targets: Operand) -> Any:
    """The labels (N,) that go with scores (N, classes)."""
    if len(shape(scores)) != 2:
        raise ShapeError(f"{name}: expected scores of shape (N, classes), got {describe_shape(scores)}")
    refuse_masks(name, targets)
    labels: Any = targets if isinstance(targets, Node) else np.asarray(targets)
    count, classes = shape(scores)
    if labels.dtype.kind not in "iu" or shape(labels) != (count,):
        raise ShapeError(f"{name}: expected whole numbers of shape {(count,)}, got {labels.dtype} of {shape(labels)}")
    return within(labels, classes, f"{name}: label")


def check_class_weight(name: str, weight: Any, scores: Any) -> Any:
    """One weight for each class, the last axis of the scores and in their dtype, if there are any.

    Raises
    ------
    ShapeError
        For another number of them.

    Examples
    --------
    >>> check_class_weight("nll_loss", [1.0, 2.0], np.zeros((3, 2)))
    array([1., 2.])
    """
    if weight is None:
        return None
    found, classes = as_weight(name, "weight", weight, scores), shape(scores)[-1]
    if shape(found) != (classes,):
        raise ShapeError(f"{name}: weight must be {classes} numbers, one for each class, got shape {shape(found)}")
    return found


def as_weight(name: str, what: str, given: Any, losses: Any) -> Any:
    """What things count, in the dtype of the losses.

    Raises
    ------
    OperandError
        For what is not an array of numbers.

    Examples
    --------
    >>> as_weight("binary_cross_entropy", "weight", [1, 2], np.zeros(2, np.float32)).dtype
    dtype('float32')
    """
    if isinstance(given, str):
        raise OperandError(
            f"{name}: {what} is an array of numbers, not {given!r}; a reduction is given by reduction={given!r}"
        )
    refuse_masks(name, given)
    if isinstance(given, Node):
        return given
    return np.asarray(given, np.asarray(raw(losses)).dtype)


def refuse_signs(name: str, targets: Operand) -> None:
    """Refuse targets other than −1 and 1."""
    if not np.isin(np.asarray(raw(targets)), (-1.0, 1.0)).all():
        raise ValueError(f"{name}: targets are −1 and 1")


def refuse_shares(name: str, what: str, least: float, most: float, given: Any) -> None:
    """Refuse numbers outside bounds."""
    given = np.asarray(raw(given))
    if given.size and not (given.min() >= least and given.max() <= most):
        raise ValueError(f"{name}: {what}, got {given.min():.6g} … {given.max():.6g}")
