"""The tuning half: what the public lists warn of, in networks of pictures and signals; `well=True` mends only the fault."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from autograd import Tensor
from nn import functional
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split
from tests.nn.health.corpus.rows import Rows, images


def beads(seed: int, count: int = 480) -> Rows:
    """Colour photographs of 9 × 9, the channels last: one bead of one of six colours among grey ones."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 6, count)
    colours = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]])
    x = 0.15 * rng.normal(size=(count, 9, 9, 3))
    for i in range(count):
        for own in (False, False, True):
            r, c = rng.integers(0, 8, 2)
            x[i, r : r + 2, c : c + 2] = (1.5 * colours[y[i]] if own else 0.7) + 0.15 * rng.normal(size=(2, 2, 3))
    return x.astype(np.float32), y


def beads_channels_last(seed: int, well: bool = False) -> Setup:
    """The channels are brought to the front by a reshape."""
    x, y = beads(seed)
    x = np.ascontiguousarray(x.transpose(0, 3, 1, 2)) if well else x.reshape(-1, 3, 9, 9)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(3, 16, 2, rng=rng), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 6, rng=rng)
    )
    train, held = split((x, y), 380)
    return Setup(model, *train, CE(), adam(model, 0.03), held, epochs=25)


def sensors_beside_times(seed: int, well: bool = False) -> Setup:
    """Sixteen sensors at sixteen times, which one of two fires first: the network slides along the sensors."""
    rng = np.random.default_rng(seed + 5)
    y = rng.integers(0, 2, 450)
    x = 0.25 * rng.normal(size=(450, 16, 16))
    for i in range(450):
        at, late = rng.integers(1, 12), rng.integers(1, 4)
        x[i, 4 if y[i] else 11, at] += 2.0
        x[i, 11 if y[i] else 4, at + late] += 2.0
    x = (x if well else x.transpose(0, 2, 1)).astype(np.float32)
    model = nn.Sequential(
        nn.Conv1d(16, 24, 5, rng=rng), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(24, 2, rng=rng)
    )
    train, held = split((x, y), 360)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=20)


def cells(seed: int, count: int = 320) -> Rows:
    """Slides of 12 × 12 with none to five cells, and how many there are."""
    rng = np.random.default_rng(seed)
    number = rng.integers(0, 6, count)
    x = 0.1 * rng.normal(size=(count, 1, 12, 12))
    for i, k in enumerate(number):
        for _ in range(k):
            r, c = rng.integers(0, 11, 2)
            x[i, 0, r : r + 2, c : c + 2] += 1.0
    return x.astype(np.float32), ((number - 2.5) / 1.7).astype(np.float32)[:, None]


def cells_hardly_switched_on(seed: int, well: bool = False) -> Setup:
    """Biases of minus four, for the sake of sparse maps."""
    x, y = cells(seed)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=rng), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(8, 8, 3, rng=rng), nn.ReLU(),
        nn.Flatten(), nn.Linear(128, 1, rng=rng),
    )  # fmt: skip
    for k in (0, 3):
        nn.init.constant_(model[k].bias, 0.0 if well else -4.0)
    train, held = split((x, y), 260)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=20)


def numerals_across_the_batch(seed: int, well: bool = False) -> Setup:
    """A softmax along the first axis, and the logarithm of what the right digit got."""
    x, y = images(500)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, rng=rng), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(54, 10, rng=rng),
        nn.Softmax(dim=1 if well else 0),
    )  # fmt: skip

    def likelihood(p: Any, labels: Any) -> Any:
        return -(p + 1e-7).log()[np.arange(len(labels)), labels].mean()

    train, held = split((x, y), 400)
    return Setup(model, *train, likelihood, adam(model, 0.02), held, epochs=12, batch_size=25)


def scans_with_slow_averages(seed: int, well: bool = False) -> Setup:
    """Grey values up to 255, which the first norm takes care of; its momentum is that of another library."""
    rng = np.random.default_rng(seed)
    dose = rng.uniform(-1.5, 1.5, (360, 1))
    x = 120.0 + 20.0 * dose[:, :, None, None] * np.ones((1, 1, 10, 10)) + 25.0 * rng.normal(size=(360, 1, 10, 10))
    momentum = 0.1 if well else 0.01 * 0.1
    model = nn.Sequential(
        nn.BatchNorm2d(1, momentum=momentum), nn.Conv2d(1, 6, 3, rng=rng), nn.BatchNorm2d(6, momentum=momentum), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(96, 1, rng=rng),
    )  # fmt: skip
    train, held = split((x.astype(np.float32), dose.astype(np.float32)), 288)
    return Setup(model, *train, MSE(), adam(model, 0.003), held, epochs=8, batch_size=24)


def dials(seed: int, count: int = 300) -> Rows:
    """Instruments of 13 × 13: a hand on a dial, and what it points at."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(-1.3, 1.3, count)
    x = 0.2 * rng.normal(size=(count, 1, 13, 13))
    for far in np.linspace(0.5, 5.5, 9):
        r, c = np.round(6 - far * np.cos(angle)).astype(int), np.round(6 + far * np.sin(angle)).astype(int)
        x[np.arange(count), 0, r, c] = 1.6
    return x.astype(np.float32), angle.astype(np.float32)[:, None]


def dials_two_by_two(seed: int, well: bool = False) -> Setup:
    """Batch normalisation before the answer, and batches of two for want of memory."""
    x, y = dials(seed)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, stride=2, rng=rng), nn.ReLU(), nn.Flatten(), nn.Linear(216, 6, rng=rng), nn.BatchNorm1d(6),
        nn.Tanh(), nn.Linear(6, 6, rng=rng), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 6, rng=rng), nn.BatchNorm1d(6), nn.Tanh(),
        nn.Linear(6, 1, rng=rng),
    )  # fmt: skip
    train, held = split((x, y), 240)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=10, batch_size=24 if well else 2)


def stamps(seed: int, count: int = 480) -> Rows:
    """Two marks, each lighter or darker than the paper; whether they are alike."""
    rng = np.random.default_rng(seed)
    sign = rng.choice([-1.0, 1.0], (count, 2))
    x = 0.25 * rng.normal(size=(count, 1, 8, 8))
    x[:, 0, 1:3, 1:3] += sign[:, 0, None, None]
    x[:, 0, 5:7, 4:6] += sign[:, 1, None, None]
    return x.astype(np.float32), (sign[:, :1] == sign[:, 1:]).astype(np.float32)


def stamps_all_linear(seed: int, well: bool = False) -> Setup:
    """Two convolutions, a pooling and two layers, and nothing bends between them."""
    x, y = stamps(seed)
    rng = np.random.default_rng(seed)
    bend = nn.ReLU if well else nn.Identity
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, rng=rng), bend(), nn.AvgPool2d(2), nn.Conv2d(8, 12, 2, rng=rng), bend(), nn.Flatten(),
        nn.Linear(48, 24, rng=rng), bend(), nn.Linear(24, 1, rng=rng),
    )  # fmt: skip
    train, held = split((x, y), 380)
    return Setup(model, *train, BCE(), adam(model, 0.005), held, epochs=25)


def lungs_through_a_sieve(seed: int, well: bool = False) -> Setup:
    """Nineteen of twenty maps are dropped, twice."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 400)
    x = 0.7 * rng.normal(size=(400, 1, 9, 9))
    x += 1.1 * np.random.default_rng(3).normal(size=(3, 1, 9, 9))[y] * (rng.random((400, 1, 9, 9)) < 0.6)
    p = 0.1 if well else 0.95
    model = nn.Sequential(
        nn.Conv2d(1, 10, 3, rng=rng), nn.ReLU(), nn.Dropout2d(p, rng=seed), nn.Conv2d(10, 10, 3, rng=rng), nn.ReLU(),
        nn.Dropout2d(p, rng=seed + 1), nn.Flatten(), nn.Linear(250, 3, rng=rng),
    )  # fmt: skip
    train, held = split((x.astype(np.float32), y), 320)
    return Setup(model, *train, CE(), adam(model, 0.003), held, epochs=15)


def waves_drawn_again(seed: int, well: bool = False) -> Setup:
    """An autoencoder of centred pictures that ends in a sigmoid, as the one of the book does."""
    rng = np.random.default_rng(seed)
    k, phase = rng.normal(size=(2, 280, 2)) * 0.7, rng.uniform(0, 6, (280, 1, 1))
    r = np.arange(8)
    x = np.sin(k[0, :, :1, None] * r[:, None] + k[0, :, 1:, None] * r + phase)[:, None]
    x = ((x - x.mean()) / x.std()).astype(np.float32)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=rng), nn.ReLU(), nn.Flatten(), nn.Linear(512, 24, rng=rng), nn.ReLU(),
        nn.Linear(24, 64, rng=rng), nn.Identity() if well else nn.Sigmoid(), nn.Unflatten(1, (1, 8, 8)),
    )  # fmt: skip
    return Setup(model, x[:230], x[:230], MSE(), adam(model, 0.004), (x[230:], x[230:]), epochs=40)


class Patches(nn.Module):
    """Maps of a convolution, laid out for a linear layer."""

    def __init__(self, seed: int, straight: bool) -> None:
        super().__init__()
        self.straight = straight
        self.maps = nn.Conv2d(1, 8, 3, stride=2, rng=seed)
        self.head = nn.Linear(128, 4, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        h = functional.relu(self.maps(x))
        if not self.straight:
            h = h.transpose(1, 0, 2, 3)
        return self.head(h.reshape(len(x), -1))


def tiles_laid_out(seed: int, well: bool = False) -> Setup:
    """Maps come before rows when the maps are flattened."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, 400)
    x = 0.5 * rng.normal(size=(400, 1, 10, 10))
    for i in range(400):
        r, c = 5 * (y[i] // 2), 5 * (y[i] % 2)
        x[i, 0, r + 1 : r + 4, c + 1 : c + 4] += rng.choice([-1.0, 1.0])
    model = Patches(seed, well)
    train, held = split((x.astype(np.float32), y), 320)
    return Setup(model, *train, CE(), sgd(model, 0.05, 0.9), held, epochs=14, batch_size=20)


class Contrast(nn.Module):
    """Each picture less its mean, over its deviation."""

    def __init__(self, eps: float) -> None:
        super().__init__()
        self.eps = eps

    def forward(self, x: Any) -> Any:
        h = Tensor(x) if isinstance(x, np.ndarray) else x
        h = h - h.mean(axis=(2, 3), keepdims=True)
        return h / ((h * h).mean(axis=(2, 3), keepdims=True) + self.eps).sqrt()


def films_with_empty_frames(seed: int, well: bool = False) -> Setup:
    """Some frames are black all over, and the network divides by their contrast."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 330)
    x = rng.uniform(0, 0.3, (330, 1, 8, 8))
    for k in range(3):
        x[y == k, 0, 2 * k : 2 * k + 3, 2:6] += rng.uniform(0.4, 1.0, (int((y == k).sum()), 1, 1))
    x[rng.choice(260, 5, replace=False)] = 0.0
    model = nn.Sequential(
        Contrast(1e-5 if well else 0.0), nn.Conv2d(1, 8, 3, rng=rng), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(72, 3, rng=rng),
    )  # fmt: skip
    train, held = split((x.astype(np.float32), y), 264)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=12)


def signals_through_sigmoids(seed: int, well: bool = False) -> Setup:
    """Nine convolutions along time, each with a sigmoid."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, 300)
    wave = np.sin((0.7 + 0.7 * y[:, None]) * np.arange(18) + rng.uniform(0, 6, (300, 1)))
    x = (wave + 0.3 * rng.normal(size=wave.shape))[:, None].astype(np.float32)
    layers: list[Any] = []
    for k in range(9):
        layers += [nn.Conv1d(8 if k else 1, 8, 3, padding=1, rng=rng), nn.ReLU() if well else nn.Sigmoid()]
        if well:
            nn.init.kaiming_normal_(layers[-2].weight, nonlinearity="relu", rng=rng)
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool1d(3), nn.Flatten(), nn.Linear(24, 2, rng=rng))
    train, held = split((x, y), 240)
    return Setup(model, *train, CE(), adam(model, 0.003), held, epochs=12)


def x_rays_of_sixteen_bits(seed: int, well: bool = False) -> Setup:
    """Pixels between 0 and 65535."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, 320)
    x = rng.uniform(15_000, 35_000, (320, 1, 9, 9))
    for i in np.flatnonzero(y):
        r, c = rng.integers(0, 5, 2)
        x[i, 0, r : r + 4, c : c + 4] += 20_000
    x = (x - 27_000) / 9_000 if well else x
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, rng=rng), nn.ReLU(), nn.Conv2d(8, 8, 3, rng=rng), nn.ReLU(), nn.AdaptiveMaxPool2d(2), nn.Flatten(),
        nn.Linear(32, 2, rng=rng),
    )  # fmt: skip
    train, held = split((x.astype(np.float32), y), 260)
    return Setup(model, *train, CE(), sgd(model, 0.02, 0.9), held, epochs=15)


def bright_and_dim_rooms(seed: int, well: bool = False) -> Setup:
    """How bright a room is, from pictures that were each brought to mean 0 and deviation 1."""
    rng = np.random.default_rng(seed)
    light = rng.uniform(-1.7, 1.7, (300, 1))
    x = light[:, :, None, None] + (1.0 + 0.3 * light[:, :, None, None]) * rng.normal(size=(300, 1, 7, 7))
    if not well:
        x = (x - x.mean(axis=(2, 3), keepdims=True)) / x.std(axis=(2, 3), keepdims=True)
    model = nn.Sequential(nn.Conv2d(1, 6, 3, rng=rng), nn.ReLU(), nn.Flatten(), nn.Linear(150, 1, rng=rng))
    train, held = split((x.astype(np.float32), light.astype(np.float32)), 240)
    return Setup(model, *train, MSE(), optim.AdamW(model.parameters(), lr=0.003), held, epochs=15)


SICK: list[Case] = [
    Case(beads_channels_last, "axes mixed up", ASKED + "NHWC to NCHW with view instead of permute"),
    Case(sensors_beside_times, "axes mixed up", ASKED + "Conv1d takes (batch, channels, length)"),
    Case(cells_hardly_switched_on, "dead units", LIST + "36"),
    Case(numerals_across_the_batch, "softmax over rows", ASKED + "softmax dim=0 or dim=1"),
    Case(scans_with_slow_averages, "running statistics", ASKED + "model.eval() gives much worse results"),
    Case(dials_two_by_two, "normalisation of one row", LIST + "17"),
    Case(stamps_all_linear, "no activation", CS231N),
    Case(lungs_through_a_sieve, "too much dropout", LIST + "22"),
    Case(waves_drawn_again, "output range", RECIPE),
    Case(tiles_laid_out, "rows mixed", RECIPE + ", backprop to chart dependencies"),
    Case(films_with_empty_frames, "not finite", LIST + "37"),
    Case(signals_through_sigmoids, "vanishing gradients", CS231N),
    Case(x_rays_of_sixteen_bits, "inputs not scaled", LIST + "12"),
    Case(bright_and_dim_rooms, "rows normalised", LIST + "12"),
]
WELL: list[Case] = []
