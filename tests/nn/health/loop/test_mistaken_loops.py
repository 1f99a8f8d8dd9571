"""Loops that are well, and do what a loop with a fault does too."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import watch_script

HEAD = """
import sys
import numpy as np, nn, optim
rng = np.random.default_rng(0)
x = rng.normal(size=(64, 6)).astype(np.float32)
y = (x[:, 0] > x[:, 1]).astype(int)
model = nn.Sequential(nn.Linear(6, 8, rng=0), nn.Tanh(), nn.Linear(8, 2, rng=1))
other = nn.Linear(8, 2, rng=2)
loss_of = nn.CrossEntropyLoss()
optimizer = optim.Adam([*model.parameters()], lr=0.02)
"""
LOOP = """
for epoch in range(30):
    for k in range(0, 64, 8):
        optimizer.zero_grad()
        loss = loss_of(model(x[k : k + 8]), y[k : k + 8])
        loss.backward()
        optimizer.step()
"""
LOOPS = {
    "gradients of the mean over an epoch": """
for epoch in range(60):
    optimizer.zero_grad()
    for k in range(0, 64, 8):
        loss = loss_of(model(x[k : k + 8]), y[k : k + 8]) / 8
        loss.backward()
    optimizer.step()
""",
    "answers through the function that training uses": """
def answer(rows):
    return model(rows)


for epoch in range(60):
    optimizer.zero_grad()
    loss = loss_of(answer(x), y)
    loss.backward()
    optimizer.step()
    right = sum((answer(x[k : k + 8]).data.argmax(axis=1) == y[k : k + 8]).sum() for k in range(0, 64, 8))
""",
    "a module whose turn comes later": LOOP.replace("range(30)", "range(400)")
    .replace(
        "        loss.backward()",
        "        if epoch > 300:\n            loss = loss + loss_of(other(model[0](x[k : k + 8])), y[k : k + 8])\n        loss.backward()",
    )
    .replace("\nfor", "optimizer.add_param_group({'params': list(other.parameters())})\nfor", 1),
    "an exit within the first epoch": LOOP + "        if k == 32:\n            sys.exit(1)\n",
    "a rate that rises by a factor": "\nschedule = optim.lr_scheduler.LambdaLR(optimizer, lambda k: min(1.0, 1e-3 * 1.03**k))"
    + LOOP.replace("range(30)", "range(60)")
    + "        schedule.step()\n",
}


@pytest.mark.parametrize("name", LOOPS)
def test_what_a_loop_does_on_purpose_is_no_fault(tmp_path: Path, name: str) -> None:
    path = tmp_path / "train.py"
    path.write_text(HEAD + LOOPS[name])
    seen = watch_script(path)
    assert [finding.sentence for finding in seen.findings] == []
    assert seen.optimizer is not None
    # Left while it rises, a rate is what it is to come to.
    assert seen.optimizer.param_groups[0]["lr"] == pytest.approx(0.02)
