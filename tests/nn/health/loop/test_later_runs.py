"""Runs that a script throws away before the one it is for: a batch learned by heart, a trial of rates; and rows drawn by a place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn.health.experiments.remedies.rows import _balance
from nn.health.experiments.trial import Rows
from nn.health.loop import diagnose_script

HEAD = """
import copy
import numpy as np
import nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.normal(size=(240, 4)).astype(np.float32)
y = (x[:, :1] - np.abs(x[:, 1:2])).astype(np.float32)


def build():
    return nn.Sequential(nn.Linear(4, 24, rng=1), nn.ReLU(), nn.Linear(24, 1, rng=2))


model = build()
"""
BY_HEART = """
optimizer = optim.Adam(model.parameters(), lr=0.01)
for k in range(80):
    loss = F.mse_loss(model(x[:6]), y[:6])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
RATES = """
trial = copy.deepcopy(model)
optimizer = optim.SGD(trial.parameters(), lr=1e-5)
for k in range(80):
    optimizer.param_groups[0]["lr"] = 1e-5 * 1.4**k
    rows = rng.choice(240, 24)
    loss = F.mse_loss(trial(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
MAIN = """
optimizer = optim.Adam(model.parameters(), lr=LR)
for epoch in range(30):
    for rows in np.array_split(rng.permutation(200), 10):
        loss = F.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
CALLED = """
def fit(model, x, y, epochs, size, lr):
    optimizer = optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for k in range(0, len(x), size):
            loss = F.mse_loss(model(x[k : k + size]), y[k : k + size])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


fit(build(), x[:200], y[:200], 9, 20, lr=30.0)
fit(model, x[:200], y[:200], 30, 20, lr=0.01)
"""


def tell(tmp_path: Path, text: str) -> Any:
    path = tmp_path / "train.py"
    path.write_text(text)
    return diagnose_script(path)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + BY_HEART + "model = build()\n" + MAIN.replace("LR", "0.01"),
        HEAD + RATES + MAIN.replace("LR", "0.01"),
        HEAD + CALLED,
    ],
    ids=["by heart", "rates", "called twice"],
)
def test_a_run_that_is_thrown_away_is_no_fault(tmp_path: Path, text: str) -> None:
    found = tell(tmp_path, text)
    assert found.cause == "healthy", str(found)


def test_the_run_after_it_is_looked_at(tmp_path: Path) -> None:
    found = tell(tmp_path, HEAD + BY_HEART + "model = build()\n" + MAIN.replace("LR", "1e-7"))
    assert found.cause == "learning rate too low", str(found)
    assert any("throws away" in told for told in found.evidence)


def test_a_run_that_goes_on_with_the_same_weights_is_no_other(tmp_path: Path) -> None:
    found = tell(tmp_path, HEAD + BY_HEART.replace("range(80)", "range(200)") + MAIN.replace("LR", "0.01"))
    assert found.cause == "same batch again", str(found)


def test_a_model_of_other_shapes_is_no_later_run(tmp_path: Path) -> None:
    other = HEAD + BY_HEART + "model = nn.Linear(4, 1, rng=5)\n" + MAIN.replace("LR", "0.01")
    assert tell(tmp_path, other).cause == "same batch again"


def test_what_comes_after_a_run_that_is_well_is_looked_at(tmp_path: Path) -> None:
    student = "student = nn.Linear(4, 1, rng=5)\n" + MAIN.replace("model", "student").replace("LR", "1e-7")
    found = tell(tmp_path, HEAD + MAIN.replace("LR", "0.01") + student)
    assert found.cause == "learning rate too low", str(found)
    assert any("learns" in told for told in found.evidence)


class Places:
    """Judges a class for each of three places in a row."""

    kind = "classes"

    def form(self, y: np.ndarray) -> np.ndarray:
        return np.eye(2)[y.reshape(-1)]


class Drawn:
    seed = 0
    judge = Places()

    def __init__(self, rows: Rows) -> None:
        self.rows = rows


def test_rows_of_several_classes_are_drawn_by_one_of_their_places() -> None:
    y = np.zeros((40, 3), int)
    y[3, 1] = 1
    trial: Any = Drawn(Rows(np.arange(40)[:, None], y, np.zeros((1, 1)), np.zeros((1, 3), int)))
    _balance(trial)
    assert len(trial.rows.x) == 40
    assert (trial.rows.x == 3).sum() >= 20


FIT = """
def fit(model, lr, rows=200, epochs=30):
    optimizer = optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for k in range(0, rows, min(rows, 20)):
            loss = F.mse_loss(model(x[k : k + 20]), y[k : k + 20])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


"""
COMPARED = "x[:, 0] *= np.sign(x[:, 1])\ny = (np.abs(x[:, :1]) - 0.8).astype(np.float32)\n"


@pytest.mark.parametrize(
    "text",
    [
        COMPARED + FIT + "fit(nn.Linear(4, 1, rng=3), 0.05)\nfit(build(), 0.01)\n",
        COMPARED + FIT + "for model in (nn.Linear(4, 1, rng=3), build()):\n    fit(model, 0.02)\n",
        FIT + "for lr in (1e-6, 1e-4, 1e-2):\n    fit(build(), lr)\n",
        FIT + "for lr in (1e-6, 1e-2, 30.0):\n    model = build()\n    fit(model, lr)\n",
        FIT + "for rows in (12, 60, 200):\n    fit(build(), 0.01, rows, 3000 // rows)\n",
        FIT + "results = {lr: fit(build(), lr, epochs=60) for lr in (1e-6, 1e-4)}\nfit(build(), 0.01)\n",
    ],
    ids=[
        "a baseline",
        "models in a loop",
        "rates",
        "the best in the middle",
        "more and more rows",
        "more than a thousand steps",
    ],
)
def test_what_is_there_to_compare_is_no_fault(tmp_path: Path, text: str) -> None:
    found = tell(tmp_path, HEAD + text)
    assert found.cause == "healthy", str(found)
    assert any("comes after it" in told for told in found.evidence)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (COMPARED + FIT + "fit(nn.Linear(4, 1, rng=3), 0.05)\nfit(build(), 1e-6)\n", "network too small"),
        (FIT + "fit(build(), 1e-6)\nfit(nn.Linear(4, 1, rng=3), 0.05)\n", "learning rate too low"),
        (FIT + "for seed in range(3):\n    fit(build(), 1e-6)\n", "learning rate too low"),
        (FIT + "first, second = build(), build()\nfor epoch in range(30):\n    for model in (first, second):\n"
         "        fit(model, 1e-6, epochs=1)\n", "learning rate too low"),
    ],
    ids=["a sick one after the baseline", "a smaller one after it", "seeds", "in turns"],
)  # fmt: skip
def test_what_no_later_run_does_better_is_told(tmp_path: Path, text: str, cause: str) -> None:
    found = tell(tmp_path, HEAD + text)
    assert cause in [finding.cause for finding in found.findings], str(found)
