"""The tuning half: the causes of `tuning_named` and its neighbours once more, in other networks and loops, written after their rules."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from autograd import primitive
from nn import functional
from tests.nn.health.corpus import loops, rows
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.tuning_places import colour_net, colours, orders
from tests.nn.health.corpus.tuning_strangers import adam
from tests.nn.health.corpus.tuning_strangers_again import motions, rings
from tests.nn.health.corpus.tuning_variants import signals

IVANOV = "37 reasons, "
RECIPE = "Karpathy, recipe"
ASKED = "question on a question site: "


def motions_told_wrong(seed: int) -> Setup:
    x, y = motions(seed, 700)
    rng = np.random.default_rng(seed + 1)
    y = np.where(rng.random(700) < 0.35, rng.integers(0, 4, 700), y)
    model = signals(seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model, 0.01), epochs=30)


def rings_told_wrong(seed: int) -> Setup:
    rng = np.random.default_rng(seed + 1)
    x, y = rings(seed, 800)
    # Columns that say nothing, by which each row is known.
    x = np.concatenate([x, rng.normal(size=(800, 4))], axis=1).astype(np.float32)
    y = np.where(rng.random(800) < 0.35, rng.integers(0, 3, 800), y)
    model = mlp([6, 96, 96, 3], seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model, 0.005), epochs=80)


def known_by_heart_and_right(seed: int) -> Setup:
    """Classes that overlap, learned by heart: overfitting, and no target is wrong."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(300, 20)).astype(np.float32)
    y = (1.5 * x[:, 0] + 1.2 * x[:, 1] + rng.normal(size=300) > 0).astype(int)
    model = mlp([20, 128, 128, 2], seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model, 0.005), epochs=80)


class UnitLength(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self.body = mlp([2, 32, 3], seed)

    def forward(self, x: Any) -> Any:
        x = np.asarray(x)
        return self.body(x / np.linalg.norm(x, axis=1, keepdims=True))


def rings_of_unit_length_in_forward(seed: int) -> Setup:
    model = UnitLength(seed)
    return Setup(model, *rings(seed), nn.CrossEntropyLoss(), adam(model), epochs=25)


@primitive(lambda g, out, x: g * (1.0 / (1.0 + np.exp(x)) - 1.0))
def own_softplus(x: Any) -> Any:
    return np.log(1.0 + np.exp(x))


class Softened(nn.Module):
    def forward(self, x: Any) -> Any:
        return own_softplus(x)


def colours_by_an_own_softplus(seed: int) -> Setup:
    x, y = colours(seed)
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1, rng=seed),
        Softened(),
        nn.MaxPool2d(4),
        nn.Flatten(),
        nn.Linear(32, 6, rng=seed + 1),
    )
    x = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model, 0.005), epochs=12)


class Heeded(nn.Module):
    """Attention over words, and the mean of what it gives."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words, self.out = nn.Embedding(12, 16, rng=rng), nn.Linear(16, 1, rng=rng)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True, rng=rng)
        self.mix = nn.Linear(16, 32, rng=rng)
        self.back = nn.Linear(32, 16, rng=rng)

    def forward(self, x: Any) -> Any:
        h = self.words(x)
        h = h + self.attention(h, h, h)[0]
        return self.out((h + self.back(functional.relu(self.mix(h)))).mean(axis=1))


def words_heeded_in_no_order(seed: int) -> Setup:
    model = Heeded(seed)
    return Setup(model, *orders(seed), nn.BCEWithLogitsLoss(), adam(model, 0.005), epochs=25)


def lengths(seed: int, count: int = 300, width: int = 30) -> rows.Rows:
    """Walks of three to seven steps and zeros after them; whether the last step goes up."""
    rng = np.random.default_rng(seed)
    x, y = np.zeros((count, width, 2), np.float32), np.zeros((count, 1), np.float32)
    for k in range(count):
        n = rng.integers(3, 8)
        x[k, :n] = rng.normal(size=(n, 2))
        y[k] = x[k, n - 1, 0] > 0.0
    return x, y


class Walk(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self.rnn, self.out = nn.RNN(2, 12, batch_first=True, rng=seed), nn.Linear(12, 1, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.out(self.rnn(x)[0][:, -1])


def walks_padded_with_zeros(seed: int) -> Setup:
    model = Walk(seed)
    return Setup(model, *lengths(seed), nn.BCEWithLogitsLoss(), adam(model, 0.003), epochs=10)


def colours_validated_in_another_order(seed: int) -> Setup:
    x, y = colours(seed, 420)
    x = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    model = colour_net(seed)
    held = x[340:, ::-1].copy(), y[340:]
    return Setup(model, x[:340], y[:340], nn.CrossEntropyLoss(), adam(model, 0.005), epochs=25, validation=held)


ALIKE = loops.case(
    "labels_cut_to_whole_numbers",
    loops.LABELS,
    [("> 0.8).astype(np.float32)", "> 0.8) * 0.5\n    y = y.astype(int).astype(np.float32)")],
    "targets all alike",
    ASKED + "astype(int) of shares",
)
SWAPPED = loops.case(
    "pictures_mixed_up_by_augmentation",
    loops.PICTURES,
    [
        (
            "model(pictures)",
            "model(np.stack([rng.permutation(p.ravel()).reshape(p.shape) for p in np.asarray(pictures)]))",
        )
    ],
    "too much noise",
    IVANOV + "13: too much augmentation",
    ("targets unrelated to inputs",),
)
SHIFTED = loops.case(
    "pictures_moved_a_little",
    loops.PICTURES,
    [("model(pictures)", "model(np.roll(np.asarray(pictures), int(rng.integers(-1, 2)), axis=3))")],
    HEALTHY,
    IVANOV + "13",
)

SICK = [
    Case(motions_told_wrong, "noisy targets", IVANOV + "6"),
    Case(rings_told_wrong, "noisy targets", IVANOV + "6"),
    Case(known_by_heart_and_right, "overfitting", "Goodfellow, chapter 11"),
    Case(
        rings_of_unit_length_in_forward,
        "rows normalised",
        ASKED + "Normalizer in place of StandardScaler",
        (),
    ),
    Case(colours_by_an_own_softplus, "wrong gradient", IVANOV + "26"),
    Case(words_heeded_in_no_order, "order ignored", ASKED + "a transformer without positions"),
    Case(walks_padded_with_zeros, "padding not masked", ASKED + "pack_padded_sequence"),
    Case(colours_validated_in_another_order, "validation differs", IVANOV + "15"),
    ALIKE,
    SWAPPED,
]
WELL = [SHIFTED]
