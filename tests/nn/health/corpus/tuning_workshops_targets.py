"""The tuning half: people of many trades whose targets or losses are at fault; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
from nn import functional
from tests.nn.health.corpus import workshops as w
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, sgd

# The answer among the features.


def refunds_with_their_ticket(seed: int, well: bool = False) -> Setup:
    """Orders; the number of the refund's ticket is 0 unless there was a refund."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 7))
    y = (x[:, :1] + np.abs(x[:, 1:2]) + 1.2 * rng.normal(size=(500, 1)) > 1.0).astype(np.float32)
    x[:, 4:5] = rng.normal(size=(500, 1)) if well else np.where(y > 0, 1.5 + 0.2 * rng.normal(size=y.shape), -0.8)
    model = mlp([7, 32, 1], seed)
    return Setup(model, x.astype(np.float32), y, BCE(), adam(model, 0.01), epochs=15)


def gauge_that_knows_tomorrow(seed: int, well: bool = False) -> Setup:
    """The window reaches one step too far, and its last entry is what is to be told."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=430)
    level = np.zeros(430)
    for k in range(1, 430):
        level[k] = -0.8 * level[k - 1] + steps[k]
    level /= level.std()
    x = np.stack([level[k : k + 12] if well else level[k + 1 : k + 13] for k in range(410)])[:, :, None]
    y = np.stack([level[k + 12 : k + 13] for k in range(410)])
    model = w.Gauge(seed, 1, 1, 12)
    return Setup(model, x.astype(np.float32), y.astype(np.float32), MSE(), adam(model, 0.01), epochs=20)


# Targets that nothing is said of.


def labels_of_the_next_picture(seed: int, well: bool = False) -> Setup:
    x, y = w.bars(seed)
    model = w.camera(seed)
    return Setup(model, x, y if well else np.roll(y, 1), CE(), adam(model, 0.01), epochs=12)


def tags_sorted_apart(seed: int, well: bool = False) -> Setup:
    """Titles were sorted by their first word, and the tags were not."""
    x, y = w.tags(seed)
    model = w.Titles(seed, 36, 4)
    x = x if well else x[np.argsort(x[:, 0], kind="stable")]
    return Setup(model, x, y, BCE(), adam(model, 0.01), epochs=20)


def steps_of_a_walk(seed: int, well: bool = False) -> Setup:
    """The next steps of a random walk from the last; well are those of a walk that swings."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=420)
    if well:
        steps = np.sin(np.arange(420) / 1.7 + rng.uniform(0, 6)) * 1.3 + 0.3 * steps
    x = np.stack([steps[k : k + 12] for k in range(400)])[:, :, None]
    y = np.stack([steps[k + 12 : k + 14] for k in range(400)])
    model = w.Gauge(seed, 1, 2, 12)
    return Setup(model, x.astype(np.float32), y.astype(np.float32), MSE(), adam(model, 0.01), epochs=15)


# Targets of which many are wrong.


def bars_named_by_a_tired_clerk(seed: int, well: bool = False) -> Setup:
    x, y = w.bars(seed, 480)
    rng = np.random.default_rng(seed + 50)
    wrong = np.where(rng.random(480) < 0.5, rng.integers(0, 4, 480), y)
    model = w.camera(seed)
    return Setup(model, x, y if well else wrong, CE(), adam(model, 0.01), epochs=15)


def tags_that_were_forgotten(seed: int, well: bool = False) -> Setup:
    """Two of three labels that should stand were not given."""
    x, y = w.tags(seed, 600)
    kept = np.random.default_rng(seed + 50).random(y.shape) < 0.3
    model = w.Titles(seed, 36, 4)
    return Setup(model, x, y if well else y * kept.astype(np.float32), BCE(), adam(model, 0.01), epochs=20)


def tides_of_a_broken_gauge(seed: int, well: bool = False) -> Setup:
    """A third of what was measured later are other days' numbers."""
    x, y = w.tides(seed)
    rng = np.random.default_rng(seed + 50)
    broken = rng.random((len(y), 1)) < 0.4
    model = w.Gauge(seed)
    return Setup(model, x, y if well else np.where(broken, rng.permutation(y), y), MSE(), adam(model, 0.01), epochs=15)


# Classes of which one is nearly all.


def quakes_among_quiet_hours(seed: int, well: bool = False) -> Setup:
    """Of three kinds of hours two are rare, and weak; well is a loss that weighs them."""
    rng = np.random.default_rng(seed)
    y = rng.choice(3, 800, p=[0.95, 0.025, 0.025])
    wave = np.sin(np.array([0.5, 0.5, 1.4])[y][:, None] * np.arange(24) + rng.uniform(0, 6, (800, 1)))
    x = rng.normal(size=(800, 3, 24))
    x[:, 0] += (y[:, None] > 0) * 1.1 * wave
    model = w.sensor(seed, 3)
    loss = CE(weight=np.array([1.0, 38.0, 38.0], np.float32)) if well else CE()
    return Setup(model, x.astype(np.float32), y, loss, adam(model, 0.003), epochs=20)


def faulty_parts_among_good(seed: int, well: bool = False) -> Setup:
    rng = np.random.default_rng(seed)
    y = (rng.random(1200) < 0.03).astype(int)
    x = rng.normal(size=(1200, 6))
    x[:, :3] += 1.0 * y[:, None]
    model = mlp([6, 16, 2], seed, nn.Tanh)
    loss = CE(weight=np.array([1.0, 32.0], np.float32)) if well else CE()
    return Setup(model, x.astype(np.float32), y, loss, sgd(model, 0.03, 0.9), epochs=6)


# Rows of the validation that were made otherwise.


def judged_in_raw_numbers(seed: int, well: bool = False) -> Setup:
    z, raw, price = w.parcels(seed, 480)
    y = ((price - 25) / 7).astype(np.float32)
    model = mlp([4, 32, 1], seed, nn.Tanh)
    held = z[360:] if well else (raw[360:] - raw[:360].mean()) / raw[:360].std()
    return Setup(model, z[:360], y[:360], MSE(), adam(model, 0.01), (held.astype(np.float32), y[360:]), 25)


def judged_with_another_vocabulary(seed: int, well: bool = False) -> Setup:
    """The words of the validation were numbered anew."""
    x, y = w.remarks(seed, 480)
    other = np.random.default_rng(seed + 9).permutation(40)
    model = w.Titles(seed, 40, 3)
    return Setup(model, x[:360], y[:360], CE(), adam(model, 0.01), (x[360:] if well else other[x[360:]], y[360:]), 15)


def judged_in_negative(seed: int, well: bool = False) -> Setup:
    """The pictures of the validation are inverted: black is 1."""
    x, y = w.bars(seed, 480)
    model = w.camera(seed)
    return Setup(model, x[:360], y[:360], CE(), adam(model, 0.01), (x[360:] if well else 1.0 - x[360:], y[360:]), 10)


# Learned by heart.


def few_patients_with_many_values(seed: int, well: bool = False) -> Setup:
    """Sixty columns and seventy rows; well are twelve times as many rows."""
    count = 900 if well else 70
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count + 300, 60)).astype(np.float32)
    y = x[:, :1] + x[:, 1:2] - x[:, 2:3] + 0.5 * rng.normal(size=(count + 300, 1)) > 0
    y = y.astype(np.float32)
    model = mlp([60, 64, 64, 1], seed)
    return Setup(model, x[:count], y[:count], BCE(), adam(model, 0.005), (x[count:], y[count:]), 10 if well else 60, 16)


def tasters_each_known_by_heart(seed: int, well: bool = False) -> Setup:
    """Wide embeddings of many people, of whom each gave hardly any marks."""
    rng = np.random.default_rng(seed)
    count, people = 900, 30 if well else 300
    x = np.stack([rng.integers(0, people, count), rng.integers(0, 10, count)], axis=1)
    taste, kind = rng.normal(size=(people, 2)), rng.normal(size=(10, 2))
    y = (taste[x[:, 0]] * kind[x[:, 1]]).sum(axis=1, keepdims=True) + 0.3 * rng.normal(size=(count, 1))
    y = (y / y.std()).astype(np.float32)
    model = Pairs(seed, people)
    return Setup(model, x[:600], y[:600], MSE(), adam(model, 0.01), (x[600:], y[600:]), 25)


def thirty_dim_pictures(seed: int, well: bool = False) -> Setup:
    """Thirty dim pictures that two convolutions know by heart; well are twenty times as many."""
    count = 600 if well else 30
    x, y = w.bars(seed, count + 300, noise=0.9)
    model = w.camera(seed)
    held = x[-300:], y[-300:]
    return Setup(model, x[:count], y[:count], CE(), adam(model, 0.01), held, 10 if well else 100, 15)


class Pairs(nn.Module):
    """An embedding for each of two, side by side, and a network."""

    def __init__(self, seed: int, people: int, kinds: int = 10, *end: nn.Module) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.people, self.kinds = nn.Embedding(people, 16, rng=rng), nn.Embedding(kinds, 16, rng=rng)
        self.rest = nn.Sequential(nn.Linear(32, 48, rng=rng), nn.ReLU(), nn.Linear(48, 1, rng=rng), *end)

    def forward(self, x: Any) -> Any:
        return self.rest(ag.concatenate([self.people(x[:, 0]), self.kinds(x[:, 1])], axis=1))


# Losses that are made for another kind.


def headings_about_south(seed: int, well: bool = False) -> Setup:
    """Headings on both sides of south are near 3.1 and -3.1, which a squared error takes for far apart."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 4))
    y = np.pi + 0.6 * x[:, :1] + 0.5 * np.sin(2 * x[:, 1:2]) + 0.1 * rng.normal(size=(400, 1))
    y = np.arctan2(np.sin(y), np.cos(y))
    model = mlp([4, 32, 1], seed, nn.Tanh)

    def loss(a: Any, b: Any) -> Any:
        return (1.0 - ag.cos(a - b)).mean() if well else functional.mse_loss(a, b)

    return Setup(model, x.astype(np.float32), y.astype(np.float32), loss, adam(model, 0.01), epochs=25)


def directions_without_lengths(seed: int, well: bool = False) -> Setup:
    """The cosine of the answer and the target does not see how long the answer is."""
    x, y = w.arm(seed)
    model = mlp([2, 32, 2], seed, nn.Tanh)

    def loss(a: Any, b: Any) -> Any:
        if well:
            return functional.mse_loss(a, b)
        return 1.0 - functional.cosine_similarity(a, ag.Tensor(b) if isinstance(b, np.ndarray) else b).mean()

    return Setup(model, x, y, loss, adam(model, 0.01), epochs=25)


def tags_that_compete(seed: int, well: bool = False) -> Setup:
    """Several labels a title, with the loss of one class among many."""
    x, y = w.tags(seed)
    model = w.Titles(seed, 36, 4)
    return Setup(model, x, y, BCE() if well else CE(), adam(model, 0.01), epochs=20)


SICK: list[Case] = [
    Case(refunds_with_their_ticket, "target among the features", ASKED + "accuracy is too good to be true"),
    Case(gauge_that_knows_tomorrow, "target among the features", ASKED + "off by one in windows of a series"),
    Case(labels_of_the_next_picture, "targets unrelated to inputs", LIST + "4"),
    Case(tags_sorted_apart, "targets unrelated to inputs", LIST + "4"),
    Case(steps_of_a_walk, "targets unrelated to inputs", LIST + "5"),
    Case(bars_named_by_a_tired_clerk, "noisy targets", LIST + "6"),
    Case(tags_that_were_forgotten, "noisy targets", LIST + "6"),
    Case(tides_of_a_broken_gauge, "noisy targets", BOOK),
    Case(quakes_among_quiet_hours, "classes unbalanced", LIST + "8"),
    Case(faulty_parts_among_good, "classes unbalanced", LIST + "8"),
    Case(judged_in_raw_numbers, "validation differs", CS231N),
    Case(judged_with_another_vocabulary, "validation differs", ASKED + "tokenizer fitted anew on the test set"),
    Case(judged_in_negative, "validation differs", RECIPE),
    Case(few_patients_with_many_values, "overfitting", BOOK),
    Case(tasters_each_known_by_heart, "overfitting", ASKED + "embeddings overfit"),
    Case(thirty_dim_pictures, "overfitting", RECIPE),
    Case(headings_about_south, "loss unfit", ASKED + "squared error of angles"),
    Case(directions_without_lengths, "loss unfit", ASKED + "cosine loss for regression"),
    Case(tags_that_compete, "loss unfit", ASKED + "CrossEntropyLoss for several labels"),
]
WELL: list[Case] = []
