"""Convolutions, and samples of a grid."""

from __future__ import annotations

from typing import Any

import autograd.torch as torch
import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it
from autograd.bridge.onnx.values import ints
from autograd.bridge.onnx.windows import margins, pad_axes, windows
from autograd.bridge.rules import rule

_PLAIN = (F.conv1d, F.conv2d, F.conv3d)
_TRANSPOSED = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)


def _of_space(functions: tuple[Any, ...], space: int) -> Any:
    if not 1 <= space <= len(functions):
        raise ValueError(f"{space} axes of space: 1, 2 and 3 are there")
    return functions[space - 1]


@rule("onnx.Conv")
def conv(
    x: Any, weight: Any, bias: Any = None, auto_pad: str = "NOTSET", dilations: Any = None, group: int = 1,
    kernel_shape: Any = None, pads: Any = None, strides: Any = None,
) -> Any:  # fmt: skip
    """A convolution."""
    kernel, by, holes = windows(weight.shape[2:], strides, dilations)
    before, after = margins(auto_pad, pads, x.shape[2:], kernel, by, holes)
    if before != after:
        x, before = pad_axes(x, before, after), [0] * len(kernel)
    return _of_space(_PLAIN, len(kernel))(x, weight, bias, tuple(by), tuple(before), tuple(holes), group)


@rule("onnx.ConvTranspose")
def conv_transpose(
    x: Any, weight: Any, bias: Any = None, auto_pad: str = "NOTSET", dilations: Any = None, group: int = 1,
    kernel_shape: Any = None, output_padding: Any = None, output_shape: Any = None, pads: Any = None, strides: Any = None,
) -> Any:  # fmt: skip
    """A transposed convolution."""
    kernel, by, holes = windows(weight.shape[2:], strides, dilations)
    added = list(output_padding or [0] * len(kernel))
    full = [
        (n - 1) * s + a + (k - 1) * d + 1 for n, s, a, k, d in zip(x.shape[2:], by, added, kernel, holes, strict=True)
    ]
    if output_shape or auto_pad in ("SAME_UPPER", "SAME_LOWER"):
        wanted = list(output_shape or [n * s for n, s in zip(x.shape[2:], by, strict=True)])
        cut = [f - w for f, w in zip(full, wanted, strict=True)]
        less, more = [c // 2 for c in cut], [c - c // 2 for c in cut]
        before, after = (less, more) if auto_pad == "SAME_UPPER" else (more, less)
    else:
        before, after = margins(auto_pad, pads, x.shape[2:], kernel, by, holes)
    function = _of_space(_TRANSPOSED, len(kernel))
    if before == after and min(before) >= 0 and all(a < s for a, s in zip(added, by, strict=True)):
        return function(x, weight, bias, tuple(by), tuple(before), tuple(added), group, tuple(holes))
    # All of it, and what is added at the end is what the bias makes of 0.
    out = pad_axes(function(x, weight, None, tuple(by), 0, 0, group, tuple(holes)), [0] * len(kernel), added)
    out = pad_axes(out, [max(-n, 0) for n in before], [max(-n, 0) for n in after])
    for axis, (cut_before, cut_after) in enumerate(zip(before, after, strict=True), start=2):
        begin = max(cut_before, 0)
        out = torch.narrow(out, axis, begin, out.shape[axis] - begin - max(cut_after, 0))
    return out if bias is None else out + torch.reshape(bias, (-1,) + (1,) * len(kernel))


_MODES = {"linear": "bilinear", "cubic": "bicubic"}


@rule("onnx.GridSample")
def grid_sample(x: Any, grid: Any, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: int = 0) -> Any:
    """Samples at places of a grid."""
    return F.grid_sample(x, grid, _MODES.get(mode, mode), padding_mode, bool(align_corners))


@rule("onnx.AffineGrid")
def affine_grid(theta: Any, size: Any, align_corners: int = 0) -> Any:
    """A grid that is turned and moved."""
    return F.affine_grid(theta, tuple(ints(size)), bool(align_corners))
