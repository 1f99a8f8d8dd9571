"""A model or a loss may edit in place what it is given: the user's rows stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nn


class Centred(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8, rng=0), nn.Tanh(), nn.Linear(8, 1, rng=1))

    def forward(self, x: Any) -> Any:
        x -= 0.25
        return self.body(x)


def halved(outputs: Any, targets: Any) -> Any:
    targets *= 0.5
    return ((outputs - targets) ** 2).mean()


def batches(x: Any, y: Any) -> list[tuple[Any, Any]]:
    return [(x[:50], y[:50]), (x[50:], y[50:])]


CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "fit": lambda x, y: nn.fit(Centred(), (x, y), loss=halved, epochs=1),
    "evaluate": lambda x, y: nn.evaluate(Centred(), (x, y), loss=halved),
    "find_lr": lambda x, y: nn.find_lr(Centred(), (x, y), loss=halved),
    "fit, batches": lambda x, y: nn.fit(Centred(), batches(x, y), loss=halved, epochs=2, validation=batches(x, y)),
    "evaluate, batches": lambda x, y: nn.evaluate(Centred(), batches(x, y), loss=halved),
    "find_lr, batches": lambda x, y: nn.find_lr(Centred(), batches(x, y), loss=halved),
    "worst": lambda x, y: nn.worst(Centred(), (x, y), loss="mse"),
    "examine": lambda x, y: nn.health.examine(Centred(), x, y, halved),
    "diagnose": lambda x, y: nn.health.diagnose(Centred(), (x, y), halved, quick=True).session(),
    "checklist": lambda x, y: nn.checklist(Centred(), (x, y), halved, quick=True),
}


@pytest.mark.parametrize("name", CALLS)
def test_rows_stay_as_they_are(name: str) -> None:
    x = np.random.default_rng(0).normal(size=(120, 4)).astype(np.float32)
    y = (x[:, :1] > 0).astype(np.float32)
    before = x.copy(), y.copy()
    CALLS[name](x, y)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])
