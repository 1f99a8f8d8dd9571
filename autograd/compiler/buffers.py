"""Buffers: memory that begins where a line of the cache does, so that no vector of elements lies in two of them.

NumPy's own memory begins 16 bytes behind such a place. Loops over arrays that the nearest cache holds take up to twice as long
there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

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


__all__: Sequence[str] = ("LINE", "empty")
