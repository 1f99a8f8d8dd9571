"""`Task`: what a batch's targets ask for, and how much better than a constant the outputs answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from autograd.graph.node import raw
from nn.health.scores import ignored_of
from nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    HalfMSELoss,
    HuberLoss,
    L1Loss,
    LogCoshLoss,
    MSELoss,
    SmoothL1Loss,
    is_one_of,
)

if TYPE_CHECKING:
    from autograd.typing import Input, Operand

# Losses whose outputs are numbers, also where all targets are 0 or 1: an output of .2 is then near to 0, and no logit.
OF_NUMBERS = (MSELoss, HalfMSELoss, L1Loss, HuberLoss, SmoothL1Loss, LogCoshLoss)

Kind = Literal["classes", "labels", "numbers"]


def kind_of(outputs: Input, targets: Operand | None, loss: Any = None) -> Kind | None:
    """Classes are whole numbers, one for each row of outputs; labels are only 0 and 1; numbers are anything else.

    Labels and numbers have the outputs' shape; None where targets are of no such kind, or outputs are several tensors.
    For a loss of differences, such as the mean squared error, zeros and ones are numbers too.

    Examples
    --------
    >>> kind_of(np.zeros((2, 3)), np.array([0, 2])), kind_of(np.zeros((2, 1)), np.ones((2, 1))), kind_of(np.zeros(2), [0.5, 1])
    ('classes', 'labels', 'numbers')
    """
    if isinstance(outputs, (tuple, list, dict)) or targets is None:
        return None
    y, t = np.asarray(raw(outputs)), np.asarray(raw(targets))
    if t.dtype.kind in "iu" and y.ndim == t.ndim + 1 and y.shape[:-1] == t.shape:
        return "classes"
    if t.shape != y.shape or t.dtype.kind not in "fiub" or not t.size:
        return None
    return "labels" if np.isin(t, (0.0, 1.0)).all() and not is_one_of(loss, *OF_NUMBERS) else "numbers"


@dataclass(frozen=True)
class Task:
    """How a batch was answered.

    Attributes
    ----------
    kind : {"classes", "labels", "numbers"}
    count : int
        Of answers.
    score : float
        The share of right answers, or of numbers the mean squared error.
    counts : tuple of int
        Of classes and labels how often each was asked for.
    mean, square : float
        Of numbers the mean of the targets, and of their squares.
    each : int
        How many answers a row has: more than one for several labels.
    """

    kind: Kind
    count: int
    score: float
    counts: tuple[int, ...] = ()
    mean: float = 0.0
    square: float = 0.0
    each: int = 1


def measure_task(outputs: Input, targets: Operand, loss: Any = None) -> Task | None:
    """A batch's task and answer, where it is of a known kind and finite."""
    what = kind_of(outputs, targets, loss)
    if what is None:
        return None
    y, t = np.asarray(raw(outputs)), np.asarray(raw(targets))
    if not t.size or not np.isfinite(y).all():
        return None
    if what == "numbers":
        t = t.astype(np.float64)
        return Task(what, t.size, float(np.mean((y - t) ** 2)), (), float(t.mean()), float(np.mean(t * t)))
    if what == "classes":
        told = t != ignored_of(loss)
        y, t = y[told], t[told]
        if not t.size or t.min() < 0 or t.max() >= y.shape[-1]:
            return None
        right = y.argmax(axis=-1) == t
        counts = np.bincount(t.ravel(), minlength=y.shape[-1])
    else:
        # Probabilities are even at ½, logits at 0; which these are is seen where the loss does not say it.
        seen = bool(y.min() >= 0.0 and y.max() <= 1.0)
        probabilities = is_one_of(loss, BCELoss) or (seen and not is_one_of(loss, BCEWithLogitsLoss))
        right = (y > (0.5 if probabilities else 0.0)) == (t > 0.5)
        counts = np.bincount((t > 0.5).ravel().astype(int), minlength=2)
    return Task(what, t.size, float(np.mean(right)), tuple(map(int, counts)), each=t.size // len(t) if t.ndim else 1)


def constant_score(tasks: list[Task]) -> float:
    """What the best constant answer scores on all these batches: the most frequent class's share, or the variance."""
    if tasks[0].kind == "numbers":
        weights = np.array([task.count for task in tasks], np.float64)
        mean = np.average([task.mean for task in tasks], weights=weights)
        return float(np.average([task.square for task in tasks], weights=weights) - mean * mean)
    counts = np.sum([task.counts for task in tasks], axis=0)
    return float(counts.max() / counts.sum())


def skill(tasks: list[Task], constant: float) -> float:
    """How much of what a constant answer leaves open is answered: 0 for nothing, 1 for all; of numbers this is R².

    Examples
    --------
    >>> batch = measure_task(np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([0, 1]))
    >>> skill([batch], constant_score([batch]))
    1.0
    """
    score = float(np.average([task.score for task in tasks], weights=[task.count for task in tasks]))
    if tasks[0].kind == "numbers":
        return 1.0 - score / constant if constant > 0.0 else 0.0
    return (score - constant) / (1.0 - constant) if constant < 1.0 else 0.0
