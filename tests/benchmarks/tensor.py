"""One training step of 784-64-16-10 (float32, Adam, cross-entropy): eager, compiled, by hand in NumPy, and the peers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nn
from tests.benchmarks import by_hand, steps
from tests.benchmarks.agreement import check_agreement
from tests.benchmarks.report import Report
from tests.benchmarks.steps import Problem
from tests.benchmarks.timing import time_interleaved

SIZES = (784, 64, 16, 10)


def build(lib: Any) -> Any:
    """The digits network."""
    first, second, third = (lib.Linear(n, m) for n, m in zip(SIZES, SIZES[1:], strict=False))
    return lib.Sequential(first, lib.Sigmoid(), second, lib.Tanh(), third)


def digits(batch: int) -> Problem:
    return steps.classes(build, (batch, SIZES[0]), SIZES[-1])


def numpy_by_hand(problem: Problem) -> Callable[[], float]:
    return by_hand.digits(problem.x, problem.y, list(steps.weights(build(nn)).values()))


def products(problem: Problem) -> Callable[[], None]:
    """The step's matrix products alone, each into memory of its own: what nothing in NumPy gets below."""
    w1, _, w2, _, w3, _ = steps.weights(build(nn)).values()
    x, n = problem.x, len(problem.x)
    h1, h2, h3 = (np.ones((n, size), np.float32) for size in SIZES[1:])
    g1, g2, g3 = (np.empty_like(w) for w in (w1, w2, w3))

    def run() -> None:
        np.matmul(x, w1.T, out=h1)
        np.matmul(h1, w2.T, out=h2)
        np.matmul(h2, w3.T, out=h3)
        np.matmul(h3.T, h2, out=g3)
        np.matmul(h3, w3, out=h2)
        np.matmul(h2.T, h1, out=g2)
        np.matmul(h2, w2, out=h1)
        np.matmul(h1.T, x, out=g1)

    return run


def jax_jit(problem: Problem) -> Callable[[], float]:
    import jax
    import jax.numpy as jnp

    x, y = jnp.asarray(problem.x), jnp.asarray(problem.y)
    size = len(x)

    def loss_of(parameters: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = parameters
        hidden = jnp.tanh(jax.nn.sigmoid(x @ w1.T + b1) @ w2.T + b2)
        scores = jax.nn.log_softmax(hidden @ w3.T + b3)
        return -jnp.mean(scores[jnp.arange(size), y])

    @jax.jit
    def update(parameters: Any, m: Any, v: Any, t: Any) -> Any:
        loss, g = jax.value_and_grad(loss_of)(parameters)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        parameters = jax.tree.map(
            lambda p, m, v: p - 1e-3 * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8), parameters, m, v
        )
        return loss, parameters, m, v

    parameters = [jnp.asarray(w) for w in steps.weights(build(nn)).values()]
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state = [parameters, zeros, zeros, 0.0]

    def run() -> float:
        state[3] += 1.0
        loss, *state[:3] = update(*state)
        return float(loss)

    return run


def mygrad(problem: Problem) -> Callable[[], float]:
    """mygrad's gradients; it has no Adam, so that is the one written by hand."""
    import mygrad as mg
    from mygrad.nnet.losses import softmax_crossentropy

    values, views = by_hand.flat(list(steps.weights(build(nn)).values()))
    gradients, slots = by_hand.flat(views)
    update = by_hand.adam(values, gradients)

    def run() -> float:
        parameters = [mg.tensor(view, copy=False) for view in views]
        w1, b1, w2, b2, w3, b3 = parameters
        hidden = mg.tanh((1.0 / (1.0 + mg.exp(-(problem.x @ w1.T + b1)))) @ w2.T + b2)
        loss = softmax_crossentropy(hidden @ w3.T + b3, problem.y)
        loss.backward()
        for slot, parameter in zip(slots, parameters, strict=True):
            slot[...] = parameter.grad
        update()
        return loss.item()  # type: ignore[no-any-return]

    return run


PEERS = {"torch eager": steps.torch_eager, "jax jit": jax_jit, "mygrad": mygrad}
PACKAGES = {"torch eager": "torch", "jax jit": "jax", "mygrad": "mygrad"}
# Of our times to theirs, at each batch size.
EAGER = {32: {"torch eager": 0.50}, 128: {"torch eager": 0.65}}
COMPILED = {
    32: {"torch eager": 0.18, "NumPy by hand": 1.0, "products alone": 1.6, "jax jit": 0.55},
    128: {"torch eager": 0.28, "NumPy by hand": 1.0, "products alone": 1.3, "jax jit": 0.75},
}


def measure(report: Report) -> None:
    """Steps at two batch sizes."""
    peers = report.installed(PACKAGES)
    for batch in EAGER:
        problem = digits(batch)
        contestants = {
            "eager": steps.eager(problem),
            "compiled": steps.compiled(problem),
            "NumPy by hand": numpy_by_hand(problem),
            **{name: PEERS[name](problem) for name in peers},
        }
        timed = {**check_agreement(contestants, 1e-4), "products alone": products(problem)}
        times = time_interleaved(timed, report.rounds(30))
        what = f"training step of 784-64-16-10, batch {batch}"
        eager = {name: found for name, found in times.items() if name == "eager" or name in peers}
        report.compare(f"{what}, eager", eager, EAGER[batch], mine="eager")
        report.compare(f"{what}, compiled", times, COMPILED[batch], mine="compiled")
