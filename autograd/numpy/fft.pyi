"""Written by `python -m tests.typing.faces` from the table of operations, with the names of NumPy 2.4; see there before you edit."""

from collections.abc import Sequence
from typing import overload

from numpy.fft import fftfreq as fftfreq
from numpy.fft import rfftfreq as rfftfreq

from autograd.engine.tensor import Tensor
from autograd.typing import Array, ArrayLike

__all__ = [
    "fft",
    "fft2",
    "fftfreq",
    "fftn",
    "fftshift",
    "hfft",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "irfft",
    "irfft2",
    "irfftn",
    "rfft",
    "rfft2",
    "rfftfreq",
    "rfftn",
]

@overload
def fft(a: Tensor, /, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Tensor:
    """The discrete Fourier transform along an axis, cut to `n` points or filled with zeros."""

@overload
def fft(a: ArrayLike, /, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Array: ...
@overload
def fft2(
    a: Tensor,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] = (-2, -1),
    norm: str | None = None,
    out: None = None,
) -> Tensor:
    """The `fft` over two axes, the last ones by default."""

@overload
def fft2(
    a: ArrayLike,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] = (-2, -1),
    norm: str | None = None,
    out: None = None,
) -> Array: ...
@overload
def fftn(
    a: Tensor,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: str | None = None,
    out: None = None,
) -> Tensor:
    """The `fft` over several axes, all by default."""

@overload
def fftn(
    a: ArrayLike,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: str | None = None,
    out: None = None,
) -> Array: ...
@overload
def fftshift(x: Tensor, /, axes: int | Sequence[int] | None = None) -> Tensor:
    """The frequency 0 in the middle."""

@overload
def fftshift(x: ArrayLike, /, axes: int | Sequence[int] | None = None) -> Array: ...
@overload
def hfft(a: Tensor, /, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Tensor:
    """The `fft`, which is real, of a signal that is its own mirror image, conjugated, and of which half is given."""

@overload
def hfft(a: ArrayLike, /, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Array: ...
@overload
def ifft(a: Tensor, /, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Tensor:
    """The inverse of `fft`."""

@overload
def ifft(a: ArrayLike, /, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Array: ...
@overload
def ifft2(
    a: Tensor,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] = (-2, -1),
    norm: str | None = None,
    out: None = None,
) -> Tensor:
    """The inverse of `fft2`."""

@overload
def ifft2(
    a: ArrayLike,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] = (-2, -1),
    norm: str | None = None,
    out: None = None,
) -> Array: ...
@overload
def ifftn(
    a: Tensor,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: str | None = None,
    out: None = None,
) -> Tensor:
    """The inverse of `fftn`."""

@overload
def ifftn(
    a: ArrayLike,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: str | None = None,
    out: None = None,
) -> Array: ...
@overload
def ifftshift(x: Tensor, /, axes: int | Sequence[int] | None = None) -> Tensor:
    """The inverse of `fftshift`."""

@overload
def ifftshift(x: ArrayLike, /, axes: int | Sequence[int] | None = None) -> Array: ...
@overload
def ihfft(a: Tensor, /, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Tensor:
    """The inverse of `hfft`."""

@overload
def ihfft(
    a: ArrayLike, /, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None
) -> Array: ...
@overload
def irfft(a: Tensor, /, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Tensor:
    """The inverse of `rfft`: real numbers, by default an even number of them."""

@overload
def irfft(
    a: ArrayLike, /, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None
) -> Array: ...
@overload
def irfft2(
    a: Tensor,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] = (-2, -1),
    norm: str | None = None,
    out: None = None,
) -> Tensor:
    """The inverse of `rfft2`."""

@overload
def irfft2(
    a: ArrayLike,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] = (-2, -1),
    norm: str | None = None,
    out: None = None,
) -> Array: ...
@overload
def irfftn(
    a: Tensor,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: str | None = None,
    out: None = None,
) -> Tensor:
    """The inverse of `rfftn`."""

@overload
def irfftn(
    a: ArrayLike,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: str | None = None,
    out: None = None,
) -> Array: ...
@overload
def rfft(a: Tensor, /, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Tensor:
    """The first half of the `fft` of real numbers; the other half is its mirror image."""

@overload
def rfft(a: ArrayLike, /, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Array: ...
@overload
def rfft2(
    a: Tensor,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] = (-2, -1),
    norm: str | None = None,
    out: None = None,
) -> Tensor:
    """The `rfftn` over two axes, the last ones by default."""

@overload
def rfft2(
    a: ArrayLike,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] = (-2, -1),
    norm: str | None = None,
    out: None = None,
) -> Array: ...
@overload
def rfftn(
    a: Tensor,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: str | None = None,
    out: None = None,
) -> Tensor:
    """The `rfft` along the last of several axes, and then the `fft` along the others."""

@overload
def rfftn(
    a: ArrayLike,
    /,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: str | None = None,
    out: None = None,
) -> Array: ...
