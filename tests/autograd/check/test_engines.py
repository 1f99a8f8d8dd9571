"""Engines of students' own, as they are written after micrograd, with the mistakes that are made in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import autograd as ag
import autograd.torch as torch
from autograd.check import check_engine
from autograd.cli import main
from autograd.errors import UsageError

ENGINE = """
import math


class Value:
    def __init__(self, data, _children=(), _op=''):
        self.data, self.grad = data, 0.0
        self._backward, self._prev, self._op = lambda: None, set(_children), _op

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), '+')
        def _backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), '*')
        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,), 'tanh')
        def _backward():
            self.grad += (1 - t**2) * out.grad
        out._backward = _backward
        return out

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def backward(self):
        topo, visited = [], set()
        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)
        build(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()
"""


def engine(old: str = "", new: str = "") -> type:
    assert old in ENGINE
    scope: dict[str, Any] = {}
    exec(compile(ENGINE.replace(old, new), "engine.py", "exec"), scope)
    made: type = scope["Value"]
    return made


def test_one_that_is_right_passes() -> None:
    report = check_engine(engine())
    assert report
    assert "2.0 + a" in report.missing
    assert any("RecursionError" in note for note in report.notes)
    assert {one.place for one in report.outcomes} >= {"engine.py:10, __add__", "engine.py:28, tanh"}


BY_NUMBER = """
    def __eq__(self, other):
        return self.data == other.data

    def __hash__(self):
        return hash(self.data)

"""
AS_VALUES = """
    @property
    def data(self):
        return self.value

    @property
    def grad(self):
        return Value(self.sent)

"""


@pytest.mark.parametrize(
    ("old", "new", "first", "told"),
    [
        ("self.grad += out.grad", "self.grad = out.grad", "(a + b) * a", "the gradient of a is 0.7, and 0.1 is right"),
        ("other.data * out.grad", "self.data * out.grad", "a * b", "the gradient of a is 0.7, and -1.3 is right"),
        ("other.data * out.grad", "other.data", "a * b * 3.0", "out.grad, times its slope"),
        ("(1 - t**2) * out.grad", "(1 - t**2)", "a.tanh() * 3.0", "out.grad, times its slope"),
        ("    def __neg__", BY_NUMBER + "    def __neg__", "(a + b) * (b + a)", "two nodes with the same number are two"),
        ("self.grad = 1.0", "pass", "a + b", "look at backward() first"),
        ("(1 - t**2) * out.grad", "(1 - t) * out.grad", "a.tanh()", "the gradient of a is 0.395632, and 0.63474 is right"),
        ("math.tanh(self.data)", "math.sin(self.data)", "a.tanh()", "its value is 0.644218, and 0.604368 is right"),
        ("reversed(topo)", "topo", "(a + b) * 3.0", "topological order"),
        ("return self + (-other)", "return (-self) + other", "a - b", "its value is -2, and 2 is right"),
        ("return self * -1", "return Value(-self.data)", "-a", "the gradient of a is 0, and -1 is right"),
        ("self.data * other.data, (self", "self.data * other.date, (self", "a * b", "raises AttributeError"),
        ("self.grad = 1.0", "self.grad = 1.0; self._prev and [setattr(v, 'data', 9.0) for v in self._prev]", "a + b", "changes the data"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_the_simplest_expression_that_shows_it(old: str, new: str, first: str, told: str) -> None:
    report = check_engine(engine(old, new))
    assert not report
    assert first in report.wrong[0].expression.text
    assert told in report.sentence


NAIVE = """
    def backward(self, first=True):
        self.grad = 1.0 if first else self.grad
        self._backward()
        for child in self._prev:
            child.backward(False)
"""


def test_a_pass_that_is_in_no_order_is_told() -> None:
    report = check_engine(engine(ENGINE[ENGINE.index("    def backward(") :], NAIVE.lstrip("\n")))
    assert [one.expression.text[:5] for one in report.wrong] == ["c = a"] * 3
    assert "topological order" in report.sentence


def test_what_is_not_looked_at_is_a_note() -> None:
    more = "    def mean(self):\n        return self\n\n    def __matmul__(self, other):\n        return self\n\n    def __neg__"
    assert "__matmul__, mean were not looked at" in check_engine(engine("    def __neg__", more)).notes[-1]
    assert "looked at" not in "".join(check_engine(engine()).notes)


def test_a_hint_on_gradients_is_not_given_of_a_value() -> None:
    rounded = ENGINE.replace("self.data, self.grad = data, 0.0", "self.data, self.grad = round(data, 2), 0.0")
    report = check_engine(engine(ENGINE, rounded.replace("def tanh", "def swish")))
    assert "its value is" in report.sentence
    assert report.sentence.endswith(")")


def test_gradients_may_be_values() -> None:
    text = "self.value, self.sent = data, 0.0"
    own = ENGINE.replace("self.data, self.grad = data, 0.0", text).replace(".grad", ".sent").replace(".data", ".value")
    scope: dict[str, Any] = {}
    exec(compile(own.replace("    def __neg__", AS_VALUES + "    def __neg__"), "engine.py", "exec"), scope)
    assert check_engine(scope["Value"])


@pytest.mark.parametrize("made", [ag.Value, ag.Tensor, torch.Tensor])
def test_engines_of_arrays_and_ours_pass(made: type) -> None:
    assert check_engine(made)


def test_gradients_that_are_forgotten_are_a_note() -> None:
    last = "        self.grad = 1.0\n"
    report = check_engine(engine(last, "        for v in topo:\n            v.grad = 0.0\n" + last))
    assert report
    assert "forgets the gradients of the first" in report.notes[0]


def test_the_command_takes_a_class(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.py"
    path.write_text(ENGINE)
    assert main(["check", f"{path}:Value"]) == 0
    assert "engine check of Value: pass" in capsys.readouterr().out
    path.write_text(ENGINE.replace("self.grad += out.grad", "self.grad = out.grad"))
    assert main(["check", f"{path}:Value", "--json"]) == 1
    held = json.loads(capsys.readouterr().out)
    assert held["verdict"] == "fail"
    assert "mine.py:10, __add__" in held["sentence"]


def test_what_cannot_be_made_of_a_number_is_refused() -> None:
    class Odd:
        def __init__(self, a: Any, b: Any) -> None:
            pass

        def backward(self) -> None: ...
        def __add__(self, other: Any) -> Any: ...
        def __mul__(self, other: Any) -> Any: ...

    with pytest.raises(UsageError, match=r"Odd\(0.5\) makes no value"):
        check_engine(Odd)
