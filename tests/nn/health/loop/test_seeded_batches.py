"""Batches that are drawn anew from the same number for each pass, or cut at the same place, so that they are one batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import watch_script
from tests.nn.health.loop.scripts import OURS, TORCH, with_fault

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


CUT = """
import numpy as np, optim
import autograd as ag
from autograd import Tensor
rng = np.random.default_rng(4)
x = rng.normal(size=(200, 3)).astype(np.float32)
y = x[:, :1] * x[:, 1:2]
n = int(0.4 * len(x))
weights = Tensor(np.zeros((3, 1), np.float32), requires_grad=True)
optimizer = optim.Adam([weights], lr=0.01)
for step in range(80):
    loss = ((Tensor(x[ROWS]) @ weights - Tensor(y[ROWS])) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 30 == 29:
        print(loss.item(), ((x[HELD] @ weights.numpy() - y[HELD]) ** 2).mean())
"""


@pytest.mark.parametrize(
    ("rows", "held", "told"),
    [
        # A part of the rows, all of it in each step, and the others kept for judging.
        (":n", "n:", False),
        (":80", "80:120", False),
        (": len(x) - 120", "-120:", False),
        (": int(0.4 * len(x))", "int(0.4 * len(x)) :", False),
        # Most of the rows, though nothing is made of the others.
        (":140", ":140", False),
        ("0:32", "160:", True),
        (":n", ":n", True),
        ("step * 0 : 20", "100:", True),
    ],
)
def test_a_part_that_is_trained_on_at_once_is_no_batch(tmp_path: Path, rows: str, held: str, told: bool) -> None:
    script = tmp_path / "train.py"
    script.write_text(CUT.replace("ROWS", rows).replace("HELD", held))
    assert ("same batch again" in [f.cause for f in watch_script(script).findings]) is told


ONE_BATCH = """
LOADER
fixed = next(iter(loader))
for epoch in range(30):
    for rows, answers in [fixed]:
        optimizer.zero_grad()
        loss = loss_function(model(rows), answers)
        loss.backward()
        optimizer.step()
    JUDGED
"""


@pytest.mark.parametrize("text", [OURS, TORCH])
def test_a_batch_that_was_taken_once_and_is_trained_on_alone(text: str, tmp_path: Path) -> None:
    if text == TORCH:
        pytest.importorskip("torch")
    made = next(line for line in with_fault("same batch", text).splitlines() if line.startswith("loader = "))
    script = text[: text.index("for epoch")] + ONE_BATCH.replace("LOADER", made)
    tensor = "torch.as_tensor(" if text == TORCH else "Tensor("
    judged = f"with no_grad(): print(model({tensor}x_test)).mean())"

    def causes(changed: str) -> list[str]:
        (tmp_path / "train.py").write_text(changed)
        return [f.cause for f in watch_script(tmp_path / "train.py").findings]

    assert causes(script.replace("JUDGED", judged))[:1] == ["same batch again"]
    # Whether they can be learned by heart, what is no batch of a loader, and a loader of one batch.
    assert "same batch again" not in causes(script.replace("JUDGED", "pass"))
    whole = script.replace("[fixed]", f"[({tensor}x), {tensor}y))]")
    assert "same batch again" not in causes(whole.replace("JUDGED", judged))
    assert "same batch again" not in causes(script.replace("batch_size=16", "batch_size=64").replace("JUDGED", judged))
