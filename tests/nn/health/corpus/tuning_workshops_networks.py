"""The tuning half: people of many trades whose networks are at fault; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
from nn import functional
from tests.nn.health.corpus import workshops as w
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, MSE, RECIPE, Tower, adam, sgd
from tests.nn.health.corpus.rows import digits

# Inputs that do not come to the answer.


class Translator(nn.Module):
    """A learned query looks at words; by mistake at itself."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words, self.well = nn.Embedding(40, 16, rng=rng), well
        self.query = nn.Parameter(rng.normal(size=(1, 4, 16)).astype(np.float32))
        self.attention, self.head = nn.MultiheadAttention(16, 2, batch_first=True, rng=rng), nn.Linear(64, 3, rng=rng)

    def forward(self, x: Any) -> Any:
        memory = self.words(x)
        query = ag.broadcast_to(self.query, (len(x), 4, 16))
        looked = self.attention(query, memory, memory)[0] if self.well else self.attention(query, query, query)[0]
        return self.head(looked.reshape(len(x), -1))


def query_that_looks_at_itself(seed: int, well: bool = False) -> Setup:
    model = Translator(seed, well)
    return Setup(model, *w.remarks(seed, 400, 6), CE(), adam(model, 0.01), epochs=15)


class FirstState(nn.Module):
    """A recurrent layer whose answer is read of a learned first state, or of the last one."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        self.cell, self.head, self.well = nn.GRU(1, 16, batch_first=True, rng=seed), nn.Linear(16, 2, rng=seed), well
        self.begin = nn.Parameter(np.zeros((1, 1, 16), np.float32))

    def forward(self, x: Any) -> Any:
        first = ag.broadcast_to(self.begin, (1, len(x), 16))
        _, last = self.cell(x, first)
        return self.head((last if self.well else first)[0])


def head_of_the_first_state(seed: int, well: bool = False) -> Setup:
    model = FirstState(seed, well)
    return Setup(model, *w.tides(seed), MSE(), adam(model, 0.01), epochs=12)


# Derivatives by hand.


@ag.custom_vjp
def squash(x: Any) -> Any:
    return ag.tanh(x)


# The slope of tanh is 1 - tanh(x)², and not 1 - x².
squash.defvjp(lambda x: (np.tanh(x), x), lambda x, g: (g * (1.0 - x * x),))


@ag.custom_vjp
def mix(x: Any, weight: Any) -> Any:
    return x @ weight


@ag.custom_vjp
def mix_well(x: Any, weight: Any) -> Any:
    return x @ weight


# The gradient of a square matrix stands transposed, and no shape tells it.
mix.defvjp(lambda x, a: (x @ a, (x, a)), lambda kept, g: (g @ kept[1].T, g.T @ kept[0]))
mix_well.defvjp(lambda x, a: (x @ a, (x, a)), lambda kept, g: (g @ kept[1].T, kept[0].T @ g))


class Apply(nn.Module):
    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Any) -> Any:
        return self.function(x)


class Square(nn.Module):
    """A square linear layer by hand."""

    def __init__(self, seed: int, width: int, function: Any) -> None:
        super().__init__()
        self.weight = nn.Parameter(
            (np.random.default_rng(seed).normal(size=(width, width)) / width**0.5).astype(np.float32)
        )
        self.function = function

    def forward(self, x: Any) -> Any:
        return self.function(x, self.weight)


def slope_of_the_input(seed: int, well: bool = False) -> Setup:
    model = mlp([2, 32, 32, 2], seed, nn.Tanh if well else lambda: Apply(squash))
    return Setup(model, *w.arm(seed), MSE(), adam(model, 0.005), epochs=20)


def square_layers_by_hand(seed: int, well: bool = False) -> Setup:
    function = mix_well if well else mix
    model = nn.Sequential(Square(seed, 64, function), nn.Tanh(), Square(seed + 1, 64, function))
    x, y = digits(500)
    loss = lambda a, b: functional.cross_entropy(a[:, :10], b)
    return Setup(model, x.reshape(len(x), -1), y, loss, sgd(model, 0.1), epochs=8)


@ag.custom_vjp
def robust(d: Any) -> Any:
    return ag.where(ag.abs(d) < 1.0, 0.5 * d * d, ag.abs(d) - 0.5)


# Beyond one the slope is the sign, and not one.
robust.defvjp(
    lambda d: (np.where(np.abs(d) < 1.0, 0.5 * d * d, np.abs(d) - 0.5), d),
    lambda d, g: (g * np.where(np.abs(d) < 0.2, d, 1.0),),
)


def robust_loss_by_hand(seed: int, well: bool = False) -> Setup:
    model = mlp([4, 32, 1], seed)

    def loss(a: Any, b: Any) -> Any:
        return functional.huber_loss(a, b) if well else robust(a - b).mean()

    return Setup(model, *w.prices(seed), loss, adam(model, 0.01), epochs=20)


# Layers without a bias.


def temperature_of_one_number(seed: int, well: bool = False) -> Setup:
    """A curve of one number, by rectified lines that all go through zero."""
    x = np.random.default_rng(seed).uniform(-2, 2, (400, 1)).astype(np.float32)
    y = np.cos(1.8 * x) + 0.3 * x
    layers = [nn.Linear(n, m, bias=well, rng=seed + n) for n, m in ((1, 32), (32, 32), (32, 1))]
    model = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2])
    return Setup(model, x, y.astype(np.float32), MSE(), adam(model, 0.01), epochs=40)


def filters_without_offset(seed: int, well: bool = False) -> Setup:
    """Signals of nearly nothing, and three numbers around 3."""
    rng = np.random.default_rng(seed)
    x = 0.3 * rng.normal(size=(400, 3, 24))
    y = 3.0 + 1.5 * x[:, :, :8].sum(axis=2)
    model = nn.Sequential(
        nn.Conv1d(3, 8, 4, stride=4, bias=well, rng=seed),
        nn.Tanh(),
        nn.Flatten(),
        nn.Linear(48, 3, bias=well, rng=seed),
    )
    return Setup(model, x.astype(np.float32), y.astype(np.float32), MSE(), adam(model, 0.01), epochs=25)


def threshold_far_from_zero(seed: int, well: bool = False) -> Setup:
    """One linear layer of positive features, whose border does not go through zero."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 1, (400, 3))
    y = (x @ np.array([1.0, 1.0, 1.0]) > 1.5).astype(np.float32)[:, None]
    model = nn.Sequential(nn.Linear(3, 1, bias=well, rng=seed))
    return Setup(model, x.astype(np.float32), y, BCE(), adam(model, 0.05), epochs=30)


# Nothing between linear layers.


def filters_upon_filters(seed: int, well: bool = False) -> Setup:
    model = w.sensor(seed)
    for k in () if well else (1, 3):
        model[k] = nn.Identity()
    return Setup(model, *w.tremors(seed), CE(), adam(model, 0.01), epochs=12)


def tower_of_plain_sums(seed: int, well: bool = False) -> Setup:
    model = Tower(seed, 2, 2, act=nn.ReLU if well else None)
    return Setup(model, *w.arm(seed), MSE(), adam(model, 0.003), epochs=20)


# Too small.


def one_state_for_three_kinds(seed: int, well: bool = False) -> Setup:
    model = w.Gauge(seed, 1, 2, 16 if well else 1)
    return Setup(model, *w.tides(seed), MSE(), adam(model, 0.01), epochs=25)


def digits_through_one_number(seed: int, well: bool = False) -> Setup:
    x, y = digits(500)
    model = mlp([64, 32, 16 if well else 1, 10], seed)
    return Setup(model, x.reshape(len(x), -1), y, CE(), adam(model, 0.005), epochs=15)


# Dropout and decay.


def dropout_upon_dropout(seed: int, well: bool = False) -> Setup:
    p = 0.1 if well else 0.85
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(2, 40, rng=rng), nn.Tanh(), nn.Dropout(p, rng=seed), nn.Linear(40, 40, rng=rng), nn.Tanh(),
        nn.Dropout(p, rng=seed + 1), nn.Linear(40, 2, rng=rng),
    )  # fmt: skip
    return Setup(model, *w.arm(seed), MSE(), adam(model, 0.005), epochs=25)


def words_dropped_at_the_door(seed: int, well: bool = False) -> Setup:
    model = w.Glance(seed)
    model.places = nn.Sequential(model.places, nn.Dropout(0.1, rng=seed))  # type: ignore[assignment]
    model.words = nn.Sequential(model.words, nn.Dropout(0.1 if well else 0.97, rng=seed + 1))  # type: ignore[assignment]
    return Setup(model, *w.remarks(seed), CE(), adam(model, 0.005), epochs=12)


def decay_of_another_optimizer(seed: int, well: bool = False) -> Setup:
    """The decay of AdamW given to SGD, ten times over."""
    model = w.camera(seed)
    return Setup(model, *w.bars(seed), CE(), sgd(model, 0.05, 0.9, weight_decay=1e-4 if well else 0.15), epochs=12)


def embeddings_that_fade(seed: int, well: bool = False) -> Setup:
    x, y = w.cups(seed, 600)
    model = nn.Sequential(
        nn.Embedding(22, 8, rng=seed), nn.Flatten(), nn.Linear(16, 32, rng=seed), nn.ReLU(), nn.Linear(32, 1, rng=seed)
    )
    return Setup(
        model, x + np.array([0, 12]), y, MSE(), adam(model, 0.01, weight_decay=0.0 if well else 0.1), epochs=20
    )


SICK: list[Case] = [
    Case(query_that_looks_at_itself, "inputs unused", ASKED + "cross attention gives the same for all"),
    Case(head_of_the_first_state, "inputs unused", RECIPE),
    Case(slope_of_the_input, "wrong gradient", CS231N),
    Case(square_layers_by_hand, "wrong gradient", ASKED + "own backward, transposed"),
    Case(robust_loss_by_hand, "wrong gradient", ASKED + "own Huber loss"),
    Case(temperature_of_one_number, "no bias", ASKED + "network without biases"),
    Case(filters_without_offset, "no bias", ASKED + "bias=False without a norm"),
    Case(threshold_far_from_zero, "no bias", BOOK),
    Case(filters_upon_filters, "no activation", ASKED + "Conv1d without activations"),
    Case(tower_of_plain_sums, "no activation", CS231N),
    Case(one_state_for_three_kinds, "network too small", RECIPE),
    Case(digits_through_one_number, "network too small", ASKED + "bottleneck"),
    Case(dropout_upon_dropout, "too much dropout", ASKED + "keep probability taken for dropout"),
    Case(words_dropped_at_the_door, "too much dropout", BOOK),
    Case(decay_of_another_optimizer, "too much weight decay", ASKED + "weight decay of AdamW for SGD"),
    Case(embeddings_that_fade, "too much weight decay", BOOK),
]
WELL: list[Case] = []
