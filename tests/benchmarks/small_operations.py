"""What an operation on few numbers costs beside the arithmetic: chains of one operation and their gradient, beside the peers'.

As a program it is the process of one contestant: `python -P -m tests.benchmarks.small_operations CONTESTANT`.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.gradbench.worker import time_runs

ROOT = Path(__file__).parents[2]
# So many of an operation follow each other; what a gradient costs besides is shared among them.
LENGTH = 200
MATRIX = np.full((8, 8), 0.125)
# Each keeps a matrix of 8 by 8 numbers as it is, nearly.
OPERATIONS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "add": lambda lib, x, y: x + y,
    "multiply": lambda lib, x, y: x * y,
    "tanh": lambda lib, x, y: lib.tanh(x),
    "sum along an axis, and divide": lambda lib, x, y: x / lib.sum(x, 0),
    "matrix product": lambda lib, x, y: x @ y,
    "reshape": lambda lib, x, y: x.reshape(64).reshape(8, 8),
    "rows 1 to 8, and row 0, joined": lambda lib, x, y: lib.concatenate([x[1:], x[:1]]),
}


def chain(operation: str, lib: Any, y: Any) -> Callable[[Any], Any]:
    """The sum of what comes of a matrix by many of one operation."""

    def f(x: Any) -> Any:
        for _ in range(LENGTH):
            x = OPERATIONS[operation](lib, x, y)
        return lib.sum(x)

    return f


def gradient_of(contestant: str, operation: str) -> Callable[[], Any]:
    """The gradient, by whichever `autograd` is imported here, or by PyTorch."""
    if contestant == "PyTorch":
        import torch

        torch.set_num_threads(1)
        x, y = torch.tensor(MATRIX, requires_grad=True), torch.tensor(MATRIX)
        f = chain(operation, torch, y)
        return lambda: torch.autograd.grad(f(x), x)[0]
    autograd = importlib.import_module("autograd")
    gradient = autograd.grad(chain(operation, importlib.import_module("autograd.numpy"), MATRIX))
    return lambda: gradient(MATRIX)


def measure(report: Any) -> None:
    """Microseconds for each operation, forward and backward, beside PyTorch's and HIPS autograd's."""
    from tests.benchmarks.drop_in import PLACE, Worker, find_hips
    from tests.benchmarks.timing import time_in_turns

    places = {"stepgrad": [ROOT], **{name: [ROOT] for name in report.installed({"PyTorch": "torch"})}}
    if find_hips(report):
        places["HIPS autograd"] = [PLACE, ROOT]
    rows = []
    with ExitStack() as stack:
        program = ["-m", "tests.benchmarks.small_operations"]
        workers = {who: stack.enter_context(Worker(*at, program=[*program, who])) for who, at in places.items()}
        for operation in OPERATIONS:
            values = [np.array(worker.ask(value=operation)) for worker in workers.values()]
            for other in values[1:]:
                np.testing.assert_allclose(other, values[0], rtol=1e-9, atol=1e-300)
            times = time_in_turns({who: worker.timer(operation) for who, worker in workers.items()}, report.rounds(15))
            mine = times["stepgrad"]
            cells = [f"{1e6 * mine.median / LENGTH:.3g} µs"]
            for who in list(places)[1:]:
                middle, low, high = mine.ratio(times[who])
                cells.append(f"{1e6 * times[who].median / LENGTH:.3g} µs: {middle:.3g} ({low:.3g} … {high:.3g})")
            rows.append([operation, *cells])
    title = f"An operation on 8 by 8 numbers, forward and backward, in a chain of {LENGTH}; behind a peer's time the ratio of ours"
    report.table(title, ("operation", *places), rows)


def main() -> None:
    """Answer questions, as `hips_worker` does; seconds are the processor's."""
    runs = {operation: gradient_of(sys.argv[1], operation) for operation in OPERATIONS}
    for line in sys.stdin:
        asked = json.loads(line)
        if "value" in asked:
            print(json.dumps(np.asarray(runs[asked["value"]]()).tolist()), flush=True)
        else:
            print(json.dumps(time_runs(runs[asked["time"]], asked["repeat"])), flush=True)


if __name__ == "__main__":
    main()
