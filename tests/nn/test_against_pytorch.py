"""Layers, losses and activations against values and gradients frozen from PyTorch, and their errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd import OperandError, ShapeError, Tensor
from autograd.check import check_gradients
from autograd.graph.node import raw

FROZEN_FILE = Path(__file__).parent.parent / "frozen" / "modules.json"
RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 6))
Y = RNG.normal(size=(4, 6))
SEQUENCE = RNG.normal(size=(3, 2, 5))
IMAGE = RNG.normal(size=(2, 3, 2, 2))
PHOTO = RNG.normal(size=(2, 3, 6, 7))
DEEP = RNG.normal(size=(2, 4, 5, 6))
LABELS = np.array([0, 5, 2, 2])
LONG = np.random.default_rng(1).normal(size=(2, 2, 7, 8))
ZERO_ONE = (RNG.random((4, 6)) > 0.5).astype(float)
PROBABILITIES = RNG.uniform(0.05, 0.95, (4, 6))
WEIGHTS = RNG.dirichlet(np.ones(6), 4)

# Each is built by `torch.nn` or by ours; the first argument is differentiated.
MODULES: dict[str, tuple[Callable[[Any], Any], list[np.ndarray]]] = {
    "BatchNorm1d": (lambda m: m.BatchNorm1d(6), [X]),
    "BatchNorm1d of three axes": (lambda m: m.BatchNorm1d(2), [SEQUENCE]),
    "BatchNorm1d without running averages": (lambda m: m.BatchNorm1d(6, track_running_stats=False, affine=False), [X]),
    "BatchNorm2d": (lambda m: m.BatchNorm2d(3, eps=1e-2, momentum=0.3), [IMAGE]),
    "LayerNorm": (lambda m: m.LayerNorm(6), [X]),
    "LayerNorm of two axes": (lambda m: m.LayerNorm((2, 5), elementwise_affine=False), [SEQUENCE]),
    "RNN": (lambda m: m.RNN(5, 4), [SEQUENCE]),
    "RNN relu": (lambda m: m.RNN(5, 4, nonlinearity="relu", batch_first=True), [SEQUENCE]),
    "LSTM": (lambda m: m.LSTM(5, 4), [SEQUENCE]),
    "LSTM deep, both ways": (lambda m: m.LSTM(5, 3, num_layers=2, bidirectional=True, batch_first=True), [SEQUENCE]),
    "GRU": (lambda m: m.GRU(5, 4), [SEQUENCE]),
    "GRU deep without bias": (lambda m: m.GRU(5, 4, num_layers=2, bias=False), [SEQUENCE]),
    "MultiheadAttention": (lambda m: m.MultiheadAttention(6, 2, batch_first=True), [X[None], Y[None], Y[None]]),
    "Conv1d": (lambda m: m.Conv1d(2, 3, 3, padding=1, stride=2), [SEQUENCE]),
    "Conv2d": (lambda m: m.Conv2d(3, 4, 3), [PHOTO]),
    "Conv2d of all options": (
        lambda m: m.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2, bias=False),
        [DEEP],
    ),
    "Conv2d same": (lambda m: m.Conv2d(3, 2, (3, 5), padding="same"), [PHOTO]),
    "MaxPool1d": (lambda m: m.MaxPool1d(2, stride=1), [SEQUENCE]),
    "MaxPool2d": (lambda m: m.MaxPool2d(3, stride=2, padding=1), [PHOTO]),
    "AvgPool1d": (lambda m: m.AvgPool1d(2), [SEQUENCE]),
    "AvgPool2d": (lambda m: m.AvgPool2d((2, 3), padding=(1, 0)), [PHOTO]),
    "AvgPool2d without padding": (lambda m: m.AvgPool2d(3, padding=1, count_include_pad=False), [PHOTO]),
    "MaxPool1d ceil": (lambda m: m.MaxPool1d(2, ceil_mode=True), [SEQUENCE]),
    "MaxPool1d ceil of less than a kernel": (lambda m: m.MaxPool1d(7, stride=3, ceil_mode=True), [SEQUENCE]),
    "MaxPool2d ceil": (lambda m: m.MaxPool2d(3, stride=2, padding=1, ceil_mode=True), [PHOTO]),
    # The last window of the first axis would start in the padding after it.
    "MaxPool2d ceil, a window too far": (lambda m: m.MaxPool2d(2, stride=(4, 3), padding=1, ceil_mode=True), [LONG]),
    "AvgPool1d ceil": (lambda m: m.AvgPool1d(3, 2, 1, True), [SEQUENCE]),
    "AvgPool2d ceil": (lambda m: m.AvgPool2d((2, 3), stride=3, padding=1, ceil_mode=True), [PHOTO]),
    "AvgPool2d ceil without padding": (
        lambda m: m.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False),
        [PHOTO],
    ),
    "AvgPool2d ceil, a window too far": (lambda m: m.AvgPool2d(2, (4, 3), 1, ceil_mode=True), [LONG]),
    "AdaptiveAvgPool1d": (lambda m: m.AdaptiveAvgPool1d(3), [SEQUENCE]),
    "AdaptiveAvgPool2d": (lambda m: m.AdaptiveAvgPool2d((4, 3)), [PHOTO]),
    "AdaptiveAvgPool2d of a whole image": (lambda m: m.AdaptiveAvgPool2d(1), [PHOTO]),
    "AdaptiveAvgPool2d of more windows than places": (lambda m: m.AdaptiveAvgPool2d((None, 9)), [PHOTO]),
    "AdaptiveMaxPool1d": (lambda m: m.AdaptiveMaxPool1d(3), [SEQUENCE]),
    "AdaptiveMaxPool2d": (lambda m: m.AdaptiveMaxPool2d((4, 3)), [PHOTO]),
    "AdaptiveMaxPool2d of even windows": (lambda m: m.AdaptiveMaxPool2d((3, None)), [PHOTO]),
    "Flatten": (lambda m: m.Flatten(1, 2), [IMAGE]),
    "PReLU": (lambda m: m.PReLU(), [X]),
    **{
        name: ((lambda m, n=name: getattr(m, n)()), [3.0 * X])
        for name in ("CELU GLU Hardsigmoid Hardswish Hardtanh LogSigmoid Mish ReLU6 SELU Softsign Tanhshrink").split()
    },
}
LOSSES: dict[str, tuple[Callable[[Any], Any], list[Any]]] = {
    "L1Loss": (lambda m: m.L1Loss(), [X, Y]),
    "HuberLoss": (lambda m: m.HuberLoss(delta=0.5), [X, Y]),
    "SmoothL1Loss": (lambda m: m.SmoothL1Loss(beta=0.5), [X, Y]),
    "BCEWithLogitsLoss": (lambda m: m.BCEWithLogitsLoss(), [X, ZERO_ONE]),
    "BCELoss": (lambda m: m.BCELoss(), [PROBABILITIES, ZERO_ONE]),
    "NLLLoss": (lambda m: m.NLLLoss(), [X, LABELS]),
    "KLDivLoss": (lambda m: m.KLDivLoss(reduction="batchmean"), [np.log(PROBABILITIES), WEIGHTS]),
    "KLDivLoss of logarithms": (
        lambda m: m.KLDivLoss(reduction="sum", log_target=True),
        [np.log(PROBABILITIES), np.log(WEIGHTS)],
    ),
    "MultiMarginLoss": (lambda m: m.MultiMarginLoss(), [X, LABELS]),
    "CosineEmbeddingLoss": (
        lambda m: m.CosineEmbeddingLoss(margin=0.1),
        [X, Y, np.array([1, -1, 1, -1])],
    ),
    "CrossEntropyLoss smoothed": (lambda m: m.CrossEntropyLoss(label_smoothing=0.2), [X, LABELS]),
}
FROZEN = json.loads(FROZEN_FILE.read_text(encoding="utf-8")) if FROZEN_FILE.exists() else {}


def parameters_of(name: str, shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """The same weights for both, by name."""
    rng = np.random.default_rng(len(name))
    return {key: rng.normal(0.0, 0.5, shape) for key, shape in sorted(shapes.items())}


def first(out: Any) -> Any:
    return out[0] if isinstance(out, tuple) else out


@pytest.mark.parametrize("name", MODULES)
def test_modules_have_pytorchs_values_and_gradients(name: str) -> None:
    build, inputs = MODULES[name]
    module, frozen = build(nn).double(), FROZEN[name]
    own = dict(module.named_parameters())
    assert sorted(own) == sorted(frozen["parameters"])
    for key, values in parameters_of(name, {k: p.shape for k, p in own.items()}).items():
        own[key].data = values
    leaves = [Tensor(x, requires_grad=True) for x in inputs]
    out = first(module(*leaves))
    np.testing.assert_allclose(out.data, frozen["out"], rtol=1e-11, atol=1e-13)
    (out * np.cos(np.arange(out.size) + 0.5).reshape(out.shape)).sum().backward()
    for leaf, expected in zip(leaves, frozen["grads"], strict=True):
        # PyTorch's rule of Hardsigmoid has a sixth of float32.
        np.testing.assert_allclose(leaf.grad, expected, rtol=1e-7 if name == "Hardsigmoid" else 1e-9, atol=1e-12)
    for key, expected in frozen["parameters"].items():
        np.testing.assert_allclose(own[key].grad, expected, rtol=1e-9, atol=1e-12)
    for key, array in module.named_buffers():
        np.testing.assert_allclose(array, frozen["buffers"][key], rtol=1e-11)
    evaluated = raw(first(module.eval()(*inputs)))
    np.testing.assert_allclose(evaluated, frozen["eval"], rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", LOSSES)
def test_losses_have_pytorchs_values_and_gradients(name: str) -> None:
    build, inputs = LOSSES[name]
    leaf = Tensor(inputs[0], requires_grad=True)
    loss = build(nn)(leaf, *inputs[1:])
    assert loss.item() == pytest.approx(FROZEN[name]["out"], rel=1e-12)
    loss.backward()
    np.testing.assert_allclose(leaf.grad, FROZEN[name]["grads"][0], rtol=1e-10, atol=1e-14)


@pytest.mark.integration
def test_a_model_of_all_of_them_has_right_gradients() -> None:
    layer = nn.GRU(5, 4, dtype=np.float64, rng=0)
    assert check_gradients(lambda x: layer(x)[0].sum(), SEQUENCE)
    attend = nn.MultiheadAttention(6, 3, batch_first=True, dtype=np.float64, rng=0)
    mask = np.triu(np.ones((4, 4), bool), 1)
    assert check_gradients(lambda x: attend(x, x, x, attn_mask=mask)[0].sum(), X[None])
    _, weights = attend(X[None], X[None], X[None], attn_mask=mask)
    assert (weights.data[0][mask] == 0.0).all()


@pytest.mark.parametrize(
    "layer",
    [
        nn.MaxPool2d(3, 2, 1, ceil_mode=True),
        nn.AvgPool2d(3, 2, 1, ceil_mode=True),
        nn.AvgPool2d(3, 2, 1, count_include_pad=False),
        nn.AdaptiveAvgPool2d(4),
        nn.AdaptiveMaxPool2d(4),
    ],
    ids=repr,
)
def test_pooling_keeps_float32(layer: nn.Module) -> None:
    assert layer(PHOTO.astype(np.float32)).dtype == np.float32


def test_dropout() -> None:
    layer = nn.Dropout(0.25, rng=0)
    out = layer(np.ones(100_000))
    assert set(np.unique(out)) == {0.0, 1 / 0.75}
    assert out.mean() == pytest.approx(1.0, abs=0.01)
    x = Tensor(np.ones(5), requires_grad=True)
    out = layer(x)
    out.sum().backward()
    np.testing.assert_array_equal(x.grad, out.data)
    assert nn.Dropout(1.0)(np.ones(3)).tolist() == [0.0] * 3
    with pytest.raises(ValueError, match="p must be a number from 0 to 1"):
        nn.Dropout(1.5)


def test_embedding() -> None:
    layer = nn.Embedding(5, 3, padding_idx=-1, dtype=np.float64, rng=0)
    out = layer(np.array([[0, 1, 1], [4, 0, 4]]))
    np.testing.assert_array_equal(out.data[1, 0], np.zeros(3))
    out.sum().backward()
    assert layer.weight.grad is not None
    np.testing.assert_array_equal(layer.weight.grad[:, 0], [2.0, 2.0, 0.0, 0.0, 0.0])
    weights = np.arange(15.0).reshape(5, 3)
    layer.load_state_dict({"weight": weights})
    layer.zero_grad()
    np.testing.assert_array_equal(layer(np.array([4, 1])).data, weights[[4, 1]])
    # Only the gradient of this row is left out, and only on the way through here.
    (layer(np.array([4, 1])) ** 2 + layer.weight[4]).sum().backward()
    np.testing.assert_array_equal(layer.weight.grad, [[0.0] * 3, 2.0 * weights[1], [0.0] * 3, [0.0] * 3, [2.0] * 3])
    with pytest.raises(ShapeError, match="index 5 is outside 0 … 4"):
        layer(np.array([5]))
    with pytest.raises(OperandError, match="indices are whole numbers, not float64"):
        layer(np.array([1.0]))


def test_losses_that_pytorch_does_not_have() -> None:
    for name, expected in (
        ("half_mse_loss", np.mean((X - Y) ** 2) / 2),
        ("log_cosh_loss", np.mean(np.log(np.cosh(X - Y)))),
    ):
        assert float(getattr(nn.functional, name)(X, Y)) == pytest.approx(expected)
    signs = 2 * ZERO_ONE - 1
    assert float(nn.HingeLoss()(X, signs)) == pytest.approx(np.mean(np.maximum(0, 1 - signs * X)))
    assert float(nn.functional.log_cosh_loss(np.array([800.0]), np.array([0.0]))) == pytest.approx(800 - np.log(2))
    assert nn.l1_penalty([Tensor(X), Tensor(Y)]).item() == pytest.approx(np.abs(X).sum() + np.abs(Y).sum())
    with pytest.raises(ValueError, match="targets are −1 and 1"):
        nn.HingeLoss()(X, ZERO_ONE)
    with pytest.raises(ValueError, match="probabilities are from 0 to 1"):
        nn.BCELoss()(3 * X, ZERO_ONE)


ERRORS: list[tuple[Callable[[], Any], str]] = [
    (lambda: nn.BatchNorm1d(5)(X), r"BatchNorm1d: expected an input of shape \(N, 5\) or \(N, 5, …\), got \(4, 6\)"),
    (lambda: nn.BatchNorm1d(6)(X[:1]), "the variance of one value"),
    (lambda: nn.BatchNorm2d(3)(X), r"expected an input of shape \(N, 3, …, …\)"),
    (lambda: nn.LayerNorm(5)(X), r"last axes are \(5,\), got \(4, 6\)"),
    (lambda: nn.LSTM(4, 3)(SEQUENCE), r"LSTM: expected an input of shape \(length, batch, 4\), got \(3, 2, 5\)"),
    (lambda: nn.GRU(5, 3)(SEQUENCE, np.zeros((1, 1, 3))), r"1 state\(s\) of shape \(1, 2, 3\)"),
    (lambda: nn.RNN(5, 3)(SEQUENCE[:0]), "the sequence is empty"),
    (lambda: nn.MultiheadAttention(6, 4), "6 features do not fall into 4 heads"),
    (lambda: nn.MultiheadAttention(5, 1)(X, X, X), "expected query of three axes"),
    (lambda: nn.GLU()(X[:, :5]), "does not fall into two halves"),
    (lambda: nn.NLLLoss()(X, LABELS[:2]), r"need labels of shape \(4,\), got \(2,\)"),
    (lambda: nn.NLLLoss()(X, LABELS + 3), "label 8 is outside 0 … 5"),
    (lambda: nn.HuberLoss()(X, Y[:2]), "must agree"),
    (lambda: nn.Conv2d(3, 4, 3)(IMAGE), r"is smaller than the kernel, which reaches over \(3, 3\)"),
    (lambda: nn.Conv2d(2, 4, 3)(PHOTO), r"Conv2d: expected an input of shape \(N, 2, …, …\), got \(2, 3, 6, 7\)"),
    (lambda: nn.Conv2d(3, 4, 3, groups=2), "3 and 4 channels do not fall into 2 groups"),
    (lambda: nn.Conv1d(3, 4, (3, 3)), "kernel_size must be a whole number from 1 on, or 1 of them"),
    (lambda: nn.Conv2d(3, 4, 3, stride=2, padding="same"), "keeps the size with a stride of 1"),
    (lambda: nn.MaxPool2d(2, padding=2), "padding is at most half of the kernel"),
    (lambda: nn.MaxPool1d(8, stride=1, ceil_mode=True)(SEQUENCE), "is smaller than the kernel"),
    (lambda: nn.AdaptiveAvgPool2d((1, 2, 3)), "output_size must be one number, or 2 of them"),
    (lambda: nn.AdaptiveAvgPool1d(0), "output_size must be a whole number from 1 on"),
    (lambda: nn.AdaptiveMaxPool2d(1)(X), r"AdaptiveMaxPool2d: expected an input of shape \(N, C, …, …\), got \(4, 6\)"),
    (lambda: nn.AdaptiveMaxPool2d(1)(PHOTO[:, :, :0]), r"an input of shape \(2, 3, 0, 7\) has no places"),
    (lambda: nn.AvgPool1d(2)(X[0]), r"expected an input of shape \(N, C, …\)"),
    (lambda: nn.Flatten(3)(X), "has no axes 3 to -1"),
    (lambda: nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(4))(X), "BatchNorm1d '1': expected"),
]


@pytest.mark.parametrize(("make", "message"), ERRORS)
def test_errors_name_the_layer_and_both_shapes(make: Callable[[], Any], message: str) -> None:
    with pytest.raises((ShapeError, ValueError), match=message):
        make()


def test_the_state_holds_buffers_and_goes_round() -> None:
    model = nn.Sequential(nn.Linear(6, 3, rng=0), nn.BatchNorm1d(3))
    model(X.astype(np.float32))
    state = model.state_dict()
    assert list(state) == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked",
    ]  # fmt: skip
    other = nn.Sequential(nn.Linear(6, 3, rng=1), nn.BatchNorm1d(3))
    other.load_state_dict(state)
    np.testing.assert_array_equal(other[1].running_mean, model[1].running_mean)
    np.testing.assert_array_equal(other.eval()(X).data, model.eval()(X).data)
    assert other[1].num_batches_tracked == 1
    with pytest.raises(ValueError, match=r"missing '1\.running_mean'"):
        other.load_state_dict({k: v for k, v in state.items() if k != "1.running_mean"})


def test_hooks_containers_and_freezing() -> None:
    layers = nn.ModuleList([nn.Linear(6, 6, rng=k) for k in range(3)])
    layers.append(nn.Linear(6, 2, rng=9))
    doubled = layers[3].register_forward_hook(lambda module, args, output: output * 2.0)
    x = X.astype(np.float32)
    twice = layers[3](x).data
    doubled.remove()
    np.testing.assert_allclose(twice, 2 * layers[3](x).data, rtol=1e-6)
    assert [name for name, _ in layers.named_modules()][1:] == ["0", "1", "2", "3"]
    layers.requires_grad_(False)
    assert not any(p.requires_grad for p in layers.parameters())
    visited: list[str] = []
    layers.apply(lambda module: visited.append(type(module).__name__))
    assert visited == ["Linear"] * 4 + ["ModuleList"]
    heads = nn.ModuleDict({"a": nn.Linear(2, 1)})
    assert heads["a"] is next(iter(heads.children()))
    with pytest.raises(TypeError, match="element 4 is int, not a Module"):
        layers.append(3)  # type: ignore[arg-type]


def test_initialisers() -> None:
    weight = nn.Parameter(np.zeros((40, 30)))
    q = nn.init.orthogonal_(weight, gain=2.0, rng=0).data
    np.testing.assert_allclose(q.T @ q, 4.0 * np.eye(30), atol=1e-12)
    wide = nn.init.orthogonal_(nn.Parameter(np.zeros((3, 8))), rng=0).data
    np.testing.assert_allclose(wide @ wide.T, np.eye(3), atol=1e-12)
    cut = nn.init.trunc_normal_(weight, std=1.0, a=-0.5, b=1.0, rng=0).data
    assert -0.5 <= cut.min() < cut.max() <= 1.0
    assert nn.init.lecun_normal_(weight, rng=0).data.std() == pytest.approx(30**-0.5, rel=0.05)
    for fill, bound in ((nn.init.lecun_uniform_, 0.1**0.5), (nn.init.fan_in_uniform_, 30**-0.5)):
        assert np.abs(fill(weight, rng=0).data).max() == pytest.approx(bound, rel=0.01)
    np.testing.assert_array_equal(nn.init.eye_(weight).data, np.eye(40, 30))
    assert (nn.init.ones_(weight).data == 1.0).all()
