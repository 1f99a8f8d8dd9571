"""Scripts, diagnosed: what was seen comes first, and experiments say the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograd.cli import main
from nn.health.loop import diagnose_script
from nn.health.loop.rerun import Rerun, judge_rates, try_rates
from tests.nn.health.loop.scripts import FAULTS, OURS, TORCH, with_fault

# A loop that hides its rows: the model is given two arrays.
HIDDEN = """
import numpy as np
import nn, optim

class Sum(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 1, rng=0)

    def forward(self, a, b):
        return self.layer(a + b)

a, b = np.random.default_rng(0).normal(size=(2, 32, 2)).astype(np.float32)
model = Sum()
optimizer = optim.SGD(model.parameters(), lr=LR)
for step in range(300):
    optimizer.zero_grad()
    loss = ((model(a, b) - 3.0) ** 2).mean()
    loss.backward()
    optimizer.step()
"""


@pytest.fixture
def script(tmp_path: Path):
    def write(text: str) -> str:
        path = tmp_path / "train.py"
        path.write_text(text)
        return str(path)

    return write


@pytest.mark.integration
def test_what_was_seen_is_the_first_finding(script):
    found = diagnose_script(script(with_fault("cleared", OURS)), quick=True)
    assert found.cause == "gradients cleared before the step"
    assert not found


@pytest.mark.integration
@pytest.mark.parametrize(("rate", "cause"), [("1e-6", "learning rate too low"), ("5.0", "learning rate too high")])
def test_where_the_loop_hides_its_rows_the_script_runs_again_with_other_rates(script, rate, cause):
    found = diagnose_script(script(HIDDEN.replace("LR", rate)), seconds=60)
    assert found.cause == cause
    assert any("other rates" in line for line in found.evidence)


@pytest.mark.integration
def test_a_rerun_multiplies_the_rate(script):
    slow, fast = try_rates(Path(script(HIDDEN.replace("LR", "0.001"))), 20, 120.0, (1.0, 100.0))
    assert len(slow.losses) == len(fast.losses) == 20
    assert slow.losses[0] == fast.losses[0]
    assert fast.left < 0.5 < slow.left


def test_rates_are_told_apart():
    idle, healed, lost = (1.0,) * 10, tuple(0.8**k for k in range(10)), (1.0, 5.0, float("inf"))
    too_low = judge_rates([Rerun(1.0, idle), Rerun(0.1, idle), Rerun(100.0, healed)])
    assert (too_low.cause, too_low.evidence["factor"]) == ("learning rate too low", 100.0)
    assert judge_rates([Rerun(1.0, lost), Rerun(0.1, healed)]).cause == "learning rate too high"
    assert judge_rates([Rerun(1.0, idle), Rerun(0.1, idle), Rerun(10.0, lost)]) is None
    assert judge_rates([Rerun(1.0, healed), Rerun(10.0, healed)]) is None
    assert judge_rates([]) is None


@pytest.mark.integration
def test_the_command_takes_a_script(script, tmp_path, capsys):
    page, told = tmp_path / "found.html", tmp_path / "found.json"
    code = main(["doctor", script(with_fault("no step", OURS)), "--quick", "--page", str(page), "--json", str(told)])
    printed = capsys.readouterr().out
    assert code == 1
    assert "step missing" in printed
    assert "loss.backward()" in printed
    assert json.loads(told.read_text())["verdict"] == "step missing"
    assert "step missing" in page.read_text()


def test_options_that_a_script_says_itself_are_refused(script, capsys):
    path = script(OURS)
    for option in (["--lr", "0.1"], ["--loss", "mine"], ["--epochs", "3"], ["--first-layer", "a.svg"]):
        assert main(["doctor", path, *option]) == 2
        assert option[0] in capsys.readouterr().err


@pytest.mark.integration
@pytest.mark.parametrize(
    "name", [name for name in FAULTS if name not in ("no backward", "optimizer anew", "always evaluating")]
)
def test_pytorch_scripts(script, name):
    pytest.importorskip("torch")
    from nn.health.loop import watch_script

    assert watch_script(script(TORCH)).findings == []
    seen = watch_script(script(with_fault(name, TORCH)))
    assert seen.findings[0].cause == FAULTS[name][0]


# What PyTorch's users write in their loops between the outputs and the step, all of it right.
WRITTEN_OUT = {
    "a function": "torch.nn.functional.mse_loss(out, wanted)",
    "written out": "((out - wanted) ** 2).mean()",
    "a penalty beside it": "((out - wanted) ** 2).mean() + 1e-4 * sum(p.abs().sum() for p in model.parameters())",
    "a module beside it": "torch.nn.MSELoss()(torch.nn.Identity()(out), wanted)",
}


@pytest.mark.integration
@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_losses_that_pytorch_scripts_write_out_are_tried_out(script, name):
    pytest.importorskip("torch")
    changed = TORCH.replace(
        "        out = model(", "        wanted = torch.as_tensor(y[start : start + 16])\n        out = model("
    )
    text = changed.replace("loss_function(out, torch.as_tensor(y[start : start + 16]))", WRITTEN_OUT[name])
    assert text != changed
    found = diagnose_script(script(text.replace("lr=0.05", "lr=1e-7")), quick=True)
    assert found.cause == "learning rate too low"


@pytest.mark.integration
def test_steps_that_ask_for_the_loss_again_are_tried_out(script):
    pytest.importorskip("torch")
    text = TORCH[: TORCH.index("optimizer =")] + (
        "optimizer = optim.LBFGS(model.parameters(), lr=0.5)\n"
        "def closure():\n"
        "    optimizer.zero_grad()\n"
        "    loss = torch.nn.functional.mse_loss(model(torch.as_tensor(x)), torch.as_tensor(y))\n"
        "    loss.backward()\n"
        "    return loss\n"
        "for step in range(20):\n"
        "    optimizer.step(closure)\n"
    )
    assert diagnose_script(script(text), quick=True).cause != "error"
