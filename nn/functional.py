"""Layers, activations and losses as functions, with PyTorch's names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.graph.modes import beside
from autograd.graph.node import Node, raw
from autograd.graph.op import refuse_masks
from autograd.ops.activation import elu, gelu, leaky_relu, relu, silu
from autograd.ops.comparison import greater, greater_equal, less, less_equal, logical_or, stop_gradient
from autograd.ops.elementwise import abs as abs_
from autograd.ops.elementwise import clip, exp, expm1, log, maximum, sigmoid, softplus, sqrt, square, sub, tanh, where
from autograd.ops.indexing import within
from autograd.ops.linalg import linear, matmul
from autograd.ops.reduction import mean
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import shape, swapaxes
from autograd.ops.sorting import sort
from autograd.ops.stable import apply_reduction, log_softmax, softmax
from autograd.ops.stable import cross_entropy as _cross_entropy
from nn.arguments import check_floats, check_number, check_positive, describe_shape

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike, Input

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "celu",
    "cosine_embedding_loss",
    "cosine_similarity",
    "cross_entropy",
    "elu",
    "gelu",
    "glu",
    "half_mse_loss",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hinge_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "leaky_relu",
    "linear",
    "log_cosh_loss",
    "log_softmax",
    "logsigmoid",
    "mish",
    "mse_loss",
    "multi_margin_loss",
    "nll_loss",
    "relu",
    "relu6",
    "scaled_dot_product_attention",
    "selu",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "softmax",
    "softplus",
    "softsign",
    "tanh",
    "tanhshrink",
]


# activations


def relu6(x: Input) -> Tensor:
    """min(max(x, 0), 6).

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.relu6(np.array([-2.0, 2.0, 8.0])).round(6).tolist()
    [0.0, 2.0, 6.0]
    """
    return hardtanh(x, 0.0, 6.0)


def hardtanh(x: Input, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """x, kept between two bounds; the derivative at a bound is 0, as in PyTorch.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    min_val, max_val : float
        The bounds.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Raises
    ------
    ValueError
        Where the lower bound is above the higher.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.hardtanh(np.array([-2.0, 0.5])).round(6).tolist()
    [-1.0, 0.5]
    """
    if not min_val <= max_val:
        raise ValueError(f"hardtanh: min_val must be at most max_val, got {min_val!r} and {max_val!r}")
    beyond = logical_or(less_equal(x, min_val), greater_equal(x, max_val))
    return where(beyond, clip(stop_gradient(x), min_val, max_val), x)


def hardsigmoid(x: Input) -> Tensor:
    """relu6(x + 3) / 6.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.hardsigmoid(np.array([-2.0, 2.0])).round(6).tolist()
    [0.166667, 0.833333]
    """
    return relu6(x + 3.0) / 6.0


def hardswish(x: Input) -> Tensor:
    """x·relu6(x + 3) / 6 (Howard et al. 2019).

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.hardswish(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.333333, 1.666667]
    """
    return x * hardsigmoid(x)  # type: ignore[return-value] # to NumPy, array * tensor is an array


def selu(x: Input) -> Tensor:
    """λ·elu(x, α) with the constants that keep mean 0 and variance 1 (Klambauer et al. 2017).

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.selu(np.array([-2.0, 2.0])).round(6).tolist()
    [-1.520166, 2.101402]
    """
    return 1.0507009873554805 * elu(x, 1.6732632423543772)


def celu(x: Input, alpha: float = 1.0) -> Tensor:
    """max(x, 0) + min(0, α·(exp(x/α) − 1)) (Barron 2017).

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    alpha : float
        Not 0.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Raises
    ------
    ValueError
        Where `alpha` is 0.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.celu(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.864665, 2.0]
    """
    if alpha == 0.0:
        raise ValueError("celu: alpha must not be 0")
    # Both branches have the slope 1 at 0, so one of them is chosen there: a tie would share it.
    below = less(x, 0.0)
    return where(below, alpha * expm1(where(below, x, 0.0) / alpha), x)


def mish(x: Input) -> Tensor:
    """x·tanh(softplus(x)) (Misra 2019).

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.mish(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.252501, 1.943959]
    """
    return x * tanh(softplus(x))


def softsign(x: Input) -> Tensor:
    """x / (1 + |x|).

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.softsign(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.666667, 0.666667]
    """
    return x / (1.0 + abs_(x))


def tanhshrink(x: Input) -> Tensor:
    """x − tanh(x).

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.tanhshrink(np.array([-2.0, 2.0])).round(6).tolist()
    [-1.035972, 1.035972]
    """
    return x - tanh(x)


def logsigmoid(x: Input) -> Tensor:
    """log(sigmoid(x)), without underflow.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.logsigmoid(np.array([-2.0, 2.0])).round(6).tolist()
    [-2.126928, -0.126928]
    """
    return -softplus(-x)


def glu(x: Input, dim: int = -1) -> Tensor:
    """The first half times the sigmoid of the second (Dauphin et al. 2017).

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape, even along the axis.
    dim : int
        The axis that falls into two halves.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`, half as long along the axis.

    Raises
    ------
    ShapeError
        Where there is no such axis, or it does not fall into two halves.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.glu(np.array([3.0, 0.0])).tolist()
    [1.5]
    """
    if dim not in range(-len(shape(x)), len(shape(x))):
        raise ShapeError(f"glu: an input of shape {shape(x)} has no axis {dim}")
    length = shape(x)[dim]
    if length % 2:
        raise ShapeError(f"glu: axis {dim} of an input of shape {shape(x)} does not fall into two halves")
    before = (slice(None),) * (dim % len(shape(x)))
    return x[(*before, slice(None, length // 2))] * sigmoid(x[(*before, slice(length // 2, None))])


# attention


def scaled_dot_product_attention(
    query: Input, key: Input, value: Input, mask: ArrayLike | None = None
) -> tuple[Tensor, Tensor]:
    """softmax(Q·Kᵀ / √d)·V, and the weights (Vaswani et al. 2017, eq. 1).

    Parameters
    ----------
    query : (…, L, d)
    key : (…, S, d)
    value : (…, S, e)
    mask : array that broadcasts to (…, L, S), optional
        As PyTorch's `attn_mask` of a MultiheadAttention: True where a position must not be looked at, or floats that are
        added to the scores.

    Raises
    ------
    ShapeError
        Where query and key have not the same features, or key and value not the same length.
    ValueError
        Where a mask leaves a query nothing to look at, which has no softmax.

    Examples
    --------
    >>> import numpy as np
    >>> output, weights = scaled_dot_product_attention(np.ones((5, 4)), np.ones((3, 4)), np.ones((3, 2)))
    >>> output.shape, weights.shape
    ((5, 2), (5, 3))
    """
    if shape(query)[-1:] != shape(key)[-1:] or shape(key)[-2:-1] != shape(value)[-2:-1]:
        raise ShapeError(
            f"scaled_dot_product_attention: query (…, L, d), key (…, S, d) and value (…, S, e) are "
            f"{describe_shape(query)}, {describe_shape(key)} and {describe_shape(value)}"
        )
    scores = matmul(query, swapaxes(key, -1, -2)) / float(np.sqrt(shape(query)[-1]))
    if mask is not None:
        scores = _mask(scores, mask)
    weights = softmax(scores, -1)
    return matmul(weights, value), weights


def _mask(scores: Any, mask: Any) -> Any:
    """Scores that are −∞ where a mask is True; a mask of floats is added to them."""
    refuse_masks("attention mask", mask)
    given = np.asarray(raw(mask))
    if given.dtype.kind not in "bf":
        raise OperandError(f"scaled_dot_product_attention: a mask is of bools or floats, not {given.dtype}")
    hidden = given if given.dtype == bool else np.isneginf(given)
    if hidden.all(axis=-1).any():
        raise ValueError("scaled_dot_product_attention: the mask leaves a query nothing to look at")
    if given.dtype == bool:
        return where(hidden, -np.inf, scores)
    return scores + (mask if isinstance(mask, Node) else given.astype(np.asarray(raw(scores)).dtype))


# losses


def _refuse_empty(name: str, x: Any, reduction: str) -> None:
    if reduction == "mean" and 0 in shape(x):
        raise ShapeError(f"{name}: there is no mean of an empty batch, of shape {shape(x)}")


def _reduce(name: str, losses: Any, reduction: str) -> Any:
    _refuse_empty(name, losses, reduction)
    return apply_reduction(losses, reduction)


def _check_pair(name: str, prediction: Any, target: Any) -> None:
    if isinstance(prediction, (list, tuple)) or isinstance(target, (list, tuple)):
        raise OperandError(
            f"{name}: prediction and target are arrays or tensors, got {describe_shape(prediction)} and {describe_shape(target)}"
        )
    if shape(prediction) != shape(target):
        # They are not broadcast: a column against a row is a mistake more often than it is meant.
        raise ShapeError(
            f"{name}: prediction of shape {shape(prediction)} and target of shape {shape(target)} must agree"
        )


def _check_labels(name: str, scores: Any, targets: Any) -> Any:
    """The labels (N,) that go with scores (N, classes)."""
    if len(shape(scores)) != 2:
        raise ShapeError(f"{name}: expected scores of shape (N, classes), got {describe_shape(scores)}")
    refuse_masks(name, targets)
    labels: Any = targets if isinstance(targets, Node) else np.asarray(targets)
    count, classes = shape(scores)
    if labels.dtype.kind not in "iu" or labels.shape != (count,):
        raise ShapeError(f"{name}: expected whole numbers of shape {(count,)}, got {labels.dtype} of {labels.shape}")
    return within(labels, classes, f"{name}: label")


def _refuse_signs(name: str, targets: Any) -> None:
    if not np.isin(np.asarray(raw(targets)), (-1.0, 1.0)).all():
        raise ValueError(f"{name}: targets are −1 and 1")


def _refuse_shares(name: str, what: str, least: float, most: float, given: Any) -> None:
    given = np.asarray(raw(given))
    if given.size and not (given.min() >= least and given.max() <= most):
        raise ValueError(f"{name}: {what}, got {given.min():.6g} … {given.max():.6g}")


class ErrorLoss(Protocol):
    """A loss of the errors, element by element."""

    def __call__(self, prediction: Input, target: Input, reduction: str = "mean", **options: Any) -> Tensor: ...


def _make_loss(name: str, doc: str, loss: Callable[..., Any]) -> ErrorLoss:
    """A loss that is a function of prediction − target, element by element."""

    def function(prediction: Input, target: Input, reduction: str = "mean", **options: Any) -> Tensor:
        _check_pair(name, prediction, target)
        return _reduce(name, loss(sub(prediction, target), **options), reduction)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""{doc}

    Parameters
    ----------
    prediction, target : Tensor or array of one shape
    reduction : {{"mean", "sum", "none"}}
    **options : float or str
        `delta` and `scale` of huber_loss, `beta` of smooth_l1_loss.

    Raises
    ------
    ShapeError
        Where the shapes differ.

    Examples
    --------
    >>> from nn.functional import {name}
    >>> round({name}(np.array([1.0, 2.0]), np.array([1.0, 4.0])).item(), 6)
    {round(float(np.mean(loss(np.array([0.0, -2.0])))), 6)}
    """
    return function


mse_loss = _make_loss("mse_loss", "(p − t)².", square)
half_mse_loss = _make_loss("half_mse_loss", "½·(p − t)².", lambda r: 0.5 * square(r))
l1_loss = _make_loss("l1_loss", "|p − t|.", abs_)
log_cosh_loss = _make_loss(
    "log_cosh_loss", "log(cosh(p − t)), without overflow.", lambda r: r + softplus(-2.0 * r) - float(np.log(2.0))
)


def _huber(r: Any, delta: Any = 1.0, scale: str | None = None) -> Any:
    size, delta = abs_(r), check_positive("huber_loss", "delta", delta)
    if scale is not None:
        delta = delta * _spread("huber_loss", size, scale)
    near = less(size, delta)
    return where(near, 0.5 * square(where(near, r, 0.0)), delta * (size - 0.5 * delta))


def _spread(name: str, size: Any, scale: str) -> Any:
    """σ of errors of these sizes, as a constant, which outliers hardly move: the median over that of a normal |error|."""
    if scale != "mad":
        raise ValueError(f"{name}: scale must be 'mad' or None, got {scale!r}")
    if 0 in shape(size):
        raise ShapeError(f"{name}: there is no median of an empty batch, of shape {shape(size)}")
    ordered = sort(stop_gradient(size), None)
    count = shape(ordered)[0]
    middle = 0.5 * (ordered[(count - 1) // 2] + ordered[count // 2])
    # More than half of the errors may be 0.
    return where(greater(middle, 0.0), 1.4826 * middle, mean(ordered))


huber_loss = _make_loss(
    "huber_loss",
    '½·r² where |r| = |p − t| ≤ δ, and δ·(|r| − δ/2) beyond (Huber 1964); `delta` is 1 by default. With `scale="mad"` δ is in\n'
    "    units of a robust σ of the errors, 1.4826 times their median size, which is held constant in the derivative.",
    _huber,
)
smooth_l1_loss = _make_loss(
    "smooth_l1_loss",
    "½·r²/β where |r| = |p − t| < β, and |r| − β/2 beyond (Girshick 2015); `beta` is 1 by default.",
    lambda r, beta=1.0: _huber(r, beta) / beta if check_number("smooth_l1_loss", "beta", beta, 0.0) else abs_(r),
)


def cross_entropy(logits: Input, targets: Input, reduction: str = "mean", label_smoothing: float = 0.0) -> Tensor:
    """−log softmax(logits) at the target, or its mean under given probabilities.

    Parameters
    ----------
    logits : (…, classes)
    targets : whole numbers (…), or probabilities (…, classes)
    reduction : {"mean", "sum", "none"}
    label_smoothing : float
        The share of each target that is spread over all classes (Szegedy et al. 2016).

    Raises
    ------
    ShapeError
        Where the shapes do not go together, a label is outside the classes, or there is no mean of an empty batch.
    OperandError
        For logits that are not floats, or targets that are booleans.

    Examples
    --------
    >>> import numpy as np
    >>> logits = np.array([[2.0, 1.0, 0.1]])
    >>> [round(float(cross_entropy(logits, [0], label_smoothing=s)), 6) for s in (0.0, 0.1)]
    [0.41703, 0.513697]
    """
    check_floats("cross_entropy", "logits", logits)
    if np.asarray(raw(targets)).dtype == bool:
        raise OperandError("cross_entropy: targets are whole numbers or probabilities, not bool")
    _refuse_empty("cross_entropy", logits, reduction)
    if not label_smoothing:
        return _cross_entropy(logits, targets, reduction)
    check_number("cross_entropy", "label_smoothing", label_smoothing, 0.0, 1.0)
    hard = _cross_entropy(logits, targets, "none")
    even = -mean(log_softmax(logits, -1), axis=-1)
    return _reduce("cross_entropy", (1.0 - label_smoothing) * hard + label_smoothing * even, reduction)


def nll_loss(log_probabilities: Input, targets: Input, reduction: str = "mean") -> Tensor:
    """The negative of the log-probability at the target.

    Parameters
    ----------
    log_probabilities : Tensor or array, shape (N, classes)
    targets : whole numbers, shape (N,)
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.functional.nll_loss(np.log(np.array([[0.25, 0.75]])), np.array([1]))), 6)
    0.287682
    """
    labels = _check_labels("nll_loss", log_probabilities, targets)
    return _reduce("nll_loss", -log_probabilities[np.arange(labels.size), labels], reduction)


def binary_cross_entropy_with_logits(logits: Input, targets: Input, reduction: str = "mean") -> Tensor:
    """−t·log σ(x) − (1 − t)·log(1 − σ(x)) = max(x, 0) − x·t + log(1 + exp(−|x|)).

    Parameters
    ----------
    logits, targets : Tensor or array of one shape
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes differ.

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.functional.binary_cross_entropy_with_logits(np.array([0.0]), np.array([1.0]))), 6)
    0.693147
    """
    _check_pair("binary_cross_entropy_with_logits", logits, targets)
    return _reduce("binary_cross_entropy_with_logits", softplus(logits) - logits * targets, reduction)


def binary_cross_entropy(probabilities: Input, targets: Input, reduction: str = "mean") -> Tensor:
    """−t·log p − (1 − t)·log(1 − p), each logarithm at least −100, as in PyTorch; with logits at hand prefer those.

    Parameters
    ----------
    probabilities, targets : Tensor or array of one shape
        From 0 to 1.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes differ.
    ValueError
        For what is not between 0 and 1.

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.functional.binary_cross_entropy(np.array([0.5]), np.array([1.0]))), 6)
    0.693147
    """
    _check_pair("binary_cross_entropy", probabilities, targets)
    beside(_refuse_shares, "binary_cross_entropy", "probabilities are from 0 to 1", 0.0, 1.0, probabilities)
    yes, no = maximum(log(probabilities), -100.0), maximum(log(1.0 - probabilities), -100.0)
    return _reduce("binary_cross_entropy", -(targets * yes + (1.0 - targets) * no), reduction)


def kl_div(log_probabilities: Input, targets: Input, reduction: str = "mean", log_target: bool = False) -> Tensor:
    """t·(log t − log p), element by element; "batchmean" divides the sum by the number of rows.

    Parameters
    ----------
    log_probabilities, targets : Tensor or array of one shape
    reduction : {"mean", "batchmean", "sum", "none"}
    log_target : bool
        Whether the targets are logarithms too.

    Raises
    ------
    ShapeError
        Where the shapes differ.

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.functional.kl_div(np.log(np.array([0.5, 0.5])), np.array([0.25, 0.75]), 'sum')), 6)
    0.130812
    """
    _check_pair("kl_div", log_probabilities, targets)
    if log_target:
        losses = exp(targets) * (targets - log_probabilities)
    else:
        beside(_refuse_shares, "kl_div", "targets are probabilities", 0.0, np.inf, targets)
        some = targets > 0.0
        entropy = where(some, targets * log(where(some, targets, 1.0)), 0.0)
        losses = entropy - targets * log_probabilities
    if reduction == "batchmean":
        _refuse_empty("kl_div", log_probabilities, "mean")
        if not shape(log_probabilities):
            raise ShapeError("kl_div: reduction 'batchmean' needs an axis of rows")
        return mean(sum_(losses, axis=tuple(range(1, len(shape(losses))))))
    return _reduce("kl_div", losses, reduction)


def hinge_loss(scores: Input, targets: Input, reduction: str = "mean", margin: float = 1.0) -> Tensor:
    """max(0, margin − t·score), for targets −1 and 1.

    Parameters
    ----------
    scores, targets : Tensor or array of one shape
    reduction : {"mean", "sum", "none"}
    margin : float

    Raises
    ------
    ShapeError
        Where the shapes differ.

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.functional.hinge_loss(np.array([0.5]), np.array([1.0]))), 6)
    0.5
    """
    _check_pair("hinge_loss", scores, targets)
    beside(_refuse_signs, "hinge_loss", targets)
    return _reduce("hinge_loss", relu(margin - targets * scores), reduction)


def multi_margin_loss(scores: Input, targets: Input, reduction: str = "mean", margin: float = 1.0) -> Tensor:
    """Σ over the other classes of max(0, margin − score at the target + score), over the number of classes.

    Parameters
    ----------
    scores : Tensor or array, shape (n, classes)
    targets : whole numbers, shape (n,)
    reduction : {"mean", "sum", "none"}
    margin : float

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.functional.multi_margin_loss(np.array([[2.0, 1.5]]), np.array([0]))), 6)
    0.25
    """
    labels = _check_labels("multi_margin_loss", scores, targets)
    rows = np.arange(labels.size)
    others = (labels[:, None] != np.arange(shape(scores)[1])).astype(np.result_type(raw(scores)))
    right = scores[rows, labels][:, None]
    return _reduce("multi_margin_loss", mean(relu(margin - right + scores) * others, axis=1), reduction)


def cosine_similarity(x: Input, y: Input, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x·y / (|x|·|y|) along an axis, each norm at least ε.

    Parameters
    ----------
    x, y : array_like or Tensor
        Their shapes broadcast.
    dim : int
        The axis of the vectors.
    eps : float
        What a norm is at least.

    Returns
    -------
    numpy.ndarray or Tensor
        In their shape without the axis.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.cosine_similarity(np.array([[1.0, 0.0]]), np.array([[1.0, 1.0]])).round(6).tolist()
    [0.707107]
    """
    norms = [maximum(sqrt(sum_(square(v), axis=dim)), eps) for v in (x, y)]
    return sum_(x * y, axis=dim) / (norms[0] * norms[1])


def cosine_embedding_loss(x: Input, y: Input, targets: Input, reduction: str = "mean", margin: float = 0.0) -> Tensor:
    """1 − cos(x, y) where the target is 1, and max(0, cos(x, y) − margin) where it is −1.

    Parameters
    ----------
    x, y : Tensor or array, shape (n, features)
    targets : array, shape (n,)
        Of 1 and -1.
    reduction : {"mean", "sum", "none"}
    margin : float

    Raises
    ------
    ShapeError
        Where the shapes do not go together.

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.functional.cosine_embedding_loss(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), np.array([1]))), 6)
    1.0
    """
    _check_pair("cosine_embedding_loss", x, y)
    refuse_masks("cosine_embedding_loss", targets)
    signs: Any = targets if isinstance(targets, Node) else np.asarray(targets)
    if signs.shape != shape(x)[:-1]:
        raise ShapeError(f"cosine_embedding_loss: expected targets of shape {shape(x)[:-1]}, got {signs.shape}")
    beside(_refuse_signs, "cosine_embedding_loss", signs)
    alike = cosine_similarity(x, y, dim=len(shape(x)) - 1)
    same = signs == 1
    return _reduce("cosine_embedding_loss", where(same, 1.0 - alike, relu(alike - margin)), reduction)


def __dir__() -> list[str]:
    return list(__all__)
