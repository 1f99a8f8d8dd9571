"""Scripts that give a model one row at a time: what they do to shapes is done to more rows, too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nn.health.loop import watch_script

HEAD = """
import numpy as np
import autograd as ag
from autograd import Tensor
rng = np.random.default_rng(0)
x = rng.normal(size=(60, 3))
y = x[:, 0] * x[:, 1]
w = Tensor(rng.normal(size=(3, 8)), requires_grad=True)
v = Tensor(rng.normal(size=(8, 1)), requires_grad=True)
for step in range(120):
    rows = rng.integers(0, 60, 1)
    LINES
    loss.backward()
    for p in (w, v):
        p.data = p.data - 0.01 * p.grad
        p.grad = None
"""
LINES = {
    "flat answers": "loss = (((Tensor(x[rows]) @ w).tanh() @ v).reshape(-1) - y[rows]).square().mean()",
    "answers of a number of rows": "loss = (((Tensor(x[rows]) @ w).tanh() @ v).reshape(len(rows)) - y[rows]).square().mean()",
    "a column": "loss = ((Tensor(x[rows]) @ w).tanh() @ v - y[rows][:, None]).square().mean()",
    "a sum along axis one": "loss = (((Tensor(x[rows]) @ w).tanh() * v.reshape(1, 8)).sum(axis=1) - y[rows]).square().mean()",
}


TORCH = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(60, 3)
y = x[:, 0] * x[:, 1]
model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for step in range(120):
    rows = torch.randint(0, 60, (1,))
    loss = ((model(x[rows]).SHAPED - y[rows]) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


@pytest.mark.parametrize("shaped", ["view(-1)", "view(len(rows))", "reshape((len(rows),))", "squeeze(1)"])
def test_what_is_seen_of_single_rows_of_pytorchs_holds_for_more(shaped: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    script = tmp_path / "train.py"
    script.write_text(TORCH.replace("SHAPED", shaped))
    seen = watch_script(script)
    assert seen.is_whole
    answers, targets = torch.zeros(5, 1), torch.arange(5.0)
    assert float(seen.loss(answers, targets)) == pytest.approx(6.0)


@pytest.mark.parametrize("name", LINES)
def test_what_is_seen_of_single_rows_holds_for_more(name: str, tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(HEAD.replace("LINES", LINES[name]))
    seen = watch_script(script)
    assert seen.is_whole
    assert np.shape(seen.inputs) == (len(np.asarray(seen.targets)), 3)
    assert seen.batch_size == 1
