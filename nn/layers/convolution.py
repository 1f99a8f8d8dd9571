"""`Conv1d` to `Conv3d`: one small affine map at every place; and `ConvTranspose1d` to `ConvTranspose3d`, the way back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from nn import init
from nn.arguments import check_count
from nn.functional.convolution import as_batch, convolve, convolve_transposed, padding_around
from nn.functional.padding import pad_last_axes
from nn.module import Module
from nn.parameter import Parameter
from nn.spatial import Sizes, per_axis

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import DTypeLike, Input

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class Kernels(Module):
    """What convolutions and the transposed ones share: a weight and a bias, and where the windows are.

    Subclasses say in `space` how many axes of space there are.

    Attributes
    ----------
    weight : Parameter, shape (out_channels, in_channels / groups, *kernel_size)
        At first uniform within ±1/√fan_in, as the bias. Of the transposed ones the channels are the other way round.
    bias : Parameter, shape (out_channels,), or None
    """

    space: int
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes, dilation: Sizes, groups: int
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.in_channels = check_count(name, "in_channels", in_channels)
        self.out_channels = check_count(name, "out_channels", out_channels)
        self.groups = check_count(name, "groups", groups)
        self.kernel_size = per_axis(name, "kernel_size", kernel_size, self.space, 1)
        self.stride = per_axis(name, "stride", stride, self.space, 1)
        self.dilation = per_axis(name, "dilation", dilation, self.space, 1)
        if in_channels % groups or out_channels % groups:
            raise ShapeError(f"{name}: {in_channels} and {out_channels} channels do not fall into {groups} groups")

    def _draw_weights(self, shape: Sequence[int], bias: bool, dtype: DTypeLike | None, rng: Any) -> None:
        rng = np.random.default_rng(rng)
        self.weight = Parameter(np.zeros((*shape, *self.kernel_size), dtype))
        init.fan_in_uniform_(self.weight, rng=rng)
        self.bias = Parameter(np.zeros(self.out_channels, dtype)) if bias else None
        if self.bias is not None:
            bound = init.fans(self.weight)[0] ** -0.5
            init.uniform_(self.bias, -bound, bound, rng=rng)

    def extra_repr(self) -> str:
        return f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"


class Convolution(Kernels):
    """Cross-correlation with a kernel, plus a bias: the base of `Conv1d`, `Conv2d` and `Conv3d`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, padding, dilation : int, or one for each axis of space
        `padding` may be "same", which keeps the size where the stride is 1, or "valid", none.
    groups : int
        Channels are cut into so many groups that do not see each other.
    bias : bool
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
        What the padding holds.
    dtype : dtype
        float32 by default, as in PyTorch.
    rng : numpy.random.Generator or int, optional
        The source of the first weights, or its seed.

    Raises
    ------
    ShapeError
        For sizes that are not whole numbers, channels that do not fall into `groups`, and when called, an input of other
        axes or channels, or one that is smaller than the kernel.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, dilation, groups)
        name = type(self).__name__
        self.padding = padding_around(name, padding, self.kernel_size, self.stride, self.dilation)
        if padding_mode not in PADDING_MODES:
            raise ValueError(f"{name}: padding_mode must be one of {', '.join(PADDING_MODES)}, not {padding_mode!r}")
        self.padding_mode = padding_mode
        self._draw_weights((out_channels, in_channels // groups), bias, dtype, rng)

    def forward(self, x: Input) -> Tensor:
        """(N, in_channels, *space) to (N, out_channels, *space).

        Parameters
        ----------
        x : array or Tensor, shape (N, in_channels, *space)
            Or without the axis of samples.

        Returns
        -------
        Tensor, shape (N, out_channels, *space)

        Raises
        ------
        ShapeError
            For an input of another shape, and where no window fits.

        Examples
        --------
        >>> import numpy as np, nn
        >>> nn.Conv1d(2, 3, 3, rng=0)(np.ones((1, 2, 8), np.float32)).shape
        (1, 3, 6)
        """
        around, framed = self.padding, x
        if self.padding_mode != "zeros" and any(map(any, around)):
            as_batch(self.path, x, self.space, self.in_channels)
            framed = pad_last_axes(self.path, x, tuple(chain(*reversed(around))), self.padding_mode, None)
            around = ((0, 0),) * self.space
        return convolve(self.path, framed, self.weight, self.bias, self.stride, around, self.dilation, self.groups)


class TransposedConvolution(Kernels):
    """What the derivative of a convolution does, plus a bias: the base of `ConvTranspose1d` to `ConvTranspose3d`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, padding, output_padding, dilation : int, or one for each axis of space
        `padding` is cut off the output at both ends; `output_padding` is added at the far end, one of the sizes that a
        stride makes alike.
    groups : int
        Channels are cut into so many groups that do not see each other.
    bias : bool
    padding_mode : {"zeros"}
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Raises
    ------
    ShapeError
        For sizes that are not whole numbers, channels that do not fall into `groups`, and when called, an input of other
        axes or channels, or one that leaves nothing.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, dilation, groups)
        name = type(self).__name__
        self.padding = per_axis(name, "padding", padding, self.space, 0)
        self.output_padding = per_axis(name, "output_padding", output_padding, self.space, 0)
        if padding_mode != "zeros":
            raise ValueError(f"{name}: what is cut off has no padding_mode but 'zeros', got {padding_mode!r}")
        self._draw_weights((in_channels, out_channels // groups), bias, dtype, rng)

    def forward(self, x: Input, output_size: Sequence[int] | None = None) -> Tensor:
        """(N, in_channels, *space) to (N, out_channels, *space).

        Parameters
        ----------
        x : array or Tensor, shape (N, in_channels, *space)
            Or without the axis of samples.
        output_size : sequence of int, optional
            The space of the output, instead of `output_padding`.

        Returns
        -------
        Tensor, shape (N, out_channels, *space)

        Raises
        ------
        ShapeError
            For an input of another shape, and a size that no output has.

        Examples
        --------
        >>> import numpy as np, nn
        >>> layer = nn.ConvTranspose1d(2, 3, 3, stride=2, rng=0)
        >>> x = np.ones((1, 2, 4), np.float32)
        >>> layer(x).shape, layer(x, output_size=[10]).shape
        ((1, 3, 9), (1, 3, 10))
        """
        added = self.output_padding if output_size is None else self._find_output_padding(x, tuple(output_size))
        return convolve_transposed(
            self.path, x, self.weight, self.bias, self.stride, self.padding, added, self.groups, self.dilation
        )

    def _find_output_padding(self, x: Input, size: tuple[int, ...]) -> tuple[int, ...]:
        batch, _ = as_batch(self.path, x, self.space, self.in_channels)
        wanted = size[-self.space :]
        least = tuple(
            (n - 1) * s - 2 * p + d * (k - 1) + 1
            for n, s, p, d, k in zip(
                batch.shape[2:], self.stride, self.padding, self.dilation, self.kernel_size, strict=True
            )
        )
        added = tuple(w - n for w, n in zip(wanted, least, strict=False))
        if len(added) != self.space or any(not 0 <= a < s for a, s in zip(added, self.stride, strict=False)):
            most = tuple(n + s - 1 for n, s in zip(least, self.stride, strict=True))
            raise ShapeError(f"{self.path}: output_size is from {least} to {most}, got {size}")
        return added


class Conv1d(Convolution):
    """A convolution of inputs of shape (N, C, L); its parameters are those of `Convolution`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, dilation : int or tuple of int
    padding : int, tuple of int, "same" or "valid"
    groups : int
        How many parts the channels fall into, each with kernels of its own.
    bias : bool
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
        What the padding holds.
    dtype : dtype
        float32 by default, as in PyTorch.
    rng : numpy.random.Generator or int, optional
        The source of the first weights, or its seed.

    Examples
    --------
    >>> import numpy as np
    >>> Conv1d(2, 3, kernel_size=3, padding=1, rng=0)(np.ones((5, 2, 8), np.float32)).shape
    (5, 3, 8)
    """

    space = 1


class Conv2d(Convolution):
    """A convolution of inputs of shape (N, C, H, W); its parameters are those of `Convolution`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, dilation : int or tuple of int
    padding : int, tuple of int, "same" or "valid"
    groups : int
        How many parts the channels fall into, each with kernels of its own.
    bias : bool
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
        What the padding holds.
    dtype : dtype
        float32 by default, as in PyTorch.
    rng : numpy.random.Generator or int, optional
        The source of the first weights, or its seed.

    Examples
    --------
    >>> import numpy as np
    >>> Conv2d(1, 6, kernel_size=5, stride=2, rng=0)(np.ones((2, 1, 28, 28), np.float32)).shape
    (2, 6, 12, 12)
    """

    space = 2


class Conv3d(Convolution):
    """A convolution of inputs of shape (N, C, D, H, W); its parameters are those of `Convolution`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, dilation : int or tuple of int
    padding : int, tuple of int, "same" or "valid"
    groups : int
        How many parts the channels fall into, each with kernels of its own.
    bias : bool
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
        What the padding holds.
    dtype : dtype
        float32 by default, as in PyTorch.
    rng : numpy.random.Generator or int, optional
        The source of the first weights, or its seed.

    Examples
    --------
    >>> import numpy as np
    >>> Conv3d(1, 2, kernel_size=2, rng=0)(np.ones((1, 1, 3, 4, 5), np.float32)).shape
    (1, 2, 2, 3, 4)
    """

    space = 3


class ConvTranspose1d(TransposedConvolution):
    """A transposed convolution of inputs of shape (N, C, L); its parameters are those of `TransposedConvolution`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, padding, output_padding, dilation : int or tuple of int
    groups : int
        How many parts the channels fall into, each with kernels of its own.
    bias : bool
    padding_mode : {"zeros"}
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Examples
    --------
    >>> import numpy as np
    >>> ConvTranspose1d(2, 3, kernel_size=2, stride=2, rng=0)(np.ones((5, 2, 4), np.float32)).shape
    (5, 3, 8)
    """

    space = 1


class ConvTranspose2d(TransposedConvolution):
    """A transposed convolution of inputs of shape (N, C, H, W); its parameters are those of `TransposedConvolution`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, padding, output_padding, dilation : int or tuple of int
    groups : int
        How many parts the channels fall into, each with kernels of its own.
    bias : bool
    padding_mode : {"zeros"}
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Examples
    --------
    >>> import numpy as np
    >>> ConvTranspose2d(2, 3, kernel_size=2, stride=2, rng=0)(np.ones((5, 2, 4, 3), np.float32)).shape
    (5, 3, 8, 6)
    """

    space = 2


class ConvTranspose3d(TransposedConvolution):
    """A transposed convolution of inputs of shape (N, C, D, H, W); its parameters are those of `TransposedConvolution`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, padding, output_padding, dilation : int or tuple of int
    groups : int
        How many parts the channels fall into, each with kernels of its own.
    bias : bool
    padding_mode : {"zeros"}
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Examples
    --------
    >>> import numpy as np
    >>> ConvTranspose3d(2, 1, kernel_size=2, rng=0)(np.ones((1, 2, 3, 4, 5), np.float32)).shape
    (1, 1, 4, 5, 6)
    """

    space = 3
