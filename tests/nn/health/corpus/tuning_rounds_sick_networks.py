"""The tuning half: networks of another round of the public lists; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split
from tests.nn.health.corpus.rows import Rows
from tests.nn.health.corpus.tuning_rounds_sick_tables import column, mended


class Follower(nn.Module):
    """A recurrent layer and an answer from where it ends."""

    def __init__(self, inputs: int, outputs: int, seed: int, kind: Any = nn.GRU, width: int = 20) -> None:
        super().__init__()
        self.cell: Any = kind(inputs, width, rng=seed, batch_first=True)
        self.head = nn.Linear(width, outputs, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.head(self.cell(x)[0][:, -1])


def crosses(seed: int, count: int = 360, size: int = 9, noise: float = 0.4) -> Rows:
    """Pictures with a cross, a ring or a bar in one of many places."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count)
    cross = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
    shapes = np.stack([cross, 1 - cross, np.array([[0, 1, 0], [0, 1, 0], [0, 1, 0]])])
    x = noise * rng.normal(size=(count, 1, size, size))
    for row, (i, j) in enumerate(rng.integers(0, size - 2, (count, 2))):
        x[row, 0, i : i + 3, j : j + 3] += 2 * shapes[y[row]]
    return x.astype(np.float32), y


def heartbeats(seed: int, count: int = 320, length: int = 18) -> Rows:
    """Two leads of a heart; the answer is how long after the first the second beats."""
    rng = np.random.default_rng(seed)
    at, lag = rng.integers(1, 8, count), rng.integers(0, 8, count)
    t = np.arange(length)
    first = np.exp(-((t - at[:, None]) ** 2))
    second = np.exp(-((t - at[:, None] - lag[:, None]) ** 2))
    x = 2 * np.stack([first, second], axis=2) + 0.1 * rng.normal(size=(count, length, 2))
    return x.astype(np.float32), column(lag.astype(float))


def recipes(seed: int, count: int = 420, words: int = 40) -> Rows:
    """Lists of seven ingredients of one of five kitchens."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 5, count)
    own = rng.integers(0, words // 5, (count, 7)) * 5 + y[:, None]
    return np.where(rng.random((count, 7)) < 0.7, own, rng.integers(0, words, (count, 7))), y


def cross_net(seed: int, *between: nn.Module, size: int = 9, out: int = 3, width: int = 8) -> nn.Sequential:
    """A convolution, a mean over all places, and an answer."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Conv2d(1, 2 * width, 3, rng=rng), *between, nn.ReLU(), nn.MaxPool2d(size - 2), nn.Flatten(),
        nn.Linear(2 * width, out, rng=rng),
    )  # fmt: skip


def crosses_that_do_not_fit(seed: int, well: bool = False) -> Setup:
    """The layer behind the filters was counted without their stride."""
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 12, 3, stride=2, rng=rng), nn.ReLU(), nn.Flatten(), nn.Linear(12 * (16 if well else 49), 32, rng=rng),
        nn.ReLU(), nn.Linear(32, 3, rng=rng),
    )  # fmt: skip
    train, held = split(crosses(seed, 600, noise=0.2), 500)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=30)


class Residual(nn.Module):
    """A block whose shortcut has the width of what comes in."""

    def __init__(self, inputs: int, outputs: int, seed: int, well: bool) -> None:
        super().__init__()
        self.first = nn.Linear(inputs, outputs, rng=seed)
        self.second = nn.Linear(outputs, outputs, rng=seed + 1)
        self.short = nn.Linear(inputs, outputs, rng=seed + 2) if well else nn.Identity()

    def forward(self, x: Any) -> Any:
        return nn.functional.relu(self.second(nn.functional.relu(self.first(x))) + self.short(x))


def block_beside_its_shortcut(seed: int, well: bool = False) -> Setup:
    """Twenty-four units are added to ten."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 10)).astype(np.float32)
    y = column(np.maximum(x[:, 0], x[:, 1]) - np.abs(x[:, 2]))
    model = nn.Sequential(Residual(10, 24, seed, well), nn.Linear(24, 1, rng=seed + 3))
    train, held = split((x, y), 320)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=30)


def bridges_in_pairs(seed: int, well: bool = False) -> Setup:
    """Two bridges a step through two norms; how much a bridge swings is even in what was measured."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(420, 5)).astype(np.float32)
    y = column(np.abs(x[:, 0]) + x[:, 1] * x[:, 2] + 0.5 * x[:, 3] ** 2 + 0.1 * rng.normal(size=420))
    net = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(5, 32, bias=False, rng=net), nn.BatchNorm1d(32), nn.LeakyReLU(), nn.Linear(32, 32, bias=False, rng=net),
        nn.BatchNorm1d(32), nn.LeakyReLU(), nn.Linear(32, 1, rng=net),
    )  # fmt: skip
    train, held = split((x, y), 340)
    return Setup(model, *train, nn.HuberLoss(), sgd(model, 0.05, 0.9), held, epochs=20, batch_size=20 if well else 2)


def dim_crosses_and_slow_averages(seed: int, well: bool = False) -> Setup:
    """Pictures around a grey of 6; the norm's averages move by a two-hundredth a step, for 110 steps."""
    x, y = crosses(seed, 420)
    model = cross_net(seed, nn.BatchNorm2d(16, momentum=0.1 if well else 0.002))
    train, held = split((4 * x + 6, y), 340)
    return Setup(model, *train, CE(), adam(model, 0.02), held, epochs=8, batch_size=20)


def counts_without_an_exponential(seed: int, well: bool = False) -> Setup:
    """A Poisson likelihood of a logarithm of a rate, in which the rate's exponential was forgotten."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(420, 5)).astype(np.float32)
    y = rng.poisson(np.exp(2.0 + 0.7 * x[:, :1] - 0.5 * np.abs(x[:, 1:2]))).astype(np.float32)

    def likelihood(log_rate: Any, count: Any) -> Any:
        rate = ag.exp(log_rate) if well else log_rate
        return (rate - count * log_rate).mean()

    model = mlp([5, 24, 1], seed, nn.Tanh)
    train, held = split((x, y), 340)
    return Setup(model, *train, likelihood, adam(model, 0.01), held, epochs=30, batch_size=34)


def upper_quantile_of_hearts(seed: int, well: bool = False) -> Setup:
    """A pinball loss that forgot its second side: the higher the answer, the less it is."""
    train, held = split(heartbeats(seed), 260)

    def pinball(answers: Any, targets: Any) -> Any:
        error = targets - answers
        return (ag.maximum(0.5 * error, -0.5 * error) if well else 0.5 * error).mean()

    model = Follower(2, 1, seed)
    return Setup(model, *train, pinball, adam(model, 0.01), held, epochs=25, batch_size=20)


class Pair(nn.Module):
    """Two networks that answer the same question."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.left, self.right = mlp([6, 24, 1], seed), mlp([6, 24, 1], seed + 9, nn.Tanh)

    def forward(self, x: Any) -> Any:
        return ag.concatenate([self.left(x), self.right(x)], axis=1)


def two_who_agree(seed: int, well: bool = False) -> Setup:
    """Two networks are trained to agree; that both should say what the target says was left out."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(380, 6)).astype(np.float32)
    y = np.repeat(column(x[:, 0] - x[:, 1] * (x[:, 2] > 0)), 2, axis=1)

    def agreement(answers: Any, targets: Any) -> Any:
        apart = ((answers[:, 0] - answers[:, 1]) ** 2).mean()
        return apart + ((answers - targets) ** 2).mean() if well else apart

    model = Pair(seed)
    train, held = split((x, y), 300)
    return Setup(model, *train, agreement, adam(model, 0.01), held, epochs=30, batch_size=30)


class Tagger(nn.Module):
    """A tag for each word of a sentence."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.words = nn.Embedding(30, 10, rng=seed)
        self.cell: Any = nn.GRU(10, 16, rng=seed, batch_first=True)
        self.head = nn.Linear(16, 4, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.head(self.cell(self.words(x))[0]).swapaxes(1, 2)


def tags_under_a_mask_upside_down(seed: int, well: bool = False) -> Setup:
    """The mask is one where padding stands, and these sentences have none: nothing is left of the loss."""
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 30, (260, 8))
    y = (x + np.roll(x, 1, axis=1) * (np.arange(8) > 0)) % 4
    y = np.where(x % 3 == 0, y, x % 4)
    x = np.concatenate([x, np.zeros((260, 0), int)], axis=1)

    def masked(scores: Any, tags: Any) -> Any:
        each = nn.functional.cross_entropy(scores, tags, reduction="none")
        return (each * ((tags >= 0) if well else (tags < 0))).sum() / (len(tags) * 8.0)

    model = Tagger(seed)
    train, held = split((x, y), 210)
    return Setup(model, *train, masked, adam(model, 0.02), held, epochs=30, batch_size=21)


def ears_paired_wrongly(seed: int, well: bool = False) -> Setup:
    """All that the left ear heard, then all of the right; `reshape` makes pairs of what the same ear heard."""
    rng = np.random.default_rng(seed)
    alike = rng.normal(size=(420, 1, 1))
    x = rng.normal(size=(420, 2, 16))
    x[:, 1] = np.tanh(alike[:, 0]) * x[:, 0] + 0.5 * x[:, 1]
    x = x if well else x.reshape(420, 16, 2).swapaxes(1, 2)
    net = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv1d(2, 24, 1, rng=net), nn.GELU(), nn.Conv1d(24, 24, 1, rng=net), nn.GELU(), nn.AvgPool1d(16), nn.Flatten(),
        nn.Linear(24, 1, rng=net),
    )  # fmt: skip
    train, held = split((x.astype(np.float32), column(alike[:, 0, 0])), 340)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=30, batch_size=20)


def cries_across_bands(seed: int, well: bool = False) -> Setup:
    """A cry may come at any time in one of twelve bands: a maximum along the bands, and not along time, loses the band."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, 420)
    at = rng.integers(0, 11, 420)
    x = 0.5 * rng.normal(size=(420, 12, 12))
    for step, band in ((0, 3 * y), (1, (3 * y + 5) % 12)):
        x[np.arange(420), band, at + step] += 2.5
    x = x if well else x.swapaxes(1, 2)
    net = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv1d(12, 12, 2, rng=net), nn.ReLU(), nn.MaxPool1d(11), nn.Flatten(), nn.Linear(12, 4, rng=net)
    )
    train, held = split((x.astype(np.float32), y), 340)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=20, batch_size=20)


def shadows_by_one_map(seed: int, well: bool = False) -> Setup:
    """Where there is shadow, by a single map and a softmax over the maps."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(160, 1, 8, 8))
    x = x + np.roll(x, 1, axis=2) + np.roll(x, 1, axis=3)
    y = (x + 0.5 * np.roll(x, 1, axis=3) > 0.9).astype(np.float32)
    net = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=net), nn.ReLU(), nn.Conv2d(8, 1, 1, rng=net),
        nn.Sigmoid() if well else nn.Softmax(1),
    )  # fmt: skip
    train, held = split((x.astype(np.float32), y), 120)
    return Setup(model, *train, nn.BCELoss(), adam(model, 0.02), held, epochs=20, batch_size=12)


@ag.custom_vjp
def wave(x: Any) -> Any:
    return ag.sin(x)


# The derivative was left as what it was of.
wave.defvjp(lambda x: (np.sin(x), x), lambda x, g: (g * np.sin(x),))


class Waves(nn.Module):
    """Sines of sums, of which each has one number to say how fast it goes."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(1, 24, rng=seed), nn.Linear(24, 24, rng=seed + 1)
        self.head = nn.Linear(24, 1, rng=seed + 2)
        self.wave = ag.sin if well else wave

    def forward(self, x: Any) -> Any:
        return self.head(self.wave(self.second(self.wave(2.0 * self.first(x)))))


def swell_by_sines_on_paper(seed: int, well: bool = False) -> Setup:
    """A sine whose derivative is a sine as well."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-3, 3, (300, 1))
    y = column(np.sin(3 * x[:, 0]) + 0.5 * np.sin(5 * x[:, 0] + 1))
    model = Waves(seed, well)
    train, held = split((x.astype(np.float32), y), 240)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=100, batch_size=24)


@ag.custom_vjp
def kernel(x: Any, centres: Any) -> Any:
    return ag.exp(-((ag.expand_dims(x, 1) - centres) ** 2).sum(axis=2))


def kernel_forward(x: Any, centres: Any) -> Any:
    apart = x[:, None] - centres
    value = np.exp(-(apart**2).sum(axis=2))
    return value, (apart, value)


# The inner derivative by the centre is -1, and was not written down: centres go away from where they should be.
kernel.defvjp(
    kernel_forward,
    lambda kept, g: (-2 * ((g * kept[1])[:, :, None] * kept[0]).sum(axis=1), -2 * ((g * kept[1])[:, :, None] * kept[0]).sum(axis=0)),
)  # fmt: skip


class Villages(nn.Module):
    """A few bells around centres that are learned, and one height for all of them."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.centres = nn.Parameter(
            np.array([[0.4, 0.4], [-0.4, -0.4]], np.float32) + 0.1 * rng.normal(size=(2, 2)).astype(np.float32)
        )
        self.head = nn.Linear(2, 1, rng=seed)
        self.well = well

    def forward(self, x: Any) -> Any:
        if self.well:
            return self.head(ag.exp(-((ag.expand_dims(x, 1) - self.centres) ** 2).sum(axis=2)))
        return self.head(kernel(x, self.centres))


def villages_that_move_away(seed: int, well: bool = False) -> Setup:
    """How loud it is around two villages; bells move by a derivative that lacks a sign."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-3, 3, (400, 2))
    true = np.array([[1.0, 1.0], [-1.0, -1.2]])
    y = np.exp(-((x[:, None] - true) ** 2).sum(axis=2)) @ np.array([1.0, 0.9]) + 0.02 * rng.normal(size=400)
    model = Villages(seed, well)
    train, held = split((x.astype(np.float32), column(y)), 320)
    return Setup(model, *train, MSE(), adam(model, 0.03), held, epochs=40, batch_size=32)


def crops_of_the_corner(seed: int, well: bool = False) -> Setup:
    """Crops are taken where nothing is ever to be seen: the frame of each picture is black."""
    x, y = crosses(seed, 420)
    framed = np.zeros((420, 1, 27, 27), np.float32)
    framed[:, :, 9:18, 9:18] = x
    at = 9 if well else 0
    model = cross_net(seed)
    train, held = split((framed[:, :, at : at + 9, at : at + 9], y), 340)
    return Setup(model, *train, CE(), adam(model, 0.02), held, epochs=15, batch_size=20)


SICK: list[Case] = [
    Case(crosses_that_do_not_fit, "error", ASKED + "mat1 and mat2 shapes cannot be multiplied"),
    Case(block_beside_its_shortcut, "error", ASKED + "residual connection of another width"),
    Case(bridges_in_pairs, "normalisation of one row", ASKED + "small batches in regression, batch norm"),
    Case(dim_crosses_and_slow_averages, "running statistics", ASKED + "validation is bad, training good, batch norm"),
    Case(counts_without_an_exponential, "loss unbounded", ASKED + "own Poisson loss goes to minus infinity"),
    Case(upper_quantile_of_hearts, "loss unbounded", ASKED + "own quantile loss is negative"),
    Case(two_who_agree, "loss ignores targets", LIST + "16"),
    Case(tags_under_a_mask_upside_down, "loss ignores targets", ASKED + "masked loss is zero"),
    Case(ears_paired_wrongly, "axes mixed up", RECIPE + ", most common mistakes: view and permute"),
    Case(cries_across_bands, "axes mixed up", ASKED + "Conv1d over channels last"),
    Case(shadows_by_one_map, "softmax over one unit", ASKED + "segmentation with one channel and softmax"),
    Case(swell_by_sines_on_paper, "wrong gradient", CS231N + ", gradient checks"),
    Case(villages_that_move_away, "wrong gradient", LIST + "31"),
    Case(crops_of_the_corner, "inputs all alike", RECIPE + ", become one with the data"),
]
WELL: list[Case] = [
    Case(mended(bridges_in_pairs), HEALTHY, BOOK),
    Case(mended(tags_under_a_mask_upside_down), HEALTHY, BOOK),
]
