"""One contestant at one eval, in a process of its own: `python -P -m tests.benchmarks.gradbench.worker CONTESTANT ROW`.

Reads lines of JSON from standard input, and answers each with one: `{"first": true}` by the seconds of the first call and the
bytes that memory has grown by after three, `{"time": row, "repeat": n}` by the seconds a run of `n`, and `{"value": true}` by what comes
of it. Seconds are the processor's, since other processes may share it; there is one thread.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.gradbench.inputs import INPUTS

# The module of each, and of ours which programs of it.
MODULES = {
    "eager": ("stepgrad_programs", "eager"),
    "compiled": ("stepgrad_programs", "compiled"),
    "native": ("stepgrad_programs", "native"),
    "PyTorch": ("torch_programs", None),
    "JAX jit": ("jax_programs", None),
    "HIPS autograd": ("hips_programs", None),
    "CasADi": ("casadi_programs", None),
}


def programs_of(contestant: str) -> dict[str, Callable[[Any], Any]]:
    """What a contestant has, by the names of the evals."""
    module, part = MODULES[contestant]
    programs = importlib.import_module(f"tests.benchmarks.gradbench.peers.{module}").PROGRAMS
    chosen: dict[str, Callable[[Any], Any]] = programs if part is None else programs[part]
    return chosen


def _memory(name: str) -> int:
    """VmRSS, what the process has now, or VmHWM, the most that it has had, in bytes; 0 where the system does not say."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _run_first(run: Callable[[], Any]) -> list[float]:
    gc.collect()
    try:
        # The most that it has had begins anew.
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    except OSError:
        pass
    before, begun = _memory("VmRSS"), time.process_time()
    run()
    seconds = time.process_time() - begun
    run()
    run()
    return [seconds, _memory("VmHWM") - before]


def time_runs(run: Callable[[], Any], repeat: int) -> float:
    """The seconds a run of so many."""
    gc.collect()
    begun = time.process_time()
    for _ in range(repeat):
        run()
    return (time.process_time() - begun) / repeat


def answer(asked: Iterable[dict[str, Any]], run: Callable[[], Any], tell: Callable[[Any], Any]) -> Iterator[Any]:
    """What each question is answered with."""
    for question in asked:
        if "first" in question:
            yield _run_first(run)
        elif "time" in question:
            yield time_runs(run, question["repeat"])
        else:
            yield [float(x) for x in tell(run())]


def main() -> None:
    """Answer until standard input ends; nothing but answers goes out, whatever a library prints."""
    contestant, row = sys.argv[1:]
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    name, make = INPUTS[row]
    run, tell = programs_of(contestant)[name](make())
    for told in answer(map(json.loads, sys.stdin), run, tell):
        print(json.dumps(told), file=out, flush=True)


if __name__ == "__main__":
    main()
