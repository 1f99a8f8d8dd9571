"""`torch.nn.utils`: gradients limited, parameters as one vector."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

import optim
from autograd.graph.modes import mode, no_grad
from autograd.graph.node import get_data
from autograd.torch.joining import cat
from autograd.torch.nn.module import as_result, of_nn
from autograd.torch.nn.utils import rnn
from autograd.torch.tensor import wrap
from nn.utils import weights as _weights

__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "parameters_to_vector",
    "remove_spectral_norm",
    "remove_weight_norm",
    "rnn",
    "spectral_norm",
    "vector_to_parameters",
    "weight_norm",
]

remove_spectral_norm, remove_weight_norm = _weights.remove_spectral_norm, _weights.remove_weight_norm
spectral_norm, weight_norm = of_nn(_weights.spectral_norm), _weights.weight_norm


def _several(parameters: Any) -> list[Any]:
    return [parameters] if hasattr(parameters, "needs_grad") else list(parameters)


def clip_grad_norm_(parameters: Any, max_norm: float, norm_type: float = 2.0, **ignored: Any) -> Any:
    """Scale all gradients together so that their length is at most `max_norm`; gives the length from before."""
    length = optim.clip_grad_norm_(_several(parameters), float(max_norm), float(norm_type))
    # A captured program makes the call after each run, and gives what it gives.
    return length if mode().recorder is not None else as_result(wrap(np.asarray(length)))


def clip_grad_value_(parameters: Any, clip_value: float, **ignored: Any) -> None:
    """Limit every element of every gradient."""
    optim.clip_grad_value_(_several(parameters), float(clip_value))


def parameters_to_vector(parameters: Iterable[Any]) -> Any:
    """All parameters one behind the other."""
    return cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec: Any, parameters: Iterable[Any]) -> None:
    """Copy the parts of a vector into the parameters."""
    start = 0
    with no_grad():
        for p in parameters:
            p[...] = get_data(vec)[start : start + p.numel()].reshape(p.shape)
            start += p.numel()
