"""Networks of single numbers: micrograd's, number by number, and with other activations and generators."""

from __future__ import annotations

import importlib.util
import json
import random
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from autograd import Value
from autograd.cli import main
from nn import scalar
from nn.health.loop import diagnose_script

FROZEN_FILE = Path(__file__).parent.parent / "frozen" / "micrograd.json"


def network(nn: Any) -> dict[str, Any]:
    """What micrograd's demo sees of its network, over micrograd's `nn` or ours."""
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1])
    told = repr(model)
    score = model([0.5, -0.25])
    model.zero_grad()
    score.backward()
    parameters = model.parameters()
    layer, neuron = nn.Layer(2, 2, nonlin=False), nn.Neuron(3, nonlin=True)
    return {
        "repr": told,
        "parameters": [p.data for p in parameters],
        "score": score.data,
        "gradients": [p.grad for p in parameters],
        "layer": [repr(layer), *(out.data for out in layer([1.0, 2.0]))],
        "neuron": [repr(neuron), neuron.nonlin, neuron([1.0, 2.0, 3.0]).data],
        "next": random.random(),
    }


def test_the_demos_network_is_micrograds() -> None:
    expected = json.loads(FROZEN_FILE.read_text(encoding="utf-8"))["network"]
    found = network(scalar)
    assert found["repr"] == expected["repr"]
    assert found["parameters"] == expected["parameters"]
    assert found["next"] == expected["next"], "nothing else was drawn"
    for name in ("layer", "neuron"):
        assert found[name][0] == expected[name][0]
        assert found[name][1:] == pytest.approx(expected[name][1:], rel=1e-12)
    assert found["score"] == pytest.approx(expected["score"], rel=1e-12)
    assert found["gradients"] == pytest.approx(expected["gradients"], rel=1e-12)


def test_a_generator_or_seed_leaves_pythons_random_alone() -> None:
    random.seed(0)
    before = random.getstate()
    models = [scalar.MLP(2, [3, 1], rng=rng) for rng in (7, 7, np.random.default_rng(7))]
    assert random.getstate() == before
    first, *others = [[p.data for p in model.parameters()] for model in models]
    assert all(other == first for other in others)
    np.testing.assert_array_equal(first[:2], np.random.default_rng(7).uniform(-1.0, 1.0, 2))
    assert scalar.Layer(2, 2, rng=7).parameters()[0].data == scalar.Neuron(2, rng=7).w[0].data == first[0]


def test_networks_learn_xor() -> None:
    model = scalar.MLP(2, [4, 1], "tanh", rng=1)
    patterns = [((0.0, 0.0), 0.0), ((0.0, 1.0), 1.0), ((1.0, 0.0), 1.0), ((1.0, 1.0), 0.0)]
    for _ in range(150):
        loss = sum((model(x) - y) ** 2 for x, y in patterns)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad
    assert loss.data < 0.05
    assert repr(model.layers[0]) == "Layer of [TanhNeuron(2), TanhNeuron(2), TanhNeuron(2), TanhNeuron(2)]"
    assert repr(model.layers[1]) == "Layer of [LinearNeuron(4)]"


def test_what_does_not_fit_is_said() -> None:
    with pytest.raises(ValueError, match="expected 2 inputs, got 3"):
        scalar.MLP(2, [1])([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="activation must be one of relu, tanh"):
        scalar.Neuron(2, "swish")
    with pytest.raises(ValueError, match="Neuron: nin must be a whole number from 1 on, got 0"):
        scalar.Neuron(0)
    with pytest.raises(ValueError, match="MLP: nouts has no layer"):
        scalar.MLP(2, [])


def test_micrograds_own_names_are_ours_for_a_while_and_then_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = ModuleType("micrograd")
    monkeypatch.setitem(sys.modules, "micrograd", theirs)
    monkeypatch.delitem(sys.modules, "micrograd.engine", raising=False)
    with scalar.as_micrograd():
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
    with scalar.as_micrograd():
        from micrograd.engine import Value as Own
    assert Own is not Value
    # micrograd's own text is that of what stands for it, whatever its comments say.
    monkeypatch.setattr(scalar, "TEXTS", {name: scalar._print_of(OWN.encode()) for name in ("engine.py", "nn.py")})
    (package / "engine.py").write_text(OWN.replace("\n", "  # of mine\n"))
    with scalar.as_micrograd():
        from micrograd.engine import Value as Found
    assert Found is Value


def test_it_is_found_as_other_packages_are() -> None:
    with scalar.as_micrograd():
        import micrograd.nn

        assert importlib.util.find_spec("micrograd.engine") is not None
        assert importlib.reload(micrograd.nn).Neuron(2, False).nonlin is False
    assert not [finder for finder in sys.meta_path if isinstance(finder, scalar._Stand)]


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
