"""The tuning half: runs whose answers lie on another scale than their targets, as their losses ask: scores, logarithms, shares."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from nn import functional
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import adam
from tests.nn.health.corpus.rows import Rows


def sides(seed: int, count: int = 500) -> Rows:
    """Rows on one side of a bent border or the other, −1 or 1."""
    x = np.random.default_rng(seed).normal(size=(count, 6)).astype(np.float32)
    return x, np.where(x[:, :1] + x[:, 1:2] * x[:, 2:3] > 0.0, 1.0, -1.0).astype(np.float32)


def visits(seed: int, count: int = 500) -> Rows:
    """How often somebody came: counts, whose logarithms go with the features."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 4)).astype(np.float32)
    return x, rng.poisson(np.exp(0.9 * x[:, :1] + 0.5 * x[:, 1:2] + 0.7)).astype(np.float32)


def sides_by_hinge(seed: int) -> Setup:
    model = mlp([6, 24, 1], seed, nn.Tanh)
    return Setup(model, *sides(seed), nn.HingeLoss(), adam(model, 0.01), epochs=30)


def sides_by_soft_margin(seed: int) -> Setup:
    model = mlp([6, 24, 1], seed, nn.Tanh)
    return Setup(model, *sides(seed), functional.soft_margin_loss, adam(model, 0.01), epochs=30)


def visits_by_logarithms(seed: int) -> Setup:
    model = mlp([4, 16, 1], seed, nn.Tanh)
    return Setup(model, *visits(seed), functional.poisson_nll_loss, adam(model, 0.01), epochs=25)


def costs_by_an_own_logarithm(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 4)).astype(np.float32)
    y = np.exp(x[:, :1] + 0.5 * x[:, 1:2] * x[:, 2:3] + 2.0).astype(np.float32)

    def of_logarithms(outputs: Any, targets: Any) -> Any:
        return ((outputs - np.log(targets)) ** 2).mean()

    model = mlp([4, 32, 1], seed, nn.Tanh)
    return Setup(model, x, y, of_logarithms, adam(model, 0.01), epochs=30)


def shares_by_divergence(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 5)).astype(np.float32)
    y = np.exp(x @ rng.normal(size=(5, 3)))
    model = mlp([5, 24, 3], seed, nn.Tanh, nn.LogSoftmax(1))
    shares = (y / y.sum(axis=1, keepdims=True)).astype(np.float32)
    return Setup(model, x, shares, nn.KLDivLoss(reduction="batchmean"), adam(model, 0.01), epochs=30)


def spots_by_overlap(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(300, 1, 8, 8)).astype(np.float32)
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    y = (padded[:, :, :-2, 1:-1] + padded[:, :, 2:, 1:-1] > 0.5).astype(np.float32)

    def dice(outputs: Any, targets: Any) -> Any:
        return 1.0 - (2.0 * (outputs * targets).sum() + 1.0) / (outputs.sum() + targets.sum() + 1.0)

    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=seed), nn.ReLU(), nn.Conv2d(8, 1, 1, rng=seed + 1), nn.Sigmoid()
    )
    return Setup(model, x, y, dice, adam(model, 0.01), epochs=20)


def sides_by_hinge_too_slowly(seed: int) -> Setup:
    model = mlp([6, 24, 1], seed, nn.Tanh)
    return Setup(model, *sides(seed), nn.HingeLoss(), adam(model, 1e-6), epochs=30)


def visits_too_fast(seed: int) -> Setup:
    model = mlp([4, 16, 1], seed, nn.Tanh)
    return Setup(model, *visits(seed), functional.poisson_nll_loss, adam(model, 3.0), epochs=25)


def visits_too_slowly(seed: int) -> Setup:
    model = mlp([4, 16, 1], seed, nn.Tanh)
    return Setup(model, *visits(seed), functional.poisson_nll_loss, adam(model, 1e-6), epochs=25)


WELL = [
    Case(make, HEALTHY, "margins, counts, shares and overlaps, as the handbooks of both frameworks train by them")
    for make in (
        sides_by_hinge, sides_by_soft_margin, visits_by_logarithms, costs_by_an_own_logarithm, shares_by_divergence,
        spots_by_overlap,
    )
]  # fmt: skip
SICK = [
    Case(sides_by_hinge_too_slowly, "learning rate too low", "the same with a rate that does nothing"),
    Case(visits_too_fast, "learning rate too high", "the same with a rate that is too large"),
    Case(visits_too_slowly, "learning rate too low", "the same with a rate that does nothing"),
]
