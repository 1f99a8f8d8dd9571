"""Conversations of an editor with a small program, whole: where it halts, and all that is seen there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from autograd.debug.dap.configuration import Configuration
from autograd.debug.dap.fields import Fields, RequestError
from autograd.debug.dap.hits import HitCondition
from autograd.debug.dap.logpoint import LogMessage
from autograd.debug.dap.setting import FILTERS
from autograd.debug.errors import DebugError
from tests.autograd.debug.dap.client import Inside, Refused
from tests.texts import Transcript, scenes_of

PROGRAM = Path(__file__).with_name("three_steps.py")
SOURCE = {"path": str(PROGRAM)}
MOVES = {"stepIn", "next", "stepOut", "stepBack", "continue", "reverseContinue", "goto", "stepgrad/pass"}
# Words of the console after which the program halts anew; `pass` alone tells which passes there are.
MOVING = {"run", "rc", "next", "previous", "s", "b", "g", "find"}
ANSWERS = Transcript(__file__, "answers")
Asked = tuple[str, dict[str, Any]]


def plain(x: Any) -> str:
    """In JSON, with the program's name for its path."""
    return json.dumps(x, ensure_ascii=False).replace(json.dumps(str(PROGRAM))[1:-1], "PROGRAM")


def talk(*asked: Asked, breakpoints: Iterable[Any] = (), **given: Any) -> str:
    """Start the program, ask, and let it run to its end."""
    lines = []
    with Inside(program=str(PROGRAM), **given) as client:
        told = client.ask("setBreakpoints", source=SOURCE, breakpoints=list(breakpoints))
        lines.append(f"breakpoints: {plain(told)}")
        client.ask("configurationDone")
        client.running.start()
        lines += tell_halt(client)
        for command, arguments in asked:
            seen = len(client.history)
            lines.append(f"{command} {plain(arguments)}")
            try:
                body = client.ask(command, **arguments)
            except Refused as error:
                lines.append(f"  ✗ {error}".replace(str(PROGRAM), "PROGRAM"))
                continue
            if command in MOVES or (
                arguments.get("context") == "repl" and arguments["expression"].split(" ")[0] in MOVING
            ):
                lines += tell_halt(client)
            if command not in MOVES:
                lines.append(f"  {plain(body)}")
            lines += [
                f"  told: {plain(m['body'])}"
                for m in client.history[seen:]
                if m["type"] == "event" and m["event"] in ("output", "invalidated", "breakpoint")
            ]
        client.end()
        lines.append(f"ended with {client.code}")
    return "\n".join(lines)


def tell_halt(client: Inside) -> list[str]:
    for _ in range(500):
        try:
            halt = client.event("stopped", 0.01)
            break
        except AssertionError:
            if not client.running.is_alive():
                return ["  ended"]
    else:
        return ["  no halt"]
    frames = client.ask("stackTrace", threadId=1)["stackFrames"]
    stack = " < ".join(f"{f['name']}:{f['line']}" for f in frames)
    where = client.ask("stepgrad/where")
    return [
        f"  halt {plain(halt)}",
        f"  stack {stack}",
        f"  where {plain({k: v for k, v in where.items() if k != 'passes'})}",
    ]


def look(position: int, depth: int = 2, frames: int = 2, **given: Any) -> str:
    """All variables at a position of the first pass, to a depth."""
    lines = []
    with Inside(program=str(PROGRAM), stopOnEntry=True, **given) as client:
        client.ask("configurationDone")
        client.running.start()
        client.stopped()
        if position:
            client.ask("evaluate", expression=f"g {position}", context="repl")
            client.stopped()
        client.ask("evaluate", expression="w w", context="repl")
        frame_count = len(client.ask("stackTrace", threadId=1)["stackFrames"])
        for frame in range(1, min(frames, frame_count) + 1):
            for scope in client.ask("scopes", frameId=frame)["scopes"]:
                lines.append(f"{scope['name']} of frame {frame}{' (locals)' if 'presentationHint' in scope else ''}")
                lines += below(client, scope["variablesReference"], depth, "  ")
        client.end()
    return "\n".join(lines)


def below(client: Inside, reference: int, depth: int, indent: str) -> list[str]:
    lines = []
    for one in client.ask("variables", variablesReference=reference)["variables"]:
        more = "".join(f" {k}={plain(one[k])}" for k in ("type", "indexedVariables", "evaluateName") if one.get(k))
        only = "" if "presentationHint" in one else " (may be set)"
        lines.append(f"{indent}{one['name']}: {one['value']}{more}{only}".replace(str(PROGRAM), "PROGRAM"))
        if depth and one["variablesReference"]:
            lines += below(client, one["variablesReference"], depth - 1, indent + "  ")
    return lines


def say(text: str, **more: Any) -> Asked:
    return "evaluate", {"expression": text, "context": "repl", **more}


def watch(text: str, **more: Any) -> Asked:
    return "evaluate", {"expression": text, "context": "watch", **more}


def do(command: str, **arguments: Any) -> Asked:
    return command, {"threadId": 1, **arguments}


ANSWERS.scenes["steps into, over and out of lines, and back"] = lambda: talk(
    *[do("stepIn")] * 3,
    do("next"),
    do("stepOut"),
    do("next", granularity="instruction"),
    *[do("next")] * 4,
    do("stepBack"),
    do("stepBack", granularity="instruction"),
    do("stepOut"),
    do("stepOut"),
    do("next"),
    do("reverseContinue"),
    do("stepBack"),
    stopOnEntry=True,
)
ANSWERS.scenes["from pass to pass"] = lambda: talk(
    ("stepgrad/pass", {"direction": "next"}),
    ("stepgrad/pass", {"direction": "next"}),
    say("pass"),
    say("history w"),
    say("history q"),
    ("stepgrad/pass", {"direction": "previous"}),
    say("previous"),
    say("pass 9"),
    say("next"),
    do("continue"),
    stopOnEntry=True,
    stopAtBackward=True,
)
ANSWERS.scenes["breakpoints on lines"] = lambda: talk(
    *[do("continue")] * 7,
    do("reverseContinue"),
    do("reverseContinue"),
    say("finish"),
    breakpoints=[
        {"line": 8},
        {"line": 15, "condition": "value > 5"},
        {"line": 16, "hitCondition": "% 3"},
        {"line": 17, "logMessage": "grad {grad}, {w.grad}, {nothing}"},
        {"line": 1},
        {"line": 9, "condition": "q >"},
        {"line": 9, "hitCondition": "0"},
        {"line": 9, "logMessage": "{"},
    ],
)
ANSWERS.scenes["breakpoints on functions and data"] = lambda: talk(
    (
        "setFunctionBreakpoints",
        {"breakpoints": [{"name": n} for n in ("op:mul", "layer", "name:w", "op:", "x:y", "", "module:a", "nothing")]},
    ),
    do("continue"),
    do("continue"),
    do("continue"),
    ("setFunctionBreakpoints", {"breakpoints": []}),
    ("dataBreakpointInfo", {"name": "w"}),
    ("dataBreakpointInfo", {"name": "w.value"}),
    ("dataBreakpointInfo", {"name": "total.value"}),
    ("dataBreakpointInfo", {"name": "SCALE"}),
    ("dataBreakpointInfo", {"name": "q"}),
    ("setDataBreakpoints", {"breakpoints": [{"dataId": d} for d in ("grad:w", "value:total", "x", "grad:", "grad:q")]}),
    (
        "setDataBreakpoints",
        {"breakpoints": [{"dataId": "grad:w", "accessType": "read"}, {"dataId": "grad:w", "hitCondition": "> 1"}]},
    ),
    do("continue"),
    do("continue"),
    do("reverseContinue"),
    stopOnEntry=True,
)
ANSWERS.scenes["breakpoints on gradients"] = lambda: talk(
    (
        "setExceptionBreakpoints",
        {
            "filters": ["not_finite"],
            "filterOptions": [
                {"filterId": "explodes", "condition": "6"},
                {"filterId": "vanishes", "condition": "0.5"},
                {"filterId": "error"},
            ],
        },
    ),
    do("continue"),
    do("continue"),
    ("exceptionInfo", {"threadId": 1}),
    do("continue"),
    ("setExceptionBreakpoints", {"filters": ["nothing"]}),
    ("setExceptionBreakpoints", {"filterOptions": [{"filterId": "explodes", "condition": "x"}]}),
    say("break above=3 phase=backward"),
    say("break op=zzz"),
    do("continue"),
    say("clear 99"),
    say("clear"),
    say("run"),
    stopOnEntry=True,
)
ANSWERS.scenes["what is asked"] = lambda: talk(
    watch("w"),
    watch("w.grad"),
    watch("grad"),
    say("g 5"),
    *map(
        watch,
        (
            "w",
            "w.value",
            "value of h",
            "gradient of w",
            "h",
            "value",
            "grad",
            "upstream",
            "local",
            "phase",
            "name",
            "op",
            "line",
            "module",
            "event",
            "pass",
            "abs(value) > 1",
            "value > 1 and",
            "q",
            "hh",
            "SCALE",
            "row",
            "things",
            "2 + 2",
        ),
    ),
    say("g 14"),
    *map(watch, ("grad", "upstream", "local", "op", "w.grad", "total", "phase")),
    watch("w", frameId=9),
    watch("row", frameId=2),
    ("evaluate", {"expression": "w", "context": "hover"}),
    ("evaluate", {"expression": "grad of w", "context": "clipboard"}),
    say("x w"),
    say("p w"),
    say("s 2"),
    say("b"),
    say("w h"),
    say("e w 3"),
    say("restore"),
    say("nonsense here"),
    say("help me"),
    say("g 999"),
    say("q"),
    stopOnEntry=True,
)
ANSWERS.scenes["what can be typed and set"] = lambda: talk(
    *(
        ("completions", {"text": t, "column": c})
        for t, c in (("", 1), ("w", 2), ("w.", 3), ("br", 3), ("break op=", 10), ("x t", 4), ("abs(v", 6))
    ),
    say("g 12"),
    ("completions", {"text": "t", "column": 2, "frameId": 1}),
    ("completions", {"text": "t", "column": 0}),
    ("setExpression", {"expression": "w", "value": "3"}),
    ("setExpression", {"expression": "w.grad", "value": "3"}),
    ("setExpression", {"expression": "w", "value": "x"}),
    ("setExpression", {"expression": "q", "value": "3"}),
    ("scopes", {"frameId": 1}),
    ("variables", {"variablesReference": 1}),
    ("variables", {"variablesReference": 3, "start": 1, "count": 2}),
    ("variables", {"variablesReference": 3, "filter": "named", "start": 1, "count": 2}),
    ("variables", {"variablesReference": 3, "filter": "indexed"}),
    ("variables", {"variablesReference": 99}),
    ("variables", {"variablesReference": 0}),
    ("variables", {"variablesReference": 1, "filter": "x"}),
    ("setVariable", {"variablesReference": 3, "name": "w", "value": "1"}),
    ("setVariable", {"variablesReference": 3, "name": "q", "value": "1"}),
    ("setVariable", {"variablesReference": 1, "name": "event", "value": "1"}),
    ("scopes", {"frameId": 0}),
    ("scopes", {"frameId": 9}),
    stopOnEntry=True,
)
ANSWERS.scenes["where one can go, and what lines say"] = lambda: talk(
    say("g 5"),
    ("stepInTargets", {"frameId": 1}),
    *(("gotoTargets", {"source": SOURCE, "line": line}) for line in (1, 8, 9, 16, 17)),
    do("goto", targetId=7),
    do("goto", targetId=99),
    ("breakpointLocations", {"source": SOURCE, "line": 8}),
    ("breakpointLocations", {"source": SOURCE, "line": 1, "endLine": 99}),
    ("breakpointLocations", {"source": {"path": "other.py"}, "line": 1, "endLine": 99}),
    ("stepgrad/inlineValues", {"path": str(PROGRAM)}),
    ("stepgrad/inlineValues", {"path": str(PROGRAM), "startLine": 8, "endLine": 9}),
    ("stackTrace", {"threadId": 1, "startFrame": 1, "levels": 1}),
    ("stackTrace", {"threadId": 1, "levels": 2}),
    ("threads", {}),
    ("stepInTargets", {"frameId": 3}),
    say("g 14"),
    ("stepInTargets", {"frameId": 1}),
    ("stepgrad/inlineValues", {"path": str(PROGRAM)}),
    ("exceptionInfo", {"threadId": 1}),
    ("source", {"sourceReference": 7}),
    ("nothing", {}),
    ("gotoTargets", {"source": SOURCE}),
    ("gotoTargets", {"source": SOURCE, "line": -1}),
    ("pause", {"threadId": 1}),
    stopOnEntry=True,
)
ANSWERS.scenes["all that is seen at the start"] = lambda: look(0)
ANSWERS.scenes["all that is seen in a function"] = lambda: look(2, depth=1)
ANSWERS.scenes["all that is seen in the backward pass"] = lambda: look(12, depth=2, frames=1)

# what is written for an editor

HITS = (
    "3",
    " 3 ",
    "== 3",
    ">= 3",
    "> 3",
    "<= 3",
    "< 3",
    "% 3",
    "0",
    "% 0",
    "-1",
    "x",
    "",
    "3 4",
    "1" * 15,
    "1" * 16,
    "!= 3",
)
MESSAGES = (
    "",
    "plain",
    "{w}",
    "a {w.grad} b",
    "{{w}}",
    "{{{w}}}",
    "{",
    "a {",
    "{}",
    "{ }",
    "}",
    "}}",
    "{a}{b}",
    "x" * 2000,
    "x" * 2001,
)
LAUNCHES: tuple[Any, ...] = (
    {"program": str(PROGRAM)},
    {"expression": "a*b", "values": {"a": 2, "b": 0.5}},
    {"target": "f.py:g"},
    {},
    None,
    [],
    {"program": str(PROGRAM), "expression": "a"},
    {"program": "nowhere.py"},
    {"program": "nowhere.py", "cwd": "/"},
    {"expression": "a", "cwd": "/nowhere"},
    {
        "expression": "a",
        "stopOnEntry": True,
        "noDebug": True,
        "justMyCode": False,
        "keepMegabytes": 3,
        "args": ["1"],
        "stops": ["op=mul"],
    },
    {"expression": "a", "stopAtBackward": True},
    {"expression": "a", "stopAtBackward": 2},
    {"expression": "a", "stopAtBackward": 0},
    {"expression": "a", "stopAtBackward": "x"},
    {"expression": "a", "keepMegabytes": 0},
    {"expression": "a", "values": {"a": True}},
    {"expression": "a", "values": {"a": "1"}},
    {"expression": "a", "values": {"a": 10**400}},
    {"expression": "a", "values": [1]},
    {"expression": "a", "env": {"A": "b", "C": None}},
    {"expression": "a", "env": {"A=": "b"}},
    {"expression": "a", "env": {"": "b"}},
    {"expression": "a", "env": {"A": 1}},
    {"expression": "a", "env": {"A": "\0"}},
    {"expression": "a", "stops": ["x"]},
    {"expression": "a", "stops": "x"},
    {"expression": 1},
    {"expression": "a", "args": [1]},
    {"expression": "a", "noDebug": 1},
)


def answer(do: Callable[[Any], Any], given: Any) -> str:
    try:
        told = plain(str(do(given))) if not isinstance(given, str) else str(do(given))
    except (DebugError, RequestError) as error:
        told = f"✗ {error}"
    return f"{plain(given)[:90]}: {told[:500]}".replace(str(PROGRAM), "PROGRAM")


def hits(text: str) -> list[int]:
    return [hit for hit in range(1, 8) if HitCondition.parse(text)(hit)]


def fields(name: str) -> str:
    given = Fields(
        {"a": 3, "b": "text", "c": True, "d": [1], "e": {"x": 1}, "f": None, "g": 2**53, "h": ["s"], "i": [{}]}, "it"
    )
    kinds = {
        "text": lambda: given.text(name),
        "whole from 3": lambda: given.whole(name, 3),
        "whole from 4": lambda: given.whole(name, 4),
        "whole or 7": lambda: given.whole(name, 0, 7),
        "flag": lambda: given.flag(name),
        "flag or true": lambda: given.flag(name, True),
        "texts": lambda: given.texts(name),
        "parts": lambda: len(given.parts(name)),
        "table": lambda: given.table(name),
        "there": lambda: name in given,
    }
    return "; ".join(answer(lambda _, read=read: read(), kind).replace('"', "") for kind, read in kinds.items())


ANSWERS.scenes["hit counts"] = lambda: "\n".join(answer(hits, text) for text in HITS)
ANSWERS.scenes["log messages"] = lambda: "\n".join(
    answer(lambda text: LogMessage.parse(text).parts, text) for text in MESSAGES
)
ANSWERS.scenes["launches"] = lambda: "\n".join(answer(Configuration.read, given) for given in LAUNCHES)
ANSWERS.scenes["fields"] = lambda: "\n".join(f"{name}: {fields(name)}" for name in "abcdefghijk")
ANSWERS.scenes["filters"] = lambda: "\n".join(map(plain, FILTERS))


@pytest.mark.parametrize(("transcript", "title"), scenes_of(ANSWERS))
def test_what_is_told_is_as_it_was_when_it_was_read(transcript: Transcript, title: str) -> None:
    transcript.compare(title)


def test_all_of_them_are_kept() -> None:
    assert ANSWERS.complete()
