"""How the time of a scalar forward and backward pass grows with the graph: chains, wide and shuffled graphs; a tape's."""

from __future__ import annotations

import gc
import math
import random
import time
from collections.abc import Callable, Sequence

import numpy as np

import autograd
from autograd import Value
from autograd.compiler import compile_scalar
from tests.benchmarks.report import Report

LENGTHS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
NAMES = {"chain": "chains", "wide": "wide graphs", "shuffled": "shuffled graphs"}


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


def slope(build: Callable[[int], Value], lengths: Sequence[int], rounds: int) -> tuple[float, list[float]]:
    """The log-log slope of the best time against the length, and the nanoseconds a node at each length."""
    return fit_slope(lengths, lambda length: lambda: build(length).backward(), rounds)


def tape_slope(lengths: Sequence[int], rounds: int) -> tuple[float, list[float]]:
    """The same of chains that were compiled: of a run forward and backward alone."""

    def run_of(length: int) -> Callable[[], object]:
        program = compile_scalar(chain(length))
        row = np.ones((1, 1))
        program.batch_value_and_grad(row)
        return lambda: program.batch_value_and_grad(row)

    return fit_slope(lengths, run_of, rounds)


def fit_slope(
    lengths: Sequence[int], run_of: Callable[[int], Callable[[], object]], rounds: int
) -> tuple[float, list[float]]:
    """The log-log slope of the best time of a run, without the collector, and the nanoseconds for each of so many parts."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        seconds = []
        for length in lengths:
            run = run_of(length)
            best = float("inf")
            for _ in range(rounds if length > 10_000 else 5 * rounds):
                start = time.perf_counter()
                run()
                best = min(best, time.perf_counter() - start)
            seconds.append(best)
            del run
    finally:
        gc.enable()
        gc.unfreeze()
    fitted = np.polyfit(np.log(lengths), np.log(seconds), 1)[0]
    return float(fitted), [1e9 * s / n for s, n in zip(seconds, lengths, strict=True)]


def measure(report: Report) -> None:
    """Slopes of all shapes of graphs, and of tapes."""
    eager, tape = (LENGTHS[:3], LENGTHS[:3]) if report.quick else (LENGTHS[:4], LENGTHS)
    for build, bar in ((chain, 1.15), (wide, None), (shuffled, None)):
        fitted, nanoseconds = slope(build, eager, 3)
        what = f"growth of eager time, {NAMES[build.__name__]} of {_span(eager)} nodes"
        report.line(what, _figure(fitted, nanoseconds), *(() if bar is None else (f"≤ {bar}", fitted <= bar)))
    fitted, nanoseconds = tape_slope(tape, 3)
    what = f"growth of compiled time, chains of {_span(tape)} nodes"
    report.line(what, _figure(fitted, nanoseconds), "≤ 1.1", fitted <= 1.1)


def _span(lengths: Sequence[int]) -> str:
    return " … ".join(f"10{'⁰¹²³⁴⁵⁶⁷⁸⁹'[round(math.log10(n))]}" for n in (lengths[0], lengths[-1]))


def _figure(fitted: float, nanoseconds: Sequence[float]) -> str:
    return f"slope {fitted:.3f} ({', '.join(f'{n:.0f}' if n > 100 else f'{n:.1f}' for n in nanoseconds)} ns a node)"
