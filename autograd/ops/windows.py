"""`Windows`: where the windows of a kernel lie over the last axes of an array, which convolution and pooling ask alike."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import cached_property, lru_cache
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import ShapeError

Sizes = tuple[int, ...]
Padding = tuple[tuple[int, int], ...]


class Tap(NamedTuple):
    """One element of the kernel: at `places`, an index of windows, it sees `space`, an index of the input."""

    places: tuple[Any, ...]
    space: tuple[Any, ...]


class Windows:
    """All places of a kernel over an input with padding.

    Parameters
    ----------
    space, kernel, stride, dilation : tuple of int, one for each axis of space
    padding : tuple of (int, int)
        Before and after each axis.

    Attributes
    ----------
    places : tuple of int
        How many windows there are along each axis.
    framed : tuple of int
        The input's size with its padding.
    inner : index
        Of the input within its padding.

    Examples
    --------
    >>> windows = Windows((5,), (3,), (2,), ((1, 1),), (1,))
    >>> windows.places, windows.framed
    ((3,), (7,))
    >>> next(windows.taps())
    Tap(places=(Ellipsis, slice(1, 3, None)), space=(Ellipsis, slice(1, 4, 2)))
    """

    def __init__(self, space: Sizes, kernel: Sizes, stride: Sizes, padding: Padding, dilation: Sizes) -> None:
        self.space, self.kernel, self.stride, self.padding, self.dilation = space, kernel, stride, padding, dilation
        self.framed = tuple(before + n + after for n, (before, after) in zip(space, padding, strict=True))
        self.inner: Any = (..., *(slice(before, before + n) for n, (before, _) in zip(space, padding, strict=True)))
        self.places = tuple(
            (n - (k - 1) * d - 1) // s + 1 for n, k, s, d in zip(self.framed, kernel, stride, dilation, strict=True)
        )

    def along(self, axis: int) -> Iterator[Tap]:
        """For each element of the kernel along one axis, where it sees the input itself and no padding."""
        (before, _), others = self.padding[axis], (slice(None),) * (len(self.space) - 1 - axis)
        s, d = self.stride[axis], self.dilation[axis]
        for k in range(self.kernel[axis]):
            seen = k * d - before
            first = max(0, -(seen // s))
            last = min(self.places[axis], (self.space[axis] - 1 - seen) // s + 1)
            if first < last:
                space = slice(seen + first * s, seen + last * s - s + 1, s)
                yield Tap((..., slice(first, last), *others), (..., space, *others))

    def taps(self) -> Iterator[Tap]:
        """The same for each element of the whole kernel."""
        for parts in itertools.product(*map(self.along, range(len(self.space)))):
            yield Tap(*((..., *(index[1] for index in indices)) for indices in zip(*parts, strict=True)))

    @cached_property
    def lists(self) -> tuple[np.ndarray, np.ndarray]:
        """What the window at each place sees: of the second array, flat indices of the input, place p has those from
        `first[p]` up to `first[p + 1]`."""
        places, space = np.arange(math.prod(self.places)), np.arange(math.prod(self.space))
        pairs = [
            (places.reshape(self.places)[tap.places].ravel(), space.reshape(self.space)[tap.space].ravel())
            for tap in self.taps()
        ]
        at, seen = (np.concatenate(part) for part in zip(*pairs, strict=True))
        order = np.argsort(at, kind="stable")
        # Unsigned: numba then need not look for indices that count from the end.
        return np.searchsorted(at[order], np.arange(places.size + 1)).astype(np.uint32), seen[order].astype(np.uint32)


def expect(operation: str, what: str, have: Sizes, wanted: Sizes) -> None:
    """Refuse an operand of another shape, which loops and views of memory would not notice.

    Examples
    --------
    >>> expect("max_pool_input", "g", (2, 3, 4), (2, 3, 5))
    Traceback (most recent call last):
    autograd.errors.ShapeError: max_pool_input: g must have shape (2, 3, 5), which the windows give, not (2, 3, 4)
    """
    if have != wanted:
        raise ShapeError(f"{operation}: {what} must have shape {wanted}, which the windows give, not {have}")


windows_over = lru_cache(maxsize=128)(Windows)


@lru_cache(maxsize=1)
def compiled_loops() -> ModuleType | None:
    """The loops that numba compiles, imported at their first use; None where it is not installed."""
    try:
        from autograd.ops import loops
    except ImportError:
        return None
    return loops


def run_by_numba(*arrays: np.ndarray) -> ModuleType | None:
    """The compiled loops for these arrays: they are for floats of one precision, in this machine's byte order."""
    dtype = arrays[0].dtype
    suits = dtype.char in "fd" and dtype.isnative and all(x.dtype == dtype for x in arrays)
    return compiled_loops() if suits else None
