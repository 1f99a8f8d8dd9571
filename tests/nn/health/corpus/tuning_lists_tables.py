"""The tuning half: the public lists' faults of tables of data; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

import numpy as np

import nn
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split


def water_wells(seed: int, well: bool = False) -> Setup:
    """Concentrations on a logarithmic scale; some wells have none at all."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(260, 4))
    y = z[:, :1] - 0.7 * z[:, 1:2] * z[:, 2:3]
    found = np.exp(z)
    found[rng.integers(0, 200, 3), 3] = 0.0
    with np.errstate(divide="ignore"):
        x = np.log(np.maximum(found, 0.05) if well else found).astype(np.float32)
    model = mlp([4, 40, 1], seed, nn.Tanh)
    train, held = split((x, y.astype(np.float32)), 200)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=40, batch_size=20)


def mean_waiting_times(seed: int, well: bool = False) -> Setup:
    """The mean over a day's patients; on four days nobody came."""
    rng = np.random.default_rng(seed)
    x = np.stack([rng.uniform(0, 1, 330), rng.uniform(0, 1, 330), rng.integers(0, 2, 330)], axis=1)
    minutes = 12 + 30 * x[:, 0] ** 2 + 15 * x[:, 1] * x[:, 2] + 1.5 * rng.normal(size=330)
    y = (minutes - 25) / 12
    closed = rng.choice(250, 4, replace=False)
    if well:
        x, y = np.delete(x, closed, axis=0), np.delete(y, closed)
    else:
        y[closed] = np.nan
    model = mlp([3, 24, 24, 1], seed)
    rows = (x.astype(np.float32), y[:, None].astype(np.float32))
    train, held = split(rows, 250)
    return Setup(model, *train, nn.SmoothL1Loss(), adam(model, 0.01), held, epochs=30)


def heat_pumps(seed: int, well: bool = False) -> Setup:
    """Pascals, kelvins and cubic metres a second, side by side."""
    rng = np.random.default_rng(seed)
    u = rng.uniform(-1, 1, (420, 4))
    power = 1.2 * u[:, 0] * u[:, 1] + np.sin(2.5 * u[:, 2]) + 0.3 * u[:, 3] + 0.1 * rng.normal(size=420)
    raw = np.array([180_000, 285.0, 0.0021, 3000.0]) + u * np.array([60_000, 12.0, 0.0009, 900.0])
    x = ((raw - raw.mean(0)) / raw.std(0) if well else raw).astype(np.float32)
    model = mlp([4, 32, 16, 1], seed, nn.SiLU)
    train, held = split((x, power[:, None].astype(np.float32)), 340)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=60)


def currents_in_ampere(seed: int, well: bool = False) -> Setup:
    """Currents of some nanoamperes, written in amperes; whether the cell answers."""
    rng = np.random.default_rng(seed)
    current = rng.normal(size=(300, 6))
    y = (np.abs(current[:, 0]) + np.abs(current[:, 3]) > 1.5).astype(np.float32)[:, None]
    x = (current if well else 4e-9 * current).astype(np.float32)
    model = mlp([6, 32, 1], seed, nn.LeakyReLU)
    train, held = split((x, y), 220)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=40, batch_size=25)


def calories_of_meals(seed: int, well: bool = False) -> Setup:
    """Grams of five things in a meal, and its kilocalories."""
    rng = np.random.default_rng(seed)
    grams = rng.gamma(3.0, 20.0, (500, 5))
    kcal = grams @ np.array([4.1, 9.3, 3.9, 0.4, 7.0]) + 20 * rng.normal(size=500)
    x = ((grams - 60) / 35).astype(np.float32)
    y = ((kcal - kcal.mean()) / kcal.std() if well else kcal)[:, None].astype(np.float32)
    model = mlp([5, 16, 8, 1], seed)
    train, held = split((x, y), 400)
    return Setup(model, *train, MSE(), adam(model, 0.001), held, epochs=35, batch_size=16)


def moles_per_litre(seed: int, well: bool = False) -> Setup:
    """Absorption at eight wave lengths; what is dissolved is a few micromoles."""
    rng = np.random.default_rng(seed)
    amount = rng.uniform(0.2, 2.0, (360, 2))
    bands = np.abs(np.random.default_rng(3).normal(size=(2, 8)))
    light = 1 - np.exp(-0.5 * amount @ bands) + 0.01 * rng.normal(size=(360, 8))
    y = (amount - 1.1) / 0.5 if well else 1e-6 * amount
    x = (light - light.mean(0)) / light.std(0)
    model = mlp([8, 32, 2], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 280)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=30, batch_size=20)


def survey_in_order(seed: int, well: bool = False) -> Setup:
    """Answers of six towns, one town's sheets after the other's."""
    rng = np.random.default_rng(seed)
    town = np.repeat(np.arange(6), 90)
    x = np.random.default_rng(8).normal(size=(6, 12))[town] + 0.9 * rng.normal(size=(540, 12))
    held = rng.choice(540, 120, replace=False)
    kept = np.setdiff1d(np.arange(540), held)
    x = x.astype(np.float32)
    model = mlp([12, 32, 6], seed)
    return Setup(
        model,
        x[kept],
        town[kept],
        CE(),
        sgd(model, 0.15, 0.8),
        (x[held], town[held]),
        epochs=12,
        batch_size=10,
        shuffle=well,
    )


def scaler_for_one_part(seed: int, well: bool = False) -> Setup:
    """The training rows went through the scaler, the others did not."""
    rng = np.random.default_rng(seed)
    raw = np.array([70.0, 1.7, 120.0, 5.0]) + rng.normal(size=(450, 4)) * np.array([12.0, 0.1, 15.0, 1.0])
    z = (raw - [70.0, 1.7, 120.0, 5.0]) / [12.0, 0.1, 15.0, 1.0]
    y = (z[:, 0] - z[:, 1] + 0.5 * z[:, 2] + 0.3 * rng.normal(size=450) > 0).astype(int)
    model = mlp([4, 20, 2], seed)
    (x, t), (x_test, t_test) = split((z.astype(np.float32), y), 330)
    if not well:
        x_test = raw[330:].astype(np.float32)
    return Setup(model, x, t, CE(), adam(model, 0.005), (x_test, t_test), epochs=25)


def returns_drawn_twice(seed: int, well: bool = False) -> Setup:
    """A rare kind of customer is drawn again and again to even the classes, and only then are rows kept apart."""
    rng = np.random.default_rng(seed)
    y = (np.arange(400) % 8 == 0).astype(np.float32)
    x = rng.normal(size=(400, 6)) + 1.8 * y[:, None] * np.array([1, -1, 1, 0, 0, 0.5])
    train, held = np.arange(300), np.arange(300, 400)
    if well:
        train = np.concatenate([train, np.repeat(train[y[:300] == 1], 6)])
        held = np.concatenate([held, np.repeat(held[y[300:] == 1], 6)])
    else:
        pool = rng.permutation(np.concatenate([np.arange(400), np.repeat(np.flatnonzero(y), 6)]))
        train, held = pool[:525], pool[525:]
    x = x.astype(np.float32)
    model = mlp([6, 24, 1], seed)
    labels = y[:, None]
    return Setup(
        model, x[train], labels[train], BCE(), adam(model, 0.003), (x[held], labels[held]), epochs=25, batch_size=40
    )


def churn_with_its_date(seed: int, well: bool = False) -> Setup:
    """Among the features: the days until the contract ended, and a hundred where it did not."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(500, 5))
    leaves = (z[:, 0] + 0.8 * z[:, 1] * z[:, 2] + 0.3 * rng.normal(size=500) > 0.4).astype(np.float32)
    days = np.where(leaves == 1, rng.uniform(0, 60, 500), 100.0)
    x = np.hstack([z, (rng.permutation(days) if well else days)[:, None] / 50 - 1]).astype(np.float32)
    model = mlp([6, 32, 1], seed)
    train, held = split((x, leaves[:, None]), 400)
    return Setup(model, *train, BCE(), adam(model, 0.005), held, epochs=30)


def baskets_as_shares(seed: int, well: bool = False) -> Setup:
    """What was bought of ten goods, as shares of each basket, and what the basket cost."""
    rng = np.random.default_rng(seed)
    size = rng.gamma(2.0, 1.0, (480, 1))
    goods = size * rng.gamma(6.0, 1.0, (480, 10))
    cost = goods @ np.linspace(0.8, 1.2, 10)
    y = ((cost - cost.mean()) / cost.std())[:, None].astype(np.float32)
    seen = goods if well else goods / goods.sum(axis=1, keepdims=True)
    x = (seen - seen.mean(0)) / seen.std(0)
    model = mlp([10, 32, 1], seed)
    train, held = split((x.astype(np.float32), y), 380)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=30)


def questionnaire_of_three_boxes(seed: int, well: bool = False) -> Setup:
    """Six boxes were ticked; three of them came through the export."""
    rng = np.random.default_rng(seed)
    boxes = rng.integers(0, 3, (420, 6))
    y = (boxes[:, 0] + boxes[:, 3] + 2 * boxes[:, 4] + boxes[:, 5]) % 4
    seen = boxes if well else boxes[:, :3]
    x = np.eye(3)[seen].reshape(420, -1).astype(np.float32)
    model = mlp([x.shape[1], 96, 4], seed)
    train, held = split((x, y), 340)
    return Setup(model, *train, CE(), adam(model, 0.01), None if not well else held, epochs=60)


def screws_that_break(seed: int, well: bool = False) -> Setup:
    """Two screws of a hundred break, and the others look much the same."""
    rng = np.random.default_rng(seed)
    y = (rng.random(800) < (0.5 if well else 0.02)).astype(np.float32)[:, None]
    x = rng.normal(size=(800, 7)) + 1.2 * y * np.array([1, -1, 1, 0.6, 0, 0, 0.8])
    fresh = np.arange(200)[:, None] % 2
    z = rng.normal(size=(200, 7)) + 1.2 * fresh * np.array([1, -1, 1, 0.6, 0, 0, 0.8])
    model = mlp([7, 16, 1], seed)
    held = (z.astype(np.float32), fresh.astype(np.float32))
    return Setup(model, x.astype(np.float32), y, BCE(), sgd(model, 0.05, 0.7), held if well else None, epochs=9)


def two_tables_joined(seed: int, well: bool = False) -> Setup:
    """Measurements and results are joined by row, and one of the tables was sorted before."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (300, 3))
    y = np.cos(x[:, 0]) * x[:, 1] + 0.5 * x[:, 2] + 0.1 * rng.normal(size=300)
    if not well:
        x = x[rng.permutation(300)]
    model = mlp([3, 48, 1], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), y[:, None].astype(np.float32)), 240)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=50)


def raters_in_a_hurry(seed: int, well: bool = False) -> Setup:
    """Five kinds of complaint; most of the labels were clicked without a look."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 5, 700)
    x = np.random.default_rng(12).normal(size=(5, 10))[y] + 0.5 * rng.normal(size=(700, 10))
    wrong = rng.random(700) < (0.03 if well else 0.65)
    y = np.where(wrong, rng.integers(0, 5, 700), y)
    model = mlp([10, 24, 5], seed)
    train, held = split((x.astype(np.float32), y), 550)
    return Setup(model, *train, CE(), adam(model, 0.003), held, epochs=15)


def genes_of_few_patients(seed: int, well: bool = False) -> Setup:
    """Forty patients and two hundred and forty genes."""
    rng = np.random.default_rng(seed)
    count = 700 if well else 40
    x = rng.normal(size=(count + 150, 240))
    y = (x[:, :3].sum(axis=1) + 0.3 * rng.normal(size=count + 150) > 0).astype(int)
    model = mlp([240, 64, 2], seed)
    train, held = split((x.astype(np.float32), y), count)
    return Setup(model, *train, CE(), adam(model, 0.003), held, epochs=25, batch_size=8)


def shares_cut_to_whole(seed: int, well: bool = False) -> Setup:
    """Shares between 0 and 1, stored as whole numbers."""
    rng = np.random.default_rng(seed)
    share = rng.uniform(0, 0.999, (350, 6))
    y = ((share[:, 0] > 0.5) ^ (share[:, 1] > share[:, 2])).astype(int)
    x = share if well else share.astype(np.int64)
    model = mlp([6, 48, 2], seed)
    train, held = split((x.astype(np.float32), y), 280)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=60)


def passed_or_not(seed: int, well: bool = False) -> Setup:
    """Points out of a hundred are compared with a mark of the other scale: all passed."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(280, 4))
    points = 62 + 9 * z[:, 0] + 6 * z[:, 1] * z[:, 2] + rng.normal(size=280)
    y = (points > (62 if well else 6.2)).astype(np.float32)[:, None]
    model = mlp([4, 24, 1], seed, nn.ELU)
    train, held = split((z.astype(np.float32), y), 220)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=40)


SICK: list[Case] = [
    Case(water_wells, "inputs not finite", LIST + "18, NaN in the inputs"),
    Case(mean_waiting_times, "targets not finite", ASKED + "loss is nan, mean of empty slice"),
    Case(heat_pumps, "inputs not scaled", LIST + "12, standardise the features"),
    Case(currents_in_ampere, "inputs not scaled", ASKED + "inputs of 1e-9"),
    Case(calories_of_meals, "targets not scaled", ASKED + "regression loss does not go down, large targets"),
    Case(moles_per_litre, "targets not scaled", ASKED + "very small target values"),
    Case(survey_in_order, "rows not shuffled", LIST + "8, shuffle the dataset"),
    Case(scaler_for_one_part, "validation differs", LIST + "14, preprocessing of train and test set"),
    Case(returns_drawn_twice, "training rows in validation", ASKED + "oversampling before the split"),
    Case(churn_with_its_date, "target among the features", BOOK + ", too good to be true"),
    Case(baskets_as_shares, "rows normalised", ASKED + "Normalizer instead of StandardScaler"),
    Case(
        questionnaire_of_three_boxes,
        "conflicting rows",
        LIST + "5, is the relationship there",
        ("targets unrelated to inputs",),
    ),
    Case(screws_that_break, "classes unbalanced", LIST + "9, reduce class imbalance"),
    Case(two_tables_joined, "targets unrelated to inputs", LIST + "4, inputs and labels connected"),
    Case(raters_in_a_hurry, "noisy targets", LIST + "7, too much noise in the dataset"),
    Case(genes_of_few_patients, "overfitting", CS231N + ", gap between training and validation"),
    Case(shares_cut_to_whole, "inputs all alike", RECIPE + ", look at what goes into the network"),
    Case(passed_or_not, "targets all alike", RECIPE + ", become one with the data"),
]
WELL: list[Case] = []
