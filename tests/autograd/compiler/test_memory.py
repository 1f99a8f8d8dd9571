"""Where the results of loops lie: over what ends there, in memory that loops read at once, and not longer than they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd.compiler.buffers import LINE, empty
from autograd.compiler.compiled import Compiled

pytestmark = pytest.mark.parametrize("made_of", ["loops"], indirect=True)
RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(4, 4)), RNG.normal(size=(4, 4))


def loops_of(compiled: Compiled) -> list[str]:
    """The loops, each with its parameters."""
    return compiled.native_source.partition("buffer1 = ")[0].split("@loop\n")[1:]


def bytes_of(compiled: Compiled) -> int:
    (programs,) = compiled._programs.values()
    return programs[0].running.buffers


def moved_by_one(steps: int) -> Callable[[Any], Any]:
    """Euler's steps of a system in which each number grows by the one before it."""

    def run(x: Any) -> Any:
        y = np.zeros(len(x))
        for _ in range(steps):
            y = y + 0.1 * x * np.concatenate([np.ones(1), y[:-1]])
        return y.sum()

    return run


def test_of_each_step_one_array_is_kept_for_the_way_back() -> None:
    x = np.linspace(0.5, 1.0, 50)
    gradients = [ag.compile(ag.grad(moved_by_one(steps))).compile_for(x) for steps in (20, 40)]
    fewer, more = map(bytes_of, gradients)
    # What moves and what is added to it lie in one place; contributions to a sum are added as they come.
    assert (more - fewer) // 20 == 8 * (len(x) + 1)
    np.testing.assert_allclose(gradients[0](x), ag.grad(moved_by_one(20))(x), rtol=1e-14)


@pytest.mark.parametrize(
    ("function", "statement"), [(np.tanh, "b0[i0] = t1"), (lambda v: v * 3.0 + 1.0, "a0[i0, i1] = t2")]
)
def test_a_result_takes_the_place_of_an_operand_that_ends_there(function: Any, statement: str) -> None:
    compiled = ag.compile(lambda x: function(x @ W) @ W)
    np.testing.assert_allclose(compiled(X), function(X @ W) @ W, rtol=1e-14)
    (loop,) = loops_of(compiled)
    assert loop.startswith(("def loop1(a0):", "def loop1(a0, n0):")) and statement in loop
    assert bytes_of(compiled) == X.nbytes


@pytest.mark.parametrize(
    "function",
    [
        # Read again by a later loop, and by the same one in another order.
        lambda v: ((v * 2.0) @ W) + (v - (v * 2.0).sum(axis=1, keepdims=True)),
        lambda v: (v + v.T) @ W,
        lambda v: (v * v.sum(axis=0)) @ W,
        lambda v: (v[::-1] * v) @ W,
        lambda v: (v + v[0]) @ W,
        lambda v: (v + v[:, :1]) @ W,
        # Two results of one operand, and one that is another's operand in the same loop.
        lambda v: (np.tanh(v) @ W) * (np.exp(v) @ W),
        lambda v: (np.exp(np.tanh(v) * 0.5) + np.tanh(v)) @ W,
        # Read first by an earlier loop, and in this one after the result is written.
        lambda v: ((X * v.sum(axis=1, keepdims=True)) @ W) @ (((X * v.sum(axis=1, keepdims=True)) * 0.5 + v) @ W),
        # Under rows that were moved, and are read no more.
        lambda v: (np.concatenate([X[:1], v[:-1]]) @ W) @ np.tanh(v),
        # Read by a call that comes after.
        lambda v: (np.tanh(v) @ W) + v @ W,
        # As numbers of another kind, and where the shape is another.
        lambda v: np.where(v > 0.0, v, 0.5) @ W,
        lambda v: np.maximum(v, v.max(axis=1, keepdims=True) * 0.5) @ W,
        lambda v: (v[None] * np.ones((2, 1, 1))) @ W,
    ],
)
def test_what_is_still_to_be_read_is_not_overwritten(function: Any) -> None:
    def run(x: Any) -> Any:
        return function(x @ W)

    compiled, expected = ag.compile(run), run(X)
    for _ in range(2):
        np.testing.assert_allclose(compiled(X), expected, rtol=1e-13)

    def total(x: Any) -> Any:
        return np.sin(run(x)).sum()

    np.testing.assert_allclose(ag.compile(ag.grad(total))(X), ag.grad(total)(X), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, bool])
def test_the_row_behind_so_many_begins_where_a_line_of_the_cache_does(dtype: Any) -> None:
    for before in range(4):
        made = empty((5, 3), dtype, before)
        assert made.shape == (5, 3) and made.dtype == dtype and made.flags.writeable and made.flags.c_contiguous
        assert made[before:].ctypes.data % LINE == 0
        made[...] = 1
        assert made.sum() == 15
    assert empty((0, 3), dtype).shape == (0, 3)
    assert empty((), dtype).shape == ()
