"""Run every benchmark and print its table; a peer that is not installed is reported as missing."""

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
from rich.table import Table

from autograd import Value
from tests.benchmarks import checking, drawing, drop_in, growth, health, importing, optimizers, scalar, tensor, training
from tests.benchmarks.timing import Times

console = Console(width=100)


def _present(package: str) -> bool:
    there = importlib.util.find_spec(package) is not None
    if not there:
        console.print(f"{package} is not installed, so it is not measured: pip install 'stepgrad\\[bench]'")
    return there


def _pinned() -> str:
    if not hasattr(os, "sched_setaffinity"):
        return "not pinned"
    first = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {first})
    return f"pinned to processor {first}"


def _machine() -> str:
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), model)
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} processors; Python {platform.python_version()}, NumPy {np.__version__}"


def _compare(title: str, times: dict[str, Times], unit: float, unit_name: str, bars: dict[str, float]) -> None:
    table = Table("", f"median {unit_name}", "stepgrad / it", "quartiles", "bar", title=title, title_justify="left")
    mine = times["stepgrad"]
    for name, measured in times.items():
        if name == "stepgrad":
            table.add_row(name, f"{measured.median * unit:.1f}", "", "", "")
            continue
        middle, low, high = mine.ratio(measured)
        bar = bars.get(name)
        verdict = "" if bar is None else f"≤ {bar:.2f}: {'met' if middle <= bar else 'MISSED'}"
        table.add_row(name, f"{measured.median * unit:.1f}", f"{middle:.3f}", f"{low:.3f} … {high:.3f}", verdict)
    console.print(table)


def _line(what: str, figure: str, bar: str, met: bool) -> None:
    console.print(f"{what}: {figure} (bar {bar}: {'met' if met else 'MISSED'})")


def _scalar() -> None:
    peers = {}
    if _present("micrograd"):
        from micrograd.engine import Value as Micrograd

        peers["micrograd"] = Micrograd
    nodes = scalar.node_count()
    _compare(
        f"Scalar: 2-16-16-1, 100 samples, hinge loss, {nodes:,} nodes, forward and backward",
        scalar.times(peers),
        1e3,
        "ms",
        {"micrograd": 0.25},
    )
    held = scalar.bytes_per_node(Value)
    _line("Memory", f"{held:.0f} bytes a node", "≤ 300", held <= 300)
    for name, peer in peers.items():
        console.print(f"  {name}: {scalar.bytes_per_node(peer):.0f} bytes a node")
    freed = scalar.freed_at_once()
    _line("Freed within the statement that drops it, collector off", "yes" if freed else "no", "yes", freed)


def _tensor() -> None:
    peers = [name for name, package in (("torch eager", "torch"), ("jax jit", "jax")) if _present(package)]
    for size, bar in ((32, 0.50), (128, 0.65)):
        _compare(
            f"Tensor: one step of 784-64-16-10, float32, Adam, batch {size}",
            tensor.times(size, peers),
            1e6,
            "µs",
            {"torch eager": bar},
        )


def _training() -> None:
    peers = [name for name, package in (("torch loop", "torch"), ("scikit-learn", "sklearn")) if _present(package)]
    _compare(
        "Training: nn.fit, one epoch of 784-64-16-10, 60,000 rows, batch 128",
        training.times(peers),
        1e3,
        "ms",
        {"torch loop": 0.7, "scikit-learn": 0.7},
    )
    added = training.added()
    _line("The loop of nn.fit adds to one by hand, a batch", f"{added * 1e6:.0f} µs", "< 30 µs", added < 30e-6)


def _drop_in() -> None:
    with_hips = drop_in.hips_is_installed()
    if not with_hips:
        console.print(f"HIPS autograd is not where it is looked for: {drop_in.INSTALL}", markup=False)
    for name, measured in drop_in.times(_present("torch"), with_hips).items():
        _compare(f"Gradient: {name}", measured, 1e6, "µs", {"HIPS autograd": 0.6, "torch eager": 1.0})


def _checking() -> None:
    with_torch = _present("torch")
    _compare(
        "Gradient check of sum(tanh(W x)), 1000 inputs",
        checking.thousand_inputs(with_torch),
        1e3,
        "ms",
        {"torch gradcheck": 0.1},
    )
    planted = len(checking.CORPUS)
    table = Table("", "found", "false alarms on twins", "kind named", "seconds", title=f"{planted} planted mistakes")
    peers = [name for name, package in (("torch gradcheck", "torch"), ("jax check_grads", "jax")) if _present(package)]
    scores = checking.scores(peers)
    for name, score in scores.items():
        named = "–" if score.named is None else f"{score.named} of {planted}"
        table.add_row(name, f"{score.found} of {planted}", f"{score.false_alarms}", named, f"{score.seconds:.1f}")
    console.print(table)
    mine = scores["stepgrad"]
    _line("Recall", f"{mine.found / planted:.1%}", "≥ 95 %", mine.found >= 0.95 * planted)
    _line("Kind named", f"{(mine.named or 0) / planted:.1%}", "≥ 85 %", (mine.named or 0) >= 0.85 * planted)
    _line("The corpus takes", f"{mine.seconds:.1f} s", "< 60 s", mine.seconds < 60)


def _health() -> None:
    ranges, verdicts = health.ranges(range(30, 35))
    table = Table("", "healthy runs", "sick runs", "threshold", title="Health report", title_justify="left")
    for r in ranges:
        spans = [f"{low:.3g} … {high:.3g}" for low, high in (r.healthy, r.sick)]
        table.add_row(r.name, *spans, f"{r.threshold:.3g}")
    console.print(table)
    for what, (right, count) in (("healthy", verdicts.healthy), ("sick", verdicts.sick)):
        _line(f"Verdicts on {what} runs", f"{right} of {count} right", "≥ 95 %", right >= 0.95 * count)
    console.print(*verdicts.wrong, sep="\n")
    for sizes, batch in (((784, 64, 16, 10), 32), ((784, 256, 128, 10), 128)):
        plain, measured = health.step_times(sizes, batch)
        name = "-".join(map(str, sizes))
        console.print(f"A step of {name}, batch {batch}: {plain * 1e6:.0f} µs, measured {measured * 1e6:.0f} µs")


def _drawing() -> None:
    for (what, seconds), bar in zip(drawing.seconds().items(), (2.0, 10.0), strict=True):
        _line(f"Drawing {what}, to SVG", f"{seconds:.2f} s", f"< {bar:g} s", seconds < bar)


def _optimizers() -> None:
    with_torch = _present("torch")
    for network in optimizers.NETWORKS:
        table = Table("", "µs", "torch foreach µs", "ratio", "quartiles", "bar", title=f"One step on {network}")
        for name, measured in optimizers.times(network, with_torch).items():
            mine = measured["stepgrad"]
            if not with_torch:
                table.add_row(name, f"{mine.median * 1e6:.0f}")
                continue
            theirs = measured["torch foreach"]
            middle, low, high = mine.ratio(theirs)
            verdict = f"≤ 1: {'met' if middle <= 1.0 else 'MISSED'}"
            figures = (f"{mine.median * 1e6:.0f}", f"{theirs.median * 1e6:.0f}", f"{middle:.2f}")
            table.add_row(name, *figures, f"{low:.2f} … {high:.2f}", verdict)
        console.print(table)


def _growth() -> None:
    for build, bar in ((growth.chain, 1.15), (growth.wide, None), (growth.shuffled, None)):
        fitted, nanoseconds = growth.slope(build)
        figure = f"slope {fitted:.3f}; ns a node at 10³ … 10⁶: " + ", ".join(f"{n:.0f}" for n in nanoseconds)
        if bar is None:
            console.print(f"Growth, {build.__name__}: {figure}")
        else:
            _line(f"Growth, {build.__name__}", figure, f"≤ {bar}", fitted <= bar)


def _importing() -> None:
    middle, low, high = importing.added_milliseconds()
    _line(
        "import autograd adds to importing NumPy", f"{middle:.0f} ms ({low:.0f} … {high:.0f})", "≤ 60 ms", middle <= 60
    )


def main() -> None:
    """Parse the command line and run."""
    rooms = {
        "scalar": _scalar,
        "tensor": _tensor,
        "training": _training,
        "drop-in": _drop_in,
        "checking": _checking,
        "health": _health,
        "drawing": _drawing,
        "optimizers": _optimizers,
        "growth": _growth,
        "import": _importing,
    }
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("which", nargs="*", choices=[[], *rooms], help="all by default", metavar=" ".join(rooms))
    chosen = parser.parse_args().which or list(rooms)
    console.print(f"{_machine()}; one thread, {_pinned()}")
    console.print(", ".join(f"{p} {version(p)}" for p in ("torch", "jax", "micrograd") if importlib.util.find_spec(p)))
    for name in chosen:
        console.rule()
        rooms[name]()


if __name__ == "__main__":
    main()
