"""Targets that an own loss leaves out, such as what was never measured: they are not judged either."""

from __future__ import annotations

import math

import numpy as np

from nn.health.guess import Value

# How many of the most frequent targets may stand for what is left out, and which share of all of them each must be.
MOST_MARKS, LEAST_MARKED = 3, 0.02
# To which precision a loss is the same.
SAME = 1e-6


def are(y: np.ndarray, mark: float) -> np.ndarray:
    """Where targets are those that stand for what is left out.

    Examples
    --------
    >>> are(np.array([1.0, np.nan]), np.nan), are(np.array([1, -1]), -1)
    (array([False,  True]), array([False,  True]))
    """
    return np.isnan(y) if math.isnan(mark) else y == mark


def fill(y: np.ndarray, mark: float | None) -> np.ndarray:
    """Targets with one that is told in the place of those that are left out."""
    if mark is None:
        return y
    left = are(y, mark)
    return np.where(left, y[~left][0] if not left.all() else 0, y)


def find_mark(outputs: np.ndarray, y: np.ndarray, value: Value) -> float | None:
    """What stands for targets that a loss leaves out: other answers at their places do not change it, and elsewhere they do.

    Examples
    --------
    >>> y = np.array([[0.5, np.nan], [2.0, 1.0], [np.nan, 3.0]])
    >>> find_mark(np.zeros((3, 2)), y, lambda o, y: float(np.nanmean((o - y) ** 2)))
    nan
    >>> find_mark(np.zeros((3, 2)), np.nan_to_num(y), lambda o, y: float(((o - y) ** 2).mean())) is None
    True
    """
    of_classes = y.dtype.kind in "iu" and outputs.ndim > 1 and outputs.shape[:-1] == y.shape
    if y.dtype.kind not in "iuf" or not (of_classes or outputs.size == y.size):
        return None
    broken = y.dtype.kind == "f" and bool(np.isnan(y).any())
    marks, counts = np.unique(y, return_counts=True)
    often = [marks[k] for k in np.argsort(-counts)[:MOST_MARKS] if counts[k] >= LEAST_MARKED * y.size]
    rng = np.random.default_rng(8)
    some, others = (rng.normal(0.0, 2.0, outputs.shape).astype(outputs.dtype) for _ in range(2))
    for mark in [math.nan] if broken else often:
        left = are(y, float(mark))
        if len(np.unique(y[~left])) < 2 or not left.any():
            continue
        at = np.broadcast_to(left[..., None], outputs.shape) if of_classes else left.reshape(outputs.shape)
        try:
            once, there, elsewhere = (
                value(o, y) for o in (some, np.where(at, others, some), np.where(at, some, others))
            )
        except Exception:  # whatever a loss of the user's raises
            return None
        if math.isfinite(once) and math.isclose(there, once, rel_tol=SAME) and not math.isclose(elsewhere, once):
            return float(mark)
    return None
