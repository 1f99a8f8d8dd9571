"""Scripts that stop because a loss refuses their targets, and scripts whose losses are of the weights alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograd.errors import UsageError
from nn.health import Diagnosis
from nn.health.loop import diagnose_script

TEXT = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.normal(size=(120, 4)).astype(np.float32)
y = (x[:, 0] > x[:, 1]).astype(int)
y[AT] = 2
model = nn.Sequential(nn.Linear(4, 16, rng=0), nn.Tanh(), nn.Linear(16, 2, rng=1))
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for k in range(0, 120, 10):
        loss = LOSS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
TORCH = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(120, 4)
y = (x[:, 0] > x[:, 1]).long()
y[AT] = 2
model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for k in range(0, 120, 10):
        loss = LOSS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
LOSSES = [
    (TEXT, "F.cross_entropy(model(x[k : k + 10]), y[k : k + 10])"),
    (TEXT, "nn.CrossEntropyLoss()(model(x[k : k + 10]), y[k : k + 10])"),
    (TORCH, "nn.functional.cross_entropy(model(x[k : k + 10]), y[k : k + 10])"),
    (TORCH, "nn.CrossEntropyLoss()(model(x[k : k + 10]), y[k : k + 10])"),
]
PENALTY = "sum((p**2).sum() for p in model.parameters())"


def run(folder: Path, text: str, loss: str, at: str) -> Diagnosis:
    if text is TORCH:
        pytest.importorskip("torch")
    path = folder / "train.py"
    path.write_text(text.replace("LOSS", loss).replace("AT", at))
    return diagnose_script(path, quick=True)


@pytest.mark.parametrize(("text", "loss"), LOSSES)
@pytest.mark.parametrize(("at", "told"), [("3:5", "before its first pass"), ("77:79", "after 7 passes")])
def test_targets_that_a_loss_refuses(text: str, loss: str, at: str, told: str, tmp_path: Path) -> None:
    found = run(tmp_path, text, loss, at)
    assert [f.cause for f in found.findings] == ["targets outside the loss"]
    line = found.findings[0].place.line
    assert line is not None and loss in line.line
    (stopped,) = (one for one in found.evidence if "stopped" in one)
    assert told in stopped
    assert "report it" not in stopped


@pytest.mark.parametrize(("text", "loss"), LOSSES)
def test_an_error_of_a_loss_for_another_reason_is_told_as_it_is(text: str, loss: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not run"):
        run(tmp_path, text, loss.replace("y[k : k + 10]", "y[k : k + 9]"), ":0")


@pytest.mark.parametrize(("text", "loss"), LOSSES)
@pytest.mark.parametrize(("penalty", "causes"), [("1e-4 * ", ["loss ignores targets"]), ("loss + 1e-4 * ", [])])
def test_a_penalty_in_the_place_of_a_loss(
    text: str, loss: str, penalty: str, causes: list[str], tmp_path: Path
) -> None:
    found = run(tmp_path, text, f"{loss}\n        loss = {penalty}{PENALTY}", ":0")
    assert [f.cause for f in found.findings] == causes


CARRIED = """
import numpy as np, nn, optim
rng = np.random.default_rng(0)
x = rng.normal(size=(120, 4)).astype(np.float32)
y = np.tanh(x[:, :1] - x[:, 1:2])


class Kept(nn.Module):
    def __init__(self):
        super().__init__()
        layers = [layer for n in (4, 16, 16, 16) for layer in (nn.Linear(n, 16, rng=n), nn.Tanh())]
        self.body, self.out, self.cost = nn.Sequential(*layers), nn.Linear(16, 1, rng=1), 0.0

    def forward(self, x):
        h = self.body(x)
        self.cost = KEPT
        return self.out(h)


model = Kept()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(30):
    for k in range(0, 120, 10):
        loss = ((model(x[k : k + 10]) - y[k : k + 10]) ** 2).mean() + 1e-3 * model.cost
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize(
    ("kept", "causes"), [("(h**2).mean()", []), ("self.cost + (self.out.weight**2).mean()", ["graph grows"])]
)
def test_a_small_part_of_a_loss_that_is_carried_on(kept: str, causes: list[str], tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(CARRIED.replace("KEPT", kept))
    found = diagnose_script(path, quick=True)
    assert [f.cause for f in found.findings] == causes
