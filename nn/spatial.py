"""What convolution and pooling share: sizes for each axis of space, and what fits."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

from autograd.errors import ShapeError
from autograd.ops.shape import shape
from nn.arguments import describe_shape

if TYPE_CHECKING:
    from autograd.typing import Input

Sizes = int | tuple[int, ...]


def per_axis(name: str, what: str, given: Any, count: int, least: int) -> tuple[int, ...]:
    """One whole number for each axis of space.

    Parameters
    ----------
    name, what : str
        The layer and its argument, for the message.
    given : int, or sequence of int
    count : int
        How many axes of space there are.
    least : int

    Raises
    ------
    ShapeError
        For another count, or what is not a whole number from `least` on.

    Examples
    --------
    >>> per_axis("Conv2d", "kernel_size", 3, count=2, least=1)
    (3, 3)
    """
    found = tuple(given) if isinstance(given, (tuple, list)) else (given,) * count
    if len(found) != count or any(isinstance(n, bool) or not isinstance(n, Integral) or n < least for n in found):
        raise ShapeError(f"{name}: {what} must be a whole number from {least} on, or {count} of them, got {given!r}")
    return tuple(map(int, found))


def check_shape(path: str, x: Input, space: int, channels: int | None = None) -> tuple[int, ...]:
    """The shape of an input.

    Raises
    ------
    ShapeError
        Where that is not (N, C, *space), or C is not the number of channels, if one is given.

    Examples
    --------
    >>> import numpy as np
    >>> check_shape("Conv1d", np.ones((5, 2, 8)), space=1, channels=2)
    (5, 2, 8)
    """
    have = shape(x)
    if len(have) != 2 + space or channels not in (None, have[1]):
        wanted = f"(N, {'C' if channels is None else channels}{', …' * space})"
        raise ShapeError(f"{path}: expected an input of shape {wanted}, got {describe_shape(x)}")
    return have


def check_fits(
    path: str,
    have: tuple[int, ...],
    padding: tuple[tuple[int, int], ...],
    kernel: tuple[int, ...],
    dilation: tuple[int, ...],
) -> None:
    """Refuse an input that is smaller than the kernel.

    Parameters
    ----------
    path : str
        Of the layer, for the message.
    have : tuple of int
        The shape of the input.
    padding : tuple of (int, int)
    kernel, dilation : tuple of int

    Raises
    ------
    ShapeError
        Where the kernel reaches beyond an axis.

    Examples
    --------
    >>> check_fits("Conv1d", (5, 2, 8), padding=((0, 1),), kernel=(3,), dilation=(4,))
    """
    reach = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
    if any(sum(around) + n < r for n, around, r in zip(have[2:], padding, reach, strict=True)):
        raise ShapeError(f"{path}: an input of shape {have} is smaller than the kernel, which reaches over {reach}")
