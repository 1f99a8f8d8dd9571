"""Buffers: which memory results take and give back, and memory that begins where a line of the cache does.

There no vector of elements lies in two lines. NumPy's own memory begins 16 bytes behind such a place; loops over arrays that the
nearest cache holds take up to twice as long there.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.flat import Variable

# Bytes that a processor fetches at once; a vector has as many at most.
LINE = 64


def empty(shape: tuple[int, ...], dtype: Any, before: int = 0) -> np.ndarray:
    """An array as `np.empty` makes it, whose memory begins at a multiple of `LINE`.

    Parameters
    ----------
    shape : tuple of int
    dtype : dtype, or what NumPy makes one of
    before : int
        How many rows lie before the one that begins there.

    Returns
    -------
    array

    Examples
    --------
    >>> made = empty((3, 2), np.float32)
    >>> made.shape, made.dtype, made.ctypes.data % LINE
    ((3, 2), dtype('float32'), 0)
    """
    whole = np.empty(np.dtype(dtype).itemsize * math.prod(shape) + LINE, np.uint8)
    begin = -(whole.ctypes.data + before * np.dtype(dtype).itemsize * math.prod(shape[1:])) % LINE
    return np.ndarray(shape, dtype, whole.data, begin)


class Buffers:
    """The buffers of a program, each with its name in the text.

    Parameters
    ----------
    lines : list of str
        What the statements are added to that make them.
    name_empty : callable, optional
        Gives what `empty` is called in the text, which makes the buffers of loops; without it NumPy makes them.

    Attributes
    ----------
    held : dict of Variable to (str, array)
        Those that hold results now.
    bytes : int
        Of all together.
    """

    def __init__(self, lines: list[str], name_empty: Callable[[], str] | None = None) -> None:
        self.held: dict[Variable, tuple[str, np.ndarray]] = {}
        self.bytes = 0
        self._lines, self._name_empty, self._made = lines, name_empty, 0
        self._free: defaultdict[Any, list[tuple[str, np.ndarray]]] = defaultdict(list)

    def take(self, out: Variable, shape: tuple[int, ...], before: int = 0) -> tuple[str, np.ndarray]:
        """Memory for a result, which begins behind so many rows of it: some that is free, or new one."""
        free = self._free[shape, out.dtype]
        self.held[out] = free.pop() if free else self._make(shape, out.dtype, before)
        return self.held[out]

    def take_unused(self, out: Variable, shape: tuple[int, ...]) -> tuple[str, np.ndarray]:
        """New memory for a result, in which nothing lay before."""
        self.held[out] = self._make(shape, out.dtype, 0)
        return self.held[out]

    def hand_over(self, x: Variable, out: Variable) -> tuple[str, np.ndarray]:
        """The memory of a result that is read no more, for another one."""
        self.held[out] = self.held.pop(x)
        return self.held[out]

    def give_back(self, variables: Iterable[Variable]) -> None:
        """Free the memory of results that no later step reads."""
        for variable in variables:
            if variable in self.held:
                name, array = self.held.pop(variable)
                self._free[array.shape, array.dtype].append((name, array))

    def _make(self, shape: tuple[int, ...], dtype: np.dtype[Any], before: int) -> tuple[str, np.ndarray]:
        self._made += 1
        name, array = f"buffer{self._made}", np.empty(shape, dtype)
        self.bytes += array.nbytes
        maker = "np.empty" if self._name_empty is None else self._name_empty()
        rows = f", before={before}" if before and self._name_empty is not None else ""
        self._lines.append(f"{name} = {maker}({shape}, {words_of_dtype(dtype)}{rows})")
        return name, array


def words_of_dtype(dtype: np.dtype[Any]) -> str:
    """The text of a dtype.

    Examples
    --------
    >>> words_of_dtype(np.dtype(bool)), words_of_dtype(np.dtype(">f4"))
    ('bool', "'>f4'")
    """
    if dtype.char == "?":
        return "bool"
    # The other byte order has no name in NumPy.
    return f"np.{dtype}" if dtype.isnative else repr(dtype.str)


__all__: Sequence[str] = ("LINE", "Buffers", "empty", "words_of_dtype")
