"""Unrolled loops: what is repeated is compiled once, however often it is repeated, and computes what it did in one piece."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd.compiler import array_program, budget, pieces
from autograd.compiler.compiled import Compiled
from autograd.compiler.errors import CompileError
from autograd.compiler.loops import is_native

pytestmark = pytest.mark.parametrize("made_of", ["loops"], indirect=True)
# As it is for users: other tests here have machine code at once.
estimate = budget.seconds
X = np.linspace(0.1, 0.4, 5)


def runge_kutta(steps: int) -> Callable[[Any], Any]:
    """Logistic growth by the classical method, and the sum of what has grown."""
    growth, h = np.linspace(0.5, 1.5, 5), 1.0 / steps

    def slope(y: Any) -> Any:
        return growth * y * (1.0 - y)

    def run(y: Any) -> Any:
        for _ in range(steps):
            k1 = slope(y)
            k2 = slope(y + h / 2 * k1)
            k3 = slope(y + h / 2 * k2)
            k4 = slope(y + h * k3)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return y.sum()

    return run


def gated(steps: int) -> Callable[[Any], Any]:
    """A recurrent cell whose input at each step is another row of an array."""
    rows = np.sin(np.arange(5.0 * steps)).reshape(steps, 5)

    def run(state: Any) -> Any:
        total = 0.0
        for t in range(steps):
            gate = ag.sigmoid(state * 0.3 + rows[t])
            state = gate * state + (1.0 - gate) * np.tanh(state - rows[t])
            total = total + (state * rows[t]).sum()
        return total

    return run


def texts(compiled: Compiled) -> list[str]:
    return compiled.native_source.partition("buffer1 = ")[0].split("@loop\n")[1:]


@pytest.mark.integration
@pytest.mark.parametrize("program", [runge_kutta, gated])
def test_the_loops_are_the_same_however_many_steps(program: Callable[[int], Any]) -> None:
    many, more = (ag.compile(ag.grad(program(n))).compile_for(X) for n in (30, 60))
    assert len(texts(many)) == len(texts(more)) <= 8
    assert sum(text.count("\n") for text in texts(more)) < 300


@pytest.mark.parametrize("program", [runge_kutta, gated])
@pytest.mark.parametrize("steps", [1, 3, 8, 21])
def test_pieces_compute_what_the_function_does(program: Callable[[int], Any], steps: int) -> None:
    gradient = ag.value_and_grad(program(steps))
    found, expected = ag.compile(gradient)(X), gradient(X)
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-13)
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-12)


@pytest.mark.integration
def test_what_does_not_repeat_itself_is_cut_too() -> None:
    rng = np.random.default_rng(0)
    draws = rng.integers(0, 4, 400)

    def f(x: Any) -> Any:
        for k in draws:
            x = (np.sin(x), x * x, 0.5 - x, x + 1.0)[k] * 0.5
        return x

    compiled = ag.compile(f)
    np.testing.assert_allclose(compiled(X), f(X), rtol=1e-12)
    assert max(text.count("\n") for text in texts(compiled)) <= 3 * pieces.MAX_INSTRUCTIONS


def test_what_no_loop_knows_is_told_by_its_name() -> None:
    for name in ("matmul", "cumsum", "a row of the user's"):
        assert is_native(SimpleNamespace(op=SimpleNamespace(name=name), out=None)) is False


def test_short_groups_stay_whole() -> None:
    compiled = ag.compile(lambda x: np.tanh(x * 2.0 + 1.0) * np.exp(-x))
    compiled(X)
    assert len(texts(compiled)) == 1


def test_a_call_on_what_is_given_goes_before_all_loops_and_parts_none() -> None:
    w = np.cos(np.arange(16.0)).reshape(4, 4)
    compiled = ag.compile(lambda x: np.tanh(x) * (x @ w) + np.exp(x))
    x = np.sin(np.arange(12.0)).reshape(3, 4)
    np.testing.assert_allclose(compiled(x), np.tanh(x) * (x @ w) + np.exp(x), rtol=1e-13)
    assert len(texts(compiled)) == 1


def test_the_stretches_are_the_whole_in_order() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        turn = rng.integers(0, 5, rng.integers(1, 9))
        kinds = np.concatenate([rng.integers(9, 99, rng.integers(0, 9)), np.tile(turn, 7), rng.integers(9, 99, 5)])
        found = sorted(pieces.find_stretches(kinds))
        assert [start for start, _, _ in found] == [0, *(stop for _, stop, _ in found[:-1])]
        assert found[-1][1] == len(kinds)
        longest = max(found, key=lambda stretch: (stretch[2] < stretch[1] - stretch[0], stretch[1] - stretch[0]))
        assert longest[1] - longest[0] >= 5 * len(turn)
        assert longest[2] <= len(turn)


# how groups are cut


@pytest.fixture
def numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups of numbers in place of instructions."""
    monkeypatch.setattr(pieces, "_kinds", np.array)


def lengths(group: list[int]) -> list[int]:
    cut: Any = pieces.pieces(group)  # type: ignore[arg-type]
    assert [kind for piece in cut for kind in piece] == group
    return [len(piece) for piece in cut]


@pytest.mark.usefixtures("numbered")
def test_a_group_of_up_to_48_is_one_piece_and_others_are_cut_by_48() -> None:
    assert lengths(list(range(48))) == [48]
    assert lengths(list(range(49))) == [48, 1]
    assert lengths(list(range(96))) == [48, 48]
    assert lengths(list(range(97))) == [48, 48, 1]


@pytest.mark.usefixtures("numbered")
@pytest.mark.parametrize(
    ("period", "turns", "expected"),
    [
        # Turns are put together until a piece is worth a call.
        (1, 64, [16] * 4),
        (1, 65, [16] * 4 + [1]),
        (5, 12, [20] * 3),
        (16, 4, [16] * 4),
        (17, 3, [17] * 3),
        (48, 3, [48] * 3),
        (49, 3, [48, 1] * 3),
        # Twice is no repetition.
        (40, 2, [48, 32]),
    ],
)
def test_what_is_repeated_is_cut_where_it_begins_anew(period: int, turns: int, expected: list[int]) -> None:
    assert lengths(list(range(period)) * turns) == expected


@pytest.mark.usefixtures("numbered")
def test_what_stands_before_and_after_is_cut_by_itself() -> None:
    before, after = list(range(100, 107)), list(range(200, 203))
    assert lengths(before + list(range(16)) * 3 + after) == [7, 16, 16, 16, 3]


# what machine code takes


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Machine code takes ten seconds for every program, and nothing is kept; NumPy's runs take two."""
    monkeypatch.setattr(budget, "seconds", lambda loops: 10.0 if loops else 0.0)
    monkeypatch.setattr(budget, "runs", lambda flat, duration: int(duration / 2.0))
    monkeypatch.setattr(budget, "is_made", kept.__contains__)
    monkeypatch.setattr(budget, "note_made", kept.add)
    kept.clear()


kept: set[str] = set()


def running(compiled: Compiled) -> str:
    """What runs the program."""
    program = compiled._latest()
    assert isinstance(program, array_program.ArrayProgram)
    return "loops" if program.running.loops else "NumPy"


@pytest.mark.usefixtures("long")
def test_numpy_runs_until_machine_code_pays() -> None:
    compiled = ag.compile(lambda x: np.sin(x) * 2.0)
    seen = []
    for _ in range(7):
        np.testing.assert_allclose(compiled(X), np.sin(X) * 2.0, rtol=1e-14)
        seen.append(running(compiled))
    assert seen == ["NumPy"] * 5 + ["loops"] * 2
    assert compiled.native_source
    again = ag.compile(lambda x: np.sin(x) * 2.0)
    again(X)
    assert running(again) == "loops", "kept from before"


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize(("allowed", "first"), [(0.0, "NumPy"), (9.0, "NumPy"), (10.0, "loops"), (np.inf, "loops")])
def test_a_budget_says_how_long_the_first_run_may_wait(allowed: float, first: str) -> None:
    compiled = ag.compile(np.cos, budget=allowed)
    compiled(X)
    assert running(compiled) == first


def test_machine_code_is_estimated_by_functions_loops_and_lines() -> None:
    one = "@loop\ndef loop1(a0, a1):\n    for i0 in range(a0.size):\n        a1[i0] = a0[i0]\n"
    # Twice as much takes less than twice as long, since numba starts once; a loop in it counts for more than a line.
    assert estimate("") == 0.0
    assert estimate(one) == pytest.approx(1.0 + 0.045 + 0.055 + 4 * 0.0045)
    assert estimate(one + one) - estimate(one) == pytest.approx(estimate(one) - 1.0)
    nested = one.replace("        a1", "        for i1 in range(2):\n            a1")
    assert estimate(nested) - estimate(one) == pytest.approx(0.055 + 0.0045)


@pytest.mark.parametrize("wrong", [-1.0, np.nan, "3 s", None, True])
def test_what_is_no_budget_is_refused(wrong: Any) -> None:
    with pytest.raises(CompileError, match=r"budget is how many seconds .* not "):
        ag.compile(np.cos, budget=wrong)


@pytest.mark.usefixtures("long")
def test_a_terminal_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    ag.compile(np.cos, budget=np.inf)(X)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    compiled = ag.compile(np.sin, budget=np.inf)
    compiled(X)
    told = capsys.readouterr().err
    assert told == "\rstepgrad: machine code for loop 1 of 1 …\r\x1b[K"
    compiled(X)
    assert capsys.readouterr().err == ""
