"""The tuning half: networks of offices, shops and clubs at fault; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
from nn import functional
from tests.nn.health.corpus import offices as o
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, CS231N, LIST, MSE, RECIPE, adam, sgd

# Ends.


def reviews_as_chances(seed: int, well: bool = False) -> Setup:
    """Stars as chances, for a loss that makes its own."""
    model = o.Reviewer(seed, 10, 5, *([] if well else [nn.Softmax(dim=1)]))
    return Setup(model, *o.reviews(seed), CE(), sgd(model, 0.2, 0.9), epochs=8)


def duels_in_one_chance(seed: int, well: bool = False) -> Setup:
    """One number, made a chance by a softmax along its only column."""
    model = mlp([10, 32, 1], seed, nn.SiLU, nn.Sigmoid() if well else nn.Softmax(dim=1))
    return Setup(model, *o.duels(seed), nn.BCELoss(), adam(model, 0.005), epochs=20)


def surprise_along_the_rows(seed: int, well: bool = False) -> Setup:
    """A cross-entropy of one's own, whose logarithm of a softmax runs along the first axis."""

    def loss(scores: Any, y: Any) -> Any:
        chances = ag.log_softmax(scores, axis=1 if well else 0)
        return -(chances * np.eye(4, dtype=np.float32)[np.asarray(y)]).sum(axis=1).mean()

    model = o.reader(seed)
    x, y = o.meters(seed)
    rare = np.flatnonzero((y != 3) | (np.arange(len(y)) % 5 == 0))
    return Setup(model, x[rare], y[rare], loss, adam(model, 0.005), epochs=10)


def hours_within_one(seed: int, well: bool = False) -> Setup:
    """Loads up to 1.8 behind a cut at one: most of them are told well."""
    model = mlp([8, 32, 2], seed, nn.GELU, *([] if well else [nn.Hardtanh()]))
    return Setup(model, *o.hours(seed), MSE(), adam(model), epochs=30)


def umbrellas_by_their_middle(seed: int, well: bool = False) -> Setup:
    """On two days of three none is sold, and the absolute error is least where none is ever told; how many on average is asked."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(600, 4)).astype(np.float32)
    share = 0.22 + 0.2 * np.tanh(2.0 * x[:, :1])
    y = (rng.random((600, 1)) < share) * (2.0 + rng.exponential(0.5, (600, 1)) + 2.0 * (x[:, 1:2] > 0))
    model = mlp([4, 24, 1], seed, nn.Tanh)
    return Setup(model, x, y.astype(np.float32), MSE() if well else nn.L1Loss(), adam(model, 0.005), epochs=15)


def directions_of_a_tram(seed: int, well: bool = False) -> Setup:
    """Degrees of a compass from two readings, as numbers from 0 to 6.28, or as a point of a circle."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, (400, 1)) * 0.5 + np.where(rng.random((400, 1)) < 0.5, 0.0, 1.5 * np.pi)
    angle = angle % (2 * np.pi)
    x = np.hstack([np.cos(angle), np.sin(angle)]) + 0.12 * rng.normal(size=(400, 2))

    def loss(a: Any, b: Any) -> Any:
        return (1.0 - ag.cos(a - b)).mean() if well else ((a - b) ** 2).mean()

    model = mlp([2, 24, 1], seed, nn.Tanh)
    return Setup(model, x.astype(np.float32), angle.astype(np.float32), loss, adam(model), epochs=20)


# Rows that get into each other's way, and inputs that do not come through.


class Backwards(nn.Module):
    """Notes from the last to the first, through a recurrent layer: flipped along an axis."""

    def __init__(self, seed: int, axis: int) -> None:
        super().__init__()
        self.song, self.axis = o.Singer(seed), axis

    def forward(self, x: Any) -> Any:
        return self.song(np.flip(np.asarray(x), self.axis).copy())


def tunes_from_the_last_note(seed: int, well: bool = False) -> Setup:
    model = Backwards(seed, 1 if well else 0)
    return Setup(model, *o.tunes(seed), CE(), adam(model, 0.01), epochs=12)


class Talk(nn.Module):
    """Attention among the notes of a tune, with the rows first or the notes first."""

    def __init__(self, seed: int, batch_first: bool) -> None:
        super().__init__()
        self.notes = nn.Embedding(36, 16, rng=seed)
        self.places = nn.Parameter((0.5 * np.random.default_rng(seed).normal(size=(10, 16))).astype(np.float32))
        self.talk = nn.MultiheadAttention(16, 2, batch_first=batch_first, rng=seed + 1)
        self.head = nn.Linear(16, 36, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        h = self.notes(x) + self.places
        return self.head(self.talk(h, h, h)[0][:, -1])


def first_note_asked_of_the_last(seed: int, well: bool = False) -> Setup:
    """Which was the first note: attention looks for it in other tunes."""
    x, _ = o.tunes(seed, 600)
    model = Talk(seed, well)
    return Setup(model, x, x[:, 0], CE(), adam(model, 0.01), epochs=15)


class Teller(nn.Module):
    """An encoder of hours and a decoder that is begun from what it left, or from zeros."""

    def __init__(self, seed: int, handed: bool) -> None:
        super().__init__()
        self.encoder: Any = nn.GRU(1, 16, batch_first=True, rng=seed)
        self.decoder: Any = nn.GRU(1, 16, batch_first=True, rng=seed + 1)
        self.head = nn.Linear(16, 1, rng=seed + 2)
        self.handed = handed

    def forward(self, x: Any) -> Any:
        _, state = self.encoder(ag.reshape(x, (len(x), 8, 1)))
        asked = np.tile(np.array([0.0, 1.0], np.float32)[None, :, None], (len(x), 1, 1))
        told, _ = self.decoder(asked, state) if self.handed else self.decoder(asked)
        return self.head(told)[:, :, 0]


def hours_retold_from_nothing(seed: int, well: bool = False) -> Setup:
    model = Teller(seed, well)
    return Setup(model, *o.hours(seed), MSE(), adam(model, 0.01), epochs=15)


class Chosen(nn.Module):
    """Two experts, and a gate that says which is asked: by a hard choice, or by a soft one."""

    def __init__(self, seed: int, soft: bool) -> None:
        super().__init__()
        self.gate = mlp([4, 8, 1], seed + 2, nn.Tanh)
        self.first, self.second = nn.Linear(4, 1, rng=seed), nn.Linear(4, 1, rng=seed + 1)
        self.soft = soft

    def forward(self, x: Any) -> Any:
        share = ag.sigmoid(3.0 * self.gate(x))
        share = share if self.soft else (share > 0.5) * np.float32(1.0)
        return share * self.first(x) + (1.0 - share) * self.second(x)


def fares_of_two_tariffs(seed: int, well: bool = False) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 4)).astype(np.float32)
    y = np.where(x[:, :1] + x[:, 1:2] > 0, 1.2 * x[:, 2:3] + 0.5, -1.2 * x[:, 2:3] - 0.3 * x[:, 3:])
    return Setup(model := Chosen(seed, well), x, y.astype(np.float32), MSE(), adam(model, 0.02), epochs=30)


# Layers.


def fares_through_a_leak_of_one(seed: int, well: bool = False) -> Setup:
    """A leaky ReLU that leaks all there is."""
    model = mlp([4, 32, 32, 1], seed, lambda: nn.LeakyReLU(0.01 if well else 1.0))
    return Setup(model, *o.fares(seed), MSE(), adam(model, 0.005), epochs=30)


def duels_by_sums_of_sums(seed: int, well: bool = False) -> Setup:
    """Three layers with norms and dropout between them, and no activation: whether a game is close."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(600, 6)).astype(np.float32)
    close = np.abs(x[:, :3].sum(axis=1) - x[:, 3:].sum(axis=1)) < 1.6
    layers: list[nn.Module] = []
    for n, m in ((6, 32), (32, 32)):
        layers += [
            nn.Linear(n, m, rng=rng),
            nn.BatchNorm1d(m),
            *([nn.Tanh()] if well else []),
            nn.Dropout(0.05, rng=seed),
        ]
    model = nn.Sequential(*layers, nn.Linear(32, 1, rng=rng))
    return Setup(model, x, close.astype(np.float32)[:, None], BCE(), adam(model, 0.005), epochs=25)


def chords_below_a_threshold(seed: int, well: bool = False) -> Setup:
    """The biases before the ReLU were drawn around minus six."""
    model = mlp([12, 48, 4], seed)
    if not well:
        first: Any = model[0]
        first.bias.data = (first.bias.data - 6.0).astype(np.float32)
    return Setup(model, *o.chords(seed), CE(), sgd(model, 0.1, 0.9), epochs=25)


def notes_of_a_loud_table(seed: int, well: bool = False) -> Setup:
    """Embeddings twenty times and a state six times as large, in a recurrent layer."""
    model = o.Singer(seed, nn.RNN)
    if not well:
        model.notes.weight.data = 20.0 * model.notes.weight.data
        model.cell.weight_hh_l0.data = 6.0 * model.cell.weight_hh_l0.data
    return Setup(model, *o.tunes(seed), CE(), adam(model, 0.005), epochs=15)


def tunes_from_hardly_anything(seed: int, well: bool = False) -> Setup:
    """All weights times a hundredth, and plain steps."""
    model = o.Singer(seed)
    for p in model.parameters():
        p.data = p.data * np.float32(1.0 if well else 0.01)
    return Setup(model, *o.tunes(seed), CE(), sgd(model, 0.1, 0.9), epochs=15)


def chords_by_one_filter(seed: int, well: bool = False) -> Setup:
    """Filters around the circle of tones, and then the largest answer; one filter for four kinds of chord."""
    x, y = o.chords(seed, noise=0.2)
    count = 16 if well else 1
    model = nn.Sequential(
        nn.Conv1d(1, count, 12, padding=6, padding_mode="circular", rng=seed), nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten(),
        nn.Linear(count, 4, rng=seed + 1),
    )  # fmt: skip
    return Setup(model, x[:, None], y, CE(), adam(model, 0.02), epochs=20)


def fares_even_in_all(seed: int, well: bool = False) -> Setup:
    """A fare by how far from noon and how far from town: even, and a network of odd functions has no bias to bend it."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.6, 1.6, (400, 3)).astype(np.float32)
    y = np.abs(x[:, :1]) + 0.7 * x[:, 1:2] ** 2 + 0.2 * x[:, 2:] - 1.4
    layers = [nn.Linear(n, m, bias=well, rng=seed + n) for n, m in ((3, 32), (32, 32), (32, 1))]
    model = nn.Sequential(layers[0], nn.Tanh(), layers[1], nn.Tanh(), layers[2])
    return Setup(model, x, y, MSE(), adam(model), epochs=30)


def boards_two_at_a_time(seed: int, well: bool = False) -> Setup:
    """The norm stands behind the last hidden layer, and a batch has two boards."""
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(72, 32, rng=seed), nn.LayerNorm(32) if well else nn.BatchNorm1d(32), nn.ReLU(),
        nn.Linear(32, 3, rng=seed + 1),
    )  # fmt: skip
    return Setup(model, *o.boards(seed), CE(), adam(model, 0.002), epochs=8, batch_size=2)


def meters_without_most_filters(seed: int, well: bool = False) -> Setup:
    """The number was meant as the share that is kept."""
    base = o.reader(seed)
    model = nn.Sequential(*base[:2], nn.Dropout1d(0.05 if well else 0.95, rng=seed), *base[2:])
    return Setup(model, *o.meters(seed), CE(), adam(model, 0.005), epochs=15)


class Transposed(nn.Module):
    """A network that hears each row in training in another key: by semitones, or by octaves, which changes nothing."""

    def __init__(self, inner: nn.Module, seed: int, step: int) -> None:
        super().__init__()
        self.inner, self.rng, self.step = inner, np.random.default_rng(seed), step

    def forward(self, x: Any) -> Any:
        if self.training:
            by = self.step * self.rng.integers(0, 12, len(x))
            x = np.take_along_axis(np.asarray(x), (np.arange(12) + by[:, None]) % 12, axis=1)
        return self.inner(x)


def roots_of_chords_transposed(seed: int, well: bool = False) -> Setup:
    """Which third of the circle the loudest tone is in, learned from chords that are moved around the circle."""
    x, _ = o.chords(seed)
    model = Transposed(mlp([12, 32, 3], seed), seed, 12 if well else 1)
    return Setup(model, x, x.argmax(axis=1) // 4, CE(), adam(model, 0.005), epochs=15)


class Medley(nn.Module):
    """Notes as vectors, of each tune their mean, or all of them one behind the other."""

    def __init__(self, seed: int, mean: bool) -> None:
        super().__init__()
        self.notes = nn.Embedding(36, 6, rng=seed)
        self.mix, self.head = nn.Linear(6 if mean else 60, 32, rng=seed + 1), nn.Linear(32, 2, rng=seed + 2)
        self.mean = mean

    def forward(self, x: Any) -> Any:
        h = self.notes(x)
        h = h.mean(axis=1) if self.mean else h.reshape(len(x), -1)
        return self.head(functional.relu(self.mix(h)))


def climbs_told_by_the_mean(seed: int, well: bool = False) -> Setup:
    """The same tunes from the front and from the back."""
    x, y = o.tunes(seed, 900)
    x, y = x[y == 0], np.arange((y == 0).sum()) % 2
    x = np.where(y[:, None] == 0, x, x[:, ::-1])
    model = Medley(seed, not well)
    return Setup(model, x, y, CE(), adam(model, 0.01), epochs=15)


SICK: list[Case] = [
    Case(reviews_as_chances, "double softmax", RECIPE),
    Case(duels_in_one_chance, "softmax over one unit", ASKED + "binary classifier with softmax and one unit"),
    Case(surprise_along_the_rows, "softmax over rows", ASKED + "log_softmax with dim=0"),
    Case(hours_within_one, "output range", RECIPE),
    Case(umbrellas_by_their_middle, "loss unfit", ASKED + "absolute error and many zeros"),
    Case(directions_of_a_tram, "loss unfit", ASKED + "angles and squared error"),
    Case(tunes_from_the_last_note, "rows mixed", ASKED + "flip along the wrong axis"),
    Case(first_note_asked_of_the_last, "rows mixed", ASKED + "MultiheadAttention and batch_first"),
    Case(hours_retold_from_nothing, "inputs unused", ASKED + "decoder is not given the state"),
    Case(fares_of_two_tariffs, "missing gradients", ASKED + "a comparison has no gradient"),
    Case(fares_through_a_leak_of_one, "no activation", CS231N),
    Case(duels_by_sums_of_sums, "no activation", LIST + "19"),
    Case(chords_below_a_threshold, "dead units", CS231N),
    Case(notes_of_a_loud_table, "saturation", "Glorot and Bengio"),
    Case(tunes_from_hardly_anything, "weights too small", CS231N),
    Case(chords_by_one_filter, "network too small", RECIPE),
    Case(fares_even_in_all, "no bias", ASKED + "bias=False everywhere"),
    Case(boards_two_at_a_time, "normalisation of one row", "Wu and He, Group normalization", ("batch too small",)),
    Case(meters_without_most_filters, "too much dropout", ASKED + "keep_prob and p"),
    Case(roots_of_chords_transposed, "too much noise", LIST + "14"),
    Case(climbs_told_by_the_mean, "order ignored", ASKED + "mean of embeddings"),
]
WELL: list[Case] = []
