"""The tuning half: runs of people in fields of science, medicine and sport; what their networks are built of."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
from nn import functional
from tests.nn.health.corpus import tuning_fields_data as d
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split

# What goes from row to row, or from no row at all.


class Ward(nn.Module):
    """Attention over the hours of a patient, or of whatever stands first."""

    def __init__(self, seed: int, batch_first: bool) -> None:
        super().__init__()
        self.lift = nn.Linear(2, 16, rng=seed)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=batch_first, rng=seed + 1)
        self.head = nn.Linear(16, 1, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        h = functional.tanh(self.lift(x))
        return self.head(self.attention(h, h, h)[0][:, -1])


def fever_across_the_ward(seed: int, well: bool = False) -> Setup:
    """The last reading asks for the reading of the one hour that is marked like it."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 7, 2)).astype(np.float32)
    x[:, :, 1] = -1.0
    hour = rng.integers(0, 6, 400)
    x[np.arange(400), hour, 1] = 2.0
    y = x[np.arange(400), hour, 0:1]
    model = Ward(seed, batch_first=well)
    return Setup(model, x, y, MSE(), adam(model, 0.01), epochs=25)


class Season(nn.Module):
    """The warmth that has gathered day by day, and what it says."""

    def __init__(self, seed: int, axis: int) -> None:
        super().__init__()
        self.body, self.axis = mlp([10, 40, 1], seed, nn.SiLU), axis

    def forward(self, x: Any) -> Any:
        return self.body(ag.cumsum(x, axis=self.axis) / 2.0)


def degree_days_gathered_down_the_table(seed: int, well: bool = False) -> Setup:
    """How late the moths fly, by the most warmth that had gathered: down the places and not along the days."""
    x = np.random.default_rng(seed).normal(size=(420, 10)).astype(np.float32)
    most = np.cumsum(x, axis=1).max(axis=1, keepdims=True)
    model = Season(seed, 1 if well else 0)
    return Setup(model, x, ((most - 2.2) / 1.8).astype(np.float32), MSE(), adam(model, 0.01), epochs=25)


class Query(nn.Module):
    """A question that was learned, asked of the hours, or of itself."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.lift = nn.Linear(2, 12, rng=rng)
        self.question = nn.Parameter(rng.normal(size=(1, 2, 12)).astype(np.float32))
        self.attention = nn.MultiheadAttention(12, 2, batch_first=True, rng=rng)
        self.head, self.well = nn.Linear(24, 3, rng=rng), well

    def forward(self, x: Any) -> Any:
        h = functional.relu(self.lift(x))
        question = self.question + 0.0 * h[:, :2]
        seen = h if self.well else question
        return self.head(self.attention(question, seen, seen)[0].reshape(len(x), -1))


def hearts_that_are_not_asked(seed: int, well: bool = False) -> Setup:
    x, y = d.pulses(seed)
    model = Query(seed, well)
    return Setup(model, x, y, CE(), adam(model, 0.01), epochs=25)


# Derivatives by hand, and what the last layer can say.


@ag.custom_vjp
def bump(x: Any) -> Any:
    return ag.exp(-x * x)


# The inner derivative, −2x, was forgotten.
bump.defvjp(lambda x: (np.exp(-x * x), np.exp(-x * x)), lambda kept, g: (g * kept,))


class Bumps(nn.Module):
    def __init__(self, well: bool) -> None:
        super().__init__()
        self.well = well

    def forward(self, x: Any) -> Any:
        return (-x * x).exp() if self.well else bump(x)


def niches_by_bumps(seed: int, well: bool = False) -> Setup:
    """Where a species thrives, as a sum of bumps."""
    model = nn.Sequential(
        nn.Linear(5, 40, rng=seed),
        Bumps(well),
        nn.Linear(40, 40, rng=seed + 1),
        Bumps(well),
        nn.Linear(40, 1, rng=seed + 2),
    )
    return Setup(model, *d.harvests(seed), MSE(), adam(model, 0.01), epochs=30)


class Persistence(nn.Module):
    """The last wind and what comes on top of it."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        self.cell = nn.GRU(2, 14, batch_first=True, rng=seed)
        self.change, self.well = nn.Linear(14, 1, rng=seed + 1), well

    def forward(self, x: Any) -> Any:
        change = self.change(self.cell(x)[0][:, -1])
        return x[:, -1, 1:] + (change if self.well else functional.relu(change))


def winds_that_only_rise(seed: int, well: bool = False) -> Setup:
    train, held = split(d.storms(seed), 300)
    model = Persistence(seed, well)
    return Setup(model, *train, MSE(), adam(model, 0.01), validation=held, epochs=15)


class Level(nn.Module):
    """The state of a recurrent cell is the answer; a state lies between −1 and 1."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        self.lift = nn.Linear(4, 24, rng=seed)
        self.cell = nn.GRU(24, 2, batch_first=True, rng=seed + 1)
        self.head = nn.Linear(2, 2, rng=seed + 2) if well else nn.Identity()

    def forward(self, x: Any) -> Any:
        h = functional.relu(self.lift(x))[:, None, :]
        return self.head(self.cell(ag.concatenate([h, h, h], axis=1))[0][:, -1])


def throws_as_a_state(seed: int, well: bool = False) -> Setup:
    x, y = d.throws(seed)
    model = Level(seed, well)
    return Setup(model, x, 2.2 * y, nn.SmoothL1Loss(), adam(model, 0.01), epochs=30)


def galaxies_within_bounds(seed: int, well: bool = False) -> Setup:
    """Scaled places and brightness, cut to what a picture's values may be: from 0 to 1."""
    end = [] if well else [nn.Hardtanh(0.0, 1.0)]
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, stride=2, rng=seed), nn.ReLU(), nn.Flatten(), nn.Linear(150, 3, rng=seed + 1), *end
    )
    return Setup(model, *d.galaxies(seed), MSE(), adam(model, 0.005), epochs=25)


# Activations: none, dead, alike.


class Forgetful(nn.Module):
    """The activation is computed, and its result dropped."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(4, 48, rng=seed), nn.Linear(48, 48, rng=seed + 1)
        self.head, self.well = nn.Linear(48, 1, rng=seed + 2), well

    def forward(self, x: Any) -> Any:
        h = self.first(x)
        active = functional.gelu(h)
        return self.head(self.second(active if self.well else h))


def hops_of_a_frog(seed: int, well: bool = False) -> Setup:
    """How far frogs hop by their warmth: not at all in the cold nor in the heat."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 4)).astype(np.float32)
    y = (
        np.exp(-(x[:, :1] ** 2)) * 3
        - 1.7
        + 0.6 * x[:, 1:2] * x[:, 2:3]
        + 0.2 * x[:, 3:]
        + 0.1 * rng.normal(size=(400, 1))
    )
    model = Forgetful(seed, well)
    return Setup(model, x, y.astype(np.float32), MSE(), adam(model, 0.005), epochs=30)


def motifs_by_filters_only(seed: int, well: bool = False) -> Setup:
    """Convolutions, norms and a mean, and nothing that bends."""
    act = nn.ReLU if well else nn.Identity
    model = nn.Sequential(
        nn.Conv1d(4, 16, 5, rng=seed), nn.BatchNorm1d(16), act(), nn.Conv1d(16, 16, 3, padding=1, rng=seed + 1), nn.BatchNorm1d(16),
        act(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(16, 1, rng=seed + 2),
    )  # fmt: skip
    return Setup(model, *d.strands(seed), BCE(), adam(model, 0.01), epochs=25)


def corals_below_zero(seed: int, well: bool = False) -> Setup:
    """A bias of −6, taken over from the last layer of a detector of rare things, in every layer."""
    model = mlp([5, 40, 5], seed)
    if not well:
        model[0].bias.data = np.full(40, -6.0, np.float32)
    return Setup(model, *d.reefs(seed), CE(), sgd(model, 0.1, 0.9), epochs=25)


def hearts_as_they_come_below_ground(seed: int, well: bool = False) -> Setup:
    """Filters begun between 0 and 1 over a signal that hangs below zero: no ReLU ever opens."""
    x, y = d.pulses(seed)
    model = nn.Sequential(nn.Conv1d(2, 12, 4, rng=seed), nn.ReLU(), nn.Flatten(), nn.Linear(252, 3, rng=seed + 1))
    rng = np.random.default_rng(seed)
    if not well:
        model[0].weight.data = rng.uniform(0.1, 0.5, (12, 2, 4)).astype(np.float32)
    signal = (x.transpose(0, 2, 1) - 3.5).astype(np.float32)
    return Setup(model, signal, y, CE(), adam(model, 0.002), epochs=25)


def yields_from_known_coefficients(seed: int, well: bool = False) -> Setup:
    """Every hidden unit begins as the straight line that was fitted last year, and the head as their mean."""
    x, y = d.harvests(seed)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    if not well:
        line = np.linalg.lstsq(x, y, rcond=None)[0].T
        model[0].weight.data, model[0].bias.data = (
            np.repeat(line, 32, axis=0).astype(np.float32),
            np.zeros(32, np.float32),
        )
        model[2].weight.data = np.full((1, 32), 1 / 32, np.float32)
    return Setup(model, x, y, MSE(), adam(model, 0.01), epochs=30)


# Too narrow, too little, nothing to add.


def corals_through_a_neck(seed: int, well: bool = False) -> Setup:
    """Five kinds told by one number in the middle, as a score of the reef's health."""
    neck = 8 if well else 1
    model = mlp([5, 32, neck, 5], seed, nn.Tanh)
    return Setup(model, *d.reefs(seed), CE(), adam(model, 0.01), epochs=40)


class Rivals(nn.Module):
    """Strength of either side, and how their styles meet; or strength alone, in one number for both."""

    def __init__(self, seed: int, size: int) -> None:
        super().__init__()
        self.home, self.away = nn.Embedding(16, size, rng=seed), nn.Embedding(16, size, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return (self.home(x[:, 0]) * self.away(x[:, 1])).sum(axis=1, keepdims=True)


def teams_of_one_number(seed: int, well: bool = False) -> Setup:
    model = Rivals(seed, 6 if well else 1)
    return Setup(model, *d.matches(seed), MSE(), adam(model, 0.02), epochs=25)


def lifts_without_offset(seed: int, well: bool = False) -> Setup:
    """What counts is how far a weight lies from the best, to either side; tanhs without offsets cannot be even."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 3)).astype(np.float32)
    y = (np.abs(x[:, :1]) + 0.5 * x[:, 1:2] * x[:, 2:3] - 0.8 + 0.1 * rng.normal(size=(400, 1))) / 0.8
    model = nn.Sequential(
        nn.Linear(3, 32, bias=well, rng=seed), nn.Tanh(), nn.Linear(32, 32, bias=well, rng=seed + 1), nn.Tanh(),
        nn.Linear(32, 1, bias=well, rng=seed + 2),
    )  # fmt: skip
    return Setup(model, x, y.astype(np.float32), MSE(), adam(model, 0.01), epochs=30)


SICK = [
    Case(fever_across_the_ward, "rows mixed", ASKED + "batch_first of attention"),
    Case(degree_days_gathered_down_the_table, "rows mixed", RECIPE),
    Case(hearts_that_are_not_asked, "inputs unused", RECIPE),
    Case(niches_by_bumps, "wrong gradient", BOOK),
    Case(winds_that_only_rise, "output range", ASKED + "a forecast that is never below the last value"),
    Case(throws_as_a_state, "output range", ASKED + "LSTM without a layer behind it"),
    Case(galaxies_within_bounds, "output range", LIST + "12: the last layer"),
    Case(hops_of_a_frog, "no activation", ASKED + "forgot to use the result of the activation"),
    Case(motifs_by_filters_only, "no activation", CS231N),
    Case(corals_below_zero, "dead units", CS231N),
    Case(hearts_as_they_come_below_ground, "dead units", "Glorot, Bordes and Bengio; ReLUs that are never on"),
    Case(yields_from_known_coefficients, "identical units", CS231N),
    Case(corals_through_a_neck, "network too small", LIST + "22: add layers or units"),
    Case(teams_of_one_number, "network too small", BOOK),
    Case(lifts_without_offset, "no bias", ASKED + "bias=False everywhere"),
]
