"""Several outputs of a model, each with targets of its own, as one: so that experiments can be made with a loss that adds up theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

# Rows that tell which targets an output is compared with, and how far two losses lie apart that are not the same.
FEW, APART = 8, 1e-5


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
