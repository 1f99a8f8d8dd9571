"""Scripts that train with an engine of their own, as students write it after micrograd."""

from __future__ import annotations

import builtins
from pathlib import Path

import pytest

from nn.health.loop.script import diagnose_script
from tests.autograd.check.test_engines import ENGINE

LOOP = """
import random

random.seed(0)


class Neuron:
    def __init__(self, n):
        self.w, self.b = [Value(random.uniform(-1, 1)) for _ in range(n)], Value(0.0)

    def __call__(self, x):
        return (sum((w * z for w, z in zip(self.w, x)), Value(0.0)) + self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]


hidden, last = [Neuron(2) for _ in range(4)], [Value(random.uniform(-1, 1)) for _ in range(4)]
weights = [p for n in hidden for p in n.parameters()] + last
xs = [[random.uniform(-1, 1), random.uniform(-1, 1)] for _ in range(30)]
ys = [x[0] - 0.5 * x[1] for x in xs]
for k in range(60):
    loss = Value(0.0)
    for x, y in zip(xs, ys):
        out = sum((w * n(x) for w, n in zip(last, hidden)), Value(0.0))
        d = out - helper(y)
        loss = loss + d * d * (1 / len(xs))
    for p in weights:
        p.grad = 0.0
    loss.backward()
    for p in weights:
        p.data -= 0.2 * p.grad
"""
OURS = """
import numpy as np
import nn, optim
from autograd import Tensor

rng = np.random.default_rng(0)
x = rng.standard_normal((64, 4))
y = x[:, :1] * 2 - x[:, 1:2]
model = nn.Linear(4, 1, rng=0)
optimizer = optim.SGD(model.parameters(), lr=0.1)
for step in range(60):
    optimizer.zero_grad()
    loss = ((model(Tensor(x)) - Tensor(y)) ** 2).mean()
    loss.backward()
    optimizer.step()
"""
# What stands behind the class in the text, and is called by it, is there when the class is checked.
HELPER = "\ndef helper(y):\n    return Value(y)\n"
LAST = "        self.grad = 1.0\n"


def told(folder: Path, old: str = "", new: str = "") -> tuple[list[str], str]:
    path = folder / "train.py"
    text = ENGINE + LOOP.replace("import random\n", "import random\n" + HELPER, 1)
    assert old in text
    path.write_text(text.replace(old, new))
    found = diagnose_script(path, seconds=20.0)
    return [finding.cause for finding in found.findings], str(found)


def test_a_loop_with_an_engine_of_its_own_is_watched(tmp_path: Path) -> None:
    before = builtins.__build_class__
    causes, text = told(tmp_path)
    assert causes == []
    assert "the class Value is an engine of the script's own" in text
    assert builtins.__build_class__ is before


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("        p.grad = 0.0\n", "        pass\n", "gradients not zeroed"),
        ("        p.data -= 0.2 * p.grad\n", "        pass\n", "step missing"),
        ("0.2 * p.grad", "2e-6 * p.grad", "learning rate too low"),
        ("(1 - t**2) * out.grad", "(1 + t**2) * out.grad", "wrong gradient"),
        ("self.grad += other.data * out.grad", "self.grad = other.data * out.grad", "wrong gradient"),
    ],
)
def test_what_is_wrong_with_the_loop_or_the_engine_is_told(old: str, new: str, cause: str, tmp_path: Path) -> None:
    assert told(tmp_path, old, new)[0][0] == cause


def test_an_engine_that_clears_gradients_itself_needs_nothing_of_the_loop(tmp_path: Path) -> None:
    own = "        for v in topo:\n            v.grad = 0.0\n" + LAST
    path = tmp_path / "train.py"
    text = (ENGINE + HELPER + LOOP).replace(LAST, own).replace("        p.grad = 0.0\n", "        pass\n")
    path.write_text(text)
    assert "gradients not zeroed" not in [finding.cause for finding in diagnose_script(path, seconds=20.0).findings]


def test_an_engine_with_more_than_ours_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="its class Value is an engine of its own"):
        told(tmp_path, "    def __neg__(self):", "    def swish(self):\n        return self\n\n    def __neg__(self):")


def test_of_a_class_that_is_written_again_the_last_is_judged(tmp_path: Path) -> None:
    told(tmp_path, "import random\n", ENGINE + "import random\n")
    path = tmp_path / "train.py"
    path.write_text(path.read_text().replace("self.grad += out.grad", "self.grad = out.grad", 1))
    text = str(diagnose_script(path, seconds=20.0))
    assert "wrong gradient" not in text
    assert text.count("is an engine of the script's own") == 1


def test_a_class_that_the_script_does_not_train_with_is_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(ENGINE.replace("(1 - t**2)", "(1 - t)") + OURS)
    assert "wrong gradient" not in str(diagnose_script(path, seconds=20.0))


@pytest.mark.parametrize(("sign", "causes"), [("-", []), ("+", ["loss unfit"])])
def test_targets_that_are_added_with_the_other_sign_are_subtracted(
    sign: str, causes: list[str], tmp_path: Path
) -> None:
    assert told(tmp_path, "out - helper(y)", f"out + ({sign}helper(y))")[0] == causes


def test_targets_of_arrays_may_be_added_with_the_other_sign_too(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(OURS.replace("- Tensor(y)", "+ (-Tensor(y))"))
    assert not diagnose_script(path, seconds=20.0).findings
