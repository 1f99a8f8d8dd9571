"""Images read at any places: grids of places, affine ones too, and what lies there (Jaderberg et al. 2015)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.graph.node import raw
from autograd.ops.comparison import floor, greater, less, rint, where
from autograd.ops.elementwise import abs as abs_
from autograd.ops.elementwise import maximum, minimum
from autograd.ops.linalg import matmul
from autograd.ops.shape import astype, moveaxis, reshape, shape, swapaxes
from nn.arguments import describe_shape

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input

MODES = ("bilinear", "nearest", "bicubic")
PADDINGS = ("zeros", "border", "reflection")


def affine_grid(theta: Input, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """For each place of an output, the place in the input that an affine map says, for `grid_sample`.

    Parameters
    ----------
    theta : (N, 2, 3), or (N, 3, 4) of volumes
        The maps: of x, y (and z) and 1.
    size : sequence of int
        The shape of the output, (N, C, H, W) or (N, C, D, H, W).
    align_corners : bool
        Whether −1 and 1 are the middles of the outermost elements, and not their outer edges.

    Returns
    -------
    numpy.ndarray or Tensor, shape (N, H, W, 2) or (N, D, H, W, 3)

    Raises
    ------
    ShapeError
        For maps of another shape, or of another count.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.affine_grid(np.array([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]), (1, 1, 1, 2)).tolist()
    [[[[-0.5, 0.0], [0.5, 0.0]]]]
    """
    lengths = tuple(int(n) for n in size)[2:]
    space = len(lengths)
    if space not in (2, 3) or shape(theta) != (size[0], space, space + 1):
        raise ShapeError(f"affine_grid: maps of {describe_shape(theta)} do not fit an output of shape {tuple(size)}")
    dtype = np.asarray(raw(theta)).dtype
    lines = [_middles(n, bool(align_corners)) for n in reversed(lengths)]
    places = np.meshgrid(*reversed(lines), indexing="ij")[::-1]
    base = np.stack([*places, np.ones(lengths)], axis=-1).reshape(-1, space + 1).astype(dtype)
    return reshape(matmul(base, swapaxes(theta, 1, 2)), (size[0], *lengths, space))


def _middles(n: int, aligned: bool) -> np.ndarray:
    """Where the middles of n elements lie between −1 and 1."""
    if aligned:
        return np.linspace(-1.0, 1.0, n) if n > 1 else np.zeros(1)
    return (2.0 * np.arange(n) + 1.0) / n - 1.0


def grid_sample(
    input: Input,
    grid: Input,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """What lies at the places of a grid; gradients go to the input and to the places.

    Parameters
    ----------
    input : (N, C, H, W), or (N, C, D, H, W)
    grid : (N, …, 2) of x and y, or (N, …, 3) of x, y and z, with as many axes as the input
        From −1, at the left and the top, to 1.
    mode : {"bilinear", "nearest", "bicubic"}
        Between elements: a mean of the neighbours, the nearest one, or, of images, a cubic.
    padding_mode : {"zeros", "border", "reflection"}
        What lies beyond: zeros, the edge, or the input mirrored at its edge.
    align_corners : bool
        Whether −1 and 1 are the middles of the outermost elements, and not their outer edges.

    Returns
    -------
    numpy.ndarray or Tensor, shape (N, C, …) of the grid

    Raises
    ------
    ShapeError
        Where the two do not fit.
    ValueError
        For another mode.

    Examples
    --------
    >>> import numpy as np, nn
    >>> image = np.array([[[[1.0, 3.0]]]])
    >>> nn.functional.grid_sample(image, np.array([[[[0.0, 0.0], [0.5, 0.0]]]]), align_corners=False).tolist()
    [[[[2.0, 3.0]]]]
    """
    have, places = shape(input), shape(grid)
    space = len(have) - 2
    if space not in (2, 3) or len(places) != len(have) or places[0] != have[0] or places[-1] != space or 0 in have[2:]:
        raise ShapeError(
            f"grid_sample: an input of shape (N, C, H, W) needs a grid (N, …, 2), one of (N, C, D, H, W) one (N, …, 3); got {have} and "
            f"{describe_shape(grid)}"
        )
    if mode not in MODES or (mode == "bicubic" and space == 3):
        raise ValueError(f"grid_sample: mode must be one of {', '.join(MODES)}, the last of images alone, not {mode!r}")
    if padding_mode not in PADDINGS:
        raise ValueError(f"grid_sample: padding_mode must be one of {', '.join(PADDINGS)}, not {padding_mode!r}")
    if np.asarray(raw(input)).dtype.kind != "f":
        raise OperandError(f"grid_sample: an input of floats, not of {np.asarray(raw(input)).dtype}")
    taps = [
        _taps(grid[..., space - 1 - axis], have[2 + axis], mode, padding_mode, bool(align_corners))
        for axis in range(space)
    ]
    samples = np.arange(have[0]).reshape(-1, *(1,) * (len(places) - 2))
    found: Any = 0.0
    for corner in product(*taps):
        weight = corner[0][1]
        for _, share in corner[1:]:
            weight = weight * share
        found = found + input[(samples, slice(None), *(index for index, _ in corner))] * weight[..., None]
    return moveaxis(found, -1, 1)


def _taps(place: Any, n: int, mode: str, padding: str, aligned: bool) -> list[tuple[Any, Any]]:
    """The elements along an axis that a place is made of, by their numbers, and what each counts."""
    at = (place + 1.0) * ((n - 1) / 2.0) if aligned else ((place + 1.0) * n - 1.0) / 2.0
    if mode != "bicubic":
        at = _brought_in(at, n, padding, aligned)
    if mode == "nearest":
        return [_within(rint(at), 1.0, n)]
    below = floor(at)
    t = at - below
    if mode == "bilinear":
        return [_within(below, 1.0 - t, n), _within(below + 1.0, t, n)]
    parts = ((-1.0, _far(t + 1.0)), (0.0, _near(t)), (1.0, _near(1.0 - t)), (2.0, _far(2.0 - t)))
    return [_within(rint(_brought_in(below + step, n, padding, aligned)), part, n) for step, part in parts]


def _within(number: Any, share: Any, n: int) -> tuple[Any, Any]:
    """The number of an element, and its share, which is 0 beyond the input."""
    there = where(less(number, 0.0), 0.0, where(greater(number, n - 1.0), 0.0, 1.0))
    # A place that is no number has an element, and a share that is none.
    inside = where(less(number, n - 1.0), where(greater(number, 0.0), number, 0.0), n - 1.0)
    # Of plain numbers `where` makes float64, which a grid of float32 is not.
    return astype(inside, np.int64), share * astype(there, np.asarray(raw(number)).dtype)


def _brought_in(at: Any, n: int, padding: str, aligned: bool) -> Any:
    if padding == "zeros":
        return at
    if padding == "reflection":
        low, span = (0.0, float(n - 1)) if aligned else (-0.5, float(n))
        if span == 0.0:
            return at * 0.0
        far = abs_(at - low)
        turns = floor(far / span)
        rest = far - turns * span
        at = where(greater(turns - 2.0 * floor(turns / 2.0), 0.5), span - rest, rest) + low
    return minimum(maximum(at, 0.0), float(n - 1))


def _near(d: Any) -> Any:
    """Keys's cubic convolution with a = −¾, up to a distance of 1."""
    return (1.25 * d - 2.25) * d * d + 1.0


def _far(d: Any) -> Any:
    """The same from 1 to 2."""
    return ((-0.75 * d + 3.75) * d - 6.0) * d + 3.0
