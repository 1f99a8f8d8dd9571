"""The tuning half: more runs whose cause is easily taken for another, of kinds that public lists name, in other networks and scales."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus import rows
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import (
    ASKED,
    BCE,
    BOOK,
    CE,
    CS231N,
    LIST,
    MSE,
    Reader,
    Rhythm,
    Tower,
    adam,
    alarms,
    beats,
    board,
    costs,
    draw,
    finder,
    letters,
    listener,
    orders,
    sgd,
    split,
    spots,
)


def alarms_of_sixteen_bits(seed: int) -> Setup:
    x, y = alarms(seed)
    model = listener(seed)
    return Setup(model, (8000.0 * x).astype(np.float32), y, BCE(), sgd(model, 0.05, 0.9), epochs=20)


def letters_from_pixels_by_tanh(seed: int) -> Setup:
    x, y = letters(seed)
    model = mlp([16, 48, 20], seed, nn.Tanh)
    return Setup(model, (127.5 + 60.0 * x).astype(np.float32), y, CE(), sgd(model, 0.05, 0.9), epochs=15)


def built_in_some_year(seed: int) -> Setup:
    x, y = costs(seed)
    model = mlp([5, 32, 1], seed)
    return Setup(model, x, (1980.0 + 12.0 * y).astype(np.float32), MSE(), adam(model, 0.003), epochs=25)


def three_targets_one_in_grams(seed: int) -> Setup:
    x, y = costs(seed)
    y = np.hstack([y, x[:, :1] * x[:, 1:2], 20_000.0 * (x[:, 2:3] + 0.2 * y)]).astype(np.float32)
    model = mlp([5, 32, 3], seed)
    return Setup(model, x, y, MSE(), adam(model, 0.005), epochs=30)


def orders_by_slow_sgd(seed: int) -> Setup:
    model = Reader(seed)
    return Setup(model, *orders(seed), CE(), sgd(model, 1e-4, 0.9), epochs=15)


def rate_of_nothing(seed: int) -> Setup:
    model = Rhythm(seed)
    return Setup(model, *beats(seed), CE(), adam(model, 0.0), epochs=10)


def tower_at_five(seed: int) -> Setup:
    model = Tower(seed, 16, 20)
    return Setup(model, *letters(seed), CE(), sgd(model, 5.0, 0.9), epochs=15)


def rhythm_at_one(seed: int) -> Setup:
    model = Rhythm(seed, nn.LSTM)
    return Setup(model, *beats(seed), CE(), adam(model, 1.0), epochs=20)


def tiny_huber(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed)
    return Setup(model, *costs(seed), nn.HuberLoss(delta=1e-5), sgd(model, 0.05, 0.9), epochs=25)


def digits_through_a_sigmoid(seed: int) -> Setup:
    x, _ = rows.digits(400)
    x = ((x - x.mean()) / x.std()).astype(np.float32)
    model = mlp([64, 48, 64], seed, nn.ReLU, nn.Sigmoid())
    return Setup(model, x, x, MSE(), adam(model, 0.003), epochs=25)


def digits_summed(seed: int) -> Setup:
    x, _ = rows.digits(400)
    model = mlp([64, 32, 64], seed, nn.Tanh)
    return Setup(model, x, x, MSE(reduction="sum"), sgd(model, 0.05, 0.9), epochs=15)


def biases_far_below(seed: int) -> Setup:
    model = mlp([16, 48, 48, 20], seed)
    for k in (0, 2):
        model[k].bias.data = np.full(48, -8.0, np.float32)
    return Setup(model, *letters(seed), CE(), adam(model, 0.001), epochs=12)


def gelus_of_thousandths(seed: int) -> Setup:
    model = mlp([5, 32, 32, 32, 1], seed, nn.GELU)
    draw(model, seed, 1e-3)
    return Setup(model, *costs(seed), MSE(), sgd(model, 0.05, 0.9), epochs=25)


def filters_of_ones(seed: int) -> Setup:
    model = finder(seed)
    for p in model.parameters():
        p.data = np.full(p.shape, 0.02, np.float32)
    return Setup(model, *spots(seed), MSE(), adam(model, 0.003), epochs=20)


def nine_tanhs_drawn_large(seed: int) -> Setup:
    model = mlp([5, *[24] * 9, 1], seed, nn.Tanh)
    draw(model, seed, 3.0)
    return Setup(model, *costs(seed), MSE(), sgd(model, 0.001, 0.9), epochs=25)


def adamw_with_twenty(seed: int) -> Setup:
    model = mlp([16, 48, 20], seed)
    optimizer = optim.AdamW(model.parameters(), lr=0.01, weight_decay=20.0)
    return Setup(model, *letters(seed), CE(), optimizer, epochs=15)


def over_after_an_epoch(seed: int) -> Setup:
    model = finder(seed)
    return Setup(
        model, *spots(seed), MSE(), adam(model, 0.003), epochs=20,
        scheduler=lambda o: optim.lr_scheduler.PolynomialLR(o, total_iters=2),
    )  # fmt: skip


def letters_with_inputs_dropped(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(nn.Dropout(0.9, rng=seed), nn.Linear(16, 48, rng=rng), nn.ReLU(), nn.Linear(48, 20, rng=rng))
    return Setup(model, *letters(seed), CE(), adam(model, 0.005), epochs=15)


def letters_among_the_features(seed: int) -> Setup:
    x, y = letters(seed)
    model = mlp([36, 48, 20], seed)
    return Setup(model, np.hstack([x, np.eye(20)[y]]).astype(np.float32), y, CE(), adam(model, 0.003), epochs=12)


class Backwards(nn.Module):
    """Takes the rows of a batch from behind."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.net = mlp([16, 48, 20], seed)

    def forward(self, x: Any) -> Any:
        return self.net(x)[::-1]


def batch_from_behind(seed: int) -> Setup:
    model = Backwards(seed)
    return Setup(model, *letters(seed), CE(), adam(model, 0.003), epochs=12)


def likelihoods_of_probabilities(seed: int) -> Setup:
    model = mlp([16, 48, 20], seed, nn.ReLU, nn.Softmax(dim=-1))
    return Setup(model, *letters(seed), nn.NLLLoss(), sgd(model, 0.05), epochs=15)


def few_spots_by_heart(seed: int) -> Setup:
    train, held = split(alarms(seed, 140), 60)
    model = nn.Sequential(nn.Flatten(), *mlp([40, 96, 96, 4], seed))
    return Setup(model, *train, BCE(), adam(model, 0.003), validation=held, epochs=80)


def parity_by_one(seed: int) -> Setup:
    x = np.sign(np.random.default_rng(seed).normal(size=(500, 4))).astype(np.float32)
    y = (x.prod(axis=1, keepdims=True) > 0).astype(np.float32)
    model = mlp([4, 1, 1], seed, nn.Tanh)
    return Setup(model, x, y, BCE(), adam(model, 0.02), epochs=40)


def board_by_three_lines(seed: int) -> Setup:
    layers = [
        nn.Linear(2, 32, rng=seed),
        nn.BatchNorm1d(32),
        nn.Linear(32, 32, rng=seed + 1),
        nn.Linear(32, 1, rng=seed + 2),
    ]
    model = nn.Sequential(*layers)
    return Setup(model, *board(seed), BCE(), adam(model, 0.005), epochs=30)


def one_row_a_step(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed)
    return Setup(model, *costs(seed), MSE(), sgd(model, 0.1, 0.9), epochs=3, batch_size=1)


def tower_in_two_epochs(seed: int) -> Setup:
    model = Tower(seed, 2, 1)
    return Setup(model, *board(seed), BCE(), adam(model, 0.002), epochs=4, batch_size=64)


def rhythm_clipped(seed: int) -> Setup:
    model = Rhythm(seed)
    return Setup(model, *beats(seed), CE(), sgd(model, 0.1, 0.9), epochs=25, clip_norm=1e-3)


def tower_with_norms(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    layers: list[nn.Module] = []
    for n in (16, 48):
        layers += [nn.Linear(n, 48, rng=rng), nn.BatchNorm1d(48), nn.ReLU(), nn.Dropout(0.2, rng=rng)]
    model = nn.Sequential(*layers, nn.Linear(48, 20, rng=rng))
    return Setup(model, *letters(seed), CE(), adam(model, 0.005), epochs=15)


def rhythm_by_rmsprop(seed: int) -> Setup:
    model = Rhythm(seed, nn.LSTM)
    return Setup(model, *beats(seed), CE(), optim.RMSprop(model.parameters(), lr=0.005), epochs=25)


def costs_with_a_small_penalty(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed)

    def penalised(outputs: Any, targets: Any) -> Any:
        return ((outputs - targets) ** 2).mean() + 1e-4 * nn.l2_penalty(model.parameters())

    return Setup(model, *costs(seed), penalised, adam(model, 0.005), epochs=30)


def years_from_scaled_ones(seed: int) -> Setup:
    train, held = split(costs(seed, 500), 400)
    model = Tower(seed, 5, 1, act=nn.SiLU)
    return Setup(model, *train, nn.SmoothL1Loss(), adam(model, 0.003), validation=held, epochs=25)


def digits_copied(seed: int) -> Setup:
    x, _ = rows.digits(400)
    model = mlp([64, 48, 64], seed, nn.ReLU, nn.Sigmoid())
    return Setup(model, x, x, nn.BCELoss(), adam(model, 0.005), epochs=40)


SICK = [
    Case(alarms_of_sixteen_bits, "inputs not scaled", LIST + "12"),
    Case(letters_from_pixels_by_tanh, "inputs not scaled", LIST + "12", ("saturation",)),
    Case(built_in_some_year, "targets not scaled", ASKED + "the network foretells the year it was built"),
    Case(three_targets_one_in_grams, "targets not scaled", ASKED + "several targets of different sizes"),
    Case(orders_by_slow_sgd, "learning rate too low", ASKED + "a transformer with SGD", ("optimizer unfit",)),
    Case(rate_of_nothing, "learning rate too low", LIST + "36"),
    Case(tower_at_five, "learning rate too high", CS231N),
    Case(rhythm_at_one, "learning rate too high", CS231N),
    Case(tiny_huber, "learning rate too low", ASKED + "delta of the Huber loss", ("loss unfit",)),
    Case(digits_through_a_sigmoid, "output range", ASKED + "an autoencoder of standardised pictures"),
    Case(digits_summed, "loss summed", ASKED + "reduction sum"),
    Case(biases_far_below, "dead units", CS231N),
    Case(gelus_of_thousandths, "weights too small", CS231N, ("vanishing gradients",)),
    Case(filters_of_ones, "identical units", CS231N),
    Case(nine_tanhs_drawn_large, "saturation", CS231N, ("exploding gradients",)),
    Case(adamw_with_twenty, "too much weight decay", LIST + "30"),
    Case(over_after_an_epoch, "rate decays too fast", LIST + "36"),
    Case(letters_with_inputs_dropped, "too much dropout", LIST + "30"),
    Case(letters_among_the_features, "target among the features", ASKED + "leak"),
    Case(
        batch_from_behind,
        "rows mixed",
        ASKED + "outputs in another order than the inputs",
        ("targets unrelated to inputs",),
    ),
    Case(likelihoods_of_probabilities, "loss unfit", ASKED + "NLLLoss of a softmax"),
    Case(few_spots_by_heart, "overfitting", BOOK),
    Case(parity_by_one, "network too small", LIST + "24"),
    Case(board_by_three_lines, "no activation", ASKED + "batch norm is no activation"),
    Case(one_row_a_step, "learning rate too high", LIST + "11", ("batch too small",)),
    Case(tower_in_two_epochs, "too few steps", LIST + "33"),
    Case(rhythm_clipped, "clipping too tight", LIST + "34"),
]
WELL = [
    Case(make, HEALTHY, "the same kinds without their fault")
    for make in (
        tower_with_norms,
        rhythm_by_rmsprop,
        costs_with_a_small_penalty,
        years_from_scaled_ones,
        digits_copied,
    )
]
