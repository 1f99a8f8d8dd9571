"""The tuning half: networks of the kinds that the public lists speak of, and nothing is wrong with them."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from nn import functional
from optim import lr_scheduler
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import BCE, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split
from tests.nn.health.corpus.rows import images
from tests.nn.health.corpus.tuning_lists_calm_loops import LOOPS
from tests.nn.health.corpus.tuning_lists_pictures import beads, cells, dials, stamps
from tests.nn.health.corpus.tuning_lists_sequences import Encoder, Last


def numerals_with_wrong_names(seed: int) -> Setup:
    """One label in eight was drawn at random."""
    x, y = images(620)
    rng = np.random.default_rng(seed)
    given = np.where((rng.random(620) < 0.12) & (np.arange(620) < 500), rng.integers(0, 10, 620), y)
    model = nn.Sequential(
        nn.Conv2d(1, 10, 3, rng=rng), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.3, rng=seed),
        nn.Linear(90, 10, rng=rng),
    )  # fmt: skip
    train, held = split((x, given), 500)
    return Setup(model, *train, CE(), adam(model, 0.004), held, epochs=14)


def beads_as_they_should_be(seed: int) -> Setup:
    x, y = beads(seed)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(3, 16, 2, bias=False, rng=rng), nn.BatchNorm2d(16), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(16, 6, rng=rng),
    )  # fmt: skip
    train, held = split((np.ascontiguousarray(x.transpose(0, 3, 1, 2)), y), 380)
    return Setup(model, *train, CE(label_smoothing=0.05), adam(model, 0.02), held, epochs=16, batch_size=20)


def cells_by_the_mean_of_a_map(seed: int) -> Setup:
    x, y = cells(seed)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=rng), nn.GroupNorm(2, 8), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(8, 12, 3, rng=rng),
        nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(48, 1, rng=rng),
    )  # fmt: skip
    train, held = split((x, y), 260)
    return Setup(model, *train, nn.SmoothL1Loss(), optim.NAdam(model.parameters(), lr=0.006), held, epochs=25)


def dials_by_small_batches(seed: int) -> Setup:
    """Batches of eight before a batch norm, and a rate that follows a cosine."""
    x, y = dials(seed)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, stride=2, rng=rng), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Linear(216, 24, rng=rng),
        nn.ReLU(), nn.Linear(24, 1, rng=rng),
    )  # fmt: skip
    train, held = split((x, y), 240)

    def schedule(optimizer: Any) -> Any:
        return lr_scheduler.CosineAnnealingLR(optimizer, T_max=14)

    return Setup(model, *train, MSE(), sgd(model, 0.02, 0.9), held, epochs=14, batch_size=8, scheduler=schedule)


def stamps_after_a_plateau(seed: int) -> Setup:
    """Nothing seems to happen for some epochs, as neither mark says anything alone."""
    x, y = stamps(seed)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, rng=rng), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(72, 24, rng=rng), nn.Tanh(),
        nn.Linear(24, 1, rng=rng),
    )  # fmt: skip
    train, held = split((x, y), 380)
    return Setup(model, *train, BCE(), sgd(model, 0.05, 0.9), held, epochs=30, batch_size=20)


def cracks_in_a_wall(seed: int) -> Setup:
    """A mask of few pixels, drawn by convolutions with a way around."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((130, 1, 12, 12))
    for i in range(130):
        r, c = rng.integers(0, 12), rng.integers(0, 5)
        mask[i, 0, r, c : c + 7] = 1.0
    x = (1.3 * mask + 0.45 * rng.normal(size=mask.shape)).astype(np.float32)

    class Around(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.down = nn.Conv2d(1, 8, 5, padding=2, rng=rng)
            self.deep = nn.Conv2d(8, 8, 5, padding=2, rng=rng)
            self.out = nn.Conv2d(8, 1, 1, rng=rng)

        def forward(self, x: Any) -> Any:
            h = functional.relu(self.down(x))
            return self.out(h + functional.relu(self.deep(h)))

    model = Around()
    train, held = split((x, mask.astype(np.float32)), 100)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=20, batch_size=10)


def alarms_of_few_kinds(seed: int) -> Setup:
    """Signals of two channels; of four things that may be in them each is there in one of six."""
    rng = np.random.default_rng(seed)
    y = (rng.random((480, 4)) < 0.17).astype(np.float32)
    shape = np.random.default_rng(61).normal(size=(4, 2, 5))
    x = 0.4 * rng.normal(size=(480, 2, 24))
    for i, k in zip(*np.nonzero(y), strict=True):
        at = 5 * k + rng.integers(0, 4)
        x[i, :, at : at + 5] += 1.3 * shape[k, :, : 24 - at]
    model = nn.Sequential(
        nn.Conv1d(2, 16, 5, rng=rng), nn.SiLU(), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(160, 4, rng=rng)
    )
    train, held = split((x.astype(np.float32), y), 380)
    return Setup(model, *train, BCE(), adam(model, 0.006, weight_decay=1e-4), held, epochs=25)


def hums_by_a_plain_recurrence(seed: int) -> Setup:
    """Series of three instruments, their last value to come, with noise of a fifth."""
    rng = np.random.default_rng(seed)
    t = np.arange(13)
    x = np.sin(rng.uniform(0.4, 0.8, (340, 1)) * t + rng.uniform(0, 6, (340, 1))) + 0.12 * rng.normal(size=(340, 13))
    model = Last(seed, 1, 1, 20, nn.RNN)
    rows = (x[:, :12, None].astype(np.float32), x[:, 12:].astype(np.float32))
    train, held = split(rows, 270)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=30, clip_norm=0.5)


def letters_of_few_people(seed: int) -> Setup:
    """Ninety rows for training, two layers of an LSTM and some dropout between them."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 200)
    x = rng.integers(0, 12, (200, 9))
    for i in range(200):
        x[i, rng.choice(9, 3, replace=False)] = 12 + 4 * y[i] + rng.integers(0, 4, 3)

    class Letters(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table, self.drop = nn.Embedding(24, 8, rng=seed), nn.Dropout(0.2, rng=seed)
            self.cell, self.head = (
                nn.LSTM(8, 12, num_layers=2, batch_first=True, rng=seed),
                nn.Linear(12, 3, rng=seed + 1),
            )

        def forward(self, x: Any) -> Any:
            return self.head(self.cell(self.drop(self.table(x)))[0].mean(axis=1))

    model = Letters()
    train, held = split((x, y), 90)
    return Setup(model, *train, CE(), adam(model, 0.02), held, epochs=30, batch_size=15)


class Masked(nn.Module):
    """A transformer's layer that is told where the padding is, and the mean over the words."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words = nn.Embedding(20, 16, padding_idx=0, rng=rng)
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.1, batch_first=True, norm_first=True, rng=rng)
        self.head = nn.Linear(16, 2, rng=rng)

    def forward(self, x: Any) -> Any:
        there = np.asarray(x) > 0
        h = self.layer(self.words(x), src_key_padding_mask=~there)
        weight = (there / there.sum(axis=1, keepdims=True)).astype(np.float32)[:, :, None]
        return self.head((h * weight).sum(axis=1))


def reviews_with_padding(seed: int) -> Setup:
    """Reviews of three to twelve words, good where more good words than bad ones stand in them; a rate that rises first."""
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 20, (520, 12)) * (np.arange(12) < rng.integers(3, 13, (520, 1)))
    good, bad = ((x > 0) & (x < 7)).sum(axis=1), (x > 13).sum(axis=1)
    kept = good != bad
    x, y = x[kept], (good > bad)[kept].astype(int)
    model = Masked(seed)
    optimizer = optim.AdamW(model.parameters(), lr=0.006, weight_decay=0.05)
    train, held = split((x, y), int(0.8 * len(x)))

    def schedule(optimizer: Any) -> Any:
        return lr_scheduler.LinearLR(optimizer, start_factor=0.2, total_iters=4)

    return Setup(model, *train, CE(), optimizer, held, epochs=16, scheduler=schedule)


class Next(nn.Module):
    """A causal transformer: at each place the next token."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words, self.places = nn.Embedding(8, 16, rng=rng), nn.Embedding(10, 16, rng=rng)
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True, rng=rng)
        self.head = nn.Linear(16, 8, rng=rng)

    def forward(self, x: Any) -> Any:
        length = x.shape[1]
        h = self.words(x) + self.places(np.arange(length))
        h = self.layer(h, src_mask=np.triu(np.ones((length, length), bool), 1))
        return self.head(h).transpose(0, 2, 1)


def tunes_of_eight_notes(seed: int) -> Setup:
    """A note follows from the two before it, but for one in six, which is any."""
    rng = np.random.default_rng(seed)
    notes = rng.integers(0, 8, (300, 11))
    for t in range(2, 11):
        notes[:, t] = np.where(rng.random(300) < 0.85, (notes[:, t - 1] + 3) % 8, notes[:, t])
    model = Next(seed)
    return Setup(
        model,
        notes[:240, :10],
        notes[:240, 1:],
        CE(),
        adam(model, 0.006),
        (notes[240:, :10], notes[240:, 1:]),
        epochs=20,
    )


def recipe_with_places(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 16, (640, 6))
    y = 2 * (x[:, 0] % 2) + (x[:, 3] // 8)
    model = Encoder(seed, 16, 4, 6)
    train, held = split((x, y), 520)
    return Setup(model, *train, CE(), optim.RAdam(model.parameters(), lr=0.006), held, epochs=25)


def leaves_drawn_again(seed: int) -> Setup:
    """An autoencoder that ends in a sigmoid, and pixels between 0 and 1."""
    rng = np.random.default_rng(seed)
    at, wide = rng.uniform(1, 7, (360, 2)), rng.uniform(1.0, 2.5, (360, 1))
    grid = np.stack(np.meshgrid(np.arange(8), np.arange(8), indexing="ij"), axis=-1).reshape(1, 64, 2)
    x = np.exp(-((grid - at[:, None]) ** 2).sum(axis=2) / wide**2).astype(np.float32)
    model = nn.Sequential(*mlp([64, 48, 6], seed, nn.ELU), *mlp([6, 48, 64], seed + 1, nn.ELU, nn.Sigmoid()))
    return Setup(model, x[:300], x[:300], MSE(), adam(model, 0.005), (x[300:], x[300:]), epochs=40)


def twelve_layers_of_elus(seed: int) -> Setup:
    """Twelve layers from He's start, and noise of a quarter in the targets."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 5)).astype(np.float32)
    y = np.tanh(x[:, :1] + x[:, 1:2]) - 0.5 * x[:, 2:3] + 0.2 * rng.normal(size=(500, 1))
    model = mlp([5, *[24] * 11, 1], seed, nn.ELU)
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="linear", rng=rng)
    train, held = split((x, y.astype(np.float32)), 400)
    return Setup(model, *train, MSE(), adam(model, 0.001), held, epochs=12)


class Quiet(nn.Module):
    """Residual blocks whose second layers begin at zero, and a head that does, too."""

    def __init__(self, seed: int, inputs: int, outputs: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.lift = nn.Linear(inputs, 32, rng=rng)
        self.first = nn.ModuleList([nn.Linear(32, 32, rng=rng) for _ in range(4)])
        self.second = nn.ModuleList([nn.Linear(32, 32, rng=rng) for _ in range(4)])
        self.head = nn.Linear(32, outputs, rng=rng)
        for layer in (*self.second, self.head):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x: Any) -> Any:
        h = self.lift(x)
        for first, second in zip(self.first, self.second, strict=True):
            h = h + second(functional.gelu(first(h)))
        return self.head(h)


def begins_at_zero_and_learns(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 5, 450)
    x = rng.normal(size=(5, 7))[y] * 1.6 + rng.normal(size=(450, 7))
    model = Quiet(seed, 7, 5)
    train, held = split((x.astype(np.float32), y), 360)
    return Setup(model, *train, CE(), optim.Lion(model.parameters(), lr=0.0007), held, epochs=25)


def sonnets_from_a_frozen_table(seed: int) -> Setup:
    """Embeddings from elsewhere are held fixed, and the layers behind them do well with that."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 30, (420, 7))
    y = ((x < 9).sum(axis=1) > 2).astype(np.float32)[:, None]
    table = nn.Embedding(30, 24, rng=seed)
    table.weight.requires_grad = False

    class Sonnet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table, self.mix, self.head = table, nn.Linear(24, 32, rng=seed), nn.Linear(32, 1, rng=seed + 1)

        def forward(self, x: Any) -> Any:
            return self.head(functional.relu(self.mix(self.table(x))).sum(axis=1))

    model = Sonnet()
    moving = [p for p in model.parameters() if p.requires_grad]
    train, held = split((x, y), 340)
    return Setup(model, *train, BCE(), optim.Adam(moving, lr=0.01), held, epochs=20)


def two_clouds_that_overlap(seed: int) -> Setup:
    """One in ten lies on the other's side, and no network can know."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, 600).astype(np.float32)[:, None]
    x = rng.normal(size=(600, 6)) + (2 * y - 1) * np.array([0.8, 0.8, -0.6, 0, 0, 0])
    model = mlp([6, 16, 1], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), y), 480)
    return Setup(model, *train, BCE(), sgd(model, 0.1, weight_decay=1e-3), held, epochs=12)


def sigmoids_at_a_rate_of_two(seed: int) -> Setup:
    """A rate that looks too large, and suits two layers of sigmoids."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (360, 2)).astype(np.float32)
    y = (np.abs(x[:, 0]) + np.abs(x[:, 1]) < 1.7).astype(int)
    model = mlp([2, 16, 2], seed, nn.Sigmoid)
    train, held = split((x, y), 290)
    return Setup(model, *train, CE(), sgd(model, 2.0), held, epochs=110)


def selus_with_their_dropout(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(560, 9))
    y = np.argmax(x[:, :3] * 1.5 + x[:, 3:6], axis=1)
    layers: list[Any] = []
    for k, (n, m) in enumerate(((9, 32), (32, 32), (32, 32))):
        layers += [nn.Linear(n, m, rng=rng), nn.SELU(), nn.AlphaDropout(0.05, rng=seed + k)]
    model = nn.Sequential(*layers, nn.Linear(32, 3, rng=rng))
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.lecun_normal_(layer.weight, rng=rng)
    train, held = split((x.astype(np.float32), y), 460)
    return Setup(model, *train, CE(), optim.Adagrad(model.parameters(), lr=0.03), held, epochs=15)


WELL: list[Case] = [
    Case(numerals_with_wrong_names, HEALTHY, LIST + "5"),
    Case(beads_as_they_should_be, HEALTHY, RECIPE),
    Case(cells_by_the_mean_of_a_map, HEALTHY, RECIPE),
    Case(dials_by_small_batches, HEALTHY, LIST + "17"),
    Case(stamps_after_a_plateau, HEALTHY, CS231N),
    Case(cracks_in_a_wall, HEALTHY, LIST + "8"),
    Case(alarms_of_few_kinds, HEALTHY, LIST + "8"),
    Case(hums_by_a_plain_recurrence, HEALTHY, BOOK),
    Case(letters_of_few_people, HEALTHY, LIST + "9"),
    Case(reviews_with_padding, HEALTHY, RECIPE),
    Case(tunes_of_eight_notes, HEALTHY, RECIPE),
    Case(recipe_with_places, HEALTHY, RECIPE),
    Case(leaves_drawn_again, HEALTHY, BOOK),
    Case(twelve_layers_of_elus, HEALTHY, CS231N),
    Case(begins_at_zero_and_learns, HEALTHY, RECIPE),
    Case(sonnets_from_a_frozen_table, HEALTHY, LIST + "23"),
    Case(two_clouds_that_overlap, HEALTHY, BOOK),
    Case(sigmoids_at_a_rate_of_two, HEALTHY, CS231N),
    Case(selus_with_their_dropout, HEALTHY, CS231N),
    *LOOPS,
]
SICK: list[Case] = []
