"""How fast the remainder of a Taylor polynomial falls: evidence for a gradient without a step that must be chosen.

Along a direction d, f(x + hd) - f(x) - h g·d falls by h² where g is the gradient, and by h where it is not, whatever h is,
until nothing is left but rounding. How much that is, the differences of differences of nearby values tell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from autograd.check.differences import EPSILON
from autograd.check.subject import Subject

# Halvings of the step; a remainder counts while it is so many times the rounding.
HALVINGS, ABOVE_ROUNDING = 24, 8.0
# Slopes between these tell neither.
WRONG_BELOW, RIGHT_ABOVE, JUMP_BELOW = 1.3, 1.7, 0.3
# How many of the slopes between steps, the closest, say which it is, and how many are wanted at least.
LAST, LEAST = 3, 2
# By how much the remainder must end above rounding, and what share of a derivative a straight line must be known to.
ENDED, RESOLVED = 4.0, 0.1
# In doubt; one is enough beside differences that decide.
DIRECTIONS = 2
# The share of a value that is rounding in float16 and below.
FEW_DIGITS = 2.0**-16
# Distances between the values whose differences show rounding, and how alike those of several orders must be.
POINTS, SPACINGS, ORDERS, ALIKE = 8, (7.3e-3, 4.7e-4, 3.1e-5, 1.1e-6), (4, 5, 6), 5.0


@dataclass(frozen=True)
class TaylorRemainder:
    """The remainders along one direction, and what they say.

    Attributes
    ----------
    name : str
    steps, remainders : tuple of float
        Each step, and the larger remainder of both sides.
    rounding : float
        Of the values.
    slope : float or None
        The power of the step by which the remainder falls at the closest steps above rounding; None where too few are.
    verdict : {"right", "wrong", "kink", "undecided"}
    reason : str
    decides : bool
        Whether it is wrong, and says so of values of few digits, of which differences cannot.
    resolution : float
        The share of the derivative along the direction that an error would have to exceed to be seen.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.check import check_gradients
    >>> report = check_gradients(np.sin, 1.0, grad=np.cos)
    >>> report.taylor[0].verdict, round(report.taylor[0].slope)
    ('right', 2)
    """

    name: str
    steps: tuple[float, ...]
    remainders: tuple[float, ...]
    rounding: float
    slope: float | None
    verdict: str
    reason: str
    resolution: float
    decides: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {self.verdict}, {self.reason}"

    def as_dict(self) -> dict[str, Any]:
        """In what JSON has.

        Examples
        --------
        >>> import math
        >>> taylor_remainder(math.exp, 1.0, "exp").as_dict()["verdict"]
        'right'
        """
        return {
            "name": self.name,
            "verdict": self.verdict,
            "reason": self.reason,
            "slope": self.slope,
            "rounding": self.rounding,
            "resolution": self.resolution if math.isfinite(self.resolution) else None,
            "steps": list(self.steps),
            "remainders": list(self.remainders),
        }


def taylor_remainders(
    subject: Subject, claims: Sequence[np.ndarray], seed: int, doubtful: bool = True
) -> list[TaylorRemainder]:
    """The remainders along random directions, each number moved on its own scale.

    Parameters
    ----------
    subject : Subject
    claims : sequence of numpy.ndarray
        The gradient, in the shapes of the subject's arrays.
    seed : int
        Of the directions.
    doubtful : bool
        Whether differences leave doubt: then along more directions.
    """
    rng = np.random.default_rng(seed + 7)
    found = []
    alone = sum(a.size for a in subject.arrays) == 1
    for number in range(DIRECTIONS if doubtful and not alone else 1):
        directions = []
        for array in subject.arrays:
            reach = np.where(array == 0.0, 1.0, np.abs(array))
            signs = rng.choice([-1.0, 1.0], array.shape)
            directions.append(np.where(np.isfinite(array), reach * signs * rng.uniform(0.5, 1.0, array.shape), 0.0))
        claimed = float(sum(np.sum(c * d) for c, d in zip(claims, directions, strict=True)))

        def at(h: float, directions: list[np.ndarray] = directions) -> float:
            return subject.value([a + h * d for a, d in zip(subject.arrays, directions, strict=True)])

        if math.isfinite(claimed):
            found.append(taylor_remainder(at, claimed, f"direction {number + 1}"))
    return found


def taylor_remainder(at: Callable[[float], float], claimed: float, name: str = "") -> TaylorRemainder:
    """What the remainders of a function of one number at 0 say of a claimed derivative.

    Parameters
    ----------
    at : callable
    claimed : float
    name : str

    Examples
    --------
    >>> import math
    >>> print(taylor_remainder(lambda h: math.exp(h), 1.0, "exp"))
    exp: right, the remainder falls by h^2.00 down to rounding; an error above 6e-08 of the derivative would be seen
    >>> print(taylor_remainder(lambda h: math.exp(h), 1.01, "exp"))
    exp: wrong, the remainder falls by h^1.00: about 0.0099 of the derivative is too much or missing
    >>> print(taylor_remainder(abs, 0.0, "abs"))
    abs: kink, the value bends here: its sides fall by h^1.00 whatever the gradient is
    """
    here = at(0.0)
    grid, alike = _rounding(at)
    rounding = max(grid, alike, EPSILON * abs(here))
    steps, remainders, evens, moved = [], [], [], 0.0
    for k in range(1, HALVINGS + 1):
        h = 2.0**-k
        up, down = at(h), at(-h)
        both = max(abs(up - here - h * claimed), abs(down - here + h * claimed))
        if math.isfinite(both):
            steps.append(h)
            remainders.append(both)
            evens.append(abs(up + down - 2.0 * here))
            moved = max(moved, abs(up - here), abs(down - here))
    slope, even = _slope(remainders, rounding), _slope(evens, rounding)
    # Of both sides the larger remainder is at least the error times the step, but for rounding.
    bounds = ((r + ABOVE_ROUNDING * rounding) / h for r, h in zip(remainders, steps, strict=True))
    least = min(bounds, default=math.inf)
    resolution = least / abs(claimed) if claimed else math.inf

    def found(verdict: str, reason: str) -> TaylorRemainder:
        # A staircase may be meant to have the derivative 0.
        decides = verdict == "wrong" and claimed != 0.0 and grid > FEW_DIGITS * (abs(here) + moved)
        return TaylorRemainder(
            name, tuple(steps), tuple(remainders), rounding, slope, verdict, reason, resolution, decides
        )

    seen = f"an error above {resolution:.1g} of the derivative would be seen"
    if not steps or not math.isfinite(here):
        return found("undecided", "there are no finite values around")
    if moved <= ABOVE_ROUNDING * rounding:
        # So do functions that vary within a step, and those that larger numbers absorb.
        return found("undecided", f"the value moves by no more than rounding does ({rounding:.1g}) at any step")
    if even is not None and even < JUMP_BELOW:
        return found("undecided", "the value jumps here")
    if even is not None and even < WRONG_BELOW:
        return found("kink", f"the value bends here: its sides fall by h^{even:.2f} whatever the gradient is")
    if slope is None:
        close = [h for h, r in zip(steps, remainders, strict=True) if r <= ABOVE_ROUNDING * rounding]
        hidden = len(steps) - len(_usable(remainders, rounding))
        if len(close) == hidden and close and ABOVE_ROUNDING * rounding < RESOLVED * abs(claimed) * close[0]:
            where = "every step" if hidden == len(steps) else f"steps of {close[0]:.1g} and less"
            return found("right", f"the remainder is rounding at {where}; {seen}")
        return found("undecided", f"rounding ({rounding:.1g}) hides the remainder at all but a few steps")
    if slope < WRONG_BELOW:
        error = f"about {_share(remainders, steps, rounding, claimed):.2g} of the derivative is too much or missing"
        return found(
            "wrong", f"the remainder falls by h^{slope:.2f}: {error if claimed else 'the derivative is not 0'}"
        )
    if slope > RIGHT_ABOVE:
        return found("right", f"the remainder falls by h^{slope:.2f} down to rounding; {seen}")
    return found(
        "undecided", f"the remainder falls by h^{slope:.2f}, between right (2) and wrong (1), before rounding hides it"
    )


def _usable(sizes: Sequence[float], rounding: float) -> list[float]:
    """Sizes from the widest step to the last before rounding hides them."""
    kept = []
    for size in sizes:
        if size <= ABOVE_ROUNDING * rounding:
            break
        kept.append(size)
    return kept


def _slope(sizes: Sequence[float], rounding: float) -> float | None:
    """The power by which sizes fall at the closest steps above rounding; None where too few are, or where they end at once."""
    usable = _usable(sizes, rounding)
    slopes = [math.log2(wide / close) for wide, close in zip(usable, usable[1:], strict=False)]
    if len(slopes) < LEAST:
        return None
    slope = median(slopes[-LAST:])
    # Beyond a kink that is near, and not here, nothing is left.
    ended = len(usable) < len(sizes) and usable[-1] / 2.0**slope > ENDED * ABOVE_ROUNDING * rounding
    return None if ended else slope


def _share(remainders: Sequence[float], steps: Sequence[float], rounding: float, claimed: float) -> float:
    last = len(_usable(remainders, rounding)) - 1
    return remainders[last] / steps[last] / abs(claimed) if claimed else math.inf


def rounding_of(at: Callable[[float], float]) -> float:
    """How far values are from those of a smooth function, seen in differences of several orders of nearby ones.

    Where a function is smooth those fall with the order; where rounding is all they show, they are alike (Moré and Wild 2011).

    Examples
    --------
    >>> import numpy as np
    >>> 1e-5 < rounding_of(lambda h: float(np.float16(np.sin(1.0 + h)))) < 1e-3
    True
    """
    return max(_rounding(at))


def _rounding(at: Callable[[float], float]) -> tuple[float, float]:
    """What the last binary place of the values says, and what differences of differences say."""
    # Beside a kink wide differences show that, and close ones rounding.
    grid, alike = 0.0, math.inf
    for spacing in SPACINGS:
        values = np.array([at(i * spacing) for i in range(POINTS)])
        if not np.isfinite(values).all():
            continue
        grid = max(grid, _grid(values) / math.sqrt(12.0))
        sizes = []
        for order in ORDERS:
            factor = math.factorial(order) ** 2 / math.factorial(2 * order)
            sizes.append(math.sqrt(factor * float(np.mean(np.diff(values, order) ** 2))))
        if min(sizes) > 0.0 and max(sizes) <= ALIKE * min(sizes):
            alike = min(alike, max(sizes))
    return grid, alike if math.isfinite(alike) else 0.0


def _grid(values: np.ndarray) -> float:
    """The last place that the largest value has, as it takes to write all of them; 0 of values that hardly move."""
    if len(set(values.tolist())) < LAST:
        return 0.0
    mantissas, exponents = np.frexp(values[values != 0.0])
    whole = (mantissas * 2.0**53).astype(np.int64)
    bits = 53 - np.log2((whole & -whole).astype(float))
    return float(2.0 ** (np.max(exponents) - np.max(bits)))
