"""The tuning half: what is wrong lies in the rows."""

from __future__ import annotations

import numpy as np

import nn
import optim
from tests.nn.health.corpus import networks, rows
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp

IVANOV = "Ivanov, 37 Reasons why your Neural Network is not working (2017), no. "
RECIPE = "Karpathy, A Recipe for Training Neural Networks (2019)"
BOOK = "Goodfellow, Bengio, Courville, Deep Learning, section 11.5"


def shuffled_classes(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 32, 4], seed)
    y = np.random.default_rng(seed + 1).permutation(y)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=20)


def shuffled_numbers(seed: int) -> Setup:
    x, y = rows.numbers(seed)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    y = np.random.default_rng(seed + 1).permutation(y)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=15)


def shuffled_images(seed: int) -> Setup:
    x, y = rows.images(300)
    model = networks.convolution(seed)
    y = np.random.default_rng(seed + 1).permutation(y)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.005), epochs=10)


def inputs_by_thousands(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 32, 4], seed)
    return Setup(model, 1000.0 * x, y, optimizer=optim.SGD(model.parameters(), lr=0.05), epochs=15)


def pixels_to_255(seed: int) -> Setup:
    x, y = rows.digits()
    model = mlp([64, 32, 10], seed, nn.Tanh)
    return Setup(model, 255.0 * x, y, optimizer=optim.SGD(model.parameters(), lr=0.1), epochs=10)


def one_large_feature(seed: int) -> Setup:
    x, y = rows.plane(seed)
    x = x * np.array([1, 1, 1, 1, 1, 3000], np.float32)
    model = mlp([6, 16, 1], seed, nn.Tanh)
    return Setup(model, x, y, optimizer=optim.SGD(model.parameters(), lr=0.05), epochs=20)


def wine_unscaled(seed: int) -> Setup:
    model = mlp([13, 16, 3], seed, nn.Tanh)
    return Setup(model, *rows.table("wine", scaled=False), optimizer=optim.SGD(model.parameters(), lr=0.05), epochs=20)


def targets_in_thousands(seed: int) -> Setup:
    x, y = rows.plane(seed)
    model = mlp([6, 16, 1], seed, nn.Tanh)
    return Setup(model, x, 500.0 * y + 20000.0, optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=30)


def targets_far_away(seed: int) -> Setup:
    x, y = rows.numbers(seed)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, x, y + 200.0, optimizer=optim.Adam(model.parameters(), lr=0.005), epochs=15)


def rare_ignored(seed: int) -> Setup:
    x, y = rows.rare(seed, share=0.04, apart=1.6)
    model = mlp([4, 16, 2], seed)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.005), epochs=6)


def nan_in_inputs(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    x = x.copy()
    x[7, 2] = np.nan
    model = mlp([8, 32, 4], seed)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.01))


def nan_in_targets(seed: int) -> Setup:
    x, y = rows.numbers(seed)
    y = y.copy()
    y[11] = np.inf
    model = mlp([5, 16, 1], seed)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.01))


def the_same_row(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 32, 4], seed)
    return Setup(model, np.repeat(x[:1], len(x), axis=0), y, optimizer=optim.Adam(model.parameters(), lr=0.01))


def leaked_target(seed: int) -> Setup:
    x, y = rows.plane(seed)
    model = mlp([7, 16, 1], seed)
    return Setup(
        model, np.concatenate([x, 2.0 * y], axis=1), y, optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=20
    )


def validation_of_training_rows(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 32, 4], seed)
    part = (x[:100], y[:100])
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.01), validation=part, epochs=15)


def validation_unscaled(seed: int) -> Setup:
    x, y = rows.blobs(seed, count=500)
    model = mlp([8, 32, 4], seed)
    part = (20.0 * x[400:] + 50.0, y[400:])
    return Setup(model, x[:400], y[:400], optimizer=optim.Adam(model.parameters(), lr=0.01), validation=part, epochs=15)


def sorted_by_class(seed: int) -> Setup:
    x, y = rows.blobs(seed, count=1600, spread=1.3)
    order = np.argsort(y, kind="stable")
    model = mlp([8, 32, 4], seed)
    optimizer = optim.SGD(model.parameters(), lr=0.3)
    return Setup(model, x[order], y[order], optimizer=optimizer, epochs=3, shuffle=False)


def too_few_rows(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(160, 30)).astype(np.float32)
    y = (x[:, :3].sum(axis=1) + 1.2 * rng.normal(size=160) > 0.0).astype(int)
    model = mlp([30, 64, 2], seed)
    return Setup(model, x, y, optimizer=optim.Adam(model.parameters(), lr=0.01), epochs=100)


def classes_from_one(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 32, 4], seed)
    return Setup(model, x, y + 1, nn.CrossEntropyLoss(), optim.Adam(model.parameters(), lr=0.01))


def labels_of_one_and_two(seed: int) -> Setup:
    x, y = rows.circle(seed)
    model = mlp([2, 16, 1], seed, nn.ReLU, nn.Sigmoid())
    return Setup(model, x, y + 1.0, nn.BCELoss(), optim.Adam(model.parameters(), lr=0.01))


CASES = [
    Case(shuffled_classes, "targets unrelated to inputs", IVANOV + "4"),
    Case(shuffled_numbers, "targets unrelated to inputs", IVANOV + "5"),
    Case(shuffled_images, "targets unrelated to inputs", BOOK),
    Case(inputs_by_thousands, "inputs not scaled", IVANOV + "12"),
    Case(pixels_to_255, "inputs not scaled", "question: pixels 0 … 255, loss stays at 2.3"),
    Case(one_large_feature, "inputs not scaled", IVANOV + "12"),
    Case(wine_unscaled, "inputs not scaled", "question: network on the wine data learns nothing"),
    Case(targets_in_thousands, "targets not scaled", "question: regression of prices does not learn"),
    Case(targets_far_away, "targets not scaled", RECIPE + ": initialise the last bias"),
    Case(rare_ignored, "classes unbalanced", IVANOV + "8"),
    Case(nan_in_inputs, "inputs not finite", IVANOV + "1"),
    Case(nan_in_targets, "targets not finite", IVANOV + "1"),
    Case(the_same_row, "inputs all alike", IVANOV + "2"),
    Case(leaked_target, "target among the features", "question: 100 % at once"),
    Case(validation_of_training_rows, "training rows in validation", BOOK),
    Case(validation_unscaled, "validation differs", IVANOV + "15"),
    Case(sorted_by_class, "rows not shuffled", IVANOV + "9"),
    Case(too_few_rows, "overfitting", BOOK),
    Case(classes_from_one, "targets outside the loss", "question: labels from 1 to N"),
    Case(labels_of_one_and_two, "targets outside the loss", "question: binary labels 1 and 2"),
]
