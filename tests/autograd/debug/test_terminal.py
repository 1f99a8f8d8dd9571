"""The debugger on a terminal, driven by textual's Pilot: what is on the screen, in letters, after these keys."""

from __future__ import annotations

import asyncio
import random
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Value
from autograd.debug import Session
from autograd.errors import MissingDependencyError
from autograd.examples import chain_rule, digits, xor
from autograd.graph.modes import record_sites

pytest.importorskip("textual")
from autograd.debug.phrases import to_short_line
from autograd.debug.terminal import KEYS, Debugger, format_keys
from tests.sweep import sweep

NAMES = {
    " ": "space", "=": "equals_sign", ".": "full_stop", "*": "asterisk", "-": "minus", "_": "underscore", "'": "apostrophe",
    "(": "left_parenthesis", ")": "right_parenthesis", ">": "greater_than_sign", ":": "colon", "/": "slash",
}  # fmt: skip


SCREEN = """\
 stepgrad   event 6 of 8, backward   e = (a+b)·(b+1)
── forward, 3 ─────────────│ 6 backward · d · add
  1 c = a + b = 2 + 1 = 3  │ d has gradient 3
  2 d = b + 1 = 1 + 1 = 2  │ to b  3 · 1 = 3
  3 e = c * d = 3 * 2 = 6  │       b has 2 + 3 = 5
── backward, 5 ────────────│ nodes   (* changed now)
  4 grad e = 1 → c, d      │                  value            gradient
  5 grad c = 2 → a, b      │ a                2                2
▶ 6 grad d = 3 → b         │ b                1              * 5
  7 grad a = 2             │ c                3                2
  8 grad b = 5             │ d                2                3
                           │ e                6                1
                           │
                           │
                           │
                           │
                           │
                           │
                           │
                           │
                           │
                           │

 s step  b back  c run  p print  x explain  / find  : command  ? help  q quit"""


def keys_of(text: str) -> list[str]:
    """The keys that type a text, and Enter."""
    return [*(NAMES.get(c, c) for c in text), "enter"]


def run(session: Session, *keys: str, size: tuple[int, int] = (80, 24), **how: Any) -> tuple[list[str], Debugger]:
    """Press keys, and read the screen."""
    app = Debugger(session, **how)

    async def drive() -> list[str]:
        async with app.run_test(size=size) as pilot:
            for key in keys:
                await pilot.press(key)
            await pilot.pause()
            return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]

    return asyncio.run(drive()), app


def shown(lines: Iterable[str], *parts: str) -> bool:
    return all(any(part in line for line in lines) for part in parts)


def example() -> Session:
    return Session(chain_rule().root)


def program() -> Value:
    a, b = Value(2.0, name="a"), Value(1.0, name="b")
    c = a + b
    return c * (b + 1)


def test_the_screen_of_the_example() -> None:
    lines, _ = run(example(), *["s"] * 6, title="e = (a+b)·(b+1)")
    assert "\n".join(lines) == SCREEN


def test_the_keys_that_the_readme_names_step_and_step_back() -> None:
    readme = Path(__file__).parents[3].joinpath("README.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"# a terminal: (.*), \? for all keys", readme)
    on, back = (words.split()[0] for words in told.split(", "))
    lines, _ = run(example(), on, on, back)
    assert "event 1 of 8" in lines[0]


@pytest.mark.parametrize("before", [[], ["tab"], ["tab", "tab"], ["shift+tab"]])
def test_lists_that_scroll_take_no_keys(before: list[str]) -> None:
    _, app = run(example(), *before, "down", "down", "up", size=(60, 8))
    assert app.session.position == 1


def test_an_equation_of_several_lines_stands_below_its_sign() -> None:
    lines, _ = run(example(), "s")
    shown_right = [line.partition("│")[2].rstrip() for line in lines[1:5]]
    assert shown_right == [" 1 forward · c · add", " c = a + b", "   = 2 + 1", "   = 3"]


@pytest.mark.parametrize(
    ("keys", "position"),
    sweep(
        [
            (["s"] * 3, 3),
            (["enter", "space", "s"], 3),
            (["right", "down", "j"], 3),
            (["s", "s", "s", "b"], 2),
            (["s", "s", "left", "k"], 0),
            (["end"], 8),
            (["end", "up", "home"], 0),
            (["g", *keys_of("5")], 5),
            (["pagedown", "R", "s"], 1),
            (["c"], 8),
            ([":", *keys_of("break changes=b"), "c"], 5),
            (["colon", *keys_of("break changes=b"), "c", "c", "r", "c"], 5),
            (["colon", *keys_of("break changes=b"), "end", "C"], 6),
            (["slash", *keys_of("mul")], 3),
            (["colon", *keys_of("s 4"), "colon", *keys_of("back 1")], 3),
        ],
        3,
    ),
)
def test_keys_move(keys: list[str], position: int) -> None:
    session = example()
    run(session, *["colon" if key == ":" else key for key in keys])
    assert session.position == position


@pytest.mark.integration
def test_watches_edits_breakpoints_and_explanations() -> None:
    session = example()
    lines, _ = run(
        session,
        *["end", "w", *keys_of("b"), "e", *keys_of("a 10"), "colon", *keys_of("break op=mul")],
        size=(100, 30),
    )
    assert [session.name(node) for node in session.watches] == ["b"]
    assert shown(lines, "watched", "edited: a = 10", "op mul", "breakpoint 1: op mul")
    lines, _ = run(session, "x", *keys_of("b"), size=(100, 30))
    assert shown(lines, "b = 1, a leaf", "its gradient is 13:", "11 from d: 11 · 1 = 11")


def test_a_bad_command_is_a_line_and_the_session_goes_on() -> None:
    session = example()
    lines, _ = run(session, "colon", *keys_of("brake op=mul"), "s", "s")
    assert session.position == 2
    lines, _ = run(session, "colon", *keys_of("brake op=mul"))
    assert shown(lines, "✗ unknown command 'brake', did you mean 'break'?")


def test_help_lies_over_the_screen_and_closes() -> None:
    lines, _ = run(example(), "question_mark")
    assert shown(lines, "step back", "Esc closes")
    lines, _ = run(example(), "question_mark", "escape", "s")
    assert shown(lines, "event 1 of 8, forward")


def test_the_source_line_is_shown_where_it_was_recorded() -> None:
    with record_sites():
        session = Session(program())
    lines, _ = run(session, "s", size=(100, 30))
    assert shown(lines, "in program", "c = a + b")
    assert any("▶" in line and "c = a + b" in line for line in lines)


@pytest.mark.integration
def test_large_type_for_a_projector() -> None:
    lines, app = run(example(), "s", "s", "s", "L", size=(120, 40))
    assert app.large
    assert not shown(lines, "nodes")
    assert sum(any(c in line for c in "█▀▄▌▐▛▜▙▟") for line in lines) > 8
    small, app = run(example(), "s", "s", "s", "L", "L", size=(120, 40))
    assert not app.large
    assert shown(small, "nodes")


@pytest.mark.parametrize(
    ("pressed", "more", "left"),
    [
        ("q", False, "quit"),
        ("ctrl+c", False, "quit"),
        ("n", True, "next"),
        ("Q", True, "stop"),
        ("ctrl+c", True, "stop"),
        ("q q", True, "stop"),
        ("q f", True, "finish"),
        ("q n", True, "next"),
    ],
)
def test_how_it_is_left(pressed: str, more: bool, left: str) -> None:
    _, app = run(example(), "s", *pressed.split(), more=more)
    assert app.return_value == left


def test_leaving_a_program_is_asked_about_and_may_be_thought_better_of() -> None:
    lines, app = run(example(), "q", more=True)
    assert app.return_value is None
    assert shown(
        lines,
        "q    end the program here",
        "f    let it run to its end",
        "n    continue with its next pass",
        "Esc  stay",
    )
    lines, app = run(example(), "q", "escape", "s", more=True)
    assert app.return_value is None
    assert shown(lines, "event 1 of 8")


def test_the_pass_before_is_a_key_where_one_is_kept() -> None:
    _, app = run(example(), "P", more=True, earlier=True)
    assert app.return_value == "previous"
    lines, app = run(example(), "P", more=True)
    assert app.return_value is None
    assert shown(lines, "previous: no earlier pass is kept")


@pytest.mark.integration
@pytest.mark.parametrize("key", ["n", "Q"])
def test_no_program_goes_on_behind_a_graph(key: str) -> None:
    lines, app = run(example(), key)
    assert app.return_value is None
    assert shown(lines, "no pass of a program follows this one; s steps, q leaves")


@pytest.mark.parametrize("more", [False, True])
@pytest.mark.parametrize("width", sweep([200, 120, 80, 60, 40], 2))
def test_the_keys_fit_and_the_most_needed_are_always_there(width: int, more: bool) -> None:
    lines, _ = run(example(), size=(width, 24), more=more, earlier=more)
    last = lines[-1].strip()
    assert last == format_keys(width - 2, more, earlier=more)
    assert last.endswith("? help  q quit")
    assert last.startswith("s step")
    assert ("n next pass" in last) == more
    if width >= 120:
        assert all((what in last) == (more or key not in "nP") for key, what, _ in KEYS)


@pytest.mark.integration
def test_print_shows_the_array_what_it_amounts_to_and_where_the_first_nan_is() -> None:
    x = ag.Tensor([[1.0, -1.0], [0.5, -2.0]], requires_grad=True, name="x")
    with np.errstate(all="ignore"):
        session = Session(ag.log(x).sum())
    lines, _ = run(session, "s", "p", *keys_of("v1"), size=(80, 24))
    assert shown(lines, "v1: 2×2 float64", "[[         0        nan]", "2 NaN, the first at [0, 1]", "least -0.69315")
    lines, _ = run(session, "end", "colon", *keys_of("print x"), size=(80, 24))
    assert shown(lines, "x: 2×2 float64", "gradient: 2×2 float64")
    lines, _ = run(session, "p", *keys_of("z"))
    assert shown(lines, "✗ no node is called 'z'")


@pytest.mark.integration
@pytest.mark.parametrize(("width", "height"), sweep([(80, 24), (40, 12), (200, 60), (20, 5)], 3))
@pytest.mark.parametrize("make", [chain_rule, xor, digits])
def test_every_size(make: Any, width: int, height: int) -> None:
    session = Session(make().root)
    lines, _ = run(session, *["s"] * 6, "end", "b", size=(width, height))
    assert len(lines) == height
    assert max(map(len, lines)) <= width
    assert session.position == len(session) - 1


def test_the_table_has_what_the_program_has_names_for() -> None:
    weight = Value(3.0)
    square = weight * weight
    session = Session(square + 2 * weight)
    lines, _ = run(session, "end")
    table = [line.partition("│")[2].split()[:2] for line in lines]
    assert ["weight", "3"] in table
    assert ["square", "9"] in table


@pytest.mark.integration
def test_a_graph_of_65_140_nodes() -> None:
    source = random.Random(0)
    net = nn.scalar.MLP(2, [16, 16, 1], rng=0)
    loss = sum(((1 - net([source.gauss(0, 1), source.gauss(0, 1)])).relu() for _ in range(100)), start=Value(0.0))
    session = Session(loss)
    lines, _ = run(session, "end", "b", "b", "g", *keys_of("40000"), "s")
    assert len(session) > 100_000
    assert session.position == 40_001
    assert shown(lines, f"event 40001 of {len(session)}")
    assert any(line.startswith("▶") and "40001" in line for line in lines)


def test_a_pass_that_broke_says_so_all_the_time() -> None:
    h = Value(1.0, name="v") * 2.0
    h.register_hook(lambda g: 1 / 0)
    lines, _ = run(Session(h.exp()), "end")
    assert shown(lines, "✗ the backward pass stopped: ZeroDivisionError: division by zero")


def test_names_stay_text() -> None:
    hostile = "[red]x[/red]\n\x1b[31m" + "y" * 5000
    session = Session(Value(2.0, name=hostile).exp() * ag.sin(Value(1.0, name="[b]")))
    lines, _ = run(session, "s", "s", "s", "s", size=(100, 30))
    assert shown(lines, "[red]x[/red]\\n\\x1b[31m")
    assert "\x1b" not in "".join(lines)
    assert to_short_line("a\x07b") == "a\\x07b"


def test_without_textual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual.app", None)
    monkeypatch.delitem(sys.modules, "autograd.debug.terminal")
    with pytest.raises(MissingDependencyError, match=r"pip install .*\[debug\]'"):
        import autograd.debug.terminal  # noqa: F401


def test_the_operation_that_makes_a_number_of_an_array_is_shown() -> None:
    x = ag.Tensor([1.0, 2.0], requires_grad=True, name="x")
    loss = x.sum()
    loss.name = "loss"
    lines, _ = run(Session(loss), "s", size=(120, 24))
    assert shown((line.partition("│")[2] for line in lines), "loss = sum(x, axis=(0,), keepdims=False)")
    assert any(line.partition("│")[2].strip() == ": 3" for line in lines)


@pytest.mark.integration
def test_a_name_with_an_equals_sign_stays_in_one_piece() -> None:
    lines, _ = run(Session(Value(1.0, name="a = b") * Value(2.0, name="c")), "s", size=(100, 20))
    assert any(line.partition("│")[2].strip() == "v1 = a = b * c" for line in lines)


def test_a_long_source_line_is_cut_off() -> None:
    with record_sites():
        long = Session(
            Value(2.0, name="a") * Value(1.0, name="a name that makes this line of the file longer than the panel")
        )
    lines, _ = run(long, "s", size=(60, 24))
    panel = [line.partition("│")[2].strip() for line in lines]
    here = next(at for at, line in enumerate(panel) if "▶" in line)
    assert panel[here].endswith("…")
    assert panel[here + 1].split()[0].isdigit()
