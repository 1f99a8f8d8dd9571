"""How the time of a scalar forward and backward pass grows with the graph: chains, wide and shuffled graphs."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable

import numpy as np

import autograd
from autograd import Value

LENGTHS = (1_000, 10_000, 100_000, 1_000_000)


def chain(length: int) -> Value:
    """Each node on the one before it."""
    node = Value(1.0)
    for _ in range(length):
        node = node * 0.999
    return node


def wide(length: int) -> Value:
    """One node over all the others."""
    leaf = Value(1.0)
    return autograd.sum([leaf * 0.5 for _ in range(length)])


def shuffled(length: int) -> Value:
    """Each node on two earlier ones, drawn at random."""
    draw = random.Random(0)
    nodes = [Value(1.0), Value(0.5)]
    for _ in range(length):
        nodes.append(0.5 * nodes[int(draw.random() * len(nodes))] + nodes[int(draw.random() * len(nodes))])
    return autograd.sum(nodes)


def slope(build: Callable[[int], Value], rounds: int = 3) -> tuple[float, list[float]]:
    """The log-log slope of the best time against the length, and the nanoseconds a node at each length."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        seconds = []
        for length in LENGTHS:
            best = float("inf")
            for _ in range(rounds if length > 10_000 else 5 * rounds):
                start = time.perf_counter()
                build(length).backward()
                best = min(best, time.perf_counter() - start)
            seconds.append(best)
    finally:
        gc.enable()
        gc.unfreeze()
    fitted = np.polyfit(np.log(LENGTHS), np.log(seconds), 1)[0]
    return float(fitted), [1e9 * s / n for s, n in zip(seconds, LENGTHS, strict=True)]
