"""`MaxPool`, `AvgPool` and `LPPool`: one number for every window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn.arguments import check_positive
from nn.functional.pooling import check_padding, pool_greatest, pool_mean, pool_norm
from nn.module import Module
from nn.spatial import Sizes, per_axis

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
        self.padding = check_padding(name, padding, self.kernel_size)
        self.ceil_mode = ceil_mode

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}"


class MaxPool(Pooling):
    """The largest of each window; where several are, they share the gradient.

    Parameters
    ----------
    kernel_size, stride, padding, ceil_mode
        As for `Pooling`.
    dilation : int or tuple of int
        How far apart the elements of a window are.
    return_indices : bool
        Give the pair of the greatest and their places in the flat space, of which the first has the gradient.
    """

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__(kernel_size, stride, padding, ceil_mode=ceil_mode)
        self.dilation = per_axis(type(self).__name__, "dilation", dilation, self.space, 1)
        self.return_indices = return_indices

    def forward(self, x: Input) -> Tensor:
        return pool_greatest(
            self.path, x, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.dilation, self.return_indices
        )  # fmt: skip


class AvgPool(Pooling):
    """The mean of each window, of which what lies beyond the padding is not a part.

    Parameters
    ----------
    kernel_size, stride, padding, ceil_mode
        As for `Pooling`.
    count_include_pad : bool
        Whether the zeros of the padding count.
    divisor_override : int, optional
        What the sum of a window is divided by, instead of how many elements it has.
    """

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__(kernel_size, stride, padding, ceil_mode=ceil_mode)
        self.count_include_pad, self.divisor_override = count_include_pad, divisor_override

    def forward(self, x: Input) -> Tensor:
        return pool_mean(
            self.path, x, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad, self.divisor_override
        )  # fmt: skip


class MaxPool1d(MaxPool):
    """The largest of each window of inputs of shape (N, C, L); see `MaxPool`.

    Parameters
    ----------
    kernel_size : int or tuple of int
    stride : int or tuple of int, optional
        The size of the window by default.
    padding : int or tuple of int
        At most half of the window.
    dilation : int or tuple of int
        How far apart the elements of a window are.
    return_indices : bool
        Give the pair of the greatest and their places in the flat space, of which the first has the gradient.
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
    dilation : int or tuple of int
        How far apart the elements of a window are.
    return_indices : bool
        Give the pair of the greatest and their places in the flat space, of which the first has the gradient.
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
    divisor_override : int, optional
        What the sum of a window is divided by.

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
    divisor_override : int, optional
        What the sum of a window is divided by.

    Examples
    --------
    >>> import numpy as np
    >>> AvgPool2d(2)(np.arange(16.0).reshape(1, 1, 4, 4)).tolist()
    [[[[2.5, 4.5], [10.5, 12.5]]]]
    """

    space = 2


class MaxPool3d(MaxPool):
    """The largest of each window of inputs of shape (N, C, D, H, W); see `MaxPool`.

    Parameters
    ----------
    kernel_size : int or tuple of int
    stride : int or tuple of int, optional
        The size of the window by default.
    padding : int or tuple of int
        At most half of the window.
    dilation : int or tuple of int
        How far apart the elements of a window are.
    return_indices : bool
        Give the pair of the greatest and their places in the flat space, of which the first has the gradient.
    ceil_mode : bool
        Count windows that go over the end.

    Examples
    --------
    >>> import numpy as np
    >>> MaxPool3d(2)(np.arange(8.0).reshape(1, 1, 2, 2, 2)).tolist()
    [[[[[7.0]]]]]
    """

    space = 3


class AvgPool3d(AvgPool):
    """The mean of each window of inputs of shape (N, C, D, H, W); see `AvgPool`.

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
    divisor_override : int, optional
        What the sum of a window is divided by.

    Examples
    --------
    >>> import numpy as np
    >>> AvgPool3d(2)(np.arange(8.0).reshape(1, 1, 2, 2, 2)).tolist()
    [[[[[3.5]]]]]
    """

    space = 3


class LPPool(Module):
    """The p-th root of the sum of p-th powers of each window; the base of `LPPool1d` to `LPPool3d`.

    Parameters
    ----------
    norm_type : float
        p.
    kernel_size : int, or one for each axis of space
    stride : likewise, optional
        The kernel's size by default.
    ceil_mode : bool
        Whether a last window that the stride leaves over counts too.
    """

    space: int

    def __init__(
        self, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.norm_type = check_positive(name, "norm_type", norm_type)
        self.kernel_size = per_axis(name, "kernel_size", kernel_size, self.space, 1)
        self.stride = per_axis(name, "stride", self.kernel_size if stride is None else stride, self.space, 1)
        self.ceil_mode = ceil_mode

    def forward(self, x: Input) -> Tensor:
        return pool_norm(self.path, x, self.norm_type, self.kernel_size, self.stride, self.ceil_mode)

    def extra_repr(self) -> str:
        return f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}"


class LPPool1d(LPPool):
    """The p-norm of each window of inputs of shape (N, C, L); see `LPPool`.

    Parameters
    ----------
    norm_type : float
        p.
    kernel_size : int or tuple of int
    stride : int or tuple of int, optional
        The size of the window by default.
    ceil_mode : bool
        Count windows that go over the end.

    Examples
    --------
    >>> import numpy as np
    >>> LPPool1d(2.0, 2)(np.array([[[3.0, 4.0]]])).tolist()
    [[[5.0]]]
    """

    space = 1


class LPPool2d(LPPool):
    """The p-norm of each window of inputs of shape (N, C, H, W); see `LPPool`.

    Parameters
    ----------
    norm_type : float
        p.
    kernel_size : int or tuple of int
    stride : int or tuple of int, optional
        The size of the window by default.
    ceil_mode : bool
        Count windows that go over the end.

    Examples
    --------
    >>> import numpy as np
    >>> LPPool2d(2.0, (1, 2))(np.array([[[[3.0, 4.0]]]])).tolist()
    [[[[5.0]]]]
    """

    space = 2


class LPPool3d(LPPool):
    """The p-norm of each window of inputs of shape (N, C, D, H, W); see `LPPool`.

    Parameters
    ----------
    norm_type : float
        p.
    kernel_size : int or tuple of int
    stride : int or tuple of int, optional
        The size of the window by default.
    ceil_mode : bool
        Count windows that go over the end.

    Examples
    --------
    >>> import numpy as np
    >>> LPPool3d(2.0, (1, 1, 2))(np.array([[[[[3.0, 4.0]]]]])).tolist()
    [[[[[5.0]]]]]
    """

    space = 3
