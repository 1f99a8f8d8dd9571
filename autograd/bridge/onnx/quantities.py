"""Numbers as whole ones of few bits, and back: no derivative goes through the rounding."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.torch as torch
from autograd.bridge.onnx.values import cast
from autograd.bridge.rules import rule


def _along(part: Any, x: Any, axis: int) -> Any:
    """One number for each place of an axis, in the shape that broadcasts."""
    if part is None or len(part.shape) == 0 or tuple(part.shape) == (1,):
        return part if part is None else torch.reshape(part, ())
    return torch.reshape(part, tuple(-1 if i == axis % len(x.shape) else 1 for i in range(len(x.shape))))


@rule("onnx.DequantizeLinear")
def dequantize(x: Any, scale: Any, zero: Any = None, axis: int = 1) -> Any:
    """What whole numbers stand for."""
    moved = cast(x, scale.dtype)
    if zero is not None:
        moved = moved - cast(_along(zero, x, axis), scale.dtype)
    return moved * _along(scale, x, axis)


@rule("onnx.QuantizeLinear")
def quantize(x: Any, scale: Any, zero: Any = None, axis: int = 1, saturate: int = 1) -> Any:
    """The nearest whole numbers that stand for it."""
    dtype = np.dtype(np.uint8) if zero is None else zero.dtype
    found = torch.round(x / _along(scale, x, axis))
    if zero is not None:
        found = found + cast(_along(zero, x, axis), x.dtype)
    bounds = np.iinfo(dtype)
    return cast(torch.clamp(found, float(bounds.min), float(bounds.max)), dtype)
