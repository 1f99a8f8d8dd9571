"""Resizing: along each axis every new element is a sum of a few old ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd.torch as torch
from autograd.bridge.onnx.values import array as numbers
from autograd.bridge.onnx.values import axes_of, check_lengths, ints
from autograd.bridge.rules import rule


@rule("onnx.Upsample.7")
def upsample_by_numbers(x: Any, scales: Any, mode: str = "nearest") -> Any:
    """By factors that are attributes."""
    return upsample(x, scales, mode)


@rule("onnx.Upsample")
def upsample(x: Any, scales: Any, mode: str = "nearest") -> Any:
    """By factors."""
    return resize(x, None, scales, None, mode=mode, coordinate_transformation_mode="asymmetric", nearest_mode="floor")


@rule("onnx.Resize.10")
def resize_as_upsample(x: Any, scales: Any, mode: str = "nearest") -> Any:
    """The first of its kind."""
    return upsample(x, scales, mode)


@rule("onnx.Resize")
def resize(
    x: Any,
    roi: Any = None,
    scales: Any = None,
    sizes: Any = None,
    antialias: int = 0,
    axes: Any = None,
    coordinate_transformation_mode: str = "half_pixel",
    cubic_coeff_a: float = -0.75,
    exclude_outside: int = 0,
    extrapolation_value: float = 0.0,
    keep_aspect_ratio_policy: str = "stretch",
    mode: str = "nearest",
    nearest_mode: str = "round_prefer_floor",
) -> Any:
    """To sizes, or by factors."""
    along = axes_of(axes, x)
    if coordinate_transformation_mode == "tf_crop_and_resize":
        raise ValueError("the coordinates of tf_crop_and_resize")
    lengths = [int(x.shape[axis]) for axis in along]
    if sizes is not None and numbers(sizes).size:
        wanted = ints(sizes)
        factors = [w / n for w, n in zip(wanted, lengths, strict=True)]
        if keep_aspect_ratio_policy != "stretch":
            one = (min if keep_aspect_ratio_policy == "not_larger" else max)(factors)
            factors = [one] * len(factors)
            wanted = [math.floor(one * n + 0.5) for n in lengths]
    else:
        factors = [float(f) for f in numbers(scales).ravel()]
        wanted = [math.floor(f * n) for f, n in zip(factors, lengths, strict=True)]
    check_lengths(wanted)
    for axis, old, new, factor in zip(along, lengths, wanted, factors, strict=True):
        if old == new and factor == 1:
            continue
        at = _coordinates(coordinate_transformation_mode, old, new, factor)
        if mode == "nearest":
            places = np.clip(_nearest(at, nearest_mode), 0, old - 1)
            x = torch.index_select(x, axis, torch.from_numpy(places))
        else:
            places, weights = _taps(at, mode, min(factor, 1.0) if antialias else 1.0, cubic_coeff_a)
            outside = (places < 0) | (places >= old)
            if exclude_outside:
                weights = np.where(outside, 0.0, weights)
                weights = weights / weights.sum(1, keepdims=True)
            x = _sum_weighted(x, axis, np.clip(places, 0, old - 1), weights)
    return x


def _coordinates(how: str, old: int, new: int, factor: float) -> np.ndarray:
    """Where the new elements lie among the old ones."""
    i = np.arange(new, dtype=float)
    if how == "half_pixel" or (how == "pytorch_half_pixel" and new > 1):
        return (i + 0.5) / factor - 0.5
    if how == "half_pixel_symmetric":
        middle = old / 2
        return middle - middle * (new / (factor * old)) + (i + 0.5) / factor - 0.5
    if how == "pytorch_half_pixel":
        return np.zeros(new)
    if how == "align_corners":
        # The length before it is rounded.
        return i * (old - 1) / (factor * old - 1) if factor * old != 1 else np.zeros(new)
    if how == "asymmetric":
        return i / factor
    if how == "tf_half_pixel_for_nn":
        return (i + 0.5) / factor
    raise ValueError(f"the coordinates of {how}")


def _nearest(at: np.ndarray, how: str) -> np.ndarray:
    found = {
        "round_prefer_floor": np.ceil(at - 0.5),
        "round_prefer_ceil": np.floor(at + 0.5),
        "floor": np.floor(at),
        "ceil": np.ceil(at),
    }
    if how not in found:
        raise ValueError(f"the nearest element by {how}")
    return found[how].astype(np.int64)


def _taps(at: np.ndarray, mode: str, shrunk: float, a: float) -> tuple[np.ndarray, np.ndarray]:
    """For each new element the old ones that it sums, and their weights."""
    if mode not in ("linear", "cubic"):
        raise ValueError(f"the mode {mode}")
    reach = (1 if mode == "linear" else 2) / shrunk
    first = np.floor(at).astype(np.int64) if shrunk == 1 else np.floor(at - reach).astype(np.int64) + 1
    if shrunk == 1 and mode == "cubic":
        first -= 1
    places = first[:, None] + np.arange(math.ceil(2 * reach))
    away = np.abs(at[:, None] - places) * shrunk
    if mode == "linear":
        weights = np.maximum(1 - away, 0.0)
    else:
        near = ((a + 2) * away - (a + 3)) * away**2 + 1
        far = ((away - 5) * away + 8) * away * a - 4 * a
        weights = np.where(away <= 1, near, np.where(away < 2, far, 0.0))
    return places, weights / weights.sum(1, keepdims=True) if shrunk != 1 else weights


def _sum_weighted(x: Any, axis: int, places: np.ndarray, weights: np.ndarray) -> Any:
    out: Any = None
    for tap in range(places.shape[1]):
        shape = [-1 if i == axis else 1 for i in range(len(x.shape))]
        weight = torch.from_numpy(weights[:, tap].reshape(shape).astype(x.dtype))
        part = torch.index_select(x, axis, torch.from_numpy(places[:, tap])) * weight
        out = part if out is None else out + part
    return out
