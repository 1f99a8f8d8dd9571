"""Own losses that leave targets out, read distances, or ask for several kinds of things: runs that are fine are not accused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
import optim
from nn import functional
from nn.health.loop import diagnose_script
from nn.health.scores import make_judge
from tests.nn.health.corpus.networks import mlp


def rows(seed: int = 0, count: int = 320) -> tuple[np.ndarray, np.ndarray]:
    """Four features, and three numbers that follow from them."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 4)).astype(np.float32)
    y = x @ rng.normal(size=(4, 3)) / 2.0 + 0.5 * np.abs(x[:, :3])
    return x, y.astype(np.float32)


def put(y: np.ndarray, mark: float) -> np.ndarray:
    """A third of the targets is not known."""
    return np.where(np.random.default_rng(5).random(y.shape) < 0.33, mark, y).astype(y.dtype)


def of_numbers(out: Any, y: Any) -> Any:
    """The squared error of the numbers that are there."""
    there = np.isfinite(np.asarray(y))
    return (((out - np.where(there, np.asarray(y), 0.0)) * there) ** 2).sum() / there.sum()


def of_labels(out: Any, y: Any) -> Any:
    """The cross-entropy of the labels that are there; the others are -1."""
    there = (np.asarray(y) >= 0).astype(np.float32)
    each = functional.binary_cross_entropy_with_logits(out, np.maximum(np.asarray(y), 0), reduction="none")
    return (each * there).sum() / there.sum()


def diagnose(x: np.ndarray, y: np.ndarray, loss: Any, lr: float = 0.01, model: Any = None) -> list[str]:
    model = mlp([4, 32, y.shape[1]], 0) if model is None else model
    found = nn.health.diagnose(model, (x, y), loss, optimizer=optim.Adam(model.parameters(), lr=lr), epochs=20)
    return [f.cause for f in found.findings] or [found.cause]


@pytest.mark.parametrize("activation", [nn.Tanh, nn.ReLU])
def test_infinity_behind_a_tanh_has_answers_and_no_gradients(activation: Any) -> None:
    x, y = rows()
    x[7, 2] = -np.inf
    found = nn.health.diagnose(mlp([4, 16, 3], 0, activation), (x, y), "mse_loss", epochs=5)
    assert found.cause == "inputs not finite"
    assert "row 7" in str(found)


@pytest.mark.parametrize(
    ("lr", "far", "told"),
    [(0.01, 0.0, "healthy"), (1e-6, 0.0, "learning rate too low"), (0.01, 5000.0, "targets not scaled")],
)
def test_numbers_that_a_loss_leaves_out_are_not_judged(lr: float, far: float, told: str) -> None:
    x, y = rows()
    assert diagnose(x, put(y + far, np.nan), of_numbers, lr)[0] == told


def test_one_number_a_row_may_be_left_out() -> None:
    x, y = rows()
    assert diagnose(x, put(y[:, :1], np.nan), of_numbers) == ["healthy"]


def test_numbers_that_are_none_are_told_where_the_loss_takes_them_in() -> None:
    x, y = rows()
    assert diagnose(x, put(y, np.nan), nn.MSELoss()) == ["targets not finite"]
    assert diagnose(x, put(y, np.nan), lambda out, y: ((out - y) ** 2).mean()) == ["targets not finite"]


def test_labels_that_a_loss_leaves_out_are_not_judged() -> None:
    x, y = rows()
    assert diagnose(x, put((y > 0.3).astype(np.float32), -1.0), of_labels) == ["healthy"]


def test_columns_of_numbers_and_of_labels_are_judged_each_by_its_kind() -> None:
    x, y = rows()
    y[:, 1] = y[:, 1] > 0.3

    def loss(out: Any, y: Any) -> Any:
        label = functional.binary_cross_entropy_with_logits(out[:, 1], y[:, 1])
        return ((out[:, 0] - y[:, 0]) ** 2).mean() + ((out[:, 2] - y[:, 2]) ** 2).mean() + label

    assert diagnose(x, y, loss) == ["healthy"]
    assert diagnose(x, y, loss, 1e-6)[0] == "learning rate too low"


class Apart(nn.Module):
    """How far two rows lie from each other, once embedded."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = mlp([6, 24, 4], 0)

    def forward(self, x: Any) -> Any:
        far = self.embed(x[:, 0]) - self.embed(x[:, 1])
        return ag.sqrt((far**2).sum(axis=1, keepdims=True) + 1e-6)


def contrast(out: Any, y: Any) -> Any:
    """Near for those that are alike, two apart for the others."""
    return (y * out**2 + (1.0 - y) * ag.maximum(2.0 - out, 0.0) ** 2).mean()


@pytest.mark.parametrize(("lr", "told"), [(0.005, "healthy"), (1e-7, "learning rate too low")])
def test_distances_answer_whether_rows_are_alike(lr: float, told: str) -> None:
    rng = np.random.default_rng(0)
    a, same = rng.integers(0, 5, 400), rng.random(400) < 0.5
    b = np.where(same, a, (a + rng.integers(1, 5, 400)) % 5)
    kinds = 1.3 * rng.normal(size=(5, 6))
    x = (np.stack([kinds[a], kinds[b]], axis=1) + 0.3 * rng.normal(size=(400, 2, 6))).astype(np.float32)
    assert diagnose(x, same[:, None].astype(np.float32), contrast, lr, Apart())[0] == told


def test_a_squared_error_of_numbers_that_are_far_off_minds_more_than_directions() -> None:
    _, y = rows()
    made = make_judge(np.zeros((64, 3), np.float32), y + 5000, None, lambda o, y: float(((o - y) ** 2).mean()))
    assert made.link == "numbers"


def test_classes_of_many_places_may_be_rare() -> None:
    rng = np.random.default_rng(0)
    follows = rng.integers(0, 10, (10, 3))
    text = rng.integers(0, 10, (160, 9))
    for t in range(1, 9):
        text[:, t] = follows[text[:, t - 1], rng.choice(3, 160, p=[0.9, 0.07, 0.03])]

    class Next(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words, self.head = nn.Embedding(10, 16, rng=0), nn.Linear(16, 10, rng=1)

        def forward(self, x: Any) -> Any:
            return self.head(self.words(x)).transpose(0, 2, 1)

    model = Next()
    optimizer = optim.Adam(model.parameters(), lr=1e-6)
    found = nn.health.diagnose(
        model, (text[:, :-1], text[:, 1:]), nn.CrossEntropyLoss(), optimizer=optimizer, epochs=30
    )
    assert found.cause == "learning rate too low"
    assert "classes balanced" in {trial.name for trial in found.trials}


# Three numbers a row, of which some are zero because nobody has measured them, and a mask that says so.
MASKED = """
import numpy as np
import nn, optim

rng = np.random.default_rng(0)
x = rng.normal(size=(300, 4)).astype(np.float32)
y = (x @ rng.normal(size=(4, 3)) / 2 + 0.5 * np.abs(x[:, :3])).astype(np.float32)
known = rng.random(y.shape) < 0.4
y[~known] = 0.0
net = nn.Sequential(nn.Linear(4, 24, rng=0), nn.ReLU(), nn.Linear(24, 3, rng=1))
opt = optim.Adam(net.parameters(), lr=0.01)
for epoch in range(30):
    for i in np.array_split(rng.permutation(300), 15):
        wrong = (net(x[i]) - y[i]) ** 2 * known[i]
        loss = wrong.sum() / known[i].sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
"""
# A cross-entropy by hand of tags, of which those behind the end are anything, and do not count.
TAGS = """
import numpy as np
import nn, optim
from nn import functional as F

rng = np.random.default_rng(0)
words = rng.integers(1, 12, (300, 8))
there = (np.arange(8) < rng.integers(3, 9, (300, 1))).astype(np.float32)
tags = np.where(there > 0, words % 4, rng.integers(0, 4, words.shape))
net = nn.Sequential(nn.Embedding(12, 12, rng=0), nn.Linear(12, 24, rng=1), nn.ReLU(), nn.Linear(24, 4, rng=2))
opt = optim.Adam(net.parameters(), lr=0.01)
for epoch in range(15):
    for i in np.array_split(rng.permutation(300), 15):
        logs = F.log_softmax(net(words[i]), dim=-1)
        each = -(logs * np.eye(4, dtype=np.float32)[tags[i]]).sum(axis=-1)
        loss = (each * there[i]).sum() / there[i].sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
"""


@pytest.mark.parametrize("text", [MASKED, TAGS])
@pytest.mark.parametrize(("lr", "told"), [("0.01", "healthy"), ("1e-7", "learning rate too low")])
def test_a_mask_in_a_script_says_what_is_left_out(text: str, lr: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(text.replace("lr=0.01", f"lr={lr}"))
    assert diagnose_script(path).cause == told
