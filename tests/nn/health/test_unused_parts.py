"""One of several inputs: whether the answers go by what is made of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
import optim
from nn.health.evidence.facts import look
from nn.health.evidence.structure import find_unused_part
from nn.health.frameworks.own import OwnNetwork
from nn.health.multi_input import join_inputs
from nn.health.subject import Subject


class Pair(nn.Module):
    """A layer for each of two inputs; `how` says what becomes of the second."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.first, self.second, self.how = nn.Linear(3, 2, rng=0), nn.Linear(3, 2, rng=1), how
        if how == "begins at zero":
            self.second.weight.data = np.zeros((2, 3), np.float32)

    def forward(self, a: Any, b: Any) -> Any:
        answer = self.first(a)
        if self.how == "not asked":
            return answer
        told = self.second(b)
        if self.how in ("left out", "a constant"):
            return answer
        return answer + (told.detach() if self.how == "cut off" else told)


@pytest.mark.parametrize("how", ["left out", "a constant", "not asked", "cut off", "begins at zero", "added"])
def test_what_is_made_of_an_input_and_left_out_is_told(how: str) -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 48, 3)).astype(np.float32)
    if how == "a constant":
        b[:] = b[0]
    x = join_inputs({"a": a, "b": b})
    model = Pair(how)
    network = OwnNetwork(
        model, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1), apply=lambda m, r: m(r["a"], r["b"])
    )
    subject = Subject(network, x, rng.normal(size=(48, 2)).astype(np.float32), None, 16, True, None, 10, 0)
    found = list(find_unused_part(subject, look(subject)))
    assert [(f.cause, f.path) for f in found] == ([("inputs unused", "second")] if how == "left out" else [])
