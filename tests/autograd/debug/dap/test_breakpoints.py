"""Breakpoints of all kinds: on lines, functions, data and exceptions, with conditions, hit counts and messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autograd.debug.dap import table
from autograd.debug.dap.fields import Fields
from autograd.debug.dap.setting import read_data_stops, read_function_stops
from autograd.debug.dap.stops import resolve
from tests.autograd.debug.dap.client import Inside, Refused

Start = Callable[..., Inside]

DEEP = """\
from autograd import Value
x = Value(3.0, name="x")
h = x
for layer in range(4):
    h = (h * 4.0).tanh()
    h.name = f"h{layer}"
loss = h * h
loss.name = "loss"
loss.backward()
"""


def stops(client: Inside, move: str = "continue", most: int = 50) -> list[str]:
    """Go on to the end of the program, or back to the start; gives where it halted."""
    found = [client.stopped()["description"]]
    while len(found) < most:
        client.ask(move, threadId=1)
        halt = client.halt_or_end()
        if halt is None:
            break
        found.append(halt["description"])
        if move == "reverseContinue" and client.session.at_start:
            break
    return found


def where(said: list[str]) -> list[tuple[str, int]]:
    """The pass's phase and the event of each halt."""
    return [(text.rsplit(", ", 1)[1], int(text.split("event ")[1].split()[0])) for text in said]


# lines


def test_a_line_is_hit_once_in_each_pass_and_each_time_it_runs(script: Any, start: Start) -> None:
    path = script(DEEP)
    client = start({path: [5]}, program=path)
    assert where(stops(client)) == [
        ("forward", 1),
        ("forward", 3),
        ("forward", 5),
        ("forward", 7),
        ("backward", 11),
        ("backward", 13),
        ("backward", 15),
        ("backward", 17),
    ]


def test_a_line_of_one_operation_is_hit_each_time_it_runs(script: Any, start: Start) -> None:
    path = script("from autograd import Value\nh = Value(1.0)\nfor _ in range(3):\n    h = h * 2.0\nh.backward()\n")
    client = start({path: [4]}, program=path)
    assert where(stops(client)) == [
        ("forward", 1),
        ("forward", 2),
        ("forward", 3),
        ("backward", 4),
        ("backward", 5),
        ("backward", 6),
    ]


def test_a_line_that_calls_a_network_of_several_layers_is_hit_once(script: Any, start: Start) -> None:
    program = """\
import numpy as np
import nn
from autograd import Tensor
model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 3), nn.Tanh())
out = model(Tensor(np.ones((4, 2))))
out.sum().backward()
"""
    path = script(program)
    client = start({path: [5]}, program=path)
    assert [phase for phase, _ in where(stops(client))] == ["forward", "backward"]


def test_a_line_in_the_backward_pass_alone(script: Any, start: Start) -> None:
    path = script()
    client = start({path: [{"line": 4, "condition": "phase == 'backward'"}]}, program=path)
    assert where(stops(client)) == [("backward", 9)] * 3


def test_a_condition_on_a_line(script: Any, start: Start) -> None:
    path = script(DEEP)
    client = start({path: [{"line": 5, "condition": "abs(grad) < 0.01"}]}, program=path)
    assert where(stops(client))[0] == ("backward", 12), "the first of the line's events at which it holds"


@pytest.mark.parametrize(
    ("said", "hits"),
    [("3", [5]), (">= 7", [15, 17]), ("% 4", [7, 17]), ("== 1", [1]), ("< 2", [1])],
)
def test_hit_counts(said: str, hits: list[int], script: Any, start: Start) -> None:
    path = script(DEEP)
    client = start({path: [{"line": 5, "hitCondition": said}]}, program=path)
    assert [event for _, event in where(stops(client))] == hits


def test_hits_are_counted_over_passes_and_do_not_change_on_the_way_back(script: Any, start: Start) -> None:
    path = script()
    client = start({path: [{"line": 4, "hitCondition": "4"}]}, program=path)
    said = client.stopped()["description"]
    assert said == "train.py:4: pass 2, event 9 of 11, backward"
    client.move("reverseContinue")
    assert client.ask("stepgrad/where")["pass"] == 1
    assert client.session.at_start
    assert client.move("continue")["description"] == said


TWICE = """\
from autograd import Value
x = Value(3.0, name="x")
for _ in range(2):
    y = x * 2.0
    y.backward()
"""


def test_on_the_way_back_into_an_earlier_pass_its_last_event_is_a_stop_too(script: Any, start: Start) -> None:
    path = script(TWICE)
    client = start({path: [2]}, program=path)
    assert client.stopped()["description"] == "train.py:2: pass 1, event 3 of 3, backward"
    assert client.move("continue")["description"] == "train.py:2: pass 2, event 3 of 3, backward"
    assert client.move("reverseContinue")["description"] == "train.py:2: pass 1, event 3 of 3, backward"


def test_a_message_is_no_stop_on_the_way_back(script: Any, start: Start) -> None:
    path = script(TWICE)
    client = start({path: [{"line": 2, "logMessage": "{data}"}, {"line": 5, "hitCondition": "2"}]}, program=path)
    assert client.stopped()["description"].startswith("train.py:5: pass 2")
    client.move("reverseContinue")
    assert client.ask("stepgrad/where")["pass"] == 1
    assert client.session.at_start


def test_hits_of_all_passes_before_are_counted(script: Any, start: Start) -> None:
    path = script()
    client = start({path: [{"line": 4, "hitCondition": "6"}]}, program=path)
    assert client.stopped()["description"] == "train.py:4: pass 3, event 9 of 11, backward"


def test_a_logpoint_tells_and_does_not_stop(script: Any, start: Start) -> None:
    path = script()
    points = [
        {
            "line": 4,
            "condition": "phase == 'backward'",
            "logMessage": "pass {pass}: grad of {name} is {grad}, {{w}} = {w.value}",
        }
    ]
    client = start({path: points}, program=path)
    client.running.join(10)
    client.event("output")
    client.ask("threads")
    assert client.output("console").splitlines() == [
        "pass 1: grad of h is -0.91881, {w} = 0.5",
        "pass 2: grad of h is -0.37549, {w} = 0.58222",
        "pass 3: grad of h is -0.20778, {w} = 0.61071",
    ]
    told = [m["body"] for m in client.history if m.get("event") == "output"]
    assert (told[0]["source"]["path"], told[0]["line"]) == (path, 4)


def test_a_logpoint_says_what_a_name_of_it_is_not(script: Any, start: Start) -> None:
    path = script()
    client = start({path: [{"line": 5, "logMessage": "{gard}"}]}, program=path)
    client.running.join(10)
    client.ask("threads")
    assert "no node is called 'gard'" in client.output("console")


def test_what_is_set_before_the_first_pass_is_verified_by_it(script: Any, start: Start) -> None:
    path = script()

    def before(client: Inside) -> None:
        asked = [{"line": 4}, {"line": 3}, {"line": 9}, {"line": 10}, {"line": 5, "condition": "grd > 1"}]
        told = client.ask("setBreakpoints", source={"path": path}, breakpoints=asked)["breakpoints"]
        assert [one["verified"] for one in told] == [False] * 5
        assert told[0]["message"] == "waits for the first backward()"
        assert told[4]["message"].startswith("condition 'grd > 1', column 1: unknown name 'grd'")

    client = start(before=before, program=path)
    client.stopped()
    told = [m["body"]["breakpoint"] for m in client.history if m.get("event") == "breakpoint"]
    assert [(one["verified"], one["line"], one.get("message", "")) for one in told] == [
        (True, 4, ""),
        (True, 4, "line 3 recorded nothing: moved to the next line that did"),
        (True, 9, "stops where the backward pass begins"),
        (False, 10, "no line from 10 on recorded an operation that the loss depends on"),
    ]
    assert [one["reason"] for one in told[3:]] == ["pending"]


def test_the_line_of_backward_itself(script: Any, start: Start) -> None:
    path = script()
    client = start({path: [9]}, program=path)
    assert where(stops(client)) == [("backward", 6)] * 3


def test_a_file_of_which_nothing_was_recorded(script: Any, start: Start) -> None:
    other = script("x = 1\n", "other.py")
    client = start(program=script())
    client.stopped()
    told = client.ask("setBreakpoints", source={"path": other}, breakpoints=[{"line": 1}])["breakpoints"]
    assert told[0]["message"].startswith("nothing of other.py recorded an operation")


def test_breakpoints_are_set_while_it_is_stopped_and_while_it_runs(script: Any, start: Start) -> None:
    path = script()
    client = start(program=path, stopOnEntry=True)
    client.stopped()
    told = client.ask("setBreakpoints", source={"path": path}, breakpoints=[{"line": 5}])["breakpoints"]
    assert (told[0]["verified"], told[0]["line"]) == (True, 5)
    assert len(client.session.breakpoints) == 1, "the session has it, too"
    assert client.move("continue")["hitBreakpointIds"] == [told[0]["id"]]
    client.ask("setBreakpoints", source={"path": path}, breakpoints=[])
    assert client.session.breakpoints == {}


@pytest.mark.parametrize(
    ("read", "given", "said"),
    [
        (read_function_stops, {"name": "a:" + "b" * 100}, "'a:" + "b" * 58 + "': a function's name, or"),
        (read_data_stops, {"dataId": "c" * 100}, "'" + "c" * 60 + "' is no data of a session"),
    ],
)
def test_what_is_refused_is_told_in_sixty_letters(read: Any, given: dict[str, str], said: str) -> None:
    (stop,) = read(Fields({"breakpoints": [given]}, "arguments"), iter([1]).__next__)
    assert stop.refused.startswith(said)


@pytest.mark.parametrize(
    ("breakpoints", "given", "said"),
    [
        ([{"line": 4, "condition": "grad > 100"}], {}, "3 backward passes ran, and nothing stopped there\n"),
        # One that was moved stands somewhere.
        ([{"line": 3, "condition": "grad > 100"}], {}, "3 backward passes ran, and nothing stopped there\n"),
        (
            [40],
            {},
            "3 backward passes ran, and nothing stopped there:\n"
            "  train.py:40: no line from 40 on recorded an operation that the loss depends on\n",
        ),
        ([], {"stopAtBackward": 7}, "3 backward passes ran, and nothing stopped there\n"),
        ([], {"stopAtBackward": False}, ""),
        ([{"line": 4, "logMessage": "here"}], {}, ""),
        ([4], {"noDebug": True}, ""),
    ],
)
def test_a_program_that_runs_past_all_breakpoints_says_so(
    breakpoints: list[Any], given: dict[str, Any], said: str, script: Any, start: Start
) -> None:
    path = script()
    client = start({path: breakpoints}, program=path, **given)
    client.running.join(10)
    assert client.code == 0
    client.ask("threads")
    assert client.output("important") == said
    changes = [m for m in client.history if m.get("event") == "breakpoint"]
    assert len(changes) <= len(breakpoints), "what is so in each pass is told once"


def test_a_breakpoint_is_looked_for_in_a_pass_that_is_kept_when_that_is_gone_to(
    script: Any, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, looked = script(), []
    monkeypatch.setattr(
        table, "resolve", lambda view, stop: (stop.line and looked.append(view.number)) or resolve(view, stop)
    )
    client = start(program=path, stopAtBackward=True)
    client.stopped()
    client.move("continue")
    client.ask("setBreakpoints", source={"path": path}, breakpoints=[{"line": 4, "hitCondition": "2"}])
    assert looked == [2]
    assert client.move("continue")["description"] == "train.py:4: pass 2, event 9 of 11, backward"
    assert client.move("continue")["description"] == "pass 3, event 0 of 11"
    client.move("stepgrad/pass", number=1)
    assert looked == [2, 3]
    said = client.move("continue")["description"]
    assert said == "train.py:4: pass 1, event 9 of 11, backward", "hits before it was set are counted from 1 on"
    assert looked == [2, 3, 1]


# functions


@pytest.mark.parametrize(
    ("name", "events"),
    [("op:tanh", [2, 9]), ("name:h", [2, 9]), ("model", [1, 8]), ("tanh", [2, 9]), ("name:l*", [5, 6])],
)
def test_functions_operations_and_nodes(name: str, events: list[int], script: Any, start: Start) -> None:
    def before(client: Inside) -> None:
        client.ask("setFunctionBreakpoints", breakpoints=[{"name": name}])

    client = start(before=before, program=script())
    assert [event for _, event in where(stops(client))] == events * 3


def test_a_module_stops_where_it_is_entered(script: Any, start: Start) -> None:
    program = """\
import numpy as np
import nn
from autograd import Tensor
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(2, 3), nn.Tanh())
        self.head = nn.Linear(3, 1)
    def forward(self, x):
        return self.head(self.encoder(x))
(Net()(Tensor(np.ones((4, 2)))) ** 2).mean().backward()
"""

    def before(client: Inside) -> None:
        client.ask("setFunctionBreakpoints", breakpoints=[{"name": "module:*encoder.?"}])

    client = start(before=before, program=script(program))
    found = stops(client)
    assert [phase for phase, _ in where(found)] == ["forward", "forward", "backward", "backward"]
    assert len(found) == 4, "each of two layers, once in each pass, of however many operations it is"


def test_a_function_that_is_not_there_says_so(script: Any, start: Start) -> None:
    client = start(program=script())
    client.stopped()
    told = client.ask(
        "setFunctionBreakpoints", breakpoints=[{"name": "forward"}, {"name": "opp:tanh"}, {"name": "op:tahn"}]
    )
    messages = [one["message"] for one in told["breakpoints"]]
    assert messages[0] == "pass 1 has no function, operation, module or node 'forward', so nothing would stop there"
    assert messages[1] == "'opp:tanh': a function's name, or op:tanh, module:encoder.*, name:h* is expected"
    assert "did you mean 'tanh'?" in messages[2]


# data


def test_a_gradient_that_changes_stops_in_both_directions(start: Start) -> None:
    client = start(expression="c=a+b; d=b+1; e=c*d", values={"a": 2, "b": 1})
    client.stopped()
    info = client.ask("dataBreakpointInfo", name="b")
    assert info == {"dataId": "grad:b", "description": "gradient of b", "accessTypes": ["write"], "canPersist": True}
    client.ask("setDataBreakpoints", breakpoints=[{"dataId": info["dataId"], "accessType": "write"}])
    halted = [client.move(move) for move in ("continue", "continue", "reverseContinue")]
    assert [halt["reason"] for halt in halted] == ["data breakpoint"] * 3
    assert where([halt["description"] for halt in halted]) == [("backward", 5), ("backward", 6), ("backward", 5)]


def test_a_value_that_is_computed(start: Start) -> None:
    client = start(expression="c=a+b; d=b+1; e=c*d", values={"a": 2, "b": 1})
    client.stopped()
    info = client.ask("dataBreakpointInfo", name="d.value")
    client.ask("setDataBreakpoints", breakpoints=[{"dataId": info["dataId"]}])
    assert where([client.move("continue")["description"]]) == [("forward", 2)]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a.value", "a is a leaf: no event computes its value; its gradient can be watched"),
        ("grad > 1", "nothing has happened yet: a condition is asked about an event"),
        ("aa", "no node is called 'aa'; did you mean a?"),
    ],
)
def test_what_cannot_be_watched(name: str, why: str, start: Start) -> None:
    client = start(expression="a*b", values={"a": 2, "b": 1})
    client.stopped()
    assert client.ask("dataBreakpointInfo", name=name) == {"dataId": None, "description": why}


def test_data_of_a_line_of_variables(start: Start) -> None:
    client = start(expression="a*b", values={"a": 2, "b": 1})
    client.stopped()
    graph = next(one for one in client.ask("scopes", frameId=1)["scopes"] if one["name"] == "Graph")
    info = client.ask("dataBreakpointInfo", variablesReference=graph["variablesReference"], name="a")
    assert info["dataId"] == "grad:a"
    told = client.ask("setDataBreakpoints", breakpoints=[{"dataId": "grad:a", "accessType": "read"}, {"dataId": "x"}])
    assert [one["message"] for one in told["breakpoints"]] == [
        "a gradient or a value is watched for being written, not for being read",
        "'x' is no data of a session",
    ]


# exceptions


def test_the_first_number_that_is_not_finite(script: Any, start: Start) -> None:
    program = """\
from autograd import Value
x = Value(0.0, name="x")
y = x.sqrt()
loss = y * 2.0
loss.backward()
"""
    client = start(None, ["not_finite"], program=script(program))
    halt = client.stopped()
    assert (halt["reason"], client.frame()["line"]) == ("exception", 3)
    assert client.ask("exceptionInfo")["exceptionId"] == "not_finite"


def test_a_gradient_that_vanishes_or_explodes(script: Any, start: Start) -> None:
    def with_filter(name: str, condition: str | None) -> Callable[[Inside], Any]:
        option = {"filterId": name} | ({} if condition is None else {"condition": condition})
        return lambda client: client.ask("setExceptionBreakpoints", filters=[], filterOptions=[option])

    client = start(None, [], program=script(DEEP), stopOnEntry=True)
    client.stopped()
    with_filter("vanishes", "0.05")(client)
    halt = client.move("continue")
    assert (halt["reason"], where([halt["description"]])[0][0]) == ("exception", "backward")
    assert abs(client.session.event.upstream) <= 0.05  # type: ignore[union-attr]
    assert abs(client.session.event_at(client.session.position - 1).upstream) > 0.05
    told = client.ask(
        "setExceptionBreakpoints", filters=[], filterOptions=[{"filterId": "explodes", "condition": "much"}]
    )
    assert told["breakpoints"][0]["message"] == "explodes: a bound of the norm is a number, not 'much'"
    with pytest.raises(Refused, match="there is no exception filter 'nan'"):
        client.ask("setExceptionBreakpoints", filters=["nan"])


def test_an_error_of_the_program_stops_with_its_traceback(script: Any, start: Start) -> None:
    program = """\
from autograd import Value
w = Value(2.0, name="w")
(w * w).backward()
def fail():
    raise KeyError("mine")
fail()
"""
    client = start(program=script(program), stopAtBackward=False)
    halt = client.stopped()
    assert (halt["reason"], halt["text"]) == ("exception", "KeyError: 'mine'")
    frames = client.ask("stackTrace", threadId=1)["stackFrames"]
    assert [(frame["name"], frame["line"]) for frame in frames] == [("fail", 5), ("train.py", 6)]
    details = client.ask("exceptionInfo")["details"]
    assert details["typeName"] == "KeyError"
    assert details["stackTrace"].splitlines()[0] == "Traceback (most recent call last):"
    assert "runpy" not in details["stackTrace"]
    assert client.output("stderr").endswith("KeyError: 'mine'\n")
    client.move("stepBack")
    assert client.frame()["line"] == 2, "into the pass before it"
    client.ask("continue", threadId=1)
    client.running.join(10)
    assert client.code == 1


def test_a_backward_pass_that_fails(script: Any, start: Start) -> None:
    program = """\
from autograd import Value
w = Value(2.0, name="w")
y = w * w
y.register_hook(lambda g: 1 / 0)
loss = y * 1.0
try:
    loss.backward()
except ZeroDivisionError:
    print("caught")
"""
    client = start(program=script(program), stopAtBackward=False)
    halt = client.stopped()
    assert (halt["reason"], halt["text"]) == ("exception", "ZeroDivisionError: division by zero")
    client.ask("continue", threadId=1)
    client.running.join(10)
    assert client.code == 0


# by launch, and in the console


def test_the_console_sets_breakpoints_that_hold_for_all_passes(script: Any, start: Start) -> None:
    client = start(program=script(), stopOnEntry=True)
    client.stopped()
    assert client.evaluate("break op=tanh phase=backward").startswith("breakpoint ")
    with pytest.raises(Refused, match="did you mean 'tanh'"):
        client.evaluate("break op=tahn")
    with pytest.raises(Refused, match="the console has set no breakpoint 99"):
        client.evaluate("clear 99")
    assert [client.move("continue")["description"] for _ in range(2)] == [
        "op=tanh phase=backward: pass 1, event 9 of 11, backward",
        "op=tanh phase=backward: pass 2, event 9 of 11, backward",
    ]
    assert client.evaluate("clear") == "all breakpoints of the console are cleared"
    client.ask("continue", threadId=1)
    client.running.join(10)
    assert client.code == 0
