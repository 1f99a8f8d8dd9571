"""The contracts of the engine, one by one."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import autograd as ag
import nn
from autograd import (
    AnomalyError,
    GraphError,
    InPlaceError,
    NotKeptError,
    OperandError,
    ShapeError,
    Tensor,
    Value,
    detect_anomaly,
    grad,
    no_grad,
    primitive,
    record_sites,
)
from autograd.graph.node import HOOKS, Node, ancestors


def example() -> tuple[Value, Value, Value]:
    a, b = Value(2.0, name="a"), Value(1.0, name="b")
    c, d = a + b, b + 1
    e = c * d
    c.name, d.name, e.name = "c", "d", "e"
    return a, b, e


# Node


def test_a_node_has_these_slots_and_no_others() -> None:
    names = {
        "data",
        "grad",
        "op",
        "parents",
        "params",
        "name",
        "order",
        "site",
        "scope",
        "needs_grad",
        "__weakref__",
    }
    assert set(Node.__slots__) == names
    assert not hasattr(Value(1.0), "__dict__")
    assert not hasattr(Tensor(1.0), "__dict__")


def test_parents_are_ordered_and_repeat() -> None:
    a = Value(3.0)
    assert (a * a).parents == (a, a)
    assert (a - 1.0).parents[0] is a


@pytest.mark.integration
@pytest.mark.parametrize("face", [Value, lambda x: Tensor(x, requires_grad=True)])
def test_a_dropped_graph_is_freed_at_once_without_the_collector(face: Any) -> None:
    gc.collect()
    gc.disable()
    try:
        leaf = face(2.0)
        root = leaf
        for _ in range(100):
            root = (root * 0.5 + leaf).tanh()
        root.backward()
        inner = [weakref.ref(node) for node in ancestors(root) if node.op is not None]
        assert len(inner) == 300
        del root
        assert all(node() is None for node in inner)
        assert gc.collect() == 0
    finally:
        gc.enable()


# The order of the pass


def test_the_pass_goes_e_c_d_a_b_as_the_example_tells_it() -> None:
    _, _, e = example()
    visited: list[str] = []
    sums: list[tuple[str, float]] = []

    def tell(step: ag.Step) -> None:
        visited.append(step.node.label())
        sums.extend((sent.parent.label(), sent.total) for sent in step.sent)

    e.backward(step=tell)
    assert visited == ["e", "c", "d", "a", "b"]
    assert sums == [("c", 2.0), ("d", 3.0), ("a", 2.0), ("b", 2.0), ("b", 5.0)]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[float], list[tuple[int, int, int]]]:
    leaves = draw(st.lists(st.floats(-2, 2), min_size=1, max_size=4))
    steps = draw(
        st.lists(st.tuples(st.integers(0, 6), st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=25)
    )
    return leaves, steps


def built(face: Any, leaves: list[float], steps: list[tuple[int, int, int]]) -> tuple[list[Any], Any]:
    nodes = inputs = [face(x) for x in leaves]
    nodes = list(inputs)
    binary = [ag.add, ag.sub, ag.mul, ag.div, ag.maximum]
    for kind, i, j in steps:
        x, y = nodes[i % len(nodes)], nodes[j % len(nodes)]
        nodes.append(binary[kind](x, y) if kind < 5 else ag.tanh(x) if kind == 5 else ag.sigmoid(x))
    return inputs, nodes[-1]


@given(graphs())
def test_fast_and_visible_pass_give_the_same_bits(graph: Any) -> None:
    fast, root = built(Value, *graph)
    root.backward()
    root.backward()
    slow, other = built(Value, *graph)
    for _ in range(2):
        other.backward(step=lambda step: None)
    np.testing.assert_array_equal([x.grad for x in fast], [x.grad for x in slow])


@given(graphs())
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_value_and_tensor_give_the_same_gradients(graph: Any) -> None:
    values, root = built(Value, *graph)
    root.backward()
    tensors, other = built(lambda x: Tensor(x, requires_grad=True), *graph)
    other.backward()
    got = [0.0 if t.grad is None else t.grad.item() for t in tensors]
    np.testing.assert_allclose(got, [v.grad for v in values], rtol=1e-9, atol=1e-12)


@pytest.mark.integration
@pytest.mark.parametrize("count", [100_000, pytest.param(1_000_000, marks=pytest.mark.night)])
def test_a_chain_of_many_operations(count: int) -> None:
    leaf = Value(1.0, name="x")
    root = leaf
    for _ in range(count):
        root = root * 1.0
    root.backward()
    assert leaf.grad == 1.0
    assert len(ag.expression(root)) == 400
    assert "data=1.0" in repr(root)
    twin = copy.deepcopy(root)
    assert twin is not root
    assert twin.data == 1.0
    del root, twin


def test_a_copy_of_a_graph_knows_what_was_overwritten_in_it() -> None:
    w = Tensor(2.0, requires_grad=True)
    y = w * w
    w.data = np.array(5.0)
    with pytest.raises(InPlaceError):
        copy.deepcopy(y).backward()


def test_deepcopy_copies_the_graph_and_shares_nothing() -> None:
    t = Tensor([1.0, 2.0], requires_grad=True, name="t")
    twin = copy.deepcopy((t * t).sum())
    twin.backward()
    (leaf,) = [node for node in ancestors(twin) if node.op is None]
    assert leaf.name == "t"
    assert leaf.grad.tolist() == [2.0, 4.0]
    assert t.grad is None
    with pytest.raises(GraphError, match="pickle"):
        pickle.dumps(t * t)
    assert pickle.loads(pickle.dumps(t)).requires_grad


# Unbroadcasting


def test_the_pass_sums_broadcast_operands_and_repeats_short_contributions() -> None:
    column, row = Tensor(np.ones((3, 1)), requires_grad=True), Tensor(np.arange(4.0), requires_grad=True)
    (column * row).sum().backward()
    assert column.grad is not None
    assert row.grad is not None
    assert column.grad.tolist() == [[6.0]] * 3
    assert row.grad.tolist() == [3.0] * 4

    @primitive(lambda g, out, x: 0.5)
    def half(x: Any) -> Any:
        return x * 0.5

    x = Tensor(np.ones((2, 2)), requires_grad=True)
    half(x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_a_contribution_of_an_impossible_shape_is_named() -> None:
    @primitive(lambda g, out, x: np.ones(5))
    def wrong(x: Any) -> Any:
        return x * 1.0

    with pytest.raises(ShapeError, match=r"wrong.*shape \(5,\).*\(3,\)"):
        wrong(Tensor(np.ones(3), requires_grad=True)).sum().backward()


# Accumulation


def test_leaves_accumulate_until_zeroed_and_intermediates_do_not() -> None:
    a, b, e = example()
    c = e.parents[0]
    e.backward()
    e.backward()
    assert (a.grad, b.grad, c.grad, e.grad) == (4.0, 10.0, 2.0, 1.0)
    a.zero_grad()
    assert a.grad == 0.0


def test_a_leaf_that_is_the_root_accumulates_too() -> None:
    v, t = Value(2.0), Tensor(2.0, requires_grad=True)
    for leaf in (v, t):
        leaf.backward()
        leaf.backward(3.0)
        assert float(leaf.grad) == 4.0


def test_tensor_gradients_are_none_before_the_first_and_after_zero_grad() -> None:
    t = Tensor([1.0], requires_grad=True)
    assert t.grad is None
    t.sum().backward()
    assert t.grad is not None
    t.zero_grad()
    assert t.grad is None


def test_intermediate_tensors_keep_gradients_only_when_asked() -> None:
    t = Tensor([1.0, 2.0], requires_grad=True)
    square = t * t
    total = square.sum()
    total.backward()
    with pytest.raises(NotKeptError, match=r"retain_grads=True"):
        _ = square.grad
    total.backward(retain_grads=True)
    assert square.grad is not None
    assert square.grad.tolist() == [1.0, 1.0]
    total.backward()
    with pytest.raises(NotKeptError):
        _ = square.grad


def test_a_root_of_several_elements_needs_a_gradient() -> None:
    t = Tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(GraphError, match=r"shape \(2,\)"):
        (t * 2).backward()
    with pytest.raises(ShapeError, match=r"\(3,\)"):
        (t * 2).backward(np.ones(3))
    (t * 2).backward([1.0, 10.0])
    assert t.grad is not None
    assert t.grad.tolist() == [2.0, 20.0]


def test_a_root_that_requires_nothing_is_an_error() -> None:
    with pytest.raises(GraphError, match="requires no gradient"):
        Value(1.0, requires_grad=False).backward()
    with pytest.raises(GraphError, match="requires no gradient"):
        Tensor(1.0).backward()


# Types


def test_data_and_grad_are_floats_and_arrays_and_never_nodes() -> None:
    v = Value(2.0) * np.float64(3)
    assert type(v.data) is float
    v.backward(np.float32(1.0))
    assert type(v.grad) is float
    t = Tensor(2.0, requires_grad=True)
    (t * t).backward()
    assert type(t.data) is np.ndarray
    assert type(t.grad) is np.ndarray


@pytest.mark.parametrize(
    "function",
    [
        lambda t: t.sum(),
        lambda t: (t + t).sum(),
        lambda t: t.reshape(4).sum(),
        lambda t: (t @ np.eye(2)).sum(),
        lambda t: (t.T * t).sum(),
    ],
)
def test_a_stored_gradient_owns_its_memory(function: Any) -> None:
    t, u = (Tensor(np.ones((2, 2)), requires_grad=True) for _ in range(2))
    upstream = np.array(1.0)
    root = function(t) + function(u)
    root.backward(upstream)
    for leaf in (t, u):
        assert leaf.grad is not None
        assert leaf.grad.flags.writeable
        assert not np.shares_memory(leaf.grad, leaf.data)
    assert t.grad is not None
    assert u.grad is not None
    assert not np.shares_memory(t.grad, u.grad)
    before = u.grad.copy()
    t.grad += 100.0
    np.testing.assert_array_equal(u.grad, before)


def test_add_sends_one_array_to_two_leaves_that_do_not_share_it() -> None:
    t, u = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0, 4.0], requires_grad=True)
    seed = np.array([1.0, 1.0])
    (t + u).backward(seed)
    assert t.grad is not None
    assert u.grad is not None
    t.grad[0] = 7.0
    assert u.grad.tolist() == [1.0, 1.0]
    assert seed.tolist() == [1.0, 1.0]


def test_value_and_tensor_do_not_mix() -> None:
    v, t = Value(2.0), Tensor([1.0], requires_grad=True)
    for mixed in (lambda: v * t, lambda: t * v, lambda: np.ones(3) * v, lambda: v + np.ones(3), lambda: np.add(v, t)):
        with pytest.raises(TypeError, match="cannot mix"):
            mixed()


def test_arrays_are_made_only_of_what_needs_no_gradient() -> None:
    assert np.asarray(Tensor([1.0, 2.0])).tolist() == [1.0, 2.0]
    assert np.array([Tensor(1.0), Tensor(2.0)]).dtype == float
    with pytest.raises(TypeError, match=r"t\.numpy\(\).*stack"):
        np.asarray(Tensor([1.0], requires_grad=True))
    with pytest.raises(TypeError, match=r"v\.item\(\).*stack"):
        np.array([Value(1.0), Value(2.0)])


def test_a_single_number_is_formatted_and_rounded_on_either_face() -> None:
    loss = (Tensor([3.0, 4.0], requires_grad=True) ** 2).mean()
    assert f"{loss:.4f} {loss:>8.1f}" == "12.5000     12.5"
    assert f"{Tensor(7):03d} {Tensor(0.25, name='rate'):.0%} {nn.Parameter(0.5):e}" == "007 25% 5.000000e-01"
    assert f"{loss}" == repr(loss)
    for several in (Tensor([1.5]), Tensor([[1.0, 2.0]])):
        with pytest.raises(TypeError, match=r"'\.2f' is for one number, and 'constant' has shape \(1,"):
            format(several, ".2f")
    seen: list[str] = []
    assert grad(lambda x: (seen.append(f"{x:.1f}"), x * x)[1])(3.0) == 6.0
    assert seen == ["3.0"]

    for face in (Tensor, Value):
        x = face(2.3451)
        assert isinstance(round(x, 2), face)
        assert (round(x, 2).data, round(x, -1).data, round(x).data) == (2.35, 0.0, 2.0)
    x = Tensor([1.234, 5.678], requires_grad=True)
    np.testing.assert_array_equal(round(x, 1).data, [1.2, 5.7])
    (round(x) * x).sum().backward()
    np.testing.assert_array_equal(x.grad, [1.0, 6.0])


def test_integers_never_require_gradients_and_values_are_real() -> None:
    assert Tensor([1, 2]).dtype.kind == "i"
    with pytest.raises(TypeError, match="only floats"):
        Tensor([1, 2], requires_grad=True)
    for make in (
        lambda: Value(1j),
        lambda: Value(2.0) * 1j,
    ):
        with pytest.raises(TypeError):
            make()


# Dead work


def test_no_derivative_is_computed_that_nobody_needs() -> None:
    calls: list[str] = []

    def noted(name: str) -> Any:
        def rule(g: Any, out: Any, x: Any, y: Any) -> Any:
            calls.append(name)
            return g

        return rule

    @primitive(noted("x"), noted("y"))
    def join(x: Any, y: Any) -> Any:
        return x + y

    join(Tensor([1.0]), Tensor([1.0], requires_grad=True)).sum().backward()
    assert calls == ["y"]
    calls.clear()
    outside = Tensor([2.0], requires_grad=True)
    with no_grad():
        grad(lambda x: join(outside * 2.0, x).sum())(np.array([1.0]))
    assert calls == ["y"]


# Strong zero and anomalies


def test_detect_anomaly_still_reports_a_zero_through_a_singular_derivative() -> None:
    for x in (Value(0.0), Tensor(0.0, requires_grad=True)):
        with detect_anomaly():
            root = ag.where(x > 0, ag.sqrt(x), 0.0)
            with pytest.raises(AnomalyError, match="sqrt"):
                root.backward()


def test_anomalies_name_the_operation_its_values_and_the_line() -> None:
    with detect_anomaly():
        w = Tensor([1.0, 0.0], requires_grad=True, name="weights")
        with pytest.raises(AnomalyError, match=r"log gave -inf.*weights.*test_contracts\.py.*ag\.log\(w\)"):
            ag.log(w)
        x = Value(0.0, name="x")
        root = ag.sqrt(x) * 2.0
        with pytest.raises(AnomalyError, match=r"sqrt.*test_contracts\.py.*root = ag\.sqrt.*upstream gradient 2\.0"):
            root.backward()


def test_detect_anomaly_finds_data_that_was_changed_behind_the_engine() -> None:
    with detect_anomaly():
        t = Tensor([1.0, 2.0], requires_grad=True, name="t")
        total = (t * t).sum()
        t.data[0] = 3.0
        with pytest.raises(AnomalyError, match="'t' was changed"):
            total.backward()
        v = Value(2.0, name="v")
        square = v * v
        v.data = 3.0
        with pytest.raises(AnomalyError, match="'v' was changed"):
            square.backward()


# In-place changes


def spoil_setitem(t: Tensor) -> None:
    t[0] = 9.0


def spoil_add(t: Tensor) -> None:
    t += 1.0


def spoil_data(t: Tensor) -> None:
    t.data = np.zeros(2)


def spoil_data_subtract(t: Tensor) -> None:
    t.data -= 0.5


@pytest.mark.parametrize("spoil", [spoil_setitem, spoil_add, spoil_data, spoil_data_subtract])
def test_an_overwritten_operand_is_caught_and_both_lines_are_named(spoil: Any) -> None:
    t = Tensor([1.0, 2.0], requires_grad=True, name="t")
    squares = t * t
    with no_grad():
        spoil(t)
    with pytest.raises(InPlaceError) as caught:
        squares.sum().backward()
    assert "squares = t * t" in str(caught.value)
    assert spoil.__name__ in str(caught.value)


def test_what_the_rule_does_not_read_may_be_overwritten() -> None:
    t = Tensor([1.0, 2.0], requires_grad=True)
    total = (t + 1.0).sum()
    with no_grad():
        t += 5.0
    total.backward()
    assert t.grad is not None
    assert t.grad.tolist() == [1.0, 1.0]


def test_an_overwritten_result_and_an_overwritten_base_of_a_view_are_caught() -> None:
    t = Tensor([[1.0, 2.0]], requires_grad=True)
    result = t.exp()
    total = result.sum()
    with no_grad():
        result += 1.0
    with pytest.raises(InPlaceError):
        total.backward()
    u = Tensor([[1.0, 2.0]], requires_grad=True)
    flat = u.reshape(2)
    squares = (flat * flat).sum()
    with no_grad():
        u *= 2.0
    with pytest.raises(InPlaceError):
        squares.backward()


def test_in_place_changes_that_cannot_be_differentiated_are_refused() -> None:
    t = Tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(GraphError, match="no_grad"):
        t += 1.0
    with pytest.raises(GraphError, match="where, concatenate or stack"):
        t[0] = 1.0
    h = before = t * 2.0
    h += t
    assert h is before
    h.sum().backward()
    assert t.grad is not None
    assert t.grad.tolist() == [3.0, 3.0]


# Errors


def test_errors_name_the_operation_the_shapes_the_names_and_the_line() -> None:
    w = Tensor(np.ones((2, 3)), requires_grad=True, name="W")
    with pytest.raises(ShapeError, match=r"matmul.*W of shape \(2, 3\).*\(2,\).*test_contracts\.py") as caught:
        w @ np.ones(2)
    assert isinstance(caught.value.__cause__, ValueError)
    assert isinstance(caught.value, ValueError)


# Raw data, modes, dtypes


def test_raw_in_raw_out() -> None:
    assert type(ag.tanh(0.5)) is float
    assert type(ag.add(1, 2)) is float
    assert type(ag.exp(np.ones(2))) is np.ndarray
    assert type(ag.max(1.0, 2.0)) is float
    assert ag.greater(2.0, 1.0) is True


def test_under_no_grad_a_tensor_stays_a_tensor() -> None:
    t, v = Tensor([1.0], requires_grad=True), Value(1.0)

    @no_grad()
    def double(x: Any) -> Any:
        return x * 2.0

    for x in (t, v):
        y = double(x)
        assert type(y) is type(x)
        assert not y.requires_grad
        assert y.parents == ()


def test_constants_have_no_dtype_of_their_own() -> None:
    t = Tensor(np.ones(2, np.float32), requires_grad=True)
    out = 1.0 - 2.0 * t / 3 + t**2
    assert out.dtype == np.float32
    (second,) = ag.vjp(ag.grad(lambda x: (2.0 * x**3).sum()), t.data)[1](np.ones(2, np.float32))
    assert second.dtype == np.float32


def test_hooks_see_replace_and_go() -> None:
    for leaf in (Value(3.0), Tensor(3.0, requires_grad=True)):
        middle = leaf * leaf
        seen: list[float] = []
        handle = middle.register_hook(lambda g, seen=seen: seen.append(float(g)))
        double = middle.register_hook(lambda g: 2.0 * g)
        (middle * 5.0).backward()
        assert seen == [5.0]
        assert float(leaf.grad) == 60.0
        handle.remove()
        double.remove()
        leaf.zero_grad()
        (middle * 5.0).backward()
        assert seen == [5.0]
        assert float(leaf.grad) == 30.0


@pytest.mark.integration
def test_a_hook_does_not_keep_its_node() -> None:
    gc.collect()
    before = len(HOOKS)
    for leaf in (Value(3.0), Tensor(3.0, requires_grad=True)):
        middle = leaf * leaf
        middle.register_hook(lambda g: None)
        gone = weakref.ref(middle)
        assert len(HOOKS) == before + 1
        del middle
        assert gone() is None
        assert len(HOOKS) == before


def test_a_hook_on_a_leaf_sees_this_pass_only() -> None:
    for leaf in (Value(3.0), Tensor(3.0, requires_grad=True)):
        (leaf * 2.0).backward()
        seen: list[float] = []
        leaf.register_hook(lambda g, seen=seen: seen.append(float(g)))
        (leaf * 5.0).backward()
        assert seen == [5.0]
        assert float(leaf.grad) == 7.0


def test_comparisons_are_on_data_and_hashes_by_identity() -> None:
    a, b = Value(2.0), Value(2.0)
    assert a != b
    assert a in [b, a]
    assert a == 2.0
    assert a >= b
    assert not a < b
    assert a > 1
    assert max(a, Value(3.0)).data == 3.0
    assert len({a, b}) == 2
    assert (a == "x") is False
    t = Tensor([1.0, 3.0], requires_grad=True)
    assert (t > 2).tolist() == [False, True]
    assert not (t > 2).requires_grad
    assert len({t, t}) == 1


def test_a_detached_tensor_knows_the_line_that_detached_it() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    cut = (x * 2.0).detach()
    assert cut.site is not None
    assert cut.site.line == "cut = (x * 2.0).detach()"
    assert not cut.requires_grad


def test_sites() -> None:
    with record_sites():
        v = Value(1.0) * 2.0
    assert v.site is not None
    assert v.site.line == "v = Value(1.0) * 2.0"
    assert v.site.caller is not None
    t = Tensor([1.0], requires_grad=True) * 2.0
    assert t.site is not None
    assert t.site.function == "test_sites"
    assert (Value(1.0) * 2.0).site is None


def test_an_operand_error_names_the_argument() -> None:
    with pytest.raises(OperandError, match="mul, argument 2"):
        Tensor([1.0], requires_grad=True) * "x"  # type: ignore[operator]
    with pytest.raises(OperandError, match="one real number"):
        Value(np.ones(3))
    with pytest.raises(OperandError, match="cut the graph"):
        Value(Value(1.0))
