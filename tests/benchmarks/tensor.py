"""One training step of 784-64-16-10 (float32, Adam, cross-entropy) beside PyTorch's eager mode and JAX's jit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nn
import optim
from tests.benchmarks.timing import Times, interleaved

SIZES = (784, 64, 16, 10)


def _batch(size: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.standard_normal((size, SIZES[0])).astype(np.float32), rng.integers(0, SIZES[-1], size)


def _weights() -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(1)
    shapes = zip(SIZES, SIZES[1:], strict=False)
    return [
        (rng.uniform(-0.1, 0.1, (n_out, n_in)).astype(np.float32), np.zeros(n_out, np.float32))
        for n_in, n_out in shapes
    ]


def ours(size: int) -> Callable[[], float]:
    x, y = _batch(size)
    layers = [nn.Linear(n_in, n_out) for n_in, n_out in zip(SIZES, SIZES[1:], strict=False)]
    for layer, (weight, bias) in zip(layers, _weights(), strict=True):
        layer.load_state_dict({"weight": weight, "bias": bias})
    model = nn.Sequential(layers[0], nn.Sigmoid(), layers[1], nn.Tanh(), layers[2])
    loss_of = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters())

    def run() -> float:
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return run


def torch_eager(size: int) -> Callable[[], float]:
    import torch

    torch.set_num_threads(1)
    x, y = (torch.from_numpy(array) for array in _batch(size))
    layers = [torch.nn.Linear(n_in, n_out) for n_in, n_out in zip(SIZES, SIZES[1:], strict=False)]
    with torch.no_grad():
        for layer, (weight, bias) in zip(layers, _weights(), strict=True):
            layer.weight.copy_(torch.from_numpy(weight))
            layer.bias.copy_(torch.from_numpy(bias))
    model = torch.nn.Sequential(layers[0], torch.nn.Sigmoid(), layers[1], torch.nn.Tanh(), layers[2])
    loss_of = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters())

    def run() -> float:
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return run


def jax_jit(size: int) -> Callable[[], float]:
    import jax
    import jax.numpy as jnp

    x, y = (jnp.asarray(array) for array in _batch(size))

    def loss_of(parameters: Any) -> Any:
        (w1, b1), (w2, b2), (w3, b3) = parameters
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

    parameters = [(jnp.asarray(w), jnp.asarray(b)) for w, b in _weights()]
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state = [parameters, zeros, zeros, 0.0]

    def run() -> float:
        state[3] += 1.0
        loss, *state[:3] = update(*state)
        return float(loss)

    return run


PEERS = {"torch eager": torch_eager, "jax jit": jax_jit}


def times(size: int, peers: list[str], rounds: int = 25, repeat: int = 40) -> dict[str, Times]:
    """Seconds a step at a batch size; the first losses checked to be the same."""
    contestants = {"stepgrad": ours(size), **{name: PEERS[name](size) for name in peers}}
    first = {name: run() for name, run in contestants.items()}
    if max(first.values()) - min(first.values()) > 1e-5:
        raise AssertionError(f"the contestants compute different losses: {first}")
    return interleaved(contestants, rounds, repeat)
