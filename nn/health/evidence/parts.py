"""What the rows of the validation show of how they were prepared, beside those of the training part."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nn.health.finding import Finding
from nn.health.multi_input import split_inputs
from nn.health.scores import MOST_CLASSES

# By what factor, or how many deviations, features of the validation may differ.
SCALE_DIFFERS, MEAN_DIFFERS = 3.0, 1.5
# How many deviations the quartiles lie apart, and by what factor a deviation is larger than they say where single rows make it so.
QUARTILES, FAR_OUT = 1.35, 2.0
# How far the shares of classes in the validation may lie off.
SHARES_DIFFER = 0.5
# Rows and columns from which on a mean of 0 and a deviation of 1 are no chance, and how exact they are.
ENOUGH, COLUMNS, EXACT = 12, 2, 1e-4


def find_own_scale(x: np.ndarray, other: np.ndarray) -> Iterator[Finding]:
    """Columns of the validation that have mean 0 and deviation 1 by themselves, and not by the numbers of the training part."""
    if x.ndim != 2 or other.shape[1:] != x.shape[1:] or x.dtype.kind != "f" or min(len(x), len(other)) < ENOUGH:
        return
    if are_scaled(other) and not np.array_equal(x[: len(other)], other):
        whole = " too" if are_scaled(x) else ""
        yield Finding(
            "validation differs",
            "",
            f"the columns of the {len(other)} validation rows have mean 0 and deviation 1 exactly: they were scaled by numbers of their "
            f"own, and those of the training rows by others{whole}, so that the same number stands for something else in them",
            "prepare both parts with the same numbers: a Standardize fitted to the training part alone",
            {"rows": len(other)},
        )


def are_scaled(rows: np.ndarray) -> bool:
    """Whether all columns that vary have mean 0 and deviation 1, to rounding, as where rows are scaled by their own numbers.

    Examples
    --------
    >>> some = np.random.default_rng(0).normal(size=(40, 3))
    >>> are_scaled(some), are_scaled((some - some.mean(axis=0)) / some.std(axis=0))
    (False, True)
    """
    exact = rows.astype(np.float64)
    exact = exact[:, np.ptp(exact, axis=0) > 0.0]
    if exact.shape[1] < COLUMNS or np.abs(exact.mean(axis=0)).max() > EXACT:
        return False
    return any(np.abs(exact.std(axis=0, ddof=less) - 1.0).max() < EXACT for less in (0, 1))


def find_other_validation(x: np.ndarray, other: np.ndarray) -> Iterator[Finding]:
    """Inputs of the validation that are on another scale, or elsewhere."""
    parts = zip(split_inputs(x).values(), split_inputs(other).values(), strict=False)
    yield from (found for pair in parts for found in _find_other(*pair))


def _find_other(x: np.ndarray, other: np.ndarray) -> Iterator[Finding]:
    if x.dtype.kind != "f" or x.shape[1:] != other.shape[1:] or len(other) < 8:
        return
    a, b = x.reshape(len(x), -1).astype(np.float64), other.reshape(len(other), -1).astype(np.float64)
    (middle, spread), (other_middle, other_spread) = _levels(a, a), _levels(b, a)
    some = spread > 0.0
    if not some.any():
        return
    with np.errstate(all="ignore"):
        ratio = float(np.median(other_spread[some] / spread[some]))
        shift = float(np.median(np.abs(other_middle - middle)[some] / spread[some]))
    if ratio > SCALE_DIFFERS or ratio < 1.0 / SCALE_DIFFERS or shift > MEAN_DIFFERS:
        yield Finding(
            "validation differs",
            "",
            f"features of the validation rows have {ratio:.3g} times the deviation of those of the training rows, and "
            f"means that lie {shift:.3g} deviations off (medians over the features)",
            "prepare both parts with the same numbers: a Standardize fitted to the training part alone",
            {"deviation ratio": ratio, "shift": shift},
        )


def _levels(rows: np.ndarray, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean and the deviation of each feature; by quartiles where single rows lie so far off that these are theirs alone."""
    low, middle, high = np.quantile(rows, (0.25, 0.5, 0.75), axis=0)
    ends = np.quantile(of, (0.25, 0.75), axis=0)
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    far = (ends[1] > ends[0]) & (of.std(axis=0) > FAR_OUT * (ends[1] - ends[0]) / QUARTILES)
    return np.where(far, middle, mean), np.where(far, (high - low) / QUARTILES, spread)


def find_other_classes(y: np.ndarray, other: np.ndarray) -> Iterator[Finding]:
    """Classes or labels whose shares in the validation have little to do with those in the training part."""
    few = y.size == len(y) and other.size == len(other) >= 8 and len(np.unique(y)) <= MOST_CLASSES
    if not few or not np.isfinite(other).all() or not (y == np.round(y)).all():
        return
    classes = np.union1d(y, other)
    mine, theirs = ((part.reshape(-1, 1) == classes).mean(axis=0) for part in (y, other))
    apart = 0.5 * float(np.abs(mine - theirs).sum())
    if apart > SHARES_DIFFER:
        k = int((theirs - mine).argmax())
        yield Finding(
            "validation differs",
            "",
            f"of the validation rows {theirs[k]:.0%} have the target {classes[k]:g}, of the training rows "
            f"{mine[k]:.0%}: the shares of the classes differ by {apart:.0%}",
            "shuffle the rows before they are split, or split each class by itself",
            {"apart": apart},
        )
