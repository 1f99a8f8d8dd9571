"""Losses that are computed and multiplied by 0."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop.script import watch_script

OURS = """
import numpy as np
import nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.normal(size=(200, 4)).astype(np.float32)
y = (x[:, :1] > 0).astype(np.float32)
model = nn.Sequential(nn.Linear(4, 8, rng=0), nn.Tanh(), nn.Linear(8, 1, rng=1))
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(30):
    for rows in np.array_split(rng.permutation(200), 8):
        out = model(x[rows])
        loss = 0.1 * (out * out).mean() + WEIGHT * F.binary_cross_entropy_with_logits(out, y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
TORCH = """
import torch
from torch import nn
from torch.nn import functional as F
torch.manual_seed(0)
x = torch.randn(200, 4)
y = (x[:, :1] > 0).float()
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(30):
    for rows in torch.randperm(200).split(25):
        out = model(x[rows])
        loss = 0.1 * (out * out).mean() + WEIGHT * F.binary_cross_entropy_with_logits(out, y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize("text", [OURS, TORCH], ids=["ours", "torch"])
@pytest.mark.parametrize(("weight", "told"), [("(epoch // 50)", True), ("(epoch > 0)", False), ("0.5", False)])
def test_a_loss_that_is_multiplied_by_nothing_is_told(tmp_path: Path, text: str, weight: str, told: bool) -> None:
    if text is TORCH:
        pytest.importorskip("torch")
    path = tmp_path / "train.py"
    path.write_text(text.replace("WEIGHT", weight))
    found = [f for f in watch_script(path).findings if f.cause == "loss ignores targets"]
    assert [f.place.line.lineno for f in found if f.place is not None] == [
        path.read_text().splitlines().index("        loss.backward()") + 1
    ] * told
