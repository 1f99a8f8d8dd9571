"""The evals in HIPS autograd, where it can do them: it has no sparse Jacobians, and maps nothing over a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

import autograd.numpy as np
from autograd import elementwise_grad, grad
from autograd.scipy.special import expit, logsumexp, multigammaln
from tests.autograd.nested_programs import landing, ridge
from tests.benchmarks.gradbench.minors import expand

Run = tuple[Callable[[], Any], Callable[[Any], numpy.ndarray]]


def _flat(out: Any) -> numpy.ndarray:
    return (
        numpy.concatenate([numpy.ravel(part) for part in out]) if isinstance(out, (tuple, list)) else numpy.ravel(out)
    )


def hello(given: Any) -> Run:
    gradient = grad(lambda x: x * x)
    return lambda: gradient(given["x"]), _flat


def lse(given: Any) -> Run:
    gradient = grad(logsumexp)
    return lambda: gradient(given["x"]), _flat


def llsq(given: Any) -> Run:
    x, n = given["x"], given["n"]
    t = -1.0 + numpy.arange(n) * 2.0 / (n - 1)
    powers, signs = numpy.vander(t, len(x), increasing=True), numpy.sign(t)
    gradient = grad(lambda x: 0.5 * np.sum((signs - np.dot(powers, x)) ** 2))
    return lambda: gradient(x), _flat


def kmeans(given: Any) -> Run:
    points = given["points"]

    def cost(centres: Any) -> Any:
        squares = np.sum(centres**2, axis=1) - 2.0 * np.dot(points, centres.T)
        return np.sum(np.min(squares, axis=1)) + np.sum(points**2)

    slope = grad(cost)
    diagonal = elementwise_grad(slope)

    def run() -> Any:
        return slope(given["centroids"]) / diagonal(given["centroids"])

    return run, _flat


def gmm(given: Any) -> Run:
    x, m, gamma, (n, d), k = given["x"], given["m"], given["gamma"], given["x"].shape, given["k"]
    columns, rows = numpy.triu_indices(d, 1)
    places = numpy.full((d, d), given["l"].shape[1])
    places[rows, columns] = numpy.arange(given["l"].shape[1])
    half = 0.5 * (d + m + 1)
    constant = k * (2.0 * half * d * numpy.log(gamma / numpy.sqrt(2.0)) - multigammaln(half, d))

    def objective(independent: Any) -> Any:
        alpha, mu, q, lower = independent
        diagonals, sums = np.exp(q), np.sum(q, axis=1)
        factors = np.concatenate([lower, numpy.zeros((k, 1))], axis=1)[:, places]
        centred = x[:, None] - mu
        turned = diagonals * centred + np.einsum("kij,nkj->nki", factors, centred)
        inner = alpha + sums - 0.5 * np.sum(turned**2, axis=2)
        normal = n * (0.5 * d * numpy.log(2.0 * numpy.pi) + logsumexp(alpha))
        squares = np.sum(diagonals**2) + np.sum(lower**2)
        return np.sum(logsumexp(inner, axis=1)) - normal + constant - 0.5 * gamma**2 * squares + m * np.sum(sums)

    gradient, at = grad(objective), [given[name] for name in ("alpha", "mu", "q", "l")]
    return lambda: gradient(at), _flat


def ode(given: Any) -> Run:
    steps, one = given["s"], numpy.ones(1)

    def last(x: Any) -> Any:
        slope = lambda y: x * np.concatenate([one, y[:-1]])
        h, y = 2.0 / steps, numpy.zeros(len(x))
        for _ in range(steps):
            k1 = slope(y)
            k2 = slope(y + 0.5 * h * k1)
            k3 = slope(y + 0.5 * h * k2)
            k4 = slope(y + h * k3)
            y = y + h * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0
        return y[-1]

    gradient = grad(last)
    return lambda: gradient(given["x"]), _flat


def det(given: Any) -> Run:
    size = given["ell"]

    # Over a list, since an index into an array makes a whole array of the gradient.
    gradient, at = grad(lambda a: expand(a, size, 0, range(size))), given["A"].tolist()
    return lambda: gradient(at), _flat


def lstm(given: Any) -> Run:
    state, sequence = given["state"], given["sequence"]
    layers, width = len(state) // 2, sequence.shape[1]

    def objective(parameters: Any) -> Any:
        (main, extra), states, total = parameters, list(state), 0.0
        for before, after in zip(sequence[:-1], sequence[1:], strict=True):
            x = before * extra[0]
            for layer in range(layers):
                hidden, cell = states[2 * layer], states[2 * layer + 1]
                gates = np.concatenate([x, hidden, x, hidden]) * main[2 * layer] + main[2 * layer + 1]
                three = expit(gates[: 3 * width])
                cell = cell * three[:width] + three[width : 2 * width] * np.tanh(gates[3 * width :])
                x = three[2 * width :] * np.tanh(cell)
                states[2 * layer], states[2 * layer + 1] = x, cell
            predicted = x * extra[1] + extra[2]
            total = total + np.dot(after, predicted - np.log(np.sum(np.exp(predicted)) + 2.0))
        return -total / (width * (len(sequence) - 1))

    # The rows as a list, since an index into an array makes a whole array of the gradient.
    gradient = grad(objective)
    at = [list(given["main_params"]), list(given["extra_params"])]
    return lambda: gradient(at), lambda out: _flat([_flat(part) for part in out])


def particle(given: Any) -> Run:
    gradient = grad(lambda w: landing(w[0], grad))
    return lambda: gradient(given["w"]), _flat


def saddle(given: Any) -> Run:
    gradient = grad(lambda x: ridge(x, grad))
    return lambda: gradient(given["start"]), _flat


PROGRAMS = {f.__name__: f for f in (hello, lse, llsq, kmeans, gmm, ode, det, lstm, particle, saddle)}
