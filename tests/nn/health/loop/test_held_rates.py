"""Rates that fall in a straight line: which of them will be below zero."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop.script import diagnose_script

SCRIPT = """
import numpy as np
import nn
from autograd import Tensor

rng = np.random.default_rng(0)
x = rng.standard_normal((64, 4))
y = np.tanh(x[:, :1] * 2 - x[:, 1:2])
model = nn.Sequential(nn.Linear(4, 8, rng=0), nn.Tanh(), nn.Linear(8, 1, rng=1))
lr = 0.11
for step in range(400):
    loss = ((model(Tensor(x)) - Tensor(y)) ** 2).mean()
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= lr * p.grad
    CHANGE
"""
FALLS = "lr -= 0.001"
HELD = {
    "for some steps": f"if step < 100: {FALLS}",
    "to a bound": f"{FALLS}\n    if lr < 0.01: lr = 0.01",
    "to a bound, in one line": "lr = lr - 0.001 if lr > 0.01 else lr",
    "until the end": f"{FALLS}\n    if lr <= 0: break",
    "to a bound of NumPy's": "lr = np.maximum(lr - 0.001, 0.01)",
}
NOT_HELD = {"on": FALLS, "on, beside a name with max": f"{FALLS}\n    best = np.argmax([1, 2]), x.max()"}


def causes(change: str, folder: Path) -> list[str]:
    path = folder / "train.py"
    path.write_text(SCRIPT.replace("CHANGE", change))
    return [finding.cause for finding in diagnose_script(path, seconds=20.0).findings]


@pytest.mark.parametrize("change", HELD.values(), ids=HELD)
def test_a_rate_that_is_held_will_not_be_below_zero(change: str, tmp_path: Path) -> None:
    assert causes(change, tmp_path) == []


@pytest.mark.parametrize("change", NOT_HELD.values(), ids=NOT_HELD)
def test_a_rate_that_goes_on_falling_will_be(change: str, tmp_path: Path) -> None:
    assert causes(change, tmp_path) == ["loss maximised"]
