"""The verdict on a claim and a measurement, on both sides of each bound, and how reports count and order them."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograd.check.diagnosis import _as_fraction, _common_factor
from autograd.check.differences import EPSILON, Estimate
from autograd.check.report import Diagnosis, Report
from autograd.check.verdict import HIDDEN, Coordinate, judge, magnitude_of_zero, resolve


def verdict(claimed: float, measured: Estimate, largest: float = 0.0) -> tuple[str, str]:
    found = judge("x", claimed, measured, largest)
    return found.verdict, found.reason


@pytest.mark.parametrize(
    ("claimed", "measured", "told"),
    [
        # Ten times the estimated error is granted.
        (1.0 + 0.9e-5, Estimate(1.0, 1e-6), "pass"),
        (1.0 + 1.1e-5, Estimate(1.0, 1e-6), "fail"),
        (1.0 - 1.1e-5, Estimate(1.0, 1e-6), "fail"),
        (1.0 + 1.1e-5, Estimate(1.0, 1e-6, rounding=True), "ill-conditioned: differences see nothing but rounding"),
        (math.nan, Estimate(1.0, 1e-6), "the gradient is not finite"),
        (math.inf, Estimate(1.0, 1e-6), "the gradient is not finite"),
        (1.0, Estimate(math.nan, 0.0), "non-finite: no finite values around"),
        (1.0, Estimate(1.0, math.inf), "ill-conditioned: differences see nothing but rounding"),
        (math.inf, Estimate(math.inf, 0.0), "pass"),
        (-math.inf, Estimate(math.inf, 0.0), "fail"),
        (5.0, Estimate(math.inf, 0.0), "fail"),
        # An error hides in a thousandth of a derivative, or in a millionth of the slopes around it.
        (1.0, Estimate(1.0, 0.9e-4), "pass"),
        (1.0, Estimate(1.0, 1.1e-4), "ill-conditioned: differences too coarse"),
        (0.0, Estimate(0.0, 0.9e-7, scale=1.0), "pass"),
        (0.0, Estimate(0.0, 1.1e-7, scale=1.0), "ill-conditioned: differences too coarse"),
        (0.0, Estimate(0.0, 1e-9), "nothing depends on it"),
        (1.0, Estimate(1.0, 1e-6, jump=True), "jump"),
        # A function of small steps is flat between them.
        (0.0, Estimate(1.0, 1e-6, stepped=True), "the function moves in small steps"),
        (0.5, Estimate(1.0, 1e-6, stepped=True), "fail"),
        (0.0, Estimate(0.9e-5, 1e-6, scale=100.0, stepped=True), "pass"),
    ],
)
def test_a_claim_beside_a_measurement(claimed: float, measured: Estimate, told: str) -> None:
    assert told in verdict(claimed, measured)


def test_a_claim_is_granted_the_rounding_of_those_nearby() -> None:
    """The last places of a large claim, and a tenth of those of the largest around it."""
    exact = Estimate(1000.0, 0.0)
    assert verdict(1000.0 + 0.9e-11, exact)[0] == "pass"
    assert verdict(1000.0 + 1.2e-11, exact)[0] == "fail"
    near_zero = Estimate(0.0, 0.0, scale=1.0)
    assert verdict(0.9e-15, near_zero, largest=1.0)[0] == "pass"
    assert verdict(1.2e-15, near_zero, largest=1.0)[0] == "fail"


@pytest.mark.parametrize(
    ("claimed", "error", "told"),
    [
        (-1.0, 0.0, "pass"), (1.0, 0.0, "pass"), (0.3, 0.0, "pass"),
        (1.0 + 1e-6, 0.0, "fail"), (-1.0 - 1e-6, 0.0, "fail"),
        (1.0 + 1e-6, 1e-6, "pass"), (math.inf, 0.0, "fail"),
    ],
)  # fmt: skip
def test_at_a_kink_a_claim_lies_between_both_sides(claimed: float, error: float, told: str) -> None:
    for left, right in ((-1.0, 1.0), (1.0, -1.0)):
        found = judge("x", claimed, Estimate(0.0, error, left=left, right=right), 1.0)
        assert (found.verdict, found.reason) == (told, f"kink, from {left:g} to {right:g}")
        assert judge("x", claimed, Estimate(0.0, error, left=left, right=right, jump=True), 1.0).reason.startswith(
            "jump"
        )


@pytest.mark.parametrize(("apart", "magnitude", "hidden"), [(1.0, 1.0, False), (0.9, 1.0, True), (1.0, 1.2, True)])
def test_what_rounding_on_the_way_may_hide_is_doubt(apart: float, magnitude: float, hidden: bool) -> None:
    """Ten roundings of the value, over the step."""
    step = 1e-6
    difference = apart * 10.5 * EPSILON / step
    failed = Coordinate("x", difference, Estimate(0.0, 0.0, step=step), 0.0, "fail")
    found = resolve(failed, magnitude)
    assert (found.verdict, found.unseen) == (("inconclusive", True) if hidden else ("fail", False))
    if hidden:
        assert (found.reason, found.tolerance) == (HIDDEN, pytest.approx(10.0 * EPSILON * magnitude / step))
    passed = replace(failed, verdict="pass")
    assert resolve(passed, magnitude) is passed


def test_a_zero_that_stands_is_measured_by_the_value_at_the_origin_and_half_way() -> None:
    still = Estimate(0.0, 0.0)
    assert magnitude_of_zero(still, lambda share: 3.0 - 4.0 * share) == 3.0
    assert magnitude_of_zero(still, lambda share: 1.0 - 8.0 * share) == 3.0
    assert magnitude_of_zero(still, lambda share: math.inf if share else 2.0) == 2.0
    assert magnitude_of_zero(still, lambda _: math.nan) == 0.0
    for moved in (Estimate(1.0, 0.0), Estimate(0.0, 1e-9)):
        assert magnitude_of_zero(moved, lambda _: 5.0) == 0.0


@pytest.mark.parametrize(
    ("claimed", "measured", "factor"),
    [
        ([2.0, 4.0], [1.0, 2.0], 2.0),
        ([-0.5, 1.0], [1.0, -2.0], -0.5),
        ([2e-9, 4e-9], [1e-9, 2e-9], 2.0),
        ([2.0, 4.1], [1.0, 2.0], None),
        ([1.0, 2.0], [1.0, 2.0], None),
        ([0.0, 0.0], [1.0, 2.0], None),
        # What is near to zero must be so in both.
        ([2.0, 1e-6], [1.0, 1e-8], 2.0),
        ([2.0, 0.5], [1.0, 0.0], None),
        ([0.0, 0.0], [0.0, 0.0], None),
        ([], [], None),
    ],
)
def test_one_factor_between_two_sets_of_numbers(claimed, measured, factor: float | None) -> None:
    found = _common_factor(np.array(claimed), np.array(measured))
    assert found is None if factor is None else found == pytest.approx(factor)


@pytest.mark.parametrize(
    ("factor", "told"),
    [(2.0, "2"), (-3.000001, "-3"), (0.5, "1/2"), (-0.25, "-1/4"), (1.0 / 3.0, "1/3"), (0.7, "0.7"), (2.5, "2.5")],
)
def test_factors_are_told_as_fractions(factor: float, told: str) -> None:
    assert _as_fraction(factor) == told


def coordinate(name: str, claimed: float = 1.0, value: float = 1.0, verdict: str = "pass", **others: Any) -> Coordinate:
    return Coordinate(name, claimed, Estimate(value, 0.0, step=1e-3), 1e-9, verdict, **{"place": (0, ()), **others})


def test_a_report_counts_with_one_and_several() -> None:
    one, direction = coordinate("x"), coordinate("a direction", place=None)
    for given, told in (
        ([one], "pass (1 coordinate: 1 pass)"),
        ([one, one], "pass (2 coordinates: 2 pass)"),
        ([direction], "pass (1 direction: 1 pass)"),
        ([one, direction, direction], "pass (1 coordinate and 2 directions: 3 pass)"),
        ([one, coordinate("y", verdict="inconclusive")], "inconclusive (2 coordinates: 1 pass, 1 inconclusive)"),
        ([], "pass (nothing was compared)"),
    ):
        assert Report(given).summary == f"gradient check: {told}"
        assert bool(Report(given)) is told.startswith("pass")


def test_a_report_fails_by_one_failure_or_by_its_diagnosis() -> None:
    assert (
        Report([coordinate("x"), coordinate("y", verdict="fail"), coordinate("z", verdict="inconclusive")]).verdict
        == "fail"
    )
    assert Report([coordinate("x")], Diagnosis("kink", "told")).verdict == "fail"


def test_the_worst_is_a_failure_before_doubt_and_a_large_difference_before_a_small_one() -> None:
    given = [
        coordinate("passes", 5.0, 1.0),
        coordinate("doubt", 1.0, 1.0, "inconclusive"),
        coordinate("a little", 1.1, 1.0, "fail"),
        coordinate("much", 200.0, 100.0, "fail"),
        coordinate("not finite", math.nan, 1.0, "fail"),
    ]
    ranked = ["not finite", "much", "a little", "doubt", "passes"]
    while given:
        worst = Report(given).worst
        assert worst is not None
        assert worst.name == ranked.pop(0)
        given.remove(worst)
    assert Report([]).worst is None


def test_a_table_shows_twelve_and_says_how_many_more_there_are() -> None:
    for count, caption in ((12, None), (13, "and 1 more"), (14, "and 2 more")):
        table = Report([coordinate(f"x{k}") for k in range(count)]).table()
        assert (table.row_count, table.caption) == (12, caption)
    assert Report([coordinate("x"), coordinate("y")]).table(1).row_count == 1


def test_json_has_null_for_what_is_not_finite() -> None:
    held = json.loads(Report([coordinate("x", math.nan, math.inf, "fail", reason="told")]).to_json())
    assert held["coordinates"] == [
        {
            "name": "x", "verdict": "fail", "reason": "told", "claimed": None, "measured": None, "tolerance": 1e-9,
            "step": 1e-3,
        }
    ]  # fmt: skip
    assert (held["diagnosis"], held["wrong_node"], held["taylor"]) == (None, None, [])
