"""The tuning half: people of many trades whose weights begin badly; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
from nn import functional
from tests.nn.health.corpus import workshops as w
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, LIST, MSE, RECIPE, Tower, adam, draw, sgd

# Too large, too small, all the same.


def tower_of_whole_steps(seed: int, well: bool = False) -> Setup:
    """Matrices of a residual tower that were drawn with deviation one."""
    model = Tower(seed, 2, 2, blocks=4)
    if not well:
        draw(model, seed, 0.8)
    return Setup(model, *w.arm(seed), MSE(), sgd(model, 0.01, 0.9), epochs=20)


def filters_drawn_at_random(seed: int, well: bool = False) -> Setup:
    model = w.camera(seed)
    if not well:
        draw(model, seed, 2.0)
    return Setup(model, *w.bars(seed), CE(), sgd(model, 0.01, 0.9), epochs=12)


def words_nearly_nothing(seed: int, well: bool = False) -> Setup:
    model = w.Titles(seed, 40, 3)
    if not well:
        w.scale(model, 2e-3)
    return Setup(model, *w.remarks(seed), CE(), sgd(model, 0.3, 0.9), epochs=12)


def camera_begun_at_a_thousandth(seed: int, well: bool = False) -> Setup:
    model = w.camera(seed, 4, nn.Tanh)
    if not well:
        draw(model, seed, 1e-3)
    return Setup(model, *w.bars(seed), CE(), sgd(model, 0.05, 0.9), epochs=8)


def gauge_begun_at_a_thousandth(seed: int, well: bool = False) -> Setup:
    model = w.Gauge(seed, kind=nn.RNN)
    if not well:
        draw(model, seed, 1e-3)
    return Setup(model, *w.tides(seed), MSE(), sgd(model, 0.03, 0.5), epochs=15)


def filters_begun_alike(seed: int, well: bool = False) -> Setup:
    """Every filter and every row of the end begin at the same number."""
    model = w.sensor(seed)
    if not well:
        for p in model.parameters():
            p.data = np.full(p.shape, 0.1, np.float32)
    return Setup(model, *w.tremors(seed), CE(), adam(model, 0.01), epochs=15)


def states_begun_alike(seed: int, well: bool = False) -> Setup:
    model = w.Gauge(seed)
    if not well:
        for p in model.parameters():
            p.data = np.full(p.shape, 0.05, np.float32)
    return Setup(model, *w.tides(seed), MSE(), adam(model, 0.01), epochs=12)


def hidden_layer_of_ones(seed: int, well: bool = False) -> Setup:
    """The hidden layer's matrix is constant; the others are drawn."""
    model = mlp([2, 24, 2], seed, nn.Tanh)
    if not well:
        nn.init.constant_(model[0].weight, 0.5)
        nn.init.constant_(model[0].bias, 0.0)
        nn.init.constant_(model[2].weight, 0.2)
    return Setup(model, *w.arm(seed), MSE(), adam(model, 0.01), epochs=25)


# Flat places.


class Gated(nn.Module):
    """Blocks whose gate lets some of a new number through; the gates begin shut, or half open."""

    def __init__(self, seed: int, shut: float) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.lift, self.head = nn.Linear(2, 24, rng=rng), nn.Linear(24, 2, rng=rng)
        self.new = nn.ModuleList([nn.Linear(24, 24, rng=rng) for _ in range(3)])
        self.gates = nn.ModuleList([nn.Linear(24, 24, rng=rng) for _ in range(3)])
        for gate in self.gates:
            assert isinstance(gate, nn.Linear) and gate.bias is not None
            gate.bias.data = np.full(24, shut, np.float32)

    def forward(self, x: Any) -> Any:
        h = self.lift(x)
        for new, gate in zip(self.new, self.gates, strict=True):
            open_ = functional.sigmoid(gate(h))
            h = open_ * functional.tanh(new(h)) + (1.0 - open_) * h
        return self.head(h)


def gates_begun_shut(seed: int, well: bool = False) -> Setup:
    model = Gated(seed, -1.0 if well else -11.0)
    return Setup(model, *w.arm(seed), MSE(), sgd(model, 0.05, 0.9), epochs=20)


def pictures_through_steep_tanhs(seed: int, well: bool = False) -> Setup:
    model = w.camera(seed, 4, nn.Tanh)
    if not well:
        w.scale(model, 25.0)
        model[7].weight.data /= 25.0
    return Setup(model, *w.bars(seed), CE(), sgd(model, 0.02, 0.9), epochs=12)


def labels_through_steep_sigmoids(seed: int, well: bool = False) -> Setup:
    model = mlp([6, 32, 32, 2], seed, nn.Sigmoid)
    if not well:
        for k in (0, 2):
            model[k].weight.data *= 40.0
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 6)).astype(np.float32)
    y = (np.stack([x[:, 0] + x[:, 1], x[:, 2] - x[:, 3]], axis=1) > 0.3).astype(np.float32)
    return Setup(model, x, y, BCE(), adam(model, 0.005), epochs=20)


# Gradients that fade.


def first_word_of_a_long_text(seed: int, well: bool = False) -> Setup:
    """A plain recurrent layer over thirty steps, of which the first tells; well is the same from an orthogonal begin."""
    rng = np.random.default_rng(seed)
    x = 0.1 * rng.normal(size=(400, 30, 2))
    y = rng.integers(0, 2, 400)
    x[:, 0, 0] += 2.0 * y - 1.0
    model = w.Gauge(seed, 2, 2, 16, nn.RNN)
    for p in model.cell.parameters():
        if p.shape == (16, 16):
            p.data = ((1.0 if well else 0.4) * np.linalg.qr(rng.normal(size=(16, 16)))[0]).astype(np.float32)
    return Setup(model, x.astype(np.float32), y, CE(), adam(model, 0.003), epochs=10)


def ten_sigmoids_for_pictures(seed: int, well: bool = False) -> Setup:
    """Eight layers of sigmoids behind a picture; well are as many rectified ones."""
    sizes = [81, 32, 32, 32, 32, 32, 32, 32, 4]
    model = mlp(sizes, seed, nn.SiLU if well else nn.Sigmoid)
    if well:
        for p in model.parameters():
            if p.ndim > 1:
                nn.init.kaiming_normal_(p, rng=seed)
    model = nn.Sequential(nn.Flatten(), *model)
    return Setup(model, *w.bars(seed), CE(), adam(model, 0.003), epochs=15)


def tanhs_that_shrink_all(seed: int, well: bool = False) -> Setup:
    """Ten tanh layers, each of which takes two thirds away."""
    model = mlp([2, *[24] * 9, 2], seed, nn.Tanh)
    rng = np.random.default_rng(seed)
    for p in model.parameters():
        if p.ndim > 1:
            p.data = ((1.1 if well else 0.3) * rng.normal(size=p.shape) / p.shape[1] ** 0.5).astype(np.float32)
    return Setup(model, *w.arm(seed), MSE(), sgd(model, 0.05, 0.9), epochs=15)


# Units that are off.


def filters_below_every_picture(seed: int, well: bool = False) -> Setup:
    """Biases that a mistaken prior set to minus eight."""
    model = w.camera(seed)
    if not well:
        model[3].bias.data = np.full(12, -8.0, np.float32)
    return Setup(model, *w.bars(seed), CE(), sgd(model, 0.03, 0.9), epochs=12)


def negative_weights_on_positive_shares(seed: int, well: bool = False) -> Setup:
    """Weights drawn between -1 and 0 for features that are above zero."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.1, 1, (400, 4)).astype(np.float32)
    y = (3.0 * x[:, :1] * x[:, 1:2] - 2.0 * np.abs(x[:, 2:3] - 0.5)).astype(np.float32)
    model = mlp([4, 32, 1], seed)
    low = -0.8 if not well else -0.4
    model[0].weight.data = rng.uniform(low, 0.4 if well else 0.0, (32, 4)).astype(np.float32)
    model[0].bias.data = np.zeros(32, np.float32)
    return Setup(model, x, y, MSE(), adam(model, 0.01), epochs=30)


def words_under_a_threshold(seed: int, well: bool = False) -> Setup:
    """A bias of minus seven behind the words, from a file of another network."""
    model = w.Titles(seed, 40, 3)
    if not well:
        assert model.mix.bias is not None
        model.mix.bias.data = np.full(24, -7.0, np.float32)
    return Setup(model, *w.remarks(seed), CE(), adam(model, 0.005), epochs=12)


# What makes NaN.


class Apart(nn.Module):
    """The distance of two embedded towns."""

    def __init__(self, seed: int, floor: float) -> None:
        super().__init__()
        self.towns, self.floor = nn.Embedding(20, 3, rng=seed), floor

    def forward(self, x: Any) -> Any:
        d = self.towns(x[:, 0]) - self.towns(x[:, 1])
        return ag.sqrt((d * d).sum(axis=1, keepdims=True) + self.floor)


def distances_of_twins(seed: int, well: bool = False) -> Setup:
    """How long a letter takes; some pairs are of one town with itself, and a root has no slope at zero."""
    rng = np.random.default_rng(seed)
    at, x = rng.uniform(-1.5, 1.5, (20, 2)), rng.integers(0, 20, (500, 2))
    y = 0.3 + np.linalg.norm(at[x[:, 0]] - at[x[:, 1]], axis=1)[:, None]
    model = Apart(seed, 1e-4 if well else 0.0)
    return Setup(model, x, y.astype(np.float32), MSE(), adam(model, 0.02), epochs=20)


def softmax_of_a_cold_cosine(seed: int, well: bool = False) -> Setup:
    """Cosines divided by a temperature of a hundredth, whose exponentials overflow; well is the logarithm in one piece."""
    model = w.Titles(seed, 40, 3)

    def loss(a: Any, b: Any) -> Any:
        cold = functional.normalize(a) / 0.01
        if well:
            return functional.cross_entropy(cold, b)
        chances = ag.exp(cold) / ag.exp(cold).sum(axis=1, keepdims=True)
        return functional.nll_loss(ag.log(chances), b)

    return Setup(model, *w.remarks(seed), loss, adam(model, 0.003), epochs=15)


class PowerMean(nn.Module):
    """The cube root of the mean of cubes, which no negative mean has as a power."""

    def __init__(self, well: bool) -> None:
        super().__init__()
        self.well = well

    def forward(self, x: Any) -> Any:
        x = ag.maximum(x, 1e-3) if self.well else x
        return (x**3).mean(axis=2) ** (1.0 / 3.0)


def power_means_of_signals(seed: int, well: bool = False) -> Setup:
    model = nn.Sequential(
        nn.Conv1d(3, 12, 5, padding=2, rng=seed), nn.SiLU(), nn.Conv1d(12, 16, 5, padding=2, rng=seed + 1),
        PowerMean(well), nn.Linear(16, 4, rng=seed + 2),
    )  # fmt: skip
    return Setup(model, *w.tremors(seed), CE(), adam(model, 0.01), epochs=10)


SICK: list[Case] = [
    Case(tower_of_whole_steps, "exploding gradients", CS231N),
    Case(filters_drawn_at_random, "exploding gradients", LIST + "26"),
    Case(words_nearly_nothing, "weights too small", RECIPE),
    Case(camera_begun_at_a_thousandth, "weights too small", CS231N),
    Case(filters_begun_alike, "identical units", CS231N),
    Case(states_begun_alike, "identical units", ASKED + "constant initialiser"),
    Case(hidden_layer_of_ones, "identical units", BOOK),
    Case(gates_begun_shut, "saturation", ASKED + "highway network with a gate's bias far below zero"),
    Case(pictures_through_steep_tanhs, "saturation", CS231N),
    Case(labels_through_steep_sigmoids, "saturation", CS231N),
    Case(first_word_of_a_long_text, "vanishing gradients", BOOK),
    Case(ten_sigmoids_for_pictures, "vanishing gradients", BOOK),
    Case(tanhs_that_shrink_all, "vanishing gradients", CS231N, ("weights too small",)),
    Case(filters_below_every_picture, "dead units", CS231N),
    Case(negative_weights_on_positive_shares, "dead units", ASKED + "all ReLUs are off from the start"),
    Case(words_under_a_threshold, "dead units", ASKED + "ReLUs that are off after loading a file"),
    Case(gauge_begun_at_a_thousandth, "weights too small", BOOK),
    Case(distances_of_twins, "not finite", ASKED + "NaN from a root at zero"),
    Case(softmax_of_a_cold_cosine, "not finite", ASKED + "own softmax overflows"),
    Case(power_means_of_signals, "not finite", ASKED + "fractional power of negative numbers"),
]
WELL: list[Case] = []
