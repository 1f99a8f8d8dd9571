"""Rolling: a program that repeats itself is written as a loop, and computes what it did in a straight line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor
from autograd.compiler import compile, emit
from autograd.compiler.rolling import WIDTH, _head, roll
from autograd.compiler.segments import Statement
from tests.autograd.compiler.test_pieces import gated, runge_kutta

X = np.linspace(0.1, 0.4, 5)
ALL = pytest.mark.parametrize("made_of", ["NumPy", "loops"], indirect=True)


def body(compiled: Any) -> list[str]:
    """The lines of the function that runs."""
    return compiled.source.partition("def run(")[2].splitlines()


def straight(body: list[Statement], *_: Any) -> list[Statement]:
    return body


@ALL
@pytest.mark.parametrize("program", [runge_kutta, gated])
def test_a_loop_computes_what_a_straight_line_does(program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    f = program(12)
    rolled = [compile(f)(X), compile(ag.grad(f))(X)]
    monkeypatch.setattr(emit, "roll", straight)
    for mine, theirs in zip(rolled, [compile(f)(X), compile(ag.grad(f))(X)], strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("program", [runge_kutta, gated])
def test_the_source_reads_as_a_loop_forward_and_backward(program: Any) -> None:
    lengths = []
    for steps in (10, 30):
        compiled = compile(ag.grad(program(steps)))
        compiled(X)
        loops = [line for line in body(compiled) if line.strip().startswith("for ")]
        assert len(loops) == 2
        lengths.append(len(body(compiled)))
    assert lengths[0] == lengths[1], "however many steps"


def test_the_loops_variables_have_the_users_names() -> None:
    compiled = compile(runge_kutta(10))
    compiled(X)
    assert any(
        "k2" in line and "k3" in line and "y" in line for line in body(compiled) if "for " in line or "k2" in line
    )
    assert compiled.source.count("k2 = slope(y + h / 2 * k1)") <= 2, "its line stands there once, not ten times"


def test_names_that_are_numpys_too_are_told_apart() -> None:
    def f(x: Any) -> Any:
        multiply = x * 1.0
        for _ in range(9):
            add = multiply + x
            out = add * 2.0
            multiply = np.sin(out) - add
        return multiply.sum(axis=0)

    compiled = compile(f)
    np.testing.assert_array_equal(compiled(X), f(Tensor(X)).data)
    assert "for " in compiled.source


def test_results_of_single_turns_are_given_back() -> None:
    def f(x: Any) -> Any:
        found = []
        for _ in range(8):
            x = np.tanh(x * 2.0) + 0.25
            found.append(x)
        return found, x[2]

    compiled, plain = compile(f), f(Tensor(X))
    states, last = compiled(X)
    for mine, theirs in zip(states, plain[0], strict=True):
        np.testing.assert_array_equal(mine, theirs.data)
    assert last == plain[1].item()
    assert [s is not t for s, t in zip(states, compiled(X)[0], strict=True)] == [True] * 8, "arrays of the caller's own"


def test_rows_of_an_argument_are_taken_in_the_loop() -> None:
    def f(rows: Any) -> Any:
        state = np.zeros(3)
        for t in range(rows.shape[0]):
            state = np.tanh(state + rows[t]) * 0.5
        return state.sum()

    compiled, rows = compile(f), np.random.default_rng(0).normal(size=(9, 3))
    for given in (rows, np.asfortranarray(rows), rows[::-1]):
        assert compiled(given) == f(Tensor(given)).item()
    assert "for " in compiled.source


@ALL
@pytest.mark.parametrize("odd", [0, 4, 8])
def test_a_turn_may_read_twice_what_others_read_once(odd: int) -> None:
    def f(x: Any, a: Any) -> Any:
        y = x * 1.0
        for k in range(9):
            total = np.cumsum(y)
            y = np.tanh(total + (total if k == odd else a)) * np.sin(total) - 0.5
            y = np.cos(y * y) + x
        return y

    compiled = compile(f)
    np.testing.assert_allclose(compiled(X, X * 2.0), f(Tensor(X), Tensor(X * 2.0)).data, rtol=1e-14)
    assert ("for " in compiled.source) == (odd != 4)


def test_names_may_be_longer_than_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd.compiler.rolling.FEWEST_LINES", 1)
    names = [f"{'n' * 130}{k}" for k in range(3)]
    text = rolled("\n".join(f"f({name})" for name in names), [], " ".join(names), lambda name: name)
    exec(text, {"f": (found := []).append, "turns1": [(name,) for name in names]})
    assert found == names


# statements by themselves


def rolled(text: str, kept: list[str], variables: str = "a b c d e f g h s", name_of: Any = None) -> str:
    names = iter(f"n{k}" for k in range(99))
    name_of = name_of or (lambda name: next(names))
    statements = [Statement(line) for line in text.splitlines()]
    return "\n".join(s.text for s in roll(statements, variables.split(), variables.split(), kept, name_of, False))


def test_what_is_the_same_in_all_turns_keeps_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd.compiler.rolling.FEWEST_LINES", 1)
    text = "f(s, a, out=b)\nf(s, b, out=c)\nf(s, c, out=d)"
    assert rolled(text, []) == "for n0, n1, in n2:\n    f(s, n0, out=n1)"


def test_what_a_turn_makes_and_others_read_is_not_rolled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd.compiler.rolling.FEWEST_LINES", 1)
    text = "a = f(s)\nb = f(s)\nc = f(s)"
    assert rolled(text, []) == "for _ in n1:\n    n0 = f(s)"
    assert rolled(text, ["b"]) == text


def test_turns_that_read_another_of_what_they_make_are_not_rolled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd.compiler.rolling.FEWEST_LINES", 1)
    turn = "{0} = f(s)\n{1} = f(s)\ng({0}, {1})\nh({2})"
    alike = "\n".join(turn.format(a, b, a) for a, b in ("ab", "cd", "ek"))
    assert rolled(alike, [], "a b c d e k s") == "for _ in n2:\n    n0 = f(s)\n    n1 = f(s)\n    g(n0, n1)\n    h(n0)"
    other = "\n".join(turn.format(*names) for names in ("aba", "cdd", "eke"))
    assert rolled(other, [], "a b c d e k s") == other


def test_quoted_words_attributes_and_keywords_are_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd.compiler.rolling.FEWEST_LINES", 1)
    text = "\n".join(f"s.a({x}, b='a {k}', d=1e-05)" for k, x in enumerate("aaa"))
    assert rolled(text, []) == text, "the texts differ"
    text = "\n".join(f"s.a({x}, b='a', d=1e-05)" for x in "abc")
    assert rolled(text, []) == "for n0, in n1:\n    s.a(n0, b='a', d=1e-05)"


def test_numbers_that_count_are_in_the_table() -> None:
    text = "\n".join(f"f(a[{k}], 0.5, out=b)" for k in range(20))
    statements = [Statement(line) for line in text.splitlines()]
    (loop,) = roll(statements, ["a", "b"], ["a", "b"], [], lambda name: name, False)
    assert loop.text == "for t1, in turns1:\n    f(a[t1], 0.5, out=b)"
    assert loop.table is not None and loop.table.rows == [(str(k),) for k in range(20)]


def test_the_head_of_a_loop_is_one_line_where_it_fits() -> None:
    for length, lines in ((WIDTH, 1), (WIDTH + 1, 3)):
        # for NAME, b in table:
        name = "a" * (length - len("for , b, in table:"))
        assert _head([name, "b"], "table") == (
            [f"for {name}, b, in table:"] if lines == 1 else ["for (", f"    {name}, b,", ") in table:"]
        )
    assert _head([], "table") == ["for _ in table:"]
