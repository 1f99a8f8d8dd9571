"""How a module of SciPy is passed on where it has no derivatives here: on constants its functions compute, on others they say so."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from inspect import isroutine
from typing import Any

import numpy as np

from autograd.errors import MissingRuleError
from autograd.graph.node import Node, raw
from autograd.graph.tree import leaves, map_leaves


def without_derivative(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A function of SciPy that takes nodes which need no gradient, and refuses those that do.

    Examples
    --------
    >>> import scipy.linalg
    >>> from autograd import Tensor
    >>> logm = without_derivative(scipy.linalg.logm, "scipy.linalg.logm")
    >>> logm(Tensor([[1.0]])).tolist()
    [[0.0]]
    """

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for x in (*leaves(args), *leaves(kwargs)):
            if isinstance(x, Node) and x.needs_grad:
                raise MissingRuleError(
                    f"{name} has no derivative here: make a primitive of it, and give that by autograd.extend.defvjp"
                )
        return function(*map_leaves(raw, args), **map_leaves(raw, kwargs))

    return call


def attributes_of(module: Any, name: str) -> Callable[[str], Any]:
    """A module's `__getattr__` that takes what is missing from a module of SciPy, or a distribution."""

    @cache
    def __getattr__(attribute: str) -> Any:  # noqa: N807 - Python's name
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        found = getattr(module, attribute)
        if isroutine(found) and not isinstance(found, np.ufunc):
            found = without_derivative(found, f"{name}.{attribute}")
        return found

    return __getattr__
