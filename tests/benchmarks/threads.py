"""Steps whose products are large, by one thread and by two: compiled, beside PyTorch with as many; and what `fit` chooses for small ones.

Each number of threads has a process of its own, because libraries of matrices read it when they are loaded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping

import numpy as np

import nn
from tests.benchmarks import convolution, steps, wide
from tests.benchmarks.agreement import check_agreement
from tests.benchmarks.report import Report
from tests.benchmarks.timing import Times, time_interleaved

COUNTS = (1, 2)
VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
# What an own process does: first of all it may use all processors again.
PROGRAM = "import os; os.sched_setaffinity(0, range(os.cpu_count() or 1)); from tests.benchmarks import threads; threads.main()"
PROBLEMS = {
    "784-512-512-10, batch 256": (wide.build, (256, 784)),
    "LeNet-5, batch 64": (convolution.build, (64, 1, 28, 28)),
}
SMALL = "an epoch of nn.fit, 784-64-16-10, 6,400 rows, batch 32"


def fit_small(threads: int | str | None) -> Callable[[], float]:
    """An epoch over small batches, with so many threads or as many as `fit` chooses."""
    rng = np.random.default_rng(0)
    x, y = rng.random((6400, 784), np.float32), rng.integers(0, 10, 6400)

    def run() -> float:
        model = nn.perceptron((784, 64, 16, 10), "relu", 0)
        chosen = {} if threads == "chosen" else {"threads": threads}
        history = nn.fit(model, (x, y), epochs=1, batch_size=32, seed=0, progress=False, **chosen)
        return float(history["loss"][-1])

    return run


def time_all(threads: int, rounds: int) -> dict[str, dict[str, list[float]]]:
    """The seconds of each contestant's rounds, problem by problem."""
    found = {}
    for what, (build, shape) in PROBLEMS.items():
        problem = steps.classes(build, shape)
        contestants = {"compiled": steps.compiled(problem)}
        try:
            contestants["torch eager"] = steps.torch_eager(problem, threads)
        except ImportError:
            pass  # the parent tells it
        times = time_interleaved(check_agreement(contestants, 1e-3), rounds, 0.2)
        found[what] = {name: one.seconds for name, one in times.items()}
    small = {"as fit chooses": fit_small("chosen"), "all threads": fit_small(None)}
    found[SMALL] = {name: one.seconds for name, one in time_interleaved(small, rounds).items()}
    return found


def main() -> None:
    """What an own process prints."""
    print(json.dumps(time_all(int(sys.argv[1]), int(sys.argv[2]))))


def measure(report: Report) -> None:
    """Each problem at each number of threads, and the gain of the second."""
    report.installed({"torch eager": "torch"})
    if not hasattr(os, "sched_setaffinity"):
        report.note("threads are measured where a process may choose its processors")
        return
    found = {count: _in_own_process(count, report.rounds(15)) for count in COUNTS}
    for what in PROBLEMS:
        for count, problems in found.items():
            told = "1 thread" if count == 1 else f"{count} threads"
            report.compare(f"training step of {what}, compiled, {told}", problems[what], {}, mine="compiled")
        for name in found[1][what]:
            middle, low, high = found[1][what][name].ratio(found[2][what][name])
            report.line(f"times as fast by 2 threads, {what}, {name}", f"{middle:.2f} ({low:.2f} … {high:.2f})")
    report.compare(f"{SMALL}, 2 threads allowed", found[2][SMALL], {"all threads": 1.0}, mine="as fit chooses")


def _in_own_process(count: int, rounds: int) -> Mapping[str, dict[str, Times]]:
    variables = os.environ | dict.fromkeys(VARIABLES, str(count))
    command = [sys.executable, "-c", PROGRAM, str(count), str(rounds)]
    run = subprocess.run(command, env=variables, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(run.stdout.splitlines()[-1])
    return {what: {name: Times(name, seconds) for name, seconds in one.items()} for what, one in told.items()}
