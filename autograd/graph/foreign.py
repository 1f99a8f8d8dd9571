"""Functions and models of other frameworks: recognised without importing anything, and handed to the bridge when they are met."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from autograd.graph.tree import leaves

# The bridge stands above whoever calls here, and is imported with the first function of a framework.
_BRIDGE = "autograd.bridge.convert"


def is_foreign(function: Any, arguments: Any = ()) -> bool:
    """Whether it is a model or a custom function of PyTorch or JAX, or called with tensors of theirs.

    Examples
    --------
    >>> is_foreign(abs, [1.0])
    False
    """
    return _is_of_torch(function, arguments) or is_of_jax(function, arguments)


def is_of_jax(function: Any, arguments: Any = ()) -> bool:
    """Whether it is a function that JAX made (of `jit`, `custom_vjp`), a pytree of its arrays, or called with arrays of it.

    Examples
    --------
    >>> is_of_jax(abs, [1.0])
    False
    """
    jax = sys.modules.get("jax")
    array, trees = getattr(jax, "Array", None), getattr(jax, "tree_util", None)
    if jax is None or array is None or trees is None or _is_of_torch(function, arguments):
        return False
    if type(function).__module__.startswith("jax"):
        return True
    owner = getattr(function, "__self__", None)
    held = [arguments, function, *([] if owner is None else [owner])]
    return any(isinstance(x, array) for x in trees.tree_leaves(held))


def _is_of_torch(function: Any, arguments: Any) -> bool:
    torch = sys.modules.get("torch")
    # A module that is only being imported, or is somebody's stand-in, has none of it.
    module, custom = (
        getattr(getattr(torch, "nn", None), "Module", None),
        getattr(getattr(torch, "autograd", None), "Function", None),
    )
    tensor = getattr(torch, "Tensor", None)
    if module is None or custom is None or tensor is None:
        return False
    if isinstance(function, module) or (isinstance(function, type) and issubclass(function, custom)):
        return True
    return any([isinstance(x, tensor) for x in leaves([arguments])])


def adopt(
    function: Any, args: Sequence[Any], kwargs: Mapping[str, Any] | None = None
) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]] | None:
    """A function of PyTorch's or JAX's and its arguments as a function on tensors and its arguments; None for any other.

    Parameters
    ----------
    function : callable
    args, kwargs
        What it is called with; tensors of theirs become leaves, which require their gradients where they are floats.

    Raises
    ------
    BridgeError
        Where the framework cannot capture it, or an operation has no translation.

    Examples
    --------
    >>> adopt(abs, [1.0]) is None
    True
    """
    named = dict(kwargs or {})
    if not is_foreign(function, [list(args), named]):
        return None
    found: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]] = import_module(_BRIDGE).adopt(
        function, args, named
    )
    return found
