"""Loops that train by the gradient of a function, as HIPS autograd's and JAX's do: each call of it is a pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import diagnose_script, watch_script
from tests.sweep import sweep

HEAD = """
import numpy
import autograd.numpy as np
from autograd import grad, value_and_grad
rng = numpy.random.default_rng(0)
X = rng.normal(size=(200, 2))
Y = (X[:, :1] * X[:, 1:] > 0).astype(float)
"""
LIST = (
    HEAD
    + """
params = [0.5 * rng.normal(size=(2, 16)), 0.1 * rng.normal(size=16), 0.5 * rng.normal(size=(16, 1)), np.zeros(1)]


def predict(params, x):
    w1, b1, w2, b2 = params
    return np.dot(np.tanh(np.dot(x, w1) + b1), w2) + b2


def loss(params, x, y):
    z = predict(params, x)
    return np.mean(np.logaddexp(0.0, z) - y * z)


gradient = grad(loss)
for step in range(300):
    slopes = gradient(params, X, Y)
    params = [p - 1.0 * g for p, g in zip(params, slopes)]
"""
)
MOVED = "    params = [p - 1.0 * g for p, g in zip(params, slopes)]\n"
LATER = MOVED.replace("[p", "params[:2] + [p").replace("(params, slopes)", "(params[2:], slopes[2:])")
# What is changed, and what is told.
FAULTS: dict[str, tuple[str, str, str]] = {
    "as it is": ("", "", "healthy"),
    "moved up": ("p - 1.0 * g", "p + 1.0 * g", "loss maximised"),
    "moved hardly": ("p - 1.0 * g", "p - 1e-7 * g", "learning rate too low"),
    "moved too far": ("p - 1.0 * g", "p - 900.0 * g", "learning rate too high"),
    "never moved": (MOVED, "", "step missing"),
    "the first layer stays": (MOVED, LATER, "parameters left out"),
    "columns and rows": ("(X[:, :1] * X[:, 1:] > 0)", "(X[:, 0] * X[:, 1] > 0)", "shapes broadcast"),
    "batches of a dict": (MOVED, "", "healthy"),
    "a gradient for each": (LIST[LIST.index("for step") :], "", "unknown"),
    "weights of 0": (LIST[LIST.index("params = [") :], "", "healthy"),
    "by Adam": (LIST[LIST.index("for step") :], "", "healthy"),
}  # fmt: skip
DICT = """
weights = dict(zip(("w1", "b1", "w2", "b2"), params))
by_name = value_and_grad(lambda weights, x, y: loss(list(weights.values()), x, y))
for epoch in range(60):
    for k in range(0, 200, 40):
        value, slopes = by_name(weights, X[k : k + 40], Y[k : k + 40])
        weights = {name: weights[name] - 0.5 * slopes[name] for name in weights}
"""
ADAM = """
from autograd.misc.optimizers import adam
adam(lambda params, step: gradient(params, X, Y), params, step_size=0.02, num_iters=200)
"""
EACH = """
parts = [grad(lambda *params: loss(params, X, Y), k) for k in range(4)]
for step in range(20):
    params = [p - 0.5 * part(*params) for p, part in zip(params, parts)]
"""
ZEROS = """
Y = (X[:, 0] + X[:, 1] > 0).astype(float)
w = np.zeros(2)
gradient = grad(lambda w: np.mean(np.logaddexp(0.0, np.dot(X, w)) - Y * np.dot(X, w)))
for step in range(200):
    w -= 0.5 * gradient(w)
"""


def write(path: Path, name: str) -> Path:
    old, new, _ = FAULTS[name]
    text = LIST.replace(old, new) if old else LIST
    if name == "batches of a dict":
        text = LIST[: LIST.index("gradient = ")] + DICT
    path.write_text(text + {"by Adam": ADAM, "a gradient for each": EACH, "weights of 0": ZEROS}.get(name, ""))
    return path


@pytest.mark.integration
@pytest.mark.parametrize("name", sweep(FAULTS, 6))
def test_a_loop_of_gradients_and_what_goes_wrong_in_it(name: str, tmp_path: Path) -> None:
    assert diagnose_script(write(tmp_path / "train.py", name)).cause == FAULTS[name][2]


def test_weights_are_called_what_the_script_calls_them(tmp_path: Path) -> None:
    (found,) = watch_script(write(tmp_path / "train.py", "the first layer stays"), steps=10).findings
    assert found.cause == "parameters left out"
    assert "2 of 4 weights" in found.sentence
    assert "params[0], params[1]" in found.sentence


def test_a_gradient_within_a_loss_is_no_pass(tmp_path: Path) -> None:
    inner = "    slope = grad(lambda x: np.sum(predict(params, x)))(x)\n    z = predict(params, x) + 0.0 * np.sum(slope * slope)\n"
    path = tmp_path / "train.py"
    path.write_text(LIST.replace("    z = predict(params, x)\n", inner).replace("range(300)", "range(7)"))
    assert watch_script(path).iterations == 7


def test_where_a_script_calls_backward_gradients_of_functions_are_no_passes(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    step = "    w = Tensor(params[2], requires_grad=True)\n    (w * w).sum().backward()\n"
    text = (
        LIST.replace("range(300)", "range(7)")
        .replace(MOVED, step)
        .replace("import numpy\n", "import numpy\nfrom autograd import Tensor\n")
    )
    path.write_text(text)
    assert watch_script(path).iterations == 7


def test_transforms_are_as_before_when_the_script_has_ended(tmp_path: Path) -> None:
    from autograd.engine import lifting, transforms

    watch_script(write(tmp_path / "train.py", "never moved"), steps=5)
    assert transforms.cotangents is lifting.cotangents
