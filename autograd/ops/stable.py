"""Functions that have a rule of their own because their textbook composition overflows, cancels or is slow."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.node import Node
from autograd.graph.op import Function, refuse_masks, row
from autograd.ops.elementwise import div, exp
from autograd.ops.indexing import within
from autograd.ops.reduction import Axis, _sum, gather, is_array, mean, restore_axes
from autograd.ops.reduction import sum as sum_
from autograd.ops.scalars import logsumexp_n
from autograd.ops.shape import as_array, axis_tuple, shape, wide
from autograd.ops.strong import scale


def _sum_arrays(x: np.ndarray, axis: Any, keepdims: Any = False) -> Any:
    """The sum, of half precision counted in single: there are more classes, and rows, than it has numbers."""
    return np.add.reduce(x, axis, keepdims=keepdims, dtype=np.float32 if x.dtype == np.float16 else None)


def _shift(x: np.ndarray, axis: Any) -> tuple[np.ndarray, np.ndarray]:
    """`x` less its greatest, and that greatest; those that attain an infinite one are 0, not nan."""
    if x.dtype.kind != "f":
        x = x.astype(float)
    top = np.maximum.reduce(x, axis, keepdims=True, initial=-np.inf)
    if math.isfinite(_sum_arrays(top, None)):
        return x - top, top
    return np.where(x == top, 0.0, x - np.where(x == top, 0.0, top)), top


def _softmax_arrays(x: np.ndarray, axis: tuple[int, ...]) -> np.ndarray:
    weights = np.exp(_shift(x, axis)[0])
    weights /= _sum_arrays(weights, axis, keepdims=True)
    return weights


def _log_softmax_arrays(x: np.ndarray, axis: tuple[int, ...]) -> np.ndarray:
    shifted, _ = _shift(x, axis)
    return (shifted - np.log(_sum_arrays(np.exp(shifted), axis, keepdims=True))).astype(shifted.dtype, copy=False)


def _logsumexp_arrays(x: np.ndarray, axis: tuple[int, ...], keepdims: bool) -> np.ndarray:
    shifted, top = _shift(x, axis)
    with np.errstate(divide="ignore"):
        result = np.where(np.isinf(top), top, np.log(_sum_arrays(np.exp(shifted), axis, keepdims=True)) + top)
    return (result if keepdims else np.squeeze(result, axis)).astype(top.dtype, copy=False)


_softmax: Function = row("softmax", _softmax_arrays, lambda g, out, x, axis: _softmax_rule(g, out, axis))
_log_softmax: Function = row(
    "log_softmax", _log_softmax_arrays, lambda g, out, x, axis: g - exp(out) * _sum(g, axis=axis, keepdims=True)
)
_logsumexp: Function = row(
    "logsumexp",
    _logsumexp_arrays,
    lambda g, out, x, axis, keepdims: scale(restore_axes(g, x, axis, keepdims), _softmax(x, axis=axis)),
)


def _at_labels(x: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """`x` as rows, and the index of the labelled element of each."""
    return x.reshape(-1, x.shape[-1]), (np.arange(labels.size), labels.ravel())


def _cross_entropy_arrays(logits: np.ndarray, labels: np.ndarray, reduction: str) -> np.ndarray:
    shifted, _ = _shift(logits, -1)
    rows, labelled = _at_labels(shifted, labels)
    losses = np.log(_sum_arrays(np.exp(rows), -1)).astype(rows.dtype, copy=False)
    losses -= rows[labelled]
    if reduction == "none":
        return losses.reshape(labels.shape)
    if reduction == "mean" and losses.dtype == np.float16:
        return np.mean(losses)
    total = np.add.reduce(losses)
    return total / losses.dtype.type(losses.size) if reduction == "mean" else total


def _residual_arrays(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    # In one piece, so that its rows are no copy.
    probabilities = np.ascontiguousarray(_softmax_arrays(logits, (-1,)))
    rows, labelled = _at_labels(probabilities, labels)
    rows[labelled] -= 1.0
    return probabilities


def _softmax_rule(g: Any, p: Any, axis: tuple[int, ...]) -> Any:
    return p * (g - _sum(g * p, axis=axis, keepdims=True))


# softmax - one_hot: the derivative of the cross-entropy, which no composition of logarithms gives exactly.
_residual: Function = row(
    "residual",
    _residual_arrays,
    lambda g, out, x, y: _softmax_rule(g, softmax(x), (len(shape(x)) - 1,)),
    None,
)
_cross_entropy: Function = row(
    "cross_entropy",
    _cross_entropy_arrays,
    lambda g, out, x, y, reduction: _per_row(g, x, y, reduction) * _residual(x, y),
    None,
)


def _per_row(g: Any, x: Any, labels: Any, reduction: str) -> Any:
    if reduction == "none":
        return restore_axes(g, x, (len(shape(x)) - 1,), False)
    return div(wide(g), float(math.prod(shape(labels)))) if reduction == "mean" else g


def softmax(x: Any, axis: Axis = -1) -> Any:
    """`exp(x)` over its sum along `axis`: positive, summing to 1, and finite for any finite `x`.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axis : int or sequence of int
        Over which the results sum to 1; the last by default.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> autograd.softmax(autograd.Tensor([0.0, 1000.0])).tolist()
    [0.0, 1.0]
    """
    return _softmax(x, axis=axis_tuple(axis, len(shape(x))))


def log_softmax(x: Any, axis: Axis = -1) -> Any:
    """The logarithm of `softmax`, exact where that underflows.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axis : int or sequence of int
        What the exponentials are summed over; the last by default.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> autograd.log_softmax(autograd.Tensor([0.0, 1000.0])).tolist()
    [-1000.0, 0.0]
    """
    return _log_softmax(x, axis=axis_tuple(axis, len(shape(x))))


def logsumexp(x: Any, *more: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """`log(sum(exp(x)))` without overflow, over `axis` of an array, or of any number of scalars.

    Parameters
    ----------
    x : array_like, Tensor, Value, float, or a sequence of the last two
        Of any shape.
    *more : Value or float
        Further numbers.
    axis : int or sequence of int, optional
        All axes by default.
    keepdims : bool
        Leave the axes, with length 1.

    Returns
    -------
    float, numpy.ndarray, Value or Tensor
        In the shape of `x` without the axes.

    Examples
    --------
    >>> import autograd
    >>> round(autograd.logsumexp(1000.0, 1000.0), 6)
    1000.693147
    >>> autograd.logsumexp(autograd.Tensor([[0.0, -1000.0]]), axis=1).tolist()
    [0.0]
    """
    if not is_array(x):
        items = gather(x, more)
        if items is not None:
            return logsumexp_n(*items)
        x, more = as_array((x, *more) if more else x), ()
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
    refuse_masks("cross_entropy", targets)
    targets = targets if isinstance(targets, Node) else np.asarray(targets)
    lead = shape(logits)[:-1]
    if targets.dtype.kind in "iu":
        if shape(targets) != lead:
            raise ShapeError(
                f"cross_entropy: logits of shape {shape(logits)} need labels of shape {lead}, got {shape(targets)}"
            )
        _check_reduction(reduction)
        labels = within(targets, shape(logits)[-1], "cross_entropy: label")
        return _cross_entropy(logits, labels, reduction=reduction)
    if shape(targets) == shape(logits):
        return apply_reduction(-sum_(log_softmax(logits) * targets, axis=-1), reduction)
    raise ShapeError(
        f"cross_entropy: logits of shape {shape(logits)} need integer labels of shape {lead} or probabilities of the "
        f"logits' own shape, got {targets.dtype} of shape {shape(targets)}"
    )


def apply_reduction(losses: Any, reduction: str) -> Any:
    """The mean or the sum of all losses, or the losses as they are."""
    _check_reduction(reduction)
    return mean(losses) if reduction == "mean" else sum_(losses) if reduction == "sum" else losses


def _check_reduction(reduction: str) -> None:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', not {reduction!r}")
