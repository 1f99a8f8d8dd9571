"""Moves: events and lines, forward and back, modules and functions, and from pass to pass."""

from __future__ import annotations

import gc
import re
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.autograd.debug.dap.client import Inside, Refused

Start = Callable[..., Inside]


def halts(client: Inside, *moves: str, **arguments: Any) -> list[tuple[int, int]]:
    """The event and the line after each move."""
    found = []
    for move in moves:
        client.move(move, **arguments)
        found.append((client.session.position, client.frame()["line"]))
    return found


def test_each_backward_is_a_stop_where_nothing_else_is(script: Any, start: Start) -> None:
    client = start(program=script())
    assert client.stopped()["description"] == "pass 1, event 0 of 11"
    assert client.at() == ("model · start", 4), "the line that comes first"
    assert client.move("continue")["description"] == "pass 2, event 0 of 11"
    client.move("continue")
    client.ask("continue", threadId=1)
    client.running.join(10)
    assert client.code == 0


def test_events_and_lines_down_the_program_and_up_again(script: Any, start: Start) -> None:
    client = start(program=script())
    client.stopped()
    assert halts(client, "stepIn", "stepIn", "stepIn") == [(1, 4), (2, 4), (3, 5)]
    assert halts(client, "next", "next") == [(4, 8), (6, 8)], "the backward pass begins on the last line anew"
    assert halts(client, "next", "next", "next") == [(8, 5), (9, 4), (11, 2)], "and goes up, to where w was made"
    assert halts(client, "stepBack") == [(10, 4)]
    assert halts(client, "stepBack", granularity="line") == [(8, 5)], "back to the line before, whose last event it is"
    assert halts(client, "next", granularity="instruction") == [(9, 4)]


def test_out_of_a_function(script: Any, start: Start) -> None:
    client = start(program=script())
    client.stopped()
    client.move("stepIn")
    assert halts(client, "stepOut") == [(4, 8)], "its caller goes on"
    assert halts(client, "stepOut") == [(6, 8)], "the forward pass is over"


def test_out_of_a_module(script: Any, start: Start) -> None:
    program = """\
import numpy as np
import nn
from autograd import Tensor
model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
loss = (model(Tensor(np.ones((4, 2)))) ** 2).mean()
loss.backward()
"""
    client = start(program=script(program))
    client.stopped()
    client.move("stepIn")
    first = client.frame()["name"].split(" · ")[0]
    assert re.fullmatch(r"[\w.]*0", first), "the path of the module is the name of the line"
    client.move("stepOut")
    assert client.frame()["name"].split(" · ")[0] != first


def test_the_end_of_a_pass_goes_on_to_the_next(script: Any, start: Start) -> None:
    client = start(program=script())
    client.stopped()
    client.evaluate("goto 11")
    client.stopped()
    assert client.move("stepIn")["description"] == "pass 2, event 0 of 11"
    assert client.move("stepBack")["description"] == "pass 1, event 11 of 11, backward"
    assert client.move("stepIn")["description"] == "pass 2, event 0 of 11"


def test_passes_are_a_timeline(script: Any, start: Start) -> None:
    client = start(program=script())
    client.stopped()
    for _ in range(2):
        client.move("continue")
    client.evaluate("goto 11")
    client.stopped()
    now = client.session.gradient("w")
    client.move("stepgrad/pass", direction="previous")
    assert client.session.position == 11, "the same moment of it"
    client.move("stepgrad/pass", direction="previous")
    before = client.session.gradient("w")
    assert (round(before, 4), round(now, 4)) == (-0.8222, -0.1483)
    assert client.session.value("w") == 0.5, "the optimizer has overwritten it since, and not here"
    with pytest.raises(Refused, match=r"no earlier pass is kept: passes 1 to 3, within 256 MiB"):
        client.ask("stepgrad/pass", direction="previous")
    assert client.evaluate("history w").splitlines() == [
        "pass 1: 0.5, gradient -0.82222",
        "pass 2: 0.58222, gradient -0.28483",
        "pass 3: 0.61071, gradient -0.14829",
    ]
    client.move("stepgrad/pass", number=3)
    assert client.ask("stepgrad/where") | {"text": ""} == {
        "pass": 3,
        "passes": [1, 2, 3],
        "position": 11,
        "length": 11,
        "forward": 5,
        "edited": 0,
        "title": "pass 3, event 11 of 11, backward",
        "text": "",
    }


def test_only_what_fits_the_budget_is_kept(script: Any, start: Start) -> None:
    program = """\
import numpy as np
from autograd import Tensor
w = Tensor(np.ones(100_000), requires_grad=True, name="w")
for step in range(5):
    (w * w).sum().backward()
"""
    client = start(program=script(program), keepMegabytes=8, stopAtBackward=True, stops=["op=tanh"])
    client.stopped()
    for _ in range(4):
        client.move("continue")
    kept = client.ask("stepgrad/where")["passes"]
    assert kept[-1] == 5
    assert 1 < len(kept) < 5
    assert [*client.debuggee.state.table._entries] == kept, "nor is what was found in the others"
    assert client.evaluate("pass") == f"pass 5; passes {kept[0]} to 5, within 8 MiB"


def test_what_the_editor_was_told_of_a_pass_does_not_keep_it(start: Start, script: Any) -> None:
    program = """\
import numpy as np
from autograd import Tensor
w = Tensor(np.ones(100_000), requires_grad=True, name="w")
for step in range(5):
    (w * w).sum().backward()
"""
    client = start(program=script(program), keepMegabytes=8)
    client.stopped()
    listings = [one for one in client.ask("loadedSources")["sources"] if one["name"] == "pass 1"]
    assert client.ask("source", **listings[0])["content"].startswith("pass 1: the start\n")
    first = weakref.ref(client.session)
    for _ in range(4):
        client.move("continue")
    with pytest.raises(Refused, match=r"there is no source [0-9]+: pass 1 is not kept"):
        client.ask("source", **listings[0])
    gc.collect()
    assert first() is None


def test_back_to_the_first_pass_and_on_through_those_that_were_recorded(script: Any, start: Start) -> None:
    path = script()
    client = start({path: [8]}, program=path)
    client.stopped()
    assert [client.move("continue")["description"] for _ in range(2)] == [
        "train.py:8: pass 1, event 6 of 11, backward",
        "train.py:8: pass 2, event 1 of 11, forward",
    ]
    assert [client.move("reverseContinue")["description"] for _ in range(3)] == [
        "train.py:8: pass 1, event 10 of 11, backward",
        "train.py:8: pass 1, event 5 of 11, forward",
        "pass 1, event 0 of 11: the first that is kept",
    ]
    assert client.move("continue")["description"] == "train.py:8: pass 1, event 1 of 11, forward"


@pytest.mark.parametrize(
    ("given", "passes"), [({"stopAtBackward": 2}, [2]), ({"stopAtBackward": False, "stopOnEntry": True}, [1])]
)
def test_the_nth_backward_or_the_first_alone(given: Any, passes: list[int], script: Any, start: Start) -> None:
    client = start(program=script(), **given)
    for number in passes:
        assert client.stopped()["description"] == f"pass {number}, event 0 of 11"
        client.ask("continue", threadId=1)
    client.running.join(10)
    assert client.code == 0


def test_where_a_condition_holds(script: Any, start: Start) -> None:
    client = start(program=script(), stops=["name=w when='abs(grad) < 0.5'"])
    assert client.stopped()["description"] == "name=w when='abs(grad) < 0.5': pass 2, event 11 of 11, backward"


def test_a_line_to_go_to(script: Any, start: Start) -> None:
    path = script()
    client = start(program=path)
    client.stopped()
    targets = client.ask("gotoTargets", source={"path": path}, line=5)["targets"]
    assert [target["label"] for target in targets] == [
        "3 forward: v2 = h * 2 = 0.63515 * 2 = 1.2703",
        "8 backward: v2 has gradient -0.4594",
    ]
    assert client.move("goto", targetId=targets[1]["id"])["reason"] == "goto"
    assert client.session.position == 8


def test_operands_to_step_into(script: Any, start: Start) -> None:
    client = start(program=script())
    client.stopped()
    client.move("stepIn")
    client.move("stepIn")
    targets = client.ask("stepInTargets", frameId=1)["targets"]
    assert [target["label"] for target in targets] == ["v1: event 1, forward"]
    client.evaluate("goto 6")
    client.stopped()
    targets = client.ask("stepInTargets", frameId=1)["targets"]
    assert [target["label"] for target in targets] == ["v3: event 7, backward"]
    client.move("stepIn", targetId=targets[0]["id"])
    assert client.session.position == 7


def test_pause_stops_a_running_program_at_its_next_pass(script: Any, start: Start) -> None:
    program = """\
import os, time
from autograd import Value
w = Value(1.0, name="w")
while os.path.exists(__file__):
    (w * 2.0).backward()
    time.sleep(0.01)
"""
    path = script(program)
    client = start(program=path, stopAtBackward=False)
    with pytest.raises(Refused, match="next: the program is running; pause stops it"):
        client.ask("next", threadId=1)
    client.ask("pause", threadId=1)
    assert client.stopped()["reason"] == "pause"
    client.ask("pause", threadId=1)
    client.ask("continue", threadId=1)
    with pytest.raises(AssertionError, match="nothing came"):
        client.event("stopped", 0.1)
    client.ask("pause", threadId=1)
    client.stopped()
    Path(path).unlink()
    client.evaluate("finish")


def test_an_expression_shows_the_listing_of_its_events(start: Start) -> None:
    client = start(expression="c=a+b; d=b+1; e=c*d", values={"a": 2, "b": 1})
    client.stopped()
    client.move("stepIn")
    frame = client.frame()
    text = client.ask("source", sourceReference=frame["source"]["sourceReference"])["content"]
    assert text.splitlines()[frame["line"] - 1] == "forward   c = a + b = 2 + 1 = 3"
    client.move("stepIn")
    assert client.frame()["line"] == frame["line"] + 1
    assert client.evaluate("e", "watch") == "not computed yet"


def test_a_function_of_a_file(script: Any, start: Start) -> None:
    path = script("def f(x, y=2.0):\n    z = x * y\n    return z + y\n", "model.py")
    client = start(target=f"{path}:f", values={"x": 3.0})
    client.stopped()
    assert halts(client, "next", "next") == [(1, 2), (2, 3)]
    assert client.evaluate("z", "hover") == "6"


# how a program ends


@pytest.mark.parametrize(
    ("program", "said", "code"),
    [
        ("x = 1\n", "ran to its end without calling backward()", 0),
        ("import sys\nsys.exit(4)\n", "called sys.exit(4) before it called backward()", 4),
    ],
)
def test_a_program_without_a_pass(program: str, said: str, code: int, script: Any, start: Start) -> None:
    client = start(program=script(program))
    assert said in client.event("output")["output"]
    client.running.join(10)
    assert client.code == code


def test_a_syntax_error_is_shown_where_it_is(script: Any, start: Start) -> None:
    path = script("x = 1\ny = (\n")
    client = start(program=path)
    assert client.stopped()["text"].startswith("SyntaxError")
    frame = client.frame()
    assert (frame["source"]["path"], frame["line"]) == (path, 2)


def test_without_debugging_it_runs_through(script: Any, start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    path = script()
    client = start({path: [4]}, program=path, noDebug=True)
    client.running.join(10)
    assert client.code == 0
    assert capsys.readouterr().out.count("step") == 3


def test_what_cannot_be_run_is_told(start: Start) -> None:
    client = start(expression="a*", values={"a": 1})
    told = client.event("output")
    assert (told["category"], told["output"].count("\n")) == ("stderr", 1)
    client.running.join(10)
    assert client.code == 1
