"""A training step of 784-512-512-10, batch 256, compiled: beside PyTorch's eager mode, and how much of it is matrix products."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.benchmarks import steps
from tests.benchmarks.agreement import check_agreement
from tests.benchmarks.report import Report
from tests.benchmarks.timing import time_interleaved

SIZES, BATCH = (784, 512, 512, 10), 256


def build(lib: Any) -> Any:
    """A wide network."""
    first, second, third = (lib.Linear(n, m) for n, m in zip(SIZES, SIZES[1:], strict=False))
    return lib.Sequential(first, lib.ReLU(), second, lib.ReLU(), third)


def products(x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The matrix products of a step on this batch, as (left, right, out).

    Of each layer the result and the weights' gradient, and the gradient of every input but the first.
    """
    rng = np.random.default_rng(0)
    calls = []
    for k, (n_in, n_out) in enumerate(zip(SIZES, SIZES[1:], strict=False)):
        w, out, g = (rng.random(s, np.float32) for s in ((n_out, n_in), (len(x), n_out), (len(x), n_out)))
        calls += [(x, w.T, out), (g.T, x, np.empty_like(w))]
        if k:
            calls.append((g, w, np.empty_like(x)))
        x = out
    return calls


def products_alone(x: np.ndarray) -> Callable[[], None]:
    calls = products(x)

    def run() -> None:
        for left, right, out in calls:
            np.matmul(left, right, out=out)

    return run


def measure(report: Report) -> None:
    """The step, and the products' share of it."""
    problem = steps.classes(build, (BATCH, SIZES[0]), SIZES[-1])
    contestants = {"eager": steps.eager(problem), "compiled": steps.compiled(problem)}
    contestants |= {name: steps.torch_eager(problem) for name in report.installed({"torch eager": "torch"})}
    timed: dict[str, Callable[[], object]] = {
        **check_agreement(contestants, 1e-4),
        "products": products_alone(problem.x),
    }
    times = time_interleaved(timed, report.rounds(20), 0.1)
    alone = times.pop("products")
    what = f"training step of 784-512-512-10, batch {BATCH}"
    report.compare(f"{what}, compiled", times, {"torch eager": 1.0}, mine="compiled")
    share, low, high = alone.ratio(times["compiled"])
    figure = f"{share:.1%} ({low:.1%} … {high:.1%})"
    report.line("matrix products, of that step's time", figure, "≥ 85 %", share >= 0.85)
    if "torch eager" in times:
        theirs = statistics.median(a / b for a, b in zip(alone.seconds, times["torch eager"].seconds, strict=True))
        report.note(f"NumPy's matrix products alone take {theirs:.1%} of PyTorch's step of 784-512-512-10.")
