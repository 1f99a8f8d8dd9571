"""Scripts whose losses weigh what was drawn, and scripts whose models give an answer for each of many steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nn.health.loop import diagnose_script, watch_script

POLICY = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.normal(size=(200, 5)).astype(np.float32)
best = (x @ rng.normal(size=(5, 3))).argmax(axis=1)
policy = nn.Sequential(nn.Linear(5, 16, rng=0), nn.Tanh(), nn.Linear(16, 3, rng=1))
optimizer = optim.Adam(policy.parameters(), lr=0.01)
for step in range(120):
    rows = rng.integers(0, 200, 40)
    log_p = F.log_softmax(policy(x[rows]), dim=1)
    drawn = (np.exp(log_p.numpy()).cumsum(axis=1) > rng.random((40, 1))).argmax(axis=1)
    earned = (drawn == best[rows]).astype(np.float32)
    advantage = earned - earned.mean()
    loss = SIGN((log_p * F.one_hot(drawn, 3).astype(np.float32)).sum(axis=1) * advantage).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("sign", "causes"), [("", ["loss maximised"]), ("-", [])])
def test_what_earns_more_is_to_be_drawn_more(seed: int, sign: str, causes: list[str], tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(POLICY.replace("SIGN", sign).replace("rng(0)", f"rng({seed})"))
    assert [f.cause for f in watch_script(path).findings] == causes


STEPS = """
import numpy as np, nn, optim
from autograd import Tensor
rng = np.random.default_rng(0)
x = rng.normal(size=(120, 12)).astype(np.float32)
y = np.tanh(x.cumsum(axis=1) / 2.0)


class Stepper(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.out = nn.GRUCell(1, 12, rng=0), nn.Linear(12, 1, rng=1)

    def forward(self, x):
        h, answers = Tensor(np.zeros((len(x), 12), np.float32)), []
        for t in range(12):
            h = self.cell(x[:, t : t + 1], h)
            answers.append(self.out(h))
        return answers


model = Stepper()
optimizer = optim.SGD(model.parameters(), lr=RATE, momentum=0.9)
for epoch in range(40):
    for k in range(0, 120, 20):
        answers = model(x[k : k + 20])
        loss = sum(((answers[t] - y[k : k + 20, PLACE : PLACE + 1]) ** 2).mean() for t in range(12))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize("place", ["t", "(11 - t)"])
def test_an_answer_for_each_of_many_steps_has_its_targets(place: str, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(STEPS.replace("RATE", "0.02").replace("PLACE", place))
    seen = watch_script(path)
    assert seen.is_whole
    assert seen.targets is not None
    assert sorted(np.ravel(seen.targets[0]).tolist()) == pytest.approx(sorted(first_row().tolist()))


def first_row() -> np.ndarray:
    x = np.random.default_rng(0).normal(size=(120, 12)).astype(np.float32)
    return np.tanh(x.cumsum(axis=1) / 2.0)[0]  # type: ignore[no-any-return]


def test_targets_that_each_step_shares_are_not_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(
        STEPS.replace("RATE", "0.02")
        .replace("answers[t] - y", "answers[t] + answers[(t + 5) % 12] - y")
        .replace("PLACE", "t")
    )
    assert not watch_script(path).is_whole


@pytest.mark.integration
@pytest.mark.parametrize("rate", ["0.02", "20.0"])
def test_a_run_of_many_steps_is_diagnosed(rate: str, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(STEPS.replace("RATE", rate).replace("PLACE", "t"))
    found = diagnose_script(path, seconds=30.0)
    assert found.cause == ("healthy" if rate == "0.02" else "learning rate too high")
    assert found.trials


@pytest.mark.integration
def test_a_rate_that_is_lost_at_a_hundredth_too_is_tried_at_less(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    # What is computed beside the loss keeps its targets from being told.
    path.write_text(
        STEPS.replace("RATE", "30.0")
        .replace("PLACE", "t")
        .replace("loss = sum(", "loss = abs(sum(")
        .replace("range(12))\n", "range(12)) + answers[0].std() * answers[5].std())\n")
    )
    found = diagnose_script(path, seconds=40.0)
    assert found.cause == "learning rate too high"


@pytest.mark.integration
def test_a_sum_over_rows_and_many_steps_is_healed_by_the_mean_over_both(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(STEPS.replace("RATE", "0.08").replace("PLACE", "t").replace(".mean() for t", ".sum() for t"))
    found = diagnose_script(path, seconds=40.0)
    assert [f.cause for f in found.findings][:1] == ["loss summed"]
    assert "mean in place of the sum" in found.findings[0].heals
