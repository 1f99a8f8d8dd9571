"""`det`: a determinant by minors, number by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import grad
from tests.benchmarks.gradbench.runs import Given, Prepare, Prepared, compile_once


def primal(a: Any, size: int) -> Any:
    return _expand([a[i] for i in range(size * size)], size, 0, range(size))


def _expand(a: Sequence[Any], size: int, row: int, columns: Sequence[int]) -> Any:
    """The minor of the rows from `row` on, and of some columns."""
    if len(columns) == 1:
        return a[row * size + columns[0]]
    total: Any = 0.0
    for place, column in enumerate(columns):
        left = [other for other in columns if other != column]
        part = a[row * size + column] * _expand(a, size, row + 1, left)
        total = total - part if place % 2 else total + part
    return total


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
