"""Directions across a kink: there a gradient must be one that the function has nearby, or a mixture of such.

Moved one by one, the numbers of `np.max(np.ones(3))` allow each of them any share from 0 to 1. Moved together they do not:
the shares add up to 1. The gradients at nearby points tell that. Their mixtures are what a gradient at the kink may be
(F. Clarke, "Generalized gradients and applications", 1975; sampled as by J. Burke, A. Lewis and M. Overton, "A robust
gradient sampling algorithm for nonsmooth, nonconvex optimization", 2005).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from autograd.check.differences import Estimate, derivative, measure_rounding
from autograd.check.verdict import Coordinate, judge

# How far away gradients are sampled, in units of the numbers' scale; the steps that they are measured with, in units of that.
SAMPLING_RADIUS, SAMPLING_STEP = 1e-3, 1e-3
# Where a mixture must be one at each: what waves within a radius has every gradient there, and what is smooth has one in the end.
MIXTURE_RADII = 1e-3, 1e-5, 1e-7, 1e-9
# The share of the largest difference between gradients that counts as none, and how well a direction is known by them.
NEGLIGIBLE_DIFFERENCE, DIRECTION_TOLERANCE = 0.02, 1e-8
# Numbers up to which gradients are sampled, and up to which points on all sides of the kink are.
MAX_SAMPLED_NUMBERS, MAX_SURROUNDED_NUMBERS = 24, 6
# Points at which a direction is looked at once more, and how often what they show may start the search anew.
CONFIRMING_POINTS, MAX_ROUNDS = 64, 4
Function = Callable[[np.ndarray], float]


def compare_across_kink(
    name: str, value: Function, x: np.ndarray, claim: np.ndarray, rng: np.random.Generator
) -> Coordinate | None:
    """Compare a gradient at a kink with those nearby.

    Parameters
    ----------
    name : str
    value : callable
        The function of the numbers at a kink.
    x : numpy.ndarray
        These numbers, at least two.
    claim : numpy.ndarray
        The gradient that is checked.
    rng : numpy.random.Generator

    Returns
    -------
    Coordinate or None
        What is found along the direction that tells most: one along which the function is smooth and the claim is off,
        else one that parts the claim from all mixtures. None where nearby gradients leave the claim free.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> for claim in (np.zeros(3), np.ones(3), np.full(3, 1 / 3), np.array([1.0, 0.0, 0.0])):
    ...     print(compare_across_kink("x", np.max, np.ones(3), claim, rng).verdict)
    fail
    fail
    pass
    pass
    """
    at, claimed = _rescale(value, x, claim)
    if len(x) > MAX_SAMPLED_NUMBERS:
        return _compare_along(name, at, claimed, np.ones(len(x)))
    gradients = _sample_gradients(at, _points_around(len(x), rng))
    for _ in range(MAX_ROUNDS):
        if len(gradients) < 2:
            return None
        direction = _smooth_direction(gradients, claimed)
        if direction is None:
            break
        points = SAMPLING_RADIUS * rng.uniform(-1.0, 1.0, (CONFIRMING_POINTS, len(x)))
        slopes = np.array([_slope_along(at, point, direction) for point in points])
        slopes = slopes[np.isfinite(slopes)]
        if slopes.size and np.ptp(slopes) <= NEGLIGIBLE_DIFFERENCE * _spread(gradients):
            found = _compare_along(name, at, claimed, direction, gradients)
            if found.verdict != "inconclusive":
                return found
            # The kink is bent, and no line runs along it.
            break
        # Some of these points lie on a side of the kink that no sample came from.
        gradients = np.concatenate([gradients, _sample_gradients(at, points[: 2 * len(x)])])
    return _compare_beyond(name, at, claimed, gradients) if len(x) <= MAX_SURROUNDED_NUMBERS else None


def is_mixture(
    value: Function, x: np.ndarray, claim: np.ndarray, rng: np.random.Generator, resolved: float = 1.0
) -> bool:
    """Whether a gradient is a mixture of nearby ones that differ however near they are.

    Such is the half that each of two middle numbers has in a median, where all four are equal: moved alone, none of them
    changes it. Where each alone was measured with steps of `resolved`, in units of its scale, they differ within these.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> is_mixture(np.median, np.ones(4), np.array([0.5, 0.5, 0.0, 0.0]), rng)
    True
    >>> is_mixture(lambda x: np.sum(x**2), np.ones(4), np.ones(4), rng)
    False
    """
    if not 2 <= len(x) <= MAX_SAMPLED_NUMBERS:
        return False
    at, claimed = _rescale(value, x, claim)
    spreads: list[float] = []
    for radius in sorted({*MIXTURE_RADII, min(0.1 * resolved, SAMPLING_RADIUS)}, reverse=True):
        gradients = _sample_gradients(at, radius / SAMPLING_RADIUS * _points_around(len(x), rng), radius)
        if len(gradients) < 2:
            return False
        spread = _spread(gradients)
        noise, _ = measure_rounding(lambda t: at(t * np.ones(len(x))), 0.0, radius / SAMPLING_RADIUS)
        rounding = noise / (SAMPLING_STEP * radius)
        if NEGLIGIBLE_DIFFERENCE * (spreads[0] if spreads else spread) <= rounding:
            # They differ by their rounding.
            break
        apart = np.linalg.norm(claimed - _nearest_mixture(gradients, claimed))
        if apart > NEGLIGIBLE_DIFFERENCE * spread + 10.0 * rounding:
            return False
        spreads.append(spread)
    # What only bends agrees ever better.
    return len(spreads) > 1 and spreads[-1] > 0.5 * spreads[0]


def _rescale(value: Function, x: np.ndarray, claim: np.ndarray) -> tuple[Function, np.ndarray]:
    """The function and the claim, where every number is counted from `x` in units of its scale."""
    size = np.abs(x)
    scale = np.where(size > 0.0, size, np.median(size[size > 0.0]) if size.any() else 1.0)
    return lambda moved: value(x + scale * moved), claim * scale


def _points_around(count: int, rng: np.random.Generator) -> np.ndarray:
    """Points around a kink: one number moved more than the others, at random, and of few numbers on all sides."""
    alone = np.concatenate([np.eye(count), -np.eye(count)])
    signs = rng.choice([-1.0, 1.0], (16, count))
    if count <= MAX_SURROUNDED_NUMBERS:
        signs = np.array(list(itertools.product([-1.0, 1.0], repeat=count)) * 2)
    sides = signs * rng.uniform(0.3, 1.0, signs.shape)
    return SAMPLING_RADIUS * np.concatenate([alone + 0.1 * rng.uniform(-1.0, 1.0, alone.shape), sides])


def _sample_gradients(at: Function, points: np.ndarray, radius: float = SAMPLING_RADIUS) -> np.ndarray:
    """The gradients at points, one a row, without those that are not finite."""
    found = np.array([[_slope_along(at, point, e, radius) for e in np.eye(points.shape[1])] for point in points])
    return found[np.isfinite(found).all(1)]


def _slope_along(at: Function, point: np.ndarray, direction: np.ndarray, radius: float = SAMPLING_RADIUS) -> float:
    step = SAMPLING_STEP * radius
    return (at(point + step * direction) - at(point - step * direction)) / (2.0 * step)


def _spread(gradients: np.ndarray) -> float:
    return float(np.max(np.ptp(gradients, axis=0)))


def _smooth_direction(gradients: np.ndarray, claimed: np.ndarray) -> np.ndarray | None:
    """A direction along which all gradients agree: the one that the claim differs most from them, if it differs."""
    middle = gradients.mean(0)
    _, sizes, directions = np.linalg.svd(gradients - middle)
    rank = int(np.sum(sizes > NEGLIGIBLE_DIFFERENCE * sizes[0])) if sizes[0] > 0.0 else 0
    smooth = directions[rank:]
    for wanted in (claimed - middle, np.ones(len(claimed)), *smooth[:1]):
        direction = (smooth @ wanted) @ smooth
        if np.linalg.norm(direction) > 1e-6 * np.linalg.norm(wanted):
            return np.asarray(direction / np.copysign(np.max(np.abs(direction)), direction.sum()))
    return None


def _compare_along(
    name: str, at: Function, claimed: np.ndarray, direction: np.ndarray, gradients: np.ndarray | None = None
) -> Coordinate:
    """What is found along a direction in which the function is smooth; the gradients nearby say how well that is known."""
    terms = claimed * direction
    size, steepest, bend = float(np.abs(terms).sum()), 0.0, 0.0
    if gradients is not None:
        steepest = float(np.max(np.abs(gradients)))
        # Where the kink is bent no line runs along it, and the slopes beside it differ.
        bend = float(np.ptp(gradients @ direction))
    measured = derivative(lambda t: at(t * direction), 0.0, 1.0)
    error = max(measured.error, DIRECTION_TOLERANCE * max(steepest, size), bend)
    measured = replace(measured, error=error, scale=max(measured.scale, steepest))
    return judge(name, float(terms.sum()), measured, size)


def _compare_beyond(name: str, at: Function, claimed: np.ndarray, gradients: np.ndarray) -> Coordinate | None:
    """The direction that parts the claim from all mixtures of gradients, and what they are along it."""
    apart = claimed - _nearest_mixture(gradients, claimed)
    if np.linalg.norm(apart) <= NEGLIGIBLE_DIFFERENCE * _spread(gradients):
        return None
    direction = apart / np.max(np.abs(apart))
    slopes = [
        *(gradients @ direction),
        *(_slope_along(at, sign * SAMPLING_RADIUS * direction, direction) for sign in (-1.0, 1.0)),
    ]
    low, high = float(np.min(slopes)), float(np.max(slopes))
    if not math.isfinite(high - low):
        return None
    measured = Estimate(
        0.5 * (low + high), 0.1 * NEGLIGIBLE_DIFFERENCE * (high - low), left=low, right=high, step=SAMPLING_RADIUS
    )
    terms = claimed * direction
    return judge(name, float(terms.sum()), measured, float(np.abs(terms).sum()))


def _nearest_mixture(gradients: np.ndarray, claimed: np.ndarray) -> np.ndarray:
    """The mixture of gradients that is nearest to the claim, by steps towards the gradient farthest on its side.

    E. Gilbert, "An iterative procedure for computing the minimum of a quadratic form on a convex set", 1966.
    """
    mixture = gradients[np.argmin(np.linalg.norm(gradients - claimed, axis=1))]
    for _ in range(500):
        farthest = gradients[np.argmax(gradients @ (claimed - mixture))]
        step = farthest - mixture
        length = float(step @ step)
        share = float(step @ (claimed - mixture)) / length if length else 0.0
        if share <= 0.0:
            break
        mixture = mixture + min(share, 1.0) * step
    return np.asarray(mixture)
