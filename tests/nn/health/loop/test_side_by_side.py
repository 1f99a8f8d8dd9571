"""Scripts whose model is trained by several optimizers of different kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

import nn
import optim
from nn.health.frameworks.side_by_side import SideBySide
from nn.health.loop import diagnose_script, watch_script

OURS = """
import numpy as np, nn, optim
rng = np.random.default_rng(0)
words = rng.integers(0, 9, (240, 3))
y = rng.normal(size=9)[words].sum(axis=1, keepdims=True).astype(np.float32)


class Mean(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.out = nn.Embedding(9, 6, rng=1), nn.Linear(6, 1, rng=2)

    def forward(self, x):
        return self.out(self.table(x).sum(axis=1))


model = Mean()
tables = optim.Adagrad(model.table.parameters(), lr=RATE)
layers = optim.Adam(model.out.parameters(), lr=RATE)
for epoch in range(20):
    for rows in np.array_split(rng.permutation(240), 8):
        loss = nn.functional.mse_loss(model(words[rows]), y[rows])
        tables.zero_grad(), layers.zero_grad()
        loss.backward()
        STEPS
"""
TORCH = (
    OURS.replace("import numpy as np, nn, optim", "import numpy as np, torch\nfrom torch import nn, optim")
    .replace("size=9)[words]", "size=9)[words].astype(np.float32)")
    .replace(", rng=1)", ")")
    .replace(", rng=2)", ")")
    .replace("sum(axis=1)", "sum(1)")
    .replace("\n\n\nclass", "\nwords, y = torch.tensor(words), torch.tensor(y)\n\n\nclass", 1)
)
TOGETHER = "tables.step(), layers.step()"


def write(tmp_path: Path, text: str, rate: float = 0.05, steps: str = TOGETHER) -> Path:
    path = tmp_path / "train.py"
    path.write_text(text.replace("RATE", str(rate)).replace("STEPS", steps))
    return path


def test_they_are_one_where_they_step_together_and_none_where_they_do_not(tmp_path: Path) -> None:
    seen = watch_script(write(tmp_path, OURS))
    assert (seen.is_whole, type(seen.optimizer)) == (True, SideBySide)
    assert [type(part).__name__ for part in seen.optimizer.parts] == ["Adam", "Adagrad"]
    seen = watch_script(write(tmp_path, OURS, steps="layers.step(); epoch % 2 or tables.step()"))
    assert (seen.alone, type(seen.optimizer).__name__) == (False, "Adam")


@pytest.mark.parametrize(
    "text", [OURS, pytest.param(TORCH.replace("nn.functional", "torch.nn.functional"), id="PyTorch")]
)
@pytest.mark.parametrize(("rate", "cause"), [(0.05, "healthy"), (1e-6, "learning rate too low")])
def test_experiments_are_made_with_both(text: str, rate: float, cause: str, tmp_path: Path) -> None:
    if "torch" in text:
        pytest.importorskip("torch")
    assert diagnose_script(write(tmp_path, text, rate), quick=True).cause == cause


def test_a_group_that_is_added_is_the_first_ones() -> None:
    a, b, c = (nn.Linear(1, 1, rng=k) for k in range(3))
    both = SideBySide([optim.SGD(a.parameters(), lr=0.1), optim.Adam(b.parameters(), lr=0.01)])
    both.add_param_group({"params": list(c.parameters())})
    assert [group["lr"] for group in both.param_groups] == [0.1, 0.1, 0.01]
