"""Compiled functions of arrays: the same numbers as the engine gives, for every row, random graphs, transforms and models."""

from __future__ import annotations

import bdb
import contextlib
import io
import linecache
import pdb
import sys
import threading
import traceback
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import autograd as ag
import autograd.torch
import nn
from autograd import Tensor
from autograd.check.programs import Program
from autograd.check.strategies import tensor_programs
from autograd.compiler import CompileError, compile
from autograd.compiler.array_program import ArrayProgram
from autograd.errors import ShapeError
from autograd.graph.op import TABLE, Op
from autograd.graph.tree import leaves
from tests.autograd import samples
from tests.sweep import sweep

RNG = np.random.default_rng(0)
X, W, B = RNG.normal(size=(5, 3)), RNG.normal(size=(3, 4)), RNG.normal(size=4)


def layer(x: Any, w: Any, b: Any) -> Any:
    h = np.tanh(x @ w + b)
    return (h * h).mean()


def same(got: Any, expected: Any) -> None:
    """Equal to rounding; equal in structure, shape and dtype."""
    for a, e in zip(leaves(got), leaves(expected), strict=True):
        e = e.data if isinstance(e, Tensor) else np.asarray(e)
        assert np.shape(a) == e.shape
        assert np.asarray(a).dtype == e.dtype
        np.testing.assert_allclose(a, e, rtol=1e-12, atol=1e-13)


def weighted(op: Op, params: dict[str, Any], xs: list[np.ndarray]) -> Any:
    """A loss of a row's result, in which every element has a weight of its own."""

    def loss(*floats: Any) -> Any:
        given = iter(floats)
        out = op.call(*(next(given) if x.dtype.kind == "f" else x for x in xs), **params)
        if not op.differentiable:
            return out
        return (out * np.cos(np.arange(float(np.prod(out.shape))).reshape(out.shape))).sum()

    return loss


BOTH = pytest.mark.parametrize("made_of", ["NumPy", "loops"], indirect=True)


@BOTH
@pytest.mark.parametrize("name", list(TABLE))
def test_every_row_and_its_gradient(name: str) -> None:
    op = TABLE[name]
    xs, params = samples.operands(name)
    floats = [x for x in xs if x.dtype.kind == "f"]
    loss = weighted(op, params, xs)
    if not op.differentiable or name == "stop_gradient" or not floats:
        same(compile(loss)(*floats), loss(*[Tensor(x) for x in floats]))
        return
    function = ag.value_and_grad(loss, tuple(range(len(floats))))
    compiled = compile(function)
    same(compiled(*floats), function(*floats))
    other = [x * 0.9 for x in floats]
    expected = function(*other)
    same(compiled(*other), expected)


MOVING = [
    name
    for name, op in TABLE.items()
    if op.differentiable and name != "stop_gradient" and any(x.dtype.kind == "f" for x in samples.operands(name)[0])
]


@pytest.mark.parametrize("name", sweep(MOVING, 5))
def test_every_row_pushed_forward(name: str) -> None:
    """By its tangent, where a rule tells it, and elsewhere by a transposed pass; of one example and of several."""
    xs, params = samples.operands(name)
    floats = tuple([x for x in xs if x.dtype.kind == "f"])
    loss = weighted(TABLE[name], params, xs)
    along = tuple([np.cos(1.0 + np.arange(float(x.size))).reshape(x.shape) for x in floats])

    def push(*given: Any) -> Any:
        of_two = ag.vmap(lambda scale: ag.jvp(loss, (scale * given[0], *given[1:]), along)[1])(np.array([0.9, 1.0]))
        return ag.jvp(loss, given, along), ag.jvp(ag.grad(loss), given, along)[1], of_two

    compiled = compile(push)
    same(compiled(*floats), push(*floats))
    other = [x * 0.9 for x in floats]
    expected = push(*other)
    same(compiled(*other), expected)


@BOTH
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp", "cross_entropy"])
def test_rows_that_are_computed_by_simpler_ones_go_over_nothing_as_ever(name: str, shape: tuple[int, int]) -> None:
    row, x = getattr(ag, name), np.zeros(shape)

    def loss(x: Any) -> Any:
        if name == "cross_entropy":
            return row(x, np.zeros(shape[0], int), reduction="sum")
        return np.sum(row(x, axis=1))

    def told(function: Any) -> Any:
        try:
            with np.errstate(all="ignore"):
                return function(x)
        except (ShapeError, ValueError) as error:
            return type(error).__name__

    plain = ag.value_and_grad(loss)
    expected, got = told(plain), told(compile(plain))
    if isinstance(expected, str):
        assert got == expected
    else:
        same(got, expected)


@pytest.mark.integration
@BOTH
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tensor_programs("seek"))
def test_random_graphs(program: Program) -> None:
    inputs = [np.asarray(x, float) for x in program.inputs]
    function = ag.value_and_grad(lambda *xs: ag.sum(ag.sin(program.run(*xs))), tuple(range(len(inputs))))
    try:
        expected = function(*inputs)
    except TypeError:
        return
    same(compile(function)(*inputs), expected)


# transforms compose


def test_gradients_hessians_and_products() -> None:
    f = lambda w: layer(X, w, B)
    same(compile(ag.grad(f))(W), ag.grad(f)(W))
    same(compile(ag.hessian(f))(W), ag.hessian(f)(W))
    hvp = lambda w, v: ag.hvp(f, (w,), (v,))
    same(compile(hvp)(W, W[::-1]), hvp(W, W[::-1]))
    third = ag.grad(lambda x: ag.grad(ag.grad(lambda y: (np.sin(y) * y).sum()))(x).sum())
    same(compile(lambda x: ag.jacobian(np.tanh)(x))(B), ag.jacobian(np.tanh)(B))
    assert third is not None


# What a function differentiates with respect to that is its own: made in it, or from outside, and no argument.
def cost(w: Any, x: Any) -> Any:
    return (np.sin(w) * w * x).sum()


OWN = {
    "grad": lambda w, x: ag.grad(cost)(w, x),
    "value_and_grad": lambda w, x: ag.value_and_grad(cost)(w, x),
    "has_aux": lambda w, x: ag.grad(lambda w: (cost(w, x), w * 2.0), has_aux=True)(w),
    "a structure": lambda w, x: ag.grad(lambda p: cost(p["w"] * p["b"], x))({"w": w, "b": 2.0}),
    "elementwise_grad": lambda w, x: ag.elementwise_grad(lambda w: np.sin(w) * x)(w),
    "vjp": lambda w, x: ag.vjp(lambda w: w * w * x, w)[1](x),
    "jvp": lambda w, x: ag.jvp(lambda w: np.sin(w) * x, (w,), (x,)),
    "hvp": lambda w, x: ag.hvp(lambda w: cost(w, x), (w,), (x,)),
    "jacobian": lambda w, x: ag.jacobian(lambda w: w * w * x)(w),
    "hessian": lambda w, x: ag.hessian(lambda w: cost(w, x))(w),
    "checkpoint": lambda w, x: ag.grad(ag.checkpoint(cost))(w, x),
    "without an argument": lambda w, x: x * ag.grad(lambda w: (w * w).sum())(w),
    "in an outer one": lambda w, x: ag.grad(lambda x: (ag.grad(cost)(w, x) ** 2).sum())(x),
    "under no_grad": lambda w, x: ag.no_grad(ag.grad(cost))(w, x),
    "an edit": lambda w, x: ag.grad(lambda w: edited(w, x))(w),
    "torch.autograd.grad": lambda w, x: torch_gradient(w, x),
    "backward": lambda w, x: backward_twice(w, x),
}  # fmt: skip
TARGETS = {
    "an array": np.array([0.5, -1.0, 2.0]),
    "whole numbers": np.arange(3),
    "float32": np.array([0.5, -1.0, 2.0], np.float32),
    "a number": 0.7,
}


def edited(w: Any, x: Any) -> Any:
    y = w * x
    y[0] = x[1] * y[2]
    return (y * y).sum()


def torch_gradient(w: Any, x: Any) -> Any:
    w = Tensor(w, requires_grad=True, dtype=float)
    return autograd.torch.autograd.grad(cost(w, x), w)[0]


def backward_twice(w: Any, x: Any) -> Any:
    w = Tensor(w, requires_grad=True, dtype=float)
    cost(w, x).backward()
    first = w.grad
    cost(w, x).backward()
    both = w.grad
    w.zero_grad()
    cost(w, x * x).backward()
    return first, both, w.grad


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("name", OWN)
def test_what_a_function_differentiates_by_may_be_its_own(name: str, kind: str) -> None:
    of, w, x = OWN[name], TARGETS[kind], np.array([1.0, 2.0, 3.0])
    if kind == "a number" and name in ("elementwise_grad", "vjp", "jvp", "hvp", "jacobian"):
        x = np.float64(2.0)
    compiled = compile(lambda x: of(w, x))
    for x in (x, 0.5 * x):
        for got, expected in zip(leaves(compiled(x)), leaves(of(w, x)), strict=True):
            np.testing.assert_allclose(got, expected, rtol=2e-6 if kind == "float32" else 1e-12)
    assert np.any(np.asarray(leaves(of(w, x))[0]))


def test_random_numbers_to_differentiate_by_are_noticed() -> None:
    generator = np.random.default_rng(0)
    with pytest.raises(CompileError, match="captured twice, the function did not do the same twice"):
        compile(lambda x: ag.grad(cost)(generator.random(3), x))(np.ones(3))


def test_a_compiled_function_is_read_again_by_numpys_rules() -> None:
    compiled = compile(layer)
    same(compiled(X, W, B), layer(Tensor(X), W, B))
    same(compiled(Tensor(X), Tensor(W), B), layer(Tensor(X), W, B))


def test_structures_of_arguments_and_results() -> None:
    def f(params: dict[str, Any], x: Any, *, power: int = 2) -> dict[str, Any]:
        h = x @ params["w"] + params["b"]
        return {"sum": (h**power).sum(), "rows": [h[0], h[1]], "shape": h.shape}

    compiled = compile(f)
    found = compiled({"w": W, "b": B}, X, power=3)
    h = X @ W + B
    np.testing.assert_allclose(found["sum"], (h**3).sum())
    np.testing.assert_allclose(found["rows"][1], h[1])
    assert found["shape"] == (5, 4)
    np.testing.assert_allclose(compiled({"w": W, "b": B}, X)["sum"], (h**2).sum())


def test_float32_stays_float32() -> None:
    x = X.astype(np.float32)
    f = ag.value_and_grad(lambda x: (x * 2.0 + 1).mean())
    value, gradient = compile(f)(x)
    assert (value.dtype, gradient.dtype) == (np.float32, np.float32)


# models


def model() -> nn.Module:
    return nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 2, rng=1))


def test_parameters_are_read_anew_and_backward_fills_their_gradients() -> None:
    net, twin = model(), model()
    x = X.astype(np.float32)

    def step(net: nn.Module, x: Any) -> Any:
        loss = (net(x) ** 2).mean()
        loss.backward()
        return loss

    compiled = compile(lambda x: step(net, x))
    for _ in range(3):
        value, expected = compiled(x), step(twin, Tensor(x))
        same(value, expected)
        for mine, theirs in zip(net.parameters(), twin.parameters(), strict=True):
            np.testing.assert_allclose(mine.grad, theirs.grad, rtol=1e-5)
            mine.data = mine.data - 0.1 * mine.grad
            theirs.data = theirs.data - 0.1 * theirs.grad
    assert compiled.__repr__().endswith("1 programs>")


def test_gradients_add_up_over_calls_as_in_the_engine() -> None:
    w = nn.Parameter(np.ones(2))
    compiled = compile(lambda x: (w * x).sum().backward())
    for _ in range(2):
        assert compiled(np.array([1.0, 2.0])) is None
    np.testing.assert_array_equal(w.grad, [2.0, 4.0])


def test_frozen_parameters_get_no_gradient() -> None:
    net = model()
    net[0].weight.requires_grad_(False)
    compile(lambda x: (net(x) ** 2).mean().backward())(X.astype(np.float32))
    assert net[0].weight.grad is None
    assert net[0].bias.grad is not None


# what it is


def test_the_source_is_numpy_with_the_users_names_and_lines() -> None:
    compiled = compile(ag.value_and_grad(layer, 1))
    compiled(X, W, B)
    lines = compiled.source.splitlines()
    code = [line for line in lines if "#" not in line]
    assert (
        code
        == """\
buffer1 = np.empty((5, 4), np.float64)
v1 = buffer1
v2 = buffer1
h = buffer1
buffer2 = np.empty((5, 4), np.float64)
v3 = buffer2
buffer3 = np.empty((), np.float64)
v4 = buffer3
v7 = buffer1
v8 = buffer1
v9 = buffer2
v10 = buffer2


def run(x, w, b):
    np.matmul(x, w, out=v1)
    np.add(v1, b, out=v2)
    np.tanh(v2, out=h)
    np.multiply(h, h, out=v3)
    np.add.reduce(v3, (0, 1), keepdims=False, out=v4)
    v5 = np.asarray(np.divide(v4, 20.0))
    v6 = x.T
    np.multiply(0.05, h, out=v7)
    np.add(v7, v7, out=v8)
    np.subtract(1.0, v3, out=v9)
    np.multiply(v8, v9, out=v10)
    settle(v10, v8)
    v11 = np.matmul(v6, v10)
    return (v5, v11)""".splitlines()
    )
    assert [line.strip().partition(": ")[2] for line in lines if "#" in line] == [
        "h = np.tanh(x @ w + b)",
        "return (h * h).mean()",
        "compiled(X, W, B)",
    ]


def test_a_traceback_shows_the_line_of_the_program() -> None:
    compiled = compile(lambda x: np.tanh(x * 2.0))
    compiled(X)
    program = compiled._latest()
    assert isinstance(program, ArrayProgram)
    run = program.running.make()
    with pytest.raises(TypeError) as raised:
        run("text")
    assert "np.multiply(x, 2.0, out=v1)" in "".join(traceback.format_exception(raised.value))
    assert linecache.getline(program.running.filename, 1).startswith("buffer1 = np.empty(")


def test_dead_parts_are_gone_equal_ones_computed_once_and_constants_folded() -> None:
    def f(x: Any) -> Any:
        _ = np.exp(x) @ np.ones(3)
        return np.tanh(x) * np.tanh(x) + np.sqrt(np.full(3, 4.0)) * 2.0

    compiled = compile(f)
    same(compiled(X), f(Tensor(X)))
    assert compiled.source.count("np.tanh(x, out=") == 1
    assert "exp" not in compiled.source.replace("# ", "")
    assert "sqrt(" not in "".join(line for line in compiled.source.splitlines() if "#" not in line)


def test_results_are_the_callers_own() -> None:
    f = lambda x: (x, x.T, x * 2.0, (x * 2.0).T, x[0])
    compiled = compile(f)
    x = X.copy()
    first = compiled(x)
    second = compiled(x)
    for a, b in zip(first, second, strict=True):
        assert not np.may_share_memory(a, x)
        assert not np.may_share_memory(a, b)
    kept = [a.copy() for a in first]
    compiled(x * 5.0)
    for a, k in zip(first, kept, strict=True):
        np.testing.assert_array_equal(a, k)


def test_buffers_are_used_again() -> None:
    def f(x: Any) -> Any:
        for _ in range(50):
            x = np.sin(x) + 1.0
        return x

    compiled = compile(f)
    same(compiled(X), f(Tensor(X)))
    program = compiled._latest()
    assert isinstance(program, ArrayProgram)
    assert program.running.buffers <= 2 * X.nbytes


def test_two_threads_may_call_one_function() -> None:
    compiled = compile(ag.grad(lambda w, x: (np.tanh(x @ w) ** 2).sum()))
    xs = [RNG.normal(size=(200, 3)) for _ in range(4)]
    expected = [compiled(W, x) for x in xs]
    wrong: list[int] = []

    def work(k: int) -> None:
        for _ in range(50):
            if not np.array_equal(compiled(W, xs[k]), expected[k]):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("size", [3, 20_000])
def test_threads_add_up_in_the_gradients_of_parameters(size: int) -> None:
    w = Tensor(np.ones(size), requires_grad=True)

    @compile
    def step(x: Any) -> None:
        (w * x).sum().backward()

    step(np.zeros(size))
    before, times = sys.getswitchinterval(), 60
    sys.setswitchinterval(1e-5)
    try:
        threads = [
            threading.Thread(target=lambda: [step(np.ones(size)) for _ in range(times)])  # type: ignore[func-returns-value]
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    np.testing.assert_array_equal(w.grad, np.full(size, 8.0 * times))


def test_new_shapes_are_compiled_anew_and_many_are_warned_of() -> None:
    compiled = compile(lambda x, k: np.sin(x) * k)
    for n in range(1, 8):
        assert compiled(np.ones(n), 2).shape == (n,)
    with pytest.warns(UserWarning, match="was compiled 8 times"):
        compiled(np.ones(8), 2)
    for n in range(9, 50):
        compiled(np.ones(n), 2)
    assert len(compiled._programs) == 32, "the oldest are forgotten"


# what can't be captured


def branch(x: Any) -> Any:
    return x if x.sum() > 0 else -x


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (branch, "a branch on a value that is not known .* at test_tensor.py:.* in branch: return x if x.sum"),
        (lambda x: x * x.sum().item(), r"item\(\) of a value"),
        (lambda x: x * float(x.sum()), r"item\(\) of a value|float"),
        (lambda x: x[x > 0], "the number of elements that are true in a value"),
        (lambda x: list(x.tolist()), r"tolist\(\) of a value"),
        (lambda x: np.ones(int(x.sum())), r"item\(\)|int\(…\) of a value"),
        (lambda x: x.__setitem__(0, 1.0), "t\\[…\\] = value|a change in place"),
        (
            lambda x: x * Tensor(np.ones(3), requires_grad=True).exp().detach() * ag.Value(2.0),
            "a Value and tensors do not mix",
        ),
    ],
)
def test_what_depends_on_numbers_says_so(function: Any, message: str) -> None:
    with pytest.raises((CompileError, ag.GraphError), match=message):
        compile(function)(X)


def test_a_graph_from_outside_is_refused() -> None:
    w = Tensor(np.ones(3), requires_grad=True)
    outside = w.exp()
    with pytest.raises(CompileError, match="was computed before this function was compiled"):
        compile(lambda x: x * outside)(X)
    same(compile(lambda x: x * outside.detach())(X), X * np.e)


def test_bad_calls() -> None:
    with pytest.raises(CompileError, match="takes a function, not int"):
        compile(3)  # type: ignore[arg-type]
    with pytest.raises(CompileError, match="nothing is compiled yet"):
        compile(np.sin).source
    with pytest.raises(CompileError, match="it has no hash"):
        compile(lambda x, s: x)(X, {1, 2})
    with pytest.raises(CompileError, match="see compile_scalar"):
        compile(lambda x: x)(ag.Value(2.0))
    with pytest.raises(ag.ShapeError, match="matmul"):
        compile(lambda x: x @ x)(X)
    assert "Compiled" in repr(compile(np.sin).compile_for(X))


@BOTH
def test_to_reshape_what_is_transposed_is_to_copy_it() -> None:
    def f(x: Any, w: Any) -> Any:
        return (np.reshape(np.transpose(x * 2.0, (0, 2, 1)), (8, 15)) @ w).sum()

    x, w = RNG.normal(size=(8, 3, 5)), RNG.normal(size=(15, 2))
    compiled = compile(ag.value_and_grad(f, (0, 1)))
    for scale in (1.0, -3.0):
        same(compiled(x * scale, w), ag.value_and_grad(f, (0, 1))(x * scale, w))


@BOTH
def test_slices_of_parts_that_are_computed_in_their_place() -> None:
    def f(x: Any) -> Any:
        left, right = np.sin(x), np.cos(x)
        whole = np.concatenate([left, right], axis=1)
        return whole, np.reshape(left.T, (-1,)), (np.reshape(right, (-1, 1)) * 2.0).sum(), whole[:, 2:4] @ np.ones(2)

    compiled = compile(f)
    for scale in (1.0, -3.0):
        same(compiled(X * scale), f(Tensor(X * scale)))


def test_a_sum_of_gradients_of_slices_is_one_array() -> None:
    def f(x: Any) -> Any:
        return (np.sin(x[:, :2]) * 3.0).sum() + np.exp(x[:, 2:]).sum() + (x[1:3] ** 2).sum()

    compiled = compile(ag.grad(f))
    same(compiled(X), ag.grad(f)(X))
    assert "unslice" not in compiled.source


@BOTH
@pytest.mark.parametrize("axis", [0, 1])
def test_what_is_joined_with_itself_is_there_twice(axis: int) -> None:
    def f(x: Any) -> Any:
        h = np.sin(x)
        return (np.concatenate([h, h * 2.0, h], axis=axis) * 2.0).sum(axis=0)

    compiled = compile(f)
    for scale in (1.0, -3.0):
        same(compiled(X * scale), f(Tensor(X * scale)))


@BOTH
def test_integers_are_compared_with_infinity() -> None:
    f = lambda k: (np.where(k < np.inf, 1.0, 2.0), k < 2.5)
    same(compile(f)(np.arange(4)), f(Tensor(np.arange(4))))


def test_constants_of_the_same_bytes_in_another_order_are_others() -> None:
    little = np.array([1.5, 2.5])
    big = np.frombuffer(little.tobytes(), ">f8")
    f = lambda x: x * little + x * big
    same(compile(f)(np.ones(2)), f(Tensor(np.ones(2))))


def test_arrays_and_parameters_that_are_returned_are_the_callers_own() -> None:
    w, constant = nn.Parameter(np.ones(3)), np.zeros(3)
    compiled = compile(lambda x: (x * w, w, constant))
    for scale in (1.0, 2.0):
        w.data = w.data * scale
        _, parameter, zeros = compiled(X)
        same((parameter, zeros), (np.full(3, scale), np.zeros(3)))
        parameter += 5.0
        zeros += 5.0


def test_a_debugger_steps_through_the_program_forward_and_backward() -> None:
    compiled = compile(ag.value_and_grad(layer, 1), native=False)
    compiled(X, W, B)
    out = io.StringIO()
    # Its frames are in no module, so that what is left out are the engine's own.
    debugger = pdb.Pdb(skip=["autograd.*", "numpy.*"], stdin=io.StringIO("step\n" * 40), stdout=out, readrc=False)
    with contextlib.suppress(bdb.BdbQuit):
        debugger.runcall(compiled, X, W, B)
    steps = [line for line in out.getvalue().splitlines() if "-> np." in line]
    assert steps[0] == "-> np.matmul(x, w, out=v1)", "the forward pass, line by line"
    assert steps[-1] == "-> np.multiply(v8, v9, out=v10)", "and the backward pass"


@BOTH
def test_a_transpose_that_changes_nothing_is_none() -> None:
    def f(x: Any) -> Any:
        h = np.transpose(x @ np.tanh(x), (0, 1))
        return h + np.transpose(np.transpose(x, (1, 0)), (0, 1)), h

    x = RNG.normal(size=(3, 3))
    same(compile(f)(x), f(Tensor(x)))


@BOTH
def test_parts_of_what_is_spread_over_an_axis() -> None:
    def f(x: Any) -> Any:
        whole = np.sin(np.concatenate([x, x], axis=0).sum(keepdims=True))
        spread = np.broadcast_to(whole * 2.0, (3, 4)) + 0.0
        return (np.concatenate([x, x[:, 1:]], axis=1).sum(axis=0, keepdims=True)[:, :3] * x).sum() + spread.sum()

    compiled = compile(ag.value_and_grad(f))
    for scale in (1.0, -3.0):
        same(compiled(X * scale), ag.value_and_grad(f)(X * scale))
    rows = ag.grad(lambda x: np.sin(np.concatenate([x, x * 2.0]).sum()))
    same(compile(rows)(X), rows(X))


@BOTH
def test_parts_of_another_shape_are_computed_in_their_place() -> None:
    def f(x: Any) -> Any:
        part = np.reshape(np.sin(x) * x, (1, -1))
        return ag.softmax(np.concatenate([part, part, np.reshape(np.cos(x), (1, -1))], axis=1))

    compiled = compile(f)
    for scale in (1.0, -3.0):
        same(compiled(X * scale), f(Tensor(X * scale)))


F = nn.functional
LABELS, SIGNS = RNG.integers(0, 3, 5), np.sign(RNG.normal(size=(5, 3)))


@pytest.mark.parametrize(
    ("loss", "x", "target", "wrong", "message"),
    [
        (lambda x, t: F.nll_loss(ag.log_softmax(x), t), X, LABELS, LABELS - 3, r"label -\d is outside"),
        (F.multi_margin_loss, X, LABELS, LABELS - 3, r"label -\d is outside"),
        (lambda x, t: F.binary_cross_entropy(ag.sigmoid(x), t), X, np.abs(X) > 1.0, None, ""),
        (F.kl_div, X, np.abs(X), -np.abs(X), "targets are probabilities"),
        (F.hinge_loss, X, SIGNS, SIGNS * 2.0, "targets are −1 and 1"),
        (
            lambda x, t: F.cosine_embedding_loss(x, x[::-1] * 2.0 + 1.0, t),
            X,
            SIGNS[:, 0],
            SIGNS[:, 0] * 2.0,
            "−1 and 1",
        ),
    ],
)
def test_losses_look_at_their_numbers_at_each_run(loss: Any, x: Any, target: Any, wrong: Any, message: str) -> None:
    function = ag.value_and_grad(loss)
    compiled = compile(function)
    target = target * 1.0 if target.dtype == bool else target
    for scale in (1.0, 0.7):
        same(compiled(x * scale, target), function(x * scale, target))
    if wrong is not None:
        with pytest.raises((ValueError, IndexError), match=message):
            compiled(x, wrong)


def test_directional_derivatives_are_captured() -> None:
    for f in (lambda x: np.sin(x) * x, lambda x: {"sum": (np.exp(x) @ W).sum(), "tanh": np.tanh(x)}):
        product = lambda x, v, f=f: ag.jvp(f, (x,), (v,))
        compiled = compile(product)
        for scale in (1.0, 2.0):
            same(compiled(X * scale, X[::-1]), product(X * scale, X[::-1]))
