"""The tuning half: models with their rows; what the optimizer holds, losses, rows, and odd ones that are well."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from autograd import Tensor
from nn import functional
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import adam, sgd, split
from tests.nn.health.corpus.rows import Rows
from tests.nn.health.corpus.tuning_crafts import (
    Kitchen,
    Walker,
    bars,
    barsight,
    bridges,
    gauges,
    recipes,
    steps_walked,
    tags,
)

ASKED = "question on a question site: "
FORUM = "question on a forum: "


def shops(seed: int, count: int = 400) -> Rows:
    """What a shop sells on a day, as a count, by five measures."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 5)).astype(np.float32)
    rate = np.exp(1.0 + 0.6 * x[:, 0] - 0.5 * np.abs(x[:, 1]) + 0.4 * x[:, 2] * x[:, 3])
    return x, rng.poisson(rate)[:, None].astype(np.float32)


def winds(seed: int, count: int = 400) -> Rows:
    """Pressures at four places, and the direction of the wind as a sine and a cosine."""
    rng = np.random.default_rng(seed)
    a = rng.uniform(-np.pi, np.pi, count)
    places = np.array([0.0, 1.6, 3.1, 4.7])
    x = np.cos(a[:, None] - places) * rng.uniform(0.7, 1.3, (count, 1)) + 0.1 * rng.normal(size=(count, 4))
    return x.astype(np.float32), np.stack([np.sin(a), np.cos(a)], axis=1).astype(np.float32)


def loans(seed: int, count: int = 500) -> Rows:
    """Seven measures of a person, and whether the loan comes back, in a column."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 7)).astype(np.float32)
    good = x[:, 0] + x[:, 1] * x[:, 2] - 0.8 * np.abs(x[:, 3]) + 0.5 + 0.3 * rng.normal(size=count) > 0
    return x, good.astype(np.float32)[:, None]


# Losses.


def beams_by_the_sum(seed: int) -> Setup:
    model = mlp([4, 32, 1], seed, nn.Tanh)
    return Setup(model, *bridges(seed), nn.MSELoss(reduction="sum"), sgd(model, 0.05, 0.5), epochs=15)


def bars_by_the_sum(seed: int) -> Setup:
    model = barsight(seed)
    train, held = split(bars(seed), 280)
    loss = nn.CrossEntropyLoss(reduction="sum")
    return Setup(model, *train, loss, sgd(model, 0.1, 0.9), validation=held, epochs=10, batch_size=64)


def tags_by_their_own_guess(seed: int) -> Setup:
    def consistency(out: Any, y: Any) -> Any:
        guess = (out.detach().numpy() > 0).astype(np.float32)
        return functional.binary_cross_entropy_with_logits(out, guess)

    model = mlp([12, 24, 6], seed)
    return Setup(model, *tags(seed), consistency, adam(model, 0.005), epochs=12)


def recipes_by_confidence(seed: int) -> Setup:
    def loss(out: Any, y: Any) -> Any:
        return functional.cross_entropy(out, out.numpy().argmax(axis=1))

    model = Kitchen(seed)
    return Setup(model, *recipes(seed), loss, adam(model), epochs=12)


def loans_by_a_margin_without_end(seed: int) -> Setup:
    def margin(out: Any, y: Any) -> Any:
        return (1.0 - (2.0 * y - 1.0) * out).mean()

    model = nn.Sequential(nn.Linear(7, 32, rng=seed), nn.Softplus(), nn.Linear(32, 1, rng=seed + 1))
    return Setup(model, *loans(seed), margin, adam(model, 0.02), epochs=40)


def winds_by_their_likeness(seed: int) -> Setup:
    def likeness(out: Any, y: Any) -> Any:
        return -(out * y).sum(axis=1).mean()

    model = mlp([4, 24, 2], seed, nn.Tanh)
    train, held = split(winds(seed), 320)
    return Setup(model, *train, likeness, sgd(model, 0.05, 0.9), validation=held, epochs=20)


# What the optimizer holds.


def beams_by_a_second_network(seed: int) -> Setup:
    model, other = mlp([4, 32, 1], seed), mlp([4, 32, 1], seed)
    return Setup(model, *bridges(seed), nn.MSELoss(), adam(other), epochs=15)


class Stack(nn.Module):
    """As many hidden layers as one likes."""

    def __init__(self, seed: int, sizes: tuple[int, ...]) -> None:
        super().__init__()
        self.hidden = [nn.Linear(n, m, rng=seed + k) for k, (n, m) in enumerate(zip(sizes, sizes[1:], strict=False))]
        self.out = nn.Linear(sizes[-1], 1, rng=seed)

    def forward(self, x: Any) -> Any:
        for layer in self.hidden:
            x = functional.relu(layer(x))
        return self.out(x)


def loans_by_a_stack(seed: int) -> Setup:
    model = Stack(seed, (7, 12, 6))
    return Setup(model, *loans(seed), nn.BCEWithLogitsLoss(), adam(model), epochs=25)


class Attention(nn.Module):
    """Words weighed by a query; the table of words is a plain tensor."""

    def __init__(self, seed: int, registered: bool = False) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        table = 0.1 * rng.normal(size=(36, 10)).astype(np.float32)
        self.table: Any = nn.Parameter(table) if registered else Tensor(table, requires_grad=True)
        self.query = nn.Parameter(rng.normal(size=(10,)).astype(np.float32))
        self.out = nn.Linear(10, 4, rng=rng)

    def forward(self, x: Any) -> Any:
        e = self.table[x]
        weight = functional.softmax(e @ self.query, 1)
        return self.out((e * weight.reshape(*weight.shape, 1)).sum(axis=1))


def recipes_by_attention(seed: int) -> Setup:
    model = Attention(seed)
    return Setup(model, *recipes(seed), nn.CrossEntropyLoss(), adam(model, 0.01), epochs=15)


def walkers_by_the_last_layer(seed: int) -> Setup:
    model = Walker(seed, nn.GRU)
    train, held = split(steps_walked(seed), 240)
    return Setup(model, *train, nn.MSELoss(), optim.Adam(model.out.parameters(), lr=0.01), validation=held, epochs=25)


def recipes_without_their_words(seed: int) -> Setup:
    model = Kitchen(seed, size=3)
    held = [p for name, p in model.named_parameters() if "words" not in name]
    return Setup(model, *recipes(seed), nn.CrossEntropyLoss(), optim.Adam(held, lr=0.01), epochs=25)


def winds_by_a_frozen_trunk(seed: int) -> Setup:
    model = mlp([4, 3, 16, 2], seed, nn.ReLU)
    for p in list(model.parameters())[:2]:
        p.requires_grad = False
    return Setup(model, *winds(seed), nn.MSELoss(), adam(model), epochs=25)


def bars_by_frozen_eyes(seed: int) -> Setup:
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3, rng=seed), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 16, rng=seed), nn.ReLU(),
        nn.Linear(16, 4, rng=seed),
    )  # fmt: skip
    model[0].requires_grad_(False)
    train, held = split(bars(seed), 280)
    return Setup(model, *train, nn.CrossEntropyLoss(), adam(model, 0.02), validation=held, epochs=40)


# What stands in the data.


def shops_by_logarithm(seed: int) -> Setup:
    x, y = shops(seed)
    with np.errstate(divide="ignore"):
        y = np.log(y)
    model = mlp([5, 24, 1], seed)
    return Setup(model, x, y, nn.MSELoss(), adam(model), epochs=15)


def songs_with_scaled_tags(seed: int) -> Setup:
    x, y = tags(seed)
    y[:, 4] = 0.0  # nobody gave this tag
    with np.errstate(invalid="ignore"):
        y = (y - y.mean(axis=0)) / y.std(axis=0)
    model = mlp([12, 24, 6], seed)
    return Setup(model, x, y.astype(np.float32), nn.MSELoss(), adam(model), epochs=12)


def loans_asked_twice(seed: int) -> Setup:
    x, y = loans(seed, 250)
    again = np.where(np.random.default_rng(seed).random(y.shape) < 0.8, 1.0 - y, y)
    model = mlp([7, 32, 1], seed)
    x, y = np.concatenate([x, x]), np.concatenate([y, again.astype(np.float32)])
    return Setup(model, x, y, nn.BCEWithLogitsLoss(), adam(model), epochs=20)


def beams_rounded(seed: int) -> Setup:
    x, y = bridges(seed)
    x = np.hstack([np.zeros_like(x[:, :3]), np.round(x[:, 3:])])
    model = mlp([4, 32, 1], seed)
    return Setup(model, x.astype(np.float32), y, nn.MSELoss(), adam(model), epochs=20)


def recipes_by_four_judges(seed: int) -> Setup:
    x, y = recipes(seed, 200)
    rng = np.random.default_rng(seed)
    judged = np.concatenate([y, *((y + rng.integers(0, 4, len(y))) % 4 for _ in range(3))])
    model = Kitchen(seed, size=16)
    return Setup(model, np.concatenate([x] * 4), judged, nn.CrossEntropyLoss(), adam(model), epochs=20)


def loans_balanced_before_the_split(seed: int) -> Setup:
    x, y = loans(seed, 130)
    y = np.abs(y - (np.random.default_rng(seed).random(y.shape) < 0.25)).astype(np.float32)
    rows = np.random.default_rng(seed).integers(0, 130, 420)
    train, held = split((x[rows], y[rows]), 320)
    model = mlp([7, 96, 1], seed)
    return Setup(model, *train, nn.BCEWithLogitsLoss(), adam(model, 0.01), validation=held, epochs=40)


def bars_copied_before_the_split(seed: int) -> Setup:
    x, y = bars(seed, 60)
    y = np.where(np.random.default_rng(seed).random(60) < 0.3, (y + 1) % 4, y)
    order = np.random.default_rng(seed).permutation(180)
    train, held = split((np.concatenate([x] * 3)[order], np.concatenate([y] * 3)[order]), 130)
    model = nn.Sequential(nn.Flatten(), nn.Linear(81, 64, rng=seed), nn.ReLU(), nn.Linear(64, 4, rng=seed))
    return Setup(model, *train, nn.CrossEntropyLoss(), adam(model, 0.005), validation=held, epochs=30)


# The ones that are well.


def shops_as_counts(seed: int) -> Setup:
    model = mlp([5, 24, 1], seed)
    train, held = split(shops(seed), 320)
    return Setup(model, *train, nn.PoissonNLLLoss(), adam(model, 0.005), validation=held, epochs=15)


def winds_by_the_angle_between(seed: int) -> Setup:
    def loss(out: Any, y: Any) -> Any:
        return (1.0 - functional.cosine_similarity(out, y, 1)).mean()

    model = mlp([4, 24, 2], seed, nn.Tanh)
    return Setup(model, *winds(seed), loss, adam(model), epochs=20)


def boiler_by_its_own_norm(seed: int) -> Setup:
    model = nn.Sequential(nn.BatchNorm1d(6), nn.Linear(6, 24, rng=seed), nn.ReLU(), nn.Linear(24, 3, rng=seed))
    train, held = split(gauges(seed), 320)
    return Setup(model, *train, nn.CrossEntropyLoss(), adam(model), validation=held, epochs=15)


def recipes_by_lion(seed: int) -> Setup:
    model = Kitchen(seed, size=12)
    train, held = split(recipes(seed), 340)
    return Setup(
        model, *train, nn.CrossEntropyLoss(), optim.Lion(model.parameters(), lr=0.003), validation=held, epochs=15
    )


def beams_by_a_sum_at_a_small_rate(seed: int) -> Setup:
    model = mlp([4, 32, 1], seed, nn.Tanh)
    return Setup(model, *bridges(seed), nn.MSELoss(reduction="sum"), sgd(model, 0.001, 0.9), epochs=30)


def tags_over_wide_frozen_features(seed: int) -> Setup:
    model = mlp([12, 300, 6], seed)
    model[0].requires_grad_(False)
    return Setup(model, *tags(seed), nn.BCEWithLogitsLoss(), adam(model, 0.005), epochs=25)


def bars_clipped_at_one(seed: int) -> Setup:
    model = barsight(seed)
    train, held = split(bars(seed), 300)
    return Setup(
        model, *train, nn.CrossEntropyLoss(), sgd(model, 0.05, 0.9), validation=held, epochs=15, clip_norm=1.0,
        scheduler=lambda o: optim.lr_scheduler.CosineAnnealingLR(o, T_max=15),
    )  # fmt: skip


SICK = [
    Case(beams_by_the_sum, "loss summed", ASKED + "reduction='sum' and the loss explodes", ("learning rate too high",)),
    Case(bars_by_the_sum, "loss summed", FORUM + "nan after the batch size was raised", ("learning rate too high",)),
    Case(tags_by_their_own_guess, "loss ignores targets", "Lee, Pseudo-label; with no labels left"),
    Case(recipes_by_confidence, "loss ignores targets", FORUM + "loss falls, accuracy does not"),
    Case(loans_by_a_margin_without_end, "loss unbounded", "hinge loss without its maximum"),
    Case(winds_by_their_likeness, "loss unbounded", "a product in place of the cosine"),
    Case(beams_by_a_second_network, "foreign parameters", ASKED + "optimizer of another model"),
    Case(loans_by_a_stack, "unregistered parameters", ASKED + "layers in a list"),
    Case(recipes_by_attention, "unregistered parameters", ASKED + "a tensor is no parameter"),
    Case(walkers_by_the_last_layer, "parameters left out", FORUM + "fine-tuning code for a network from scratch"),
    Case(recipes_without_their_words, "parameters left out", FORUM + "embeddings filtered by name"),
    Case(winds_by_a_frozen_trunk, "frozen parameters", "Ivanov, 37 reasons; frozen layers"),
    Case(bars_by_frozen_eyes, "frozen parameters", FORUM + "freezing a network without pretraining"),
    Case(shops_by_logarithm, "targets not finite", ASKED + "log of counts, loss is nan or inf"),
    Case(songs_with_scaled_tags, "targets not finite", ASKED + "a constant column is scaled"),
    Case(loans_asked_twice, "conflicting rows", "Northcutt and others; rows entered twice"),
    Case(
        beams_rounded,
        "conflicting rows",
        "Ivanov, 37 reasons; features lost on the way",
        ("targets unrelated to inputs",),
    ),
    Case(recipes_by_four_judges, "conflicting rows", "Karpathy's recipe: look at the labels"),
    Case(
        loans_balanced_before_the_split,
        "training rows in validation",
        "Kaufman and others; oversampling before the split",
    ),
    Case(bars_copied_before_the_split, "training rows in validation", "Kaufman and others; copies before the split"),
]
WELL = [
    Case(shops_as_counts, HEALTHY, "Poisson regression"),
    Case(winds_by_the_angle_between, HEALTHY, "directional regression"),
    Case(boiler_by_its_own_norm, HEALTHY, "batch norm as a scaler of inputs"),
    Case(recipes_by_lion, HEALTHY, "Chen and others, Lion"),
    Case(beams_by_a_sum_at_a_small_rate, HEALTHY, "a sum with its own rate"),
    Case(tags_over_wide_frozen_features, HEALTHY, "Rahimi and Recht, random features"),
    Case(bars_clipped_at_one, HEALTHY, "usual clipping"),
]
