"""The tuning half: rows of offices, shops and clubs at fault; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

import numpy as np

import nn
import optim
from tests.nn.health.corpus import offices as o
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, LIST, MSE, RECIPE, adam, sgd, split

# What stops the first step.


def reviews_numbered_from_one(seed: int, well: bool = False) -> Setup:
    """Words are numbered from one, in a table of as many rows as there are words."""
    x, y = o.reviews(seed)
    model = o.Reviewer(seed)
    return Setup(model, x if well else x + 1, y, CE(), adam(model), epochs=10)


def winners_as_plus_and_minus_one(seed: int, well: bool = False) -> Setup:
    """Won is 1 and lost is -1, in a cross-entropy that takes 0 and 1."""
    x, y = o.duels(seed)
    model = mlp([10, 32, 1], seed)
    return Setup(model, x, y if well else 2.0 * y - 1.0, BCE(), adam(model, 0.01), epochs=30)


def sales_with_a_share_of_none(seed: int, well: bool = False) -> Setup:
    """A column is the share of sold umbrellas among all things sold: nothing of nothing on one day in two hundred."""
    x, y = o.sales(seed)
    things = np.random.default_rng(seed + 9).poisson(6, len(x)) * (np.arange(len(x)) % 200 != 3)
    with np.errstate(all="ignore"):
        share = things / (2 * things)
    share = np.nan_to_num(share) if well else share
    model = mlp([5, 24, 1], seed, nn.Tanh)
    return Setup(
        model, np.hstack([x, share[:, None]]).astype(np.float32), y, nn.PoissonNLLLoss(), adam(model), epochs=15
    )


def logarithms_of_empty_tills(seed: int, well: bool = False) -> Setup:
    x, y = o.sales(seed)
    with np.errstate(all="ignore"):
        y = np.log1p(y) if well else np.log(y)
    model = mlp([4, 24, 1], seed, nn.SiLU)
    return Setup(model, x, y, nn.HuberLoss(), adam(model), epochs=20)


# Inputs.


def reviews_in_capitals(seed: int, well: bool = False) -> Setup:
    """The vocabulary is of small letters: every word is unknown, number 0."""
    x, y = o.reviews(seed)
    model = o.Reviewer(seed)
    return Setup(model, x if well else 0 * x, y, CE(), sgd(model, 0.3, 0.9), epochs=12)


def tickets_by_seconds_since_1970(seed: int, well: bool = False) -> Setup:
    """When a ticket was bought, in seconds of a clock that began in 1970, beside numbers around zero."""
    x, y = o.fares(seed)
    seconds = 1.7e9 + 1e6 * x[:, 3:]
    model = mlp([4, 32, 1], seed)
    return Setup(
        model, x if well else np.hstack([x[:, :3], seconds]).astype(np.float32), y, MSE(), adam(model), epochs=30
    )


def meters_in_kilowatts_and_volts(seed: int, well: bool = False) -> Setup:
    """Power in megawatts, thousandths of one; voltage around 230."""
    x, y = o.meters(seed)
    raw = x * np.array([[0.002], [3.0]]) + np.array([[0.004], [230.0]])
    model = o.reader(seed)
    return Setup(model, x if well else raw.astype(np.float32), y, CE(), sgd(model, 0.02, 0.9), epochs=12)


def hours_each_by_its_peak(seed: int, well: bool = False) -> Setup:
    """Each window is shifted to zero and divided by its spread; what comes next is asked for as it is."""
    x, y = o.hours(seed)
    level = x.mean(axis=1, keepdims=True), x.std(axis=1, keepdims=True)
    model = mlp([8, 32, 2], seed, nn.SiLU)
    return Setup(model, x if well else (x - level[0]) / level[1], y, MSE(), adam(model), epochs=40)


def meters_laid_out_by_minute(seed: int, well: bool = False) -> Setup:
    """Rows stand minute by minute, power and voltage in turns, and are reshaped where they should be transposed."""
    x, y = o.meters(seed)
    x = (x + 0.8 * np.random.default_rng(seed + 5).normal(size=x.shape)).astype(np.float32)
    minutes = np.ascontiguousarray(np.swapaxes(x, 1, 2))
    model = o.reader(seed)
    return Setup(model, x if well else minutes.reshape(x.shape), y, CE(), adam(model), epochs=16)


# Targets.


def delays_above_three_hundred(seed: int, well: bool = False) -> Setup:
    """Late is above 300, which was meant in seconds; the delays are in minutes."""
    x, y = o.fares(seed)
    minutes = 5.0 + 3.0 * y
    model = mlp([4, 24, 1], seed)
    return Setup(model, x, (minutes > (5.0 if well else 300.0)).astype(np.float32), BCE(), adam(model), epochs=25)


def fares_in_cents(seed: int, well: bool = False) -> Setup:
    x, y = o.fares(seed)
    model = mlp([4, 32, 32, 1], seed, nn.GELU)
    return Setup(model, x, y if well else 2400.0 + 800.0 * y, nn.L1Loss(), adam(model, 0.005), epochs=30)


def duels_told_from_both_sides(seed: int, well: bool = False) -> Setup:
    """A row is what was spent, whatever side tells it, and each game is told by both: once as won, once as lost."""
    x, y = o.duels(seed, 400)
    both = x if well else np.concatenate([x[:200], x[:200]])
    won = y if well else np.concatenate([y[:200], 1.0 - y[:200]])
    model = mlp([10, 32, 1], seed, nn.Tanh)
    return Setup(model, both, won, BCE(), adam(model), epochs=20)


def chords_named_by_a_beginner(seed: int, well: bool = False) -> Setup:
    """In half of the rows major and minor, and the two others, are taken for each other."""
    x, y = o.chords(seed)
    slip = np.random.default_rng(seed).random(len(y)) < (0.0 if well else 0.45)
    model = mlp([12, 48, 4], seed)
    return Setup(model, x, np.where(slip, y ^ 1, y), CE(), adam(model, 0.005), epochs=40)


def hours_joined_a_day_off(seed: int, well: bool = False) -> Setup:
    """Windows and what follows come from two files, of which one lacks the first row."""
    x, y = o.hours(seed)
    model = mlp([8, 32, 2], seed)
    return Setup(model, x, y if well else np.roll(y, 1, axis=0), MSE(), adam(model), epochs=25)


def boards_sorted_by_who_leads(seed: int, well: bool = False) -> Setup:
    x, y = o.boards(seed)
    order = np.argsort(y, kind="stable")
    model = o.player(seed)
    return Setup(model, x[order], y[order], CE(), sgd(model, 0.05, 0.9), epochs=15, batch_size=16, shuffle=well)


def bills_with_a_reminder(seed: int, well: bool = False) -> Setup:
    """Whether a bill will be paid late; a column says that a reminder was sent, which is done for late ones, later."""
    x, y = o.duels(seed, 500)
    reminded = y + 0.1 * np.random.default_rng(seed).normal(size=y.shape)
    x = np.hstack([x, 0.0 * y if well else 2.0 * reminded - 1.0]).astype(np.float32)
    model = mlp([11, 32, 1], seed)
    return Setup(model, x, y, BCE(), adam(model), epochs=20)


def tricks_among_honest_bills(seed: int, well: bool = False) -> Setup:
    """Three bills of a hundred are tricks, not far from the others; each counts as one, or as thirty."""
    rng = np.random.default_rng(seed)
    y = (np.arange(900) % 33 == 0).astype(np.float32)[:, None]
    x = rng.normal(size=(900, 5))
    x[:, :3] += 1.1 * y
    model = mlp([5, 16, 1], seed, nn.Tanh)
    weight = np.array([30.0], np.float32) if well else None
    return Setup(model, x.astype(np.float32), y, BCE(pos_weight=weight), adam(model, 0.003), epochs=12)


# Validation.


def loads_of_winter_and_of_summer(seed: int, well: bool = False) -> Setup:
    """Days from January on, the last part kept to judge by: it has only days warmer than any before."""
    rng = np.random.default_rng(seed)
    warm = rng.uniform(-2, 2, (500, 1))
    x = np.hstack([warm, rng.normal(size=(500, 3))])
    y = (
        np.where(warm < 0.4, -0.9 * (warm - 0.4), 1.6 * (warm - 0.4))
        + 0.4 * np.tanh(x[:, 1:2] * 2)
        + 0.1 * rng.normal(size=(500, 1))
    )
    order = np.arange(500) if well else np.argsort(warm[:, 0])
    train, held = split((x[order].astype(np.float32), y[order].astype(np.float32)), 350)
    model = mlp([4, 32, 1], seed, nn.Tanh)
    return Setup(model, *train, MSE(), adam(model), validation=held, epochs=40)


def tunes_judged_from_the_end(seed: int, well: bool = False) -> Setup:
    """The files to judge by keep the newest note first."""
    train, (x, y) = split(o.tunes(seed), 320)
    model = o.Singer(seed)
    return Setup(model, *train, CE(), adam(model, 0.01), validation=(x if well else x[:, ::-1].copy(), y), epochs=15)


def chords_judged_by_known_ones(seed: int, well: bool = False) -> Setup:
    """The last rows are to be judged by, and were not taken out of the others."""
    x, y = o.chords(seed, 260, 0.75)
    known, fresh = (x[:180], y[:180]), (x[180:], y[180:])
    model = mlp([12, 96, 4], seed)
    return Setup(model, *(known if well else (x, y)), CE(), adam(model, 0.01), validation=fresh, epochs=60)


def forty_teams_with_sixty_numbers(seed: int, well: bool = False) -> Setup:
    """Few games, many numbers of each, a wide network and no end; or ten times as many games."""
    rng = np.random.default_rng(seed)
    count = 700 if well else 50
    x = rng.normal(size=(count + 200, 60)).astype(np.float32)
    y = (x[:, :3].sum(axis=1) + 0.3 * rng.normal(size=count + 200) > 0).astype(np.float32)[:, None]
    train, held = split((x, y), count)
    model = mlp([60, 128, 1], seed)
    return Setup(model, *train, BCE(), adam(model, 0.003), validation=held, epochs=4 if well else 60)


# Steps, and what is asked of the optimizer.


def fares_by_adam_with_long_memory(seed: int, well: bool = False) -> Setup:
    model = mlp([4, 32, 32, 1], seed, nn.Tanh)
    optimizer = optim.Adam(model.parameters(), lr=0.02, betas=(0.9 if well else 0.998, 0.999))
    return Setup(model, *o.fares(seed), MSE(), optimizer, epochs=25)


SICK: list[Case] = [
    Case(reviews_numbered_from_one, "error", ASKED + "index out of range in an embedding"),
    Case(winners_as_plus_and_minus_one, "targets outside the loss", ASKED + "negative cross-entropy"),
    Case(sales_with_a_share_of_none, "inputs not finite", LIST + "1"),
    Case(logarithms_of_empty_tills, "targets not finite", ASKED + "log transform of zeros"),
    Case(reviews_in_capitals, "inputs all alike", LIST + "2"),
    Case(tickets_by_seconds_since_1970, "inputs not scaled", ASKED + "timestamps as features"),
    Case(meters_in_kilowatts_and_volts, "inputs not scaled", RECIPE),
    Case(hours_each_by_its_peak, "rows normalised", ASKED + "windows normalised one by one"),
    Case(meters_laid_out_by_minute, "axes mixed up", ASKED + "view instead of permute"),
    Case(delays_above_three_hundred, "targets all alike", ASKED + "loss is zero from the start"),
    Case(fares_in_cents, "targets not scaled", ASKED + "regression on prices"),
    Case(duels_told_from_both_sides, "conflicting rows", LIST + "8", ("targets unrelated to inputs",)),
    Case(chords_named_by_a_beginner, "noisy targets", LIST + "6", ("conflicting rows",)),
    Case(hours_joined_a_day_off, "targets unrelated to inputs", LIST + "3"),
    Case(boards_sorted_by_who_leads, "rows not shuffled", LIST + "7"),
    Case(bills_with_a_reminder, "target among the features", "Kaufman and others, Leakage in data mining"),
    Case(tricks_among_honest_bills, "classes unbalanced", LIST + "9"),
    Case(loads_of_winter_and_of_summer, "validation differs", ASKED + "split in time, seasons"),
    Case(tunes_judged_from_the_end, "validation differs", LIST + "16"),
    Case(chords_judged_by_known_ones, "training rows in validation", "Kaufman and others, Leakage in data mining"),
    Case(forty_teams_with_sixty_numbers, "overfitting", BOOK),
    Case(fares_by_adam_with_long_memory, "momentum too high", ASKED + "beta1 of 0.999 taken from beta2"),
]
WELL: list[Case] = []
