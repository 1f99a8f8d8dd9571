"""What convolution and pooling share: sizes for each axis of space, padding, and where the channels stand."""

from __future__ import annotations

from typing import Any

from autograd.errors import ShapeError
from autograd.ops.joining import pad
from autograd.ops.shape import shape, transpose

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
    found = (given,) * count if isinstance(given, int) else tuple(given)
    if len(found) != count or any(not isinstance(n, int) or n < least for n in found):
        raise ShapeError(f"{name}: {what} must be a whole number from {least} on, or {count} of them, got {given!r}")
    return found


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
