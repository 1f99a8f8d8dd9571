"""Parameters as one vector, and back; sequences of different lengths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
import optim
from autograd import InPlaceError, ShapeError, Tensor
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
