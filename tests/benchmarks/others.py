"""Networks and scalar programs that nothing was tuned to: eager, compiled, and PyTorch's eager mode."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

import autograd as ag
from autograd import Value
from autograd.compiler import compile_scalar
from tests.benchmarks import steps
from tests.benchmarks.agreement import check_agreement
from tests.benchmarks.report import Report
from tests.benchmarks.steps import Problem
from tests.benchmarks.timing import time_interleaved


def residual(lib: Any) -> Any:
    """A perceptron with residual blocks of layer normalisation and GELU."""

    class Block(lib.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm, self.up, self.bend, self.down = (
                lib.LayerNorm(64),
                lib.Linear(64, 128),
                lib.GELU(),
                lib.Linear(128, 64),
            )

        def forward(self, x: Any) -> Any:
            return x + self.down(self.bend(self.up(self.norm(x))))

    return lib.Sequential(lib.Linear(100, 64), Block(), Block(), lib.Linear(64, 10))


def transformer(lib: Any) -> Any:
    """A block of attention and perceptron, before a mean over the sequence."""

    class Block(lib.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attend = lib.MultiheadAttention(32, 4, batch_first=True)
            self.before, self.between = lib.LayerNorm(32), lib.LayerNorm(32)
            self.up, self.bend, self.down = lib.Linear(32, 64), lib.GELU(), lib.Linear(64, 32)
            self.scores = lib.Linear(32, 10)

        def forward(self, x: Any) -> Any:
            normal = self.before(x)
            x = x + self.attend(normal, normal, normal, need_weights=False)[0]
            x = x + self.down(self.bend(self.up(self.between(x))))
            return self.scores(x.mean(1))

    return Block()


def autoencoder(lib: Any) -> Any:
    """784-128-32-128-784, compared with its input."""
    inner = [lib.Linear(784, 128), lib.Tanh(), lib.Linear(128, 32), lib.Tanh(), lib.Linear(32, 128), lib.Tanh()]
    return lib.Sequential(*inner, lib.Linear(128, 784))


def networks() -> dict[str, Problem]:
    """What is trained, by what it is."""
    x = np.random.default_rng(0).standard_normal((64, 784)).astype(np.float32)
    return {
        "residual network with LayerNorm and GELU, batch 64": steps.classes(residual, (64, 100)),
        "transformer block, 16 positions of 32 features, batch 16": steps.classes(transformer, (16, 16, 32)),
        "autoencoder 784-128-32-128-784, batch 64": Problem(autoencoder, x, x, "MSELoss"),
    }


def orbit(lib: Any, x: Any, y: Any, u: Any, v: Any) -> Any:
    """Squared distance from where a planet began after 200 leapfrog steps around a sun: zero after whole revolutions."""
    x0, y0, dt = x, y, 2.0 * math.pi / 200
    for _ in range(200):
        x, y = x + 0.5 * dt * u, y + 0.5 * dt * v
        pull = (x * x + y * y) ** -1.5
        u, v = u - dt * pull * x, v - dt * pull * y
        x, y = x + 0.5 * dt * u, y + 0.5 * dt * v
    return (x - x0) ** 2 + (y - y0) ** 2


def american_put(lib: Any, spot: Any, strike: Any, rate: Any, volatility: Any, years: Any) -> Any:
    """The value of an American put by a binomial tree of 60 levels (Cox, Ross and Rubinstein 1979)."""
    levels = 60
    dt = years / levels
    up = lib.exp(volatility * lib.sqrt(dt))
    discount = lib.exp(-(rate * dt))
    rising = (1.0 / discount - 1.0 / up) / (up - 1.0 / up)
    prices = [spot * up ** float(2 * k - levels) for k in range(levels + 1)]
    values = [lib.relu(strike - price) for price in prices]
    for level in range(levels, 0, -1):
        prices = [prices[k] * up for k in range(level)]
        held = [discount * (rising * values[k + 1] + (1.0 - rising) * values[k]) for k in range(level)]
        values = [lib.maximum(h, strike - price) for h, price in zip(held, prices, strict=True)]
    return values[0]


SCALARS: dict[str, tuple[Callable[..., Any], list[float]]] = {
    "orbit of 200 leapfrog steps": (orbit, [1.0, 0.0, 0.1, 1.05]),
    "American put by a tree of 60 levels": (american_put, [100.0, 105.0, 0.05, 0.3, 0.75]),
}


def eager_scalar(function: Callable[..., Any], at: list[float]) -> Callable[[], tuple[float, list[float]]]:
    def run() -> tuple[float, list[float]]:
        leaves = [Value(x) for x in at]
        out = function(ag, *leaves)
        out.backward()
        return out.data, [leaf.grad for leaf in leaves]

    return run


def compiled_scalar(function: Callable[..., Any], at: list[float]) -> Callable[[], tuple[float, list[float]]]:
    program = compile_scalar(function(ag, *(leaves := [Value(x) for x in at])), leaves)
    row = np.array([at])

    def run() -> tuple[float, list[float]]:
        values, gradients = program.batch_value_and_grad(row)
        return values[0], gradients[0].tolist()

    return run


def torch_scalar(function: Callable[..., Any], at: list[float]) -> Callable[[], tuple[float, list[float]]]:
    import torch

    lib = SimpleNamespace(exp=torch.exp, sqrt=torch.sqrt, relu=torch.relu, maximum=torch.maximum)

    def run() -> tuple[float, list[float]]:
        leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in at]
        out = function(lib, *leaves)
        out.backward()
        return out.item(), [leaf.grad.item() for leaf in leaves]

    return run


BARS = {"transformer block, 16 positions of 32 features, batch 16": {"torch eager": 0.2}}


def measure(report: Report) -> None:
    """One row for each peer and program."""
    with_torch = bool(report.installed({"torch eager": "torch"}))
    for what, problem in networks().items():
        contestants = {"eager": steps.eager(problem), "compiled": steps.compiled(problem)}
        if with_torch:
            contestants["torch eager"] = steps.torch_eager(problem)
        times = time_interleaved(check_agreement(contestants, 1e-4), report.rounds(20), 0.05)
        report.compare(f"training step: {what}, compiled", times, BARS.get(what, {}), mine="compiled")
    for what, (function, at) in SCALARS.items():
        programs = {"eager": eager_scalar(function, at), "compiled": compiled_scalar(function, at)}
        if with_torch:
            programs["torch scalars"] = torch_scalar(function, at)
        found = {name: [value, *gradient] for name, run in programs.items() for value, gradient in [run()]}
        for results in found.values():
            np.testing.assert_allclose(results, found["eager"], rtol=1e-7)
        times = time_interleaved(programs, report.rounds(10), 0.05)
        report.compare(f"gradient: {what}, compiled", times, {}, mine="compiled")
