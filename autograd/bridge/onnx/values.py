"""Numbers that an operator takes as tensors and that say how it works: lengths, axes, bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.bridge.onnx_file import dtype_of
from autograd.graph.node import raw
from autograd.ops import shape

# More elements than anybody means to make of a few lengths.
MOST = 2**31


def ints(x: Any) -> list[int]:
    """Whole numbers of a tensor, or of an attribute.

    Examples
    --------
    >>> import numpy as np
    >>> ints(np.array([1, 2])), ints(3), ints([4])
    ([1, 2], [3], [4])
    """
    return [int(n) for n in array(x).ravel()]


def number(x: Any) -> Any:
    """A number of Python's: a tensor's one element, or the number itself."""
    return array(x).reshape(()).item() if hasattr(x, "shape") else x


def array(x: Any) -> np.ndarray:
    """The array of a tensor that says how an operator works.

    Raises
    ------
    ValueError
        Where it is not known, because the program is being captured.
    """
    if getattr(x, "symbolic", False):
        raise ValueError("what it does hangs on numbers that are computed, which are not known while it is captured")
    return np.asarray(raw(x))


def axes_of(axes: Any, x: Any) -> list[int]:
    """Axes counted from the front; all of them for None.

    Raises
    ------
    ValueError
        Where the tensor has no such axis.
    """
    count = len(x.shape)
    if axes is None:
        return list(range(count))
    found = ints(axes)
    for axis in found:
        if not -count <= axis < count:
            raise ValueError(f"an axis {axis} of a tensor that has {count}")
    return [axis % count for axis in found]


def check_lengths(lengths: Sequence[int]) -> tuple[int, ...]:
    """A shape that is to be made.

    Raises
    ------
    ValueError
        Where it is negative, or too large to be meant.
    """
    if any(n < 0 for n in lengths) or math.prod(lengths) > MOST:
        raise ValueError(f"a tensor of the shape {tuple(lengths)}")
    return tuple(lengths)


def cast(x: Any, dtype: Any) -> Any:
    """In another dtype: NumPy's, or the number that ONNX has for it."""
    wanted = dtype_of(dtype, "the result") if isinstance(dtype, int) else np.dtype(dtype)
    return x if x.dtype == wanted else shape.astype(x, wanted)
