"""`ode`: a system of equations by the method of Runge and Kutta."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.numpy as anp
from autograd import grad
from tests.benchmarks.gradbench.runs import Given, Prepare, Prepared, compile_once

END = 2.0


def primal(x: Any, steps: int) -> Any:
    def slope(y: Any) -> Any:
        # The first is x₀, the others xᵢ yᵢ₋₁.
        return x * anp.concatenate([np.ones(1), y[:-1]])

    h, y = END / steps, np.zeros(len(x))
    for _ in range(steps):
        k1 = slope(y)
        k2 = slope(y + 0.5 * h * k1)
        k3 = slope(y + 0.5 * h * k2)
        k4 = slope(y + h * k3)
        y = y + h * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0
    return y


def _prepare(function: Any, static: tuple[int, ...] | None = None) -> Prepare:
    def prepare(given: Given) -> Prepared:
        run = function if static is None else compile_once(function, static)
        x = np.array(given["x"])
        return Prepared(lambda: run(x, given["s"]))

    return prepare


FUNCTIONS: dict[str, Prepare] = {
    "primal": _prepare(primal),
    "gradient": _prepare(grad(lambda x, steps: primal(x, steps)[-1]), (1,)),
}
