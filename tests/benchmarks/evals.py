"""GradBench's twelve evals: here eager and compiled, and in PyTorch, JAX, HIPS autograd and CasADi, each in a process of its own."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from tests.benchmarks.drop_in import PLACE, Worker, find_hips
from tests.benchmarks.gradbench.inputs import INPUTS
from tests.benchmarks.report import Report
from tests.benchmarks.timing import time_in_turns

ROOT = Path(__file__).parents[2]
# As written, compiled, and compiled with machine code from the first run on, however long that takes to make.
OURS = ("eager", "compiled", "native")
PACKAGES = {"PyTorch": "torch", "JAX jit": "jax", "CasADi": "casadi"}
# The evals that each contestant can do, of those that it cannot do all of.
COMPILED = {"lse", "llsq", "kmeans", "gmm", "ode", "det", "lstm"}
HIPS = COMPILED | {"hello", "particle", "saddle"}
CASADI = {"hello", "lse", "llsq", "ode", "det", "ba"}
# Of the better of ours to theirs.
BARS = {
    "gmm, 1,000 points, 10 axes, 25 parts": {"PyTorch": 0.9},
    "ode, 1,000 numbers, 100 steps": {"JAX jit": 1.0},
    "ode, 10,000 numbers, 100 steps": {"JAX jit": 0.8},
    "lstm, 2 layers of 14, 256 steps": {"PyTorch": 0.05},
    "ba, 49 cameras, 31,843 observations": {"PyTorch": 2.0, "CasADi": 2.0},
    "particle, an outer gradient": {"HIPS autograd": 0.7},
    "saddle, an outer gradient": {"HIPS autograd": 0.7},
}
# Of a first compiled call: seconds, or so many eager runs, if that is longer; and seconds where the cache has it.
FIRST, FIRST_RUNS, FROM_CACHE = 3.0, 15.0, 0.5


def can_do(contestant: str, name: str) -> bool:
    """Whether a contestant has this eval."""
    limited = {"compiled": COMPILED, "native": COMPILED, "HIPS autograd": HIPS, "CasADi": CASADI}
    return contestant not in limited or name in limited[contestant]


def _start(contestant: str, row: str, cache: str) -> Worker:
    places = [PLACE, ROOT] if contestant == "HIPS autograd" else [ROOT]
    program = ["-m", "tests.benchmarks.gradbench.worker", contestant, row]
    return Worker(*places, program=program, environment={"STEPGRAD_CACHE": cache})


class Figures:
    """First calls and memory, by row and contestant, for the tables at the end."""

    def __init__(self, contestants: list[str]) -> None:
        self._contestants = contestants
        self._firsts: list[list[str]] = []
        self._memory: list[list[str]] = []

    def add(self, row: str, found: dict[str, tuple[float, float]]) -> None:
        """The seconds and bytes of each contestant that has the eval."""
        cells = [found.get(contestant) for contestant in self._contestants]
        self._firsts.append([row, *("" if cell is None else f"{cell[0]:.3g}" for cell in cells)])
        self._memory.append([row, *("" if cell is None else f"{cell[1] / 2**20:.3g}" for cell in cells)])

    def tell(self, report: Report) -> None:
        """The tables."""
        columns = ("eval", *self._contestants)
        report.table("Seconds of the first call, in a new process with empty caches", columns, self._firsts)
        report.table("MiB that the process grows by in three calls", columns, self._memory)


def _measure_row(report: Report, row: str, contestants: list[str], figures: Figures) -> None:
    with ExitStack() as stack:
        cache = stack.enter_context(tempfile.TemporaryDirectory())
        found: dict[str, tuple[float, float]] = {}
        if "compiled" in contestants:
            with _start("compiled", row, cache) as worker:
                cold, memory = worker.ask(first=True)
        workers = {name: stack.enter_context(_start(name, row, cache)) for name in contestants}
        for name, worker in workers.items():
            found[name] = tuple(worker.ask(first=True))
        values = {name: np.array(worker.ask(value=True)) for name, worker in workers.items()}
        for value in values.values():
            expected = values["eager"]
            np.testing.assert_allclose(value, expected, rtol=1e-7, atol=1e-10 * np.abs(expected).max(), err_msg=row)
        times = time_in_turns({name: worker.timer(row) for name, worker in workers.items()}, report.rounds(15), 0.05)
    best = min((name for name in OURS if name in times), key=lambda name: times[name].median)
    report.compare(f"{row}, {best}", times, BARS.get(row, {}), mine=best)
    if "compiled" in contestants:
        bar = max(FIRST, FIRST_RUNS * times["eager"].median)
        report.line(f"first compiled call: {row}", f"{cold:.3g} s", f"≤ {bar:.3g} s", cold <= bar)
        again = found["compiled"][0]
        report.line("from the cache", f"{again:.3g} s", f"≤ {FROM_CACHE} s", again <= FROM_CACHE)
        found["compiled"] = (cold, memory)
    figures.add(row, found)


def measure(report: Report) -> None:
    """Each eval's derivative beside whoever has it, after all have given the same."""
    peers = report.installed(PACKAGES)
    if find_hips(report):
        peers.append("HIPS autograd")
    figures = Figures([*OURS, *peers])
    for row, (name, _) in INPUTS.items():
        _measure_row(report, row, [who for who in (*OURS, *peers) if can_do(who, name)], figures)
    figures.tell(report)
