"""The tuning half: threads whose answer lies in the network; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import BCE, CE, MSE, adam, sgd, split
from tests.nn.health.corpus.rows import XOR, blobs, circle, digits


class Next(nn.Module):
    """An LSTM over bits and the bit that follows."""

    def __init__(self, seed: int, end: nn.Module) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, 8, batch_first=True, rng=seed)
        self.dense, self.end = nn.Linear(8, 1, rng=seed + 1), end

    def forward(self, x: Any) -> Any:
        return self.end(self.dense(self.lstm(x)[0][:, -1]))


def next_of_some_bits(seed: int, well: bool = False) -> Setup:
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, 3).tolist()
    while len(bits) < 603:
        a, b, c = bits[-3:]
        bits.append(1 - ((a & b) | c) if rng.random() > 0.15 else int(rng.integers(0, 2)))
    windows = np.lib.stride_tricks.sliding_window_view(np.array(bits, np.float32), 4)
    x, y = windows[:, :3, None].copy(), windows[:, 3:].copy()
    model = Next(seed, nn.Sigmoid() if well else nn.Softmax(dim=1))
    train, held = split((x, y), 480)
    return Setup(model, *train, nn.BCELoss(), optim.Adagrad(model.parameters(), lr=0.1), held, epochs=12)


def digits_of_a_javascript_page(seed: int, well: bool = False) -> Setup:
    """Weights between nought and one, as Math.random() gives them."""
    x, labels = digits(700)
    y = np.eye(10, dtype=np.float32)[labels]
    model = mlp([64, 15, 10], seed, nn.Sigmoid, nn.Sigmoid())
    rng = np.random.default_rng(seed)
    for p in model.parameters():
        p.data = (rng.random(p.shape) - (0.5 if well else 0.0)).astype(np.float32)
    train, held = split((x.reshape(len(x), -1), y), 560)

    def half_squares(a: Any, b: Any) -> Any:
        return 0.5 * ((a - b) ** 2).sum(axis=1).mean()

    return Setup(model, *train, half_squares, sgd(model, 0.5), held, epochs=60, batch_size=10)


def wave_by_a_sigmoid(seed: int, well: bool = False) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 2 * np.pi, (300, 1))
    y = np.sin(x).astype(np.float32)
    model = mlp([1, 10, 1], seed, nn.Tanh, *([] if well else [nn.Sigmoid()]))
    train, held = split(((x - np.pi).astype(np.float32), y), 240)
    return Setup(model, *train, MSE(), sgd(model, 0.1, 0.9), held, epochs=80, batch_size=20)


def sizes_that_are_never_negative(seed: int, well: bool = False) -> Setup:
    """Few hidden units, and weights that all came out negative."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 3, (400, 2)).astype(np.float32)
    y = (x[:, :1] * x[:, 1:] > 1.5).astype(np.float32)
    model = mlp([2, 4, 1], seed)
    for p in model.parameters():
        p.data = rng.uniform(-0.05, 0.05, p.shape).astype(np.float32)
    first: Any = model[0]
    first.weight.data = np.abs(first.weight.data) * (1.0 if well else -1.0)
    first.bias.data = 0.0 * first.bias.data
    train, held = split((x, y), 320)
    return Setup(model, *train, BCE(), adam(model, 0.03), held, epochs=25)


def amounts_by_a_last_relu(seed: int, well: bool = False) -> Setup:
    """Amounts above nought, a ReLU at the end, one row at a time."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(300, 5)).astype(np.float32)
    y = (4.0 + x @ np.array([[1.0], [-0.5], [0.3], [0.8], [0.0]]) + 0.2 * rng.normal(size=(300, 1))).astype(np.float32)
    model = nn.Sequential(nn.Linear(5, 1, rng=rng), nn.Identity() if well else nn.ReLU())
    last: Any = model[0]
    last.bias.data = last.bias.data - 3.0
    train, held = split((x, y), 240)
    return Setup(model, *train, MSE(), sgd(model, 0.01), held, epochs=6, batch_size=1)


def exclusive_or_of_two_layers(seed: int, well: bool = False) -> Setup:
    x, y = XOR
    rng = np.random.default_rng(seed)
    rows = np.tile(np.arange(4), 40)
    noisy = (x[rows] + 0.08 * rng.normal(size=(160, 2))).astype(np.float32)
    act = [nn.Tanh()] if well else []
    model = nn.Sequential(nn.Linear(2, 5, rng=rng), *act, nn.Linear(5, 1, rng=rng), nn.Sigmoid())
    return Setup(model, noisy, y[rows], nn.BCELoss(), sgd(model, 0.3, 0.9), epochs=60, batch_size=16)


def chairs_and_lamps(seed: int, well: bool = False) -> Setup:
    """Forty steps, and averages that take hundreds."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, 124)
    x = 225 + 6 * rng.normal(size=(124, 1, 12, 12))
    x[y == 1, :, 2:10, 5:7] += 30
    x[y == 0, :, 7:9, 2:10] += 16
    momentum = 0.1 if well else 0.01
    model = nn.Sequential(
        nn.BatchNorm2d(1, momentum=momentum), nn.Conv2d(1, 5, 4, stride=2, padding=1, rng=rng), nn.LeakyReLU(0.2),
        nn.Conv2d(5, 10, 4, stride=2, padding=1, rng=rng), nn.BatchNorm2d(10, momentum=momentum), nn.LeakyReLU(0.2),
        nn.Flatten(), nn.Linear(90, 1, rng=rng),
    )  # fmt: skip
    train, held = split((x.astype(np.float32), y.astype(np.float32)[:, None]), 64)
    return Setup(model, *train, BCE(), adam(model, 0.002), held, epochs=5, batch_size=8)


def features_in_pairs(seed: int, well: bool = False) -> Setup:
    """A memory that holds two rows a batch, and a normalisation over them."""
    x, y = blobs(seed, 5, 420, 1.2)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(8, 32, rng=rng), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 32, rng=rng), nn.BatchNorm1d(32), nn.ReLU(),
        nn.Linear(32, 5, rng=rng),
    )  # fmt: skip
    train, held = split((x, y), 320)
    return Setup(model, *train, CE(), sgd(model, 0.01, 0.9), held, epochs=8, batch_size=32 if well else 2)


class Memory(nn.Module):
    """Which of the moments counts is told by a softmax, and what stood there is the answer."""

    def __init__(self, seed: int, dim: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.key, self.score = nn.Linear(4, 16, rng=rng), nn.Linear(16, 1, rng=rng)
        self.value, self.dim = nn.Linear(4, 1, rng=rng), dim

    def forward(self, x: Any) -> Any:
        pi = self.score(self.key(x).tanh()).softmax(self.dim)
        return (pi * self.value(x)).sum(axis=1)


def moments_of_a_drive(seed: int, well: bool = False) -> Setup:
    """The reading at the one moment that is marked."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 10, 4))
    at = rng.integers(0, 10, 500)
    x[:, :, 3] = np.arange(10) == at[:, None]
    y = x[np.arange(500), at, :1] - 0.5 * x[np.arange(500), at, 1:2]
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 400)
    model = Memory(seed, 1 if well else 0)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=25, batch_size=20)


def digits_with_half_left_out(seed: int, well: bool = False) -> Setup:
    """A penalty that was said by its name, a sigmoid layer and dropout."""
    x, y = digits(700)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(64, 36, rng=rng), nn.Sigmoid(), nn.Dropout(0.5, rng=seed), nn.Linear(36, 10, rng=rng)
    )
    optimizer = optim.RMSprop(model.parameters(), lr=0.01, weight_decay=1e-5 if well else 0.05)
    train, held = split((x.reshape(len(x), -1), y), 560)
    return Setup(model, *train, CE(), optimizer, held, epochs=15)


def what_is_kept_or_dropped(seed: int, well: bool = False) -> Setup:
    """The share to keep, given where the share to drop is asked for."""
    keep_prob = 0.9
    x, y = circle(seed, 500)
    rng = np.random.default_rng(seed)
    p = 1 - keep_prob if well else keep_prob
    model = nn.Sequential(
        nn.Linear(2, 20, rng=rng), nn.ReLU(), nn.Dropout(p, rng=seed), nn.Linear(20, 20, rng=rng), nn.ReLU(),
        nn.Dropout(p, rng=seed + 1), nn.Linear(20, 1, rng=rng),
    )  # fmt: skip
    train, held = split((x, y), 400)
    return Setup(model, *train, BCE(), adam(model, 0.005), held, epochs=25)


def fifteen_pictures_a_class(seed: int, well: bool = False) -> Setup:
    """Few pictures and many weights."""
    rng = np.random.default_rng(seed)
    count = 900 if well else 75
    kinds = np.random.default_rng(41).normal(size=(5, 1, 8, 8))
    y = np.concatenate([np.arange(count) % 5, rng.integers(0, 5, 200)])
    x = (0.55 * kinds[y] + 1.5 * rng.normal(size=(count + 200, 1, 8, 8))).astype(np.float32)
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, rng=rng), nn.ReLU(), nn.Flatten(), nn.Linear(1024, 48, rng=rng), nn.ReLU(),
        nn.Linear(48, 5, rng=rng),
    )  # fmt: skip
    train, held = split((x, y), count)
    return Setup(model, *train, CE(), adam(model, 0.002), held, epochs=4 if well else 40, batch_size=16)


def readings_in_many_columns(seed: int, well: bool = False) -> Setup:
    """Forty people, a hundred readings of each."""
    rng = np.random.default_rng(seed)
    count = 640 if well else 40
    x = rng.normal(size=(count + 200, 100)).astype(np.float32)
    y = (x[:, :6].sum(axis=1) + 0.5 * rng.normal(size=count + 200) > 0).astype(int)
    model = nn.Sequential(
        nn.BatchNorm1d(100),
        nn.Linear(100, 32, rng=rng),
        nn.ReLU(),
        nn.Dropout(0.3, rng=seed),
        nn.Linear(32, 2, rng=rng),
    )
    train, held = split((x, y), count)
    return Setup(model, *train, CE(), adam(model, 0.003), held, epochs=5 if well else 40, batch_size=10)


def trunk_from_elsewhere(seed: int, well: bool = False) -> Setup:
    """A trunk that is held, and whose weights were fetched, and never read in."""
    x, y = digits(700)
    x = x.reshape(-1, 1, 8, 8)
    rng = np.random.default_rng(seed)
    trunk = nn.Sequential(
        nn.Conv2d(1, 4, 3, stride=2, padding=1, rng=rng), nn.Tanh(), nn.Conv2d(4, 4, 3, stride=2, padding=1, rng=rng), nn.Tanh(),
        nn.Flatten(),
    )  # fmt: skip
    head = nn.Linear(16, 10, rng=rng)
    for p in trunk.parameters():
        p.requires_grad = well
    model = nn.Sequential(trunk, head)
    optimizer = optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.01)
    train, held = split((x, y), 560)
    return Setup(model, *train, CE(), optimizer, held, epochs=12)


def switches_to_a_number(seed: int, well: bool = False) -> Setup:
    """Twelve switches, a number, and five layers of sigmoids."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 2, (700, 12)).astype(np.float32)
    w = np.random.default_rng(37).normal(size=12)
    y = (x - 0.5) @ w + 1.5 * (x[:, 0] != x[:, 1])
    y = ((y - y.mean()) / y.std()).astype(np.float32)[:, None]
    model = mlp([12, 40, 40, 40, 40, 40, 1], seed, nn.ReLU if well else nn.Sigmoid)
    train, held = split((x, y), 560)
    return Setup(model, *train, MSE(), sgd(model, 0.05), held, epochs=40)


class Watch(nn.Module):
    """Convolutions along time, of windows that come as rows of moments."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.conv, self.second = nn.Conv1d(3, 16, 5, rng=rng), nn.Conv1d(16, 16, 3, rng=rng)
        self.head, self.well = nn.Linear(16, 4, rng=rng), well

    def forward(self, x: Any) -> Any:
        b, w, h = x.shape
        x = x.transpose(0, 2, 1) if self.well else x.reshape(b, h, w)
        return self.head(self.second(self.conv(x).relu()).relu().max(axis=2))


def windows_of_three_sensors(seed: int, well: bool = False) -> Setup:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, 500)
    x = 0.9 * rng.normal(size=(500, 24, 3))
    shapes = 1.3 * np.random.default_rng(29).normal(size=(4, 6, 3))
    for i, k in enumerate(y):
        at = rng.integers(0, 18)
        x[i, at : at + 6] += shapes[k]
    train, held = split((x.astype(np.float32), y), 400)
    model = Watch(seed, well)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=15)


class Encoder(nn.Module):
    """A layer of a transformer over words, and the places that lie in a file of their own."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.src_emb, self.well = nn.Embedding(14, 16, rng=rng), well
        self.pos_emb = nn.Embedding(8, 16, rng=rng) if well else None
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True, rng=rng)
        self.out = nn.Linear(16, 2, rng=rng)

    def forward(self, words: Any) -> Any:
        h = self.src_emb(words)
        if self.pos_emb is not None:
            h = h + self.pos_emb(np.arange(words.shape[1]))
        return self.out(self.layer(h).mean(axis=1))


def words_that_come_before_others(seed: int, well: bool = False) -> Setup:
    """Whether the highest word comes in the first half."""
    rng = np.random.default_rng(seed)
    x = rng.permuted(np.tile(np.arange(14), (700, 1)), axis=1)[:, :8]
    y = (x.argmax(axis=1) < 4).astype(int)
    model = Encoder(seed, well)
    train, held = split((x, y), 560)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=20)


SICK: list[Case] = [
    Case(
        switches_to_a_number,
        "vanishing gradients",
        "ai.SE 16557, four hidden layers with the sigmoid activation are not learning",
    ),
    Case(windows_of_three_sensors, "axes mixed up", "CARLA issue 16, view where a transpose is meant"),
    Case(
        words_that_come_before_others, "order ignored", "Transformer-Encoder issue 1, positional embeddings not linked"
    ),
    Case(next_of_some_bits, "softmax over one unit", "SO 46620813, LSTM not learning a binary sequence"),
    Case(digits_of_a_javascript_page, "saturation", "stats.SE 286424, success after changing weights initialization"),
    Case(wave_by_a_sigmoid, "output range", "SO (intellipaat 12015), unable to approximate the sine function"),
    Case(sizes_that_are_never_negative, "dead units", "stats.SE 450100, unlucky initialized network"),
    Case(amounts_by_a_last_relu, "dead units", "math.SE 4483706, ReLU as last layer for regression", ("output range",)),
    Case(exclusive_or_of_two_layers, "no activation", "discuss.pytorch.org 13287, unable to learn XOR with two layers"),
    Case(chairs_and_lamps, "running statistics", "keras issues 6014 and 6977, fit accuracy is different from evaluate"),
    Case(
        features_in_pairs,
        "normalisation of one row",
        "Person_reID issue 218, inference better with eval off",
        ("batch too small",),
    ),
    Case(
        moments_of_a_drive, "softmax over rows", "world-models issue 10, softmax over the batch dimension; DPN issue 1"
    ),
    Case(
        digits_with_half_left_out,
        "too much weight decay",
        "SO (stackoom 4HpqD), L2 regularization makes the network not learn",
    ),
    Case(what_is_kept_or_dropped, "too much dropout", "SO, keep_prob value in dropout and worse results"),
    Case(fifteen_pictures_a_class, "overfitting", "SO (openillumi 64013), fifteen images a class"),
    Case(readings_in_many_columns, "overfitting", "datascience.SE 19482, validation as high as training accuracy"),
    Case(trunk_from_elsewhere, "frozen parameters", "segformer-pytorch issue 29, backbone weights are never loaded"),
]
WELL: list[Case] = []
