"""Runs that begin badly, or mix up axes: what is said first of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import nn
import optim
from nn.health import diagnose
from nn.health.evidence.facts import look
from nn.health.frameworks.adapt import adapt
from nn.health.still_weights import find_still_weights
from nn.health.subject import Subject


def doubled(model: nn.Module, loss) -> str | None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 6)).astype(np.float32), np.eye(10, dtype=np.float32)[rng.integers(0, 10, 60)]
    given = adapt(model, (x, y), loss, optim.SGD(model.parameters(), lr=0.1), 20, True, (None, None))
    return look(Subject(given.network, x, y, None, 20, True, None, 100, 0)).doubled


@pytest.mark.parametrize(
    ("bias", "softmax", "told"), [(0.1, False, None), (0.1, True, "softmax"), (0.0, True, "softmax")]
)
def test_scores_that_are_all_one_number_are_no_probabilities(bias: float, softmax: bool, told: str | None) -> None:
    last = nn.Linear(6, 10, rng=0)
    last.weight.data, last.bias.data = np.zeros((10, 6), np.float32), np.full(10, bias, np.float32)
    model = nn.Sequential(last, *([nn.Softmax(dim=1)] if softmax else []))
    assert (doubled(model, nn.CrossEntropyLoss()) or None) == told


@pytest.mark.integration
@pytest.mark.parametrize(("shift", "told"), [(-4.0, ["dead units"]), (0.5, [])])
@pytest.mark.parametrize("hidden", [False, True])
def test_answers_of_relus_that_are_off_from_the_beginning(hidden: bool, shift: float, told: list[str]) -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(240, 4)).astype(np.float32)
    y = (
        (4.0 + x @ np.array([[1.0], [-0.5], [0.3], [0.8]]) + 0.2 * rng.normal(size=(240, 1)))
        .clip(0.1)
        .astype(np.float32)
    )
    last = nn.Linear(16 if hidden else 4, 1, rng=rng)
    body = [nn.Linear(4, 16, rng=rng), nn.Tanh()] if hidden else []
    model = nn.Sequential(*body, last, nn.ReLU())
    last.bias.data = last.bias.data + np.float32(shift)
    found = diagnose(
        model, (x, y), nn.MSELoss(), optimizer=optim.SGD(model.parameters(), lr=0.02), epochs=20, batch_size=8
    )
    assert [f.cause for f in found.findings][:1] == told


class Windows(nn.Module):
    """Convolutions along time, of rows (times, sensors)."""

    def __init__(self, moves: bool) -> None:
        super().__init__()
        self.conv, self.head, self.moves = nn.Conv1d(3, 12, 5, rng=0), nn.Linear(12, 3, rng=1), moves

    def forward(self, x):
        x = x.transpose(0, 2, 1) if self.moves else x.reshape(len(x), 3, 18)
        return self.head(self.conv(x).relu().max(axis=2))


@pytest.mark.integration
@pytest.mark.parametrize("moves", [True, False])
def test_a_reshape_that_stands_for_a_transpose_is_told_of_a_run_that_learns_something(moves: bool) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 400)
    x = 0.9 * rng.normal(size=(400, 18, 3))
    shapes = 1.4 * np.random.default_rng(29).normal(size=(3, 6, 3))
    for row, kind in zip(x, y, strict=True):
        at = rng.integers(0, 12)
        row[at : at + 6] += shapes[kind]
    model = Windows(moves)
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    found = diagnose(model, (x.astype(np.float32), y), nn.CrossEntropyLoss(), optimizer=optimizer, epochs=15)
    assert [f.cause for f in found.findings][:1] == ([] if moves else ["axes mixed up"])


def tried(cause: str, score: float, general: bool = False) -> SimpleNamespace:
    point = SimpleNamespace(held=score)
    return SimpleNamespace(
        remedy=SimpleNamespace(name=cause, cause=cause, general=general, fix="mend it"),
        trial=SimpleNamespace(score=score, points=[point], lost=False),
    )


@pytest.mark.parametrize(
    ("rate", "fresh", "told"),
    [(0.05, 0.9, 1), (0.05, 0.04, 1), (1.9, 0.04, 0), (1.9, 0.9, 1)],
    ids=["rate", "both", "weights", "neither"],
)
def test_steps_are_not_too_small_where_no_larger_rate_helps_and_other_weights_do(
    monkeypatch, rate: float, fresh: float, told: int
) -> None:
    seen = nn.health.finding.Finding("learning rate too low", "", "no step changes any weights", "a larger rate")
    monkeypatch.setattr("nn.health.still_weights.find_low_rate", lambda record: [seen])
    monkeypatch.setattr("nn.health.still_weights.Record", lambda *_: SimpleNamespace(steps=[1]))
    every = [
        tried("learning rate too low", rate),
        tried("optimizer unfit", 0.05, True),
        tried("weights too small", fresh),
    ]
    made = SimpleNamespace(tried=every, as_it_is=SimpleNamespace(measures=[], losses=[]))
    assert len(find_still_weights(made, 0.0)) == told
