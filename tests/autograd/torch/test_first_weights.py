"""First weights drawn anew: `reset_parameters` of layers, and what programs that are written after PyTorch's layers ask for."""

from __future__ import annotations

from typing import Any

import pytest

import autograd.torch as torch
from autograd.torch import nn
from autograd.torch.utils.data import DataLoader

LAYERS: dict[str, tuple[Any, ...]] = {
    "Linear": (3, 4), "Bilinear": (2, 3, 4), "Embedding": (5, 2, 1), "EmbeddingBag": (5, 2), "PReLU": (3,), "Conv1d": (2, 4, 3),
    "Conv2d": (2, 4, 3, 2, 1), "Conv3d": (1, 2, 2), "ConvTranspose1d": (2, 4, 3), "ConvTranspose2d": (2, 4, 3),
    "ConvTranspose3d": (1, 2, 2), "BatchNorm1d": (3,), "BatchNorm2d": (3,), "BatchNorm3d": (3,),
    "InstanceNorm1d": (3, 1e-5, 0.1, True, True), "InstanceNorm2d": (3,), "InstanceNorm3d": (3,), "LayerNorm": (3,),
    "GroupNorm": (2, 4), "RMSNorm": (3,), "RNN": (3, 4, 2),
    "LSTM": (3, 4, 1, False), "GRU": (3, 4), "RNNCell": (3, 4), "LSTMCell": (3, 4), "GRUCell": (3, 4, False),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_weights_drawn_anew_are_those_of_a_new_layer(name: str) -> None:
    torch.manual_seed(5)
    layer = getattr(nn, name)(*LAYERS[name])
    expected = {path: x.clone() for path, x in layer.state_dict().items()}
    for x in layer.state_dict().values():
        x.fill_(7)
    torch.manual_seed(5)
    layer.reset_parameters()
    assert layer.state_dict().keys() == expected.keys()
    for path, x in layer.state_dict().items():
        assert torch.equal(x, expected[path]), path


def test_only_layers_with_weights_of_their_own_are_reset() -> None:
    block = nn.TransformerEncoderLayer(4, 2, 8)
    assert not any(hasattr(part, "reset_parameters") for part in (block, nn.ReLU(), nn.Dropout(), nn.Sequential()))
    before = block.linear1.weight.clone()
    block.linear1.reset_parameters()
    assert not torch.equal(block.linear1.weight, before)


def test_a_subclass_fills_the_weights_of_its_layer() -> None:
    class Zero(nn.Linear):
        def reset_parameters(self) -> None:
            nn.init.zeros_(self.weight)
            nn.init.constant_(self.bias, 0.5)

    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    layer = Zero(2, 3)
    assert torch.rand(3).tolist() == expected.tolist()
    assert layer(torch.ones(2)).tolist() == [0.5, 0.5, 0.5]


def test_words_that_programs_ask_layers_for() -> None:
    lstm = nn.LSTM(3, 4, num_layers=2, bidirectional=True)
    lstm.flatten_parameters()
    assert [len(weights) for weights in lstm.all_weights] == [4] * 4
    assert lstm.all_weights[1][0] is lstm.weight_ih_l0_reverse
    assert nn.init._calculate_fan_in_and_fan_out(torch.empty(4, 5, 2)) == (10, 8)
    mask = nn.Transformer.generate_square_subsequent_mask(2)
    assert isinstance(mask, torch.Tensor) and mask.to("cpu").tolist() == [[0.0, -float("inf")], [0.0, 0.0]]
    with pytest.raises(ValueError, match="batch_size should be a positive integer"):
        DataLoader([1, 2], batch_size=0)
