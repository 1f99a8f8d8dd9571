"""Commands as text: what is read, what it does to a session, and what is said of bad ones."""

from __future__ import annotations

from typing import Any

import pytest

from autograd.debug import DebugError, Session
from autograd.debug.commands import Command, criteria, manual, parse, perform
from autograd.examples import chain_rule


def session() -> Session:
    return Session(chain_rule().root)


@pytest.mark.parametrize(
    ("line", "action", "arguments"),
    [
        ("n", "step", {}),
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
            "n",
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
        "found 'mul' before event 5: the search went on from the start",
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
    ],
)
def test_what_a_session_refuses_leaves_it_as_it_was(line: str, message: str) -> None:
    s = session()
    with pytest.raises(DebugError, match=message):
        perform(s, parse(line))
    assert (s.position, s.breakpoints, s.watches, s.edits) == (0, {}, [], {})


def test_places_as_options_of_the_command_line() -> None:
    assert criteria("not_finite") == {"not_finite": True}
    assert criteria("name=h* below=0.5") == {"name": "h*", "below": 0.5}
    with pytest.raises(DebugError, match="breakpoint: say where"):
        criteria("")


def test_the_manual_has_every_command_and_reads_itself() -> None:
    lines = manual().splitlines()
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
    assert perform(session(), Command("help")) == manual()


def test_a_condition_without_quotes_is_told_to_be_quoted() -> None:
    with pytest.raises(DebugError, match=r"'>' says no place; quote what holds spaces: when='abs\(grad\) > 1'"):
        criteria("when=grad > 1")
