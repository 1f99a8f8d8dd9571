"""Any sequence of messages: each is answered once, and what the adapter says is what the session is; any arguments of them, too."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd.errors import AutogradError
from tests.autograd.debug.dap.client import Inside, Refused

PROGRAM = """\
from autograd import Value
w, x = Value(0.5, name="w"), Value(1.5, name="x")
for step in range(3):
    h = w
    for _ in range(2):
        h = (h * x).tanh()
    loss = (h - 1.0) ** 2
    loss.backward()
    w.data -= 0.1 * w.grad
    w.zero_grad()
"""
MOVES = ["continue", "reverseContinue", "next", "stepIn", "stepOut", "stepBack"]
moves = st.builds(lambda command: (command, {"threadId": 1}), st.sampled_from(MOVES))
lines = st.lists(
    st.fixed_dictionaries(
        {"line": st.integers(0, 12)},
        optional={
            "condition": st.sampled_from(["abs(grad) > 0.1", "phase == 'backward'", "value > 0", "gra"]),
            "hitCondition": st.sampled_from(["2", ">= 3", "% 2", "x"]),
            "logMessage": st.sampled_from(["{w}", "{", "{grad}"]),
        },
    ),
    max_size=3,
)
others = st.one_of(
    st.builds(lambda number: ("goto", {"threadId": 1, "targetId": number}), st.integers(-1, 20)),
    st.builds(lambda by: ("stepgrad/pass", {"direction": by}), st.sampled_from(["previous", "next", "up"])),
    st.builds(
        lambda text: ("evaluate", {"expression": text, "context": "repl"}),
        st.sampled_from(
            ["w", "edit w 2", "restore", "goto 3", "b 2", "s", "pass 1", "break op=tanh", "clear", "rc", "x.grad", "?!"]
        ),
    ),
    st.builds(
        lambda name: ("setFunctionBreakpoints", {"breakpoints": [{"name": name}]}),
        st.sampled_from(["op:tanh", "name:h*", "<module>", "nothing"]),
    ),
    st.builds(
        lambda data: ("setDataBreakpoints", {"breakpoints": [{"dataId": data}]}),
        st.sampled_from(["grad:w", "value:loss", "grad:nothing"]),
    ),
    st.builds(
        lambda name: ("setExceptionBreakpoints", {"filters": [name]}),
        st.sampled_from(["error", "not_finite", "vanishes", "explodes", "other"]),
    ),
    st.sampled_from(
        [
            ("scopes", {"frameId": 1}),
            ("scopes", {"frameId": 3}),
            ("variables", {"variablesReference": 2}),
            ("stepInTargets", {"frameId": 1}),
            ("completions", {"text": "h", "column": 2}),
            ("stackTrace", {}),
            ("pause", {}),
            ("nothing", {}),
            ("threads", None),
        ]
    ),
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    written = tmp_path_factory.mktemp("sequences") / "program.py"
    written.write_text(PROGRAM, encoding="utf-8")
    return str(written)


def check_truth(client: Inside) -> None:
    """What the adapter says of a halt, and what the session is."""
    session, state = client.session, client.debuggee.state
    told = client.ask("stepgrad/where")
    assert told["position"] == session.position
    assert told["pass"] == state.timeline.present.number
    assert 0 <= told["position"] <= told["length"] == len(session)
    event = session.event
    frame = client.frame()
    site = (session.event_at(1) if event is None else event).site
    assert frame["line"] == site.lineno  # type: ignore[union-attr]
    assert frame["name"].endswith("start" if event is None else event.name)
    step = client.scope("This step")
    if event is not None and event.phase == "backward":
        assert float(step["upstream"]["value"]) == event.upstream
    for name in ("w", "x", "loss"):
        value, gradient = session.value(name), session.gradient(name)
        said = client.evaluate(name, "watch")
        assert said.startswith("not computed" if value is None else f"{value:.5g}")
        assert ("gradient" in said) == (gradient is not None)
    assert {stop.id for stop in state.table} >= set(told.get("hitBreakpointIds", []))
    numbers = [entry.resolution.key for entry in state.table._entries[told["pass"]].values()]
    assert {key for key in numbers if key is not None} == set(session.breakpoints), (
        "no breakpoint is set that nobody asked for"
    )


@pytest.mark.integration
@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(st.one_of(moves, moves, others, st.builds(lambda x: ("setBreakpoints", x), lines)), max_size=10))
def test_any_sequence_of_messages(path: str, sequence: list[tuple[str, Any]]) -> None:
    with Inside(program=path, stopOnEntry=True) as client:
        client.launch()
        client.stopped()
        check_truth(client)
        for command, arguments in sequence:
            if command == "setBreakpoints":
                arguments = {"source": {"path": path}, "breakpoints": arguments}
            was = client.session.position, client.debuggee.state.timeline.present.number
            before = len(client.history)
            seq = client.send(command, **(arguments or {}))
            try:
                client.answer(seq)
            except Refused:
                assert (client.session.position, client.debuggee.state.timeline.present.number) == was
                continue
            goes = command in MOVES or command in ("goto", "stepgrad/pass")
            if goes or (command == "evaluate" and arguments["expression"] in ("goto 3", "b 2", "s", "pass 1", "rc")):
                if client.halt_or_end() is None:
                    return
            answers = [m for m in client.history[before:] if m.get("request_seq") == seq]
            assert len(answers) == 1
            check_truth(client)


# What some field of some request means something by, or looks as if it did.
TEXTS = [
    *("", "w", "loss", "w.grad", "value", "upstream", "[1, 2]", "[[1], [2, 3]]", "nan", "1e999", "% 0", "=> 2"),
    *("(" * 3000, "[" * 3000, "not " * 1000 + "value", "1" * 5000, "-" * 3000 + "1", "value > 1 and " * 500 + "value"),
    *("{w}", "{" * 3000, "{w.grad} {(}", "a\0b", "\ud800", "\x1b]0;x\x07", "\u0663", "name:[", "op:[a-", "module:*"),
    *("grad:w", "value:loss", "grad:", "edit w nan", "edit w [[1]]", "history (", "break op=mul", "clear 9" + "9" * 30),
    *("explain", "watch w", "find \x1b[31m", "save x", "!ls", "indexed", "named", "watch", "repl", "error", "explodes"),
]
TAKE_TEXT = (
    "breakpointLocations completions dataBreakpointInfo evaluate gotoTargets stepgrad/inlineValues variables".split()
)
NUMBERS = [*range(-1, 5), 2**31, 2**53, 10**30, 0.5, True, None, "1", [1], {}]
TEXT_FIELDS = "condition dataId direction expression filterId hitCondition logMessage name path text value".split()
NUMBER_FIELDS = (
    "column count endLine frameId levels line moduleCount number sourceReference start startFrame startLine".split()
)


def filled(text: str, number: Any, *without: str) -> dict[str, Any]:
    """All the fields that requests have, wherever they have them."""
    flat = dict.fromkeys(TEXT_FIELDS, text) | dict.fromkeys(NUMBER_FIELDS, number)
    flat = {name: x for name, x in flat.items() if name not in without}
    return {
        **flat,
        "source": flat,
        "breakpoints": [flat],
        "filters": [text],
        "filterOptions": [flat, {"filterId": "vanishes"}],
    }


@pytest.mark.integration
def test_arguments_of_any_kind_are_answered_or_refused_by_name(path: str) -> None:
    with Inside(program=path, stopOnEntry=True) as client:
        client.launch()
        client.stopped()
        client.move("next")
        others = sorted(client.debuggee.requests.commands - {*MOVES, "goto", "stepgrad/pass"})
        sent = [
            (command, filled("w", number) | {"variablesReference": number}) for number in NUMBERS for command in others
        ]
        takes_text = [command for command in others if command.startswith(("set", "source")) or command in TAKE_TEXT]
        for text in TEXTS:
            for command in takes_text:
                sent.append((command, filled(text, 1) | {"context": text, "filter": text, "variablesReference": 1}))
                plain = filled(text, 1, "condition", "hitCondition", "logMessage")
                sent.append((command, plain | {"context": "repl", "variablesReference": 2}))
        client.scope("Names")
        for command, given in sent:
            # Anything else that is raised is a mistake of ours. A move that is asked for is not made.
            with suppress(AutogradError):
                client.debuggee.requests.answer({"command": command, "arguments": given})
