"""How long the first call of the compiled digits step takes, in new processes: without numba, and with it, cold and cached."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

from tests.benchmarks.report import Report

FIRST_CALL = """
import sys, time
if {without}:
    sys.modules["numba"] = None
import autograd as ag
from tests.benchmarks import steps, tensor
problem = tensor.digits(32)
step = ag.compile(steps.ours(problem))
start = time.perf_counter()
step(problem.x, problem.y)
print(time.perf_counter() - start)
"""


def first_call(cache: str, without_numba: bool = False) -> float:
    """Seconds from the first call to its result, imports that only it needs included, with this directory as the cache."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST_CALL.format(without=without_numba)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "STEPGRAD_CACHE": cache},
    )
    return float(done.stdout)


def measure(report: Report) -> None:
    """Medians of the three."""
    rounds = report.rounds(5)
    found: dict[str, list[float]] = {"without numba": [], "with numba, cold": [], "with numba, from the cache": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as cache:
            found["without numba"].append(first_call(cache, without_numba=True))
            if report.installed({"numba": "numba"}):
                found["with numba, cold"].append(first_call(cache))
                found["with numba, from the cache"].append(first_call(cache))
    for (what, seconds), bar in zip(found.items(), (0.2, 3.0, 0.5), strict=True):
        if seconds:
            middle = statistics.median(seconds)
            figure = f"{middle:.2f} s ({min(seconds):.2f} … {max(seconds):.2f})"
            report.line(f"first call of the compiled digits step, {what}", figure, f"≤ {bar:g} s", middle <= bar)
