"""Discrete Fourier transforms: `np.fft` whole.

Two rows, `fft` and `ifft` along one axis, whose matrices are symmetric, so that each is its own derivative. All others are
made of these: of several axes one after the other, of real numbers the half that says the rest.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.op import Function, implements, row
from autograd.ops.complex_numbers import conj, is_complex, real
from autograd.ops.indexing import basic
from autograd.ops.joining import roll
from autograd.ops.shape import as_array, axis_index, axis_tuple, concatenate, flip, refuse_out, shape

_fft: Function = row(
    "fft",
    lambda x, axis, norm: np.fft.fft(x, axis=axis, norm=norm),
    lambda g, out, x, axis, norm: _fft(g, axis=axis, norm=norm),
    linear=((0,),),
    takes_complex=True,
)
_ifft: Function = row(
    "ifft",
    lambda x, axis, norm: np.fft.ifft(x, axis=axis, norm=norm),
    lambda g, out, x, axis, norm: _ifft(g, axis=axis, norm=norm),
    linear=((0,),),
    takes_complex=True,
)
# `hfft` is `irfft` of the conjugate, with the norms of the two directions exchanged.
_OTHER_WAY = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}


def _swap(name: str, norm: str | None) -> str:
    if norm not in _OTHER_WAY:
        raise ValueError(f"{name}: norm is 'backward', 'ortho' or 'forward', not {norm!r}")
    return _OTHER_WAY[norm]


def _with_length(name: str, x: Any, n: int | None, axis: int) -> tuple[Any, int]:
    """The first `n` elements along an axis, and zeros behind where there are fewer."""
    x, axis = as_array(x), axis_index(axis, len(shape(x)))
    have = shape(x)[axis]
    n = have if n is None else operator.index(n)
    if n < 1:
        raise ShapeError(f"{name}: {n} points along axis {axis} of shape {shape(x)}: one or more are needed")
    if n < have:
        x = basic(x, (slice(None),) * axis + (slice(0, n),))
    elif n > have:
        x = concatenate([x, np.zeros((*shape(x)[:axis], n - have, *shape(x)[axis + 1 :]), x.dtype)], axis)
    return x, axis


def _along(x: Any, axis: int, part: slice) -> Any:
    return basic(x, (slice(None),) * axis + (part,))


@implements(np.fft.fft)
def fft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Any:
    """The discrete Fourier transform along an axis, cut to `n` points or filled with zeros."""
    refuse_out("fft", out)
    x, axis = _with_length("fft", a, n, axis)
    return _fft(x, axis=axis, norm=norm)


@implements(np.fft.ifft)
def ifft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Any:
    """The inverse of `fft`."""
    refuse_out("ifft", out)
    x, axis = _with_length("ifft", a, n, axis)
    return _ifft(x, axis=axis, norm=norm)


@implements(np.fft.rfft)
def rfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Any:
    """The first half of the `fft` of real numbers; the other half is its mirror image."""
    refuse_out("rfft", out)
    x, axis = _with_length("rfft", a, n, axis)
    if is_complex(x):
        raise TypeError("rfft takes real numbers: give their .real, or use fft")
    return _along(_fft(x, axis=axis, norm=norm), axis, slice(0, shape(x)[axis] // 2 + 1))


def _mirror(x: Any, n: int, axis: int) -> Any:
    """All of a transform of real numbers, of which the first half is given; as if the first element, and the middle one, were real."""
    rest = flip(_along(x, axis, slice(1, n - n // 2)), axis)
    # The real part of the transform does not depend on the imaginary parts of these two.
    return concatenate([_along(x, axis, slice(0, n // 2 + 1)), conj(rest)], axis)


@implements(np.fft.irfft)
def irfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Any:
    """The inverse of `rfft`: real numbers, by default an even number of them."""
    refuse_out("irfft", out)
    x = as_array(a)
    axis = axis_index(axis, len(shape(x)))
    n = 2 * (shape(x)[axis] - 1) if n is None else operator.index(n)
    # Of no points, none is needed, which is told.
    half, axis = _with_length("irfft", x, n // 2 + 1 if n > 0 else n, axis)
    return real(_ifft(_mirror(half, n, axis), axis=axis, norm=norm))


@implements(np.fft.hfft)
def hfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Any:
    """The `fft`, which is real, of a signal that is its own mirror image, conjugated, and of which half is given."""
    refuse_out("hfft", out)
    return irfft(conj(as_array(a)), n, axis, _swap("hfft", norm))


@implements(np.fft.ihfft)
def ihfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Any:
    """The inverse of `hfft`."""
    refuse_out("ihfft", out)
    return conj(rfft(a, n, axis, _swap("ihfft", norm)))


def _lengths_and_axes(
    name: str, x: Any, s: Sequence[int | None] | None, axes: Sequence[int] | None, last_is_half: bool = False
) -> tuple[list[int | None], list[int]]:
    """How many points along which axes; of a transform to real numbers None for the last, which its half does not say."""
    ndim = len(shape(x))
    if axes is None:
        axes = range(ndim) if s is None else range(ndim - len(s), ndim)
    places = [axis_index(axis, ndim) for axis in axes]
    if s is None:
        lengths: list[int | None] = [shape(x)[axis] for axis in places]
        if last_is_half and places:
            lengths[-1] = None
        return lengths, places
    if len(s) != len(places):
        raise ShapeError(f"{name}: {len(s)} lengths for {len(places)} axes")
    given = list(s)
    for i, axis in enumerate(places):
        if given[i] == -1 or (given[i] is None and not (last_is_half and axis == places[-1])):
            given[i] = shape(x)[axis]
    return given, places


def _over(
    transform: Callable[..., Any], x: Any, lengths: Sequence[int | None], places: Sequence[int], norm: str | None
) -> Any:
    """A transform along several axes, the last of them first."""
    for n, axis in zip(reversed(lengths), reversed(places), strict=True):
        x = transform(x, n, axis, norm)
    return x


@implements(np.fft.fftn)
def fftn(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str | None = None, out: None = None
) -> Any:
    """The `fft` over several axes, all by default."""
    refuse_out("fftn", out)
    x = as_array(a)
    return _over(fft, x, *_lengths_and_axes("fftn", x, s, axes), norm)


@implements(np.fft.ifftn)
def ifftn(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str | None = None, out: None = None
) -> Any:
    """The inverse of `fftn`."""
    refuse_out("ifftn", out)
    x = as_array(a)
    return _over(ifft, x, *_lengths_and_axes("ifftn", x, s, axes), norm)


@implements(np.fft.rfftn)
def rfftn(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str | None = None, out: None = None
) -> Any:
    """The `rfft` along the last of several axes, and then the `fft` along the others."""
    refuse_out("rfftn", out)
    x = as_array(a)
    lengths, places = _lengths_and_axes("rfftn", x, s, axes)
    return _over(fft, rfft(x, lengths[-1], places[-1], norm), lengths[:-1], places[:-1], norm)


@implements(np.fft.irfftn)
def irfftn(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str | None = None, out: None = None
) -> Any:
    """The inverse of `rfftn`."""
    refuse_out("irfftn", out)
    x = as_array(a)
    lengths, places = _lengths_and_axes("irfftn", x, s, axes, last_is_half=True)
    return irfft(_over(ifft, x, lengths[:-1], places[:-1], norm), lengths[-1], places[-1], norm)


@implements(np.fft.fft2)
def fft2(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] = (-2, -1), norm: str | None = None, out: None = None
) -> Any:
    """The `fft` over two axes, the last ones by default."""
    return fftn(a, s, axes, norm, out)


@implements(np.fft.ifft2)
def ifft2(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] = (-2, -1), norm: str | None = None, out: None = None
) -> Any:
    """The inverse of `fft2`."""
    return ifftn(a, s, axes, norm, out)


@implements(np.fft.rfft2)
def rfft2(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] = (-2, -1), norm: str | None = None, out: None = None
) -> Any:
    """The `rfftn` over two axes, the last ones by default."""
    return rfftn(a, s, axes, norm, out)


@implements(np.fft.irfft2)
def irfft2(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] = (-2, -1), norm: str | None = None, out: None = None
) -> Any:
    """The inverse of `rfft2`."""
    return irfftn(a, s, axes, norm, out)


def _shift(x: Any, axes: int | Sequence[int] | None, back: bool) -> Any:
    x = as_array(x)
    for axis in axis_tuple(axes, len(shape(x))):
        half = shape(x)[axis] // 2
        x = roll(x, -half if back else half, axis)
    return x


@implements(np.fft.fftshift)
def fftshift(x: Any, axes: int | Sequence[int] | None = None) -> Any:
    """The frequency 0 in the middle."""
    return _shift(x, axes, back=False)


@implements(np.fft.ifftshift)
def ifftshift(x: Any, axes: int | Sequence[int] | None = None) -> Any:
    """The inverse of `fftshift`."""
    return _shift(x, axes, back=True)
