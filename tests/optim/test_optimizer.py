"""What all optimizers share: groups, buffers, states and errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optim
from autograd import InPlaceError, Tensor
from autograd.graph.node import set_data


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


def stepped(other: optim.Optimizer | None = None, **entry: Any) -> dict[str, Any]:
    """A state to load: another optimizer's, or Adam's own with one entry of its second parameter replaced."""
    state = (other or optim.Adam(parameters())).state_dict()
    state["state"][0]["step"] = 7
    state["state"][-1].update(entry)
    return state


def regrouped(**options: Any) -> dict[str, Any]:
    state = stepped()
    state["param_groups"][0].update(options)
    return state


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({}, "expected 'state' and 'param_groups'"),
        (stepped(optim.SGD(parameters())), "does not fit Adam's"),
        (stepped(optim.Adam(parameters()[:1])), r"groups of \[1\] parameters do not fit groups of \[2\]"),
        (
            stepped(optim.Adam(list(reversed(parameters())))),
            r"exp_avg is float64 of shape \(4,\), expected .* \(2, 3\)",
        ),
        (stepped(exp_avg_sq=np.array(list("abcd"))), "parameter 1: exp_avg_sq is <U1"),
        (stepped(step="x"), "step must be a whole number"),
        (stepped(surplus=1), "parameter 1 has .*'surplus'"),
        (regrouped(lr=-1.0), "lr must be"),
        (regrouped(params=[0]), "do not fit"),
        (regrouped(momentum=0.9), "momentum"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(state: dict[str, Any], message: str) -> None:
    ps = parameters()
    optimizer = optim.Adam(ps)
    fill(ps, 0)
    optimizer.step()
    before = optimizer.state_dict()
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(state)
    after = optimizer.state_dict()
    assert before["param_groups"] == after["param_groups"]
    for old, new in zip(before["state"], after["state"], strict=True):
        for name in old:
            np.testing.assert_array_equal(old[name], new[name])


def test_the_state_is_in_the_order_of_the_parameters() -> None:
    shapes = {"a": ((2,), np.float32), "b": ((3,), np.float64), "c": ((4,), np.float32)}
    ps = [Tensor(np.ones(shape, dtype), requires_grad=True) for shape, dtype in shapes.values()]
    for groups, places in ((ps, [[0, 1, 2]]), ([{"params": ps[:2]}, {"params": ps[2]}], [[0, 1], [2]])):
        state = optim.SGD(groups).state_dict()
        assert [entry["momentum_buffer"].shape for entry in state["state"]] == [(2,), (3,), (4,)]
        assert [group["params"] for group in state["param_groups"]] == places


SHAPES = [(3,), (100, 90), (70, 120), (2, 2), (5,), (), (0, 4), (90, 95)]


@pytest.mark.parametrize("missing", [None, 1, 2])
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_large_and_small_parameters_in_any_memory_order_move_as_each_alone(name: str, missing: int | None) -> None:
    rng = np.random.default_rng(0)
    alone = [Tensor(rng.normal(size=shape), requires_grad=True) for shape in SHAPES]
    together = [Tensor(p.data, requires_grad=True) for p in alone]
    for k, p in enumerate(together):
        p.data = np.array(p.data, order="CF"[k % 2])
    optimizers = [getattr(optim, name)(ps, lr=0.1) for ps in (together, *([p] for p in alone))]
    for t in range(3):
        for k, (p, q) in enumerate(zip(together, alone, strict=True)):
            q.grad = None if k == missing else np.cos(q.data + t)
            # Some gradients lie as their parameter does, some do not.
            p.grad = None if k == missing else np.array(q.grad, order="CF"[k // 2 % 2])
        for optimizer in optimizers:
            optimizer.step()
    assert together[1].data.flags.f_contiguous and not together[1].data.flags.c_contiguous
    for p, q in zip(together, alone, strict=True):
        np.testing.assert_array_equal(p.data, q.data)


def test_a_frozen_parameter_is_left_alone() -> None:
    (p, q) = ps = parameters()
    q.requires_grad_(False)
    optimizer = optim.SGD(ps, lr=1.0, weight_decay=0.5)
    before = q.data.copy()
    (p.sum() * q.sum()).backward()
    optimizer.step()
    np.testing.assert_array_equal(q.data, before)


def test_two_optimizers_take_turns_over_one_parameter() -> None:
    (p, _) = parameters()
    first, second = optim.SGD([p], lr=1.0), optim.SGD([p], lr=10.0)
    before = p.data.copy()
    for optimizer in (first, second, first):
        p.grad = np.ones((2, 3))
        optimizer.step()
    np.testing.assert_allclose(p.data, before - 12.0)


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


def test_gradients_accumulate_over_batches() -> None:
    (p, q) = (Tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    whole, parts = optim.SGD([p], lr=0.1), optim.SGD([q], lr=0.1)
    data = np.arange(8.0).reshape(4, 2)
    ((p * data) ** 2).mean().backward()
    whole.step()
    for half in (data[:2], data[2:]):
        (((q * half) ** 2).mean() / 2).backward()
    parts.step()
    np.testing.assert_allclose(p.data, q.data)


def test_zero_grad_forgets() -> None:
    ps = parameters()
    fill(ps, 0)
    optim.SGD(ps).zero_grad()
    assert [p.grad for p in ps] == [None, None]


def test_errors() -> None:
    p, _ = parameters()
    for make, message in (
        (lambda: optim.SGD([]), "empty"),
        (lambda: optim.SGD([p], lr=-1.0), "lr must be a number that is not negative, got -1.0"),
        (lambda: optim.SGD([p], lr="1"), "lr must be a number"),
        (lambda: optim.SGD([p, p]), "given twice"),
        (lambda: optim.SGD([np.ones(2)]), "not ndarray; give model.parameters"),
        (lambda: optim.SGD([Tensor([1, 2])]), "not a leaf tensor of floats"),
        (lambda: optim.SGD([Tensor([1.0])]), "no parameter requires a gradient"),
        (lambda: optim.SGD([{"lr": 1.0}]), "needs 'params'"),
        (lambda: setattr(p, "grad", np.ones((3, 2))), r"shape \(3, 2\) for data of shape \(2, 3\)"),
        (lambda: optim.SGD([p * 2]), "not a leaf"),
        (lambda: optim.SGD([p], nesterov=True), "nesterov"),
        (lambda: optim.Adam([p], betas=(1.0, 0.9)), "betas"),
        (lambda: optim.Adam([{"params": [p], "learning_rate": 1}]), "no option 'learning_rate'"),
    ):
        with pytest.raises((ValueError, TypeError), match=message):
            make()


@pytest.mark.parametrize("momentum", [0.0, 0.5])
@pytest.mark.parametrize("centered", [False, True])
def test_epsilon_is_inside_the_root_in_every_form_of_rmsprop(momentum: float, centered: bool) -> None:
    x = Tensor([1.0], requires_grad=True)
    options = {"lr": 0.1, "alpha": 0.9, "eps": 1e-2, "momentum": momentum, "centered": centered}
    optimizer = optim.RMSprop([x], eps_inside=True, **options)
    x.grad = np.array([0.3])
    optimizer.step()
    spread = 0.1 * 0.3**2 - ((0.1 * 0.3) ** 2 if centered else 0.0)
    np.testing.assert_allclose(x.data, 1.0 - 0.1 * 0.3 / np.sqrt(spread + 1e-2), rtol=1e-12)


def test_what_is_kept_for_others_stays_when_an_empty_parameter_gets_its_elements() -> None:
    early, late = Tensor(np.ones(3), requires_grad=True), Tensor(np.ones(0), requires_grad=True)
    alone = Tensor(np.ones(3), requires_grad=True)
    both, one = optim.Adam([early, late], lr=0.1), optim.Adam([alone], lr=0.1)
    for step in range(4):
        if step == 2:
            set_data(late, np.full((2, 2), 5.0))
        for optimizer, parameters in ((both, [early, late]), (one, [alone])):
            optimizer.zero_grad()
            for p in parameters:
                (p * p).sum().backward()
            optimizer.step()
    assert early.tolist() == alone.tolist()
    assert both.state_dict()["state"][1]["exp_avg"].shape == (2, 2)
    assert [entry["step"] for entry in both.state_dict()["state"]] == [4, 4]
    assert (late.data < 5.0).all()
