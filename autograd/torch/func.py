"""`torch.func`: the engine's transforms, which take and give functions, by PyTorch's names."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

import nn
from autograd.engine import forward, transforms
from autograd.engine import tensor as engine
from autograd.engine.jacfwd import jacfwd as engine_jacfwd
from autograd.engine.vmap import vmap as engine_vmap
from autograd.graph.tree import map_leaves
from autograd.torch.tensor import as_face

__all__ = [
    "functional_call",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "vjp",
    "vmap",
]


def _face(found: Any) -> Any:
    return map_leaves(lambda x: as_face(x) if isinstance(x, (engine.Tensor, np.ndarray, np.generic)) else x, found)


def _of(make: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(make)
    def transform(func: Callable[..., Any], argnums: Any = 0, **options: Any) -> Callable[..., Any]:
        derived = make(func, argnums, **options)

        @wraps(func)
        def call(*args: Any, **kwargs: Any) -> Any:
            return _face(derived(*args, **kwargs))

        return call

    return transform


grad, jacrev, hessian = _of(transforms.grad), _of(transforms.jacobian), _of(transforms.hessian)
jacfwd = _of(engine_jacfwd)


def grad_and_value(func: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """A function that gives the gradient, then the value."""
    both = _of(transforms.value_and_grad)(func, argnums)

    @wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        value, gradient = both(*args, **kwargs)
        return gradient, value

    return call


def vjp(func: Callable[..., Any], *primals: Any) -> Any:
    """The result, and the function that pulls a cotangent of it back to the arguments."""
    out, pullback = transforms.vjp(func, *primals)
    return _face(out), lambda cotangent: _face(pullback(cotangent))


def jvp(func: Callable[..., Any], primals: Any, tangents: Any) -> tuple[Any, Any]:
    """The result, and its derivative along the tangents."""
    return _face(forward.jvp(func, primals, tangents))


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """The result, and the function that takes tangents of the arguments to those of the result."""
    out, push = forward.linearize(func, *primals)
    return _face(out), lambda *tangents: _face(push(*tangents))


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """A function of a batch, made of a function of one example; random numbers are drawn for each, as with randomness="different".

    Parameters
    ----------
    func : callable
    in_dims, out_dims : int, None, or a structure of them
    randomness : str
        "error", "different" or "same", of which the last is refused.
    chunk_size : int, optional
        Taken and not needed: all examples go at once.

    Raises
    ------
    ValueError
        For another randomness.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> torch.vmap(lambda x: x.sum())(torch.ones(3, 2))
    tensor([2., 2., 2.])
    """
    if randomness not in ("error", "different"):
        raise ValueError(
            f"vmap: randomness is 'error' or 'different' here, not {randomness!r}: draw before, outside of it"
        )
    of_batch = engine_vmap(func, in_dims, out_dims)

    @wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        return _face(of_batch(*args, **kwargs))

    return call


def functional_call(module: Any, parameter_and_buffer_dicts: Any, args: Any = (), kwargs: Any = None) -> Any:
    """A module as a function of its parameters and buffers, by path; see `nn.functional_call`.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> layer = torch.nn.Linear(2, 1, bias=False)
    >>> torch.func.functional_call(layer, {"weight": torch.ones(1, 2)}, torch.ones(2))
    tensor([2.])
    """
    return nn.functional_call(module, parameter_and_buffer_dicts, args, kwargs)
