"""Calls to be judged, and the same calls with numbers where mistakes hide."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

Named = tuple[str, str, Any]  # the kind, the name, and a function of what the kind says
Call = tuple[str, Callable[..., Any], list[Any]]  # where, a function, and what it is differentiated by

SETS = ("zeros", "equal", "ties", "diagonal", "far", "no rows", "no columns")


def spread(calls: Sequence[Any], most: int) -> list[Any]:
    """So many of them, evenly from first to last."""
    if len(calls) <= most:
        return list(calls)
    return [calls[round(i * (len(calls) - 1) / (most - 1))] for i in range(most)]


def small(calls: Sequence[Call], size: Callable[[Any], int]) -> list[Call]:
    """Some of the calls of few numbers, of those that have several: two, and more where there are many."""
    several = [call for call in calls if max(map(size, call[2])) > 1 and min(map(size, call[2])) > 0]
    several.sort(key=lambda call: sum(map(size, call[2])))
    return spread(several[: max(4, len(several) // 2)], 2 if len(several) <= 30 else 4)


def numbered(call: Call, shape: Callable[[Any], tuple[int, ...]], wrap: Callable[[Any], Any]) -> Iterator[Call]:
    """The call with zeros, equal numbers, ties, diagonal matrices, numbers far from 0, and with no numbers at all."""
    label, function, xs = call
    for name in SETS:
        yield f"{name}, {label}", function, [wrap(numbers(name, shape(x))) for x in xs]


def numbers(name: str, shape: tuple[int, ...]) -> Any:
    """Numbers of a set, in a shape; where it is to have no rows or no columns, the first or last axis has length 0."""
    size = int(np.prod(shape, dtype=int))
    if name.startswith("no "):
        return np.zeros(() if not shape else (0, *shape[1:]) if name == "no rows" else (*shape[:-1], 0))
    if name == "diagonal" and len(shape) > 1:
        return np.broadcast_to(np.eye(*shape[-2:]), shape).copy()
    given = {
        "zeros": np.zeros(size),
        "equal": np.ones(size),
        "ties": np.arange(size) % 3 - 1.0,
        "diagonal": np.arange(size) + 1.0,
        "far": np.where(np.arange(size) % 2, -800.0, 800.0),
    }
    return given[name].reshape(shape)
