"""Batches that are drawn anew from the same number for each pass, so that they are one batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import watch_script

TEXT = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(4)
x = rng.normal(size=(200, 3)).astype(np.float32)
codes = rng.integers(0, 5, 200)
y = x[:, :1] * x[:, 1:2]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.out = nn.Embedding(5, 3, rng=0), nn.Linear(3, 1, rng=1)

    def forward(self, x, codes=None):
        return self.out(x if codes is None else x + self.emb(codes))


def draw():
    DRAW


net = Net()
optimizer = optim.Adam(net.parameters(), lr=0.01)
for epoch in range(6):
    for step in range(12):
        rows = ROWS
        loss = F.mse_loss(net(GIVEN), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize("given", ["x[rows]", "x[rows], codes[rows]"])
@pytest.mark.parametrize(
    ("rows", "draw", "told"),
    [
        ("np.random.default_rng(0).integers(0, 160, 20)", "pass", True),
        ("np.random.RandomState(7).permutation(160)[:20]", "pass", True),
        ("draw()", "np.random.seed(0); return np.random.randint(0, 160, 20)", True),
        ("draw()", "return np.random.default_rng(seed=0).choice(160, 20)", True),
        ("np.random.default_rng(step).integers(0, 160, 20)", "pass", False),
        ("np.random.default_rng([7, step]).integers(0, 160, 20)", "pass", False),
        ("rng.integers(0, 160, 20)", "np.random.seed(0)", False),
        # All rows, each time in the same order, are no draw of some.
        ("np.random.default_rng(3).permutation(200)", "pass", False),
    ],
)
def test_one_batch_that_is_drawn_again_and_again(tmp_path: Path, rows: str, draw: str, told: bool, given: str) -> None:
    script = tmp_path / "train.py"
    script.write_text(TEXT.replace("ROWS", rows).replace("DRAW", draw).replace("GIVEN", given))
    assert ("same batch again" in [f.cause for f in watch_script(script).findings]) is told
