"""`lax_rule`: declaring what a primitive of JAX's is here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import numpy as np

from autograd.bridge.rules import rule
from autograd.graph.node import Node, get_data
from autograd.torch.tensor import as_face

F = TypeVar("F", bound=Callable[..., Any])


def lax_rule(*names: str) -> Callable[[F], F]:
    """Declare what primitives of JAX's are here; numbers and arrays that come out are constants.

    Parameters
    ----------
    *names : str
        Of the primitives, such as "dot_general".
    """

    def enter(function: F) -> F:
        @wraps(function)
        def translated(*args: Any, **params: Any) -> Any:
            found = function(*args, **params)
            return tuple(map(_to_face, found)) if isinstance(found, (tuple, list)) else _to_face(found)

        rule(*(f"jax.{name}" for name in names))(translated)
        return function

    return enter


def _to_face(x: Any) -> Any:
    return as_face(x) if isinstance(x, (np.ndarray, np.generic)) else x


def raw_data(x: Any) -> Any:
    """The numbers of an operand without its graph: for what has no derivative."""
    return get_data(x) if isinstance(x, Node) else x


def without_derivative(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of NumPy's for operands of whole numbers or truths."""

    @wraps(function)
    def call(*xs: Any, **params: Any) -> Any:
        return function(*map(raw_data, xs), **params)

    return call


def dtype_of(*xs: Any) -> Any:
    """The dtype of the first operand that has one."""
    return next((np.dtype(x.dtype) for x in xs if hasattr(x, "dtype")), np.dtype(np.result_type(*xs)))
