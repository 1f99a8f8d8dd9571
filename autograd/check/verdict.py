"""`Coordinate`: a claim, what differences measure, and the verdict on the two."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from autograd.check.differences import EPSILON, Estimate

# How many times the estimated error a difference may have, in what share of a derivative an error hides, and the
# rounding that a gradient is granted.
ERROR_SAFETY, MAX_COARSENESS, GRANTED_ROUNDING = 10.0, 1e-3, 1e-14
HIDDEN = "ill-conditioned: rounding hides the slope"


@dataclass(frozen=True, slots=True)
class Coordinate:
    """One partial or directional derivative and what was found of it.

    Attributes
    ----------
    name : str
        Such as `input 0 [2, 1]`.
    claimed : float
        The gradient that is checked.
    measured : Estimate
    tolerance : float
        By how much the two may differ; it comes from the estimated error, never from a fixed number.
    verdict : {"pass", "fail", "inconclusive"}
    reason : str
        Of a verdict that is not a plain pass.
    place : tuple of (int, tuple of int) or None
        Which array, and which element of it; None for a direction.
    unseen : bool
        Whether the claim may change the value by too little to be seen: it is zero and no step changes the value at all,
        or rounding hides what it says.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.check import check_gradients
    >>> coordinate = check_gradients(np.sin, 1.0).coordinates[0]
    >>> coordinate.name, round(coordinate.claimed, 6), coordinate.verdict
    ('x', 0.540302, 'pass')
    """

    name: str
    claimed: float
    measured: Estimate
    tolerance: float
    verdict: str
    reason: str = ""
    place: tuple[int, tuple[int, ...]] | None = None
    unseen: bool = False


def judge(
    name: str,
    claimed: float,
    measured: Estimate,
    largest: float,
    place: tuple[int, tuple[int, ...]] | None = None,
) -> Coordinate:
    """Compare a claim with a measurement.

    Parameters
    ----------
    largest : float
        The largest claim nearby: what a zero, and the rounding of the claim, are measured by.
    """

    def found(tolerance: float, verdict: str, reason: str = "", unseen: bool = False) -> Coordinate:
        return Coordinate(name, claimed, measured, tolerance, verdict, reason, place, unseen)

    size = max(abs(claimed), abs(measured.value))
    granted = abs(claimed) if math.isfinite(claimed) else 0.0
    tolerance = ERROR_SAFETY * measured.error + GRANTED_ROUNDING * (granted + 0.1 * largest)
    if math.isinf(measured.value) and not measured.kink:
        right = claimed == measured.value
        return found(0.0, "pass" if right else "fail", "an infinite slope")
    if math.isnan(measured.value):
        return found(math.inf, "inconclusive", "non-finite: no finite values around")
    if not math.isfinite(measured.error):
        return found(math.inf, "inconclusive", "ill-conditioned: differences see nothing but rounding")
    if measured.left is not None and measured.right is not None:
        low, high = sorted((measured.left, measured.right))
        if ERROR_SAFETY * measured.error > MAX_COARSENESS * (high - low):
            tolerance = ERROR_SAFETY * measured.error
        inside = low - tolerance <= claimed <= high + tolerance
        reason = f"{'jump' if measured.jump else 'kink'}, from {measured.left:.6g} to {measured.right:.6g}"
        return found(tolerance, "pass" if inside else "fail", reason)
    if not math.isfinite(claimed):
        return found(tolerance, "fail", "the gradient is not finite")
    if measured.stepped and claimed == 0.0 and abs(measured.value) > tolerance:
        # Between its steps such a function is flat, and beyond them it is not: either may be meant.
        return found(tolerance, "inconclusive", "the function moves in small steps")
    if abs(claimed - measured.value) > tolerance:
        if measured.rounding:
            return found(tolerance, "inconclusive", "ill-conditioned: differences see nothing but rounding")
        return found(tolerance, "fail")
    reason = "jump" if measured.jump else ""
    # A small derivative is known well enough when the tolerance is small beside the slopes around it.
    if tolerance <= MAX_COARSENESS * size or tolerance <= 1e-6 * measured.scale:
        return found(tolerance, "pass", reason)
    if claimed == 0.0 and measured.scale == 0.0:
        return found(tolerance, "pass", "nothing depends on it", unseen=True)
    return found(tolerance, "inconclusive", "ill-conditioned: differences too coarse")


def resolve(found: Coordinate, magnitude: float) -> Coordinate:
    """A failure, or doubt where rounding on the way to the value may hide all that claim and measurement differ by.

    A step that changes a number by less than its last place leaves everything that is computed from it as it was, so
    the differences of a saturated function are 0 without any error to be seen in them.

    Parameters
    ----------
    magnitude : float
        How large the numbers are that are rounded, in units of the value.
    """
    if found.verdict != "fail":
        return found
    hidden = ERROR_SAFETY * EPSILON * magnitude / found.measured.step
    if not abs(found.claimed - found.measured.value) <= hidden:
        return found
    return replace(found, tolerance=hidden, verdict="inconclusive", reason=HIDDEN, unseen=True)


def magnitude_of_zero(measured: Estimate, shrunk: Callable[[float], float]) -> float:
    """How large the numbers are that leave 0 at every step: as the value is at, and half way to, the origin.

    Of a zero that stands, nothing else can be told; any other value is rounded in proportion to itself.

    Parameters
    ----------
    shrunk : callable
        The value where all that it is computed from is multiplied by a number.
    """
    if measured.value or measured.error:
        return 0.0
    return max((abs(v) for v in map(shrunk, (0.0, 0.5)) if math.isfinite(v)), default=0.0)
