"""`torch.func`: the engine's transforms, which take and give functions, by PyTorch's names."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.engine import tensor as engine
from autograd.engine import transforms
from autograd.graph.tree import map_leaves
from autograd.torch.tensor import as_face

__all__ = ["grad", "grad_and_value", "hessian", "jacrev", "vjp"]


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
