"""Several outputs of a model, each with targets of its own, as one: the loss that adds up theirs, and how good they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nn.health.scores import Judge, Link, make_judge

# How far two losses lie apart that are not the same.
APART = 1e-5


class Layout:
    """How arrays of as many rows lie side by side in one.

    Parameters
    ----------
    arrays : sequence of array

    Examples
    --------
    >>> layout = Layout([np.zeros((2, 3), np.float32), np.arange(2)])
    >>> layout.join([np.zeros((2, 3), np.float32), np.arange(2)]).tolist()
    [[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    >>> [(part.shape, part.dtype.name) for part in layout.split(np.ones((5, 4)))]
    [((5, 3), 'float32'), ((5,), 'int64')]
    """

    def __init__(self, arrays: Sequence[np.ndarray]) -> None:
        self.shapes = [array.shape[1:] for array in arrays]
        self.dtypes = [array.dtype for array in arrays]
        self.ends = np.cumsum([0, *(int(np.prod(shape)) for shape in self.shapes)]).tolist()

    def join(self, arrays: Sequence[np.ndarray]) -> np.ndarray:
        """One array of numbers."""
        return np.concatenate([np.asarray(a, np.float32).reshape(len(a), -1) for a in arrays], axis=1)

    def cut(self, whole: Any) -> list[Any]:
        """The parts of an array or a tensor, in their shapes."""
        return [
            whole[:, begin:end].reshape((len(whole), *shape))
            for begin, end, shape in zip(self.ends, self.ends[1:], self.shapes, strict=False)
        ]

    def split(self, whole: Any) -> list[Any]:
        """The parts of an array or a tensor, in their shapes and types."""
        return [_cast(part, dtype) for part, dtype in zip(self.cut(whole), self.dtypes, strict=True)]


def _cast(part: Any, dtype: np.dtype) -> Any:
    if isinstance(part, np.ndarray):
        return part.astype(dtype)
    # A tensor of PyTorch's, which is not imported to know it.
    return part.long() if dtype.kind in "iu" else part.bool() if dtype.kind == "b" else part


class JoinedLoss:
    """A loss of several outputs and their targets, as one of both side by side; the first targets are those of the first output.

    Parameters
    ----------
    loss : callable
        Of all outputs and then all targets.
    outputs, targets : Layout
    order : list of int
        For each output the place of its targets among those that the loss takes.
    names : list of str
        Of the loss of each output; empty where the script computes it itself.
    """

    def __init__(self, loss: Any, outputs: Layout, targets: Layout, order: list[int], names: list[str]) -> None:
        self.loss, self.outputs, self.targets, self.order, self.names = loss, outputs, targets, order, names

    def __call__(self, outputs: Any, targets: Any) -> Any:
        given = self.targets.split(targets)
        return self.loss(*self.outputs.cut(outputs), *(given[self.order.index(k)] for k in range(len(given))))


def match_targets(
    value: Callable[[list[np.ndarray], list[np.ndarray]], float], outputs: list[np.ndarray], targets: list[np.ndarray]
) -> list[int] | None:
    """For each output the number of the targets that it is compared with; None where it is not one for each.

    What a loss of both makes of another output depends on its targets, and not on those of others.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> a, b, y, z = rng.normal(size=(4, 6, 2))
    >>> match_targets(lambda o, t: float(((o[0] - t[1]) ** 2 + (o[1] - t[0]) ** 2).mean()), [a, b], [y, z])
    [1, 0]
    >>> match_targets(lambda o, t: float(((o[0] + o[1] - t[1] - t[0]) ** 2).mean()), [a, b], [y, z]) is None
    True
    """
    if len(targets) != len(outputs):
        return None
    # Of a seed that nobody takes, since outputs may be drawn, too.
    rng = np.random.default_rng(7919)
    drawn = [rng.normal(size=o.shape).astype(o.dtype) for o in outputs]

    def is_compared(k: int, m: int) -> bool:
        moved = [o if j != k else drawn[j] for j, o in enumerate(outputs)]
        other = [t if j != m else np.roll(t, 1, axis=0) for j, t in enumerate(targets)]
        four = value(outputs, targets), value(moved, targets), value(outputs, other), value(moved, other)
        return abs(four[0] - four[1] - four[2] + four[3]) > APART * max(map(abs, four))

    met = np.array([[is_compared(k, m) for m in range(len(targets))] for k in range(len(outputs))])
    if not ((met.sum(axis=0) == 1).all() and (met.sum(axis=1) == 1).all()):
        return None
    return [int(row.argmax()) for row in met]


@dataclass(frozen=True)
class JointJudge(Judge):
    """Each output counts the same: its error over that of its constant answer.

    Attributes
    ----------
    judges : list of Judge
    scales : list of float
        The error of each constant answer.
    outputs, targets : Layout
    """

    judges: list[Judge] = field(default_factory=list)
    scales: list[float] = field(default_factory=list)
    outputs: Layout = field(default_factory=lambda: Layout([]))
    targets: Layout = field(default_factory=lambda: Layout([]))

    def rows(self, outputs: np.ndarray, y: np.ndarray, link: Link | None = None) -> tuple[np.ndarray, np.ndarray]:
        given = zip(self.judges, self.scales, self.outputs.cut(outputs), self.targets.split(y), strict=True)
        each = [[part / scale for part in judge.rows(o, t)] for judge, scale, o, t in given]
        errors, constant = (np.mean([pair[k] for pair in each], axis=0) for k in (0, 1))
        return errors, constant

    def form(self, y: np.ndarray) -> np.ndarray:
        parts = zip(self.judges, self.scales, self.targets.split(np.asarray(y)), strict=True)
        return np.hstack([judge.form(part) / np.sqrt(scale) for judge, scale, part in parts])

    def read(self, outputs: np.ndarray, link: Link) -> np.ndarray:
        parts = zip(self.judges, self.scales, self.outputs.cut(np.asarray(outputs)), strict=True)
        return np.hstack([judge.read(o, judge.link).reshape(len(o), -1) / np.sqrt(scale) for judge, scale, o in parts])


def make_joint_judge(
    outputs: np.ndarray, y: np.ndarray, loss: JoinedLoss, value: Callable[[np.ndarray, np.ndarray], float]
) -> Judge:
    """The judge of several outputs; the user's loss where it is not known of each of them what it is."""
    rows = outputs[: len(y)]
    given, asked = loss.outputs.cut(rows), loss.targets.split(y[: len(rows)])
    judges: list[Judge] = []
    for k, name in enumerate(loss.names):

        def of_part(o: np.ndarray, t: np.ndarray, k: int = k) -> float:
            put = [o if j == k else part for j, part in enumerate(given)]
            met = [t if j == k else part for j, part in enumerate(asked)]
            return value(loss.outputs.join(put), loss.targets.join(met))

        of_part.__name__ = name or "of_part"
        judges.append(make_judge(given[k], loss.targets.split(y)[k], of_part, of_part))
    scales = [
        float(judge.rows(o, t)[1].mean()) if judge.kind != "own" and len(judge.form(t)) == len(t) else 0.0
        for judge, o, t in zip(judges, given, asked, strict=True)
    ]
    if not min(scales) > 0.0:
        return Judge("own", "numbers", np.zeros(1), value)
    made = JointJudge("several", "numbers", np.zeros(1), value, 1.0, judges, scales, loss.outputs, loss.targets)
    return JointJudge(
        "several", "numbers", made.form(y).mean(axis=0), value, 1.0, judges, scales, loss.outputs, loss.targets
    )


def find_joined_loss(loss: Any) -> JoinedLoss | None:
    """The loss of several outputs that a loss is, or multiplies."""
    found = getattr(loss, "joined", loss)
    return found if isinstance(found, JoinedLoss) else None
