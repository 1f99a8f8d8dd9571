"""The tuning half: healthy runs."""

from __future__ import annotations

import numpy as np

import nn
import optim
from tests.nn.health.corpus import networks, rows
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp

CS231N = "CS231n, Neural Networks Part 3: babysitting the learning process"
RECIPE = "Karpathy, A Recipe for Training Neural Networks (2019)"
BOOK = "Goodfellow, Bengio, Courville, Deep Learning, chapter 11"
IVANOV = "Ivanov, 37 Reasons why your Neural Network is not working (2017)"


def digits_adam(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(), optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=10)


def digits_sgd(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(), optimizer=optim.SGD(model.parameters(), lr=0.1, momentum=0.9), epochs=10)


def digits_tanh_deep(seed: int) -> Setup:
    model = mlp([64, 32, 32, 32, 10], seed, nn.Tanh)
    return Setup(model, *rows.digits(), optimizer=optim.Adam(model.parameters(), lr=0.003), epochs=15)


def digits_convolution(seed: int) -> Setup:
    model = networks.convolution(seed)
    return Setup(model, *rows.images(), optimizer=optim.Adam(model.parameters(), lr=0.005), epochs=10)


def digits_dropout(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(nn.Linear(64, 64, rng=rng), nn.ReLU(), nn.Dropout(0.4, rng=rng), nn.Linear(64, 10, rng=rng))
    return Setup(model, *rows.digits(), optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=10)


def digits_batch_norm(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(nn.Linear(64, 32, rng=rng), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 10, rng=rng))
    return Setup(model, *rows.digits(), optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=10)


def logistic(seed: int) -> Setup:
    model = nn.Linear(64, 10, rng=seed)
    return Setup(model, *rows.digits(), optimizer=optim.SGD(model.parameters(), lr=0.5), epochs=20)


def smooth_numbers(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, *rows.numbers(seed), optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=40)


def noisy_numbers(seed: int) -> Setup:
    model = mlp([5, 16, 1], seed, nn.Tanh)
    x, y = rows.numbers(seed, 600, noise=1.0)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-4), epochs=20)


def linear_numbers(seed: int) -> Setup:
    model = nn.Linear(6, 1, rng=seed)
    return Setup(model, *rows.plane(seed), optimizer=optim.SGD(model.parameters(), lr=0.05), epochs=10)


def diabetes(seed: int) -> Setup:
    model = mlp([10, 16, 1], seed)
    return Setup(model, *rows.table("diabetes"), optimizer=optim.Adam(model.parameters(), lr=0.003), epochs=15)


def wine(seed: int) -> Setup:
    model = mlp([13, 16, 3], seed, nn.Tanh)
    return Setup(model, *rows.table("wine"), optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=20)


def iris_unscaled(seed: int) -> Setup:
    model = mlp([4, 16, 3], seed)
    return Setup(model, *rows.table("iris", scaled=False), optimizer=optim.Adam(model.parameters(), lr=0.02), epochs=40)


def breast_cancer(seed: int) -> Setup:
    x, y = rows.table("breast_cancer")
    model = mlp([30, 16, 1], seed)
    loss = nn.BCEWithLogitsLoss()
    return Setup(model, x, y[:, None].astype(np.float32), loss, optim.Adam(model.parameters(), lr=0.003), epochs=10)


def rare_learned(seed: int) -> Setup:
    x, y = rows.rare(seed, apart=5.0)
    model = mlp([4, 16, 2], seed)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=20)


def one_hot_targets(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 32, 4], seed)
    hot = np.eye(4, dtype=np.float32)[y]
    return Setup(model, x, hot, nn.CrossEntropyLoss(), optim.Adam(model.parameters(), lr=0.01), epochs=15)


def squared_error_of_one_hot(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 32, 4], seed)
    hot = np.eye(4, dtype=np.float32)[y]
    return Setup(model, x, hot, nn.MSELoss(), optim.Adam(model.parameters(), lr=0.01), epochs=20)


def several_labels(seed: int) -> Setup:
    model = mlp([8, 32, 5], seed)
    return Setup(model, *rows.labels(seed), optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=20)


def circle(seed: int) -> Setup:
    model = mlp([2, 16, 1], seed)
    return Setup(model, *rows.circle(seed), optimizer=optim.Adam(model.parameters(), lr=0.02), epochs=40)


def xor_by_adam(seed: int) -> Setup:
    model = mlp([2, 8, 1], seed, nn.Tanh)
    return Setup(model, *rows.XOR, optimizer=optim.Adam(model.parameters(), lr=0.05), epochs=300, batch_size=4)


def running_sums(seed: int) -> Setup:
    model = networks.Recurrent(seed)
    return Setup(model, *rows.sequences(seed), optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=20)


def attention(seed: int) -> Setup:
    model = networks.Attentive(seed)
    return Setup(model, *rows.sequences(seed), optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=20)


def texts(seed: int) -> Setup:
    model = networks.Words(seed)
    return Setup(model, *rows.tokens(seed), optimizer=optim.Adam(model.parameters(), lr=0.02), epochs=20)


def autoencoder(seed: int) -> Setup:
    x, _ = rows.digits(400)
    model = mlp([64, 32, 8, 32, 64], seed, nn.Tanh, nn.Sigmoid())
    return Setup(model, x, x, nn.MSELoss(), optim.Adam(model.parameters(), lr=0.01), epochs=60)


def frozen_base(seed: int) -> Setup:
    model = mlp([64, 64, 10], seed)
    model[0].requires_grad_(False)
    head = [p for p in model.parameters() if p.requires_grad]
    return Setup(model, *rows.digits(), optimizer=optim.Adam(head, lr=0.03), epochs=15)


def own_loss(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)

    def absolute(outputs, targets):
        return (outputs - targets).abs().mean()

    return Setup(model, *rows.numbers(seed), absolute, optim.Adam(model.parameters(), lr=0.01), epochs=40)


def in_order_but_mixed(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 32, 4], seed)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=15, shuffle=False)


def decaying_rate(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    schedule = lambda optimizer: optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    return Setup(model, *rows.digits(), optimizer=optimizer, epochs=12, scheduler=schedule)


def clipped(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    return Setup(model, *rows.digits(), optimizer=optimizer, epochs=10, clip_norm=1.0)


CASES = [
    Case(make, HEALTHY, source)
    for make, source in (
        (digits_adam, CS231N), (digits_sgd, CS231N), (digits_tanh_deep, BOOK), (digits_convolution, CS231N),
        (digits_dropout, RECIPE), (digits_batch_norm, CS231N), (logistic, BOOK), (smooth_numbers, RECIPE),
        (noisy_numbers, BOOK), (linear_numbers, BOOK), (diabetes, BOOK), (wine, BOOK), (iris_unscaled, IVANOV),
        (breast_cancer, BOOK), (rare_learned, "question: 98 % accuracy, called shuffled"),
        (one_hot_targets, "question: one-hot floats with CrossEntropyLoss"), (squared_error_of_one_hot, IVANOV),
        (several_labels, IVANOV), (circle, RECIPE), (xor_by_adam, RECIPE), (running_sums, BOOK), (attention, RECIPE),
        (texts, RECIPE), (autoencoder, BOOK), (frozen_base, CS231N), (own_loss, RECIPE), (in_order_but_mixed, IVANOV),
        (decaying_rate, CS231N), (clipped, RECIPE),
    )
]  # fmt: skip
