"""Clipping of gradients, by their norm and by value."""

from __future__ import annotations

import math

import numpy as np
import pytest

import optim
from autograd import Tensor


def leaves() -> list[Tensor]:
    return [
        Tensor([3.0, 0.0], requires_grad=True),
        Tensor([[4.0]], requires_grad=True),
        Tensor(1.0, requires_grad=True),
    ]


def with_gradients() -> list[Tensor]:
    a, b, c = leaves()
    a.grad, b.grad = np.array([3.0, 0.0]), np.array([[4.0]])
    return [a, b, c]


def test_clipping_by_norm_scales_all_alike() -> None:
    a, b, c = ps = with_gradients()
    assert optim.clip_grad_norm_(ps, 1.0) == 5.0
    np.testing.assert_allclose([*a.grad, *b.grad.ravel()], np.array([3.0, 0.0, 4.0]) / (5.0 + 1e-6))
    assert c.grad is None
    assert optim.clip_grad_norm_(ps, 10.0) == pytest.approx(1.0, rel=1e-6)
    assert optim.clip_grad_norm_(with_gradients(), 1.0, math.inf) == 4.0
    assert optim.clip_grad_norm_(with_gradients(), 1.0, 1) == 7.0
    assert optim.clip_grad_norm_(leaves(), 1.0) == 0.0


def test_clipping_does_not_spread_what_is_not_finite() -> None:
    a, b, _ = ps = with_gradients()
    b.grad = np.array([[np.nan]])
    b.name = "b"
    with pytest.raises(ValueError, match=r"the gradient of 'b' of shape \(1, 1\) is not finite"):
        optim.clip_grad_norm_(ps, 1.0)
    assert a.grad.tolist() == [3.0, 0.0]
    for clip in (optim.clip_grad_norm_, optim.clip_grad_value_):
        with pytest.raises(ValueError, match="must be a number that is not negative"):
            clip(ps, -1.0)


def test_clipping_by_value() -> None:
    a, b, _ = ps = with_gradients()
    optim.clip_grad_value_(ps, 3.5)
    assert (a.grad.tolist(), b.grad.tolist()) == ([3.0, 0.0], [[3.5]])
