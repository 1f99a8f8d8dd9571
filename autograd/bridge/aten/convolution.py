"""Convolution, pooling and resizing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it
from autograd.bridge.rules import rule

_PLAIN = (F.conv1d, F.conv2d, F.conv3d)
_TRANSPOSED = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)


def _tuples(function: Any) -> Any:
    """A function that takes lengths as tuples, for PyTorch's lists; an empty one says nothing, as None."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*map(_as_tuple, args), **{key: _as_tuple(x) for key, x in kwargs.items()})

    call.__name__ = function.__name__
    return call


def _as_tuple(x: Any) -> Any:
    return (tuple(x) or None) if isinstance(x, list) else x


for _function in _PLAIN + _TRANSPOSED:
    rule(f"aten.{_function.__name__}")(_tuples(_function))

for _name in ("adaptive_avg_pool", "max_pool", "avg_pool"):
    for _space in (1, 2, 3):
        rule(f"aten.{_name}{_space}d")(_tuples(getattr(F, f"{_name}{_space}d")))

rule("aten._adaptive_avg_pool2d")(_tuples(F.adaptive_avg_pool2d))


@rule("aten.convolution")
def convolution(
    x: Any,
    weight: Any,
    bias: Any,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    output_padding: Sequence[int],
    groups: int,
) -> Any:
    """All of them in one."""
    how, around, holes, added = map(tuple, (stride, padding, dilation, output_padding))
    if transposed:
        return _TRANSPOSED[len(how) - 1](x, weight, bias, how, around, added, groups, holes)
    return _PLAIN[len(how) - 1](x, weight, bias, how, around, holes, groups)


def _resize(x: Any, mode: str, size: Any, factors: Any, aligned: Any = None) -> Any:
    if size is not None:
        return F.interpolate(x, size=tuple(size), mode=mode, align_corners=aligned)
    return F.interpolate(x, scale_factor=tuple(factors), mode=mode, align_corners=aligned)


@rule(*[f"aten.{mode}{space}d.vec" for mode in ("upsample_nearest", "_upsample_nearest_exact") for space in (1, 2, 3)])
def upsample_nearest(x: Any, size: Any = None, factors: Any = None) -> Any:
    """To another size, by the nearest elements."""
    return _resize(x, "nearest", size, factors)


def _upsample(mode: str) -> Any:
    def call(x: Any, size: Any = None, aligned: bool = False, factors: Any = None) -> Any:
        return _resize(x, mode, size, factors, aligned)

    call.__name__ = f"upsample_{mode}"
    return call


for _mode, _call in (
    ("linear", "upsample_linear1d"),
    ("bilinear", "upsample_bilinear2d"),
    ("bicubic", "upsample_bicubic2d"),
    ("trilinear", "upsample_trilinear3d"),
):
    rule(f"aten.{_call}.vec")(_upsample(_mode))
