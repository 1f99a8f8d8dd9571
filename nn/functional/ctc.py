"""Connectionist temporal classification: the probability of a labelling, over all ways of saying it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.graph.modes import mode
from autograd.graph.node import raw
from autograd.graph.op import refuse_masks
from autograd.ops.comparison import stop_gradient
from autograd.ops.elementwise import where
from autograd.ops.reduction import mean
from autograd.ops.shape import concatenate, shape, stack
from autograd.ops.stable import apply_reduction, logsumexp
from nn.arguments import check_floats, describe_shape

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike, Input, Operand


def ctc_loss(
    log_probs: Input,
    targets: ArrayLike,
    input_lengths: ArrayLike,
    target_lengths: ArrayLike,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """−log of the probability of a labelling, summed over all alignments with repeats and blanks (Graves et al. 2006).

    Parameters
    ----------
    log_probs : (T, N, classes) or (T, classes)
        Logarithms of probabilities, as of log_softmax.
    targets : whole numbers (N, S), or all labellings one behind the other
        Without blanks.
    input_lengths, target_lengths : whole numbers (N,), or one
        How long each sample and its labelling are.
    blank : int
        The class that says nothing.
    reduction : {"mean", "sum", "none"}
        The mean is of the losses over the lengths of their labellings.
    zero_infinity : bool
        Whether a labelling that is too long for its input costs nothing, and not infinitely much.

    Raises
    ------
    ShapeError
        Where the shapes do not go together.
    ValueError
        For lengths beyond the inputs or the labellings, and labels that are no classes.
    OperandError
        For labellings that are not known while a function is captured.

    Examples
    --------
    >>> import numpy as np, nn
    >>> even = np.log(np.full((2, 1, 2), 0.5))
    >>> round(float(nn.functional.ctc_loss(even, np.array([[1]]), [2], [1])), 6)
    0.287682
    """
    check_floats("ctc_loss", "log_probs", log_probs)
    lone = len(shape(log_probs)) == 2
    logs: Any = log_probs[:, None] if lone else log_probs
    if len(shape(logs)) != 3:
        raise ShapeError(f"ctc_loss: log_probs are (T, N, classes) or (T, classes), not {describe_shape(log_probs)}")
    count = shape(logs)[1]
    lengths = _whole("input_lengths", input_lengths, count)
    spoken = _whole("target_lengths", target_lengths, count)
    labels = _labels(targets, spoken, shape(logs)[2], blank)
    if (lengths > shape(logs)[0]).any() or (lengths < 0).any():
        raise ValueError(f"ctc_loss: input_lengths are from 0 to {shape(logs)[0]}, got {lengths.tolist()}")
    losses = -_log_likelihood(logs, labels, lengths, spoken, blank)
    if zero_infinity:
        finite = stop_gradient(losses) < np.inf
        losses = where(finite, losses, 0.0)
    if reduction == "mean":
        losses = losses / np.maximum(spoken, 1).astype(np.asarray(raw(losses)).dtype)
        return mean(losses)
    return apply_reduction(losses[0] if lone else losses, reduction)


def _whole(what: str, given: Any, count: int) -> np.ndarray:
    refuse_masks(f"ctc_loss, {what}", given)
    found = np.atleast_1d(np.asarray(_known(what, given)))
    if found.dtype.kind not in "iu" or found.shape != (count,):
        raise ShapeError(f"ctc_loss: {what} are {count} whole numbers, got {found.dtype} of shape {found.shape}")
    return found


def _known(what: str, given: Any) -> Any:
    if mode().recorder is not None and getattr(given, "symbolic", False):
        raise OperandError(f"ctc_loss: {what} are not known while the function is captured: leave it uncompiled")
    return raw(given)


def _labels(targets: Operand, spoken: np.ndarray, classes: int, blank: int) -> np.ndarray:
    """The labellings, (N, longest), with blanks behind them."""
    refuse_masks("ctc_loss, targets", targets)
    given = np.asarray(_known("targets", targets))
    if given.dtype.kind not in "iu" or given.ndim not in (1, 2):
        raise ShapeError(f"ctc_loss: targets are whole numbers (N, S), or (all,), not {given.dtype} of {given.shape}")
    if not 0 <= blank < classes:
        raise ValueError(f"ctc_loss: blank is a class from 0 to {classes - 1}, not {blank!r}")
    longest = int(spoken.max(initial=0))
    found = np.full((len(spoken), longest), blank)
    behind = np.concatenate([[0], np.cumsum(spoken)])
    for sample, length in enumerate(spoken):
        part = given[sample] if given.ndim == 2 else given[behind[sample] :]
        if length < 0 or len(part) < length:
            raise ValueError(f"ctc_loss: the labelling of sample {sample} is {len(part)} long, and not {length}")
        found[sample, :length] = part[:length]
    said = np.arange(longest) < spoken[:, None]
    if ((found < 0) | (found >= classes) | (found == blank))[said].any():
        raise ValueError(f"ctc_loss: labels are classes from 0 to {classes - 1} without the blank {blank}")
    return found


def _log_likelihood(logs: Any, labels: np.ndarray, lengths: np.ndarray, spoken: np.ndarray, blank: int) -> Any:
    """The forward algorithm over the labels with blanks between them: alpha[s] is all ways to be at s just now."""
    count, longest = labels.shape
    states = np.full((count, 2 * longest + 1), blank)
    states[:, 1::2] = labels
    # From a label one may go on to the next without a blank, if that is another one; two blanks are alike.
    skips = np.zeros(states.shape, bool)
    skips[:, 2:] = states[:, 2:] != states[:, :-2]
    samples = np.arange(count)[:, None]
    dtype = np.asarray(raw(logs)).dtype
    nothing = np.full((count, 2), -np.inf, dtype)
    # At first a blank or a label is said; where nothing is, nothing was.
    start = np.arange(states.shape[1]) <= (lengths > 0)[:, None]
    alpha: Any = where(start, 0.0, nothing[:, :1])
    for t in range(int(lengths.max(initial=0))):
        said = logs[t][samples, states]
        if t == 0:
            moved = alpha + said
        else:
            behind = concatenate([nothing[:, :1], alpha[:, :-1]], axis=1)
            further = concatenate([nothing, alpha[:, :-2]], axis=1) if states.shape[1] > 1 else nothing[:, :1]
            ways = stack([alpha, behind, where(skips, further, -np.inf)], axis=2)
            moved = logsumexp(ways, axis=2) + said
        alpha = moved if (t < lengths).all() else where((t < lengths)[:, None], moved, alpha)
    rows, last = np.arange(count), 2 * spoken
    ends = [alpha[rows, last], where(spoken > 0, alpha[rows, np.maximum(last - 1, 0)], -np.inf)]
    return logsumexp(stack(ends, axis=1), axis=1)
