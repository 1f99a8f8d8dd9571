"""The tuning half: rows of things one after the other or side by side, by networks that learn them well; one does not."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.numpy as anp
import nn
import optim
from nn import functional
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.pairs import ASKED, CE, LIST, MSE, adam, split


def per_place(out: Any, y: Any) -> Any:
    """The cross-entropy of the places that are there; -1 stands behind the end."""
    real = y >= 0
    said = functional.log_softmax(out, dim=2)
    right = (said * np.eye(3, dtype=np.float32)[np.maximum(y, 0)]).sum(axis=2)
    return -(right * real).sum() / real.sum()


class Marks(nn.Module):
    """Two ways through a sentence, and a mark at each place."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.words = nn.Embedding(16, 8, rng=seed, padding_idx=0)
        self.read = nn.LSTM(8, 10, bidirectional=True, batch_first=True, rng=seed + 1)
        self.out = nn.Linear(20, 3, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        return self.out(self.read(self.words(x))[0])


def knots_marked_in_a_row(seed: int) -> Setup:
    """Each knot is plain, or opens, or closes, by its neighbours on both sides; rows of four to nine, filled up with 0."""
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 16, (360, 9))
    before, behind = np.roll(x, 1, axis=1) % 2, np.roll(x, -1, axis=1) % 2
    before[:, 0], behind[:, -1] = 0, 0
    length = rng.integers(4, 10, 360)
    behind[np.arange(360), length - 1] = 0
    y = np.where(x > 8, 1 + before, np.where(behind == 1, 2, 0))
    there = np.arange(9) < length[:, None]
    model = Marks(seed)
    train, held = split((np.where(there, x, 0), np.where(there, y, -1)), 290)
    return Setup(model, *train, per_place, adam(model, 0.02), held, epochs=25, batch_size=29)


class Little(nn.Module):
    """Embeddings with their places, a layer of attention that leaves out what is not there, and a mean of the rest."""

    def __init__(self, seed: int, mask: bool = True) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.mask = mask
        self.words, self.places = nn.Embedding(14, 16, rng=rng), nn.Embedding(24, 16, rng=rng)
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True, norm_first=True, rng=rng)
        self.out = nn.Linear(16, 2, rng=rng)

    def forward(self, x: Any) -> Any:
        x = np.asarray(getattr(x, "data", x))
        gone = x == 0
        h = self.words(x) + self.places(np.arange(x.shape[1]))
        if not self.mask:
            return self.out(self.layer(h).mean(axis=1))
        h = self.layer(h, src_key_padding_mask=gone) * (~gone)[:, :, None].astype(np.float32)
        return self.out(h.sum(axis=1) / (~gone).sum(axis=1, keepdims=True))


def recipes_with_and_without_salt(seed: int) -> Setup:
    """Whether a recipe of three to twenty-four words names more sour things than sweet ones."""
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 14, (760, 24))
    length = rng.integers(3, 25, 760)
    x = np.where(np.arange(24) < length[:, None], x, 0)
    y = ((x > 7).sum(axis=1) > (x > 0).sum(axis=1) / 2).astype(int)
    model = Little(seed)
    train, held = split((x, y), 640)
    return Setup(
        model, *train, CE(), optim.AdamW(model.parameters(), lr=0.003), held, epochs=10, batch_size=20, clip_norm=1.0
    )


def contrast(out: Any, y: Any) -> Any:
    """Two songs are near if they are the same, and a margin apart if not."""
    return (y * out**2 + (1.0 - y) * anp.maximum(1.5 - out, 0.0) ** 2).mean()


class Twins(nn.Module):
    """How far apart one network puts the two halves of a row."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 24, rng=seed), nn.ReLU(), nn.Linear(24, 3, rng=seed + 1))

    def forward(self, x: Any) -> Any:
        apart = self.body(x[:, :8]) - self.body(x[:, 8:])
        return anp.sqrt((apart**2).sum(axis=1, keepdims=True) + 1e-6)


def songs_of_the_same_bird(seed: int) -> Setup:
    """Pairs of songs; 1 where one bird sang both."""
    rng = np.random.default_rng(seed)
    songs = np.random.default_rng(21).normal(size=(7, 8))
    one, same = rng.integers(0, 7, 560), rng.random(560) < 0.5
    other = np.where(same, one, (one + rng.integers(1, 7, 560)) % 7)
    x = np.hstack([songs[one], songs[other]]) + 0.35 * rng.normal(size=(560, 16))
    model = Twins(seed)
    train, held = split((x.astype(np.float32), same[:, None].astype(np.float32)), 440)
    return Setup(model, *train, contrast, adam(model, 0.005), held, epochs=25, batch_size=22)


class Adding(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self.cell, self.head = nn.LSTM(2, 20, batch_first=True, rng=seed), nn.Linear(20, 1, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.head(self.cell(x)[0][:, -1])


def tolls_of_two_marked_gates(seed: int) -> Setup:
    """The adding problem: two of twelve gates are marked, and what they took is asked; it stands still for a while."""
    rng = np.random.default_rng(seed)
    value, mark = rng.uniform(0, 1, (640, 12)), np.zeros((640, 12))
    mark[np.arange(640), rng.integers(0, 6, 640)] = 1
    mark[np.arange(640), rng.integers(6, 12, 640)] = 1
    y = (value * mark).sum(axis=1, keepdims=True)
    model = Adding(seed)
    train, held = split((np.stack([value, mark], axis=2).astype(np.float32), y.astype(np.float32)), 540)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=30, batch_size=20, clip_norm=1.0)


def recipes_with_their_padding(seed: int, well: bool = False) -> Setup:
    """Three to six words in rows of forty, and the state behind the fortieth is asked."""
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 14, (420, 40))
    length = rng.integers(3, 7, 420)
    x = np.where(np.arange(40) < length[:, None], x, 0)
    y = (x[np.arange(420), length - 1] > 7).astype(int)
    model = LastWord(seed, well)
    train, held = split((x, y), 340)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=15, batch_size=20)


class LastWord(nn.Module):
    """A plain recurrence and its state at the end of the row, or at the end of the words."""

    def __init__(self, seed: int, mask: bool) -> None:
        super().__init__()
        self.mask = mask
        self.words = nn.Embedding(14, 8, rng=seed)
        self.read, self.out = nn.RNN(8, 12, batch_first=True, rng=seed + 1), nn.Linear(12, 2, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        x = np.asarray(getattr(x, "data", x))
        h = self.read(self.words(x))[0]
        return self.out(h[np.arange(len(x)), (x > 0).sum(axis=1) - 1] if self.mask else h[:, -1])


SICK: list[Case] = [
    Case(recipes_with_their_padding, "padding not masked", ASKED + "the last output of a padded sequence"),
]
WELL: list[Case] = [
    Case(knots_marked_in_a_row, HEALTHY, ASKED + "BiLSTM tagger with padding"),
    Case(recipes_with_and_without_salt, HEALTHY, ASKED + "src_key_padding_mask"),
    Case(songs_of_the_same_bird, HEALTHY, ASKED + "contrastive loss by hand"),
    Case(tolls_of_two_marked_gates, HEALTHY, LIST + "28, a plateau before it learns"),
]
