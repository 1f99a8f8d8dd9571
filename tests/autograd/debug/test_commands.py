"""Commands as text: what is read, what it does to a session, and what is said of bad ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd.debug import DebugError, Session
from autograd.debug.commands import Command, describe_commands, parse, parse_criteria, perform
from autograd.examples import chain_rule


def session() -> Session:
    return Session(chain_rule().root)


@pytest.mark.parametrize(
    ("line", "action", "arguments"),
    [
        ("s", "step", {}),
        ("n", "next", {}),
        ("f", "finish", {}),
        ("p h.w", "print", {"node": "h.w"}),
        ("step 3", "step", {"count": 3}),
        ("b 2", "back", {"count": 2}),
        ("c", "run", {}),
        ("rc", "reverse_run", {}),
        ("g 0", "goto", {"position": 0}),
        ("  restart  ", "restart", {}),
        ("break op=mul phase=backward above=1e3", "break", {"op": "mul", "phase": "backward", "above": 1000.0}),
        ("break 'when=abs(grad) > 1' not_finite", "break", {"when": "abs(grad) > 1", "not_finite": True}),
        ("clear", "clear", {}),
        ("clear 2", "clear", {"number": 2}),
        ("watch 'a b'", "watch", {"node": "a b"}),
        ("e a -0.5", "edit", {"node": "a", "value": -0.5}),
        ("edit w [[1, 2], [3, 4]]", "edit", {"node": "w", "value": [[1, 2], [3, 4]]}),
        ("edit a nan", "edit", {"node": "a"}),
        ("x", "explain", {}),
        ("find tanh layer", "find", {"text": "tanh layer"}),
        ("q", "quit", {}),
    ],
)
def test_commands_are_read(line: str, action: str, arguments: dict[str, Any]) -> None:
    command = parse(line)
    assert command.action == action
    assert {k: v for k, v in command.arguments.items() if v == v} == arguments


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "type a command"),
        ("brake op=mul", "unknown command 'brake', did you mean 'break'"),
        ("print", "one name follows"),
        ("next 3", "nothing follows"),
        ("step x", "a whole number from 1 on is expected, not 'x'"),
        ("step 0", "from 1 on"),
        ("step 1 2", "one number follows"),
        ("goto", "one number follows"),
        ("goto 99999999999999999999999", "a whole number from 0 on"),
        ("goto ٣", "a whole number from 0 on"),
        ("run fast", "nothing follows"),
        ("break", "say where, by op=…"),
        ("break colour=red", "'colour=red' says no place"),
        ("break op=", "says no place"),
        ("break above=high", "above is a number, not 'high'"),
        ("break op=mul op=add", "op is said twice"),
        ("watch", "one name follows"),
        ("watch a b", "quote a name that holds spaces"),
        ("edit a", "a name and a value follow"),
        ("edit a two", "neither a number"),
        ("edit a [1,", "neither a number"),
        ("edit a " + "[" * 100_000, "neither a number"),
        ("edit a __import__('os')", "no closing quotation|neither a number"),
        ("watch 'a", "quote names that hold spaces"),
    ],
)
def test_what_is_no_command_says_how_to_write_it(line: str, message: str) -> None:
    with pytest.raises(DebugError, match=message):
        parse(line)


def test_a_dialogue() -> None:
    s = session()
    said = [
        perform(s, parse(line))
        for line in (
            "break changes=b",
            "run",
            "run",
            "rc",
            "watch b",
            "w b",
            "edit a 10",
            "explain c",
            "restore a",
            "find mul",
            "clear 1",
            "run",
            "s",
            "restart",
            "b",
        )
    ]
    assert said == [
        "breakpoint 1: gradient of b changes",
        "event 5: stopped by breakpoint 1, gradient of b changes",
        "event 6: stopped by breakpoint 1, gradient of b changes",
        "event 5: stopped by breakpoint 1, gradient of b changes",
        "watching b",
        "b is no longer watched",
        "a is 10; all that depends on it was replayed",
        "c = a + b = 10 + 1 = 11\nits gradient is 2:\n  2 from e: 1 · d = 1 · 2 = 2",
        "the edit of a is taken back",
        "found 'mul' before event 5: the search continued from the start",
        "breakpoint 1 is cleared",
        "the end: there are no breakpoints",
        "this is the end",
        "",
        "this is the start",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("goto 9", "there is no position 9: they go from 0 to 8"),
        ("break op=tan", "no operation 'tan' in this graph"),
        ("clear 7", "there is no breakpoint 7"),
        ("watch z", "no node is called 'z'"),
        ("unwatch a", "a is not watched"),
        ("edit a [1, 2]", "a is one number"),
        ("restore a", "a was not edited"),
        ("find zz", "no node and no operation of this session has 'zz'"),
        ("explain", "nothing has happened yet"),
        ("quit", "leave the front end instead"),
        ("next", "leave the front end instead"),
        ("print z", "no node is called 'z'"),
    ],
)
def test_what_a_session_refuses_leaves_it_as_it_was(line: str, message: str) -> None:
    s = session()
    with pytest.raises(DebugError, match=message):
        perform(s, parse(line))
    assert (s.position, s.breakpoints, s.watches, s.edits) == (0, {}, [], {})


def test_places_as_options_of_the_command_line() -> None:
    assert parse_criteria("not_finite") == {"not_finite": True}
    assert parse_criteria("name=h* below=0.5") == {"name": "h*", "below": 0.5}
    with pytest.raises(DebugError, match="breakpoint: say where"):
        parse_criteria("")


def test_the_manual_has_every_command_and_reads_itself() -> None:
    lines = describe_commands().splitlines()
    assert all(len(line) <= 100 for line in lines)
    for word in (
        "step",
        "back",
        "run",
        "reverse_run",
        "goto",
        "restart",
        "break",
        "clear",
        "watch",
        "edit",
        "explain",
        "quit",
    ):
        assert any(line.startswith(word) for line in lines), word
    assert perform(session(), Command("help")) == describe_commands()


def test_a_condition_without_quotes_is_told_to_be_quoted() -> None:
    with pytest.raises(DebugError, match=r"'>' says no place; quote what holds spaces: when='abs\(grad\) > 1'"):
        parse_criteria("when=grad > 1")


def test_print_tells_value_and_gradient_of_the_moment() -> None:
    s = session()
    told = [perform(s, parse(line)) for line in ("p e", "g 3", "p e", "g 5", "p b")]
    assert told[0] == "e is not computed yet: event 3 will\nno gradient has arrived yet"
    assert told[2] == "e = 6.0\nno gradient has arrived yet"
    assert told[4] == "b = 1.0\ngradient = 2.0"


def test_print_of_an_array_that_is_broken() -> None:
    x = ag.Tensor(np.ones((40, 30)), requires_grad=True, name="x")
    x.data[3, 4], x.data[7, 1], x.data[9, 9] = np.nan, np.nan, -np.inf
    s = Session((x * 2.0).sum())
    lines = perform(s, parse("p x")).splitlines()
    assert lines[0] == "x: 40×30 float64"
    assert lines[-2:] == ["2 NaN, the first at [3, 4]; 1 infinite, at [9, 9]", "no gradient has arrived yet"]
    assert len(lines) < 15, "a large array is told by its corners"


def test_a_constant_and_an_empty_array_are_printed() -> None:
    x = ag.Tensor(np.ones((0, 3)), requires_grad=True, name="x")
    s = Session((x * ag.Tensor(np.ones(3), name="c")).sum())
    assert perform(s, parse("p x")).splitlines()[0] == "x: 0×3 float64"
    assert perform(s, parse("p c")).splitlines()[-1] == "it requires no gradient"
