"""What a loop does to the averages of batch norm: held from the first pass on, left behind, or made of other rows."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from nn.health.loop import watch_script
from nn.health.loop.norms import level_of, levels_of_each

HEAD = """
import copy
import numpy as np, nn, optim
from nn import functional as F
from autograd import no_grad
rng = np.random.default_rng(0)
x = (30.0 + 9.0 * rng.normal(size=(120, 5))).astype(np.float32)
y = (x[:, 0] > x[:, 1]).astype(int)
x_val = (30.0 + 9.0 * rng.normal(size=(40, 5))).astype(np.float32)
noise = rng.normal(size=(40, 5)).astype(np.float32)
model = nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 16, rng=0), nn.ReLU(), nn.Linear(16, 2, rng=1))
average = copy.deepcopy(model)
optimizer = optim.SGD(model.parameters(), lr=0.1)


def go(epochs=1):
    for epoch in range(epochs):
        for rows in np.array_split(rng.permutation(120), 6):
            optimizer.zero_grad()
            F.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
            for ours, theirs in zip(average.parameters(), model.parameters()):
                ours.data = 0.9 * ours.data + 0.1 * theirs.data


def look(model, x):
    with no_grad():
        return model(x).numpy().argmax(axis=1)


"""
HELD = "for epoch in range(12):\n    model.train()\n    model[0].eval()\n    go()\n    model.eval()\n    look(model, x_val)\n"
AVERAGE = (
    "for epoch in range(12):\n    model.train()\n    go()\n    average.eval()\n    FIRST\n    look(average, x_val)\n"
)
OTHERS = """
for epoch in range(12):
    model.train()
    go()
    MODE
    for k in range(4):
        look(model, noise)
    model.eval()
    look(model, x_val)
"""
COPIED = "average[0].load_state_dict(model[0].state_dict())"
CASES = {
    "held": (HELD, ["evaluation mode in training"]),
    "held after a training": ("model.train()\ngo()\n" + HELD, []),
    "left behind": (AVERAGE.replace("FIRST", "pass"), ["running statistics"]),
    "copied": (AVERAGE.replace("FIRST", COPIED), []),
    "of noise": (OTHERS.replace("MODE", "pass"), ["running statistics"]),
    "noise in evaluation mode": (OTHERS.replace("MODE", "model.eval()"), []),
    "of rows of the same scale": (OTHERS.replace("MODE", "pass").replace("noise", "x_val + 0.1"), []),
    "of training rows": (OTHERS.replace("MODE", "pass").replace("noise", "x"), []),
}


@pytest.mark.parametrize("name", CASES)
def test_averages_are_of_what_is_trained_on(name: str, tmp_path: Path) -> None:
    text, causes = CASES[name]
    path = tmp_path / "train.py"
    path.write_text(HEAD + text)
    seen = watch_script(path)
    assert [f.cause for f in seen.findings if f.cause != "training mode in evaluation"] == causes


def test_levels_of_rows_with_infinity_are_taken_without_a_warning() -> None:
    rows = np.array([[1.0, -np.inf], [2.0, 3.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        level, each = level_of(rows), levels_of_each(rows)
    assert level is not None
    assert each is not None
    assert np.isnan(level[1])
    assert each[0].tolist() == [1.5, -np.inf]
