"""Layers against PyTorch's: values, gradients, averages, evaluation; compiled and drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor
from autograd.draw import draw
from autograd.graph.node import raw
from tests.sweep import sweep

FROZEN_FILE = Path(__file__).parent.parent / "frozen" / "torch_layers.json"
RNG = np.random.default_rng(11)
ROWS = RNG.normal(size=(4, 6))
SIGNAL = RNG.normal(size=(2, 4, 7))
PHOTO = RNG.normal(size=(2, 4, 5, 6))
BLOCK = RNG.normal(size=(2, 2, 3, 4, 4))
SEQUENCE = RNG.normal(size=(5, 3, 6))
MEMORY = RNG.normal(size=(4, 3, 6))
STATE = RNG.normal(size=(4, 3))
PADDED = np.array([[False, False, False, False, True], [False] * 5, [False, False, True, True, True]])
LATER = np.triu(np.ones((5, 5), bool), 1)
BIAS = RNG.normal(size=(6, 5, 5))
SMALL = {"d_model": 6, "nhead": 2, "dim_feedforward": 7, "dropout": 0.0}


class Case(NamedTuple):
    build: Callable[[Any], Any]
    inputs: list[np.ndarray]
    call: Callable[..., Any] = lambda module, *inputs: module(*inputs)


def masked(**masks: Any) -> Callable[..., Any]:
    """A call with masks, which are tensors where the inputs are PyTorch's."""

    def call(module: Any, *inputs: Any) -> Any:
        given = {}
        for name, mask in masks.items():
            foreign = not isinstance(inputs[0], (Tensor, np.ndarray))
            is_array = isinstance(mask, np.ndarray)
            given[name] = inputs[0].new_tensor(mask).to(_bool(inputs[0], mask)) if foreign and is_array else mask
        return module(*inputs, **given)

    return call


def _bool(like: Any, mask: np.ndarray) -> Any:
    import torch

    return torch.bool if mask.dtype == bool else like.dtype


def packed(module: Any, x: Any, *state: Any) -> Any:
    """A call with three sequences of different lengths, packed; all that comes out in one array."""
    ours = isinstance(x, (Tensor, np.ndarray))
    if ours:
        rnn, join, flat = nn.utils.rnn, ag.concatenate, ag.ravel
    else:
        import torch

        rnn, join, flat = torch.nn.utils.rnn, torch.cat, torch.ravel
    output, end = module(rnn.pack_padded_sequence(x, [2, 5, 4], enforce_sorted=False), state or None)
    padded, _ = rnn.pad_packed_sequence(output, padding_value=0.5)
    return join([flat(part) for part in (padded, *(end if isinstance(end, tuple) else (end,)))])


CASES: dict[str, Case] = {
    "GroupNorm": Case(lambda m: m.GroupNorm(2, 4, eps=1e-3), [PHOTO]),
    "GroupNorm of rows": Case(lambda m: m.GroupNorm(3, 6, affine=False), [ROWS]),
    "InstanceNorm1d": Case(lambda m: m.InstanceNorm1d(4, affine=True), [SIGNAL]),
    "InstanceNorm1d of one": Case(lambda m: m.InstanceNorm1d(4), [SIGNAL[0]]),
    "InstanceNorm2d": Case(lambda m: m.InstanceNorm2d(4, affine=True, track_running_stats=True), [PHOTO]),
    "InstanceNorm3d": Case(lambda m: m.InstanceNorm3d(2), [BLOCK]),
    "RMSNorm": Case(lambda m: m.RMSNorm(6), [ROWS]),
    "RMSNorm of two axes": Case(lambda m: m.RMSNorm((5, 6), eps=0.1), [PHOTO]),
    "LayerNorm without bias": Case(lambda m: m.LayerNorm(6, bias=False), [ROWS]),
    "BatchNorm3d": Case(lambda m: m.BatchNorm3d(2), [BLOCK]),
    "LocalResponseNorm": Case(lambda m: m.LocalResponseNorm(3, alpha=0.3), [PHOTO]),
    "Conv1d of one": Case(lambda m: m.Conv1d(4, 3, 3), [SIGNAL[0]]),
    "Conv1d circular": Case(lambda m: m.Conv1d(4, 2, 3, padding=2, padding_mode="circular", groups=2), [SIGNAL]),
    "Conv2d reflect": Case(lambda m: m.Conv2d(4, 2, 3, padding=(1, 2), padding_mode="reflect"), [PHOTO]),
    "Conv2d replicate": Case(lambda m: m.Conv2d(4, 2, 3, padding="same", padding_mode="replicate"), [PHOTO]),
    "Conv3d": Case(lambda m: m.Conv3d(2, 3, (2, 3, 2), stride=(1, 2, 1), padding=1), [BLOCK]),
    "ConvTranspose1d": Case(lambda m: m.ConvTranspose1d(4, 6, 3, stride=2, padding=1, groups=2), [SIGNAL]),
    "ConvTranspose2d": Case(
        lambda m: m.ConvTranspose2d(4, 3, (2, 3), stride=2, output_padding=1, dilation=(1, 2), bias=False), [PHOTO]
    ),
    "ConvTranspose2d of a size": Case(
        lambda m: m.ConvTranspose2d(4, 3, 3, stride=2), [PHOTO], lambda m, x: m(x, output_size=[12, 13])
    ),
    "ConvTranspose3d": Case(lambda m: m.ConvTranspose3d(2, 1, 2, stride=2), [BLOCK]),
    "MaxPool3d": Case(lambda m: m.MaxPool3d(2), [BLOCK]),
    "AvgPool3d": Case(lambda m: m.AvgPool3d(2, 1, divisor_override=3), [BLOCK]),
    "AdaptiveAvgPool3d": Case(lambda m: m.AdaptiveAvgPool3d(2), [BLOCK]),
    "AdaptiveMaxPool3d": Case(lambda m: m.AdaptiveMaxPool3d((1, 2, 3)), [BLOCK]),
    "Upsample": Case(lambda m: m.Upsample(scale_factor=2, mode="bilinear", align_corners=True), [PHOTO]),
    "UpsamplingNearest2d": Case(lambda m: m.UpsamplingNearest2d(size=(7, 9)), [PHOTO]),
    "UpsamplingBilinear2d": Case(lambda m: m.UpsamplingBilinear2d(scale_factor=2), [PHOTO]),
    "PixelShuffle": Case(lambda m: m.PixelShuffle(2), [PHOTO]),
    "PixelUnshuffle": Case(lambda m: m.PixelUnshuffle(2), [BLOCK[:, 0]]),
    "ChannelShuffle": Case(lambda m: m.ChannelShuffle(2), [PHOTO]),
    "Unfold": Case(lambda m: m.Unfold(2, stride=2), [PHOTO]),
    "Fold": Case(lambda m: m.Fold((3, 4), 2), [RNG.normal(size=(1, 8, 6))]),
    "Unflatten": Case(lambda m: m.Unflatten(1, (2, -1)), [ROWS]),
    "Bilinear": Case(lambda m: m.Bilinear(6, 6, 3), [ROWS, ROWS + 1.0]),
    "PReLU of channels": Case(lambda m: m.PReLU(4), [PHOTO]),
    "Softmax2d": Case(lambda m: m.Softmax2d(), [PHOTO]),
    "Hardshrink": Case(lambda m: m.Hardshrink(), [ROWS]),
    "Softshrink": Case(lambda m: m.Softshrink(), [ROWS]),
    "Threshold": Case(lambda m: m.Threshold(0.1, 2.0), [ROWS]),
    "ZeroPad2d": Case(lambda m: m.ZeroPad2d((1, 0, -1, 2)), [PHOTO]),
    "ConstantPad1d": Case(lambda m: m.ConstantPad1d(2, 3.5), [SIGNAL]),
    "ReflectionPad2d": Case(lambda m: m.ReflectionPad2d((2, 1, 0, 3)), [PHOTO]),
    "ReplicationPad3d": Case(lambda m: m.ReplicationPad3d(1), [BLOCK]),
    "CircularPad1d": Case(lambda m: m.CircularPad1d(3), [SIGNAL]),
    "RNNCell": Case(lambda m: m.RNNCell(6, 3, nonlinearity="relu"), [ROWS, STATE]),
    "LSTMCell": Case(lambda m: m.LSTMCell(6, 3), [ROWS, STATE, STATE - 1.0], lambda m, x, h, c: m(x, (h, c))[1]),
    "GRUCell": Case(lambda m: m.GRUCell(6, 3, bias=False), [ROWS, STATE]),
    "GRUCell of one": Case(lambda m: m.GRUCell(6, 3), [ROWS[0]]),
    "LSTM of packed": Case(
        lambda m: m.LSTM(6, 2, 2, bidirectional=True),
        [SEQUENCE, BIAS[:4, :3, :2], BIAS[:4, 2:, 2:4]],
        packed,
    ),
    "GRU of packed": Case(lambda m: m.GRU(6, 3), [SEQUENCE], packed),
    "LSTM of one": Case(lambda m: m.LSTM(6, 3, 2), [ROWS, STATE[:2], STATE[2:]], lambda m, x, h, c: m(x, (h, c))[0]),
    "RNN of one": Case(lambda m: m.RNN(6, 3, 1, "relu", batch_first=True), [ROWS], lambda m, x: m(x)[1]),
    "MultiheadAttention padded": Case(
        lambda m: m.MultiheadAttention(6, 2),
        [SEQUENCE],
        lambda m, x: masked(key_padding_mask=PADDED, attn_mask=LATER)(m, x, x, x)[0],
    ),
    "MultiheadAttention of masks for each head": Case(
        lambda m: m.MultiheadAttention(6, 2, bias=False),
        [SEQUENCE],
        lambda m, x: masked(attn_mask=BIAS, average_attn_weights=False)(m, x, x, x)[1],
    ),
    "MultiheadAttention of other features": Case(
        lambda m: m.MultiheadAttention(6, 3, kdim=4, vdim=7, batch_first=True),
        [ROWS, SIGNAL[0].T[:5].copy(), RNG.normal(size=(5, 7))],
        lambda m, q, k, v: m(q, k, v)[0],
    ),
    "TransformerEncoderLayer": Case(
        lambda m: m.TransformerEncoderLayer(**SMALL),
        [SEQUENCE],
        masked(src_mask=LATER, src_key_padding_mask=PADDED),
    ),
    "TransformerEncoderLayer norm first": Case(
        lambda m: m.TransformerEncoderLayer(**SMALL, activation="gelu", norm_first=True, batch_first=True, bias=False),
        [SEQUENCE],
    ),
    "TransformerDecoderLayer": Case(
        lambda m: m.TransformerDecoderLayer(**SMALL, layer_norm_eps=1e-3),
        [SEQUENCE, MEMORY],
        masked(tgt_mask=LATER, tgt_key_padding_mask=PADDED),
    ),
    "TransformerEncoder": Case(
        lambda m: m.TransformerEncoder(
            m.TransformerEncoderLayer(**SMALL), 2, m.LayerNorm(6), enable_nested_tensor=False
        ),
        [SEQUENCE],
        masked(mask=LATER),
    ),
    "TransformerDecoder": Case(
        lambda m: m.TransformerDecoder(m.TransformerDecoderLayer(**SMALL, norm_first=True), 2), [SEQUENCE, MEMORY]
    ),
    "Transformer": Case(
        lambda m: m.Transformer(**SMALL, num_encoder_layers=1, num_decoder_layers=1, batch_first=True),
        [SEQUENCE, MEMORY],
        lambda m, x, y: m(y.swapaxes(0, 1), x.swapaxes(0, 1)),
    ),
}
FROZEN = json.loads(FROZEN_FILE.read_text(encoding="utf-8")) if FROZEN_FILE.exists() else {}


def parameters_of(name: str, shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """The same weights for both, by name."""
    rng = np.random.default_rng(len(name))
    return {key: rng.normal(0.0, 0.5, shape) for key, shape in sorted(shapes.items())}


def made(name: str) -> nn.Module:
    module = CASES[name].build(nn).double()
    own = dict(module.named_parameters())
    for key, values in parameters_of(name, {k: p.shape for k, p in own.items()}).items():
        own[key].data = values
    return module


def weighted_sum(out: Any) -> Any:
    return (out * np.cos(np.arange(out.size) + 0.5).reshape(out.shape)).sum()


@pytest.mark.parametrize("name", CASES)
def test_layers_are_pytorchs(name: str) -> None:
    module, frozen, case = made(name), FROZEN[name], CASES[name]
    own = dict(module.named_parameters())
    assert sorted(own) == sorted(frozen["parameters"])
    leaves = [Tensor(x, requires_grad=True) for x in case.inputs]
    out = case.call(module, *leaves)
    assert list(out.shape) == frozen["shape"]
    np.testing.assert_allclose(out.data.ravel(), frozen["out"], rtol=1e-10, atol=1e-12)
    weighted_sum(out).backward()
    for leaf, expected in zip(leaves, frozen["grads"], strict=True):
        np.testing.assert_allclose(leaf.grad.ravel(), expected, rtol=1e-8, atol=1e-11)
    for key, expected in frozen["parameters"].items():
        gradient = own[key].grad
        found = np.zeros(np.size(expected)) if gradient is None else gradient.ravel()
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-11)
    assert sorted(dict(module.named_buffers())) == sorted(frozen["buffers"])
    for key, array in module.named_buffers():
        # Of instances PyTorch does not count the batches.
        if "num_batches" not in key:
            np.testing.assert_allclose(array.ravel(), frozen["buffers"][key], rtol=1e-11)
    evaluated = np.asarray(ag.stop_gradient(case.call(module.eval(), *map(Tensor, case.inputs))).data)
    np.testing.assert_allclose(evaluated.ravel(), frozen["eval"], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", sweep(CASES, 6))
def test_layers_compile(name: str) -> None:
    module, case = made(name), CASES[name]
    slope = ag.value_and_grad(lambda *inputs: weighted_sum(case.call(module, *inputs)), tuple(range(len(case.inputs))))
    module.eval()
    value, gradients = slope(*case.inputs)
    compiled, found = ag.compile(slope, native=False)(*case.inputs)
    np.testing.assert_allclose(raw(compiled), raw(value), rtol=1e-11)
    for one, other in zip(found, gradients, strict=True):
        np.testing.assert_allclose(raw(one), raw(other), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", sweep(CASES, 12))
def test_layers_are_drawn(name: str) -> None:
    module, case = made(name), CASES[name]
    out = case.call(module, *[Tensor(x, requires_grad=True) for x in case.inputs])
    assert "digraph" in draw(weighted_sum(out)).dot


def test_a_mask_that_a_compiled_function_is_given() -> None:
    layer = nn.MultiheadAttention(6, 2, batch_first=True, dtype=np.float64, rng=0).eval()
    x = SEQUENCE.swapaxes(0, 1).copy()
    attend = ag.compile(lambda x, mask: layer(x, x, x, key_padding_mask=mask)[0], native=False)
    for mask in (PADDED, PADDED[::-1].copy()):
        np.testing.assert_allclose(attend(x, mask), layer(x, x, x, key_padding_mask=mask)[0].data, rtol=1e-12)
    with pytest.raises(ValueError, match="leaves a query nothing to look at"):
        attend(x, np.ones((3, 5), bool))


def test_layers_are_copied_with_dropout_of_their_own() -> None:
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(6, 1, 7, dropout=0.5, rng=0), 2)
    first, second = encoder.layers
    np.testing.assert_array_equal(first.linear1.weight.data, second.linear1.weight.data)
    x = np.ones((40, 6), np.float32)
    assert (first.dropout(x) != second.dropout(x)).any()


def test_dropout_of_channels() -> None:
    for layer, x in (
        (nn.Dropout1d(0.5, rng=0), SIGNAL),
        (nn.Dropout2d(0.5, rng=0), PHOTO),
        (nn.Dropout3d(0.5, rng=0), BLOCK),
    ):
        out = layer(x) / x
        assert set(np.unique(out.round(9))) == {0.0, 2.0}
        assert (out == out[(..., *[slice(0, 1)] * (x.ndim - 2))]).all()
        assert layer.eval()(x) is x
    kept = nn.AlphaDropout(0.3, rng=0)(np.random.default_rng(0).normal(size=100_000))
    assert kept.var() == pytest.approx(1.0, abs=0.03)
    whole = nn.FeatureAlphaDropout(0.5, rng=0)(np.zeros((4, 3, 5)))
    assert (whole == whole[:, :, :1]).all()


class Packed(NamedTuple):
    data: Any
    batch_sizes: Any


ERRORS: dict[str, tuple[Callable[[], Any], str]] = {
    "packed features": (lambda: nn.GRU(5, 3)(nn.utils.rnn.pack_sequence([ROWS])), r"packed steps of 5 features, got \(4, 6\)"),
    "a packed step": (lambda: nn.GRUCell(6, 3)(Packed(ROWS, [4])), "a cell takes one step"),
    "a state of one": (lambda: nn.GRU(6, 3)(ROWS, np.zeros((1, 4, 3))), r"state of a single sequence is \(1, 3\)"),
    "a cell's input": (lambda: nn.GRUCell(5, 3)(ROWS), r"shape \(batch, 5\) or \(5,\), got \(4, 6\)"),
    "a cell's state": (lambda: nn.LSTMCell(6, 3)(ROWS, STATE), r"expected 2 state\(s\) of shape \(4, 3\)"),
    "padding_mode": (lambda: nn.Conv1d(4, 2, 3, padding_mode="mirror"), "padding_mode must be one of zeros, reflect"),
    "transposed padding_mode": (lambda: nn.ConvTranspose1d(4, 2, 3, padding_mode="reflect"), "no padding_mode but 'zeros'"),
    "output_size": (lambda: nn.ConvTranspose1d(4, 2, 3, stride=2)(SIGNAL, [20]), r"output_size is from \(15,\) to \(16,\)"),
    "mirrored": (lambda: nn.Conv1d(4, 2, 9, padding=7, padding_mode="reflect")(SIGNAL), "more than 'reflect' finds in 7"),
    "channels": (lambda: nn.GroupNorm(2, 6)(PHOTO), r"expected an input of shape \(N, 6, …\), got \(2, 4, 5, 6\)"),
    "groups": (lambda: nn.GroupNorm(4, 6), "6 channels do not fall into 4 groups"),
    "instances": (lambda: nn.InstanceNorm2d(3)(PHOTO), r"expected an input of shape \(N, 3, …, …\)"),
    "margins": (lambda: nn.ZeroPad2d((1, 2, 3)), "padding is one number, or 4 of them"),
    "axes": (lambda: nn.ReflectionPad1d(1)(PHOTO), r"expected an input of shape \(N, C, …\)"),
    "unflatten": (lambda: nn.Unflatten(1, (4, -1))(ROWS), r"an axis of length 6 does not fall into \(4, -1\)"),
    "activation": (lambda: nn.TransformerEncoderLayer(6, 2, activation="tanh"), "activation is 'relu', 'gelu' or a function"),
    "features": (lambda: nn.Transformer(**SMALL)(ROWS[:, :5], ROWS), "src has 6 features at the end"),
    "keys": (lambda: nn.MultiheadAttention(6, 2, add_zero_attn=True), "keys are not added here"),
    "a mask's shape": (
        lambda: nn.MultiheadAttention(6, 2)(SEQUENCE, SEQUENCE, SEQUENCE, attn_mask=LATER[:4]),
        r"attn_mask is \(5, 5\) or \(6, 5, 5\), not \(4, 5\)",
    ),
    "padding's shape": (
        lambda: nn.MultiheadAttention(6, 2)(SEQUENCE, SEQUENCE, SEQUENCE, PADDED[:2]),
        r"key_padding_mask is \(3, 5\), not \(2, 5\)",
    ),
    "an embedding of a row": (lambda: nn.Embedding.from_pretrained(ROWS[0]), r"expected \(rows, features\)"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_what_is_wrong_is_said(name: str) -> None:
    make, message = ERRORS[name]
    with pytest.raises((ValueError, TypeError), match=message):
        make()
