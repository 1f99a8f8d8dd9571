"""The Taylor remainder: it falls by h² where a gradient is right, by h where it is wrong, and what neither says is told."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import numpy as np
import pytest

from autograd.check import GradientError, assert_gradients, check_gradients
from autograd.check.taylor import rounding_of, taylor_remainder


def to_bfloat16(x: float) -> float:
    """The nearest number of 8 bits."""
    mantissa, exponent = math.frexp(x)
    return math.ldexp(round(mantissa * 256), exponent - 8)


FORMATS: dict[str, tuple[Callable[[float], float], float]] = {
    "float64": (float, 2.0**-53),
    "float32": (lambda x: float(np.float32(x)), 2.0**-24),
    "float16": (lambda x: float(np.float16(x)), 2.0**-11),
    "bfloat16": (to_bfloat16, 2.0**-8),
}
# A function, where, and its derivative there.
FUNCTIONS: dict[str, tuple[Callable[[float], float], float, float]] = {
    "sin": (math.sin, 1.0, math.cos(1.0)),
    "cube": (lambda x: x**3 + x, 0.7, 3 * 0.49 + 1),
    "exp": (math.exp, -1.3, math.exp(-1.3)),
    "waves": (lambda x: math.sin(9 * x), 0.1, 9 * math.cos(0.9)),
    "root": (math.sqrt, 2.0, 0.5 / math.sqrt(2.0)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("kind", FORMATS)
def test_a_right_derivative_leaves_h_squared_and_a_wrong_one_h(name: str, kind: str) -> None:
    function, x, slope = FUNCTIONS[name]
    rounded, _ = FORMATS[kind]
    right = taylor_remainder(lambda h: rounded(function(x + h * x)), slope * x)
    wrong = taylor_remainder(lambda h: rounded(function(x + h * x)), 2 * slope * x)
    assert right.verdict in (("right",) if kind in ("float64", "float32") else ("right", "undecided")), str(right)
    assert wrong.verdict == "wrong", str(wrong)
    assert wrong.slope == pytest.approx(1.0, abs=0.3)
    if right.slope is not None and right.verdict == "right":
        assert right.slope == pytest.approx(2.0, abs=0.35)


@pytest.mark.parametrize("kind", FORMATS)
def test_an_error_above_the_resolution_is_never_called_right(kind: str) -> None:
    rounded, _ = FORMATS[kind]
    for function, x, slope in FUNCTIONS.values():
        for error in np.geomspace(1e-6, 1.0, 25):
            for sign in (1.0, -1.0):
                found = taylor_remainder(lambda h: rounded(function(x + h * x)), slope * x * (1 + sign * error))
                if found.verdict == "right":
                    assert error <= 1.01 * found.resolution * (1 + sign * error), (x, error, str(found))
                assert not (found.verdict == "wrong" and error < 1e-5 and kind == "float16"), str(found)


@pytest.mark.parametrize("kind", FORMATS)
def test_rounding_is_seen_in_the_values_alone(kind: str) -> None:
    rounded, unit = FORMATS[kind]
    found = rounding_of(lambda h: rounded(math.sin(1.0 + h)))
    assert 0.1 * unit < found < 2 * unit


def test_kinks_jumps_and_rounding_are_told() -> None:
    for slope in (0.0, 0.5, 3.0):
        kink = taylor_remainder(lambda h: abs(h) + math.sin(h), slope)
        assert (kink.verdict, "bends here" in kink.reason) == ("kink", True)
    jump = taylor_remainder(lambda h: math.copysign(1.0, h) if h else 0.5, 0.0)
    assert jump.verdict == "undecided"
    still = taylor_remainder(lambda h: 1.0, 0.0)
    assert (still.verdict, "moves by no more than rounding" in still.reason) == ("undecided", True)
    straight = taylor_remainder(lambda h: 2.0 + 3.0 * h, 3.0)
    assert (straight.verdict, straight.slope, "rounding at every step" in straight.reason) == ("right", None, True)
    fast = taylor_remainder(lambda h: math.sin(2.7e8 * (1 + h)), 2.7e8 * math.cos(2.7e8))
    assert fast.verdict == "undecided"
    nowhere = taylor_remainder(lambda h: math.nan, 1.0)
    assert (nowhere.verdict, nowhere.steps) == ("undecided", ())
    # A kink that is near, and not here, is no kink.
    near = taylor_remainder(lambda h: abs(h - 1e-3), -1.0)
    assert near.verdict == "right"


X = np.array([0.7, -1.3, 0.4])


def half(x: np.ndarray) -> np.float16:
    return np.float16(np.sum(np.sin(x) * x))


def slope_of(x: np.ndarray) -> np.ndarray:
    return np.cos(x) * x + np.sin(x)


def test_the_report_tells_it_of_a_given_gradient() -> None:
    report = check_gradients(lambda x: np.sum(np.sin(x) * x), X, grad=slope_of)
    assert [t.verdict for t in report.taylor] == ["right"]
    assert "Taylor remainder, direction 1: right, the remainder falls by h^2.0" in " ".join(str(report).split())
    wrong = check_gradients(lambda x: np.sum(np.sin(x) * x), X, grad=lambda x: 1.001 * slope_of(x))
    assert [t.verdict for t in wrong.taylor] == ["wrong", "wrong"]
    assert "falls by h^1.00: about 0.001 of the derivative is too much or missing" in " ".join(str(wrong).split())
    # The engine's own gradients of what differences decide need none.
    assert check_gradients(lambda x: (x.sin() * x).sum(), X).taylor == []


def test_where_differences_doubt_a_remainder_that_falls_by_h_fails() -> None:
    right = check_gradients(half, X, grad=slope_of)
    assert right.verdict == "inconclusive"
    # Along one of both directions rounding hides the remainder too soon.
    assert {t.verdict for t in right.taylor} == {"right", "undecided"}
    assert_gradients(half, X, grad=slope_of, allow_inconclusive=True)
    # Each coordinate alone leaves doubt.
    wrong = check_gradients(half, X, grad=lambda x: slope_of(x) * [1.0, 1.0, 2.5])
    assert {c.verdict for c in wrong.coordinates} == {"inconclusive"}
    assert (wrong.verdict, wrong.diagnosis) == ("fail", None)
    with pytest.raises(GradientError, match="wrong, the remainder falls by"):
        assert_gradients(half, X, grad=lambda x: slope_of(x) * [1.0, 1.0, 2.5], allow_inconclusive=True)


def test_the_report_as_json() -> None:
    held = json.loads(check_gradients(half, X, grad=slope_of).to_json())
    assert held["verdict"] == "inconclusive"
    (first, second) = held["taylor"]
    assert (first["name"], second["name"], second["verdict"]) == ("direction 1", "direction 2", "right")
    assert len(first["steps"]) == len(first["remainders"]) > 10
    assert [c["name"] for c in held["coordinates"]] == ["x[0]", "x[1]", "x[2]"]
    # What is not finite is null.
    assert json.loads(check_gradients(lambda x: x**0.5, 0.0).to_json())["coordinates"][0]["claimed"] is None
