"""Planted wrong derivatives by the authors of the checker: every kind it names, on hand-written gradients and on rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import primitive
from autograd.graph.node import raw
from tests.autograd.check.corpus.planted import Planted, Subject


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


# --- non-determinism, mutated inputs, aliasing --------------------------------------------------------------------------

MASKS = np.random.default_rng(1)


def squares(x: Any) -> Any:
    return np.sum(x**2)


def dropped_squares(x: Any) -> Any:
    return np.sum((x * (MASKS.random(x.shape) < 0.5)) ** 2)


def noisy_gradient(x: np.ndarray) -> np.ndarray:
    return 2 * x + 1e-3 * MASKS.normal(size=x.shape)


def centred_norm(x: Any) -> Any:
    return np.sum((x - np.mean(x)) ** 3)


def centred_norm_in_place(x: np.ndarray) -> float:
    x -= np.mean(x)
    return float(np.sum(x**3))


def centred_norm_gradient(x: np.ndarray) -> np.ndarray:
    d = 3 * (x - np.mean(x)) ** 2
    return d - np.mean(d)


def sorts_its_input(x: np.ndarray) -> np.ndarray:
    x.sort()
    return 2 * x


BUFFER = np.empty(4)


def reused_buffer(x: np.ndarray) -> np.ndarray:
    np.multiply(x, 2.0, out=BUFFER)
    return BUFFER


def product_sum(x: Any, y: Any) -> Any:
    return np.sum(x * np.sin(y))


def product_sum_gradient(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.sin(y), x * np.cos(y)


def product_sum_in_one_buffer(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    g = np.empty_like(x)
    np.sin(y, out=g)
    by_x = g
    np.multiply(x, np.cos(y), out=g)
    return by_x, g


# --- dtype and shape ----------------------------------------------------------------------------------------------------


def logistic(x: Any) -> Any:
    return np.sum(np.log1p(np.exp(-x)))


def logistic_gradient(x: np.ndarray) -> np.ndarray:
    return -1 / (1 + np.exp(x))


def logistic_gradient_float32(x: np.ndarray) -> np.ndarray:
    return -1 / (1 + np.exp(x.astype(np.float32)))


def squares_gradient_of_integers(x: np.ndarray) -> np.ndarray:
    return (2 * x).astype(int)


def row_norms(x: Any) -> Any:
    return np.sum(np.sqrt(np.sum(x**2, axis=1)))


def row_norms_gradient(x: np.ndarray) -> np.ndarray:
    return x / np.sqrt(np.sum(x**2, axis=1, keepdims=True))


def row_norms_gradient_raveled(x: np.ndarray) -> np.ndarray:
    return row_norms_gradient(x).ravel()


def log_volume(x: Any) -> Any:
    return np.log(1 + x**2)


# --- broadcasting and accumulation --------------------------------------------------------------------------------------


def affine(x: Any, w: Any, b: Any) -> Any:
    return np.sum(np.tanh(x @ w + b))


def affine_gradient(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, ...]:
    d = 1 - np.tanh(x @ w + b) ** 2
    return d @ w.T, x.T @ d, d.sum(0)


def affine_gradient_of_every_row(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, ...]:
    d = 1 - np.tanh(x @ w + b) ** 2
    return d @ w.T, x.T @ d, d


def scaled(x: Any, s: Any) -> Any:
    return np.sum(np.exp(s * x))


def scaled_gradient(x: np.ndarray, s: float) -> tuple[np.ndarray, float]:
    e = np.exp(s * x)
    return s * e, float(np.sum(x * e))


def scaled_gradient_unsummed(x: np.ndarray, s: float) -> tuple[np.ndarray, np.ndarray]:
    e = np.exp(s * x)
    return s * e, x * e


def gated(x: Any) -> Any:
    return np.sum(np.tanh(x) * np.exp(-x))


def gated_gradient(x: np.ndarray) -> np.ndarray:
    return (1 - np.tanh(x) ** 2) * np.exp(-x) - np.tanh(x) * np.exp(-x)


def quadratic(x: Any, a: Any) -> Any:
    return x @ a @ x


def quadratic_gradient(x: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return a @ x + a.T @ x, np.outer(x, x)


def quadratic_gradient_of_one_use(x: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return a @ x, np.outer(x, x)


WORDS = np.array([0, 2, 2, 1, 2])


def embedded(table: Any) -> Any:
    return np.sum(np.sin(table[WORDS]) * np.arange(1.0, 6.0)[:, None])


def embedded_gradient(table: np.ndarray) -> np.ndarray:
    g = np.zeros_like(table)
    np.add.at(g, WORDS, np.cos(table[WORDS]) * np.arange(1.0, 6.0)[:, None])
    return g


def embedded_gradient_assigned(table: np.ndarray) -> np.ndarray:
    g = np.zeros_like(table)
    g[WORDS] = np.cos(table[WORDS]) * np.arange(1.0, 6.0)[:, None]
    return g


# --- transposes and factors ---------------------------------------------------------------------------------------------


def similarity(x: Any, w: Any) -> Any:
    return np.sum(np.sin(x @ w))


def similarity_gradient(x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    d = np.cos(x @ w)
    return d @ w.T, x.T @ d


def similarity_gradient_transposed(x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    d = np.cos(x @ w)
    return d @ w.T, d.T @ x


def inverse_trace(a: Any) -> Any:
    return np.trace(np.linalg.inv(a))


def inverse_trace_gradient(a: np.ndarray) -> np.ndarray:
    inverse = np.linalg.inv(a)
    return -(inverse @ inverse).T


TARGET = numbers(6, seed=3)


def mean_square(x: Any) -> Any:
    return np.mean((x - TARGET) ** 2)


def mean_square_gradient(x: np.ndarray) -> np.ndarray:
    return 2 * (x - TARGET) / len(x)


POINTS = np.arange(1.0, 21.0)
HEIGHTS = 0.7 * POINTS + 3 + np.cos(POINTS)


def line_loss(theta: Any) -> Any:
    return np.sum((theta[0] * POINTS + theta[1] - HEIGHTS) ** 2) / 40


def line_loss_as_printed(theta: Any) -> Any:
    return np.sum((theta[0] * POINTS + theta[1] - HEIGHTS) ** 2) * 20 / 2


def line_gradient(theta: np.ndarray) -> np.ndarray:
    r = theta[0] * POINTS + theta[1] - HEIGHTS
    return np.array([np.mean(r * POINTS), np.mean(r)])


# --- kinks and conditioning ---------------------------------------------------------------------------------------------


def hinge(x: Any) -> Any:
    return np.sum(np.maximum(x, 0.0))


def hinge_gradient(x: np.ndarray) -> np.ndarray:
    return np.where(x > 0, 1.0, 0.0)


def hinge_gradient_beyond(x: np.ndarray) -> np.ndarray:
    return np.where(x > 0, 1.0, np.where(x < 0, 0.0, -1.0))


def absolute(x: Any) -> Any:
    return np.sum(np.abs(x) * np.arange(1.0, 4.0))


def absolute_gradient(x: np.ndarray) -> np.ndarray:
    return np.sign(x) * np.arange(1.0, 4.0)


def absolute_gradient_beyond(x: np.ndarray) -> np.ndarray:
    return np.where(x == 0.0, 5.0, np.sign(x) * np.arange(1.0, 4.0))


def soft(x: Any) -> Any:
    return np.sum(np.logaddexp(0.0, x))


def soft_gradient(x: np.ndarray) -> np.ndarray:
    return np.where(
        x < 0, np.exp(np.minimum(x, 0)) / (1 + np.exp(np.minimum(x, 0))), 1 / (1 + np.exp(-np.maximum(x, 0)))
    )


def soft_gradient_overflowing(x: np.ndarray) -> np.ndarray:
    return np.exp(x) / (1 + np.exp(x))


def half_versine(x: Any) -> Any:
    return np.sum(2 * np.sin(x / 2) ** 2 / x)


def half_versine_gradient(x: np.ndarray) -> np.ndarray:
    half = np.sin(x / 2) / x
    return 2 * half * np.cos(x / 2) - 2 * half**2


def half_versine_gradient_cancelling(x: np.ndarray) -> np.ndarray:
    return np.sin(x) / x - (1 - np.cos(x)) / x**2


# --- wrong formulas -----------------------------------------------------------------------------------------------------


def attention(x: Any) -> Any:
    e = np.exp(x)
    return np.sum(e / np.sum(e) * np.arange(1.0, 5.0))


def attention_gradient(x: np.ndarray) -> np.ndarray:
    s = softmax(x)
    v = np.arange(1.0, 5.0)
    return s * (v - s @ v)


def attention_gradient_diagonal_only(x: np.ndarray) -> np.ndarray:
    s = softmax(x)
    return s * (1 - s) * np.arange(1.0, 5.0)


def swish_sum(x: Any) -> Any:
    return np.sum(x / (1 + np.exp(-x)))


def swish_gradient(x: np.ndarray) -> np.ndarray:
    s = 1 / (1 + np.exp(-x))
    return s + x * s * (1 - s)


def swish_gradient_without_x(x: np.ndarray) -> np.ndarray:
    s = 1 / (1 + np.exp(-x))
    return s + s * (1 - s)


# --- rules of primitives in a graph -------------------------------------------------------------------------------------


def in_a_graph(operation: Any) -> Any:
    """The operation between others, so that the mistake is somewhere in the middle."""
    return lambda x: np.sum(np.tanh(operation(np.exp(0.3 * x))) * 2.0)


@primitive(lambda g, out, x: g * (out - x * 0.0))
def exponential(x: Any) -> Any:
    return np.exp(x)


@primitive(lambda g, out, x: g * raw(out))
def exponential_detached(x: Any) -> Any:
    return np.exp(x)


@primitive(lambda g, out, x: g * 3.0 * x * x)
def cube(x: Any) -> Any:
    return x * x * x


@primitive(lambda g, out, x: g * 3.0 * raw(x) * x)
def cube_half_detached(x: Any) -> Any:
    return x * x * x


@primitive(lambda g, out, x: g * 6.0 * x * x)
def cube_doubled(x: Any) -> Any:
    return x * x * x


@primitive(lambda g, out, x: g / (1.0 + x * x))
def arc(x: Any) -> Any:
    return np.arctan(x)


@primitive(lambda g, out, x: g / (1.0 + raw(x) * raw(x)))
def arc_detached(x: Any) -> Any:
    return np.arctan(x)


@primitive(lambda g, out, x: np.swapaxes(g, 0, 1))
def turn(x: Any) -> Any:
    return np.swapaxes(x, 0, 1)


@primitive(lambda g, out, x: g)
def turn_forgotten(x: Any) -> Any:
    return np.swapaxes(x, 0, 1)


def with_a_temperature(x: Any) -> Any:
    return np.sum(np.exp(x / np.sum(x * x)))


def with_a_frozen_temperature(x: Any) -> Any:
    return np.sum(np.exp(x / raw(np.sum(x * x))))


# --- rules that forget g, gradients in the wrong order -----------------------------------------------------------------


@primitive(lambda g, out, x: g * 2.0 * x)
def squared(x: Any) -> Any:
    return x * x


@primitive(lambda g, out, x: 2.0 * x)
def squared_without_g(x: Any) -> Any:
    return x * x


def mixed_values(q: Any, k: Any, v: Any) -> Any:
    return np.sum((q @ k.T) @ v)


def mixed_values_gradient(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, ...]:
    ones = np.ones((len(q), v.shape[1]))
    scores = ones @ v.T
    return scores @ k, scores.T @ q, (q @ k.T).T @ ones


SIGHTED = [
    Planted(
        "dropout",
        "non-determinism",
        lambda: (numbers(5),),
        Subject(squares, lambda x: 2 * x),
        Subject(dropped_squares, lambda x: 2 * x),
    ),
    Planted(
        "noise in the gradient",
        "non-determinism",
        lambda: (numbers(5),),
        Subject(squares, lambda x: 2 * x),
        Subject(squares, noisy_gradient),
    ),
    Planted(
        "centres in place",
        "mutated input",
        lambda: (numbers(5),),
        Subject(centred_norm, centred_norm_gradient),
        Subject(centred_norm_in_place, centred_norm_gradient),
    ),
    Planted(
        "gradient sorts",
        "mutated input",
        lambda: (numbers(5),),
        Subject(squares, lambda x: 2 * x),
        Subject(squares, sorts_its_input),
    ),
    Planted(
        "reused buffer",
        "aliasing",
        lambda: (numbers(4),),
        Subject(squares, lambda x: 2 * x),
        Subject(squares, reused_buffer),
    ),
    Planted(
        "one buffer for two",
        "aliasing",
        lambda: (numbers(4), numbers(4, seed=1)),
        Subject(product_sum, product_sum_gradient),
        Subject(product_sum, product_sum_in_one_buffer),
    ),
    Planted(
        "float32 inside",
        "wrong dtype",
        lambda: (numbers(4),),
        Subject(logistic, logistic_gradient),
        Subject(logistic, logistic_gradient_float32),
    ),
    Planted(
        "cut to integers",
        "wrong dtype",
        lambda: (numbers(4),),
        Subject(squares, lambda x: 2 * x),
        Subject(squares, squares_gradient_of_integers),
    ),
    Planted(
        "raveled",
        "wrong shape",
        lambda: (numbers(2, 3),),
        Subject(row_norms, row_norms_gradient),
        Subject(row_norms, row_norms_gradient_raveled),
    ),
    Planted(
        "one number for all",
        "wrong shape",
        lambda: (numbers(3),),
        Subject(squares, lambda x: 2 * x),
        Subject(squares, lambda x: float(np.sum(2 * x))),
    ),
    Planted(
        "bias of every row",
        "missing unbroadcast",
        lambda: (numbers(4, 3), numbers(3, 2, seed=1), numbers(2, seed=2)),
        Subject(affine, affine_gradient),
        Subject(affine, affine_gradient_of_every_row),
    ),
    Planted(
        "scale of every element",
        "missing unbroadcast",
        lambda: (numbers(5), 0.4),
        Subject(scaled, scaled_gradient),
        Subject(scaled, scaled_gradient_unsummed),
    ),
    Planted(
        "product rule by half",
        "missing accumulation",
        lambda: (numbers(4),),
        Subject(gated, gated_gradient),
        Subject(gated, lambda x: (1 - np.tanh(x) ** 2) * np.exp(-x)),
    ),
    Planted(
        "quadratic form",
        "missing accumulation",
        lambda: (numbers(3), numbers(3, 3, seed=1)),
        Subject(quadratic, quadratic_gradient),
        Subject(quadratic, quadratic_gradient_of_one_use),
    ),
    Planted(
        "embedding",
        "missing accumulation",
        lambda: (numbers(3, 2),),
        Subject(embedded, embedded_gradient),
        Subject(embedded, embedded_gradient_assigned),
    ),
    Planted(
        "weights",
        "transposed",
        lambda: (numbers(3, 3), numbers(3, 3, seed=1)),
        Subject(similarity, similarity_gradient),
        Subject(similarity, similarity_gradient_transposed),
    ),
    Planted(
        "trace of the inverse",
        "transposed",
        lambda: (numbers(3, 3) + 3 * np.eye(3),),
        Subject(inverse_trace, inverse_trace_gradient),
        Subject(inverse_trace, lambda a: inverse_trace_gradient(a).T),
    ),
    Planted(
        "mean for sum",
        "constant factor",
        lambda: (numbers(6),),
        Subject(mean_square, mean_square_gradient),
        Subject(mean_square, lambda x: 2 * (x - TARGET)),
    ),
    Planted(
        "the article's loss",
        "constant factor",
        lambda: (np.array([1.0, 1.0]),),
        Subject(line_loss, line_gradient),
        Subject(line_loss_as_printed, line_gradient),
    ),
    Planted("sign", "constant factor", lambda: (0.7,), Subject(np.cos, lambda x: -np.sin(x)), Subject(np.cos, np.sin)),
    Planted(
        "element by element",
        "constant factor",
        lambda: (numbers(4),),
        Subject(log_volume, lambda x: 2 * x / (1 + x**2)),
        Subject(log_volume, lambda x: x / (1 + x**2)),
    ),
    Planted(
        "exp of a number",
        "detached",
        lambda: (numbers(3),),
        Subject(in_a_graph(exponential)),
        Subject(in_a_graph(exponential_detached)),
        2,
    ),
    Planted(
        "half of a cube",
        "detached",
        lambda: (0.8,),
        Subject(in_a_graph(cube)),
        Subject(in_a_graph(cube_half_detached)),
        2,
    ),
    Planted(
        "arctan", "detached", lambda: (numbers(2, 2),), Subject(in_a_graph(arc)), Subject(in_a_graph(arc_detached)), 2
    ),
    Planted(
        "a frozen temperature",
        "detached",
        lambda: (numbers(4),),
        Subject(with_a_temperature),
        Subject(with_a_frozen_temperature),
    ),
    Planted(
        "doubled cube",
        "constant factor",
        lambda: (numbers(3),),
        Subject(in_a_graph(cube)),
        Subject(in_a_graph(cube_doubled)),
    ),
    Planted(
        "swapped axes",
        "transposed",
        lambda: (numbers(3, 3),),
        Subject(lambda x: np.sum(turn(np.exp(x)) * np.arange(9.0).reshape(3, 3))),
        Subject(lambda x: np.sum(turn_forgotten(np.exp(x)) * np.arange(9.0).reshape(3, 3))),
    ),
    Planted(
        "relu",
        "kink",
        lambda: (np.array([0.0, 1.3, -0.4]),),
        Subject(hinge, hinge_gradient),
        Subject(hinge, hinge_gradient_beyond),
    ),
    Planted(
        "absolute value",
        "kink",
        lambda: (np.array([0.7, 0.0, -0.4]),),
        Subject(absolute, absolute_gradient),
        Subject(absolute, absolute_gradient_beyond),
    ),
    Planted(
        "softplus overflows",
        "conditioning",
        lambda: (np.array([1000.0, -3.0]),),
        Subject(soft, soft_gradient),
        Subject(soft, soft_gradient_overflowing),
    ),
    Planted(
        "versine cancels",
        "conditioning",
        lambda: (np.array([1e-6, 3e-7]),),
        Subject(half_versine, half_versine_gradient),
        Subject(half_versine, half_versine_gradient_cancelling),
    ),
    Planted(
        "softmax, diagonal only",
        "wrong formula",
        lambda: (numbers(4),),
        Subject(attention, attention_gradient),
        Subject(attention, attention_gradient_diagonal_only),
    ),
    Planted(
        "swish without x",
        "wrong formula",
        lambda: (numbers(4),),
        Subject(swish_sum, swish_gradient),
        Subject(swish_sum, swish_gradient_without_x),
    ),
    Planted(
        "largest of equal numbers",
        "kink",
        lambda: (np.ones(3),),
        Subject(np.max, lambda x: (x == x.max()) / np.sum(x == x.max())),
        Subject(np.max, lambda x: (x == x.max()) * 1.0),
    ),
    Planted(
        "square that forgets g",
        "upstream ignored",
        lambda: (numbers(3),),
        Subject(lambda x: np.sum(squared(x))),
        Subject(lambda x: np.sum(squared_without_g(x))),
    ),
    Planted(
        "keys for values",
        "exchanged",
        lambda: (numbers(2, 3), numbers(2, 3, seed=1), numbers(2, 3, seed=2)),
        Subject(mixed_values, mixed_values_gradient),
        Subject(mixed_values, lambda *qkv: tuple(mixed_values_gradient(*qkv)[i] for i in (0, 2, 1))),
    ),
]
