"""`Value`: its functions as methods, as functions of `autograd`, and through NumPy; numbers from both sides; its display."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import OperandError, Tensor, Value, grad
from autograd.graph.op import TABLE

UNARY = (
    "exp log log1p expm1 sqrt sin cos tan asin acos atan sinh cosh tanh sigmoid softplus relu leaky_relu elu gelu silu erf abs"
).split()
BINARY = "atan2 maximum minimum hypot".split()
NUMPYS = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2"}


@pytest.mark.parametrize("name", UNARY + BINARY)
def test_a_function_is_a_method_and_numpys_too(name: str) -> None:
    rest = (0.3,) if name in BINARY else ()
    expected = getattr(ag, name)(0.4, *rest)
    forms: list[Any] = [getattr(ag, name)(Value(0.4), *rest), getattr(Value(0.4), name)(*rest)]
    numpys = getattr(np, NUMPYS.get(name, name), None)
    if numpys is not None:
        forms.append(numpys(Value(0.4), *rest))
    for result in forms:
        assert isinstance(result, Value)
        assert result.data == expected
        result.backward()
        assert result.parents[0].grad == pytest.approx(grad(lambda x: getattr(ag, name)(x, *rest))(0.4))


def test_any_number_of_operands() -> None:
    a, b, c = Value(1.0), Value(3.0), Value(2.0)
    assert ag.max(a, b, c).data == ag.max([a, b, c]).data == a.max(b, c).data == 3.0
    assert ag.min(a, b, c).data == a.min(b, 0.5).data + 0.5 == 1.0
    assert ag.sum(a, b, c).data == ag.sum(v for v in (a, b, c)).data == 6.0
    assert ag.dot([a, b], [2.0, c]).data == 8.0
    assert ag.logsumexp(a, b).data == a.logsumexp(b).data == pytest.approx(math.log(math.e + math.e**3))
    assert len(ag.sum([a] * 1000).parents) == 1000
    assert ag.clip(b, 0, 2).data == b.clip(0, 2).data == 2.0
    assert ag.where(a > 0, a, b) is not a
    with pytest.raises(ValueError, match="2 and 1 scalars"):
        ag.dot([a, b], [c])


@pytest.mark.parametrize("number", [2, 2.0, True, np.float64(2), np.float32(2), np.int64(2), np.array(2.0)])
def test_numbers_from_both_sides(number: Any) -> None:
    v = Value(3.0)
    x = float(number)
    results = [
        v + number,
        number + v,
        v - number,
        number - v,
        v * number,
        number * v,
        v / number,
        number / v,
        v**number,
        number**v,
    ]
    expected = [3 + x, x + 3, 3 - x, x - 3, 3 * x, x * 3, 3 / x, x / 3, 3**x, x**3]
    for result, wanted in zip(results, expected, strict=True):
        assert isinstance(result, Value)
        assert type(result.data) is float
        assert result.data == pytest.approx(wanted)


def test_powers_of_every_kind() -> None:
    a, b = Value(2.0), Value(3.0)
    (a**b).backward()
    assert (a.grad, b.grad) == (pytest.approx(12.0), pytest.approx(8 * math.log(2)))
    c = Value(3.0)
    (2.0**c).backward()
    assert c.grad == pytest.approx(8 * math.log(2))


def test_it_displays_itself_and_escapes_its_name() -> None:
    a = Value(2.0, name="<b>")
    html = (a * 3)._repr_html_()
    assert "mul(&lt;b&gt;, 3)" in html
    assert "6" in html
    assert f"{a:.2f}" == "2.00"


def test_values_in_a_module_know_its_path() -> None:
    class Double(nn.Module):
        def forward(self, x: Any) -> Any:
            return (x * 2).tanh()

    out = nn.Sequential(Double())(Value(1.0))
    assert (out.scope, out.parents[0].scope) == ("0", "0")


def test_gradients_through_special_functions_are_floats_and_reach_singular_points() -> None:
    gamma, ndtr = TABLE["gamma"].call, TABLE["ndtr"].call
    v = Value(0.0)
    inner = ag.sqrt(v)
    gamma(ndtr(inner)).backward()
    assert (type(inner.grad), v.grad, type(v.grad)) == (float, -math.inf, float)
    for name in ("gamma", "gammaln", "erf", "ndtr", "log_ndtr", "erfinv"):
        w = Value(0.7)
        TABLE[name].call(w * 1.0).backward()
        assert type(w.grad) is float, name


def test_equality_finds_the_node_and_compares_with_numbers() -> None:
    a, b = Value(1.0), Value(1.0)
    assert a != b and a == a and a == 1.0 and 1 == a and a != 2
    assert [b, a].index(a) == 1 and a not in [b] and [b].count(a) == 0
    left = [b, a]
    left.remove(a)
    assert left[0] is b
    assert a < 2 and a <= b and not a > b


def test_what_students_of_the_lecture_write() -> None:
    a = Value(2.0, label="a")
    b = 3 * a
    b.label = "b"
    assert (a.name, b.name, b.label, f"{b.label}") == ("a", "b", "b", "b")
    assert (a.label(), (a + 1).label, (a + 1).label()) == ("a", "", "add")
    assert (b._prev, b._op, a._prev, a._op, b.tanh()._op) == ({a}, "*", set(), "", "tanh")
    with pytest.raises(AttributeError, match="rules are in one table, and @primitive"):
        b._backward = lambda: None
    with pytest.raises(OperandError, match=r"Value\(2\.0, children, '\+'\): a node of a graph is made by computing it"):
        Value(2.0, (a, b), "+")  # type: ignore[arg-type]
    assert Value(2.0, (), "").requires_grad  # type: ignore[arg-type]
    for wrong in ("a", None, 2, 1.0):
        with pytest.raises(OperandError, match="Value: requires_grad is True or False, not "):
            Value(2.0, wrong)  # type: ignore[arg-type]
    assert not Value(2.0, np.False_).requires_grad  # type: ignore[arg-type]


def test_the_loop_of_the_lecture_over_its_own_order() -> None:
    a, b = Value(2.0), Value(-3.0)
    loss = ((a * b + 10.0) ** 2 / b).tanh() * a + 1.0 / b
    topo: list[Value] = []
    visited: set[Value] = set()

    def build(v: Value) -> None:
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build(child)
            topo.append(v)

    build(loss)
    loss.grad = 1.0
    for node in reversed(topo):
        node._backward()
    by_hand = a.grad, b.grad
    a.zero_grad()
    b.zero_grad()
    loss.backward()
    assert by_hand == pytest.approx((a.grad, b.grad), rel=1e-14)


@pytest.mark.parametrize("face", [Tensor, nn.Parameter])
@pytest.mark.parametrize("wrong", [np.float32, "float32", "a", 3, None, (2,)])
def test_what_is_no_flag_is_not_taken_for_one(face: Any, wrong: Any) -> None:
    """`Tensor(x, np.float32)` and `Tensor(2.0, 3)` required a gradient, and kept neither the dtype nor the shape."""
    with pytest.raises(
        OperandError, match=f"{face.__name__}: requires_grad is True or False, not .*dtype=, a name by name="
    ):
        face([1.0, 2.0], wrong)
    assert face(1.0, np.True_).requires_grad and not face(1.0, 0).requires_grad
