"""Scripts that move their weights without an optimizer: experiments are made with one that moves them so."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import watch_script

TEXT = """
import numpy as np
from autograd import Tensor, tanh
rng = np.random.default_rng(0)
x = rng.normal(size=(96, 4)).astype(np.float32)
y = (x[:, :1] * x[:, 1:2]).astype(np.float32)
first = Tensor(rng.normal(size=(4, 8)).astype(np.float32) / 2, requires_grad=True)
last = Tensor(rng.normal(size=(8, 1)).astype(np.float32) / 3, requires_grad=True)
speeds = [np.zeros((4, 8), np.float32), np.zeros((8, 1), np.float32)]
for step in range(80):
    rows = rng.integers(0, 96, 16)
    loss = ((tanh(Tensor(x[rows]) @ first) @ last - Tensor(y[rows])) ** 2).mean()
    first.grad = last.grad = None
    loss.backward()
    for w, v in zip((first, last), speeds):
        MOVE
"""


@pytest.mark.parametrize(
    ("move", "momentum", "decay"),
    [
        ("w.data = w.data - 0.05 * w.grad", 0.0, 0.0),
        ("v[...] = 0.8 * v - 0.05 * w.grad; w.data = w.data + v", 0.8, 0.0),
        ("v[...] = 0.8 * v + w.grad + 0.1 * w.data; w.data = w.data - 0.05 * v", 0.8, 0.1),
        ("w.data = 0.95 * w.data - 0.05 * w.grad", 0.0, 1.0),
    ],
)
def test_momentum_and_decay_by_hand_are_those_of_the_experiments(
    tmp_path: Path, move: str, momentum: float, decay: float
) -> None:
    script = tmp_path / "train.py"
    script.write_text(TEXT.replace("MOVE", move))
    seen = watch_script(script)
    options = seen.optimizer.param_groups[0]
    told = options["lr"], options["momentum"], options["weight_decay"]
    assert told == pytest.approx((0.05, momentum, decay), abs=1e-3)
    # It moves the parameters of the model that the experiments are made with.
    assert {id(p) for p in options["params"]} == {id(p) for p in seen.model.parameters()}
