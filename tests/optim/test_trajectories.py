"""Twenty steps of every optimizer beside PyTorch's, to rounding; SPEC example D."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim
from autograd import Tensor

FROZEN_FILE = Path(__file__).parent.parent / "frozen" / "trajectories.json"
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "SGD": ("SGD", {"lr": 0.1}),
    "SGD momentum": ("SGD", {"lr": 0.1, "momentum": 0.9}),
    "SGD dampening": ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3}),
    "SGD nesterov": ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    "SGD weight decay": ("SGD", {"lr": 0.1, "momentum": 0.5, "weight_decay": 0.2}),
    "Adam": ("Adam", {"lr": 0.1}),
    "Adam betas": ("Adam", {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3}),
    "Adam weight decay": ("Adam", {"lr": 0.1, "weight_decay": 0.3}),
}


def start() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=(2, 3)), rng.normal(size=4), np.array(0.5)]


def gradient_of(parameters: list[np.ndarray], t: int) -> list[np.ndarray | None]:
    """The gradient of a fixed rugged function; the second parameter gets none at every fifth step."""
    gradients: list[np.ndarray | None] = [p + np.sin(3 * p) * (1 + 0.1 * t) for p in parameters]
    if t % 5 == 3:
        gradients[1] = None
    return gradients


FROZEN = json.loads(FROZEN_FILE.read_text(encoding="utf-8")) if FROZEN_FILE.exists() else {}


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_path_is_pytorchs(name: str, order: Any) -> None:
    kind, arguments = VARIANTS[name]
    parameters = [Tensor(np.array(p, order=order), requires_grad=True) for p in start()]
    optimizer = getattr(optim, kind)(parameters, **arguments)
    for t, expected in enumerate(FROZEN[name]):
        for p, g in zip(parameters, gradient_of([p.data for p in parameters], t), strict=True):
            p.grad = g
        optimizer.step()
        for p, values in zip(parameters, expected, strict=True):
            np.testing.assert_allclose(p.data.ravel(), values, rtol=1e-12, atol=1e-13)


def descend(kind: str, **arguments: Any) -> list[float]:
    """Twenty steps on z = x²/10 + y² from (−7, 2)."""
    position = Tensor([-7.0, 2.0], requires_grad=True)
    optimizer = getattr(optim, kind)([position], **arguments)
    for _ in range(20):
        optimizer.zero_grad()
        (position**2 * np.array([0.1, 1.0])).sum().backward()
        optimizer.step()
    return position.tolist()  # type: ignore[no-any-return]


def test_example_d() -> None:
    assert descend("SGD", lr=0.95) == pytest.approx([-0.103466181, 0.243153309], abs=5e-10)
    assert descend("SGD", lr=0.1, momentum=0.9) == pytest.approx([1.894699367, -0.698505233], abs=5e-10)
    assert descend("SGD", lr=0.1, momentum=0.9, nesterov=True) == pytest.approx([1.502952091, -0.078994907], abs=5e-10)
    assert descend("Adam", lr=0.5) == pytest.approx([0.947671622, 0.486306155], abs=5e-9)
