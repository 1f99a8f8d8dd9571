"""`stepgrad check`: what it finds by itself to check at, its exit codes, and what a broken or hostile file gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograd.cli import main

FILE = """
from typing import Annotated
import numpy as np
from autograd import Tensor, Value
from autograd.check.strategies import arrays, floats

def defaults(x=np.ones(3), y=2.0):
    return np.sum(np.tanh(x) * y)

def annotated(a: Value, b: Value):
    return (a + b) * (b + 1)

def array(x: np.ndarray, t: "Tensor"):
    return np.sum(x**3 * t)

def array_by_hand(x: np.ndarray):
    return np.sum(x**3)

def twice(x):
    return 6 * x**2

def strategy(x: Annotated[np.ndarray, arrays((2,))], y: floats() = 1.0):
    return np.sum(x * x) * y

def positive_only(x: arrays((2,))):
    return np.sum(x * x)

def positive_gradient(x):
    return np.where(x > 0, 2 * x, x)

def doubtful(x=np.ones(2)):
    return 1e6 + 1e-7 * np.abs(x)

def silent(x):
    return x

def broken(x=0.0):
    return [1][int(x) + 3]

number = 3
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "model.py"
    path.write_text(FILE, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ([":defaults"], 0, "pass"),
        ([":annotated"], 0, "a "),
        ([":annotated", "--order", "2"], 0, "order 2, b"),
        ([":array"], 0, "t[2]"),
        ([":array_by_hand", "--grad", "twice"], 1, "constant factor: the gradient with respect to x is 2 times"),
        ([":strategy", "--examples", "5"], 0, "5 inputs were drawn"),
        ([":positive_only", "--grad", "positive_gradient"], 1, "note: inputs: array([ 1., -1.])"),
        ([":doubtful"], 3, "inconclusive"),
        ([":silent", "x=0.5"], 0, "pass"),
    ],
)
def test_verdicts_are_exit_codes(
    file: str, arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", file + arguments[0], *arguments[1:]]) == code
    assert told in capsys.readouterr().out


def test_the_report_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.py"
    path.write_text(FILE)
    assert main(["check", f"{path}:array_by_hand", "--grad", "twice", "--json"]) == 1
    held = json.loads(capsys.readouterr().out)
    assert (held["verdict"], held["diagnosis"]["kind"]) == ("fail", "constant factor")
    assert {t["verdict"] for t in held["taylor"]} == {"wrong"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([":silent"], "argument 'x' does not say what it takes"),
        ([":silent", "y=1"], "no argument 'y'; it has x"),
        ([":silent", "x=one"], "'one' is not a number"),
        ([":broken"], "raised IndexError: list index out of range (model.py, line 38)"),
        ([":number"], "is not a function but int"),
        ([":nothing"], "has no 'nothing'; there are defaults, annotated"),
        ([":defaults", "--grad", "nothing"], "has no 'nothing'"),
        ([":defaults", "--order", "0"], "'0' is not a whole number from 1 on"),
        ([":defaults", "--order", "2", "--grad", "twice"], "order=2 is for the engine's own derivatives"),
        ([""], "say which part of it: "),
    ],
)
def test_bad_arguments_are_one_line(
    file: str, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", file + arguments[0], *arguments[1:]]) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.err.count("\n") == 1 and printed.out == ""


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"def f(:\n", "line 1: invalid syntax"),
        (b"import sys\nsys.exit(0)\n", "ends the program when it is run (exit code 0) (hostile.py, line 2)"),
        (b"x = 1\n1/0\n", "does not run: ZeroDivisionError: division by zero (hostile.py, line 2)"),
        (b"import nowhere\n", "ModuleNotFoundError: No module named 'nowhere'"),
        (b"\x00\x01", "null bytes"),
        (b"\xff\xfe = 3", "codec can't decode"),
        (
            b"class E(BaseException): pass\ndef f(x=1.0):\n    raise RuntimeError('[red]no[/]\\nsecond line')\n",
            "RuntimeError: [red]no[/] (",
        ),
        (b"def f(x=1.0):\n    return 'text'\n", "returns str"),
        (b"def f(x='a'):\n    return 1.0\n", "nothing to differentiate with respect to"),
        (b"def f():\n    return 1.0\n", "takes no argument"),
        (b"def f(*, x):\n    return 1.0\n", "keyword-only"),
        (b"def f(x=1.0):\n    return f(x)\n", "RecursionError"),
    ],
)
def test_hostile_files_get_one_line(
    content: bytes, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "hostile.py"
    path.write_bytes(content)
    assert main(["check", f"{path}:f"]) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert "Traceback" not in printed.err and printed.err.count("\n") == 1


def test_what_is_no_python_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("x = 1", encoding="utf-8")
    for target, told in (
        (f"{tmp_path}:f", "is a directory"),
        ("nowhere.py:f", "there is no such file"),
        (f"{tmp_path / 'notes.txt'}:f", "should end with .py"),
    ):
        assert main(["check", target]) == 2
        assert told in capsys.readouterr().err
