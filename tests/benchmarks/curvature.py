"""A product of the digits network's Hessian and a vector, 784-64-16-10, batch 128: eager, compiled, and JAX's jit."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd as ag
import nn
from nn import functional
from tests.benchmarks import steps
from tests.benchmarks.agreement import check_agreement
from tests.benchmarks.report import Report
from tests.benchmarks.steps import Problem
from tests.benchmarks.tensor import build, digits
from tests.benchmarks.timing import time_interleaved

BATCH = 128
Product = Callable[[], Any]


def operands() -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The weights, and a direction in their space."""
    rng = np.random.default_rng(2)
    weights = list(steps.weights(build(nn)).values())
    return weights, [rng.standard_normal(w.shape).astype(w.dtype) for w in weights]


def loss(problem: Problem) -> Callable[..., Any]:
    """The network's loss on a batch, as a function of its weights."""

    def of(*parameters: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = parameters
        hidden = ag.tanh(ag.sigmoid(problem.x @ w1.T + b1) @ w2.T + b2)
        return functional.cross_entropy(hidden @ w3.T + b3, problem.y)

    return of


def ours(problem: Problem) -> Callable[[Any, Any], Any]:
    """The product as a function of weights and direction."""
    of = loss(problem)
    return lambda weights, direction: ag.hvp(of, weights, direction)


def eager(problem: Problem) -> Product:
    product, (weights, direction) = ours(problem), operands()
    return lambda: product(weights, direction)


def compiled(problem: Problem) -> Product:
    product, (weights, direction) = ag.compile(ours(problem), budget=math.inf), operands()
    return lambda: product(weights, direction)


def jax_jit(problem: Problem) -> Product:
    import jax
    import jax.numpy as jnp

    x, y = jnp.asarray(problem.x), jnp.asarray(problem.y)

    def loss(parameters: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = parameters
        hidden = jnp.tanh(jax.nn.sigmoid(x @ w1.T + b1) @ w2.T + b2)
        scores = jax.nn.log_softmax(hidden @ w3.T + b3)
        return -jnp.mean(scores[jnp.arange(len(x)), y])

    weights, direction = ([jnp.asarray(a) for a in part] for part in operands())
    product = jax.jit(lambda p, v: jax.jvp(jax.grad(loss), (p,), (v,))[1])
    return lambda: jax.block_until_ready(product(weights, direction))


def size(product: Product) -> Callable[[], float]:
    """The length of the product, by which contestants are compared."""
    return lambda: float(np.sqrt(sum(np.sum(np.square(np.asarray(part, np.float64))) for part in product())))


def measure(report: Report) -> None:
    """One row for each peer."""
    problem = digits(BATCH)
    contestants = {"eager": eager(problem), "compiled": compiled(problem)}
    contestants |= {name: jax_jit(problem) for name in report.installed({"jax jit": "jax"})}
    check_agreement({name: size(product) for name, product in contestants.items()}, 1e-4, steps=1)
    what = f"Hessian-vector product of 784-64-16-10, batch {BATCH}, compiled"
    report.compare(what, time_interleaved(contestants, report.rounds(25)), {"jax jit": 0.8}, mine="compiled")
