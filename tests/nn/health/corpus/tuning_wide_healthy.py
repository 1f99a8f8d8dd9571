"""The tuning half, in breadth: healthy runs that look like sick ones."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from nn import init
from tests.nn.health.corpus import networks, rows
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.tuning_wide_rows import adam, sgd

F = nn.functional


def labels_by_sigmoids_and_bce(seed: int) -> Setup:
    model = mlp([8, 32, 5], seed, nn.ReLU, nn.Sigmoid())
    return Setup(model, *rows.labels(seed), loss=nn.BCELoss(), optimizer=adam(model), epochs=25)


def numbers_by_rmsprop(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, *rows.numbers(seed), optimizer=optim.RMSprop(model.parameters(), lr=0.005), epochs=40)


def digits_by_adagrad(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(), optimizer=optim.Adagrad(model.parameters(), lr=0.05), epochs=10)


def numbers_by_huber(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, *rows.numbers(seed), loss=nn.HuberLoss(), optimizer=adam(model), epochs=40)


def shares_between_0_and_1(seed: int) -> Setup:
    x, y = rows.plane(seed)
    model = mlp([6, 16, 1], seed, nn.Tanh, nn.Sigmoid())
    return Setup(model, x, (1.0 / (1.0 + np.exp(-y))).astype(np.float32), nn.MSELoss(), adam(model), epochs=30)


def counts_by_softplus(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 4)).astype(np.float32)
    y = rng.poisson(np.exp(0.8 * x[:, :1] + 0.5)).astype(np.float32)
    model = mlp([4, 16, 1], seed, nn.ReLU, nn.Softplus())
    return Setup(model, x, y, nn.MSELoss(), adam(model), epochs=25)


def log_softmax_before_cross_entropy(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed, nn.ReLU, nn.LogSoftmax())
    return Setup(model, *rows.blobs(seed), loss=nn.CrossEntropyLoss(), optimizer=adam(model), epochs=10)


def last_layer_of_zeros(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    init.zeros_(model[2].weight)
    init.zeros_(model[2].bias)
    return Setup(model, *rows.digits(), optimizer=adam(model), epochs=10)


def two_linear_layers_of_linear_data(seed: int) -> Setup:
    model = mlp([6, 4, 1], seed, None)
    return Setup(model, *rows.plane(seed), optimizer=adam(model), epochs=25)


def half_of_the_units_dropped(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(nn.Linear(8, 64, rng=rng), nn.ReLU(), nn.Dropout(0.5, rng=rng), nn.Linear(64, 4, rng=rng))
    return Setup(model, *rows.blobs(seed), optimizer=adam(model), epochs=15)


def one_class_in_ten_learned(seed: int) -> Setup:
    x, y = rows.rare(seed, share=0.1, apart=5.0)
    model = mlp([4, 16, 1], seed)
    return Setup(model, x, y[:, None].astype(np.float32), nn.BCEWithLogitsLoss(), adam(model), epochs=15)


def large_batches_for_long(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(), optimizer=adam(model), epochs=60, batch_size=300)


def rows_one_by_one(seed: int) -> Setup:
    model = mlp([8, 16, 4], seed)
    return Setup(model, *rows.blobs(seed, count=300), optimizer=sgd(model, 0.02), epochs=3, batch_size=1)


def warmed_up_and_decayed(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)

    def schedule(optimizer: Any) -> Any:
        return optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: min((epoch + 1) / 3, 0.9**epoch))

    return Setup(model, *rows.digits(), optimizer=adam(model), epochs=12, scheduler=schedule)


def a_little_decay_and_clipping(seed: int) -> Setup:
    model = networks.Recurrent(seed)
    optimizer = optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.01)
    return Setup(model, *rows.sequences(seed), optimizer=optimizer, epochs=20, clip_norm=1.0)


def validated_by_new_rows(seed: int) -> Setup:
    x, y = rows.blobs(seed, count=500)
    model = mlp([8, 32, 4], seed)
    return Setup(model, x[:400], y[:400], optimizer=adam(model), validation=(x[400:], y[400:]), epochs=12)


def a_few_copies_of_rows(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 32, 4], seed)
    return Setup(model, np.concatenate([x, x[:100]]), np.concatenate([y, y[:100]]), optimizer=adam(model), epochs=12)


def a_constant_column(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([10, 32, 4], seed)
    x = np.concatenate([x, np.ones((len(x), 1)), x[:, :1]], axis=1).astype(np.float32)
    return Setup(model, x, y, optimizer=adam(model), epochs=12)


def some_outliers(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    x = x.copy()
    x[::50] *= 3.0
    model = mlp([8, 32, 4], seed)
    return Setup(model, x, y, optimizer=adam(model), epochs=12)


def ages_and_shares(seed: int) -> Setup:
    x, y = rows.plane(seed)
    x = x * np.array([1, 2, 0.5, 1, 3, 1], np.float32)
    model = mlp([6, 16, 1], seed)
    return Setup(model, x, y, optimizer=adam(model), epochs=25)


def deep_with_norms(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    layers: list[Any] = []
    for n in (64, 32, 32, 32, 32):
        layers += [nn.Linear(n, 32, rng=rng), nn.BatchNorm1d(32), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(32, 10, rng=rng))
    return Setup(model, *rows.digits(), optimizer=adam(model, 0.005), epochs=10)


class Block(nn.Module):
    """Adds to what it is given."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.norm, self.first, self.second = (
            nn.LayerNorm(16),
            nn.Linear(16, 32, rng=seed),
            nn.Linear(32, 16, rng=seed + 1),
        )

    def forward(self, x: Any) -> Any:
        return x + self.second(F.gelu(self.first(self.norm(x))))


def residual_blocks(seed: int) -> Setup:
    layers = [nn.Linear(8, 16, rng=seed), Block(seed), Block(seed + 2), Block(seed + 4), nn.Linear(16, 4, rng=seed)]
    model = nn.Sequential(*layers)
    return Setup(model, *rows.blobs(seed), optimizer=adam(model, 0.005), epochs=12)


def pictures_by_two_convolutions(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=rng), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1, rng=rng), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 10, rng=rng),
    )  # fmt: skip
    return Setup(model, *rows.images(), optimizer=adam(model, 0.005), epochs=10)


def sums_by_lstm(seed: int) -> Setup:
    model = networks.Recurrent(seed, nn.LSTM)
    return Setup(model, *rows.sequences(seed), optimizer=adam(model, 0.02), epochs=25)


def in_double_precision(seed: int) -> Setup:
    x, y = rows.numbers(seed)
    model = mlp([5, 32, 1], seed, nn.Tanh).double()
    return Setup(model, x.astype(np.float64), y.astype(np.float64), optimizer=adam(model), epochs=40)


def classes_by_an_own_cross_entropy(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed)

    def own(outputs: Any, targets: Any) -> Any:
        return -F.log_softmax(outputs)[np.arange(len(targets)), targets].mean()

    return Setup(model, *rows.blobs(seed), own, adam(model), epochs=12)


def labels_of_plus_and_minus_one(seed: int) -> Setup:
    x, y = rows.circle(seed)
    model = mlp([2, 16, 1], seed, nn.ReLU, nn.Tanh())
    return Setup(model, x, 2.0 * y - 1.0, nn.MSELoss(), adam(model, 0.02), epochs=40)


CASES = [
    Case(make, HEALTHY, "the kinds of the lists, without their fault")
    for make in (
        labels_by_sigmoids_and_bce, numbers_by_rmsprop, digits_by_adagrad, numbers_by_huber, shares_between_0_and_1,
        counts_by_softplus, log_softmax_before_cross_entropy, last_layer_of_zeros, two_linear_layers_of_linear_data,
        half_of_the_units_dropped, one_class_in_ten_learned, large_batches_for_long, rows_one_by_one, warmed_up_and_decayed,
        a_little_decay_and_clipping, validated_by_new_rows, a_few_copies_of_rows, a_constant_column, some_outliers,
        ages_and_shares, deep_with_norms, residual_blocks, pictures_by_two_convolutions, sums_by_lstm, in_double_precision,
        classes_by_an_own_cross_entropy, labels_of_plus_and_minus_one,
    )
]  # fmt: skip
