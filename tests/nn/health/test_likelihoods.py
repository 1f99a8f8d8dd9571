"""Likelihoods by hand, of ones of classes: shares are held by their sum, and the loss of their logarithms has a bound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd.numpy as anp
import nn
import optim
from nn.health import diagnose
from nn.health.guess import guess_kind
from nn.health.loop import diagnose_script

SCRIPT = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.normal(size=(240, 4)).astype(np.float32)
y = np.digitize(x[:, 0] + np.abs(x[:, 1]), [0.3, 1.2])


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Linear(4, 24, rng=0), nn.Linear(24, 3, rng=1)

    def forward(self, x):
        return F.log_softmax(self.two(F.relu(self.one(x))), dim=1)


policy = Policy()
optimizer = optim.Adam(policy.parameters(), lr=0.01)
for epoch in range(20):
    for b in np.array_split(rng.permutation(240), 8):
        logp = policy(x[b])
        loss = LOSS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
RUNS = {
    "as it is": ("-(logp * F.one_hot(y[b], 3)).sum(axis=1).mean()", "healthy"),
    "of floats": ("-(np.eye(3, dtype=np.float32)[y[b]] * logp).mean()", "healthy"),
    "its sign lost": ("(logp * F.one_hot(y[b], 3)).sum(axis=1).mean()", "loss maximised"),
    "of its own choice": (
        "-(logp * F.one_hot(logp.numpy().argmax(axis=1), 3)).sum(axis=1).mean()",
        "loss ignores targets",
    ),
}


@pytest.mark.integration
@pytest.mark.parametrize("run", list(RUNS))
def test_a_likelihood_of_ones_has_a_bound(run: str, tmp_path: Path) -> None:
    loss, cause = RUNS[run]
    path = tmp_path / "train.py"
    path.write_text(SCRIPT.replace("LOSS", loss))
    assert diagnose_script(path, quick=True).cause == cause


def test_ones_and_logarithms_of_shares_are_of_classes() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(30, 3))
    logp = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    y = np.eye(3)[rng.integers(0, 3, 30)]

    def value(o: np.ndarray, t: np.ndarray) -> float:
        return -float((o * t).sum(axis=1).mean())

    assert guess_kind(logp, y, value) == ("classes", "log-probabilities")
    assert guess_kind(scores, y, value)[1] != "log-probabilities"


def exponential(out: Any, y: Any) -> Any:
    """Of lives, and of whether their end was seen."""
    return (anp.exp(out) * y[:, :1] - out * y[:, 1:]).mean()


@pytest.mark.integration
@pytest.mark.parametrize("permuted", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_of_a_likelihood_much_is_left_whatever_is_known(seed: int, permuted: bool) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(480, 4)).astype(np.float32)
    life = rng.exponential(np.exp(0.5 - 1.1 * x[:, 0] + 0.8 * np.abs(x[:, 1])))
    end = rng.exponential(6.0, 480)
    y = np.column_stack([np.minimum(life, end), life < end]).astype(np.float32)
    model = nn.Sequential(nn.Linear(4, 24, rng=seed), nn.ReLU(), nn.Linear(24, 1, rng=seed + 1))
    optimizer = optim.Adam(model.parameters(), lr=0.005)
    y = y[rng.permutation(480)] if permuted else y
    found = diagnose(model, (x, y), exponential, optimizer=optimizer, epochs=25)
    assert ("targets unrelated to inputs" in [f.cause for f in found.findings]) is permuted
    assert permuted or not found.findings
