"""What goes with optimizers: clipping, averages, names and presets, accumulation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import optim
from autograd import Tensor
from optim.registry import NAMES, PRESETS


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
        with pytest.raises(ValueError, match="must not be negative"):
            clip(ps, -1.0)


def test_clipping_by_value() -> None:
    a, b, _ = ps = with_gradients()
    optim.clip_grad_value_(ps, 3.5)
    assert (a.grad.tolist(), b.grad.tolist()) == ([3.0, 0.0], [[3.5]])


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


def test_averages() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    equal, moving = optim.Averaged([x]), optim.Averaged([x], decay=0.9)
    seen = []
    for t in range(5):
        x.data = np.array([float(t), 2.0 * t])
        seen.append(x.data.copy())
        equal.update()
        moving.update()
    np.testing.assert_allclose(equal.averages[0], np.mean(seen, axis=0))
    expected = seen[0]
    for s in seen[1:]:
        expected = 0.9 * expected + 0.1 * s
    np.testing.assert_allclose(moving.averages[0], expected)
    with equal.applied():
        np.testing.assert_allclose(x.data, np.mean(seen, axis=0))
    np.testing.assert_array_equal(x.data, seen[-1])
    other = optim.Averaged([x])
    other.load_state_dict(equal.state_dict())
    np.testing.assert_array_equal(other.averages[0], equal.averages[0])
    assert other.updates == 5
    with pytest.raises(ValueError, match=r"averages of shapes \[\(3,\)\] do not fit"):
        other.load_state_dict({"updates": 1, "averages": [np.ones(3)]})
    with pytest.raises(ValueError, match="decay must be"):
        optim.Averaged([x], decay=1.0)


@pytest.mark.parametrize("name", NAMES)
def test_every_optimizer_goes_down_by_its_name(name: str) -> None:
    x = Tensor([-1.5, 1.0], requires_grad=True)
    rate = {"lr": 1.0} if name == "adadelta" else {"lr": 0.05}
    optimizer = optim.get(name.upper(), [x], **rate)
    for _ in range(300):
        optimizer.zero_grad()
        (x**2).sum().backward()
        optimizer.step()
    assert float((x.data**2).sum()) < (1.0 if name == "adadelta" else 0.3)


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_what_they_say(preset: str) -> None:
    for name, said in PRESETS[preset].items():
        options = optim.get(name, [Tensor([1.0], requires_grad=True)], preset=preset).param_groups[0]
        assert {key: options[key] for key in said} == said


def test_names_that_are_not_there() -> None:
    x = Tensor([1.0], requires_grad=True)
    with pytest.raises(ValueError, match="there is no optimizer 'sdg'; there are sgd, momentum"):
        optim.get("sdg", [x])
    with pytest.raises(ValueError, match="there is no preset 'book'; there are slides, article, blog, keras"):
        optim.get("sgd", [x], preset="book")
    with pytest.raises(ValueError, match="the preset 'slides' says nothing of 'lion'"):
        optim.get("lion", [x], preset="slides")


@pytest.mark.parametrize("name", NAMES)
def test_states_go_on_to_the_bit_in_the_middle_of_training(name: str) -> None:
    def run(p: Tensor, optimizer: Any, start: int, stop: int) -> None:
        for t in range(start, stop):
            p.grad = np.sin(3 * p.data + t)
            optimizer.step()

    whole = Tensor(np.linspace(-1, 1, 5), requires_grad=True)
    run(whole, optim.get(name, [whole], lr=0.01), 0, 10)
    first = Tensor(np.linspace(-1, 1, 5), requires_grad=True)
    begun = optim.get(name, [first], lr=0.01)
    run(first, begun, 0, 5)
    second = Tensor(first.data.copy(), requires_grad=True)
    resumed = optim.get(name, [second], lr=0.01)
    resumed.load_state_dict(begun.state_dict())
    run(second, resumed, 5, 10)
    np.testing.assert_array_equal(whole.data, second.data)
