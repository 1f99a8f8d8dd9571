"""What a loop's rows are where the same come more than once: copies, and several losses in turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import watch_script

HEAD = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.normal(size=(120, 5)).astype(np.float32)
y = (x[:, 0] > x[:, 1]).astype(int)
"""
COPIES = (
    HEAD
    + """
pictures, sorts = np.repeat(x, 3, axis=0), rng.integers(0, 3, 360)
model = nn.Sequential(nn.Linear(5, 16, rng=0), nn.ReLU(), nn.Linear(16, 3, rng=1))
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    order = rng.permutation(360)
    for k in range(0, 360, 30):
        optimizer.zero_grad()
        F.cross_entropy(model(pictures[order[k : k + 30]]), sorts[order[k : k + 30]]).backward()
        optimizer.step()
    right = model(x).numpy().argmax(axis=1) == y
"""
)
TURNS = (
    HEAD
    + """
class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk, self.a, self.b = nn.Linear(5, 16, rng=0), nn.Linear(16, 1, rng=1), nn.Linear(16, 1, rng=2)

    def forward(self, x):
        h = F.relu(self.trunk(x))
        return self.a(h), self.b(h)


model = Two()
size, label = x[:, :1] * x[:, 1:2], y[:, None].astype(np.float32)
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for k, rows in enumerate(np.array_split(rng.permutation(120), 8)):
        one, two = model(x[rows])
        optimizer.zero_grad()
        TURN
        optimizer.step()
"""
)
BY_PASS = """if k % 2:
            F.mse_loss(one, size[rows]).backward()
        else:
            F.binary_cross_entropy_with_logits(two, label[rows]).backward()"""
BY_EPOCH = BY_PASS.replace("k % 2", "epoch % 2")
BY_LOSS = BY_PASS.replace("(two, label", "(one, label")
BY_STAGE = BY_PASS.replace("k % 2", "epoch > 2").replace("(two, label", "(one, label")


def watch(tmp_path: Path, text: str):
    path = tmp_path / "train.py"
    path.write_text(text)
    return watch_script(path)


def test_copies_with_other_targets_are_no_mixed_up_order_and_are_all_handed_on(tmp_path: Path) -> None:
    seen = watch(tmp_path, COPIES)
    assert seen.findings == []
    assert seen.inputs is not None
    assert seen.targets is not None
    assert (len(seen.inputs), len(seen.targets)) == (360, 360)


@pytest.mark.parametrize("turn", [BY_PASS, BY_EPOCH.replace("epoch % 2", "(epoch + k) % 2"), BY_LOSS])
def test_losses_in_turn_have_no_one_target_of_a_row(turn: str, tmp_path: Path) -> None:
    seen = watch(tmp_path, TURNS.replace("TURN", turn))
    assert seen.findings == []
    assert seen.targets is None


def test_a_stage_with_another_loss_is_no_turn(tmp_path: Path) -> None:
    assert watch(tmp_path, TURNS.replace("TURN", BY_STAGE)).targets is not None
