"""The tuning half: what is wrong lies in the steps: the rate, the optimizer, and what stands around them."""

from __future__ import annotations

import numpy as np

import nn
import optim
from tests.nn.health.corpus import networks, rows
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp

IVANOV = "Ivanov, 37 Reasons why your Neural Network is not working (2017), no. "
CS231N = "CS231n, Neural Networks Part 3: the loss function by learning rate"
BOOK = "Goodfellow, Bengio, Courville, Deep Learning, section 11.4"


def mse_diverges(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, *rows.numbers(seed), optimizer=optim.SGD(model.parameters(), lr=1.5), epochs=10)


def plane_diverges(seed: int) -> Setup:
    model = nn.Linear(6, 1, rng=seed)
    return Setup(model, *rows.plane(seed), optimizer=optim.SGD(model.parameters(), lr=2.0), epochs=10)


def adam_at_ten(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed, nn.Tanh)
    return Setup(model, *rows.digits(), optimizer=optim.Adam(model.parameters(), lr=10.0), epochs=8)


def adam_at_one_half(seed: int) -> Setup:
    model = mlp([8, 32, 32, 4], seed)
    return Setup(model, *rows.blobs(seed, spread=1.2), optimizer=optim.Adam(model.parameters(), lr=1.5), epochs=10)


def convolution_diverges(seed: int) -> Setup:
    model = networks.convolution(seed)
    return Setup(model, *rows.images(), optimizer=optim.SGD(model.parameters(), lr=30.0), epochs=5)


def sgd_at_1e_4(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed)
    return Setup(model, *rows.blobs(seed), optimizer=optim.SGD(model.parameters(), lr=1e-4), epochs=15)


def adam_at_1e_6(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(), optimizer=optim.Adam(model.parameters(), lr=1e-6), epochs=8)


def numbers_at_1e_5(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, *rows.numbers(seed), optimizer=optim.SGD(model.parameters(), lr=1e-5), epochs=20)


def recurrent_at_1e_5(seed: int) -> Setup:
    model = networks.Recurrent(seed)
    return Setup(model, *rows.sequences(seed), optimizer=optim.Adam(model.parameters(), lr=1e-5), epochs=10)


def xor_too_slow(seed: int) -> Setup:
    model = mlp([2, 8, 1], seed, nn.Tanh)
    return Setup(
        model,
        *rows.XOR,
        loss=nn.BCEWithLogitsLoss(),
        optimizer=optim.SGD(model.parameters(), lr=0.35),
        epochs=100,
        batch_size=4,
    )


def two_epochs(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed, nn.Tanh)
    return Setup(model, *rows.digits(400), optimizer=optim.Adam(model.parameters(), lr=0.001), epochs=2)


def heavy_decay(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(), optimizer=optim.SGD(model.parameters(), lr=0.1, weight_decay=1.0), epochs=10)


def clipped_to_nothing(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(), optimizer=optim.SGD(model.parameters(), lr=0.1), epochs=10, clip_norm=1e-3)


def momentum_of_999(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.998)
    return Setup(model, *rows.numbers(seed), optimizer=optimizer, epochs=20)


def rate_gone_at_once(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    schedule = lambda optimizer: optim.lr_scheduler.ExponentialLR(optimizer, 0.1)
    optimizer = optim.SGD(model.parameters(), lr=0.02)
    return Setup(model, *rows.digits(), optimizer=optimizer, epochs=15, scheduler=schedule)


def one_batch_an_epoch(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    optimizer = optim.Adam(model.parameters(), lr=0.003)
    return Setup(model, *rows.digits(1000), optimizer=optimizer, epochs=5, batch_size=1000)


def another_models_parameters(seed: int) -> Setup:
    model, other = mlp([8, 32, 4], seed), mlp([8, 32, 4], seed + 1)
    return Setup(model, *rows.blobs(seed), optimizer=optim.Adam(other.parameters(), lr=0.01), epochs=15)


def only_the_head_held(seed: int) -> Setup:
    model = mlp([2, 16, 16, 1], seed)
    return Setup(model, *rows.circle(seed), optimizer=optim.Adam(model[4].parameters(), lr=0.01), epochs=20)


class Root(nn.Module):
    """The root of what may be below 0."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.first, self.head = nn.Linear(8, 16, rng=seed), nn.Linear(16, 4, rng=seed + 1)

    def forward(self, x):
        return self.head(nn.functional.relu(self.first(x)).log())


def logarithm_of_zero(seed: int) -> Setup:
    model = Root(seed)
    return Setup(model, *rows.blobs(seed), optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=10)


def summed_loss(seed: int) -> Setup:
    x, y = rows.plane(seed)
    model = mlp([6, 16, 1], seed, nn.Tanh)
    loss = nn.MSELoss(reduction="sum")
    return Setup(model, x, y * np.float32(1.0), loss, optim.SGD(model.parameters(), lr=0.1), epochs=10)


CASES = [
    Case(mse_diverges, "learning rate too high", "question: loss becomes nan with SGD .5 … 3"),
    Case(plane_diverges, "learning rate too high", CS231N),
    Case(adam_at_ten, "learning rate too high", CS231N),
    Case(adam_at_one_half, "learning rate too high", CS231N),
    Case(convolution_diverges, "learning rate too high", IVANOV + "33"),
    Case(sgd_at_1e_4, "learning rate too low", CS231N),
    Case(adam_at_1e_6, "learning rate too low", CS231N),
    Case(numbers_at_1e_5, "learning rate too low", BOOK),
    Case(recurrent_at_1e_5, "learning rate too low", BOOK),
    Case(xor_too_slow, "too few steps", "question: XOR, SGD .35, stays at .69", also=("learning rate too low",)),
    Case(two_epochs, "too few steps", IVANOV + "31: give it time", also=("learning rate too low",)),
    Case(heavy_decay, "too much weight decay", IVANOV + "21"),
    Case(clipped_to_nothing, "clipping too tight", IVANOV + "35"),
    Case(momentum_of_999, "momentum too high", BOOK),
    Case(rate_gone_at_once, "rate decays too fast", BOOK),
    Case(one_batch_an_epoch, "batch too large", IVANOV + "11", also=("too few steps",)),
    Case(another_models_parameters, "foreign parameters", "question: optimizer made before model.to / another model"),
    Case(only_the_head_held, "parameters left out", "question: optimizer has only the head"),
    Case(logarithm_of_zero, "not finite", IVANOV + "37"),
    Case(summed_loss, "loss summed", "question: reduction='sum', nan", also=("learning rate too high",)),
]
