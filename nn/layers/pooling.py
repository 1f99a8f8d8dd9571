"""`MaxPool` and `AvgPool`: one number for every window."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.node import raw
from autograd.ops.pooling import max_pool, sum_pool
from autograd.ops.shape import narrow, shape, wide
from nn.arguments import check_floats
from nn.layers.spatial import Sizes, check_fits, check_shape, per_axis
from nn.module import Module

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input


class Pooling(Module):
    """One number for every window of every channel.

    The base of `MaxPool` and `AvgPool`; their subclasses say in `space` how many axes of space there are.

    Parameters
    ----------
    kernel_size : int, or one for each axis of space
    stride : likewise, optional
        The kernel's size by default.
    padding : likewise
        At most half of the kernel.
    ceil_mode : bool
        Whether a last window that the stride leaves over counts too, although it reaches beyond the padding. It must start
        inside the input or of the padding before it, as in PyTorch.

    Raises
    ------
    ShapeError
        For sizes that are not whole numbers, too much padding, and when called, an input of other axes, or one that is
        smaller than the kernel.
    """

    space: int

    def __init__(
        self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, *, ceil_mode: bool = False
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.kernel_size = per_axis(name, "kernel_size", kernel_size, self.space, 1)
        self.stride = per_axis(name, "stride", self.kernel_size if stride is None else stride, self.space, 1)
        around = per_axis(name, "padding", padding, self.space, 0)
        if any(2 * p > k for p, k in zip(around, self.kernel_size, strict=True)):
            raise ShapeError(f"{name}: padding is at most half of the kernel {self.kernel_size}, got {around}")
        self.padding = tuple((p, p) for p in around)
        self.ceil_mode = ceil_mode

    def locate_windows(self, x: Any) -> dict[str, Any]:
        """Where the windows of an input lie.

        Parameters
        ----------
        x : array or Tensor, shape (N, C, *space)

        Returns
        -------
        dict
            Kernel, stride and padding for each axis of space.

        Raises
        ------
        ShapeError
            Where no window fits.

        Examples
        --------
        >>> import numpy as np, nn
        >>> nn.MaxPool1d(2).locate_windows(np.ones((1, 1, 4)))['stride']
        (2,)
        """
        have = check_shape(self.path, x, self.space)
        around = tuple((p, p + q) for (p, _), (_, q) in zip(self.padding, self._reach_beyond(have[2:]), strict=True))
        check_fits(self.path, have, around, self.kernel_size, (1,) * self.space)
        return {"kernel": self.kernel_size, "stride": self.stride, "padding": around}

    def _reach_beyond(self, space: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """How far the last window reaches beyond the padding."""
        if not self.ceil_mode:
            return ((0, 0),) * self.space
        found = []
        for n, k, s, (before, after) in zip(space, self.kernel_size, self.stride, self.padding, strict=True):
            last = s * -(-(before + n + after - k) // s)
            if last >= before + n:
                last -= s
            found.append((0, max(last + k - (before + n + after), 0)))
        return tuple(found)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}"


class MaxPool(Pooling):
    """The largest of each window; where several are, they share the gradient. Its parameters are those of `Pooling`."""

    def forward(self, x: Input) -> Tensor:
        if self.ceil_mode or any(map(any, self.padding)):
            # No integer is −∞.
            check_floats(self.path, "a padded input", x)
        return max_pool(x, **self.locate_windows(x))


class AvgPool(Pooling):
    """The mean of each window, of which what lies beyond the padding is not a part.

    Parameters
    ----------
    kernel_size, stride, padding, ceil_mode
        As for `Pooling`.
    count_include_pad : bool
        Whether the zeros of the padding count.
    """

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(kernel_size, stride, padding, ceil_mode=ceil_mode)
        self.count_include_pad = count_include_pad

    def forward(self, x: Input) -> Tensor:
        how = self.locate_windows(x)
        return narrow(sum_pool(wide(x), **how) / self._counts(x, how), x)

    def _counts(self, x: Any, how: dict[str, Any]) -> Any:
        """How many elements each window has."""
        if self.count_include_pad and not self.ceil_mode:
            return float(math.prod(self.kernel_size))
        ones = np.ones((1, 1, *shape(x)[2:]), np.asarray(raw(wide(x))).dtype)
        if self.count_include_pad:
            ones = np.pad(ones, ((0, 0), (0, 0), *self.padding), constant_values=1)
            how = {**how, "padding": self._reach_beyond(shape(x)[2:])}
        return sum_pool(ones, **how)


class MaxPool1d(MaxPool):
    """The largest of each window of inputs of shape (N, C, L); see `MaxPool`.

    Parameters
    ----------
    kernel_size : int or tuple of int
    stride : int or tuple of int, optional
        The size of the window by default.
    padding : int or tuple of int
        At most half of the window.
    ceil_mode : bool
        Count windows that go over the end.

    Examples
    --------
    >>> import numpy as np
    >>> MaxPool1d(2, stride=1)(np.array([[[1.0, 3.0, 2.0]]])).tolist()
    [[[3.0, 3.0]]]
    """

    space = 1


class MaxPool2d(MaxPool):
    """The largest of each window of inputs of shape (N, C, H, W); see `MaxPool`.

    Parameters
    ----------
    kernel_size : int or tuple of int
    stride : int or tuple of int, optional
        The size of the window by default.
    padding : int or tuple of int
        At most half of the window.
    ceil_mode : bool
        Count windows that go over the end.

    Examples
    --------
    >>> import numpy as np
    >>> MaxPool2d(2)(np.arange(16.0).reshape(1, 1, 4, 4)).tolist()
    [[[[5.0, 7.0], [13.0, 15.0]]]]
    """

    space = 2


class AvgPool1d(AvgPool):
    """The mean of each window of inputs of shape (N, C, L); see `AvgPool`.

    Parameters
    ----------
    kernel_size : int or tuple of int
    stride : int or tuple of int, optional
        The size of the window by default.
    padding : int or tuple of int
        At most half of the window.
    ceil_mode : bool
        Count windows that go over the end.
    count_include_pad : bool
        Let the margin count in the mean.

    Examples
    --------
    >>> import numpy as np
    >>> AvgPool1d(2, stride=1)(np.array([[[1.0, 3.0, 2.0]]])).tolist()
    [[[2.0, 2.5]]]
    """

    space = 1


class AvgPool2d(AvgPool):
    """The mean of each window of inputs of shape (N, C, H, W); see `AvgPool`.

    Parameters
    ----------
    kernel_size : int or tuple of int
    stride : int or tuple of int, optional
        The size of the window by default.
    padding : int or tuple of int
        At most half of the window.
    ceil_mode : bool
        Count windows that go over the end.
    count_include_pad : bool
        Let the margin count in the mean.

    Examples
    --------
    >>> import numpy as np
    >>> AvgPool2d(2)(np.arange(16.0).reshape(1, 1, 4, 4)).tolist()
    [[[[2.5, 4.5], [10.5, 12.5]]]]
    """

    space = 2
