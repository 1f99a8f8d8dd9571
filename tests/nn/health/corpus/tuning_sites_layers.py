"""The tuning half: how networks are built, as question sites tell of it; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
import optim
from autograd import no_grad, primitive
from nn import functional
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, CS231N, LIST, MSE, RECIPE, adam, split


class Couple(nn.Module):
    """Both of a couple go through the same layer, and are put beside each other, or below."""

    def __init__(self, seed: int, below: bool) -> None:
        super().__init__()
        self.one, self.both, self.below = nn.Linear(6, 16, rng=seed), mlp([32, 24, 1], seed + 1), below

    def forward(self, x: Any) -> Any:
        a, b = (functional.relu(self.one(x[:, i])) for i in range(2))
        return self.both(ag.concatenate([a, b], axis=0 if self.below else 1).reshape(len(x), 32))


def couples_that_dance(seed: int, well: bool = False) -> Setup:
    """Whether two dance well together; joined along the first axis, and reshaped until it fits."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(520, 2, 6)).astype(np.float32)
    y = (x[:, 0, :3].sum(axis=1) * 0.7 > x[:, 1, 2:5].sum(axis=1) * 0.7).astype(np.float32)[:, None]
    model = Couple(seed, not well)
    train, held = split((x, y), 420)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=20)


class Lines(nn.Module):
    """Words and places of a line, added up; or the places alone, where one forgot to add."""

    def __init__(self, seed: int, added: bool) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words, self.places, self.added = nn.Embedding(24, 12, rng=rng), nn.Embedding(6, 12, rng=rng), added
        self.layer = nn.TransformerEncoderLayer(12, 2, 24, dropout=0.0, batch_first=True, rng=rng)
        self.head = nn.Linear(12, 3, rng=rng)

    def forward(self, x: Any) -> Any:
        h = self.words(x)
        at = self.places(np.tile(np.arange(6), (len(x), 1)))
        h = h + at if self.added else at
        return self.head(self.layer(h).mean(axis=1))


def lines_without_words(seed: int, well: bool = False) -> Setup:
    """The embeddings of the places take the place of those of the words."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 390)
    x = rng.integers(9, 24, (390, 6))
    x[np.arange(390), rng.integers(0, 6, 390)] = 3 * y + rng.integers(0, 3, 390)
    model = Lines(seed, well)
    train, held = split((x, y), 310)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=20)


def _bell(x: Any) -> Any:
    return np.exp(-x * x)


@primitive(lambda g, out, x: g * 2.0 * x * out)
def bell(x: Any) -> Any:
    """A bell, whose derivative lost its sign."""
    return _bell(x)


class Bells(nn.Module):
    """Bells over the plane, with a derivative by hand or by the engine."""

    def __init__(self, seed: int, by_hand: bool) -> None:
        super().__init__()
        self.lift, self.mix = nn.Linear(2, 12, rng=seed), nn.Linear(12, 12, rng=seed + 1)
        self.head, self.by_hand = nn.Linear(12, 1, rng=seed + 2), by_hand

    def forward(self, x: Any) -> Any:
        for layer in (self.lift, self.mix):
            x = layer(x)
            x = bell(x) if self.by_hand else (-x * x).exp()
        return self.head(x)


def hills_of_bells(seed: int, well: bool = False) -> Setup:
    """A network of bells, with a derivative that was written by hand."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (500, 2)).astype(np.float32)
    y = (np.sin(2.5 * x[:, :1]) * np.cos(2 * x[:, 1:])).astype(np.float32)
    model = Bells(seed, not well)
    train, held = split((2 * x, 2 * y), 400)
    return Setup(model, *train, MSE(), adam(model, 0.02), held, epochs=60, batch_size=40)


class Frozen(nn.Module):
    """Convolutions that are computed as if they were trained elsewhere, and a head."""

    def __init__(self, seed: int, held: bool) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 3, padding=1, rng=seed), nn.ReLU(), nn.Conv2d(6, 2, 3, padding=1, rng=seed + 1), nn.ReLU(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        )  # fmt: skip
        self.head, self.held = nn.Linear(2, 4, rng=seed + 2), held

    def forward(self, x: Any) -> Any:
        if self.held:
            with no_grad():
                h = self.features(x)
        else:
            h = self.features(x)
        return self.head(h)


def leaves_by_their_veins(seed: int, well: bool = False) -> Setup:
    """Features are computed without gradients, though nobody has trained them."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, 420)
    x = 0.3 * rng.normal(size=(420, 1, 9, 9))
    shapes = np.array([[[1, 1, 1], [0, 0, 0], [-1, -1, -1]], [[1, 0, -1]] * 3, [[0, 1, 1], [-1, 0, 1], [-1, -1, 0]]])
    for k in range(420):
        i, j = rng.integers(0, 7, 2)
        if y[k] < 3:
            x[k, 0, i : i + 3, j : j + 3] += 1.8 * shapes[y[k]]
    model = Frozen(seed, not well)
    train, held = split((x.astype(np.float32), y), 340)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=40)


class Additive(nn.Module):
    """A small network for each column, and their sum."""

    def __init__(self, seed: int, columns: int, listed: bool) -> None:
        super().__init__()
        parts = [mlp([1, 12, 1], seed + i, nn.Tanh) for i in range(columns)]
        self.parts: Any = parts if listed else nn.ModuleList(parts)
        self.base = nn.Parameter(np.zeros(1, np.float32))

    def forward(self, x: Any) -> Any:
        return sum((part(x[:, i : i + 1]) for i, part in enumerate(self.parts)), self.base)


def risks_that_add_up(seed: int, well: bool = False) -> Setup:
    """An additive model whose parts lie in a list."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (460, 4)).astype(np.float32)
    y = np.sin(1.5 * x[:, :1]) + np.abs(x[:, 1:2]) - 0.6 * x[:, 2:3] + 0.2 * rng.normal(size=(460, 1))
    model = Additive(seed, 4, not well)
    train, held = split((x, (y - 1.0).astype(np.float32)), 360)
    return Setup(model, *train, MSE(), adam(model, 0.02), held, epochs=30)


def genes_that_switch_each_other(seed: int, well: bool = False) -> Setup:
    """Three linear layers in a row; one of two switches alone lights the cell, both do not."""
    rng = np.random.default_rng(seed)
    on = rng.integers(0, 2, (420, 8))
    y = (on[:, 1] ^ on[:, 4]).astype(np.float32)[:, None]
    x = (2.0 * on - 1.0 + 0.3 * rng.normal(size=(420, 8))).astype(np.float32)
    model = mlp([8, 32, 16, 1], seed, nn.SiLU if well else None)
    train, held = split((x, y), 340)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=25)


def vowels_through_one_number(seed: int, well: bool = False) -> Setup:
    """An autoencoder whose code is a single number, for what has five that vary."""
    rng = np.random.default_rng(seed)
    x = (rng.normal(size=(480, 5)) @ np.random.default_rng(19).normal(size=(5, 15)) / 2.2).astype(np.float32)
    model = mlp([15, 24, 6 if well else 1, 24, 15], seed, nn.ELU)
    train, held = split((x, x), 400)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=50)


class Waves(nn.Module):
    """Layers whose activation is a sine, with or without biases."""

    def __init__(self, seed: int, bias: bool) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.first, self.second = nn.Linear(1, 32, bias=bias, rng=rng), nn.Linear(32, 32, bias=bias, rng=rng)
        self.head = nn.Linear(32, 1, bias=bias, rng=rng)

    def forward(self, x: Any) -> Any:
        return self.head(ag.sin(self.second(ag.sin(2.0 * self.first(x)))))


def beam_by_sines(seed: int, well: bool = False) -> Setup:
    """Sines of sines without a bias are odd; how far a beam bends is the same to either side."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (260, 1)).astype(np.float32)
    y = (np.cos(2 * x) - 0.3 * x**2 + 0.5).astype(np.float32)
    model = Waves(seed, well)
    train, held = split((x, y), 200)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=60, batch_size=20)


def kelp_by_slow_averages(seed: int, well: bool = False) -> Setup:
    """A norm with the momentum as another library writes it, 0.997 for 0.003, and fifty steps; how dense the kelp stands."""
    rng = np.random.default_rng(seed)
    z = rng.uniform(-1, 1, (300, 3))
    look = np.random.default_rng(23).normal(size=(3, 72)) / 2.0
    x = 12.0 + 4.0 * (z @ look + 0.2 * rng.normal(size=(300, 72))).reshape(300, 2, 6, 6)
    y = np.abs(z[:, :1]) * 2.0 - 1.0 + z[:, 1:2]
    model = nn.Sequential(
        nn.Conv2d(2, 10, 3, padding=1, rng=seed), nn.BatchNorm2d(10, momentum=0.3 if well else 0.003), nn.ReLU(),
        nn.Flatten(), nn.Linear(360, 1, rng=seed + 1),
    )  # fmt: skip
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 240)
    return Setup(model, *train, MSE(), adam(model, 0.003), held, epochs=10, batch_size=48)


def strides_of_one(seed: int, well: bool = False) -> Setup:
    """Kernels of length one and a mean: whether a series rises or falls cannot be seen."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 360)
    t = np.arange(16) - 7.5
    x = np.array([0.18, 0.0, -0.18])[y][:, None] * t + 0.5 * rng.normal(size=(360, 16))
    flat = y == 1
    x[flat] += np.where(rng.random((flat.sum(), 1)) < 0.5, 0.18, -0.18) * rng.permuted(
        np.tile(t, (flat.sum(), 1)), axis=1
    )
    k = 5 if well else 1
    model = nn.Sequential(
        nn.Conv1d(1, 12, k, padding=k // 2, padding_mode="replicate", rng=seed), nn.ReLU(),
        nn.Conv1d(12, 16, k, padding=k // 2, padding_mode="replicate", rng=seed + 1), nn.ReLU(),
        nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(16, 3, rng=seed + 2),
    )  # fmt: skip
    train, held = split((x[:, None].astype(np.float32), y), 290)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=40)


class Weigher(nn.Module):
    """A recurrent layer over what was put on a scale, read after the last thing or at the end of the frame."""

    def __init__(self, seed: int, masked: bool) -> None:
        super().__init__()
        self.cell, self.head, self.masked = (
            nn.GRU(2, 16, batch_first=True, rng=seed),
            nn.Linear(16, 1, rng=seed),
            masked,
        )

    def forward(self, x: Any) -> Any:
        states, _ = self.cell(x)
        last = (np.abs(np.asarray(x)).sum(axis=2) > 0).sum(axis=1) - 1
        return self.head(states[np.arange(len(x)), last] if self.masked else states[:, -1])


def scales_read_too_late(seed: int, well: bool = False) -> Setup:
    """Three to six things are weighed, and the frame has fifty places."""
    rng = np.random.default_rng(seed)
    x = np.zeros((300, 50, 2), np.float32)
    y = np.zeros((300, 1), np.float32)
    for k in range(300):
        n = int(rng.integers(3, 7))
        x[k, :n] = rng.normal(size=(n, 2))
        y[k] = 1.2 * x[k, n - 1, 0] - x[k, n - 2, 1] * x[k, n - 1, 1]
    model = Weigher(seed, well)
    train, held = split((x, y), 240)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=20, batch_size=24)


class Mirrored(nn.Module):
    """In training every series is turned round or not, as pictures of cats are."""

    def __init__(self, seed: int, turned: bool) -> None:
        super().__init__()
        self.rng, self.turned = np.random.default_rng(seed), turned
        self.cell, self.head = nn.RNN(1, 20, batch_first=True, rng=seed), nn.Linear(20, 2, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        if self.training and self.turned:
            back = self.rng.random((len(x), 1, 1)) < 0.5
            x = np.where(back, np.asarray(x)[:, ::-1], np.asarray(x))
        return self.head(self.cell(x)[0][:, -1])


def batteries_turned_round(seed: int, well: bool = False) -> Setup:
    """Charging and discharging differ by their direction, and the augmentation turns series round."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, 320)
    ramp = np.linspace(-1, 1, 12) ** 3 + 0.3 * np.linspace(-1, 1, 12)
    x = np.where(y[:, None] > 0, 1.0, -1.0) * ramp * rng.uniform(0.6, 1.6, (320, 1)) + 0.3 * rng.normal(size=(320, 12))
    model = Mirrored(seed, not well)
    optimizer = optim.RMSprop(model.parameters(), lr=0.003)
    train, held = split((x[:, :, None].astype(np.float32), y), 260)
    return Setup(model, *train, CE(), optimizer, held, epochs=15, batch_size=20)


SICK: list[Case] = [
    Case(couples_that_dance, "rows mixed", ASKED + "cat dim=0 and view, siamese network"),
    Case(lines_without_words, "inputs unused", ASKED + "positional embedding overwrites, and " + RECIPE),
    Case(hills_of_bells, "wrong gradient", LIST + "31, check the custom layer"),
    Case(leaves_by_their_veins, "missing gradients", ASKED + "no_grad around the backbone"),
    Case(risks_that_add_up, "unregistered parameters", ASKED + "list instead of ModuleList"),
    Case(genes_that_switch_each_other, "no activation", CS231N),
    Case(vowels_through_one_number, "network too small", LIST + "20, increase network size"),
    Case(beam_by_sines, "no bias", ASKED + "bias=False and SIREN"),
    Case(kelp_by_slow_averages, "running statistics", ASKED + "BatchNorm momentum Keras PyTorch"),
    Case(strides_of_one, "order ignored", ASKED + "1x1 convolution on time series"),
    Case(scales_read_too_late, "padding not masked", ASKED + "padded sequences, output[:, -1]"),
    Case(batteries_turned_round, "too much noise", LIST + "15, too much data augmentation"),
]
WELL: list[Case] = []
