"""Rows that are mixtures of two, and two networks with an optimizer each: what is no fault there, and what is."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import watch_script

MIXED = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.normal(size=(60, 3)).astype(np.float32)
y = (x[:, 0] > 0).astype(int)
model = nn.Linear(3, 2, rng=0)
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(40):
    rows = rng.permutation(60)[:20]
    others, share = rng.permutation(rows), round(rng.random())
    out = model(share * x[rows] + (1 - share) * x[others])
    loss = share * F.cross_entropy(out, y[rows]) + (1 - share) * F.cross_entropy(out, y[others])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
TWO = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
maker, judge = nn.Linear(2, 2, rng=0), nn.Linear(2, 1, rng=1)
of_maker, of_judge = optim.Adam(maker.parameters(), 0.001), optim.Adam(judge.parameters(), 0.001)
for k in range(100):
    real, noise = rng.normal(size=(16, 2)).astype(np.float32), rng.normal(size=(16, 2)).astype(np.float32)
    loss = F.softplus(-judge(real)).mean() + F.softplus(judge(maker(noise).detach())).mean()
    of_judge.zero_grad()
    loss.backward()
    of_judge.step()
    loss = F.softplus(-judge(maker(noise))).mean()
    of_maker.zero_grad()
    loss.backward()
    of_maker.step()
"""


def causes(text: str, folder: Path) -> list[str]:
    path = folder / "train.py"
    path.write_text(text)
    return [finding.cause for finding in watch_script(path).findings]


def test_a_row_that_is_all_of_one_of_its_two_has_the_targets_of_both(tmp_path: Path) -> None:
    assert causes(MIXED, tmp_path) == []
    # Targets that are told for sure are those of another row.
    wrong = MIXED.replace("round(rng.random())", "1.0").replace(
        "loss = share", "loss = F.cross_entropy(out, y[others]) #"
    )
    assert causes(wrong, tmp_path) == ["targets unrelated to inputs"]


@pytest.mark.parametrize("left_out", ["of_maker", "of_judge"])
def test_one_of_two_optimizers_never_steps(left_out: str, tmp_path: Path) -> None:
    assert causes(TWO, tmp_path) == []
    path = tmp_path / "train.py"
    path.write_text(TWO.replace(f"    {left_out}.step()\n", ""))
    found = watch_script(path).findings
    assert [finding.cause for finding in found] == ["step missing"]
    assert "has cleared their gradients" in found[0].sentence
