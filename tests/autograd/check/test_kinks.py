"""Kinks: a gradient there must be a mixture of those nearby, along every direction and not for each number alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd.check import check_gradients

ONES, DOWN = np.ones(3), np.array([3.0, 2.0, 1.0])

# A function, where it is at a kink, and gradients that are mixtures of those nearby.
RIGHT: list[tuple[Any, tuple[Any, ...], Any]] = [
    (np.max, (ONES,), [ONES / 3, [1.0, 0.0, 0.0], [0.2, 0.3, 0.5]]),
    (np.min, (ONES,), [ONES / 3, [0.0, 0.0, 1.0]]),
    (np.median, (np.ones(4),), [np.full(4, 0.25), [0.5, 0.5, 0.0, 0.0]]),
    (lambda x: np.sort(x) @ DOWN, (ONES,), [DOWN, DOWN[::-1], np.full(3, 2.0)]),
    (lambda x: np.abs(x[0] - x[1]), (np.ones(2),), [[0.0, 0.0], [0.3, -0.3]]),
    (lambda x: np.maximum(2 * x[0], x[1]), (np.array([1.0, 2.0]),), [[1.0, 0.5], [2.0, 0.0]]),
    (np.linalg.norm, (np.zeros(2),), [[0.0, 0.0], [0.6, -0.7]]),
    (lambda x: np.maximum(x[0], 0) - np.maximum(x[1], 0), (np.zeros(2),), [[0.0, 0.0], [1.0, -0.5]]),
    (lambda x: np.max(np.abs(x)), (np.array([1.0, -1.0, 1.0]),), [[0.5, -0.5, 0.0]]),
]

# Each number of these lies between the slopes of its own two sides.
WRONG: list[tuple[Any, tuple[Any, ...], Any]] = [
    (np.max, (ONES,), [np.zeros(3), ONES, [0.5, 0.5, 0.5]]),
    (np.min, (ONES,), [np.zeros(3), ONES]),
    (np.max, (np.ones(40),), [np.zeros(40), np.ones(40)]),
    (np.max, (np.ones(200),), [np.zeros(200)]),
    (lambda x: np.sort(x) @ DOWN, (ONES,), [ONES, np.full(3, 3.0)]),
    (lambda x: np.abs(x[0] - x[1]), (np.ones(2),), [[1.0, 1.0], [0.5, 0.4]]),
    (lambda x: np.maximum(2 * x[0], x[1]), (np.array([1.0, 2.0]),), [[0.0, 0.0], [2.0, 1.0]]),
    (np.linalg.norm, (np.zeros(2),), [[0.9, 0.9]]),
]


def cases(table: list[tuple[Any, tuple[Any, ...], Any]]) -> list[Any]:
    return [(f, x, np.asarray(claim, dtype=float)) for f, x, claims in table for claim in claims]


@pytest.mark.parametrize(("function", "inputs", "claim"), cases(RIGHT))
def test_mixtures_of_nearby_gradients_pass(function: Any, inputs: Any, claim: np.ndarray) -> None:
    report = check_gradients(function, *inputs, grad=lambda x: claim)
    assert report, report


@pytest.mark.parametrize(("function", "inputs", "claim"), cases(WRONG))
def test_others_fail_though_every_number_alone_would_pass(function: Any, inputs: Any, claim: np.ndarray) -> None:
    report = check_gradients(function, *inputs, grad=lambda x: claim)
    assert report.verdict == "fail"
    assert report.diagnosis is not None
    assert report.diagnosis.kind == "kink"
    assert all(c.verdict == "pass" for c in report.coordinates if c.place is not None)


@pytest.mark.parametrize(
    ("count", "told"),
    [(3, "x[0], x[1], x[2] together"), (4, "x[0], x[1], x[2], … together"), (5, "x[0], x[1], x[2], … together")],
)
def test_three_of_the_numbers_that_are_moved_together_are_named(count: int, told: str) -> None:
    report = check_gradients(lambda x: np.max(x), np.ones(count), grad=lambda x: np.zeros(count))
    assert [c.name for c in report.coordinates if c.place is None] == [told]


@pytest.mark.parametrize(("function", "inputs"), [(f, x) for f, x, _ in RIGHT])
def test_the_engine_passes_where_it_is_at_a_kink(function: Any, inputs: Any) -> None:
    report = check_gradients(function, *inputs)
    assert report, report


def test_a_primitive_that_gives_everybody_the_whole_at_a_tie_is_caught() -> None:
    @ag.primitive(lambda g, out, x: g * (x == out))
    def largest(x: Any) -> Any:
        return np.max(x)

    report = check_gradients(lambda x: 2 * largest(x), ONES)
    assert report.verdict == "fail"
    assert report.diagnosis is not None
    assert str(report.diagnosis).endswith("x[0], x[1], x[2] together have the slope 2, where the gradient gives 6")


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_rounding_and_waves_are_no_kink(scale: float) -> None:
    """Nearby gradients differ at every distance by their rounding, or as a wave does: it hid wrong gradients."""
    x = np.array([0.3, -0.7, 1.2])

    def sigmoid(z: Any) -> Any:
        return (scale / (1.0 + np.exp(-z))).sum()

    def sine(z: Any) -> Any:
        return scale * np.sin(z).sum()

    one_off = ag.grad(sigmoid)(x * 1e-8) * [1.02, 1.0, 1.0]
    assert check_gradients(sigmoid, x * 1e-8, grad=lambda z: one_off).verdict == "fail"
    assert check_gradients(sine, x * 1e8, grad=np.zeros_like).verdict == "fail"
    # A real one is one at every scale.
    assert check_gradients(
        lambda z: scale * np.median(z), np.full(4, 1e-8), grad=lambda z: scale * np.array([0.5, 0.5, 0, 0])
    )


@pytest.mark.parametrize("gap", [1e-3, 1e-8, 1e-9])
def test_a_kink_that_is_told_apart_is_none_here(gap: float) -> None:
    """Each number alone shows its slope, 0 and 1; the mixture beyond the gap does not excuse a half."""
    report = check_gradients(np.max, np.array([1.0, 1.0 + gap, 0.5]), grad=lambda x: np.array([0.5, 0.5, 0.0]))
    assert report.verdict == "fail"


def test_what_is_wrong_and_smooth_is_no_mixture() -> None:
    assert check_gradients(lambda x: np.sum(x**2), ONES, grad=lambda x: x).verdict == "fail"
    assert check_gradients(np.max, ONES, grad=lambda x: np.array([2.0, -1.0, 0.0])).verdict == "fail"


# x·π and sin(y) are equal, or a rounding apart: the kink is a bent line through the point, or beside it.
BENT: dict[str, Any] = {
    "maximum": lambda x, y: np.maximum(x * np.pi, np.sin(y)),
    "relu": lambda x, y: ag.relu(x * np.pi - np.sin(y)),
    "abs": lambda x, y: abs(x * np.pi - np.sin(y)),
    "where": lambda x, y: np.where(x * np.pi > np.sin(y), x * 3, np.sin(y) * 3 / np.pi) + x * 0,
    "times a smooth one": lambda x, y: np.maximum(x * np.pi, np.sin(y)) * np.exp(x) * y,
    "clip": lambda x, y: np.clip(x * np.pi - np.sin(y), 0, 1) * x,
}
APART = {y: np.sin(y) / np.pi * np.pi - np.sin(y) for y in (0.3, 0.517, 0.92, 1.013, 1.044, 1.23, 1.5)}


@pytest.mark.parametrize("name", BENT)
@pytest.mark.parametrize("y", APART)
def test_a_kink_on_a_bent_line_or_a_rounding_away_is_no_mistake(name: str, y: float) -> None:
    assert len(set(APART.values())) > 2
    report = check_gradients(BENT[name], np.sin(y) / np.pi, y)
    assert report, report


# At 1.5 the cosine is too small for its share to be seen.
@pytest.mark.parametrize("y", [y for y in APART if y < 1.5])
def test_a_wrong_gradient_on_a_bent_line_is_one(y: float) -> None:
    def check(x_share: float, y_share: float) -> bool:
        claim = lambda x, y: (x_share * np.pi, y_share * np.cos(y))
        return bool(check_gradients(BENT["maximum"], np.sin(y) / np.pi, y, grad=claim))

    assert check(1.0, 0.0) and check(0.0, 1.0) and check(0.5, 0.5) and check(0.3, 0.7)
    assert not (check(0.0, 0.0) or check(1.0, 1.0) or check(0.5, 0.6) or check(0.7, 0.2))
