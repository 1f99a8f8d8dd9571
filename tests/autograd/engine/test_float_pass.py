"""The fast pass over `Value`s: to the bit what the plain pass gives, and never where something of a user's would run in it."""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given

from autograd import Value, primitive
from autograd.check.programs import Program
from autograd.check.strategies import scalar_programs
from autograd.engine import float_pass
from autograd.graph.node import ancestors


def bits(*numbers: float) -> bytes:
    return struct.pack(f"{len(numbers)}d", *numbers)


def plain(root: Value) -> None:
    """A pass with steps is the plain one."""
    root.backward(step=lambda step: None)


def both(make: Callable[..., Value], *numbers: float, stored: float = 0.0) -> tuple[list[float], list[float]]:
    """The gradients of all nodes after two passes, fast and plain."""
    found = []
    for run in (Value.backward, plain):
        inputs = [Value(x) for x in numbers]
        root = make(*inputs)
        for node in (*inputs, root):
            node.grad = stored
        for _ in range(2):
            run(root)
        found.append([node.grad for node in ancestors(root)])
    return found[0], found[1]


@given(scalar_programs(most_calls=8))
def test_every_gradient_is_that_of_the_plain_pass_to_the_bit(program: Program) -> None:
    if not isinstance(program.run(*(Value(float(x)) for x in program.inputs)), Value):
        return
    for stored in (0.0, -0.1, -0.0):
        fast, slow = both(program.run, *map(float, program.inputs), stored=stored)
        assert bits(*fast) == bits(*slow)


def test_contributions_are_added_up_in_the_order_of_the_walk() -> None:
    """Another order would round otherwise: 1e16 + 1 - 1e16 is 0 or 1."""

    def make(a: Value) -> Value:
        inner = a * 1.0
        parts = [inner * 1e16, inner * 1.0, inner * -1e16, inner * 1.0]
        return (parts[0] + parts[1]) + (parts[2] + parts[3])

    fast, slow = both(make, 1.0)
    assert fast == slow


def test_a_node_that_gets_nothing_has_gradient_zero() -> None:
    def make(a: Value, b: Value) -> Value:
        return a.exp() * 0.0 + b

    fast, slow = both(make, 1.0, 2.0)
    assert fast == slow


@pytest.mark.parametrize("x", [0.0, -1.0, 1e308, math.inf, math.nan])
def test_where_python_raises_both_passes_go_by_ieee_754(x: float) -> None:
    fast, slow = both(lambda a: (a * a).log() + (1.0 / a).exp() + a**-2.0, x)
    assert bits(*fast) == bits(*slow)


def test_a_rule_of_the_users_may_start_another_pass() -> None:
    a = Value(2.0)
    inner = a * 3.0
    other = inner * inner

    def rule(g: Any, out: Any, x: Any) -> Any:
        other.backward()
        return g * 2.0 * x

    squared = primitive(rule)(lambda x: x * x)
    (squared(inner) + inner * 1.0).backward()
    # 3 · (2·6 + 1) of its own, and 3 · 2·6 of the one that the rule starts.
    assert a.grad == 39.0 + 36.0


def test_a_pass_that_was_broken_off_leaves_nothing_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    a = Value(2.0)
    inner = a * 3.0
    root = (inner * inner) * inner
    op, calls = root.op, []
    pull = op.pull or float_pass.source.generate(op)

    def interrupted(node: Value) -> None:
        calls.append(node)
        if len(calls) == 2:
            raise KeyboardInterrupt
        pull(node)

    monkeypatch.setattr(op, "pull", interrupted)
    with pytest.raises(KeyboardInterrupt):
        float_pass.backward(root, 1.0)
    assert not float_pass.under_way
    a.grad = 0.0
    assert float_pass.backward(root, 1.0)
    assert a.grad == 3.0 * (3.0 * 36.0)


def test_a_pass_that_is_begun_in_the_middle_of_one_disturbs_it_nowhere() -> None:
    """As at the prompt of a debugger, in the handler of a signal, in `__del__`: at every line of every file."""
    expected: dict[str, float] = {}

    def graph() -> tuple[Value, Value, Value, Value]:
        a, b = Value(2.0), Value(3.0)
        inner = a * b
        return a, b, (inner * inner).sin() * inner, inner.exp() * inner

    a, b, root, other = graph()
    root.backward()
    other.backward()
    expected = {"a": a.grad, "b": b.grad}

    stops = 0
    while True:
        a, b, root, other = graph()
        seen = 0

        def trace(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal seen
            if event == "line" and "autograd" in frame.f_code.co_filename:
                if seen == stops:
                    sys.settrace(None)
                    other.backward()
                seen += 1
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            root.backward()
        finally:
            sys.settrace(before)
        if seen <= stops:
            break
        assert (a.grad, b.grad) == (pytest.approx(expected["a"]), pytest.approx(expected["b"])), stops
        stops += 1
    assert stops > 50
