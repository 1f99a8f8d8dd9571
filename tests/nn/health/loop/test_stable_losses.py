"""Losses that take the largest score away first, so that no exponential overflows: it is no target, and others for other rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autograd import Tensor
from nn.health.loop import watch_script
from nn.health.loop.replay import replay_graph

TEXT = """
import numpy as np
import nn, optim
from autograd import Tensor
rng = np.random.default_rng(0)
t = rng.integers(0, 4, 200)
x = (2 * rng.normal(size=(4, 6))[t] + rng.normal(size=(200, 6))).astype(np.float32)
MODEL
for epoch in range(20):
    for k in range(0, 200, 20):
        s = SCORES
        s = s - LARGEST
        log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
        loss = LOSS
        for w in weights:
            w.grad = None
        loss.backward()
        for w in weights:
            w.data = w.data - 0.1 * w.grad
"""
MODULE = "model = nn.Sequential(nn.Linear(6, 16, rng=0), nn.Tanh(), nn.Linear(16, 4, rng=1))\nweights = list(model.parameters())"
ARRAYS = "weights = [Tensor(rng.normal(size=n).astype(np.float32) / 3, requires_grad=True) for n in ((6, 16), (1, 16), (16, 4), (1, 4))]"
BY_NUMBER = "-log_p[np.arange(20), t[k : k + 20]].mean()"
BY_CODE = "-(log_p * np.eye(4, dtype=np.float32)[t[k : k + 20]]).sum(axis=1).mean()"


@pytest.mark.parametrize(("loss", "shape"), [(BY_NUMBER, (200,)), (BY_CODE, (200, 4))], ids=["numbers", "codes"])
@pytest.mark.parametrize("largest", ["s.numpy().max(axis=1, keepdims=True)", "s.detach().max(axis=1, keepdims=True)"])
@pytest.mark.parametrize(
    ("model", "scores"),
    [
        (MODULE, "model(x[k : k + 20])"),
        (ARRAYS, "(Tensor(x[k : k + 20]) @ weights[0] + weights[1]).tanh() @ weights[2] + weights[3]"),
    ],
    ids=["module", "arrays"],
)
def test_the_largest_score_is_no_target(
    tmp_path: Path, model: str, scores: str, largest: str, loss: str, shape: tuple[int, ...]
) -> None:
    text = TEXT.replace("MODEL", model).replace("SCORES", scores).replace("LARGEST", largest).replace("LOSS", loss)
    (tmp_path / "train.py").write_text(text)
    seen = watch_script(tmp_path / "train.py")
    assert seen.findings == []
    assert seen.inputs is not None
    assert seen.targets is not None
    assert seen.inputs.shape == (200, 6)
    assert seen.targets.shape == shape


def test_it_is_that_of_the_rows_that_are_given() -> None:
    rng = np.random.default_rng(0)
    scores = Tensor(rng.normal(size=(5, 3)), requires_grad=True)
    output, names = scores * 1.0, np.eye(3)[[0, 1, 2, 0, 1]]

    def loss(given: Tensor, asked: np.ndarray) -> Tensor:
        shifted = given - given.numpy().max(axis=1, keepdims=True)
        return -((shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))) * asked).sum(axis=1).mean()

    found = replay_graph(loss(output, names), output)
    assert found is not None
    replayed, targets = found
    assert np.array_equal(targets, names)
    # Without a shift of their own these would be infinite.
    other, asked = Tensor(1000.0 * rng.normal(size=(4, 3))), np.eye(3)[[2, 2, 0, 1]]
    assert replayed(other, asked).item() == pytest.approx(loss(other, asked).item())
