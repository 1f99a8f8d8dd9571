"""The tuning half: odd-looking runs of people of many trades, which are well."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
import optim
from nn import functional
from tests.nn.health.corpus import workshops as w
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import BCE, CE, MSE, adam, sgd


def log_chances_into_a_class_loss(seed: int, well: bool = False) -> Setup:
    """A log-softmax before a loss with its own changes nothing."""
    model = w.sensor(seed, 4, nn.LogSoftmax())
    return Setup(model, *w.tremors(seed), CE(), adam(model, 0.01), epochs=12)


def head_upon_fixed_features(seed: int, well: bool = False) -> Setup:
    """Many random features that stay, and a trained head."""
    model = mlp([2, 200, 2], seed, nn.Tanh)
    for p in model[0].parameters():
        p.data = (2.0 * p.data).astype(np.float32)
        p.requires_grad = False
    return Setup(model, *w.arm(seed), MSE(), adam(model, 0.01), epochs=30)


def calls_as_a_rate(seed: int, well: bool = False) -> Setup:
    """Counts whose chance nobody can foretell; the rate is learned."""
    model = mlp([4, 16, 1], seed)
    return Setup(model, *w.calls(seed, 800), nn.PoissonNLLLoss(), adam(model, 0.01), epochs=15)


def shares_by_a_sigmoid(seed: int, well: bool = False) -> Setup:
    """A sigmoid and a squared error, for shares between 0 and 1."""
    x, y = w.prices(seed)
    model = mlp([4, 32, 1], seed, nn.SiLU, nn.Sigmoid())
    return Setup(model, x, (1 / (1 + np.exp(-1.5 * y))).astype(np.float32), MSE(), adam(model, 0.02), epochs=25)


def odd_curve_without_biases(seed: int, well: bool = False) -> Setup:
    """An odd function by tanhs, that needs no bias."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 3)).astype(np.float32)
    y = np.sin(x[:, :1] + x[:, 1:2]) - 0.5 * x[:, 2:]
    model = nn.Sequential(nn.Linear(3, 32, bias=False, rng=seed), nn.Tanh(), nn.Linear(32, 1, bias=False, rng=seed + 1))
    return Setup(model, x, y.astype(np.float32), MSE(), adam(model, 0.01), epochs=30)


def raw_parcels_behind_a_norm(seed: int, well: bool = False) -> Setup:
    """Grams and millimetres, which a batch norm scales first."""
    _, raw, price = w.parcels(seed)
    model = nn.Sequential(nn.BatchNorm1d(4), *mlp([4, 32, 1], seed))
    y = ((price - 25) / 7).astype(np.float32)
    return Setup(model, raw, y, MSE(), adam(model, 0.02), epochs=30)


class Bag(nn.Module):
    """A network for each word, and their mean."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.words, self.head = nn.Embedding(40, 8, rng=seed), nn.Linear(8, 1, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.head(self.words(x).mean(axis=1))


def baskets_in_any_order(seed: int, well: bool = False) -> Setup:
    """What a basket weighs does not depend on the order of what lies in it."""
    rng = np.random.default_rng(seed)
    worth, x = rng.normal(size=40), rng.integers(0, 40, (500, 6))
    model = Bag(seed)
    y = worth[x].sum(axis=1, keepdims=True) / 6**0.5
    return Setup(model, x, y.astype(np.float32), MSE(), adam(model, 0.05), epochs=25)


def sorted_bars_in_a_shuffled_loader(seed: int, well: bool = False) -> Setup:
    x, y = w.bars(seed)
    order = np.argsort(y, kind="stable")
    model = w.camera(seed)
    return Setup(model, x[order], y[order], CE(), sgd(model, 0.05, 0.9), epochs=12)


def one_fault_in_ten_and_plain(seed: int, well: bool = False) -> Setup:
    """One of ten is faulty, and plainly so."""
    rng = np.random.default_rng(seed)
    y = (rng.random((600, 1)) < 0.1).astype(np.float32)
    x = rng.normal(size=(600, 5)) + 2.2 * y * [1, 1, 1, 0, 0]
    model = mlp([5, 16, 1], seed)
    return Setup(model, x.astype(np.float32), y, BCE(), adam(model, 0.01), epochs=20)


def tanhs_from_an_orthogonal_begin(seed: int, well: bool = False) -> Setup:
    """Eight layers of tanh whose matrices turn and do not shrink."""
    model = mlp([2, *[24] * 8, 2], seed, nn.Tanh)
    for p in model.parameters():
        if p.ndim > 1:
            nn.init.orthogonal_(p, rng=seed + p.shape[0])
    return Setup(model, *w.arm(seed), MSE(), adam(model, 0.002), epochs=30)


def forty_rows_and_a_line(seed: int, well: bool = False) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(40, 2)).astype(np.float32)
    y = (x @ np.array([[1.5], [-1.0]]) + 0.7 + 0.3 * rng.normal(size=(40, 1))).astype(np.float32)
    model = nn.Sequential(nn.Linear(2, 1, rng=seed))
    return Setup(model, x, y, nn.HuberLoss(), sgd(model, 0.1), epochs=60, batch_size=8)


def tides_by_signs(seed: int, well: bool = False) -> Setup:
    """Lion, a tiny rate, and a loss of the logarithm of a cosh."""
    model = w.Gauge(seed)
    optimizer = optim.Lion(model.parameters(), lr=0.002)
    return Setup(model, *w.tides(seed, 300, 12), nn.LogCoshLoss(), optimizer, epochs=15)


@ag.custom_vjp
def swish(x: Any) -> Any:
    return x / (1.0 + ag.exp(-x))


def _slope(x: Any, g: Any) -> tuple[Any]:
    s = 1.0 / (1.0 + np.exp(-x))
    return (g * s * (1.0 + x * (1.0 - s)),)


swish.defvjp(lambda x: (x / (1.0 + np.exp(-x)), x), _slope)


class Swish(nn.Module):
    def forward(self, x: Any) -> Any:
        return swish(x)


def swish_by_hand(seed: int, well: bool = False) -> Setup:
    model = mlp([4, 32, 1], seed, Swish)
    return Setup(model, *w.prices(seed), nn.SmoothL1Loss(), adam(model, 0.01), epochs=20)


def tags_dropped_by_half(seed: int, well: bool = False) -> Setup:
    """Half of a wide layer is dropped, and the labels are learned all the same."""
    model = w.Titles(seed, 36, 4, 24)
    model.mix = nn.Linear(24, 96, rng=seed)
    model.head = nn.Sequential(nn.Dropout(0.5, rng=seed), nn.Linear(96, 4, rng=seed))

    def loss(a: Any, b: Any) -> Any:
        return functional.binary_cross_entropy_with_logits(a, b)

    return Setup(model, *w.tags(seed, 600), loss, adam(model, 0.01), epochs=25)


WELL: list[Case] = [
    Case(log_chances_into_a_class_loss, HEALTHY, "a log-softmax of a log-softmax is the same"),
    Case(head_upon_fixed_features, HEALTHY, "random features, fixed on purpose"),
    Case(calls_as_a_rate, HEALTHY, "counts with the noise that counts have"),
    Case(shares_by_a_sigmoid, HEALTHY, "shares"),
    Case(odd_curve_without_biases, HEALTHY, "no bias is needed"),
    Case(raw_parcels_behind_a_norm, HEALTHY, "a batch norm as the scaler"),
    Case(baskets_in_any_order, HEALTHY, "deep sets"),
    Case(sorted_bars_in_a_shuffled_loader, HEALTHY, "sorted rows, shuffled"),
    Case(one_fault_in_ten_and_plain, HEALTHY, "unbalanced, and learned"),
    Case(tanhs_from_an_orthogonal_begin, HEALTHY, "deep and well begun"),
    Case(forty_rows_and_a_line, HEALTHY, "few rows, few weights"),
    Case(tides_by_signs, HEALTHY, "Lion"),
    Case(swish_by_hand, HEALTHY, "a derivative by hand that is right"),
    Case(tags_dropped_by_half, HEALTHY, "dropout of a half"),
]
SICK: list[Case] = []
