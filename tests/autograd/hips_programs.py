"""Programs as HIPS autograd's users write them: this file runs unchanged there and here.

The tests compare what it computes here with what it computed there (`tests/frozen/hips.json`); the benchmark runs it in both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as np
import autograd.numpy.random as npr
import autograd.scipy.stats.multivariate_normal as mvn
import autograd.scipy.stats.norm as norm
from autograd import (
    elementwise_grad,
    grad,
    hessian,
    hessian_vector_product,
    jacobian,
    make_hvp,
    make_jvp,
    make_vjp,
    value_and_grad,
)
from autograd.extend import defvjp, primitive
from autograd.misc import flatten
from autograd.misc.fixed_points import fixed_point
from autograd.misc.optimizers import adam
from autograd.numpy.linalg import solve
from autograd.scipy.special import logsumexp


def logistic_regression(samples: int = 200, features: int = 10) -> tuple[Callable[..., Any], Any]:
    """The negative log-likelihood of labels, by weights."""
    rs = npr.RandomState(0)
    inputs = rs.randn(samples, features)
    targets = inputs @ rs.randn(features) + rs.randn(samples) > 0

    def sigmoid(x: Any) -> Any:
        return 0.5 * (np.tanh(x / 2.0) + 1)

    def loss(weights: Any) -> Any:
        predictions = sigmoid(np.dot(inputs, weights))
        probabilities = predictions * targets + (1 - predictions) * (1 - targets)
        return -np.sum(np.log(probabilities)) + 0.1 * np.dot(weights, weights)

    return loss, 0.1 * rs.randn(features)


def gaussian_mixture(samples: int = 300, clusters: int = 10) -> tuple[Callable[..., Any], Any]:
    """The log-likelihood of points under a mixture, by a dict of proportions, means and factors of covariances."""
    rs = npr.RandomState(1)
    data = rs.randn(samples, 2) + 3.0 * rs.randn(clusters, 2)[rs.randint(clusters, size=samples)]

    def log_likelihood(params: Any) -> Any:
        proportions = params["log proportions"] - logsumexp(params["log proportions"])
        lls = []
        for log_proportion, mean, factor in zip(proportions, params["means"], params["factors"]):
            lls.append(log_proportion + mvn.logpdf(data, mean, np.dot(factor.T, factor)))
        return np.sum(logsumexp(np.vstack(lls), axis=0))

    return log_likelihood, {
        "log proportions": 0.1 * rs.randn(clusters),
        "means": 2.0 * rs.randn(clusters, 2),
        "factors": np.array([np.eye(2) + 0.2 * rs.randn(2, 2) for _ in range(clusters)]),
    }


def bayesian_network(draws: int = 10) -> tuple[Callable[..., Any], Any]:
    """The evidence lower bound of a network whose weights are normal, by their means and log deviations (Blundell 2015)."""
    rs = npr.RandomState(2)
    sizes = [1, 20, 20, 1]
    shapes = list(zip(sizes[:-1], sizes[1:]))
    count = sum((m + 1) * n for m, n in shapes)
    inputs = np.linspace(0, 6, 40).reshape(40, 1)
    targets = np.cos(inputs) + 0.1 * rs.randn(40, 1)
    noise = rs.randn(draws, count)

    def unpack(weights: Any) -> Any:
        for m, n in shapes:
            yield weights[:, : m * n].reshape((draws, m, n)), weights[:, m * n : m * n + n].reshape((draws, 1, n))
            weights = weights[:, (m + 1) * n :]

    def predictions(weights: Any) -> Any:
        hidden = np.expand_dims(inputs, 0)
        for W, b in unpack(weights):
            outputs = np.einsum("mnd,mdo->mno", hidden, W) + b
            hidden = np.exp(-(outputs**2))
        return outputs

    def lower_bound(params: Any) -> Any:
        mean, log_std = params[:count], params[count:]
        samples = noise * np.exp(log_std) + mean
        log_prior = -0.05 * np.sum(samples**2, axis=1)
        log_lik = -np.sum((predictions(samples) - targets) ** 2, axis=(1, 2)) / 0.01
        entropy = 0.5 * count * (1.0 + np.log(2 * np.pi)) + np.sum(log_std)
        return -(entropy + np.mean(log_prior + log_lik))

    return lower_bound, np.concatenate([rs.randn(count), -5 * np.ones(count)])


OBJECTIVES = {
    "logistic regression": logistic_regression,
    "Gaussian mixture": gaussian_mixture,
    "Bayesian network": bayesian_network,
}


def gradient_of(name: str) -> Callable[[], Any]:
    """The gradient of an objective, as a function without arguments."""
    objective, params = OBJECTIVES[name]()
    gradient = grad(objective)
    return lambda: gradient(params)


# Smaller programs: one habit of HIPS autograd's users each.


def _tanh(x: Any) -> Any:
    y = np.exp(-2.0 * x)
    return (1.0 - y) / (1.0 + y)


def _taylor(x: Any) -> Any:
    term = total = x
    i = 0
    while np.any(np.abs(term) > 1e-6):
        term = -term * x * x / ((2 * i + 3) * (2 * i + 2))
        total = total + term
        i += 1
    return total


@primitive
def _logsumexp(x: Any) -> Any:
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


defvjp(_logsumexp, lambda ans, x: lambda g: np.full(x.shape, g) * np.exp(x - np.full(x.shape, ans)))


@primitive
def _scaled(x: Any, y: Any, factor: float = 1.0) -> Any:
    return factor * x * y


defvjp(
    _scaled,
    lambda ans, x, y, factor=1.0: lambda g: factor * g * y,
    lambda ans, x, y, factor=1.0: lambda g: factor * g * x,
)


def _rosenbrock(x: Any) -> Any:
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def _gaussian_process(params: Any) -> Any:
    rs = npr.RandomState(3)
    x, y = rs.randn(8, 2), rs.randn(8)

    def kernel(a: Any, b: Any) -> Any:
        distances = np.expand_dims(a / np.exp(params[1:3]), 1) - np.expand_dims(b / np.exp(params[1:3]), 0)
        return np.exp(params[0]) * np.exp(-0.5 * np.sum(distances**2, axis=2))

    covariance = kernel(x, x) + (np.exp(params[3]) + 1e-4) * np.eye(8)
    return mvn.logpdf(y, np.zeros(8), covariance) + np.dot(y, solve(covariance, y))


def _recurrent(params: Any) -> Any:
    rs = npr.RandomState(4)
    sequence = rs.randn(5, 3, 2)
    hidden = np.repeat(params["start"], 3, axis=0)
    for inputs in sequence:
        hidden = np.tanh(np.dot(np.hstack((inputs, hidden, np.ones((3, 1)))), params["change"]))
    return np.sum(hidden**2)


def _root(a: Any) -> Any:
    return fixed_point(lambda a: lambda x: 0.5 * (x + a / x), a, 1.0, lambda x, y: np.abs(x - y), 1e-12)


X = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.6]])
V = np.array([0.5, -0.3, 1.2])
HABITS: dict[str, Callable[[], Any]] = {
    "grad of a number": lambda: [grad(_tanh)(1.0), grad(grad(_tanh))(1.0), grad(grad(grad(_tanh)))(0.4)],
    "elementwise_grad": lambda: elementwise_grad(elementwise_grad(_tanh))(np.linspace(-2, 2, 5)),
    "a loop that depends on the value": lambda: grad(_taylor)(2.3),
    "a closure over arrays": lambda: grad(lambda w: np.sum((X * w - 1.0) ** 2))(0.5),
    "arrays of numbers": lambda: grad(lambda x: np.sum(np.array([x, x**2, [x * 3, np.sin(x)][1]])))(0.7),
    "lists of numbers in a reduction": lambda: grad(lambda x: np.sum([x, x * x]) + np.mean([x, 3.0 * x]))(0.7),
    "argnum": lambda: [grad(lambda x, y: x * y**2, 1)(2.0, 3.0), grad(lambda x, y: x * y**2, (0, 1))(2.0, 3.0)],
    "keyword arguments": lambda: grad(lambda x, power=2: np.sum(x**power))(V, power=3),
    "dicts, lists and tuples": lambda: grad(lambda p: np.sum(p["w"][0] * p["w"][1][0]) + p["b"] ** 2)(
        {"w": [V, (V**2, 1.0)], "b": 3.0}
    ),
    "value_and_grad": lambda: value_and_grad(lambda x: np.sum(x**3))(V),
    "jacobian": lambda: jacobian(lambda x: np.dot(X, np.sin(x)))(V),
    "hessian": lambda: hessian(lambda x: np.prod(x) + np.sum(x**4))(V),
    "hessian_vector_product": lambda: hessian_vector_product(_rosenbrock)(V[:2], np.array([1.0, 2.0])),
    "make_vjp": lambda: [make_vjp(lambda x: np.dot(X, x))(V)[1], make_vjp(lambda x: np.dot(X, x))(V)[0](np.ones(2))],
    "make_jvp": lambda: list(make_jvp(lambda x: np.dot(X, x**2))(V)(np.ones(3))),
    "make_hvp": lambda: make_hvp(_rosenbrock)(V[:2])[0](np.array([1.0, 2.0])),
    "a primitive": lambda: grad(lambda x: _logsumexp(x * 2) ** 2)(V),
    "a primitive with arguments": lambda: grad(lambda x, y: np.sum(_scaled(x, y, factor=3.0) ** 2), (0, 1))(V, V + 1),
    "a Gaussian process": lambda: grad(_gaussian_process)(np.array([0.1, -0.2, 0.3, -1.0])),
    "a recurrent network": lambda: grad(_recurrent)(
        {"start": X[:1, :2], "change": np.sin(np.arange(10.0)).reshape(5, 2)}
    ),
    "flatten and adam": lambda: adam(
        lambda p, i: grad(lambda p: np.sum(p["a"] ** 2) + (p["b"] - 1) ** 2)(p),
        {"a": V, "b": 0.0},
        num_iters=20,
        step_size=0.1,
    ),
    "flattened gradients": lambda: flatten(grad(lambda p: np.sum(p[0] * 2) + np.sum(p[1] ** 2))((V, X)))[0],
    "a fixed point": lambda: [derivative(_root)(2.0) for derivative in (lambda f: f, grad, lambda f: grad(grad(f)))],
    "norm": lambda: grad(lambda m, s: np.sum(norm.logpdf(X, m, s) + norm.logcdf(X, m, s)), (0, 1))(0.3, 1.2),
    "indexing and slicing": lambda: grad(lambda x: np.sum(x[0, ::2] * x[[1, 0], 1]) + x[-1].max())(X),
    "where and maximum": lambda: grad(lambda x: np.sum(np.where(x > 0, x**2, np.maximum(-x, 0.5))))(X),
}
