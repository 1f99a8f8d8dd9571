"""Modules, loaders and optimizers in PyTorch's words: what they take, hold and give are tensors of the dialect."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any

import numpy as np
import pytest

import autograd.torch as torch
import nn as plain
from autograd import Tensor
from autograd.torch import nn
from autograd.torch.utils.data import (
    ConcatDataset,
    DataLoader,
    Dataset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    random_split,
)

INPUTS: dict[str, tuple[tuple[Any, ...], tuple[int, ...]]] = {
    "Linear": ((4, 3), (5, 4)), "LayerNorm": ((4,), (5, 4)), "BatchNorm1d": ((4,), (5, 4)), "BatchNorm2d": ((2,), (3, 2, 4, 4)),
    "GroupNorm": ((2, 4), (3, 4, 5)), "InstanceNorm1d": ((2,), (3, 2, 5)), "RMSNorm": ((4,), (5, 4)), "Conv1d": ((2, 3, 2), (2, 2, 6)),
    "Conv2d": ((2, 3, 2), (2, 2, 5, 5)), "ConvTranspose1d": ((2, 3, 2), (2, 2, 5)), "ConvTranspose2d": ((2, 3, 2), (2, 2, 4, 4)),
    "MaxPool2d": ((2,), (2, 2, 4, 4)), "AvgPool2d": ((2,), (2, 2, 4, 4)), "AdaptiveAvgPool2d": ((2,), (2, 2, 4, 4)),
    "Flatten": ((), (2, 3, 4)), "ReLU": ((), (3,)), "GELU": ((), (3,)), "Softmax": ((-1,), (2, 3)), "RNN": ((3, 4), (5, 2, 3)),
    "GRU": ((3, 4), (5, 2, 3)), "LSTM": ((3, 4), (5, 2, 3)), "TransformerEncoderLayer": ((4, 2, 8, 0.0), (5, 2, 4)),
    "PixelShuffle": ((2,), (1, 4, 3, 3)), "Dropout": ((0.5,), (4, 4)), "Upsample": ((None, 2), (1, 2, 3)),
}  # fmt: skip


def tensors(found: Any) -> list[Any]:
    return [t for part in found for t in tensors(part)] if isinstance(found, tuple) else [found]


@pytest.mark.parametrize("name", INPUTS)
def test_a_layer_takes_and_gives_the_dialects_tensors_and_the_engines_numbers(name: str) -> None:
    given, shape = INPUTS[name]
    torch.manual_seed(1)
    layer = getattr(nn, name)(*given).eval()
    assert isinstance(layer, getattr(plain, name)) and isinstance(layer, nn.Module)
    x = torch.randn(*shape, requires_grad=True)
    found = tensors(layer(x))
    assert {type(t) for t in found} == {torch.Tensor}
    sum(t.sum() for t in found).backward()
    assert type(x.grad) is torch.Tensor
    assert {type(p) for p in layer.parameters()} <= {nn.Parameter}
    assert all(type(m) is getattr(nn, type(m).__name__) for m in layer.modules() if hasattr(nn, type(m).__name__))
    twin = getattr(plain, name)(*given).eval()
    twin.load_state_dict(layer.state_dict())
    for ours, theirs in zip(found, tensors(twin(x.detach().numpy())), strict=True):
        np.testing.assert_array_equal(ours.detach().numpy(), np.asarray(getattr(theirs, "data", theirs)))


@pytest.mark.parametrize("name", INPUTS)
def test_a_flat_view_of_a_parameter_or_of_its_gradient_is_its_memory(name: str) -> None:
    """`p.data.view(-1)[i] += eps`, as in many a check by hand: in another order of memory it would be written to a copy."""
    given, shape = INPUTS[name]
    layer = getattr(nn, name)(*given)
    x = torch.randn(*shape, requires_grad=True)
    sum((t * t).sum() for t in tensors(layer(x))).backward()
    for p in (x, *layer.parameters()):
        for held in (p.data, p.grad):
            held.view(-1)[-1] = 7.0
            assert held[(-1,) * held.ndim] == 7.0
        p.data.numpy().reshape(-1)[0] = 9.0
        assert p.flatten()[0] == 9.0


@pytest.mark.parametrize("f", [lambda t: t.T * 2.0, lambda t: t.T @ np.ones((3, 4)), lambda t: np.ones((4, 2)) @ t.T])
def test_a_gradient_lies_in_memory_as_its_tensor_does(f: Any) -> None:
    for times in (1, 2):
        tensor = Tensor(np.ones((3, 2)), requires_grad=True)
        for _ in range(times):
            f(tensor).sum().backward()
        tensor.grad.reshape(-1)[1] = 7.0
        assert tensor.grad[0, 1] == 7.0


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 4), nn.ReLU(inplace=True), nn.Dropout(0.5))
        self.scale = nn.Parameter(torch.ones(4))
        self.register_buffer("mask", torch.tril(torch.ones(4, 4)))

    def forward(self, x: Any) -> Any:
        assert type(x) is torch.Tensor
        return (self.body(x) * self.scale).masked_fill(self.mask[0] == 0, 0.0)


def test_a_users_module_holds_the_dialects_parameters_and_buffers() -> None:
    net = Net()
    assert type(net.mask) is torch.Tensor and isinstance(net.body[0], nn.Linear)
    assert [type(p) for p in net.parameters()] == [nn.Parameter] * 3
    state = net.state_dict()
    assert list(state) == ["scale", "body.0.weight", "body.0.bias", "mask"] or set(state) == {
        "scale", "body.0.weight", "body.0.bias", "mask",
    }  # fmt: skip
    with torch.no_grad():
        state["scale"].copy_(torch.full((4,), 2.0))
    assert net.scale.tolist() == [2.0] * 4, "the state is the module's own memory, as in PyTorch"
    assert net.double().mask.dtype is torch.float64 and net.float().scale.dtype is torch.float32
    assert net.to("cpu") is net is net.to(torch.device("cpu"))
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net.body))):
        assert {type(p) for p in twin.parameters()} == {nn.Parameter}


def test_dropout_repeats_after_the_same_seed() -> None:
    drop, x = nn.Dropout(0.5), torch.ones(8)
    torch.manual_seed(3)
    first = drop(x)
    torch.manual_seed(3)
    assert torch.equal(first, drop(x)) and set(first.tolist()) <= {0.0, 2.0}
    torch.manual_seed(3)
    assert torch.equal(nn.functional.dropout(x, 0.5), first)


def test_lazy_layers_learn_the_length_of_their_input() -> None:
    net = nn.Sequential(
        nn.LazyConv2d(3, kernel_size=2), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(5), nn.LazyBatchNorm1d()
    )
    assert net(torch.ones(2, 1, 4, 4)).shape == (2, 5)
    assert [type(m).__name__ for m in net] == ["Conv2d", "BatchNorm2d", "Flatten", "Linear", "BatchNorm1d"]


LAZY = {
    "LazyLinear": ((2,), {"bias": False}, (3, 4), ["weight"]),
    "LazyConv1d": ((4, 2), {"groups": 2}, (2, 4, 3), ["weight", "bias"]),
    "LazyConvTranspose2d": ((4, 2), {"groups": 2}, (2, 4, 3, 3), ["weight", "bias"]),
    "LazyConv3d": ((2, 1), {}, (1, 2, 2, 2, 2), ["weight", "bias"]),
    "LazyBatchNorm1d": ((), {}, (5, 3), ["weight", "bias"]),
    "LazyBatchNorm3d": ((), {"affine": False}, (2, 3, 2, 2, 2), []),
    "LazyInstanceNorm2d": ((), {"affine": True}, (2, 3, 2, 2), ["weight", "bias"]),
}


@pytest.mark.parametrize("name", LAZY)
def test_parameters_of_lazy_layers_are_there_and_get_their_shapes_in_place(name: str) -> None:
    args, options, shape, names = LAZY[name]
    layer, x = getattr(nn, name)(*args, **options), torch.rand(*shape)
    held = dict(layer.named_parameters())
    assert list(held) == names and layer.has_uninitialized_params()
    assert all(isinstance(p, nn.UninitializedParameter) and p.numel() == 0 for p in held.values())
    layer(x)
    assert type(layer) is getattr(nn, name[4:])
    assert all(p is held[n] and type(p) is nn.Parameter and p.numel() for n, p in layer.named_parameters())
    learns = getattr(nn, name)(*args, **options)
    learns.load_state_dict(layer.state_dict())
    if names:
        assert torch.equal(learns(x), layer(x))


@pytest.mark.parametrize("kind", ["SGD", "Adam", "RMSprop", "Rprop", "Adafactor", "LBFGS"])
def test_optimizers_made_before_the_first_input_move_lazy_layers(kind: str) -> None:
    def train(early: bool) -> list[float]:
        net = nn.Sequential(nn.LazyLinear(4), nn.Tanh(), nn.LazyLinear(1, bias=False))
        frozen = nn.Parameter(torch.ones(2))
        x = torch.linspace(-1.0, 1.0, 15).reshape(5, 3)
        if not early:
            torch.manual_seed(0)
            net(x)
        optimizer = getattr(torch.optim, kind)([*net.parameters(), frozen], lr=0.1)

        def closure() -> Any:
            optimizer.zero_grad()
            loss = (net(x) ** 2).sum() + (frozen**2).sum()
            loss.backward()
            return loss

        torch.manual_seed(0)
        return [float(optimizer.step(closure)) for _ in range(3)]

    assert train(early=True) == train(early=False)


def test_gradients_are_clipped_and_parameters_joined() -> None:
    net = nn.Linear(2, 1, bias=False)
    (net(torch.tensor([[3.0, 4.0]]))).sum().backward()
    norm = nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    assert norm.item() == 5.0 and type(norm) is torch.Tensor
    np.testing.assert_allclose(net.weight.grad.norm().item(), 1.0, 1e-5)
    nn.utils.clip_grad_value_(net.parameters(), 0.1)
    assert net.weight.grad.abs().max().item() == pytest.approx(0.1)
    nn.utils.vector_to_parameters(torch.tensor([7.0, 8.0]), net.parameters())
    assert nn.utils.parameters_to_vector(net.parameters()).tolist() == [7.0, 8.0]


class Squares(Dataset):
    def __len__(self) -> int:
        return 5

    def __getitem__(self, i: int) -> Any:
        return {"x": torch.tensor([float(i)]), "square": i * i, "name": str(i)}


def test_loaders_stack_samples_of_every_form() -> None:
    batches = list(DataLoader(Squares(), batch_size=2))
    assert [b["square"].tolist() for b in batches] == [[0, 1], [4, 9], [16]]
    assert batches[0]["x"].shape == (2, 1) and batches[0]["name"] == ["0", "1"]
    assert len(DataLoader(Squares(), batch_size=2, drop_last=True)) == 2
    data = TensorDataset(torch.arange(10), torch.arange(10) * 2)
    x, y = next(iter(DataLoader(data, batch_size=4)))
    assert type(x) is torch.Tensor and (y == 2 * x).all()
    parts = random_split(data, [0.5, 0.5], generator=torch.Generator().manual_seed(0))
    assert sorted(int(part[i][0]) for part in parts for i in range(len(part))) == list(range(10))
    assert len(ConcatDataset([data, data])) == 20 and ConcatDataset([data, data])[13][0].item() == 3


def test_samples_are_drawn_with_weights_and_from_a_part() -> None:
    torch.manual_seed(0)
    weighted = WeightedRandomSampler([0.1, 0.9, 0.4], 6)
    # PyTorch's draws after the same seed.
    assert list(weighted) == [2, 1, 1, 2, 1, 2] and len(weighted) == 6
    assert list(SubsetRandomSampler([4, 7, 9])) == [4, 9, 7]
    assert set(WeightedRandomSampler([0.0, 1.0, 1.0], 50)) == {1, 2}
    with pytest.raises(ValueError, match="num_samples should be a positive integer"):
        WeightedRandomSampler([1.0], 0)
    with pytest.raises(ValueError, match="1d sequence"):
        WeightedRandomSampler([[1.0]], 1)


def test_what_pytorchs_signature_has_and_ours_has_not_is_refused_or_means_nothing() -> None:
    assert nn.Linear(2, 3, device="cpu").weight.shape == (3, 2)
    assert "fused" not in inspect.signature(torch.optim.AdamW).parameters


def test_buffers_of_layers_are_tensors() -> None:
    norm = nn.BatchNorm1d(2)
    norm(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    assert type(norm.running_mean) is torch.Tensor and norm.num_batches_tracked.item() == 1
    before = norm.running_var.clone()
    norm.running_mean.zero_()
    assert norm.state_dict()["running_mean"].tolist() == [0.0, 0.0]
    norm.double()
    assert norm.running_var.dtype == torch.float64 and torch.equal(norm.running_var.float(), before)
    norm.running_mean = torch.ones(2, dtype=torch.float64)
    assert norm.eval()(torch.ones(1, 2, dtype=torch.float64)).tolist() == [[0.0, 0.0]]
    with pytest.raises(TypeError, match=r"cannot assign int as buffer 'count' \(torch Tensor or None required\)"):
        norm.register_buffer("count", 5)


def test_what_layers_and_functions_refuse_is_a_runtime_error() -> None:
    for call in (
        lambda: nn.Sequential(nn.Linear(2, 1))(torch.ones(1, 3)),
        lambda: nn.functional.conv1d(torch.ones(1, 1, 2), torch.ones(1, 1, 3)),
        lambda: nn.RNN(2, 3)(torch.ones(4, 1, 2), torch.zeros(1, 2, 3)),
    ):
        with pytest.raises(RuntimeError) as caught:
            call()
        assert isinstance(caught.value, ValueError)


def test_relu_may_be_written_into_its_input() -> None:
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    y = 3.0 * x
    assert nn.functional.relu(y, inplace=True) is y and y.tolist() == [0.0, 6.0]
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 3.0]


def test_weights_are_copied_into_the_memory_of_others() -> None:
    one, other = nn.Linear(2, 2), nn.Linear(2, 2)
    one.weight.data.copy_(other.weight)
    assert torch.equal(one.weight, other.weight)
    x = torch.ones(1, 2)
    one(x).sum().backward()
    assert one.weight.grad.tolist() == [[1.0, 1.0]] * 2 and other.weight.grad is None


def test_stacks_of_layers_of_attention_are_copies_of_one() -> None:
    x = torch.randn(5, 2, 4)
    layer = nn.TransformerEncoderLayer(4, 2, 8, 0.5)
    encoder = nn.TransformerEncoder(layer, 2)
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 8, 0.0), 2, nn.LayerNorm(4))
    assert encoder(x).shape == decoder(x, x).shape == nn.Transformer(4, 2, 1, 1, 8)(x, x).shape == x.shape
    assert torch.equal(encoder.layers[0].linear1.weight, encoder.layers[1].linear1.weight)
    expected, found = layer.eval()(layer(x)), encoder.eval()(x)
    torch.testing.assert_close(found, expected)
    first, second = (part.train().dropout(torch.ones(100)) for part in encoder.layers)
    assert first.tolist() != second.tolist()


def test_a_state_is_in_the_order_of_the_modules() -> None:
    batch_norm = ["1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked"]
    for words in (nn, plain):
        model = words.Sequential(words.Linear(2, 3), words.BatchNorm1d(3), words.Linear(3, 1))
        assert list(model.state_dict()) == ["0.weight", "0.bias", *batch_norm, "2.weight", "2.bias"]


def test_a_table_of_given_rows_draws_nothing() -> None:
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    table = nn.Embedding.from_pretrained(torch.zeros(5, 2), freeze=False, padding_idx=1)
    assert torch.rand(4).tolist() == expected.tolist()
    assert table.weight.requires_grad and table.weight.shape == (5, 2)


def test_fills_by_pytorchs_names() -> None:
    assert nn.init.constant_(torch.zeros(2), val=3.0).tolist() == [3.0, 3.0]


def test_hooks_by_their_older_name() -> None:
    layer, seen = nn.ReLU(), []
    handle = layer.register_backward_hook(lambda module, into, out: seen.append((into[0].tolist(), out[0].tolist())))
    layer(torch.tensor([-1.0, 1.0], requires_grad=True)).sum().backward()
    assert seen == [([0.0, 1.0], [1.0, 1.0])]
    handle.remove()


def test_functions_keep_their_dtype_and_are_at_the_top_too() -> None:
    x = torch.rand(2, 3, dtype=torch.float64)
    assert nn.functional.softmin(x, 1).dtype == torch.float64
    assert nn.functional.softmin(x, 1, dtype=torch.float32).dtype == torch.float32
    assert torch.equal(torch.pairwise_distance(x, x + 1.0), nn.functional.pairwise_distance(x, x + 1.0))
    values, places = nn.functional.max_pool1d_with_indices(x, 3)
    assert torch.equal(values[:, 0], x.max(dim=1).values) and torch.equal(places[:, 0], x.argmax(dim=1))


def test_packed_sequences_in_pytorchs_words() -> None:
    from autograd.torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

    batch = pad_sequence([torch.ones(2, 3), torch.ones(4, 3)], batch_first=True)
    packed = pack_padded_sequence(batch, torch.tensor([2, 4]), batch_first=True, enforce_sorted=False)
    output, (h, _) = nn.LSTM(3, 5, batch_first=True)(packed)
    padded, lengths = pad_packed_sequence(output, batch_first=True)
    assert type(padded) is torch.Tensor and padded.shape == (2, 4, 5) and lengths.tolist() == [2, 4]
    assert torch.equal(padded[0, 1], h[0, 0]) and torch.equal(padded[1, 3], h[0, 1])
    with pytest.raises(RuntimeError, match="sorted in decreasing order"):
        pack_padded_sequence(batch, [2, 4], batch_first=True)


def test_weights_of_a_norm_in_pytorchs_words() -> None:
    torch.manual_seed(0)
    layer = nn.utils.weight_norm(nn.Linear(2, 3))
    x = torch.ones(1, 2)
    layer(x).sum().backward()
    assert type(layer.weight) is torch.Tensor and type(layer.weight_g) is nn.Parameter
    assert layer.weight_g.grad.shape == (3, 1)
    other = nn.utils.spectral_norm(nn.Linear(2, 3))
    other(x)
    assert type(other.weight_u) is torch.Tensor and type(nn.utils.remove_spectral_norm(other).weight) is nn.Parameter
    assert other.type(torch.DoubleTensor).weight.dtype == torch.float64


def test_errors_have_pytorchs_words() -> None:
    with pytest.raises(ValueError, match=r"Expected input batch_size \(10\) to match target batch_size \(3\)"):
        nn.functional.nll_loss(torch.zeros(10, 3), torch.zeros(3, dtype=torch.long))
    with pytest.raises(TypeError, match="Conv2d: expected an input, got None"):
        nn.Conv2d(3, 3, 3)(None)


def test_what_trains_models_gives_them_tensors_of_the_dialect() -> None:
    class Flat(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(4, 2)

        def forward(self, x: Any) -> Any:
            assert isinstance(x, torch.Tensor)
            # The deviation is PyTorch's, which divides by one less than the count.
            flat = x.view(x.size(0), -1)
            return self.fc(flat / flat.std(dim=0))

    x = torch.randn(30, 2, 2)
    y = (x[:, 0, 0] > 0).long()
    model = Flat()
    before = model(x)
    plain.fit(model, (x, y), epochs=1, lr=1e-12, optimizer="sgd", batch_size=30, progress=False)
    assert torch.allclose(model(x), before)
    assert plain.evaluate(model, (x, y))["loss"] == pytest.approx(
        float(nn.functional.cross_entropy(before, y)), rel=1e-5
    )
    assert plain.health.diagnose(model, (x, y), quick=True).cause != "error"
    np.testing.assert_array_equal(model(x.numpy()).detach().numpy(), before.detach().numpy())
