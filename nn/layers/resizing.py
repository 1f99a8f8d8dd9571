"""`Upsample`, `PixelShuffle` and their kin: images made larger and smaller, channels laid out in space, windows as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn import functional
from nn.arguments import check_count
from nn.functional.resizing import resize
from nn.module import Module

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input
    from nn.spatial import Sizes


class Upsample(Module):
    """Another size, by the nearest elements or by lines, planes or cubic curves; see `nn.functional.interpolate`.

    Parameters
    ----------
    size : int, or one for each axis of space, optional
        Of the output; either this or `scale_factor`.
    scale_factor : float, or one for each axis of space, optional
    mode : {"nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear"}
    align_corners : bool, optional
        Whether the middles of the corner elements stay where they are.
    recompute_scale_factor : bool, optional
        Whether the factor is taken from the sizes, which are rounded.

    Examples
    --------
    >>> import numpy as np
    >>> Upsample(scale_factor=2)(np.array([[[1.0, 3.0]]])).tolist()
    [[[1.0, 1.0, 3.0, 3.0]]]
    """

    def __init__(
        self,
        size: Any = None,
        scale_factor: Any = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        self.size, self.scale_factor, self.mode, self.align_corners = size, scale_factor, mode, align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, x: Input) -> Tensor:
        return resize(
            self.path,
            x,
            self.size,
            self.scale_factor,
            self.mode,
            self.align_corners,
            self.recompute_scale_factor,
            False,
        )

    def extra_repr(self) -> str:
        told = f"size={self.size}" if self.scale_factor is None else f"scale_factor={self.scale_factor}"
        return f"{told}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """`Upsample` of images by the nearest pixels.

    Parameters
    ----------
    size : int or pair of int, optional
    scale_factor : float or pair of float, optional

    Examples
    --------
    >>> import numpy as np
    >>> UpsamplingNearest2d(scale_factor=2)(np.ones((1, 1, 2, 3))).shape
    (1, 1, 4, 6)
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "nearest")


class UpsamplingBilinear2d(Upsample):
    """`Upsample` of images by planes, with the corners where they are.

    Parameters
    ----------
    size : int or pair of int, optional
    scale_factor : float or pair of float, optional

    Examples
    --------
    >>> import numpy as np
    >>> UpsamplingBilinear2d(size=(1, 3))(np.array([[[[1.0, 3.0]]]])).tolist()
    [[[[1.0, 2.0, 3.0]]]]
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "bilinear", True)


class PixelShuffle(Module):
    """(N, C·r², H, W) as (N, C, H·r, W·r): channels laid out as squares of pixels (Shi et al. 2016).

    Parameters
    ----------
    upscale_factor : int
        r.

    Examples
    --------
    >>> import numpy as np
    >>> PixelShuffle(2)(np.arange(4.0).reshape(1, 4, 1, 1)).tolist()
    [[[[0.0, 1.0], [2.0, 3.0]]]]
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = check_count("PixelShuffle", "upscale_factor", upscale_factor)

    def forward(self, x: Input) -> Tensor:
        return functional.pixel_shuffle(x, self.upscale_factor)

    def extra_repr(self) -> str:
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """(N, C, H·r, W·r) as (N, C·r², H, W): the other way of `PixelShuffle`.

    Parameters
    ----------
    downscale_factor : int
        r.

    Examples
    --------
    >>> import numpy as np
    >>> PixelUnshuffle(2)(np.arange(4.0).reshape(1, 1, 2, 2)).shape
    (1, 4, 1, 1)
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = check_count("PixelUnshuffle", "downscale_factor", downscale_factor)

    def forward(self, x: Input) -> Tensor:
        return functional.pixel_unshuffle(x, self.downscale_factor)

    def extra_repr(self) -> str:
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """The channels of so many groups, taken in turn (Zhang et al. 2018).

    Parameters
    ----------
    groups : int

    Examples
    --------
    >>> import numpy as np
    >>> ChannelShuffle(2)(np.arange(4.0).reshape(1, 4, 1)).ravel().tolist()
    [0.0, 2.0, 1.0, 3.0]
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = check_count("ChannelShuffle", "groups", groups)

    def forward(self, x: Input) -> Tensor:
        return functional.channel_shuffle(x, self.groups)

    def extra_repr(self) -> str:
        return f"groups={self.groups}"


class Unfold(Module):
    """All windows of images, each as a column; see `nn.functional.unfold`.

    Parameters
    ----------
    kernel_size, dilation, padding, stride : int or pair of int

    Examples
    --------
    >>> import numpy as np
    >>> Unfold(2)(np.ones((1, 3, 4, 4))).shape
    (1, 12, 9)
    """

    def __init__(self, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1) -> None:
        super().__init__()
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, x: Input) -> Tensor:
        return functional.unfold(x, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}"


class Fold(Module):
    """Columns laid back where `Unfold` took them, and added where windows overlap; see `nn.functional.fold`.

    Parameters
    ----------
    output_size : int or pair of int
        Of the images.
    kernel_size, dilation, padding, stride : int or pair of int

    Examples
    --------
    >>> import numpy as np
    >>> Fold(4, 2)(np.ones((1, 12, 9))).shape
    (1, 3, 4, 4)
    """

    def __init__(
        self, output_size: Sizes, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
    ) -> None:
        super().__init__()
        self.output_size, self.kernel_size = output_size, kernel_size
        self.dilation, self.padding, self.stride = dilation, padding, stride

    def forward(self, x: Input) -> Tensor:
        return functional.fold(x, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}, kernel_size={self.kernel_size}"
