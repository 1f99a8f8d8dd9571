"""Python's own debugger in the reverse pass: how many keys it takes from `backward()` to the first formula."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[3] / "notebooks" / "guide" / "stepping.md").read_text(encoding="utf-8")
SKIP = 'import pdb; pdb.Pdb(skip=["autograd.*"]).set_trace()'
# From the start, and with the first recipe of the book.
PLAIN, FEW = 100, 8
PROGRAM = """
from autograd import Tensor, Value
a, b = Value(2.0), Value(0.5)
t = Tensor([1.0, 2.0], requires_grad=True).tanh().sum()
e = {expression}
{stop}
e.backward()
"""


def session(expression: str, stop: str, commands: list[str], folder: Path) -> list[str]:
    """What pdb shows after each command: its last line."""
    path = folder / "program.py"
    path.write_text(PROGRAM.format(expression=expression, stop=stop), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, str(path)],
        input="\n".join([*commands, "q", ""]),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    shown = ran.stdout.split("(Pdb) ")
    return [answer.strip().splitlines()[-1] if answer.strip() else "" for answer in shown]


def presses(shown: list[str]) -> int:
    return next(at for at, line in enumerate(shown) if "to_x = " in line)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("expression", "formula"),
    [
        ("(a + b) * (b + 1)", "to_x = g * y if x_node.needs_grad else 0.0"),
        ("(a / b).tanh()", "to_x = "),
        ("(a * b).exp()", "to_x = "),
        ("-a", "to_x = -g"),
        ("a.maximum(b)", "to_x = "),
    ],
)
def test_stepping_over_what_is_no_formula(expression: str, formula: str, tmp_path: Path) -> None:
    assert SKIP in PAGE
    shown = session(expression, SKIP, ["s"] * (FEW + 1), tmp_path)
    assert shown[0] == "-> e.backward()"
    assert presses(shown) <= FEW
    assert formula in shown[presses(shown)]


def test_each_step_goes_on_to_the_next_formula(tmp_path: Path) -> None:
    shown = session("(a + b) * (b + 1)", SKIP, ["s"] * 40, tmp_path)
    formulas = [line for line in shown if line.startswith("-> to_x = ")]
    assert formulas == [
        "-> to_x = g * y if x_node.needs_grad else 0.0",
        "-> to_x = g if x_node.needs_grad else 0.0",
        "-> to_x = g if x_node.needs_grad else 0.0",
    ]


def test_the_plainest_way_goes_through_the_pass_and_through_nothing_else(tmp_path: Path) -> None:
    shown = session("(a + b) * (b + 1)", "breakpoint()", ["s"] * PLAIN, tmp_path)
    # The walk is gone through line by line; neither the rules are printed nor NumPy's error state set on the way.
    assert presses(shown) < PLAIN


@pytest.mark.integration
@pytest.mark.parametrize(
    ("expression", "place", "stops_at"),
    [
        ("(a + b) * (b + 1)", "e.op.pull", "-> x_node, y_node = node.parents"),
        ("t", "e.op.rules[0]", "lambda g, out, x"),
        ("t", "t.parents[0].op.rules[0]", "lambda g, out, x"),
    ],
)
def test_a_breakpoint_at_the_formula_of_a_node(expression: str, place: str, stops_at: str, tmp_path: Path) -> None:
    assert "`b e.op.pull`" in PAGE
    assert "`b t.op.rules[0]`" in PAGE
    shown = session(expression, "breakpoint()", [f"b {place}", "c"], tmp_path)
    assert shown[1].startswith("Breakpoint 1 at ")
    assert stops_at in shown[2]
