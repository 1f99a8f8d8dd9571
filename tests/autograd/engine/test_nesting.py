"""Derivatives inside derivatives: what an inner transform costs does not depend on what was computed before it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value, grad
from autograd.graph import liveness
from tests.autograd import nested_programs


def descent(inner: Callable[[Any], Any], steps: int) -> Callable[[Any], Any]:
    """So many steps of descent, each of which begins with the result of the one before."""

    def run(x: Any) -> Any:
        for _ in range(steps):
            x = x - 0.1 * inner(x)
        return x

    return run


def lines(function: Callable[[], Any]) -> int:
    """How many lines of the engine a call executes."""
    found = 0

    def count(frame: Any, event: str, _: Any) -> Any:
        nonlocal found
        if "/autograd/" not in frame.f_code.co_filename:
            return None
        found += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        function()
    finally:
        sys.settrace(before)
    return found


def inner(z: Any) -> Any:
    return ag.sin(z) * z


INNER: dict[str, Callable[[Any], Any]] = {"grad": grad(inner), "jvp": lambda z: ag.jvp(inner, (z,), (1.0,))[1]}


@pytest.mark.parametrize("mode", INNER)
@pytest.mark.parametrize("outside", ["grad", "jvp", "backward", "edited"])
def test_many_inner_derivatives_cost_as_much_each(mode: str, outside: str) -> None:
    def run(steps: int) -> Any:
        f = descent(INNER[mode], steps)
        if outside == "grad":
            return grad(f)(1.0)
        if outside == "jvp":
            return ag.jvp(f, (1.0,), (1.0,))
        leaf: Any = Value(1.0) if outside == "backward" else Tensor(1.0, requires_grad=True)
        if outside == "edited":
            leaf = leaf * 1.0
            leaf[...] = 2.0 * leaf
        return f(leaf).backward()

    run(1)  # What is made once is made now.
    few, more, many = (lines(lambda n=n: run(n)) for n in (5, 15, 25))
    assert many - more == pytest.approx(more - few, rel=0.02)


def test_what_inner_derivatives_give_is_the_same_however_many_there_are() -> None:
    by_hand = descent(lambda x: ag.sin(x) + x * ag.cos(x), 7)
    for mode in INNER.values():
        assert grad(descent(mode, 7))(1.0) == pytest.approx(grad(by_hand)(1.0), rel=1e-14)
        assert ag.jvp(descent(mode, 7), (1.0,), (1.0,))[1] == pytest.approx(grad(by_hand)(1.0), rel=1e-14)


@pytest.mark.parametrize("modes", ["RR", "RF", "FR", "FF"])
def test_programs_that_differentiate_within_are_differentiated(modes: str) -> None:
    _, inner = (nested_programs.MODES[mode] for mode in modes)
    h = 1e-6
    land = lambda w: float(nested_programs.landing(w, inner, 1.0))
    slope = (land(0.2 + h) - land(0.2 - h)) / (2 * h)
    np.testing.assert_allclose(nested_programs.particle_step(modes, 1.0), [slope], rtol=1e-6)
    # The greatest height is what is left of x alone.
    np.testing.assert_allclose(nested_programs.saddle_step(modes), [2.0, 2.0], rtol=1e-9)


def test_the_published_answer_is_where_the_particle_lands_at_the_origin() -> None:
    assert float(nested_programs.landing(nested_programs.PARTICLE, grad)) < 1e-8


def test_what_depends_on_nothing_outside_comes_out_raw() -> None:
    kinds: list[type] = []

    def f(x: Any) -> Any:
        slope = grad(lambda y: x + y * y)(3.0)
        tangent = ag.jvp(lambda y: x + y * y, (3.0,), (1.0,))[1]
        kinds.extend([type(slope), type(tangent)])
        return x * slope * tangent

    assert grad(f)(1.0) == 36.0
    assert kinds == [float, float]


def test_a_node_whose_leaves_are_closed_is_a_constant() -> None:
    leaked: list[Any] = []
    grad(lambda x: leaked.append(x * x) or x * 2.0)(3.0)
    result = grad(lambda y: y * y * leaked[0])(2.0)
    assert type(result) is float
    assert result == 36.0


def test_a_leaf_that_is_closed_and_opened_is_asked_again() -> None:
    leaf = Tensor(np.ones(2), requires_grad=True)
    held = leaf * 2.0
    slope = grad(lambda y: (y * held).sum())
    assert isinstance(slope(np.ones(2)), Tensor)
    leaf.requires_grad = False
    assert isinstance(slope(np.ones(2)), np.ndarray)
    leaf.requires_grad = True
    assert isinstance(slope(np.ones(2)), Tensor)


def test_what_is_known_of_a_node_is_forgotten_with_it() -> None:
    before = len(liveness._LEAVES)
    leaf = Value(1.0)
    out = descent(INNER["grad"], 3)(leaf)
    assert len(liveness._LEAVES) > before
    del out
    assert len(liveness._LEAVES) == before
