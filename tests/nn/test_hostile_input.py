"""Input that nobody should give: each is refused with an error that says what was wrong, or is what a user of PyTorch expects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nn
from autograd import Tensor
from nn.functional.attention import attend

F = nn.functional
X = np.ones((2, 3), np.float32)
IMAGE = np.arange(16.0).reshape(1, 1, 4, 4)
LOGITS = np.zeros((2, 3))
ATTEND = nn.MultiheadAttention(6, 2, batch_first=True, rng=0)


def batch(count: int, length: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, length, 6)).astype(np.float32)


ARGUMENTS: list[tuple[Callable[[], Any], str]] = [
    (lambda: F.conv2d(IMAGE, np.ones((1, 1, 2, 2)), dilation=0), "conv2d: dilation must be"),
    (lambda: nn.Linear(3.0, 2), r"Linear: in_features must be a whole number from 1 on, got 3\.0"),
    (lambda: nn.Linear("3", 2), "in_features must be a whole number from 1 on, got '3'"),
    (lambda: nn.Linear(3, -2), "out_features must be a whole number from 1 on, got -2"),
    (lambda: nn.Linear(3, True), "out_features must be a whole number from 1 on, got True"),
    (lambda: nn.Linear(3, 2, dtype=int), "only floats can require a gradient"),
    (lambda: nn.Conv2d(1.5, 1, 2), r"Conv2d: in_channels must be a whole number from 1 on, got 1\.5"),
    (lambda: nn.Conv2d(1, 1, None), "kernel_size must be a whole number from 1 on, or 2 of them, got None"),
    (lambda: nn.Conv2d(1, 1, True), "kernel_size must be a whole number from 1 on, or 2 of them, got True"),
    (lambda: nn.Conv2d(1, 1, 2, stride=0), "stride must be a whole number from 1 on"),
    (lambda: nn.Conv2d(1, 1, 3, padding="full"), "padding must be 'same', 'valid' or whole numbers, got 'full'"),
    (lambda: nn.Conv2d(2, 2, 1, groups="2"), "groups must be a whole number from 1 on, got '2'"),
    (lambda: nn.BatchNorm1d(-3), "num_features must be a whole number from 1 on, got -3"),
    (lambda: nn.BatchNorm1d(3, eps=-1.0), r"eps must be a number from 0 on, got -1\.0"),
    (lambda: nn.BatchNorm1d(3, momentum="x"), "momentum must be a number from 0 to 1, got 'x'"),
    (lambda: nn.LayerNorm(()), "normalized_shape has no axes"),
    (lambda: nn.LayerNorm("ab"), "normalized_shape must be a whole number from 1 on, got 'ab'"),
    (lambda: nn.Dropout("0.5"), "p must be a number from 0 to 1, got '0.5'"),
    (lambda: nn.Dropout(float("nan")), "p must be a number from 0 to 1, got nan"),
    (lambda: nn.Embedding(3.5, 2), r"num_embeddings must be a whole number from 1 on, got 3\.5"),
    (lambda: nn.Embedding(3, 2, padding_idx="a"), "padding_idx must be a whole number"),
    (lambda: nn.Embedding(3, 2, padding_idx=3), "padding_idx 3 is outside the 3 rows"),
    (lambda: nn.LSTM(3, 4.0), r"LSTM: hidden_size must be a whole number from 1 on, got 4\.0"),
    (lambda: nn.RNN(3, 4, nonlinearity=["tanh"]), "nonlinearity must be 'tanh' or 'relu'"),
    (lambda: nn.MultiheadAttention(6, "2"), "num_heads must be a whole number from 1 on, got '2'"),
    (lambda: nn.HuberLoss(delta="1"), "HuberLoss: delta must be a number above 0, got '1'"),
    (lambda: nn.SmoothL1Loss(beta=-1.0), "SmoothL1Loss: beta must be a number from 0 on"),
    (lambda: nn.Sequential([nn.ReLU()]), "element 0 is list, not a Module"),
    (lambda: nn.ModuleDict({("a",): nn.ReLU()}), "module name should be a string. Got tuple"),
    (lambda: nn.ModuleDict({"a.b": nn.ReLU()}), "a name is a text without dots, got 'a.b'"),
    (lambda: nn.ModuleDict({"forward": nn.ReLU()}), "'forward' is an attribute already"),
    (lambda: nn.ReLU().register_buffer(["a"], X), "buffer name should be a string. Got list"),
    (lambda: nn.ReLU().register_buffer("training", X), "'training' is an attribute already"),
    (lambda: nn.ReLU().register_forward_hook(3), "a hook is a function, not int"),
    (lambda: nn.Linear(1, 1).load_state_dict(None), "expected a mapping, not NoneType"),
    (
        lambda: nn.Linear(2, 1).load_state_dict({"weight": [[1.0], [1.0, 2.0]], "bias": [0.0]}),
        "'weight' is not an array",
    ),
    (lambda: nn.init.uniform_(Tensor([1, 2])), "fills a tensor of floats, not of int64"),
    (lambda: nn.init.uniform_(Tensor([1.0]), 1.0, 0.0), "a must be at most b"),
    (lambda: nn.init.normal_(Tensor([1.0]), 0.0, -1.0), "std must not be negative"),
    (lambda: nn.init.kaiming_normal_(Tensor(np.ones((2, 0)))), "needs a weight with elements"),
]
INPUTS: list[tuple[Callable[[], Any], str]] = [
    (lambda: nn.Linear(3, 2)([[1.0, 2.0, 3.0]]), r"expected an input of shape \(…, 3\), got list"),
    (lambda: nn.Conv2d(1, 1, 1)([[[[1.0]]]]), r"expected an input of shape \(N, 1, …, …\), got list"),
    (lambda: nn.MaxPool1d(2)([[[1.0, 2.0]]]), r"expected an input of shape \(N, C, …\), got list"),
    (lambda: nn.MaxPool2d(2, padding=1)(IMAGE.astype(int)), "a padded input must be floats, got int64"),
    (lambda: nn.BatchNorm1d(3)(X[:0]), "variance of one value"),
    (lambda: nn.Dropout(0.5)(np.arange(3)), "Dropout: an input must be floats, got int64"),
    (lambda: nn.Embedding(3, 2)(np.array([True])), "indices are whole numbers, not bool"),
    (lambda: nn.LSTM(3, 4)(np.ones((5, 2, 3)), 0), r"expected 2 state\(s\) of shape \(1, 2, 4\), got int"),
    (lambda: nn.LSTM(3, 4)(np.ones((5, 2, 3)), np.ones((1, 2, 4))), r"expected 2 state\(s\)"),
    (lambda: ATTEND(batch(1, 2), batch(1, 3), batch(1, 4)), "key and value must agree"),
    (lambda: ATTEND(batch(2, 2), batch(3, 3), batch(3, 3)), "query must have their batch"),
    (lambda: ATTEND(*[batch(1, 2)] * 3, attn_mask=np.ones((2, 2), bool)), "leaves a query nothing to look at"),
    (lambda: ATTEND(*[batch(1, 2)] * 3, attn_mask=np.full((2, 2), -np.inf)), "leaves a query nothing to look at"),
    (lambda: ATTEND(*[batch(1, 2)] * 3, attn_mask=np.eye(2, dtype=int)), "a mask is of bools or floats, not int64"),
    (
        lambda: F.scaled_dot_product_attention(np.ones((2, 4)), np.ones((3, 5)), np.ones((3, 2))),
        r"are \(2, 4\), \(3, 5\)",
    ),
    (lambda: nn.Flatten(-5)(X), "has no axes -5 to -1"),
    (lambda: nn.Flatten(1, 9)(X), "has no axes 1 to 9"),
    (lambda: F.glu(X, dim=5), "has no axis 5"),
    (lambda: F.hardtanh(X, 1.0, -1.0), "min_val must be at most max_val"),
    (lambda: F.celu(X, 0.0), "alpha must not be 0"),
]
TARGETS: list[tuple[Callable[[], Any], str]] = [
    (lambda: F.cross_entropy(LOGITS, np.array([True, False])), "whole numbers or probabilities, not bool"),
    (lambda: F.cross_entropy(LOGITS, np.array(["a", "b"])), "got <U1"),
    (lambda: F.cross_entropy(LOGITS.astype(int), [0, 1]), "logits must be floats, got int64"),
    (lambda: F.cross_entropy(LOGITS[:0], np.zeros(0, int)), "no mean of an empty batch"),
    (lambda: F.cross_entropy(LOGITS, [0, 1], label_smoothing=2.0), "label_smoothing must be a number from 0 to 1"),
    (lambda: F.mse_loss(X[:0], X[:0]), r"mse_loss: there is no mean of an empty batch, of shape \(0, 3\)"),
    (
        lambda: F.nll_loss(np.zeros((2, 2, 3)), np.zeros((2, 2), int)),
        r"need labels of shape \(2, 3\), got \(2, 2\); classes are axis 1",
    ),
    (lambda: F.nll_loss([[0.0, 0.0]], [1]), r"scores of shape \(N, classes\), got list"),
    (lambda: F.multi_margin_loss(LOGITS, np.array([0, 3])), "multi_margin_loss: label 3 is outside 0 … 2"),
    (lambda: F.multi_margin_loss(LOGITS, np.array([0, -1])), "label -1 is outside 0 … 2"),
    (lambda: F.multi_margin_loss(LOGITS, np.array([0.0, 1.0])), r"whole numbers of shape \(2,\), got float64"),
    (lambda: F.huber_loss(X, X, delta=-1.0), "huber_loss: delta must be a number above 0"),
    (lambda: F.binary_cross_entropy(np.array([np.nan]), np.array([1.0])), "probabilities are from 0 to 1"),
    (lambda: F.binary_cross_entropy_with_logits([0.5], [1.0]), "arrays or tensors, got list and list"),
    (lambda: F.kl_div(np.array([[-1.0, -1.0]]), np.array([[-0.5, 1.5]])), r"targets are probabilities, got -0\.5"),
    (lambda: F.kl_div(np.array(-1.0), np.array(0.5), "batchmean"), "needs an axis of rows"),
    (lambda: F.cosine_embedding_loss(X, X, np.array([0, 1])), "targets are −1 and 1"),
    (lambda: F.cosine_embedding_loss(X, X, np.ones(3)), r"expected targets of shape \(2,\), got \(3,\)"),
]


@pytest.mark.parametrize(("make", "message"), [*ARGUMENTS, *INPUTS, *TARGETS])
def test_what_is_wrong_is_said(make: Callable[[], Any], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_numpys_whole_numbers_are_whole_numbers() -> None:
    layer = nn.Conv2d(np.int64(1), np.int32(2), np.int64(3), padding="valid", rng=0)
    assert layer(IMAGE.astype(np.float32)).shape == (1, 2, 2, 2)


def test_empty_batches_go_through_where_nothing_is_averaged() -> None:
    assert nn.Linear(3, 2)(X[:0]).shape == (0, 2)
    assert nn.Conv2d(1, 2, 3)(IMAGE[:0]).shape == (0, 2, 2, 2)
    assert nn.LSTM(3, 4)(np.ones((5, 0, 3)))[0].shape == (5, 0, 4)
    assert F.mse_loss(X[:0], X[:0], "sum") == 0.0


def test_nan_stays_nan_and_does_not_spread() -> None:
    image = IMAGE.copy()
    image[0, 0, 0, 0] = np.nan
    for layer in (nn.MaxPool2d(2), nn.AvgPool2d(2, ceil_mode=True), nn.AdaptiveAvgPool2d(2), nn.AdaptiveMaxPool2d(2)):
        assert np.isnan(layer(image)[0, 0]).tolist() == [[True, False], [False, False]]
    assert np.isnan(nn.ReLU6()(np.array([np.nan]))).all()


def test_one_sample_is_normalised_in_evaluation_only() -> None:
    layer = nn.BatchNorm1d(3)
    with pytest.raises(ValueError, match="variance of one value"):
        layer(X[:1])
    assert layer.num_batches_tracked == 0
    assert layer.eval()(X[:1]).shape == (1, 3)


def test_a_mask_of_floats_is_added_to_the_scores() -> None:
    x = batch(1, 3)
    hidden = np.triu(np.ones((3, 3), bool), 1)
    for dtype in (np.float32, np.float64):
        added = ATTEND(x, x, x, attn_mask=np.where(hidden, -np.inf, 0.0).astype(dtype))[0]
        np.testing.assert_array_equal(added.data, ATTEND(x, x, x, attn_mask=hidden)[0].data)
        assert added.dtype == np.float32
    bias = Tensor(np.zeros((3, 3)), requires_grad=True)
    _, weights = attend(x[0], x[0], x[0], bias + np.log([1.0, 2.0, 4.0]))
    plain = np.exp(x[0] @ x[0].T / np.sqrt(6.0)) * [1.0, 2.0, 4.0]
    np.testing.assert_allclose(weights.data, plain / plain.sum(-1, keepdims=True), rtol=1e-5)
    weights[0, 0].backward()
    assert bias.grad is not None
    assert (bias.grad[0] != 0.0).all()


def test_a_part_of_a_sequence_is_one() -> None:
    model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 2, rng=1))
    first = model[:2]
    assert isinstance(first, nn.Sequential)
    np.testing.assert_array_equal(model[2](first(X)).data, model(X).data)
    assert isinstance(nn.ModuleList(model)[1:], nn.ModuleList)
