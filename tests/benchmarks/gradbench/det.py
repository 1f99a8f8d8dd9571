"""`det`: a determinant by minors, number by number."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import grad
from tests.benchmarks.gradbench.minors import expand
from tests.benchmarks.gradbench.runs import Given, Prepare, Prepared, compile_once


def primal(a: Any, size: int) -> Any:
    return expand([a[i] for i in range(size * size)], size, 0, range(size))


def _prepare(function: Any, static: tuple[int, ...] | None = None) -> Prepare:
    def prepare(given: Given) -> Prepared:
        run = function if static is None else compile_once(function, static)
        a, size = np.array(given["A"]), given["ell"]
        return Prepared(lambda: run(a, size))

    return prepare


FUNCTIONS: dict[str, Prepare] = {
    "primal": _prepare(lambda a, size: primal(a.tolist(), size)),
    "gradient": _prepare(grad(primal), (1,)),
}
