"""`gmm`: the posterior of a mixture of Gaussians with a Wishart prior."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import multigammaln

import autograd.numpy as anp
from autograd import grad
from autograd.scipy.special import logsumexp
from tests.benchmarks.gradbench.runs import Given, Prepare, Prepared, compile_once

NAMES = ("alpha", "mu", "q", "l")


def objective(independent: dict[str, Any], x: np.ndarray, m: int, gamma: float) -> Any:
    alpha, mu, q, lower = (independent[name] for name in NAMES)
    (n, d), k = x.shape, len(alpha)
    diagonals, sums = anp.exp(q), anp.sum(q, axis=1)
    centred = x[:, None, :] - mu[None]
    turned = diagonals * centred + anp.einsum("kij,nkj->nki", _fill_triangles(lower, d), centred)
    inner = alpha + sums - 0.5 * anp.sum(turned**2, axis=2)
    likelihood = anp.sum(logsumexp(inner, axis=1)) - n * (0.5 * d * math.log(2.0 * math.pi) + logsumexp(alpha))
    freedom = d + m + 1
    constant = k * (freedom * d * math.log(gamma / math.sqrt(2.0)) - multigammaln(0.5 * freedom, d))
    squares = anp.sum(diagonals**2) + anp.sum(lower**2)
    return likelihood + constant - 0.5 * gamma**2 * squares + m * anp.sum(sums)


def _fill_triangles(lower: Any, d: int) -> Any:
    """Strictly lower triangles, whose elements come column by column."""
    columns, rows = np.triu_indices(d, 1)
    places = np.full((d, d), lower.shape[1])
    places[rows, columns] = np.arange(lower.shape[1])
    # The last place is a zero.
    return anp.concatenate([lower, np.zeros((lower.shape[0], 1))], axis=1)[:, places]


def _prepare(function: Any, static: tuple[int, ...] | None = None) -> Prepare:
    def prepare(given: Given) -> Prepared:
        run = function if static is None else compile_once(function, static)
        independent = {name: np.array(given[name], float).reshape(given["k"], -1) for name in NAMES}
        independent["alpha"] = independent["alpha"].ravel()
        x = np.array(given["x"])
        return Prepared(lambda: run(independent, x, given["m"], given["gamma"]), _tell)

    return prepare


def _tell(out: Any) -> Any:
    return {name: np.asarray(out[name]).tolist() for name in NAMES} if isinstance(out, dict) else float(out)


FUNCTIONS: dict[str, Prepare] = {
    "objective": _prepare(objective),
    "jacobian": _prepare(grad(objective), (2, 3)),
}
