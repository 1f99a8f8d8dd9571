"""Conditions on the steps of a run, such as "loss jumped" or "gradient norm > 10": read by a list of what is allowed."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

import numpy as np

from nn.training.errors import RewindError

LOSS, NORM, RATIO = "loss", "gradient norm", "update ratio"
NAMES = {LOSS: LOSS, NORM: NORM, RATIO: RATIO, "gradient_norm": NORM, "grad norm": NORM, "update_ratio": RATIO}
OPERATORS: dict[str, Callable[..., np.ndarray]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
# A number jumps where it is above the median of so many steps before it, by so many of their usual deviations, and by half of it.
WINDOW, LEAST_BEFORE, DEVIATIONS, SHARE = 100, 5, 10.0, 0.5
# The median absolute deviation of normal numbers is so much smaller than their standard deviation.
TO_STANDARD = 1.4826
# Windows that are looked at together.
BLOCK = 4096
HELP = "such as 'loss jumped', 'loss > 2.5', 'gradient norm > 10', 'update ratio > 0.1', 'nan'"

Test = Callable[[np.ndarray], np.ndarray]


def read_condition(text: str) -> tuple[tuple[str, ...], Test]:
    """Which numbers of a step a condition asks for, and where it holds, of the numbers of all steps.

    Raises
    ------
    RewindError
        For anything else.

    Examples
    --------
    >>> names, holds = read_condition("gradient norm > 2")
    >>> names, holds(np.array([1.0, 3.0])).tolist()
    (('gradient norm',), [False, True])
    >>> names, holds = read_condition("nan")
    >>> names, holds(np.array([1.0, np.inf])).tolist()
    (('loss', 'gradient norm'), [False, True])
    """
    words = " ".join(text.lower().split())
    if re.fullmatch(r"(is )?(nan|not finite|not_finite)", words):
        return (LOSS, NORM), _not_finite
    name = next((known for known in sorted(NAMES, key=len, reverse=True) if words.startswith(known)), None)
    rest = words[len(name) :].strip() if name is not None else ""
    if name is not None and re.fullmatch(r"(is )?(nan|not finite|not_finite)", rest):
        return (NAMES[name],), _not_finite
    if name is not None and rest in ("jumped", "jumps"):
        return (NAMES[name],), find_jumps
    compared = re.fullmatch(r"(>=|<=|>|<) *([-+]?[0-9.]+(?:e[-+]?\d+)?|inf)", rest)
    if name is None or compared is None:
        raise RewindError(f"cannot read the condition {text!r}: give one {HELP}")
    try:
        bound, compare = float(compared[2]), OPERATORS[compared[1]]
    except ValueError:
        raise RewindError(f"cannot read the condition {text!r}: {compared[2]!r} is no number") from None
    return (NAMES[name],), lambda series: compare(series, bound)


def find_jumps(series: np.ndarray) -> np.ndarray:
    """Where a number is far above those of the steps before it, or no longer finite.

    Examples
    --------
    >>> series = np.r_[np.linspace(2.0, 1.0, 50), 9.0, np.linspace(1.0, 0.9, 5)]
    >>> np.flatnonzero(find_jumps(series)).tolist()
    [50]
    """
    found = ~np.isfinite(series)
    padded = np.r_[np.full(WINDOW, np.nan), np.where(found, np.nan, series)]
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)
    for start in range(LEAST_BEFORE, len(series), BLOCK):
        block = slice(start, min(start + BLOCK, len(series)))
        before = windows[block]
        # Of steps that were not finite themselves nothing follows.
        known = np.isfinite(before).any(axis=1)
        before = np.where(known[:, None], before, 0.0)
        middle = np.nanmedian(before, axis=1)
        spread = np.nanmedian(np.abs(before - middle[:, None]), axis=1)
        bound = middle + np.maximum(DEVIATIONS * TO_STANDARD * spread, SHARE * np.abs(middle))
        with np.errstate(invalid="ignore"):
            found[block] |= known & (series[block] > bound)
    return found


def _not_finite(series: np.ndarray) -> np.ndarray:
    return ~np.isfinite(series)
