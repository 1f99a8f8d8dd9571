"""Contributions take the shape of their operand, in one place for all rules."""

from __future__ import annotations

import numpy as np
import pytest

from autograd import ShapeError, Tensor, primitive
from autograd.engine.unbroadcast import fit
from autograd.graph.node import ancestors

# Enough numbers that copying them is worth avoiding.
MANY = 10_000
RNG = np.random.default_rng(0)


def leaf(*shape: int) -> Tensor:
    return Tensor(RNG.normal(size=shape), requires_grad=True)


@pytest.mark.parametrize(
    ("shape", "other"),
    [
        ((3,), (2, 3)),
        ((1,), (2, 3)),
        ((2, 1), (2, 3)),
        ((), (2, 3)),
        ((1, 1), (4, 1)),
        ((1, 3), (2, 4, 3)),
        ((0,), (2, 0)),
    ],
)
def test_what_was_broadcast_is_summed(shape: tuple[int, ...], other: tuple[int, ...]) -> None:
    x, weights = leaf(*shape), RNG.normal(size=other)
    (x * weights).sum().backward()
    lead = len(other) - len(shape)
    axes = (*range(lead), *(lead + i for i, n in enumerate(shape) if n == 1 and other[lead + i] != 1))
    expected = weights.sum(axis=axes).reshape(shape)
    assert x.grad.shape == shape
    np.testing.assert_allclose(x.grad, expected)


@pytest.mark.parametrize("size", [4, MANY])
def test_a_rule_that_sends_one_number_means_that_many(size: int) -> None:
    scaled = primitive(lambda g, out, x: 2.0)(lambda x: 2.0 * x)
    x = leaf(size)
    scaled(x).sum().backward()
    assert x.grad.shape == (size,)
    assert x.grad.flags.writeable
    np.testing.assert_array_equal(x.grad, np.full(size, 2.0))


def test_a_contribution_that_does_not_fit_says_so() -> None:
    wrong = primitive(lambda g, out, x: np.ones(7))(lambda x: 2.0 * x)
    with pytest.raises(ShapeError, match=r"contribution of shape \(7,\) does not fit the operand's shape \(3,\)"):
        wrong(leaf(3)).sum().backward()


@pytest.mark.parametrize(
    ("sent", "wanted", "recorded"),
    [
        ((3, 2), (3, 2), []),
        ((3, 2), (3, 1), ["sum"]),
        ((4, 3), (3,), ["sum"]),
        ((4, 3), (1,), ["sum", "sum"]),
        ((), (3,), ["broadcast_to"]),
        ((1,), (3, 1), ["broadcast_to"]),
    ],
)
def test_a_recorded_pass_sums_and_repeats_only_where_shapes_differ(
    sent: tuple[int, ...], wanted: tuple[int, ...], recorded: list[str]
) -> None:
    parent, g = leaf(*wanted), leaf(*sent)
    fitted = fit(g, parent, parent * 1.0)
    assert fitted.shape == wanted
    assert [node.op.name for node in ancestors(fitted) if node.op is not None] == recorded
