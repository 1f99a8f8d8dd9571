"""The tuning half: rates, momenta and schedules as people ask of them; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split
from tests.nn.health.corpus.rows import Rows


def standard(y: np.ndarray) -> np.ndarray:
    """A column of numbers of mean zero and deviation one."""
    return ((y - y.mean()) / y.std()).reshape(-1, 1).astype(np.float32)


def ferment(seed: int, count: int = 360) -> Rows:
    """How far a dough rises: a bell over warmth, times a saturating function of sugar."""
    rng = np.random.default_rng(seed)
    warmth, sugar, salt, hours = rng.uniform(-1, 1, (4, count))
    rise = np.exp(-4 * (warmth - 0.2) ** 2) * np.tanh(1.5 * (sugar + 1.2)) - 0.3 * salt + 0.4 * hours
    return np.stack([warmth, sugar, salt, hours], 1).astype(np.float32), standard(rise + 0.05 * rng.normal(size=count))


def weave(seed: int, count: int = 320) -> Rows:
    """Pictures of 9 × 9 of cloth: stripes along, across, slanting, or checks."""
    rng = np.random.default_rng(seed)
    i, j = np.mgrid[:9, :9]
    y = rng.integers(0, 4, count)
    shift = rng.integers(0, 4, count)[:, None, None]
    along, across, slant = (((k + shift) % 4 < 2).astype(float) for k in (i[None], j[None], (i + j)[None]))
    kinds = np.stack([along, across, slant, np.abs(along - across)])
    x = kinds[y, np.arange(count)] + 0.25 * rng.normal(size=(count, 9, 9))
    return (2 * x[:, None] - 1).astype(np.float32), y


def weave_net(seed: int) -> nn.Sequential:
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=rng), nn.ReLU(), nn.AvgPool2d(3), nn.Conv2d(8, 12, 2, rng=rng), nn.ReLU(),
        nn.Flatten(), nn.Linear(48, 4, rng=rng),
    )  # fmt: skip


def breaths(seed: int, count: int = 240, length: int = 14) -> Rows:
    """Breath curves of fourteen samples, and how many of them lie above the line, as a scaled number."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, length, 1)) + 0.6 * rng.normal(size=(count, 1, 1))
    return x.astype(np.float32), standard((x > 0).sum(axis=(1, 2)).astype(float))


class Breath(nn.Module):
    """A recurrent layer, and a number from its last state."""

    def __init__(self, seed: int, kind: Any = nn.LSTM) -> None:
        super().__init__()
        self.memory: Any = kind(1, 20, batch_first=True, rng=seed)
        self.out = nn.Linear(20, 1, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.out(self.memory(x)[0][:, -1])


def minerals(seed: int, count: int = 540) -> Rows:
    """Shares of seven elements in eight minerals, as logarithms."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 8, count)
    recipes = np.random.default_rng(608).dirichlet(0.8 * np.ones(7), 8)
    x = np.log(recipes[y] + 0.02) + 0.35 * rng.normal(size=(count, 7))
    return ((x + 2.4) / 1.2).astype(np.float32), y


def toppings(seed: int, count: int = 420) -> Rows:
    """Fourteen measures of a pizza, and which of six toppings lie on it."""
    rng = np.random.default_rng(seed)
    y = (rng.random((count, 6)) < 0.4).astype(np.float32)
    x = y @ np.random.default_rng(41).normal(size=(6, 14)) + 0.4 * rng.normal(size=(count, 14))
    return ((x - x.mean(0)) / x.std(0)).astype(np.float32), y


def passwords(seed: int, count: int = 400, length: int = 6) -> Rows:
    """Six signs of thirty; the answer is the kind of sign, of three, that occurs most."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count)
    kind = np.where(rng.random((count, length)) < 0.75, y[:, None], rng.integers(0, 3, (count, length)))
    most = np.stack([(kind == k).sum(1) for k in range(3)], 1).argmax(1)
    return kind + 3 * rng.integers(0, 10, (count, length)), most


class Heads(nn.Module):
    """Embeddings, a layer of attention, a mean."""

    def __init__(self, seed: int, words: int = 30, classes: int = 3, size: int = 16) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.table = nn.Embedding(words, size, rng=rng)
        self.layer = nn.TransformerEncoderLayer(size, 2, 32, dropout=0.0, batch_first=True, rng=rng)
        self.out = nn.Linear(size, classes, rng=rng)

    def forward(self, x: Any) -> Any:
        return self.out(self.layer(self.table(x)).mean(axis=1))


def dough_with_betas_swapped(seed: int, well: bool = False) -> Setup:
    """The two averages of Adam in the wrong order."""
    model = mlp([4, 40, 40, 1], seed)
    train, held = split(ferment(seed), 280)
    optimizer = adam(model, 0.01, betas=(0.9, 0.999) if well else (0.9995, 0.9))
    return Setup(model, *train, MSE(), optimizer, held, epochs=30, batch_size=20)


def cloth_by_rmsprop_at_a_half(seed: int, well: bool = False) -> Setup:
    """RMSprop with a rate for gradient descent."""
    model = weave_net(seed)
    train, held = split(weave(seed), 250)
    optimizer = optim.RMSprop(model.parameters(), lr=0.003 if well else 0.5)
    return Setup(model, *train, CE(), optimizer, held, epochs=15, batch_size=25)


def breath_by_lion_at_adams_rate(seed: int, well: bool = False) -> Setup:
    """Lion, each of whose steps is a whole rate, at two tenths."""
    model = Breath(seed, nn.GRU)
    train, held = split(breaths(seed), 190)
    optimizer = optim.Lion(model.parameters(), lr=0.002 if well else 0.2)
    return Setup(model, *train, MSE(), optimizer, held, epochs=25, batch_size=19)


def breath_at_a_ten_thousandth(seed: int, well: bool = False) -> Setup:
    """Plain steps of 1e-4 along a recurrent network."""
    model = Breath(seed)
    train, held = split(breaths(seed), 190)
    optimizer = adam(model, 0.01) if well else adam(model, 1e-5)
    return Setup(model, *train, MSE(), optimizer, held, epochs=20, batch_size=19)


def toppings_at_a_rate_for_another_optimizer(seed: int, well: bool = False) -> Setup:
    """Adagrad at 1e-4, which shrinks it further with each step."""
    model = mlp([14, 40, 6], seed, nn.SiLU)
    train, held = split(toppings(seed), 330)
    optimizer = optim.Adagrad(model.parameters(), lr=0.05 if well else 1e-4)
    return Setup(model, *train, BCE(), optimizer, held, epochs=25, batch_size=22)


def minerals_with_a_rate_over_its_steps(seed: int, well: bool = False) -> Setup:
    """Adagrad's own `lr_decay` at a hundred: the rate falls as one over the steps, beside what Adagrad does itself."""
    model = mlp([7, 48, 8], seed)
    train, held = split(minerals(seed), 440)
    optimizer = optim.Adagrad(model.parameters(), lr=0.01, lr_decay=0.0 if well else 100.0)
    return Setup(model, *train, CE(), optimizer, held, epochs=20, batch_size=22)


def cloth_with_four_milestones(seed: int, well: bool = False) -> Setup:
    """Milestones of a run of two hundred epochs, divided by a hundred."""
    model = weave_net(seed)
    train, held = split(weave(seed), 250)

    def scheduler(of: optim.Optimizer) -> Any:
        return optim.lr_scheduler.MultiStepLR(of, [20, 25] if well else [1, 2, 3], gamma=0.1)

    return Setup(model, *train, CE(), sgd(model, 0.05, 0.9), held, epochs=30, batch_size=25, scheduler=scheduler)


def dough_with_a_line_to_nothing(seed: int, well: bool = False) -> Setup:
    """A polynomial decay that is over after one epoch of forty."""
    model = mlp([4, 32, 32, 1], seed, nn.Tanh)
    train, held = split(ferment(seed), 280)

    def scheduler(of: optim.Optimizer) -> Any:
        return optim.lr_scheduler.PolynomialLR(of, total_iters=40 if well else 1, power=1.0)

    return Setup(model, *train, MSE(), sgd(model, 0.05, 0.8), held, epochs=40, batch_size=70, scheduler=scheduler)


def passwords_with_a_start_that_never_ends(seed: int, well: bool = False) -> Setup:
    """A linear warm-up from a ten-thousandth over a thousand epochs, of which twenty are trained."""
    model = Heads(seed)
    train, held = split(passwords(seed), 320)

    def scheduler(of: optim.Optimizer) -> Any:
        return optim.lr_scheduler.LinearLR(of, start_factor=1e-4, total_iters=2 if well else 20_000)

    return Setup(model, *train, CE(), adam(model, 0.003), held, epochs=15, batch_size=32, scheduler=scheduler)


def breath_all_at_once(seed: int, well: bool = False) -> Setup:
    """One batch of all curves, and fifteen epochs."""
    model = Breath(seed, nn.GRU)
    train, held = split(breaths(seed), 190)
    return Setup(model, *train, MSE(), adam(model, 0.003), held, epochs=15, batch_size=8 if well else 190)


def passwords_looked_at_once(seed: int, well: bool = False) -> Setup:
    """An epoch of a transformer's."""
    model = Heads(seed)
    train, held = split(passwords(seed), 320)
    return Setup(model, *train, CE(), adam(model, 0.001), held, epochs=30 if well else 1, batch_size=40)


def cloth_for_two_epochs(seed: int, well: bool = False) -> Setup:
    """Two epochs of few batches, for filters that begin from nothing."""
    model = weave_net(seed)
    train, held = split(weave(seed), 250)
    return Setup(model, *train, CE(), sgd(model, 0.02, 0.9), held, epochs=40 if well else 2, batch_size=25)


def toppings_under_a_decay_of_one(seed: int, well: bool = False) -> Setup:
    """Adam whose `weight_decay` was meant as a factor to keep."""
    model = mlp([14, 32, 6], seed)
    train, held = split(toppings(seed), 330)
    return Setup(model, *train, BCE(), adam(model, 0.005, weight_decay=0.0 if well else 1.0), held, epochs=25)


def breath_under_decay(seed: int, well: bool = False) -> Setup:
    """Plain descent with a penalty of one on each weight of a recurrent network."""
    model = Breath(seed, nn.GRU)
    train, held = split(breaths(seed), 190)
    optimizer = sgd(model, 0.1, 0.9, weight_decay=0.0 if well else 1.0)
    return Setup(model, *train, MSE(), optimizer, held, epochs=25, batch_size=19, clip_norm=5.0)


def toppings_clipped_to_a_hair(seed: int, well: bool = False) -> Setup:
    """A norm of 1e-5 where someone meant five."""
    model = mlp([14, 40, 6], seed, nn.Tanh)
    train, held = split(toppings(seed), 330)
    return Setup(model, *train, BCE(), sgd(model, 0.5, 0.9), held, epochs=25, clip_norm=5.0 if well else 1e-5)


def minerals_going_uphill(seed: int, well: bool = False) -> Setup:
    """`maximize=True`, left in from a score."""
    model = mlp([7, 32, 8], seed)
    train, held = split(minerals(seed), 440)
    optimizer = optim.AdamW(model.parameters(), lr=0.005, maximize=not well)
    return Setup(model, *train, CE(), optimizer, held, epochs=20, batch_size=22)


SICK: list[Case] = [
    Case(dough_with_betas_swapped, "momentum too high", ASKED + "betas=(0.999, 0.9)"),
    Case(cloth_by_rmsprop_at_a_half, "learning rate too high", LIST + "33"),
    Case(breath_by_lion_at_adams_rate, "learning rate too high", ASKED + "Lion needs a smaller rate than Adam"),
    Case(breath_at_a_ten_thousandth, "learning rate too low", CS231N + ", the loss is barely changing"),
    Case(toppings_at_a_rate_for_another_optimizer, "learning rate too low", ASKED + "Adagrad learns nothing"),
    Case(minerals_with_a_rate_over_its_steps, "rate decays too fast", ASKED + "what lr_decay does", ("learning rate too low",)),
    Case(cloth_with_four_milestones, "rate decays too fast", RECIPE + ", do not trust learning rate decay"),
    Case(dough_with_a_line_to_nothing, "rate decays too fast", ASKED + "PolynomialLR and total_iters"),
    Case(passwords_with_a_start_that_never_ends, "learning rate too low", ASKED + "warm-up in epochs", ("scheduler out of order",)),
    Case(breath_all_at_once, "batch too large", LIST + "11", ("too few steps",)),
    Case(passwords_looked_at_once, "too few steps", LIST + "28, give it time", ("learning rate too low",)),
    Case(cloth_for_two_epochs, "too few steps", LIST + "28, give it time"),
    Case(toppings_under_a_decay_of_one, "too much weight decay", LIST + "27"),
    Case(breath_under_decay, "too much weight decay", BOOK),
    Case(toppings_clipped_to_a_hair, "clipping too tight", LIST + "32"),
    Case(minerals_going_uphill, "loss maximised", ASKED + "maximize=True"),
]  # fmt: skip
WELL: list[Case] = []
