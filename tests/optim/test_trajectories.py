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
    "Adam amsgrad": ("Adam", {"lr": 0.1, "betas": (0.5, 0.6), "amsgrad": True}),
    "AdamW": ("AdamW", {"lr": 0.1, "weight_decay": 0.3}),
    "AdamW amsgrad": ("AdamW", {"lr": 0.1, "weight_decay": 0.3, "amsgrad": True}),
    "Adamax": ("Adamax", {"lr": 0.1, "weight_decay": 0.1}),
    "NAdam": ("NAdam", {"lr": 0.1, "weight_decay": 0.1}),
    "NAdam momentum decay": ("NAdam", {"lr": 0.05, "momentum_decay": 0.1}),
    "RAdam": ("RAdam", {"lr": 0.1, "weight_decay": 0.1}),
    "RAdam soon rectified": ("RAdam", {"lr": 0.1, "betas": (0.8, 0.9)}),
    "Adagrad": ("Adagrad", {"lr": 0.3, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.2}),
    "Adadelta": ("Adadelta", {"lr": 0.7, "rho": 0.8, "weight_decay": 0.1}),
    "RMSprop": ("RMSprop", {"lr": 0.05, "alpha": 0.9, "weight_decay": 0.1}),
    "RMSprop momentum": ("RMSprop", {"lr": 0.02, "momentum": 0.8}),
    "RMSprop centered": ("RMSprop", {"lr": 0.02, "centered": True, "eps": 1e-2}),
    "RMSprop centered momentum": ("RMSprop", {"lr": 0.02, "centered": True, "momentum": 0.5, "eps": 1e-2}),
    "Rprop": ("Rprop", {"lr": 0.1}),
    "Rprop bounds": ("Rprop", {"lr": 0.1, "etas": (0.3, 1.5), "step_sizes": (1e-2, 0.3)}),
    "SGD maximize": ("SGD", {"lr": 0.01, "momentum": 0.5, "weight_decay": 0.2, "maximize": True}),
    "AdamW maximize": ("AdamW", {"lr": 0.01, "weight_decay": 0.3, "maximize": True}),
    "ASGD": ("ASGD", {"lr": 0.1, "lambd": 0.1, "alpha": 0.5, "t0": 5, "weight_decay": 0.1}),
}
# Of matrices alone; PyTorch's Muon rounds to bfloat16 in its iteration, which is left out where its values are frozen.
MATRICES: dict[str, tuple[str, dict[str, Any]]] = {
    "Adafactor": ("Adafactor", {"lr": 0.1, "weight_decay": 0.1}),
    "Adafactor of other options": ("Adafactor", {"lr": 0.5, "beta2_decay": -0.5, "eps": (1e-4, 0.1), "d": 2.0}),
    "Muon": ("Muon", {"lr": 0.1}),
    "Muon without Nesterov": (
        "Muon",
        {"lr": 0.1, "nesterov": False, "momentum": 0.8, "adjust_lr_fn": "match_rms_adamw"},
    ),
}
# Those with `decoupled_weight_decay` in PyTorch's spelling.
DECOUPLED: dict[str, tuple[str, dict[str, Any]]] = {
    "NAdam decoupled": ("NAdam", {"lr": 0.1, "weight_decay": 0.2}),
    "RAdam decoupled": ("RAdam", {"lr": 0.1, "weight_decay": 0.2}),
}


def start() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=(2, 3)), rng.normal(size=4), np.array(0.5)]


def matrices(kind: str) -> list[np.ndarray]:
    """A wide matrix and a high one; for Adafactor a vector too."""
    rng = np.random.default_rng(3)
    found = [rng.normal(size=(2, 5)), rng.normal(size=(4, 3))]
    return found if kind == "Muon" else [*found, rng.normal(size=4)]


def gradient_of(parameters: list[np.ndarray], t: int) -> list[np.ndarray | None]:
    """The gradient of a fixed rugged function; the second parameter gets none at every fifth step."""
    gradients: list[np.ndarray | None] = [p + np.sin(3 * p) * (1 + 0.1 * t) for p in parameters]
    if t % 5 == 3:
        gradients[1] = None
    return gradients


FROZEN = json.loads(FROZEN_FILE.read_text(encoding="utf-8")) if FROZEN_FILE.exists() else {}


@pytest.mark.parametrize("name", [*VARIANTS, *DECOUPLED])
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_path_is_pytorchs(name: str, order: Any) -> None:
    kind, arguments = VARIANTS.get(name) or DECOUPLED[name]
    if name in DECOUPLED:
        arguments = {**arguments, "decoupled": True}
    parameters = [Tensor(np.array(p, order=order), requires_grad=True) for p in start()]
    optimizer = getattr(optim, kind)(parameters, **arguments)
    for t, expected in enumerate(FROZEN[name]):
        for p, g in zip(parameters, gradient_of([p.data for p in parameters], t), strict=True):
            p.grad = g
        optimizer.step()
        for p, values in zip(parameters, expected, strict=True):
            np.testing.assert_allclose(p.data.ravel(), values, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", MATRICES)
def test_the_path_of_matrices_is_pytorchs(name: str) -> None:
    kind, arguments = MATRICES[name]
    members = matrices(kind)
    parameters = [Tensor(p, requires_grad=True) for p in members]
    optimizer = getattr(optim, kind)(parameters, **arguments)
    for t, expected in enumerate(FROZEN[name]):
        for p, g in zip(parameters, gradient_of([p.data for p in parameters], t), strict=True):
            p.grad = g
        optimizer.step()
        for p, values in zip(parameters, expected, strict=True):
            np.testing.assert_allclose(p.data.ravel(), values, rtol=1e-10, atol=1e-12)


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
    assert descend("SGD", lr=0.1, momentum=0.9, momentum_form="inside") == pytest.approx(
        [1.894699367, -0.698505233], abs=5e-10
    )
    rmsprop = descend("RMSprop", lr=0.5, alpha=0.9, eps=1e-8)
    assert rmsprop == pytest.approx([-0.0483045987, 0.0], abs=5e-10)
    assert rmsprop[1] == pytest.approx(-4.8e-13, rel=0.05)
    assert descend("Adagrad", lr=1.5, eps=1e-6) == pytest.approx([-0.420469276, 0.0], abs=5e-10)
    assert descend("Adadelta", rho=0.9, eps=1e-5) == pytest.approx([-6.781502102, 1.787589384], abs=5e-10)
    assert descend("Adam", lr=0.5, bias_correction=False) == pytest.approx([-0.544871, -0.304334], abs=5e-7)


def test_example_d_by_the_lookahead() -> None:
    position = Tensor([-7.0, 2.0], requires_grad=True)
    optimizer = optim.SGD([position], lr=0.1, momentum=0.9, nesterov="lookahead")
    for _ in range(20):
        optimizer.zero_grad()
        with optimizer.lookahead():
            (position**2 * np.array([0.1, 1.0])).sum().backward()
        optimizer.step()
    assert position.tolist() == pytest.approx([1.362249936, -0.071636817], abs=5e-10)
    with optimizer.lookahead():
        assert position.tolist() == pytest.approx([1.502952091, -0.078994907], abs=5e-10)


def test_ftrl_and_lion_against_their_formulas() -> None:
    for kind, arguments, rule in (
        ("Ftrl", {"lr": 0.2, "l1": 0.05, "l2": 0.1}, ftrl),
        ("Lion", {"lr": 0.05, "weight_decay": 0.1}, lion),
    ):
        p = Tensor(start()[0], requires_grad=True)
        optimizer = getattr(optim, kind)([p], **arguments)
        expected, state = start()[0].copy(), None
        for t in range(20):
            g = p.data + np.sin(3 * p.data) * (1 + 0.1 * t)
            p.grad = g
            optimizer.step()
            expected, state = rule(expected, g, state, **arguments)
            np.testing.assert_allclose(p.data, expected, rtol=1e-12, atol=1e-14)


def ftrl(w: Any, g: Any, state: Any, lr: float, l1: float, l2: float) -> Any:
    n, z = state or (np.full_like(w, 0.1), np.zeros_like(w))
    more = n + g**2
    z = z + g - (np.sqrt(more) - np.sqrt(n)) / lr * w
    return (np.clip(z, -l1, l1) - z) / (np.sqrt(more) / lr + 2 * l2), (more, z)


def lion(w: Any, g: Any, m: Any, lr: float, weight_decay: float) -> Any:
    m = np.zeros_like(w) if m is None else m
    return w - lr * (np.sign(0.9 * m + 0.1 * g) + weight_decay * w), 0.99 * m + 0.01 * g


def test_nadam_remembers_the_momenta_that_it_took() -> None:
    # A schedule may move β₁; PyTorch keeps the product of all μ so far, which a step with another β₁ must not take back.
    x = Tensor(np.linspace(-1.0, 1.0, 4), requires_grad=True)
    optimizer = optim.NAdam([x], lr=0.05)
    m, v, product, expected = np.zeros(4), np.zeros(4), 1.0, x.data.copy()
    for t in range(1, 9):
        beta1, beta2 = 0.95 - 0.02 * t, 0.999
        optimizer.param_groups[0]["betas"] = (beta1, beta2)
        g = np.cos(3.0 * expected + t)
        mu, next_mu = (beta1 * (1.0 - 0.5 * 0.96 ** (k * 0.004)) for k in (t, t + 1))
        m, v, product = beta1 * m + (1.0 - beta1) * g, beta2 * v + (1.0 - beta2) * g * g, product * mu
        ahead = (1.0 - mu) * g / (1.0 - product) + next_mu * m / (1.0 - product * next_mu)
        expected = expected - 0.05 * ahead / (np.sqrt(v / (1.0 - beta2**t)) + 1e-8)
        x.grad = np.cos(3.0 * x.data + t)
        optimizer.step()
        np.testing.assert_allclose(x.data, expected, rtol=1e-12)
