"""The diagnosis of PyTorch's networks: the tuning half of them, and that nothing is touched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nn
from autograd.cli import main
from tests.nn.health.corpus.case import diagnose_case

torch = pytest.importorskip("torch")
from tests.nn.health.corpus import tuning_strangers_loops, tuning_torch  # noqa: E402 - only where PyTorch is

pytestmark = pytest.mark.integration

FILE = """
import torch
torch.manual_seed(0)
x = torch.randn(200, 4)
data = (x, (x[:, 0] > x[:, 1]).long())
loss = torch.nn.CrossEntropyLoss()
model = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Linear(16, 2))
slow = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Linear(16, 2), torch.nn.Softmax(1))
"""


STRANGERS = [case for case in tuning_strangers_loops.SICK + tuning_strangers_loops.WELL if case.torch]


@pytest.mark.parametrize("case", tuning_torch.SICK + tuning_torch.WELL + STRANGERS, ids=lambda case: case.name)
def test_the_verdict_is_right(case) -> None:
    found = diagnose_case(case, 0)
    assert case.is_right(found.cause), str(found)


def test_nothing_of_the_users_is_touched() -> None:
    setup = tuning_torch.normed_and_dropped(0)
    setup.loss(setup.model(setup.x), setup.y).backward()
    setup.optimizer.step()
    before = {name: value.clone() for name, value in setup.model.state_dict().items()}
    gradients = [p.grad.clone() for p in setup.model.parameters()]
    drawn, threads = torch.get_rng_state(), torch.get_num_threads()
    nn.health.diagnose(setup.model, (setup.x, setup.y), setup.loss, optimizer=setup.optimizer, quick=True)
    assert all(torch.equal(value, before[name]) for name, value in setup.model.state_dict().items())
    assert all(torch.equal(p.grad, g) for p, g in zip(setup.model.parameters(), gradients, strict=True))
    assert torch.equal(torch.get_rng_state(), drawn)
    assert torch.get_num_threads() == threads
    assert setup.model.training


def test_the_checklist_takes_it() -> None:
    setup = tuning_torch.blobs_learned(0)
    found = nn.checklist(setup.model, (setup.x, setup.y), setup.loss, optimizer=setup.optimizer, epochs=15)
    assert [step.verdict for step in found.steps] == ["not asked", "pass", "pass", "pass"]
    assert np.isfinite(found["by heart"].numbers["error"])


def test_the_command_takes_a_file_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    assert main(["doctor", f"{path}:slow", "--quick"]) == 1
    assert "double softmax" in capsys.readouterr().out
