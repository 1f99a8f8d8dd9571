"""What a compiled function may not do, with what it is told, and what it may: changes in place, views and calls after it."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
import optim
from autograd import Tensor, Value, grad, jvp, no_grad
from autograd.compiler import CompileError, compile
from autograd.compiler.array_program import ArrayProgram, _capture
from tests.texts import Transcript, scenes_of

A, V = np.ones((4, 3)), np.arange(1.0, 6.0)
REFUSALS = Transcript(__file__, "refusals")
CHANGES = Transcript(__file__, "changes")
OUTSIDE = Tensor(np.ones(5), requires_grad=True, name="outside")
COMPUTED = OUTSIDE * 2.0
MODEL = nn.Linear(5, 1, rng=0)


def without_places(text: str) -> str:
    """Without lines of this file, which move."""
    return re.sub(
        r"test_refusals\.py:\d+ in .*?(?=; |\. Make|: that|$)",
        "here",
        re.sub(r"# test_refusals\.py:.*", "# here", text),
    )


def refuse(function: Callable[..., Any], *args: Any) -> Callable[[], str]:
    def told() -> str:
        try:
            compile(function, native=False)(*args)
        except Exception as error:
            return without_places(f"{type(error).__name__}: {error}")
        return "nothing is refused"

    return told


def loop_until(x: Any) -> Any:
    while x.sum() < 10.0:
        x = x * 2.0
    return x


def change_argument(x: Any) -> Any:
    OUTSIDE[0] = 3.0
    return x


def count_up(counter: list[int] = []) -> Any:
    counter.append(1)
    return float(len(counter))


def switch(x: Any) -> Any:
    MODEL.eval()
    return MODEL(x)


REFUSED: dict[str, Callable[[], str]] = {
    "a branch": refuse(lambda x: x if x.sum() > 0.0 else -x, V),
    "a loop": refuse(loop_until, V),
    "its truth": refuse(lambda x: bool(x[0]), V),
    "its number": refuse(lambda x: float(x.sum()) * x, V),
    "its whole number": refuse(lambda x: x * int(x[0]), V),
    "as an index": refuse(lambda x: x[int(x[0])], V),
    "item": refuse(lambda x: x.item(), np.ones(1)),
    "tolist": refuse(lambda x: x.tolist(), V),
    "as text": refuse(lambda x: f"{x.sum():.2f}", V),
    "its array": refuse(lambda x: np.linalg.norm(np.asarray(x)) * x, V),
    "its numbers one by one": refuse(lambda x: [bool(e > 0.0) for e in x], V),
    "the data": refuse(lambda x: setattr(x, "data", 1.0) or x, Tensor(V)),
    "its gradient": refuse(lambda x: x.grad, Tensor(V)),
    "a change of its gradient": refuse(lambda x: setattr(x, "grad", None) or x, Tensor(V)),
    "chosen by a mask": refuse(lambda x: x[x > 2.0].sum(), V),
    "where something is": refuse(lambda x: np.nonzero(x), V),
    "complex numbers": refuse(lambda x: x * 2.0, np.ones(2, complex)),
    "a complex result": refuse(lambda x: x * 1j, V),
    "shapes that do not fit": refuse(lambda x, y: x + y, A, V),
    "a change of what is outside": refuse(change_argument, V),
    "a change of an argument": refuse(lambda x: x.__setitem__(0, 3.0) or x, V),
    "what was computed before": refuse(lambda x: x + COMPUTED, V),
    "a Value": refuse(lambda x: x * Value(2.0), V),
    "another number at each call": refuse(lambda x: x * count_up(), V),
    "random numbers": refuse(lambda x: x * np.random.default_rng().normal(), V),
    "train and eval": refuse(switch, V),
    "what has no hash": refuse(lambda x, y: x, V, {1, 2}),
    "no function": lambda: refuse(lambda: compile(3))(),  # type: ignore[call-overload]
}
REFUSALS.scenes.update(REFUSED)


def change(function: Callable[..., Any], *args: Any) -> Callable[[], str]:
    """The program of a function, and what it gives."""

    def told() -> str:
        program = ArrayProgram(function, args, {}, [f"x{k}" for k in range(len(args))], native=False)
        given = program([np.array(a) for a in args])
        return f"{without_places(program.source)}{np.asarray(given).tolist()}"

    return told


def fill(x: Any) -> Any:
    y = x * 1.5
    y[0] = 7.0
    y[1:3] = x[3:]
    y[-1] = y[0] + y[1]
    return y


def fill_by_mask(x: Any) -> Any:
    y = x * 1.0 + 0.0
    y[y > 3.0] = 0.0
    return y


def fill_rows(x: Any) -> Any:
    y = x + 1.0
    y[[0, 2]] = 5.0
    y[..., 1] = -1.0
    return y


def through_a_view(x: Any) -> Any:
    y = x + 0.0
    top = y[:2]
    low = y[2:]
    top *= 3.0
    low[0] = 9.0
    return y + top.sum() + low[0]


def many_signs(x: Any) -> Any:
    y = x + 0.0
    y += 1.0
    y -= 0.5
    y *= x
    y /= 2.0
    y **= 2
    return y


def integers(n: Any) -> Any:
    m = n + 0
    m[0] = 2.9
    return m


def masks(n: Any) -> Any:
    m = n > 1
    m[0] = 3
    return m


def gradient_inside(x: Any) -> Any:
    y = x * 1.0
    y[0] = 0.0
    return ag.grad(lambda z: (z * z * x).sum())(y)


def without_record(x: Any) -> Any:
    with no_grad():
        y = x * 2.0
        y += 1.0
    return y * x


CHANGES.scenes["elements and slices"] = change(fill, V)
CHANGES.scenes["by a mask"] = change(fill_by_mask, V)
CHANGES.scenes["rows"] = change(fill_rows, A)
CHANGES.scenes["through views"] = change(through_a_view, V)
CHANGES.scenes["by other signs"] = change(many_signs, V)
CHANGES.scenes["integers"] = change(integers, np.arange(3))
CHANGES.scenes["masks"] = change(masks, np.arange(3))
CHANGES.scenes["a gradient inside"] = change(gradient_inside, V)
CHANGES.scenes["without a record"] = change(without_record, V)
CHANGES.scenes["what is from outside"] = change(lambda x: x * OUTSIDE + 1.0, V)


@pytest.mark.parametrize(("transcript", "title"), scenes_of(REFUSALS, CHANGES))
def test_what_is_told_is_as_it_was_when_it_was_read(transcript: Transcript, title: str) -> None:
    transcript.compare(title)


@pytest.mark.parametrize("value", [2.9, 3, True, -1.5])
@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.bool_, np.float32, np.float64])
def test_what_is_put_into_an_array_takes_its_dtype_as_where_nothing_is_compiled(dtype: Any, value: Any) -> None:
    def put(x: Any) -> Any:
        y = x[::-1][::-1] if x.dtype == bool else x + x.dtype.type(0)
        y = np.copy(y)
        y[0] = value
        return y

    def put_by_mask(x: Any) -> Any:
        y = np.copy(x)
        y[y == 0] = value
        return y

    given = np.array([0, 1, 1]).astype(dtype)
    for function in (put, put_by_mask):
        expected, found = function(Tensor(given)).data, compile(function, native=False)(given)
        assert found.dtype == expected.dtype == dtype
        np.testing.assert_array_equal(found, expected)


def test_all_of_them_are_kept() -> None:
    assert REFUSALS.complete()
    assert CHANGES.complete()

    assert issubclass(CompileError, Exception)


def test_the_second_capture_computes_nothing_anew_but_a_users_own_operations() -> None:
    calls = []

    @ag.primitive
    def double(x: Any) -> Any:
        calls.append(x)
        return x * 2.0

    def function(x: Any) -> Any:
        return np.sin(double(np.exp(x) @ np.ones(5)))

    first, result = _capture(function, (V,), {}, ["x"])
    second, again = _capture(function, (V,), {}, ["x"], first)
    second.refuse_differences((result, again))
    pairs = list(zip(first.recorded, second.recorded, strict=True))
    assert len(calls) == 2
    anew = [one.op.name for one, other in pairs if other.data is not one.data]
    assert anew == [one.op.name for one, _ in pairs if one.op.opaque]
    assert len(anew) == 1


def test_a_refused_function_leaves_the_collector_on() -> None:
    seen = []

    def refused(x: Any) -> Any:
        seen.append(gc.isenabled())
        return float(x[0])

    with pytest.raises(CompileError):
        compile(refused)(V)
    assert seen == [False] and gc.isenabled()


# What takes turns with something of the same shape and dtype: the operations alone do not tell it.


TURNS = count()
PAIR = [Tensor(V, requires_grad=True), Tensor(V * 2.0, requires_grad=True)]
VALUES = [Value(2.0), Value(5.0)]
LAYERS = [nn.Linear(5, 1, rng=0), nn.Linear(5, 1, rng=1)]
NORMS = [nn.BatchNorm1d(5), nn.BatchNorm1d(5)]
SETTLED = [nn.BatchNorm1d(5, affine=False).eval(), nn.BatchNorm1d(5, affine=False).eval()]
AVERAGES = [np.zeros(5), np.ones(5)]
OPTIMIZERS = [optim.SGD(LAYERS[0].parameters(), lr=lr) for lr in (0.1, 0.2)]
GENERATORS = [np.random.default_rng(seed) for seed in range(2)]


def turn(things: Sequence[Any]) -> Any:
    """One of two, and at the next call the other."""
    return things[next(TURNS) % 2]


def train_in_turns(x: Any) -> Any:
    LAYERS[0].zero_grad()
    loss = LAYERS[0](x[None]).sum()
    loss.backward()
    turn(OPTIMIZERS).step()
    return loss


def leave_gradients_in_turns(x: Any) -> Any:
    for tensor in PAIR:
        tensor.grad = None
    turn(PAIR).grad = x * 2.0
    return x


IN_TURNS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "parameters": (lambda x: (turn(PAIR) * x).sum(), (V,)),
    "modules": (lambda x: turn(LAYERS)(x[None]), (V,)),
    "running averages": (lambda x: turn(NORMS)(x), (np.ones((3, 5)),)),
    "running averages in evaluation": (lambda x: turn(SETTLED)(x), (np.ones((3, 5)),)),
    "averages": (lambda x: nn.functional.batch_norm(x, turn(AVERAGES), np.ones(5)), (np.ones((3, 5)),)),
    "arguments": (lambda x, y: turn([x, y]) * 2.0, (V, V + 1.0)),
    "results": (lambda x: turn([x * 2.0, x * 3.0]), (V,)),
    "operands": (lambda x: np.exp(turn([x * 2.0, x * 3.0])), (V,)),
    "numbers": (lambda x: (x * 2.0, turn([1.0, 2.0])), (V,)),
    "arrays": (lambda x: (x * 2.0, turn([np.zeros(2), np.ones(2)])), (V,)),
    "generators": (lambda x: x * nn.functional.dropout(x, 0.5, rng=turn(GENERATORS)), (V,)),
    "optimizers": (train_in_turns, (V,)),
    "gradients": (leave_gradients_in_turns, (V,)),
    "floats": (lambda a, b: turn([a, b]) * b, (2.0, 3.0)),
    "values": (lambda a: a * turn(VALUES), (2.0,)),
}


@pytest.mark.parametrize("name", IN_TURNS)
def test_what_takes_turns_is_refused(name: str) -> None:
    function, args = IN_TURNS[name]
    with pytest.raises(CompileError, match="did not do the same twice"):
        compile(function)(*args)


def test_what_is_made_anew_for_each_call_takes_no_turns() -> None:
    def function(x: Any) -> Any:
        made = Tensor(np.arange(5.0))
        scale = lambda y: y * 2.0
        return {"sum": scale(made * x).sum(), "label": str(len(x)), "error": ValueError("anew")}

    assert compile(function)(V)["sum"] == (np.arange(5.0) * V).sum() * 2.0


def test_averages_that_are_made_for_each_call_take_no_turns() -> None:
    function = lambda x: nn.functional.batch_norm(x, np.full(5, 2.0), np.ones(5), eps=0.0)
    np.testing.assert_array_equal(compile(function)(V[None]), V[None] - 2.0)
    # Nor beside a module that has averages of its own.
    beside = lambda x: function(SETTLED[0](x))
    np.testing.assert_allclose(compile(beside)(V[None]), beside(V[None]).data, rtol=1e-12)


def test_a_product_with_a_transposed_rule_takes_no_turns() -> None:
    least = lambda x: np.min(x**2)
    function = lambda x: jvp(grad(least), (x,), (np.ones_like(x),))[1]
    np.testing.assert_array_equal(compile(function)(V), function(V))


def test_what_is_made_at_the_first_call_and_kept_takes_no_turns() -> None:
    kept: list[Tensor] = []

    def function(x: Any) -> Any:
        if not kept:
            kept.append(Tensor(np.arange(5.0)))
        return kept[0] * x

    compiled = compile(function)
    for _ in range(2):
        np.testing.assert_array_equal(compiled(V), np.arange(5.0) * V)


def test_objects_are_captured_too() -> None:
    found = compile(lambda x: x * 2)(np.array([1, 2.5, "ab"], dtype=object))
    assert found.tolist() == [2, 5.0, "abab"]
