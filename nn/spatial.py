"""What convolution and pooling share: sizes for each axis of space, padding, and where the channels stand."""

from __future__ import annotations

from numbers import Integral
from typing import Any

from autograd.errors import ShapeError
from autograd.ops.joining import pad
from autograd.ops.shape import shape, transpose
from nn.arguments import described

Sizes = int | tuple[int, ...]


def sizes(name: str, what: str, given: Any, count: int, least: int) -> tuple[int, ...]:
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
        For another count, or what is no whole number from `least` on.

    Examples
    --------
    >>> sizes("Conv2d", "kernel_size", 3, count=2, least=1)
    (3, 3)
    """
    found = tuple(given) if isinstance(given, (tuple, list)) else (given,) * count
    if len(found) != count or any(isinstance(n, bool) or not isinstance(n, Integral) or n < least for n in found):
        raise ShapeError(f"{name}: {what} must be a whole number from {least} on, or {count} of them, got {given!r}")
    return tuple(map(int, found))


def checked(path: str, x: Any, space: int, channels: int | None = None) -> tuple[int, ...]:
    """The shape of an input.

    Raises
    ------
    ShapeError
        Where that is not (N, C, *space), or C is not the number of channels, if one is given.

    Examples
    --------
    >>> import numpy as np
    >>> checked("Conv1d", np.ones((5, 2, 8)), space=1, channels=2)
    (5, 2, 8)
    """
    have = shape(x)
    if len(have) != 2 + space or channels not in (None, have[1]):
        wanted = f"(N, {'C' if channels is None else channels}{', …' * space})"
        raise ShapeError(f"{path}: expected an input of shape {wanted}, got {described(x)}")
    return have


def padded(x: Any, padding: tuple[tuple[int, int], ...], value: float = 0.0) -> Any:
    """`x` of shape (N, C, *space) with a frame around its axes of space.

    Examples
    --------
    >>> import numpy as np
    >>> padded(np.ones((1, 1, 2)), ((1, 0),)).tolist()
    [[[0.0, 1.0, 1.0]]]
    """
    if not any(map(any, padding)):
        return x
    return pad(x, ((0, 0), (0, 0), *padding), constant_values=value)


def fits(
    path: str, have: tuple[int, ...], within: tuple[int, ...], kernel: tuple[int, ...], dilation: tuple[int, ...]
) -> None:
    """Refuse an input that is smaller than the kernel.

    Parameters
    ----------
    path : str
        Of the layer, for the message.
    have, within : tuple of int
        The shape of the input, and with its padding.
    kernel, dilation : tuple of int

    Raises
    ------
    ShapeError
        Where the kernel reaches beyond an axis.
    """
    reach = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
    if any(n < r for n, r in zip(within[2:], reach, strict=True)):
        raise ShapeError(f"{path}: an input of shape {have} is smaller than the kernel, which reaches over {reach}")


def channels_first(x: Any) -> Any:
    """(N, *space, C) to (N, C, *space).

    Examples
    --------
    >>> import numpy as np
    >>> channels_first(np.ones((5, 8, 9, 3))).shape
    (5, 3, 8, 9)
    """
    axes = len(shape(x))
    return transpose(x, (0, axes - 1, *range(1, axes - 1)))
