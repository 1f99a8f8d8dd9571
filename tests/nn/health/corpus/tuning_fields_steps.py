"""The tuning half: runs of people in fields of science, farming and sport; the steps that their optimizers take."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus import tuning_fields_data as d
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split
from tests.nn.health.corpus.tuning_fields_losses import Forecast
from tests.nn.health.corpus.tuning_fields_models import Rivals
from tests.nn.health.corpus.tuning_fields_parts import Notes


def eye(seed: int) -> nn.Sequential:
    """For pictures of cells."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, rng=seed), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(96, 4, rng=seed + 1)
    )


# Decay and bounds.


def ratings_of_teams_that_fade(seed: int, well: bool = False) -> Setup:
    """Weight decay on everything, also on embeddings of which a batch sees few."""
    model = Rivals(seed, 6)
    return Setup(
        model,
        *d.matches(seed),
        MSE(),
        optim.AdamW(model.parameters(), lr=0.02, weight_decay=0.01 if well else 4.0),
        epochs=20,
    )


def harvests_under_decay(seed: int, well: bool = False) -> Setup:
    """The decay of a ridge regression that was summed over rows, in an optimizer of means."""
    model = mlp([5, 40, 40, 1], seed, nn.SiLU)
    return Setup(model, *d.harvests(seed), MSE(), sgd(model, 0.05, 0.9, weight_decay=1e-4 if well else 0.15), epochs=25)


class Leashed(optim.Adam):
    """After each step the weights of a matrix are brought back to within the leash."""

    leash = 0.05

    def step(self, *args: Any, **options: Any) -> Any:
        loss = super().step(*args, **options)
        for group in self.param_groups:
            for p in group["params"]:
                p.data = np.clip(p.data, -self.leash, self.leash)
        return loss


def notes_on_a_short_leash(seed: int, well: bool = False) -> Setup:
    """The bound of a critic, kept when the critic became a classifier."""
    model = Notes(seed, well=True)
    optimizer = Leashed(model.parameters(), lr=0.01)
    optimizer.leash = 10.0 if well else 0.06
    return Setup(model, *d.songs(seed), CE(), optimizer, epochs=15)


# Clipping, momentum, schedules.


def cells_clipped_at_a_thousandth(seed: int, well: bool = False) -> Setup:
    """A norm of the gradients that was taken from another project, with plain steps."""
    model = eye(seed)
    train, held = split(d.cells(seed), 320)
    return Setup(model, *train, CE(), sgd(model, 0.1, 0.5), validation=held, epochs=15, clip_norm=5.0 if well else 1e-3)


def galaxies_carried_past(seed: int, well: bool = False) -> Setup:
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, stride=2, rng=seed), nn.Tanh(), nn.Flatten(), nn.Linear(150, 3, rng=seed + 1)
    )
    train, held = split(d.galaxies(seed), 290)
    return Setup(model, *train, MSE(), sgd(model, 0.02, 0.9 if well else 0.998), validation=held, epochs=20)


def galaxies_with_steps_that_die(seed: int, well: bool = False) -> Setup:
    """A decay of a tenth, which was meant for every thirty epochs, after each."""
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, stride=2, rng=seed), nn.ReLU(), nn.Flatten(), nn.Linear(150, 3, rng=seed + 1)
    )
    every = 30 if well else 1
    return Setup(
        model, *d.galaxies(seed), MSE(), adam(model, 0.002), epochs=30,
        scheduler=lambda o: optim.lr_scheduler.StepLR(o, step_size=every, gamma=0.1),
    )  # fmt: skip


def throws_with_a_ramp_that_ends_early(seed: int, well: bool = False) -> Setup:
    """A straight way down to nothing, whose length was counted in another unit: it ends after three of forty epochs."""
    model = mlp([4, 32, 2], seed, nn.GELU)
    length = 40 if well else 3
    return Setup(
        model, *d.throws(seed), MSE(), sgd(model, 0.015, 0.5), epochs=40,
        scheduler=lambda o: optim.lr_scheduler.PolynomialLR(o, total_iters=length, power=1.0),
    )  # fmt: skip


# Rates.


def harvests_at_a_restless_rate(seed: int, well: bool = False) -> Setup:
    """It learns half of it, and then the loss goes up and down."""
    model = mlp([5, 40, 1], seed, nn.Tanh)
    train, held = split(d.harvests(seed), 340)
    return Setup(model, *train, MSE(), adam(model, 0.01 if well else 0.25), validation=held, epochs=25)


def hearts_at_the_rate_of_a_paper(seed: int, well: bool = False) -> Setup:
    """A rate for batches of thousands."""
    model = Forecast(seed, outputs=3)
    return Setup(model, *d.pulses(seed), CE(), optim.RMSprop(model.parameters(), lr=0.01 if well else 0.3), epochs=12)


def ailments_at_a_rate_of_three(seed: int, well: bool = False) -> Setup:
    model = mlp([10, 40, 5], seed)
    return Setup(model, *d.ailments(seed), BCE(), sgd(model, 0.1 if well else 4.0, 0.9), epochs=20)


def cells_at_a_fine_tuning_rate(seed: int, well: bool = False) -> Setup:
    """The rate for a network that somebody else trained, for one that nobody did."""
    model = eye(seed)
    return Setup(model, *d.cells(seed), CE(), adam(model, 0.005 if well else 2e-5), epochs=15)


def traps_at_a_timid_rate(seed: int, well: bool = False) -> Setup:
    model = mlp([4, 32, 1], seed)
    return Setup(model, *d.traps(seed), nn.PoissonNLLLoss(), sgd(model, 0.02 if well else 2e-4, 0.5), epochs=25)


# Sizes of batches, numbers of steps, other optimizers.


def stars_in_one_heap(seed: int, well: bool = False) -> Setup:
    model = mlp([7, 24, 4], seed)
    return Setup(model, *d.stars(seed), CE(), sgd(model, 0.05, 0.5), epochs=7, batch_size=16 if well else 600)


def harvests_plot_by_plot(seed: int, well: bool = False) -> Setup:
    """One plot a step, at a rate that suits sixteen, and yields that nobody measures well."""
    x, y = d.harvests(seed)
    y = (y + 0.9 * np.random.default_rng(seed).normal(size=y.shape)).astype(np.float32)
    model = mlp([5, 24, 1], seed)
    return Setup(model, x, y, MSE(), sgd(model, 0.025, 0.6), epochs=7, batch_size=16 if well else 1)


def birds_heard_twice(seed: int, well: bool = False) -> Setup:
    """Two epochs; it would go on."""
    model = Notes(seed, well=True)
    return Setup(model, *d.songs(seed), CE(), adam(model, 0.005), epochs=25 if well else 2)


def valley_by_plain_steps(seed: int, well: bool = False) -> Setup:
    """One direction of the nutrients is eighty times as wide as another: plain steps cross the valley, Adam goes along."""
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(np.random.default_rng(4).normal(size=(6, 6)))[0]
    z = rng.normal(size=(400, 6))
    y = z @ np.array([0.1, 0.1, 0.6, 0.6, 0.7, 0.7])
    x = (z * np.array([8.0, 6.0, 0.2, 0.2, 0.1, 0.1])) @ turn
    model = mlp([6, 32, 1], seed, nn.Tanh)
    optimizer = adam(model, 0.02) if well else sgd(model, 0.02)
    return Setup(model, x.astype(np.float32), y[:, None].astype(np.float32), MSE(), optimizer, epochs=40)


# Not finite.


class Apart(nn.Module):
    """How far two strains lie from each other, as a root of squares."""

    def __init__(self, seed: int, least: float) -> None:
        super().__init__()
        self.body, self.least = mlp([5, 32, 6], seed, nn.Tanh), least

    def forward(self, x: Any) -> Any:
        away = self.body(x[:, 0]) - self.body(x[:, 1])
        return ((away**2).sum(axis=1, keepdims=True) + self.least) ** 0.5


def strains_beside_themselves(seed: int, well: bool = False) -> Setup:
    """Some strains are compared with themselves: the slope of the root of nothing is infinite."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 2, 5))
    x[:40, 1] = x[:40, 0]
    hidden = np.stack([np.sin(1.5 * x[:, :, 0]), x[:, :, 1]], axis=2)
    y = np.sqrt(((hidden[:, 0] - hidden[:, 1]) ** 2).sum(axis=1, keepdims=True) + 0.05)
    model = Apart(seed, 1e-6 if well else 0.0)
    order = rng.permutation(400)
    return Setup(model, x[order].astype(np.float32), y[order].astype(np.float32), MSE(), adam(model, 0.01), epochs=30)


def likelihood_of_still_air(seed: int, well: bool = False) -> Setup:
    """The logarithm of a wind that a ReLU has just made zero."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 4)).astype(np.float32)
    y = np.exp(0.8 * x[:, :1] - 0.5 * x[:, 1:2] ** 2 + 0.1 * rng.normal(size=(400, 1))).astype(np.float32)
    model = mlp([4, 32, 1], seed, nn.Tanh, nn.Softplus() if well else nn.ReLU())
    return Setup(model, x, y, lambda a, b: ((a.log() - np.log(b.data)) ** 2).mean(), adam(model, 0.01), epochs=25)


SICK = [
    Case(ratings_of_teams_that_fade, "too much weight decay", ASKED + "weight decay on embeddings"),
    Case(harvests_under_decay, "too much weight decay", LIST + "25: reduce regularisation"),
    Case(notes_on_a_short_leash, "weights held small", "Arjovsky and others, Wasserstein GAN"),
    Case(cells_clipped_at_a_thousandth, "clipping too tight", ASKED + "clip_grad_norm_ and no progress"),
    Case(galaxies_carried_past, "momentum too high", BOOK),
    Case(galaxies_with_steps_that_die, "rate decays too fast", ASKED + "StepLR is called per epoch"),
    Case(throws_with_a_ramp_that_ends_early, "rate decays too fast", ASKED + "num_training_steps of the schedule"),
    Case(harvests_at_a_restless_rate, "learning rate too high", CS231N),
    Case(hearts_at_the_rate_of_a_paper, "learning rate too high", RECIPE),
    Case(ailments_at_a_rate_of_three, "learning rate too high", BOOK),
    Case(cells_at_a_fine_tuning_rate, "learning rate too low", LIST + "31: the rate"),
    Case(traps_at_a_timid_rate, "learning rate too low", CS231N),
    Case(stars_in_one_heap, "batch too large", LIST + "11: reduce the batch size", ("too few steps",)),
    Case(harvests_plot_by_plot, "batch too small", "Goodfellow, chapter 8.1.3", ("learning rate too high",)),
    Case(birds_heard_twice, "too few steps", LIST + "33: give it some time"),
    Case(
        valley_by_plain_steps, "optimizer unfit", "Goodfellow, chapter 8.2.1: ill conditioning", ("inputs not scaled",)
    ),
    Case(strains_beside_themselves, "not finite", ASKED + "NaN gradients of a square root"),
    Case(likelihood_of_still_air, "not finite", LIST + "36: NaN"),
]
