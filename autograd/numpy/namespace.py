"""How a module of NumPy is passed on: its own attributes, with functions that also see nodes inside lists."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

import numpy as np

from autograd.graph.node import Node
from autograd.graph.op import BY_NUMPY, refuse_masks


def holds_node(x: Any) -> bool:
    """Whether a nested list or tuple has a node in it."""
    return isinstance(x, (list, tuple)) and any(isinstance(part, Node) or holds_node(part) for part in x)


def _seeing_into_lists(function: Callable[..., Any], ours: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for x in (*args, *kwargs.values()) if kwargs else args:
            if isinstance(x, Node) or (isinstance(x, (list, tuple)) and holds_node(x)):
                refuse_masks(function.__name__, (args, kwargs))
                return ours(*args, **kwargs)
        return function(*args, **kwargs)

    return call


def attributes_of(module: ModuleType, namespace: dict[str, Any]) -> Callable[[str], Any]:
    """A module's `__getattr__` that takes what is missing from a module of NumPy, and keeps it."""

    def __getattr__(name: str) -> Any:  # noqa: N807 - Python's name
        found = getattr(module, name)
        if callable(found) and not isinstance(found, (type, np.ufunc)) and found in BY_NUMPY:
            found = _seeing_into_lists(found, BY_NUMPY[found])
        namespace[name] = found
        return found

    return __getattr__
