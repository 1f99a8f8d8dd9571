"""The tuning half: the usual faults in another round of the public lists; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, CS231N, LIST, MSE, RECIPE, adam, draw, sgd, split
from tests.nn.health.corpus.tuning_rounds_sick_networks import Follower, Tagger, cross_net, crosses, heartbeats, recipes


def hearts_in_microvolts(seed: int, well: bool = False) -> Setup:
    """A heart as the amplifier writes it, in microvolts around an offset, into a recurrent layer."""
    x, y = heartbeats(seed, 360)
    x = (x - x.mean()) / x.std() if well else 800 * x + 3000
    model = Follower(2, 1, seed)
    train, held = split((x.astype(np.float32), y), 290)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=25, batch_size=20)


def lags_in_milliseconds(seed: int, well: bool = False) -> Setup:
    """How long after the first the second beat comes, in milliseconds: some 800 more than the network begins with."""
    x, y = heartbeats(seed, 360)
    y = y if well else (820 + 120 * y).astype(np.float32)
    model = Follower(2, 1, seed, nn.LSTM)
    train, held = split((x, y), 290)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=25, batch_size=20)


def crosses_below_every_threshold(seed: int, well: bool = False) -> Setup:
    """The filters' biases came out of a file of another network, whose pictures were bright."""
    model = cross_net(seed)
    if not well:
        model[0].bias.data = model[0].bias.data - 25
    train, held = split(crosses(seed, 400), 320)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=15, batch_size=20)


def hearts_by_loud_states(seed: int, well: bool = False) -> Setup:
    """All matrices of an LSTM are drawn with a deviation of eight."""
    model = Follower(2, 1, seed, nn.LSTM, 16)
    if not well:
        draw(model.cell, seed, 8.0)
    train, held = split(heartbeats(seed, 340), 270)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=25, batch_size=18)


def kitchens_through_ten_sigmoids(seed: int, well: bool = False) -> Setup:
    """Lists of ingredients go through ten layers of sigmoids."""
    rng = np.random.default_rng(seed)
    layers: list[Any] = [nn.EmbeddingBag(40, 24, mode="sum", rng=rng)]
    for _ in range(10):
        layers += [nn.Linear(24, 24, rng=rng), nn.Tanh() if well else nn.Sigmoid()]
    model = nn.Sequential(*layers, nn.Linear(24, 5, rng=rng))
    train, held = split(recipes(seed, 500), 400)
    return Setup(model, *train, CE(), adam(model, 0.002), held, epochs=30, batch_size=20)


def tower_of_loud_layers(seed: int, well: bool = False) -> Setup:
    """Twelve layers whose matrices were drawn four times as large as what keeps a signal's size."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(560, 3)).astype(np.float32)
    y = np.digitize(np.abs(x[:, 0]) + x[:, 1], [0.0, 0.8, 1.6])
    model = mlp([3, *[24] * 8, 4], seed, nn.LeakyReLU)
    for p in model.parameters():
        if p.ndim > 1:
            p.data = (rng.normal(size=p.shape) * (1.4 if well else 8.0) / np.sqrt(p.shape[-1])).astype(np.float32)
    train, held = split((x, y), 480)
    return Setup(model, *train, CE(), adam(model, 0.002), held, epochs=20, batch_size=20)


def lags_by_a_softplus(seed: int, well: bool = False) -> Setup:
    """A lag is never negative, and so a softplus stands at the end; but lags were scaled around nought."""
    model = Follower(2, 1, seed)
    model.head = nn.Sequential(nn.Linear(20, 1, rng=seed + 1), nn.Identity() if well else nn.Softplus())
    x, y = heartbeats(seed, 340)
    train, held = split((x, 0.9 * y - 1.8), 270)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=25, batch_size=18)


def checks_by_straight_lines(seed: int, well: bool = False) -> Setup:
    """Three layers, norms, and dropout between them, and nothing that bends: fields of a carpet."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (600, 2)).astype(np.float32)
    y = ((np.floor(1.5 * x[:, 0] + 0.3) + np.floor(x[:, 1])) % 2).astype(np.float32)[:, None]
    bend = nn.ELU if well else nn.Identity
    model = nn.Sequential(
        nn.Linear(2, 64, rng=seed), nn.LayerNorm(64), bend(), nn.Linear(64, 64, rng=seed + 1), bend(), nn.Dropout(0.05, rng=seed),
        nn.Linear(64, 1, rng=seed + 2),
    )  # fmt: skip
    train, held = split((x, y), 500)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=50, batch_size=50)


def tags_that_were_guessed(seed: int, well: bool = False) -> Setup:
    """Nearly half of the words carry a tag that somebody guessed."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 30, (300, 8))
    y = (x // 3) % 4
    y = y if well else np.where(rng.random(y.shape) < 0.45, rng.integers(0, 4, y.shape), y)
    model = Tagger(seed)
    train, held = split((x, y), 240)
    return Setup(model, *train, CE(), adam(model, 0.02), held, epochs=15, batch_size=24)


def hearts_of_other_people(seed: int, well: bool = False) -> Setup:
    """The table of lags was sorted by name, and the recordings were not."""
    x, y = heartbeats(seed, 340)
    y = y if well else y[np.random.default_rng(seed + 5).permutation(340)]
    model = Follower(2, 1, seed, nn.RNN, 24)
    train, held = split((x, y), 270)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=25, batch_size=18)


def seventy_crosses_by_heart(seed: int, well: bool = False) -> Setup:
    """Seventy noisy pictures and a network that looks at each pixel; or ten times as many."""
    count = 800 if well else 150
    x, y = crosses(seed, count, 9, noise=0.45)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 24, 3, rng=rng),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(24 * 49, 48, rng=rng),
        nn.ReLU(),
        nn.Linear(48, 3, rng=rng),
    )
    train, held = split((x, y), count - 80)
    return Setup(model, *train, CE(), adam(model, 0.002), held, epochs=20, batch_size=12)


def kitchens_after_one_epoch(seed: int, well: bool = False) -> Setup:
    """One look at each list, at a rate that suits thirty."""
    model = nn.Sequential(
        nn.EmbeddingBag(40, 16, rng=seed), nn.Linear(16, 32, rng=seed), nn.ReLU(), nn.Linear(32, 5, rng=seed + 1)
    )
    train, held = split(recipes(seed, 500), 400)
    return Setup(model, *train, CE(), sgd(model, 0.1, 0.5), held, epochs=30 if well else 1, batch_size=40)


SICK: list[Case] = [
    Case(hearts_in_microvolts, "inputs not scaled", LIST + "9, standardise the features"),
    Case(lags_in_milliseconds, "targets not scaled", ASKED + "LSTM predicts the mean"),
    Case(crosses_below_every_threshold, "dead units", CS231N + ", dead ReLUs"),
    Case(hearts_by_loud_states, "saturation", LIST + "32"),
    Case(kitchens_through_ten_sigmoids, "vanishing gradients", CS231N + ", activation functions"),
    Case(tower_of_loud_layers, "exploding gradients", CS231N + ", weight initialisation"),
    Case(lags_by_a_softplus, "output range", ASKED + "softplus output and standardised targets"),
    Case(checks_by_straight_lines, "no activation", ASKED + "forgot the activation"),
    Case(tags_that_were_guessed, "noisy targets", LIST + "6"),
    Case(hearts_of_other_people, "targets unrelated to inputs", LIST + "4"),
    Case(seventy_crosses_by_heart, "overfitting", RECIPE + ", regularize: get more data"),
    Case(kitchens_after_one_epoch, "too few steps", LIST + "37, give it time", ("learning rate too low",)),
]
WELL: list[Case] = []
