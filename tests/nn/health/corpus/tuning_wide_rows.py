"""The tuning half, in breadth: what is wrong lies in the rows, for other tasks, networks and scales."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus import networks, rows
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp

IVANOV = "Ivanov, 37 Reasons why your Neural Network is not working (2017), no. "
RECIPE = "Karpathy, A Recipe for Training Neural Networks (2019)"
BOOK = "Goodfellow, Bengio, Courville, Deep Learning, section 11.5"
DUCK = "Holden, My Neural Network isn't working! What should I do? (2017)"
ASKED = "question on a site: "


def adam(model: Any, lr: float = 0.01, **options: Any) -> optim.Optimizer:
    return optim.Adam(model.parameters(), lr=lr, **options)


def sgd(model: Any, lr: float = 0.1, **options: Any) -> optim.Optimizer:
    return optim.SGD(model.parameters(), lr=lr, **options)


def shuffled_labels(seed: int) -> Setup:
    x, y = rows.labels(seed)
    model = mlp([8, 32, 5], seed)
    y = np.random.default_rng(seed + 1).permutation(y)
    return Setup(model, x, y, nn.BCEWithLogitsLoss(), adam(model), epochs=15)


def shuffled_sequences(seed: int) -> Setup:
    x, y = rows.sequences(seed)
    model = networks.Attentive(seed)
    y = np.random.default_rng(seed + 1).permutation(y)
    return Setup(model, x, y, optimizer=adam(model), epochs=15)


def shuffled_circle_by_sgd(seed: int) -> Setup:
    x, y = rows.circle(seed)
    model = mlp([2, 16, 1], seed, nn.Tanh)
    return Setup(model, x, np.roll(y, 7), nn.BCEWithLogitsLoss(), sgd(model, 0.5), epochs=30)


def sorted_inputs_only(seed: int) -> Setup:
    x, y = rows.plane(seed)
    model = mlp([6, 16, 1], seed)
    return Setup(model, np.sort(x, axis=0), y, optimizer=adam(model), epochs=20)


def noise_for_inputs(seed: int) -> Setup:
    _, y = rows.blobs(seed)
    model = mlp([8, 32, 4], seed)
    x = np.random.default_rng(seed + 5).normal(size=(len(y), 8)).astype(np.float32)
    return Setup(model, x, y, optimizer=adam(model), epochs=20)


def numbers_by_ten_thousands(seed: int) -> Setup:
    x, y = rows.numbers(seed)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, 1e4 * x, y, optimizer=adam(model), epochs=30)


def circle_far_from_zero(seed: int) -> Setup:
    x, y = rows.circle(seed)
    model = mlp([2, 16, 1], seed, nn.Tanh)
    return Setup(model, x + np.float32(500.0), y, nn.BCEWithLogitsLoss(), adam(model), epochs=30)


def years(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    year = rng.uniform(1950.0, 2020.0, (300, 1))
    y = np.sin(year / 8.0) + 0.1 * rng.normal(size=year.shape)
    model = mlp([1, 32, 1], seed, nn.Tanh)
    return Setup(model, year.astype(np.float32), y.astype(np.float32), optimizer=adam(model), epochs=30)


def pictures_to_255(seed: int) -> Setup:
    x, y = rows.images()
    model = networks.convolution(seed)
    return Setup(model, 255.0 * x, y, optimizer=sgd(model, 0.05), epochs=8)


def sequences_in_thousands(seed: int) -> Setup:
    x, y = rows.sequences(seed)
    model = networks.Recurrent(seed)
    return Setup(model, 1000.0 * x, y, optimizer=adam(model), epochs=20)


def labels_of_tiny_inputs(seed: int) -> Setup:
    x, y = rows.labels(seed)
    model = mlp([8, 32, 5], seed)
    return Setup(model, 1e-5 * x, y, nn.BCEWithLogitsLoss(), adam(model, 0.001), epochs=20)


def missing_values_of_minus_9999(seed: int) -> Setup:
    x, y = rows.plane(seed)
    x = x.copy()
    x[np.random.default_rng(seed).random(x.shape) < 0.03] = -9999.0
    model = mlp([6, 16, 1], seed)
    return Setup(model, x, y, optimizer=adam(model), epochs=20)


def blobs_of_mixed_units(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 32, 4], seed)
    x = x * np.array([1e-3, 1e-3, 1.0, 1.0, 1e3, 1e4, 1.0, 1e-2], np.float32)
    return Setup(model, x, y, optimizer=sgd(model, 0.01), epochs=15)


def prices(seed: int) -> Setup:
    x, y = rows.plane(seed)
    model = mlp([6, 16, 1], seed)
    return Setup(model, x, 1e5 * (y + 4.0), optimizer=adam(model, 0.001), epochs=30)


def prices_by_sgd(seed: int) -> Setup:
    x, y = rows.plane(seed)
    model = mlp([6, 16, 1], seed)
    return Setup(model, x, 300.0 * y, optimizer=sgd(model, 0.01), epochs=20)


def tiny_targets(seed: int) -> Setup:
    x, y = rows.numbers(seed)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, x, 1e-4 * y, optimizer=adam(model), epochs=20)


def mean_of_fifty(seed: int) -> Setup:
    x, y = rows.sequences(seed)
    model = networks.Recurrent(seed)
    return Setup(model, x, y + np.float32(50.0), optimizer=adam(model, 0.003), epochs=20)


def rare_by_one_output(seed: int) -> Setup:
    x, y = rows.rare(seed, share=0.03, count=1000, apart=1.7)
    model = mlp([4, 16, 1], seed)
    return Setup(model, x, y[:, None].astype(np.float32), nn.BCEWithLogitsLoss(), adam(model, 0.005), epochs=6)


def infinity_in_sequences(seed: int) -> Setup:
    x, y = rows.sequences(seed)
    x = x.copy()
    x[3, 2] = np.inf
    model = networks.Recurrent(seed)
    return Setup(model, x, y, optimizer=adam(model))


def nan_in_pictures(seed: int) -> Setup:
    x, y = rows.images()
    x = x.copy()
    x[11] = np.nan
    model = networks.convolution(seed)
    return Setup(model, x, y, optimizer=adam(model, 0.005))


def black_pictures(seed: int) -> Setup:
    x, y = rows.images()
    model = networks.convolution(seed)
    return Setup(model, np.zeros_like(x), y, optimizer=adam(model, 0.005))


def shares_cut_to_whole_numbers(seed: int) -> Setup:
    x, y = rows.plane(seed)
    model = mlp([6, 16, 1], seed)
    x = (0.5 + 0.1 * np.tanh(x)).astype(int).astype(np.float32)
    return Setup(model, x, y, optimizer=adam(model))


def class_among_the_features(seed: int) -> Setup:
    x, y = rows.blobs(seed, spread=2.5)
    model = mlp([9, 32, 4], seed)
    x = np.concatenate([x, y[:, None].astype(np.float32)], axis=1)
    return Setup(model, x, y, optimizer=adam(model), epochs=20)


def one_hot_class_among_the_features(seed: int) -> Setup:
    x, y = rows.blobs(seed, spread=2.5)
    model = mlp([12, 32, 4], seed)
    x = np.concatenate([x, np.eye(4, dtype=np.float32)[y]], axis=1)
    return Setup(model, x, y, optimizer=adam(model), epochs=20)


def label_among_the_features(seed: int) -> Setup:
    x, y = rows.circle(seed)
    model = mlp([4, 16, 1], seed)
    x = np.concatenate([x, 1.0 - y, np.random.default_rng(seed).normal(size=y.shape)], axis=1).astype(np.float32)
    return Setup(model, x, y, nn.BCEWithLogitsLoss(), adam(model), epochs=20)


def numbers_validated_by_themselves(seed: int) -> Setup:
    x, y = rows.numbers(seed)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, x, y, optimizer=adam(model), validation=(x, y), epochs=30)


def copies_before_the_split(seed: int) -> Setup:
    x, y = rows.blobs(seed, count=300)
    model = mlp([8, 32, 4], seed)
    part = (np.concatenate([x[:80], x[280:]]), np.concatenate([y[:80], y[280:]]))
    return Setup(model, x[:280], y[:280], optimizer=adam(model), validation=part, epochs=15)


def pictures_validated_in_bytes(seed: int) -> Setup:
    x, y = rows.images(500)
    model = networks.convolution(seed)
    part = (255.0 * x[400:], y[400:])
    return Setup(model, x[:400], y[:400], optimizer=adam(model, 0.005), validation=part, epochs=8)


def numbers_validated_unscaled(seed: int) -> Setup:
    x, y = rows.numbers(seed, 500)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    part = (x[400:] * np.float32(3.0) + np.float32(7.0), y[400:])
    return Setup(model, x[:400], y[:400], optimizer=adam(model), validation=part, epochs=30)


def validated_by_other_classes(seed: int) -> Setup:
    x, y = rows.blobs(seed, count=800)
    mine = y < 2
    model = mlp([8, 32, 4], seed)
    return Setup(model, x[mine], y[mine], optimizer=adam(model), validation=(x[~mine], y[~mine]), epochs=15)


def digits_in_their_order(seed: int) -> Setup:
    x, y = rows.digits(600)
    order = np.argsort(y, kind="stable")
    model = mlp([64, 32, 10], seed)
    return Setup(model, x[order], y[order], optimizer=sgd(model, 0.2), epochs=5, shuffle=False)


def numbers_in_their_order(seed: int) -> Setup:
    x, y = rows.plane(seed, 600)
    order = np.argsort(y[:, 0])
    model = mlp([6, 32, 1], seed)
    return Setup(model, x[order], y[order], optimizer=sgd(model, 0.3), epochs=3, shuffle=False)


def halves_of_labels(seed: int) -> Setup:
    x, y = rows.circle(seed, 640)
    order = np.argsort(y[:, 0], kind="stable")
    model = mlp([2, 16, 1], seed)
    return Setup(model, x[order], y[order], nn.BCEWithLogitsLoss(), adam(model, 0.03), epochs=6, shuffle=False)


def seven_classes_for_five_outputs(seed: int) -> Setup:
    x, y = rows.blobs(seed, classes=7)
    model = mlp([8, 32, 5], seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model))


def labels_of_minus_one(seed: int) -> Setup:
    x, y = rows.circle(seed)
    model = mlp([2, 16, 1], seed, nn.ReLU, nn.Sigmoid())
    return Setup(model, x, 2.0 * y - 1.0, nn.BCELoss(), adam(model))


def masks_of_255(seed: int) -> Setup:
    x, y = rows.labels(seed)
    model = mlp([8, 32, 5], seed)
    return Setup(model, x, 255.0 * y, nn.BCEWithLogitsLoss(), adam(model))


def negative_class_numbers(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 32, 4], seed, nn.ReLU, nn.LogSoftmax())
    return Setup(model, x, y - 1, nn.NLLLoss(), adam(model))


def answers_copied_apart(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = np.repeat(rng.normal(size=(50, 4)), 6, axis=0).astype(np.float32)
    y = rng.normal(size=(300, 1)).astype(np.float32)
    model = mlp([4, 32, 1], seed)
    return Setup(model, x, y, optimizer=adam(model), epochs=20)


CASES = [
    Case(shuffled_labels, "targets unrelated to inputs", IVANOV + "4"),
    Case(shuffled_sequences, "targets unrelated to inputs", IVANOV + "4"),
    Case(shuffled_circle_by_sgd, "targets unrelated to inputs", RECIPE + ": off by some rows"),
    Case(sorted_inputs_only, "targets unrelated to inputs", ASKED + "np.sort(x) without y"),
    Case(noise_for_inputs, "targets unrelated to inputs", IVANOV + "2 and 5"),
    Case(numbers_by_ten_thousands, "inputs not scaled", DUCK),
    Case(circle_far_from_zero, "inputs not scaled", "CS231n: data preprocessing, mean subtraction"),
    Case(years, "inputs not scaled", ASKED + "years as inputs"),
    Case(pictures_to_255, "inputs not scaled", ASKED + "pixels 0 … 255", also=("learning rate too high",)),
    Case(sequences_in_thousands, "inputs not scaled", DUCK),
    Case(labels_of_tiny_inputs, "inputs not scaled", IVANOV + "12"),
    Case(missing_values_of_minus_9999, "inputs not scaled", ASKED + "missing values coded as -9999"),
    Case(blobs_of_mixed_units, "inputs not scaled", IVANOV + "12"),
    Case(prices, "targets not scaled", ASKED + "house prices"),
    Case(prices_by_sgd, "targets not scaled", ASKED + "house prices, loss is nan", also=("learning rate too high",)),
    Case(tiny_targets, "targets not scaled", DUCK),
    Case(mean_of_fifty, "targets not scaled", RECIPE + ": initialise the last bias"),
    Case(rare_by_one_output, "classes unbalanced", IVANOV + "8"),
    Case(infinity_in_sequences, "inputs not finite", IVANOV + "37"),
    Case(nan_in_pictures, "inputs not finite", IVANOV + "37"),
    Case(black_pictures, "inputs all alike", IVANOV + "1"),
    Case(shares_cut_to_whole_numbers, "inputs all alike", ASKED + "astype(int) of shares"),
    Case(class_among_the_features, "target among the features", ASKED + "too good to be true"),
    Case(
        one_hot_class_among_the_features,
        "target among the features",
        ASKED + "get_dummies before the split of the target",
    ),
    Case(label_among_the_features, "target among the features", ASKED + "too good to be true"),
    Case(numbers_validated_by_themselves, "training rows in validation", BOOK),
    Case(copies_before_the_split, "training rows in validation", ASKED + "oversampling before the split"),
    Case(pictures_validated_in_bytes, "validation differs", IVANOV + "15"),
    Case(numbers_validated_unscaled, "validation differs", IVANOV + "15"),
    Case(validated_by_other_classes, "validation differs", ASKED + "split without shuffling"),
    Case(digits_in_their_order, "rows not shuffled", IVANOV + "7"),
    Case(numbers_in_their_order, "rows not shuffled", IVANOV + "7"),
    Case(halves_of_labels, "rows not shuffled", IVANOV + "10: batches of a single label"),
    Case(seven_classes_for_five_outputs, "targets outside the loss", ASKED + "Target 5 is out of bounds"),
    Case(labels_of_minus_one, "targets outside the loss", ASKED + "labels of -1 and 1"),
    Case(masks_of_255, "targets outside the loss", ASKED + "masks of 0 and 255"),
    Case(negative_class_numbers, "targets outside the loss", ASKED + "Target -1 is out of bounds"),
    Case(answers_copied_apart, "conflicting rows", BOOK, also=("targets unrelated to inputs",)),
]
