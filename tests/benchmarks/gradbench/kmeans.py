"""`kmeans`: a step of Newton's method towards the centres of clusters, whose Hessian is diagonal."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.numpy as anp
from autograd import grad, jvp
from tests.benchmarks.gradbench.runs import Given, Prepare, Prepared, compile_once


def cost(centroids: Any, points: np.ndarray) -> Any:
    squares = anp.sum(centroids**2, axis=1) - 2.0 * points @ centroids.T
    return anp.sum(anp.min(squares, axis=1)) + anp.sum(points**2)


def direction(centroids: np.ndarray, points: np.ndarray) -> Any:
    """The gradient over the diagonal of the Hessian, of which one product with ones is enough."""
    gradient, diagonal = jvp(lambda c: grad(cost)(c, points), (centroids,), (np.ones_like(centroids),))
    return gradient / diagonal


def _prepare(function: Any, static: tuple[int, ...] | None = None) -> Prepare:
    def prepare(given: Given) -> Prepared:
        run = function if static is None else compile_once(function, static)
        centroids, points = np.array(given["centroids"]), np.array(given["points"])
        return Prepared(lambda: run(centroids, points))

    return prepare


FUNCTIONS: dict[str, Prepare] = {"cost": _prepare(cost), "dir": _prepare(direction, ())}
