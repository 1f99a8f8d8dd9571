"""The tuning half: losses, heads and activations from many desks at fault; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
from nn import functional as F
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split
from tests.nn.health.corpus.tuning_rounds_sick_tables import column, mended


class Distance(nn.Module):
    """How far two signatures are from each other, behind the same network."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.body = mlp([6, 32, 8], seed)

    def forward(self, x: Any) -> Any:
        apart = self.body(x[:, 0]) - self.body(x[:, 1])
        return ((apart**2).sum(axis=1) + 1e-6).sqrt()


def signatures_of_a_contract(seed: int, well: bool = False) -> Setup:
    """A contrastive loss: distances have one axis, and the labels of pairs are a column."""
    rng = np.random.default_rng(seed)
    hands = np.random.default_rng(19).normal(size=(9, 6))
    one, other = rng.integers(0, 9, (2, 440))
    same = rng.random(440) < 0.5
    other = np.where(same, one, np.where(other == one, (one + 1) % 9, other))
    x = np.stack([hands[one], hands[other]], axis=1) + 0.3 * rng.normal(size=(440, 2, 6))
    y = same.astype(np.float32)[:, None]

    def contrastive(distance: Any, label: Any) -> Any:
        label = label[:, 0] if well else label
        return (label * distance**2 + (1 - label) * F.relu(2.0 - distance) ** 2).mean()

    model = Distance(seed)
    train, held = split((x.astype(np.float32), y), 360)
    return Setup(model, *train, contrastive, adam(model, 0.005), held, epochs=25, batch_size=20)


def yields_and_how_sure_they_are(seed: int, well: bool = False) -> Setup:
    """A normal likelihood with a logarithm of the variance, whose second term has the wrong sign."""
    rng = np.random.default_rng(seed)
    soil, sun = rng.normal(size=(2, 400))
    y = column(np.sin(soil) + 0.6 * sun + (0.1 + 0.15 * (sun > 0)) * rng.normal(size=400))
    x = np.stack([soil, sun], axis=1).astype(np.float32)
    sign = 1.0 if well else -1.0

    def likelihood(out: Any, target: Any) -> Any:
        mean, log_variance = out[:, :1], out[:, 1:]
        return (0.5 * ((target - mean) ** 2 * (-log_variance).exp() + sign * log_variance)).mean()

    model = mlp([2, 32, 2], seed, nn.Tanh)
    train, held = split((x, y), 320)
    return Setup(model, *train, likelihood, adam(model, 0.01), held, epochs=30, batch_size=32)


def floors_of_a_plan(seed: int, well: bool = False) -> Setup:
    """Six kinds of floor in the pixels of a plan: a softmax over the maps, and a cross-entropy that has its own."""
    rng = np.random.default_rng(seed)
    shade = np.random.default_rng(23).normal(size=(6, 3))
    rooms = rng.integers(0, 6, (90, 3, 3)).repeat(3, axis=1).repeat(3, axis=2)
    x = shade[rooms].transpose(0, 3, 1, 2) + 0.35 * rng.normal(size=(90, 3, 9, 9))
    net = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1, rng=net), nn.ReLU(), nn.Conv2d(16, 6, 1, rng=net),
        *([] if well else [nn.Softmax(dim=1)]),
    )  # fmt: skip
    train, held = split((x.astype(np.float32), rooms), 70)
    return Setup(model, *train, CE(), sgd(model, 0.1, 0.9), held, epochs=12, batch_size=10)


class Heads(nn.Module):
    """Four questions, each with a head of its own and an activation behind it."""

    def __init__(self, seed: int, act: Any) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(7, 32, rng=seed), nn.ReLU())
        self.heads = nn.ModuleList([nn.Linear(32, 1, rng=seed + 1 + k) for k in range(4)])
        self.act = act

    def forward(self, x: Any) -> Any:
        h = self.body(x)
        return ag.concatenate([self.act(head(h)) for head in self.heads], axis=1)


def permits_of_four_offices(seed: int, well: bool = False) -> Setup:
    """Four heads of one unit, each with a softmax."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 7))
    y = (x @ np.random.default_rng(3).normal(size=(7, 4)) + 0.3 * rng.normal(size=(500, 4)) > 0).astype(np.float32)
    model = Heads(seed, nn.Sigmoid() if well else nn.Softmax(dim=1))
    train, held = split((x.astype(np.float32), y), 400)
    return Setup(model, *train, nn.BCELoss(), adam(model, 0.01), held, epochs=20, batch_size=25)


class Pointer(nn.Module):
    """Points at one of the places of a sequence."""

    def __init__(self, seed: int, axis: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.look = nn.Sequential(
            nn.Conv1d(3, 16, 3, padding=1, rng=rng), nn.ReLU(), nn.Conv1d(16, 1, 3, padding=1, rng=rng)
        )
        self.axis = axis

    def forward(self, x: Any) -> Any:
        return F.log_softmax(self.look(x)[:, 0], self.axis)


def quakes_in_a_trace(seed: int, well: bool = False) -> Setup:
    """Where in a trace the quake begins: chances that add up to one over the batch at each moment, and not over moments."""
    rng = np.random.default_rng(seed)
    begin = rng.integers(0, 12, 420)
    x = 0.5 * rng.normal(size=(420, 3, 14))
    for row, at in enumerate(begin):
        x[row, :, at : at + 3] += np.array([[1.0, -1.5, 0.5], [0.5, 1.0, -1.0], [0.8, 0.8, -0.5]])
    model = Pointer(seed, 1 if well else 0)
    train, held = split((x.astype(np.float32), begin), 340)
    return Setup(model, *train, nn.NLLLoss(), adam(model, 0.01), held, epochs=20, batch_size=20)


def showers_in_percent(seed: int, well: bool = False) -> Setup:
    """An error in percent of the truth, of which some is next to nothing: the least is to answer nothing at all."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(460, 5))
    amount = np.exp(0.6 * x[:, 0] + 0.3 * x[:, 1] * (x[:, 2] > 0)) + 0.05 * rng.normal(size=460)
    amount = np.where(rng.random(460) < 0.06, 0.002, np.abs(amount))
    y = amount.astype(np.float32)[:, None]

    def percent(out: Any, target: Any) -> Any:
        return (100.0 * (target - out).abs() / (target + 1e-6)).mean()

    model = mlp([5, 32, 1], seed)
    train, held = split((x.astype(np.float32), y), 370)
    return Setup(model, *train, MSE() if well else percent, adam(model, 0.01), held, epochs=30, batch_size=37)


def _margins(scores: Any, labels: Any) -> tuple[Any, Any]:
    rows = np.arange(len(labels))
    margins = np.maximum(0.0, scores - scores[rows, labels][:, None] + 1.0)
    margins[rows, labels] = 0.0
    return margins, rows


@ag.custom_vjp
def hinge(scores: Any, labels: Any) -> Any:
    """Sums of margins, and a gradient that forgot the scores of the right classes."""
    return _margins(scores, labels)[0].sum() / len(labels)


@ag.custom_vjp
def hinge_well(scores: Any, labels: Any) -> Any:
    """The same with the whole gradient."""
    return _margins(scores, labels)[0].sum() / len(labels)


def _kept(scores: Any, labels: Any) -> Any:
    return _margins(scores, labels)[0].sum() / len(labels), (scores, labels)


def _slope(kept: Any, g: Any) -> Any:
    margins, _ = _margins(*kept)
    return (g * (margins > 0) / len(margins)).astype(np.float32), None


def _whole_slope(kept: Any, g: Any) -> Any:
    margins, rows = _margins(*kept)
    over = (margins > 0).astype(np.float32)
    over[rows, kept[1]] = -over.sum(axis=1)
    return (g * over / len(margins)).astype(np.float32), None


hinge.defvjp(_kept, _slope)
hinge_well.defvjp(_kept, _whole_slope)


def beetles_by_an_assignment(seed: int, well: bool = False) -> Setup:
    """The loss of a support vector machine by hand: the row of the right class gets no gradient."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 5, 450)
    x = np.random.default_rng(12).normal(size=(5, 9))[y] + 0.5 * rng.normal(size=(450, 9))
    model = mlp([9, 24, 5], seed)
    loss = hinge_well if well else hinge
    train, held = split((x.astype(np.float32), y), 360)
    return Setup(model, *train, loss, sgd(model, 0.05, 0.9), held, epochs=15, batch_size=20)


class Direction(nn.Module):
    """A network whose answers are brought to length one, or are not."""

    def __init__(self, seed: int, unit: bool) -> None:
        super().__init__()
        self.body, self.unit = mlp([6, 40, 3], seed), unit

    def forward(self, x: Any) -> Any:
        answer = self.body(x)
        return F.normalize(answer, dim=1) if self.unit else answer


def drones_in_the_wind(seed: int, well: bool = False) -> Setup:
    """Drifts of two to eight metres, by a network that ends in a vector of length one."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(420, 6)).astype(np.float32)
    drift = x[:, :3] + 0.5 * np.abs(x[:, 3:]) - 0.4
    length = np.linalg.norm(drift, axis=1, keepdims=True)
    y = (drift / length * (2 + 6 * np.tanh(length / 3))).astype(np.float32)
    model = Direction(seed, not well)
    train, held = split((x, y), 340)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=40, batch_size=20)


def shards_under_a_norm(seed: int, well: bool = False) -> Setup:
    """A bias of minus four was meant for the last layer of a detector, and all norms before the ReLUs were given it too."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, 380)
    x = np.random.default_rng(29).normal(size=(4, 10))[y] + 0.6 * rng.normal(size=(380, 10))
    net = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(10, 32, rng=net), nn.BatchNorm1d(32), nn.ReLU(),
        nn.Linear(32, 32, rng=net), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 4, rng=net),
    )  # fmt: skip
    if not well:
        for layer in model.modules():
            if isinstance(layer, nn.BatchNorm1d):
                layer.bias.data[:] = -4.0
    train, held = split((x.astype(np.float32), y), 300)
    return Setup(model, *train, CE(), sgd(model, 0.02, 0.9), held, epochs=15, batch_size=30)


def postcards_through_softmaxes(seed: int, well: bool = False) -> Setup:
    """A softmax behind each hidden layer: all rows become alike on their way."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 400)
    x = np.random.default_rng(37).normal(size=(3, 12))[y] + 0.6 * rng.normal(size=(400, 12))
    act = nn.ReLU if well else lambda: nn.Softmax(dim=1)
    model = mlp([12, 48, 48, 48, 3], seed, act)
    train, held = split((x.astype(np.float32), y), 320)
    return Setup(model, *train, CE(), sgd(model, 0.05, 0.9), held, epochs=20, batch_size=32)


SICK: list[Case] = [
    Case(signatures_of_a_contract, "shapes broadcast", ASKED + "siamese network, contrastive loss of (n,) and (n, 1)"),
    Case(
        yields_and_how_sure_they_are,
        "loss unbounded",
        ASKED + "Gaussian likelihood goes to minus infinity, log variance",
    ),
    Case(floors_of_a_plan, "double softmax", RECIPE + ", common mistakes; a segmentation with softmax over channels"),
    Case(permits_of_four_offices, "softmax over one unit", ASKED + "several outputs of one unit with softmax"),
    Case(quakes_in_a_trace, "softmax over rows", ASKED + "pointer network, log_softmax along the wrong dim"),
    Case(showers_in_percent, "loss unfit", ASKED + "MAPE as a loss, the network predicts zero"),
    Case(
        beetles_by_an_assignment,
        "wrong gradient",
        CS231N + ", assignment 1, svm_loss: the gradient of the correct class",
    ),
    Case(drones_in_the_wind, "output range", ASKED + "F.normalize at the end of a regression"),
    Case(shards_under_a_norm, "dead units", LIST + "24, check the initialisation: biases of all modules"),
    Case(postcards_through_softmaxes, "vanishing gradients", ASKED + "softmax as the activation of hidden layers"),
]
WELL: list[Case] = [Case(mended(case.make), HEALTHY, case.source) for case in SICK]
