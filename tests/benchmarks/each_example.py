"""The gradients of each example of the digits network, 784-64-16-10, batch 128: `vmap` of `grad`, beside `torch.func` and JAX's jit."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd as ag
from nn import functional
from tests.benchmarks.agreement import check_agreement
from tests.benchmarks.curvature import operands
from tests.benchmarks.report import Report
from tests.benchmarks.steps import Problem
from tests.benchmarks.tensor import digits
from tests.benchmarks.timing import time_interleaved

BATCH = 128
Gradients = Callable[[], Any]


def ours() -> Callable[..., Any]:
    """The gradients as a function of weights."""

    def loss(weights: Any, x: Any, y: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = weights
        hidden = ag.tanh(w2 @ ag.sigmoid(w1 @ x + b1) + b2)
        return functional.cross_entropy(ag.expand_dims(w3 @ hidden + b3, 0), ag.expand_dims(y, 0))

    return ag.vmap(ag.grad(loss), in_axes=(None, 0, 0))


def eager(problem: Problem) -> Gradients:
    gradients, (weights, _) = ours(), operands()
    return lambda: gradients(weights, problem.x, problem.y)


def compiled(problem: Problem) -> Gradients:
    gradients, (weights, _) = ag.compile(ours(), budget=math.inf), operands()
    return lambda: gradients(weights, problem.x, problem.y)


def torch_func(problem: Problem) -> Gradients:
    import torch
    from torch.nn.functional import cross_entropy

    x, y = torch.as_tensor(problem.x), torch.as_tensor(problem.y)
    weights = [torch.as_tensor(w) for w in operands()[0]]

    def loss(weights: Any, x: Any, y: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = weights
        hidden = torch.tanh(w2 @ torch.sigmoid(w1 @ x + b1) + b2)
        return cross_entropy((w3 @ hidden + b3)[None], y[None])

    gradients = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))
    return lambda: gradients(weights, x, y)


def jax_jit(problem: Problem) -> Gradients:
    import jax
    import jax.numpy as jnp

    x, y = jnp.asarray(problem.x), jnp.asarray(problem.y)
    weights = [jnp.asarray(w) for w in operands()[0]]

    def loss(weights: Any, x: Any, y: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = weights
        hidden = jnp.tanh(w2 @ jax.nn.sigmoid(w1 @ x + b1) + b2)
        return -jax.nn.log_softmax(w3 @ hidden + b3)[y]

    gradients = jax.jit(jax.vmap(jax.grad(loss), in_axes=(None, 0, 0)))
    return lambda: jax.block_until_ready(gradients(weights, x, y))


def size(gradients: Gradients) -> Callable[[], float]:
    """The length of all gradients, by which contestants are compared."""
    return lambda: float(np.sqrt(sum(np.sum(np.square(np.asarray(part, np.float64))) for part in gradients())))


def measure(report: Report) -> None:
    """One row for each peer."""
    problem = digits(BATCH)
    contestants = {"eager": eager(problem), "compiled": compiled(problem)}
    peers = report.installed({"torch.func": "torch", "jax jit": "jax"})
    contestants |= {name: {"torch.func": torch_func, "jax jit": jax_jit}[name](problem) for name in peers}
    check_agreement({name: size(gradients) for name, gradients in contestants.items()}, 1e-4, steps=1)
    what = f"gradients of each example of 784-64-16-10, batch {BATCH}, compiled"
    report.compare(what, time_interleaved(contestants, report.rounds(25)), {"torch.func": 0.5}, mine="compiled")
