"""What is to grow is climbed on purpose: by an optimizer that goes up, or by a script's own lines; a loss is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd.numpy as anp
import nn
import optim
from nn import functional as F
from nn.health import diagnose
from nn.health.loop import diagnose_script

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 5)).astype(np.float32)
CLASSES = (X[:, 0] + X[:, 1] > 0).astype(int)
NUMBERS = (X[:, :1] - X[:, 1:2] * X[:, 2:3]).astype(np.float32)
LABELS = (X[:, :1] > 0.3).astype(np.float32)


def of_classes(o: Any, y: np.ndarray) -> Any:
    return F.log_softmax(o, dim=1)[np.arange(len(y)), y].mean()


def of_numbers(o: Any, y: np.ndarray) -> Any:
    return -0.5 * ((o - y) ** 2).mean()


def of_labels(o: Any, y: np.ndarray) -> Any:
    p = F.sigmoid(o)
    return (y * anp.log(p + 1e-7) + (1.0 - y) * anp.log(1.0 - p + 1e-7)).mean()


def explained(o: Any, y: np.ndarray) -> Any:
    return 1.0 - ((o - y) ** 2).sum() / ((y - y.mean()) ** 2).sum()


def told(y: np.ndarray, loss: Any, outputs: int, maximize: bool) -> list[str]:
    model = nn.Sequential(nn.Linear(5, 24, rng=0), nn.ReLU(), nn.Linear(24, outputs, rng=1))
    optimizer = optim.Adam(model.parameters(), lr=0.01, maximize=maximize)
    return [f.cause for f in diagnose(model, (X, y), loss, optimizer=optimizer, epochs=15).findings]


@pytest.mark.integration
@pytest.mark.parametrize("maximize", [True, False])
@pytest.mark.parametrize(
    ("y", "score", "outputs"),
    [(CLASSES, of_classes, 2), (NUMBERS, of_numbers, 1), (LABELS, of_labels, 1), (NUMBERS, explained, 1)],
    ids=["classes", "numbers", "labels", "explained"],
)
def test_a_score_is_to_grow_and_a_loss_is_not(y: np.ndarray, score: Any, outputs: int, maximize: bool) -> None:
    assert told(y, score, outputs, maximize)[:1] == ["loss maximised"] * (not maximize)
    assert told(y, lambda o, y: -score(o, y), outputs, maximize)[:1] == ["loss maximised"] * maximize


SCRIPT = """
import numpy as np
from autograd import Tensor
rng = np.random.default_rng(0)
X = rng.normal(size=(300, 4)).astype(np.float32)
y = (rng.random(300) < 1 / (1 + np.exp(-3 * X[:, 0] + 2 * X[:, 1]))).astype(np.float32)
theta = Tensor(np.zeros(4, np.float32), requires_grad=True)
for step in range(300):
    p = (Tensor(X) @ theta).sigmoid()
    value = (Tensor(y) * p.log() + Tensor(1 - y) * (1 - p).log()).mean()
    theta.grad = None
    value.backward()
    theta.data = theta.data + 0.5 * theta.grad
"""


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({}, "healthy"),
        ({"value = (": "value = -("}, "loss maximised"),
        ({"theta.data + 0.5": "theta.data - 0.5"}, "loss maximised"),
        ({"value = (": "value = -(", "theta.data + 0.5": "theta.data - 0.5"}, "healthy"),
    ],
    ids=["up a likelihood", "up a loss", "down a likelihood", "down a loss"],
)
def test_a_likelihood_that_a_script_climbs_by_its_own_lines(
    tmp_path: Path, changes: dict[str, str], cause: str
) -> None:
    text = SCRIPT
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "train.py"
    path.write_text(text)
    assert diagnose_script(path).cause == cause
