"""Runs of a few steps for what takes hundreds: nothing is learned of it by any change, and yet the rows say what is asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nn
import optim
from nn.health import Diagnosis, diagnose
from nn.health.loop import diagnose_script

TEXT = """
import numpy as np, nn, optim
rng = np.random.default_rng(0)
x = rng.uniform(-3, 3, (240, 2)).astype(np.float32)
y = (1.5 * np.sin(2.5 * x[:, :1]) * np.cos(x[:, 1:])).astype(np.float32)
CHANGE
model = nn.Sequential(nn.Linear(2, 48, rng=0), nn.Tanh(), nn.Linear(48, 48, rng=1), nn.Tanh(), nn.Linear(48, 1, rng=2))
optimizer = optim.Adam(model.parameters(), lr=0.005)
for epoch in range(2):
    for start in range(0, 240, 24):
        loss = ((model(x[start : start + 24]) - y[start : start + 24]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


def ask(classes: bool, mixed: bool) -> Diagnosis:
    rng = np.random.default_rng(0)
    x = rng.uniform(-3, 3, (240, 2)).astype(np.float32)
    wave = np.sin((2.0 if classes else 2.5) * x[:, :1]) * np.cos(x[:, 1:])
    y = (wave[:, 0] > 0).astype(int) if classes else 1.5 * wave.astype(np.float32)
    y = rng.permutation(y) if mixed else y
    layers = [
        nn.Linear(2, 48, rng=0),
        nn.Tanh(),
        nn.Linear(48, 48, rng=1),
        nn.Tanh(),
        nn.Linear(48, 1 + classes, rng=2),
    ]
    model = nn.Sequential(*layers)
    loss = nn.CrossEntropyLoss() if classes else nn.MSELoss()
    return diagnose(model, (x, y), loss, optimizer=optim.Adam(model.parameters(), lr=0.005), epochs=2, batch_size=20)


@pytest.mark.parametrize("classes", [False, True])
@pytest.mark.parametrize("mixed", [False, True])
def test_few_steps_say_nothing_of_the_targets(classes: bool, mixed: bool) -> None:
    causes = [f.cause for f in ask(classes, mixed).findings]
    assert ("too few steps" in causes) is not mixed
    assert ("targets unrelated to inputs" in causes) is mixed


@pytest.mark.parametrize(
    ("change", "cause"), [("", "too few steps"), ("rng.shuffle(y)", "targets unrelated to inputs")]
)
def test_few_steps_of_a_script(change: str, cause: str, tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(TEXT.replace("CHANGE", change))
    assert diagnose_script(script).cause == cause
