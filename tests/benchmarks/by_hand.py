"""A training step of 784-64-16-10 written by hand in NumPy: no graph, no allocation, `out=` everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

LR, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.999, 1e-8


def flat(arrays: Sequence[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """One array that holds all of these, and views of it in their shapes."""
    whole = np.concatenate([a.ravel() for a in arrays])
    parts = np.split(whole, np.cumsum([a.size for a in arrays])[:-1])
    return whole, [part.reshape(a.shape) for part, a in zip(parts, arrays, strict=True)]


def adam(values: np.ndarray, gradients: np.ndarray) -> Callable[[], None]:
    """Adam over one flat array; in blocks that fit a cache it is slower, because of the calls.

    m and v are kept divided by 1 − β, and ε multiplied accordingly, which saves three passes.
    """
    m, v, t = np.zeros_like(values), np.zeros_like(values), np.empty_like(values)
    step = 0

    def update() -> None:
        nonlocal step
        step += 1
        # √v̂ = √(kept · (1 − β₂) / (1 − β₂ᵗ)), and m̂ = kept · (1 − β₁) / (1 − β₁ᵗ).
        root = math.sqrt((1.0 - BETA2) / (1.0 - BETA2**step))
        np.multiply(m, BETA1, out=m)
        np.add(m, gradients, out=m)
        np.multiply(v, BETA2, out=v)
        np.multiply(gradients, gradients, out=t)
        np.add(v, t, out=v)
        np.sqrt(v, out=t)
        np.add(t, EPSILON / root, out=t)
        np.divide(m, t, out=t)
        np.multiply(t, LR * (1.0 - BETA1) / (1.0 - BETA1**step) / root, out=t)
        np.subtract(values, t, out=values)

    return update


def digits(x: np.ndarray, y: np.ndarray, weights: Sequence[np.ndarray]) -> Callable[[], float]:
    """One step on a batch: sigmoid, tanh, cross-entropy, Adam.

    Parameters
    ----------
    x : (batch, 784) float32
    y : (batch,) int
    weights : sequence of array
        Weight (out, in) and bias (out,) of each of the three layers.
    """
    values, (w1, b1, w2, b2, w3, b3) = flat(weights)
    gradients, (dw1, db1, dw2, db2, dw3, db3) = flat([np.zeros_like(w) for w in weights])
    update = adam(values, gradients)
    count = len(x)
    h1, d1, t1 = (np.empty((count, w1.shape[0]), x.dtype) for _ in range(3))
    h2, d2, t2 = (np.empty((count, w2.shape[0]), x.dtype) for _ in range(3))
    z, e = (np.empty((count, w3.shape[0]), x.dtype) for _ in range(2))
    top, total, picked = (np.empty((count, 1), x.dtype) for _ in range(3))
    w1t, w2t, w3t, d1t, d2t, et = w1.T, w2.T, w3.T, d1.T, d2.T, e.T
    add, exp, matmul, multiply, negative, subtract = np.add, np.exp, np.matmul, np.multiply, np.negative, np.subtract
    z_flat, e_flat = z.reshape(-1), e.reshape(-1)
    rows, place = np.arange(count) * z.shape[1], np.empty(count, np.intp)
    picked_flat = picked.reshape(-1)

    def step() -> float:
        matmul(x, w1t, out=h1)
        add(h1, b1, out=h1)
        negative(h1, out=h1)
        exp(h1, out=h1)
        add(h1, 1.0, out=h1)
        np.reciprocal(h1, out=h1)
        matmul(h1, w2t, out=h2)
        add(h2, b2, out=h2)
        np.tanh(h2, out=h2)
        matmul(h2, w3t, out=z)
        add(z, b3, out=z)

        np.maximum.reduce(z, axis=1, keepdims=True, out=top)
        subtract(z, top, out=z)
        exp(z, out=e)
        add.reduce(e, axis=1, keepdims=True, out=total)
        add(rows, y, out=place)
        z_flat.take(place, out=picked_flat, mode="clip")
        multiply(total, count, out=top)
        np.divide(e, top, out=e)
        e_flat[place] -= 1.0 / count
        np.log(total, out=total)
        subtract(total, picked, out=total)
        loss = float(add.reduce(total, axis=None)) / count

        matmul(et, h2, out=dw3)
        add.reduce(e, axis=0, out=db3)
        matmul(e, w3, out=d2)
        multiply(h2, h2, out=t2)
        subtract(1.0, t2, out=t2)
        multiply(d2, t2, out=d2)
        matmul(d2t, h1, out=dw2)
        add.reduce(d2, axis=0, out=db2)
        matmul(d2, w2, out=d1)
        subtract(1.0, h1, out=t1)
        multiply(t1, h1, out=t1)
        multiply(d1, t1, out=d1)
        matmul(d1t, x, out=dw1)
        add.reduce(d1, axis=0, out=db1)
        update()
        return loss

    return step
