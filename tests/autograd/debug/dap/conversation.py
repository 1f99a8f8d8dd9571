"""A conversation with every request of the protocol in it, as it is recorded in `tests/frozen/dap.json`.

`python -m tests.autograd.debug.dap.conversation` records it anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.autograd.debug.dap.client import Refused, Served

FROZEN = Path(__file__).parents[3] / "frozen" / "dap.json"
SCRIPT = Path(__file__).with_name("dying.py")
SOURCE = {"path": "SCRIPT"}
# What is asked, in order; moves wait for their halt. SCRIPT stands for the program's path.
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("initialize", {"clientID": "test", "adapterID": "stepgrad", "linesStartAt1": True, "pathFormat": "path"}),
    ("attach", {}),
    ("launch", {"program": "SCRIPT", "stopOnEntry": True}),
    ("setBreakpoints", {"source": SOURCE, "breakpoints": [{"line": 19}, {"line": 17}, {"line": 40}]}),
    ("setFunctionBreakpoints", {"breakpoints": [{"name": "op:relu"}, {"name": "module:third"}]}),
    ("setDataBreakpoints", {"breakpoints": []}),
    (
        "setExceptionBreakpoints",
        {"filters": ["error"], "filterOptions": [{"filterId": "vanishes", "condition": "1e-9"}]},
    ),
    ("configurationDone", {}),
    ("threads", {}),
    ("stackTrace", {"threadId": 1}),
    ("scopes", {"frameId": 1}),
    ("variables", {"variablesReference": 1}),
    ("stepIn", {"threadId": 1}),
    ("next", {"threadId": 1}),
    ("stepOut", {"threadId": 1}),
    ("stepBack", {"threadId": 1}),
    ("continue", {"threadId": 1}),
    ("exceptionInfo", {"threadId": 1}),
    ("reverseContinue", {"threadId": 1}),
    ("stepInTargets", {"frameId": 1}),
    ("gotoTargets", {"source": SOURCE, "line": 27}),
    ("goto", {"threadId": 1, "targetId": 10}),
    ("evaluate", {"expression": "loss", "context": "hover"}),
    ("evaluate", {"expression": "explain loss", "context": "repl"}),
    ("dataBreakpointInfo", {"name": "third.weight"}),
    ("completions", {"text": "third.w", "column": 8}),
    ("breakpointLocations", {"source": SOURCE, "line": 17, "endLine": 21}),
    ("stepgrad/inlineValues", {"path": "SCRIPT", "startLine": 18, "endLine": 20}),
    ("stepgrad/where", {}),
    ("stepgrad/page", {}),
    ("setExpression", {"expression": "loss", "value": "2"}),
    ("scopes", {"frameId": 1}),
    ("setVariable", {"variablesReference": 3, "name": "loss", "value": "3"}),
    ("modules", {}),
    ("loadedSources", {}),
    ("source", {"sourceReference": 99}),
    ("stepgrad/pass", {"direction": "previous"}),
    ("pause", {"threadId": 1}),
    ("restart", {}),
    ("terminate", {}),
    ("disconnect", {}),
]
MOVING = {"stepIn", "next", "stepOut", "stepBack", "continue", "reverseContinue", "goto"}


def converse() -> list[dict[str, Any]]:
    """What was asked, and what came of it."""
    told = []
    with Served() as client:
        for command, arguments in ASKED:
            before = len(client.history)
            given = json.loads(json.dumps(arguments).replace('"SCRIPT"', json.dumps(str(SCRIPT))))
            one: dict[str, Any] = {"request": command, "arguments": arguments}
            try:
                body = client.ask(command, **given)
                one["answer"] = _same_everywhere(command, body)
            except Refused as error:
                one["refused"] = str(error)
            if "refused" not in one:
                if command == "launch":
                    client.event("initialized")
                elif command == "terminate":
                    client.event("terminated")
                elif command in MOVING or command in ("configurationDone", "restart"):
                    client.stopped()
            events = [
                m
                for m in client.history[before:]
                if m["type"] == "event" and m["event"] in ("stopped", "invalidated", "exited")
            ]
            if events:
                one["events"] = [{"event": m["event"], **m.get("body", {})} for m in events]
            told.append(one)
    return json.loads(json.dumps(told).replace(json.dumps(str(SCRIPT))[1:-1], "SCRIPT"))


def _same_everywhere(command: str, body: Any) -> Any:
    """An answer without what differs from machine to machine."""
    if command == "modules":
        return {"modules": [one["name"] for one in body["modules"]]}
    if command == "loadedSources":
        return {"sources": [one for one in body["sources"] if "path" in one]}
    return {**body, "html": f"{body['html'][:15]}…"} if command == "stepgrad/page" else body


if __name__ == "__main__":
    FROZEN.write_text(json.dumps(converse(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
