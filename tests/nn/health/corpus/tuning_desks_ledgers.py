"""The tuning half: rows at fault as people of question sites meet them; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from autograd import Tensor
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, LIST, MSE, adam, split
from tests.nn.health.corpus.tuning_rounds_sick_tables import column, mended

MISSING = -10.0


class Visits(nn.Module):
    """What a visitor did, step by step; the states of steps that were filled up count, or do not."""

    def __init__(self, seed: int, masked: bool) -> None:
        super().__init__()
        self.masked = masked
        self.rnn = nn.RNN(3, 16, batch_first=True, rng=seed)
        self.out = nn.Linear(16, 1, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        states, _ = self.rnn(x)
        if not self.masked:
            return self.out(states[:, -1])
        values = x.numpy() if isinstance(x, Tensor) else np.asarray(x)
        last = (values[:, :, 0] > MISSING + 1).sum(axis=1) - 1
        return self.out(states[np.arange(len(values)), last])


def visits_filled_with_minus_ten(seed: int, well: bool = False) -> Setup:
    """Steps of a visit, filled up with -10 to forty; the layer that was to mask the -10 is not there."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(2, 8, 400)
    x = rng.normal(size=(400, 40, 3))
    steps = np.arange(40)[None] < lengths[:, None]
    spent = (x[:, :, 0] * steps).sum(axis=1) + x[np.arange(400), lengths - 1, 1]
    x[~steps] = MISSING
    model = Visits(seed, well)
    train, held = split((x.astype(np.float32), column(spent)), 320)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=20, batch_size=32)


def encoder_for_each_row(seed: int, well: bool = False) -> Setup:
    """A label encoder is fitted to each label by itself, and the only label it knows is number 0."""
    rng = np.random.default_rng(seed)
    kinds = np.array(["ash", "birch", "maple", "oak"])
    number = rng.integers(0, 4, 300)
    leaves = np.random.default_rng(8).uniform(-1.2, 1.2, (4, 6))[number] + 0.45 * rng.normal(size=(300, 6))
    names = kinds[number]

    def encode(some: Any) -> np.ndarray:
        return np.unique(some, return_inverse=True)[1]

    y = encode(names) if well else np.array([encode([name])[0] for name in names])
    model = mlp([6, 20, 4], seed)
    train, held = split((leaves.astype(np.float32), y.astype(int)), 240)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=25, batch_size=24)


def wines_with_their_number(seed: int, well: bool = False) -> Setup:
    """The export is ordered by grape, and the running number of each bottle stays among the columns."""
    rng = np.random.default_rng(seed)
    grape = np.sort(rng.integers(0, 3, 420))
    x = np.random.default_rng(14).normal(0.0, 1.0, (3, 7))[grape] + 1.5 * rng.normal(size=(420, 7))
    bottle = (np.arange(420) - 210) / 120
    x = np.hstack([x, rng.normal(size=(420, 1)) if well else bottle[:, None]])
    order = rng.permutation(420)
    model = mlp([8, 32, 3], seed)
    train, held = split((x[order].astype(np.float32), grape[order]), 330)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=25, batch_size=30)


def components_of_the_test_part(seed: int, well: bool = False) -> Setup:
    """`fit_transform` on the test part as well: its principal components are others."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=(600, 5))
    x = hidden @ np.random.default_rng(5).normal(size=(5, 24)) + 0.3 * rng.normal(size=(600, 24))
    y = column(np.tanh(hidden[:, 0]) + 0.7 * hidden[:, 1] - 0.5 * hidden[:, 2])

    def components(rows: np.ndarray) -> np.ndarray:
        return np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)[2][:5]

    first, second = x[:420], x[420:]
    axes = components(first)
    others = axes if well else components(second)
    scale = (first @ axes.T).std(axis=0)
    model = mlp([5, 32, 1], seed, nn.SiLU)
    held = ((second @ others.T / scale).astype(np.float32), y[420:])
    return Setup(
        model, (first @ axes.T / scale).astype(np.float32), y[:420], MSE(), adam(model, 0.005), held, epochs=40
    )


def pumps_behind_an_instance_norm(seed: int, well: bool = False) -> Setup:
    """How worn a pump is shows in how strongly it shakes, and an instance norm makes all shake alike."""
    rng = np.random.default_rng(seed)
    worn = rng.integers(0, 3, 360)
    strength = np.array([0.4, 1.0, 2.2])[worn][:, None, None]
    x = strength * rng.normal(size=(360, 2, 32)) * rng.uniform(0.85, 1.15, (360, 1, 1))
    between: list[Any] = [] if well else [nn.InstanceNorm1d(2)]
    model = nn.Sequential(
        *between, nn.Conv1d(2, 12, 5, rng=seed), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(12, 3, rng=seed + 1)
    )  # fmt: skip
    train, held = split((x.astype(np.float32), worn), 290)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=30, batch_size=20)


def films_once_for_each_genre(seed: int, well: bool = False) -> Setup:
    """A film of three genres became three rows, each with one of them, for a loss of one class a row."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(300, 8))
    liking = x @ np.random.default_rng(77).normal(size=(8, 6))
    genres = np.argsort(-liking, axis=1)[:, :3]
    x = np.repeat(x, 3, axis=0)
    y = np.repeat(genres[:, 0], 3) if well else genres.reshape(-1)
    model = mlp([8, 32, 6], seed)
    train, held = split((x.astype(np.float32), y), 720)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=30, batch_size=45)


def pores_in_castings(seed: int, well: bool = False) -> Setup:
    """Three pixels of a hundred are pores, and hardly brighter than the metal: all of it is told to be sound."""
    rng = np.random.default_rng(seed)
    pores = rng.random((160, 1, 10, 10)) < 0.03
    x = rng.normal(size=pores.shape) + 2.3 * pores
    model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1, rng=seed), nn.ReLU(), nn.Conv2d(8, 1, 1, rng=seed + 1))
    loss = nn.BCEWithLogitsLoss(pos_weight=np.float32(32.0) if well else None)
    train, held = split((x.astype(np.float32), pores.astype(np.float32)), 120)
    return Setup(model, *train, loss, adam(model, 0.01), held, epochs=25, batch_size=16)


def rides_by_their_coordinates(seed: int, well: bool = False) -> Setup:
    """Where a ride began and ended, in degrees: all of one town, so all of them nearly the same."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(480, 4))
    far = np.hypot(z[:, 2] - z[:, 0], z[:, 3] - z[:, 1]) + 0.6 * (z[:, 0] > 0.5) + 0.15 * rng.normal(size=480)
    raw = np.array([40.75, -73.98, 40.75, -73.97]) + 0.03 * z
    model = mlp([4, 48, 24, 1], seed)
    train, held = split(((z if well else raw).astype(np.float32), column(far)), 400)
    return Setup(model, *train, MSE(), adam(model, 0.003), held, epochs=40, batch_size=32)


def boxes_in_pixels(seed: int, well: bool = False) -> Setup:
    """Where a thing is in a photograph, as the tool that drew the boxes wrote it: in pixels of the photograph."""
    rng = np.random.default_rng(seed)
    corner, size = rng.integers(0, 7, (420, 2)), rng.integers(3, 6, (420, 2))
    x = 0.3 * rng.normal(size=(420, 1, 12, 12))
    for row in range(420):
        (top, left), (high, wide) = corner[row], size[row]
        x[row, 0, top : top + high, left : left + wide] += 2.0
    boxes = np.hstack([corner, size]) / 12.0
    y = (boxes - boxes.mean(axis=0)) / boxes.std(axis=0) if well else 640.0 * boxes
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, rng=seed), nn.ReLU(), nn.Flatten(), nn.Linear(800, 32, rng=seed), nn.ReLU(), nn.Linear(32, 4, rng=seed)
    )  # fmt: skip
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 340)
    return Setup(model, *train, MSE(), adam(model, 1e-3), held, epochs=14, batch_size=34)


class Tone(nn.Module):
    """Whether a message is glad, by an LSTM over its words."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(30, 8, rng=seed)
        self.lstm = nn.LSTM(8, 16, batch_first=True, rng=seed + 1)
        self.head = nn.Linear(16, 1, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        return self.head(self.lstm(self.embed(x))[0][:, -1])


def messages_labelled_by_their_smiley(seed: int, well: bool = False) -> Setup:
    """The smiley at the end of a message was taken for its label; three of ten are meant the other way."""
    rng = np.random.default_rng(seed)
    glad = rng.integers(0, 2, 560)
    words = rng.integers(0, 30, (560, 7))
    telling = rng.random((560, 7)) < 0.8
    words[telling] = (rng.integers(0, 10, (560, 7)) + 15 * glad[:, None])[telling]
    ironic = rng.random(560) < (0.0 if well else 0.3)
    y = (glad ^ ironic).astype(np.float32)[:, None]
    model = Tone(seed)
    train, held = split((words, y), 440)
    return Setup(model, *train, BCE(), adam(model, 0.005), held, epochs=8, batch_size=40)


def pulses_of_few_people(seed: int, well: bool = False) -> Setup:
    """Twenty-four recordings of fourteen channels, a recurrent network of many units, and no end; or twenty-five times as many."""
    rng = np.random.default_rng(seed)
    count = 600 if well else 24
    x = rng.normal(size=(count + 200, 8, 14))
    resting = 2.0 * x[:, :, 0].mean(axis=1) + 0.3 * rng.normal(size=count + 200)
    cell = nn.GRU(14, 48, batch_first=True, rng=seed)
    model = LastState(cell, nn.Linear(48, 1, rng=seed + 1))
    y = column(resting)
    train, held = split((x.astype(np.float32), y), count)
    optimizer = optim.AdamW(model.parameters(), lr=0.005, weight_decay=0.01)
    return Setup(model, *train, MSE(), optimizer, held, epochs=12 if well else 100, batch_size=12)


class LastState(nn.Module):
    """An answer from the last state of a recurrent layer."""

    def __init__(self, cell: Any, head: nn.Module) -> None:
        super().__init__()
        self.cell, self.head = cell, head

    def forward(self, x: Any) -> Any:
        return self.head(self.cell(x)[0][:, -1])


SICK: list[Case] = [
    Case(
        visits_filled_with_minus_ten, "padding not masked", ASKED + "pad_sequences with a value, and no Masking layer"
    ),
    Case(encoder_for_each_row, "targets all alike", ASKED + "LabelEncoder fitted in a loop gives 0"),
    Case(wines_with_their_number, "target among the features", ASKED + "the id column predicts the class"),
    Case(components_of_the_test_part, "validation differs", ASKED + "PCA fit_transform on the test set"),
    Case(pumps_behind_an_instance_norm, "rows normalised", ASKED + "instance norm takes the amplitude away"),
    Case(films_once_for_each_genre, "conflicting rows", ASKED + "a row for each label, cross-entropy does not fall"),
    Case(pores_in_castings, "classes unbalanced", ASKED + "segmentation predicts background only"),
    Case(rides_by_their_coordinates, "inputs not scaled", ASKED + "latitude and longitude as inputs"),
    Case(boxes_in_pixels, "targets not scaled", ASKED + "bounding box regression, boxes in pixels"),
    Case(messages_labelled_by_their_smiley, "noisy targets", LIST + "6, noise in the labels"),
    Case(pulses_of_few_people, "overfitting", BOOK + ", training and test error"),
]
WELL: list[Case] = [Case(mended(case.make), "healthy", case.source) for case in SICK]
