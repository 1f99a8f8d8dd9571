"""The tuning half: tables of another round of the public lists; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split


def column(values: np.ndarray) -> np.ndarray:
    """Numbers brought to mean 0 and deviation 1, in a column."""
    return ((values - values.mean()) / values.std()).astype(np.float32)[:, None]


def mended(make: Any) -> Any:
    """The same run without its fault."""

    def run(seed: int) -> Setup:
        return make(seed, well=True)  # type: ignore[no-any-return]

    run.__name__ = make.__name__ + "_mended"
    return run


def hives(seed: int, well: bool = False) -> Setup:
    """Weights of hives in half precision: what is above 65504 grams becomes infinite."""
    rng = np.random.default_rng(seed)
    frames, bees = rng.integers(6, 13, 360), rng.gamma(4, 0.25, 360)
    grams = 4000.0 * frames + 9000 * bees * (frames > 8) + 1500 * rng.normal(size=360)
    stored = grams.astype(np.float32 if well else np.float16)
    x = np.column_stack([stored.astype(np.float64) / 20000 - 2, bees - 1, rng.normal(size=360)])
    y = column(0.25 * frames + 0.6 * bees)
    model = mlp([3, 24, 1], seed)
    train, held = split((x.astype(np.float32), y), 290)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=25, batch_size=29)


def windmills_in_calm(seed: int, well: bool = False) -> Setup:
    """Turbulence is the deviation of the wind over its mean, and in three hours there was no wind at all."""
    rng = np.random.default_rng(seed)
    wind = rng.weibull(2, (440, 6)) * 8
    calm = rng.choice(440, 3, replace=False)
    wind[calm] = 0
    mean, spread = wind.mean(axis=1), wind.std(axis=1)
    with np.errstate(all="ignore"):
        turbulence = spread / (mean + (1e-6 if well else 0))
    y = ((mean > 6) & (turbulence < 0.55)).astype(np.float32)[:, None]
    x = np.column_stack([(mean - 7) / 2, (turbulence - 0.5) / 0.2, rng.normal(size=440)])
    model = mlp([3, 20, 20, 1], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), y), 360)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=40, batch_size=24)


def growth_of_new_shops(seed: int, well: bool = False) -> Setup:
    """Growth against the year before, in which some shops had not sold a thing."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(300, 5))
    before = np.maximum(rng.poisson(2.0, 300) + (1 if well else 0), 0)
    after = before * np.exp(0.5 * x[:, 0] + 0.4 * x[:, 1] * (x[:, 2] > 0))
    with np.errstate(all="ignore"):
        y = ((after - before) / before)[:, None]
    model = mlp([5, 32, 1], seed)
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 240)
    return Setup(model, *train, nn.HuberLoss(), adam(model, 0.01), held, epochs=40, batch_size=20)


def villages_and_their_votes(seed: int, well: bool = False) -> Setup:
    """Logits of shares; in a few villages all or none voted for it."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(420, 4))
    true = 1 / (1 + np.exp(-(1.4 * x[:, 0] - 1.1 * np.abs(x[:, 1]) + 0.5)))
    votes = rng.binomial(40, true)
    share = (votes + 0.5) / 41 if well else votes / 40
    with np.errstate(all="ignore"):
        y = np.log(share / (1 - share))[:, None] / 1.5
    model = mlp([4, 24, 24, 1], seed, nn.ELU)
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 340)
    return Setup(model, *train, MSE(), sgd(model, 0.03, 0.9), held, epochs=30, batch_size=34)


def three_gases_and_a_broken_cell(seed: int, well: bool = False) -> Setup:
    """Three gases are measured at once; the cell for the third was off on five days."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(380, 6)).astype(np.float32)
    w = np.random.default_rng(31).normal(size=(6, 3)) / 2.4
    y = (np.tanh(x @ w) * 1.6 + 0.08 * rng.normal(size=(380, 3))).astype(np.float32)
    if not well:
        y[rng.choice(300, 5, replace=False), 2] = np.nan
    model = mlp([6, 32, 3], seed, nn.SiLU)
    train, held = split((x, y), 300)
    return Setup(model, *train, nn.SmoothL1Loss(), adam(model, 0.008), held, epochs=25, batch_size=30)


def labels_of_a_busy_day(seed: int, well: bool = False) -> Setup:
    """One row at a time with labels of which one in seven is wrong, at the rate and momentum for forty."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(460, 6)).astype(np.float32)
    true = x[:, :3].sum(axis=1) > 0
    wrong = (rng.random(460) < 0.15) & (np.arange(460) < 380)
    model = mlp([6, 16, 1], seed, nn.Tanh)
    train, held = split((x, (true ^ wrong).astype(np.float32)[:, None]), 380)
    return Setup(model, *train, BCE(), sgd(model, 0.3, 0.95), held, epochs=8, batch_size=38 if well else 1)


def rents_by_pairs(seed: int, well: bool = False) -> Setup:
    """Two flats a step, and rents that differ by half of their spread for reasons that nobody wrote down."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 14)).astype(np.float32)
    clean = 0.9 * x[:, 0] + 0.6 * x[:, 1] - 0.5 * x[:, 2]
    y = column(clean + 0.6 * rng.normal(size=500))
    model = nn.Sequential(nn.Linear(14, 1, rng=seed))
    train, held = split((x, y), 400)
    return Setup(model, *train, MSE(), sgd(model, 0.125), held, epochs=12, batch_size=50 if well else 2)


def rare_words_by_plain_steps(seed: int, well: bool = False) -> Setup:
    """A few words stand everywhere, most hardly ever: plain steps that the first bear leave the others where they are."""
    rng = np.random.default_rng(seed)
    words = 150
    often = 1 / np.arange(1, words + 1) ** 1.1
    x = rng.choice(words, (600, 6), p=often / often.sum())
    tone = np.random.default_rng(12).normal(size=words)
    y = column(tone[x].sum(axis=1))
    model = nn.Sequential(nn.EmbeddingBag(words, 12, mode="sum", rng=seed), nn.Linear(12, 1, rng=seed))
    train, held = split((x, y), 500)
    optimizer = adam(model, 0.02) if well else sgd(model, 0.02)
    return Setup(model, *train, MSE(), optimizer, held, epochs=12, batch_size=25)


def slopes_of_smooth_curves(seed: int, well: bool = False) -> Setup:
    """Twenty readings that are nearly alike in a row; what is asked is how they differ."""
    rng = np.random.default_rng(seed)
    level, tilt = 3 * rng.normal(size=(400, 1)), rng.normal(size=(400, 1))
    t = np.linspace(-1, 1, 20)
    x = level + 0.05 * tilt * t + 0.004 * rng.normal(size=(400, 20))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    model = nn.Sequential(nn.Linear(20, 1, rng=seed))
    train, held = split((x.astype(np.float32), column(tilt[:, 0])), 320)
    optimizer = optim.LBFGS(model.parameters(), lr=0.5) if well else sgd(model, 0.02, 0.5)
    return Setup(model, *train, MSE(), optimizer, held, epochs=40, batch_size=320 if well else 32)


def signs_of_four_rows(seed: int, well: bool = False) -> Setup:
    """Rprop goes by the signs of gradients, and those of four rows out of four hundred change all the time."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(480, 9))
    y = column(np.where(x[:, 0] > 0, x[:, 1], -x[:, 1]) + 0.7 * x[:, 2] + 0.5 * rng.normal(size=480))
    model = mlp([9, 32, 1], seed, nn.GELU)
    train, held = split((x.astype(np.float32), y), 400)
    optimizer = adam(model, 0.002) if well else optim.Rprop(model.parameters(), lr=0.002)
    return Setup(model, *train, MSE(), optimizer, held, epochs=10, batch_size=4)


def kilns_through_zero(seed: int, well: bool = False) -> Setup:
    """How long a kiln heats, around twenty hours, by sines without a bias; the targets are as they are."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (400, 3)).astype(np.float32)
    y = (4 + 0.8 * x[:, :1] ** 2 - 0.6 * np.abs(x[:, 1:2]) + 0.1 * rng.normal(size=(400, 1))).astype(np.float32)
    model = nn.Sequential(
        nn.Linear(3, 40, bias=well, rng=seed), nn.Tanh(), nn.Linear(40, 40, bias=well, rng=seed + 1), nn.Softsign(),
        nn.Linear(40, 1, bias=well, rng=seed + 2),
    )  # fmt: skip
    train, held = split((x, y), 320)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=60)


def both_ends_of_a_lake(seed: int, well: bool = False) -> Setup:
    """Fish are at both ends of a lake and not in its middle; a perceptron of odd functions says the opposite at the ends."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (300, 2)).astype(np.float32)
    y = (np.abs(x[:, 0]) + 0.06 * rng.normal(size=300) > 0.5).astype(np.float32)[:, None]
    model = nn.Sequential(nn.Linear(2, 24, bias=well, rng=seed), nn.Tanh(), nn.Linear(24, 1, bias=well, rng=seed + 1))
    train, held = split((x, y), 240)
    return Setup(model, *train, BCE(), sgd(model, 0.3, 0.9), held, epochs=50, batch_size=24)


def ages_in_decades_of_a_century(seed: int, well: bool = False) -> Setup:
    """Ages are divided by a hundred as whole numbers, and so are heights and weights: all patients become the same."""
    rng = np.random.default_rng(seed)
    raw = np.column_stack([rng.integers(20, 90, 360), rng.integers(45, 99, 360), rng.integers(50, 98, 360)])
    y = ((raw[:, 0] - 55) / 20 + (raw[:, 1] - 72) / 16 > 0).astype(int)
    x = (raw / 100 - 0.7) * 4 if well else raw // 100
    model = mlp([3, 24, 2], seed)
    train, held = split((x.astype(np.float32), y), 300)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=30, batch_size=20)


def clipped_to_a_probability(seed: int, well: bool = False) -> Setup:
    """Ratings of one to five go through `clip(0, 1)`: all of them are one."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 6)).astype(np.float32)
    stars = np.clip(np.round(3 + 1.2 * x[:, 0] - 0.9 * x[:, 1] * (x[:, 2] > 0)), 1, 5)
    y = ((stars - 3) / 1.3 if well else np.clip(stars, 0, 1))[:, None].astype(np.float32)
    model = mlp([6, 32, 1], seed, nn.LeakyReLU)
    train, held = split((x, y), 320)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=30, batch_size=32)


def colours_by_their_first_letter(seed: int, well: bool = False) -> Setup:
    """Names become numbers by a table of capitals; small letters are not in it, and all get the number for "other"."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 4, 400)
    x = np.random.default_rng(41).uniform(-1, 1, (4, 3))[kind] + 0.25 * rng.normal(size=(400, 3))
    names = np.array(["red", "green", "blue", "white"])[kind]
    table = {"Red": 0, "Green": 1, "Blue": 2, "White": 3}
    y = np.array([table.get(name.title() if well else name, 4) for name in names])
    model = mlp([3, 24, 5], seed)
    train, held = split((x.astype(np.float32), y), 320)
    return Setup(model, *train, CE(), sgd(model, 0.2, 0.5), held, epochs=30, batch_size=20)


def wards_without_the_hour(seed: int, well: bool = False) -> Setup:
    """Of a ward's log only day and shift were kept as whole numbers, and the hour decides."""
    rng = np.random.default_rng(seed)
    day, hour = rng.integers(0, 7, 500), rng.integers(0, 24, 500)
    late = (hour % 8 >= 4) ^ (day >= 5)
    y = np.where(rng.random(500) < 0.03, ~late, late).astype(np.float32)[:, None]
    inside = np.eye(8)[hour % 8]
    x = np.hstack([np.eye(7)[day], np.eye(3)[hour // 8], inside if well else 0 * inside])
    model = mlp([18, 32, 1], seed)
    train, held = split((x.astype(np.float32), y), 400)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=30, batch_size=25)


def answers_of_three_translators(seed: int, well: bool = False) -> Setup:
    """Eighty phrases were each put to five people, who chose among four tones as they liked; or all knew the one."""
    rng = np.random.default_rng(seed)
    phrases = rng.normal(size=(80, 12)).astype(np.float32)
    true = (phrases @ np.random.default_rng(9).normal(size=(12, 4))).argmax(axis=1)
    x = np.repeat(phrases, 5, axis=0)
    y = np.repeat(true, 5)
    if not well:
        y = np.where(rng.random(400) < 0.75, rng.integers(0, 4, 400), y)
    order = rng.permutation(400)
    model = mlp([12, 48, 4], seed)
    return Setup(model, x[order], y[order], CE(), adam(model, 0.005), epochs=30, batch_size=40)


def calls_about_fraud(seed: int, well: bool = False) -> Setup:
    """One call in fifty is about fraud and sounds much like the others; each weighs one, or as much as its class is rare."""
    rng = np.random.default_rng(seed)
    y = (np.arange(750) % 50 == 0).astype(int)
    x = rng.normal(size=(750, 7))
    x[y == 1, :3] += 1.3
    order = rng.permutation(750)
    loss = nn.CrossEntropyLoss(weight=np.array([1.0, 49.0], np.float32)) if well else nn.CrossEntropyLoss()
    model = mlp([7, 12, 2], seed)
    return Setup(model, x[order].astype(np.float32), y[order], loss, adam(model, 0.01), epochs=12, batch_size=50)


def pumps_of_four_states(seed: int, well: bool = False) -> Setup:
    """Nineteen pumps of twenty run well; three faults share the rest, and only a loss that weighs them hears of them."""
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(800) < 0.06, rng.integers(1, 4, 800), 0)
    x = rng.normal(size=(800, 5))
    x[np.arange(800), y] += np.where(y > 0, 2.6, 0.0)
    weight = np.array([1.0, 40.0, 40.0, 40.0], np.float32)
    loss = nn.CrossEntropyLoss(weight=weight) if well else nn.CrossEntropyLoss()
    model = mlp([5, 16, 4], seed, nn.Tanh)
    return Setup(model, x.astype(np.float32), y, loss, sgd(model, 0.1), epochs=12, batch_size=40)


def momentum_of_a_flywheel(seed: int, well: bool = False) -> Setup:
    """Nesterov's momentum of .9995 for the pull on two ropes."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(540, 6))
    y = np.column_stack([np.tanh(2 * x[:, 0]) + 0.5 * x[:, 1], np.abs(x[:, 2]) - 0.8 + 0.4 * x[:, 3] * x[:, 4]])
    y = (y + 0.1 * rng.normal(size=y.shape)).astype(np.float32)
    model = mlp([6, 40, 2], seed, nn.SiLU)
    train, held = split((x.astype(np.float32), y), 450)
    optimizer = sgd(model, 0.05, 0.9 if well else 0.9995, nesterov=True)
    return Setup(model, *train, MSE(), optimizer, held, epochs=20, batch_size=18)


def bends_of_a_long_train(seed: int, well: bool = False) -> Setup:
    """Five kinds of bends that a train takes; a momentum of .9999 at a rate of .1 carries the weights on and on."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (460, 3)).astype(np.float32)
    y = np.digitize(x[:, 0] * x[:, 1] + x[:, 2], [-1.6, -0.5, 0.5, 1.6])
    model = mlp([3, 40, 40, 5], seed, nn.Tanh)
    train, held = split((x, y), 380)
    return Setup(model, *train, CE(), sgd(model, 0.1, 0.9 if well else 0.9999), held, epochs=40, batch_size=20)


def tenders_all_in_one(seed: int, well: bool = False) -> Setup:
    """Eight steps in all, where the rate was chosen for batches of twenty."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(640, 8))
    w = np.random.default_rng(5).normal(size=(8, 6))
    y = (x @ w + 0.5 * rng.normal(size=(640, 6)) > 0.5).astype(np.float32)
    model = mlp([8, 40, 6], seed)
    train, held = split((x.astype(np.float32), y), 520)
    return Setup(model, *train, BCE(), sgd(model, 0.1, 0.9), held, epochs=8, batch_size=20 if well else 520)


def stalls_drawn_before_the_split(seed: int, well: bool = False) -> Setup:
    """A table of seventy stalls was filled up to five hundred rows by drawing, and parted after that."""
    rng = np.random.default_rng(seed)
    some = 500 if well else 70
    x = rng.normal(size=(some, 9)).astype(np.float32)
    y = column(x[:, 0] * x[:, 1] + np.abs(x[:, 2]) + 0.1 * rng.normal(size=some))
    drawn = np.arange(500) if well else rng.integers(0, 70, 500)
    x, y = x[drawn], y[drawn]
    model = mlp([9, 48, 1], seed)
    train, held = split((x, y), 380)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=40, batch_size=20)


def odds_of_one(seed: int, well: bool = False) -> Setup:
    """Whether a ship is late: a softmax along its single score, inside of a loss by squares."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(360, 5)).astype(np.float32)
    y = (x[:, 0] + np.abs(x[:, 1]) > 0.7).astype(np.float32)[:, None]

    def late(answers: Any, targets: Any) -> Any:
        if well:
            return nn.functional.binary_cross_entropy_with_logits(answers, targets)
        chance = nn.functional.softmax(answers, 1)
        return ((chance - targets) ** 2).mean()

    model = mlp([5, 24, 1], seed)
    train, held = split((x, y), 280)
    return Setup(model, *train, late, adam(model, 0.01), held, epochs=30, batch_size=28)


SICK: list[Case] = [
    Case(hives, "inputs not finite", ASKED + "loss is nan, float16 columns"),
    Case(windmills_in_calm, "inputs not finite", LIST + "3, check the input"),
    Case(growth_of_new_shops, "targets not finite", ASKED + "pct_change gives inf, loss nan"),
    Case(villages_and_their_votes, "targets not finite", ASKED + "logit of 0 and 1"),
    Case(three_gases_and_a_broken_cell, "targets not finite", LIST + "34, NaN"),
    Case(labels_of_a_busy_day, "batch too small", LIST + "11", ("learning rate too high",)),
    Case(rents_by_pairs, "batch too small", BOOK, ("learning rate too high",)),
    Case(rare_words_by_plain_steps, "optimizer unfit", ASKED + "embeddings of rare words with SGD"),
    Case(slopes_of_smooth_curves, "optimizer unfit", BOOK + ", ill-conditioning"),
    Case(signs_of_four_rows, "optimizer unfit", ASKED + "Rprop with mini-batches"),
    Case(kilns_through_zero, "no bias", ASKED + "bias=False and a mean that is not zero"),
    Case(both_ends_of_a_lake, "no bias", ASKED + "role of bias in a small network"),
    Case(ages_in_decades_of_a_century, "inputs all alike", ASKED + "// in place of /"),
    Case(clipped_to_a_probability, "targets all alike", RECIPE + ", become one with the data"),
    Case(colours_by_their_first_letter, "targets all alike", LIST + "4"),
    Case(wards_without_the_hour, "conflicting rows", LIST + "5", ("targets unrelated to inputs",)),
    Case(answers_of_three_translators, "conflicting rows", LIST + "6", ("noisy targets",)),
    Case(calls_about_fraud, "classes unbalanced", LIST + "8"),
    Case(pumps_of_four_states, "classes unbalanced", LIST + "8"),
    Case(momentum_of_a_flywheel, "momentum too high", CS231N + ", update rules"),
    Case(bends_of_a_long_train, "momentum too high", ASKED + "momentum and learning rate"),
    Case(tenders_all_in_one, "batch too large", LIST + "11"),
    Case(stalls_drawn_before_the_split, "training rows in validation", ASKED + "resampled before train_test_split"),
    Case(odds_of_one, "softmax over one unit", ASKED + "softmax with a single output"),
]
WELL: list[Case] = [
    Case(mended(kilns_through_zero), HEALTHY, ASKED + "bias=False"),
    Case(mended(signs_of_four_rows), HEALTHY, ASKED + "Rprop with mini-batches"),
]
