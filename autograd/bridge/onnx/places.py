"""Elements by their places: gathering and scattering."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.torch as torch
from autograd.bridge.onnx.values import array
from autograd.bridge.rules import rule


def _tensor(numbers: np.ndarray) -> Any:
    return torch.from_numpy(np.ascontiguousarray(numbers, np.int64))


def _from_front(indices: Any, length: int) -> Any:
    """Places counted from the front, which need not be known."""
    return torch.where(indices < 0, indices + length, indices)


def _inside(indices: Any, length: int) -> np.ndarray:
    """Places counted from the front."""
    places = array(indices).astype(np.int64)
    if places.size and not (-length <= places.min() and places.max() < length):
        raise IndexError(f"places from {places.min()} to {places.max()} of {length}")
    return np.where(places < 0, places + length, places)


@rule("onnx.Gather")
def gather(x: Any, indices: Any, axis: int = 0) -> Any:
    """Parts along an axis."""
    # A single place that is known is a number.
    key = indices if getattr(indices, "symbolic", False) else array(indices)
    return x[(slice(None),) * (axis % len(x.shape)) + (key,)]


@rule("onnx.GatherElements")
def gather_elements(x: Any, indices: Any, axis: int = 0) -> Any:
    """Elements, each by its own place along an axis."""
    return torch.gather(x, axis % len(x.shape), _from_front(indices, x.shape[axis]))


@rule("onnx.GatherND")
def gather_nd(x: Any, indices: Any, batch_dims: int = 0) -> Any:
    """Parts by their places along the first axes."""
    outer = np.indices(tuple(indices.shape[:-1]), sparse=True)[:batch_dims] if batch_dims else ()
    return x[(*[_tensor(place) for place in outer], *_keys(indices))]


def _keys(indices: Any) -> tuple[Any, ...]:
    """What indexes a tensor by the last axis of places."""
    return tuple(indices[..., i] for i in range(indices.shape[-1]))


@rule("onnx.Scatter", "onnx.ScatterElements")
def scatter_elements(x: Any, indices: Any, updates: Any, axis: int = 0, reduction: str = "none") -> Any:
    """Elements put, or added, each at its own place along an axis."""
    along = axis % len(x.shape)
    places = _from_front(indices, x.shape[along])
    if reduction == "none":
        return torch.scatter(x, along, places, updates)
    if reduction == "add":
        return torch.scatter_add(x, along, places, updates)
    # By the places of the elements in a row.
    keys: list[Any] = list(np.indices(array(places).shape))
    keys[along] = array(places)
    flat = np.ravel_multi_index(keys, tuple(x.shape)).ravel()
    return _in_rounds(x, flat, torch.reshape(updates, (-1,)), reduction)


_TOGETHER = {"mul": torch.mul, "max": torch.maximum, "min": torch.minimum}


def _in_rounds(x: Any, places: np.ndarray, updates: Any, reduction: str) -> Any:
    """Elements brought in, of each place one at a time."""
    if reduction not in _TOGETHER:
        raise ValueError(f"the reduction {reduction!r}")
    order = np.argsort(places, kind="stable")
    sorted_places = places[order]
    starts = np.r_[True, sorted_places[1:] != sorted_places[:-1]] if len(order) else np.zeros(0, bool)
    number = np.arange(len(order)) - np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    flat = torch.reshape(x, (-1,))
    for turn in range(int(number.max(initial=-1)) + 1):
        chosen = order[number == turn]
        at = _tensor(places[chosen])
        new = _TOGETHER[reduction](torch.index_select(flat, 0, at), torch.index_select(updates, 0, _tensor(chosen)))
        flat = torch.index_copy(flat, 0, at, new)
    return torch.reshape(flat, tuple(x.shape))


@rule("onnx.ScatterND")
def scatter_nd(x: Any, indices: Any, updates: Any, reduction: str = "none") -> Any:
    """Parts put, or added, at their places along the first axes."""
    if reduction in ("none", "add"):
        return torch.index_put(x, _keys(indices), updates, reduction == "add")
    places = array(indices)
    # By the places of the elements in a row.
    depth = places.shape[-1]
    shape = tuple(x.shape)
    part = int(np.prod(shape[depth:], dtype=int))
    keys = tuple(_inside(places[..., i], shape[i]) for i in range(depth))
    first = np.ravel_multi_index(keys, shape[:depth]).reshape(-1, 1) * part
    return _in_rounds(x, (first + np.arange(part)).ravel(), torch.reshape(updates, (-1,)), reduction)


@rule("onnx.NonZero")
def nonzero(x: Any) -> Any:
    """The places of what is not 0, a column each."""
    return _tensor(np.stack(np.nonzero(array(x))) if len(x.shape) else np.zeros((1, int(array(x) != 0)), np.int64))


@rule("onnx.Compress")
def compress(x: Any, condition: Any, axis: int | None = None) -> Any:
    """The parts that a condition says."""
    source = torch.reshape(x, (-1,)) if axis is None else x
    return torch.index_select(source, 0 if axis is None else axis, _tensor(np.flatnonzero(array(condition))))
