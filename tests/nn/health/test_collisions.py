"""Networks that make few of many different rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
import optim
from nn.health.evidence.collisions import find_rows_met_alike
from nn.health.frameworks.own import OwnNetwork
from nn.health.subject import Subject


class Hashed(nn.Module):
    """A number for each of two players, of whom few are told apart."""

    def __init__(self, buckets: int) -> None:
        super().__init__()
        self.table, self.out, self.buckets = nn.Embedding(buckets, 4, rng=0), nn.Linear(8, 2, rng=1), buckets

    def forward(self, x: Any) -> Any:
        e = self.table(np.asarray(x) % self.buckets)
        return self.out(e.reshape(len(e), -1))


class Rounded(nn.Module):
    """Numbers that are rounded before any layer."""

    def __init__(self, step: float) -> None:
        super().__init__()
        self.out, self.step = nn.Linear(1, 2, rng=0), step

    def forward(self, x: Any) -> Any:
        return self.out((np.round(np.asarray(x.numpy() if hasattr(x, "numpy") else x) / self.step) * self.step)[:, :1])


@pytest.mark.parametrize(
    ("model", "kind", "told"),
    [
        (Hashed(3), "players", True),
        (Hashed(40), "players", False),
        (Rounded(2.0), "numbers", True),
        (Rounded(0.001), "numbers", False),
        # What is the same for all rows of a kind is no conflict.
        (Rounded(2.0), "by kind", False),
        # One answer for all is another fault.
        (Rounded(100.0), "numbers", False),
        (nn.Sequential(nn.Linear(2, 8, rng=0), nn.ReLU(), nn.Linear(8, 2, rng=1)), "numbers", False),
    ],
)
def test_rows_that_are_met_as_few_while_their_targets_differ(model: nn.Module, kind: str, told: bool) -> None:
    rng = np.random.default_rng(0)
    x: Any = rng.integers(0, 40, (240, 2)) if kind == "players" else rng.normal(size=(240, 2)).astype(np.float32)
    y = rng.integers(0, 2, 240) if kind != "by kind" else (np.round(x[:, 0] / 2.0) > 0).astype(int)
    network = OwnNetwork(model, nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=0.1))
    found = list(find_rows_met_alike(Subject(network, x, y, None, 16, True, None, 10, 0)))
    assert [f.cause for f in found] == ["conflicting rows"] * told
