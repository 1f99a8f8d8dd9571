"""Rows that a script judges by which trains functions of its own, so that no call of a model shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import watch_script

TEXT = """
import numpy as np
from autograd import Tensor
rng = np.random.default_rng(0)
measured = rng.normal(size=(120, 3)) * [4.0, 90.0, 1.0] + [20.0, 300.0, 0.0]
asked = measured[:, :1] / 4.0
mean, std = measured[:90].mean(axis=0), measured[:90].std(axis=0)
x, y = (measured[:90] - mean) / std, asked[:90]
x_test, y_test = KEPT, asked[90:]
w, b = Tensor(rng.normal(size=(3, 1)), requires_grad=True), Tensor(np.zeros(1), requires_grad=True)


def answer(rows):
    return Tensor(rows) @ w + b


def error(rows, targets):
    return ((answer(rows) - targets) ** 2).mean()


for epoch in range(20):
    for rows in np.array_split(rng.permutation(90), 6):
        loss = error(x[rows], y[rows])
        w.grad = b.grad = None
        loss.backward()
        w.data, b.data = w.data - 0.05 * w.grad, b.data - 0.05 * b.grad
LATER
print("train", float(error(x, y).data), "held", float(error(JUDGED).data))
"""
SCALED = "(measured[90:] - mean) / std"


@pytest.mark.parametrize(
    ("kept", "later", "judged", "causes"),
    [
        (SCALED, "", "x_test, y_test", []),
        ("measured[90:]", "", "x_test, y_test", ["validation differs"]),
        ("measured[90:]", "", "(x_test - mean) / std, y_test", []),
        ("measured[90:]", "x_test = (x_test - mean) / std", "x_test, y_test", []),
        (SCALED, "", "x, y", ["metric on training rows"]),
        (SCALED, "np.save('rest.npy', x_test)", "x, y", []),
    ],
    ids=["well", "as measured", "scaled there", "scaled later", "those of the training", "kept for something else"],
)
def test_rows_that_functions_are_judged_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str, later: str, judged: str, causes: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "train.py"
    path.write_text(TEXT.replace("KEPT", kept).replace("LATER", later).replace("JUDGED", judged))
    assert [finding.cause for finding in watch_script(path).findings] == causes


def test_a_function_that_a_gradient_is_taken_of_is_trained(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    text = """
import numpy as np
import autograd
import autograd.numpy as anp
rng = np.random.default_rng(0)
x, x_val = rng.normal(size=(90, 3)), 60.0 * rng.normal(size=(30, 3))
y, y_val = x[:, 0], x_val[:, 0]


def error(w, x, y):
    return anp.mean((anp.dot(x, w) - y) ** 2)


slope = autograd.grad(error)
w = np.zeros(3)
for step in range(60):
    w = w - 0.1 * slope(w, x, y)
print("val", error(w, x_val, y_val))
"""
    path.write_text(text)
    assert [finding.cause for finding in watch_script(path).findings] == ["validation differs"]
    path.write_text(text.replace("60.0 * ", ""))
    assert watch_script(path).findings == []
