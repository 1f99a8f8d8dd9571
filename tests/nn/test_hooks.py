"""Hooks of modules: before and after forward passes, and on the gradients that come through."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor


class Two(nn.Module):
    """Two inputs of different shapes, two outputs."""

    def forward(self, x: Any, y: Any) -> tuple[Any, Any]:
        return x * 2.0, (y * y).sum()


def leaves() -> tuple[Tensor, Tensor]:
    return Tensor([1.0, 2.0], requires_grad=True), Tensor([[3.0]], requires_grad=True)


def test_forward_hooks_replace_and_are_ordered() -> None:
    layer, told = nn.ReLU(), []
    layer.register_forward_hook(lambda m, args, out: told.append("second"))
    first = layer.register_forward_hook(lambda m, args, out: told.append("first") or out + 1.0, prepend=True)
    layer.register_forward_pre_hook(lambda m, args: (args[0] * 3.0,))
    layer.register_forward_pre_hook(lambda m, args: told.append(args[0].tolist()))
    assert layer(np.array([1.0, -1.0])).tolist() == [4.0, 1.0]
    assert told == [[3.0, -3.0], "first", "second"]
    first.remove()
    assert layer(np.array([1.0])).tolist() == [3.0]


def test_forward_hooks_with_keywords() -> None:
    class Scale(nn.Module):
        def forward(self, x: Any, *, by: float = 1.0) -> Any:
            if by == 0.0:
                raise ValueError("by nothing")
            return x * by

    layer, seen = Scale(), []
    layer.register_forward_pre_hook(lambda m, args, kwargs: (args, {"by": 5.0 * kwargs["by"]}), with_kwargs=True)
    layer.register_forward_hook(lambda m, args, kwargs, out: seen.append(kwargs), with_kwargs=True)
    always = layer.register_forward_hook(lambda m, args, out: seen.append(out), always_call=True)
    assert layer(np.array([1.0]), by=2.0).tolist() == [10.0]
    assert seen[0] == {"by": 10.0}
    seen.clear()
    with pytest.raises(ValueError, match="by nothing"):
        layer(np.array([1.0]), by=0.0)
    assert seen == [None]
    always.remove()
    layer.register_forward_pre_hook(lambda m, args, kwargs: 3, with_kwargs=True)
    with pytest.raises(TypeError, match="returns None, or the pair of the arguments and the keywords"):
        layer(np.array([1.0]), by=2.0)


def test_a_backward_hook_sees_both_sides() -> None:
    layer = nn.Linear(2, 1, dtype=np.float64, rng=0)
    x, seen = Tensor([[1.0, 2.0]], requires_grad=True), []
    handle = layer.register_full_backward_hook(lambda m, into, out: seen.append((m, into, out)))
    (3.0 * layer(x)).sum().backward()
    ((module, into, out),) = seen
    assert module is layer
    np.testing.assert_allclose(into[0], 3.0 * layer.weight.data)
    np.testing.assert_array_equal(out[0], [[3.0]])
    np.testing.assert_array_equal(x.grad, into[0])
    handle.remove()
    layer(x).sum().backward()
    assert len(seen) == 1


def test_a_backward_hook_of_several_inputs_and_outputs_replaces_gradients() -> None:
    (x, y), layer, told = leaves(), Two(), []
    layer.register_full_backward_pre_hook(lambda m, out: tuple(10.0 * np.asarray(g) for g in out))
    layer.register_full_backward_hook(lambda m, into, out: told.append([np.shape(g) for g in (*into, *out)]))
    layer.register_full_backward_hook(lambda m, into, out: (into[0] + 1.0, None))
    a, b = layer(x, y)
    (a.sum() + b).backward()
    assert told == [[(2,), (1, 1), (2,), ()]]
    assert x.grad.tolist() == [21.0, 21.0]
    assert y.grad.tolist() == [[60.0]]


def test_a_backward_hook_where_no_input_needs_a_gradient() -> None:
    layer, seen = nn.Linear(2, 1, rng=0), []
    layer.register_full_backward_hook(lambda m, into, out: seen.append((into, out[0].tolist())))
    layer(np.ones((1, 2), np.float32)).sum().backward()
    assert seen == [((None,), [[1.0]])]
    with ag.no_grad():
        layer(np.ones((1, 2), np.float32))
    assert len(seen) == 1


def test_a_wrong_number_of_gradients_is_refused() -> None:
    layer = nn.ReLU()
    layer.register_full_backward_hook(lambda m, into, out: (into[0], into[0]))
    with pytest.raises(ValueError, match="gave 2 gradients in place of 1"):
        layer(Tensor([1.0], requires_grad=True)).sum().backward()
    with pytest.raises(TypeError, match="a hook is a function, not int"):
        layer.register_full_backward_hook(3)


def test_backward_hooks_are_refused_where_one_compiles() -> None:
    layer = nn.Linear(2, 1, rng=0)
    layer.register_full_backward_hook(lambda m, into, out: None)
    with pytest.raises(TypeError, match="would be called while the function is captured"):
        ag.compile(lambda x: layer(x))(np.ones((1, 2), np.float32))
    plain = nn.ReLU()
    plain.register_forward_pre_hook(lambda m, args: -args[0])
    plain.register_forward_hook(lambda m, args, out: 2.0 * out)
    assert ag.compile(plain)(np.array([-1.0, 1.0])).tolist() == [2.0, 0.0]


def test_second_derivatives_go_through_a_watched_module() -> None:
    layer, seen = nn.Tanh(), []
    layer.register_full_backward_hook(lambda m, into, out: seen.append(into[0]))
    second = ag.grad(ag.grad(lambda x: layer(x).sum()))
    assert second(0.3) == pytest.approx(-2 * np.tanh(0.3) * (1 - np.tanh(0.3) ** 2))
