"""The reverse pass: what its steps show, what hooks do to it, and its order."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import GraphError, InPlaceError, NotKeptError, OperandError, ShapeError, Tensor, Value, primitive
from autograd.engine.backward import backward
from autograd.engine.reverse import (
    Contribution,
    Step,
    contributions,
    read_node,
    steps,
)
from autograd.graph.node import ancestors, get_data
from autograd.graph.op import Op

# Enough numbers that copying them is worth avoiding.
MANY = 10_000
RNG = np.random.default_rng(0)


def leaf(*shape: int, dtype: Any = np.float64, name: str | None = None) -> Tensor:
    return Tensor(RNG.normal(size=shape).astype(dtype), requires_grad=True, name=name)


def seen(root: Any, gradient: Any = None) -> list[tuple[str, str, Any, Any]]:
    """Every contribution of a pass: from, to, what was sent, and the sum so far."""
    found: list[Step] = []
    root.backward(gradient, step=found.append)
    return [(s.node.label(), c.parent.label(), c.value, c.total) for s in found for c in s.sent]


# steps


@pytest.mark.parametrize("size", [3, MANY])
def test_steps_of_tensors_show_upstream_contribution_and_sum(size: int) -> None:
    x = leaf(size, name="x")
    a, b = x * 2.0, x * 3.0
    a.name, b.name = "a", "b"
    root = (a + b + x).sum()
    found: list[Step] = []
    root.backward(step=found.append)
    sent = {(s.node.label(), c.parent.label()): c for s in found for c in s.sent}
    assert [s.node.label() for s in found] == ["sum", "add", "add", "a", "b", "x"]
    ones = np.ones(size)
    for sender, value in (("add", 1.0), ("a", 2.0), ("b", 3.0)):
        np.testing.assert_array_equal(sent[sender, "x"].value, value * ones)
    assert sorted(float(c.total[0]) for (_, to), c in sent.items() if to == "x") == sorted(
        np.cumsum([float(c.value[0]) for (_, to), c in sent.items() if to == "x"])
    )
    np.testing.assert_array_equal(x.grad, 6.0 * ones)
    upstream = {s.node.label(): s.upstream for s in found}
    np.testing.assert_array_equal(upstream["x"], 6.0 * ones)
    assert upstream["sum"] == 1.0


def test_what_a_step_showed_stays_as_it_was() -> None:
    x = leaf(MANY, name="x")
    root = sum((x * float(k) for k in range(1, 5)), start=x * 0.5).sum()
    found = seen(root)
    values = [float(value[0]) for _, to, value, _ in found if to == "x"]
    totals = [float(total[0]) for _, to, _, total in found if to == "x"]
    assert sorted(values) == [0.5, 1.0, 2.0, 3.0, 4.0]
    np.testing.assert_allclose(totals, np.cumsum(values))


def test_steps_leave_every_gradient_alone_and_agree_with_backward() -> None:
    x, w = leaf(3, name="x"), leaf(3, 3, name="w")
    root = (w @ x).tanh().sum()
    found = steps(root)
    assert x.grad is None
    assert w.grad is None
    root.backward()
    upstream = {s.node: s.upstream for s in found}
    np.testing.assert_array_equal(upstream[x], x.grad)
    np.testing.assert_array_equal(upstream[w], w.grad)
    weighted = steps(w @ x, np.array([1.0, 0.0, 2.0]))
    np.testing.assert_array_equal(weighted[0].upstream, [1.0, 0.0, 2.0])
    assert [s.upstream for s in steps(Value(2.0) * 3.0, 0.5)] == [0.5, 1.5]
    unit = [s.upstream for s in steps(Value(2.0) * 3.0)]
    assert unit == [1.0, 3.0]
    assert {type(u) for u in unit} == {float}


def test_the_local_derivative_and_formula_of_a_contribution() -> None:
    x, y = Value(2.0, name="x"), Value(3.0, name="y")
    product = x * y
    by_x, by_y = Contribution(product, 0, None, None), Contribution(product, 1, None, None)
    assert (by_x.local, by_y.local) == (3.0, 2.0)
    assert type(by_x.local) is float
    assert (by_x.formula, by_y.formula) == ("y", "x")
    assert (by_x.parent is x) and (by_y.parent is y)
    t, u = Tensor([1.0, 2.0], requires_grad=True, name="t"), Tensor([3.0, 4.0], requires_grad=True, name="u")
    both = t * u
    assert Contribution(both, 0, None, None).local.tolist() == [3.0, 4.0]
    assert Contribution(both, 1, None, None).local.tolist() == [1.0, 2.0]
    assert Contribution(both, 1, None, None).formula == "g * t"
    assert Contribution(ag.relu(Value(-1.0, name="v")), 0, None, None).local == 0.0


def test_contributions_have_the_shape_and_the_dtype_of_their_operand() -> None:
    single = leaf(3, dtype=np.float32, name="single")
    middle = single * np.float32(2.0)
    middle.name = "middle"
    root = (middle * np.ones((2, 3))).sum()
    for _, to, value, total in seen(root):
        if to in ("single", "middle"):
            assert (value.dtype, value.shape) == (np.float32, (3,))
            assert (total.dtype, total.shape) == (np.float32, (3,))
    assert single.grad.dtype == np.float32
    narrow = leaf(3, dtype=np.float32, name="narrow")
    double = narrow * np.float32(2.0)
    double.name = "double"
    wide = double * np.ones(3)
    assert wide.dtype == np.float64
    assert [(to, v.dtype.name) for _, to, v, _ in seen(wide.sum())][1:] == [
        ("double", "float32"),
        ("narrow", "float32"),
    ]
    coarse = primitive(lambda g, out, x: np.full(3, 2.0, np.float32))(lambda x: 2.0 * x)
    assert {value.dtype for _, _, value, _ in seen(coarse(leaf(3)).sum())} == {np.dtype(np.float64)}


# hooks


@pytest.mark.parametrize("size", [3, MANY])
def test_a_hook_on_a_tensor_replaces_its_gradient(size: int) -> None:
    x = leaf(size)
    y = x * 2.0
    handle = y.register_hook(lambda g: 10 * g)
    (y * 3.0).sum().backward()
    np.testing.assert_array_equal(x.grad, np.full(size, 60.0))
    handle.remove()
    x.zero_grad()
    x.register_hook(lambda g: np.full(size, 0.5, np.float32))
    other = leaf(size)
    (x * 2.0 + other * 4.0).sum().backward()
    np.testing.assert_array_equal(x.grad, np.full(size, 0.5))
    assert x.grad.dtype == np.float64
    np.testing.assert_array_equal(other.grad, np.full(size, 4.0))


def test_what_a_hook_keeps_is_not_changed_afterwards() -> None:
    x, held = leaf(MANY), []
    x.register_hook(held.append)
    (x * 2.0).sum().backward()
    first = held[0].copy()
    x.grad += 1.0
    np.testing.assert_array_equal(held[0], first)


def test_a_hook_on_a_value_may_give_anything_that_is_a_number() -> None:
    v = Value(3.0)
    v.register_hook(lambda g: np.float32(7.0))
    (v * 2.0).backward()
    assert (v.grad, type(v.grad)) == (7.0, float)


@pytest.mark.parametrize("given", [0.5, np.ones(1), np.ones((1, 3)), np.ones((2, 3)), Tensor(np.ones(1))])
def test_a_hook_that_gives_another_shape_is_refused(given: Any) -> None:
    x = leaf(3)
    x.register_hook(lambda g: given)
    with pytest.raises(ShapeError, match=r"a hook of leaf .* for a gradient of shape \(3,\)"):
        (x * 2.0).sum().backward()
    with pytest.raises(ShapeError, match="a hook of leaf"):
        (x * 2.0).sum().backward(step=lambda step: None)
    assert x.grad is None


@pytest.mark.parametrize("given", ["twice", [1.0, "x"], 1j, {}, object()])
@pytest.mark.parametrize("make", [Value, lambda x: Tensor(x, requires_grad=True)])
def test_a_hook_that_gives_no_numbers_is_refused(make: Any, given: Any) -> None:
    x = make(3.0)
    x.register_hook(lambda g: given)
    with pytest.raises(OperandError, match="return a gradient of real numbers"):
        (x * 2.0).backward()


def test_a_hook_on_a_value_that_gives_an_array_is_refused() -> None:
    v = Value(3.0)
    v.register_hook(lambda g: np.array([g]))
    with pytest.raises(ShapeError, match=r"a hook of leaf .* gave shape \(1,\) for a gradient of shape \(\)"):
        (v * 2.0).backward()


def test_a_hook_may_give_a_node() -> None:
    x, v = leaf(3), Value(3.0)
    x.register_hook(lambda g: Tensor([1.0, 2.0, 3.0]) * g)
    v.register_hook(lambda g: g * Value(2.0))
    (x * 2.0).sum().backward()
    (v * 2.0).backward()
    np.testing.assert_array_equal(x.grad, [2.0, 4.0, 6.0])
    assert (v.grad, type(v.grad)) == (4.0, float)


# order


def test_a_leaf_as_the_root_adds_up() -> None:
    v, t = Value(2.0), Tensor(np.ones(2), requires_grad=True)
    for _ in range(2):
        v.backward()
        t.backward(np.array([1.0, 2.0]))
    assert v.grad == 2.0
    np.testing.assert_array_equal(t.grad, [2.0, 4.0])


def test_a_root_without_gradient_says_why() -> None:
    with pytest.raises(GraphError, match="requires no gradient: no operand of it does"):
        (Tensor(np.ones(1)) * 2.0).backward()


# what the pieces are


def test_a_rule_may_send_the_operand_itself() -> None:
    half_square = Op("half_square", None, lambda x: 0.5 * x * x, (lambda g, out, x: x,))
    x, other = leaf(MANY), leaf(MANY)
    before = x.data.copy()
    (half_square.call(x) + x * 2.0).sum().backward()
    np.testing.assert_array_equal(x.data, before)
    np.testing.assert_allclose(x.grad, before + 2.0)
    half_square.call(other).sum().backward()
    assert not np.may_share_memory(other.grad, other.data)


def test_what_was_overwritten_is_noticed_in_passes_that_read_it() -> None:
    x = leaf(3)
    root = (x * x).sum()
    kept = {node: node.data.copy() if isinstance(node, Tensor) else node.data for node in ancestors(root)}
    x.data = np.zeros(3)
    square = root.parents[0]
    for read in (get_data, read_node):
        with pytest.raises(InPlaceError):
            contributions(square, np.ones(3), read)
    np.testing.assert_array_equal(contributions(square, np.ones(3), kept.__getitem__)[0], kept[x])


def test_steps_and_contributions_are_things_of_their_own() -> None:
    product = Value(2.0) * Value(3.0)
    sent = Contribution(product, 0, 3.0, 3.0)
    step = Step(product, 1.0, [sent])
    assert sent != Contribution(product, 0, 3.0, 3.0)
    assert step != Step(product, 1.0, [sent])
    for thing in (sent, step):
        assert not hasattr(thing, "__dict__")
        with pytest.raises(FrozenInstanceError):
            thing.node = product  # type: ignore[misc]


def test_gradients_of_intermediate_tensors_are_kept_on_request_alone() -> None:
    x = leaf(3)
    y = x * 2.0
    backward(y.sum(), np.array(1.0))
    with pytest.raises(NotKeptError):
        y.grad
    with pytest.raises(TypeError, match="positional"):
        backward(y.sum(), np.array(1.0), True)  # type: ignore[misc]
    backward((y * 1.0).sum(), np.array(1.0), retain_grads=True)
    np.testing.assert_array_equal(y.grad, np.ones(3))


def test_an_operand_without_derivative_gets_nothing_where_floats_overflow() -> None:
    slope = Op("slope", lambda x, y: y, lambda x, y: y, (lambda g, out, x, y: g / x, None))
    x, y = Value(0.0), Value(1.0)
    slope.call(x, y).backward()
    assert (x.grad, y.grad) == (np.inf, 0.0)


def test_steps_tell_themselves_in_words() -> None:
    v, x = Value(3.0, name="v"), Tensor(np.ones(2), requires_grad=True, name="x")
    assert [str(step) for step in steps(v * v)] == [
        "v1 has gradient 1\n  to v: 1 · v = 1 · 3 = 3; v has 3\n  to v: 1 · v = 1 · 3 = 3; v has 6",
        "v has gradient 6",
    ]
    assert (
        str(steps((x * 2.0).sum())[1])
        == "v1 has gradient 2, norm 1.41\n  to x: g * 2: 2, norm 2.83; x has 2, norm 2.83"
    )
