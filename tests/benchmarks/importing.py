"""What `import autograd` adds to importing NumPy, in fresh interpreters."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

from tests.benchmarks.report import Report


def added_milliseconds(rounds: int) -> tuple[float, float, float]:
    """The median, and the lower and upper quartile, of the time that `import autograd` takes after `import numpy`.

    With bytecode at hand, as from the second import on; where this machine writes none, compiling the source would be
    most of what is measured.
    """
    program = "import numpy, time; t = time.perf_counter(); import autograd; print(time.perf_counter() - t)"
    found = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        for number in range(rounds + 1):
            done = subprocess.run(
                [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
            )
            if number:
                found.append(1e3 * float(done.stdout))
    low, middle, high = statistics.quantiles(found, n=4)
    return middle, low, high


def measure(report: Report) -> None:
    """What the import adds."""
    middle, low, high = added_milliseconds(report.rounds(11))
    figure = f"{middle:.0f} ms ({low:.0f} … {high:.0f})"
    report.line("import autograd after NumPy, bytecode at hand", figure, "≤ 60 ms", middle <= 60)
