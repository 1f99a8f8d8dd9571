"""How strong, how coloured and how wide arrows are, on both sides of each bound."""

from __future__ import annotations

import math

import pytest

from autograd.draw.style import MIXED, NEGATIVE, POSITIVE, STATES, hue_of, look_of, state_of, width_of
from autograd.wording.numbers import summarise


@pytest.mark.parametrize(
    ("strength", "state"),
    [
        (0.0, "zero"), (1e-300, "vanishing"), (0.99e-4, "vanishing"), (1e-4, "flowing"), (1.0, "flowing"),
        (1e4, "flowing"), (1.01e4, "exploding"), (math.inf, "exploding"),
    ],
)  # fmt: skip
def test_contributions_vanish_and_explode_by_four_orders_of_magnitude(strength: float, state: str) -> None:
    assert state_of(summarise([1.0]), strength) == state
    assert state_of(summarise([math.nan]), strength) == "broken"
    assert state in STATES


@pytest.mark.parametrize(
    ("balance", "look"),
    [(1.0, "positive"), (0.8, "positive"), (0.79, "mixed signs"), (-0.79, "mixed signs"), (-0.8, "negative")],
)
def test_contributions_of_mostly_one_sign_have_it(balance: float, look: str) -> None:
    assert look_of("flowing", balance) == look
    assert look_of("exploding", balance) == "exploding, above 10000"


@pytest.mark.parametrize(
    ("strength", "width"),
    [(0.0, 1.0), (1e-9, 0.8), (10**-2.1, 0.9), (0.1, 2.0), (1.0, 3.0), (1e3, 6.0), (1e4, 7.0), (1e5, 7.0)],
)
def test_a_factor_of_ten_is_a_point_of_width(strength: float, width: float) -> None:
    assert width_of(strength) == width


def test_colours_go_from_one_end_through_grey_to_the_other() -> None:
    assert [hue_of(balance) for balance in (-1.0, 0.0, 1.0)] == [NEGATIVE, MIXED, POSITIVE]
    assert (hue_of(3.0), hue_of(-3.0)) == (POSITIVE, NEGATIVE)
    # Half way between #80708a and #0072b2.
    assert hue_of(0.5) == "#40719e"
