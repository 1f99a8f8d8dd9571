"""The tuning half: what the optimizer holds, and what is switched on or off; `well=True` mends only the fault."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, LIST, RECIPE, adam, sgd, split
from tests.nn.health.corpus.rows import Rows
from tests.nn.health.corpus.tuning_sites_rates import weave


def flowers(seed: int, count: int = 400) -> Rows:
    """Two lengths of a flower on rings; five sorts, ring by ring."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 5, count)
    angle = rng.uniform(0, 2 * np.pi, count)
    radius = 0.35 * (y + 1) + 0.05 * rng.normal(size=count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).astype(np.float32), y


def orders(seed: int, count: int = 420) -> Rows:
    """Three goods of twelve each, in order; whether the first is dearer than the last."""
    rng = np.random.default_rng(seed)
    worth = np.random.default_rng(5).permutation(12)
    x = rng.integers(0, 12, (count, 3))
    x[:, 2] = np.where(x[:, 2] == x[:, 0], (x[:, 2] + 1) % 12, x[:, 2])
    return x, (worth[x[:, 0]] > worth[x[:, 2]]).astype(np.float32)[:, None]


class Goods(nn.Module):
    """A table of two numbers for each good, and a network over the three."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.table = nn.Embedding(12, 2, rng=seed)
        self.table.weight.data = (0.05 * self.table.weight.data).astype(np.float32)
        self.net = mlp([6, 16, 1], seed + 1, nn.Tanh)

    def forward(self, x: Any) -> Any:
        return self.net(self.table(x).reshape(len(x), 6))


class Tunnel(nn.Module):
    """A narrow network with plain parameters of its own for the first layer."""

    def __init__(self, seed: int, registered: bool) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        make: Any = nn.Parameter if registered else np.asarray
        self.into = make((0.3 * rng.normal(size=(2, 3))).astype(np.float32))
        self.offset = make(np.zeros(3, np.float32))
        self.rest = mlp([3, 16, 5], seed)

    def forward(self, x: Any) -> Any:
        return self.rest(nn.functional.relu(x @ self.into + self.offset))


def flowers_with_a_first_layer_of_arrays(seed: int, well: bool = False) -> Setup:
    """The first layer's weights are arrays and no parameters."""
    model = Tunnel(seed, well)
    train, held = split(flowers(seed), 320)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=60, batch_size=20)


def goods_by_a_table_left_out(seed: int, well: bool = False) -> Setup:
    """The optimizer is given the network, and not the table before it."""
    model = Goods(seed)
    train, held = split(orders(seed), 320)
    held_by = model.parameters() if well else model.net.parameters()
    return Setup(model, *train, BCE(), optim.Adam(held_by, lr=0.01), held, epochs=40, batch_size=20)


def goods_by_a_frozen_table(seed: int, well: bool = False) -> Setup:
    """The table was frozen for a warm-up of the rest, and never let go."""
    model = Goods(seed)
    model.table.weight.requires_grad = well
    train, held = split(orders(seed), 320)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=40, batch_size=20)


def flowers_with_all_but_the_biases_frozen(seed: int, well: bool = False) -> Setup:
    """A recipe for fine-tuning large models, biases alone, on a network that begins from nothing."""
    model = mlp([2, 10, 10, 5], seed)
    for p in model.parameters():
        p.requires_grad = well or p.ndim == 1
    train, held = split(flowers(seed), 320)
    kept = [p for p in model.parameters() if p.requires_grad]
    return Setup(model, *train, CE(), optim.Adam(kept, lr=0.02), held, epochs=60, batch_size=20)


def flowers_of_another_network(seed: int, well: bool = False) -> Setup:
    """The optimizer was given `make_model().parameters()`."""
    model = mlp([2, 32, 32, 5], seed)
    of = model if well else mlp([2, 32, 32, 5], seed)
    train, held = split(flowers(seed), 320)
    return Setup(model, *train, CE(), optim.RMSprop(of.parameters(), lr=0.005), held, epochs=40, batch_size=20)


def cloth_that_keeps_a_twentieth(seed: int, well: bool = False) -> Setup:
    """Dropout takes what is dropped; someone gave what is kept, in three places."""
    rng = np.random.default_rng(seed)
    p = 0.05 if well else 0.95
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=rng), nn.ReLU(), nn.Dropout2d(p, rng=seed), nn.AvgPool2d(3), nn.Flatten(),
        nn.Linear(72, 24, rng=rng), nn.ReLU(), nn.Dropout(p, rng=seed + 1), nn.Linear(24, 4, rng=rng),
    )  # fmt: skip
    train, held = split(weave(seed), 250)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=20, batch_size=25)


def flowers_on_a_lead(seed: int, well: bool = False) -> Setup:
    """A penalty of a half on plain descent, which a network of two layers cannot hold against."""
    model = mlp([2, 32, 5], seed, nn.Tanh)
    train, held = split(flowers(seed), 320)
    return Setup(
        model, *train, CE(), sgd(model, 0.2, 0.9, weight_decay=0.0 if well else 0.2), held, epochs=80, batch_size=16
    )


SICK: list[Case] = [
    Case(flowers_with_a_first_layer_of_arrays, "unregistered parameters", ASKED + "weights that are not Parameters"),
    Case(goods_by_a_table_left_out, "parameters left out", LIST + "25, are all layers trained"),
    Case(goods_by_a_frozen_table, "frozen parameters", LIST + "25, unintentionally frozen"),
    Case(flowers_with_all_but_the_biases_frozen, "frozen parameters", ASKED + "requires_grad=False by name"),
    Case(flowers_of_another_network, "foreign parameters", ASKED + "optimizer = Adam(Net().parameters())"),
    Case(cloth_that_keeps_a_twentieth, "too much dropout", ASKED + "keep_prob and p"),
    Case(flowers_on_a_lead, "too much weight decay", RECIPE),
]
WELL: list[Case] = []
