"""The tuning half: runs of people in fields of science and farming; what they ask for by the loss and the last layer."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
from nn import functional
from tests.nn.health.corpus import tuning_fields_data as d
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, LIST, MSE, RECIPE, adam, sgd, split

# Shapes.


class Forecast(nn.Module):
    """A recurrent layer, and its last state read by a head; the answer flat or as a column."""

    def __init__(self, seed: int, kind: Any = nn.GRU, flat: bool = False, outputs: int = 1) -> None:
        super().__init__()
        self.cell: Any = kind(2, 14, batch_first=True, rng=seed)
        self.head = nn.Linear(14, outputs, rng=seed + 1)
        self.flat = flat

    def forward(self, x: Any) -> Any:
        answer = self.head(self.cell(x)[0][:, -1])
        return answer.squeeze(-1) if self.flat else answer


def mean_distance(outputs: Any, targets: Any) -> Any:
    return abs(outputs - targets).mean()


def storms_squeezed(seed: int, well: bool = False) -> Setup:
    model = Forecast(seed, flat=not well)
    train, held = split(d.storms(seed), 300)
    return Setup(model, *train, mean_distance, adam(model, 0.01), validation=held, epochs=20)


def throws_with_one_answer_for_two(seed: int, well: bool = False) -> Setup:
    """Distance and time are asked, the network still has the one answer of an older version."""
    model = mlp([4, 32, 2 if well else 1], seed, nn.SiLU)
    x, y = d.throws(seed)
    return Setup(
        model, x, y * np.array([1, -1], np.float32), mean_distance, adam(model, 0.01), epochs=30, batch_size=40
    )


# What the loss looks at.


def yields_where_they_were_measured(seed: int, well: bool = False) -> Setup:
    """Only yields above one tonne count, which was meant for what is not scaled."""
    least = -90.0 if well else 10.0

    def measured(outputs: Any, targets: Any) -> Any:
        there = (targets > least) * 1.0
        return (there * (outputs - targets) ** 2).sum() / (there.sum() + 1.0)

    model = mlp([5, 32, 1], seed)
    return Setup(model, *d.harvests(seed), measured, adam(model, 0.01), epochs=25)


def corals_sure_of_themselves(seed: int, well: bool = False) -> Setup:
    """The entropy of the answers, where their cross-entropy with the truth was meant."""

    def surprise(outputs: Any, targets: Any) -> Any:
        log_p = functional.log_softmax(outputs, -1)
        truth = np.eye(5, dtype=np.float32)[np.asarray(targets.numpy() if hasattr(targets, "numpy") else targets, int)]
        return -((truth if well else log_p.exp()) * log_p).sum(axis=-1).mean()

    model = mlp([5, 40, 5], seed, nn.GELU)
    return Setup(model, *d.reefs(seed), surprise, adam(model, 0.01), epochs=20)


# Signs and bounds.


def drift_of_a_buoy_by_cosine(seed: int, well: bool = False) -> Setup:
    """The cosine of the angle to the truth, made as small as can be."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 3)).astype(np.float32)
    angle = 1.5 * np.tanh(x[:, 0]) + x[:, 1] * x[:, 2]
    y = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)
    model = mlp([3, 32, 32, 2], seed, nn.Tanh)

    def likeness(outputs: Any, targets: Any) -> Any:
        cosine = functional.cosine_similarity(outputs, targets).mean()
        return 1.0 - cosine if well else cosine

    return Setup(model, x, y, likeness, adam(model, 0.005), epochs=25)


def risk_by_its_correlation(seed: int, well: bool = False) -> Setup:
    """The correlation of a batch's forecasts with what came."""
    model = mlp([5, 24, 1], seed, nn.Softplus)

    def correlation(outputs: Any, targets: Any) -> Any:
        a, b = outputs - outputs.mean(), targets - targets.mean()
        r = (a * b).mean() / ((a**2).mean() * (b**2).mean() + 1e-6) ** 0.5
        return 1.0 - r if well else 1.0 + r

    return Setup(model, *d.harvests(seed), correlation, adam(model, 0.01), epochs=25, batch_size=60)


def bias_of_the_forecast(seed: int, well: bool = False) -> Setup:
    """Weather services quote the mean error; without its absolute value it falls for ever."""
    model = Forecast(seed, nn.LSTM)
    loss = mean_distance if well else (lambda outputs, targets: (outputs - targets).mean())
    return Setup(model, *d.storms(seed), loss, adam(model, 0.01), epochs=20)


class Twin(nn.Module):
    """How far two leaves lie from each other."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.body = mlp([6, 24, 4], seed, nn.Tanh)

    def forward(self, x: Any) -> Any:
        return ((self.body(x[:, 0]) - self.body(x[:, 1])) ** 2).sum(axis=1, keepdims=True)


def leaves(seed: int, count: int = 420) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of leaves, and whether they are of one plant: 1 or −1."""
    rng = np.random.default_rng(seed)
    plants = np.random.default_rng(3).normal(size=(8, 6))
    a, same = rng.integers(0, 8, count), rng.random(count) < 0.5
    b = np.where(same, a, (a + rng.integers(1, 8, count)) % 8)
    x = plants[np.stack([a, b], axis=1)] + 0.35 * rng.normal(size=(count, 2, 6))
    return x.astype(np.float32), np.where(same, 1.0, -1.0)[:, None].astype(np.float32)


def leaves_pushed_apart(seed: int, well: bool = False) -> Setup:
    """Those of other plants are pushed apart, with no margin where it ends."""
    model = Twin(seed)

    def apart(far: Any, same: Any) -> Any:
        return ((1 + same) * far - (1 - same) * (ag.minimum(far, 2.0) if well else far)).mean()

    return Setup(model, *leaves(seed), apart, adam(model, 0.01), epochs=25)


# Softmaxes and sigmoids.


class Panel(nn.Module):
    """Three judges; the mean of their chances."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        self.judges = nn.ModuleList([mlp([7, 16, 4], seed + k) for k in range(3)])
        self.well = well

    def forward(self, x: Any) -> Any:
        shares: Any = sum(functional.softmax(judge(x), -1) for judge in self.judges) / 3.0
        return (shares + 1e-6).log() if self.well else shares


def stars_by_a_panel(seed: int, well: bool = False) -> Setup:
    model = Panel(seed, well)
    x, y = d.stars(seed, 600, (0.72, 0.12, 0.1, 0.06), 0.6)
    train, held = split((x, y), 480)
    return Setup(model, *train, CE(), sgd(model, 0.05, 0.9), validation=held, epochs=4)


def ailments_by_chance(seed: int, well: bool = False) -> Setup:
    """Chances of ailments into a loss that takes logits: none of them can be called rare."""
    model = mlp([10, 40, 5], seed, nn.ReLU, *([] if well else [nn.Sigmoid()]))
    return Setup(model, *d.ailments(seed), BCE(), adam(model, 0.01), epochs=25)


def binding_as_one_share(seed: int, well: bool = False) -> Setup:
    """The recipe of many classes, kept when one unit was left."""
    end = nn.Sigmoid() if well else nn.Softmax(-1)
    model = nn.Sequential(
        nn.Conv1d(4, 10, 5, rng=seed), nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(10, 1, rng=seed), end
    )
    return Setup(model, *d.strands(seed), nn.BCELoss(), adam(model, 0.02), epochs=25)


def pollen_by_shares_down_the_batch(seed: int, well: bool = False) -> Setup:
    """Shares of four kinds of pollen, which add up to one in a sample, and not over the samples."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(420, 6)).astype(np.float32)
    shares = np.exp(1.5 * np.tanh(x @ np.random.default_rng(6).normal(size=(6, 4))) + 0.1 * rng.normal(size=(420, 4)))
    y = (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
    model = mlp([6, 40, 4], seed, nn.LeakyReLU, nn.Softmax(1 if well else 0))
    return Setup(model, x, y, MSE(), adam(model, 0.01), epochs=25, batch_size=16)


class Gauge(nn.Module):
    """A weight for each hour, and the weighted mean of the hours."""

    def __init__(self, seed: int, axis: int) -> None:
        super().__init__()
        self.lift, self.weight = nn.Linear(3, 16, rng=seed), nn.Linear(16, 1, rng=seed + 1)
        self.head, self.axis = nn.Linear(16, 1, rng=seed + 2), axis

    def forward(self, x: Any) -> Any:
        h = functional.tanh(self.lift(x))
        weight = functional.softmax(self.weight(h)[:, :, 0], self.axis)
        return self.head((weight[:, :, None] * h).sum(axis=1))


def hours_weighed_over_the_days(seed: int, well: bool = False) -> Setup:
    """The dose is what was read in the hour in which the pump ran; the weights of an hour add up to one over all days."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(420, 9, 3))
    hour = rng.integers(0, 9, 420)
    x[:, :, 0] = np.where(np.arange(9)[None] == hour[:, None], 2.0, -0.3)
    y = x[np.arange(420), hour, 1:2]
    model = Gauge(seed, 1 if well else 0)
    return Setup(model, x.astype(np.float32), y.astype(np.float32), MSE(), adam(model, 0.02), epochs=20)


# Losses for something else.


def corals_by_their_number(seed: int, well: bool = False) -> Setup:
    """Kinds that lie in no order, as the numbers 0 to 4 into a squared error."""
    model = mlp([5, 40, 5 if well else 1], seed)
    x, y = d.reefs(seed)
    if well:
        return Setup(model, x, y, CE(), adam(model, 0.01), epochs=30)
    return Setup(model, x, y.astype(np.float32)[:, None], MSE(), adam(model, 0.01), epochs=30)


def rain_of_dry_days(seed: int, well: bool = False) -> Setup:
    """On most days nothing falls, and the median, which an absolute error asks for, is always nothing."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 4)).astype(np.float32)
    wet = rng.random(500) < np.where(x[:, 0] + x[:, 2] > 1.2, 0.48, 0.02)
    y = (wet * (3.0 + 0.3 * rng.normal(size=500)))[:, None].astype(np.float32)
    model = mlp([4, 24, 1], seed)
    return Setup(model, x, y, MSE() if well else nn.L1Loss(), adam(model, 0.005), epochs=25)


def bloom_by_the_day_of_the_year(seed: int, well: bool = False) -> Setup:
    """Angles of the year as numbers: the last of December is as far from the first of January as can be."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(420, 3)).astype(np.float32)
    angle = np.angle(np.exp(1j * (np.pi + 1.4 * x[:, 0] + 0.8 * np.sin(x[:, 1]) + 0.15 * rng.normal(size=420))))
    model = mlp([3, 24, 1], seed, nn.Tanh)
    loss = (lambda a, b: (1.0 - (a - b).cos()).mean()) if well else MSE()
    return Setup(model, x, angle[:, None].astype(np.float32), loss, adam(model, 0.01), epochs=25)


def hourly_loads_added_up(seed: int, well: bool = False) -> Setup:
    """A day of 24 hours a row: the errors of the hours and rows are added, with the rate of a mean."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 6)).astype(np.float32)
    w = np.random.default_rng(2).normal(size=(6, 24)) / 2.4
    y = np.tanh(x) @ w + (x[:, :1] * x[:, 1:2]) * np.sin(np.arange(24) / 4) / 2 + 0.1 * rng.normal(size=(400, 24))
    model = mlp([6, 48, 24], seed)
    loss = MSE() if well else MSE(reduction="sum")
    return Setup(model, x, y.astype(np.float32), loss, sgd(model, 0.1, 0.9), epochs=15)


def moths_added_up(seed: int, well: bool = False) -> Setup:
    """The likelihood of a whole batch of counts, by its sum."""
    model = mlp([4, 24, 1], seed, nn.Tanh)
    loss = nn.PoissonNLLLoss(reduction="mean" if well else "sum")
    return Setup(model, *d.traps(seed), loss, sgd(model, 0.1), epochs=20, batch_size=64)


SICK = [
    Case(storms_squeezed, "shapes broadcast", ASKED + "mean absolute error stays while the forecast is flat"),
    Case(throws_with_one_answer_for_two, "shapes broadcast", RECIPE),
    Case(yields_where_they_were_measured, "loss ignores targets", ASKED + "masked loss is zero"),
    Case(corals_sure_of_themselves, "loss ignores targets", LIST + "13: check your loss function"),
    Case(drift_of_a_buoy_by_cosine, "loss maximised", ASKED + "cosine similarity as a loss"),
    Case(risk_by_its_correlation, "loss maximised", ASKED + "Pearson's correlation as a loss"),
    Case(bias_of_the_forecast, "loss unbounded", ASKED + "negative loss that keeps falling"),
    Case(leaves_pushed_apart, "loss unbounded", "Hadsell, Chopra and LeCun: why there is a margin"),
    Case(stars_by_a_panel, "double softmax", RECIPE),
    Case(ailments_by_chance, "double softmax", LIST + "15: the loss and what it takes"),
    Case(binding_as_one_share, "softmax over one unit", ASKED + "binary accuracy does not change"),
    Case(pollen_by_shares_down_the_batch, "softmax over rows", ASKED + "which dim of the softmax"),
    Case(
        hours_weighed_over_the_days,
        "softmax over rows",
        ASKED + "attention weights do not add up to one",
        ("rows mixed",),
    ),
    Case(corals_by_their_number, "loss unfit", BOOK),
    Case(rain_of_dry_days, "loss unfit", ASKED + "zero-inflated targets, the network predicts zero"),
    Case(bloom_by_the_day_of_the_year, "loss unfit", ASKED + "loss for angles"),
    Case(hourly_loads_added_up, "loss summed", ASKED + "reduction sum explodes", ("learning rate too high",)),
    Case(moths_added_up, "loss summed", LIST + "14: adjust loss weights", ("learning rate too high",)),
]
