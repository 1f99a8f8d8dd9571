"""Losses that weigh what was drawn by what it earned: of these no experiments are made, as their rows are no data."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import script, watch_script
from nn.health.loop.ledger import Seen
from nn.health.loop.rerun import Rerun

LEVERS = """
import numpy as np
import nn, optim
from nn import functional as F

rng = np.random.default_rng(0)
policy = nn.Linear(4, 4, rng=0)
optimizer = optim.SGD(policy.parameters(), lr=0.1)
usual = 0.0
for step in range(60):
    light = rng.integers(0, 4, 32)
    log_p = F.log_softmax(policy(np.eye(4, dtype=np.float32)[light]), dim=1)
    lever = np.array([rng.choice(4, p=p / p.sum()) for p in np.exp(log_p.numpy().astype(float))])
    earned = (lever == light) + 0.2 * rng.normal(size=32)
    weight = (GAIN).astype(np.float32)
    usual = 0.9 * usual + 0.1 * earned.mean()
    loss = -(log_p[np.arange(32), lever] * weight).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


@pytest.mark.parametrize(
    ("gain", "is_whole"),
    [("earned - usual", False), ("rng.uniform(0.5, 2.0, 32)", True)],
    ids=["rewards", "weights"],
)
def test_rewards_of_both_signs_are_no_weights_of_rows(tmp_path: Path, gain: str, is_whole: bool) -> None:
    path = tmp_path / "train.py"
    path.write_text(LEVERS.replace("GAIN", gain))
    seen = watch_script(path)
    assert seen.is_whole is is_whole
    assert seen.is_led is not is_whole
    assert any("rewards of what was drawn" in note for note in seen.notes) is not is_whole


@pytest.mark.parametrize(
    ("losses", "cause"),
    [((0.3, -0.2, 0.4, -0.1, 0.3, 0.3), "unknown"), ((0.3, 0.4, 0.3, 0.4, 0.3, 0.3), "learning rate too low")],
)
def test_a_loss_that_goes_above_and_below_nothing_says_little_of_the_rate(
    losses: tuple[float, ...], cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = [Rerun(1.0, losses), Rerun(10.0, (0.3, 0.1, 0.1, 0.1, 0.1, 0.1))]
    monkeypatch.setattr(script, "try_rates", lambda *given, **_: tried)
    found = script._diagnose_from_outside(Path("mine.py"), Seen(model="a model", rated=True, iterations=9), 9.0)
    assert found.cause == cause
    assert any("above and below 0" in told for told in found.evidence) is (cause == "unknown")
