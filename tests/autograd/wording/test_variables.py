"""Names of nodes are those of the program's variables where it has any, in every place that displays a node."""

from __future__ import annotations

import functools
import sys
from io import StringIO
from pathlib import Path
from pdb import Pdb
from typing import Any

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, record_sites
from autograd.debug import Session
from autograd.draw import draw
from autograd.wording.names import Names


def words(names: Names) -> list[str]:
    """The names of all nodes but plain numbers, in the order they were made."""
    return [name for name in names.values() if not name[0].isdigit()]


def test_steps_speak_in_the_variables_of_the_caller() -> None:
    weight, bias, x = Value(2.0), Value(0.5), Value(3.0, requires_grad=False)
    prediction = weight * x + bias
    loss = (prediction - 1.0) ** 2
    told: list[str] = []
    loss.backward(step=lambda step: told.append(str(step)))
    assert told == [
        "loss has gradient 1\n  to v2: 1 · (2 * v2) = 1 · 11 = 11; v2 has 11",
        "v2 has gradient 11\n  to prediction: 11 · 1 = 11; prediction has 11",
        "prediction has gradient 11\n  to v1: 11 · 1 = 11; v1 has 11\n  to bias: 11 · 1 = 11; bias has 11",
        "v1 has gradient 11\n  to weight: 11 · x = 11 · 3 = 33; weight has 33",
        "bias has gradient 11",
        "weight has gradient 33",
    ]
    assert all(node.name is None for node in Names(loss)), "nothing is written into a node"


def test_printed_steps_do_so_too(capsys: pytest.CaptureFixture[str]) -> None:
    weight, x = Tensor(np.ones(3), requires_grad=True), np.ones((4, 3))
    prediction = x @ weight
    prediction.sum().backward(step=print)
    assert "prediction has gradient 4, norm 2\n  to weight: xᵀ @ g: 3, norm 6.93" in capsys.readouterr().out


def test_the_innermost_variable_is_meant() -> None:
    value = Value(2.0)

    def inner(given: Value) -> list[str]:
        other = given * 3.0
        return words(Names(other))

    assert inner(value) == ["given", "other"]
    assert words(Names(value * 2.0)) == ["value", "v1"]


def test_variables_of_callers_and_globals_are_known_where_the_own_ones_are_not() -> None:
    scale = Value(2.0)

    def table(weight: Value) -> str:
        return str((weight * scale).graph())

    assert "weight scale" in " ".join(table(Value(3.0)).split())
    program: dict[str, object] = {"Value": Value}
    exec("offset = Value(1.0)\ndef show(root): return str((root + offset).graph())", program)
    assert "root offset" in " ".join(program["show"](Value(3.0)).split())  # type: ignore[operator]


def test_own_names_come_first_and_no_name_is_given_twice() -> None:
    h = Value(2.0, name="hidden")
    other = Value(1.0, name="square")
    square = h * other
    assert list(Names(square).values()) == ["hidden", "square", "square#2"]


def test_private_variables_and_those_of_libraries_give_no_names() -> None:
    _hidden = Value(2.0)
    assert words(Names(_hidden * 3.0)) == ["v1", "v2"]
    # What a module of the standard library calls it is nobody's name.
    shown: list[list[str]] = []
    functools.reduce(lambda total, x: shown.append(words(Names(x[0]))), [[_hidden]], None)
    assert shown == [["v1"]]


def test_results_that_no_variable_holds_any_more_are_called_as_they_were_assigned() -> None:
    def network(w: Value, x: Value) -> Value:
        hidden = (w * x).tanh()
        output = hidden * w
        return output + 1.0

    with record_sites():
        root = [network(Value(2.0, name="w"), Value(3.0, name="x"))]
    assert words(Names(root[0])) == ["w", "x", "v1", "hidden", "output", "v2"]


def test_what_a_function_returns_is_called_as_its_caller_assigned_it() -> None:
    def layer(x: Value) -> Value:
        return x.tanh()

    def network(x: Value) -> Value:
        first = layer(x)
        second = layer(first)
        return second.exp()

    with record_sites():
        root = [network(Value(2.0, name="x"))]
    assert words(Names(root[0])) == ["x", "first", "second", "v1"]
    # The library is in between: what it returns is not a result of the line.
    session = Session.of(lambda x: x.exp(), 2.0)
    assert session.name(session.root) == "v1"


def test_results_of_a_loop_are_numbered_and_the_variable_is_the_last() -> None:
    w = Tensor(np.ones(2), requires_grad=True)

    def recurrent(h: Tensor) -> Tensor:
        for _ in range(3):
            before = h * 0.5
            h = before.tanh()
        assert words(Names(h)) == ["w", "before#1", "h#1", "before#2", "h#2", "before", "h"]
        return h + 0.0

    held = [recurrent(w)]
    assert words(Names(held[0])) == ["w", "before", "h", "before#2", "h#2", "before#3", "h#3", "v1"]


def test_of_all_that_one_call_records_its_result_alone_is_meant() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)

    def losses() -> list[Tensor]:
        spread = np.ptp(x * 2.0)
        return [spread * 1.0]

    assert words(Names(losses()[0])) == ["x", "v1", "v2", "v3", "spread", "v4"]


PROGRAM = """\
from autograd import Value
def run():
    kept, rate = Value(2.0), 1
    root = kept * 3.0
    return root, rate
"""


def test_what_is_assigned_after_the_display_is_no_name() -> None:
    diagram = draw(nn.Sequential(nn.Tanh()), np.ones(2), loss=np.sum)
    assert [box.title for box in diagram.scene.boxes] == ["x", "v1", "v2"]


def test_pdb_sees_the_variables_and_keeps_what_was_assigned_in_it(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    scope: dict[str, Any] = {}
    exec(compile(PROGRAM, str(program), "exec"), scope)
    out = StringIO()
    debugger = Pdb(stdin=StringIO("b 5\nc\n!rate = 7\np root.graph()\nc\n"), stdout=out, nosigint=True, readrc=False)
    debugger.use_rawinput = False
    debugger.set_break(str(program), 5)
    before, rates = sys.gettrace(), []
    try:
        rates.append(debugger.runcall(scope["run"])[1])
    finally:
        sys.settrace(before)
    assert "mul root 6 0 kept 3" in " ".join(out.getvalue().split())
    assert rates == [7]
