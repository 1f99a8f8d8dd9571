"""The tuning half: people's tables that are learned as they should be, though something about each looks odd."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
import optim
from nn import functional
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, LIST, MSE, RECIPE, adam, sgd, split


def passengers_of_few_kinds(seed: int) -> Setup:
    """Class, sex, age group and port: forty-eight kinds of people, with other outcomes for one in fourteen of each."""
    rng = np.random.default_rng(seed)
    kind = np.stack([rng.integers(0, n, 640) for n in (3, 2, 4, 2)], axis=1)
    y = ((kind[:, 1] == 1) & (kind[:, 0] < 2)) | ((kind[:, 2] == 0) & (kind[:, 0] > 0)) | (kind[:, 3] * kind[:, 2] == 3)
    y = (y ^ (rng.random(640) < 0.07)).astype(np.float32)[:, None]
    x = np.hstack([np.eye(n)[kind[:, i]] for i, n in enumerate((3, 2, 4, 2))]).astype(np.float32)
    model = mlp([11, 24, 1], seed)
    train, held = split((x, y), 500)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=30)


def upper_tenth(out: Any, y: Any) -> Any:
    """What nine of ten stay under."""
    far = y - out
    return ag.maximum(0.9 * far, -0.1 * far).mean()


def queues_at_their_worst(seed: int) -> Setup:
    """How long one waits at most in nine of ten cases: most answers lie above what came."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(560, 3)).astype(np.float32)
    y = 1.5 * x[:, :1] + 1.2 * np.abs(x[:, 1:2]) + 0.25 * rng.exponential(size=(560, 1))
    model = mlp([3, 32, 1], seed)
    train, held = split((x, y.astype(np.float32)), 440)
    return Setup(model, *train, upper_tenth, adam(model, 0.01), held, epochs=40)


def gamma_loss(out: Any, y: Any) -> Any:
    """The deviance of amounts whose spread grows with them, of the logarithm of their mean."""
    return (y * (-out).exp() + out).mean()


def repairs_by_their_logarithm(seed: int) -> Setup:
    """Costs of repairs between 20 and 3000, by a likelihood that one writes oneself."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(600, 4)).astype(np.float32)
    mean = np.exp(0.3 + 0.8 * x[:, :1] - 0.5 * x[:, 1:2] + 0.4 * np.abs(x[:, 2:3]))
    y = (mean * rng.gamma(12, 1 / 12, size=mean.shape)).astype(np.float32)
    model = mlp([4, 24, 1], seed, nn.Softplus)
    train, held = split((x, y), 480)
    return Setup(model, *train, gamma_loss, adam(model, 0.01), held, epochs=40)


def where_known(out: Any, y: Any) -> Any:
    """The squared error of the numbers that are there."""
    there = np.isfinite(np.asarray(y))
    far = (out - np.where(there, np.asarray(y), 0.0)) * there
    return (far**2).sum() / there.sum()


def laboratories_that_left_gaps(seed: int) -> Setup:
    """Four properties of a compound, of which one in three was never measured: NaN, and the loss leaves it out."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 8))
    w = np.random.default_rng(72).normal(size=(8, 4)) / 2.8
    y = x @ w + 0.5 * np.maximum(x[:, :4], 0) + 0.1 * rng.normal(size=(500, 4))
    y[rng.random(y.shape) < 0.33] = np.nan
    model = mlp([8, 40, 4], seed)
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 400)
    return Setup(model, *train, where_known, adam(model, 0.005), held, epochs=30)


def cracks_drawn_more_often(seed: int) -> Setup:
    """Rows of the rare kind are repeated in the training part, after the others were put aside."""
    rng = np.random.default_rng(seed)
    y = (rng.random(700) < 0.12).astype(int)
    x = rng.normal(size=(700, 6)) + 2.6 * y[:, None] * np.array([1, -1, 0.5, 0, 0, 0])
    x = x.astype(np.float32)
    (x_train, y_train), held = split((x, y), 480)
    rows = np.concatenate([np.arange(480), rng.choice(np.flatnonzero(y_train), 320)])
    rng.shuffle(rows)
    model = mlp([6, 24, 2], seed, nn.ELU)
    optimizer = optim.AdamW(model.parameters(), lr=0.005)
    return Setup(model, x_train[rows], y_train[rows], CE(), optimizer, held, epochs=20)


def fuel_of_a_journey(seed: int) -> Setup:
    """Fuel goes with the distance, which is known beforehand; load and wind do the rest."""
    rng = np.random.default_rng(seed)
    far = rng.uniform(0.2, 8, 360)
    load, wind = rng.normal(size=(2, 360))
    fuel = far * (1.0 + 0.06 * load + 0.05 * wind) + 0.1 * rng.normal(size=360)
    x = np.column_stack([(far - 4.1) / 2.25, load, wind]).astype(np.float32)
    model = mlp([3, 16, 1], seed, nn.Tanh)
    train, held = split((x, ((fuel - 4.1) / 2.3)[:, None].astype(np.float32)), 280)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=40)


def forms_with_unused_boxes(seed: int) -> Setup:
    """Sixty boxes of a form, of which half are never ticked; three departments."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 420)
    ticked = np.zeros((3, 60))
    ticked[:, ::2] = np.random.default_rng(73).choice([0.04, 0.1, 0.6], size=(3, 30))
    x = (rng.random((420, 60)) < ticked[y]).astype(np.float32)
    model = mlp([60, 16, 3], seed)
    train, held = split((x, y), 330)
    return Setup(model, *train, CE(), optim.Adagrad(model.parameters(), lr=0.05), held, epochs=15)


def pain_from_none_to_worst(seed: int) -> Setup:
    """Five grades as four labels: more than none, more than light, and so on."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(520, 5)).astype(np.float32)
    grade = 1.4 * x[:, 0] + np.abs(x[:, 1]) - 0.8 * x[:, 2] + 0.25 * rng.normal(size=520)
    y = (grade[:, None] > np.array([-1.0, 0.3, 1.2, 2.2])).astype(np.float32)
    model = mlp([5, 32, 4], seed)
    train, held = split((x, y), 420)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=25)


def buoys_with_wild_readings(seed: int) -> Setup:
    """One reading in twenty-five is anything between -9 and 9, and an absolute error does not care."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (500, 3)).astype(np.float32)
    y = 1.5 * np.sin(1.5 * x[:, :1]) + x[:, 1:2] * x[:, 2:3] + 0.1 * rng.normal(size=(500, 1))
    wild = rng.random(500) < 0.04
    y[wild] = rng.uniform(-9, 9, (wild.sum(), 1))
    model = mlp([3, 48, 1], seed)
    train, held = split((x, y.astype(np.float32)), 400)
    return Setup(model, *train, nn.L1Loss(), adam(model, 0.005), held, epochs=50)


def seventy_vineyards(seed: int) -> Setup:
    """Seventy rows, five columns, a line, and noise of a third."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(90, 5)).astype(np.float32)
    y = x @ np.array([[1.0], [-0.7], [0.5], [0.0], [0.3]]) + 0.4 * rng.normal(size=(90, 1))
    model = nn.Linear(5, 1, rng=seed)
    train, held = split((x, y.astype(np.float32)), 70)
    return Setup(model, *train, MSE(), sgd(model, 0.05, weight_decay=0.01), held, epochs=30, batch_size=10)


def focal(out: Any, y: Any) -> Any:
    """A cross-entropy in which what is told well counts little."""
    p = ag.sigmoid(out)
    right = y * p + (1.0 - y) * (1.0 - p)
    return -((1.0 - right) ** 2 * ag.log(right + 1e-7)).mean()


def meteors_among_planes(seed: int) -> Setup:
    """One light in twelve is a meteor; a loss that looks at the hard ones."""
    rng = np.random.default_rng(seed)
    y = (rng.random((720, 1)) < 0.085).astype(np.float32)
    x = rng.normal(size=(720, 5))
    x[:, :1] += 3.4 * y
    x[:, 1:2] -= 2.6 * y
    model = mlp([5, 24, 1], seed)
    train, held = split((x.astype(np.float32), y), 540)
    return Setup(model, *train, focal, adam(model, 0.01), held, epochs=25)


def furnace_hour_by_hour(seed: int) -> Setup:
    """Hours of a furnace in their order, not mixed; what it burns in the next hour."""
    rng = np.random.default_rng(seed)
    t = np.arange(560)
    outside = np.sin(t / 24 * 2 * np.pi) + 0.5 * np.sin(t / 90) + 0.3 * rng.normal(size=560)
    burnt = np.zeros(560)
    for k in range(1, 560):
        burnt[k] = 0.7 * burnt[k - 1] - 0.5 * outside[k] + 0.15 * rng.normal()
    x = np.column_stack([outside[2:-1], outside[1:-2], burnt[2:-1], burnt[1:-2], np.sin(t[2:-1] / 24 * 2 * np.pi)])
    y = burnt[3:, None] / burnt.std()
    model = mlp([5, 24, 1], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 440)
    return Setup(model, *train, MSE(), sgd(model, 0.02, 0.9), held, epochs=30, shuffle=False)


class Better(nn.Module):
    """The same score for either of two, and their difference."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.score = mlp([5, 24, 1], seed)

    def forward(self, x: Any) -> Any:
        return self.score(x[:, 0]) - self.score(x[:, 1])


def which_tea_was_better(seed: int) -> Setup:
    """Two teas in each row, and 1 or -1 for the better one; one taster in ten is mistaken."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(560, 2, 5)).astype(np.float32)
    worth = x[:, :, 0] - 0.8 * np.abs(x[:, :, 1]) + 0.6 * x[:, :, 2]
    y = np.where(worth[:, :1] > worth[:, 1:], 1.0, -1.0) * np.where(rng.random((560, 1)) < 0.08, -1, 1)
    model = Better(seed)
    train, held = split((x, y.astype(np.float32)), 440)
    return Setup(model, *train, nn.SoftMarginLoss(), adam(model, 0.005), held, epochs=20)


def shares_of_clover(seed: int) -> Setup:
    """Shares of a meadow between 0 and 1, as targets of a cross-entropy, whose loss never comes to nothing."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(440, 4)).astype(np.float32)
    y = 1 / (1 + np.exp(-(2 * x[:, :1] - 1.5 * np.abs(x[:, 1:2]) + 0.5 + 0.3 * rng.normal(size=(440, 1)))))
    model = mlp([4, 24, 1], seed, nn.SiLU, nn.Sigmoid())
    train, held = split((x, y.astype(np.float32)), 350)
    return Setup(model, *train, nn.BCELoss(), adam(model, 0.01), held, epochs=40)


def price_and_sale(out: Any, y: Any) -> Any:
    """A squared error for the price, a cross-entropy for whether it was sold."""
    return functional.mse_loss(out[:, 0], y[:, 0]) + 0.5 * functional.binary_cross_entropy_with_logits(
        out[:, 1], y[:, 1]
    )


def boats_and_their_buyers(seed: int) -> Setup:
    """Two columns to tell, a number and a label, by one network."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(540, 6)).astype(np.float32)
    price = x[:, 0] + 0.7 * np.maximum(x[:, 1], x[:, 2]) + 0.15 * rng.normal(size=540) - 0.4
    sold = x[:, 3] - 0.8 * x[:, 0] * x[:, 4] + 0.1 * rng.normal(size=540) > 0
    model = mlp([6, 48, 2], seed)
    train, held = split((x, np.column_stack([price, sold]).astype(np.float32)), 430)
    return Setup(model, *train, price_and_sale, adam(model, 0.005), held, epochs=40)


def kilns_from_their_mean(seed: int) -> Setup:
    """Temperatures about 900 degrees as they are; the last bias begins at their mean, and the last layer is scaled."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 4)).astype(np.float32)
    y = 900 + 25 * x[:, :1] - 18 * np.abs(x[:, 1:2]) + 10 * x[:, 2:3] * x[:, 3:] + 4 * rng.normal(size=(400, 1))
    model = mlp([4, 32, 1], seed)
    model[-1].weight.data = model[-1].weight.data * 30
    model[-1].bias.data = np.full(1, 890.0, np.float32)
    train, held = split((x, y.astype(np.float32)), 320)
    return Setup(model, *train, MSE(), adam(model, 0.02), held, epochs=60)


def grains_that_overlap(seed: int) -> Setup:
    """Three kinds of wheat by four measures; one grain in eight looks like another kind."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 520)
    centres = np.array([[1.3, 0, 0.3, 0], [-0.7, 1.2, 0, 0.2], [-0.7, -1.2, -0.2, 0]])
    x = centres[y] + 0.85 * rng.normal(size=(520, 4))
    model = mlp([4, 16, 3], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), y), 400)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=20)


def sixty_patients(seed: int) -> Setup:
    """Sixty rows of ten columns, of which three count; others are told somewhat worse, as they must."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(140, 10)).astype(np.float32)
    y = x[:, :1] + 0.7 * x[:, 1:2] - 0.6 * x[:, 2:3] + 0.35 * rng.normal(size=(140, 1))
    model = mlp([10, 12, 1], seed, nn.SiLU)
    train, held = split((x, y.astype(np.float32)), 60)
    return Setup(model, *train, MSE(), adam(model, 0.01, weight_decay=0.01), held, epochs=25, batch_size=12)


WELL: list[Case] = [
    Case(made, HEALTHY, source)
    for made, source in [
        (passengers_of_few_kinds, ASKED + "Titanic with a network"),
        (queues_at_their_worst, ASKED + "quantile regression in PyTorch"),
        (repairs_by_their_logarithm, ASKED + "gamma regression with a network"),
        (laboratories_that_left_gaps, ASKED + "missing labels in multitask regression"),
        (cracks_drawn_more_often, LIST + "9"),
        (fuel_of_a_journey, BOOK),
        (forms_with_unused_boxes, RECIPE),
        (pain_from_none_to_worst, ASKED + "ordinal regression"),
        (buoys_with_wild_readings, LIST + "7"),
        (seventy_vineyards, RECIPE),
        (meteors_among_planes, ASKED + "focal loss for rare classes"),
        (furnace_hour_by_hour, ASKED + "shuffle time series?"),
        (which_tea_was_better, ASKED + "RankNet on pairs"),
        (shares_of_clover, ASKED + "binary cross-entropy with soft labels"),
        (boats_and_their_buyers, ASKED + "two outputs, two losses"),
        (grains_that_overlap, BOOK),
        (sixty_patients, LIST + "9"),
        (kilns_from_their_mean, RECIPE + ", initialise the last bias well"),
    ]
]
SICK: list[Case] = []
