"""Networks of single numbers: micrograd's, number by number, and with other activations and generators."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn import scalar

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
