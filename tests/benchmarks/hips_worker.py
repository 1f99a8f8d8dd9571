"""A process that runs the programs for HIPS users with whatever `autograd` it imports, HIPS autograd's or ours.

Reads lines of JSON from standard input, `{"time": program, "repeat": n}` or `{"values": true}`, and answers each with one.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import sys
import time
from pathlib import Path

import numpy

PROGRAMS = Path(__file__).parent.parent / "autograd" / "hips_programs.py"


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


def main():
    """Answer until standard input ends."""
    # glibc keeps freed memory, instead of asking the system for it anew, once a program has freed a large block: a step
    # of BLAS or of PyTorch does that sooner or later. Here it is done at once, so that it is the same for everybody.
    numpy.empty(2**21)
    spec = importlib.util.spec_from_file_location("hips_programs", PROGRAMS)
    programs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(programs)
    runs = {name: programs.gradient_of(name) for name in programs.OBJECTIVES}
    for line in sys.stdin:
        asked = json.loads(line)
        if "time" in asked:
            run = runs[asked["time"]]
            gc.collect()
            start = time.perf_counter()
            for _ in range(asked["repeat"]):
                run()
            answer = (time.perf_counter() - start) / asked["repeat"]
        else:
            answer = {
                "objectives": {name: plain(run()) for name, run in runs.items()},
                "habits": {name: plain(habit()) for name, habit in programs.HABITS.items()},
            }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
