"""Modes and states that decide what a function does: a program is run for those alone that it was captured in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
import optim
from autograd import Tensor, Value
from autograd.compiler import compile, compile_scalar
from autograd.engine.backward import backward
from autograd.graph.modes import instead_of_backward
from autograd.graph.tree import leaves

X = np.random.default_rng(0).normal(size=(4, 3))
# Programs of numbers: by numba, which takes seconds for them, in `python -m tests.checks` alone.
BOTH = pytest.mark.parametrize(
    "made_of", ["NumPy", pytest.param("numba", marks=pytest.mark.integration)], indirect=True
)


def trained(x: Any, layer: nn.Module, optimizer: Any) -> Any:
    optimizer.zero_grad()
    loss = (layer(x) ** 2).mean()
    loss.backward()
    optimizer.step()
    return loss


def pair() -> tuple[nn.Module, Any]:
    layer = nn.Linear(3, 1, rng=0, dtype=np.float64)
    return layer, optim.SGD(layer.parameters(), lr=0.1)


# the gradient mode


def test_a_step_that_was_first_called_under_no_grad_trains_afterwards() -> None:
    layer, optimizer = pair()
    step = compile(lambda x: trained(x, layer, optimizer))
    with ag.no_grad(), pytest.raises(ag.GraphError, match=r"requires no gradient: .* made under no_grad or detached"):
        step(X)
    losses = [float(step(X)) for _ in range(3)]
    assert losses[0] > losses[1] > losses[2]
    with ag.no_grad(), pytest.raises(ag.GraphError, match="requires no gradient"):
        step(X)


def test_a_program_that_was_made_under_no_grad_is_for_no_grad() -> None:
    layer, twin = nn.Linear(3, 1, rng=0), nn.Linear(3, 1, rng=0)

    def added(x: Any, layer: nn.Module) -> Any:
        loss = (layer(x) ** 2).mean()
        if ag.is_grad_enabled():
            loss.backward()
        return loss

    compiled = compile(lambda x: added(x, layer))
    for on in (False, True, False, True):
        with ag.enable_grad() if on else ag.no_grad():
            np.testing.assert_allclose(compiled(X), added(Tensor(X), twin).data)
    np.testing.assert_allclose(layer.weight.grad, twin.weight.grad)
    assert repr(compiled).endswith("2 programs>")


def test_what_is_compiled_for_arguments_is_compiled_for_the_mode() -> None:
    layer, optimizer = pair()
    step = compile(lambda x: trained(x, layer, optimizer)).compile_for(X)
    before = layer.weight.data.copy()
    step(X)
    assert not np.array_equal(layer.weight.data, before)
    assert repr(step).endswith("1 programs>")
    with ag.no_grad(), pytest.raises(ag.GraphError, match="requires no gradient"):
        step.compile_for(X)


@BOTH
def test_transforms_take_their_gradients_under_no_grad_too() -> None:
    gradient = compile(ag.grad(lambda x: (x**3).sum()))
    with ag.no_grad():
        np.testing.assert_allclose(gradient(X), 3.0 * X**2)
    np.testing.assert_allclose(gradient(X), 3.0 * X**2)
    derivative = compile(ag.grad(lambda a: a * a * a))
    for a in (2.0, 3.0):
        with ag.no_grad():
            assert derivative(a) == 3.0 * a * a
        assert derivative(a) == 3.0 * a * a


@pytest.mark.parametrize("cut", [lambda t: t.detach(), ag.no_grad()(lambda t: t * 1.0), lambda t: np.floor(t)])
def test_backward_of_what_is_cut_off_is_an_error_as_in_the_engine(cut: Any) -> None:
    w = nn.Parameter(np.ones(3))
    for wrap in (compile, lambda f: lambda x: f(Tensor(x))):
        with pytest.raises(ag.GraphError, match="requires no gradient"):
            wrap(lambda x: cut(w * x).sum().backward())(X)


def test_a_step_may_ask_what_requires_a_gradient() -> None:
    w, frozen, seen = nn.Parameter(np.ones(3)), nn.Parameter(np.ones(3), requires_grad=False), []

    def step(x: Any) -> Any:
        loss = (w * x * frozen).sum()
        parts = x, w * x, w.detach(), frozen * x, frozen * w, np.floor(w), w > 0.0
        seen.append([part.requires_grad for part in parts])
        if loss.requires_grad:
            loss.backward()
        return loss

    compiled = compile(step)
    for on in (False, True, False, True):
        with ag.enable_grad() if on else ag.no_grad():
            compiled(X)
            step(Tensor(X))
            assert seen.pop() == [False, on, False, False, on, False, False]
            assert all(asked == [False, on, False, False, on, False, False] for asked in seen)
            seen.clear()
    np.testing.assert_allclose(w.grad, 4.0 * X.sum(axis=0))


# what is frozen, and the kind of numbers


def test_parameters_are_frozen_and_thawed_between_calls() -> None:
    (layer, optimizer), (twin, other) = pair(), pair()
    step = compile(lambda x: trained(x, layer, optimizer))
    for frozen in (False, True, False, True):
        for module in (layer, twin):
            module.bias.requires_grad_(not frozen)
        np.testing.assert_allclose(step(X), trained(Tensor(X), twin, other).data, rtol=1e-12)
        for mine, theirs in zip(layer.parameters(), twin.parameters(), strict=True):
            np.testing.assert_allclose(mine.data, theirs.data, rtol=1e-12)
            assert (mine.grad is None) is (theirs.grad is None)
    assert repr(step).endswith("2 programs>")


@pytest.mark.parametrize("dtype", [">f8", ">f4", "f4", "f2", "g", "i8", ">i4", "u1", "?"])
def test_numbers_of_every_kind_have_programs_of_their_own(dtype: str) -> None:
    f = lambda x: (x * 2.0 + 1.0, (x > 0).sum())
    compiled = compile(f)
    compiled(X)
    x = (X > 0).astype(dtype) if dtype == "?" else np.abs(X * 4.0).astype(dtype)
    for mine, theirs in zip(compiled(x), f(Tensor(x)), strict=True):
        np.testing.assert_array_equal(mine, theirs.data)
        assert np.asarray(mine).dtype == theirs.dtype
    assert repr(compiled).endswith("2 programs>")


def test_floating_point_errors_are_not_part_of_a_program() -> None:
    compiled = compile(lambda x: np.log(x) / x)
    with np.errstate(all="raise"):
        first = compiled(np.array([0.0, 1.0]))
    np.testing.assert_array_equal(compiled(np.array([0.0, 1.0])), first)


# where somebody looks at every operation


def test_detect_anomaly_names_what_made_a_nan_in_a_compiled_function() -> None:
    compiled = compile(lambda x: np.log(x).sum())
    compiled(X)
    with ag.detect_anomaly():
        with pytest.raises(
            ag.AnomalyError, match=r"forward: log gave nan at index .* at test_modes.py:\d+ in <lambda>"
        ):
            compiled(X)
        value = compiled(np.abs(X))
        assert type(value) is np.float64
    assert value == compiled(np.abs(X))


def test_detect_anomaly_looks_at_the_reverse_pass_of_a_compiled_function() -> None:
    gradient = compile(ag.grad(lambda x: np.sqrt(x).sum()))
    assert gradient(np.zeros(2)).tolist() == [np.inf, np.inf]
    with ag.detect_anomaly(), pytest.raises(ag.AnomalyError, match=r"backward: sqrt .* recorded at test_modes.py"):
        gradient(np.zeros(2))


def test_detect_anomaly_looks_at_a_whole_step_and_changes_nothing_else() -> None:
    (layer, optimizer), (twin, other) = pair(), pair()
    step = compile(lambda x: trained(x, layer, optimizer))
    with ag.detect_anomaly():
        found = step(X)
    np.testing.assert_allclose(found, trained(Tensor(X), twin, other).data, rtol=1e-12)
    np.testing.assert_allclose(layer.weight.data, twin.weight.data, rtol=1e-12)
    with ag.detect_anomaly(), pytest.raises(ag.AnomalyError, match="square gave inf"):
        step(X * 1e200)


def test_detect_anomaly_looks_at_compiled_functions_of_floats() -> None:
    compiled = compile(lambda a, k: {"log": (a - k).log() if k else a, "k": k})
    with ag.detect_anomaly():
        assert compiled(3.0, 2.0) == {"log": 0.0, "k": 2.0}
        with pytest.raises(ag.AnomalyError, match=r"forward: log gave nan .* at test_modes.py"):
            compiled(1.0, 2.0)


def test_detect_anomaly_gives_results_in_the_form_of_a_program() -> None:
    def f(x: Any, tree: Any) -> Any:
        return {"x": x, "parts": [tree["a"] * 2.0, x.sum()], "constant": 3.0, "mask": x > 0}

    compiled, x, a = compile(f), X.copy(), np.float64(2.0)
    expected = compiled(x, {"a": a})
    with ag.detect_anomaly():
        found = compiled(x, {"a": a})
    for mine, theirs in zip(leaves(found), leaves(expected), strict=True):
        assert type(mine) is type(theirs)
        np.testing.assert_array_equal(mine, theirs)
    assert not np.may_share_memory(found["x"], x)


def test_a_debugger_of_passes_stops_at_that_of_a_compiled_step() -> None:
    layer, optimizer = pair()
    step = compile(lambda x: trained(x, layer, optimizer))
    step(X)
    passes: list[Any] = []

    def stop(root: Any, gradient: Any, **options: Any) -> None:
        passes.append(root)
        backward(root, gradient, **options)

    token = instead_of_backward.set(stop)
    try:
        step(X)
    finally:
        instead_of_backward.reset(token)
    assert [root.op.name for root in passes] == ["mean"]


@BOTH
def test_detect_anomaly_looks_at_programs_of_scalars() -> None:
    program = compile_scalar(lambda a, b: (a - b).sqrt() * b)
    rows, of_a_graph = [[3.0, 2.0], [1.0, 2.0]], compile_scalar(Value(1.0).log())
    assert np.isnan(program.batch(rows)[1])
    with ag.detect_anomaly():
        assert program(3.0, 2.0) == 2.0
        with pytest.raises(
            ag.AnomalyError, match=r"forward: sqrt of -1.0, in row 1 of the inputs, gave nan, at test_modes"
        ):
            program.batch(rows)
        with pytest.raises(
            ag.AnomalyError, match=r"backward: sqrt of 0.0, in row 0 .* sends inf, at test_modes.py:\d+"
        ):
            program.value_and_grad(2.0, 2.0)
        with pytest.raises(ag.AnomalyError, match=r"forward: log of -1.0, .*give the function, not its graph"):
            of_a_graph(-1.0)


# within another program


@BOTH
def test_a_compiled_function_of_floats_within_another_is_the_function() -> None:
    square = compile(lambda a: a * a)
    compiled = compile(lambda a: square(a) + 1.0)
    assert [compiled(a) for a in (2.0, 3.0)] == [5.0, 10.0]
    with ag.no_grad():
        assert compiled(4.0) == 17.0
    assert repr(square).endswith("0 programs>")


@BOTH
def test_a_function_of_floats_may_call_itself() -> None:
    @compile
    def power(a: Any, k: int) -> Any:
        return a if k == 1 else a * power(a, k - 1)

    assert power(2.0, 5) == 32.0
    assert power(Value(2.0).data, 3) == 8.0
