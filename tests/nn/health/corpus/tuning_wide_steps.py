"""The tuning half, in breadth: what is wrong lies in the steps, for other tasks, networks and optimizers."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus import networks, rows
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.tuning_wide_rows import ASKED, BOOK, DUCK, IVANOV, adam, sgd

CS231N = "CS231n, Neural Networks Part 3: the loss function by learning rate"


def attention_at_one(seed: int) -> Setup:
    model = networks.Attentive(seed)
    return Setup(model, *rows.sequences(seed), optimizer=adam(model, 3.0), epochs=20)


def recurrent_by_sgd_at_five(seed: int) -> Setup:
    model = networks.Recurrent(seed)
    return Setup(model, *rows.sequences(seed), optimizer=sgd(model, 5.0), epochs=20)


def words_by_sgd_at_3000(seed: int) -> Setup:
    model = networks.Words(seed)
    return Setup(model, *rows.tokens(seed), optimizer=sgd(model, 3000.0), epochs=15)


def labels_by_rmsprop_at_two(seed: int) -> Setup:
    model = mlp([8, 32, 5], seed)
    return Setup(
        model,
        *rows.labels(seed),
        loss=nn.BCEWithLogitsLoss(),
        optimizer=optim.RMSprop(model.parameters(), lr=2.0),
        epochs=15,
    )


def table_by_momentum_diverges(seed: int) -> Setup:
    model = mlp([10, 32, 1], seed)
    return Setup(model, *rows.table("diabetes"), optimizer=sgd(model, 1.0, momentum=0.9), epochs=20)


def deep_in_double_precision_at_ten(seed: int) -> Setup:
    model = mlp([5, 32, 32, 1], seed, nn.Tanh).to(np.float64)
    x, y = rows.numbers(seed)
    return Setup(model, x.astype(np.float64), y.astype(np.float64), optimizer=adam(model, 10.0), epochs=20)


def circle_at_one_million(seed: int) -> Setup:
    model = mlp([2, 16, 1], seed)
    return Setup(model, *rows.circle(seed), loss=nn.BCEWithLogitsLoss(), optimizer=sgd(model, 1000.0), epochs=20)


def pictures_at_1e_6(seed: int) -> Setup:
    model = networks.convolution(seed)
    return Setup(model, *rows.images(), optimizer=sgd(model, 1e-6), epochs=6)


def attention_at_1e_7(seed: int) -> Setup:
    model = networks.Attentive(seed)
    return Setup(model, *rows.sequences(seed), optimizer=adam(model, 1e-7), epochs=15)


def labels_at_1e_5(seed: int) -> Setup:
    model = mlp([8, 32, 5], seed)
    return Setup(model, *rows.labels(seed), loss=nn.BCEWithLogitsLoss(), optimizer=sgd(model, 1e-5), epochs=15)


def words_at_1e_5(seed: int) -> Setup:
    model = networks.Words(seed)
    return Setup(model, *rows.tokens(seed), optimizer=adam(model, 1e-6), epochs=15)


def plane_at_1e_6(seed: int) -> Setup:
    model = nn.Linear(6, 1, rng=seed)
    return Setup(model, *rows.plane(seed), optimizer=sgd(model, 1e-6), epochs=20)


def rate_of_zero(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed)
    return Setup(model, *rows.blobs(seed), optimizer=sgd(model, 0.0), epochs=10)


def adagrad_at_1e_5(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(), optimizer=optim.Adagrad(model.parameters(), lr=1e-5), epochs=8)


def adam_with_a_large_epsilon(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed)
    return Setup(model, *rows.blobs(seed), optimizer=adam(model, 0.001, eps=100.0), epochs=10)


def loss_by_a_millionth(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)

    def small(outputs, targets):
        return 1e-6 * ((outputs - targets) ** 2).mean()

    return Setup(model, *rows.numbers(seed), small, sgd(model, 0.1), epochs=20)


def xor_by_sigmoids(seed: int) -> Setup:
    model = mlp([2, 4, 1], seed, nn.Sigmoid)
    return Setup(model, *rows.XOR, loss=nn.BCEWithLogitsLoss(), optimizer=sgd(model, 0.1), epochs=300, batch_size=4)


def xor_by_sigmoids_and_squares(seed: int) -> Setup:
    model = mlp([2, 3, 1], seed, nn.Sigmoid, nn.Sigmoid())
    return Setup(model, *rows.XOR, loss=nn.MSELoss(), optimizer=sgd(model, 0.5), epochs=500, batch_size=4)


def pictures_for_one_epoch(seed: int) -> Setup:
    model = networks.convolution(seed)
    return Setup(model, *rows.images(), optimizer=adam(model, 0.0005), epochs=1)


def sums_for_two_epochs(seed: int) -> Setup:
    model = networks.Recurrent(seed)
    return Setup(model, *rows.sequences(seed), optimizer=adam(model, 0.003), epochs=2)


def numbers_decayed(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, *rows.numbers(seed), optimizer=adam(model, 0.01, weight_decay=3.0), epochs=20)


def pictures_decayed(seed: int) -> Setup:
    model = networks.convolution(seed)
    return Setup(model, *rows.images(), optimizer=sgd(model, 0.1, weight_decay=0.5), epochs=8)


def sums_decayed(seed: int) -> Setup:
    model = networks.Recurrent(seed)
    optimizer = optim.AdamW(model.parameters(), lr=0.01, weight_decay=20.0)
    return Setup(model, *rows.sequences(seed), optimizer=optimizer, epochs=20)


def numbers_clipped(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, *rows.numbers(seed), optimizer=sgd(model, 0.1), epochs=20, clip_norm=1e-4)


def circle_clipped(seed: int) -> Setup:
    model = mlp([2, 16, 1], seed)
    return Setup(
        model, *rows.circle(seed), loss=nn.BCEWithLogitsLoss(), optimizer=sgd(model, 0.5), epochs=30, clip_norm=1e-3
    )


def blobs_with_momentum_of_999(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed)
    return Setup(model, *rows.blobs(seed, spread=1.2), optimizer=sgd(model, 0.3, momentum=0.999), epochs=15)


def halved_every_epoch(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    schedule = lambda optimizer: optim.lr_scheduler.StepLR(optimizer, 1, 0.2)
    return Setup(model, *rows.numbers(seed), optimizer=sgd(model, 0.02), epochs=30, scheduler=schedule)


def exponential_to_nothing(seed: int) -> Setup:
    model = networks.convolution(seed)
    schedule = lambda optimizer: optim.lr_scheduler.ExponentialLR(optimizer, 0.05)
    return Setup(model, *rows.images(), optimizer=sgd(model, 0.01), epochs=10, scheduler=schedule)


def warmed_up_for_ever(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed)
    schedule = lambda optimizer: optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: (epoch + 1) / 1e5)
    return Setup(model, *rows.blobs(seed), optimizer=sgd(model, 0.1), epochs=15, scheduler=schedule)


def all_rows_at_once(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    x, y = rows.numbers(seed, 1000)
    return Setup(model, x, y, optimizer=adam(model, 0.003), epochs=8, batch_size=1000)


def texts_at_once(seed: int) -> Setup:
    model = networks.Words(seed)
    return Setup(model, *rows.tokens(seed, 600), optimizer=adam(model, 0.01), epochs=6, batch_size=600)


def one_row_at_a_time(seed: int) -> Setup:
    x, y = rows.numbers(seed, 300, noise=1.0)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, x, y, optimizer=adam(model, 0.05), epochs=3, batch_size=1)


def optimizer_of_a_copy(seed: int) -> Setup:
    import copy

    model = networks.convolution(seed)
    return Setup(model, *rows.images(), optimizer=adam(copy.deepcopy(model), 0.005), epochs=6)


def only_biases_held(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    some = [p for name, p in model.named_parameters() if "bias" in name]
    return Setup(model, *rows.numbers(seed), optimizer=optim.Adam(some, lr=0.01), epochs=20)


def cell_left_out(seed: int) -> Setup:
    model = networks.Recurrent(seed)
    return Setup(model, *rows.sequences(seed), optimizer=optim.Adam(model.head.parameters(), lr=0.01), epochs=20)


def maximised(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed)
    return Setup(model, *rows.blobs(seed), optimizer=sgd(model, 0.05, maximize=True), epochs=10)


class Division(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self.body = mlp([5, 16, 1], seed)

    def forward(self, x: Any) -> Any:
        h = self.body(x)
        return h / (h - h)


def divided_by_nothing(seed: int) -> Setup:
    model = Division(seed)
    return Setup(model, *rows.numbers(seed), optimizer=adam(model), epochs=10)


def logarithm_in_the_loss(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed, nn.ReLU, nn.Softmax())

    def entropy(outputs, targets):
        hot = np.eye(4, dtype=np.float32)[targets]
        return -(hot * (outputs - 0.2).log()).sum(axis=1).mean()

    return Setup(model, *rows.blobs(seed), entropy, adam(model), epochs=10)


def labels_summed(seed: int) -> Setup:
    model = mlp([8, 32, 5], seed)
    loss = nn.BCEWithLogitsLoss(reduction="sum")
    return Setup(model, *rows.labels(seed), loss, sgd(model, 1.0), epochs=10)


def pictures_summed(seed: int) -> Setup:
    model = networks.convolution(seed)
    loss = nn.CrossEntropyLoss(reduction="sum")
    return Setup(model, *rows.images(), loss, sgd(model, 0.2), epochs=8)


CASES = [
    Case(attention_at_one, "learning rate too high", CS231N),
    Case(recurrent_by_sgd_at_five, "learning rate too high", CS231N),
    Case(words_by_sgd_at_3000, "learning rate too high", CS231N),
    Case(labels_by_rmsprop_at_two, "learning rate too high", DUCK),
    Case(table_by_momentum_diverges, "learning rate too high", IVANOV + "36", also=("momentum too high",)),
    Case(deep_in_double_precision_at_ten, "learning rate too high", IVANOV + "36"),
    Case(circle_at_one_million, "learning rate too high", IVANOV + "36"),
    Case(pictures_at_1e_6, "learning rate too low", CS231N),
    Case(attention_at_1e_7, "learning rate too low", CS231N),
    Case(labels_at_1e_5, "learning rate too low", DUCK),
    Case(words_at_1e_5, "learning rate too low", DUCK),
    Case(plane_at_1e_6, "learning rate too low", IVANOV + "36"),
    Case(rate_of_zero, "learning rate too low", ASKED + "lr=0 left from a search"),
    Case(adagrad_at_1e_5, "learning rate too low", IVANOV + "34"),
    Case(adam_with_a_large_epsilon, "learning rate too low", IVANOV + "34", also=("optimizer unfit",)),
    Case(loss_by_a_millionth, "learning rate too low", IVANOV + "20"),
    Case(xor_by_sigmoids, "learning rate too low", ASKED + "XOR, sigmoids, stays at .69", also=("too few steps",)),
    Case(xor_by_sigmoids_and_squares, "learning rate too low", ASKED + "XOR stays at .25", also=("too few steps",)),
    Case(pictures_for_one_epoch, "too few steps", IVANOV + "31", also=("learning rate too low",)),
    Case(sums_for_two_epochs, "too few steps", IVANOV + "31", also=("learning rate too low",)),
    Case(numbers_decayed, "too much weight decay", IVANOV + "30"),
    Case(pictures_decayed, "too much weight decay", IVANOV + "30"),
    Case(sums_decayed, "too much weight decay", IVANOV + "30"),
    Case(numbers_clipped, "clipping too tight", IVANOV + "35"),
    Case(circle_clipped, "clipping too tight", IVANOV + "35"),
    Case(blobs_with_momentum_of_999, "momentum too high", BOOK, also=("learning rate too high",)),
    Case(halved_every_epoch, "rate decays too fast", BOOK),
    Case(exponential_to_nothing, "rate decays too fast", BOOK),
    Case(
        warmed_up_for_ever,
        "learning rate too low",
        ASKED + "warm-up longer than the run",
        also=("rate decays too fast",),
    ),
    Case(all_rows_at_once, "batch too large", IVANOV + "11", also=("too few steps", "learning rate too low")),
    Case(texts_at_once, "batch too large", DUCK, also=("too few steps", "learning rate too low")),
    Case(one_row_at_a_time, "batch too small", ASKED + "batch of 1, loss jumps", also=("learning rate too high",)),
    Case(optimizer_of_a_copy, "foreign parameters", ASKED + "deepcopy of the model"),
    Case(only_biases_held, "parameters left out", IVANOV + "23"),
    Case(cell_left_out, "parameters left out", IVANOV + "23"),
    Case(maximised, "loss maximised", ASKED + "maximize=True left on"),
    Case(divided_by_nothing, "not finite", IVANOV + "37"),
    Case(logarithm_in_the_loss, "not finite", IVANOV + "37", also=("loss unfit",)),
    Case(labels_summed, "loss summed", ASKED + "reduction='sum'", also=("learning rate too high",)),
    Case(pictures_summed, "loss summed", ASKED + "reduction='sum'", also=("learning rate too high",)),
]
