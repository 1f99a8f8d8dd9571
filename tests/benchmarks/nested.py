"""Derivatives within derivatives: the particle and the saddle of GradBench in all modes, beside HIPS autograd."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from tests.autograd import nested_programs
from tests.benchmarks.drop_in import INSTALL, PLACE, Worker, hips_is_installed
from tests.benchmarks.report import Report
from tests.benchmarks.timing import taking_turns

COUNTS = (100, 1_000, 10_000)


def growth(counts: tuple[int, ...], rounds: int) -> tuple[float, list[float]]:
    """The log-log slope of an outer gradient's best time against how many inner ones it is of, and microseconds for each."""
    best = []
    for count in counts:
        run, times = nested_programs.descent(count), []
        for _ in range(rounds):
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
        best.append(min(times))
    slope = float(np.polyfit(np.log(counts), np.log(best), 1)[0])
    return slope, [1e6 * t / n for t, n in zip(best, counts, strict=True)]


def measure(report: Report) -> None:
    """One row for each program and mode, the growth with the number of inner gradients, and the published answers."""
    if not hips_is_installed():
        report.note(f"HIPS autograd is not where it is looked for: {INSTALL}")
    with ExitStack() as stack:
        workers = {"stepgrad": stack.enter_context(Worker(Path(__file__).parents[2]))}
        if hips_is_installed():
            workers["HIPS autograd"] = stack.enter_context(Worker(PLACE))
        for name in nested_programs.NESTED:
            found = [np.ravel(worker.ask(value=name)) for worker in workers.values()]
            for other in found[1:]:
                np.testing.assert_allclose(other, found[0], rtol=1e-8)
            measured = taking_turns({who: worker.timer(name) for who, worker in workers.items()}, report.rounds(11))
            report.compare(f"one outer gradient: {name}", measured, {"HIPS autograd": 0.7})
    slope, micros = growth(COUNTS[:2] if report.quick else COUNTS, 3)
    figure = f"slope {slope:.3f} ({', '.join(f'{m:.0f}' for m in micros)} µs each)"
    report.line("growth of an outer gradient with the number of inner ones", figure, "≤ 1.1", slope <= 1.1)
    if not report.quick:
        for name, run, expected in (
            ("particle", nested_programs.particle, nested_programs.PARTICLE),
            ("saddle", nested_programs.saddle, nested_programs.SADDLE),
        ):
            answer = run("RR")
            report.line(f"answer of the {name}", repr(answer), repr(expected), abs(answer / expected - 1.0) < 1e-9)
