"""`autograd.Value` in the place of an engine of a program's own."""

from __future__ import annotations

import builtins
import sys
from pathlib import Path

import pytest

from autograd import Value
from autograd.check.stand_ins import OwnEngine, in_place_of_engines
from autograd.cli import main
from tests.autograd.check.test_engines import ENGINE

MORE = {
    "it can do more": ENGINE.replace("def tanh", "def swish"),
    "it is made of two numbers": ENGINE.replace("_children=(), _op=''", "scale, _children=(), _op=''"),
    "a function makes it": "def make():\n" + ENGINE.replace("\n", "\n    ") + "\n    return Value\nValue = make()\n",
    "a class makes them": ENGINE.replace(
        "def __neg__", "@classmethod\n    def zero(cls):\n        return cls(0)\n\n    def __neg__"
    ),
    "it is no engine": "class Value:\n    def __add__(self, other):\n        return self\n",
}


def made_of(text: str) -> tuple[type, list[OwnEngine]]:
    found: list[OwnEngine] = []
    names: dict[str, type] = {}
    with in_place_of_engines(found.append):
        exec(compile(text, "engine.py", "exec"), names)
    return names["Value"], found


def test_it_stands_for_a_class_that_it_can_stand_for() -> None:
    before = builtins.__build_class__
    value, found = made_of(ENGINE)
    assert value is Value
    assert found[0].check()
    assert found[0].names["Value"] is Value
    assert builtins.__build_class__ is before


@pytest.mark.parametrize("text", MORE.values(), ids=MORE)
def test_other_classes_stay_themselves(text: str) -> None:
    value, found = made_of(text)
    assert value is not Value
    assert not found


def test_what_is_behind_the_class_is_there_when_it_is_checked() -> None:
    text = ENGINE.replace("math.tanh(self.data)", "of(self.data)") + "\ndef of(x):\n    return math.tanh(x)\n"
    assert made_of(text)[1][0].check()
    assert not made_of(text.replace("math.tanh(x)", "math.sin(x)"))[1][0].check()


ADDS = {
    "a method": "Value.swish = lambda self: self",
    "nodes": "def f(a):\n    return Value(a.data, (a,), 'f')",
    "nodes by words": "def f(a):\n    return Value(a.data, _children=(a,))",
    "what the class has": "Value.tape.append(1)",
    "what its values have": "Value(1.0).rank",
    "what its values are given": "p = Value(1.0)\np.velocity = 0.0",
}


@pytest.mark.parametrize("more", ADDS.values(), ids=ADDS)
def test_a_class_that_its_program_adds_operations_to_stays_itself(
    more: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.py"
    text = ENGINE.replace("class Value:", "class Value:\n    tape = []\n")
    text = text.replace("        self._backward,", "        self.rank = 0\n        self._backward,")
    path.write_text(f"{text}\n{more}\na = Value(2.0)\n(a * a).backward()\n")
    assert main(["step", "--plain", str(path)]) == 2
    assert "ran to its end without calling backward()" in capsys.readouterr().err
    # As well where another file has the class.
    (tmp_path / "engine_of_mine.py").write_text(text)
    path.write_text(f"from engine_of_mine import Value\n{more}\na = Value(2.0)\n(a * a).backward()\n")
    assert main(["step", "--plain", str(path)]) == 2
    sys.modules.pop("engine_of_mine", None)
    assert "ran to its end without calling backward()" in capsys.readouterr().err


def test_what_other_classes_are_given_says_nothing_of_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.py"
    model = "class Model:\n    def __init__(self):\n        self.w = Value(2.0, label='w')\n"
    path.write_text(f"{ENGINE.replace('_op', 'label')}\n{model}\nm = Model()\nm.w = m.w * 1\n(m.w * m.w).backward()\n")
    assert main(["step", "--plain", str(path)]) == 0
    assert "autograd.Value stands in its place" in capsys.readouterr().out


def test_what_a_program_gives_its_class_is_taken_from_ours_again() -> None:
    before = dict(vars(Value))
    made_of(ENGINE + "\nValue.swish = lambda self: self\nValue.exp = Value.swish\n")
    assert dict(vars(Value)) == before


def test_a_program_with_an_engine_of_its_own_is_stepped_through(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        ENGINE + "a, b = Value(2.0), Value(1.0)\ne = (a + b) * (b + 1)\ne.backward()\nprint(a.grad, b.grad)\n"
    )
    assert main(["step", "--plain", str(path)]) == 0
    out = capsys.readouterr().out
    assert "the class Value is an engine of its own: autograd.Value stands in its place" in out
    assert "to b: 3 · 1 = 3; b has 5" in out
    assert "2.0 5.0" in out
    assert main(["step", "--plain", f"{path}:e"]) == 0
    assert "to v1: 2 · 1 = 2; v1 has 2" in capsys.readouterr().out
    assert main(["draw", f"{path}:e", "-o", str(tmp_path / "e.svg")]) == 0
    assert "<svg" in (tmp_path / "e.svg").read_text()
