"""The tuning half: ends of networks, noise, lengths and orders at fault; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
from nn import functional
from tests.nn.health.corpus import workshops as w
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, CS231N, LIST, MSE, RECIPE, adam, sgd

# Softmax where it does not belong.


def probabilities_into_a_class_loss(seed: int, well: bool = False) -> Setup:
    model = w.sensor(seed, 4, *([] if well else [nn.Softmax()]))
    return Setup(model, *w.tremors(seed), CE(), sgd(model, 0.05, 0.9), epochs=8)


def chances_of_tags_into_logits(seed: int, well: bool = False) -> Setup:
    model = w.Titles(seed, 36, 4, 12, *([] if well else [nn.Sigmoid()]))
    return Setup(model, *w.tags(seed), BCE(), adam(model, 0.005), epochs=6)


def attention_that_ends_in_chances(seed: int, well: bool = False) -> Setup:
    model = w.Glance(seed)
    model.head = model.head if well else nn.Sequential(model.head, nn.Softmax())  # type: ignore[assignment]
    return Setup(model, *w.remarks(seed), CE(), sgd(model, 0.05, 0.9), epochs=6)


def one_unit_made_a_chance(seed: int, well: bool = False) -> Setup:
    x, y = w.tremors(seed)
    model = w.sensor(seed, 1, nn.Sigmoid() if well else nn.Softmax())
    return Setup(model, x, (y[:, None] > 1).astype(np.float32), nn.BCELoss(), adam(model, 0.01), epochs=15)


class Weighing(nn.Module):
    """Steps weighed by a score each, and summed; the softmax runs over the rows, over the steps, or over the score of one step."""

    def __init__(self, seed: int, axis: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.lift, self.head = nn.Linear(2, 12, rng=rng), nn.Linear(12, 1, rng=rng)
        self.score = nn.Sequential(nn.Linear(12, 8, rng=rng), nn.Tanh(), nn.Linear(8, 1, rng=rng))
        self.axis = axis

    def forward(self, x: Any) -> Any:
        h = self.lift(x)
        weights = ag.softmax(self.score(h), axis=self.axis)
        return self.head((weights * h).sum(axis=1))


def flagged(seed: int, count: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """Ten steps with a number and a flag each; the answer is the number of the step whose flag is up."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 10, 2)) * np.array([1.0, 0.2])
    at = rng.integers(0, 10, count)
    x[np.arange(count), at, 1] += 1.5
    return x.astype(np.float32), x[np.arange(count), at, :1].astype(np.float32)


def attention_over_one_score(seed: int, well: bool = False) -> Setup:
    """The scores stand in a last axis of length one, and each weight is one."""
    model = Weighing(seed, 1 if well else -1)
    return Setup(model, *flagged(seed), MSE(), adam(model, 0.02), epochs=20)


def attention_over_the_batch(seed: int, well: bool = False) -> Setup:
    model = Weighing(seed, 1 if well else 0)
    return Setup(model, *flagged(seed), MSE(), adam(model, 0.02), epochs=20)


def mixtures_that_share_a_batch(seed: int, well: bool = False) -> Setup:
    """How much of a rock is of each of three minerals; each mineral's shares come to one over the batch."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet([0.6, 0.6, 0.6], 400)
    x = shares @ rng.normal(size=(3, 10)) + 0.05 * rng.normal(size=(400, 10))
    model = mlp([10, 24, 3], seed, nn.Tanh, nn.Softmax(1 if well else 0))
    return Setup(model, x.astype(np.float32), shares.astype(np.float32), MSE(), adam(model, 0.02), epochs=20)


# Ends that cannot give what is asked for.


def hands_behind_a_squashing(seed: int, well: bool = False) -> Setup:
    """The hand reaches 1.7, and tanh 1."""
    model = mlp([2, 40, 2], seed, nn.Tanh, *([] if well else [nn.Tanh()]))
    return Setup(model, *w.arm(seed), MSE(), adam(model, 0.01), epochs=40)


def tides_above_zero(seed: int, well: bool = False) -> Setup:
    model = w.Gauge(seed)
    model.head = model.head if well else nn.Sequential(model.head, nn.Softplus())  # type: ignore[assignment]
    return Setup(model, *w.tides(seed), MSE(), adam(model, 0.01), epochs=15)


def logits_that_are_never_negative(seed: int, well: bool = False) -> Setup:
    """A softplus behind the last layer of labels: none can be denied."""
    model = w.Titles(seed, 36, 4, 12, *([] if well else [nn.Softplus()]))
    return Setup(model, *w.tags(seed), BCE(), adam(model, 0.01), epochs=25)


def marks_up_to_five(seed: int, well: bool = False) -> Setup:
    """Marks from one to five with a sigmoid at the end."""
    x, y = w.prices(seed)
    model = mlp([4, 32, 1], seed, nn.ReLU, *([] if well else [nn.Sigmoid()]))
    return Setup(model, x, (3.0 + np.clip(y, -2, 2)).astype(np.float32), MSE(), adam(model, 0.02), epochs=30)


# Noise that hides what the inputs say.


class Shaken(nn.Module):
    """A network whose inputs are changed in training."""

    def __init__(self, seed: int, rest: nn.Module, change: Any) -> None:
        super().__init__()
        self.rest, self.change, self.rng = rest, change, np.random.default_rng(seed)

    def forward(self, x: Any) -> Any:
        return self.rest(self.change(self.rng, plain(x)) if self.training else x)


def plain(some: Any) -> np.ndarray:
    return np.asarray(some.data if isinstance(some, ag.Tensor) else some)


def bars_turned_in_augmentation(seed: int, well: bool = False) -> Setup:
    """Each picture is turned by some quarters of a circle, though which way a bar lies is what is asked."""

    def turn(rng: Any, x: Any) -> Any:
        if well:
            return x + 0.1 * rng.normal(size=x.shape).astype(np.float32)
        return np.stack([np.rot90(one, rng.integers(0, 4), (1, 2)) for one in plain(x)])

    model = Shaken(seed, w.camera(seed), turn)
    return Setup(model, *w.bars(seed), CE(), adam(model, 0.005), epochs=12)


def words_swapped_for_others(seed: int, well: bool = False) -> Setup:
    """Nine of ten words are drawn anew in training."""

    def swap(rng: Any, x: Any) -> Any:
        return np.where(rng.random(x.shape) < (0.05 if well else 0.93), rng.integers(0, 40, x.shape), plain(x))

    model = Shaken(seed, w.Titles(seed, 40, 3), swap)
    return Setup(model, *w.remarks(seed), CE(), adam(model, 0.01), epochs=12)


def gauge_with_loud_jitter(seed: int, well: bool = False) -> Setup:
    def jitter(rng: Any, x: Any) -> Any:
        return x + np.float32(0.05 if well else 4.0) * rng.normal(size=x.shape).astype(np.float32)

    model = Shaken(seed, w.Gauge(seed), jitter)
    return Setup(model, *w.tides(seed), MSE(), adam(model, 0.01), epochs=12)


# Lengths.


class Paths(nn.Module):
    """The mean state of a recurrent layer over steps, with or without those behind the end."""

    def __init__(self, seed: int, masked: bool, outputs: int = 2) -> None:
        super().__init__()
        self.cell, self.head = nn.GRU(2, 16, batch_first=True, rng=seed), nn.Linear(16, outputs, rng=seed + 1)
        self.masked = masked

    def forward(self, x: Any) -> Any:
        states = self.cell(x)[0]
        if not self.masked:
            return self.head(states[:, -1])
        ends = (np.abs(plain(x)).sum(axis=2) > 0).sum(axis=1) - 1
        return self.head(states[np.arange(len(ends)), ends])


def walks_of_many_lengths(seed: int, well: bool = False) -> Setup:
    """Steps in the plane, three to ten of sixty, with zeros behind; the answer is the last turn."""
    rng = np.random.default_rng(seed)
    x = np.zeros((400, 60, 2), np.float32)
    y = np.zeros((400, 2), np.float32)
    for k in range(400):
        n = rng.integers(3, 11)
        x[k, :n] = rng.normal(size=(n, 2))
        y[k] = x[k, n - 1] * [1, -1] + 0.5 * x[k, n - 2]
    model = Paths(seed, well)
    return Setup(model, x, y, MSE(), adam(model, 0.01), epochs=8)


class Keyed(nn.Module):
    """Attention of one query over words with places, that takes or does not take a mask, and a mean."""

    def __init__(self, seed: int, masked: bool) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words = nn.Embedding(40, 16, rng=rng)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True, rng=rng)
        self.head, self.masked = nn.Linear(16, 1, rng=rng), masked

    def forward(self, x: Any) -> Any:
        empty = plain(x) == 0
        h = self.words(x)
        h = h + self.attention(h, h, h, key_padding_mask=empty if self.masked else None)[0]
        if not self.masked:
            return self.head(h.mean(axis=1))
        kept = (~empty)[:, :, None].astype(np.float32)
        return self.head((h * kept).sum(axis=1) / kept.sum(axis=1))


def mean_marks_of_short_lists(seed: int, well: bool = False) -> Setup:
    """The mean worth of one to twenty-four things; the zeros behind count with them."""
    rng = np.random.default_rng(seed)
    worth = rng.normal(size=40)
    x, y = np.zeros((600, 48), int), np.zeros((600, 1), np.float32)
    for k in range(600):
        n = rng.integers(1, 4) if k % 2 else rng.integers(10, 25)
        x[k, :n] = rng.integers(1, 40, n)
        y[k] = 1.5 * worth[x[k, :n]].mean() + 0.5
    model = Keyed(seed, well)
    return Setup(model, x, y, MSE(), adam(model, 0.01), epochs=12)


# Orders.


class Places(nn.Module):
    """A network for each step, and the mean of the steps; with or without the time of each."""

    def __init__(self, seed: int, timed: bool, outputs: int) -> None:
        super().__init__()
        self.step = mlp([2 if timed else 1, 24, 16], seed, nn.Tanh)
        self.head, self.timed = nn.Linear(16, outputs, rng=seed + 1), timed

    def forward(self, x: Any) -> Any:
        if self.timed:
            time = np.broadcast_to(np.linspace(-1, 1, x.shape[1])[None, :, None], x.shape).astype(np.float32)
            x = ag.concatenate([x, time], axis=2)
        return self.head(functional.tanh(self.step(x)).mean(axis=1))


def when_the_peak_comes(seed: int, well: bool = False) -> Setup:
    """A peak in a curve: when it comes and how high it is, of which a mean sees the second only."""
    rng = np.random.default_rng(seed)
    at, high = rng.uniform(-0.8, 0.8, (400, 1)), rng.uniform(1, 2, (400, 1))
    x = high * np.exp(-((np.linspace(-1, 1, 20) - at) ** 2) / 0.05) + 0.05 * rng.normal(size=(400, 20))
    y = np.hstack([2.0 * at, 3.0 * (high - 1.5)])
    model = Places(seed, well, 2)
    x, y = x[:, :, None].astype(np.float32), y.astype(np.float32)
    return Setup(model, x, y, MSE(), adam(model, 0.01), epochs=25)


def where_a_blot_lies(seed: int, well: bool = False) -> Setup:
    """Each filter's mean over the picture, where its place is what is asked for."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(-1, 1, (400, 2))
    grid = np.linspace(-1, 1, 9)
    far = (grid[None, :, None] - 0.6 * at[:, :1, None]) ** 2 + (grid[None, None] - 0.6 * at[:, 1:, None]) ** 2
    x = (2.0 * np.exp(-far / 0.08) + 0.2 * rng.normal(size=far.shape))[:, None].astype(np.float32)
    after = [nn.Flatten(), nn.Linear(12 * 9, 2, rng=seed)] if well else [nn.Flatten(), nn.Linear(12, 2, rng=seed)]
    model = nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1, padding_mode="circular", rng=seed), nn.ReLU(), nn.AdaptiveAvgPool2d(3 if well else 1), *after
    )  # fmt: skip
    return Setup(model, x, (1.7 * at).astype(np.float32), MSE(), adam(model, 0.01), epochs=15)


SICK: list[Case] = [
    Case(probabilities_into_a_class_loss, "double softmax", ASKED + "Softmax before CrossEntropyLoss"),
    Case(chances_of_tags_into_logits, "double softmax", RECIPE),
    Case(attention_that_ends_in_chances, "double softmax", ASKED + "softmax at the end of a transformer"),
    Case(one_unit_made_a_chance, "softmax over one unit", ASKED + "output is always 1"),
    Case(attention_over_one_score, "softmax over one unit", ASKED + "attention weights are all ones"),
    Case(attention_over_the_batch, "softmax over rows", ASKED + "attention with softmax along dim 0"),
    Case(mixtures_that_share_a_batch, "softmax over rows", ASKED + "implicit dimension of softmax"),
    Case(hands_behind_a_squashing, "output range", ASKED + "tanh at the end of a regression"),
    Case(tides_above_zero, "output range", ASKED + "predictions are never negative"),
    Case(logits_that_are_never_negative, "output range", RECIPE),
    Case(marks_up_to_five, "output range", ASKED + "sigmoid and ratings from 1 to 5"),
    Case(bars_turned_in_augmentation, "too much noise", LIST + "14"),
    Case(words_swapped_for_others, "too much noise", LIST + "14"),
    Case(gauge_with_loud_jitter, "too much noise", CS231N),
    Case(walks_of_many_lengths, "padding not masked", ASKED + "last state of padded sequences"),
    Case(mean_marks_of_short_lists, "padding not masked", ASKED + "mean over padded embeddings"),
    Case(when_the_peak_comes, "order ignored", ASKED + "deep set on a series"),
    Case(where_a_blot_lies, "order ignored", ASKED + "global average pooling for localisation"),
]
WELL: list[Case] = []
