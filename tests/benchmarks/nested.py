"""Derivatives within derivatives: the particle and the saddle of GradBench in all modes, beside HIPS autograd."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from tests.autograd import nested_programs
from tests.benchmarks.drop_in import PLACE, Worker, find_hips
from tests.benchmarks.growth import fit_slope
from tests.benchmarks.report import Report
from tests.benchmarks.timing import time_in_turns

COUNTS = (100, 1_000, 10_000)


def measure(report: Report) -> None:
    """One row for each program and mode, the growth with the number of inner gradients, and the published answers."""
    with_hips = find_hips(report)
    with ExitStack() as stack:
        workers = {"stepgrad": stack.enter_context(Worker(Path(__file__).parents[2]))}
        if with_hips:
            workers["HIPS autograd"] = stack.enter_context(Worker(PLACE))
        for name in nested_programs.NESTED:
            found = [np.ravel(worker.ask(value=name)) for worker in workers.values()]
            for other in found[1:]:
                np.testing.assert_allclose(other, found[0], rtol=1e-8)
            measured = time_in_turns({who: worker.timer(name) for who, worker in workers.items()}, report.rounds(11))
            report.compare(f"one outer gradient: {name}", measured, {"HIPS autograd": 0.7})
    slope, nanoseconds = fit_slope(COUNTS[:2] if report.quick else COUNTS, nested_programs.descent, 1)
    figure = f"slope {slope:.3f} ({', '.join(f'{1e-3 * n:.0f}' for n in nanoseconds)} µs each)"
    report.line("growth of an outer gradient with the number of inner ones", figure, "≤ 1.1", slope <= 1.1)
    if not report.quick:
        for name, run, expected in (
            ("particle", nested_programs.particle, nested_programs.PARTICLE),
            ("saddle", nested_programs.saddle, nested_programs.SADDLE),
        ):
            answer = run("RR")
            report.line(f"answer of the {name}", repr(answer), repr(expected), abs(answer / expected - 1.0) < 1e-9)
