"""Whole dialogues with the debugger: what it answers to commands, conditions and breakpoints, and what its page plays."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from functools import partial
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, Value
from autograd.debug import Session
from autograd.debug.commands import choose_exit, describe_commands, parse
from autograd.debug.condition import Condition
from autograd.debug.errors import DebugError
from autograd.debug.page import scene_and_story
from autograd.debug.prompt import open_prompt
from autograd.draw.story import Story
from autograd.graph.modes import record_sites
from tests.texts import Transcript, scenes_of

DIALOGUES = Transcript(__file__, "dialogues")
COMMANDS = Transcript(__file__, "commands")
STORIES = Transcript(__file__, "stories")


# what is stepped through


def chain_rule() -> Session:
    a, b = Value(2.0, name="a"), Value(1.0, name="b")
    c, d = a + b, b + 1.0
    e = c * d
    c.name, d.name, e.name = "c", "d", "e"
    return Session(e)


def of_arrays() -> Session:
    w = Tensor(np.array([[1.0, -2.0], [0.5, 4.0]]), requires_grad=True, name="w")
    x = Tensor(np.array([2.0, -1.0]), name="x")
    h = ag.relu(w @ x)
    h.name = "h"
    return Session((h * h).sum())


def broken() -> Session:
    x, y = Value(0.0, name="x"), Value(3.0, name="y")
    return Session(x.log() * y + y)


def of_layers() -> Session:
    model = nn.Sequential(nn.Linear(2, 2, rng=0), nn.ReLU(), nn.Linear(2, 1, rng=1))
    model[0].weight.data = np.array([[1.0, 0.5], [-1.0, 2.0]])
    model[0].bias.data, model[2].bias.data = np.array([0.5, 0.0]), np.array([1.0])
    model[2].weight.data = np.array([[2.0, -1.0]])
    return Session(model(np.array([[1.0, 2.0]])).sum())


def with_lines() -> Session:
    with record_sites():
        x = Value(3.0, name="x")
        y = x * x
        return Session(y + x)


def repeated(count: int = 12) -> Session:
    x = Value(2.0, name="x")
    return Session(ag.sum([x * float(k) for k in range(count)]))


def stopped() -> Session:
    x = Value(2.0, name="x")
    y = x * x

    def refuse(g: float) -> float:
        raise ValueError("no gradient goes here")

    y.register_hook(refuse)
    return Session(y + x)


# dialogues


def converse(session: Session, *lines: str, more: bool = False, earlier: bool = False) -> str:
    """What a terminal without a screen shows."""
    given = iter(lines)

    def ask(prompt: str = "") -> str:
        line = next(given, None)
        print(f"{prompt}{'' if line is None else line}")
        if line is None:
            raise EOFError
        return line

    told = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(told):
        patch.setattr("builtins.input", ask)
        answer = open_prompt(session, more=more, earlier=earlier)
    return without_places(f"{told.getvalue()}left by {answer!r}")


def without_places(text: str) -> str:
    """Without the numbers of this file's lines, which move."""
    return re.sub(r"(test_dialogues\.py):\d+", r"\1:N", text)


DIALOGUES.scenes["to the end and back"] = lambda: converse(
    chain_rule(), *[""] * 3, "s 2", "s 100", "s", "b", "b 3", "b 50", "b", "g 8", "g 0", "restart", "g 9", "g -1", "q"
)
DIALOGUES.scenes["breakpoints"] = lambda: converse(
    chain_rule(), "c", "rc", "break op=add", "c", "c", "c", "c", "c", "c", "rc", "break name=b above=4", "clear 1", "g 0", "c",
    "clear 7", "clear", "break", "break op=sub", "break name=q", "break line=3", "break module=net", "break phase=sideways",
    "break above=-1", "break changes=d", "break below=2 above=1.5 phase=backward", "g 3", "c", "c", "break op=mul op=mul",
)  # fmt: skip
DIALOGUES.scenes["what is asked of nodes"] = lambda: converse(
    chain_rule(), "x", "x c", "p c", "s", "x", "x c", "p c", "w b", "w b", "watch b", "watch b", "unwatch b", "unwatch b",
    "find d", "find D", "find mul", "find nothing", "g 5", "x b", "p b", "g 8", "x b", "p b", "x e", "x a", "p q", "x bb", "p 'a b'",
)  # fmt: skip
DIALOGUES.scenes["what if"] = lambda: converse(
    chain_rule(), "e a 3", "g 8", "x a", "p e", "e d 0.5", "p e", "x d", "restore a", "p e", "restore", "p e", "restore a",
    "e b [1,2]", "e b x", "e b", "e q 1", "e b 1+2j", "e b nan", "g 8", "p b",
)  # fmt: skip
DIALOGUES.scenes["arrays"] = lambda: converse(
    of_arrays(), *["s"] * 9, "x w", "p w", "p h", "x h", "e x [1, 1]", "p h", "e w 2", "g 8", "p w", "q"
)
DIALOGUES.scenes["what is not finite"] = lambda: converse(
    broken(), "break not_finite", "c", "p v1", "c", "c", "s 20", "p x", "x x", "break when='isnan(grad)'", "rc"
)
DIALOGUES.scenes["modules"] = lambda: converse(
    of_layers(), "break module=0", "c", "c", "c", "break module=2 phase=backward", "break module=9", "g 0", "c", "x 0.weight",
    "g 99", "s 30", "x 0.weight", "p 0.weight", "find relu", "find weight",
)  # fmt: skip
DIALOGUES.scenes["lines"] = lambda: converse(
    with_lines(), "s", "x", "s 4", "x x", "break line=other.py:1", "break line=99999"
)
DIALOGUES.scenes["many operands"] = lambda: converse(repeated(), "g 13", "s", "x x")
DIALOGUES.scenes["a pass that stopped"] = lambda: converse(stopped(), "s 3", "s", "s", "x x", "q")
DIALOGUES.scenes["of a program, to the next pass"] = lambda: converse(chain_rule(), "q", "", "x", "n", more=True)
DIALOGUES.scenes["of a program, ended when asked"] = lambda: converse(chain_rule(), "q", "q", more=True)
DIALOGUES.scenes["of a program, to its end"] = lambda: converse(chain_rule(), "q", "f", more=True)
DIALOGUES.scenes["of a program, cut off"] = lambda: converse(chain_rule(), "q", more=True)
DIALOGUES.scenes["of a program, back"] = lambda: converse(chain_rule(), "P", "f", more=True, earlier=False)
DIALOGUES.scenes["of a program, back where one is kept"] = lambda: converse(chain_rule(), "P", more=True, earlier=True)
DIALOGUES.scenes["of no program"] = lambda: converse(
    chain_rule(), "n", "f", "Q", "stop", "P", "help me", "hlep", "'", "", "?"
)


# commands, conditions and breakpoints

LINES = (
    "", "  ", "s", "step 3", "s 0", "s -1", "s 1_000", "s ３", "s 1 2", f"s {'9' * 18}", f"s {'9' * 19}", "s x", "back", "b 2", "run",
    "run 1", "c", "rc", "reverse_run now", "goto", "g 0", "g 12", "g 1 2", "restart", "find", "find a b", "find 'a  b'", "break op=mul",
    "break op=", "break op", "break name=a name=b", "break above=1e3 below=inf", "break above=x", "break not_finite",
    "break not_finite=1", "break when='abs(grad) > 1' phase=backward", "break when=abs(grad) > 1", "clear", "clear 2", "clear 0",
    "clear 1 2", "watch", "watch a", "watch a b", "unwatch a", "w a", "edit", "edit a", "edit a 1", "e a -0.5", "e a 1e3", "e a inf",
    "e a 1+2j", "e a [1, 2]", "e a [[1, 2], [3, 4]]", "e a [1", "e a two", "e 'a b' 3 ", "restore", "restore a", "restore a b", "print",
    "p a", "explain", "x a", "x a b", "help", "help me", "?", "next", "n 1", "previous", "finish", "stop", "quit", "q now", "qq", "stpe",
    "zzz", "it's",
)  # fmt: skip
CONDITIONS = (
    "grad > 1", "abs(grad) >= 2 and not value == 0", "value < 0 or local != 1", "1 < value < 3", "-value > +1", "value * 2 - 1 / 4 > 3",
    "norm(grad) > 2", "size(value) == 1", "isnan(value)", "isfinite(upstream)", "all(value > 0)", "any(value > 2)", "max(value) > 2",
    "phase == 'forward'", "phase != 'backward'", "phase > 'a'", "phase == 'sideways'", "phase", "'forward' == phase", "", "grad >",
    "grda > 1", "grad.real > 1", "f(grad)", "abs()", "abs(grad, 1)", "abs(x=grad)", "grad ** 2 > 1", "grad if grad else 1", "[1]",
    "'a' == 'a'", "1 + True", "(grad > 1) + 1", "lambda: 1", "grad > 1j", "not grad", "0", "1", "grad is None", "grad in (1, 2)",
    "(" * 60 + "1" + ")" * 60, "-" * 60 + "1", "1" * 1001, "1 < 2 > 1", "min(value) < -1", "sum(value) > 3", "mean(value) == 2",
)  # fmt: skip
KNOWN: Sequence[dict[str, Any]] = (
    {"value": 2.0, "phase": "forward"},
    {"value": 0.0, "grad": -3.0, "upstream": 1.0, "local": 1.0, "phase": "backward"},
    {"value": np.array([1.0, 3.0, -2.0]), "grad": np.array([0.0, 2.0, 0.0]), "phase": "backward"},
    {"value": float("nan"), "grad": float("inf"), "upstream": float("nan"), "phase": "backward"},
)


def answer(do: Callable[[str], Any], text: str) -> str:
    try:
        return f"{text[:70]!r}: {do(text)}"
    except DebugError as error:
        return f"{text[:70]!r} ✗ {error}"


def ask(text: str) -> str:
    condition = Condition(text)
    asked = ", ".join(sorted(condition.names))
    found = ("yes" if condition(known) else "no" for known in KNOWN if condition.names <= known.keys())
    return f"of {asked or 'nothing'}: {', '.join(found)}"


COMMANDS.scenes["what is typed"] = lambda: "\n".join(answer(parse, line) for line in LINES)
COMMANDS.scenes["conditions"] = lambda: "\n".join(answer(ask, text) for text in CONDITIONS)
COMMANDS.scenes["all commands"] = describe_commands


def leave(word: str) -> str:
    def how(more: bool, earlier: bool) -> str:
        try:
            return choose_exit(parse(word), more, earlier)
        except DebugError as error:
            return f"✗ {error}"

    return "; ".join([word, *(how(more, earlier) for more in (False, True) for earlier in (False, True))])


COMMANDS.scenes["ways to leave"] = lambda: "\n".join(map(leave, ("q", "n", "P", "f", "Q")))
PLACES: tuple[tuple[Callable[[], Session], tuple[dict[str, Any], ...]], ...] = (
    (
        chain_rule,
        (
            {"op": "add"}, {"op": "mul", "phase": "forward"}, {"name": "[cd]"}, {"name": "?"}, {"name": "d", "phase": "backward"},
            {"phase": "forward"}, {"above": 3}, {"below": 2}, {"above": 2, "below": 2}, {"above": 0}, {"when": "local == 1"},
            {"when": "value == 3"}, {"when": "grad > 2"}, {"when": "upstream * local == 3"}, {"changes": "b"}, {"not_finite": True},
            {"when": "phase == 'forward'", "op": "add"}, {"op": "sub"}, {"op": "ad"}, {"name": "f"}, {"module": "net"}, {"line": 3}, {},
            {"phase": "up"}, {"above": "x"}, {"below": -1}, {"above": 1, "phase": "forward"}, {"when": "grad > 1", "phase": "forward"},
            {"when": "value > 1", "phase": "forward"}, {"changes": "b", "phase": "forward"}, {"changes": "q"}, {"when": "q > 1"},
        ),
    ),
    (of_arrays, ({"above": 4}, {"when": "all(value > 0)"}, {"when": "local > 1"}, {"changes": "w"}, {"changes": "x"}, {"name": "h*"})),
    (broken, ({"not_finite": True}, {"not_finite": True, "phase": "backward"}, {"when": "isinf(value)"}, {"above": 1e300})),
    (of_layers, ({"module": "0"}, {"module": "?"}, {"module": "2", "phase": "backward"}, {"module": "02"}, {"op": "linear"})),
    (with_lines, ({"line": "test_dialogues.py:1"}, {"line": "dialogues.py:1"})),
)  # fmt: skip


def stops(make: Callable[[], Session], places: Sequence[dict[str, Any]]) -> str:
    lines = []
    for place in places:
        session = make()
        try:
            number = session.break_at(**place)
        except DebugError as error:
            lines.append(f"{place} ✗ {without_places(str(error))}")
            continue
        found = []
        while session.run() is not None:
            found.append(session.position)
        lines.append(f"{place}: {session.breakpoints[number]} stops at {found}")
    return "\n".join(lines)


for make, places in PLACES:
    COMMANDS.scenes[f"breakpoints: {make.__name__}"] = partial(stops, make, places)


# the page


def tell_story(session: Session, most: int | None = None, runs: int = 400) -> str:
    with pytest.MonkeyPatch.context() as patch:
        if most is not None:
            patch.setattr("autograd.debug.page.MAX_TOLD_EVENTS", most)
            patch.setattr("autograd.debug.page.MAX_RUNS", runs)
        scene, story = scene_and_story(session, session._tape)
    return without_places(
        "\n".join([f"{scene.title}: boxes {', '.join(f'{b.key} {b.title}' for b in scene.boxes)}", *lines_of(story)])
    )


def lines_of(story: Story) -> list[str]:
    lines = [
        f"{story.length} events, {story.forward} forward, at {story.position}; {story.calculation}; first {story.start}"
    ]
    for m in story.moments:
        lines.append(
            f"{m.number} {m.phase} in {m.boxes} with {m.operands}: {m.text}; found by {m.words}; stops {m.stops}"
        )
        lines += [f"  {' | '.join(row)}" for row in m.rows]
        lines += [f"  {note}" for note in m.notes]
        lines += [f"  {key} shows the {what} {text}" for key, what, text in m.changes]
    lines += [f"{track.name}: {track.value}, {track.gradient}" for track in story.tracks]
    return [*lines, f"watched {story.watches}, stops {story.breakpoints}", *story.remarks]


def prepared(make: Callable[[], Session], *lines: str) -> Session:
    session = make()
    converse(session, *lines)
    return session


STORIES.scenes["the chain rule"] = lambda: tell_story(chain_rule())
STORIES.scenes["with breakpoints, watches and an edit, at event 5"] = lambda: tell_story(
    prepared(chain_rule, "break op=add", "break name=b", "w b", "e a 3", "g 5")
)
STORIES.scenes["arrays"] = lambda: tell_story(of_arrays())
STORIES.scenes["layers"] = lambda: tell_story(of_layers())
STORIES.scenes["a pass that stopped"] = lambda: tell_story(stopped())
STORIES.scenes["eight of 27 events, from the start"] = lambda: tell_story(repeated(), 8, 4)
STORIES.scenes["eight of 27 events, around the middle"] = lambda: tell_story(prepared(repeated, "w x", "g 13"), 8, 4)
STORIES.scenes["eight of 27 events, to the end"] = lambda: tell_story(prepared(repeated, "g 14", "s 30"), 8, 4)


@pytest.mark.parametrize(("transcript", "title"), scenes_of(DIALOGUES, COMMANDS, STORIES))
def test_what_is_told_is_as_it_was_when_it_was_read(transcript: Transcript, title: str) -> None:
    transcript.compare(title)


def test_all_of_them_are_kept() -> None:
    assert DIALOGUES.complete()
    assert COMMANDS.complete()
    assert STORIES.complete()
