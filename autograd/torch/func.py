"""`torch.func`: the engine's transforms, which take and give functions, by PyTorch's names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import numpy as np

import nn
from autograd.engine import forward, transforms
from autograd.engine import tensor as engine
from autograd.engine.jacfwd import jacfwd as engine_jacfwd
from autograd.engine.vmap import vmap as engine_vmap
from autograd.errors import ShapeError
from autograd.graph.tree import map_leaves
from autograd.torch.errors import as_runtime_error
from autograd.torch.joining import stack
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
    "stack_module_state",
    "vjp",
    "vmap",
]


def _face(found: Any) -> Any:
    return map_leaves(lambda x: as_face(x) if isinstance(x, (engine.Tensor, np.ndarray, np.generic)) else x, found)


def _of(make: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(make)
    def transform(
        func: Callable[..., Any],
        argnums: Any = 0,
        has_aux: bool = False,
        *,
        chunk_size: int | None = None,
        randomness: str = "error",
    ) -> Callable[..., Any]:
        derived = make(func, argnums, has_aux=has_aux)

        @wraps(func)
        def call(*args: Any, **kwargs: Any) -> Any:
            return _face(derived(*args, **kwargs))

        return call

    return transform


grad, jacrev, hessian = _of(transforms.grad), _of(transforms.jacobian), _of(transforms.hessian)
jacfwd = _of(engine_jacfwd)


def grad_and_value(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that gives the gradient, then the value; with `has_aux` the pair of the value and the rest."""
    both = _of(transforms.value_and_grad)(func, argnums, has_aux)

    @wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        value, gradient = both(*args, **kwargs)
        return gradient, value

    return call


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """The result, and the function that pulls a cotangent of it back to the arguments; with `has_aux` the rest as well.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> out, pull, kept = torch.func.vjp(lambda x: (x.sum(), x + 1), torch.ones(2), has_aux=True)
    >>> out, pull(torch.tensor(3.0)), kept
    (tensor(2.), (tensor([3., 3.]),), tensor([2., 2.]))
    """
    out, pullback, *aux = transforms.pulled_back(func, primals, {}, range(len(primals)), has_aux)
    return (_face(out), lambda cotangent: _face(pullback(cotangent)), *map(_face, aux))


def jvp(
    func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False
) -> tuple[Any, ...]:
    """The result, and its derivative along the tangents; with `has_aux` the rest as well."""
    return _face(forward.jvp(func, primals, tangents, has_aux))


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


def stack_module_state(models: Iterable[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters, and the buffers, of modules that are made alike, each stacked along a new first axis.

    With `vmap` of `functional_call` they run as one, an ensemble.

    Parameters
    ----------
    models : iterable of Module

    Returns
    -------
    params, buffers : dict of str to Tensor
        By path; parameters are leaves, which require gradients as those of the modules do.

    Raises
    ------
    ShapeError
        For no module, and modules of different classes or shapes, or in different modes.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> models = [torch.nn.Linear(2, 1) for _ in range(3)]
    >>> params, buffers = torch.func.stack_module_state(models)
    >>> params["weight"].shape, buffers
    (torch.Size([3, 1, 2]), {})
    >>> one = lambda p, x: torch.func.functional_call(models[0], p, x)
    >>> torch.vmap(one, (0, None))(params, torch.ones(5, 2)).shape
    torch.Size([3, 5, 1])
    """
    alike = list(models)
    kinds = {(type(model), model.training) for model in alike}
    if len(kinds) != 1:
        raise as_runtime_error(
            ShapeError(
                f"torch.func.stack_module_state: expected modules of one class and in one mode, got {len(alike)} of {len(kinds)} kinds"
            )
        )
    params: dict[str, Any] = {}
    for path, first in alike[0].named_parameters():
        stacked = stack([model.get_parameter(path).detach() for model in alike])
        params[path] = stacked.requires_grad_(first.requires_grad)
    buffers = {path: stack([model.get_buffer(path) for model in alike]) for path, _ in alike[0].named_buffers()}
    return params, buffers
