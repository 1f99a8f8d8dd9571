"""A process that runs the programs for HIPS users with whatever `autograd` it imports, HIPS autograd's or ours.

Reads lines of JSON from standard input, `{"time": program, "repeat": n}`, `{"value": program}` or `{"values": true}`,
and answers each with one.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import sys
import time
from pathlib import Path

import numpy

PROGRAMS = Path(__file__).parent.parent / "autograd"


def plain(x):
    """Numbers and nested lists of whatever a program gave."""
    if isinstance(x, dict):
        return {key: plain(part) for key, part in x.items()}
    return (
        [plain(part) for part in x]
        if isinstance(x, (list, tuple))
        else x.tolist()
        if hasattr(x, "tolist")
        else float(x)
    )


def loaded(name):
    """One of the files that run unchanged in both."""
    spec = importlib.util.spec_from_file_location(name, PROGRAMS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    """Answer until standard input ends."""
    # glibc keeps freed memory, instead of asking the system for it anew, once a program has freed a large block: a step
    # of BLAS or of PyTorch does that sooner or later. Here it is done at once, so that it is the same for everybody.
    numpy.empty(2**21)
    programs, nested = loaded("hips_programs"), loaded("nested_programs")
    objectives = {name: programs.gradient_of(name) for name in programs.OBJECTIVES}
    runs = {**objectives, **nested.NESTED}
    for line in sys.stdin:
        asked = json.loads(line)
        if "time" in asked:
            run = runs[asked["time"]]
            gc.collect()
            start = time.perf_counter()
            for _ in range(asked["repeat"]):
                run()
            answer = (time.perf_counter() - start) / asked["repeat"]
        elif "value" in asked:
            answer = plain(runs[asked["value"]]())
        else:
            answer = {
                "objectives": {name: plain(run()) for name, run in objectives.items()},
                "habits": {name: plain(habit()) for name, habit in programs.HABITS.items()},
            }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
