"""What all optimizers share: groups, buffers, states and errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optim
from autograd import InPlaceError, Tensor


def parameters() -> list[Tensor]:
    rng = np.random.default_rng(0)
    return [Tensor(rng.normal(size=shape), requires_grad=True) for shape in ((2, 3), (4,))]


def fill(ps: list[Tensor], t: int) -> None:
    for p in ps:
        p.grad = np.cos(p.data + t)


@pytest.mark.parametrize("make", [lambda ps: optim.SGD(ps, lr=0.1, momentum=0.9), lambda ps: optim.Adam(ps, lr=0.1)])
def test_state_dict_goes_on_to_the_bit(make: Any) -> None:
    whole, halves = parameters(), parameters()
    optimizer = make(whole)
    for t in range(10):
        fill(whole, t)
        optimizer.step()
    first = make(halves)
    for t in range(5):
        fill(halves, t)
        first.step()
    saved = first.state_dict()
    resumed_parameters = [Tensor(p.data, requires_grad=True) for p in halves]
    resumed = make(resumed_parameters)
    resumed.load_state_dict(saved)
    fill(halves, 99)
    first.step()
    for t in range(5, 10):
        fill(resumed_parameters, t)
        resumed.step()
    for p, q in zip(whole, resumed_parameters, strict=True):
        np.testing.assert_array_equal(p.data, q.data)


def test_a_state_that_does_not_fit_changes_nothing() -> None:
    ps = parameters()
    optimizer = optim.Adam(ps)
    fill(ps, 0)
    optimizer.step()
    before = optimizer.state_dict()
    for other in (optim.SGD(parameters()), optim.Adam(parameters()[:1]), optim.Adam(list(reversed(parameters())))):
        with pytest.raises(ValueError, match="load_state_dict"):
            optimizer.load_state_dict(other.state_dict())
    after = optimizer.state_dict()
    for old, new in zip(before["state"], after["state"], strict=True):
        for name in old:
            np.testing.assert_array_equal(old[name], new[name])


def test_replaced_data_is_noticed() -> None:
    (p, _) = ps = parameters()
    optimizer = optim.SGD(ps, lr=1.0)
    p.data = np.full((2, 3), 5.0)
    p.grad = np.ones((2, 3))
    optimizer.step()
    assert (p.data == 4.0).all()


def test_parameters_without_a_gradient_are_skipped() -> None:
    (p, q) = ps = parameters()
    before = q.data.copy()
    optimizer = optim.Adam(ps, lr=0.1)
    p.grad = np.ones((2, 3))
    optimizer.step()
    np.testing.assert_array_equal(q.data, before)
    assert [entry["step"] for entry in optimizer.state_dict()["state"]] == [1, 0]


def test_groups_have_options_of_their_own() -> None:
    p, q = parameters()
    optimizer = optim.SGD([{"params": [p], "lr": 1.0}, {"params": q}], lr=0.5)
    p.grad, q.grad = np.ones((2, 3)), np.ones(4)
    before = p.data.copy(), q.data.copy()
    optimizer.step()
    np.testing.assert_allclose(before[0] - p.data, 1.0)
    np.testing.assert_allclose(before[1] - q.data, 0.5)
    optimizer.param_groups[1]["lr"] = 0.0
    after = q.data.copy()
    optimizer.step()
    np.testing.assert_array_equal(q.data, after)


def test_dtypes_may_differ() -> None:
    narrow, wide = Tensor(np.ones(2, np.float32), requires_grad=True), Tensor(np.ones(2), requires_grad=True)
    optimizer = optim.Adam([narrow, wide], lr=0.1)
    narrow.grad, wide.grad = np.ones(2), np.ones(2)
    optimizer.step()
    assert (narrow.dtype, wide.dtype) == (np.float32, np.float64)
    np.testing.assert_allclose(narrow.data, wide.data, rtol=1e-6)


def test_a_step_between_forward_and_backward_is_caught() -> None:
    (p, _) = ps = parameters()
    optimizer = optim.SGD(ps, lr=0.1)
    total = (p * p).sum()
    p.grad = np.ones((2, 3))
    optimizer.step()
    with pytest.raises(InPlaceError, match=r"optimizer\.step"):
        total.backward()


def test_zero_grad_forgets() -> None:
    ps = parameters()
    fill(ps, 0)
    optim.SGD(ps).zero_grad()
    assert [p.grad for p in ps] == [None, None]


def test_errors() -> None:
    p, _ = parameters()
    for make, message in (
        (lambda: optim.SGD([]), "empty"),
        (lambda: optim.SGD([p], lr=-1.0), "lr must not be negative"),
        (lambda: optim.SGD([p, p]), "given twice"),
        (lambda: optim.SGD([np.ones(2)]), "not ndarray"),
        (lambda: optim.SGD([p * 2]), "not a leaf"),
        (lambda: optim.SGD([p], nesterov=True), "nesterov"),
        (lambda: optim.Adam([p], betas=(1.0, 0.9)), "betas"),
        (lambda: optim.Adam([{"params": [p], "learning_rate": 1}]), "no option 'learning_rate'"),
    ):
        with pytest.raises((ValueError, TypeError), match=message):
            make()
