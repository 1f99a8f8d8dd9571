"""The memory of the compiled digits step beside the one written by hand in NumPy, by one way of counting."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

import numpy as np

from tests.benchmarks import steps
from tests.benchmarks.report import Report
from tests.benchmarks.tensor import digits, numpy_by_hand

BATCH = 128


def array_bytes(make: Callable[[], Callable[[], object]]) -> tuple[int, int]:
    """Bytes of arrays that a step holds once it has run, and the most that it allocates on top while it runs once more.

    Parameters, their gradients and the optimizer's state are among them; the batch is not.
    """
    gc.collect()
    tracemalloc.start()
    try:
        run = make()
        for _ in range(3):
            run()
        gc.collect()
        arrays = tracemalloc.DomainFilter(True, np.lib.tracemalloc_domain)
        held = sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces([arrays]).traces)
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        run()
        return held, tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def measure(report: Report) -> None:
    """The sum of both, and the ratio."""
    problem = digits(BATCH)
    found = {
        "compiled": array_bytes(lambda: steps.compiled(problem)),
        "eager": array_bytes(lambda: steps.eager(problem)),
        "NumPy by hand": array_bytes(lambda: numpy_by_hand(problem)),
    }
    theirs = sum(found["NumPy by hand"])
    for name in ("compiled", "eager"):
        ratio = sum(found[name]) / theirs
        report.line(
            f"memory of the digits step, batch {BATCH}, {name}",
            f"{sum(found[name]) / 1e3:,.0f} kB",
            "≤ 1.3" if name == "compiled" else "",
            ratio <= 1.3 if name == "compiled" else None,
            peer=f"NumPy by hand {theirs / 1e3:,.0f} kB",
            ratio=f"{ratio:.2f}",
        )
    parts = (f"{name} {held / 1e3:,.0f} + {extra / 1e3:,.0f}" for name, (held, extra) in found.items())
    report.note(f"Of the digits step's kB arrays held between steps, and allocated during one: {'; '.join(parts)}.")
