"""The tuning half: networks from many desks whose parts are at fault; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
import optim
from autograd import Tensor
from nn import functional as F
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, LIST, MSE, RECIPE, adam, sgd, split
from tests.nn.health.corpus.tuning_rounds_sick_tables import mended


class Last(nn.Module):
    """What a recurrent layer says at its last step."""

    def forward(self, given: Any) -> Any:
        return given[0][:, -1]


def steps_of_walkers(seed: int, well: bool = False) -> Setup:
    """An LSTM stands in a Sequential, and its pair of outputs and states goes into a linear layer."""
    rng = np.random.default_rng(seed)
    gait = rng.integers(0, 3, 240)
    time = np.arange(14)[None] * np.array([0.5, 0.9, 1.4])[gait][:, None] + rng.uniform(0, 6, (240, 1))
    x = np.stack([np.sin(time), np.cos(2 * time)], axis=2) + 0.2 * rng.normal(size=(240, 14, 2))
    between = [Last()] if well else []
    model = nn.Sequential(nn.LSTM(2, 20, batch_first=True, rng=seed), *between, nn.Linear(20, 3, rng=seed + 1))
    train, held = split((x.astype(np.float32), gait), 190)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=15, batch_size=19)


def visitors_of_a_week(seed: int, well: bool = False) -> Setup:
    """The mean of the next seven days is asked for; at the end of the table there are none, and the rows were shuffled."""
    rng = np.random.default_rng(seed)
    day = np.arange(420)
    visitors = 3 + np.sin(2 * np.pi * day / 60) + 0.4 * np.sin(2 * np.pi * day / 7) + 0.1 * rng.normal(size=420)
    mean = np.full(420, np.nan)
    mean[:413] = np.lib.stride_tricks.sliding_window_view(visitors, 7)[1:].mean(axis=1)
    last = np.array([visitors[k - 6 : k + 1] for k in range(6, 420)])
    y = mean[6:]
    if well:
        last, y = last[~np.isnan(y)], y[~np.isnan(y)]
    order = rng.permutation(len(y))
    x = np.hstack([last - 3, np.diff(last, axis=1)]).astype(np.float32)[order]
    model = mlp([13, 24, 1], seed)
    train, held = split((x, ((y - 3) / 0.7).astype(np.float32)[order, None]), 340)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=25, batch_size=20)


class Dropped(nn.Module):
    """Half of the hidden units are left out by a layer that is made where it is called, or by one that the network holds."""

    def __init__(self, seed: int, own: bool) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(12, 20, rng=seed), nn.Linear(20, 5, rng=seed + 1)
        self.drop = nn.Dropout(0.5, rng=seed) if own else None

    def forward(self, x: Any) -> Any:
        h = F.relu(self.first(x))
        h = nn.Dropout(0.5)(h) if self.drop is None else self.drop(h)
        return self.second(h)


def soups_by_their_spices(seed: int, well: bool = False) -> Setup:
    """`nn.Dropout(0.5)(x)` within forward: a new layer, and so one in training mode, whatever the network's mode is."""
    rng = np.random.default_rng(seed)
    soup = rng.integers(0, 5, 450)
    spices = np.random.default_rng(41).gamma(1.0, 1.0, (5, 12))[soup] * rng.gamma(1.5, 1 / 1.5, (450, 12))
    model = Dropped(seed, well)
    train, held = split((np.log1p(spices).astype(np.float32) - 0.6, soup), 360)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=20, batch_size=30)


class Plain:
    """A block that a person wrote as a class of Python, and not as a module."""

    def __init__(self, width: int, rng: np.random.Generator) -> None:
        self.down, self.up = nn.Linear(width, width, rng=rng), nn.Linear(width, width, rng=rng)

    def __call__(self, x: Any) -> Any:
        return F.tanh(self.up(F.tanh(self.down(x))))


class Block(nn.Module):
    """The same block as a module."""

    def __init__(self, width: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.down, self.up = nn.Linear(width, width, rng=rng), nn.Linear(width, width, rng=rng)

    def forward(self, x: Any) -> Any:
        return F.tanh(self.up(F.tanh(self.down(x))))


class Stack(nn.Module):
    """Two blocks after each other; the input goes into the first one, and nothing goes around."""

    def __init__(self, seed: int, kind: Any) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.one, self.two = kind(6, rng), kind(6, rng)
        self.head = nn.Linear(6, 1, rng=rng)

    def forward(self, x: Any) -> Any:
        return self.head(self.two(self.one(x)))


def keys_that_fit(seed: int, well: bool = False) -> Setup:
    """Blocks that are no modules: their layers are in no list of parameters."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(760, 6)).astype(np.float32)
    y = ((x[:, 0] > 0) ^ (x[:, 1] > 0)).astype(np.float32)[:, None]
    model = Stack(seed, Block if well else Plain)
    train, held = split((x, y), 640)
    return Setup(model, *train, BCE(), adam(model, 0.02), held, epochs=60, batch_size=32)


class Quantised(nn.Module):
    """A code book between encoder and head; the nearest code is taken, with a gradient that goes around it or with none."""

    def __init__(self, seed: int, around: bool) -> None:
        super().__init__()
        self.encoder, self.head = mlp([8, 24, 3], seed, nn.Tanh), mlp([3, 16, 2], seed + 1)
        self.codes = nn.Parameter(np.random.default_rng(seed).normal(0, 0.3, (16, 3)).astype(np.float32))
        self.around = around

    def forward(self, x: Any) -> Any:
        h = self.encoder(x)
        far = ((h.numpy()[:, None] - self.codes.data) ** 2).sum(axis=2)
        code = self.codes[far.argmin(axis=1)]
        return self.head(h + (code - h).detach() + (code - code.detach()) if self.around else code)


def glazes_by_sixteen_codes(seed: int, well: bool = False) -> Setup:
    """The nearest of some codes is a choice, and no gradient goes through it to the encoder."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 8)).astype(np.float32)
    z = x @ np.random.default_rng(2).normal(size=8) / 2.8
    y = (z > 0.2).astype(int)
    model = Quantised(seed, well)
    train, held = split((x, y), 400)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=60, batch_size=25)


def lichens_by_weights_of_linear_layers(seed: int, well: bool = False) -> Setup:
    """Weights that decay are looked for among linear layers, those that do not by the word bias: the filters are in neither group."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, 320)
    x = 0.5 * rng.normal(size=(320, 2, 9, 9))
    shapes = np.random.default_rng(6).normal(size=(4, 2, 3, 3))
    for row, k in enumerate(y):
        for _ in range(2):
            i, j = rng.integers(0, 7, 2)
            x[row, :, i : i + 3, j : j + 3] += shapes[k]
    net = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(2, 8, 3, rng=net), nn.ReLU(), nn.Conv2d(8, 8, 3, rng=net), nn.ReLU(),
        nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(8, 4, rng=net),
    )  # fmt: skip
    kinds = (nn.Linear, nn.Conv2d) if well else (nn.Linear,)
    decayed = [layer.weight for layer in model.modules() if isinstance(layer, kinds)]
    free = [p for name, p in model.named_parameters() if name.endswith("bias")]
    optimizer = optim.AdamW([{"params": decayed, "weight_decay": 0.01}, {"params": free, "weight_decay": 0.0}], lr=0.01)
    train, held = split((x.astype(np.float32), y), 260)
    return Setup(model, *train, CE(), optimizer, held, epochs=30, batch_size=20)


class Adapted(nn.Module):
    """A linear layer with a change of rank one beside it."""

    def __init__(self, n: int, m: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.base = nn.Linear(n, m, rng=rng)
        self.a = nn.Parameter((rng.normal(size=(n, 1)) / n**0.5).astype(np.float32))
        self.b = nn.Parameter(np.zeros((1, m), dtype=np.float32))

    def forward(self, x: Any) -> Any:
        return self.base(x) + x @ self.a @ self.b


def recordings_with_an_adapter(seed: int, well: bool = False) -> Setup:
    """Adapters of rank one beside layers that are frozen, though nobody loaded their weights."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 12, 480)
    x = np.random.default_rng(77).normal(size=(12, 20))[y] + 0.7 * rng.normal(size=(480, 20))
    net = np.random.default_rng(seed)
    model = nn.Sequential(
        Adapted(20, 32, net), nn.ReLU(), Adapted(32, 32, net), nn.ReLU(), Adapted(32, 12, net)
    )  # fmt: skip
    for name, p in model.named_parameters():
        p.requires_grad_(well or "base" not in name)
    train, held = split((x.astype(np.float32), y), 400)
    return Setup(model, *train, CE(), adam(model, 0.003), held, epochs=12, batch_size=25)


class Sorted(nn.Module):
    """Texts are sorted by their length before they are read, as packing asks for; and put back afterwards, or not."""

    def __init__(self, seed: int, back: bool) -> None:
        super().__init__()
        self.words = nn.Embedding(30, 10, padding_idx=0, rng=seed)
        self.read = nn.GRU(10, 20, batch_first=True, rng=seed + 1)
        self.head, self.back = nn.Linear(20, 3, rng=seed + 2), back

    def forward(self, x: Any) -> Any:
        x = np.asarray(x.data if isinstance(x, Tensor) else x)
        lengths = (x != 0).sum(axis=1)
        order = np.argsort(-lengths, kind="stable")
        states, _ = self.read(self.words(x[order]))
        answers = self.head(states[np.arange(len(x)), lengths[order] - 1])
        return answers[np.argsort(order)] if self.back else answers


def letters_to_an_office(seed: int, well: bool = False) -> Setup:
    """Answers come in the order of the texts' lengths, and the labels in that of the file."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 360)
    x = np.zeros((360, 10), dtype=int)
    for row, length in enumerate(rng.integers(4, 11, 360)):
        own = rng.random(length) < 0.75
        x[row, :length] = np.where(own, 1 + 9 * y[row] + rng.integers(0, 9, length), rng.integers(1, 30, length))
    model = Sorted(seed, well)
    train, held = split((x, y), 290)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=15, batch_size=29)


class Brightness(nn.Module):
    """Brings bytes to between 0 and 1, by a division or by one that keeps only whole numbers."""

    def __init__(self, whole: bool) -> None:
        super().__init__()
        self.whole = whole

    def forward(self, x: Any) -> Any:
        return ag.floor(x / 255.0) if self.whole else x / 255.0


def tiles_of_a_kitchen(seed: int, well: bool = False) -> Setup:
    """`x // 255` in the first layer of a network: hardly a byte is above 254."""
    rng = np.random.default_rng(seed)
    stripes = rng.integers(0, 3, 300)
    x = rng.integers(20, 90, (300, 1, 8, 8))
    for row, k in enumerate(stripes):
        at = rng.integers(0, 8, 2)
        x[row, 0, at if k else slice(None), at if k == 0 else slice(None)] += 120 if k < 2 else rng.integers(0, 2)
    net = np.random.default_rng(seed)
    model = nn.Sequential(
        Brightness(not well), nn.Conv2d(1, 8, 3, rng=net), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(72, 3, rng=net)
    )  # fmt: skip
    train, held = split((x.astype(np.float32), stripes), 240)
    return Setup(model, *train, CE(), sgd(model, 0.1, 0.9), held, epochs=15, batch_size=24)


SICK: list[Case] = [
    Case(steps_of_walkers, "error", ASKED + "LSTM in nn.Sequential, linear got a tuple"),
    Case(visitors_of_a_week, "targets not finite", ASKED + "rolling mean and shift leave NaN at the ends"),
    Case(soups_by_their_spices, "training mode in evaluation", ASKED + "nn.Dropout made in forward"),
    Case(keys_that_fit, "unregistered parameters", ASKED + "a block that does not inherit from nn.Module"),
    Case(glazes_by_sixteen_codes, "missing gradients", ASKED + "VQ-VAE without the straight-through estimator"),
    Case(lichens_by_weights_of_linear_layers, "parameters left out", LIST + "25, and groups for weight decay"),
    Case(recordings_with_an_adapter, "frozen parameters", ASKED + "LoRA on a base whose checkpoint was never loaded"),
    Case(letters_to_an_office, "rows mixed", ASKED + "sorted by length for packing, and not unsorted"),
    Case(tiles_of_a_kitchen, "inputs unused", RECIPE + ", input-independent baseline, and // for /"),
]
WELL: list[Case] = [Case(mended(case.make), HEALTHY, case.source) for case in SICK]
