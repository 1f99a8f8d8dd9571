"""What differences say of functions of one number, whole: the value, its error, what it rests on, and how often they ask.

The functions are made of sums, products, quotients and square roots alone, which every processor rounds alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from autograd.check.differences import Estimate, derivative, measure_rounding
from tests.texts import Transcript, scenes_of

nan, inf, sqrt = math.nan, math.inf, math.sqrt
Case = tuple[Callable[[float], Any], float]
CASES: dict[str, Case] = {
    "x·x·x at 2": (lambda x: x * x * x, 2.0),
    "x·x at 0": (lambda x: x * x, 0.0),
    "5x at 0": (lambda x: 5.0 * x, 0.0),
    "7 at 1": (lambda x: 7.0, 1.0),
    "1/x at 3": (lambda x: 1.0 / x, 3.0),
    "1/x at -1e-7": (lambda x: 1.0 / x, -1e-7),
    "√x at 4": (sqrt, 4.0),
    "√x at 1e-9": (lambda x: sqrt(x) if x >= 0.0 else nan, 1e-9),
    "√x at 0": (lambda x: sqrt(x) if x >= 0.0 else nan, 0.0),
    "-√-x at 0": (lambda x: -sqrt(-x) if x <= 0.0 else nan, 0.0),
    "√x, or 0 left of 0, at 0": (lambda x: sqrt(max(x, 0.0)), 0.0),
    "√|x| at 0": (lambda x: sqrt(abs(x)), 0.0),
    "√|x| with the sign of x at 0": (lambda x: math.copysign(sqrt(abs(x)), x), 0.0),
    "|x|√|x| at 0": (lambda x: abs(x) * sqrt(abs(x)), 0.0),
    "x·x·√x at 0": (lambda x: x * x * sqrt(x) if x >= 0.0 else nan, 0.0),
    "x + x·x, from 1 down": (lambda x: x + x * x if x <= 1.0 else nan, 1.0),
    "x(x + 1) at 1e-12, with 1 added": (lambda x: 1.0 + x * (x + 1.0), 1e-12),
    "x at 1e6, with 1e-3 x·x": (lambda x: x + 1e-3 * x * x, 1e6),
    "1/(1 + 1e8 x·x) at 0": (lambda x: 1.0 / (1.0 + 1e8 * x * x), 0.0),
    "1/(1 + 1e8 x·x) at 0.01": (lambda x: 1.0 / (1.0 + 1e8 * x * x), 0.01),
    "|x| at 0": (abs, 0.0),
    "max(x, 0) at 0": (lambda x: max(x, 0.0), 0.0),
    "1000 x + |x|/1000 at 0": (lambda x: 1000.0 * x + 1e-3 * abs(x), 0.0),
    "x + 1e-9 |x| at 0": (lambda x: x + 1e-9 * abs(x), 0.0),
    "x + 1e-12 |x| at 0": (lambda x: x + 1e-12 * abs(x), 0.0),
    "|x - 1e-4| at 0": (lambda x: abs(x - 1e-4), 0.0),
    "|x| - x·x, with 1 added, at 0": (lambda x: 1.0 + abs(x) - x * x, 0.0),
    "min(x, 3 - 2x) at 1": (lambda x: min(x, 3.0 - 2.0 * x), 1.0),
    "floor at 2": (math.floor, 2.0),
    "floor at 2.5": (math.floor, 2.5),
    "the sign at 0": (lambda x: float(np.sign(x)), 0.0),
    "x·x, and 1 more from 1 on, at 1": (lambda x: x * x + (x >= 1.0), 1.0),
    "x·x, then 5 + 3x, at 1": (lambda x: x * x if x < 1.0 else 5.0 + 3.0 * x, 1.0),
    "a sawtooth at 3": (lambda x: x % 1.0, 3.0),
    "x·x in float32 at 0.7": (lambda x: float(np.float32(x) * np.float32(x)), 0.7),
    "x·x in float16 at 0.7": (lambda x: float(np.float16(x) * np.float16(x)), 0.7),
    "four decimals of x at 0.7": (lambda x: math.floor(x * 1e4) / 1e4, 0.7),
    "steps of 1/40 at 0.51": (lambda x: math.floor(40.0 * x) / 40.0, 0.51),
    "x·x beside 1e8, taken away again, at 3": (lambda x: (1e8 + x * x) - 1e8, 3.0),
    "1e6 + 1e-7 x at 1": (lambda x: 1e6 + 1e-7 * x, 1.0),
    "1e16 + x at 1": (lambda x: 1e16 + x, 1.0),
    "nothing but noise at 1": (lambda x: (x * 1e15) % 1.0, 1.0),
    "1e300 x·x at 1": (lambda x: 1e300 * x * x, 1.0),
    "1e-300 x·x at 1": (lambda x: 1e-300 * x * x, 1.0),
    "x at 1.7e308": (lambda x: x, 1.7e308),
    "x at -1.7e308": (lambda x: x, -1.7e308),
    "inf at 0 alone": (lambda x: inf if x == 0.0 else x, 0.0),
    "nan everywhere else": (lambda x: x if x == 1.0 else nan, 1.0),
    "nan farther than 0.02 away": (lambda x: x * x if abs(x - 1.0) < 0.02 else nan, 1.0),
}
ESTIMATES = Transcript(__file__, "estimates")


def tell(f: Callable[[float], Any], x: float, **given: float) -> str:
    places: list[float] = []

    def g(at: float) -> float:
        places.append(at)
        return float(f(at))

    with np.errstate(all="ignore"):
        found = derivative(g, x, **given)
        noise, stepped = measure_rounding(lambda at: float(f(at)), x, abs(x) or 1.0)
    away = sorted({abs(at - x) for at in places} - {0.0})
    return "\n".join(
        [
            describe(found),
            f"asked {len(places)} times, from {away[0]:.4g} to {away[-1]:.4g} away" if away else "asked once",
            f"rounding {noise:.3g}{', in steps' if stepped else ''}",
        ]
    )


def describe(e: Estimate) -> str:
    sides = "" if not e.kink else f", {e.left:.13g} on the left and {e.right:.13g} on the right"
    flags = "".join(f", {name}" for name in ("jump", "stepped", "rounding") if getattr(e, name))
    return f"{e.value:.8g} ± {e.error:.3g}{sides}{flags}; slopes up to {e.scale:.6g}, a step of {e.step:.4g}"


for title, (f, x) in CASES.items():
    ESTIMATES.scenes[title] = partial(tell, f, x)
ESTIMATES.scenes["x·x·x at 2, moved by 1e-3"] = lambda: tell(lambda x: x * x * x, 2.0, scale=1e-3)
ESTIMATES.scenes["x·x·x at 2, known to 1e-10"] = lambda: tell(lambda x: x * x * x, 2.0, grain=1e-10)
ESTIMATES.scenes["x(x + 1) at 1e-3 within 1"] = lambda: tell(lambda x: x * (x + 1.0), 1e-3, scale=1.0)


@pytest.mark.parametrize(("transcript", "title"), scenes_of(ESTIMATES))
def test_what_is_told_is_as_it_was_when_it_was_read(transcript: Transcript, title: str) -> None:
    transcript.compare(title)


def test_all_of_them_are_kept() -> None:
    assert ESTIMATES.complete()
