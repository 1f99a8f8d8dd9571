"""A compiled training step does what the step itself does, whatever changes between its calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.autograd.compiler.worlds import CALLS, CHANGES, Random, World, batch, plainly, with_constant_rows, with_zeros

SEEDS = st.integers(0, 2**32 - 1)
Event = tuple[Callable[[World, Random], None] | None, Callable[[World, Any, Any], Any], int]
EVENTS = st.lists(
    st.tuples(st.none() | st.sampled_from(CHANGES), st.sampled_from(CALLS), SEEDS), min_size=1, max_size=8
)
# Each example is a model that is compiled some times.
FEWER = settings(max_examples=max(10, settings().max_examples // 4))


def alike(compiled: list[Any], plain: list[Any], tolerance: float) -> None:
    assert len(compiled) == len(plain)
    for mine, theirs in zip(compiled, plain, strict=True):
        assert type(mine) is type(theirs) or None not in (mine, theirs)
        if isinstance(mine, str) or mine is None:
            assert mine == theirs
        else:
            assert np.asarray(mine).dtype == np.asarray(theirs).dtype
            np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance)


def live(seed: int, events: list[Event], to_the_last_digit: bool) -> None:
    """Two worlds through all this, one with a compiled step."""
    tolerance = 1e-12 if to_the_last_digit else 1e-7
    compiled, plain = World(seed, compiled=True), World(seed, compiled=False)
    for change, call, number in events:
        if change is not None:
            for world in (compiled, plain):
                change(world, np.random.default_rng(number))
            alike(compiled.state(), plain.state(), tolerance)
        if compiled.has_kinks and not to_the_last_digit and call in (with_constant_rows, with_zeros):
            # What is 0 but for rounding lies on this side of a kink for one, and on the other for the other.
            call = plainly
        x, y = batch(np.random.default_rng(number))
        alike(call(compiled, x, y), call(plain, x, y), tolerance)
        alike(compiled.state(), plain.state(), tolerance)


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore:.* was compiled 8 times")
@FEWER
@given(SEEDS, EVENTS)
def test_a_program_of_numpy_does_what_the_engine_does_to_the_last_digit(seed: int, events: list[Event]) -> None:
    with np.errstate(all="ignore"):
        live(seed, events, to_the_last_digit=True)


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore:.* was compiled 8 times")
@pytest.mark.parametrize("made_of", ["loops"], indirect=True)
@FEWER
@given(SEEDS, EVENTS)
def test_loops_do_what_the_engine_does(seed: int, events: list[Event]) -> None:
    with np.errstate(all="ignore"):
        live(seed, events, to_the_last_digit=False)


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore:.* was compiled 8 times")
@pytest.mark.parametrize("made_of", ["operations"], indirect=True)
@FEWER
@given(SEEDS, EVENTS)
def test_operations_that_are_not_written_do_what_the_engine_does(seed: int, events: list[Event]) -> None:
    with np.errstate(all="ignore"):
        live(seed, events, to_the_last_digit=True)
