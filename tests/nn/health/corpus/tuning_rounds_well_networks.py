"""The tuning half: networks of many makes that learn well, and one that looks the same and does not."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.numpy as anp
import nn
import optim
from nn import functional
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.pairs import ASKED, BOOK, CE, CS231N, MSE, RECIPE, Tower, adam, sgd, split


class Highway(nn.Module):
    """Layers that let a part of their input by."""

    def __init__(self, seed: int, depth: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.first, self.last = nn.Linear(6, 20, rng=rng), nn.Linear(20, 3, rng=rng)
        self.ways = nn.ModuleList([nn.Linear(20, 20, rng=rng) for _ in range(depth)])
        self.gates = nn.ModuleList([nn.Linear(20, 20, rng=rng) for _ in range(depth)])
        for gate in self.gates:
            gate.bias.data = np.full(20, -1.5, np.float32)

    def forward(self, x: Any) -> Any:
        h = functional.tanh(self.first(x))
        for way, gate in zip(self.ways, self.gates, strict=True):
            open_ = functional.sigmoid(gate(h))
            h = open_ * functional.relu(way(h)) + (1.0 - open_) * h
        return self.last(h)


def ropes_along_a_highway(seed: int) -> Setup:
    """Eight highway layers whose gates begin nearly shut."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(540, 6))
    y = (x[:, 0] * x[:, 1] > 0).astype(int) + (x[:, 2] > 0.5)
    model = Highway(seed, 8)
    train, held = split((x.astype(np.float32), y), 440)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=15, batch_size=22)


class Experts(nn.Module):
    """Four small networks, and one that says whom to believe."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.gate = nn.Linear(3, 4, rng=rng)
        self.experts = nn.ModuleList(
            [nn.Sequential(nn.Linear(3, 10, rng=rng), nn.Tanh(), nn.Linear(10, 1, rng=rng)) for _ in range(4)]
        )

    def forward(self, x: Any) -> Any:
        said = anp.concatenate([expert(x) for expert in self.experts], axis=1)
        return (functional.softmax(self.gate(x), dim=1) * said).sum(axis=1, keepdims=True)


def slopes_by_four_experts(seed: int) -> Setup:
    """Four rules for four regions of a hill; a softmax within the network mixes them."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.7, 1.7, (460, 3))
    region = (x[:, 0] > 0).astype(int) * 2 + (x[:, 1] > 0)
    y = np.array([0.9, -0.7, 0.2, -1.0])[region] * x[:, 2] + np.array([0.5, -0.4, 1.0, 0.0])[region]
    y = y + 0.12 * rng.normal(size=460)
    model = Experts(seed)
    train, held = split((x.astype(np.float32), y[:, None].astype(np.float32)), 370)
    return Setup(model, *train, MSE(), adam(model, 0.02), held, epochs=50, batch_size=25)


class Bells(nn.Module):
    """Bells about learned places, and a straight line of how near they are."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.places = nn.Parameter(rng.uniform(-2, 2, (24, 2)).astype(np.float32))
        self.width = nn.Parameter(np.zeros(24, np.float32))
        self.out = nn.Linear(24, 1, rng=rng)

    def forward(self, x: Any) -> Any:
        far = ((x[:, None, :] - self.places[None, :, :]) ** 2).sum(axis=2)
        return self.out(anp.exp(-far * anp.exp(self.width)))


def meadow_of_bells(seed: int) -> Setup:
    """A radial basis network over a meadow."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (400, 2))
    y = np.sin(2 * x[:, 0]) * np.cos(1.5 * x[:, 1]) + 0.15 * rng.normal(size=400)
    model = Bells(seed)
    train, held = split((x.astype(np.float32), y[:, None].astype(np.float32)), 320)
    return Setup(model, *train, MSE(), adam(model, 0.03), held, epochs=60, batch_size=20)


class Kinds(nn.Module):
    """The first two columns are codes and become embeddings, the others are numbers."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.shop, self.item = nn.Embedding(12, 5, rng=rng), nn.Embedding(25, 6, rng=rng)
        self.norm = nn.LayerNorm(14)
        self.body = nn.Sequential(
            nn.Linear(14, 32, rng=rng), nn.ReLU(), nn.Dropout(0.1, rng=rng), nn.Linear(32, 1, rng=rng)
        )

    def forward(self, x: Any) -> Any:
        codes = np.asarray(getattr(x, "data", x))[:, :2].astype(int)
        return self.body(self.norm(anp.concatenate([self.shop(codes[:, 0]), self.item(codes[:, 1]), x[:, 2:]], axis=1)))


def baskets_by_code(seed: int) -> Setup:
    """Codes and numbers in one array of floats."""
    rng = np.random.default_rng(seed)
    shop, item, z = rng.integers(0, 12, 800), rng.integers(0, 25, 800), rng.normal(size=(800, 3))
    dear, good = np.random.default_rng(3).normal(size=12), np.random.default_rng(4).normal(size=25)
    y = dear[shop] + good[item] + 0.6 * z[:, 0] * np.sign(dear[shop]) + 0.3 * rng.normal(size=800)
    x = np.column_stack([shop, item, z]).astype(np.float32)
    model = Kinds(seed)
    train, held = split((x, (y[:, None] / 1.7).astype(np.float32)), 680)
    return Setup(model, *train, nn.SmoothL1Loss(), adam(model, 0.01), held, epochs=40, batch_size=34)


def weave(seed: int, count: int = 320) -> tuple[np.ndarray, np.ndarray]:
    """Cloths of 12 × 12 with threads along one of four ways."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, count)
    angle = y * np.pi / 4
    row, column = np.mgrid[:12, :12]
    along = np.cos(angle)[:, None, None] * row + np.sin(angle)[:, None, None] * column
    x = np.sin(1.6 * along + rng.uniform(0, 6.3, (count, 1, 1))) + 0.7 * rng.normal(size=(count, 12, 12))
    return x[:, None].astype(np.float32), y


def cloth_under_a_group_norm(seed: int) -> Setup:
    """Which way the threads run, by a mean over a map; group norms and a stride."""
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 5, rng=rng), nn.GroupNorm(2, 8), nn.ReLU(), nn.Conv2d(8, 12, 3, stride=2, rng=rng),
        nn.GroupNorm(3, 12), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, 4, rng=rng),
    )  # fmt: skip
    train, held = split(weave(seed), 250)
    return Setup(model, *train, CE(), sgd(model, 0.1, 0.9), held, epochs=12, batch_size=25)


def purr_by_wide_steps(seed: int) -> Setup:
    """Heartbeats of cats: a convolution with holes along time, and which of three rhythms it is."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 360)
    t = np.arange(40)
    x = np.sin(np.array([0.5, 0.8, 1.2])[y][:, None] * t + rng.uniform(0, 6.3, (360, 1))) + 0.6 * rng.normal(
        size=(360, 40)
    )
    g = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv1d(1, 10, 5, dilation=2, rng=g), nn.BatchNorm1d(10), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(10, 12, 3, rng=g),
        nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(12, 3, rng=g),
    )  # fmt: skip
    train, held = split((x[:, None].astype(np.float32), y), 280)
    return Setup(model, *train, CE(), optim.NAdam(model.parameters(), lr=0.005), held, epochs=15, batch_size=20)


class Waves(nn.Module):
    """Sines between the layers, drawn as their paper says."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.layers = nn.ModuleList([nn.Linear(n, m, rng=rng) for n, m in ((1, 32), (32, 32), (32, 1))])
        self.layers[0].weight.data = rng.uniform(-1, 1, (32, 1)).astype(np.float32)
        for layer in list(self.layers)[1:]:
            layer.weight.data = rng.uniform(-0.04, 0.04, layer.weight.shape).astype(np.float32)

    def forward(self, x: Any) -> Any:
        h = anp.sin(10.0 * self.layers[0](x))
        return self.layers[2](anp.sin(10.0 * self.layers[1](h)))


def shore_by_sines(seed: int) -> Setup:
    """A shoreline of many bays, by a network of sines."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (300, 1))
    y = 0.6 * np.sin(12 * x) + 0.5 * np.cos(21 * x) + 0.4 * x + 0.08 * rng.normal(size=(300, 1))
    model = Waves(seed)
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 240)
    return Setup(model, *train, MSE(), adam(model, 1e-3), held, epochs=80, batch_size=24)


class Neighbours(nn.Module):
    """What a village and those beside it say, twice, over one map."""

    def __init__(self, seed: int, road: np.ndarray) -> None:
        super().__init__()
        self.road = (road / road.sum(axis=1, keepdims=True)).astype(np.float32)
        self.own, self.near, self.out = (
            nn.Linear(n, m, rng=seed + k) for k, (n, m) in enumerate(((2, 12), (2, 12), (12, 1)))
        )

    def forward(self, x: Any) -> Any:
        h = functional.relu(self.own(x) + self.near(anp.matmul(self.road, x)))
        return self.out(h).mean(axis=1)


def villages_and_their_roads(seed: int) -> Setup:
    """A map of ten villages; what they and their neighbours have in store, and whether the valley has enough."""
    rng = np.random.default_rng(seed)
    road = np.random.default_rng(8).random((10, 10)) < 0.25
    road = (road | road.T | np.eye(10, dtype=bool)).astype(float)
    x = rng.normal(size=(420, 10, 2))
    near = np.einsum("ij,njk->nik", road / road.sum(axis=1, keepdims=True), x)
    y = np.maximum(x[:, :, 0] - near[:, :, 1], 0).mean(axis=1, keepdims=True)
    y = (y - y.mean()) / y.std() + 0.15 * rng.normal(size=(420, 1))
    model = Neighbours(seed, road)
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 340)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=40, batch_size=20)


class Mask(nn.Module):
    """Down and up again, with a way around."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.down, self.deep = nn.Conv2d(1, 8, 3, padding=1, rng=rng), nn.Conv2d(8, 8, 3, padding=1, rng=rng)
        self.pool, self.up = nn.MaxPool2d(2), nn.Upsample(scale_factor=2)
        self.out = nn.Conv2d(16, 1, 3, padding=1, rng=rng)

    def forward(self, x: Any) -> Any:
        first = functional.relu(self.down(x))
        deep = self.up(functional.relu(self.deep(self.pool(first))))
        return self.out(anp.concatenate([first, deep], axis=1))


def overlap_and_entropy(out: Any, y: Any) -> Any:
    """A cross-entropy of pixels, and one less how far the two shapes overlap."""
    p = functional.sigmoid(out)
    dice = 1.0 - (2.0 * (p * y).sum() + 1.0) / (p.sum() + y.sum() + 1.0)
    return functional.binary_cross_entropy_with_logits(out, y) + dice


def ponds_from_the_air(seed: int) -> Setup:
    """Round ponds in a noisy field; a mask with few pixels, by two losses added."""
    rng = np.random.default_rng(seed)
    at, wide = rng.uniform(3, 9, (200, 2)), rng.uniform(1.2, 2.6, 200)
    row, column = np.mgrid[:12, :12]
    far = np.hypot(row - at[:, 0, None, None], column - at[:, 1, None, None])
    y = (far < wide[:, None, None]).astype(np.float32)[:, None]
    x = (1.5 * y + 0.6 * rng.normal(size=y.shape)).astype(np.float32)
    model = Mask(seed)
    train, held = split((x, y), 150)
    return Setup(model, *train, overlap_and_entropy, adam(model, 0.01), held, epochs=10, batch_size=15)


def cells_under_two_filters(seed: int) -> Setup:
    """Fixed random convolutions on purpose, many of them, and a trained layer behind."""
    rng = np.random.default_rng(seed)
    filters = nn.Conv2d(1, 24, 4, rng=rng)
    for p in filters.parameters():
        p.requires_grad = False
    model = nn.Sequential(filters, nn.ReLU(), nn.MaxPool2d(3), nn.Flatten(), nn.Linear(216, 4, rng=rng))
    optimizer = adam(model[4], 0.005)
    train, held = split(weave(seed + 50, 400), 320)
    return Setup(model, *train, CE(), optimizer, held, epochs=20, batch_size=20)


def cosine_after_a_warm_up(seed: int) -> Setup:
    """Two residual blocks; the rate rises for five epochs and goes down a cosine to nothing."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 12, 800)
    x = np.random.default_rng(70).normal(size=(12, 10))[y] + 0.55 * rng.normal(size=(800, 10))
    model = Tower(seed, 10, 12, blocks=2)
    train, held = split((x.astype(np.float32), y), 680)

    def scheduler(of: optim.Optimizer) -> Any:
        def factor(epoch: int) -> float:
            return (epoch + 1) / 5 if epoch < 5 else 0.5 * (1 + float(np.cos(np.pi * (epoch - 5) / 20)))

        return optim.lr_scheduler.LambdaLR(of, factor)

    return Setup(model, *train, CE(), sgd(model, 0.1, 0.9), held, epochs=25, batch_size=34, scheduler=scheduler)


def cloth_under_one_filter(seed: int, well: bool = False) -> Setup:
    """The same body of filters, but drawn by hand, two of them, and held fixed."""
    rng = np.random.default_rng(seed)
    filters = nn.Conv2d(1, 8 if well else 2, 5, rng=rng)
    maps = 8 if well else 2
    model = nn.Sequential(filters, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(maps, 4, rng=rng))
    if not well:
        for p in filters.parameters():
            p.requires_grad = False
    train, held = split(weave(seed + 9, 400), 320)
    return Setup(model, *train, CE(), adam(model if well else model[4], 0.02), held, epochs=20, batch_size=20)


SICK: list[Case] = [
    Case(cloth_under_one_filter, "frozen parameters", ASKED + "a frozen backbone that nobody trained"),
]
WELL: list[Case] = [
    Case(ropes_along_a_highway, HEALTHY, BOOK + ", 8, and highway networks"),
    Case(slopes_by_four_experts, HEALTHY, ASKED + "mixture of experts"),
    Case(meadow_of_bells, HEALTHY, ASKED + "radial basis functions"),
    Case(baskets_by_code, HEALTHY, ASKED + "entity embeddings"),
    Case(cloth_under_a_group_norm, HEALTHY, CS231N),
    Case(purr_by_wide_steps, HEALTHY, ASKED + "dilated convolutions"),
    Case(shore_by_sines, HEALTHY, "Sitzmann and others, sines"),
    Case(villages_and_their_roads, HEALTHY, ASKED + "graph network over one graph"),
    Case(ponds_from_the_air, HEALTHY, ASKED + "Dice and BCE added"),
    Case(cells_under_two_filters, HEALTHY, ASKED + "random features on purpose"),
    Case(cosine_after_a_warm_up, HEALTHY, RECIPE + ", warm-up and cosine"),
]
