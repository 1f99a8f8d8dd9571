"""micrograd's 2-16-16-1 network, 100 samples, hinge loss and L2 penalty, forward and backward: eager, compiled, and peers."""

from __future__ import annotations

import gc
import random
import tracemalloc
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograd import Value
from autograd.compiler import Program, compile_scalar
from autograd.graph.node import ancestors
from tests.benchmarks.agreement import check_agreement
from tests.benchmarks.report import Report
from tests.benchmarks.timing import time_interleaved

Number = Callable[[float], Any]


class Network:
    """micrograd's MLP, over any kind of number."""

    def __init__(self, value: Number, sizes: tuple[int, ...] = (2, 16, 16, 1)) -> None:
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


def losses(value: Number, data: Number | None = None) -> tuple[Network, Callable[[], Any]]:
    """A network and a function that records its loss on the fixed samples, which may be made of another kind of number."""
    rng = np.random.default_rng(0)
    data = data or value
    points = rng.normal(size=(100, 2)).tolist()
    labels = [1.0 if x * y > 0 else -1.0 for x, y in points]
    network = Network(value)

    def loss() -> Any:
        scores = [network([data(x), data(y)]) for x, y in points]
        hinge = sum((1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)) * (
            1.0 / len(points)
        )
        return hinge + 1e-4 * sum(p * p for p in network.parameters())

    return network, loss


def step(value: Number, data: Number | None = None, nothing: float | None = 0.0) -> Callable[[], float]:
    """Zero the gradients, forward, backward; gives the loss."""
    network, loss = losses(value, data)

    def run() -> float:
        for p in network.parameters():
            p.grad = nothing
        total = loss()
        total.backward()
        return float(total.data)

    return run


def micrograd() -> Callable[[], float]:
    from micrograd.engine import Value as Micrograd

    return step(Micrograd)


def torch_scalars() -> Callable[[], float]:
    """Tensors without axes; the samples need no gradient."""
    import torch

    torch.set_num_threads(1)
    number = partial(torch.tensor, dtype=torch.float64)
    return step(partial(number, requires_grad=True), number, None)


def program() -> tuple[Program, np.ndarray]:
    """The recorded loss as a program of the parameters, and what they are."""
    network, loss = losses(Value)
    parameters = network.parameters()
    return compile_scalar(loss(), parameters), np.array([[p.data for p in parameters]])


def compiled() -> Callable[[], float]:
    flat, row = program()
    return lambda: float(flat.batch_value_and_grad(row)[0][0])


PEERS = {"micrograd": micrograd, "torch scalars": torch_scalars}


def node_count() -> int:
    """How many nodes one loss has, constants and leaves included."""
    return sum(1 for _ in ancestors(losses(Value)[1]()))


def bytes_per_node(value: Number) -> float:
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


def measure(report: Report) -> None:
    """Time and memory of the eager engine, and time of the compiled program."""
    peers = report.installed({"micrograd": "micrograd", "torch scalars": "torch"})
    ours = {"eager": step(Value), "compiled": compiled()}
    # Some graphs are cycles, which the collector frees during the next runs: a turn of one run would not count that.
    contestants = check_agreement({**ours, **{name: PEERS[name]() for name in peers}}, 1e-9)
    times = time_interleaved(contestants, report.rounds(7), 2.0)
    nodes = node_count()
    what = f"scalar graph of {nodes:,} nodes, forward and backward"
    eager = {name: found for name, found in times.items() if name != "compiled"}
    report.compare(f"{what}, eager", eager, {"micrograd": 0.125, "torch scalars": 0.2}, mine="eager")
    report.compare(f"{what}, compiled", times, {"micrograd": 0.001}, mine="compiled")
    each = times["compiled"].median / nodes * 1e9
    report.line("a node of it, compiled", f"{each:.2f} ns", "≤ 6 ns", each <= 6.0)
    slots = len(program()[0])
    report.note(f"The compiled scalar graph has {slots:,} slots, {times['compiled'].median / slots * 1e9:.2f} ns each.")

    held = bytes_per_node(Value)
    theirs = ""
    if "micrograd" in peers:
        from micrograd.engine import Value as Micrograd

        theirs = f"micrograd {bytes_per_node(Micrograd):.0f}"
    report.line("memory of that graph, eager", f"{held:.0f} bytes a node", "≤ 300", held <= 300, theirs)
    freed = freed_at_once()
    report.line("freed within the statement that drops it, collector off", "yes" if freed else "no", "yes", freed)
