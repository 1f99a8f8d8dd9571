"""Commands as text, such as `break op=mul above=10`, for every front end that has a line to type in; never evaluated."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from autograd.debug import actions
from autograd.debug.errors import DebugError
from autograd.debug.session import Session

LEAVING = ("next", "previous", "finish", "stop", "quit")
QUESTION = """\
Leave this pass?
q    end the program here
f    let it run to its end without another stop
n    continue with its next pass"""
TEXT_CRITERIA, NUMBER_CRITERIA = ("op", "name", "module", "line", "phase", "when", "changes"), ("above", "below")
_PLACES = "".join(f"{key}=…, " for key in TEXT_CRITERIA + NUMBER_CRITERIA) + "not_finite"


@dataclass(frozen=True)
class Command:
    """A line that was read.

    Attributes
    ----------
    action : str
        The first word of a row of `USAGES`.
    arguments : dict
        By name.
    """

    action: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Usage:
    """How a command is written.

    Attributes
    ----------
    words : tuple of str
        Its name, then shorter ones.
    operands : str
        What follows, as in a manual.
    summary : str
    read : callable
        From the words that follow to the arguments.
    do : callable or None
        What it does to a session; None where that is for the front end.
    """

    words: tuple[str, ...]
    operands: str
    summary: str
    read: Callable[[Usage, list[str]], dict[str, Any]]
    do: Callable[..., str] | None

    def __str__(self) -> str:
        return f"{', '.join(self.words)}{' ' if self.operands else ''}{self.operands}"

    def error(self, why: str) -> DebugError:
        """An error that says how to write it."""
        name = self.words[0]
        return DebugError(f"{name}: {why}; it is written: {name} {self.operands}".rstrip())


def parse(line: str) -> Command:
    """Read a line.

    Raises
    ------
    DebugError
        Where it is not a command; the message says how to write it.

    Examples
    --------
    >>> parse("break op=mul above=10")
    Command(action='break', arguments={'op': 'mul', 'above': 10.0})
    >>> parse("s 3"), parse("edit w '[1, 2]'").arguments
    (Command(action='step', arguments={'count': 3}), {'node': 'w', 'value': [1, 2]})
    """
    words = _split_words(line)
    if not words:
        raise DebugError("type a command; help lists them")
    usage = _BY_WORD.get(words[0])
    if usage is None:
        near = get_close_matches(words[0], _BY_WORD, 1)
        raise DebugError(
            f"unknown command {words[0]!r}{f', did you mean {near[0]!r}?' if near else ''}; help lists them"
        )
    return Command(usage.words[0], usage.read(usage, words[1:]))


def parse_criteria(text: str) -> dict[str, Any]:
    """What `Session.break_at` takes, of a text such as `op=mul phase=backward`.

    Raises
    ------
    DebugError
        Where the text says something else, or nothing.

    Examples
    --------
    >>> parse_criteria("op=mul when='abs(grad) > 1' not_finite above=2")
    {'op': 'mul', 'when': 'abs(grad) > 1', 'not_finite': True, 'above': 2.0}
    """
    return _parse_words("breakpoint", _split_words(text))


def perform(session: Session, command: Command) -> str:
    """Do what a command asks of a session, and tell what came of it.

    Parameters
    ----------
    session : Session
    command : Command
        Any but those of `LEAVING`, which are for the front end.

    Returns
    -------
    str
        Lines for the reader; empty where the new position says it all.

    Raises
    ------
    DebugError
        Where the session cannot do it; it is then as it was.

    Examples
    --------
    >>> from autograd.examples import chain_rule
    >>> session = Session(chain_rule().root)
    >>> perform(session, parse("break changes=b"))
    'breakpoint 1: gradient of b changes'
    >>> perform(session, parse("run"))
    'event 5: stopped by breakpoint 1, gradient of b changes'
    """
    do = _BY_WORD[command.action].do
    if do is None:
        raise DebugError(f"{command.action} is nothing that a session does: leave the front end instead")
    return do(session, **command.arguments)


def choose_exit(command: Command, more: bool, earlier: bool = False) -> str:
    """What a front end gives back for a command that leaves it; "ask" where it must ask first.

    Parameters
    ----------
    command : Command
        One of `LEAVING`.
    more : bool
        Whether a program goes on behind the session.
    earlier : bool
        Whether a pass before this one is kept.

    Raises
    ------
    DebugError
        Where there is no program to go on with, or to end, or no pass to go back to.

    Examples
    --------
    >>> choose_exit(parse("q"), more=False), choose_exit(parse("q"), more=True), choose_exit(parse("n"), more=True)
    ('quit', 'ask', 'next')
    """
    if command.action == "quit":
        return "ask" if more else "quit"
    if not more:
        raise DebugError(f"{command.action}: no pass of a program follows this one; s steps, q leaves")
    if command.action == "previous" and not earlier:
        raise DebugError("previous: no earlier pass is kept")
    return command.action


def describe_commands() -> str:
    """All commands, a few lines each at the most."""
    width = max(len(str(usage)) for usage in USAGES)
    return "\n".join(f"{usage!s:{width}}  " + usage.summary.replace("\n", f"\n{'':{width}}  ") for usage in USAGES)


# reading


def _split_words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise DebugError(f"{line!r}: {str(error).lower()}; quote names that hold spaces or quotation marks") from None


def _read_nothing(usage: Usage, words: list[str]) -> dict[str, Any]:
    if words:
        raise usage.error(f"nothing follows, and here is {words[0]!r}")
    return {}


def _read_count(usage: Usage, words: list[str]) -> dict[str, Any]:
    if len(words) > 1:
        raise usage.error(f"one number follows, and here are {len(words)} words")
    return {"count": _read_whole(usage, words[0], 1)} if words else {}


def _read_position(usage: Usage, words: list[str]) -> dict[str, Any]:
    if len(words) != 1:
        raise usage.error(f"one number follows, and here are {len(words)} words")
    return {"position": _read_whole(usage, words[0], 0)}


def _read_breakpoint_number(usage: Usage, words: list[str]) -> dict[str, Any]:
    if len(words) > 1:
        raise usage.error(f"one number follows, and here are {len(words)} words")
    return {"number": _read_whole(usage, words[0], 1)} if words else {}


def _read_whole(usage: Usage, word: str, least: int) -> int:
    # Not int(): it would read 1_000 and the digits of other scripts too, and stumble over thousands of digits.
    if not (word.isascii() and word.isdigit() and len(word) < 19) or int(word) < least:
        raise usage.error(f"a whole number from {least} on is expected, not {word[:40]!r}")
    return int(word)


def _read_node(usage: Usage, words: list[str]) -> dict[str, Any]:
    if len(words) != 1:
        raise usage.error(f"one name follows, and here are {len(words)} words (quote a name that holds spaces)")
    return {"node": words[0]}


def _read_optional_node(usage: Usage, words: list[str]) -> dict[str, Any]:
    return _read_node(usage, words) if words else {}


def _read_name_and_value(usage: Usage, words: list[str]) -> dict[str, Any]:
    if len(words) < 2:
        raise usage.error("a name and a value follow")
    return {"node": words[0], "value": _parse_value(usage, " ".join(words[1:]))}


def _parse_value(usage: Usage, text: str) -> Any:
    for number in (float, complex):
        try:
            return number(text)
        except ValueError:
            pass
    if text.startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass
    raise usage.error(f"{text[:40]!r} is neither a number, such as -0.5, nor a list, such as [[1, 2], [3, 4]]")


def _read_place(usage: Usage, words: list[str]) -> dict[str, Any]:
    return _parse_words("break", words)


def _parse_words(what: str, words: list[str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for word in words:
        key, _, text = word.partition("=")
        if key in given:
            raise DebugError(f"{what}: {key} is said twice")
        if word == "not_finite":
            given[key] = True
        elif key in TEXT_CRITERIA and text:
            given[key] = text
        elif key in NUMBER_CRITERIA and text:
            try:
                given[key] = float(text)
            except ValueError:
                raise DebugError(f"{what}: {key} is a number, not {text[:40]!r}") from None
        else:
            hint = "; quote what holds spaces: when='abs(grad) > 1'" if given else ""
            raise DebugError(f"{what}: {word[:40]!r} says no place{hint}; places are {_PLACES}")
    if not given:
        raise DebugError(f"{what}: say where, by {_PLACES}")
    return given


def _read_text(usage: Usage, words: list[str]) -> dict[str, Any]:
    if not words:
        raise usage.error("a part of a name or of an operation follows")
    return {"text": " ".join(words)}


def _help(session: Session) -> str:
    return describe_commands()


_STOP_WHERE = """stop where all of this holds:
op=mul  name=h*  module=net.0  line=model.py:12  phase=backward
when="abs(grad) > 1" (over value, grad, upstream, local, phase)
not_finite (the first NaN or infinity)
above=10  below=1e-6 (bounds of the gradient's norm)
changes=b (where the gradient of b changes)"""
USAGES = (
    Usage(("step", "s"), "[COUNT]", "on by one event, or by COUNT", _read_count, actions.step),
    Usage(("back", "b"), "[COUNT]", "back by one event, or by COUNT", _read_count, actions.back),
    Usage(("run", "c"), "", "on to the next breakpoint, or to the end", _read_nothing, actions.run),
    Usage(
        ("reverse_run", "rc"), "", "back to the breakpoint before, or to the start", _read_nothing, actions.reverse_run
    ),
    Usage(("goto", "g"), "N", "to event N; 0 is the start", _read_position, actions.goto),
    Usage(("restart",), "", "to the start; breakpoints, watches and edits stay", _read_nothing, actions.restart),
    Usage(
        ("find",), "TEXT", "to the next event whose node or operation has TEXT in its name", _read_text, actions.find
    ),
    Usage(("break",), "PLACE …", _STOP_WHERE, _read_place, actions.add_breakpoint),
    Usage(("clear",), "[N]", "take away breakpoint N, or all", _read_breakpoint_number, actions.clear),
    Usage(("watch",), "NAME", "show a node all the time", _read_node, actions.watch),
    Usage(("unwatch",), "NAME", "stop watching a node", _read_node, actions.unwatch),
    Usage(("w",), "NAME", "the one or the other", _read_node, actions.toggle_watch),
    Usage(
        ("edit", "e"),
        "NAME VALUE",
        "what if: give it VALUE, and replay all that depends on it",
        _read_name_and_value,
        actions.edit,
    ),
    Usage(("restore",), "[NAME]", "take back the edit of NAME, or all", _read_optional_node, actions.restore),
    Usage(
        ("print", "p"),
        "NAME",
        "all of its numbers, what they amount to, and where the first NaN is",
        _read_node,
        actions.inspect,
    ),
    Usage(("explain", "x"), "[NAME]", "how its value and gradient came about", _read_optional_node, actions.explain),
    Usage(("help", "?"), "", "this list", _read_nothing, _help),
    Usage(("next", "n"), "", "on to the program's next backward()", _read_nothing, None),
    Usage(
        ("previous", "P"),
        "",
        "back to the pass before, of those that are kept; n goes forward again",
        _read_nothing,
        None,
    ),
    Usage(("finish", "f"), "", "let the program run to its end, and stop no more", _read_nothing, None),
    Usage(("stop", "Q"), "", "end the program here", _read_nothing, None),
    Usage(("quit", "q"), "", "leave; of a program it is asked which of these three", _read_nothing, None),
)
_BY_WORD = {word: usage for usage in USAGES for word in usage.words}
