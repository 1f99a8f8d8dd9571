"""Elements by their places: gathering and scattering."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.torch as torch
from autograd.bridge.onnx.values import array
from autograd.bridge.rules import rule


def _tensor(numbers: np.ndarray) -> Any:
    return torch.from_numpy(np.ascontiguousarray(numbers, np.int64))


def _inside(indices: Any, length: int) -> np.ndarray:
    """Places counted from the front."""
    places = array(indices).astype(np.int64)
    if places.size and not (-length <= places.min() and places.max() < length):
        raise IndexError(f"places from {places.min()} to {places.max()} of {length}")
    return np.where(places < 0, places + length, places)


@rule("onnx.Gather")
def gather(x: Any, indices: Any, axis: int = 0) -> Any:
    """Parts along an axis."""
    along = axis % len(x.shape)
    places = _inside(indices, x.shape[along])
    found = torch.index_select(x, along, _tensor(places.ravel()))
    return torch.reshape(found, tuple(x.shape[:along]) + places.shape + tuple(x.shape[along + 1 :]))


@rule("onnx.GatherElements")
def gather_elements(x: Any, indices: Any, axis: int = 0) -> Any:
    """Elements, each by its own place along an axis."""
    return torch.gather(x, axis % len(x.shape), _tensor(_inside(indices, x.shape[axis])))


@rule("onnx.GatherND")
def gather_nd(x: Any, indices: Any, batch_dims: int = 0) -> Any:
    """Parts by their places along the first axes."""
    return x[_keys(x, array(indices), batch_dims)]


def _keys(x: Any, places: np.ndarray, batch: int = 0) -> tuple[Any, ...]:
    """What indexes a tensor by the last axis of places."""
    outer: Any = np.indices(places.shape[:-1], sparse=True)[:batch] if batch else []
    keys = [_inside(places[..., i], x.shape[batch + i]) for i in range(places.shape[-1])]
    whole = np.broadcast_arrays(*outer, *keys) if keys or len(outer) else []
    return tuple(_tensor(key) for key in whole)


@rule("onnx.Scatter", "onnx.ScatterElements")
def scatter_elements(x: Any, indices: Any, updates: Any, axis: int = 0, reduction: str = "none") -> Any:
    """Elements put, or added, each at its own place along an axis."""
    along = axis % len(x.shape)
    places = _tensor(_inside(indices, x.shape[along]))
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
    places = array(indices)
    if reduction in ("none", "add"):
        return torch.index_put(x, _keys(x, places), updates, reduction == "add")
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
