"""`llsq`: least squares of a polynomial's coefficients."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.numpy as anp
from autograd import grad
from tests.benchmarks.gradbench.runs import Given, Prepare, Prepared, compile_once


def primal(x: Any, powers: np.ndarray, signs: np.ndarray) -> Any:
    return 0.5 * anp.sum((signs - powers @ x) ** 2)


def _prepare(function: Any, static: tuple[int, ...] | None = None) -> Prepare:
    def prepare(given: Given) -> Prepared:
        run = function if static is None else compile_once(function, static)
        x, n = np.array(given["x"]), given["n"]
        t = -1.0 + np.arange(n) * 2.0 / (n - 1)
        powers, signs = np.vander(t, len(x), increasing=True), np.sign(t)
        return Prepared(lambda: run(x, powers, signs))

    return prepare


FUNCTIONS: dict[str, Prepare] = {"primal": _prepare(primal), "gradient": _prepare(grad(primal), ())}
