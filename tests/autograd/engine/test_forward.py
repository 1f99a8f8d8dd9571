"""Forward mode is read from the rules of the reverse pass: of every row it gives what the transposed pass gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value, checkpoint, grad, hessian, jvp, primitive, value_and_grad
from autograd.check import check_gradients
from autograd.engine import forward
from autograd.engine.lifting import cotangents
from autograd.graph.node import raw
from autograd.graph.op import TABLE
from tests.autograd import samples

DIFFERENTIABLE = [name for name, op in TABLE.items() if op.differentiable and name not in samples.COMPLEX]


def taken(name: str) -> tuple[Callable[..., Any], tuple[Any, ...], tuple[Any, ...]]:
    """A row as a function of the operands that it has derivatives by, these, and a direction for each."""
    op, (given, parameters) = TABLE[name], samples.operands(name)
    numbers = op.joint is not None and op.scalar is not None
    at = [i for i, x in enumerate(given) if x.dtype.kind == "f" and (op.joint is not None or op.rules[i] is not None)]
    rng = np.random.default_rng(3)

    def f(*xs: Any) -> Any:
        filled: list[Any] = list(given)
        for i, x in zip(at, xs, strict=True):
            filled[i] = x
        return op.call(*filled, **parameters)

    xs = tuple(Value(given[i].item()) if numbers else given[i] for i in at)
    return f, xs, tuple(float(rng.normal()) if numbers else rng.standard_normal(x.shape) for x in xs)


def twice(f: Callable[..., Any], xs: tuple[Any, ...], directions: tuple[Any, ...]) -> Any:
    """⟨vjp(u), directions⟩ differentiated by u."""
    leaves = [x if isinstance(x, Value) else Tensor(x, requires_grad=True) for x in xs]
    out = f(*leaves)
    return forward._transpose_pull(lambda u: cotangents(out, u, leaves)[0], out, directions, set(leaves))


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_the_tangent_of_each_row_is_its_rule_transpose_pull(name: str) -> None:
    f, xs, directions = taken(name)
    alone = [tuple(v if j == i else 0.0 * v for j, v in enumerate(directions)) for i in range(len(xs))]
    for along in (directions, *alone):
        tangent = raw(jvp(f, xs, along)[1])
        np.testing.assert_allclose(tangent, raw(twice(f, xs, along)), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_second_derivatives_of_each_row_are_the_same_in_every_mode(name: str) -> None:
    f, xs, directions = taken(name)
    weight = np.cos(np.arange(np.size(raw(f(*xs))))) + 0.3

    def g(*xs: Any) -> Any:
        out = f(*xs)
        return out if isinstance(out, Value) else (np.reshape(out, -1) * weight).sum()

    along = lambda *xs: jvp(g, xs, directions)[1]
    forward_twice = jvp(along, xs, directions)[1]
    over_reverse = jvp(lambda *xs: inner(grad(g, tuple(range(len(xs))))(*xs), directions), xs, directions)[1]
    over_forward = inner(grad(along, tuple(range(len(xs))))(*xs), directions)
    np.testing.assert_allclose(raw(forward_twice), raw(over_reverse), rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(raw(over_forward), raw(over_reverse), rtol=1e-7, atol=1e-9)


def inner(gradients: tuple[Any, ...], directions: tuple[Any, ...]) -> Any:
    products = [g * v for g, v in zip(gradients, directions, strict=True)]
    total = 0.0
    for product in products:
        total = total + (product.sum() if np.ndim(raw(product)) else product)
    return total


@pytest.mark.parametrize("name", [name for name in DIFFERENTIABLE if TABLE[name].elementwise])
def test_tangents_are_broadcast_as_operands_are(name: str) -> None:
    op, (given, parameters) = TABLE[name], samples.operands(name)
    if len(given) < 2 or given[0].dtype.kind != "f":
        return
    x, *others = given
    x, others = x.ravel()[:1], [np.stack([np.ravel(y)[:3]] * 2) for y in others]
    f = lambda x: op.call(x, *others, **parameters)
    tangent = jvp(f, (x,), (np.ones(1),))[1]
    assert tangent.shape == (2, 3)
    if op.rules[0] is not None:
        np.testing.assert_allclose(tangent.sum(), grad(lambda x: f(x).sum())(x)[0], rtol=1e-12)


# what it costs


def test_no_second_pass_where_a_row_is_elementwise_or_linear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward, "_transpose_pull", lambda *_: pytest.fail("a transposed pass"))
    weights = np.cos(np.arange(12.0)).reshape(3, 4)

    def f(x: Any) -> Any:
        y = np.tanh(x @ weights + 0.5).reshape(2, 2, 2)[:, ::-1]
        z = np.concatenate([y, np.where(y > 0.0, y, 0.1 * y)], axis=0).mean(axis=1)
        return np.sort(z, axis=0).cumsum(axis=1) / np.linalg.norm(z)

    x, v = np.sin(np.arange(6.0)).reshape(2, 3), np.ones((2, 3))
    np.testing.assert_allclose(jvp(f, (x,), (v,))[1], (f(x + 1e-6 * v) - f(x - 1e-6 * v)) / 2e-6, rtol=1e-6, atol=1e-8)


def test_many_results_cost_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    visited: list[Any] = []
    plain = forward._parts
    monkeypatch.setattr(forward, "_parts", lambda node, *rest: visited.append(node) or plain(node, *rest))

    def running(x: Any) -> list[Any]:
        found = [x]
        for _ in range(20):
            found.append(np.sin(found[-1]))
        return found

    out, tangents = jvp(running, (0.5,), (1.0,))
    assert len(visited) == 20
    assert tangents[0] == 1.0
    assert tangents[2] == pytest.approx(np.cos(0.5) * np.cos(out[1]), rel=1e-14)


# what it means


def test_of_two_of_a_kind_each_keeps_its_own_perturbation() -> None:
    assert jvp(lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1], (3.0,), (1.0,))[1] == 1.0
    assert grad(lambda x: x * jvp(lambda y: x * y, (2.0,), (1.0,))[1])(3.0) == 6.0
    assert jvp(lambda x: x * grad(lambda y: x * y)(2.0), (3.0,), (1.0,))[1] == 6.0
    assert jvp(lambda x: jvp(lambda y: x * x * y, (x,), (x,))[1], (3.0,), (1.0,))[1] == 27.0


def test_tangents_may_be_nodes() -> None:
    assert grad(lambda v: jvp(lambda x: x**3, (2.0,), (v,))[1])(5.0) == 12.0
    leaf = Tensor(5.0, requires_grad=True)
    jvp(lambda x: x**3, (2.0,), (leaf,))[1].backward()
    assert leaf.grad == 12.0


def test_lengths_are_smooth_when_they_are_squared() -> None:
    for f in (lambda x: abs(x) ** 2, lambda x: ag.hypot(x, 0.0) ** 2, lambda x: abs(x) * abs(x)):
        along = lambda x, f=f: jvp(f, (x,), (1.0,))[1]
        assert along(0.0) == 0.0
        assert jvp(along, (0.0,), (1.0,))[1] == 2.0
        assert grad(along)(0.0) == 2.0


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_branch_not_taken_sends_nothing() -> None:
    for f in (lambda x: ag.where(x > 0, ag.sqrt(x), 0.0), lambda x: ag.where(x > 0, 1 / x, 0.0)):
        along = lambda x, f=f: jvp(f, (x,), (1.0,))[1]
        assert along(0.0) == jvp(along, (0.0,), (1.0,))[1] == grad(along)(0.0) == 0.0
    assert jvp(ag.sqrt, (0.0,), (0.0,))[1] == 0.0
    assert jvp(ag.sqrt, (0.0,), (1.0,))[1] == np.inf


@pytest.mark.parametrize("x", [-800.0, np.array([-800.0, 3.0])])
def test_an_exactly_zero_slope_wins_over_an_overflowed_tangent(x: Any) -> None:
    def saturated(x: Any) -> Any:
        return 1.0 / (1.0 + np.exp(-x))

    with np.errstate(all="ignore"):
        _, tangent = jvp(saturated, (x,), (x / x,))
        np.testing.assert_array_equal(tangent, ag.elementwise_grad(saturated)(x))
        leaf = Value(-800.0)
        assert jvp(saturated, (leaf,), (1.0,))[1] == 0.0
        # What is no number itself has none.
        assert np.isnan(jvp(lambda x: 0.0 * np.exp(x), (1000.0,), (1.0,))[1])
        assert check_gradients(saturated, x)


def test_rules_of_users_and_checkpoints_are_transpose_pull() -> None:
    @primitive(lambda g, out, x: g[..., None] * np.cos(x) * np.ones_like(x))
    def sums(x: Any) -> Any:
        return np.sin(x).sum(-1)

    x, v = np.arange(6.0).reshape(2, 3), np.cos(np.arange(6.0)).reshape(2, 3)
    np.testing.assert_allclose(jvp(sums, (x,), (v,))[1], (np.cos(x) * v).sum(-1), rtol=1e-14)
    deep = checkpoint(lambda x: np.tanh(np.sin(x)))
    np.testing.assert_allclose(jvp(deep, (x,), (v,)), jvp(lambda x: np.tanh(np.sin(x)), (x,), (v,)), rtol=1e-14)


def test_results_are_nobody_elses_memory() -> None:
    x, v = np.ones(4), np.arange(4.0)
    for f in (lambda x: x, lambda x: x.reshape(2, 2), lambda x: x[1:]):
        tangent = jvp(f, (x,), (v,))[1]
        assert not np.may_share_memory(tangent, v)
        tangent[...] = 7.0
    np.testing.assert_array_equal(v, np.arange(4.0))


def test_the_kinds_of_what_comes_out() -> None:
    assert [type(x) for x in jvp(lambda x: x * x, (3.0,), (1.0,))] == [float, float]
    assert jvp(lambda x: x * x, (np.float32([3.0]),), (np.ones(1),))[1].dtype == np.float32
    assert jvp(lambda v: v * v, (Value(3.0),), (1.0,))[1].data == 6.0
    assert jvp(lambda x: {"a": x, "b": [2.0, x * 2]}, (3.0,), (1.0,))[1] == {"a": 1.0, "b": [0.0, 2.0]}
    assert hessian(lambda x: value_and_grad(lambda y: y**3)(x)[1])(2.0) == 6.0


def test_hooks_are_about_gradients() -> None:
    seen: list[Any] = []

    def f(x: Any) -> Any:
        y = x * x
        y.register_hook(seen.append)
        return y * y

    assert jvp(f, (2.0,), (1.0,))[1] == 32.0
    assert not seen
