"""Programs that import micrograd run as they are, over the engine's values, and nothing stays of that."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from autograd import Value
from autograd.cli import main
from nn import micrograd as stand
from nn import scalar
from nn.health.loop import diagnose_script


def test_micrograds_own_names_are_ours_for_a_while_and_then_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = ModuleType("micrograd")
    monkeypatch.setitem(sys.modules, "micrograd", theirs)
    monkeypatch.delitem(sys.modules, "micrograd.engine", raising=False)
    with stand.as_micrograd():
        import micrograd.engine
        import micrograd.nn

        assert micrograd.engine.Value is Value
        assert {name: getattr(micrograd.nn, name) for name in ("Module", "Neuron", "Layer", "MLP")} == {
            "Module": scalar.Module,
            "Neuron": scalar.Neuron,
            "Layer": scalar.Layer,
            "MLP": scalar.MLP,
        }
    assert sys.modules["micrograd"] is theirs
    assert "micrograd.engine" not in sys.modules


OWN = """
class Value:
    def __init__(self, data): self.data, self.grad = data, 0.0
"""


def test_a_package_of_that_name_that_is_another_one_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "micrograd"
    package.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("__init__.py", "engine.py", "nn.py"):
        (package / name).write_text(OWN)
    with stand.as_micrograd():
        from micrograd.engine import Value as Own
    assert Own is not Value
    # micrograd's own text is that of what stands for it, whatever its comments say.
    monkeypatch.setattr(stand, "TEXTS", {name: stand._print_of(OWN.encode()) for name in ("engine.py", "nn.py")})
    (package / "engine.py").write_text(OWN.replace("\n", "  # of mine\n"))
    with stand.as_micrograd():
        from micrograd.engine import Value as Found
    assert Found is Value


def test_it_is_found_as_other_packages_are() -> None:
    with stand.as_micrograd():
        import micrograd.nn

        assert importlib.util.find_spec("micrograd.engine") is not None
        assert importlib.reload(micrograd.nn).Neuron(2, False).nonlin is False
    assert not [finder for finder in sys.meta_path if isinstance(finder, stand._Stand)]


PROGRAM = """
import random
from micrograd.engine import Value
from micrograd.nn import MLP
random.seed(0)
rows = [[random.uniform(-1, 1), random.uniform(-1, 1)] for _ in range(40)]
signs = [1.0 if a + b > 0 else -1.0 for a, b in rows]
model = MLP(2, [6, 1])
for k in range(40):
    scores = [model(list(map(Value, row))) for row in rows]
    loss = sum([(1 + -y * s).relu() for y, s in zip(signs, scores)]) * (1.0 / len(rows))
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= 0.5 * p.grad
"""


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        ("", "", "healthy"),
        ("    model.zero_grad()\n", "", "gradients not zeroed"),
        ("0.5 * p.grad", "1e-7 * p.grad", "learning rate too low"),
    ],
)
def test_a_program_of_micrograds_is_diagnosed(before: str, after: str, cause: str, tmp_path: Path) -> None:
    path = tmp_path / "demo.py"
    path.write_text(PROGRAM.replace(before, after))
    assert diagnose_script(path).cause == cause


def test_a_program_of_micrograds_is_stepped_through(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "demo.py"
    path.write_text(PROGRAM)
    assert main(["step", str(path), "--plain", "--pass", "3"]) == 0
    assert "demo.py, backward pass 3" in capsys.readouterr().out
