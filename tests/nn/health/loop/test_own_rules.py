"""Weights that a script moves by lines of its own: what rule that is, and what is said where it is none that is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop.script import diagnose_script

SCRIPT = """
import numpy as np
import nn, optim

rng = np.random.default_rng(0)
x = rng.normal(size=(240, 8)).astype(np.float32)
y = (np.sin(x[:, :1]) + x[:, 2:3]).astype(np.float32)
model = nn.Sequential(nn.Linear(8, 32, rng=1), nn.Tanh(), nn.Linear(32, 1, rng=2))
weights = list(model.parameters())
m, v = ([np.zeros_like(w.data) for w in weights] for _ in range(2))
lr, t = RATE, 0
optimizer = None if not SGD else optim.SGD(weights, lr=lr)
for epoch in range(60):
    order = rng.permutation(240)
    for rows in np.split(order, 6):
        model.zero_grad()
        loss = ((model(x[rows]) - y[rows]) ** 2).mean()
        loss.backward()
        t += 1
        LINES
"""
ADAM = """for k, w in enumerate(weights):
            m[k] = 0.9 * m[k] + 0.1 * w.grad
            v[k] = 0.999 * v[k] + 0.001 * w.grad**2
            w.data -= lr * (m[k] / (1 - 0.9**t)) / (np.sqrt(v[k] / (1 - 0.999**t)) + 1e-8)"""
UNCORRECTED = """for k, w in enumerate(weights):
            m[k] = 0.9 * m[k] + 0.1 * w.grad
            v[k] = 0.999 * v[k] + 0.001 * w.grad**2
            w.data -= lr * m[k] / (np.sqrt(v[k]) + 1e-8)"""
RMSPROP = """for k, w in enumerate(weights):
            v[k] = 0.9 * v[k] + 0.1 * w.grad**2
            w.data -= lr * w.grad / (np.sqrt(v[k]) + 1e-8)"""
ADAGRAD = """for k, w in enumerate(weights):
            v[k] += w.grad**2
            w.data -= lr * w.grad / (np.sqrt(v[k]) + 1e-8)"""
# No optimizer takes steps of such random lengths.
OWN = """for k, w in enumerate(weights):
            w.data -= lr * np.sign(w.grad) * np.abs(np.random.default_rng(t).normal(size=w.shape)).astype(np.float32)"""
NORM = """norm = np.sqrt(sum((w.grad**2).sum() for w in weights))
        for w in weights:
            w.grad *= min(1.0, {} / norm)
        optimizer.step()"""
VALUE = """for w in weights:
            w.grad = np.clip(w.grad, -{0}, {0})
        optimizer.step()"""
CUT = """for w in weights:
            w.data -= lr * np.clip(w.grad, -{0}, {0})"""


def told(folder: Path, lines: str, rate: float, before: str = "") -> tuple[str, str]:
    """The cause, and all that is told."""
    path = folder / "train.py"
    text = SCRIPT.replace("LINES", lines).replace("RATE", str(rate)).replace("\nm, v =", f"{before}\nm, v =")
    path.write_text(text.replace("SGD", str("optimizer" in lines), 1))
    found = diagnose_script(path, seconds=20.0)
    return found.cause, str(found)


@pytest.mark.parametrize(
    ("lines", "rates"),
    [(ADAM, (1e-6, 1e-2, 10.0)), (UNCORRECTED, (1e-6, 1e-2, 10.0)), (RMSPROP, (1e-6, 1e-2, 10.0)), (ADAGRAD, (1e-5, 3e-2, 30.0)),
     (OWN, (1e-6, 5e-3, 5.0))],
    ids=["Adam", "Adam without correction", "RMSprop", "Adagrad", "a rule of its own"],
)  # fmt: skip
def test_steps_by_hand_are_judged_by_what_they_do(lines: str, rates: tuple[float, ...], tmp_path: Path) -> None:
    causes = [told(tmp_path, lines, rate)[0] for rate in rates]
    assert causes == ["learning rate too low", "healthy", "learning rate too high"]


def test_a_rule_that_was_not_read_is_said_to_be_replaced(tmp_path: Path) -> None:
    assert "which was not read" in told(tmp_path, OWN, 5e-3)[1]
    assert "which was not read" not in told(tmp_path, ADAM, 1e-2)[1]


@pytest.mark.parametrize(
    ("lines", "tight"), [(NORM, 1e-4), (VALUE, 1e-4), (CUT, 1e-3)], ids=["norm", "value", "in the step"]
)
def test_gradients_that_are_clipped_by_hand_are_clipped_in_the_experiments(
    lines: str, tight: float, tmp_path: Path
) -> None:
    assert told(tmp_path, lines.format(tight), 0.1)[0] == "clipping too tight"
    assert told(tmp_path, lines.format(1.0), 0.1)[0] == "healthy"


@pytest.mark.parametrize(
    ("rate", "cause"),
    [("0.1 - 0.001 * t", "loss maximised"), ("0.1 * 0.99**t", "healthy"), ("0.1 * (1 - t / 360)", "healthy"),
     ("max(0.1 - 0.001 * t, 0.001)", "healthy"), ("0.05 * (1 + np.cos(np.pi * t / 360))", "healthy")],
)  # fmt: skip
@pytest.mark.parametrize(
    "lines", ["w.data -= lr * w.grad", "pass\n        optimizer.param_groups[0]['lr'] = lr\n        optimizer.step()"]
)
def test_a_rate_that_falls_below_zero_is_told_before_it_does(rate: str, cause: str, lines: str, tmp_path: Path) -> None:
    lines = f"lr = {rate}\n        for w in weights:\n            {lines}"
    assert told(tmp_path, lines, 0.1)[0] == cause


def test_a_rate_that_follows_the_loss_is_judged_by_the_losses(tmp_path: Path) -> None:
    """Polyak's rule: the loss over the square of the gradient."""
    lines = """slope = sum((w.grad**2).sum() for w in weights)
        optimizer.param_groups[0]["lr"] = {} * float(loss.item() / slope)
        optimizer.step()"""
    assert told(tmp_path, lines.format(0.5), 0.1)[0] == "healthy"
    assert told(tmp_path, lines.format(1e-5), 0.1)[0] == "learning rate too low"


def test_a_rate_that_goes_in_circles_does_not_waver(tmp_path: Path) -> None:
    lines = """optimizer.param_groups[0]["lr"] = 0.02 + 0.02 * abs(t % 20 - 10)
        optimizer.step()"""
    cause, text = told(tmp_path, lines, 0.1)
    assert cause == "healthy" and "which was not read" not in text


@pytest.mark.parametrize("lines", [ADAM, OWN], ids=["Adam", "a rule of its own"])
def test_steps_up_the_gradient_are_told_whatever_the_rule(lines: str, tmp_path: Path) -> None:
    assert told(tmp_path, lines.replace("w.data -=", "w.data +="), 5e-3)[0] == "loss maximised"


WITHOUT_GRADIENT = """for w in weights:
            w.data -= lr if w.ndim == 1 else lr * w.grad"""
OF_ITS_LAYER = """for k, w in enumerate(weights):
            w.data -= lr * (k + 1) * w.grad"""


@pytest.mark.parametrize("rate", [0.01, 0.05])
def test_biases_that_are_moved_without_their_gradients_are_told(rate: float, tmp_path: Path) -> None:
    """`b = b - lr`, the mistake of Goodfellow, Bengio and Courville, Deep Learning, section 11.5."""
    cause, text = told(tmp_path, WITHOUT_GRADIENT, rate)
    assert cause == "wrong gradient"
    assert "went on as before" in " ".join(text.split())


def test_a_parameter_that_counts_steps_is_not_told(tmp_path: Path) -> None:
    lines = """for k, w in enumerate(weights):
            w.data -= lr * (k + 1) * w.grad
        counter.data += 1.0"""
    assert (
        told(tmp_path, lines, 0.05, "\nmodel.count = counter = nn.Parameter(np.zeros(4, np.float32))\n")[0] == "healthy"
    )


def test_rates_of_each_layer_are_no_steps_without_gradients(tmp_path: Path) -> None:
    assert told(tmp_path, OF_ITS_LAYER, 0.05)[0] == "healthy"
