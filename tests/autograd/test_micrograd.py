"""micrograd's tests and its network run with only the import changed; PyTorch's numbers stand beside them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from autograd import Value

FROZEN = json.loads((Path(__file__).parent.parent / "frozen" / "micrograd.json").read_text(encoding="utf-8"))


def sanity(value: Any) -> tuple[Any, Any]:
    """The expressions of micrograd's test_sanity_check, over any engine; gives its leaf and its root."""
    x = value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    return x, h + q + q * x


def more_ops(value: Any) -> tuple[Any, Any, Any]:
    """The expressions of micrograd's test_more_ops; gives its leaves and its root."""
    a, b = value(-4.0), value(2.0)
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + (b + a).relu()
    d = d + 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g = g + 10.0 / f
    return a, b, g


def test_sanity_check() -> None:
    x, y = sanity(Value)
    y.backward()
    assert (y.data, x.grad) == (FROZEN["sanity"]["y"], FROZEN["sanity"]["x.grad"])


def test_more_ops() -> None:
    a, b, g = more_ops(Value)
    g.backward()
    expected = FROZEN["more_ops"]
    assert (g.data, a.grad, b.grad) == pytest.approx((expected["g"], expected["a.grad"], expected["b.grad"]), abs=1e-6)


def test_repr_and_attributes_are_micrograds() -> None:
    v = Value(2)
    assert repr(v) == "Value(data=2.0, grad=0.0)"
    assert (v.data, v.grad) == (2, 0)
    c = v
    c += c + 1
    assert c.data == 5


class Neuron:
    """As in micrograd.nn."""

    def __init__(self, value: Any, nin: int, nonlin: bool = True) -> None:
        self.w = [value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = value(0)
        self.nonlin = nonlin

    def __call__(self, x: list[Any]) -> Any:
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        return act.relu() if self.nonlin else act

    def parameters(self) -> list[Any]:
        return [*self.w, self.b]


def train(value: Any) -> list[float]:
    """Five steps of the demo's hinge loss on a 2-4-1 network; gives the losses."""
    random.seed(1337)
    hidden = [Neuron(value, 2) for _ in range(4)]
    last = Neuron(value, 4, nonlin=False)
    parameters = [p for neuron in [*hidden, last] for p in neuron.parameters()]
    points = [(0.5, -0.2, 1), (-0.7, 0.4, -1), (0.1, 0.9, 1), (-0.3, -0.8, -1)]
    losses = []
    for k in range(5):
        scores = [last([n([value(x), value(y)]) for n in hidden]) for x, y, _ in points]
        data_loss = sum((1 + -label * s).relu() for (_, _, label), s in zip(points, scores, strict=True)) * (
            1.0 / len(points)
        )
        total = data_loss + 1e-4 * sum(p * p for p in parameters)
        for p in parameters:
            p.grad = 0
        total.backward()
        for p in parameters:
            p.data -= (1.0 - 0.9 * k / 100) * p.grad
        losses.append(total.data)
    return losses


def test_the_network_trains_as_micrograd_does() -> None:
    assert train(Value) == pytest.approx(FROZEN["losses"], rel=1e-12)
