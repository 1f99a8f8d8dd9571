"""The tuning half: steps, rates and batches of offices, shops and clubs at fault; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus import offices as o
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, LIST, MSE, RECIPE, adam, sgd, split

# Rates.


def notes_at_the_rate_of_plain_steps(seed: int, well: bool = False) -> Setup:
    """Adam at 0.3, which was the rate of SGD before."""
    train, held = split(o.tunes(seed, 500), 400)
    model = o.Singer(seed, nn.LSTM)
    return Setup(model, *train, CE(), adam(model, 0.01 if well else 0.3), validation=held, epochs=12)


def reviews_tuned_as_if_learned_before(seed: int, well: bool = False) -> Setup:
    """The rate of fine-tuning, for a network that begins from nothing."""
    model = o.Reviewer(seed)
    return Setup(model, *o.reviews(seed), CE(), optim.AdamW(model.parameters(), lr=0.01 if well else 2e-5), epochs=15)


def hours_by_adadelta_at_a_hundredth(seed: int, well: bool = False) -> Setup:
    """Adadelta, whose rate is one, at a hundredth, as for other optimizers."""
    model = mlp([8, 24, 2], seed, nn.Tanh)
    return Setup(model, *o.hours(seed), MSE(), optim.Adadelta(model.parameters(), lr=1.0 if well else 0.01), epochs=40)


def meters_with_early_milestones(seed: int, well: bool = False) -> Setup:
    """Milestones were meant in tens of epochs."""
    model = o.reader(seed)
    marks = [20, 25] if well else [1, 2, 3]
    return Setup(
        model, *o.meters(seed), CE(), sgd(model, 0.01, 0.9), epochs=20,
        scheduler=lambda opt: optim.lr_scheduler.MultiStepLR(opt, marks, gamma=0.05),
    )  # fmt: skip


def fares_on_a_short_polynomial(seed: int, well: bool = False) -> Setup:
    """A rate that falls as a polynomial to nothing within two of thirty epochs."""
    model = mlp([4, 32, 32, 1], seed)
    return Setup(
        model, *o.fares(seed), MSE(), adam(model, 0.002), epochs=30,
        scheduler=lambda opt: optim.lr_scheduler.PolynomialLR(opt, total_iters=30 if well else 2, power=2.0),
    )  # fmt: skip


# Batches.


def duels_all_in_one_batch(seed: int, well: bool = False) -> Setup:
    train, held = split(o.duels(seed, 900), 700)
    model = mlp([10, 32, 1], seed)
    return Setup(model, *train, BCE(), sgd(model, 0.1, 0.9), validation=held, epochs=8, batch_size=16 if well else 700)


def fares_of_one_passenger_each(seed: int, well: bool = False) -> Setup:
    """One ticket a step, at a rate for thirty-two, and prices that differ for no reason."""
    x, y = o.fares(seed, 500)
    y = y + 1.5 * np.random.default_rng(seed + 3).normal(size=y.shape)
    model = mlp([4, 48, 48, 1], seed, nn.Tanh)
    return Setup(model, x, y.astype(np.float32), MSE(), adam(model, 0.02), epochs=6, batch_size=32 if well else 1)


# Gradients and weights that are held, and optimizers.


class ByValue(optim.SGD):
    """Each number of a gradient is cut to the bound before the step."""

    bound = 1e-4

    def step(self, *args: Any, **options: Any) -> Any:
        for group in self.param_groups:
            optim.clip_grad_value_(group["params"], self.bound)
        return super().step(*args, **options)


def reviews_cut_number_by_number(seed: int, well: bool = False) -> Setup:
    model = o.Reviewer(seed)
    optimizer = (optim.SGD if well else ByValue)(model.parameters(), lr=0.3, momentum=0.9)
    return Setup(model, *o.reviews(seed), CE(), optimizer, epochs=15)


class Short(optim.Adam):
    """After each step, rows of weights longer than the longest allowed are shortened."""

    longest = 0.1

    def step(self, *args: Any, **options: Any) -> Any:
        loss = super().step(*args, **options)
        for group in self.param_groups:
            for p in group["params"]:
                if p.ndim > 1:
                    length = np.sqrt((p.data**2).sum(axis=-1, keepdims=True))
                    p.data = (p.data * np.minimum(1.0, self.longest / (length + 1e-12))).astype(np.float32)
        return loss


def chords_with_short_weights(seed: int, well: bool = False) -> Setup:
    model = mlp([12, 48, 4], seed)
    optimizer = (optim.Adam if well else Short)(model.parameters(), lr=0.005)
    return Setup(model, *o.chords(seed), CE(), optimizer, epochs=20)


def stations_that_go_together(seed: int, well: bool = False) -> Setup:
    """Ten stations, each scaled, that are crowded at the same hours; what is asked hangs on how they differ."""
    rng = np.random.default_rng(seed)
    own = rng.normal(size=(400, 10))
    x = (rng.normal(size=(400, 1)) + 0.08 * own).astype(np.float32)
    weights = np.random.default_rng(13).permutation([1.0, -1.0] * 5)[:, None]
    y = (own @ weights / 3.0 + 0.05 * rng.normal(size=(400, 1))).astype(np.float32)
    model = nn.Linear(10, 1, rng=seed)
    optimizer = optim.LBFGS(model.parameters(), lr=1.0) if well else sgd(model, 0.05)
    return Setup(model, x, y, MSE(), optimizer, epochs=60, batch_size=400)


def tunes_heard_once(seed: int, well: bool = False) -> Setup:
    train, held = split(o.tunes(seed, 500), 400)
    model = o.Singer(seed)
    return Setup(model, *train, CE(), adam(model, 0.01), validation=held, epochs=15 if well else 1)


# Odd, and well.


def umbrellas_as_counts(seed: int, well: bool = False) -> Setup:
    """Counts that are most often none, by the loss for counts."""
    x, y = o.sales(seed, 700)
    model = mlp([4, 16, 1], seed, nn.Tanh)
    return Setup(model, x, y, nn.PoissonNLLLoss(), adam(model, 0.005), epochs=15)


def fares_in_units_of_a_tenth(seed: int, well: bool = False) -> Setup:
    """Features between -5 and 5, targets up to 15, and a rate at which it does not matter."""
    x, y = o.fares(seed)
    model = mlp([4, 48, 1], seed, nn.SiLU)
    return Setup(model, 3.0 * x, 5.0 * y, nn.SmoothL1Loss(), adam(model, 0.01), epochs=40)


def chords_upon_a_fixed_first_layer(seed: int, well: bool = False) -> Setup:
    """A wide first layer that was drawn at random, and is kept so on purpose."""
    model = mlp([12, 400, 4], seed)
    for p in list(model.parameters())[:2]:
        p.requires_grad = False
    rest = [p for p in model.parameters() if p.requires_grad]
    return Setup(model, *o.chords(seed, 600, 0.2), CE(), optim.Adam(rest, lr=0.01), epochs=25)


def duels_by_lion_and_a_hinge(seed: int, well: bool = False) -> Setup:
    """Labels of plus and minus one, the loss that takes them, and an optimizer of late."""
    x, y = o.duels(seed)
    model = mlp([10, 32, 1], seed, nn.GELU)
    return Setup(model, x, 2.0 * y - 1.0, nn.HingeLoss(), optim.Lion(model.parameters(), lr=0.001), epochs=15)


SICK: list[Case] = [
    Case(notes_at_the_rate_of_plain_steps, "learning rate too high", RECIPE),
    Case(reviews_tuned_as_if_learned_before, "learning rate too low", ASKED + "2e-5 from a fine-tuning tutorial"),
    Case(hours_by_adadelta_at_a_hundredth, "learning rate too low", ASKED + "Adadelta does not learn"),
    Case(meters_with_early_milestones, "rate decays too fast", ASKED + "milestones"),
    Case(fares_on_a_short_polynomial, "rate decays too fast", RECIPE),
    Case(duels_all_in_one_batch, "batch too large", LIST + "11", ("too few steps",)),
    Case(fares_of_one_passenger_each, "batch too small", BOOK, ("learning rate too high",)),
    Case(reviews_cut_number_by_number, "clipping too tight", "clipping by value, too small"),
    Case(chords_with_short_weights, "weights held small", "Srivastava and others, max-norm"),
    Case(stations_that_go_together, "optimizer unfit", BOOK + ": ill conditioned"),
    Case(tunes_heard_once, "too few steps", LIST + "30"),
]
WELL: list[Case] = [
    Case(umbrellas_as_counts, HEALTHY, "counts"),
    Case(fares_in_units_of_a_tenth, HEALTHY, "scales that do not hurt"),
    Case(chords_upon_a_fixed_first_layer, HEALTHY, "random features, on purpose"),
    Case(duels_by_lion_and_a_hinge, HEALTHY, "Lion and a hinge"),
]
