"""Models of several outputs: what stands at the end of each beside what its loss takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import diagnose_script

SCRIPT = """
import numpy as np, nn, optim
import autograd as ag
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.normal(size=(160, 5)).astype(np.float32)
size, label = SPREAD * np.tanh(x[:, :1] + x[:, 1:2]), (x[:, 2:3] > x[:, 3:4]).astype(np.float32)


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk, self.a, self.b = nn.Linear(5, 16, rng=0), nn.Linear(16, 1, rng=1), nn.Linear(16, 1, rng=2)

    def forward(self, x):
        h = ag.tanh(self.trunk(x))
        return SIZE(self.a(h)), LABEL(self.b(h)), h


model = Two()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for rows in np.array_split(rng.permutation(160), 8):
        one, two, h = model(x[rows])
        loss = ((one - size[rows]) ** 2).mean() + F.LOSS(two, label[rows]) + 1e-4 * (h * h).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
TORCH = """
import numpy as np, torch
import torch.nn.functional as F
from torch import nn
rng = np.random.default_rng(0)
x = torch.tensor(rng.normal(size=(160, 5)), dtype=torch.float32)
size, label = SPREAD * torch.tanh(x[:, :1] + x[:, 1:2]), (x[:, 2:3] > x[:, 3:4]).float()


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk, self.a, self.b = nn.Linear(5, 16), nn.Linear(16, 1), nn.Linear(16, 1)

    def forward(self, x):
        h = torch.tanh(self.trunk(x))
        return SIZE(self.a(h)), LABEL(self.b(h)), h


torch.manual_seed(0)
model = Two()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for rows in torch.randperm(160).split(20):
        one, two, h = model(x[rows])
        loss = ((one - size[rows]) ** 2).mean() + F.LOSS(two, label[rows]) + 1e-4 * (h * h).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
SCORES = "binary_cross_entropy_with_logits"
RUNS = {
    "scores out of a sigmoid": ("", "ag.sigmoid", "2.0", SCORES, "double softmax"),
    "scores out of a rectifier": ("", "F.relu", "2.0", SCORES, "output range"),
    "numbers out of a sigmoid": ("ag.sigmoid", "", "2.0", SCORES, "output range"),
    "numbers out of a tanh": ("ag.tanh", "", "2.0", SCORES, "output range"),
    "numbers within a tanh": ("ag.tanh", "", "0.9", SCORES, ""),
    "probabilities": ("", "ag.sigmoid", "2.0", "binary_cross_entropy", ""),
    "shares over the batch": ("(lambda o: o + F.softmax(o, dim=0))", "", "2.0", SCORES, "softmax over rows"),
    "a little noise": ("(lambda o: o + 1e-3 * rng.normal(size=o.shape).astype(np.float32))", "", "2.0", SCORES, ""),
    "as they are": ("", "", "2.0", SCORES, ""),
}


def find_end(path: Path, text: str, run: str) -> str:
    size, label, spread, loss, _ = RUNS[run]
    if text is TORCH:
        size, label = (part.replace("ag.", "torch.") for part in (size, label))
    for name, made in (("SIZE", size), ("LABEL", label), ("SPREAD", spread), ("LOSS", loss)):
        text = text.replace(name, made)
    path.write_text(text)
    found = diagnose_script(path, quick=True)
    cause = found.findings[0].cause if found.findings else ""
    if cause:
        assert found.findings[0].place.line is not None
    return cause


@pytest.mark.integration
@pytest.mark.parametrize("run", list(RUNS))
def test_the_end_of_each_output_is_held_beside_its_own_loss(run: str, tmp_path: Path) -> None:
    assert find_end(tmp_path / "train.py", SCRIPT, run) == RUNS[run][-1]


@pytest.mark.integration
@pytest.mark.parametrize("run", ["scores out of a sigmoid", "numbers out of a tanh", "as they are"])
def test_the_end_of_each_output_of_pytorchs(run: str, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    assert find_end(tmp_path / "train.py", TORCH, run) == RUNS[run][-1]
