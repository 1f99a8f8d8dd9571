"""Drawing the scalar benchmark's graphs to SVG: the network of one sample whole, and that of a hundred, folded."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from autograd import Value
from autograd.draw import Diagram, draw
from autograd.graph.node import ancestors
from tests.benchmarks.report import Report
from tests.benchmarks.scalar import Network, losses


def seconds(rounds: int) -> dict[str, float]:
    """The median time of each drawing, by what is drawn."""
    one = (1.0 - Network(Value)([Value(0.5), Value(-0.3)])).relu()
    _, loss = losses(Value)
    many = loss()
    drawings: dict[str, Callable[[], Diagram]] = {
        f"{_count(one):,} nodes, whole": lambda: draw(one, passes="both", fold="never"),
        f"{_count(many):,} nodes, folded": lambda: draw(many, passes="both"),
    }
    return {name: median(_time_drawing(build) for _ in range(rounds)) for name, build in drawings.items()}


def _count(root: Value) -> int:
    return sum(1 for _ in ancestors(root))


def _time_drawing(build: Callable[[], Diagram]) -> float:
    start = time.perf_counter()
    assert build().svg
    return time.perf_counter() - start


def measure(report: Report) -> None:
    """Both drawings."""
    for (what, taken), bar in zip(seconds(1 if report.quick else 5).items(), (2.0, 10.0), strict=True):
        report.line(f"drawing {what}, to SVG", f"{taken:.2f} s", f"< {bar:g} s", taken < bar)
