"""How a module of NumPy is passed on: its own attributes, with functions that also see nodes inside lists."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from types import ModuleType
from typing import Any

import numpy as np

from autograd.graph.node import Node
from autograd.graph.op import BY_NUMPY, refuse_masks
from autograd.ops.triangles import both_are_read


def holds_node(x: Any) -> bool:
    """Whether a nested list or tuple has a node in it."""
    return isinstance(x, (list, tuple)) and any(isinstance(part, Node) or holds_node(part) for part in x)


# What joins arrays, and takes them from any iterable here, as in HIPS autograd: from an iterator, the values of a dict.
JOINING = frozenset({np.stack, np.concatenate, np.vstack, np.hstack, np.dstack, np.column_stack})


# What reads one triangle of a matrix: our own forwards know when both are to be read, for arrays too.
OF_A_TRIANGLE = frozenset({np.linalg.cholesky, np.linalg.eigh, np.linalg.eigvalsh, np.linalg.pinv, np.linalg.svd})


def _seeing_into_lists(function: Callable[..., Any]) -> Callable[..., Any]:
    joins, of_a_triangle = function in JOINING, function in OF_A_TRIANGLE

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if joins and args and not hasattr(args[0], "__getitem__") and isinstance(args[0], Iterable):
            args = (list(args[0]), *args[1:])
        if of_a_triangle and both_are_read():
            return BY_NUMPY[function](*args, **kwargs)
        for x in (*args, *kwargs.values()) if kwargs else args:
            if isinstance(x, Node) or (isinstance(x, (list, tuple)) and holds_node(x)):
                refuse_masks(function.__name__, (args, kwargs))
                return BY_NUMPY[function](*args, **kwargs)
        return function(*args, **kwargs)

    return call


def pass_on(module: ModuleType, name: str) -> None:
    """Make the module of that name offer what a module of NumPy offers, and what that gives when asked alone.

    Its namespace holds no helper: users put all that is callable in it into namespaces of their own.
    """
    ours = sys.modules[name]
    namespace = vars(ours)

    class PassedOn(ModuleType):
        def __getattr__(self, name: str) -> Any:
            found = getattr(module, name)
            if callable(found) and not isinstance(found, (type, np.ufunc)) and found in BY_NUMPY:
                found = _seeing_into_lists(found)
            namespace[name] = found
            return found

        def __dir__(self) -> list[str]:
            return sorted({*dir(module), *namespace})

    ours.__class__ = PassedOn
    for name in module.__all__:
        if name in vars(module):
            getattr(ours, name)
