"""The tuning half: networks of unusual makes that are fine: waves, bumps, gates, experts, sets, monotone ones."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
import optim
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, MSE, adam, sgd, split


def f32(a: Any) -> np.ndarray:
    return np.asarray(a, np.float32)


class Sines(nn.Module):
    """Layers whose activation is a sine, as for signals that oscillate."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.first, self.second, self.last = (
            nn.Linear(1, 32, rng=rng),
            nn.Linear(32, 32, rng=rng),
            nn.Linear(32, 1, rng=rng),
        )
        self.first.weight.data = f32(rng.uniform(-8, 8, self.first.weight.shape))

    def forward(self, x: Any) -> Any:
        return self.last(ag.sin(self.second(ag.sin(self.first(x)))))


def hum_by_sines(seed: int) -> Setup:
    """A hum of three tones over time, with noise of a fifth."""
    rng = np.random.default_rng(seed)
    t = rng.uniform(-1, 1, (340, 1))
    y = np.sin(6 * t) + 0.6 * np.sin(13 * t + 1) + 0.4 * np.cos(3 * t) + 0.2 * rng.normal(size=t.shape)
    train, held = split((f32(t), f32(y)), 260)
    model = Sines(seed)
    return Setup(model, *train, MSE(), adam(model, 0.003), held, epochs=50, batch_size=20)


class Bumps(nn.Module):
    """Distances to centres that are learned, and how wide each is."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.centres = nn.Parameter(f32(rng.uniform(-1.5, 1.5, (20, 2))))
        self.log_width = nn.Parameter(np.zeros(20, np.float32))
        self.head = nn.Linear(20, 4, rng=rng)

    def forward(self, x: Any) -> Any:
        far = ((x.reshape(-1, 1, 2) - self.centres) ** 2).sum(axis=2)
        return self.head(ag.exp(-far * ag.exp(self.log_width) * 2.0))


def fields_by_bumps(seed: int) -> Setup:
    """Four quarters of a field, each twice, where one sign in ten was put up wrongly."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.5, 1.5, (560, 2))
    y = (np.floor((np.arctan2(x[:, 1], x[:, 0]) / np.pi + 1) * 4).astype(int)) % 4
    wrong = rng.random(560) < 0.1
    y = np.where(wrong, rng.integers(0, 4, 560), y)
    train, held = split((f32(x), y), 440)
    model = Bumps(seed)
    return Setup(model, *train, CE(), optim.RMSprop(model.parameters(), lr=0.02), held, epochs=40, batch_size=20)


class Experts(nn.Module):
    """Four straight lines, and a gate that says how much each counts here."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.gate = nn.Sequential(nn.Linear(2, 16, rng=rng), nn.Tanh(), nn.Linear(16, 4, rng=rng), nn.Softmax(dim=1))
        self.lines = nn.Linear(2, 4, rng=rng)

    def forward(self, x: Any) -> Any:
        return (self.gate(x) * self.lines(x)).sum(axis=1, keepdims=True)


def tariffs_by_experts(seed: int) -> Setup:
    """A tariff that is another straight line in each of three zones."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(420, 2))
    zone = np.digitize(x[:, 0], [-0.6, 0.6])
    slope, start = np.array([1.5, -1.2, 0.4])[zone], np.array([-1.0, 0.5, 1.5])[zone]
    y = (start + slope * x[:, 1] + 0.15 * rng.normal(size=420))[:, None]
    train, held = split((f32(x), f32(y)), 330)
    model = Experts(seed)
    return Setup(model, *train, MSE(), adam(model, 0.02), held, epochs=50, batch_size=30)


class Set(nn.Module):
    """Each point by itself, the mean over all, and a head."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.each = nn.Sequential(nn.Linear(2, 32, rng=rng), nn.ReLU(), nn.Linear(32, 16, rng=rng), nn.ReLU())
        self.head = nn.Linear(16, 1, rng=rng)

    def forward(self, x: Any) -> Any:
        return self.head(self.each(x).mean(axis=1))


def spread_of_a_flock(seed: int) -> Setup:
    """How widely twelve birds are spread, in whatever order they are written down."""
    rng = np.random.default_rng(seed)
    width = rng.uniform(0.3, 1.5, (320, 1, 1))
    x = width * rng.normal(size=(320, 12, 2))
    y = (x**2).mean(axis=(1, 2))[:, None]
    train, held = split((f32(x), f32((y - y.mean()) / y.std())), 250)
    model = Set(seed)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=30, batch_size=25)


class Rising(nn.Module):
    """Only weights above zero, so that more of anything never gives less."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.w = nn.Parameter(f32(rng.normal(-1.0, 1.0, (3, 24))))
        self.b = nn.Parameter(f32(rng.normal(size=24)))
        self.v = nn.Parameter(f32(rng.normal(-2.0, 0.5, (24, 1))))
        self.c = nn.Parameter(np.zeros(1, np.float32))

    def forward(self, x: Any) -> Any:
        h = ag.tanh(x @ nn.functional.softplus(self.w) + self.b)
        return h @ nn.functional.softplus(self.v) + self.c


def growth_that_only_rises(seed: int) -> Setup:
    """How high a hedge grows with light, water and time; noise of a quarter."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(260, 3))
    y = np.tanh(x[:, :1]) + np.maximum(x[:, 1:2], 0) + 0.5 * np.tanh(2 * x[:, 2:]) + 0.25 * rng.normal(size=(260, 1))
    train, held = split((f32(x), f32((y - y.mean()) / y.std())), 200)
    model = Rising(seed)
    return Setup(model, *train, MSE(), optim.Adamax(model.parameters(), lr=0.02), held, epochs=60, batch_size=20)


class Pieces(nn.Module):
    """The largest of four straight lines for each hidden number."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.lift, self.head = nn.Linear(6, 16 * 4, rng=rng), nn.Linear(16, 3, rng=rng)

    def forward(self, x: Any) -> Any:
        return self.head(self.lift(x).reshape(len(x), 16, 4).max(axis=2))


def gravel_by_the_largest(seed: int) -> Setup:
    """Three kinds of gravel that overlap, by six measures; one in ten cannot be told."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 480)
    x = rng.normal(size=(480, 6)) * np.array([0.4, 1.0, 2.2])[y][:, None] + 0.3 * (y == 1)[:, None]
    train, held = split((f32(x), y), 380)
    model = Pieces(seed)
    return Setup(model, *train, CE(), sgd(model, 0.02, 0.9, nesterov=True), held, epochs=30, batch_size=20)


class Added(nn.Module):
    """Ten blocks, each of which begins as nothing and is switched on by a number of its own."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.lift = nn.Linear(8, 24, rng=rng)
        self.blocks = nn.ModuleList([nn.Linear(24, 24, rng=rng) for _ in range(10)])
        self.alphas = nn.Parameter(np.zeros(10, np.float32))
        self.head = nn.Linear(24, 4, rng=rng)

    def forward(self, x: Any) -> Any:
        h = self.lift(x)
        for k, block in enumerate(self.blocks):
            h = h + self.alphas[k] * ag.relu(block(h))
        return self.head(h)


def tags_by_blocks_of_nothing(seed: int) -> Setup:
    """Four tags of a sound, of eight numbers, by ten blocks that begin at nothing."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(600, 8))
    y = np.stack([x[:, 0] * x[:, 1], x[:, 2] + x[:, 3], np.abs(x[:, 4]) - 0.7, x[:, 5] - x[:, 6]], axis=1)
    y = y + 0.1 * rng.normal(size=y.shape) > 0
    train, held = split((f32(x), f32(y)), 480)
    model = Added(seed)
    return Setup(model, *train, BCE(), optim.NAdam(model.parameters(), lr=0.005), held, epochs=25)


class Both(nn.Module):
    """A form of two vectors, with a matrix between."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.form = nn.Bilinear(5, 5, 1, rng=seed)

    def forward(self, x: Any) -> Any:
        return self.form(x[:, :5], x[:, 5:])


def couples_by_a_form(seed: int) -> Setup:
    """Whether two get on, by five numbers of each; a twelfth of the answers is a whim."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(520, 10))
    between = np.random.default_rng(17).normal(size=(5, 5))
    y = np.einsum("na,ab,nb->n", x[:, :5], between, x[:, 5:]) > 0
    y = np.where(rng.random(520) < 1 / 12, rng.random(520) < 0.5, y)[:, None]
    train, held = split((f32(x), f32(y)), 400)
    model = Both(seed)
    return Setup(model, *train, BCE(), sgd(model, 0.3), held, epochs=25, batch_size=16)


class Carry(nn.Module):
    """Highway layers whose gates begin nearly shut."""

    def __init__(self, seed: int, depth: int = 6) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.lift = nn.Linear(9, 20, rng=rng)
        self.new = nn.ModuleList([nn.Linear(20, 20, rng=rng) for _ in range(depth)])
        self.gates = nn.ModuleList([nn.Linear(20, 20, rng=rng) for _ in range(depth)])
        for gate in self.gates:
            gate.bias.data = np.full(20, -2.0, np.float32)
        self.head = nn.Linear(20, 1, rng=rng)

    def forward(self, x: Any) -> Any:
        h = ag.tanh(self.lift(x))
        for new, gate in zip(self.new, self.gates, strict=True):
            t = ag.sigmoid(gate(h))
            h = t * ag.tanh(new(h)) + (1 - t) * h
        return self.head(h)


def locks_by_a_highway(seed: int) -> Setup:
    """How long a barge waits at a lock."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(380, 9))
    y = np.maximum(x[:, :1] + x[:, 1:2], 0) + 0.6 * x[:, 2:3] - 0.4 * x[:, 3:4] + 0.2 * rng.normal(size=(380, 1))
    train, held = split((f32(x), f32((y - y.mean()) / y.std())), 300)
    model = Carry(seed)

    def scheduler(of: optim.Optimizer) -> Any:
        return optim.lr_scheduler.CosineAnnealingLR(of, T_max=30)

    return Setup(
        model, *train, nn.SmoothL1Loss(), adam(model, 0.005), held, epochs=30, batch_size=15, scheduler=scheduler
    )


def parcels_lost_by_selu(seed: int) -> Setup:
    """One parcel in eight is lost; which, five SELU layers with a little alpha dropout learn."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(700, 5))
    y = (x[:, 0] + x[:, 1] - 0.5 * x[:, 2] > 1.75).astype(np.float32)[:, None]
    layers: list[nn.Module] = []
    sizes = [5, 24, 24, 24, 24]
    for n, m in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(n, m, rng=rng), nn.SELU(), nn.AlphaDropout(0.05, rng=rng)]
    model = nn.Sequential(*layers, nn.Linear(24, 1, rng=rng))
    train, held = split((f32(x), y), 560)
    return Setup(model, *train, BCE(), sgd(model, 0.03, 0.9), held, epochs=25, batch_size=28)


def doors_by_a_narrow_net(seed: int) -> Setup:
    """Sixty rows of a door's creaking, three hidden units, and one row in six that is hard to tell."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(110, 3))
    y = 1 / (1 + np.exp(-5 * (x[:, 0] - x[:, 1]))) > rng.random(110)
    train, held = split((f32(x), f32(y)[:, None]), 70)
    model = mlp([3, 3, 1], seed, nn.Softsign)
    return Setup(model, *train, BCE(), optim.Rprop(model.parameters(), lr=0.01), held, epochs=30, batch_size=70)


SICK: list[Case] = []
WELL: list[Case] = [
    Case(hum_by_sines, HEALTHY, "Sitzmann and others, sines as activations"),
    Case(fields_by_bumps, HEALTHY, ASKED + "a network of radial basis functions"),
    Case(tariffs_by_experts, HEALTHY, "Jacobs and others, mixtures of experts"),
    Case(spread_of_a_flock, HEALTHY, "Zaheer and others, deep sets"),
    Case(growth_that_only_rises, HEALTHY, ASKED + "a network that is monotone"),
    Case(gravel_by_the_largest, HEALTHY, "Goodfellow and others, maxout"),
    Case(tags_by_blocks_of_nothing, HEALTHY, "Bachlechner and others, ReZero"),
    Case(couples_by_a_form, HEALTHY, ASKED + "a bilinear layer"),
    Case(locks_by_a_highway, HEALTHY, "Srivastava and others, highway networks"),
    Case(parcels_lost_by_selu, HEALTHY, "Klambauer and others, self-normalising networks"),
    Case(doors_by_a_narrow_net, HEALTHY, ASKED + "few rows and Rprop"),
]
