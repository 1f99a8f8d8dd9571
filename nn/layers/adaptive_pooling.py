"""`AdaptiveMaxPool` and `AdaptiveAvgPool`: a given number of windows, whatever the size of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.node import raw
from autograd.ops.elementwise import where
from autograd.ops.reduction import max as max_
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import narrow, wide
from nn.layers.spatial import check_shape, per_axis
from nn.module import Module

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input

OutputSizes = int | None | tuple[int | None, ...]


class AdaptivePooling(Module):
    """One number for every window of every channel, of as many windows as were asked for.

    Window i of m over an axis of length n goes from ⌊i·n/m⌋ up to ⌈(i + 1)·n/m⌉, as in PyTorch: where m does not divide n,
    windows overlap and differ in length. The base of `AdaptiveMaxPool` and `AdaptiveAvgPool`; their subclasses say in
    `space` how many axes of space there are.

    Parameters
    ----------
    output_size : int or None, or one for each axis of space
        The number of windows along an axis; None for as many as the input is long.

    Raises
    ------
    ShapeError
        For sizes that are not whole numbers from 1 on, and when called, an input of other axes, or one without places.
    """

    space: int

    def __init__(self, output_size: OutputSizes) -> None:
        super().__init__()
        name = type(self).__name__
        given = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * self.space
        if len(given) != self.space:
            raise ShapeError(f"{name}: output_size must be one number, or {self.space} of them, got {output_size!r}")
        self.output_size = tuple(n if n is None else per_axis(name, "output_size", n, 1, 1)[0] for n in given)

    def take_windows(self, x: Any) -> tuple[Any, np.ndarray]:
        """All windows, (N, C, *places, *longest), and which of their elements are within, (*places, *longest).

        Parameters
        ----------
        x : array or Tensor, shape (N, C, *space)

        Returns
        -------
        tuple of array or Tensor, and numpy.ndarray of bool

        Examples
        --------
        >>> import numpy as np, nn
        >>> windows, within = nn.AdaptiveAvgPool1d(2).take_windows(np.array([[[1.0, 3.0, 2.0]]]))
        >>> windows.tolist(), bool(within.all())
        ([[[[1.0, 3.0], [3.0, 2.0]]]], True)
        """
        have, n = check_shape(self.path, x, self.space), self.space
        if 0 in have[2:]:
            raise ShapeError(f"{self.path}: an input of shape {have} has no places")
        index: list[np.ndarray] = []
        within = np.array(True)
        for axis, (length, wanted) in enumerate(zip(have[2:], self.output_size, strict=True)):
            places, inside = _locate_windows(length, length if wanted is None else wanted)
            # The axis of places and that of elements, each among those of the other axes of space.
            along = tuple(size if a % n == axis else 1 for a, size in enumerate(np.repeat(places.shape, n)))
            index.append(places.reshape(along))
            within = within & inside.reshape(along)
        return x[(..., *index)], within

    @property
    def over(self) -> tuple[int, ...]:
        """The axes of the elements of a window."""
        return tuple(range(-self.space, 0))

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


def _locate_windows(length: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The places of each window along an axis, (count, longest), and which of them are within it."""
    number = np.arange(count)
    starts, ends = number * length // count, -(-(number + 1) * length // count)
    places = starts[:, None] + np.arange(np.max(ends - starts))
    inside = places < ends[:, None]
    return np.where(inside, places, starts[:, None]), inside


class AdaptiveMaxPool(AdaptivePooling):
    """The largest of each window; where several are, they share the gradient. For `output_size` see `AdaptivePooling`."""

    def forward(self, x: Input) -> Tensor:
        seen, within = self.take_windows(x)
        return max_(where(within, seen, -np.inf), axis=self.over)


class AdaptiveAvgPool(AdaptivePooling):
    """The mean of each window. For `output_size` see `AdaptivePooling`."""

    def forward(self, x: Input) -> Tensor:
        seen, within = self.take_windows(x)
        seen = wide(seen)
        count = within.sum(axis=self.over).astype(np.asarray(raw(seen)).dtype)
        return narrow(sum_(where(within, seen, 0.0), axis=self.over) / count, x)


class AdaptiveMaxPool1d(AdaptiveMaxPool):
    """The largest of each window of inputs of shape (N, C, L); see `AdaptiveMaxPool`.

    Parameters
    ----------
    output_size : int or tuple of int or None
        How many windows along each axis; None for as many as the input is long.

    Examples
    --------
    >>> import numpy as np
    >>> AdaptiveMaxPool1d(2)(np.array([[[1.0, 3.0, 2.0]]])).tolist()
    [[[3.0, 3.0]]]
    """

    space = 1


class AdaptiveMaxPool2d(AdaptiveMaxPool):
    """The largest of each window of inputs of shape (N, C, H, W); see `AdaptiveMaxPool`.

    Parameters
    ----------
    output_size : int or tuple of int or None
        How many windows along each axis; None for as many as the input is long.

    Examples
    --------
    >>> import numpy as np
    >>> AdaptiveMaxPool2d((1, None))(np.arange(6.0).reshape(1, 1, 2, 3)).tolist()
    [[[[3.0, 4.0, 5.0]]]]
    """

    space = 2


class AdaptiveAvgPool1d(AdaptiveAvgPool):
    """The mean of each window of inputs of shape (N, C, L); see `AdaptiveAvgPool`.

    Parameters
    ----------
    output_size : int or tuple of int or None
        How many windows along each axis; None for as many as the input is long.

    Examples
    --------
    >>> import numpy as np
    >>> AdaptiveAvgPool1d(2)(np.array([[[1.0, 3.0, 2.0]]])).tolist()
    [[[2.0, 2.5]]]
    """

    space = 1


class AdaptiveAvgPool2d(AdaptiveAvgPool):
    """The mean of each window of inputs of shape (N, C, H, W); see `AdaptiveAvgPool`.

    Parameters
    ----------
    output_size : int or tuple of int or None
        How many windows along each axis; None for as many as the input is long.

    Examples
    --------
    >>> import numpy as np
    >>> AdaptiveAvgPool2d(1)(np.arange(6.0).reshape(1, 1, 2, 3)).tolist()
    [[[[2.5]]]]
    """

    space = 2
