"""Half precision ends at 65,504: counts beyond it are not counted in it, forwards and backwards."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, grad, hessian
from nn import functional as F
from tests.sweep import sweep

MANY = 70_000
ALL = np.ones(MANY, bool)
SPREAD = np.where(np.arange(MANY) % 2, 1.0, 3.0).astype(np.float16)
WEIGHTS = np.full(MANY, 0.25, np.float16)

MEANS: dict[str, Callable[[Any], Any]] = {
    "mean": np.mean,
    "mean over an axis": lambda x: np.mean(x.reshape(-1, 1), axis=0).sum(),
    "mean where": lambda x: np.mean(x, where=ALL),
    "nanmean": np.nanmean,
    "average": np.average,
    "var": np.var,
    "nanvar": np.nanvar,
    "std": np.std,
    "nanstd": np.nanstd,
    "ptp": np.ptp,
    "norm": lambda x: np.linalg.norm(x * np.float16(0.125)),
    "softmax": lambda x: 1000 * ag.softmax(x)[0],
    "log_softmax": lambda x: ag.log_softmax(x)[0],
    "logsumexp": ag.logsumexp,
    "mse_loss": lambda x: F.mse_loss(x, np.zeros(MANY, np.float16)),
    "l1_loss": lambda x: F.l1_loss(x, np.zeros(MANY, np.float16)),
    "huber_loss": lambda x: F.huber_loss(x, np.zeros(MANY, np.float16)),
    "cross_entropy of many": lambda x: F.cross_entropy(x.reshape(-1, 2), np.zeros(MANY // 2, int)),
    "cross_entropy of many classes": lambda x: F.cross_entropy(x.reshape(1, -1), np.zeros(1, int)),
    "label smoothing": lambda x: F.cross_entropy(x.reshape(1, -1), np.zeros(1, int), label_smoothing=0.1),
    "kl_div": lambda x: F.kl_div(x.reshape(-1, 1), np.ones((MANY, 1), np.float16), "batchmean"),
    "multi_margin_loss": lambda x: F.multi_margin_loss(x.reshape(1, -1), np.zeros(1, int)),
    "average pooling": lambda x: nn.AvgPool1d(MANY)(x.reshape(1, 1, -1)).sum(),
    "average pooling within": lambda x: nn.AvgPool1d(MANY, count_include_pad=False)(x.reshape(1, 1, -1)).sum(),
    "adaptive pooling": lambda x: nn.AdaptiveAvgPool1d(1)(x.reshape(1, 1, -1)).sum(),
    "max pooling of ties": lambda x: nn.MaxPool1d(MANY)(x.reshape(1, 1, -1)).sum(),
    "max of ties": np.max,
}


@pytest.mark.integration
@pytest.mark.parametrize("case", MEANS)
def test_many_elements(case: str) -> None:
    """The gradient in half precision is that in double precision, rounded."""
    f = MEANS[case]
    found = grad(f)(SPREAD)
    expected = grad(f)(SPREAD.astype(float))
    assert found.dtype == np.float16
    assert np.any(expected != 0.0)
    # Of numbers near the least ones of half precision, two units.
    np.testing.assert_allclose(found.astype(float), expected, rtol=4e-3, atol=1.2e-7)


@pytest.mark.parametrize("case", sweep(MEANS, 4))
def test_values_of_many_elements(case: str) -> None:
    f = MEANS[case]
    out = f(Tensor(SPREAD))
    assert float(out.data) == pytest.approx(float(f(Tensor(SPREAD.astype(float))).data), rel=4e-3)


@pytest.mark.parametrize("q", [0.5, np.float16(0.5), np.float64(0.5)])
def test_quantiles_of_many(q: Any) -> None:
    found = grad(lambda x: np.quantile(x, q))(SPREAD)
    assert found.dtype == np.float16
    assert sorted(found[found != 0.0]) == [0.5, 0.5]


def test_batch_normalisation_of_many() -> None:
    layer = nn.BatchNorm1d(1, dtype=np.float16)
    out = layer(Tensor(SPREAD.reshape(-1, 1), requires_grad=True))
    np.testing.assert_allclose(out.data[:2].astype(float).ravel(), [1.0, -1.0], rtol=2e-3)


def test_second_derivatives_of_a_mean() -> None:
    assert hessian(lambda x: np.mean(x**2))(np.ones(3, np.float16)).dtype == np.float16
    slope = ag.hvp(lambda x: np.mean(x * x), (SPREAD,), (np.ones(MANY, np.float16),))
    assert slope[0] == pytest.approx(2.0 / MANY, rel=4e-3)


def test_numbers_between_half_and_single() -> None:
    assert np.linspace(Tensor(np.float16(0.0)), np.float16(1.0), MANY, retstep=True)[1].item() == pytest.approx(
        1.0 / (MANY - 1), rel=4e-3
    )
    assert math.isclose(float(ag.logsumexp(np.zeros(MANY, np.float16))), math.log(MANY), rel_tol=1e-3)
