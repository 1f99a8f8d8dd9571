"""Scripts of PyTorch's that train bare tensors by lines of their own: of such a loop is told what it does wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import diagnose_script, watch_script

pytest.importorskip("torch")

TEXT = """
import torch
torch.manual_seed(0)
x = torch.randn(200, 3)
y = x[:, :1] * x[:, 1:2]
w1, b1, w2 = (t.requires_grad_() for t in (0.5 * torch.randn(3, 32), torch.zeros(32), 0.1 * torch.randn(32, 1)))
for step in range(100):
    loss = ((torch.tanh(x @ w1 + b1) @ w2 - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        for w in (w1, b1, w2):
            w -= 0.1 * w.grad
            w.grad.zero_()
"""
MOVED, ZEROED = "            w -= 0.1 * w.grad\n", "            w.grad.zero_()\n"
FAULTS = {
    "as it is": ("", "", []),
    "never zeroed": (ZEROED, "", ["gradients not zeroed"]),
    "moved up": ("w -= ", "w += ", ["loss maximised"]),
    "zeroed too early": (MOVED + ZEROED, ZEROED + MOVED, ["gradients cleared before the step"]),
    "one stays": ("in (w1, b1, w2):\n            w -=", "in (w1, w2):\n            w -=", ["parameters left out"]),
}  # fmt: skip


def write(path: Path, name: str) -> Path:
    old, new, _ = FAULTS[name]
    path.write_text(TEXT.replace(old, new) if old else TEXT)
    return path


@pytest.mark.parametrize("name", list(FAULTS))
def test_what_a_loop_of_bare_tensors_does_wrong(name: str, tmp_path: Path) -> None:
    seen = watch_script(write(tmp_path / "train.py", name), steps=20)
    assert [finding.cause for finding in seen.findings] == FAULTS[name][2]
    assert not seen.is_whole


def test_a_tensor_that_stays_is_called_by_its_name(tmp_path: Path) -> None:
    (found,) = watch_script(write(tmp_path / "train.py", "one stays"), steps=20).findings
    assert found.sentence.startswith("1 of 3 weights get gradients in")
    assert "nothing moves them: b1" in found.sentence


def test_nothing_is_said_of_a_loop_that_does_nothing_wrong(tmp_path: Path) -> None:
    found = diagnose_script(write(tmp_path / "train.py", "as it is"))
    assert (found.cause, found.findings) == ("unknown", [])
