"""What an own loss makes of outputs and targets, by what it gives for some: of which kind they are, and how outputs are read."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

Kind = Literal["classes", "labels", "numbers", "several", "own"]
Link = Literal["logits", "log-probabilities", "probabilities", "numbers", "logarithms", "directions", "turns", "ends"]

# The loss of arrays.
Value = Callable[[np.ndarray, np.ndarray], float]

# Of the loss of even shares, what is left at the right ones; and how far beside a logarithm a loss of it is larger.
NEAR_LEAST, BESIDE = 0.1, 0.7
# How large scores are tried; the smaller ones where a script multiplies them, so that the logarithm of a large one is none.
SIZES = (1.0, 0.1)
# Answers that labels may ask for, and what share of what they cost makes no difference.
ANSWERS, SAME = np.linspace(-8.0, 8.0, 65), 1e-6
# A score at which a loss is all but straight.
NEAR_ZERO = 0.01
# What a whole turn may be: half a circle for what has no front, hours, days, months, degrees; and how much of it is none.
TURNS, NO_TURN = (1.0, np.pi, 2.0 * np.pi, 7.0, 12.0, 24.0, 180.0, 360.0), 0.37


def _are_shares(y: np.ndarray) -> bool:
    """Whether each row of targets, or each place of it, has shares of classes, such as smoothed labels."""
    rows = y.ndim > 1 and y.shape[-1] > 1 and y.dtype.kind == "f" and len(y) > 1
    return rows and bool((y >= 0.0).all() and np.allclose(y.sum(axis=-1), 1.0, atol=1e-4))


def guess_kind(outputs: np.ndarray, y: np.ndarray, value: Value) -> tuple[Kind, Link]:
    """What an own loss makes of outputs, by what it gives for some."""
    rows = outputs[: len(y)]
    y = y[: len(rows)]
    if y.dtype.kind in "iub" and rows.ndim == y.ndim + 1 and rows.shape[-1] > 1:
        shifted = value(rows + 1.7, y)
        if np.isclose(shifted, value(rows, y), rtol=1e-3):
            return "classes", "logits"
        if np.all(rows >= 0.0) and np.allclose(rows.sum(axis=-1), 1.0, atol=1e-3):
            return "classes", "probabilities"
        normed = np.allclose(np.exp(np.minimum(rows, 0.0)).sum(axis=-1), 1.0, atol=1e-3)
        return "classes", "log-probabilities" if normed else "logits"
    if _are_shares(y) and y.shape == rows.shape and np.isfinite(rows).all():
        # A softmax of its own leaves a loss the same where all scores of a row are raised.
        more = np.linspace(0.0, 2.0, len(rows), dtype=rows.dtype).reshape(-1, *[1] * (rows.ndim - 1))
        raised = value(rows + more, y)
        if np.isclose(raised, value(rows, y), rtol=1e-4):
            return "classes", "logits"
        if rows.max() <= 0.0 and np.allclose(np.exp(rows).sum(axis=-1), 1.0, atol=1e-3):
            return "classes", "log-probabilities"
    if y.size == rows.size and np.isin(y, (0.0, 1.0)).all() and (y > 0).any() and (y <= 0).any():
        return _guess_of_labels(rows, y, value)
    if y.size == rows.size and are_signs(y):
        signs = y.reshape(rows.shape).astype(rows.dtype)
        # One that wants the opposite is no other loss, but one of the wrong sign.
        wanted = wants_signs(signs, y, value) or wants_opposite(signs, y, value)
        return ("labels", "logits") if wanted else ("numbers", "numbers")
    if y.ndim == 2 and y.shape == rows.shape and y.shape[1] > 1 and _minds_directions(rows, y, value):
        return "numbers", "directions"
    if y.size == rows.size and turn_of(rows, y, value):
        return "numbers", "turns"
    return "numbers", "logarithms" if y.size == rows.size and _wants_logarithms(rows, y, value) else "numbers"


def are_classes_second(rows: np.ndarray, y: np.ndarray, value: Value) -> bool:
    """Whether the scores of classes stand along the second axis, before places: a softmax of the loss's own goes along it.

    Examples
    --------
    >>> def loss(o, y):
    ...     logs = o - np.log(np.exp(o).sum(axis=1, keepdims=True))
    ...     return -float(np.take_along_axis(logs, y[:, None], axis=1).mean())
    >>> rows, y = np.zeros((2, 3, 5)), np.array([[0, 1, 2, 1, 0], [2, 2, 1, 0, 0]])
    >>> are_classes_second(rows, y, loss), are_classes_second(rows, np.eye(3)[y].transpose(0, 2, 1), lambda o, y: o.sum())
    (True, False)
    """
    if rows.ndim < 3 or rows.shape[1] < 2:
        return False
    of_shares = y.shape == rows.shape and y.dtype.kind == "f" and bool(np.allclose(y.sum(axis=1), 1.0) and y.min() >= 0)
    if not of_shares and (y.dtype.kind not in "iu" or y.shape != (rows.shape[0], *rows.shape[2:])):
        return False
    rng = np.random.default_rng(9)
    some, by_place = rng.normal(size=rows.shape), rng.normal(size=(len(rows), 1, *rows.shape[2:]))
    try:
        once, raised, others = (
            value(o.astype(rows.dtype), y) for o in (some, some + by_place, some + rng.normal(size=rows.shape))
        )
    except Exception:  # whatever a loss of the user's raises
        return False
    return bool(np.isclose(raised, once, rtol=1e-4) and not np.isclose(others, once, rtol=1e-3))


def _guess_of_labels(rows: np.ndarray, y: np.ndarray, value: Value) -> tuple[Kind, Link]:
    full, ones = np.ones_like(rows), np.ones_like(np.asarray(y, rows.dtype))
    try:
        at_three = value(3.0 * full, ones)
        scores = wants_signs(full, ones, value)
        if scores and rows.min() >= 0.0 and rows.max() <= 1.0:
            # A loss of shares, such as that of overlaps, is near its least where these are the labels.
            right = y.reshape(rows.shape).astype(rows.dtype)
            scores = not 0.0 <= value(right, y) < NEAR_LEAST * value(np.full_like(rows, 0.5), y)
    except Exception:
        return "labels", "probabilities"
    if scores:
        return "labels", "logits"
    if not np.isfinite(at_three) or at_three < value(full, ones):
        return "labels", "probabilities"
    return ("labels", "ends") if ends_of_labels(y, rows.shape, value) else ("numbers", "numbers")


def ends_of_labels(y: np.ndarray, shape: tuple[int, ...], value: Value) -> tuple[float, float] | None:
    """The answers to "no" and to "yes" that cost least, as distances do; None for the labels themselves.

    Examples
    --------
    >>> y = np.array([[1.0], [0.0]])
    >>> ends_of_labels(y, (2, 1), lambda o, y: float((y * o**2 + (1 - y) * np.maximum(2 - o, 0) ** 2).mean()))
    (2.0, 0.0)
    >>> ends_of_labels(y, (2, 1), lambda o, y: float(((o - y) ** 2).mean())) is None
    True
    """
    no, yes = (_least_answers(np.full(y.shape, label, y.dtype), shape, value) for label in (0, 1))
    # An answer that costs ever less the larger it is has no end, and one that lies in the middle of two is neither.
    if not no or not yes or set(no) & set(yes):
        return None
    far, near = min(((a, b) for a in no for b in yes), key=lambda pair: abs(pair[0] - pair[1]))
    if (far, near) == (0.0, 1.0):
        return None
    # Turned round, labels are those of another question, unless all that lies far enough apart is as good.
    return (far, near) if near > far or len(no) > 1 else None


def _least_answers(asked: np.ndarray, shape: tuple[int, ...], value: Value) -> list[float]:
    """The answers from -END to END that cost least; none where only the last one does."""
    costs = np.array([value(np.full(shape, a, np.float32), asked) for a in ANSWERS])
    if not np.isfinite(costs).all():
        return []
    least = np.flatnonzero(costs <= costs.min() + SAME * np.ptp(costs))
    alone = len(least) == 1 and least[0] in (0, len(ANSWERS) - 1)
    return [] if alone or np.ptp(costs) == 0.0 else [float(ANSWERS[k]) for k in least]


def are_signs(y: np.ndarray) -> bool:
    """Whether targets are -1 and 1.

    Examples
    --------
    >>> are_signs(np.array([1.0, -1.0])), are_signs(np.array([1.0, 0.0]))
    (True, False)
    """
    return y.dtype.kind in "iuf" and bool(np.isin(y, (-1.0, 1.0)).all() and (y > 0).any() and (y < 0).any())


def wants_signs(signs: np.ndarray, y: np.ndarray, value: Value) -> bool:
    """Whether scores of the right sign cost the less the farther they are from zero, and those of the wrong one more."""
    for size in SIZES:
        wrong, even, *right = (value(size * k * signs, y) for k in (-3.0, 0.0, 1.0, 3.0, 6.0))
        if all(map(math.isfinite, (wrong, even, *right))):
            return wrong > even > right[0] >= right[1] >= right[2]
    return False


def scale_of_scores(y: np.ndarray, shape: tuple[int, ...], value: Value) -> float:
    """By how much a logistic loss of a script's own multiplies scores, of labels or of classes; 1 for other losses.

    Examples
    --------
    >>> y = np.array([[1.0], [0.0], [1.0]])
    >>> loss = lambda o, y: float(np.logaddexp(0.0, (1.0 - 2.0 * y) * 4.0 * o).mean())
    >>> round(scale_of_scores(y, (3, 1), loss), 3)
    4.0
    """
    asked = _right_scores(y, shape)
    if asked is None:
        return 1.0
    right, count = asked
    try:
        if not np.isclose(value(0.0 * right, y), math.log(count), rtol=1e-3):
            return 1.0
        slope = (value(-NEAR_ZERO * right, y) - value(NEAR_ZERO * right, y)) / (2.0 * NEAR_ZERO)
        scale = slope / (1.0 - 1.0 / count)
        if scale > 0.0 and np.isclose(value(right / scale, y), math.log1p((count - 1) / math.e), rtol=0.01):
            return float(scale)
    except Exception:
        return 1.0
    return 1.0


def _right_scores(y: np.ndarray, shape: tuple[int, ...]) -> tuple[np.ndarray, int] | None:
    """Scores of this shape that are right by one, and of how many classes; None for targets that are no labels or classes."""
    count = shape[-1] if len(shape) > 1 else 1
    if y.size == math.prod(shape):
        if count > 1 and _are_shares(y):
            return (y.astype(np.float32), count) if np.isin(y, (0.0, 1.0)).all() else None
        return np.where(y > 0, 1.0, -1.0).reshape(shape).astype(np.float32), 2
    if y.dtype.kind not in "iu" or shape[:-1] != y.shape or y.min(initial=0) < 0 or y.max(initial=0) >= count:
        return None
    return np.eye(count, dtype=np.float32)[y], count


def wants_opposite(signs: np.ndarray, y: np.ndarray, value: Value) -> bool:
    """Whether it is scores of the wrong sign that cost the less the farther they are from zero, until there is little left."""
    if not wants_signs(-signs, y, value):
        return False
    near, far, farther = (value(-k * signs, y) for k in (1.0, 3.0, 6.0))
    return far - farther <= near - far


def _wants_logarithms(rows: np.ndarray, y: np.ndarray, value: Value) -> bool:
    """Whether the loss of a target is least at its logarithm, as that of counts is."""
    if not np.isfinite(y).all() or y.min(initial=0.0) < 0.0 or not (y > 0.0).any():
        return False
    try:
        for target in np.quantile(y[y > 0.0], (0.25, 0.5, 0.9)):
            asked, at = np.full(y.shape, target, rows.dtype), math.log(target)
            least, *others = (value(np.full_like(rows, o), asked) for o in (at, at - BESIDE, at + BESIDE, target))
            if not all(least < other for other in others):
                return False
    except Exception:
        return False
    return True


def _minds_directions(rows: np.ndarray, y: np.ndarray, value: Value) -> bool:
    """Whether a loss is the same where each row of answers is longer, and another one where they point elsewhere."""
    rng = np.random.default_rng(5)
    # As large as the targets: beside those that are far off, how long small answers are matters to no loss.
    some = (float(np.sqrt(np.mean(y.astype(np.float64) ** 2))) * rng.normal(size=rows.shape)).astype(rows.dtype)
    lengths = rng.uniform(0.5, 2.0, (len(rows), 1)).astype(rows.dtype)
    try:
        once = value(some, y)
        return bool(np.isclose(value(some * lengths, y), once, rtol=1e-4) and not np.isclose(value(-some, y), once))
    except Exception:
        return False


def turn_of(rows: np.ndarray, y: np.ndarray, value: Value) -> float:
    """By how much answers may be larger that the loss takes for the same, as it does a whole turn; 0 where there is no such number."""
    rng = np.random.default_rng(6)
    noise, more = rng.normal(size=rows.shape), np.arange(rows.size).reshape(rows.shape) % 2

    def is_one(turn: float) -> bool:
        # Near the targets, where also a loss that is cut off minds how far.
        near = y.reshape(rows.shape) + 0.1 * turn * noise
        once, up, down, beside = (
            value((near + by * turn * more).astype(rows.dtype), y) for by in (0.0, 1.0, -1.0, NO_TURN)
        )
        same = [bool(np.isclose(other, once, rtol=1e-3, atol=1e-5)) for other in (up, down, beside)]
        return same == [True, True, False]

    try:
        return next((turn for turn in TURNS if is_one(turn)), 0.0)
    except Exception:
        return 0.0


def columns_read(rows: np.ndarray, y: np.ndarray, value: Value) -> tuple[int, ...] | None:
    """Of several numbers those that a loss reads, where it makes something of the answers beside the others."""
    if y.ndim != 2 or y.shape != rows.shape or y.shape[1] < 2:
        return None
    rng = np.random.default_rng(7)
    some, others = rng.normal(size=y.shape).astype(rows.dtype), rng.normal(size=y.shape).astype(y.dtype)

    def minds(k: int, asked: bool) -> bool:
        a, b = some.copy(), y.copy()
        (b if asked else a)[:, k] = others[:, k]
        return value(a, b) != value(some, y)

    try:
        unread = [k for k in range(y.shape[1]) if not minds(k, asked=True)]
        if not 0 < len(unread) < y.shape[1] or not all(minds(k, asked=False) for k in unread):
            return None
    except Exception:
        return None
    return tuple(k for k in range(y.shape[1]) if k not in unread)
