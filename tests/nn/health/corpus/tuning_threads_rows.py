"""The tuning half: threads whose answer lies in the data; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from nn import functional
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import BCE, CE, MSE, adam, sgd, split
from tests.nn.health.corpus.rows import digits


def screens(seed: int, count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Screenshots of 10 × 10 as bytes, with another player or without."""
    rng = np.random.default_rng(seed)
    y = np.arange(count) % 2
    x = rng.uniform(60, 120, (count, 10, 10))
    for i in np.flatnonzero(y):
        r, c = rng.integers(0, 7, 2)
        x[i, r : r + 4, c : c + 4] += 100
    return x.astype(np.uint8)[:, None], y


def screenshots_of_a_game(seed: int, well: bool = False) -> Setup:
    """Whole numbers, divided as whole numbers."""
    raw, y = screens(seed)
    x = (raw / 255.0 - 0.4 if well else raw // 255).astype(np.float32)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, rng=rng), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 32, rng=rng), nn.ReLU(),
        nn.Linear(32, 2, rng=rng),
    )  # fmt: skip
    train, held = split((x, y), 320)
    return Setup(model, *train, CE(), sgd(model, 0.03, 0.9), held, epochs=12)


def signs(seed: int, count: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """Five kinds of small pictures, in the order of their folders."""
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(5), count // 5)
    shapes = np.random.default_rng(31).normal(size=(5, 1, 6, 6))
    return (shapes[y] + 0.9 * rng.normal(size=(count, 1, 6, 6))).astype(np.float32), y


def folders_of_signs(seed: int, well: bool = False) -> Setup:
    """The last fifth of the rows is kept for validation, and that is the last folder."""
    x, y = signs(seed)
    if well:
        order = np.random.default_rng(seed).permutation(len(x))
        x, y = x[order], y[order]
    rng = np.random.default_rng(seed)
    model = nn.Sequential(nn.Conv2d(1, 8, 3, rng=rng), nn.ReLU(), nn.Flatten(), nn.Linear(128, 5, rng=rng))
    train, held = split((x, y), 400)
    return Setup(model, *train, CE(), adam(model, 0.003), held, epochs=8)


def names_in_order(seed: int, well: bool = False) -> Setup:
    """Batches of one name after the other, not mixed."""
    x, y = digits(700)
    x = x.reshape(len(x), -1)
    kept = np.argsort(y[:560], kind="stable")
    model = mlp([64, 48, 10], seed)
    held = (x[560:], y[560:])
    return Setup(model, x[kept], y[kept], CE(), sgd(model, 0.05, 0.5), held, epochs=10, batch_size=14, shuffle=well)


def scans_with_gaps(seed: int, well: bool = False) -> Setup:
    """Two or so of the pictures hold a few pixels that are no numbers."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, 300)
    x = rng.normal(size=(300, 1, 9, 9)) + 1.2 * y[:, None, None, None] * np.eye(9)
    if not well:
        x[17, 0, :2, 3] = x[203, 0, 5, 5:7] = np.nan
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, rng=rng), nn.PReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(72, 2, rng=rng)
    )
    return Setup(model, x.astype(np.float32), y, CE(), optim.RMSprop(model.parameters(), lr=0.003), epochs=10)


def bank_notes(seed: int, well: bool = False) -> Setup:
    """A view of a table whose last column, the answer, was copied into it."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, 500)
    x = rng.normal(size=(500, 4)) + 0.45 * np.outer(2 * y - 1, [1, -1, 0.7, 0.2])
    table = np.hstack([x, (rng.normal(size=500) if well else y)[:, None]]).astype(np.float32)
    model = mlp([5, 24, 1], seed)
    train, held = split((table, y[:, None].astype(np.float32)), 400)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=20)


def tweets_of_three_tones(seed: int, well: bool = False) -> Setup:
    """Three tones of which two are hardly there."""
    rng = np.random.default_rng(seed)
    y = rng.choice(3, 900, p=[1 / 3, 1 / 3, 1 / 3] if well else [0.93, 0.045, 0.025])
    x = rng.normal(size=(900, 8)) + 0.5 * np.random.default_rng(17).normal(size=(3, 8))[y]
    fresh = rng.integers(0, 3, 300)
    z = rng.normal(size=(300, 8)) + 0.5 * np.random.default_rng(17).normal(size=(3, 8))[fresh]
    model = mlp([8, 16, 3], seed)
    held = (z.astype(np.float32), fresh) if well else None
    return Setup(model, x.astype(np.float32), y, CE(), adam(model, 0.003), held, epochs=12)


def number_of_a_digit(seed: int, well: bool = False) -> Setup:
    """Ten digits told by one unit that says how likely they are."""
    x, y = digits(700)
    x = x.reshape(len(x), -1)
    model = mlp([64, 64, 10], seed) if well else mlp([64, 64, 1], seed, nn.ReLU, nn.Sigmoid())
    loss: Any = CE() if well else nn.BCELoss()
    labels = y if well else y[:, None].astype(np.float32)
    return Setup(model, x[:560], labels[:560], loss, adam(model, 0.003), (x[560:], labels[560:]), epochs=15)


def masks_as_they_were_saved(seed: int, well: bool = False) -> Setup:
    """Masks of scratches, 0 or 255 in each pixel."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((160, 1, 10, 10))
    for i in range(160):
        r, c = rng.integers(0, 6, 2)
        mask[i, 0, r : r + 5, c : c + 2] = 1.0
    x = (1.5 * mask - 0.3 + 0.7 * rng.normal(size=mask.shape)).astype(np.float32)
    y = (mask if well else 255 * mask).astype(np.float32)
    model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1, rng=rng), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1, rng=rng))
    train, held = split((x, y), 130)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=15, batch_size=16)


class Forecast(nn.Module):
    """A recurrent layer over one series, and the next value."""

    def __init__(self, seed: int, size: int = 25, kind: Any = nn.LSTM) -> None:
        super().__init__()
        self.cell: Any = kind(1, size, rng=seed, batch_first=True)
        self.head = nn.Linear(size, 1, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.head(self.cell(x)[0][:, -1])


def changes_of_a_price(seed: int, well: bool = False) -> Setup:
    """The next hour's change of a price from those of the hours before."""
    rng = np.random.default_rng(seed)
    change = rng.standard_t(5, 420)
    if well:
        for t in range(2, 420):
            change[t] += 1.3 * change[t - 1] - 0.7 * change[t - 2]
    change /= change.std()
    windows = np.lib.stride_tricks.sliding_window_view(change, 13)
    x, y = windows[:, :12, None].astype(np.float32), windows[:, 12:].astype(np.float32)
    model = Forecast(seed)
    return Setup(model, x[:330], y[:330], MSE(), adam(model, 0.003), (x[330:], y[330:]), epochs=8, batch_size=16)


def lists_mixed_apart(seed: int, well: bool = False) -> Setup:
    """Pictures and their names are both mixed, each for itself."""
    x, y = digits(500)
    x = x.reshape(len(x), -1)
    rng = np.random.default_rng(seed)
    a, b = rng.permutation(500), rng.permutation(500)
    model = mlp([64, 48, 10], seed)
    train, held = split((x[a], y[a if well else b]), 400)
    return Setup(model, *train, CE(), adam(model, 0.002), held, epochs=10)


def prices_of_houses(seed: int, well: bool = False) -> Setup:
    """Dollars, and a network that begins at none."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 6)).astype(np.float32)
    price = 250_000 + 60_000 * np.tanh(x[:, :1] + x[:, 1:2]) + 25_000 * x[:, 2:3] * x[:, 3:4]
    price += 5_000 * rng.normal(size=price.shape)
    y = ((price - 250_000) / 60_000 if well else price).astype(np.float32)
    model = mlp([6, 32, 32, 1], seed)
    train, held = split((x, y), 400)
    return Setup(model, *train, MSE(), adam(model, 0.003), held, epochs=40)


def cubes_of_large_numbers(seed: int, well: bool = False) -> Setup:
    """Numbers up to four thousand, and their cubes."""
    d = np.random.default_rng(seed).uniform(1, 4000, (500, 1))
    cube = d**3
    y = (cube - cube.mean()) / cube.std() if well else cube
    x = (d - 2000) / 1155
    model = mlp([1, 50, 1], seed)
    rows = (x.astype(np.float32), y.astype(np.float32))
    train, held = split(rows, 400)
    return Setup(model, *train, MSE(), adam(model, 0.003), held, epochs=60)


def cars_as_they_are_listed(seed: int, well: bool = False) -> Setup:
    """Year, miles, power and size as they stand in the list; whether a car was sold within a week."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(600, 4))
    y = (z[:, 0] - z[:, 1] + 0.8 * z[:, 2] * z[:, 3] + 0.4 * rng.normal(size=600) > 0).astype(np.float32)[:, None]
    raw = np.array([2012.0, 60_000.0, 120.0, 1.6]) + z * np.array([4.0, 25_000.0, 35.0, 0.3])
    model = mlp([4, 32, 16, 1], seed)
    train, held = split(((z if well else raw).astype(np.float32), y), 480)
    return Setup(model, *train, BCE(), sgd(model, 0.05, 0.9), held, epochs=15)


def marks_of_several_kinds(seed: int, well: bool = False) -> Setup:
    """Pictures with several things in each, told by what tells one thing of many."""
    rng = np.random.default_rng(seed)
    things = (rng.random((500, 6)) < 0.4).astype(np.float32)
    x = things @ np.random.default_rng(23).normal(size=(6, 20)) + 0.5 * rng.normal(size=(500, 20))
    model = mlp([20, 48, 6], seed)

    def one_of_many(scores: Any, labels: Any) -> Any:
        return -(labels * functional.log_softmax(scores, dim=1)).sum(axis=1).mean()

    train, held = split((x.astype(np.float32), things), 400)
    return Setup(model, *train, BCE() if well else one_of_many, adam(model, 0.005), held, epochs=15)


SICK: list[Case] = [
    Case(screenshots_of_a_game, "inputs all alike", "keras issue 255, weights don't get updated"),
    Case(folders_of_signs, "validation differs", "keras issues 8346 and 4298, validation accuracy 0.0"),
    Case(names_in_order, "rows not shuffled", "SO 74213473, why shuffle for image classification"),
    Case(scans_with_gaps, "inputs not finite", "deepmedic issue 66, does not work in the binary case"),
    Case(bank_notes, "target among the features", "SPORF issue 355, banknote example"),
    Case(tweets_of_three_tones, "classes unbalanced", "ktrain issue 296, cross-validation training"),
    Case(
        number_of_a_digit,
        "targets outside the loss",
        "datascience.SE 38604, too low accuracy on MNIST",
        ("loss unbounded", "loss unfit"),
    ),
    Case(
        masks_as_they_were_saved,
        "targets outside the loss",
        "surface defect detection issue 2, cross-entropy fails",
        ("loss unbounded",),
    ),
    Case(
        changes_of_a_price,
        "targets unrelated to inputs",
        "SO by way of techfeed 470072, LSTM squashed and shifted",
    ),
    Case(
        lists_mixed_apart,
        "targets unrelated to inputs",
        "SO 4601373, shuffle two arrays in unison",
    ),
    Case(prices_of_houses, "targets not scaled", "stats.SE 409000, should we normalize target data"),
    Case(
        cubes_of_large_numbers, "targets not scaled", "discuss.pytorch.org 96648, could not learn on this type of data"
    ),
    Case(cars_as_they_are_listed, "inputs not scaled", "keras issue 2711, loss not changing when training"),
    Case(marks_of_several_kinds, "loss unfit", "forums.fast.ai / SO, softmax for multi-label classification"),
]
WELL: list[Case] = []
