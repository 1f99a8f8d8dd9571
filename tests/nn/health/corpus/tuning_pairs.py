"""The tuning half: runs whose cause is easily taken for another, written from public lists before any rule was read for them."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import (
    ASKED,
    BCE,
    BOOK,
    CE,
    CS231N,
    LIST,
    MSE,
    RECIPE,
    Factors,
    Reader,
    Rhythm,
    Tower,
    adam,
    alarms,
    beats,
    board,
    claims,
    costs,
    draw,
    finder,
    genes,
    letters,
    listener,
    orders,
    ratings,
    sgd,
    split,
    spots,
    surface,
)  # fmt: skip

# Too low a rate, inputs, targets or weights on another scale, too few steps.


def costs_as_money(seed: int) -> Setup:
    x, _, y = claims(seed)
    model = mlp([5, 32, 16, 1], seed)
    return Setup(model, x, np.exp(y), MSE(), adam(model, 0.001), epochs=30)


def costs_from_what_is_written_down(seed: int) -> Setup:
    _, raw, y = claims(seed)
    model = mlp([5, 32, 16, 1], seed)
    return Setup(model, raw, (y - y.mean()) / y.std(), MSE(), sgd(model, 0.01, 0.9), epochs=30)


def costs_at_1e_6(seed: int) -> Setup:
    model = mlp([5, 32, 16, 1], seed)
    return Setup(model, *costs(seed), MSE(), sgd(model, 1e-6, 0.9), epochs=25)


def years_as_they_are(seed: int) -> Setup:
    x, y = costs(seed)
    model = mlp([5, 24, 1], seed, nn.Tanh)
    return Setup(model, (2005.0 + 8.0 * x).astype(np.float32), y, MSE(), adam(model, 0.003), epochs=30)


def letters_in_millionths(seed: int) -> Setup:
    x, y = letters(seed)
    model = mlp([16, 48, 20], seed)
    return Setup(model, (1e-5 * x).astype(np.float32), y, CE(), sgd(model, 0.1, 0.9), epochs=15)


def letters_by_tiny_weights(seed: int) -> Setup:
    model = mlp([16, 48, 48, 48, 20], seed, nn.Tanh)
    draw(model, seed, 0.002)
    return Setup(model, *letters(seed), CE(), sgd(model, 0.05), epochs=15)


def letters_by_large_weights(seed: int) -> Setup:
    model = mlp([16, 48, 48, 48, 48, 20], seed, nn.Tanh)
    draw(model, seed, 8.0)
    return Setup(model, *letters(seed), CE(), adam(model, 0.001), epochs=10)


def board_through_twelve_sigmoids(seed: int) -> Setup:
    model = mlp([2, *[20] * 12, 1], seed, nn.Sigmoid)
    return Setup(model, *board(seed), BCE(), adam(model, 0.003), epochs=30)


def spots_at_1e_6(seed: int) -> Setup:
    model = finder(seed)
    return Setup(model, *spots(seed), MSE(), adam(model, 1e-6), epochs=15)


def films_from_nothing(seed: int) -> Setup:
    model = Factors(seed, scale=1e-4)
    return Setup(model, *ratings(seed), MSE(), sgd(model, 0.5), epochs=15)


def beats_at_1e_6(seed: int) -> Setup:
    model = Rhythm(seed, nn.LSTM)
    return Setup(model, *beats(seed), CE(), adam(model, 1e-6), epochs=20)


def adadelta_at_one_thousandth(seed: int) -> Setup:
    model = mlp([16, 48, 20], seed)
    return Setup(model, *letters(seed), CE(), optim.Adadelta(model.parameters(), lr=0.001), epochs=15)


def adam_divided_by_a_hundred(seed: int) -> Setup:
    model = finder(seed)
    return Setup(model, *spots(seed), MSE(), adam(model, 0.001, eps=100.0), epochs=20)


def letters_for_an_epoch(seed: int) -> Setup:
    model = mlp([16, 48, 20], seed)
    return Setup(model, *letters(seed), CE(), adam(model, 0.002), epochs=2, batch_size=50)


def letters_all_at_once(seed: int) -> Setup:
    model = mlp([16, 48, 20], seed)
    return Setup(model, *letters(seed), CE(), sgd(model, 0.1, 0.9), epochs=4, batch_size=800)


def orders_after_a_long_warm_up(seed: int) -> Setup:
    def schedule(optimizer: Any) -> Any:
        return optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 1e-6 + epoch / 100_000)

    model = Reader(seed)
    return Setup(model, *orders(seed), CE(), adam(model, 0.003), epochs=15, scheduler=schedule)


def alarms_with_a_rate_that_fades(seed: int) -> Setup:
    def schedule(optimizer: Any) -> Any:
        return optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.05)

    model = listener(seed)
    return Setup(model, *alarms(seed), BCE(), adam(model, 0.001), epochs=20, scheduler=schedule)


def films_at_two_hundred(seed: int) -> Setup:
    model = Factors(seed)
    return Setup(model, *ratings(seed), MSE(), sgd(model, 200.0), epochs=20)


def orders_at_one_half(seed: int) -> Setup:
    model = Reader(seed)
    return Setup(model, *orders(seed), CE(), adam(model, 0.5), epochs=15)


def spots_with_all_momentum(seed: int) -> Setup:
    model = finder(seed)
    return Setup(model, *spots(seed), MSE(), sgd(model, 0.05, 0.9995), epochs=20)


def costs_clipped(seed: int) -> Setup:
    model = Tower(seed, 5, 1)
    return Setup(model, *costs(seed), MSE(), sgd(model, 0.02, 0.9), epochs=30, clip_norm=2e-4)


# The network is too small, or bends nothing.


def letters_through_one(seed: int) -> Setup:
    model = mlp([16, 48, 1, 48, 20], seed, nn.Tanh)
    return Setup(model, *letters(seed), CE(), adam(model, 0.005), epochs=30)


def board_by_two_units(seed: int) -> Setup:
    model = mlp([2, 2, 1], seed, nn.Tanh)
    return Setup(model, *board(seed), BCE(), adam(model, 0.02), epochs=40)


def board_by_blocks_that_bend_nothing(seed: int) -> Setup:
    model = Tower(seed, 2, 1, act=None)
    return Setup(model, *board(seed), BCE(), adam(model, 0.005), epochs=30)


def orders_without_places(seed: int) -> Setup:
    model = Reader(seed, places=False)
    return Setup(model, *orders(seed, 600), CE(), adam(model, 0.005), epochs=12)


# Regularised too strongly.


def spots_with_weight_decay(seed: int) -> Setup:
    model = finder(seed)
    return Setup(model, *spots(seed), MSE(), sgd(model, 0.05, 0.9, weight_decay=1.0), epochs=20)


def letters_with_an_own_penalty(seed: int) -> Setup:
    model = mlp([16, 48, 20], seed)

    def penalised(outputs: Any, targets: Any) -> Any:
        return nn.functional.cross_entropy(outputs, targets) + 3.0 * nn.l2_penalty(model.parameters())

    return Setup(model, *letters(seed), penalised, adam(model, 0.005), epochs=15)


def letters_dropped_three_times(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    layers: list[nn.Module] = []
    for n in (16, 48, 48):
        layers += [nn.Linear(n, 48, rng=rng), nn.ReLU(), nn.Dropout(0.9, rng=rng)]
    model = nn.Sequential(*layers, nn.Linear(48, 20, rng=rng))
    return Setup(model, *letters(seed), CE(), adam(model, 0.003), epochs=20)


def spots_with_channels_dropped(seed: int) -> Setup:
    model = finder(seed, nn.Dropout2d(0.95, rng=seed))
    return Setup(model, *spots(seed), MSE(), adam(model, 0.003), epochs=20)


# What holds for training rows and not for others.


def genes_by_heart(seed: int) -> Setup:
    train, held = split(genes(seed), 90)
    model = mlp([80, 64, 64, 1], seed)
    return Setup(model, *train, BCE(), adam(model, 0.003), validation=held, epochs=60)


def costs_told_by_a_column(seed: int) -> Setup:
    x, y = costs(seed)
    x = np.hstack([x, np.exp(0.5 * y)]).astype(np.float32)
    model = mlp([6, 32, 1], seed)
    return Setup(model, x, y, MSE(), adam(model, 0.005), epochs=30)


def scaled_for_training_only(seed: int) -> Setup:
    train, held = split(costs(seed), 300)
    held = ((3.0 + 4.0 * held[0]).astype(np.float32), held[1])
    model = mlp([5, 24, 1], seed)
    return Setup(model, *train, MSE(), adam(model, 0.005), validation=held, epochs=25)


def genes_judged_by_themselves(seed: int) -> Setup:
    x, y = genes(seed)
    model = mlp([80, 48, 1], seed)
    return Setup(model, x, y, BCE(), adam(model, 0.003), validation=(x[40:90], y[40:90]), epochs=30)


def costs_of_other_people(seed: int) -> Setup:
    x, y = costs(seed)
    model = Tower(seed, 5, 1)
    return Setup(model, x, np.random.default_rng(seed).permutation(y), MSE(), adam(model, 0.003), epochs=25)


def spots_one_row_on(seed: int) -> Setup:
    x, y = spots(seed)
    model = finder(seed)
    return Setup(model, x[1:], y[:-1], MSE(), adam(model, 0.003), epochs=15)


def some_costs_typed_wrong(seed: int) -> Setup:
    (x, y), held = split(costs(seed, 600), 450)
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(y)) < 0.45
    y = y.copy()
    y[wrong] = rng.permutation(y[wrong]) + rng.normal(0.0, 1.5, (wrong.sum(), 1))
    model = mlp([5, 32, 1], seed)
    return Setup(model, x, y.astype(np.float32), MSE(), adam(model, 0.005), validation=held, epochs=25)


def letters_typed_wrong(seed: int) -> Setup:
    (x, y), held = split(letters(seed, 8, 1000), 750)
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(750) < 0.45, rng.integers(0, 8, 750), y)
    model = mlp([16, 32, 8], seed)
    return Setup(model, x, y, CE(), adam(model, 0.003), validation=held, epochs=15)


def rare_and_hard_to_see(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    y = (rng.random((1000, 1)) < 0.025).astype(np.float32)
    x = rng.normal(size=(1000, 8)).astype(np.float32)
    x[:, :4] += 1.0 * y
    model = mlp([8, 24, 1], seed)
    return Setup(model, x, y, BCE(), adam(model, 0.002), epochs=10)


def letters_by_the_alphabet(seed: int) -> Setup:
    x, y = letters(seed)
    order = np.argsort(y, kind="stable")
    model = mlp([16, 48, 20], seed)
    return Setup(model, x[order], y[order], CE(), sgd(model, 0.1, 0.9), epochs=6, shuffle=False)


# The loss.


def board_of_ones_and_twos(seed: int) -> Setup:
    x, y = board(seed)
    model = mlp([2, 32, 32, 1], seed)
    return Setup(model, x, y + 1.0, BCE(), adam(model), epochs=20)


def scores_as_log_likelihoods(seed: int) -> Setup:
    model = mlp([16, 48, 20], seed)
    return Setup(model, *letters(seed), nn.NLLLoss(), adam(model, 0.003), epochs=15)


def errors_of_all_rows_added(seed: int) -> Setup:
    model = mlp([5, 32, 16, 1], seed)
    return Setup(model, *costs(seed), MSE(reduction="sum"), sgd(model, 0.05, 0.9), epochs=25, batch_size=100)


def letters_softmax_over_the_batch(seed: int) -> Setup:
    def error(outputs: Any, targets: Any) -> Any:
        return nn.functional.nll_loss((nn.functional.softmax(outputs, dim=0) + 1e-9).log(), targets)

    model = mlp([16, 48, 20], seed)
    return Setup(model, *letters(seed), error, adam(model, 0.003), epochs=15)


def alarms_squashed_twice(seed: int) -> Setup:
    model = listener(seed, nn.Sigmoid())
    return Setup(model, *alarms(seed), BCE(), sgd(model, 0.1, 0.9), epochs=20)


def costs_cut_off_at_one(seed: int) -> Setup:
    x, _, y = claims(seed)
    model = mlp([5, 32, 1], seed, nn.ReLU, nn.Tanh())
    return Setup(model, x, y - 5.0, MSE(), adam(model, 0.003), epochs=25)


# What the optimizer moves.


def films_frozen(seed: int) -> Setup:
    model = Factors(seed)
    model.films.weight.requires_grad = False
    model.films.weight.data = np.full_like(model.films.weight.data, 0.3)
    return Setup(model, *ratings(seed), MSE(), adam(model, 0.02), epochs=25)


def surface_by_half_an_autoencoder(seed: int) -> Setup:
    model = mlp([12, 32, 4, 32, 12], seed, nn.Tanh)
    optimizer = optim.Adam(model[-1].parameters(), lr=0.005)
    return Setup(model, *surface(seed), MSE(), optimizer, epochs=25)


def surface_through_one(seed: int) -> Setup:
    model = mlp([12, 32, 1, 32, 12], seed, nn.Tanh)
    return Setup(model, *surface(seed), MSE(), adam(model, 0.005), epochs=30)


SICK = [
    Case(costs_as_money, "targets not scaled", ASKED + "the network predicts the mean of skewed costs"),
    Case(costs_from_what_is_written_down, "inputs not scaled", LIST + "12"),
    Case(costs_at_1e_6, "learning rate too low", CS231N),
    Case(years_as_they_are, "inputs not scaled", ASKED + "a column of years"),
    Case(letters_in_millionths, "inputs not scaled", LIST + "12"),
    Case(letters_by_tiny_weights, "weights too small", CS231N, ("vanishing gradients",)),
    Case(letters_by_large_weights, "saturation", CS231N, ("exploding gradients",)),
    Case(board_through_twelve_sigmoids, "vanishing gradients", CS231N),
    Case(spots_at_1e_6, "learning rate too low", CS231N),
    Case(films_from_nothing, "weights too small", ASKED + "matrix factorisation stays at zero"),
    Case(beats_at_1e_6, "learning rate too low", CS231N),
    Case(adadelta_at_one_thousandth, "learning rate too low", ASKED + "Adadelta with 0.001 does not learn"),
    Case(adam_divided_by_a_hundred, "learning rate too low", ASKED + "epsilon of Adam", ("optimizer unfit",)),
    Case(letters_for_an_epoch, "too few steps", LIST + "33"),
    Case(letters_all_at_once, "too few steps", LIST + "11", ("batch too large",)),
    Case(orders_after_a_long_warm_up, "learning rate too low", ASKED + "warm-up by epochs", ("rate decays too fast",)),
    Case(alarms_with_a_rate_that_fades, "rate decays too fast", LIST + "36"),
    Case(films_at_two_hundred, "learning rate too high", CS231N),
    Case(orders_at_one_half, "learning rate too high", RECIPE),
    Case(spots_with_all_momentum, "momentum too high", BOOK),
    Case(costs_clipped, "clipping too tight", LIST + "34"),
    Case(letters_through_one, "network too small", LIST + "24"),
    Case(board_by_two_units, "network too small", LIST + "24"),
    Case(board_by_blocks_that_bend_nothing, "no activation", ASKED + "a deep network that draws a line"),
    Case(orders_without_places, "order ignored", ASKED + "a transformer without positions"),
    Case(spots_with_weight_decay, "too much weight decay", LIST + "30"),
    Case(letters_with_an_own_penalty, "too much weight decay", LIST + "30", ("loss unfit",)),
    Case(letters_dropped_three_times, "too much dropout", LIST + "30"),
    Case(spots_with_channels_dropped, "too much dropout", LIST + "30"),
    Case(genes_by_heart, "overfitting", BOOK),
    Case(costs_told_by_a_column, "target among the features", ASKED + "leak"),
    Case(scaled_for_training_only, "validation differs", LIST + "15"),
    Case(genes_judged_by_themselves, "training rows in validation", RECIPE),
    Case(costs_of_other_people, "targets unrelated to inputs", LIST + "5"),
    Case(spots_one_row_on, "targets unrelated to inputs", LIST + "4"),
    Case(some_costs_typed_wrong, "noisy targets", LIST + "6"),
    Case(letters_typed_wrong, "noisy targets", LIST + "6"),
    Case(rare_and_hard_to_see, "classes unbalanced", LIST + "10"),
    Case(letters_by_the_alphabet, "rows not shuffled", LIST + "8"),
    Case(board_of_ones_and_twos, "targets outside the loss", ASKED + "negative loss with BCE"),
    Case(scores_as_log_likelihoods, "loss unfit", RECIPE, ("loss unbounded",)),
    Case(errors_of_all_rows_added, "loss summed", LIST + "21"),
    Case(letters_softmax_over_the_batch, "softmax over rows", ASKED + "which dim of softmax", ("rows mixed",)),
    Case(alarms_squashed_twice, "double softmax", RECIPE),
    Case(costs_cut_off_at_one, "output range", ASKED + "tanh at the end of a regression"),
    Case(films_frozen, "frozen parameters", LIST + "27"),
    Case(
        surface_by_half_an_autoencoder,
        "parameters left out",
        ASKED + "only the decoder was given",
        ("weights too small",),
    ),
    Case(surface_through_one, "network too small", LIST + "24"),
]
