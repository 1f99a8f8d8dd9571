"""Images made larger and smaller: interpolation, and channels laid out in space."""

from __future__ import annotations

import math
from functools import lru_cache, reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.graph.node import raw
from autograd.ops.joining import take
from autograd.ops.shape import reshape, shape, swapaxes, transpose
from nn.arguments import check_count, describe_shape
from nn.functional.pooling import pool_mean_adaptively

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input

# The axes of space that each mode is for.
MODES = {
    "nearest": (1, 2, 3), "nearest-exact": (1, 2, 3), "linear": (1,), "bilinear": (2,), "bicubic": (2,), "trilinear": (3,),
    "area": (1, 2, 3),
}  # fmt: skip
# Where the elements are that a new one is made of, and what they count.
Taps = tuple[tuple[np.ndarray, np.ndarray], ...]
ALIGNABLE = ("linear", "bilinear", "bicubic", "trilinear")


def interpolate(
    input: Input,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """Another size, by the nearest elements or by lines, planes or cubic curves through them.

    Parameters
    ----------
    input : (N, C, *space)
    size : int, or one for each axis of space, optional
        Of the output; either this or `scale_factor`.
    scale_factor : float, or one for each axis of space, optional
        How many times as large it is.
    mode : {"nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear", "area"}
    align_corners : bool, optional
        Whether the middles of the corner elements stay where they are, and not the corners of the image.
    recompute_scale_factor : bool, optional
        Whether the factor is taken from the sizes, which are rounded, and not as it was given.
    antialias : bool
        False: images are not smoothed before they are made smaller.

    Returns
    -------
    numpy.ndarray or Tensor

    Raises
    ------
    ShapeError
        For an input of other axes than the mode has, and sizes that are none.
    ValueError
        For both or neither of size and scale_factor, and another mode.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.interpolate(np.array([[[1.0, 3.0]]]), scale_factor=2, mode="linear").tolist()
    [[[1.0, 1.5, 2.5, 3.0]]]
    """
    return resize("interpolate", input, size, scale_factor, mode, align_corners, recompute_scale_factor, antialias)


def upsample(
    input: Input, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Tensor:
    """`interpolate` by its old name.

    Parameters
    ----------
    input : (N, C, *space)
    size, scale_factor, mode, align_corners
        As for `interpolate`.

    Returns
    -------
    numpy.ndarray or Tensor

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.upsample(np.array([[[1.0, 3.0]]]), scale_factor=2).tolist()
    [[[1.0, 1.0, 3.0, 3.0]]]
    """
    return resize("upsample", input, size, scale_factor, mode, align_corners, None, False)


def resize(
    name: str,
    x: Input,
    size: Any,
    scale_factor: Any,
    mode: str,
    align_corners: bool | None,
    recompute_scale_factor: bool | None,
    antialias: bool,
) -> Any:
    """See `interpolate`; `name` is what messages say."""
    if mode not in MODES:
        raise ValueError(f"{name}: mode must be one of {', '.join(MODES)}, not {mode!r}")
    have = shape(x)
    if len(have) - 2 not in MODES[mode]:
        axes = " or ".join(f"(N, C{', …' * n})" for n in MODES[mode])
        raise ShapeError(f"{name}: the mode {mode!r} is for inputs of shape {axes}, got {describe_shape(x)}")
    if (size is None) == (scale_factor is None):
        raise ValueError(f"{name}: give either size or scale_factor")
    if antialias:
        raise OperandError(
            f"{name}: images are not smoothed here before they are made smaller: leave antialias at False"
        )
    if align_corners is not None and mode not in ALIGNABLE:
        raise ValueError(f"{name}: align_corners is for the modes {', '.join(ALIGNABLE)}, not for {mode!r}")
    space = have[2:]
    if size is not None:
        sizes = _one_for_each(name, "size", size, len(space))
        factors: tuple[Any, ...] = (None,) * len(space)
    else:
        factors = _one_for_each(name, "scale_factor", scale_factor, len(space))
        sizes = tuple(math.floor(n * f) for n, f in zip(space, factors, strict=True))
        if recompute_scale_factor:
            factors = (None,) * len(space)
    sizes = tuple(check_count(name, "size", n) for n in sizes)
    if 0 in space:
        raise ShapeError(f"{name}: an input of shape {have} has no places")
    if mode == "area":
        return pool_mean_adaptively(name, x, sizes)
    for axis, (n, m, f) in enumerate(zip(space, sizes, factors, strict=True), 2):
        x = _along(x, axis, n, m, None if f is None else 1.0 / f, mode, bool(align_corners))
    return x


def _one_for_each(name: str, what: str, given: Any, space: int) -> tuple[Any, ...]:
    found = tuple(given) if isinstance(given, (tuple, list)) else (given,) * space
    if len(found) != space or not all(isinstance(n, (int, float, np.number)) and n > 0 for n in found):
        raise ShapeError(f"{name}: {what} must be one number above 0, or {space} of them, got {given!r}")
    return found


def _along(x: Input, axis: int, n: int, m: int, step: float | None, mode: str, aligned: bool) -> Any:
    """One axis, of length n, resized to m; `step` is how far apart the new places are, in elements."""
    if mode.endswith("linear") or (mode == "nearest" and len(shape(x)) == 4):
        # There PyTorch looks at the lengths before the factor; of the nearest of images alone.
        if m == n:
            mode, step = "nearest", None
        elif m == 2 * n and mode == "nearest":
            step = None
    if mode.startswith("nearest"):
        middle = 0.5 if mode == "nearest-exact" else 0.0
        # Which of two is nearer turns on the last digit: rounded as PyTorch does, by the dtype, and images always in single.
        number = np.promote_types(np.asarray(raw(x)).dtype, np.float32).type if len(shape(x)) != 4 else np.float32
        places = (np.arange(m) + middle).astype(number) * number(n / m if step is None else step)
        places = np.floor(places.astype(np.float32)).astype(int)
        return take(x, np.clip(places, 0, n - 1), axis)
    taps = _cubic_taps(n, m, step, aligned) if mode == "bicubic" else _linear_taps(n, m, step, aligned)
    dtype, along = np.asarray(raw(x)).dtype, (m, *(1,) * (len(shape(x)) - 1 - axis))
    # Only neighbours are looked at: what is not finite stays where it is.
    return reduce(add, (take(x, places, axis) * weights.astype(dtype).reshape(along) for places, weights in taps))


def _places(n: int, m: int, step: float | None, aligned: bool) -> np.ndarray:
    """Where the new elements lie among the old ones."""
    if aligned:
        return np.arange(m) * ((n - 1) / (m - 1) if m > 1 else 0.0)
    return (np.arange(m) + 0.5) * (n / m if step is None else step) - 0.5


@lru_cache(maxsize=64)
def _linear_taps(n: int, m: int, step: float | None, aligned: bool) -> Taps:
    at = np.maximum(_places(n, m, step, aligned), 0.0)
    left = np.minimum(at.astype(int), n - 1)
    share = at - left
    return (left, 1.0 - share), (np.minimum(left + 1, n - 1), share)


@lru_cache(maxsize=64)
def _cubic_taps(n: int, m: int, step: float | None, aligned: bool) -> Taps:
    """Keys's cubic convolution with a = −¾."""
    a = -0.75
    at = _places(n, m, step, aligned)
    left = np.floor(at).astype(int)
    t = at - left

    def near(d: np.ndarray) -> np.ndarray:
        return ((a + 2) * d - (a + 3)) * d * d + 1

    def far(d: np.ndarray) -> np.ndarray:
        return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a

    parts = ((-1, far(t + 1)), (0, near(t)), (1, near(1 - t)), (2, far(2 - t)))
    return tuple((np.clip(left + offset, 0, n - 1), part) for offset, part in parts)


def _check_images(name: str, x: Input) -> tuple[int, ...]:
    if len(shape(x)) < 3:
        raise ShapeError(f"{name}: expected an input of shape (…, C, H, W), got {describe_shape(x)}")
    return shape(x)


def pixel_shuffle(input: Input, upscale_factor: int) -> Tensor:
    """(…, C·r², H, W) as (…, C, H·r, W·r): channels laid out as squares of pixels (Shi et al. 2016).

    Parameters
    ----------
    input : (…, C·r², H, W)
    upscale_factor : int
        r.

    Returns
    -------
    numpy.ndarray or Tensor

    Raises
    ------
    ShapeError
        Where the channels do not fall into squares.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.pixel_shuffle(np.arange(4.0).reshape(1, 4, 1, 1), 2).tolist()
    [[[[0.0, 1.0], [2.0, 3.0]]]]
    """
    have, r = _check_images("pixel_shuffle", input), check_count("pixel_shuffle", "upscale_factor", upscale_factor)
    if have[-3] % (r * r):
        raise ShapeError(f"pixel_shuffle: {have[-3]} channels do not fall into squares of {r}×{r}")
    lead, (channels, high, broad) = have[:-3], have[-3:]
    n = len(lead)
    cut = reshape(input, (*lead, channels // (r * r), r, r, high, broad))
    moved = transpose(cut, (*range(n), n, n + 3, n + 1, n + 4, n + 2))
    return reshape(moved, (*lead, channels // (r * r), high * r, broad * r))


def pixel_unshuffle(input: Input, downscale_factor: int) -> Tensor:
    """(…, C, H·r, W·r) as (…, C·r², H, W): the other way of `pixel_shuffle`.

    Parameters
    ----------
    input : (…, C, H·r, W·r)
    downscale_factor : int
        r.

    Returns
    -------
    numpy.ndarray or Tensor

    Raises
    ------
    ShapeError
        Where the image does not fall into squares.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.pixel_unshuffle(np.arange(4.0).reshape(1, 1, 2, 2), 2).ravel().tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    have, r = (
        _check_images("pixel_unshuffle", input),
        check_count("pixel_unshuffle", "downscale_factor", downscale_factor),
    )
    if have[-2] % r or have[-1] % r:
        raise ShapeError(f"pixel_unshuffle: an image of {have[-2:]} does not fall into squares of {r}×{r}")
    lead, (channels, high, broad) = have[:-3], have[-3:]
    n = len(lead)
    cut = reshape(input, (*lead, channels, high // r, r, broad // r, r))
    moved = transpose(cut, (*range(n), n, n + 2, n + 4, n + 1, n + 3))
    return reshape(moved, (*lead, channels * r * r, high // r, broad // r))


def channel_shuffle(input: Input, groups: int) -> Tensor:
    """The channels of so many groups, taken in turn (Zhang et al. 2018).

    Parameters
    ----------
    input : (N, C, *space)
    groups : int

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ShapeError
        Where the channels do not fall into the groups.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.channel_shuffle(np.arange(4.0).reshape(1, 4, 1), 2).ravel().tolist()
    [0.0, 2.0, 1.0, 3.0]
    """
    have = _check_images("channel_shuffle", input)
    if have[1] % check_count("channel_shuffle", "groups", groups):
        raise ShapeError(f"channel_shuffle: {have[1]} channels do not fall into {groups} groups")
    cut = reshape(input, (have[0], groups, have[1] // groups, *have[2:]))
    return reshape(swapaxes(cut, 1, 2), have)
