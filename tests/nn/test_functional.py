"""Functions of `nn.functional` against PyTorch's: values, gradients, compiled, drawn; and nothing in the room but functions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor
from autograd.draw import draw
from autograd.errors import ShapeError
from nn import functional as F
from tests.sweep import sweep

FROZEN_FILE = Path(__file__).parent.parent / "frozen" / "functional.json"
RNG = np.random.default_rng(7)
X = RNG.normal(size=(4, 6))
Y = RNG.normal(size=(4, 6))
Z = RNG.normal(size=(4, 6))
SIGNAL = RNG.normal(size=(2, 4, 7))
PHOTO = RNG.normal(size=(2, 4, 5, 6))
BLOCK = RNG.normal(size=(2, 2, 3, 4, 4))
LABELS = np.array([0, 5, 2, 2])
SOME = np.array([0, 5, -100, 2])
PLACES = RNG.integers(0, 4, (2, 5, 6))
SIGNS = np.array([1.0, -1.0, -1.0, 1.0])
W6 = RNG.uniform(0.5, 2.0, 6)
W4 = RNG.uniform(0.5, 2.0, 4)
PROBABILITIES = RNG.uniform(0.05, 0.95, (4, 6))
ZERO_ONE = (RNG.random((4, 6)) > 0.5).astype(float)
SHARES = RNG.dirichlet(np.ones(6), 4)
K1, K2, K3 = (RNG.normal(size=s) for s in ((6, 2, 3), (6, 2, 3, 2), (4, 1, 2, 2, 2)))
T1, T2, T3 = (RNG.normal(size=s) for s in ((4, 3, 3), (4, 3, 3, 2), (2, 3, 2, 2, 2)))
B6 = RNG.normal(size=6)
SPOKEN = RNG.normal(size=(6, 3, 4))

OWN_RNG = np.random.default_rng(8)
GRID = OWN_RNG.uniform(-1.7, 1.7, (2, 3, 2, 2))
SPACE = OWN_RNG.uniform(-1.7, 1.7, (2, 2, 3, 1, 3))
MAPS = OWN_RNG.normal(size=(2, 2, 3))

# A function of the room and the inputs, of which those of floats are differentiated.
CASES: dict[str, tuple[Callable[..., Any], list[Any]]] = {
    "relu": (lambda F, x: F.relu(x), [X]),
    "leaky_relu": (lambda F, x: F.leaky_relu(x, 0.2), [X]),
    "prelu": (lambda F, x, w: F.prelu(x, w), [X, W6]),
    "prelu of one": (lambda F, x, w: F.prelu(x, w), [X, W6[:1]]),
    "rrelu": (lambda F, x: F.rrelu(x), [X]),
    "elu": (lambda F, x: F.elu(x, 0.7), [X]),
    "gelu": (lambda F, x: F.gelu(x, approximate="tanh"), [X]),
    "hardshrink": (lambda F, x: F.hardshrink(x, 0.3), [X]),
    "softshrink": (lambda F, x: F.softshrink(x, 0.3), [X]),
    "threshold": (lambda F, x: F.threshold(x, 0.1, 5.0), [X]),
    "softplus": (lambda F, x: F.softplus(x, beta=2.0), [X]),
    "softplus above": (lambda F, x: F.softplus(x, 2.0, 1.0), [X]),
    "softmax": (lambda F, x: F.softmax(x, dim=0), [X]),
    "softmin": (lambda F, x: F.softmin(x, dim=1), [X]),
    "log_softmax": (lambda F, x: F.log_softmax(x, dim=1), [PHOTO]),
    "glu": (lambda F, x: F.glu(x, 1), [X]),
    "linear": (lambda F, x, w, b: F.linear(x, w, b), [X, Y, W4]),
    "linear without bias": (lambda F, x, w: F.linear(x, w), [X, Y]),
    "bilinear": (lambda F, x, y, w, b: F.bilinear(x, y, w, b), [X, Y, RNG.normal(size=(2, 6, 6)), W6[:2]]),
    "cosine_similarity": (lambda F, x, y: F.cosine_similarity(x, y, dim=0), [X, Y]),
    "pairwise_distance": (lambda F, x, y: F.pairwise_distance(x, y, p=3.0, keepdim=True), [X, Y]),
    "pdist": (lambda F, x: F.pdist(x), [X]),
    "normalize": (lambda F, x: F.normalize(x), [X]),
    "normalize by another norm": (lambda F, x: F.normalize(x, p=1.0, dim=0), [X]),
    "embedding": (lambda F, i, w: F.embedding(i, w, padding_idx=1), [LABELS, RNG.normal(size=(6, 3))]),
    "embedding_bag": (lambda F, i, w: F.embedding_bag(i, w), [PLACES[0], RNG.normal(size=(6, 3))]),
    "embedding by frequency": (
        lambda F, i, w: F.embedding(i, w, padding_idx=2, scale_grad_by_freq=True),
        [PLACES, RNG.normal(size=(6, 3))],
    ),
    "embedding_bag of offsets": (
        lambda F, i, o, w: F.embedding_bag(i, w, o, mode="max", padding_idx=2),
        [PLACES[0, 0], np.array([0, 2, 2, 5]), RNG.normal(size=(6, 3))],
    ),
    "embedding_bag to the last offset": (
        lambda F, i, o, w: F.embedding_bag(i, w, o, mode="mean", include_last_offset=True),
        [PLACES[0, 0], np.array([0, 2, 2, 6]), RNG.normal(size=(6, 3))],
    ),
    "embedding_bag of weights": (
        lambda F, i, w, s: F.embedding_bag(i, w, mode="sum", per_sample_weights=s),
        [PLACES[0], RNG.normal(size=(6, 3)), RNG.normal(size=(5, 6))],
    ),
    "conv1d": (lambda F, x, w, b: F.conv1d(x, w, b, 2, 1, 1, 2), [SIGNAL, K1, B6]),
    "conv1d of one": (lambda F, x, w: F.conv1d(x, w, padding="same", groups=2), [SIGNAL[0], K1]),
    "conv2d": (lambda F, x, w, b: F.conv2d(x, w, b, stride=2, padding=(1, 2), groups=2), [PHOTO, K2, B6]),
    "conv2d dilated": (lambda F, x, w: F.conv2d(x, w, dilation=(1, 2), groups=2), [PHOTO, K2]),
    "conv3d": (lambda F, x, w: F.conv3d(x, w, padding=1, groups=2), [BLOCK, K3]),
    "conv_transpose1d": (lambda F, x, w, b: F.conv_transpose1d(x, w, b, 2, 1, 1), [SIGNAL, T1, B6[:3]]),
    "conv_transpose1d of one": (lambda F, x, w: F.conv_transpose1d(x, w), [SIGNAL[0], T1]),
    "conv_transpose1d, more than a stride": (
        lambda F, x, w: F.conv_transpose1d(x, w, None, 2, 3, 2, 1, 3),
        [SIGNAL, T1],
    ),
    "conv_transpose2d": (
        lambda F, x, w, b: F.conv_transpose2d(x, w, b, stride=(2, 1), padding=(1, 0), groups=2, dilation=(1, 2)),
        [PHOTO, T2, B6],
    ),
    "conv_transpose3d": (lambda F, x, w: F.conv_transpose3d(x, w, stride=2), [BLOCK, T3]),
    "unfold": (lambda F, x: F.unfold(x, (2, 3), dilation=(2, 1), padding=1, stride=2), [PHOTO]),
    "fold": (lambda F, x: F.fold(x, (4, 5), (2, 2), padding=1, stride=2), [RNG.normal(size=(2, 12, 9))]),
    "max_pool1d": (lambda F, x: F.max_pool1d(x, 2), [SIGNAL]),
    "max_pool2d": (lambda F, x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True), [PHOTO]),
    "max_pool3d": (lambda F, x: F.max_pool3d(x, 2), [BLOCK]),
    "max_pool1d with holes": (lambda F, x: F.max_pool1d(x, 2, 1, dilation=3), [SIGNAL]),
    "max_pool2d with indices": (
        lambda F, x: F.max_pool2d(x, (2, 3), 1, 1, (2, 1), return_indices=True)[0],
        [PHOTO],
    ),
    "max_pool3d of the end": (lambda F, x: F.max_pool3d(x, 2, 3, 1, 2, True, True)[0], [BLOCK]),
    "max_unpool1d": (lambda F, x: F.max_unpool1d(*F.max_pool1d(x, 2, return_indices=True), 2), [SIGNAL[0]]),
    "max_unpool2d": (
        lambda F, x: F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2, output_size=(5, 6)),
        [PHOTO],
    ),
    "max_unpool3d": (lambda F, x: F.max_unpool3d(*F.max_pool3d(x, 2, 2, 1, 1, True, True), 2, 2, 1, (3, 4, 4)), [BLOCK]),
    "avg_pool1d": (lambda F, x: F.avg_pool1d(x, 3, 1, 1), [SIGNAL[0]]),
    "avg_pool2d": (lambda F, x: F.avg_pool2d(x, 2, divisor_override=3), [PHOTO]),
    "avg_pool3d": (lambda F, x: F.avg_pool3d(x, 2, padding=1, count_include_pad=False), [BLOCK]),
    "lp_pool1d": (lambda F, x: F.lp_pool1d(x, 3.0, 2), [np.abs(SIGNAL)]),
    "lp_pool2d": (lambda F, x: F.lp_pool2d(x, 2.0, 2, 1), [PHOTO]),
    "adaptive_max_pool2d": (lambda F, x: F.adaptive_max_pool2d(x, (2, 4)), [PHOTO]),
    "grid_sample": (lambda F, x, g: F.grid_sample(x, g, align_corners=False), [PHOTO, GRID]),
    "grid_sample of edges": (
        lambda F, x, g: F.grid_sample(x, g, padding_mode="border", align_corners=True),
        [BLOCK, SPACE],
    ),
    "grid_sample mirrored": (
        lambda F, x, g: F.grid_sample(x, g, mode="bicubic", padding_mode="reflection", align_corners=False),
        [PHOTO, GRID],
    ),
    "grid_sample of the nearest": (
        lambda F, x, g: F.grid_sample(x, g.detach() if hasattr(g, "detach") else g, mode="nearest", align_corners=True),
        [PHOTO, GRID],
    ),
    "affine_grid": (lambda F, m: F.affine_grid(m, (2, 1, 3, 4), align_corners=False), [MAPS]),
    "affine_grid of corners": (lambda F, m: F.affine_grid(m, (2, 1, 3, 4), align_corners=True), [MAPS]),
    "adaptive_max_pool3d with indices": (
        lambda F, x: F.adaptive_max_pool3d(x, (2, 3, 1), return_indices=True)[0],
        [BLOCK],
    ),
    "adaptive_avg_pool1d": (lambda F, x: F.adaptive_avg_pool1d(x, 3), [SIGNAL]),
    "adaptive_avg_pool3d": (lambda F, x: F.adaptive_avg_pool3d(x, (2, 3, 1)), [BLOCK]),
    "batch_norm": (lambda F, x, w, b: F.batch_norm(x, None, None, w, b, training=True), [PHOTO, W4, W4 - 1.0]),
    "batch_norm by averages": (lambda F, x, m, v: F.batch_norm(x, m.detach(), v.detach(), eps=1e-3), [X, W6, W6 + 1.0]),
    "layer_norm": (lambda F, x, w, b: F.layer_norm(x, (6,), w, b), [X, W6, B6]),
    "rms_norm": (lambda F, x, w: F.rms_norm(x, (6,), w), [X, W6]),
    "group_norm": (lambda F, x, w, b: F.group_norm(x, 2, w, b), [PHOTO, W4, W4 - 1.0]),
    "instance_norm": (lambda F, x, w, b: F.instance_norm(x, weight=w, bias=b), [SIGNAL, W4, W4 - 1.0]),
    "local_response_norm": (lambda F, x: F.local_response_norm(x, 3, alpha=0.5), [PHOTO]),
    "dropout that does not train": (lambda F, x: F.dropout(x, 0.5, training=False), [X]),
    "pad": (lambda F, x: F.pad(x, (1, 2, 0, 3), value=1.5), [PHOTO]),
    "pad by less": (lambda F, x: F.pad(x, (-1, 2)), [SIGNAL]),
    "pad reflect": (lambda F, x: F.pad(x, (3, 2, 1, 0), mode="reflect"), [PHOTO]),
    "pad replicate": (lambda F, x: F.pad(x, (3, 2), mode="replicate"), [SIGNAL]),
    "pad circular": (lambda F, x: F.pad(x, (3, 2, 1, 4), mode="circular"), [PHOTO]),
    "interpolate nearest": (lambda F, x: F.interpolate(x, scale_factor=1.5), [PHOTO]),
    "interpolate nearest-exact": (lambda F, x: F.interpolate(x, size=(3, 8), mode="nearest-exact"), [PHOTO]),
    "interpolate linear": (lambda F, x: F.interpolate(x, size=10, mode="linear"), [SIGNAL]),
    "interpolate linear aligned": (
        lambda F, x: F.interpolate(x, size=10, mode="linear", align_corners=True),
        [SIGNAL],
    ),
    "interpolate bilinear": (lambda F, x: F.interpolate(x, scale_factor=(1.7, 0.6), mode="bilinear"), [PHOTO]),
    "interpolate by sizes": (
        lambda F, x: F.interpolate(x, scale_factor=(1.7, 0.6), mode="bilinear", recompute_scale_factor=True),
        [PHOTO],
    ),
    "interpolate bicubic": (lambda F, x: F.interpolate(x, size=(7, 4), mode="bicubic"), [PHOTO]),
    "interpolate trilinear": (lambda F, x: F.interpolate(x, scale_factor=2, mode="trilinear"), [BLOCK]),
    "interpolate area": (lambda F, x: F.interpolate(x, size=(3, 4), mode="area"), [PHOTO]),
    "pixel_shuffle": (lambda F, x: F.pixel_shuffle(x, 2), [PHOTO]),
    "pixel_unshuffle": (lambda F, x: F.pixel_unshuffle(x, 2), [BLOCK[0]]),
    "channel_shuffle": (lambda F, x: F.channel_shuffle(x, 2), [PHOTO]),
    "attention": (lambda F, q, k, v: F.scaled_dot_product_attention(q, k, v), [X, Y, Z]),
    "causal attention": (
        lambda F, q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True, scale=0.3),
        [PHOTO, PHOTO + 1.0, PHOTO - 1.0],
    ),
    "masked attention": (
        lambda F, q, k, v, mask: F.scaled_dot_product_attention(q, k, v, attn_mask=mask),
        [X, Y, Z, np.array([[1, 0, 1, 1]] * 4) > 0],
    ),
    "cross_entropy of places": (lambda F, x, y: F.cross_entropy(x, y), [PHOTO, PLACES]),
    "cross_entropy of one": (lambda F, x, y: F.cross_entropy(x, y), [X[0], np.array(3)]),
    "cross_entropy weighted": (lambda F, x, y, w: F.cross_entropy(x, y, w.detach()), [X, LABELS, W6]),
    "cross_entropy of some": (lambda F, x, y: F.cross_entropy(x, y), [X, SOME]),
    "cross_entropy of all options": (
        lambda F, x, y, w: F.cross_entropy(x, y, w.detach(), ignore_index=2, label_smoothing=0.3),
        [PHOTO, PLACES, W4],
    ),
    "cross_entropy none": (
        lambda F, x, y, w: F.cross_entropy(x, y, w.detach(), ignore_index=2, label_smoothing=0.3, reduction="none"),
        [PHOTO, PLACES, W4],
    ),
    "cross_entropy of shares": (
        lambda F, x, y, w: F.cross_entropy(x, y, w.detach(), label_smoothing=0.1),
        [X, SHARES, W6],
    ),
    "nll_loss of places": (
        lambda F, x, y, w: F.nll_loss(F.log_softmax(x, dim=1), y, w.detach(), ignore_index=1),
        [PHOTO, PLACES, W4],
    ),
    "nll_loss sum": (lambda F, x, y, w: F.nll_loss(x, y, w.detach(), reduction="sum"), [X, LABELS, W6]),
    "binary_cross_entropy": (lambda F, x, y, w: F.binary_cross_entropy(x, y, w.detach()), [PROBABILITIES, ZERO_ONE, W6]),
    "binary_cross_entropy_with_logits": (
        lambda F, x, y, w, p: F.binary_cross_entropy_with_logits(x, y, w.detach(), pos_weight=p.detach()),
        [X, ZERO_ONE, W6, W6 * 2.0],
    ),
    "kl_div": (lambda F, x, y: F.kl_div(x, y, reduction="batchmean"), [X, SHARES]),
    "gaussian_nll_loss": (lambda F, x, y, v: F.gaussian_nll_loss(x, y, v, full=True), [X, Y, Z**2]),
    "gaussian_nll_loss of rows": (
        lambda F, x, y, v: F.gaussian_nll_loss(x, y, v, eps=0.8, reduction="none"),
        [X, Y, W4],
    ),
    "poisson_nll_loss": (lambda F, x, y: F.poisson_nll_loss(x, y), [X, 3.0 * ZERO_ONE]),
    "poisson_nll_loss full": (
        lambda F, x, y: F.poisson_nll_loss(x, y, log_input=False, full=True),
        [PROBABILITIES, 3.0 * ZERO_ONE + 0.5],
    ),
    "hinge_embedding_loss": (lambda F, x, y: F.hinge_embedding_loss(x, y, 0.3), [X, np.tile(SIGNS[:, None], 6)]),
    "soft_margin_loss": (lambda F, x, y: F.soft_margin_loss(x, y.detach()), [X, np.tile(SIGNS[:, None], 6)]),
    "margin_ranking_loss": (lambda F, x, y, t: F.margin_ranking_loss(x, y, t, 0.2), [W4, W4[::-1].copy(), SIGNS]),
    "multi_margin_loss": (lambda F, x, y, w: F.multi_margin_loss(x, y, p=2, weight=w.detach()), [X, LABELS, W6]),
    "multilabel_margin_loss": (
        lambda F, x, y: F.multilabel_margin_loss(x, y),
        [X, np.array([[3, 0, -1, 1, 1, 1], [-1] * 6, [0, 1, 2, 3, 4, 5], [5, -1, 2, 2, 2, 2]])],
    ),
    "multilabel_soft_margin_loss": (
        lambda F, x, y, w: F.multilabel_soft_margin_loss(x, y, w),
        [X, ZERO_ONE, W6],
    ),
    "triplet_margin_loss": (lambda F, a, p, n: F.triplet_margin_loss(a, p, n, margin=2.0), [X, Y, Z]),
    "triplet_margin_loss swapped": (
        lambda F, a, p, n: F.triplet_margin_loss(a, p, n, p=1.0, swap=True, reduction="none"),
        [X, Y, Z],
    ),
    # PyTorch's gradient is that of logits, so both are asked for theirs.
    "ctc_loss": (
        lambda F, x, y: F.ctc_loss(F.log_softmax(x, dim=-1), y, [6, 5, 4], [3, 1, 2]),
        [SPOKEN, np.array([[1, 1, 2], [3, 0, 0], [2, 3, 0]])],
    ),
    "ctc_loss of one row": (
        lambda F, x, y: F.ctc_loss(F.log_softmax(x, dim=-1), y, [6, 6, 6], [2, 0, 2], blank=3, reduction="sum"),
        [SPOKEN, np.array([1, 1, 2, 0])],
    ),
    "ctc_loss of what is too long": (
        lambda F, x, y: F.ctc_loss(
            F.log_softmax(x, dim=-1), y, [6, 3, 1], [3, 3, 3], reduction="none", zero_infinity=True
        ),
        [SPOKEN, np.array([[1, 1, 2], [3, 3, 3], [2, 3, 1]])],
    ),
}  # fmt: skip
FROZEN = json.loads(FROZEN_FILE.read_text(encoding="utf-8")) if FROZEN_FILE.exists() else {}
# What depends on labels that are not known while a function is captured, and says so.
NOT_COMPILED = ("multilabel_margin_loss", "ctc_loss", "cross_entropy of some")


def is_float(x: Any) -> bool:
    return np.asarray(x).dtype.kind == "f"


def weighted_sum(out: Any) -> Any:
    return (out * np.cos(np.arange(out.size) + 0.5).reshape(out.shape)).sum()


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_pytorchs(name: str) -> None:
    function, inputs = CASES[name]
    leaves = [Tensor(x, requires_grad=True) if is_float(x) else x for x in inputs]
    out = function(F, *leaves)
    frozen = FROZEN[name]
    assert list(out.shape) == frozen["shape"]
    np.testing.assert_allclose(out.data.ravel(), frozen["out"], rtol=1e-10, atol=1e-13)
    weighted_sum(out).backward()
    gradients = [leaf.grad for leaf in leaves if isinstance(leaf, Tensor)]
    for gradient, expected in zip(gradients, frozen["grads"], strict=True):
        found = np.zeros(np.size(expected)) if gradient is None else gradient.ravel()
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("name", sweep([name for name in CASES if "pool" in name], 4))
def test_tangents_go_by_the_places_of_maxima_in_batches_and_programs(name: str) -> None:
    """What says where a maximum stands has no tangent, though nobody knows its numbers."""
    function, inputs = CASES[name]
    floats = [x for x in inputs if is_float(x)]

    def loss(*given: Any) -> Any:
        moving = iter(given)
        out = function(F, *(next(moving) if is_float(x) else x for x in inputs))
        return sum(weighted_sum(part * 1.0) for part in ag.tree.leaves(out))

    push = lambda scale: ag.jvp(loss, tuple(scale * x for x in floats), tuple(floats))[1]
    expected = [push(scale) for scale in (0.9, 1.1)]
    np.testing.assert_allclose(ag.vmap(push)(np.array([0.9, 1.1])), expected, rtol=1e-11)
    np.testing.assert_allclose(ag.compile(push)(np.array(0.9)), expected[0], rtol=1e-11)


@pytest.mark.parametrize("name", sweep([name for name in CASES if not name.startswith(NOT_COMPILED)], 6))
def test_the_functions_compile(name: str) -> None:
    function, inputs = CASES[name]
    floats = [k for k, x in enumerate(inputs) if is_float(x)]

    def loss(*given: Any) -> Any:
        whole = list(inputs)
        for k, x in zip(floats, given, strict=True):
            whole[k] = x
        return weighted_sum(function(F, *whole))

    slope = ag.value_and_grad(loss, tuple(range(len(floats))))
    given = [np.asarray(inputs[k]) for k in floats]
    value, gradients = slope(*given)
    compiled, found = ag.compile(slope, native=False)(*given)
    assert compiled == pytest.approx(value, rel=1e-12)
    for one, other in zip(found, gradients, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("name", sweep(CASES, 12))
def test_the_functions_are_drawn(name: str) -> None:
    function, inputs = CASES[name]
    leaves = [Tensor(x, requires_grad=True) if is_float(x) else x for x in inputs]
    assert "digraph" in draw(weighted_sum(function(F, *leaves))).dot


def test_there_is_nothing_but_functions() -> None:
    assert [name for name in F.__all__ if not callable(getattr(F, name)) or isinstance(getattr(F, name), type)] == []
    given: dict[str, Any] = {}
    exec("from nn.functional import *", given)
    assert sorted(set(given) - {"__builtins__"}) == sorted(F.__all__)


@pytest.mark.parametrize("native", [False, pytest.param(True, marks=pytest.mark.integration)])
def test_labels_that_are_ignored_where_a_function_is_compiled(native: bool) -> None:
    labels = np.array([0, -1, 2, 2])
    loss = ag.compile(lambda x, y: F.cross_entropy(x, y, ignore_index=-1), native=native)
    assert loss(X, labels) == pytest.approx(F.cross_entropy(X[[0, 2, 3]], labels[[0, 2, 3]]))
    assert loss(X, LABELS) == pytest.approx(F.cross_entropy(X, LABELS)), "the next labels may have none of them"
    explicit = ag.compile(lambda x, y: F.cross_entropy(x, y, ignore_index=-100), native=native)
    assert explicit(X, SOME) == pytest.approx(F.cross_entropy(X, SOME))
    with pytest.raises(ag.ShapeError, match="label -100 is outside"):
        ag.compile(lambda x, y: F.cross_entropy(x, y), native=native)(X, SOME)


def test_random_functions_draw_from_their_generator() -> None:
    x = np.ones((50, 4, 3))
    for drop in (F.dropout, F.dropout1d, F.alpha_dropout, F.feature_alpha_dropout):
        first, again, other = (drop(x, 0.5, True, rng=seed) for seed in (0, 0, 1))
        np.testing.assert_array_equal(first, again)
        assert (first != other).any()
        assert drop(x, 0.5, training=False) is x
    whole = F.dropout1d(x, 0.5, rng=0)
    assert ((whole == 0.0).all(axis=2) | (whole != 0.0).all(axis=2)).all()
    kept = F.alpha_dropout(np.random.default_rng(0).normal(size=200_000), 0.3, True, rng=0)
    assert (kept.mean(), kept.var()) == (pytest.approx(0.0, abs=0.02), pytest.approx(1.0, abs=0.02))
    hard = F.gumbel_softmax(Tensor(X, requires_grad=True), hard=True, rng=0)
    assert np.allclose(np.sort(hard.data, axis=1)[:, -1], 1.0) and hard.requires_grad
    assert F.rrelu(-np.ones(1000), 0.2, 0.4, True, rng=0).max() <= -0.2


def test_in_place_means_in_the_input() -> None:
    x = Tensor(X, requires_grad=True)
    y = x * 1.0
    assert F.relu(y, inplace=True) is y
    np.testing.assert_array_equal(y.data, np.maximum(X, 0.0))
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, X > 0)
    z = Tensor(X) * 1.0
    assert F.elu_(z, 0.5) is z
    np.testing.assert_allclose(z.data, F.elu(X, 0.5))
    out = nn.Sequential(nn.Linear(6, 3, rng=0, dtype=np.float64), nn.ReLU(inplace=True))(X)
    assert out.data.min() == 0.0


def test_one_hot_rows() -> None:
    assert F.one_hot(np.array([[0, 2]])).shape == (1, 2, 3)
    assert isinstance(F.one_hot(Tensor([0, 2], dtype=int), 5), Tensor)
    assert F.one_hot([1], num_classes=3).dtype == np.int64


ERRORS: dict[str, tuple[Callable[[], Any], str]] = {
    "softmax": (lambda: F.softmax(X, dim=2), r"softmax: an input of shape \(4, 6\) has no axis 2"),
    "weight": (lambda: F.cross_entropy(X, LABELS, W4), "weight must be 6 numbers, one for each class"),
    "a reduction as a weight": (lambda: F.cross_entropy(X, LABELS, "sum"), "a reduction is given by reduction='sum'"),
    "classes at the end": (lambda: F.cross_entropy(SIGNAL, np.zeros((2, 4), int)), "classes are axis 1, as in PyTorch"),
    "prelu": (lambda: F.prelu(X, W4), r"prelu: weight has one number, or 6"),
    "transposed": (lambda: F.conv_transpose1d(SIGNAL, T1, output_padding=1), "output_padding must be smaller"),
    "groups": (lambda: F.conv1d(SIGNAL, K1, groups=4), "6 channels do not fall into 4 groups"),
    "channels": (lambda: F.conv2d(PHOTO, K2), r"expected an input of shape \(N, 2, …, …\)"),
    "fold": (lambda: F.fold(SIGNAL, (4, 5), 2), "windows of"),
    "bags without offsets": (lambda: F.embedding_bag(LABELS, X.T), r"\(bags, length\), or \(total,\) with offsets"),
    "offsets of bags": (lambda: F.embedding_bag(PLACES[0], X, LABELS), "have no offsets"),
    "offsets that fall": (lambda: F.embedding_bag(SOME[[0, 1]], X.T, np.array([0, 2, 1])), "offsets rise from 0 to at most 2"),
    "a negative norm": (lambda: F.embedding(LABELS, X.T, max_norm=-1.0), "max_norm must be a number from 0 on"),
    "a grid of others": (lambda: F.grid_sample(PHOTO, GRID[:1]), r"needs a grid \(N, …, 2\)"),
    "a cubic volume": (lambda: F.grid_sample(BLOCK, SPACE, "bicubic"), "the last of images alone"),
    "another padding": (lambda: F.grid_sample(PHOTO, GRID, padding_mode="wrap"), "padding_mode must be one of zeros, border"),
    "maps of others": (lambda: F.affine_grid(MAPS, (3, 1, 2, 2)), "do not fit an output of shape"),
    "holes": (lambda: F.max_pool1d(SIGNAL, 2, dilation=0), "dilation must be a whole number from 1 on"),
    "too far": (lambda: F.max_pool1d(SIGNAL, 2, dilation=7), r"smaller than the kernel, which reaches over \(8,\)"),
    "indices of others": (lambda: F.max_unpool1d(SIGNAL, PLACES, 2), "indices for an input of shape"),
    "indices beyond": (lambda: F.max_unpool1d(SIGNAL, np.full(SIGNAL.shape, 14), 2), "index 14 is outside"),
    "another space": (lambda: F.max_unpool1d(SIGNAL, np.zeros(SIGNAL.shape, int), 2, output_size=(12,)), "not of .12,."),
    "pad": (lambda: F.pad(X, (1, 2, 3)), "whole numbers in pairs"),
    "mirrors": (lambda: F.pad(X, (6, 0), "reflect"), "a margin of 6 is more than 'reflect' finds in 6"),
    "pad mode": (lambda: F.pad(X, (1, 0), "mirror"), "mode must be one of constant"),
    "no size": (lambda: F.interpolate(PHOTO), "give either size or scale_factor"),
    "mode": (lambda: F.interpolate(SIGNAL, 3, mode="bilinear"), "the mode 'bilinear' is for inputs of shape"),
    "aligned": (lambda: F.interpolate(PHOTO, 3, align_corners=True), "align_corners is for the modes"),
    "antialias": (lambda: F.interpolate(PHOTO, 3, antialias=True), "leave antialias at False"),
    "shuffle": (lambda: F.pixel_shuffle(PHOTO, 3), "do not fall into squares"),
    "two masks": (
        lambda: F.scaled_dot_product_attention(X, X, X, np.ones((4, 4), bool), is_causal=True),
        "give either attn_mask or is_causal",
    ),
    "nothing to look at": (
        lambda: F.scaled_dot_product_attention(X, X, X, np.zeros((4, 4), bool)),
        "leaves a query nothing to look at",
    ),
    "variance": (lambda: F.gaussian_nll_loss(X, Y, -np.ones((4, 6))), "a variance is not below 0"),
    "margin": (lambda: F.triplet_margin_loss(X, Y, Z, margin=0.0), "margin must be above 0"),
    "blank": (lambda: F.ctc_loss(SPOKEN, np.array([[0]] * 3), [6] * 3, [1] * 3), "without the blank 0"),
    "too long": (lambda: F.ctc_loss(SPOKEN, np.array([[1]] * 3), [6, 6, 7], [1] * 3), "input_lengths are from 0 to 6"),
    "one_hot": (lambda: F.one_hot(np.array([3]), 3), "one_hot: index 3 is outside 0 … 2"),
    "one_hot of floats": (lambda: F.one_hot(np.array([1.0])), "whole numbers, not float64"),
    "group_norm": (lambda: F.group_norm(PHOTO, 3), "4 channels do not fall into 3 groups"),
    "instances of one": (lambda: F.instance_norm(SIGNAL[:, :, :1]), "the variance of one value"),
    "no averages": (lambda: F.batch_norm(X, None, None), "give both"),
    "a list in place": (lambda: F.relu([1.0], inplace=True), "not into list"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_what_is_wrong_is_said(name: str) -> None:
    make, message = ERRORS[name]
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_what_is_no_number_stays_so() -> None:
    x = np.array([np.nan, 2.0])
    for function in (F.softshrink, lambda x: F.threshold(x, 0.5, 7.0), F.relu, F.hardshrink):
        found = np.asarray(function(x))
        assert np.isnan(found[0])
        assert np.isfinite(found[1])


@pytest.mark.parametrize("odd", [-np.inf, np.nan])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_row_that_is_ignored_counts_nothing_whatever_it_holds(odd: float, smoothing: float) -> None:
    logits = X.copy()
    logits[2, 0] = odd
    found = F.cross_entropy(logits, SOME, label_smoothing=smoothing)
    kept = SOME != -100
    assert found == pytest.approx(F.cross_entropy(X[kept], SOME[kept], label_smoothing=smoothing))
    each = np.asarray(F.nll_loss(F.log_softmax(logits), SOME, reduction="none"))
    assert each[2] == 0.0


def test_the_mean_over_no_label_is_none_and_sends_nothing_back() -> None:
    x = Tensor(X, requires_grad=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        loss = F.cross_entropy(x, np.full(4, -100))
        loss.backward()
    assert np.isnan(loss.item())
    assert (x.grad == 0.0).all()


def test_ctc_of_a_sample_without_length() -> None:
    logs = np.asarray(F.log_softmax(SPOKEN))
    found = F.ctc_loss(logs, np.array([[1, 2], [1, 2], [1, 2]]), [0, 0, 2], [1, 0, 2], reduction="none")
    assert np.asarray(found)[:2].tolist() == [np.inf, 0.0]
    assert np.isfinite(found[2])


def test_half_precision_does_not_overflow_between() -> None:
    large = 300.0 * X
    for function in (
        lambda x: F.cosine_similarity(x, x[::-1]),
        lambda x: F.rms_norm(x, 6),
        lambda x: F.local_response_norm(x[None], 3, 1e-3),
    ):
        found = function(large.astype(np.float16))
        assert found.dtype == np.float16
        np.testing.assert_allclose(found, function(large), rtol=5e-3, atol=1e-3)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_one_row_gives_a_loss_in_the_shape_of_its_target_however_that_is_given(reduction: str) -> None:
    of_one, of_row = (F.multi_margin_loss(X[0], target, reduction=reduction) for target in (2, [2]))
    assert np.shape(of_one) == ()
    assert np.shape(of_row) == ((1,) if reduction == "none" else ())
    assert float(of_row[0] if reduction == "none" else of_row) == float(of_one)


def test_a_margin_below_zero_cuts_off_what_others_mirror() -> None:
    x = np.array([[[1.0, 2.0, 3.0, 4.0, 5.0]]])
    # By PyTorch.
    assert F.pad(x, (-3, 2), "reflect").ravel().tolist() == [4.0, 5.0, 4.0, 3.0]
    assert F.pad(x, (4, -1), "reflect").ravel().tolist() == [5.0, 4.0, 3.0, 2.0, 1.0, 2.0, 3.0, 4.0]
    assert F.pad(x[..., :2], (4, -3), "replicate").ravel().tolist() == [1.0, 1.0, 1.0]
    assert F.pad(x[..., :1], (-3, 4), "replicate").ravel().tolist() == [1.0, 1.0]
    assert F.pad(x, (-3, 2), "circular").ravel().tolist() == [4.0, 5.0, 4.0, 5.0]
    assert F.pad(x, (1, -2), "circular").ravel().tolist() == [3.0, 1.0, 2.0, 3.0]
    with pytest.raises(ShapeError, match=r"margins of \(4, -3\) leave nothing of 2 elements"):
        F.pad(x[..., :2], (4, -3))


def test_an_axis_that_stays_as_long_is_copied() -> None:
    # By PyTorch: the factor says otherwise, and is not looked at.
    assert F.interpolate(SIGNAL, scale_factor=1.1, mode="linear").tolist() == SIGNAL.tolist()
    assert F.interpolate(PHOTO, scale_factor=1.1).tolist() == PHOTO.tolist()
    assert (
        F.interpolate(PHOTO[:, :, :2, :2], scale_factor=2.4)[0, 0, :, 0].tolist()
        == PHOTO[0, 0, [0, 0, 1, 1], 0].tolist()
    )


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_what_is_not_finite_stays_among_its_neighbours(mode: str) -> None:
    image = np.zeros((1, 1, 12, 12))
    image[0, 0, 0, 0] = np.inf
    with np.errstate(invalid="ignore"):
        found = np.asarray(F.interpolate(image, scale_factor=2, mode=mode))
    assert np.isfinite(found[0, 0, 6:]).all()
    assert np.isfinite(found[0, 0, :, 6:]).all()


def test_windows_of_no_images_and_of_one_alone() -> None:
    assert F.unfold(PHOTO[:0], 2).shape == (0, 16, 20)
    assert F.unfold(PHOTO[0], 2).tolist() == F.unfold(PHOTO, 2)[0].tolist()


def test_likeness_of_vectors_that_broadcast() -> None:
    # By PyTorch: `dim` is an axis of the shape that they broadcast to.
    one = np.array([[2.0, 1.0]])
    assert F.cosine_similarity(one, np.array([[1.0, 1.0], [-1.0, 1.0]]), dim=0).round(6).tolist() == [0.0, 1.0]
    found = F.cosine_similarity(np.ones((2, 2, 3)), np.array([[1.0, 0.0, 1.0], [1.0, 0.0, -1.0]]), dim=1)
    assert found.round(6).tolist() == [[1.0, 0.0, 0.0]] * 2


def test_the_nearest_is_found_in_single_precision() -> None:
    # By PyTorch: 24.5 · 2 / 49 is 1, and in double precision a little less.
    found = F.interpolate(np.arange(2.0).reshape(1, 1, 2), 49, mode="nearest-exact")
    assert found.ravel()[[23, 24]].tolist() == [0.0, 1.0]


def test_the_first_of_several_greatest_is_told_and_has_the_gradient() -> None:
    x = Tensor([[[1.0, 1.0, 0.0, 2.0, np.nan, 2.0]]], requires_grad=True)
    found, places = F.max_pool1d(x, 3, return_indices=True)
    assert (places.tolist(), np.isnan(found.data).tolist()) == ([[[0, 4]]], [[[False, True]]])
    found.sum().backward()
    assert x.grad.tolist() == [[[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]]]
    # In integers there is no −∞ to stand beyond the window.
    assert F.adaptive_max_pool1d(np.array([[[3, -5, -7, 1]]]), 3, return_indices=True)[1].tolist() == [[[0, 1, 3]]]


def test_rows_that_are_looked_up_are_shortened_in_the_table() -> None:
    table = Tensor([[3.0, 4.0], [0.3, 0.4], [30.0, 40.0]], requires_grad=True)
    found = F.embedding(np.array([0, 1, 0]), table, max_norm=1.0)
    np.testing.assert_allclose(found.data, [[0.6, 0.8], [0.3, 0.4], [0.6, 0.8]], rtol=1e-6)
    np.testing.assert_allclose(table.data[2], [30.0, 40.0])
    found.sum().backward()
    assert table.grad.tolist() == [[2.0, 2.0], [1.0, 1.0], [0.0, 0.0]]
    layer = nn.Embedding(3, 2, max_norm=1.0, norm_type=1.0, rng=0)
    layer(np.arange(3))
    assert (np.abs(layer.weight.data).sum(axis=1) <= 1.0 + 1e-6).all()
    bags = nn.EmbeddingBag(4, 2, max_norm=0.5, mode="sum", padding_idx=1, rng=0)
    out = bags(np.array([0, 1, 1, 2]), np.array([0, 1, 3, 3]))
    assert out.shape == (4, 2) and out.data[1].tolist() == [0.0, 0.0] == bags(np.array([[1, 1]])).data[0].tolist()
    assert np.linalg.norm(bags.weight.data[0]) <= 0.5 + 1e-6


def test_numbers_are_vectors_of_one_element_and_places_may_be_edited() -> None:
    # As in PyTorch.
    assert F.normalize(np.array(-3.0), dim=-1).tolist() == -1.0
    assert F.cosine_similarity(np.array(-3.0), np.array(2.0), dim=0).tolist() == -1.0
    x = Tensor([[1.0, 3.0, 2.0]], requires_grad=True)
    found, places = F.max_pool1d(x, 3, return_indices=True)
    places[...] = 0
    found.sum().backward()
    assert x.grad.tolist() == [[0.0, 1.0, 0.0]]


def test_a_place_that_is_no_number_gives_none() -> None:
    grid = GRID.copy()
    grid[0, 0, 0, 0] = np.nan
    found = F.grid_sample(PHOTO, grid)
    assert np.isnan(found[0, :, 0, 0]).all() and np.isfinite(np.delete(found[0].reshape(4, -1), 0, axis=1)).all()


@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
def test_samples_of_a_grid_are_of_its_dtype(mode: str) -> None:
    image, grid = np.ones((1, 1, 3, 3), np.float32), np.zeros((1, 2, 2, 2), np.float32)
    assert F.grid_sample(image, grid, mode, align_corners=False).dtype == np.float32
