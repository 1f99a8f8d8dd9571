"""Losses of predicted classes: cross-entropy in all its forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.graph.modes import beside, mode
from autograd.graph.node import Node, raw
from autograd.graph.op import refuse_masks
from autograd.ops.elementwise import exp, log, maximum, softplus, where
from autograd.ops.indexing import within
from autograd.ops.reduction import mean
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import moveaxis, reshape, shape
from autograd.ops.stable import apply_reduction, log_softmax
from autograd.ops.stable import cross_entropy as cross_entropy_of_rows
from nn.arguments import check_floats, check_number, describe_shape
from nn.functional.reductions import (
    as_weight,
    check_class_weight,
    check_pair,
    reduce_losses,
    refuse_empty,
    refuse_shares,
)

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike, Input


class _Unsaid(int):
    """A default that can be told from the same number that somebody gives."""


# While a function is compiled no label is known: those that nobody said would be ignored are checked there.
IGNORED = _Unsaid(-100)


def cross_entropy(
    input: Input,
    target: Input,
    weight: Input | None = None,
    ignore_index: int = IGNORED,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """−log softmax(input) at the target, or its mean under given probabilities.

    Parameters
    ----------
    input : (N, classes), (N, classes, …) or (classes,)
        The logits; classes are axis 1, as in PyTorch.
    target : whole numbers (N,), (N, …) or (), or probabilities in the shape of the input
    weight : (classes,), optional
        What a class counts; the mean is over all weights at the targets.
    ignore_index : int
        A label that counts nothing. In a compiled function a label of −100 is ignored where it is given here.
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
    check_floats("cross_entropy", "logits", input)
    refuse_masks("cross_entropy", target)
    targets: Any = target if isinstance(target, Node) else np.asarray(target)
    kind = np.asarray(raw(targets)).dtype.kind
    if kind == "b":
        raise OperandError("cross_entropy: targets are whole numbers or probabilities, not bool")
    refuse_empty("cross_entropy", input, reduction)
    if label_smoothing:
        check_number("cross_entropy", "label_smoothing", label_smoothing, 0.0, 1.0)
    scores = _classes_last(input)
    weights = check_class_weight("cross_entropy", weight, scores)
    if kind == "f" and shape(targets) == shape(input):
        return _soft(scores, _classes_last(targets), weights, reduction, label_smoothing)
    if kind in "iu":
        _check_places("cross_entropy", input, targets)
    if weights is None and not label_smoothing and not _may_ignore(ignore_index, shape(scores)[-1]):
        try:
            return cross_entropy_of_rows(scores, targets, reduction)
        except ShapeError:
            # A label that is none: it may be the one that is ignored, which is not worth a look at all of them before.
            if kind not in "iu" or not _is_any_ignored(targets, ignore_index):
                raise
    return _at_labels(
        "cross_entropy", log_softmax(scores, -1), targets, weights, ignore_index, reduction, label_smoothing
    )


def _classes_last(x: Input) -> Any:
    return moveaxis(x, 1, -1) if len(shape(x)) > 2 else x


def _check_places(name: str, scores: Input, labels: ArrayLike) -> None:
    """Refuse labels of another shape than the scores without their classes."""
    have = shape(scores)
    wanted = (*have[:1], *have[2:]) if len(have) > 1 else ()
    if shape(labels) != wanted:
        if len(have) > 1 and shape(labels)[:1] != have[:1]:
            many = shape(labels)[0] if shape(labels) else "no axis"
            raise ShapeError(
                f"{name}: Expected input batch_size ({have[0]}) to match target batch_size ({many}): scores of shape {have} need "
                f"labels of shape {wanted}, got {shape(labels)}"
            )
        last = shape(labels) == have[:-1]
        hint = "; classes are axis 1, as in PyTorch: move the last axis there, or give rows" if last else ""
        raise ShapeError(f"{name}: scores of shape {have} need labels of shape {wanted}, got {shape(labels)}{hint}")


def _may_ignore(ignore_index: int, classes: int) -> bool:
    """Whether the label that is ignored is one of the classes, or may turn up where no label is known yet."""
    if ignore_index is IGNORED:
        return False
    return 0 <= ignore_index < classes or mode().recorder is not None


def _is_any_ignored(labels: ArrayLike, ignore_index: int) -> bool:
    if mode().recorder is not None:
        return ignore_index is not IGNORED
    return bool((np.asarray(raw(labels)) == ignore_index).any())


def _at_labels(
    name: str,
    logs: Any,
    labels: ArrayLike,
    weight: Input | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float = 0.0,
) -> Any:
    """The losses −w·log p at the labels, of log-probabilities whose last axis is that of the classes."""
    classes, kept = shape(logs)[-1], None
    if _is_any_ignored(labels, ignore_index):
        kept = labels != ignore_index
        labels = where(kept, labels, 0)
    rows = reshape(logs, (-1, classes))
    flat = within(reshape(labels, (-1,)), classes, f"{name}: label")
    dtype = np.asarray(raw(logs)).dtype
    counted: Any = np.ones(shape(flat), dtype) if weight is None else weight[flat]
    losses = -rows[np.arange(shape(flat)[0]), flat] * counted
    if label_smoothing:
        even = -mean(rows if weight is None else rows * weight, axis=1)
        losses = (1.0 - label_smoothing) * losses + label_smoothing * even
    if kept is not None:
        # Chosen, and not multiplied: what is ignored may be infinite.
        counts = reshape(kept, (-1,))
        losses, counted = where(counts, losses, 0.0), where(counts, counted, 0.0)
    if reduction == "mean":
        # Where all is ignored the mean is NaN, as in PyTorch.
        with np.errstate(invalid="ignore" if kept is not None else None):
            return sum_(losses) / sum_(counted)
    return apply_reduction(reshape(losses, shape(labels)), reduction)


def _soft(scores: Any, targets: Any, weight: Any, reduction: str, label_smoothing: float) -> Any:
    """Cross-entropy with probabilities; the classes are the last axis."""
    if label_smoothing:
        targets = (1.0 - label_smoothing) * targets + label_smoothing / shape(scores)[-1]
    if weight is None:
        return cross_entropy_of_rows(scores, targets, reduction)
    return reduce_losses("cross_entropy", -sum_(log_softmax(scores, -1) * targets * weight, axis=-1), reduction)


def nll_loss(
    input: Input, target: Input, weight: Input | None = None, ignore_index: int = IGNORED, reduction: str = "mean"
) -> Tensor:
    """The negative of the log-probability at the target.

    Parameters
    ----------
    input : (N, classes), (N, classes, …) or (classes,)
        Log-probabilities; classes are axis 1, as in PyTorch.
    target : whole numbers (N,), (N, …) or ()
    weight : (classes,), optional
        What a class counts; the mean is over all weights at the targets.
    ignore_index : int
        A label that counts nothing. In a compiled function a label of −100 is ignored where it is given here.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes do not go together, a label is outside the classes, or there is no mean of an empty batch.

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.functional.nll_loss(np.log(np.array([[0.25, 0.75]])), np.array([1]))), 6)
    0.287682
    """
    if not shape(input):
        raise ShapeError(f"nll_loss: expected scores of shape (N, classes), got {describe_shape(input)}")
    refuse_masks("nll_loss", target)
    labels: Any = target if isinstance(target, Node) else np.asarray(target)
    if labels.dtype.kind not in "iu":
        raise ShapeError(f"nll_loss: expected whole numbers, got {labels.dtype} of {shape(labels)}")
    _check_places("nll_loss", input, labels)
    refuse_empty("nll_loss", input, reduction)
    logs = _classes_last(input)
    weights = check_class_weight("nll_loss", weight, logs)
    return _at_labels("nll_loss", logs, labels, weights, ignore_index, reduction)


def binary_cross_entropy_with_logits(
    input: Input,
    target: Input,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
    pos_weight: ArrayLike | None = None,
) -> Tensor:
    """−t·log σ(x) − (1 − t)·log(1 − σ(x)) = max(x, 0) − x·t + log(1 + exp(−|x|)).

    Parameters
    ----------
    input, target : Tensor or array of one shape
    weight : array, optional
        What each element counts; it is broadcast.
    reduction : {"mean", "sum", "none"}
    pos_weight : array, optional
        What the first term counts, such as the negative examples over the positive ones; it is broadcast.

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
    check_pair("binary_cross_entropy_with_logits", input, target)
    x, t = input, target
    if pos_weight is None:
        losses: Any = softplus(x) - x * t
    else:
        positive: Any = as_weight("binary_cross_entropy_with_logits", "pos_weight", pos_weight, x)
        losses = (1.0 - t) * x + (1.0 + (positive - 1.0) * t) * softplus(-x)
    return _weigh("binary_cross_entropy_with_logits", losses, weight, reduction)


def _weigh(name: str, losses: Any, weight: Any, reduction: str) -> Any:
    if weight is not None:
        losses = losses * as_weight(name, "weight", weight, losses)
    return reduce_losses(name, losses, reduction)


def binary_cross_entropy(
    input: Input, target: Input, weight: ArrayLike | None = None, reduction: str = "mean"
) -> Tensor:
    """−t·log p − (1 − t)·log(1 − p), each logarithm at least −100, as in PyTorch; with logits at hand prefer those.

    Parameters
    ----------
    input, target : Tensor or array of one shape
        From 0 to 1.
    weight : array, optional
        What each element counts; it is broadcast.
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
    check_pair("binary_cross_entropy", input, target)
    beside(refuse_shares, "binary_cross_entropy", "probabilities are from 0 to 1", 0.0, 1.0, input)
    # A probability that rounding has made 0 or 1 is no error.
    with np.errstate(divide="ignore"):
        yes, no = maximum(log(input), -100.0), maximum(log(1.0 - input), -100.0)
    losses = -(target * yes + (1.0 - target) * no)
    return _weigh("binary_cross_entropy", losses, weight, reduction)


def kl_div(input: Input, target: Input, reduction: str = "mean", log_target: bool = False) -> Tensor:
    """t·(log t − log p), element by element; "batchmean" divides the sum by the number of rows.

    Parameters
    ----------
    input, target : Tensor or array of one shape
        Log-probabilities, and probabilities.
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
    check_pair("kl_div", input, target)
    t: Any = target
    if log_target:
        losses = exp(t) * (t - input)
    else:
        beside(refuse_shares, "kl_div", "targets are probabilities", 0.0, np.inf, t)
        some = t > 0.0
        losses = where(some, t * log(where(some, t, 1.0)), 0.0) - t * input
    if reduction == "batchmean":
        refuse_empty("kl_div", input, "mean")
        if not shape(input):
            raise ShapeError("kl_div: reduction 'batchmean' needs an axis of rows")
        return mean(sum_(losses, axis=tuple(range(1, len(shape(losses))))))
    return reduce_losses("kl_div", losses, reduction)
