"""Functions that have a rule of their own because their textbook composition overflows, cancels or is slow."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.node import Node
from autograd.op import row
from autograd.ops.elementwise import exp
from autograd.ops.reduction import Axis, _stacked, _sum, gather, is_array, kept, logsumexp_n, mean
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import axis_tuple, shape


def _shifted(x: np.ndarray, axis: Any) -> tuple[np.ndarray, np.ndarray]:
    """`x` less its greatest, and that greatest; those that attain an infinite one are 0, not nan."""
    top = np.max(x, axis, keepdims=True, initial=-np.inf)
    if np.isfinite(top).all():
        return x - top, top
    return np.where(x == top, 0.0, x - np.where(x == top, 0.0, top)), top


def _softmax_arrays(x: np.ndarray, axis: tuple[int, ...]) -> np.ndarray:
    weights = np.exp(_shifted(x, axis)[0])
    weights /= np.sum(weights, axis, keepdims=True)
    return weights


def _log_softmax_arrays(x: np.ndarray, axis: tuple[int, ...]) -> np.ndarray:
    shifted, _ = _shifted(x, axis)
    return shifted - np.log(np.sum(np.exp(shifted), axis, keepdims=True))


def _logsumexp_arrays(x: np.ndarray, axis: tuple[int, ...], keepdims: bool) -> np.ndarray:
    shifted, top = _shifted(x, axis)
    with np.errstate(divide="ignore"):
        result = np.where(np.isinf(top), top, np.log(np.sum(np.exp(shifted), axis, keepdims=True)) + top)
    return result if keepdims else np.squeeze(result, axis)


_softmax = row(
    "softmax", _softmax_arrays, lambda g, out, x, axis: out * (g - _sum(g * out, axis=axis, keepdims=True))
)
_log_softmax = row(
    "log_softmax", _log_softmax_arrays, lambda g, out, x, axis: g - exp(out) * _sum(g, axis=axis, keepdims=True)
)
_logsumexp = row(
    "logsumexp",
    _logsumexp_arrays,
    lambda g, out, x, axis, keepdims: kept(g, x, axis, keepdims) * _softmax(x, axis=axis),
)
one_hot = row("one_hot", lambda labels, classes, dtype: np.eye(classes, dtype=dtype)[labels], None)


def _cross_entropy_arrays(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    shifted, _ = _shifted(logits, -1)
    return np.log(np.sum(np.exp(shifted), -1)) - np.take_along_axis(shifted, labels[..., None], -1)[..., 0]


# One loss per row of logits; its rule is `softmax - one_hot`, which no composition of logarithms gives exactly.
_cross_entropy = row(
    "cross_entropy",
    _cross_entropy_arrays,
    lambda g, out, x, y: (
        kept(g, x, (len(shape(x)) - 1,), False)
        * (_softmax(x, axis=(len(shape(x)) - 1,)) - one_hot(y, classes=shape(x)[-1], dtype=x.dtype))
    ),
    None,
)


def softmax(x: Any, axis: Axis = -1) -> Any:
    """`exp(x)` over its sum along `axis`: positive, summing to 1, and finite for any finite `x`."""
    return _softmax(x, axis=axis_tuple(axis, len(shape(x))))


def log_softmax(x: Any, axis: Axis = -1) -> Any:
    """The logarithm of `softmax`, exact where that underflows."""
    return _log_softmax(x, axis=axis_tuple(axis, len(shape(x))))


def logsumexp(x: Any, *more: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """`log(sum(exp(x)))` without overflow, over `axis` of an array, or of any number of scalars."""
    if not is_array(x):
        items = gather(x, more)
        if items is not None:
            return logsumexp_n(*items)
        x, more = _stacked(x), ()
    if more:
        raise TypeError("logsumexp: give one array with axis=…, or any number of scalars")
    return _logsumexp(x, axis=axis_tuple(axis, len(shape(x))), keepdims=bool(keepdims))


def cross_entropy(logits: Any, targets: Any, reduction: str = "mean") -> Any:
    """The negative log-likelihood of the right class under `softmax(logits)`.

    Parameters
    ----------
    logits : Tensor or array, shape (..., classes)
    targets : integer array, shape (...), or float array, shape (..., classes)
        The right classes, or a distribution over the classes per row.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes do not go together, or a label is not in 0 … classes - 1.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(cross_entropy(np.array([[2.0, 1.0, 0.1]]), [0])), 6)
    0.41703
    """
    targets = targets.data if isinstance(targets, Node) and not targets.requires_grad else targets
    targets = targets if isinstance(targets, Node) else np.asarray(targets)
    lead, classes = shape(logits)[:-1], (shape(logits) or (0,))[-1]
    if targets.dtype.kind in "iub":
        if shape(targets) != lead:
            raise ShapeError(f"cross_entropy: logits of shape {shape(logits)} need labels of shape {lead}, got {shape(targets)}")
        if targets.size and not (0 <= targets.min() and targets.max() < classes):
            wrong = targets[(targets < 0) | (targets >= classes)].flat[0]
            raise ShapeError(f"cross_entropy: label {wrong} is outside 0 … {classes - 1}, the classes of logits {shape(logits)}")
        losses = _cross_entropy(logits, targets)
    elif shape(targets) == shape(logits):
        losses = -sum_(log_softmax(logits) * targets, axis=-1)
    else:
        raise ShapeError(
            f"cross_entropy: logits of shape {shape(logits)} need integer labels of shape {lead} or probabilities of the "
            f"logits' own shape, got {targets.dtype} of shape {shape(targets)}"
        )
    return reduced(losses, reduction)


def reduced(losses: Any, reduction: str) -> Any:
    """The mean or the sum of all losses, or the losses as they are."""
    if reduction == "mean":
        return mean(losses)
    if reduction == "sum":
        return sum_(losses)
    if reduction == "none":
        return losses
    raise OperandError(f"reduction must be 'mean', 'sum' or 'none', not {reduction!r}")
