"""Speak GradBench's protocol, a line of JSON in and one out: `python -m tests.benchmarks.gradbench`.

GradBench starts it as a tool: `gradbench run --eval … --tool 'python -m tests.benchmarks.gradbench'`, in this project's folder.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from tests.benchmarks.gradbench.runs import Prepare, run_often

EVALS = ("ba", "det", "gmm", "hello", "ht", "kmeans", "llsq", "lse", "lstm", "ode", "particle", "saddle")


def find_functions(module: str) -> dict[str, Prepare]:
    """The functions of an eval; raises KeyError where there is none of this name."""
    if module not in EVALS:
        raise KeyError(f"there is no eval {module!r} here: {', '.join(EVALS)}")
    found: dict[str, Prepare] = import_module(f"tests.benchmarks.gradbench.{module}").FUNCTIONS
    return found


def answer(message: dict[str, Any]) -> dict[str, Any]:
    """What the tool says to a message; a computation that fails is told, with its error."""
    told: dict[str, Any] = {"id": message["id"]}
    try:
        if message["kind"] == "start":
            told["tool"] = "stepgrad"
        elif message["kind"] == "define":
            find_functions(message["module"])
            told["success"] = True
        elif message["kind"] == "evaluate":
            prepared = find_functions(message["module"])[message["function"]](message["input"])
            output, took = run_often(prepared, message["input"])
            timings = [{"name": "evaluate", "nanoseconds": nanoseconds} for nanoseconds in took]
            told |= {"success": True, "output": output, "timings": timings}
    except Exception as error:  # the protocol has a place for it, and the next message may go well
        told |= {"success": False, "error": f"{type(error).__name__}: {error}"}
    return told


def answer_lines(lines: Iterable[str]) -> Iterator[str]:
    """One line for each."""
    for line in lines:
        if line.strip():
            yield json.dumps(answer(json.loads(line)))


if __name__ == "__main__":
    for reply in answer_lines(sys.stdin):
        print(reply, flush=True)
