"""Whose memory a gradient is, and how much of it a pass needs."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, primitive

# Enough numbers that copying them is worth avoiding.
MANY = 10_000
RNG = np.random.default_rng(0)


def leaf(*shape: int) -> Tensor:
    return Tensor(RNG.normal(size=shape), requires_grad=True)


KEEPS: dict[str, Callable[[Tensor, Tensor], Any]] = {
    "add hands on the same array": lambda a, b: a + b,
    "a view": lambda a, b: a.reshape(2, -1) + b.reshape(2, -1),
    "a transposed view": lambda a, b: a.reshape(2, -1).T + b.reshape(2, -1).T,
    "broadcast": lambda a, b: a.sum() + b.sum(),
    "slices": lambda a, b: ag.concatenate([a, b]),
    "stacked": lambda a, b: ag.stack([a, b]),
    "the operand itself": lambda a, b: a * b,
    "the result itself": lambda a, b: a.exp() * b.sin(),
    "sent twice": lambda a, b: a + a + b + b,
    "new, then added to": lambda a, b: a * 2.0 + a * 3.0 + b * 4.0 + b,
    "a part": lambda a, b: a[: len(a) // 2] * 2.0 + b[len(b) // 2 :],
}


@pytest.mark.parametrize("case", KEEPS)
def test_a_gradient_shares_its_memory_with_nothing(case: str) -> None:
    a, b = leaf(MANY), leaf(MANY)
    out = KEEPS[case](a, b)
    upstream = RNG.normal(size=out.shape)
    before = upstream.copy()
    out.backward(upstream, retain_grads=True)
    held = {"a": a.grad, "b": b.grad, "data of a": a.data, "data of b": b.data, "upstream": upstream, "out": out.grad}
    held["data of out"] = out.data
    for one in ("a", "b"):
        assert held[one].flags.writeable
        for other, array in held.items():
            assert other == one or not np.may_share_memory(held[one], array), (one, other)
    np.testing.assert_array_equal(upstream, before)


@pytest.mark.parametrize("size", [6, MANY])
@pytest.mark.parametrize("case", KEEPS)
def test_the_sums_are_those_of_the_plain_pass_to_the_bit(case: str, size: int) -> None:
    """A pass with steps adds up plainly."""
    leaves = [RNG.normal(size=size), RNG.normal(size=size)]
    found = []
    for step in (None, lambda step: None):
        a, b = (Tensor(x, requires_grad=True) for x in leaves)
        out = KEEPS[case](a, b)
        for _ in range(2):
            out.backward(np.sin(np.arange(out.size)).reshape(out.shape), step=step)
        found.append((a.grad, b.grad))
    for fast, plain in zip(*found, strict=True):
        assert fast.tobytes() == plain.tobytes()


def test_memory_that_belongs_to_a_users_rule_is_not_added_to() -> None:
    kept = np.full(MANY, 3.0)
    tripled = primitive(lambda g, out, x: kept)(lambda x: 3.0 * x)
    x = leaf(MANY)
    (tripled(x) + x * 2.0).sum().backward()
    np.testing.assert_array_equal(kept, np.full(MANY, 3.0))
    np.testing.assert_array_equal(x.grad, np.full(MANY, 5.0))


def peak_of(run: Callable[[], object]) -> float:
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_gradient_that_a_rule_made_is_kept_without_a_copy() -> None:
    size = 200_000
    x, factor = leaf(size), RNG.normal(size=size)
    root = (x * factor).sum()
    assert peak_of(root.backward) < 1.5 * 8 * size
    # What is added to the gradient that is there, and the sum.
    assert peak_of((x * factor).sum().backward) < 2.5 * 8 * size


def test_a_sum_of_many_contributions_is_added_up_in_place() -> None:
    size = 200_000
    x, factor = leaf(size), RNG.normal(size=size)
    root = sum(((x * factor).sum() for _ in range(4)), start=(x * factor).sum())
    # The sum so far, and a contribution.
    assert peak_of(root.backward) < 2.5 * 8 * size
