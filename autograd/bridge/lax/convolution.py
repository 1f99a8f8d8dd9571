"""Convolution with any order of the axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.bridge.lax.declare import dtype_of, lax_rule
from autograd.bridge.lax.shapes import pad
from autograd.ops import shape
from autograd.ops.convolution import convolution


@lax_rule("conv_general_dilated")
def conv_general_dilated(
    x: Any,
    weight: Any,
    window_strides: Sequence[int],
    padding: Sequence[Sequence[int]],
    lhs_dilation: Sequence[int],
    rhs_dilation: Sequence[int],
    dimension_numbers: dict[str, Sequence[int]],
    feature_group_count: int = 1,
    batch_group_count: int = 1,
    **how: Any,
) -> Any:
    """Batch, features and space where `dimension_numbers` says."""
    x = shape.transpose(x, tuple(dimension_numbers["lhs_spec"]))
    weight = shape.transpose(weight, tuple(dimension_numbers["rhs_spec"]))
    groups = feature_group_count
    if batch_group_count > 1:
        # Each part of the batch with its own filters is each part of the features with its own.
        groups, (count, features, *space) = batch_group_count, x.shape
        parts = shape.reshape(x, (groups, count // groups, features, *space))
        x = shape.reshape(shape.swapaxes(parts, 0, 1), (count // groups, groups * features, *space))
    around = [tuple(map(int, pair)) for pair in padding]
    if any(d != 1 for d in lhs_dilation) or min(min(pair) for pair in around) < 0:
        frame = [(low, high, gap - 1) for (low, high), gap in zip(around, lhs_dilation, strict=True)]
        x = pad(x, dtype_of(x).type(0), [(0, 0, 0), (0, 0, 0), *frame])
        around = [(0, 0)] * len(around)
    found = convolution(
        x, weight, stride=tuple(map(int, window_strides)), padding=tuple(around), dilation=tuple(map(int, rhs_dilation)),
        groups=int(groups),
    )  # fmt: skip
    return shape.transpose(found, tuple(int(i) for i in np.argsort(dimension_numbers["out_spec"])))
