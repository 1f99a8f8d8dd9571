"""A row alone is what it is in a batch of one: losses, convolutions, pools, and what is looked up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nn.functional as F

RNG = np.random.default_rng(0)
SCORES, CLASSES = RNG.normal(size=(3, 4)), np.array([1, 3, 0])
LABELS = np.array([[1, 3, -1, -1], [0, -1, -1, -1], [2, 1, 0, -1]])
IMAGES, SERIES = RNG.normal(size=(2, 4, 6, 6)), RNG.normal(size=(2, 4, 8))

LOSSES: dict[str, Callable[[int | slice], Any]] = {
    "cross_entropy": lambda k: F.cross_entropy(SCORES[k], CLASSES[k]),
    "nll_loss": lambda k: F.nll_loss(F.log_softmax(SCORES)[k], CLASSES[k]),
    "multilabel_margin_loss": lambda k: F.multilabel_margin_loss(SCORES[k], LABELS[k]),
    "multilabel_soft_margin_loss": lambda k: F.multilabel_soft_margin_loss(SCORES[k], (SCORES > 0.0)[k] * 1.0),
    "cosine_embedding_loss": lambda k: F.cosine_embedding_loss(SCORES[k], SCORES[::-1][k], np.array([1, -1, 1])[k]),
    "triplet_margin_loss": lambda k: F.triplet_margin_loss(SCORES[k], SCORES[::-1][k], 2.0 * SCORES[k] + 1.0),
}
IMAGE_MAPS: dict[str, Callable[[Any], Any]] = {
    "conv2d": lambda x: F.conv2d(x, np.ones((2, 4, 3, 3)), np.array([1.0, -1.0])),
    "conv_transpose2d": lambda x: F.conv_transpose2d(x, np.ones((4, 2, 3, 3)), stride=2),
    "max_pool2d": lambda x: F.max_pool2d(x, 2),
    "avg_pool2d": lambda x: F.avg_pool2d(x, 3, stride=2, padding=1),
    "lp_pool2d": lambda x: F.lp_pool2d(x, 2.0, 2),
    "adaptive_max_pool2d": lambda x: F.adaptive_max_pool2d(x, (2, 3)),
    "adaptive_avg_pool2d": lambda x: F.adaptive_avg_pool2d(x, 4),
    "unfold": lambda x: F.unfold(x, 3),
}
SERIES_MAPS: dict[str, Callable[[Any], Any]] = {
    "conv1d": lambda x: F.conv1d(x, np.ones((2, 4, 3)), padding=1),
    "conv_transpose1d": lambda x: F.conv_transpose1d(x, np.ones((4, 2, 3))),
    "max_pool1d": lambda x: F.max_pool1d(x, 2),
    "avg_pool1d": lambda x: F.avg_pool1d(x, 2),
    "fold": lambda x: F.fold(x.reshape(*x.shape[:-2], 8, 4)[..., :4], (3, 3), 2),
}


@pytest.mark.parametrize("name", LOSSES)
def test_the_loss_of_a_lone_row(name: str) -> None:
    for row in range(3):
        lone, batch = LOSSES[name](row), LOSSES[name](slice(row, row + 1))
        assert np.shape(lone) == ()
        np.testing.assert_allclose(lone, batch, rtol=1e-12)


@pytest.mark.parametrize("name", [*IMAGE_MAPS, *SERIES_MAPS])
def test_a_lone_image_or_series(name: str) -> None:
    function, given = (IMAGE_MAPS[name], IMAGES) if name in IMAGE_MAPS else (SERIES_MAPS[name], SERIES)
    whole = np.asarray(function(given))
    for k in range(2):
        np.testing.assert_allclose(function(given[k]), whole[k], rtol=1e-12)
        np.testing.assert_allclose(function(given[k : k + 1]), whole[k : k + 1], rtol=1e-12)
