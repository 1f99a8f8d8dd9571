"""Run the benchmarks, group by group, and print their tables; a peer that is not installed is reported as missing."""

from __future__ import annotations

import os

# One thread for everybody, decided before any library starts its own.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import argparse
import importlib.util
import platform
from importlib.metadata import version

import numpy as np
from rich.console import Console

from tests.benchmarks import (
    checking,
    compile_time,
    convolution,
    curvature,
    drawing,
    drop_in,
    each_example,
    estimators,
    evals,
    growth,
    health,
    importing,
    memory,
    nested,
    optimizers,
    others,
    pages,
    recurrent,
    report,
    scalar,
    small_operations,
    tensor,
    threads,
    training,
    wide,
)

ROOMS = {
    "scalar": scalar.measure,
    "tensor": tensor.measure,
    "small-operations": small_operations.measure,
    "wide": wide.measure,
    "threads": threads.measure,
    "convolution": convolution.measure,
    "recurrent": recurrent.measure,
    "curvature": curvature.measure,
    "each-example": each_example.measure,
    "others": others.measure,
    "compile-time": compile_time.measure,
    "memory": memory.measure,
    "training": training.measure,
    "estimators": estimators.measure,
    "drop-in": drop_in.measure,
    "nested": nested.measure,
    "evals": evals.measure,
    "checking": checking.measure,
    "health": health.measure,
    "drawing": drawing.measure,
    "pages": pages.measure,
    "optimizers": optimizers.measure,
    "growth": growth.measure,
    "import": importing.measure,
}
PEERS = ("torch", "jax", "casadi", "micrograd", "mygrad", "scikit-learn")


def _pin_threads() -> str:
    if not hasattr(os, "sched_setaffinity"):
        return "not pinned"
    first = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {first})
    return f"pinned to processor {first}"


def _describe_machine() -> str:
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), model)
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} processors; Python {platform.python_version()}, NumPy {np.__version__}"


def _describe_versions() -> str:
    modules = {"scikit-learn": "sklearn"}
    return ", ".join(f"{peer} {version(peer)}" for peer in PEERS if importlib.util.find_spec(modules.get(peer, peer)))


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: about three minutes, and rough")
    parser.add_argument(
        "--markdown", action="store_true", help="GitHub tables, as in notebooks/explanation/benchmarks.md"
    )
    parser.add_argument("rooms", nargs="*", choices=[[], *ROOMS], help="all by default", metavar=" ".join(ROOMS))
    asked = parser.parse_args()
    # What is told while it runs does not go where the tables go.
    told, tables = Console(stderr=True), Console(width=160)
    heading = f"{_describe_machine()}; {_describe_versions()}; one thread, {_pin_threads()}"
    if not asked.markdown:
        tables.print(heading)
    found = []
    for name in asked.rooms or ROOMS:
        if asked.markdown:
            told.print(f"measuring {name}")
        found.append(report.Report(asked.quick))
        ROOMS[name](found[-1])
        if not asked.markdown:
            tables.rule(name)
            report.show(found[-1], tables)
    if asked.markdown:
        print(f"{heading}\n\n{report.markdown(found)}", end="")


if __name__ == "__main__":
    main()
