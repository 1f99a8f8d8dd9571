"""Where a session stops: by what an event is, by a condition, where numbers go wrong, and where a gradient changes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, Value
from autograd.debug import Condition, DebugError, Session
from autograd.examples import chain_rule, digits, xor
from autograd.graph.modes import record_sites


def stops(session: Session, **criteria: Any) -> list[tuple[str, str]]:
    """All events at which one breakpoint stops, found by running on; and the same backwards."""
    session.clear()
    session.break_at(**criteria)
    session.restart()
    found = []
    while session.run() is not None:
        found.append((session.event.phase, session.event.name))  # type: ignore[union-attr]
    back = [(session.event.phase, session.event.name)] if session.stopping_at(len(session)) else []  # type: ignore[union-attr]
    while session.reverse_run() is not None:
        back.append((session.event.phase, session.event.name))  # type: ignore[union-attr]
    assert back == found[::-1]
    return found


def example() -> Session:
    return Session(chain_rule().root)


def test_by_operation_name_and_phase() -> None:
    assert stops(example(), op="mul") == [("forward", "e"), ("backward", "e")]
    assert stops(example(), op="add", phase="backward") == [("backward", "c"), ("backward", "d")]
    assert stops(example(), name="[ab]") == [("backward", "a"), ("backward", "b")]
    assert stops(Session(xor().root), name="h*", phase="forward") == [("forward", "h1"), ("forward", "h2")]


def test_by_module() -> None:
    found = stops(Session(digits().root), module="2")
    assert found == [("forward", "v4"), ("backward", "v4")]


def test_by_source_line() -> None:
    with record_sites():
        a = Value(2.0, name="a")
        square = a * a
        root = square.exp()
    assert square.site is not None
    number = square.site.lineno
    assert stops(Session(root), line=number) == [("forward", "square"), ("backward", "square")]
    assert stops(Session(root), line=f"test_breakpoints.py:{number}", phase="forward") == [("forward", "square")]


def test_by_source_line_of_a_caller() -> None:
    def square(x: Value) -> Value:
        return x * x

    with record_sites():
        root = square(Value(2.0))
        line = root.site.caller.lineno  # type: ignore[union-attr]
    assert stops(Session(root), line=line, phase="forward") == [("forward", "root")]


def test_by_the_size_of_a_gradient() -> None:
    assert stops(example(), above=3.0) == [("backward", "d"), ("backward", "b")]
    assert stops(example(), below=1.5) == [("backward", "e")]
    assert stops(example(), above=2.0, below=3.0) == [("backward", "c"), ("backward", "d"), ("backward", "a")]
    norms = stops(Session(digits().root), above=0.7)
    assert norms == [("backward", "loss"), ("backward", "2.weight")]


def test_where_something_not_finite_comes_up_and_not_where_it_goes_on() -> None:
    x = Value(0.0, name="x")
    forward = (ag.log(x) * 2.0 + 1.0).exp()
    assert stops(Session(forward), not_finite=True)[0] == ("forward", "v1")
    backward = ag.sqrt(x) * 2.0 + 1.0
    assert stops(Session(backward), not_finite=True) == [("backward", "v1")]
    leaf = Value(math.nan, name="leaf") * 2.0 + 1.0
    assert stops(Session(leaf), not_finite=True)[0] == ("forward", "v1")
    assert stops(example(), not_finite=True) == []


def test_where_a_gradient_changes() -> None:
    assert stops(example(), changes="b") == [("backward", "c"), ("backward", "d")]
    assert stops(example(), changes="e") == [("backward", "e")]
    zero = Value(1.0, name="z")
    assert stops(Session(zero * 0.0 + zero * 3.0), changes="z") == [("backward", "v1"), ("backward", "v2")]
    session = Session(digits().root)
    assert stops(session, changes="4.bias") == [("backward", "v6")]


def test_by_a_condition() -> None:
    assert stops(example(), when="grad == 3") == [("backward", "d")]
    assert stops(example(), when="value >= 3 and not value == 6") == [("forward", "c"), ("backward", "c")]
    assert stops(example(), when="local > 1") == [("backward", "e")]
    assert stops(example(), when="local > 1 and upstream > 1") == []
    # There is no gradient in the forward pass, and no local derivative of a leaf.
    assert stops(example(), when="grad < 100 or local < 100") == [("backward", n) for n in "ecd"]
    large = stops(Session(digits().root), when="norm(value) > 20 and max(abs(value)) < 1", phase="forward")
    assert large == [("forward", "v3")]


def test_all_that_a_breakpoint_says_must_hold_and_any_breakpoint_stops() -> None:
    session = example()
    first = session.break_at("add", phase="forward", when="value == 2")
    second = session.break_at(name="b")
    assert [session.run().name for _ in range(2)] == ["d", "b"]  # type: ignore[union-attr]
    assert session.stopping_at(8) == [second]
    session.clear(first)
    assert session.reverse_run() is None
    assert {number: str(point) for number, point in session.breakpoints.items()} == {second: "name b"}
    with pytest.raises(DebugError, match="there is no breakpoint 1; there are 2"):
        session.clear(first)


@pytest.mark.parametrize(
    ("criteria", "message"),
    [
        ({}, "says where to stop"),
        ({"op": "tan"}, r"no operation 'tan' in this graph, so nothing would stop there; there are add, mul"),
        ({"op": "ad"}, r"did you mean 'add'\?"),
        ({"name": "z"}, "no node 'z' in this graph"),
        ({"module": "layers"}, "no module 'layers' in this graph, so nothing would stop there; there are none"),
        ({"line": 3}, r"no source lines were recorded: run the code under autograd\.record_sites"),
        ({"phase": "sideways"}, "a pass is 'forward' or 'backward'"),
        ({"above": -1}, "a number from 0 on, not -1"),
        ({"below": "2"}, "a number from 0 on, not '2'"),
        ({"changes": "q"}, "no node is called 'q'"),
        ({"when": "grad >"}, r"condition 'grad >': invalid syntax at column 7"),
        ({"when": ""}, "says where to stop|invalid syntax"),
        (
            {"when": "gard > 1"},
            r"column 1: unknown name 'gard': there are value, grad, upstream, local, phase; did you mean 'grad'",
        ),
        ({"when": "open('x') > 1"}, "unknown function 'open'"),
        ({"when": "grad.__class__"}, "attribute is not part of a condition"),
        ({"when": "[x for x in grad]"}, "listcomp is not part of a condition"),
        ({"when": "'a' == grad"}, "constant is not part of a condition"),
        ({"when": "abs(grad, 2) > 1"}, "abs takes one argument"),
        ({"when": "grad ** 2 > 1"}, "binop is not part of a condition"),
        ({"when": "(lambda: 1)()"}, "call is not part of a condition"),
        ({"when": "grad in value"}, "compare is not part of a condition"),
        ({"when": "-" * 100 + "grad"}, "nested more than 50 deep"),
        ({"when": "(" * 900 + "grad"}, "was never closed|too deeply|too many nested"),
        ({"when": "grad" * 300}, "at most 1000 are read"),
    ],
)
def test_a_breakpoint_that_could_never_stop_says_so(criteria: dict[str, Any], message: str) -> None:
    session = example()
    with pytest.raises(DebugError, match=message):
        session.break_at(**criteria)
    assert session.breakpoints == {}
    assert session.run() is None


def test_conditions_on_arrays_hold_for_any_element() -> None:
    array = np.array([1.0, -5.0, np.nan])
    assert Condition("abs(value) > 4")({"value": array})
    assert Condition("isnan(value)")({"value": array})
    assert not Condition("all(isfinite(value))")({"value": array})
    assert Condition("-6 < min(value) or sum(value) > 0")({"value": array[:2]})
    assert Condition("0 < value < 2")({"value": array})
    assert Condition("size(value) == 3 and any(value / 0 == value / 0)")({"value": array})
    assert not Condition("mean(value) > 0")({"value": array[:2]})


def test_modules_within_modules() -> None:
    inner = nn.Sequential(nn.Linear(2, 2, rng=0), nn.Tanh())
    model = nn.Sequential(inner, nn.Linear(2, 1, rng=1))
    session = Session(model(Tensor(np.ones((1, 2), np.float32))).sum())
    assert [name for _, name in stops(session, module="0", phase="forward")] == ["v2", "v3"]
    assert [name for _, name in stops(session, module="0.1", phase="forward")] == ["v3"]


# what a place may look like


@pytest.mark.parametrize("name", ["w[0]", "[!w]", "w\n2"])
def test_a_name_that_looks_like_a_pattern_is_found_too(name: str) -> None:
    a, b = Value(2.0, name=name), Value(3.0, name="wx")
    session = Session(a * b)
    assert stops(session, name=name) == [("backward", name)]
    assert stops(session, name="w*x") == [("backward", "wx")]


def test_a_constant_is_no_node_to_stop_at() -> None:
    with pytest.raises(DebugError, match=r"no node '0.5'.* there are a, v1"):
        Session(Value(2.0, name="a") * 0.5).break_at(name="0.5")


def test_a_line_is_of_the_whole_file_name() -> None:
    with record_sites():
        session = Session(Value(2.0) * 3.0)
    site = session.nodes[-1].site
    assert site is not None
    for filename in ("test_breakpoints.py", "debug/test_breakpoints.py", site.filename):
        session.break_at(line=f"{filename}:{site.lineno}")
    with pytest.raises(DebugError, match="no line"):
        session.break_at(line=f"breakpoints.py:{site.lineno}")


def test_bounds_may_be_numbers_of_numpy() -> None:
    assert len(stops(Session(chain_rule().root), above=np.float32(3), below=np.int64(4))) == 1


def test_a_data_breakpoint_is_called_as_the_session_calls_the_node() -> None:
    a = Value(2.0, name="a")
    session = Session((a * a) * a)
    session.break_at(changes="v1")
    assert str(session.breakpoints[1]) == "gradient of v1 changes"


@pytest.mark.parametrize(
    "criteria",
    [
        {"phase": "forward", "above": 1.0},
        {"phase": "forward", "changes": "a"},
        {"phase": "forward", "when": "grad > 0"},
        {"changes": "c"},
    ],
)
def test_where_nothing_could_ever_stop_is_said(criteria: dict[str, Any]) -> None:
    session = Session(Value(2.0, name="a") * Value(3.0, requires_grad=False, name="c"))
    with pytest.raises(DebugError, match="nothing would stop there"):
        session.break_at(**criteria)
    assert session.breakpoints == {}


def test_a_tensor_has_no_local_derivative_to_stop_at() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(DebugError, match="a tensor's local derivative is not a number"):
        Session((x * x).sum()).break_at(when="local > 1")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("grad > 1" + "0" * 400, "column 8: the number is larger than any float"),
        ("-(grad > 0) < 0", "a comparison is true or false"),
        ("(grad > 0) - (value > 0)", "a comparison is true or false"),
    ],
)
def test_a_condition_that_has_no_answer_anywhere_is_refused(text: str, why: str) -> None:
    with pytest.raises(DebugError, match=why):
        Condition(text)


def test_a_condition_without_an_answer_does_not_hold() -> None:
    x = Tensor(np.zeros((0, 3)), requires_grad=True, name="x")
    session = Session((x * x).sum())
    assert stops(session, when="min(grad) >= 0", phase="backward") == [("backward", "v2")]
    assert Condition("min(value) > 0 or value < 1")({"value": np.zeros(0)}) is False


def test_comparisons_of_numbers_and_arrays_are_chained() -> None:
    chained = Condition("0 < norm(grad) < value")
    assert chained({"grad": np.ones(4), "value": np.array([1.0, 3.0])})
    assert not chained({"grad": np.ones(4), "value": np.array([1.0, 2.0])})


def test_conditions_and_bad_numbers_are_looked_for_without_making_up_formulas(monkeypatch: pytest.MonkeyPatch) -> None:
    def unwanted(*_: Any, **__: Any) -> Any:
        raise AssertionError("a formula was made for an event that is only looked at")

    monkeypatch.setattr("autograd.engine.formula.contribution_formula", unwanted)
    session = Session(xor().root)
    for criteria in ({"when": "abs(grad) > 1e9"}, {"when": "local > 1e9"}, {"not_finite": True}):
        assert stops(session, **criteria) == []


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda x: Value(math.nan, name="nan") * x, [("forward", "v1")]),
        (lambda x: (x * 1000.0).exp() * 2.0, [("forward", "v2")]),
        (lambda x: Tensor(np.full(2, 1e3), requires_grad=True).exp().sum(), [("forward", "v2")]),
        (lambda x: ag.sqrt(x - x) * 2.0, [("backward", "v2")]),
        (lambda x: ag.log(x - x), [("forward", "v2"), ("backward", "v2")]),
    ],
)
def test_a_contribution_of_what_was_not_finite_before_comes_up_nowhere_new(make: Any, where: Any) -> None:
    with np.errstate(all="ignore"):
        session = Session(make(Value(1.0, name="x")))
    assert stops(session, not_finite=True) == where
