"""Parameters as one vector, and back; sequences of different lengths; weights of a given norm."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import nn
import optim
from autograd import InPlaceError, ShapeError, Tensor
from autograd import compile as compile_
from nn import utils
from nn.utils import rnn

RNG = np.random.default_rng(0)


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


def test_sequences_of_different_lengths_there_and_back() -> None:
    sequences = [Tensor(RNG.normal(size=(n, 2)), requires_grad=True) for n in (2, 4, 1)]
    for batch_first in (False, True):
        padded = rnn.pad_sequence(sequences, batch_first, 7.0)
        assert padded.shape == ((3, 4, 2) if batch_first else (4, 3, 2))
        for one, other in zip(sequences, rnn.unpad_sequence(padded, [2, 4, 1], batch_first), strict=True):
            assert one.tolist() == other.tolist()
    left = rnn.pad_sequence(sequences, True, padding_side="left")
    assert left[0, :2].tolist() == [[0.0, 0.0]] * 2 and left[0, 2:].tolist() == sequences[0].tolist()
    pack = rnn.pack_sequence(sequences, enforce_sorted=False)
    assert pack.batch_sizes.tolist() == [3, 2, 1, 1] and pack.unsorted_indices.tolist() == [1, 0, 2]
    for one, other in zip(sequences, rnn.unpack_sequence(pack), strict=True):
        assert one.tolist() == other.tolist()
    longer, lengths = rnn.pad_packed_sequence(pack, padding_value=-1.0, total_length=6)
    assert lengths.tolist() == [2, 4, 1] and (longer[4:].data == -1.0).all()
    (longer * longer).sum().backward()
    assert all((x.grad == 2.0 * x.data).all() for x in sequences)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: rnn.pad_sequence([]), "alike but for their length"),
        (lambda: rnn.pad_sequence([np.ones((2, 3)), np.ones((2, 4))]), "alike but for their length"),
        (lambda: rnn.pad_sequence([np.ones(2)], padding_side="top"), "padding_side is 'right' or 'left'"),
        (
            lambda: rnn.pack_padded_sequence(np.ones((3, 2)), [1, 2]),
            "sorted in decreasing order .* pass enforce_sorted=False",
        ),
        (lambda: rnn.pack_padded_sequence(np.ones((3, 2)), [4, 2]), "lengths are from 1 to 3"),
        (lambda: rnn.pack_padded_sequence(np.ones((3, 2)), [2, 0]), "lengths are from 1 to 3"),
        (lambda: rnn.pack_padded_sequence(np.ones((3, 2)), [2.0, 1.0]), "do not fit"),
        (lambda: rnn.pack_padded_sequence(np.ones((3, 2)), [2]), "do not fit"),
        (
            lambda: rnn.pad_packed_sequence(rnn.pack_sequence([np.ones(3)]), total_length=2),
            "total_length is at least 3",
        ),
    ],
)
def test_what_sequences_cannot_be(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_weights_of_a_length_of_their_own() -> None:
    x = RNG.normal(size=(3, 5))
    for dim, shape in ((0, (4, 1)), (1, (1, 5)), (None, ())):
        layer = nn.Linear(5, 4, rng=0, dtype=np.float64)
        before, weight = layer(x).data, layer.weight.data.copy()
        assert utils.weight_norm(layer, dim=dim) is layer
        assert layer.weight_g.shape == shape and layer.weight_v.data.tolist() == weight.tolist()
        np.testing.assert_allclose(layer(x).data, before, rtol=1e-12)
        layer(x).sum().backward()
        assert_gradients(lambda m=layer: m(x).sum(), {"g": layer.weight_g, "v": layer.weight_v})
        other = utils.weight_norm(nn.Linear(5, 4, dtype=np.float64), dim=dim)
        other.load_state_dict(layer.state_dict())
        for again in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer)), other):
            np.testing.assert_allclose(again(x).data, layer(x).data, rtol=1e-12)
        now = layer(x).data
        utils.remove_weight_norm(layer)
        assert sorted(name for name, _ in layer.named_parameters()) == ["bias", "weight"]
        np.testing.assert_allclose(layer(x).data, now, rtol=1e-12)


def assert_gradients(loss: Any, parameters: dict[str, Tensor]) -> None:
    """Those that are there, against differences of the loss."""
    for name, p in parameters.items():
        found = np.zeros(p.shape)
        for place in np.ndindex(p.shape):
            kept = p.data[place]
            sides = []
            for side in (1e-6, -1e-6):
                p.data[place] = kept + side
                sides.append(loss().item())
            p.data[place] = kept
            found[place] = (sides[0] - sides[1]) / 2e-6
        np.testing.assert_allclose(p.grad, found, rtol=1e-6, atol=1e-8, err_msg=name)


def test_weights_of_spectral_norm_one() -> None:
    layer = nn.Linear(5, 4, rng=0, dtype=np.float64)
    weight = layer.weight.data.copy()
    utils.spectral_norm(layer, n_power_iterations=3, rng=0)
    x = RNG.normal(size=(3, 5))
    for _ in range(30):
        layer(x)
    np.testing.assert_allclose(layer.weight.data, weight / np.linalg.norm(weight, 2), rtol=1e-6)
    layer.eval()
    held = {name: array.copy() for name, array in layer.state_dict().items()}
    assert sorted(held) == ["bias", "weight_orig", "weight_u", "weight_v"]
    layer(x).sum().backward()
    assert_gradients(lambda: layer(x).sum(), {"orig": layer.weight_orig})
    assert all((array == held[name]).all() for name, array in layer.state_dict().items()), "evaluation moves nothing"
    turned = utils.spectral_norm(nn.ConvTranspose2d(3, 4, 2, rng=0), rng=0)
    assert turned.weight_u.shape == (4,) and turned.weight_v.shape == (12,)
    now = layer(x).data
    utils.remove_spectral_norm(layer)
    np.testing.assert_allclose(layer(x).data, now, rtol=1e-12)
    assert list(layer.state_dict()) == ["bias", "weight"]


def test_a_pass_before_the_next_keeps_the_vectors_that_it_was_computed_with() -> None:
    layers = [utils.spectral_norm(nn.Linear(5, 4, rng=0, dtype=np.float64), rng=0) for _ in range(2)]
    x = RNG.normal(size=(3, 5))
    first = [layer(x).sum() for layer in layers]
    layers[0](x)
    for loss in first:
        loss.backward()
    np.testing.assert_array_equal(layers[0].weight_orig.grad, layers[1].weight_orig.grad)


def test_what_has_no_weight_of_a_norm() -> None:
    for make, error, message in (
        (lambda: utils.weight_norm(nn.ReLU()), TypeError, "ReLU has no parameter 'weight'; it has none"),
        (
            lambda: utils.spectral_norm(nn.Linear(2, 2), "w"),
            TypeError,
            "Linear has no parameter 'w'; it has weight, bias",
        ),
        (lambda: utils.spectral_norm(nn.Linear(2, 2), n_power_iterations=0), ValueError, "must be from 1 on"),
        (lambda: utils.remove_weight_norm(nn.Linear(2, 2)), ValueError, "Linear has none of 'weight'"),
        (lambda: utils.remove_spectral_norm(utils.weight_norm(nn.Linear(2, 2))), ValueError, "has none of 'weight'"),
        (lambda: compile_(utils.spectral_norm(nn.Linear(2, 2)))(np.ones((1, 2), np.float32)), TypeError, "call eval()"),
    ):
        with pytest.raises(error, match=message):
            make()
