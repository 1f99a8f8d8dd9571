"""Every row of the table, to second order, on floats, arrays and nodes; a new row is tested without writing a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import numpy as np
import pytest

from autograd import Tensor, Value, grad, vjp
from autograd.check import derivative
from autograd.check.precise import exact_functions
from autograd.engine import formula
from autograd.engine.symbol import Symbol, argument_names
from autograd.graph.node import Const
from autograd.graph.op import TABLE
from autograd.ops.triangles import reading_both_triangles
from tests.autograd import samples
from tests.sweep import sweep

ROWS = sorted(TABLE)
SCALAR = [name for name in ROWS if TABLE[name].scalar is not None]
# Rows over any number of scalars, `max(v, w, …)`; arrays have reductions for the same.
NARY = [name for name in SCALAR if TABLE[name].joint is not None]
ARRAY = [name for name in ROWS if name not in NARY]
DIFFERENTIABLE = [name for name in ROWS if TABLE[name].differentiable]
ELEMENTWISE = [name for name in SCALAR if samples.elementwise(TABLE[name])]


@pytest.fixture(autouse=True)
def _symmetric_gradients() -> Iterator[None]:
    """Differences of one element alone see what a symmetric gradient means."""
    with reading_both_triangles():
        yield


def weights(shape: tuple[int, ...]) -> np.ndarray:
    """Fixed numbers that make one scalar of a result, different for each of its elements."""
    return np.cos(np.arange(np.prod(shape, dtype=int)) + 0.5).reshape(shape)


def differentiable_operands(name: str, xs: list[Any]) -> list[int]:
    op = TABLE[name]
    return [
        i
        for i, x in enumerate(xs)
        if np.asarray(x).dtype.kind == "f" and (op.joint is not None or op.rules[i] is not None)
    ]


def assert_close_to_differences(function: Any, x: np.ndarray, claimed: np.ndarray, what: str) -> None:
    """Every coordinate within ten times the estimated error of the finite differences, which must itself be small."""
    for index in np.ndindex(x.shape):

        def along(value: float, index: tuple[int, ...] = index) -> float:
            nearby = np.array(x)
            nearby[index] = value
            return float(function(nearby))

        assert_close_to_difference(along, float(x[index]), claimed[index], f"{what} at {index}")


def assert_close_along_directions(function: Any, x: np.ndarray, claimed: np.ndarray, what: str) -> None:
    """The same along three directions that move every coordinate, each by another amount: a wrong one shows in all."""
    for number in range(3):
        direction = np.random.default_rng(number).uniform(0.5, 1.5, x.shape)
        assert_close_to_difference(
            lambda t, direction=direction: float(function(x + t * direction)),
            0.0,
            float((claimed * direction).sum()),
            f"{what} along direction {number}",
        )


def assert_close_to_difference(along: Callable[[float], float], at: float, claimed: float, what: str) -> None:
    with np.errstate(all="ignore"):
        measured = derivative(along, at)
    scale = max(1.0, abs(measured.value))
    assert measured.error < 1e-7 * scale, f"{what}: differences too coarse ({measured})"
    assert abs(claimed - measured.value) <= 10 * measured.error + 1e-12 * scale, f"{what}: {claimed} vs {measured}"


@pytest.mark.parametrize("name", ARRAY)
def test_every_row_has_samples_and_tensor_and_raw_agree(name: str) -> None:
    xs, params = samples.operands(name)
    call = TABLE[name].call
    raw = call(*xs, **params)
    assert not isinstance(raw, Tensor), "raw in, raw out"
    node = call(*(Tensor(x, requires_grad=np.asarray(x).dtype.kind in "fc") for x in xs), **params)
    assert isinstance(node, Tensor)
    np.testing.assert_array_equal(node.data, raw)
    assert node.requires_grad == (name in DIFFERENTIABLE)


# Differences of each element of each operand, twice: the windows would take half of the time of all rows.
MANY = 24


@pytest.mark.parametrize(
    "name",
    sweep([n for n in DIFFERENTIABLE if n not in (*NARY, *samples.COMPLEX)], 9),
)
def test_first_and_second_derivatives_of_tensors(name: str) -> None:
    xs, params = samples.operands(name)
    call = TABLE[name].call
    for i in differentiable_operands(name, xs):

        def total(x: Any, i: int = i) -> Any:
            out = call(*xs[:i], x, *xs[i + 1 :], **params)
            return (out * weights(np.shape(out))).sum()

        first = grad(total)
        claimed = first(xs[i])
        assert claimed.shape == xs[i].shape
        close = assert_close_along_directions if xs[i].size >= MANY else assert_close_to_differences
        close(total, xs[i], claimed, f"{name}, operand {i}")
        direction = weights(xs[i].shape)

        def slope(x: Any, first: Any = first, direction: np.ndarray = direction) -> Any:
            return (first(x) * direction).sum()

        close(slope, xs[i], np.asarray(grad(slope)(xs[i])), f"{name}, operand {i}, second order")


@pytest.mark.parametrize("name", sweep([n for n in SCALAR if TABLE[n].differentiable], 3))
def test_first_and_second_derivatives_of_values(name: str) -> None:
    op = TABLE[name]
    params = samples.PARAMETERS.get(name, {})
    for xs in samples.scalar_points(name):
        for i in differentiable_operands(name, xs):

            def along(x: Any, i: int = i, xs: list[float] = xs) -> Any:
                return op.call(*xs[:i], x, *xs[i + 1 :], **params)

            first = grad(along)
            x = np.array(xs[i])
            assert_close_to_differences(along, x, np.array(first(xs[i])), f"{name}{xs}, operand {i}")
            assert_close_to_differences(
                first, x, np.array(grad(first)(xs[i])), f"{name}{xs}, operand {i}, second order"
            )


@pytest.mark.parametrize("name", [n for n in SCALAR if n not in NARY])
def test_value_and_tensor_agree(name: str) -> None:
    op = TABLE[name]
    params = samples.PARAMETERS.get(name, {})
    for xs in samples.scalar_points(name):
        values = [x if isinstance(x, bool) else Value(x) for x in xs]
        tensors = [np.array(x) if isinstance(x, bool) else Tensor(x, requires_grad=True) for x in xs]
        of_values, of_tensors = op.call(*values, **params), op.call(*tensors, **params)
        if not op.differentiable:
            assert float(of_values) == float(of_tensors)
            continue
        of_values.backward()
        of_tensors.backward()
        assert of_values.data == pytest.approx(
            of_tensors.item(), rel=1e-15, abs=1e-300
        )  # the C library's erfc is not SciPy's
        for value, tensor in zip(values, tensors, strict=True):
            if isinstance(value, Value):
                expected = 0.0 if tensor.grad is None else tensor.grad.item()
                assert value.grad == pytest.approx(expected, rel=1e-14, abs=1e-300)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize(
    "shapes",
    [((), ()), ((1,), (1,)), ((0,), (0,)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((), (2, 2)), ((0, 3), (1, 3))],
    ids=str,
)
def test_shapes_of_elementwise_rows(name: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    op = TABLE[name]
    arrays = [samples.resized(name, i, shape) for i, shape in enumerate(shapes)][: len(op.rules)]
    tensors = [Tensor(x, requires_grad=True) for x in arrays]
    params = samples.PARAMETERS.get(name, {})
    out = op.call(*tensors, **params)
    assert out.shape == np.broadcast_shapes(*(x.shape for x in arrays))
    if out.requires_grad:
        out.sum().backward()
        for i, (tensor, rule) in enumerate(zip(tensors, op.rules, strict=True)):
            if rule is not None:
                assert tensor.grad is not None and tensor.grad.shape == arrays[i].shape
                one_by_one = [
                    grad(
                        lambda x, k=k, i=i: op.call(
                            *[(x if j == i else float(np.broadcast_to(a, out.shape)[k])) for j, a in enumerate(arrays)],
                            **params,
                        )
                    )(float(np.broadcast_to(arrays[i], out.shape)[k]))
                    for k in np.ndindex(out.shape)
                ]
                assert tensor.grad.sum() == pytest.approx(sum(one_by_one), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", [n for n in DIFFERENTIABLE if n not in (*NARY, *samples.COMPLEX)])
def test_float32_stays_float32(name: str) -> None:
    xs, params = samples.operands(name)
    if name == "astype":
        params = {"dtype": np.dtype(np.float32)}
    xs = [x.astype(np.float32) if x.dtype.kind == "f" else x for x in xs]
    tensors = [Tensor(x, requires_grad=x.dtype.kind == "f") for x in xs]
    out = TABLE[name].call(*tensors, **params)
    assert out.dtype == np.float32
    out.backward(np.ones(out.shape, np.float32))
    for i in differentiable_operands(name, xs):
        gradient = tensors[i].grad
        assert gradient is not None and gradient.dtype == np.float32
        exact, pull = vjp(
            lambda x, i=i: TABLE[name].call(
                *samples.operands(name)[0][:i],
                x,
                *samples.operands(name)[0][i + 1 :],
                **{**params, **({"dtype": np.dtype(float)} if name == "astype" else {})},
            ),
            samples.operands(name)[0][i],
        )
        np.testing.assert_allclose(gradient, pull(np.ones(exact.shape))[0], rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", [n for n in SCALAR if TABLE[n].differentiable])
def test_the_generated_function_is_the_rules_to_the_bit(name: str) -> None:
    op = TABLE[name]
    params = {**samples.PARAMETERS.get(name, {})}
    for xs in samples.scalar_points(name):
        fast = [x if isinstance(x, bool) else Value(x) for x in xs]
        slow = [x if isinstance(x, bool) else Value(x) for x in xs]
        op.call(*fast, **params).backward(0.37)
        op.call(*slow, **params).backward(0.37, step=lambda step: None)
        assert [x.grad for x in fast if isinstance(x, Value)] == [x.grad for x in slow if isinstance(x, Value)]


@pytest.mark.parametrize("name", [n for n in SCALAR if TABLE[n].differentiable])
def test_values_and_derivatives_at_fifty_digits(name: str) -> None:
    """Within a few units in the last place, of the result or of the terms that it is the difference of."""
    op = TABLE[name]
    exact = exact_functions()[name]
    params = samples.PARAMETERS.get(name, {})
    ulp = np.finfo(float).eps
    with mpmath.workdps(50):
        for xs in samples.scalar_points(name):
            at = [x if isinstance(x, bool) else mpmath.mpf(x) for x in xs]
            kept = {key: mpmath.mpf(value) for key, value in params.items()}
            nodes = [x if isinstance(x, bool) else Value(x) for x in xs]
            out = op.call(*nodes, **params)
            out.backward()
            expected = exact(*at, **kept)
            assert abs(out.data - expected) <= 4 * ulp * max(abs(expected), mpmath.mpf(1) / 4)
            for i in differentiable_operands(name, xs):
                slope = mpmath.diff(lambda x, i=i, at=at: exact(*at[:i], x, *at[i + 1 :], **kept), at[i])
                assert abs(nodes[i].grad - slope) <= 8 * ulp * max(abs(slope), mpmath.mpf(1) / 4), (
                    f"{name}{xs}, operand {i}"
                )


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_rules_never_branch_on_a_value_and_print_as_formulas(name: str) -> None:
    """Symbols raise where a rule asks whether one is true."""
    op = TABLE[name]
    xs, params = samples.operands(name)
    out = op.array(*xs, **params)
    labels = argument_names(op, len(xs))
    symbols = [Symbol(label, x) for label, x in zip(labels, xs, strict=True)]
    with np.errstate(all="ignore"):
        sent = op.contributions(Symbol("g", out), Symbol("out", out), symbols, params, [True] * len(xs))
    for contribution in sent:
        text = formula.display(contribution) if contribution is not None else "0"
        assert text and "Symbol" not in text and "Const" not in text


def test_a_constant_in_a_graph_is_raw() -> None:
    node = Value(2.0) * 3
    assert node.parents[1].__class__ is Const
    assert node.parents[1].data == 3.0


@pytest.mark.parametrize("name", [op.name for op in TABLE.values() if op.infix and len(op.rules) == 2])
def test_operators_print_between_their_operands(name: str) -> None:
    x, y = (Symbol(n, 2.0) for n in "xy")
    infix = TABLE[name].infix
    inner = Symbol(None, 2.0, TABLE[name], (x, y))
    text = formula.expression(Symbol(None, 2.0, TABLE["mul"], (inner, y)))
    assert text in (f"(x {infix} y) * y", f"x {infix} y * y")
    assert eval(text, {"x": 7.0, "y": 2.0}) == eval(f"(7.0 {infix} 2.0) * 2.0") if infix != "@" else True
