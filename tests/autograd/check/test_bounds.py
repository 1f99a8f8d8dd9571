"""Both sides of the bounds that the checker's parts decide by, each part asked by itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from autograd.check.diagnosis import Evidence, _as_fraction, _common_factor, _error_of, _relative_error
from autograd.check.differences import EPSILON, Estimate, Pair, _is_confirmed_closer, _sides_disagree, _slopes_diverge
from autograd.check.kinks import (
    MAX_SAMPLED_NUMBERS,
    _nearest_mixture,
    _points_around,
    _rescale,
    _smooth_direction,
    _spread,
    is_mixture,
)
from autograd.check.measure import Measurement, arrange_measurements, confirm_closer
from autograd.check.subject import Subject
from autograd.check.taylor import _grid, _slope, _usable, taylor_remainder
from autograd.check.verdict import Coordinate


def coordinate(
    claimed: float, measured: float, place: Any = (0, (0,)), verdict: str = "fail", error: float = 1e-12, **more: Any
) -> Coordinate:
    return Coordinate(f"x{place}", claimed, Estimate(measured, error, **more), 1e-9, verdict, "", place)


# differences


def pairs(gaps: list[float], high: float = 1.0) -> list[Pair]:
    """Pairs of values beside 0 whose slopes to both sides are so far apart, at steps that halve."""
    found = []
    for k, gap in enumerate(gaps):
        half = 0.5**k
        found.append(Pair(half, gap * half / 2.0 - high * half, gap * half / 2.0 + high * half, 2.0 * half))
    return found


def test_sides_disagree_where_the_gap_closes_slower_than_by_the_root_of_the_step() -> None:
    slow, fast = 0.9 * math.sqrt(0.5) * 1.001, 0.9 * math.sqrt(0.5) * 0.999
    assert _sides_disagree(pairs([1.0, slow]), 0.0, 0.0)
    assert not _sides_disagree(pairs([1.0, fast]), 0.0, 0.0)
    assert not _sides_disagree(pairs([1.0, 0.5, 0.25, 0.125]), 0.0, 0.0)
    assert _sides_disagree(pairs([1.0, 0.5, 0.25, 0.24]), 0.0, 0.0)
    # Only the last four are looked at.
    assert not _sides_disagree(pairs([1.0, 1.0, 0.5, 0.25, 0.125]), 0.0, 0.0)
    assert _sides_disagree(pairs([1.0, 0.5, 0.49, 0.245, 0.12]), 0.0, 0.0)


@pytest.mark.parametrize(("here", "noise"), [(0.0, 0.0), (0.0, 1e-9), (3.0, 0.0), (3.0, 1e-9)])
def test_a_gap_counts_from_twenty_times_its_rounding_on(here: float, noise: float) -> None:
    rounding = 4.0 * EPSILON * max(4.0 * here, 2.0) + 8.0 * noise
    for share, disagrees in ((22.0, True), (18.0, False)):
        # Values one to either side of that in the middle, which bends by so much.
        bend = share * rounding
        pair = Pair(1.0, here - 1.0 + bend, here + 1.0, 2.0)
        assert _sides_disagree([pair, pair], here, noise) is disagrees


@pytest.mark.parametrize(
    ("ratio", "count", "diverge"),
    [
        (1.5, 12, True),
        (1.03, 12, True),
        (1.01, 12, False),
        (1.97, 12, True),
        (1.99, 12, False),
        (1.5, 11, False),
        (1.5, 20, True),
    ],
)
def test_slopes_diverge_where_they_grow_at_every_halving(ratio: float, count: int, diverge: bool) -> None:
    slopes = [ratio**k for k in range(count)]
    assert _slopes_diverge(slopes) is diverge
    assert _slopes_diverge([math.nan, *slopes]) is diverge
    assert _slopes_diverge([5.0, *slopes]) is (diverge and count >= 12)
    assert not _slopes_diverge([*slopes[:-1], slopes[-2]])
    assert not _slopes_diverge([0.0] * 12)


def test_a_value_is_confirmed_by_two_much_smaller_steps() -> None:
    def confirm(f: Any, value: float, step: float, noise: float = 0.0, far: float = 0.1) -> tuple[bool, list[float]]:
        at = [Pair(far, f(-far), f(far), 2.0 * far), Pair(step, f(-step), f(step), 2.0 * step)]
        return _is_confirmed_closer(f, 0.0, value, step, noise, at), [pair.step for pair in at[2:]]

    assert confirm(lambda x: 2.0 * x, 2.0, 0.01) == (True, [0.01 / 64.0, 0.01 / 4096.0])
    # Waves between the steps.
    wavy = lambda x: 2.0 * x if abs(x) > 1e-3 else 3.0 * x
    assert confirm(wavy, 2.0, 0.01) == (False, [])
    assert confirm(lambda x: 2.0 * x if abs(x) > 1e-5 else 3.0 * x, 2.0, 0.01) == (False, [0.01 / 64.0])
    # A step that is small itself has confirmed it.
    assert confirm(wavy, 2.0, 0.9e-6) == (True, [])
    assert confirm(lambda x: 2.0 * x if abs(x) > 1e-7 else 3.0 * x, 2.0, 1.1e-6) == (False, [])
    # Noise explains what is apart, and so does a hundredth of what was apart before.
    assert confirm(wavy, 2.0, 0.01, noise=1e-3)[0]
    assert confirm(lambda x: (2.0 + 1e-3 * (abs(x) > 1e-3)) * x, 2.0, 0.01)[0]
    assert confirm(lambda x: (2.0 + (1e-3 if abs(x) > 1e-3 else 0.9e-5)) * x, 2.0, 0.01)[0]
    assert not confirm(lambda x: (2.0 + (1e-3 if abs(x) > 1e-3 else 1.1e-5)) * x, 2.0, 0.01)[0]


# taylor


def test_a_slope_is_the_median_of_the_last_three_above_rounding() -> None:
    sizes = [4.0**-k for k in range(10)]
    assert _slope(sizes, 0.0) == 2.0
    assert _usable(sizes, 4.0**-5 / 8.0) == sizes[:5]
    assert _usable(sizes, 4.0**-5 / 8.01) == sizes[:6]
    assert _slope([8.0, 4.0, 2.0, 1.0, 0.25], 0.0) == 1.0
    assert _slope([8.0, 4.0, 2.0, 0.5, 0.125], 0.0) == 2.0
    assert _slope([4.0, 2.0], 0.0) is None
    assert _slope([4.0, 2.0, 1.0], 0.0) == 1.0
    # What ends at once, far above rounding, is a kink beside it.
    assert _slope([64.0, 16.0, 4.0, 0.0], 1.0 / 33.0) is None
    assert _slope([64.0, 16.0, 4.0, 0.0], 1.0 / 31.0) == 2.0


def test_the_last_place_of_values() -> None:
    assert _grid(np.array([1.0, 1.5, 1.25])) == 0.25
    # Of the largest: numbers of two digits, of which 2.0 is followed by 3.0.
    assert _grid(np.array([1.0, 1.5, 2.0])) == 1.0
    assert _grid(np.array([0.0, 0.375, 0.5])) == 0.25
    assert _grid(np.array([96.0, 128.0, 64.0])) == 64.0
    assert _grid(np.array([1.0, 1.5, 1.0])) == 0.0, "two values alone"


@pytest.mark.parametrize(("claimed", "decides"), [(10.0, True), (-1.0, True), (1.0, True), (0.0, False), (3.0, False)])
def test_of_few_digits_a_wrong_slope_is_told_unless_it_is_that_of_a_staircase(claimed: float, decides: bool) -> None:
    assert taylor_remainder(lambda h: float(np.float16(1.0 + 3.0 * h)), claimed).decides is decides


# kinks


def test_points_around_a_kink_are_on_all_sides_of_few_numbers() -> None:
    for count, points in ((2, 12), (3, 22), (6, 140), (7, 30)):
        found = _points_around(count, np.random.default_rng(0))
        assert found.shape == (points, count)
        alone, sides = found[: 2 * count] * 1e3, np.abs(found[2 * count :]) * 1e3
        np.testing.assert_allclose(np.abs(np.diag(alone[:count])), 1.0, atol=0.1)
        assert np.max(np.abs(alone - np.concatenate([np.eye(count), -np.eye(count)]))) <= 0.1
        assert 0.3 <= sides.min() < 0.4
        assert 0.9 < sides.max() <= 1.0
    signs = np.sign(_points_around(3, np.random.default_rng(1))[6:])
    assert len(np.unique(signs, axis=0)) == 8


def test_mixtures_are_looked_for_in_two_to_some_numbers() -> None:
    def largest(x: np.ndarray) -> float:
        return float(np.max(x))

    for count in (1, 2, MAX_SAMPLED_NUMBERS, MAX_SAMPLED_NUMBERS + 1):
        claim = np.full(count, 1.0 / count)
        found = is_mixture(largest, np.ones(count), claim, np.random.default_rng(0))
        assert found is (1 < count <= MAX_SAMPLED_NUMBERS)


def test_numbers_are_counted_in_units_of_their_scale_and_zeros_in_that_of_the_others() -> None:
    at, claim = _rescale(lambda x: float(x[0] + 10.0 * x[1] + 100.0 * x[2]), np.array([2.0, 0.0, -4.0]), np.ones(3))
    assert claim.tolist() == [2.0, 3.0, 4.0]
    assert at(np.array([1.0, 1.0, 0.0])) == 4.0 + 30.0 - 400.0
    assert _rescale(max, np.zeros(2), np.array([5.0, 6.0]))[1].tolist() == [5.0, 6.0]


def test_the_direction_in_which_gradients_agree() -> None:
    axes = np.array([[1.0, 0.0], [0.0, 1.0]])
    direction = _smooth_direction(axes, np.array([1.0, 1.0]))
    assert direction is not None
    np.testing.assert_allclose(direction, [1.0, 1.0])
    assert _smooth_direction(np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]), np.zeros(2)) is None
    np.testing.assert_allclose(_smooth_direction(np.array([[1.0, 2.0]] * 2), np.array([1.0, 3.0])), [0.0, 1.0])  # type: ignore[arg-type]
    assert _spread(np.array([[1.0, 5.0], [2.0, 3.0]])) == 2.0


@pytest.mark.parametrize(
    ("claim", "nearest"),
    [
        ([0.5, 0.5], [0.5, 0.5]),
        ([1.0, 1.0], [0.5, 0.5]),
        ([2.0, 0.0], [1.0, 0.0]),
        ([0.0, 0.0], [0.5, 0.5]),
        ([-1.0, 3.0], [0.0, 1.0]),
    ],
)
def test_the_nearest_mixture(claim: list[float], nearest: list[float]) -> None:
    np.testing.assert_allclose(_nearest_mixture(np.eye(2), np.array(claim)), nearest, atol=1e-9)
    # So where there are more numbers than gradients, none of which moves the others.
    wide = _nearest_mixture(np.eye(2, 4), np.array([*claim, 0.0, 0.0]))
    np.testing.assert_allclose(wide, [*nearest, 0.0, 0.0], atol=1e-9)


# measurement


def test_failures_are_looked_at_again_at_closer_steps() -> None:
    def at(x: float) -> float:
        return 2.0 * x

    wrong = coordinate(3.0, 2.0)
    assert confirm_closer(wrong, at, 1.0, 1.0, 3.0) == wrong
    assert confirm_closer(wrong, at, 0.5, 0.5, 3.0) == wrong
    # Measured as 3 by chance: closer differences agree with the claim.
    chance = coordinate(2.0, 3.0)
    assert confirm_closer(chance, at, 1.0, 1.0, 3.0).verdict == "pass"
    neither = confirm_closer(coordinate(5.0, 3.0), at, 1.0, 1.0, 3.0)
    assert (neither.verdict, neither.reason) == ("inconclusive", "ill-conditioned: wide and close differences disagree")
    for share, verdict in ((1.1e-3, "pass"), (0.9e-3, "fail")):
        near = coordinate(2.0, 2.0 * (1.0 + share), error=0.0)
        assert confirm_closer(near, at, 1.0, 1.0, 3.0).verdict == verdict
    steps = confirm_closer(wrong, lambda x: math.floor(x * 1e4) / 1e4, 0.3, 0.3, 3.0)
    assert steps.reason == "the function moves in small steps"
    for kept in ({"left": 1.0, "right": 2.0}, {"stepped": True}):
        assert confirm_closer(coordinate(5.0, 3.0, **kept), at, 1.0, 1.0, 3.0).verdict == "fail"
    assert confirm_closer(coordinate(5.0, math.inf), at, 1.0, 1.0, 3.0).verdict == "fail"


def measurement(
    x: np.ndarray, claim: np.ndarray, function: Any = lambda x: float((x * x).sum()), seed: int = 0
) -> Measurement:
    return Measurement(Subject(function, (x,), {}, lambda x: claim), [claim], seed)


def test_directions_move_each_number_on_its_own_scale() -> None:
    x = np.array([1.0, -100.0, 0.0, 1e-3])
    drawn = [d[0] for d in measurement(x, 2.0 * x)._draw_directions()]
    assert len(drawn) == 3
    for number, direction in enumerate(drawn):
        share = np.abs(direction) / np.array([1.0, 100.0, 1.0, 1.0 if number == 2 else 1e-3])
        if number != 1:
            assert np.all((0.5 <= share) & (share <= 1.0))
    # In the second none counts more than the median does, of those that count.
    weights = np.sort(np.abs(2.0 * x * drawn[1])[x != 0.0])
    assert weights[1] == pytest.approx(weights[2])
    assert {
        float(s) for d in (measurement(x, x, seed=k)._draw_directions() for k in range(8)) for s in np.sign(d[0][0])
    } == {-1.0, 1.0}
    assert measurement(np.array([np.nan, 2.0]), np.ones(2))._draw_directions()[0][0][0] == 0.0


def test_up_to_most_numbers_are_moved_one_by_one() -> None:
    x = np.linspace(1.0, 2.0, 5)
    measured = measurement(x, 2.0 * x)
    assert [c.place for c in measured.run(5)] == [(0, (k,)) for k in range(5)]
    assert [c.name for c in measured.run(4)] == [f"direction {k} through 5 coordinates" for k in (1, 2, 3)]


def test_what_was_measured_stands_in_its_place() -> None:
    subject = Subject(lambda x, y: float(x.sum() + y), (np.ones(2), 3.0), {}, lambda x, y: (x, y))
    found = [
        coordinate(1.0, 7.0, (0, (1,))),
        coordinate(1.0, 8.0, (1, ())),
        coordinate(1.0, 9.0, (0, (0,)), left=1.0, right=2.0),
    ]
    first, second = arrange_measurements(subject, found)
    np.testing.assert_array_equal(first, [np.nan, 7.0])
    assert float(second) == 8.0


# diagnosis


@pytest.mark.parametrize(
    ("claimed", "measured", "factor"),
    [
        ([2.0, 4.0], [1.0, 2.0], 2.0),
        ([2.0, 4.00003], [1.0, 2.0], 2.0000075),
        ([2.0, 4.0001], [1.0, 2.0], None),
        ([1.0, 2.0], [1.0, 2.0], None),
        ([1.0 + 2e-7, 2.0 + 4e-7], [1.0, 2.0], 1.0 + 2e-7),
        ([1.0 + 5e-8, 2.0 + 1e-7], [1.0, 2.0], None),
        ([0.0, 0.0], [1.0, 2.0], None),
        ([-3.0, 0.0], [1.0, 0.0], -3.0),
        ([-3.0, 2.9e-5], [1.0, 0.0], -3.0),
        ([-3.0, 3.1e-5], [1.0, 0.0], None),
        ([-3.0, 5.0], [1.0, 1.1e-6], None),
        ([1.0], [0.0], None),
        ([], [], None),
    ],
)
def test_a_factor_is_common_to_all_numbers_that_are_not_small(
    claimed: Any, measured: Any, factor: float | None
) -> None:
    found = _common_factor(np.array(claimed, float), np.array(measured, float))
    assert found == (None if factor is None else pytest.approx(factor, rel=1e-12))


@pytest.mark.parametrize(
    ("factor", "text"),
    [
        (2.0, "2"), (2.00001, "2"), (2.00003, "2.00003"), (-3.0, "-3"), (0.5, "1/2"), (-0.25, "-1/4"), (1.0 / 3.0, "1/3"),
        (0.3333, "0.3333"), (1.5, "1.5"), (math.pi, "3.14159"), (0.500004, "1/2"), (0.50001, "0.50001"),
    ],
)  # fmt: skip
def test_a_factor_is_told_as_a_whole_number_or_its_inverse_where_it_is_one(factor: float, text: str) -> None:
    assert _as_fraction(factor) == text


def test_errors_and_their_share() -> None:
    assert _error_of(coordinate(5.0, 3.0)) == 2.0
    assert _error_of(coordinate(3.0, 5.0)) == -2.0
    assert _error_of(coordinate(math.nan, 3.0)) == _error_of(coordinate(-math.inf, 3.0)) == math.inf
    assert _relative_error(coordinate(5.0, 4.0)) == _relative_error(coordinate(-4.0, -5.0)) == 0.2
    assert _relative_error(coordinate(0.0, 0.0)) == 0.0


def evidence(
    claims: list[np.ndarray], measured: list[np.ndarray], function: Any = None, gradient: Any = None
) -> Evidence:
    """Of claims, with numbers that were measured; those that are apart have failed."""
    given = tuple(np.ones(m.shape) for m in measured)
    subject = Subject(
        function or (lambda *xs: float(sum(x.sum() for x in xs))), given, {}, gradient or (lambda *xs: tuple(claims))
    )
    found = [
        coordinate(float(c[index]), float(m[index]), (i, index), "fail" if abs(c[index] - m[index]) > 1e-9 else "pass")
        for i, (c, m) in enumerate(zip(claims, measured, strict=True))
        for index in np.ndindex(m.shape)
    ]
    return Evidence(subject, claims, found, 1, 0)


@pytest.mark.parametrize(("roundings", "is_told"), [(1.0, True), (63.5, True), (64.5, False)])
def test_a_gradient_in_float32_is_right_but_for_its_dtype_within_some_roundings(
    roundings: float, is_told: bool
) -> None:
    claim = np.array([0.5, 3.0, -1.25], np.float32)
    measured = claim.astype(float) * (1.0 + roundings * float(np.finfo(np.float32).eps))
    told = evidence([claim], [measured])._explain_by_dtype()
    assert (
        "" if told is None else told.message
    ) == "the gradient with respect to input is float32, the input float64" * is_told


def test_gradients_are_exchanged_where_each_wrong_one_is_another_ones() -> None:
    a, b, c = np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0])
    told = evidence([b, a], [a, b])._explain_by_exchange()
    assert told is not None
    names = [
        c.partition(" is right for ")
        for c in told.message.partition(": what it gives for ")[2].split(", what it gives for ")
    ]
    assert [(given, wanted) for given, _, wanted in names] == [("input1", "input0"), ("input0", "input1")]
    assert evidence([b, c, a], [a, b, c])._explain_by_exchange() is not None
    assert evidence([b, b], [a, b])._explain_by_exchange() is None
    assert evidence([b, c], [a, b])._explain_by_exchange() is None
    assert evidence([b, b, a], [a, a, b])._explain_by_exchange() is None
    assert evidence([np.zeros(2), a], [a, np.zeros(2)])._explain_by_exchange() is None, "zeros fit anything"


def test_the_worst_failure_comes_first() -> None:
    found = evidence([np.array([2.0, 9.0, 1.0])], [np.array([1.0, 2.0, 1.0])])
    assert [c.place for c in found.failed] == [(0, (1,)), (0, (0,))]


@pytest.mark.parametrize(
    ("claim", "dtype", "told"),
    [
        ([1.0, 2.0], int, "cut to int64"),
        ([1.0, 2.0], np.float16, None),
        ([1.501, 2.5], np.float16, "is float16, the input float64"),
        ([1.507, 2.5], np.float16, None),
        ([1.5 + 6e-6, 2.5], np.float32, "is float32, the input float64"),
        ([1.5 + 6e-5, 2.5], np.float32, None),
    ],
)
def test_a_dtype_explains_errors_of_its_own_size(claim: list[float], dtype: Any, told: str | None) -> None:
    found = evidence([np.array(claim).astype(dtype)], [np.array([1.5, 2.5])])._explain_by_dtype()
    assert (found is None) is (told is None)
    assert found is None or found.message.endswith(str(told))
