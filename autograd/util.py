"""HIPS autograd's `util`, by its names, of older releases too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograd.hips.older import quick_grad_check
from autograd.hips.tracing import toposort
from autograd.misc.flatten import flatten, flatten_func

__all__ = ["flatten", "flatten_func", "func", "quick_grad_check", "subval", "subvals", "toposort"]


def subvals(x: Sequence[Any], ivs: Iterable[tuple[int, Any]]) -> tuple[Any, ...]:
    """A sequence as a tuple, with other values at some places."""
    filled = list(x)
    for place, value in ivs:
        filled[place] = value
    return tuple(filled)


def subval(x: Sequence[Any], i: int, v: Any) -> tuple[Any, ...]:
    """A sequence as a tuple, with another value at one place."""
    return subvals(x, [(i, v)])


def func(f: Any) -> Any:
    """A method of a class as a function, which it is."""
    return f
