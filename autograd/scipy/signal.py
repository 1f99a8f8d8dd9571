"""SciPy's `signal`: `convolve`, in HIPS autograd's form, and the rest passed on without derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.signal as _signal

from autograd.errors import ShapeError
from autograd.ops.einsum import einsum
from autograd.ops.indexing import getitem
from autograd.ops.joining import pad
from autograd.ops.shape import as_array, flip, shape
from autograd.scipy.passed import attributes_of

if TYPE_CHECKING:
    from autograd.typing import Operand

__all__ = ["convolve"]
__getattr__ = attributes_of(_signal, "scipy.signal")
Axes = Sequence[Sequence[int]]


def convolve(A: Operand, B: Operand, axes: Axes | None = None, dot_axes: Axes = ((), ()), mode: str = "full") -> Any:  # noqa: N803 - HIPS autograd's names
    """Convolve along some axes, multiply and sum along others, and combine each with each along the rest.

    Parameters
    ----------
    A, B : array_like or Tensor
    axes : two sequences of int, optional
        The axes of `A` and of `B` to convolve along; all by default.
    dot_axes : two sequences of int
        The axes to multiply and sum along.
    mode : {"full", "valid", "same"}
        As in SciPy; `same` gives the lengths of `A`.

    Returns
    -------
    numpy.ndarray or Tensor
        The other axes of `A`, then those of `B`, then the convolved ones.

    Raises
    ------
    ValueError
        For another mode, and in mode `valid` where neither array is the longer one along all axes.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.signal import convolve
    >>> convolve(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0])).tolist()
    [1.0, 3.0, 5.0, 3.0]
    >>> grad(lambda a: convolve(a, np.array([1.0, 1.0]), mode="valid")[0])(np.ones(3))
    array([1., 1., 0.])
    """
    A, B = as_array(A), as_array(B)  # noqa: N806
    if axes is None:
        axes = (range(len(shape(A))), range(len(shape(A))))
    along_a, along_b = ([int(axis) % len(shape(x)) for axis in part] for x, part in zip((A, B), axes, strict=True))
    dots_a, dots_b = ([int(axis) % len(shape(x)) for axis in part] for x, part in zip((A, B), dot_axes, strict=True))
    sizes = [(shape(A)[i], shape(B)[j]) for i, j in zip(along_a, along_b, strict=True)]
    if mode not in ("full", "valid", "same"):
        raise ValueError(f"convolve: mode is 'full', 'valid' or 'same', not {mode!r}")
    shorter_b = all(a >= b for a, b in sizes)
    if mode == "valid" and not shorter_b and not all(a <= b for a, b in sizes):
        raise ShapeError(
            f"convolve: in mode 'valid' one array is the longer one along all axes; the lengths are {sizes}"
        )
    # The names of the axes in the sum: of A, of B, and of the convolved ones.
    names_a = list(range(len(shape(A))))
    names_b = list(range(len(names_a), len(names_a) + len(shape(B))))
    for i, j in zip(dots_a, dots_b, strict=True):
        names_b[j] = names_a[i]
    rest = [names_a[i] for i in range(len(names_a)) if i not in (*along_a, *dots_a)]
    rest += [names_b[j] for j in range(len(names_b)) if j not in (*along_b, *dots_b)]
    places = [len(names_a) + len(names_b) + k for k in range(len(sizes))]
    # The windows of one array, as wide as the other, against that one reversed.
    if mode == "valid" and not shorter_b:
        moved, names, moved_along, still, still_names, still_along = B, names_b, along_b, A, names_a, along_a
    else:
        moved, names, moved_along, still, still_names, still_along = A, names_a, along_a, B, names_b, along_b
    widths = [shape(still)[axis] for axis in still_along]
    if mode != "valid":
        frame = [(0, 0)] * len(shape(moved))
        for axis, width in zip(moved_along, widths, strict=True):
            frame[axis] = (width - 1, width - 1) if mode == "full" else (width - 1 - (width - 1) // 2, (width - 1) // 2)
        moved = pad(moved, frame)
    windows = _windows(moved, moved_along, widths)
    names = list(names)
    for axis, place in zip(moved_along, places, strict=True):
        names[axis] = place
    return einsum(
        windows,
        [*names, *(still_names[axis] for axis in still_along)],
        flip(still, still_along),
        still_names,
        rest + places,
    )


def _windows(x: Any, axes: Sequence[int], widths: Sequence[int]) -> Any:
    """All windows of `x`: their places on the axes, and their elements on new ones behind."""
    for axis, width in zip(axes, widths, strict=True):
        places = np.arange(shape(x)[axis] - width + 1)[:, None] + np.arange(width)
        # The places stay on the axis, and the elements follow it.
        x = getitem(x, (slice(None),) * axis + (places,))
        order = [*range(axis + 1), *range(axis + 2, len(shape(x))), axis + 1]
        x = x.transpose(order)
    return x
