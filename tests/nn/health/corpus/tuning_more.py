"""The tuning half: rarer kinds."""

from __future__ import annotations

import numpy as np

import nn
import optim
from tests.nn.health.corpus import rows
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp

IVANOV = "Ivanov, 37 Reasons why your Neural Network is not working (2017), no. "
BOOK = "Goodfellow, Bengio, Courville, Deep Learning, chapter 11"


def sum_over_the_batch(seed: int) -> Setup:
    x, y = rows.numbers(seed)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    loss = nn.MSELoss(reduction="sum")
    return Setup(model, x, y, loss, optim.SGD(model.parameters(), lr=0.05), epochs=15)


def no_biases(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x, y = rows.plane(seed)
    model = nn.Sequential(nn.Linear(6, 16, bias=False, rng=rng), nn.Tanh(), nn.Linear(16, 1, bias=False, rng=rng))
    return Setup(model, x, 0.3 * y + 1.4, optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=20)


def one_unit_for_six_classes(seed: int) -> Setup:
    x, y = rows.blobs(seed, classes=6)
    model = mlp([8, 1, 1, 6], seed, nn.Sigmoid)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=15)


def linear_for_a_circle(seed: int) -> Setup:
    x, y = rows.circle(seed)
    model = nn.Linear(2, 1, rng=seed)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.02), epochs=30)


def same_inputs_other_targets(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = np.repeat(rng.normal(size=(60, 5)), 5, axis=0).astype(np.float32)
    y = rng.integers(0, 3, 300)
    model = mlp([5, 32, 3], seed)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=20)


def adam_of_tiny_inputs(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 32, 4], seed)
    return Setup(model, 1e-4 * x, y, optimizer=optim.SGD(model.parameters(), lr=0.1), epochs=15)


def dates_beside_shares(seed: int) -> Setup:
    x, y = rows.plane(seed)
    x = np.concatenate([x[:, :5], 40000.0 + 300.0 * x[:, 5:]], axis=1).astype(np.float32)
    model = mlp([6, 16, 1], seed)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=20)


def penalised_to_nothing(seed: int) -> Setup:
    x, y = rows.numbers(seed)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, x, y, optimizer=optim.AdamW(model.parameters(), lr=0.01, weight_decay=30.0), epochs=20)


def bias_before_a_norm(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(8, 32, bias=False, rng=rng), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 4, rng=rng)
    )
    return Setup(model, *rows.blobs(seed), optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=10)


def counts(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 4)).astype(np.float32)
    y = rng.poisson(np.exp(0.7 * x[:, :1] + 0.3)).astype(np.float32)
    model = mlp([4, 16, 1], seed)
    return Setup(model, x, y, nn.MSELoss(), optim.Adam(model.parameters(), lr=0.01), epochs=20)


def log_softmax_and_nll(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed, nn.ReLU, nn.LogSoftmax())
    return Setup(
        model, *rows.blobs(seed), loss=nn.NLLLoss(), optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=10
    )


def sigmoid_and_bce(seed: int) -> Setup:
    model = mlp([2, 16, 1], seed, nn.ReLU, nn.Sigmoid())
    return Setup(
        model, *rows.circle(seed), loss=nn.BCELoss(), optimizer=optim.Adam(model.parameters(), lr=0.02), epochs=40
    )


def half_the_labels_wrong(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x, y = rows.blobs(seed, count=800)
    wrong = rng.random(len(y)) < 0.3
    y = np.where(wrong, rng.integers(0, 4, len(y)), y)
    model = mlp([8, 16, 4], seed)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.005), epochs=10)


SICK = [
    Case(
        sum_over_the_batch,
        "loss summed",
        "question: reduction='sum', nan after some steps",
        also=("learning rate too high",),
    ),
    Case(no_biases, "no bias", "question: bias=False, never reaches the offset"),
    Case(one_unit_for_six_classes, "network too small", IVANOV + "22"),
    Case(linear_for_a_circle, "network too small", IVANOV + "22", also=("no activation",)),
    Case(same_inputs_other_targets, "conflicting rows", BOOK, also=("targets unrelated to inputs",)),
    Case(adam_of_tiny_inputs, "inputs not scaled", IVANOV + "12"),
    Case(dates_beside_shares, "inputs not scaled", "question: dates among the features"),
    Case(penalised_to_nothing, "too much weight decay", IVANOV + "21"),
]
WELL = [
    Case(bias_before_a_norm, HEALTHY, "CS231n, batch normalisation"),
    Case(counts, HEALTHY, BOOK),
    Case(log_softmax_and_nll, HEALTHY, "PyTorch's documentation of NLLLoss"),
    Case(sigmoid_and_bce, HEALTHY, "PyTorch's documentation of BCELoss"),
    Case(half_the_labels_wrong, HEALTHY, IVANOV + "6: what can be learned is"),
]
