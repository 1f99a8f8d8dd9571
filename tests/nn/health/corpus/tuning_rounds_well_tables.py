"""The tuning half: people's tables that are learned well, with own losses, odd columns, few rows and much chance; two that are not."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.numpy as anp
import nn
import optim
from nn import functional
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split


def huber(out: Any, y: Any) -> Any:
    """Squares near the truth, a straight line farther off."""
    off = anp.abs(out - y)
    return anp.where(off < 1.0, 0.5 * off * off, off - 0.5).mean()


def honey_with_misprints(seed: int) -> Setup:
    """Honey of a hive, with noise of a fifth; three entries in a hundred were written down fourfold."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(420, 5))
    y = 0.9 * np.tanh(1.5 * x[:, 0]) + 0.6 * x[:, 1] * (x[:, 2] > 0) + 0.4 * x[:, 3] + 0.2 * rng.normal(size=420)
    y[rng.random(420) < 0.03] *= 4.0
    model = mlp([5, 24, 24, 1], seed)
    train, held = split((x.astype(np.float32), y[:, None].astype(np.float32)), 330)
    return Setup(model, *train, huber, adam(model, 0.005), held, epochs=35, batch_size=22)


def hikers_at_a_hut(seed: int) -> Setup:
    """Guests of a night, many of them none, by weekday, month and rain."""
    rng = np.random.default_rng(seed)
    day, rain, month = rng.integers(0, 7, 500), rng.gamma(1.0, 1.0, 500), rng.uniform(-1, 1, 500)
    rate = np.exp(0.4 + 1.6 * (day >= 5) - 0.9 * rain + 1.1 * np.cos(2.5 * month))
    x = np.column_stack([np.eye(7)[day], rain, month]).astype(np.float32)
    y = rng.poisson(rate).astype(np.float32)[:, None]
    model = mlp([9, 32, 1], seed, nn.SiLU)
    train, held = split((x, y), 400)
    return Setup(model, *train, nn.PoissonNLLLoss(), adam(model, 0.006), held, epochs=30, batch_size=25)


class Scores(nn.Module):
    """One score for each thing of a list."""

    def __init__(self, seed: int, columns: int) -> None:
        super().__init__()
        self.hidden, self.score = nn.Linear(columns, 20, rng=seed), nn.Linear(20, 1, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.score(functional.relu(self.hidden(x)))[:, :, 0]


def best_of_six_melons(seed: int) -> Setup:
    """Six melons in each crate, and which of them was eaten first."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(520, 6, 4))
    sweet = x[:, :, 0] - np.abs(x[:, :, 1]) + 0.7 * x[:, :, 2] + 0.25 * rng.normal(size=(520, 6))
    model = Scores(seed, 4)
    train, held = split((x.astype(np.float32), sweet.argmax(axis=1)), 420)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=25, batch_size=30)


LEVELS = np.array([0.1, 0.5, 0.9], np.float32)


def three_quantiles(out: Any, y: Any) -> Any:
    """A pinball for each of three columns; the one truth stands for all three."""
    off = y - out
    return anp.maximum(LEVELS * off, (LEVELS - 1.0) * off).mean()


def ferry_in_three_quantiles(seed: int) -> Setup:
    """How late a ferry is, and how sure one may be; the spread grows with the wind."""
    rng = np.random.default_rng(seed)
    wind, load, tide = rng.uniform(0, 1, (3, 450))
    late = 2.5 * wind**2 + np.sin(5 * tide) + 0.8 * load + (0.1 + 0.5 * wind) * rng.normal(size=450)
    x = (np.column_stack([wind, load, tide]) * 3.4 - 1.7).astype(np.float32)
    model = mlp([3, 40, 3], seed, nn.Tanh)
    train, held = split((x, late[:, None].astype(np.float32)), 360)
    return Setup(model, *train, three_quantiles, adam(model, 0.01), held, epochs=50, batch_size=30)


def exponential(out: Any, y: Any) -> Any:
    """Lives whose end was seen, and lives that still went on when one stopped to look."""
    return (anp.exp(out) * y[:, :1] - out * y[:, 1:]).mean()


def lamps_until_they_fail(seed: int) -> Setup:
    """Months in use and whether the lamp is broken; one in four still burns."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(600, 4))
    rate = np.exp(-0.5 + 1.1 * x[:, 0] - 0.8 * np.abs(x[:, 1]) + 0.5 * x[:, 2])
    life, end = rng.exponential(1 / rate), rng.exponential(6.0, 600)
    y = np.column_stack([np.minimum(life, end), life < end]).astype(np.float32)
    model = mlp([4, 24, 1], seed)
    train, held = split((x.astype(np.float32), y), 480)
    return Setup(model, *train, exponential, adam(model, 0.005), held, epochs=30)


def forty_bells(seed: int) -> Setup:
    """Forty bells, their weight and width, and how low they ring."""
    rng = np.random.default_rng(seed)
    weight, width, age = rng.normal(size=(3, 40))
    pitch = -0.8 * weight - 0.5 * width + 0.2 * weight * width + 0.15 * rng.normal(size=40)
    x = np.column_stack([weight, width, age]).astype(np.float32)
    model = mlp([3, 6, 1], seed, nn.Tanh)
    train, held = split((x, pitch[:, None].astype(np.float32)), 28)
    return Setup(model, *train, MSE(), adam(model, 0.02, weight_decay=1e-3), held, epochs=150, batch_size=14)


def dwellings_as_counted(seed: int) -> Setup:
    """Rooms, storeys and years of a dwelling as whole numbers that nobody scaled, and none the worse."""
    rng = np.random.default_rng(seed)
    rooms, storey, years, lift = (
        rng.integers(1, 7, 560),
        rng.integers(0, 6, 560),
        rng.integers(0, 9, 560),
        rng.integers(0, 2, 560),
    )
    rent = 0.5 * rooms - 0.12 * storey * (1 - lift) + 0.1 * years + 0.2 * rng.normal(size=560)
    x = np.column_stack([rooms, storey, years, lift]).astype(np.float32)
    model = mlp([4, 32, 1], seed)
    train, held = split((x, rent[:, None].astype(np.float32)), 460)
    return Setup(model, *train, nn.L1Loss(), adam(model, 0.005), held, epochs=40, batch_size=20)


def kitchens_one_hot(seed: int) -> Setup:
    """Seventy columns of nought and one, four of them set in each row; Adagrad."""
    rng = np.random.default_rng(seed)
    sizes = (30, 20, 12, 8)
    codes = [rng.integers(0, n, 700) for n in sizes]
    x = np.hstack([np.eye(n)[c] for n, c in zip(sizes, codes, strict=True)]).astype(np.float32)
    worth = np.random.default_rng(17).normal(size=(70, 4))
    y = (x @ worth + 0.4 * rng.gumbel(size=(700, 4))).argmax(axis=1)
    model = nn.Linear(70, 4, rng=seed)
    train, held = split((x, y), 580)
    return Setup(model, *train, CE(), optim.Adagrad(model.parameters(), lr=0.3), held, epochs=20)


def votes_of_a_council(seed: int) -> Setup:
    """Thirteen votes of yes and no; a motion passes if its side has most of nine and the chair does not object."""
    rng = np.random.default_rng(seed)
    x = (rng.random((520, 13)) < 0.55).astype(np.float32)
    y = ((x[:, :9].sum(axis=1) > 4.5) & (x[:, 9] + x[:, 10] > 0)).astype(np.float32)[:, None]
    model = mlp([13, 16, 1], seed, nn.Sigmoid)
    optimizer = optim.SGD(model.parameters(), lr=0.5, momentum=0.9, nesterov=True)
    train, held = split((x, y), 420)
    return Setup(model, *train, BCE(), optimizer, held, epochs=60, batch_size=21)


def weather_with_gaps(seed: int) -> Setup:
    """One reading in six is missing: it is nought, and a column beside it says so."""
    rng = np.random.default_rng(seed)
    true = rng.normal(size=(640, 5))
    true[:, 1] = 0.8 * true[:, 0] + 0.6 * true[:, 1]
    gone = rng.random((640, 5)) < 0.16
    y = (1.2 * true[:, 0] + true[:, 1] - 0.8 * true[:, 2] + 0.3 * true[:, 3] > 0.2).astype(int)
    x = np.hstack([np.where(gone, 0.0, true), gone]).astype(np.float32)
    model = mlp([10, 24, 2], seed, nn.LeakyReLU)
    train, held = split((x, y), 500)
    return Setup(model, *train, CE(), optim.RMSprop(model.parameters(), lr=0.002), held, epochs=20)


def mushrooms_named_in_haste(seed: int) -> Setup:
    """Six kinds, and three names in twenty are wrong."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 6, 720)
    x = np.random.default_rng(29).normal(0, 1.1, (6, 9))[y] + 0.7 * rng.normal(size=(720, 9))
    wrong = rng.random(720) < 0.15
    y = np.where(wrong, rng.integers(0, 6, 720), y)
    model = mlp([9, 20, 6], seed)
    train, held = split((x.astype(np.float32), y), 600)
    return Setup(model, *train, CE(), optim.AdamW(model.parameters(), lr=0.004, weight_decay=0.02), held, epochs=15)


def two_rivers_of_trout(seed: int) -> Setup:
    """Which of two rivers a trout is from: nobody can tell one in ten."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, 600)
    shift = np.array([0.9, -0.7, 0.5, 0.3, 0.0])
    x = rng.normal(size=(600, 5)) + np.outer(2 * y - 1, shift)
    model = mlp([5, 12, 1], seed)
    train, held = split((x.astype(np.float32), y[:, None].astype(np.float32)), 450)
    return Setup(model, *train, BCE(), adam(model, 0.003), held, epochs=20)


def wells_behind_a_tanh(seed: int) -> Setup:
    """The targets lie between -.9 and .9, and a tanh at the end gives them."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(380, 4))
    level = 0.9 * np.sin(x[:, 0] + 0.6 * x[:, 1]) * np.exp(-0.3 * x[:, 2] ** 2) + 0.05 * rng.normal(size=380)
    y = np.clip(level, -0.9, 0.9)[:, None]
    model = mlp([4, 40, 1], seed, nn.ELU, nn.Tanh())
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 300)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=45, batch_size=20)


def column_of_ones(seed: int) -> Setup:
    """No layer has a bias; the first column is one in every row, as in the statistics course."""
    rng = np.random.default_rng(seed)
    x = np.hstack([np.ones((360, 1)), rng.uniform(-1.7, 1.7, (360, 3))])
    y = 1.5 + 0.8 * x[:, 1] - np.abs(x[:, 2]) + 0.3 * x[:, 3] + 0.2 * rng.normal(size=360)
    hidden, last = nn.Linear(4, 32, bias=False, rng=seed), nn.Linear(32, 1, bias=False, rng=seed + 1)
    model = nn.Sequential(hidden, nn.ReLU(), last)
    train, held = split((x.astype(np.float32), y[:, None].astype(np.float32)), 280)
    return Setup(model, *train, MSE(), sgd(model, 0.05, 0.8), held, epochs=30, batch_size=20)


def switches_by_heart(seed: int) -> Setup:
    """All sixty-four settings of six switches and whether the lamp burns: there are no others to hold."""
    x = ((np.arange(64)[:, None] >> np.arange(6)) & 1).astype(np.float32)
    on = (x[:, 0] != x[:, 1]) & ((x[:, 2] == 1) | (x[:, 3] != x[:, 4])) | ((x[:, 5] == 1) & (x[:, 0] == 0))
    model = mlp([6, 32, 2], seed, nn.Tanh)
    return Setup(model, 2 * x - 1, on.astype(int), CE(), adam(model, 0.02), epochs=60, batch_size=16)


def toads_one_by_one(seed: int) -> Setup:
    """Batches of a single row, and a rate that is small enough for them."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(200, 3))
    y = 0.7 * np.maximum(x[:, 0], 0) - 0.8 * x[:, 1] + 0.15 * rng.normal(size=200)
    model = mlp([3, 12, 1], seed)
    train, held = split((x.astype(np.float32), y[:, None].astype(np.float32)), 150)
    return Setup(model, *train, MSE(), sgd(model, 0.02), held, epochs=20, batch_size=1)


def dunes_all_at_once(seed: int) -> Setup:
    """All rows in each of five hundred plain steps."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (240, 2))
    y = (np.abs(x[:, 0]) + 0.5 * x[:, 1] > 1.0).astype(np.float32)[:, None]
    model = mlp([2, 20, 1], seed)
    train, held = split((x.astype(np.float32), y), 190)
    return Setup(model, *train, BCE(), sgd(model, 0.5), held, epochs=500, batch_size=190)


def faulty_valves(seed: int) -> Setup:
    """Three valves in a hundred leak, and stand out by two readings together."""
    rng = np.random.default_rng(seed)
    y = (rng.random(800) < 0.05).astype(int)
    x = rng.normal(size=(800, 6))
    x[y == 1, :3] = np.array([2.6, -2.4, 2.2]) + 0.6 * rng.normal(size=(int(y.sum()), 3))
    model = mlp([6, 24, 2], seed)
    train, held = split((x.astype(np.float32), y), 500)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=25)


def weighed_by_certainty(out: Any, y: Any) -> Any:
    """Squares, weighed by the second column: how sure the gauge was."""
    return (y[:, 1:] * (out - y[:, :1]) ** 2).mean()


def snow_from_two_gauges(seed: int) -> Setup:
    """A good gauge and a poor one measure the same snow; the rows of the poor one count a tenth."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(480, 4))
    poor = rng.random(480) < 0.4
    y = np.sin(1.3 * x[:, 0]) + 0.5 * x[:, 1] * x[:, 2] + np.where(poor, 0.6, 0.1) * rng.normal(size=480)
    target = np.column_stack([y, np.where(poor, 0.1, 1.0)]).astype(np.float32)
    model = mlp([4, 32, 1], seed, nn.GELU)
    train, held = split((x.astype(np.float32), target), 380)
    return Setup(model, *train, weighed_by_certainty, adam(model, 0.01), held, epochs=40, batch_size=20)


def one_row_of_punches(seed: int) -> Setup:
    """An autoencoder of cards with holes: probabilities by a sigmoid, and their cross-entropy."""
    rng = np.random.default_rng(seed)
    kinds = (np.random.default_rng(53).random((8, 30)) < 0.3).astype(np.float32)
    x = np.abs(kinds[rng.integers(0, 8, 400)] - (rng.random((400, 30)) < 0.04)).astype(np.float32)
    model = mlp([30, 24, 5, 24, 30], seed, nn.ReLU, nn.Sigmoid())
    train, held = split((x, x), 320)
    return Setup(model, *train, nn.BCELoss(), adam(model, 0.005), held, epochs=60, batch_size=20)


def hats_by_a_margin(seed: int) -> Setup:
    """Five kinds of hat by a margin and not by probabilities."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 5, 500)
    x = np.random.default_rng(61).normal(size=(5, 10))[y] + 0.6 * rng.normal(size=(500, 10))
    model = mlp([10, 30, 5], seed)
    train, held = split((x.astype(np.float32), y), 400)
    return Setup(model, *train, nn.MultiMarginLoss(), sgd(model, 0.1, 0.9), held, epochs=20, batch_size=25)


def vintages_that_hardly_say(seed: int) -> Setup:
    """Noise of four tenths of the spread, and seven columns of which two count."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(700, 7))
    y = 0.8 * x[:, 0] - 0.55 * x[:, 4] + 0.42 * rng.normal(size=700)
    model = mlp([7, 10, 1], seed)
    optimizer = optim.AdamW(model.parameters(), lr=0.005, weight_decay=0.05)
    train, held = split((x.astype(np.float32), y[:, None].astype(np.float32)), 550)
    return Setup(model, *train, MSE(), optimizer, held, epochs=20, batch_size=50)


def coffees_of_forty(seed: int, well: bool = False) -> Setup:
    """Forty roasts of forty readings each, a wide network, and no end to the training."""
    rng = np.random.default_rng(seed)
    count = 600 if well else 40
    x = rng.normal(size=(count + 200, 40))
    y = (x[:, :4].sum(axis=1) > 0).astype(np.float32)[:, None]
    model = mlp([40, 128, 1], seed)
    train, held = split((x.astype(np.float32), y), count)
    return Setup(model, *train, BCE(), adam(model, 0.005), held, epochs=15 if well else 150, batch_size=20)


def tanks_in_litres(seed: int, well: bool = False) -> Setup:
    """Litres beside shares, for plain descent; one would hardly see it among the others."""
    rng = np.random.default_rng(seed)
    litres, share, slope = rng.gamma(4, 900, 420), rng.uniform(0, 1, 420), rng.normal(size=420)
    y = np.tanh((litres - 3600) / 1800) + 1.5 * (share - 0.5) * slope + 0.05 * rng.normal(size=420)
    x = np.column_stack([(litres - 3600) / 1800 if well else litres, 3.4 * (share - 0.5) if well else share, slope])
    model = mlp([3, 32, 1], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), y[:, None].astype(np.float32)), 340)
    return Setup(model, *train, MSE(), sgd(model, 0.05, 0.9), held, epochs=50, batch_size=20)


SICK: list[Case] = [
    Case(coffees_of_forty, "overfitting", BOOK + ", and " + ASKED + "40 samples and 5000 weights"),
    Case(tanks_in_litres, "inputs not scaled", LIST + "15, standardise the features"),
]
WELL: list[Case] = [
    Case(honey_with_misprints, HEALTHY, ASKED + "a Huber loss of one's own"),
    Case(hikers_at_a_hut, HEALTHY, ASKED + "Poisson loss with many zeros"),
    Case(best_of_six_melons, HEALTHY, ASKED + "listwise ranking"),
    Case(ferry_in_three_quantiles, HEALTHY, ASKED + "several quantiles by one network"),
    Case(lamps_until_they_fail, HEALTHY, ASKED + "survival analysis with censored rows"),
    Case(forty_bells, HEALTHY, RECIPE),
    Case(dwellings_as_counted, HEALTHY, LIST + "15, where it does no harm"),
    Case(kitchens_one_hot, HEALTHY, ASKED + "one-hot columns and Adagrad"),
    Case(votes_of_a_council, HEALTHY, ASKED + "sigmoids in one hidden layer"),
    Case(weather_with_gaps, HEALTHY, ASKED + "missing values and an indicator"),
    Case(mushrooms_named_in_haste, HEALTHY, LIST + "5, noise in the labels"),
    Case(two_rivers_of_trout, HEALTHY, BOOK + ", Bayes error"),
    Case(wells_behind_a_tanh, HEALTHY, ASKED + "tanh as the last activation"),
    Case(column_of_ones, HEALTHY, ASKED + "bias as a column of ones"),
    Case(switches_by_heart, HEALTHY, ASKED + "a truth table"),
    Case(toads_one_by_one, HEALTHY, ASKED + "stochastic gradient descent with one row"),
    Case(dunes_all_at_once, HEALTHY, CS231N + ", full batches"),
    Case(faulty_valves, HEALTHY, LIST + "9, unbalanced and learned"),
    Case(snow_from_two_gauges, HEALTHY, ASKED + "weights of samples in the loss"),
    Case(one_row_of_punches, HEALTHY, BOOK + ", 14"),
    Case(hats_by_a_margin, HEALTHY, CS231N + ", the hinge of several classes"),
    Case(vintages_that_hardly_say, HEALTHY, RECIPE),
]
