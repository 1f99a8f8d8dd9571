"""Programs of scalars: the same numbers as the engine gives, by numba and by NumPy, for every row of the table."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import ShapeError, Value
from autograd.check.programs import Program as Random
from autograd.check.strategies import scalar_programs
from autograd.compiler import CompileError, Program, compile_scalar, gradient_source, native
from autograd.compiler.tape import flatten
from autograd.examples import XOR, chain_rule, xor_loss
from autograd.graph.node import ancestors
from autograd.graph.op import TABLE
from tests.autograd.samples import PARAMETERS, scalar_points
from tests.sweep import sweep

ROWS = [op for op in TABLE.values() if op.scalar is not None and op.joint is None]
# What numba has no spelling of: SciPy's functions, and those that call other Python functions.
BY_NUMPY = {
    "sinc", "erfinv", "erfcinv", "ndtr", "log_ndtr", "polygamma", "gammaln", "gamma", "gammainc", "gammaincc", "betainc", "jv", "yv", "iv",
    "ive", "beta", "rgamma", "stdtr", "gammasgn",
}  # fmt: skip


# numba takes a second or two for a program: the test command has it compile three, and `python -m tests.checks` all.
NUMBA = pytest.param("numba", marks=pytest.mark.integration)
BOTH = pytest.mark.parametrize("made_of", ["NumPy", NUMBA], indirect=True)
BOTH_HERE = pytest.mark.parametrize("made_of", ["NumPy", "numba"], indirect=True)


def by_engine(function: Callable[..., Any], *inputs: float) -> tuple[float, tuple[float, ...]]:
    leaves = [Value(x) for x in inputs]
    root = function(*leaves)
    if not isinstance(root, Value):
        return float(root), (0.0,) * len(inputs)
    if root.requires_grad:
        root.backward()
    return root.data, tuple(leaf.grad for leaf in leaves)


def compile_of(function: Callable[..., Any], count: int) -> Program:
    """The program of a function of so many numbers, by numba where the test is run with it."""
    names = [f"x{k}" for k in range(count)]
    return compile_scalar(eval(f"lambda {', '.join(names)}: function({', '.join(names)})", {"function": function}))


def row(op: Any) -> Callable[..., Any]:
    params = PARAMETERS.get(op.name, {})
    smooth = op.differentiable

    def called(*xs: Any) -> Any:
        result = op.call(*xs, **params)
        # A comparison is a condition, and a step a factor: so each is seen by what it decides.
        return ag.where(result, xs[0] * 2.0, xs[-1] * 3.0) if not smooth else result * xs[0]

    return called


def points(op: Any) -> list[list[float]]:
    return [[float(x) for x in xs] for xs in scalar_points(op.name)]


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_every_row_by_numpy(op: Any) -> None:
    function = row(op)
    assert_equal_to_the_engine(numpy_program(function, len(op.rules)), function, points(op))


def numpy_program(function: Callable[..., Any], count: int) -> Program:
    from autograd.compiler.trace import trace

    names = [f"x{k}" for k in range(count)]
    inputs, root = trace(function, names)
    return Program(flatten([root], inputs), names, prefer_native=False)


def assert_equal_to_the_engine(program: Program, function: Callable[..., Any], rows: list[list[float]]) -> None:
    values, gradients = program.batch_value_and_grad(rows)
    expected = [by_engine(function, *r) for r in rows]
    np.testing.assert_allclose(values, [v for v, _ in expected], rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(gradients, [g for _, g in expected], rtol=1e-12, atol=1e-12)


@pytest.mark.integration
@pytest.mark.parametrize("made_of", ["numba"], indirect=True)
def test_every_row_by_numba() -> None:
    pytest.importorskip("numba")
    ops = [op for op in ROWS if op.name not in BY_NUMPY]
    width = max(len(op.rules) for op in ops)

    def everything(*xs: Any) -> Any:
        return ag.sum([row(op)(*xs[k * width : k * width + len(op.rules)]) for k, op in enumerate(ops)])

    program = compile_of(everything, width * len(ops))
    assert program.native, "one loop for each row, none of which numba refuses"
    for k in range(4):
        inputs = []
        for op in ops:
            chosen = points(op)[k % len(points(op))]
            inputs += chosen + [0.5] * (width - len(chosen))
        value, gradient = program.value_and_grad(*inputs)
        expected, by = by_engine(everything, *inputs)
        assert value == pytest.approx(expected, rel=1e-12)
        np.testing.assert_allclose(gradient, by, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("made_of", ["numba"], indirect=True)
@pytest.mark.parametrize("name", sweep(["gammaln", *sorted(BY_NUMPY - {"gammaln"})], 40))
def test_what_is_neither_is_run_by_numpy(name: str) -> None:
    function = row(TABLE[name])
    program = compile_of(function, len(TABLE[name].rules))
    assert not program.native
    assert_equal_to_the_engine(program, function, points(TABLE[name])[:1])


@pytest.mark.integration
@given(scalar_programs("seek"), st.data())
def test_random_graphs(random: Random, data: st.DataObject) -> None:
    program = numpy_program(random.run, len(random.inputs))
    value, gradient = program.value_and_grad(*random.inputs)
    expected, by = by_engine(random.run, *random.inputs)
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(gradient, by, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["sum", "max", "min", "prod", "logsumexp"])
@pytest.mark.parametrize(
    "xs", [(1.0, 2.0, 3.0), (2.0, 2.0, 1.0), (0.0, 0.0, 5.0), (math.inf, 1.0, 2.0), (math.nan, 1.0, 2.0)]
)
def test_reductions_of_any_number_of_scalars(name: str, xs: tuple[float, ...]) -> None:
    function = lambda *ys: getattr(ag, name)(list(ys))
    value, gradient = numpy_program(function, 3).value_and_grad(*xs)
    expected, by = by_engine(function, *xs)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(gradient, by, rtol=1e-12)


# a recorded graph


@BOTH_HERE
def test_the_graph_of_the_example() -> None:
    for program in (compile_scalar(chain_rule().root), compile_scalar(lambda a, b: (a + b) * (b + 1))):
        assert program.names == ["a", "b"]
        assert program.value_and_grad(2.0, 1.0) == (6.0, (2.0, 5.0))
        assert program(3.0, 3.0) == 24.0


@BOTH
def test_chosen_leaves_are_inputs_and_the_others_constants() -> None:
    w, x = Value(0.5, name="w"), Value(2.0, name="x")
    program = compile_scalar((w * x).exp(), [w])
    np.testing.assert_allclose(program.value_and_grad(1.0)[1], [2.0 * math.exp(2.0)], rtol=1e-15)
    with pytest.raises(CompileError, match="y is not a leaf of the graph of exp"):
        compile_scalar((w * x).exp(), [Value(1.0, name="y")])


@BOTH
def test_the_xor_network_learns_by_its_program() -> None:
    patterns = [(0.0, 0.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)]
    first, second, target = Value(0.0, name="i1"), Value(0.0, name="i2"), Value(0.0, name="t")
    loss, weights = xor_loss(first, second, target)  # type: ignore[arg-type]
    program = compile_scalar(loss, [*weights.values(), first, second, target])
    state = np.array([w.data for w in weights.values()])
    value, gradients = program.batch_value_and_grad([[*state, *p] for p in patterns])
    assert np.mean(2.0 * value) == pytest.approx(0.310015581, abs=5e-10)
    by = by_engine(lambda *ws: xor_from(ws, 0.0, 1.0, 1.0), *state)
    np.testing.assert_allclose(gradients[1, : len(state)], by[1], rtol=1e-12)


def xor_from(weights: Any, first: float, second: float, target: float) -> Any:
    w = dict(zip((f"{unit}.{part}" for unit in XOR for part in ("w1", "w2", "b")), weights, strict=True))
    unit = lambda name, one, other: (w[f"{name}.w1"] * one + w[f"{name}.w2"] * other + w[f"{name}.b"]).sigmoid()
    return 0.5 * (unit("o", unit("h1", first, second), unit("h2", first, second)) - target) ** 2


# what a tape is


@BOTH
def test_equal_parts_are_computed_once_constants_are_folded_and_dead_code_is_gone() -> None:
    def f(x: Any, y: Any) -> Any:
        _ = ag.exp(y) * 100.0
        return ag.tanh(x) * ag.tanh(x) + x * (ag.sqrt(4.0) * 3.0 - 6.0 + 1.0)

    program = compile_scalar(f)
    names = [segment.kind.op.name for segment in program.tape.segments]
    assert sorted(names) == ["add", "mul", "mul", "tanh"], "tanh is computed once, and the constants are one factor"
    assert program.tape.constants == 1
    assert program.value_and_grad(0.5, 1.0)[1][1] == 0.0


def test_zeros_of_either_sign_are_different_constants() -> None:
    program = numpy_program(lambda x: ag.maximum(x * 0.0, -0.0) + 1.0 / (x * -0.0), 1)
    assert program(1.0) == -math.inf


@BOTH
def test_a_function_that_is_constant_or_its_own_argument() -> None:
    assert compile_scalar(lambda x: 3.0).value_and_grad(1.0) == (3.0, (0.0,))
    assert compile_scalar(lambda x: x).value_and_grad(2.0) == (2.0, (1.0,))
    assert compile_scalar(lambda x: x + 0 * x).value_and_grad(2.0) == (2.0, (1.0,))


@pytest.mark.integration
@pytest.mark.parametrize("made_of", ["numba"], indirect=True)
def test_a_long_chain() -> None:
    v = x = Value(0.5, name="x")
    for _ in range(100_000):
        v = v * 0.999 + 0.001
    program = compile_scalar(v)
    v.backward()
    value, gradient = program.value_and_grad(0.5)
    assert (value, gradient[0]) == pytest.approx((v.data, x.grad))


@BOTH
def test_floats_follow_ieee_754() -> None:
    program = compile_scalar(lambda x, y: x / y + ag.log(x) * 0.0 + ag.exp(1000.0 * x) * 0.0)
    assert math.isnan(program(1.0, 0.0))
    program = compile_scalar(lambda x, y: ag.where(x > 0, ag.log(ag.where(x > 0, x, 1.0)), y))
    assert program.value_and_grad(-1.0, 2.0) == (2.0, (0.0, 1.0))
    program = compile_scalar(lambda x: ag.where(x > 0.0, ag.sqrt(x), 0.0))
    assert program.value_and_grad(0.0) == (0.0, (0.0,)), "the branch that was not taken sends nothing"


# batches and threads


@BOTH
def test_rows_are_run_together() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(50, 3))
    f = lambda x, y, z: ag.tanh(x * y) + ag.maximum(y, z) * ag.sigmoid(z)
    program = compile_scalar(f)
    assert_equal_to_the_engine(program, f, rows.tolist())
    np.testing.assert_array_equal(program.batch(rows), program.batch_value_and_grad(rows)[0])
    assert program.batch(np.empty((0, 3))).shape == (0,)
    assert program.batch_value_and_grad(np.empty((0, 3)))[1].shape == (0, 3)


@BOTH
def test_two_threads_may_run_one_program() -> None:
    program = compile_scalar(lambda x, y: ag.tanh(x * y) * y)
    rows = np.random.default_rng(1).normal(size=(2000, 2))
    expected = program.batch_value_and_grad(rows)[1]
    wrong: list[int] = []

    def work() -> None:
        for _ in range(20):
            if not np.array_equal(program.batch_value_and_grad(rows)[1], expected):
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("rows", [[1.0, 2.0], [[1.0]], [[1.0, 2.0, 3.0]], np.ones((2, 2, 2))])
def test_rows_that_do_not_fit(rows: Any) -> None:
    with pytest.raises(ShapeError, match=r"takes rows of 2 inputs, got shape"):
        compile_scalar(lambda x, y: x * y).batch(rows)
    with pytest.raises(TypeError, match=r"takes 2 inputs \(x, y\), got 1"):
        compile_scalar(lambda x, y: x * y)(1.0)


# what cannot be captured


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: x if x > 0 else -x, "a branch on the value of 'greater'"),
        (lambda x: max(x, 0.0), "a branch on the value"),
        (lambda x: x * float(x), r"float\(…\) of 'x'"),
        (lambda x: x * x.data, r"\.data of 'x'"),
        (lambda x: x * x.item(), r"item\(\) of 'x'"),
        (lambda x: x * math.exp(x), r"float\(…\) of 'x'"),
        (lambda x: [1, 2][x], "the use as an index of 'x'"),
        (lambda x: (x * x).backward(), r"backward\(\) of 'mul'"),
        (lambda x: "text", "the function gave str"),
        (lambda x: x * np.ones(3), "an operand is ndarray|cannot"),
        (lambda *xs: xs[0], "arguments must be positional and counted"),
        (lambda x, *, k: x, "arguments must be positional and counted"),
    ],
)
def test_what_cannot_be_captured_says_so(function: Callable[..., Any], message: str) -> None:
    with pytest.raises(CompileError, match=message) as raised:
        compile_scalar(function)
    if "value is not known" in str(raised.value):
        assert "test_scalar.py" in str(raised.value), "the line is named"


def test_operations_of_a_users_own() -> None:
    cube = ag.primitive(lambda g, out, x: g * 3.0 * x * x)(lambda x: x * x * x)
    with pytest.raises(CompileError, match="operation of a user's own"):
        compile_scalar(lambda x: cube(x))
    with pytest.raises(CompileError, match="a function or a Value can be compiled, not int"):
        compile_scalar(3)  # type: ignore[arg-type]


def test_compile_takes_them_for_arrays() -> None:
    cube = ag.primitive(lambda g, out, x: g * 3.0 * x * x)(lambda x: x * x * x)
    for function, expected in ((ag.grad(cube), 12.0), (lambda x: {"a": cube(x), "b": 1}, {"a": 8.0, "b": 1})):
        assert ag.compile(function, native=False)(2.0) == expected
    compiled = ag.compile(cube, native=False)
    assert compiled(2.0) == 8.0
    assert type(compiled(3.0)) is float
    assert "def " in compiled.source
    with pytest.raises(CompileError, match="a branch on"):
        ag.compile(lambda x: cube(x) if x > 1.0 else x)(2.0)


# where numba is not


def bend(a: Any, b: Any) -> Any:
    return ag.hypot(ag.sin(a), b) * ag.exp(a * b)


WITHIN: dict[str, Callable[..., Any]] = {
    "jvp": lambda a, b: ag.jvp(bend, (a, b), (0.5, b)),
    "jvp of a gradient": lambda a, b: ag.jvp(ag.grad(bend), (a, b), (0.5, -1.0))[1],
    "gradient of a jvp": lambda a, b: ag.grad(lambda a, b: ag.jvp(bend, (a, b), (0.5, -1.0))[1])(a, b),
    "jacfwd": lambda a, b: ag.jacfwd(bend, 1)(a, b),
    "linearize": lambda a, b: ag.linearize(bend, a, b)[1](1.5, a),
    "own numbers": lambda a, b: ag.grad(lambda c: bend(c, b) * a)(3.0),
    "own numbers, pushed": lambda a, b: ag.jvp(lambda c: bend(c, b) * a, (3.0,), (1.0,))[1],
    "a batch": lambda a, b: ag.vmap(lambda c: bend(a * c, b))(np.array([0.9, 1.1])),
    "a batch of gradients": lambda a, b: ag.vmap(ag.grad(lambda c: bend(a * c, b)))(np.array([0.9, 1.1])),
}


@pytest.mark.parametrize("name", WITHIN)
def test_what_is_taken_within_a_function_of_floats_is_the_engines(name: str) -> None:
    within = WITHIN[name]
    compiled = ag.compile(within)
    for numbers in ((0.3, -1.2), (1.1, 0.7)):
        got, expected = ag.tree.leaves(compiled(*numbers)), ag.tree.leaves(within(*numbers))
        np.testing.assert_allclose(got, expected, rtol=1e-12)
        assert [type(x) for x in got] == [type(x) for x in expected]


def test_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "has_numba", lambda: False)
    program = compile_scalar(chain_rule().root)
    assert not program.native
    assert program.value_and_grad(2.0, 1.0) == (6.0, (2.0, 5.0))
    assert repr(program) == "<Program of 2 inputs: 6 slots in 2 segments, run by NumPy>"


# source to read


@given(scalar_programs())
def test_the_source_gives_the_gradient(random: Random) -> None:
    if not getattr(random.run(*[Value(x) for x in random.inputs]), "requires_grad", False):
        return
    leaves = [Value(x, name=f"x{k}") for k, x in enumerate(random.inputs)]
    root = random.run(*leaves)
    made: dict[str, Any] = {}
    exec(gradient_source(root), made)
    used = [leaf for leaf in leaves if leaf in set(ancestors(root))]
    value, gradient = made["value_and_grad"](*[leaf.data for leaf in used])
    root.backward()
    assert value == pytest.approx(root.data, rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(gradient, [leaf.grad for leaf in used], rtol=1e-9, atol=1e-9)


def test_the_source_reads_well() -> None:
    root = chain_rule().root
    assert (
        gradient_source(root, "e_and_gradient")
        == """\
def e_and_gradient(a, b):
    c = a + b
    d = b + 1.0
    e = c * d
    g_e = 1.0
    g_c = g_e * d
    g_d = g_e * c
    g_b = g_d
    g_a = g_c
    g_b += g_c
    return e, (g_a, g_b)
"""
    )


def test_names_that_are_no_names() -> None:
    x = Value(2.0, name="h1.w #2'\n; import os")
    y = Value(3.0, name="lambda")
    z = Value(4.0, name="g_v1")
    source = gradient_source(x * y + z * y)
    made: dict[str, Any] = {}
    exec(source, made)
    assert made["value_and_grad"](2.0, 3.0, 4.0) == (18.0, (3.0, 6.0, 3.0))
    assert source.splitlines()[0] == "def value_and_grad(h1_w__2____import_os, lambda_2, x_g_v1):"


@pytest.mark.integration
def test_a_source_that_nobody_would_read() -> None:
    v = Value(1.0)
    for _ in range(3000):
        v = v * 1.0 + 1.0
    with pytest.raises(CompileError, match=r"\d,000 operations are not read as source"):
        gradient_source(v)


@BOTH
def test_values_from_outside_are_read_anew_by_compile_and_constants_of_a_program() -> None:
    w = Value(2.0, name="w")
    compiled = ag.compile(lambda x: x * w)
    program = compile_scalar(lambda x: x * w)
    assert (compiled(3.0), program(3.0)) == (6.0, 6.0)
    w.data = 5.0
    assert (compiled(3.0), program(3.0)) == (15.0, 6.0)


def test_random_numbers_are_refused() -> None:
    with pytest.raises(CompileError, match="captured twice, <lambda> did not do the same twice: random numbers"):
        ag.compile(lambda x: x * random.random())(3.0)
