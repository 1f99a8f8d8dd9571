"""`lse`: the logarithm of a sum of exponentials, of its elementary parts."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
from autograd import grad
from tests.benchmarks.gradbench.runs import Given, Prepare, Prepared, compile_once


def primal(x: Any) -> Any:
    largest = anp.max(x)
    return largest + anp.log(anp.sum(anp.exp(x - largest)))


def _prepare(function: Any, static: tuple[int, ...] | None = None) -> Prepare:
    def prepare(given: Given) -> Prepared:
        run = function if static is None else compile_once(function, static)
        x = anp.array(given["x"])
        return Prepared(lambda: run(x))

    return prepare


FUNCTIONS: dict[str, Prepare] = {"primal": _prepare(primal), "gradient": _prepare(grad(primal), ())}
