"""Lists of tensors, and what may be absent."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.torch as torch
from autograd.bridge.onnx.values import ints, number
from autograd.bridge.rules import rule


@rule("onnx.SequenceConstruct")
def sequence_construct(*xs: Any) -> Any:
    """A list of tensors."""
    return list(xs)


@rule("onnx.SequenceEmpty")
def sequence_empty(dtype: int = 1) -> Any:
    """A list without any."""
    return []


@rule("onnx.SequenceAt")
def sequence_at(xs: Any, place: Any) -> Any:
    """One of a list."""
    return xs[int(number(place))]


@rule("onnx.SequenceInsert")
def sequence_insert(xs: Any, x: Any, place: Any = None) -> Any:
    """A list with one more, at the end or before a place."""
    at = len(xs) if place is None else int(number(place))
    return [*xs[:at], x, *xs[at:]]


@rule("onnx.SequenceErase")
def sequence_erase(xs: Any, place: Any = None) -> Any:
    """A list without one, the last or that of a place."""
    at = (len(xs) - 1 if place is None else int(number(place))) % len(xs)
    return [*xs[:at], *xs[at + 1 :]]


@rule("onnx.SequenceLength")
def sequence_length(xs: Any) -> Any:
    """How many there are."""
    return torch.from_numpy(np.array(len(xs), np.int64))


@rule("onnx.ConcatFromSequence")
def concat_from_sequence(xs: Any, axis: int, new_axis: int = 0) -> Any:
    """All of a list in one tensor."""
    return torch.stack(xs, axis) if new_axis else torch.cat(xs, axis)


@rule("onnx.SplitToSequence")
def split_to_sequence(x: Any, split: Any = None, axis: int = 0, keepdims: int = 1) -> Any:
    """A tensor as a list of its parts."""
    if split is None:
        parts = list(torch.split(x, 1, axis))
        return parts if keepdims else [torch.squeeze(part, axis) for part in parts]
    return list(torch.split(x, ints(split) if len(split.shape) else int(number(split)), axis))


@rule("onnx.Optional")
def optional(x: Any = None, type: Any = None) -> Any:
    """What may be absent."""
    return x


@rule("onnx.OptionalHasElement")
def optional_has_element(x: Any = None) -> Any:
    """Whether it is there."""
    return torch.from_numpy(np.array(x is not None))


@rule("onnx.OptionalGetElement")
def optional_get_element(x: Any) -> Any:
    """What is there."""
    if x is None:
        raise ValueError("of something that is absent")
    return x
