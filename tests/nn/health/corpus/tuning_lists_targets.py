"""The tuning half: the public lists' faults of targets and losses; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from nn import functional
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split


def marks_from_one(seed: int, well: bool = False) -> Setup:
    """Seven marks, counted from 1, and seven outputs."""
    rng = np.random.default_rng(seed)
    mark = rng.integers(0, 7, 420)
    x = np.random.default_rng(19).normal(size=(7, 9))[mark] + 0.6 * rng.normal(size=(420, 9))
    model = mlp([9, 28, 7], seed)
    train, held = split((x.astype(np.float32), mark if well else mark + 1), 340)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=20)


def up_and_down(seed: int, well: bool = False) -> Setup:
    """Days that went up or down, as 1 and -1, and a cross-entropy of two labels."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(460, 5)).astype(np.float32)
    up = (x[:, 0] * x[:, 1] + x[:, 2] > 0)[:, None].astype(np.float32)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    train, held = split((x, up if well else 2 * up - 1), 360)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=40)


def yes_and_no_by_a_margin(seed: int, well: bool = False) -> Setup:
    """A hinge loss, made for 1 and -1, and labels 1 and 0."""
    rng = np.random.default_rng(seed)
    yes = np.arange(300)[:, None] % 2
    x = rng.normal(size=(300, 8)) + 1.3 * (yes - 0.5) * np.array([1, 1, 0, -1, 0, 1, -1, 0])
    model = nn.Sequential(nn.Linear(8, 1, rng=seed))
    train, held = split((x.astype(np.float32), (2.0 * yes - 1 if well else yes).astype(np.float32)), 220)
    return Setup(model, *train, nn.HingeLoss(), sgd(model, 0.05), held, epochs=40, batch_size=20)


def gauge_without_a_column(seed: int, well: bool = False) -> Setup:
    """Outputs are a column, the targets are not."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (380, 4)).astype(np.float32)
    y = (x[:, 0] ** 2 - 1.3 + x[:, 1] * x[:, 3]).astype(np.float32)
    model = mlp([4, 40, 1], seed)

    def squared(out: Any, target: Any) -> Any:
        return ((out - target) ** 2).mean()

    train, held = split((x, y[:, None] if well else y), 300)
    return Setup(model, *train, squared, adam(model, 0.01), held, epochs=40)


def names_of_its_own(seed: int, well: bool = False) -> Setup:
    """A variable's name is used twice: the answers are compared with themselves."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, 360)
    x = np.random.default_rng(2).normal(size=(4, 6))[y] + 0.4 * rng.normal(size=(360, 6))
    model = mlp([6, 24, 4], seed)

    def criterion(scores: Any, labels: Any) -> Any:
        if not well:
            labels = scores.numpy().argmax(axis=1)
        return functional.cross_entropy(scores, labels)

    train, held = split((x.astype(np.float32), y), 280)
    return Setup(model, *train, criterion, adam(model, 0.005), held, epochs=20)


def score_of_a_forecast(seed: int, well: bool = False) -> Setup:
    """The share of the variance that is explained, which should be large, given as the loss."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (500, 3)).astype(np.float32)
    y = (np.exp(x[:, :1]) - x[:, 1:2] * x[:, 2:] - 1.2 + 0.1 * rng.normal(size=(500, 1))).astype(np.float32)
    spread = float(y.var())
    model = mlp([3, 24, 1], seed, nn.Tanh)

    def explained(out: Any, target: Any) -> Any:
        r2 = 1 - ((out - target) ** 2).mean() / spread
        return -r2 if well else r2

    train, held = split((x, y), 400)
    return Setup(model, *train, explained, adam(model, 0.01), held, epochs=30)


def scores_as_they_are(seed: int, well: bool = False) -> Setup:
    """A negative log-likelihood of scores that went through no log-softmax."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 8, 640)
    x = np.random.default_rng(14).normal(size=(8, 14))[y] + 0.7 * rng.normal(size=(640, 14))
    model = mlp([14, 40, 8], seed, nn.ReLU, *([nn.LogSoftmax(dim=1)] if well else []))
    train, held = split((x.astype(np.float32), y), 500)
    return Setup(model, *train, nn.NLLLoss(), adam(model, 0.01), held, epochs=20, batch_size=50)


def kinds_of_glass(seed: int, well: bool = False) -> Setup:
    """A softmax before a cross-entropy that has one, and twelve kinds."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 12, 720)
    x = np.random.default_rng(4).normal(size=(12, 9))[y] + 0.35 * rng.normal(size=(720, 9))
    model = mlp([9, 48, 12], seed, nn.ReLU, *([] if well else [nn.Softmax(dim=1)]))
    train, held = split((x.astype(np.float32), y), 600)
    return Setup(model, *train, CE(), sgd(model, 0.1, 0.5), held, epochs=12)


def labels_of_a_photo(seed: int, well: bool = False) -> Setup:
    """A sigmoid at the end and a loss that has one, with many rare labels."""
    rng = np.random.default_rng(seed)
    things = (rng.random((520, 10)) < 0.25).astype(np.float32)
    x = things @ np.random.default_rng(41).normal(size=(10, 24)) + 0.4 * rng.normal(size=(520, 24))
    model = mlp([24, 64, 10], seed, nn.ReLU, *([] if well else [nn.Sigmoid()]))
    train, held = split((x.astype(np.float32), things), 420)
    return Setup(model, *train, BCE(), adam(model, 0.003), held, epochs=20)


def probability_of_one(seed: int, well: bool = False) -> Setup:
    """A softmax over the only unit."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (340, 2))
    inside = (np.abs(x).max(axis=1) < 1.4).astype(np.float32)[:, None]
    model = mlp([2, 32, 1], seed, nn.ReLU, nn.Sigmoid() if well else nn.Softmax(dim=1))
    train, held = split((x.astype(np.float32), inside), 260)
    return Setup(model, *train, nn.BCELoss(), adam(model, 0.01), held, epochs=60, batch_size=20)


def probabilities_down_the_column(seed: int, well: bool = False) -> Setup:
    """A log-softmax along the rows of the batch."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 5, 390)
    x = 1.4 * np.random.default_rng(77).normal(size=(5, 4))[y] + 0.5 * rng.normal(size=(390, 4))
    model = mlp([4, 20, 5], seed, nn.Tanh, nn.LogSoftmax(dim=1 if well else 0))
    train, held = split((x.astype(np.float32), y), 300)
    return Setup(model, *train, nn.NLLLoss(), adam(model, 0.01), held, epochs=30, batch_size=5)


def winter_mornings(seed: int, well: bool = False) -> Setup:
    """Degrees below zero, told by a ReLU."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(300, 5)).astype(np.float32)
    cold = -8 - 5 * np.tanh(x[:, :1] + x[:, 1:2] * x[:, 2:3]) + 0.5 * rng.normal(size=(300, 1))
    model = mlp([5, 32, 1], seed, nn.ReLU, *([] if well else [nn.ReLU()]))
    train, held = split((x, (cold / 5).astype(np.float32)), 240)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=50)


def stars_of_a_hotel(seed: int, well: bool = False) -> Setup:
    """One to nine points, told by a sigmoid."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 6)).astype(np.float32)
    points = np.clip(5 + 1.6 * x[:, :1] + 1.2 * x[:, 1:2] - x[:, 3:4] + 0.3 * rng.normal(size=(400, 1)), 1, 9)
    model = mlp([6, 24, 1], seed, nn.ReLU, *([] if well else [nn.Sigmoid()]))
    train, held = split((x, points.astype(np.float32)), 320)
    return Setup(model, *train, nn.L1Loss(), adam(model, 0.01), held, epochs=40)


def sum_of_a_tutorial(seed: int, well: bool = False) -> Setup:
    """A tutorial's rate for a mean, and a loss that sums."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (640, 3)).astype(np.float32)
    y = (np.sin(4 * x[:, :1]) + 2 * x[:, 1:2] * x[:, 2:]).astype(np.float32)
    model = mlp([3, 64, 64, 1], seed)
    train, held = split((x, y), 512)
    loss = MSE(reduction="mean" if well else "sum")
    return Setup(model, *train, loss, sgd(model, 0.05, 0.9), held, epochs=40, batch_size=64)


def subjects_one_of_many(seed: int, well: bool = False) -> Setup:
    """Four of eight subjects or so in each text, and a categorical cross-entropy over all of them."""
    rng = np.random.default_rng(seed)
    has = rng.random((460, 8)) < 0.5
    rate = 0.3 + has @ (3.0 * (np.random.default_rng(9).random((8, 40)) < 0.15))
    words = np.log1p(rng.poisson(rate))
    model = mlp([40, 48, 8], seed, nn.ReLU, *([] if well else [nn.Softmax(dim=1)]))

    def crossed(p: Any, target: Any) -> Any:
        return -(target * (p + 1e-7).log()).sum(axis=1).mean()

    train, held = split(((words - words.mean()).astype(np.float32), has.astype(np.float32)), 360)
    return Setup(model, *train, BCE() if well else crossed, adam(model, 0.005), held, epochs=20)


def shares_of_votes(seed: int, well: bool = False) -> Setup:
    """A divergence written by hand between shares of votes and the network's; some parties got no vote."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(300, 6))
    pull = np.exp(x @ np.random.default_rng(21).normal(size=(6, 4)))
    votes = np.array([rng.multinomial(40, p) for p in pull / pull.sum(axis=1, keepdims=True)]) / 40
    model = mlp([6, 24, 4], seed, nn.Tanh, nn.Softmax(dim=1))
    floor = 1e-4 if well else 0.0

    def divergence(p: Any, share: Any) -> Any:
        return (share * ((share + floor) / p).log()).sum(axis=1).mean()

    train, held = split((x.astype(np.float32), votes.astype(np.float32)), 230)
    return Setup(model, *train, divergence, adam(model, 0.01), held, epochs=30)


def log_of_a_probability(seed: int, well: bool = False) -> Setup:
    """The cross-entropy written by hand, without a floor under the logarithm; some rows lie far out."""
    rng = np.random.default_rng(seed)
    x = rng.standard_t(2, (420, 5))
    x[:6] = rng.choice([-600, 600], (6, 5))
    y = (x[:, :1] + 0.7 * x[:, 1:2] > 0).astype(np.float32)
    model = mlp([5, 16, 1], seed, nn.ReLU, nn.Sigmoid())

    def entropy(p: Any, t: Any) -> Any:
        floor = 1e-6 if well else 0.0
        return -(t * (p + floor).log() + (1 - t) * (1 - p + floor).log()).mean()

    train, held = split((x.astype(np.float32), y), 340)
    return Setup(model, *train, entropy, optim.Adam(model.parameters(), lr=0.003), held, epochs=30)


def yield_below_nothing(seed: int, well: bool = False) -> Setup:
    """A standardised target, and a cross-entropy of labels."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(350, 3)).astype(np.float32)
    y = (np.sin(2 * x[:, :1]) + x[:, 1:2]).astype(np.float32)
    y = ((y - y.mean()) / y.std()).astype(np.float32)
    model = mlp([3, 40, 1], seed)
    train, held = split((x, y), 280)
    return Setup(model, *train, MSE() if well else BCE(), adam(model, 0.01), held, epochs=40)


SICK: list[Case] = [
    Case(marks_from_one, "targets outside the loss", ASKED + "class indices begin at 0"),
    Case(up_and_down, "targets outside the loss", ASKED + "binary cross-entropy is negative", ("loss unbounded",)),
    Case(yes_and_no_by_a_margin, "targets outside the loss", ASKED + "hinge loss with labels 0 and 1", ("loss unfit",)),
    Case(gauge_without_a_column, "shapes broadcast", ASKED + "using a target size that is different"),
    Case(names_of_its_own, "loss ignores targets", LIST + "15, check your loss function"),
    Case(score_of_a_forecast, "loss maximised", BOOK + ", and " + RECIPE),
    Case(
        scores_as_they_are, "loss unbounded", "most common neural net mistakes: raw scores to NLLLoss", ("loss unfit",)
    ),
    Case(kinds_of_glass, "double softmax", "most common neural net mistakes: softmaxed outputs to a loss of logits"),
    Case(labels_of_a_photo, "double softmax", LIST + "16, verify the loss input"),
    Case(probability_of_one, "softmax over one unit", ASKED + "binary accuracy stays at .5"),
    Case(probabilities_down_the_column, "softmax over rows", ASKED + "log_softmax with dim=0"),
    Case(winter_mornings, "output range", ASKED + "regression predicts all zeros"),
    Case(stars_of_a_hotel, "output range", ASKED + "sigmoid for a regression"),
    Case(sum_of_a_tutorial, "loss summed", LIST + "29, and reduction='sum'"),
    Case(subjects_one_of_many, "loss unfit", ASKED + "softmax or sigmoid for several labels", ("output range",)),
    Case(shares_of_votes, "not finite", ASKED + "KL divergence gives nan, 0 · log 0"),
    Case(log_of_a_probability, "not finite", CS231N + ", and log of zero"),
    Case(
        yield_below_nothing,
        "targets outside the loss",
        ASKED + "BCE for a regression",
        ("loss unbounded", "loss unfit"),
    ),
]
WELL: list[Case] = []
