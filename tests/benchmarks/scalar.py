"""The scalar engine beside micrograd: its 2-16-16-1 network, 100 samples, hinge loss and L2 penalty, forward and backward."""

from __future__ import annotations

import gc
import random
import tracemalloc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Value
from autograd.node import ancestors
from tests.benchmarks.timing import Times, interleaved


class Network:
    """micrograd's MLP, over any `Value` class."""

    def __init__(self, value: type, sizes: tuple[int, ...] = (2, 16, 16, 1)) -> None:
        draw = random.Random(1337)
        self.layers = [
            [([value(draw.uniform(-1, 1)) for _ in range(width)], value(0.0)) for _ in range(count)]
            for width, count in zip(sizes, sizes[1:], strict=False)
        ]

    def __call__(self, x: list[Any]) -> Any:
        for depth, layer in enumerate(self.layers):
            sums = [sum((wi * xi for wi, xi in zip(w, x, strict=True)), b) for w, b in layer]
            x = sums if depth == len(self.layers) - 1 else [s.relu() for s in sums]
        return x[0]

    def parameters(self) -> list[Any]:
        return [p for layer in self.layers for w, b in layer for p in (*w, b)]


def losses(value: type) -> tuple[Network, Callable[[], Any]]:
    """A network and a function that records its loss on the fixed samples."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(100, 2)).tolist()
    labels = [1.0 if x * y > 0 else -1.0 for x, y in points]
    network = Network(value)

    def loss() -> Any:
        scores = [network([value(x), value(y)]) for x, y in points]
        hinge = sum((1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)) * (
            1.0 / len(points)
        )
        return hinge + 1e-4 * sum(p * p for p in network.parameters())

    return network, loss


def step(value: type) -> Callable[[], float]:
    """Zero the gradients, forward, backward; gives the loss."""
    network, loss = losses(value)

    def run() -> float:
        for p in network.parameters():
            p.grad = 0.0
        total = loss()
        total.backward()
        return float(total.data)

    return run


def times(peers: dict[str, type], rounds: int = 7, repeat: int = 5) -> dict[str, Times]:
    """Seconds a step, the peers' losses checked to be ours."""
    contestants = {"stepgrad": step(Value), **{name: step(peer) for name, peer in peers.items()}}
    results = {name: run() for name, run in contestants.items()}
    if len({round(result, 9) for result in results.values()}) != 1:
        raise AssertionError(f"the contestants compute different losses: {results}")
    return interleaved(contestants, rounds, repeat)


def node_count() -> int:
    """How many nodes one loss has, constants and leaves included."""
    return sum(1 for _ in ancestors(losses(Value)[1]()))


def bytes_per_node(value: type) -> float:
    """The memory of a recorded loss after its backward pass, by tracemalloc, for each node."""
    nodes = node_count()
    _, loss = losses(value)
    gc.collect()
    gc.disable()
    try:
        tracemalloc.start()
        total = loss()
        total.backward()
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    finally:
        gc.enable()
    del total
    return held / nodes


def freed_at_once() -> bool:
    """Whether dropping the root frees every node in that statement, with the collector off."""
    _, loss = losses(Value)
    gc.disable()
    try:
        total = loss()
        total.backward()
        inner = [weakref.ref(node) for node in ancestors(total) if node.op is not None]
        del total
        return all(node() is None for node in inner)
    finally:
        gc.enable()
