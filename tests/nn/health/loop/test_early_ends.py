"""Runs that are left in their first round, though their text says that they go round often, wherever it says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import diagnose_script
from nn.health.loop.script import watch_script

TEXT = """
import numpy as np
import nn, optim
from nn import functional as F
rng = np.random.default_rng(0)


class config:
    epochs = 30
    more = {"epochs": 30}


settings = config()


x = rng.normal(size=(240, 4)).astype(np.float32)
y = (x[:, :1] - np.abs(x[:, 1:2])).astype(np.float32)
model = nn.Sequential(nn.Linear(4, 24, rng=1), nn.ReLU(), nn.Linear(24, 1, rng=2))
optimizer = optim.Adam(model.parameters(), lr=0.002)
best = np.inf
for epoch in range(EPOCHS):
    for rows in np.array_split(rng.permutation(200), 8):
        loss = F.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    held = F.mse_loss(model(x[200:]), y[200:]).item()
    if held SIGN best:
        break
    best = held
"""


@pytest.mark.parametrize("epochs", ["30", "config.epochs", "config.more['epochs']", "settings.epochs"])
def test_a_stop_that_comes_at_once_is_told(tmp_path: Path, epochs: str) -> None:
    path = tmp_path / "train.py"
    path.write_text(TEXT.replace("EPOCHS", epochs).replace("SIGN", "<"))
    found = diagnose_script(path)
    assert found.cause == "too few steps", str(found)
    assert "left in its first round" in str(found)


def test_a_stop_that_comes_late_is_none(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(TEXT.replace("EPOCHS", "30").replace("SIGN", "> 2.0 *"))
    found = diagnose_script(path)
    assert found.cause == "healthy", str(found)


def test_a_run_is_as_long_as_it_was_and_not_as_its_loop_says(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(TEXT.replace("EPOCHS", "30").replace("held SIGN best", "epoch == 3"))
    seen = watch_script(path)
    assert (seen.iterations, seen.epochs, len(seen.inputs)) == (32, 4, 200)
    found = diagnose_script(path)
    assert (found.cause, found.trials[0].steps) == ("too few steps", 32), str(found)
