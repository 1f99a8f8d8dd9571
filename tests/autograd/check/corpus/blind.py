"""Planted wrong derivatives written without sight of the checker: a blind sample of mistakes it was not tuned on."""

from __future__ import annotations

import math

import numpy as np

from tests.autograd.check.corpus.planted import Planted, Subject


def _normal(seed, *shapes):
    rng = np.random.default_rng(seed)
    return tuple(rng.standard_normal(shape) for shape in shapes)


def _sigmoid(x):
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def _softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# non-determinism: a layer with dropout

_KEEP = np.array([1, 0, 1, 1, 0, 1, 1, 1]) / 0.75


def dropout_energy(x, w):
    return float(np.sum(np.tanh(x * w * _KEEP) ** 2))


def dropout_energy_grad(x, w):
    t = np.tanh(x * w * _KEEP)
    g = 2.0 * t * (1.0 - t * t) * _KEEP
    return g * w, g * x


def dropout_energy_grad_wrong(x, w):
    # Forgot to save the mask of the forward pass, and draws another one.
    keep = (np.random.default_rng().random(x.shape) < 0.75) / 0.75
    t = np.tanh(x * w * keep)
    g = 2.0 * t * (1.0 - t * t) * keep
    return g * w, g * x


# mutated input: log-sum-exp


def log_sum_exp(scores):
    top = scores.max()
    return float(top + np.log(np.sum(np.exp(scores - top))))


def log_sum_exp_grad(scores):
    return _softmax(scores)


def log_sum_exp_grad_wrong(scores):
    # Forgot that the scores belong to the caller: saves memory by exponentiating them in place.
    scores -= scores.max()
    np.exp(scores, out=scores)
    return scores / scores.sum()


# aliasing: Huber loss of residuals

_WORKSPACE = np.empty(7)


def huber(prediction, target):
    r = np.abs(prediction - target)
    return float(np.sum(np.where(r <= 1.0, 0.5 * r * r, r - 0.5)))


def huber_grad(prediction, target):
    g = np.clip(prediction - target, -1.0, 1.0)
    return g, -g


def huber_grad_wrong(prediction, target):
    # Forgot to copy the preallocated workspace before handing it out: the next call overwrites this answer.
    np.subtract(prediction, target, out=_WORKSPACE)
    np.clip(_WORKSPACE, -1.0, 1.0, out=_WORKSPACE)
    return _WORKSPACE, -_WORKSPACE


# wrong dtype: logistic loss

_LABELS = np.array([1.0, -1.0, -1.0, 1.0, 1.0])


def logistic_loss(x, w):
    return float(np.sum(np.logaddexp(0.0, -_LABELS * (x @ w))))


def logistic_loss_grad(x, w):
    g = -_LABELS * _sigmoid(-_LABELS * (x @ w))
    return np.outer(g, w), x.T @ g


def logistic_loss_grad_wrong(x, w):
    # Forgot to take out the single precision meant for the graphics card.
    x, w, labels = x.astype(np.float32), w.astype(np.float32), _LABELS.astype(np.float32)
    g = -labels * _sigmoid(-labels * (x @ w))
    return np.outer(g, w), x.T @ g


# wrong shape: one query attending to several keys


def attention(query, keys, values):
    return float(_softmax(keys @ query / math.sqrt(query.size)) @ values)


def attention_grad(query, keys, values):
    scale = 1.0 / math.sqrt(query.size)
    p = _softmax(keys @ query * scale)
    g = p * (values - p @ values) * scale
    return keys.T @ g, np.outer(g, query), p


def attention_grad_wrong(query, keys, values):
    scale = 1.0 / math.sqrt(query.size)
    p = _softmax(keys @ query * scale)
    g = (p * (values - p @ values) * scale)[:, None]
    # Forgot to drop the column axis put in for the matrix products.
    return keys.T @ g, g @ query[None, :], p


# missing unbroadcast: linear layer with bias


def linear_layer(x, w, b):
    return float(np.sum(np.tanh(x @ w + b)))


def linear_layer_grad(x, w, b):
    g = 1.0 - np.tanh(x @ w + b) ** 2
    return g @ w.T, x.T @ g, g.sum(axis=0)


def linear_layer_grad_wrong(x, w, b):
    g = 1.0 - np.tanh(x @ w + b) ** 2
    # Forgot that the bias was broadcast over the batch.
    return g @ w.T, x.T @ g, g


# missing accumulation: embedding lookup

_TOKENS = np.array([2, 0, 3, 2, 2, 0])
_POSITIONS = np.random.default_rng(31).standard_normal((6, 3))


def embedding(table):
    return float(np.sum(np.sin(table[_TOKENS] + _POSITIONS)))


def embedding_grad(table):
    grad = np.zeros_like(table)
    np.add.at(grad, _TOKENS, np.cos(table[_TOKENS] + _POSITIONS))
    return grad


def embedding_grad_wrong(table):
    grad = np.zeros_like(table)
    # Forgot that a token may come back: += with repeated indices keeps only the last one.
    grad[_TOKENS] += np.cos(table[_TOKENS] + _POSITIONS)
    return grad


# missing accumulation: GRU update gate


def gru_gate(h, x, u):
    z = _sigmoid(x + u @ h)
    return float(np.sum((1.0 - z) * h + z * np.tanh(x)))


def gru_gate_grad(h, x, u):
    z, c = _sigmoid(x + u @ h), np.tanh(x)
    g = (c - h) * z * (1.0 - z)
    return (1.0 - z) + u.T @ g, g + z * (1.0 - c * c), np.outer(g, h)


def gru_gate_grad_wrong(h, x, u):
    z, c = _sigmoid(x + u @ h), np.tanh(x)
    g = (c - h) * z * (1.0 - z)
    grad_h = 1.0 - z
    # Forgot to add: the path of the state through the gate replaces the one through the blend.
    grad_h = u.T @ g
    return grad_h, g + z * (1.0 - c * c), np.outer(g, h)


# transposed: bilinear form


def bilinear(x, a, y):
    return float(np.tanh(x @ a @ y))


def bilinear_grad(x, a, y):
    g = 1.0 - np.tanh(x @ a @ y) ** 2
    return g * (a @ y), g * np.outer(x, y), g * (x @ a)


def bilinear_grad_wrong(x, a, y):
    g = 1.0 - np.tanh(x @ a @ y) ** 2
    # Forgot which vector indexes the rows.
    return g * (a @ y), g * np.outer(y, x), g * (x @ a)


# constant factor: RBF kernel


def rbf_kernel(x, y, length):
    return float(np.exp(-0.5 * np.sum((x - y) ** 2) / length**2))


def rbf_kernel_grad(x, y, length):
    k, d = rbf_kernel(x, y, length), x - y
    return -k * d / length**2, k * d / length**2, float(k * (d @ d) / length**3)


def rbf_kernel_grad_wrong(x, y, length):
    k, d = rbf_kernel(x, y, length), x - y
    # Forgot the 2 brought down by the square of the length scale.
    return -k * d / length**2, k * d / length**2, float(0.5 * k * (d @ d) / length**3)


# constant factor: mean softmax cross-entropy

_CLASSES = np.array([1, 0, 3, 2, 1])


def cross_entropy(logits):
    top = logits.max(axis=1)
    lse = top + np.log(np.sum(np.exp(logits - top[:, None]), axis=1))
    return float(np.mean(lse - logits[np.arange(5), _CLASSES]))


def cross_entropy_grad(logits):
    return cross_entropy_grad_wrong(logits) / len(logits)


def cross_entropy_grad_wrong(logits):
    p = _softmax(logits)
    p[np.arange(5), _CLASSES] -= 1.0
    # Forgot that the loss is the mean over the batch.
    return p


# kink: leaky relu

_GAINS = np.array([0.7, 1.3, 0.9, 2.0, 1.1])


def leaky_relu(x):
    return float(_GAINS @ np.where(x > 0.0, x, 0.1 * x))


def leaky_relu_grad(x):
    return _GAINS * np.where(x > 0.0, 1.0, 0.1)


def leaky_relu_grad_wrong(x):
    # Forgot that zero is on both sides: it gets the two slopes added, 1.1.
    return _GAINS * ((x >= 0.0) * 1.0 + (x <= 0.0) * 0.1)


# conditioning: softplus of large numbers


def softplus(x):
    return float(np.sum(np.logaddexp(0.0, x)))


def softplus_grad(x):
    return _sigmoid(x)


def softplus_grad_wrong(x):
    # Forgot that exp overflows: infinity over infinity.
    with np.errstate(over="ignore", invalid="ignore"):
        return np.exp(x) / (1.0 + np.exp(x))


# conditioning: the (exp(x) - 1) / x of exponential integrators near zero


def phi1(x):
    safe = np.where(x == 0.0, 1.0, x)
    return float(np.sum(np.where(x == 0.0, 1.0, np.expm1(safe) / safe)))


def phi1_grad(x):
    series = sum(k * x ** (k - 1) / math.factorial(k + 1) for k in range(1, 16))
    safe = np.where(np.abs(x) < 0.5, 1.0, x)
    return np.where(np.abs(x) < 0.5, series, (safe * np.exp(safe) - np.expm1(safe)) / safe**2)


def phi1_grad_wrong(x):
    # Forgot the cancellation near zero: the numerator is x**2 / 2, as a difference of numbers of size x.
    return (x * np.exp(x) - np.expm1(x)) / x**2


# wrong formula: KL divergence of diagonal Gaussians


def gaussian_kl(mean, log_var, prior_mean):
    return float(0.5 * np.sum(np.exp(log_var) + (mean - prior_mean) ** 2 - 1.0 - log_var))


def gaussian_kl_grad(mean, log_var, prior_mean):
    d = mean - prior_mean
    return d, 0.5 * (np.exp(log_var) - 1.0), -d


def gaussian_kl_grad_wrong(mean, log_var, prior_mean):
    d = mean - prior_mean
    # Forgot the entropy term, -log_var / 2.
    return d, 0.5 * np.exp(log_var), -d


# wrong formula: layer norm

_PROBE = np.random.default_rng(57).standard_normal(6)


def layer_norm(x, gain):
    c = x - x.mean()
    return float(_PROBE @ (gain * c / np.sqrt(np.mean(c * c) + 1e-5)))


def layer_norm_grad(x, gain):
    c = x - x.mean()
    s = np.sqrt(np.mean(c * c) + 1e-5)
    n, g = c / s, _PROBE * gain
    return (g - g.mean() - n * np.mean(g * n)) / s, _PROBE * n


def layer_norm_grad_wrong(x, gain):
    c = x - x.mean()
    s = np.sqrt(np.mean(c * c) + 1e-5)
    g = _PROBE * gain
    # Forgot that the standard deviation depends on the input too.
    return (g - g.mean()) / s, _PROBE * c / s


BLIND: list[Planted] = [
    Planted(
        "dropout mask redrawn",
        "non-determinism",
        lambda: _normal(1, 8, 8),
        Subject(dropout_energy, dropout_energy_grad),
        Subject(dropout_energy, dropout_energy_grad_wrong),
    ),
    Planted(
        "log-sum-exp in place",
        "mutated input",
        lambda: _normal(2, 6),
        Subject(log_sum_exp, log_sum_exp_grad),
        Subject(log_sum_exp, log_sum_exp_grad_wrong),
    ),
    Planted(
        "huber workspace",
        "aliasing",
        lambda: (np.array([0.3, -1.2, 2.5, 0.8, -0.4, 1.9, -2.2]), np.array([0.1, 0.6, 0.2, 1.3, -0.9, 1.5, 0.4])),
        Subject(huber, huber_grad),
        Subject(huber, huber_grad_wrong),
    ),
    Planted(
        "logistic loss in float32",
        "wrong dtype",
        lambda: _normal(4, (5, 3), 3),
        Subject(logistic_loss, logistic_loss_grad),
        Subject(logistic_loss, logistic_loss_grad_wrong),
    ),
    Planted(
        "attention query as a column",
        "wrong shape",
        lambda: _normal(5, 4, (5, 4), 5),
        Subject(attention, attention_grad),
        Subject(attention, attention_grad_wrong),
    ),
    Planted(
        "linear bias per row",
        "missing unbroadcast",
        lambda: _normal(6, (4, 3), (3, 2), 2),
        Subject(linear_layer, linear_layer_grad),
        Subject(linear_layer, linear_layer_grad_wrong),
    ),
    Planted(
        "embedding repeated tokens",
        "missing accumulation",
        lambda: _normal(7, (5, 3)),
        Subject(embedding, embedding_grad),
        Subject(embedding, embedding_grad_wrong),
    ),
    Planted(
        "gru state overwritten",
        "missing accumulation",
        lambda: _normal(8, 3, 3, (3, 3)),
        Subject(gru_gate, gru_gate_grad),
        Subject(gru_gate, gru_gate_grad_wrong),
    ),
    Planted(
        "bilinear matrix transposed",
        "transposed",
        lambda: tuple(0.6 * a for a in _normal(9, 4, (4, 4), 4)),
        Subject(bilinear, bilinear_grad),
        Subject(bilinear, bilinear_grad_wrong),
    ),
    Planted(
        "rbf length halved",
        "constant factor",
        lambda: (np.array([0.4, -0.7, 1.1]), np.array([-0.2, 0.5, 0.6]), 1.3),
        Subject(rbf_kernel, rbf_kernel_grad),
        Subject(rbf_kernel, rbf_kernel_grad_wrong),
    ),
    Planted(
        "cross-entropy without the mean",
        "constant factor",
        lambda: _normal(11, (5, 4)),
        Subject(cross_entropy, cross_entropy_grad),
        Subject(cross_entropy, cross_entropy_grad_wrong),
    ),
    Planted(
        "leaky relu both slopes",
        "kink",
        lambda: (np.array([0.8, 0.0, -1.4, 0.0, 2.1]),),
        Subject(leaky_relu, leaky_relu_grad),
        Subject(leaky_relu, leaky_relu_grad_wrong),
    ),
    Planted(
        "softplus overflow",
        "conditioning",
        lambda: (np.array([0.5, -3.0, 750.0, 1200.0]),),
        Subject(softplus, softplus_grad),
        Subject(softplus, softplus_grad_wrong),
    ),
    Planted(
        "phi1 cancellation",
        "conditioning",
        lambda: (np.array([3.1e-7, -4.7e-8, 1.3e-8, 0.9]),),
        Subject(phi1, phi1_grad),
        Subject(phi1, phi1_grad_wrong),
    ),
    Planted(
        "gaussian kl without entropy",
        "wrong formula",
        lambda: _normal(15, 5, 5, 5),
        Subject(gaussian_kl, gaussian_kl_grad),
        Subject(gaussian_kl, gaussian_kl_grad_wrong),
    ),
    Planted(
        "layer norm constant deviation",
        "wrong formula",
        lambda: _normal(16, 6, 6),
        Subject(layer_norm, layer_norm_grad),
        Subject(layer_norm, layer_norm_grad_wrong),
    ),
]
