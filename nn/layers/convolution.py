"""`Conv1d` and `Conv2d`: one small affine map at every place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.errors import ShapeError
from autograd.ops.convolution import convolution
from autograd.ops.shape import reshape
from nn import init
from nn.arguments import check_count
from nn.module import Module
from nn.parameter import Parameter
from nn.spatial import Sizes, check_fits, check_shape, per_axis

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import DTypeLike, Input


class Convolution(Module):
    """Cross-correlation with a kernel, plus a bias.

    The base of `Conv1d` and `Conv2d`, which say in `space` how many axes of space there are.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, padding, dilation : int, or one for each axis of space
        `padding` may be "same", which keeps the size where the stride is 1, or "valid", none.
    groups : int
        Channels are cut into so many groups that do not see each other.
    bias : bool
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Attributes
    ----------
    weight : Parameter, shape (out_channels, in_channels / groups, *kernel_size)
        At first uniform within ±1/√fan_in, as the bias.
    bias : Parameter, shape (out_channels,), or None

    Raises
    ------
    ShapeError
        For sizes that are not whole numbers, channels that do not fall into `groups`, and when called, an input of other
        axes or channels, or one that is smaller than the kernel.
    """

    space: int
    weight: Parameter
    bias: Parameter | None

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
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | int | None = None,
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
        self.padding = self._padding_around(padding)
        rng = np.random.default_rng(rng)
        self.weight = Parameter(np.zeros((out_channels, in_channels // groups, *self.kernel_size), dtype))
        init.fan_in_uniform_(self.weight, rng=rng)
        self.bias = Parameter(np.zeros(out_channels, dtype)) if bias else None
        if self.bias is not None:
            bound = init.fans(self.weight)[0] ** -0.5
            init.uniform_(self.bias, -bound, bound, rng=rng)

    def _padding_around(self, padding: Sizes | str) -> tuple[tuple[int, int], ...]:
        """The padding before and after each axis of space."""
        name = type(self).__name__
        if padding == "same":
            if set(self.stride) != {1}:
                raise ValueError(f"{name}: padding='same' keeps the size with a stride of 1, not {self.stride}")
            reach = [(k - 1) * d for k, d in zip(self.kernel_size, self.dilation, strict=True)]
            return tuple((r // 2, r - r // 2) for r in reach)
        if padding == "valid":
            return ((0, 0),) * self.space
        if isinstance(padding, str):
            raise ValueError(f"{name}: padding must be 'same', 'valid' or whole numbers, got {padding!r}")
        return tuple((p, p) for p in per_axis(name, "padding", padding, self.space, 0))

    def forward(self, x: Input) -> Tensor:
        """(N, in_channels, *space) to (N, out_channels, *space).

        Parameters
        ----------
        x : array or Tensor, shape (N, in_channels, *space)

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
        have = check_shape(self.path, x, self.space, self.in_channels)
        check_fits(self.path, have, self.padding, self.kernel_size, self.dilation)
        out = convolution(
            x, self.weight, stride=self.stride, padding=self.padding, dilation=self.dilation, groups=self.groups
        )
        return out if self.bias is None else out + reshape(self.bias, (self.out_channels, *(1,) * self.space))

    def extra_repr(self) -> str:
        return f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"


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
