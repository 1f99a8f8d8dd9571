"""Losses that compare the outputs of several calls with each other, as of pairs and triplets: how good answers are by them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nn.health.guess import Link
from nn.health.multi_output import JoinedLoss, Layout, Value
from nn.health.scores import Judge

# What an untrained network must leave of the loss for there to be something to learn.
LEAST_LEFT = 0.1
# Of answers as they are before any step, by however large weights a network begins with.
SCALES = (1.0, 0.5, 0.25, 0.1)


@dataclass(frozen=True)
class PairJudge(Judge):
    """By the user's loss, beside that of one answer to everything, or of an untrained network where that is less.

    Such a loss may also compare rows with others of their batch: it is asked for batches of the user's size.

    Attributes
    ----------
    outputs : Layout
    batch_size : int
    untrained : float
        The loss of an untrained network over that of one answer to everything.
    """

    outputs: Layout = field(default_factory=lambda: Layout([]))
    batch_size: int = 32
    untrained: float = 1.0

    def rows(self, outputs: np.ndarray, y: np.ndarray, link: Link | None = None) -> tuple[np.ndarray, np.ndarray]:
        count = max(len(outputs) // self.batch_size, 1)
        batches = [slice(k * self.batch_size, (k + 1) * self.batch_size) for k in range(count)]
        alike = self.outputs.join(answer_alike(self.outputs.cut(outputs)))
        mine, constant = (np.array([self.loss(given[k], y[k]) for k in batches]) for given in (outputs, alike))
        return mine, constant * self.untrained


def make_pair_judge(
    untrained: np.ndarray,
    y: np.ndarray,
    loss: JoinedLoss,
    value: Callable[[np.ndarray, np.ndarray], float],
    batch_size: int,
) -> PairJudge:
    """The judge of outputs that have no targets of their own.

    Parameters
    ----------
    untrained : array
        What the network gives for some rows with fresh weights: many tell rows apart as they are drawn.
    y : array
        What stands where targets would, for these rows.
    loss : JoinedLoss
    value : callable
        The loss of arrays.
    batch_size : int
        The user's.
    """
    judge = PairJudge("own", "numbers", np.zeros(1), value, outputs=loss.outputs, batch_size=batch_size)
    share = min(judge.relative(scale * untrained, y) for scale in SCALES)
    return replace(judge, untrained=share if LEAST_LEFT < share < 1.0 else 1.0)


def answer_alike(outputs: Sequence[np.ndarray]) -> list[np.ndarray]:
    """One answer to everything: the mean, for outputs of one shape the same one, as one network gives it for both of a pair.

    Examples
    --------
    >>> [part.tolist() for part in answer_alike([np.array([[0.0], [2.0]]), np.array([[4.0], [6.0]])])]
    [[[3.0], [3.0]], [[3.0], [3.0]]]
    """
    alike = [np.concatenate([other for other in outputs if other.shape == part.shape]) for part in outputs]
    return [np.broadcast_to(m.mean(axis=0), part.shape) for m, part in zip(alike, outputs, strict=True)]


def has_tied_outputs(judge: Judge) -> bool:
    """Whether outputs of several shapes have no targets, as the points of a flow and the volume that they take up.

    One of them says of the others what the loss relies on, so that a network can't move each by itself.
    """
    return isinstance(judge, PairJudge) and len(set(judge.outputs.shapes)) > 1


def is_the_same_turned(value: Value, outputs: Sequence[np.ndarray], targets: Sequence[np.ndarray]) -> bool:
    """Whether a loss does not heed which of two outputs is which, as that of how far they are apart.

    Examples
    --------
    >>> one, other = np.array([[1.0], [2.0]]), np.array([[0.0], [5.0]])
    >>> [is_the_same_turned(loss, [one, other], []) for loss in (
    ...     lambda o, t: float(abs(o[0] - o[1]).mean()), lambda o, t: float((o[0] - o[1]).mean()))]
    [True, False]
    """
    if len(outputs) != 2 or outputs[0].shape != outputs[1].shape:
        return False
    given, turned = (value(answers, list(targets)) for answers in (list(outputs), list(outputs[::-1])))
    return bool(np.isclose(given, turned, rtol=1e-5, atol=0.0))
