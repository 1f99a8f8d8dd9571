"""A training step of LeNet-5 on 28 × 28 images, batch 64: eager, compiled, and PyTorch's eager mode."""

from __future__ import annotations

from typing import Any

from tests.benchmarks import steps
from tests.benchmarks.agreement import check_agreement
from tests.benchmarks.report import Report
from tests.benchmarks.steps import Problem
from tests.benchmarks.timing import time_interleaved

BATCH = 64


def build(lib: Any) -> Any:
    """LeNet-5 with ReLU and maxima (after LeCun, Bottou, Bengio and Haffner 1998)."""
    return lib.Sequential(
        lib.Conv2d(1, 6, 5, padding=2),
        lib.ReLU(),
        lib.MaxPool2d(2),
        lib.Conv2d(6, 16, 5),
        lib.ReLU(),
        lib.MaxPool2d(2),
        lib.Flatten(),
        lib.Linear(400, 120),
        lib.ReLU(),
        lib.Linear(120, 84),
        lib.ReLU(),
        lib.Linear(84, 10),
    )


def lenet(batch: int = BATCH) -> Problem:
    return steps.classes(build, (batch, 1, 28, 28))


def measure(report: Report) -> None:
    """One row for each peer."""
    problem = lenet()
    contestants = {"eager": steps.eager(problem), "compiled": steps.compiled(problem)}
    contestants |= {name: steps.torch_eager(problem) for name in report.installed({"torch eager": "torch"})}
    times = time_interleaved(check_agreement(contestants, 1e-4), report.rounds(20), 0.1)
    what = f"training step of LeNet-5, batch {BATCH}, compiled"
    report.compare(what, times, {"torch eager": 1.5}, mine="compiled")
