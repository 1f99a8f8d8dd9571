"""Scripts that come to no backward pass: their text, or their rows, keep them from it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from autograd.errors import UsageError
from nn.health import Diagnosis
from nn.health.loop import diagnose_script, watch_script

HEAD = """
import sys
import numpy as np, nn, optim
from autograd import Tensor, no_grad
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.normal(size=(60, 3)).astype(np.float32)
y = (x[:, :1] > 0).astype(np.float32)
model = nn.Sequential(nn.Linear(3, 8, rng=0), nn.Tanh(), nn.Linear(8, 1, rng=1), nn.Sigmoid())
optimizer = optim.SGD(model.parameters(), lr=0.1)


def step(rows, optimizer=None):
    loss = F.binary_cross_entropy(model(x[rows]), y[rows])
    if optimizer is not None:
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return loss.item()
"""
LOOP = """
for epoch in range(5):
    for k in range(0, 60, 10):
        step(slice(k, k + 10))
"""
BROKEN = "\nx[33, 1] = np.nan\nfor epoch in range(5):\n    step(slice(0, 60), optimizer)\n"


def run(tmp_path: Path, text: str) -> Diagnosis:
    path = tmp_path / "train.py"
    path.write_text(HEAD + text)
    return diagnose_script(path, quick=True)


def test_a_loop_that_never_reaches_its_backward_pass(tmp_path: Path) -> None:
    found = run(tmp_path, LOOP)
    assert [f.cause for f in found.findings] == ["backward missing"]
    assert found.findings[0].place.line is not None
    assert found.findings[0].evidence["calls"] == 30
    assert "run again" not in str(found)


ASKED = {
    "nothing recorded": "\nwith no_grad():\n    for k in range(30):\n        step(slice(0, 60))\n",
    "judged": "\nmodel.eval()" + LOOP,
    "another model": "\nother = nn.Linear(3, 1, rng=0)\nfor k in range(30):\n    F.mse_loss(other(x), y)\n",
}


@pytest.mark.parametrize("text", ASKED.values(), ids=ASKED)
def test_what_is_only_asked_is_not_to_be_trained(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="trains nothing that is seen"):
        run(tmp_path, text)


def test_a_loss_that_refuses_what_comes_of_broken_rows(tmp_path: Path) -> None:
    found = run(tmp_path, BROKEN)
    assert found.cause == "inputs not finite"
    assert found.findings[0].evidence["first row"] == 33
    assert any("stopped before its first pass" in line for line in found.evidence)


def test_another_error_before_the_first_pass_is_told_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not run"):
        run(tmp_path, "\nstep(slice(0, 60))\nraise ValueError('no file')\n")


ENGINE = """
class Number:
    def __init__(self, data): self.data, self.grad = data, 0.0
    def __add__(self, other): return Number(self.data + other.data)
    def __mul__(self, other): return Number(self.data * other.data)
    def swish(self): return self
    def backward(self): self.grad = 1.0
Number(2.0).backward()
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            ENGINE,
            "its class Number is an engine of its own that has more than autograd.Value, and is not watched",
        ),
        ("import sklearn\n", "it trains with scikit-learn, whose loops are not watched"),
        (
            "import numpy as np\nw = np.ones(2)\nw -= 0.1 * w\n",
            "where it computes its gradients by hand, write the loss with `autograd.numpy`",
        ),
        ("import numpy as np, nn\nmodel = nn.Linear(1, 1)\n", "where it defines a model, say which part of it"),
        ("from . import jax\n", ""),
    ],
)
def test_why_nothing_was_seen(text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "train.py"
    path.write_text(text)
    if "sklearn" in text:
        # One that has nothing in it, and is gone again after this test.
        monkeypatch.setitem(sys.modules, "sklearn", ModuleType("sklearn"))
    with pytest.raises(UsageError) as raised:
        watch_script(path)
    assert told in str(raised.value)
