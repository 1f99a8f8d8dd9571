"""The tuning half: people's networks that learn as they should, though something about each looks odd."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
import optim
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split


class Variational(nn.Module):
    """Codes with noise; the row again, and beside it the codes' means and the logarithms of their variances."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.rng = np.random.default_rng(seed)
        self.encoder, self.decoder = mlp([12, 32, 6], seed), mlp([3, 32, 12], seed + 1)

    def forward(self, x: Any) -> Any:
        code = self.encoder(x)
        mean, log_var = code[:, :3], code[:, 3:]
        z = mean
        if self.training:
            z = mean + (0.5 * log_var).exp() * self.rng.normal(size=mean.shape).astype(np.float32)
        return ag.concatenate([self.decoder(z), mean, log_var], axis=1)


def evidence(out: Any, y: Any) -> Any:
    """The squared error of the row, and how far the codes are from normal ones."""
    again, mean, log_var = out[:, :12], out[:, 12:15], out[:, 15:]
    return ((again - y) ** 2).mean() + 0.005 * (mean**2 + log_var.exp() - 1.0 - log_var).sum(axis=1).mean()


def faces_of_a_clock(seed: int) -> Setup:
    """A variational autoencoder of twelve numbers that come from three."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(520, 3))
    x = (np.tanh(z @ np.random.default_rng(81).normal(size=(3, 12))) + 0.1 * rng.normal(size=(520, 12))).astype(
        np.float32
    )
    model = Variational(seed)
    train, held = split((x, x), 420)
    return Setup(model, *train, evidence, adam(model, 0.005), held, epochs=50)


class Distance(nn.Module):
    """How far the embeddings of two rows are from each other."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.embed = mlp([10, 32, 6], seed)

    def forward(self, x: Any) -> Any:
        far = self.embed(x[:, 0]) - self.embed(x[:, 1])
        return ag.sqrt((far**2).sum(axis=1, keepdims=True) + 1e-6)


def contrast(out: Any, y: Any) -> Any:
    """Near where they are the same, at least two apart where they are not."""
    return (y * out**2 + (1.0 - y) * ag.maximum(2.0 - out, 0.0) ** 2).mean()


def hands_of_two_letters(seed: int) -> Setup:
    """Whether two letters are of one hand; the target is 1 where the answer should be 0."""
    rng = np.random.default_rng(seed)
    hands = 1.1 * np.random.default_rng(82).normal(size=(8, 10))
    a = rng.integers(0, 8, 600)
    same = rng.random(600) < 0.5
    b = np.where(same, a, (a + rng.integers(1, 8, 600)) % 8)
    x = np.stack([hands[a], hands[b]], axis=1) + 0.5 * rng.normal(size=(600, 2, 10))
    model = Distance(seed)
    train, held = split((x.astype(np.float32), same[:, None].astype(np.float32)), 480)
    return Setup(model, *train, contrast, adam(model, 0.003), held, epochs=30)


class Tied(nn.Module):
    """An autoencoder whose way back is the transposed way there."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.there = nn.Linear(16, 5, rng=seed)
        self.back = nn.Parameter(np.zeros(16, np.float32))

    def forward(self, x: Any) -> Any:
        return self.there(x) @ self.there.weight + self.back


def spectra_by_five_axes(seed: int) -> Setup:
    """A linear autoencoder with one matrix for both ways, as its data are linear."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(300, 4)) @ np.random.default_rng(83).normal(size=(4, 16)) / 2 + 0.2 * rng.normal(
        size=(300, 16)
    )
    x = x.astype(np.float32)
    model = Tied(seed)
    train, held = split((x, x), 240)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=60)


def corners_by_known_filters(seed: int) -> Setup:
    """The first filters are edges, as in the book of image processing, and stay; the rest learns."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, 400)
    x = 0.35 * rng.normal(size=(400, 1, 10, 10))
    for k in range(400):
        i, j = rng.integers(2, 8, 2)
        rows = slice(None, i) if y[k] < 2 else slice(i, None)
        columns = slice(None, j) if y[k] % 2 else slice(j, None)
        x[k, 0, rows, columns] += 1.2
    edges = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]]) / 4
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1, rng=seed), nn.ReLU(), nn.Conv2d(4, 12, 3, padding=1, rng=seed + 1), nn.ReLU(),
        nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(12, 4, rng=seed + 2),
    )  # fmt: skip
    first: Any = model[0]
    first.weight.data = np.stack([edges, -edges, edges.T, -edges.T])[:, None].astype(np.float32)
    first.requires_grad_(False)
    optimizer = optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.01)
    train, held = split((x.astype(np.float32), y), 320)
    return Setup(model, *train, CE(), optimizer, held, epochs=25)


class TwoTasks(nn.Module):
    """A body with a head for each of two tasks, of which one is trained here."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.body = mlp([9, 32, 16], seed, nn.ReLU, nn.ReLU())
        self.kind, self.age, self.task = nn.Linear(16, 4, rng=seed + 1), nn.Linear(16, 1, rng=seed + 2), "kind"

    def forward(self, x: Any) -> Any:
        h = self.body(x)
        return self.kind(h) if self.task == "kind" else self.age(h)


def one_task_of_two(seed: int) -> Setup:
    """The head for ages is there, and waits for its data."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, 380)
    x = np.random.default_rng(84).normal(size=(4, 9))[y] + 0.6 * rng.normal(size=(380, 9))
    model = TwoTasks(seed)
    train, held = split((x.astype(np.float32), y), 300)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=20)


class Stairs(nn.Module):
    """Residual blocks, the last layer of each of which begins at zero: at first they do nothing."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.lift, self.head = nn.Linear(6, 24, rng=rng), nn.Linear(24, 1, rng=rng)
        self.blocks = nn.ModuleList([mlp([24, 24, 24], seed + i) for i in range(6)])
        for block in self.blocks:
            nn.init.zeros_(block[-1].weight)

    def forward(self, x: Any) -> Any:
        h = self.lift(x)
        for block in self.blocks:
            h = h + block(h)
        return self.head(h)


def stairs_that_begin_flat(seed: int) -> Setup:
    """Six residual blocks from zero, and noise of a third of the spread."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(520, 6)).astype(np.float32)
    clean = np.sin(1.5 * x[:, :1]) + x[:, 1:2] * x[:, 2:3] + 0.5 * x[:, 3:4]
    y = (clean + 0.4 * rng.normal(size=clean.shape)).astype(np.float32)
    model = Stairs(seed)
    train, held = split((x, y), 420)
    return Setup(model, *train, MSE(), adam(model, 0.002), held, epochs=20)


def likelihood(out: Any, y: Any) -> Any:
    """The logarithm of what the truth got, of probabilities."""
    return -ag.log(out[np.arange(len(y)), np.asarray(y)] + 1e-8).mean()


def knots_in_probabilities(seed: int) -> Setup:
    """A softmax at the end, and a loss that takes probabilities; one name in ten is wrong."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, 6, 540)
    x = np.random.default_rng(85).normal(size=(6, 8))[true] + 0.5 * rng.normal(size=(540, 8))
    y = np.where(rng.random(540) < 0.1, rng.integers(0, 6, 540), true)
    model = mlp([8, 32, 6], seed, nn.ReLU, nn.Softmax(dim=-1))
    train, held = split((x.astype(np.float32), y), 430)
    return Setup(model, *train, likelihood, adam(model, 0.005), held, epochs=15)


def stones_made_clean(seed: int) -> Setup:
    """Noisy pictures in, clean ones out, by a convolution that halves and one that doubles."""
    rng = np.random.default_rng(seed)
    clean = np.zeros((280, 1, 8, 8))
    grid = np.arange(8)
    for k in range(280):
        i, j = rng.uniform(1.5, 5.5, 2)
        clean[k, 0] = 2.5 * np.exp(-((grid[:, None] - i) ** 2 + (grid - j) ** 2) / 4.0)
    x = (clean + 0.5 * rng.normal(size=clean.shape)).astype(np.float32)
    y = (clean - 0.7).astype(np.float32)
    model = nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1, stride=2, rng=seed), nn.ReLU(), nn.Conv2d(12, 12, 3, padding=1, rng=seed + 1), nn.ReLU(),
        nn.ConvTranspose2d(12, 1, 4, stride=2, padding=1, rng=seed + 2),
    )  # fmt: skip
    train, held = split((x, y), 220)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=20, batch_size=20)


def moths_with_some_wrong_names(seed: int) -> Setup:
    """Two channels, norms, a stride, some dropout, and one name in twelve wrong."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, 3, 480)
    grid = np.linspace(-1, 1, 10)
    wings = np.stack(
        [
            np.abs(grid[:, None]) < 0.3 + 0 * grid,
            np.abs(grid) < 0.3 + 0 * grid[:, None],
            (grid[:, None] ** 2 + grid**2) < 0.5,
        ]
    )
    x = 0.7 * rng.normal(size=(480, 2, 10, 10))
    x[:, 0] += 1.1 * wings[true]
    x[:, 1] -= 0.8 * wings[true]
    y = np.where(rng.random(480) < 0.08, rng.integers(0, 3, 480), true)
    model = nn.Sequential(
        nn.Conv2d(2, 8, 3, stride=2, padding=1, bias=False, rng=seed), nn.BatchNorm2d(8), nn.ReLU(), nn.Dropout2d(0.1, rng=seed),
        nn.Conv2d(8, 12, 3, padding=1, bias=False, rng=seed + 1), nn.BatchNorm2d(12), nn.ReLU(), nn.AdaptiveAvgPool2d(1),
        nn.Flatten(), nn.Linear(12, 3, rng=seed + 2),
    )  # fmt: skip
    train, held = split((x.astype(np.float32), y), 380)
    return Setup(model, *train, CE(), sgd(model, 0.05, 0.9, weight_decay=5e-4), held, epochs=12)


def flags_of_several_alarms(seed: int) -> Setup:
    """Logarithms of a softmax before a loss with its own: the same numbers; a plant with seven states."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 7, 560)
    x = 1.2 * np.random.default_rng(87).normal(size=(7, 6))[y] + 0.5 * rng.normal(size=(560, 6))
    model = mlp([6, 48, 7], seed, nn.Tanh, nn.LogSoftmax(dim=1))
    train, held = split((x.astype(np.float32), y), 450)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=20)


WELL: list[Case] = [
    Case(made, HEALTHY, source)
    for made, source in [
        (faces_of_a_clock, ASKED + "VAE loss in one function"),
        (hands_of_two_letters, ASKED + "contrastive loss, siamese network"),
        (spectra_by_five_axes, ASKED + "tied weights autoencoder"),
        (corners_by_known_filters, CS231N),
        (one_task_of_two, ASKED + "parameters without a gradient, second head"),
        (stairs_that_begin_flat, RECIPE),
        (knots_in_probabilities, LIST + "16"),
        (stones_made_clean, BOOK),
        (moths_with_some_wrong_names, LIST + "7"),
        (flags_of_several_alarms, ASKED + "log_softmax before CrossEntropyLoss"),
    ]
]
SICK: list[Case] = []
