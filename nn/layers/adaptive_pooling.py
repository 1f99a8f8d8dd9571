"""`AdaptiveMaxPool` and `AdaptiveAvgPool`: a given number of windows, whatever the size of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn.functional.pooling import OutputSizes, output_sizes, pool_greatest_adaptively, pool_mean_adaptively
from nn.module import Module

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input


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
        self.output_size = output_sizes(type(self).__name__, output_size, self.space)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveMaxPool(AdaptivePooling):
    """The largest of each window; where several are, they share the gradient. For `output_size` see `AdaptivePooling`.

    With `return_indices` the pair of the largest and their places in the flat space, of which the first has the gradient.
    """

    def __init__(self, output_size: OutputSizes, return_indices: bool = False) -> None:
        super().__init__(output_size)
        self.return_indices = return_indices

    def forward(self, x: Input) -> Tensor:
        return pool_greatest_adaptively(self.path, x, self.output_size, self.return_indices)


class AdaptiveAvgPool(AdaptivePooling):
    """The mean of each window. For `output_size` see `AdaptivePooling`."""

    def forward(self, x: Input) -> Tensor:
        return pool_mean_adaptively(self.path, x, self.output_size)


class AdaptiveMaxPool1d(AdaptiveMaxPool):
    """The largest of each window of inputs of shape (N, C, L); see `AdaptiveMaxPool`.

    Parameters
    ----------
    output_size : int or tuple of int or None
        How many windows along each axis; None for as many as the input is long.
    return_indices : bool
        Give the pair of the largest and their places in the flat space.

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
    return_indices : bool
        Give the pair of the largest and their places in the flat space.

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


class AdaptiveMaxPool3d(AdaptiveMaxPool):
    """The largest of each window of inputs of shape (N, C, D, H, W); see `AdaptiveMaxPool`.

    Parameters
    ----------
    output_size : int or tuple of int or None
        How many windows along each axis; None for as many as the input is long.
    return_indices : bool
        Give the pair of the largest and their places in the flat space.

    Examples
    --------
    >>> import numpy as np
    >>> AdaptiveMaxPool3d(1)(np.arange(8.0).reshape(1, 1, 2, 2, 2)).tolist()
    [[[[[7.0]]]]]
    """

    space = 3


class AdaptiveAvgPool3d(AdaptiveAvgPool):
    """The mean of each window of inputs of shape (N, C, D, H, W); see `AdaptiveAvgPool`.

    Parameters
    ----------
    output_size : int or tuple of int or None
        How many windows along each axis; None for as many as the input is long.

    Examples
    --------
    >>> import numpy as np
    >>> AdaptiveAvgPool3d(1)(np.arange(8.0).reshape(1, 1, 2, 2, 2)).tolist()
    [[[[[3.5]]]]]
    """

    space = 3
