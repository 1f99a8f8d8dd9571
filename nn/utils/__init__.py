"""Parameters as one vector, gradients within bounds, weights of a given norm, and in `rnn` sequences, with PyTorch's names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor, stamp
from autograd.errors import ShapeError
from autograd.graph.node import get_data, raw
from autograd.ops.shape import concatenate, ravel
from nn.utils import rnn
from nn.utils.weights import remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm
from optim import clip_grad_norm_, clip_grad_value_
from optim.arguments import list_parameters

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


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters one behind the other; gradients go through.

    Parameters
    ----------
    parameters : iterable of Tensor

    Returns
    -------
    Tensor of one axis

    Raises
    ------
    ValueError
        For an empty list.

    Examples
    --------
    >>> import nn
    >>> nn.utils.parameters_to_vector(nn.Linear(2, 3).parameters()).shape
    (9,)
    """
    members = list_parameters("parameters_to_vector", parameters)
    if not members:
        raise ValueError("parameters_to_vector: the list of parameters is empty")
    return concatenate([ravel(p) for p in members])


def vector_to_parameters(vec: Any, parameters: Iterable[Tensor]) -> None:
    """Copy the parts of a vector into the parameters, in their order.

    Parameters
    ----------
    vec : array_like or Tensor of one axis
    parameters : iterable of Tensor

    Raises
    ------
    ShapeError
        For a vector of another length; then nothing was changed.

    Examples
    --------
    >>> import numpy as np, nn
    >>> layer = nn.Linear(2, 1)
    >>> nn.utils.vector_to_parameters(np.array([1.0, 2.0, 3.0]), layer.parameters())
    >>> layer.weight.tolist(), layer.bias.tolist()
    ([[1.0, 2.0]], [3.0])
    """
    members = list_parameters("vector_to_parameters", parameters)
    values = np.asarray(raw(vec))
    total = sum(get_data(p).size for p in members)
    if values.shape != (total,):
        raise ShapeError(
            f"vector_to_parameters: the parameters have {total} elements, the vector has shape {values.shape}"
        )
    start = 0
    for p in members:
        data = get_data(p)
        data[...] = values[start : start + data.size].reshape(data.shape)
        start += data.size
    stamp(members)


def __dir__() -> list[str]:
    return list(__all__)
