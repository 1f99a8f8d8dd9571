"""A masked array is data with holes in it: an array made of it would hold what is under the mask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nn
from autograd import OperandError
from autograd.check import check_gradients
from nn import data
from nn import functional as F
from nn.training import metrics

HOLED = np.ma.masked_array(np.ones((8, 3)), mask=np.arange(24).reshape(8, 3) == 5)
LABELS = np.ma.masked_array(np.arange(8) % 2, mask=np.arange(8) == 3)
WHOLE = np.ma.masked_array(np.arange(24.0).reshape(8, 3))
READERS: dict[str, Callable[[], Any]] = {
    "DataLoader": lambda: next(iter(data.DataLoader(HOLED, np.ones(8), batch_size=4))),
    "DataLoader of samples": lambda: next(iter(data.DataLoader([(row, 1.0) for row in HOLED], batch_size=4))),
    "split": lambda: data.split(HOLED, np.ones(8)),
    "split by labels": lambda: data.split(np.ones(8), stratify=LABELS),
    "folds": lambda: data.folds(LABELS, 2),
    "Standardize": lambda: data.Standardize().fit(HOLED),
    "Standardize of the test part": lambda: data.Standardize().fit(WHOLE.data)(HOLED),
    "jitter": lambda: data.jitter(HOLED, 0.1),
    "fit": lambda: nn.fit(nn.Linear(3, 1, rng=0), (HOLED, np.ones((8, 1))), epochs=1),
    "labels of a loss": lambda: F.cross_entropy(np.zeros((8, 2)), LABELS),
    "targets of a loss": lambda: F.mse_loss(np.zeros((8, 3)), HOLED),
    "a metric": lambda: metrics.accuracy(np.zeros((8, 2)), LABELS),
    "an embedding": lambda: nn.Embedding(2, 3)(LABELS),
    "a mask of attention": lambda: F.scaled_dot_product_attention(
        np.ones((8, 3)), np.ones((8, 3)), np.ones((8, 3)), LABELS[None] > 0
    ),
    "a check": lambda: check_gradients(np.sum, HOLED),
    "a gradient that is checked": lambda: check_gradients(np.sum, np.ones((8, 3)), grad=lambda x: HOLED),
    "a buffer": lambda: nn.Module().register_buffer("mean", HOLED),
    "a state": lambda: nn.Linear(3, 8, rng=0).load_state_dict({"weight": HOLED, "bias": np.zeros(8)}),
}


@pytest.mark.parametrize("name", READERS)
def test_masked_elements_are_refused(name: str) -> None:
    with pytest.raises(OperandError, match="mask"):
        READERS[name]()


def test_a_mask_over_nothing_loses_nothing() -> None:
    train, _ = data.split(WHOLE, shares=(0.5, 0.5))
    assert np.shape(train[0]) == (4, 3)
