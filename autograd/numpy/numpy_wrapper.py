"""HIPS autograd's place for NumPy's functions, and for making those of another module primitives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd import numpy as _numpy
from autograd.extend import primitive

__all__ = ["wrap_namespace"]


def __getattr__(name: str) -> Any:
    return getattr(_numpy, name)


def wrap_namespace(old: Mapping[str, Any], new: dict[str, Any]) -> None:
    """Put the functions of a module into a namespace as primitives, and its numbers as they are.

    Parameters
    ----------
    old : mapping of str to anything
        The names of a module, `vars(module)`.
    new : dict
        Takes them.

    Examples
    --------
    >>> import scipy.special
    >>> from autograd import grad
    >>> from autograd.extend import defvjp
    >>> from autograd.numpy.numpy_wrapper import wrap_namespace
    >>> special = {}
    >>> wrap_namespace(vars(scipy.special), special)
    >>> defvjp(special["expm1"], lambda ans, x: lambda g: g * (ans + 1.0))
    >>> grad(special["expm1"])(0.0)
    1.0
    """
    for name, found in old.items():
        if callable(found) and not isinstance(found, type):
            new[name] = primitive(found)
        elif isinstance(found, (int, float)) or found is None:
            new[name] = found
