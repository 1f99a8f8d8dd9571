"""The tuning half: sequences of different lengths whose padding is read, and places that a mean over them loses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nn
from nn import functional
from tests.nn.health.corpus import rows
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.tuning_calm import adam

F = functional
WIDTH = 24


def spells(seed: int, count: int = 400, least: int = 2, most: int = 20, width: int = WIDTH) -> tuple[Any, Any]:
    """Days of a spell, as three numbers each, and how many there are; zeros after them."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(least, most + 1, count)
    x = rng.normal(size=(count, width, 3)).astype(np.float32)
    x[np.arange(width) >= lengths[:, None]] = 0.0
    return x, lengths


def last_of(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return np.asarray(x[np.arange(len(x)), lengths - 1])


def means_of(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return np.asarray(x.sum(axis=1) / lengths[:, None])


class Last(nn.Module):
    """The last state of a recurrent layer."""

    def __init__(self, seed: int, kind: Any, outputs: int = 1) -> None:
        super().__init__()
        self.cell = kind(3, 16, batch_first=True, rng=seed)
        self.out = nn.Linear(16, outputs, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.out(self.cell(x)[0][:, -1])


def last_day_by_an_lstm(seed: int) -> Setup:
    x, lengths = spells(seed)
    model = Last(seed, nn.LSTM)
    return Setup(model, x, last_of(x, lengths)[:, :1], nn.MSELoss(), adam(model, 0.01), epochs=12)


def last_signs_by_a_gru(seed: int) -> Setup:
    x, lengths = spells(seed, most=10, width=40)
    y = (last_of(x, lengths)[:, 1] > 0.0).astype(np.int64)
    model = Last(seed, nn.GRU, 2)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model, 0.003), epochs=12)


class Mean(nn.Module):
    """The mean over all places of what is made of each."""

    def __init__(self, seed: int, attends: bool = False) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.lift = nn.Linear(3, 16, rng=rng)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True, rng=rng) if attends else None
        self.out = nn.Linear(16, 1, rng=rng)

    def forward(self, x: Any) -> Any:
        h = functional.relu(self.lift(x))
        if self.attention is not None:
            h = h + self.attention(h, h, h)[0]
        return self.out(h.mean(axis=1))


def usual_day_by_means(seed: int) -> Setup:
    """What a day is on average, of spells of one day to forty."""
    x, lengths = spells(seed, least=1, most=30, width=40)
    lengths = np.maximum((lengths / 30.0) ** 3 * 38, 1).astype(int)
    x[np.arange(40) >= lengths[:, None]] = 0.0
    model = Mean(seed)
    return Setup(model, x, means_of(x, lengths)[:, :1], nn.MSELoss(), adam(model, 0.01), epochs=20)


class Words(nn.Module):
    """Words of which the first stands for nothing, and the mean of what attention or a layer makes of them."""

    def __init__(self, seed: int, attends: bool, masks: bool = False) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.masks = masks
        self.words, self.up = nn.Embedding(30, 16, rng=rng), nn.Linear(16, 24, rng=rng)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True, rng=rng) if attends else None
        self.out = nn.Linear(24, 1, rng=rng)

    def forward(self, x: Any) -> Any:
        h, real = self.words(x), (np.asarray(x) != 0).astype(np.float32)
        if self.attention is not None:
            mask = real == 0.0 if self.masks else None
            h = h + self.attention(h, h, h, key_padding_mask=mask)[0]
        h = functional.relu(self.up(h))
        if self.masks:
            return self.out((h * real[:, :, None]).sum(axis=1) / real.sum(axis=1, keepdims=True))
        return self.out(h.mean(axis=1))


def shares_of_words(seed: int, count: int = 400, width: int = 60) -> rows.Rows:
    """Which share of the words of a text is of the good ones: a text of a few words or of many."""
    rng = np.random.default_rng(seed)
    x, y = np.zeros((count, width), int), np.zeros((count, 1), np.float32)
    for k in range(count):
        n, share = min(1 + int(rng.exponential(6.0)), width), rng.random()
        good = rng.random(n) < share
        x[k, :n] = np.where(good, rng.integers(1, 15, n), rng.integers(15, 30, n))
        y[k] = 2.0 * good.mean() - 1.0
    return x, y


def share_of_good_words_by_means(seed: int) -> Setup:
    model = Words(seed, False)
    return Setup(model, *shares_of_words(seed), nn.MSELoss(), adam(model, 0.005), epochs=12)


def share_of_good_words_masked(seed: int) -> Setup:
    model = Words(seed, True, masks=True)
    return Setup(model, *shares_of_words(seed), nn.MSELoss(), adam(model, 0.005), epochs=20)


def largest_day_by_maxima(seed: int) -> Setup:
    """Zeros behind are no trouble where only the largest counts."""
    x, _ = spells(seed, least=4)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        Swapped(),
        nn.Conv1d(3, 16, 1, rng=rng),
        nn.ReLU(),
        nn.AdaptiveMaxPool1d(1),
        nn.Flatten(),
        nn.Linear(16, 1, rng=rng),
    )
    return Setup(model, x, x.max(axis=1)[:, :1], nn.MSELoss(), adam(model, 0.01), epochs=40)


def sums_of_days_by_a_gru(seed: int) -> Setup:
    x, _ = spells(seed, most=8, width=12)
    model = Last(seed, nn.GRU)
    return Setup(model, x, x.sum(axis=1)[:, :1] / 2.0, nn.MSELoss(), adam(model, 0.01), epochs=40)


class Swapped(nn.Module):
    """(rows, steps, features) as convolutions take it."""

    def forward(self, x: Any) -> Any:
        return x.swapaxes(1, 2)


# Places that matter, and that a mean or a maximum over all of them loses.


def bumps(seed: int, count: int = 400, length: int = 24) -> rows.Rows:
    """Signals of one channel with a bump: in which third it is."""
    rng = np.random.default_rng(seed)
    y, x = rng.integers(0, 3, count), 0.3 * rng.normal(size=(count, 1, length))
    for k in range(count):
        at = 8 * y[k] + rng.integers(0, 5)
        x[k, 0, at : at + 4] += 2.0
    return x.astype(np.float32), y


def signal_net(seed: int, pool: nn.Module, width: int) -> nn.Sequential:
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Conv1d(1, 12, 3, padding=1, rng=rng), nn.ReLU(), nn.Conv1d(12, 12, 3, padding=1, rng=rng), nn.ReLU(), pool, nn.Flatten(),
        nn.Linear(width, 3, rng=rng),
    )  # fmt: skip


def bump_averaged(seed: int) -> Setup:
    model = signal_net(seed, nn.AdaptiveAvgPool1d(1), 12)
    return Setup(model, *bumps(seed), nn.CrossEntropyLoss(), adam(model, 0.01), epochs=15)


def bump_with_its_place(seed: int) -> Setup:
    model = signal_net(seed, nn.AdaptiveAvgPool1d(6), 72)
    return Setup(model, *bumps(seed), nn.CrossEntropyLoss(), adam(model, 0.01), epochs=15)


class Seen(nn.Module):
    """Two convolutions, and the mean over the picture without a module of its own."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.first, self.second = nn.Conv2d(1, 8, 3, rng=rng), nn.Conv2d(8, 16, 3, rng=rng)
        self.mix, self.out = nn.Linear(16, 24, rng=rng), nn.Linear(24, 2, rng=rng)

    def forward(self, x: Any) -> Any:
        h = functional.relu(self.second(functional.relu(self.first(x)))).mean(axis=(2, 3))
        return self.out(functional.relu(self.mix(h)))


def lefts(seed: int, count: int = 400) -> rows.Rows:
    """How far to the left and how far up a spot stands, which is never at the border."""
    rng = np.random.default_rng(seed)
    x = 0.2 * rng.normal(size=(count, 1, 14, 14))
    at = rng.integers(4, 9, (count, 2))
    for k, (i, j) in enumerate(at):
        x[k, 0, i : i + 2, j : j + 2] += 2.0
    return x.astype(np.float32), (at / 2.0 - 3.0).astype(np.float32)


def place_of_a_spot_averaged(seed: int) -> Setup:
    model = Seen(seed)
    return Setup(model, *lefts(seed), nn.MSELoss(), adam(model, 0.005), epochs=15)


class Steps(nn.Module):
    """Each step by itself, and the mean of all."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.first, self.second, self.out = (nn.Linear(n, m, rng=rng) for n, m in ((2, 24), (24, 24), (24, 1)))

    def forward(self, x: Any) -> Any:
        return self.out(functional.relu(self.second(functional.relu(self.first(x)))).mean(axis=1))


def slopes(seed: int, count: int = 400, length: int = 10) -> rows.Rows:
    """Series of two numbers: how much the first one rises."""
    rng = np.random.default_rng(seed)
    slope = rng.normal(size=(count, 1, 1))
    x = slope * np.linspace(-1.0, 1.0, length)[:, None] + 0.3 * rng.normal(size=(count, length, 2))
    return x.astype(np.float32), slope[:, 0].astype(np.float32)


def slope_of_steps_averaged(seed: int) -> Setup:
    model = Steps(seed)
    return Setup(model, *slopes(seed), nn.MSELoss(), adam(model, 0.01), epochs=15)


def firsts(seed: int, count: int = 400, length: int = 6) -> rows.Rows:
    """Sentences of six words in which the first one tells the class."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 16, (count, length))
    return x, x[:, 0] // 4


class Summed(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words, self.mix, self.out = (
            nn.Embedding(16, 16, rng=rng),
            nn.Linear(16, 32, rng=rng),
            nn.Linear(32, 4, rng=rng),
        )

    def forward(self, x: Any) -> Any:
        return self.out(functional.relu(self.mix(self.words(x).sum(axis=1))))


def first_word_of_a_bag(seed: int) -> Setup:
    model = Summed(seed)
    return Setup(model, *firsts(seed), nn.CrossEntropyLoss(), adam(model, 0.01), epochs=20)


READ: tuple[Callable[[int], Setup], ...] = (
    last_day_by_an_lstm, last_signs_by_a_gru, usual_day_by_means, share_of_good_words_by_means,
)  # fmt: skip
LOST: tuple[Callable[[int], Setup], ...] = (
    bump_averaged, place_of_a_spot_averaged, slope_of_steps_averaged, first_word_of_a_bag,
)  # fmt: skip
SICK = [
    *(
        Case(make, "padding not masked", "question on a question site: padding in a batch of sequences")
        for make in READ
    ),
    *(Case(make, "order ignored", "question on a question site: global pooling forgets the place") for make in LOST),
]
WELL = [
    Case(make, HEALTHY, "the same kinds without their fault")
    for make in (share_of_good_words_masked, largest_day_by_maxima, sums_of_days_by_a_gru, bump_with_its_place)
]
