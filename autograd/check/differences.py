"""Derivatives of a function of one number by extrapolated central differences, with an estimate of their error."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

EPSILON = sys.float_info.epsilon
# Halvings of the step, columns of the tableau, and how much the plain differences must shrink at each halving.
LEVELS, DEEPEST, SETTLED = 20, 5, 0.5


@dataclass(frozen=True, slots=True)
class Estimate:
    """A derivative as finite differences see it.

    Attributes
    ----------
    value : float
    error : float
        An estimate of the error of `value`: truncation, by the change under extrapolation, and rounding.
    scale : float
        The steepest slope seen from `x` at the widest steps: what a derivative of 0 is to be measured by.
    left, right : float or None
        The one-sided derivatives where they disagree: at a kink.
    """

    value: float
    error: float
    scale: float = 0.0
    left: float | None = None
    right: float | None = None

    @property
    def kink(self) -> bool:
        """Whether the function has different derivatives on either side."""
        return self.left is not None


def derivative(f: Callable[[float], float], x: float) -> Estimate:
    """The derivative of `f` at `x`.

    Central differences with steps that halve, from a tenth of |x| on, extrapolated to step 0 in Neville's tableau; the
    entry with the smallest estimated error is the result (Ridders 1982, "Accurate computation of F'(x) and F'(x)F''(x)").
    Because symmetric differences do not see a kink, differences to the left and to the right are compared as well.

    Parameters
    ----------
    f : callable
        From float to float.
    x : float

    Examples
    --------
    >>> import math
    >>> estimate = derivative(math.exp, 1.0)
    >>> abs(estimate.value - math.e) < 1e-11 and estimate.error < 1e-9
    True
    >>> derivative(abs, 0.0).left, derivative(abs, 0.0).right
    (-1.0, 1.0)
    """
    best = _central(f, x)
    sides = _sides(f, x)
    return best if sides is None else replace(best, left=sides[0], right=sides[1])


def _central(f: Callable[[float], float], x: float) -> Estimate:
    step = 0.1 * abs(x) if x else 0.1
    here = f(x)
    value, error, scale, before = math.nan, math.inf, 0.0, math.inf
    above: list[float] = []
    for level in range(LEVELS):
        up, down = x + step, x - step
        high, low = f(up), f(down)
        row = [(high - low) / (up - down)]
        if level < 3 and math.isfinite(row[0]):
            scale = max(scale, abs(high - here) / (up - x), abs(here - low) / (x - down))
        # Half a unit in the last place of each value, and of the function's own computation a few more.
        rounding = 4.0 * EPSILON * (abs(high) + abs(low)) / (up - down)
        factor = 4.0
        for j, older in enumerate(above[:DEEPEST]):
            row.append(row[j] + (row[j] - older) / (factor - 1.0))
            factor *= 4.0
        if above and abs(row[0] - value) > 2.0 * abs(above[0] - value) + 10.0 * rounding:
            # A smaller step leads away: what agreed so far was chance, with steps wider than the function's own waves.
            value, error = math.nan, math.inf
        # Only what the last halving left nearly unchanged counts.
        if len(above) > 2 and abs(row[0] - above[0]) <= SETTLED * abs(above[0] - before) + rounding:
            for j, older in enumerate(above[:DEEPEST]):
                change = max(abs(row[j + 1] - row[j]), abs(row[j + 1] - older))
                if change + rounding < error:
                    value, error = row[j + 1], change + rounding
        before = above[0] if above else math.inf
        above = row if all(map(math.isfinite, row)) else []
        step *= 0.5
    return Estimate(value, error, scale)


def _sides(f: Callable[[float], float], x: float) -> tuple[float, float] | None:
    """The derivatives to the left and to the right, where the gap between them stays as the step shrinks."""
    here = f(x)
    coarse = 1e-4 * (abs(x) or 1.0)
    gaps, slopes, rounding = [], (0.0, 0.0), 0.0
    for step in (coarse, coarse / 16.0):
        high, low = f(x + step), f(x - step)
        slopes = (here - low) / (x - (x - step)), (high - here) / ((x + step) - x)
        rounding = 4.0 * EPSILON * (abs(high) + abs(low) + abs(here)) / step
        gaps.append(abs(slopes[1] - slopes[0]))
    if not all(map(math.isfinite, (*gaps, *slopes))):
        return None
    return slopes if gaps[1] > 0.5 * gaps[0] and gaps[1] > 100.0 * rounding else None
