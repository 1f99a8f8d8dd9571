"""Derivatives of a function of one number by extrapolated differences, with an estimate of their error, at kinks from both sides."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

EPSILON = sys.float_info.epsilon
# The first step in units of the scale, halvings of it, columns of the tableau.
FIRST_STEP, MAX_HALVINGS, MAX_COLUMNS = 0.1, 44, 5
# How much the plain differences must shrink at a halving, and what share of a derivative need not be known better.
SETTLED_RATIO, FINE_SHARE = 0.5, 1e-12
# Steps of the differences to one side, in units of the scale: the largest gap that closes from one to the next is smooth.
ONE_SIDED_STEPS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
# Distances, in units of the scale, at which a coarse arithmetic shows: float32, four decimals or float16.
COARSE_DISTANCES = tuple(2.0**-k for k in range(22, 6, -2))
# At distances with few digits sums come out exact, and no noise is seen.
UNEVEN_FACTOR = 0.9003163161571061
Function = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A derivative as finite differences see it.

    Attributes
    ----------
    value : float
        Infinite where the differences grow without bound, as those of a square root at 0.
    error : float
        An estimate of the error of `value`: truncation, by the change under extrapolation, and rounding.
    scale : float
        The steepest slope seen from `x` at the widest steps: what a derivative of 0 is to be measured by.
    left, right : float or None
        The one-sided derivatives where they disagree: at a kink.
    step : float
        The half-width of the difference that the value rests on.
    jump : bool
        Whether the function jumps there; the derivatives are those away from the jump.
    stepped : bool
        Whether the function moves in small steps, as one does that computes in float32; the value looks beyond them.
    rounding : bool
        Whether all that is seen of the function looks like rounding.

    Examples
    --------
    >>> from autograd.check import derivative
    >>> estimate = derivative(lambda x: x**3, 2.0)
    >>> round(estimate.value, 6), estimate.error < 1e-6
    (12.0, True)
    >>> kink = derivative(abs, 0.0)
    >>> round(kink.left, 6), round(kink.right, 6)
    (-1.0, 1.0)
    """

    value: float
    error: float
    scale: float = 0.0
    left: float | None = None
    right: float | None = None
    step: float = math.nan
    jump: bool = False
    stepped: bool = False
    rounding: bool = False

    @property
    def kink(self) -> bool:
        """Whether the function has different derivatives on either side."""
        return self.left is not None


@dataclass(frozen=True, slots=True)
class Pair:
    """The values at one step to either side."""

    step: float
    low: float
    high: float
    width: float


def derivative(f: Function, x: float, scale: float | None = None, grain: float = 0.0) -> Estimate:
    """The derivative of `f` at `x`.

    Central differences with steps that halve are extrapolated to step 0 in Neville's tableau; the entry with the
    smallest estimated error is the result (Ridders 1982, "Accurate computation of F'(x) and F'(x)F''(x)"). The rounding
    of `f` is measured at steps of a few units in the last place (Moré and Wild 2011, "Estimating computational noise"),
    so terms that cancel inside `f` are seen. Symmetric differences do not see a kink; where the difference between
    the two sides does not close, each side is measured by itself.

    Parameters
    ----------
    f : callable
        From float to float.
    x : float
    scale : float, optional
        The size of a large change of `x`; |x| by default, and 1 where that finds nothing or `x` is 0.
    grain : float
        How exactly `f` can move by what it is given, as where it adds `x` times a direction to larger numbers.

    Examples
    --------
    >>> import math
    >>> estimate = derivative(math.exp, 1.0)
    >>> abs(estimate.value - math.e) < 1e-11 and estimate.error < 1e-9
    True
    >>> kink = derivative(abs, 0.0)
    >>> round(kink.left, 9), round(kink.right, 9)
    (-1.0, 1.0)
    >>> derivative(math.floor, 2.0).value, derivative(math.cbrt, 0.0).value
    (0.0, inf)
    """
    found = _derivative(f, x, scale or abs(x) or 1.0, grain)
    if scale is None and 0.0 < abs(x) < 1.0 and _is_coarse(found):
        # Steps that follow a small |x| drown in the rounding of a function that lives on the scale of 1.
        wider = _derivative(f, x, 1.0, grain)
        if not wider.error >= found.error:
            return wider
    return found


def _is_coarse(estimate: Estimate) -> bool:
    return not estimate.kink and not math.isinf(estimate.value) and not estimate.error <= 1e-6 * abs(estimate.value)


def _derivative(f: Function, x: float, scale: float, grain: float) -> Estimate:
    here = f(x)
    if not math.isfinite(here):
        return Estimate(math.nan, math.inf)
    noise, stepped = measure_rounding(f, x, scale)
    best, pairs = _extrapolate(f, x, scale, here, noise, grain)
    if not pairs:
        return best
    seen = max((abs(v - here) for p in pairs for v in (p.low, p.high) if math.isfinite(v)), default=0.0)
    if noise > 64.0 * EPSILON * abs(here) and noise > 0.05 * seen:
        # It varies from one float to the next as much as it does at all.
        return replace(best, rounding=True)
    if stepped:
        return replace(best, stepped=True)
    if math.isinf(best.value):
        return _measure_steep(f, x, scale, here, noise, best)
    sides = [p for p in pairs if math.isfinite(p.low) and math.isfinite(p.high)]
    if len(sides) < 3:
        return _measure_at_bound(f, x, scale, here, noise, best)
    if best.error <= 1e-3 * max(abs(best.value), best.scale) and not _sides_disagree(sides, here, noise):
        return best
    return _measure_both_sides(f, x, scale, here, noise, best)


def measure_rounding(f: Function, x: float, scale: float) -> tuple[float, bool]:
    """The noise of `f` beside `x`: what its values scatter by at changes of `x` that matter little.

    Fourth differences see next to nothing of a smooth function. Where they see more than the last places of the values,
    closer points tell which it is: noise stays, or is cut to steps of its own; what is smooth vanishes. A function that
    computes in float32 stands still between neighbouring floats, and scatters a little farther.

    Returns
    -------
    float, bool
        The noise, and whether it is that of such steps.
    """
    scatter, size, same = _scatter(f, x, scale * UNEVEN_FACTOR * 2.0**-26)
    if same >= 5:
        for distance in COARSE_DISTANCES:
            coarse, _, same = _scatter(f, x, scale * UNEVEN_FACTOR * distance)
            # A function that is flat over long stretches is constant there, and what stands still only because so small
            # a change is beyond the digits of its values takes no steps.
            if same <= 3 and coarse > 16.0 * EPSILON * size:
                return 4.0 * coarse, True
    if scatter > 10.0 * EPSILON * size:
        closer, _, _ = _scatter(f, x, scale * UNEVEN_FACTOR * 2.0**-30)
        if 0.0 < closer < 0.01 * scatter:
            scatter = closer
    return max(EPSILON * size, 2.0 * scatter), False


def _scatter(f: Function, x: float, distance: float) -> tuple[float, float, int]:
    """The deviation that the fourth differences of nine values are made of if they are noise, the values' size, and how
    many of them are the same as the one before."""
    values = [f(x + i * distance) for i in range(1, 10)]
    if not all(map(math.isfinite, values)):
        return 0.0, 0.0, 0
    size = max(map(abs, values))
    same = sum(a == b for a, b in zip(values, values[1:], strict=False))
    for _ in range(4):
        values = [b - a for a, b in zip(values, values[1:], strict=False)]
    return math.hypot(*values) / math.sqrt(len(values) * math.comb(8, 4)), size, same


def _extrapolate(
    f: Function, x: float, scale: float, here: float, noise: float, grain: float
) -> tuple[Estimate, list[Pair]]:
    """The extrapolated central difference, and the pairs of values that it came from."""
    step = FIRST_STEP * scale
    if not math.isfinite(x + step) or not math.isfinite(x - step):
        return Estimate(math.nan, math.inf), []
    value, error, steepest, before, at = math.nan, math.inf, 0.0, math.inf, step
    above: list[float] = []
    pairs: list[Pair] = []
    slopes: list[float] = []
    for level in range(MAX_HALVINGS):
        up, down = x + step, x - step
        if up == x or down == x:
            break
        high, low, width = f(up), f(down), up - down
        row = [(high - low) / width]
        slopes.append(row[0])
        pairs.append(Pair(step, low, high, width))
        if level < 3 and math.isfinite(row[0]):
            steepest = max(steepest, abs(high - here) / (up - x), abs(here - low) / (x - down))
        # Half a unit in the last place of each value, and of the function's own computation a few more.
        rounding = (4.0 * EPSILON * (abs(high) + abs(low)) + 4.0 * noise + 4.0 * grain * abs(row[0])) / width
        factor = 4.0
        for j, older in enumerate(above[:MAX_COLUMNS]):
            row.append(row[j] + (row[j] - older) / (factor - 1.0))
            factor *= 4.0
        if above and abs(row[0] - value) > 2.0 * abs(above[0] - value) + 10.0 * rounding + 2.0 * error:
            # A smaller step leads away: what agreed so far was chance, with steps wider than the function's own waves.
            value, error = math.nan, math.inf
        # Only what the last halving left nearly unchanged counts.
        if len(above) > 2 and abs(row[0] - above[0]) <= SETTLED_RATIO * abs(above[0] - before) + rounding:
            for j, older in enumerate(above[:MAX_COLUMNS]):
                change = max(abs(row[j + 1] - row[j]), abs(row[j + 1] - older))
                if change + rounding < error:
                    value, error, at = row[j + 1], change + rounding, step
        before = above[0] if above else math.inf
        above = row if all(map(math.isfinite, row)) else []
        if (
            level >= 5
            and error <= max(FINE_SHARE * abs(value), 2.0 * rounding)
            and _is_confirmed_closer(f, x, value, step, noise, pairs)
        ):
            break
        step *= 0.5
    if not error <= 1e-3 * max(abs(value), steepest) and _slopes_diverge(slopes):
        value, error = math.copysign(math.inf, slopes[-1]), 0.0
    elif math.isfinite(error):
        # The input is a rounded number too: beside it the slope is another by as much as the function bends.
        used = next(p for p in pairs if p.step == at)
        half = 0.5 * used.width
        bend = abs((used.high - here) + (used.low - here)) / half / half
        error += max(EPSILON * abs(x), grain) * bend
    return Estimate(value, error, steepest, step=at), pairs


def _is_confirmed_closer(f: Function, x: float, value: float, step: float, noise: float, pairs: list[Pair]) -> bool:
    """Whether a much smaller step tells the same: three plain numbers beside the tableau, against agreement by chance."""
    if step < 1e-5 * pairs[0].step or pairs[-1].width <= 0.0:
        return True
    before = abs((pairs[-1].high - pairs[-1].low) / pairs[-1].width - value)
    for small in (step / 64.0, step / 4096.0):
        up, down = x + small, x - small
        high, low, width = f(up), f(down), up - down
        if width <= 0.0:
            return True
        rounding = (4.0 * EPSILON * (abs(high) + abs(low)) + 4.0 * noise) / width
        if not abs((high - low) / width - value) <= 0.01 * before + 10.0 * rounding + FINE_SHARE * abs(value):
            return False
        pairs.append(Pair(small, low, high, width))
    return True


def _slopes_diverge(slopes: list[float]) -> bool:
    """Whether slopes keep growing as the step shrinks, by what a root makes of a halving at least, and not as at a jump."""
    last = [s for s in slopes if math.isfinite(s)][-12:]
    return len(last) == 12 and all(1.02 < b / a < 1.98 if a else False for a, b in zip(last, last[1:], strict=False))


def _sides_disagree(pairs: list[Pair], here: float, noise: float) -> bool:
    """Whether the slopes to both sides stay apart as the step shrinks; those of a smooth function meet."""

    def gap(pair: Pair) -> tuple[float, float]:
        half = pair.width / 2.0
        rounding = (4.0 * EPSILON * (abs(pair.high) + abs(pair.low) + 2.0 * abs(here)) + 8.0 * noise) / half
        return abs((pair.high - here) - (here - pair.low)) / half, rounding

    for earlier, later in pairwise(pairs[-4:]):
        (wide, _), (close, rounding) = gap(earlier), gap(later)
        shrunk = later.width / earlier.width
        if close > 20.0 * rounding and close > math.sqrt(shrunk) * 0.9 * wide:
            return True
    return False


def _one_sided_slope(f: Function, x: float, step: float, noise: float) -> tuple[float, float, float]:
    """The derivative to one side, its rounding, and the limit of the value, by the parabola through three points beside x."""
    near, middle, far = f(x + step), f(x + 2.0 * step), f(x + 3.0 * step)
    rounding = 8.0 * (EPSILON * (abs(near) + abs(middle) + abs(far)) + noise) / abs(step)
    return (
        (-5.0 * near + 8.0 * middle - 3.0 * far) / (2.0 * step),
        rounding,
        3.0 * near - 3.0 * middle + far,
    )


def _measure_both_sides(f: Function, x: float, scale: float, here: float, noise: float, best: Estimate) -> Estimate:
    """Both derivatives where they stay apart, or jump apart, at every step that rounding allows."""
    gaps: list[float] = []
    kept: tuple[float, float, float, bool] | None = None
    previous: tuple[float, float] | None = None
    for part in ONE_SIDED_STEPS:
        step = part * scale
        right, rounding, above = _one_sided_slope(f, x, step, noise)
        left, rounding_left, below = _one_sided_slope(f, x, -step, noise)
        rounding = max(rounding, rounding_left)
        if not all(map(math.isfinite, (left, right))):
            break
        jump = abs(above - below) > 100.0 * rounding * step + 0.1 * step * max(abs(left), abs(right))
        gap = abs(right - left)
        if gaps and gap < 0.5 * gaps[-1] and not jump:
            # It closes: curvature, no kink; but what is left may still be one, smaller.
            gaps, kept = [gap], None
            previous = (left, right)
            continue
        if gap <= 100.0 * rounding and not jump:
            break
        change = math.inf if previous is None else abs(left - previous[0]) + abs(right - previous[1])
        error = max(rounding, min(change, gap))
        if kept is None or error <= kept[2]:
            kept = left, right, error, jump
        gaps.append(gap)
        previous = (left, right)
    if kept is None or (len(gaps) < 2 and not kept[3]):
        return best
    left, right, error, jump = kept
    if not jump and error > 0.1 * abs(right - left):
        # As far apart as they are known.
        return replace(best, error=max(best.error, abs(right - left)))
    if jump and abs(right - left) <= 100.0 * error:
        return replace(best, value=0.5 * (left + right), error=error, jump=True)
    return replace(best, value=0.5 * (left + right), error=error, left=left, right=right, jump=jump)


def _measure_steep(f: Function, x: float, scale: float, here: float, noise: float, best: Estimate) -> Estimate:
    """Where central differences grow without bound: both sides do, as those of a cube root, or one does."""
    below, above = _grows(f, x, scale, here, -1.0), _grows(f, x, scale, here, 1.0)
    if below == above:
        return best
    left, right = (
        math.copysign(math.inf, slope) if grows else _one_sided_slope(f, x, sign * ONE_SIDED_STEPS[1] * scale, noise)[0]
        for grows, sign, slope in ((below, -1.0, best.value), (above, 1.0, best.value))
    )
    return replace(best, left=left, right=right)


def _grows(f: Function, x: float, scale: float, here: float, sign: float) -> bool:
    return _slopes_diverge(
        [(f(x + sign * h) - here) / (sign * h) for h in (FIRST_STEP * scale * 0.5**k for k in range(30))]
    )


def _measure_at_bound(f: Function, x: float, scale: float, here: float, noise: float, best: Estimate) -> Estimate:
    """The derivative from the one side where `f` has values, at the end of its domain."""
    best = replace(best, error=math.inf)
    for sign in (1.0, -1.0):
        if math.isfinite(f(x - sign * 1e-4 * scale)) or not math.isfinite(f(x + sign * 1e-4 * scale)):
            continue
        if _grows(f, x, scale, here, sign):
            rise = f(x + sign * FIRST_STEP * scale) - here
            return replace(best, value=math.copysign(math.inf, rise * sign), error=0.0)
        rough = _one_sided_slope(f, x, sign * ONE_SIDED_STEPS[0] * scale, noise)[0]
        for part in (*ONE_SIDED_STEPS[1:], 1e-8, 1e-9):
            fine, rounding, _ = _one_sided_slope(f, x, sign * part * scale, noise)
            if abs(fine - rough) + rounding < best.error:
                best = replace(best, value=fine, error=abs(fine - rough) + rounding, step=part * scale)
            rough = fine
    return best
