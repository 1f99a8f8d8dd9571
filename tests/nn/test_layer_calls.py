"""Layers on odd shapes and with odd options, with what they give or what they say, as one text.

All parameters are given the same numbers here and in PyTorch: `python -m tests.nn.test_layer_calls` compares with it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import nn
from tests.nn.test_calls import Ours, listed, numbers, plain, result_of
from tests.texts import assert_text

TEXTS = Path(__file__).parent / "texts"


class OurLayers(Ours):
    """The names that the calls are made of."""

    N, R = nn, nn.utils.rnn

    def packed(self, *given: Any, **named: Any) -> Any:
        """What is packed, and how."""
        found = self.R.pack_padded_sequence(*given, **named)
        return self.flat(tuple(part for part in found if part is not None))

    def padded(self, *given: Any, first: bool = False, total: Any = None, value: float = 0.0, **named: Any) -> Any:
        """What is packed, unpacked again."""
        packed = self.R.pack_padded_sequence(*given, **named)
        return self.R.pad_packed_sequence(packed, batch_first=first, padding_value=value, total_length=total)

    def run(self, layer: Any, *given: Any, **named: Any) -> Any:
        """What a layer gives in evaluation, with numbers of ours in all of its parameters."""
        for parameter in layer.parameters():
            parameter.data[...] = numbers(*parameter.shape) / 2.0
        return self.flat(layer.eval()(*map(self.single, given), **{k: self.single(v) for k, v in named.items()}))

    def trained(self, layer: Any, *given: Any) -> Any:
        """What it gives in training, and its buffers after it."""
        for parameter in layer.parameters():
            parameter.data[...] = numbers(*parameter.shape) / 2.0
        return self.flat((layer(*map(self.single, given)), *(buffer for _, buffer in layer.named_buffers())))

    def single(self, given: Any) -> Any:
        kind = getattr(getattr(given, "dtype", None), "kind", "")
        if isinstance(given, tuple):
            return tuple(map(self.single, given))
        return given.astype(np.float32) if kind == "f" else given

    def flat(self, given: Any) -> Any:
        """Tuples within tuples as one."""
        if isinstance(given, tuple):
            parts = [self.flat(part) for part in given]
            return tuple(x for part in parts for x in (part if isinstance(part, tuple) else (part,)))
        return given

    def mask(self, *rows: Any) -> Any:
        return np.array(rows, bool)


ALIKE = """
run(N.Linear(3, 2, bias=False), a(2, 2, 3))
run(N.Bilinear(2, 3, 2), a(2, 2), a(2, 3))
run(N.Embedding(5, 2, padding_idx=1), i([0, 4], [1, 1]))
run(N.EmbeddingBag(5, 2, mode="max"), i([0, 4], [1, 1]))
run(N.Conv1d(2, 4, 2, stride=2, groups=2), a(1, 2, 5))
run(N.Conv1d(1, 1, 3, padding=2, padding_mode="circular"), a(1, 1, 4))
run(N.Conv1d(1, 1, 4, padding="same", padding_mode="replicate"), a(1, 1, 5))
run(N.Conv2d(1, 2, (2, 3), padding=(1, 2), padding_mode="reflect"), a(1, 1, 3, 4))
run(N.Conv2d(2, 2, 2, dilation=(1, 2), bias=False), a(2, 3, 4))
run(N.ConvTranspose1d(2, 2, 3, stride=2, groups=2), a(1, 2, 3), output_size=[8])
run(N.ConvTranspose2d(1, 1, 2, stride=2, padding=1, output_padding=(1, 0)), a(1, 1, 3, 2))
run(N.MaxPool1d(3, 2, 1, ceil_mode=True), a(1, 1, 6))
run(N.MaxPool2d((2, 1), return_indices=True), a(1, 1, 4, 2))
run(N.AvgPool1d(2, ceil_mode=True, count_include_pad=False, padding=1), a(1, 1, 4))
run(N.AvgPool2d(2, 1, divisor_override=5), a(1, 1, 3, 2))
run(N.LPPool1d(3.0, 2), p(1, 1, 5))
run(N.AdaptiveAvgPool2d((2, None)), a(1, 1, 3, 2))
run(N.AdaptiveMaxPool1d(2), a(1, 1, 5))
run(N.MaxUnpool1d(2, 2), a(1, 1, 2), i([[0, 3]]))
run(N.Flatten(2), a(1, 2, 2, 2))
run(N.Flatten(0, 1), a(1, 2, 2))
run(N.Unflatten(1, (2, -1)), a(1, 4))
run(N.Unflatten(1, (2, -1)), a(0, 4))
run(N.Upsample(scale_factor=2, mode="bilinear", align_corners=True), a(1, 1, 2, 2))
run(N.Upsample((3, 2)), a(1, 1, 2, 2))
run(N.PixelShuffle(2), a(1, 4, 1, 1))
run(N.Fold((2, 3), 2), a(1, 4, 2))
run(N.Unfold(2, stride=(1, 2)), a(1, 1, 3, 3))
run(N.ConstantPad1d((1, 2), 3.5), a(1, 1, 2))
run(N.ReflectionPad2d((1, 0, 2, 1)), a(1, 1, 3, 2))
run(N.ZeroPad2d(1), a(1, 1, 1, 2))
run(N.CircularPad1d((2, 1)), a(1, 1, 3))
run(N.LayerNorm((2, 3), eps=0.5), a(2, 2, 3))
run(N.LayerNorm(3, elementwise_affine=False), a(2, 3))
run(N.LayerNorm(3, bias=False), a(2, 3))
run(N.RMSNorm(3, eps=0.25), a(2, 3))
run(N.GroupNorm(2, 4, eps=0.5), a(1, 4, 2))
run(N.InstanceNorm1d(2, eps=0.5, affine=True), a(1, 2, 3))
run(N.BatchNorm1d(2, eps=0.5), a(3, 2))
trained(N.BatchNorm1d(2, eps=0.5, momentum=0.25), a(3, 2))
trained(N.BatchNorm1d(2, eps=0.5, momentum=None), a(2, 2, 2))
trained(N.BatchNorm2d(1, affine=False), a(1, 1, 2, 2))
trained(N.BatchNorm1d(2, track_running_stats=False), a(3, 2))
trained(N.InstanceNorm1d(2, track_running_stats=True), a(2, 2, 3))
run(N.PReLU(3), a(2, 3))
run(N.GLU(0), a(4, 2))
run(N.Softmax2d(), a(1, 2, 1, 2))
run(N.Hardtanh(-0.5, 0.25), a(4))
run(N.Threshold(0.25, 7.0), a(4))
run(N.CELU(0.5), a(4))
run(N.RReLU(0.25, 0.75), a(4))
run(N.CosineSimilarity(0, 0.5), a(2, 2), a(2, 2) + 1.0)
run(N.PairwiseDistance(1.0, keepdim=True), a(2, 2), a(2, 2) + 1.0)
run(N.RNN(2, 3), a(2, 1, 2))
run(N.RNN(2, 2, 2, nonlinearity="relu", bias=False, batch_first=True), a(1, 2, 2), a(2, 1, 2))
run(N.RNN(2, 2, bidirectional=True), a(3, 2))
run(N.LSTM(2, 2, 2, bidirectional=True), a(2, 1, 2))
run(N.LSTM(2, 2, batch_first=True), a(1, 2, 2), (a(1, 1, 2), a(1, 1, 2) + 0.5))
run(N.GRU(2, 2, 2), a(2, 1, 2), a(2, 1, 2))
run(N.GRU(1, 2, bidirectional=True, bias=False), a(2, 2, 1))
run(N.RNNCell(2, 2, nonlinearity="relu"), a(1, 2))
run(N.LSTMCell(2, 2), a(2), (a(2), a(2) + 0.5))
run(N.GRUCell(2, 2, bias=False), a(1, 2), a(1, 2))
run(N.MultiheadAttention(4, 2), a(2, 1, 4), a(3, 1, 4), a(3, 1, 4) + 0.5)
run(N.MultiheadAttention(4, 2, bias=False, batch_first=True), a(1, 2, 4), a(1, 3, 4), a(1, 3, 4), average_attn_weights=False)
run(N.MultiheadAttention(2, 1, kdim=3, vdim=1), a(2, 2), a(3, 3), a(3, 1))
run(N.MultiheadAttention(2, 1), a(2, 1, 2), a(3, 1, 2), a(3, 1, 2), key_padding_mask=mask([False, True, False]))
run(N.MultiheadAttention(2, 2), a(2, 1, 2), a(2, 1, 2), a(2, 1, 2), attn_mask=mask([False, True], [False, False]))
run(N.MultiheadAttention(2, 1), a(2, 1, 2), a(3, 1, 2), a(3, 1, 2), attn_mask=a(2, 3))
run(N.TransformerEncoderLayer(2, 1, 3, activation="gelu", batch_first=True), a(1, 2, 2))
run(N.TransformerEncoderLayer(2, 1, 3, norm_first=True, layer_norm_eps=0.5), a(2, 1, 2))
run(N.TransformerDecoderLayer(2, 1, 3), a(2, 1, 2), a(3, 1, 2))
run(N.TransformerDecoderLayer(2, 1, 3, norm_first=True), a(2, 1, 2), a(3, 1, 2), tgt_mask=mask([False, True], [False, False]))
run(N.TransformerEncoder(N.TransformerEncoderLayer(2, 1, 3), 2, N.LayerNorm(2), enable_nested_tensor=False), a(2, 1, 2))
run(N.Transformer(2, 1, 1, 1, 3, batch_first=True), a(1, 3, 2), a(1, 2, 2))
N.Transformer.generate_square_subsequent_mask(3)
packed(a(3, 2, 1), i(3, 1))
packed(a(2, 3, 1), i(3, 1), batch_first=True)
packed(a(3, 2, 1), i(1, 3), enforce_sorted=False)
packed(a(3, 3, 2), i(2, 3, 1), enforce_sorted=False)
padded(a(3, 2, 1), i(3, 1))
padded(a(2, 3, 1), i(2, 1), batch_first=True, first=True, value=7.0)
padded(a(3, 2, 1), i(1, 3), enforce_sorted=False, total=4)
padded(a(3, 2, 1), i(2, 2), first=True, total=3)
R.pad_sequence([a(2, 1), a(3, 1), a(1, 1)])
R.pad_sequence([a(2), a(3)], batch_first=True, padding_value=-1.0)
tuple(R.unpad_sequence(a(3, 2, 1), i(3, 1)))
tuple(R.unpad_sequence(a(2, 3), i(1, 2), batch_first=True))
"""

WRONG = """
N.Linear(0, 2)
N.Linear(3, 2)(a(2, 4))
N.Linear(3, 2.5)
N.Bilinear(2, 3, 2)(a(2, 3), a(2, 3))
N.Embedding(5, 2, padding_idx=5)
N.Embedding(5, 2)(a(2))
N.Embedding.from_pretrained(a(3))
N.EmbeddingBag(5, 2, mode="most")
N.Conv1d(3, 4, 2, groups=2)
N.Conv1d(2, 3, 2, groups=2)
N.Conv1d(2, 2, 0)
N.Conv1d(2, 2, 2, padding_mode="mirror")
N.Conv1d(2, 2, 2, stride=2, padding="same")
N.Conv1d(2, 2, 2)(a(1, 3, 5))
N.Conv1d(2, 2, 2)(a(1, 2, 1))
N.Conv2d(2, 2, (2, 2, 2))
N.ConvTranspose1d(2, 2, 3, stride=2, padding_mode="reflect")
N.ConvTranspose1d(2, 2, 3, stride=2)(a(1, 2, 3), output_size=[9])
N.ConvTranspose1d(2, 2, 3, stride=2)(a(1, 2, 3), output_size=[6])
N.Flatten(3)(a(1, 2))
N.Unflatten(1, 4)
N.Unflatten("C", (2, 2))
N.Unflatten(2, (2, 2))(a(1, 4))
N.Unflatten(1, (3, 2))(a(1, 4))
N.ConstantPad2d((1, 2), 0.0)
N.ReflectionPad1d(1)(a(3))
N.ReflectionPad1d(3)(a(1, 1, 3))
N.LayerNorm(3)(a(2, 2))
N.LayerNorm(())
N.GroupNorm(3, 4)
N.GroupNorm(2, 4)(a(1, 3))
N.GroupNorm(2, 4)(a(4))
N.BatchNorm1d(2)(a(3, 3))
N.BatchNorm1d(2)(a(1, 2))
N.BatchNorm2d(2)(a(1, 2, 2))
N.BatchNorm1d(2, momentum=1.5)(a(3, 2))
N.InstanceNorm1d(2)(a(1, 2, 1))
N.Dropout(1.5)
N.Softmax2d()(a(2, 2))
N.RNN(2, 3, nonlinearity="sigmoid")
N.RNN(2, 3)(a(2, 1, 3))
N.RNN(2, 3)(a(2))
N.RNN(2, 3)(a(0, 1, 2))
N.RNN(2, 3)(a(2, 1, 2), a(2, 1, 3))
N.RNN(2, 3)(a(2, 2), a(1, 1, 3))
N.LSTM(2, 3)(a(2, 1, 2), a(1, 1, 3))
N.RNN(2, 3, 0)
N.RNNCell(2, 3)(a(1, 3))
N.RNNCell(2, 3)(a(1, 2), a(1, 2))
N.LSTMCell(2, 3)(a(1, 2), a(1, 3))
N.RNNCell(2, 3, nonlinearity="sigmoid")
N.MultiheadAttention(4, 3)
N.MultiheadAttention(4, 2, add_bias_kv=True)
N.MultiheadAttention(4, 2, add_zero_attn=True)
N.MultiheadAttention(4, 2)(a(2, 1, 3), a(3, 1, 4), a(3, 1, 4))
N.MultiheadAttention(4, 2)(a(2, 1, 4), a(3, 1, 4), a(2, 1, 4))
N.MultiheadAttention(4, 2)(a(2, 2, 4), a(3, 1, 4), a(3, 1, 4))
N.MultiheadAttention(4, 2)(a(2, 4), a(3, 1, 4), a(3, 1, 4))
N.MultiheadAttention(4, 2)(a(2, 1, 4), a(3, 1, 4), a(3, 1, 4), attn_mask=mask([False, True]))
N.MultiheadAttention(4, 2)(a(2, 1, 4), a(3, 1, 4), a(3, 1, 4), key_padding_mask=mask([False, True]))
N.MultiheadAttention(4, 2)(a(2, 1, 4), a(3, 1, 4), a(3, 1, 4), attn_mask=i([0, 1, 1], [1, 1, 1]))
N.TransformerEncoderLayer(4, 2, 3, activation="tanh")
N.TransformerEncoder(3, 2)
N.Transformer(4, 2, 1, 1, 3)(a(2, 1, 3), a(2, 1, 4))
N.Transformer(4, 2, 1, 1, 3)(a(2, 1, 4), a(2, 1, 3))
N.HuberLoss(scale="std")
N.CrossEntropyLoss(weight="sum")
N.Sequential(3)
N.ModuleList([3])
N.ModuleList([N.Tanh()])[1]
N.ModuleList([N.Tanh()]).extend(3)
N.ModuleDict({"a": 3})
N.ModuleDict({"a": N.Tanh()})["b"]
N.ModuleDict(3)
N.ParameterList([3])
N.ParameterList([N.Parameter(a(2))])[1]
N.ParameterDict({"a": N.Parameter(a(2))})["b"]
N.Tanh().register_buffer("a.b", a(2))
N.Tanh().register_buffer("train", a(2))
N.Tanh().register_buffer("a", "text")
N.Tanh().register_buffer(3, a(2))
N.Tanh().register_parameter("a", 3)
N.Tanh().add_module("a", 3)
N.Sequential(N.Tanh()).get_submodule("0.1")
N.Sequential(N.Linear(1, 1)).get_parameter("0.weigth")
N.Sequential(N.Linear(1, 1)).get_buffer("0.mean")
N.Tanh().register_forward_hook(3)
N.Tanh().train("yes")
N.Module()(a(2))
N.Tanh().to("cuda")
N.Tanh().to("int64")
N.Tanh().to(3)
N.Tanh().to()
N.Tanh().to(kind="float32")
packed(a(3, 2, 1), i(1, 3))
packed(a(3, 2, 1), i(3, 0))
packed(a(3, 2, 1), i(4, 1))
packed(a(3, 2, 1), i(3))
packed(a(3), i(3))
padded(a(3, 2, 1), i(3, 1), total=2)
R.pad_sequence([])
R.pad_sequence([a(2, 1), a(2, 2)])
"""


# What layers say of themselves.
NAMED = """
N.Linear(3, 2, bias=False)
N.Bilinear(2, 3, 2)
N.Embedding(5, 2, padding_idx=1)
N.Embedding(5, 2, max_norm=1.0, scale_grad_by_freq=True)
N.EmbeddingBag(5, 2, mode="max", padding_idx=1)
N.Conv1d(2, 4, 3, stride=2, groups=2)
N.Conv2d(2, 4, (2, 3), padding=(1, 0), dilation=2, bias=False, padding_mode="reflect")
N.ConvTranspose1d(2, 4, 3, stride=2, output_padding=1)
N.MaxPool1d(3, 2, 1, ceil_mode=True)
N.MaxPool2d((2, 1))
N.AvgPool2d(2, padding=1)
N.AvgPool1d(2)
N.LPPool2d(2.0, 2, ceil_mode=True)
N.AdaptiveAvgPool2d((2, None))
N.AdaptiveMaxPool1d(2)
N.MaxUnpool1d(2, 3)
N.Flatten()
N.Unflatten(1, (2, 3))
N.Upsample(scale_factor=2.0, mode="linear")
N.Upsample(size=3)
N.PixelShuffle(2)
N.PixelUnshuffle(2)
N.ChannelShuffle(2)
N.Unfold(2, stride=2)
N.Fold((2, 3), 2)
N.ConstantPad1d((1, 2), 3.5)
N.ReflectionPad1d(1)
N.ZeroPad2d(1)
N.LayerNorm((2, 3))
N.RMSNorm(3)
N.GroupNorm(2, 4)
N.LocalResponseNorm(3)
N.InstanceNorm1d(2, affine=True)
N.BatchNorm1d(2, momentum=None)
N.Dropout(0.25)
N.AlphaDropout(0.25, inplace=True)
N.RNN(2, 3, 2, batch_first=True, bidirectional=True)
N.LSTM(2, 3, bias=False)
N.RNNCell(2, 3, nonlinearity="relu")
N.LSTMCell(2, 3, bias=False)
N.ReLU(inplace=True)
N.LeakyReLU(0.25)
N.ELU(0.5)
N.GELU("tanh")
N.Softplus(2.0, 5.0)
N.Softmax(1)
N.LogSoftmax(1)
N.Softmin(1)
N.CELU(0.5)
N.Hardtanh(-0.5, 2.0)
N.GLU(1)
N.PReLU(3)
N.Hardshrink(0.25)
N.Softshrink(0.25)
N.Threshold(0.25, 7.0)
N.RReLU(0.25, 0.5)
N.Sequential(N.Linear(1, 2), N.Sequential(N.Tanh()), N.Identity())
N.ModuleList([N.Tanh(), N.Tanh(), N.ReLU()])
N.ModuleDict({"a": N.Tanh()})
"""


def test_names_of_layers() -> None:
    lines = [f"{call}\n  {result_of(call, OurLayers())!r}" for call in listed(NAMED)]
    assert_text(TEXTS / "layer_names.txt", "\n".join(lines))


def say(call: str) -> str:
    try:
        return f"{call}\n  {plain(result_of(call, OurLayers()))}"
    except Exception as error:
        return f"{call}\n  {type(error).__name__}: {error}"


def test_what_layers_give() -> None:
    assert_text(TEXTS / "layer_calls.txt", "\n".join(map(say, listed(ALIKE))))


def test_what_is_said_of_wrong_layers() -> None:
    lines = [say(call) for call in listed(WRONG)]
    assert all("Error: " in line for line in lines), [line for line in lines if "Error: " not in line]
    assert_text(TEXTS / "wrong_layer_calls.txt", "\n".join(lines))


def compare_with_pytorch() -> None:
    """Print every layer that gives something else in PyTorch."""
    import torch

    class Theirs(OurLayers):
        N, R = torch.nn, torch.nn.utils.rnn

        def packed(self, x: Any, *given: Any, **named: Any) -> Any:
            return super().packed(x, *map(torch.tensor, given), **named)

        def padded(self, x: Any, *given: Any, **named: Any) -> Any:
            return super().padded(x, *map(torch.tensor, given), **named)

        def a(self, *lengths: int) -> Any:
            return torch.tensor(numbers(*lengths))

        def run(self, layer: Any, *given: Any, **named: Any) -> Any:
            with torch.no_grad():
                for parameter in layer.parameters():
                    parameter.copy_(torch.tensor(numbers(*parameter.shape) / 2.0))
            return self.flat(layer.eval()(*map(self.single, given), **{k: self.single(v) for k, v in named.items()}))

        def trained(self, layer: Any, *given: Any) -> Any:
            with torch.no_grad():
                for parameter in layer.parameters():
                    parameter.copy_(torch.tensor(numbers(*parameter.shape) / 2.0))
            return self.flat((layer(*map(self.single, given)), *(buffer for _, buffer in layer.named_buffers())))

        def single(self, given: Any) -> Any:
            if isinstance(given, torch.Tensor):
                return given.float()
            found = super().single(given)
            return torch.tensor(found) if isinstance(found, np.ndarray) else found

    for call in listed(ALIKE):
        try:
            expected, found = (result_of(call, names) for names in (Theirs(), OurLayers()))
            pairs = zip(*(x if isinstance(x, tuple) else (x,) for x in (found, expected)), strict=True)
            theirs = [(np.asarray(getattr(a, "data", a)), b.detach().numpy()) for a, b in pairs if b is not None]
            if not all(a.shape == b.shape and np.allclose(a, b, atol=1e-5) for a, b in theirs):
                print(f"{call}\n  {plain(found)}\n  {expected}")
        except Exception as error:
            print(f"{call}\n  {type(error).__name__}: {error}")


if __name__ == "__main__":
    compare_with_pytorch()
