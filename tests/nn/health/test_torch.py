"""The diagnosis of PyTorch's networks: the tuning half of them, and that nothing is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd.cli import main
from nn.health.evidence.operations import find_in_operations, tell_mixed_rows
from nn.health.finding import Finding
from nn.health.frameworks.adapt import adapt
from tests.nn.health.corpus.case import diagnose_case

torch = pytest.importorskip("torch")
from tests.nn.health.corpus import tuning_lists_torch_networks, tuning_strangers_loops, tuning_torch  # noqa: E402 - only where PyTorch is

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
LISTS = tuning_lists_torch_networks.SICK + tuning_lists_torch_networks.WELL


@pytest.mark.parametrize("case", tuning_torch.SICK + tuning_torch.WELL + STRANGERS + LISTS, ids=lambda case: case.name)
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


def test_operations_are_seen_with_their_axes_and_lines() -> None:
    class Weighs(torch.nn.Module):
        def __init__(self, axis: int, read_on: bool) -> None:
            super().__init__()
            self.score, self.axis, self.read_on = torch.nn.Linear(3, 1), axis, read_on
            self.rest = torch.nn.Linear(3, 2)

        def forward(self, x: Any) -> Any:
            x = x.view(len(x), 4, 3) if self.read_on else x.transpose(1, 2)
            return self.rest((self.score(x).softmax(dim=self.axis) * x).sum(dim=1))

    x = np.random.default_rng(0).normal(size=(16, 3, 4)).astype(np.float32)

    def look(axis: int, read_on: bool = False) -> list[Finding]:
        model, loss = Weighs(axis, read_on), torch.nn.CrossEntropyLoss()
        network = adapt(model, (x, np.arange(16) % 2), loss, None, 16, True, (None, None, None)).network
        operations = network.operations(x)
        mixed = Finding("rows mixed", "", "the answers change", "look for it")
        return [*find_in_operations(operations, network.answer(x)), *tell_mixed_rows([mixed], operations)]

    assert [f.cause for f in look(1)] == ["rows mixed"]
    for axis, read_on, cause in (
        (-1, False, "softmax over one unit"),
        (1, True, "axes mixed up"),
        (0, False, "softmax over rows"),
    ):
        found = look(axis, read_on)[0]
        assert found.cause == cause
        assert "test_torch.py" in found.place.site
