"""Losses that compare outputs with each other: pairs, triplets, and rows of a batch; experiments are made with them too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autograd import Tensor
from nn.health.loop import diagnose_script, watch_script
from nn.health.multi_output import JoinedLoss, Layout
from nn.health.pairs import answer_alike, make_pair_judge
from tests.nn.health.corpus import tuning_courses_papers as papers

HEAD = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
centres = rng.normal(size=(8, 6))


def draw(kind):
    return (centres[kind] + 0.4 * rng.normal(size=(len(kind), 6))).astype(np.float32)


def unit(z):
    return z / ((z * z).sum(axis=1, keepdims=True) + 1e-8) ** 0.5


kind = rng.integers(0, 8, 480)
same = rng.integers(0, 2, 480)
a, b = draw(kind), draw(np.where(same == 1, kind, (kind + rng.integers(1, 8, 480)) % 8))
better, worse = (np.where((a[:, :1] > b[:, :1]) == first, a, b) for first in (True, False))
same = same.astype(np.float32)
model = nn.Sequential(nn.Linear(6, 24, rng=0), nn.ReLU(), nn.Linear(24, SIZE, rng=1))
optimizer = optim.Adam(model.parameters(), lr=RATE)
for epoch in range(15):
    for rows in np.array_split(rng.permutation(480), 15):
LINES
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
KINDS = {
    "pairs in order": (1, ["loss = F.softplus(model(worse[rows]) - model(better[rows])).mean()"]),
    "pairs in order, by a margin": (1, ["loss = F.relu(1.0 - (model(better[rows]) - model(worse[rows]))).mean()"]),
    "alike or not": (
        4,
        [
            "d = (((model(a[rows]) - model(b[rows])) ** 2).sum(axis=1) + 1e-6) ** 0.5",
            "loss = (same[rows] * d**2 + (1.0 - same[rows]) * F.relu(1.0 - d) ** 2).mean()",
        ],
    ),
    "triplets": (
        4,
        [
            "one, near, far = model(a[rows]), model(draw(kind[rows])), model(draw((kind[rows] + 1) % 8))",
            "loss = F.relu(((one - near) ** 2).sum(axis=1) - ((one - far) ** 2).sum(axis=1) + 2.0).mean()",
        ],
    ),
    "rows of a batch": (
        4,
        [
            "one, other = unit(model(a[rows])), unit(model(a[rows] + 0.1))",
            "loss = F.cross_entropy(one @ other.T * 5.0, np.arange(len(rows)))",
        ],
    ),
}


def write(tmp_path: Path, name: str, rate: str = "0.003") -> Path:
    size, lines = KINDS[name]
    path = tmp_path / "train.py"
    text = HEAD.replace("SIZE", str(size)).replace("RATE", rate)
    path.write_text(text.replace("LINES", "\n".join(f"        {line}" for line in lines)))
    return path


@pytest.mark.parametrize("name", list(KINDS))
def test_the_loss_of_pairs_is_that_of_the_script(name: str, tmp_path: Path) -> None:
    path, told = write(tmp_path, name), tmp_path / "told"
    line = f"optimizer.zero_grad(); open({str(told)!r}, 'a').write(f'{{loss.item()}}\\n')"
    # Of three epochs all rows are kept.
    path.write_text(path.read_text().replace("optimizer.zero_grad()", line).replace("range(15)", "range(3)"))
    seen = watch_script(path)
    assert isinstance(seen.loss, JoinedLoss)
    assert seen.loss.is_of_pairs
    assert seen.inputs is not None
    assert seen.targets is not None
    outputs = Tensor(np.asarray(seen.apply(seen.model, seen.inputs[:32]).data))
    first = float(told.read_text().split()[0])
    assert seen.loss(outputs, seen.targets[:32]).item() == pytest.approx(first, rel=1e-5)
    # Of other numbers of rows, too.
    assert np.isfinite(seen.loss(outputs[:7], seen.targets[:7]).item())


@pytest.mark.integration
@pytest.mark.parametrize("name", list(KINDS))
def test_what_hinders_pairs_is_found_and_nothing_where_they_learn(name: str, tmp_path: Path) -> None:
    assert diagnose_script(write(tmp_path, name), quick=True).cause == "healthy"
    assert diagnose_script(write(tmp_path, name, rate="1e-7"), quick=True).cause == "learning rate too low"


def test_a_loss_below_zero_has_no_constant_answer_to_be_held_against(tmp_path: Path) -> None:
    path = write(tmp_path, "rows of a batch")
    lines = "loss = -(unit(model(a[rows])) * unit(model(a[rows] + 0.1))).sum(axis=1).mean() - 2.0"
    text = path.read_text()
    begin, end = text.index("        one, other"), text.index("        optimizer.zero_grad()")
    path.write_text(f"{text[:begin]}        {lines}\n{text[end:]}")
    assert not watch_script(path).is_whole


def test_answers_are_held_against_one_answer_to_everything_in_batches_of_the_users_size() -> None:
    layout = Layout([np.zeros((1, 2)), np.zeros((1, 2))])
    asked: list[int] = []

    def value(outputs: np.ndarray, y: np.ndarray) -> float:
        asked.append(len(outputs))
        one, other = layout.cut(outputs)
        return float(np.maximum(1.0 - ((one - other) ** 2).sum(axis=1), 0.0).mean())

    loss = JoinedLoss(value, layout, Layout([np.zeros(1)]), [None, None], ["", ""])
    outputs, targets = np.hstack([np.zeros((10, 2)), np.full((10, 2), 0.5)]), np.zeros(10)
    alike = np.hstack(answer_alike(layout.cut(outputs)))
    judge = make_pair_judge(alike, targets, loss, value, 4)
    assert (judge.relative(alike, targets), judge.relative(outputs, targets)) == (1.0, 0.5)
    assert set(asked) == {4}, "whole batches, of the answers and of one answer to everything"
    # Where a network tells half of it before any step, the rest is to be learned.
    assert make_pair_judge(outputs, targets, loss, value, 4).relative(outputs, targets) == 1.0


TORCH = """
import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
centres = torch.randn(8, 6)
kind, same = torch.randint(0, 8, (480,)), torch.randint(0, 2, (480,))
draw = lambda kind: centres[kind] + 0.4 * torch.randn(len(kind), 6)
a, b = draw(kind), draw(torch.where(same == 1, kind, (kind + 1) % 8))
better, worse = torch.where(a[:, :1] > b[:, :1], a, b), torch.where(a[:, :1] > b[:, :1], b, a)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, SIZE))
optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
for epoch in range(15):
    for rows in torch.randperm(480).split(32):
        loss = LOSS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
LOSSES = {
    "TripletMarginLoss": (
        4,
        "nn.TripletMarginLoss()(model(a[rows]), model(draw(kind[rows])), model(draw((kind[rows] + 1) % 8)))",
    ),
    "MarginRankingLoss": (1, "nn.MarginRankingLoss(1.0)(model(better[rows]), model(worse[rows]), torch.ones(32, 1))"),
    "CosineEmbeddingLoss": (4, "nn.CosineEmbeddingLoss(0.2)(model(a[rows]), model(b[rows]), 2 * same[rows] - 1)"),
    "logsigmoid": (1, "-F.logsigmoid(model(better[rows]) - model(worse[rows])).mean()"),
    "rows of a batch": (
        4,
        "F.cross_entropy(5 * F.normalize(model(a[rows])) @ F.normalize(model(a[rows] + 0.1)).T, torch.arange(len(rows)))",
    ),
}


@pytest.mark.integration
@pytest.mark.parametrize("name", list(LOSSES))
def test_so_are_pytorchs(name: str, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    size, loss = LOSSES[name]
    path, text = tmp_path / "train.py", TORCH.replace("SIZE", str(size)).replace("LOSS", loss)
    for rate, cause in (("0.003", "healthy"), ("1e-7", "learning rate too low")):
        path.write_text(text.replace("RATE", rate))
        assert diagnose_script(path, quick=True).cause == cause


FLOW = """
import numpy as np
import autograd as ag
import nn, optim
from autograd import Tensor
rng = np.random.default_rng(SEED)


class Coupling(nn.Module):
    def __init__(self, seed, turned):
        super().__init__()
        self.turned = turned
        self.scale = nn.Sequential(nn.Linear(1, 24, rng=seed), nn.Tanh(), nn.Linear(24, 1, rng=seed + 1))
        self.shift = nn.Sequential(nn.Linear(1, 24, rng=seed + 2), nn.Tanh(), nn.Linear(24, 1, rng=seed + 3))

    def forward(self, x):
        kept, moved = (x[:, 1:], x[:, :1]) if self.turned else (x[:, :1], x[:, 1:])
        scale = self.scale(kept)
        moved = ag.exp(scale) * moved + self.shift(kept)
        parts = [moved, kept] if self.turned else [kept, moved]
        return ag.concatenate(parts, axis=1), scale.sum(axis=1)


couplings = nn.ModuleList([Coupling(SEED + 10 * k, k % 2) for k in range(4)])
optimizer = optim.Adam(couplings.parameters(), lr=0.005)
for step in range(450):
    angle, upper = rng.uniform(0, np.pi, 96), rng.random((96, 1)) < 0.5
    arc = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = (np.where(upper, arc, [1.0, 0.5] - arc) - [0.5, 0.25]) / [0.87, 0.5]
    z, volume = Tensor((points + 0.08 * rng.normal(size=(96, 2))).astype(np.float32)), 0.0
    for coupling in couplings:
        z, change = coupling(z)
        volume = volume + change
    loss = -(-0.5 * (z * z).sum(axis=1) + volume).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


@pytest.mark.integration
def test_a_flow_is_not_accused(tmp_path: Path) -> None:
    """Its points and their volume depend on each other: more of one is no way down for the network."""
    path = tmp_path / "train.py"
    path.write_text(FLOW.replace("SEED", "5"))
    assert diagnose_script(path).findings == []


@pytest.mark.integration
def test_what_has_no_targets_is_not_told_that_they_are_unrelated(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    flow = next(case for case in papers.WELL if case.name == "flow_as_published")
    path.write_text(flow.make(7).script)
    assert diagnose_script(path).findings == []
