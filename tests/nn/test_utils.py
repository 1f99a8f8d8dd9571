"""Parameters as one vector, and back."""

from __future__ import annotations

import numpy as np
import pytest

import nn
import optim
from autograd import InPlaceError, ShapeError
from nn import utils


def test_parameters_go_round_by_a_vector() -> None:
    layer = nn.Linear(2, 3, rng=0, dtype=np.float64)
    vector = utils.parameters_to_vector(layer.parameters())
    np.testing.assert_array_equal(vector.data, [*layer.weight.data.ravel(), *layer.bias.data])
    (vector * np.arange(9.0)).sum().backward()
    np.testing.assert_array_equal(layer.weight.grad, np.arange(6.0).reshape(3, 2))
    utils.vector_to_parameters(vector * 2.0, layer.parameters())
    np.testing.assert_array_equal(layer.bias.data, 2.0 * vector.data[6:])
    before = layer.weight.data.copy()
    with pytest.raises(ShapeError, match=r"have 9 elements, the vector has shape \(8,\)"):
        utils.vector_to_parameters(np.zeros(8), layer.parameters())
    np.testing.assert_array_equal(layer.weight.data, before)
    with pytest.raises(ValueError, match="the list of parameters is empty"):
        utils.parameters_to_vector([])


def test_a_vector_written_between_the_passes_is_noticed() -> None:
    layer = nn.Linear(2, 1, rng=0)
    loss = (layer.weight * layer.weight).sum()
    utils.vector_to_parameters(np.zeros(3), layer.parameters())
    with pytest.raises(InPlaceError):
        loss.backward()


def test_clipping_is_the_optimizers() -> None:
    assert utils.clip_grad_norm_ is optim.clip_grad_norm_
    assert utils.clip_grad_value_ is optim.clip_grad_value_
