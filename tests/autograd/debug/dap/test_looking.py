"""What an editor shows of a halt: stack, scopes, variables, watches, the console, and values that are set."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd.wording.variables import is_users_file
from tests.autograd.debug.dap.client import Inside, Refused

Start = Callable[..., Inside]

ARRAYS = """\
import numpy as np
from autograd import Tensor
w = Tensor(np.array([[1.0, 2.0], [3.0, np.nan]]), requires_grad=True, name="w")
big = Tensor(np.arange(5000.0), requires_grad=True, name="big")
rate = 0.5
label = "a\\x1b[31m"
layers = [w, {"deep": big}]
loss = (w * 2.0).sum() + big.sum()
loss.backward()
"""


@pytest.fixture
def example(start: Start) -> Inside:
    """e = (a+b)·(b+1), at its start."""
    client = start(expression="c=a+b; d=b+1; e=c*d", values={"a": 2, "b": 1})
    client.stopped()
    return client


@pytest.fixture
def arrays(script: Any, start: Start) -> Inside:
    client = start(program=script(ARRAYS))
    client.stopped()
    client.evaluate("goto 3")
    client.stopped()
    return client


def values(lines: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: line["value"] for name, line in lines.items()}


# the stack


def test_the_stack_is_the_line_and_its_callers(script: Any, start: Start) -> None:
    path = script()
    client = start(program=path)
    client.stopped()
    client.move("stepIn")
    told = client.ask("stackTrace", threadId=1)
    assert [(f["name"], f["line"], f["source"]["path"]) for f in told["stackFrames"]] == [
        ("model · v1", 4, path),
        ("train.py", 8, path),
    ]
    page = client.ask("stackTrace", threadId=1, startFrame=1, levels=1)
    assert [frame["id"] for frame in page["stackFrames"]] == [2]
    assert page["totalFrames"] == 2


def test_a_module_is_the_name_of_its_line(script: Any, start: Start) -> None:
    program = """\
import numpy as np
import nn
from autograd import Tensor
model = nn.Sequential(nn.Linear(2, 3), nn.Tanh())
(model(Tensor(np.ones((4, 2)))) ** 2).sum().backward()
"""
    client = start(program=script(program))
    client.stopped()
    names = []
    while not client.session.at_end:
        client.move("stepIn")
        names.append(client.frame()["name"].split(" · ")[0])
    assert "0" in names[0]
    assert any("1" in name for name in names)


# this step


def test_a_step_forward(example: Inside) -> None:
    example.move("stepIn")
    step = example.scope("This step")
    assert values(step) == {
        "event": "pass 1, event 1 of 8, forward",
        "c": "3",
        "equation": "c = a + b = 2 + 1 = 3",
        "operand a": "2",
        "operand b": "1",
    }
    assert values(example.below(step["c"])) == {
        "value": "3.0",
        "gradient": "none yet",
        "requires_grad": "true",
        "made by": "add",
        "operand a": "2",
        "operand b": "1",
    }


def test_a_step_back_says_the_formula_the_number_the_contribution_and_the_sum(example: Inside) -> None:
    example.evaluate("goto 6")
    example.stopped()
    step = example.scope("This step")
    assert values(step) == {
        "event": "pass 1, event 6 of 8, backward",
        "d": "2, gradient 3",
        "upstream": "3.0",
        "to b": "3 · 1 = 3; b has 2 + 3 = 5",
    }
    assert values(example.below(step["to b"])) == {
        "formula": "1",
        "local derivative": "1.0",
        "contribution": "3.0",
        "before": "2.0",
        "sum so far": "5.0",
        "addition": "b has 2 + 3 = 5",
        "b": "1, gradient 5",
    }


def test_the_start_and_a_leaf(example: Inside) -> None:
    assert values(example.scope("This step"))["to come"] == "3 events forward, 5 backward"
    example.evaluate("goto 8")
    example.stopped()
    assert values(example.scope("This step"))["ends here"].startswith("an input: its gradient is complete")


def test_watches_and_the_graph(example: Inside) -> None:
    assert example.scope("Watches") == {}
    assert example.evaluate("watch c") == "watching c"
    assert values(example.scope("Watches")) == {"c": "not computed yet"}
    assert list(example.scope("Graph")) == ["a", "b", "c", "d", "e"]


# names


def test_names_are_as_they_were_when_the_line_ran(script: Any, start: Start) -> None:
    program = """\
from autograd import Value
def grow(h):
    for _ in range(3):
        h = h * 2.0
    return h + 1.0
x = Value(1.0, name="x")
other = Value(9.0)
y = grow(x)
y.backward()
"""
    client = start(program=script(program))
    client.stopped()
    seen = []
    for _ in range(4):
        client.move("stepIn")
        seen.append(values(client.scope("Names"))["h"])
    assert seen == ["2", "4", "8", "8"]
    outer = values(client.scope("Names", frame=2))
    assert (outer["x"], outer["y"]) == ("1", "9")
    assert outer["other"] == "9 (not in the graph of this pass)"
    client.evaluate("goto 6")
    client.stopped()
    assert values(client.scope("Names"))["h"] == "8, gradient 1"


def test_what_names_hold_beside_nodes(arrays: Inside) -> None:
    names = arrays.scope("Names")
    assert names["rate"]["value"] == "0.5"
    assert names["label"]["value"] == "'a\\x1b[31m'", "nothing steers a terminal"
    assert "np" not in names
    assert (names["layers"]["value"], names["layers"]["type"]) == ("2 elements", "list")
    inside = arrays.below(names["layers"])
    assert inside["0"]["evaluateName"] == "w"
    assert list(arrays.below(inside["1"])) == ["deep"]


def test_the_parameters_of_a_network(script: Any, start: Start) -> None:
    program = """\
import numpy as np
import nn
from autograd import Tensor
model = nn.Sequential(nn.Linear(2, 3), nn.Tanh())
model(Tensor(np.ones((4, 2)))).sum().backward()
"""
    client = start(program=script(program))
    client.stopped()
    model = client.scope("Names")["model"]
    assert (model["value"], model["type"]) == ("2 parameters", "Sequential")
    assert all(line["value"].startswith(("2×3", "3×2", "3")) for line in client.below(model).values())


# arrays


def test_an_array_tells_its_shape_its_norm_and_what_is_not_finite(arrays: Inside) -> None:
    w = arrays.scope("Graph")["w"]
    value = arrays.below(w)["value"]
    assert value["value"] == "2×2 float64, norm 3.74, 25 % not finite"
    assert value["indexedVariables"] == 2
    told = values(arrays.below(value, filter="named"))
    assert {name: told[name] for name in ("shape", "dtype", "norm", "NaN", "infinite")} == {
        "shape": "(2, 2)",
        "dtype": "float64",
        "norm": "3.7417",
        "NaN": "25 %",
        "infinite": "0 %",
    }
    row = arrays.below(value, filter="indexed")["1"]
    assert list(values(arrays.below(row, filter="indexed")).values()) == ["3.0", "nan"]


def test_a_long_array_comes_in_pages(arrays: Inside) -> None:
    value = arrays.below(arrays.scope("Graph")["big"])["value"]
    assert value["indexedVariables"] == 5000
    assert arrays.below(value, filter="indexed", start=0, count=2).keys() == {"0", "1"}
    page = arrays.below(value, filter="indexed", start=4000, count=3)
    assert values(page) == {"4000": "4000.0", "4001": "4001.0", "4002": "4002.0"}
    assert len(arrays.below(value, filter="indexed")) == 1000, "no more at once"
    assert arrays.below(value, filter="indexed", start=4999, count=100).keys() == {"4999"}
    assert arrays.below(value, filter="indexed", start=6000, count=2) == {}


# evaluate


@pytest.mark.parametrize(
    ("text", "context", "result"),
    [
        ("b", "watch", "1, gradient 2"),
        ("b.grad", "hover", "2.0"),
        ("grad of b", "watch", "2.0"),
        ("value of c", "watch", "3.0"),
        ("d.grad", "watch", "3.0"),
        ("upstream", "watch", "2.0"),
        ("local", "watch", "1, 1"),
        ("op", "watch", "add"),
        ("phase", "watch", "backward"),
        ("abs(grad) > 1 and phase == 'backward'", "watch", "true"),
        ("grad > 2", "repl", "false"),
        ("p a", "repl", "a = 2.0\ngradient = 2.0"),
        ("b", "repl", "1, gradient 2"),
        ("pass", "repl", "pass 1; pass 1, within 256 MiB"),
        ("pass", "watch", "1"),
    ],
)
def test_evaluate(text: str, context: str, result: str, example: Inside) -> None:
    example.evaluate("goto 5")
    example.stopped()
    assert example.evaluate(text, context) == result


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("__import__('os').system('true')", "is not part of a condition here"),
        ("open('x')", "unknown function 'open'"),
        ("bb", "no node is called 'bb'; did you mean b"),
        ("lambda: 1", "lambda is not part of a condition here"),
        ("x" * 20_000, "20,000 characters; at most 10,000 are read"),
        ("", "invalid syntax"),
    ],
)
def test_nothing_is_evaluated_as_python(text: str, why: str, example: Inside) -> None:
    with pytest.raises(Refused, match=why):
        example.evaluate(text, "watch")


def test_commands_of_the_console_move_and_tell(example: Inside) -> None:
    assert (
        example.evaluate("s 4")
        == "e has gradient 1\n  to c: 1 · d = 1 · 2 = 2; c has 2\n  to d: 1 · c = 1 · 3 = 3; d has 3"
    )
    assert example.stopped()["reason"] == "step"
    assert example.evaluate("explain b").splitlines()[-1] == "still to come: c, d"
    assert example.evaluate("rc") == ""
    assert example.stopped()["description"] == "pass 1, event 0 of 8: the first that is kept"
    assert "history NAME" in example.evaluate("help")
    with pytest.raises(Refused, match=r"unknown|did you mean|no node"):
        example.evaluate("stpe")
    with pytest.raises(Refused, match="use the editor's own buttons"):
        example.evaluate("quit")


# what if


def test_a_value_that_is_set_is_replayed(example: Inside) -> None:
    example.evaluate("goto 8")
    example.stopped()
    graph = next(one for one in example.ask("scopes", frameId=1)["scopes"] if one["name"] == "Graph")
    told = example.ask("setVariable", variablesReference=graph["variablesReference"], name="a", value="10")
    assert told["value"] == "10, gradient 2"
    assert example.event("invalidated")["areas"] == ["variables", "stacks"]
    assert (example.session.value("e"), example.session.gradient("b")) == (22.0, 13.0)
    assert example.ask("setExpression", expression="b", value="0.5")["value"] == "0.5, gradient 12"
    assert example.evaluate("restore") == "all edits are taken back"
    assert example.session.gradient("b") == 5.0


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("a", "two", "'two' is neither a number, such as -0.5, nor a list"),
        ("a", "[1, 2]", "a is one number and cannot be"),
        ("nothing", "1", "there is no 'nothing' here"),
        ("a", "__import__('os')", "is neither a number"),
    ],
)
def test_what_cannot_be_set_changes_nothing(name: str, value: str, why: str, example: Inside) -> None:
    graph = next(one for one in example.ask("scopes", frameId=1)["scopes"] if one["name"] == "Graph")
    with pytest.raises(Refused, match=why):
        example.ask("setVariable", variablesReference=graph["variablesReference"], name=name, value=value)
    assert example.session.edits == {}


def test_a_gradient_cannot_be_set(example: Inside) -> None:
    example.evaluate("goto 8")
    example.stopped()
    a = example.scope("Graph")["a"]
    with pytest.raises(Refused, match="gradient follows from the values of the graph"):
        example.ask("setVariable", variablesReference=a["variablesReference"], name="gradient", value="1")
    with pytest.raises(Refused, match=r"'a.grad': the value of a node can be set"):
        example.ask("setExpression", expression="a.grad", value="1")


def test_an_element_of_an_array_is_set(arrays: Inside) -> None:
    value = arrays.below(arrays.scope("Graph")["w"])["value"]
    row = arrays.below(value, filter="indexed")["1"]
    told = arrays.ask("setVariable", variablesReference=row["variablesReference"], name="1", value="4")
    assert told["value"] == "4.0"
    np.testing.assert_array_equal(arrays.session.value("w"), [[1.0, 2.0], [3.0, 4.0]])
    arrays.ask("setVariable", variablesReference=value["variablesReference"], name="0", value="[7, 8]")
    np.testing.assert_array_equal(arrays.session.value("w"), [[7.0, 8.0], [3.0, 4.0]])
    with pytest.raises(Refused, match="element 0 cannot be this"):
        arrays.ask("setVariable", variablesReference=value["variablesReference"], name="0", value="[7, 8, 9]")


# the rest


def test_completions(example: Inside) -> None:
    def offered(text: str, column: int) -> list[str]:
        return [one["label"] for one in example.ask("completions", text=text, column=column)["targets"]]

    assert offered("rest", 5) == ["restart", "restore"]
    assert offered("watch ", 7)[-5:] == ["a", "b", "c", "d", "e"]
    assert "not_finite" in offered("break ", 7)
    assert offered("b.", 3) == ["b.grad", "b.value"]
    assert example.ask("completions", text="print ups", column=10)["targets"] == [
        {"label": "upstream", "type": "value", "start": 6, "length": 3}
    ]


def test_modules_and_sources(script: Any, start: Start) -> None:
    path = script()
    client = start(program=path)
    client.stopped()
    modules = {one["name"]: one for one in client.ask("modules")["modules"]}
    assert (modules["autograd"]["isUserCode"], modules["autograd"]["version"]) == (False, "0.1.0")
    assert len(client.ask("modules", startModule=1, moduleCount=2)["modules"]) == 2
    assert client.ask("modules", startModule=1, moduleCount=0)["modules"] == list(modules.values())[1:]
    sources = client.ask("loadedSources")["sources"]
    assert {"name": "train.py", "path": path} in sources
    generated = next(one for one in sources if one["name"].startswith("<autograd "))
    content = client.ask("source", source=generated, sourceReference=generated["sourceReference"])["content"]
    assert "def " in content, "the code that was made of a formula"
    # Either place of the number will do; 0 is none.
    number = generated["sourceReference"]
    for given in (
        {"source": generated},
        {"source": generated, "sourceReference": 0},
        {"source": {"sourceReference": 0}, "sourceReference": number},
        {"sourceReference": number},
    ):
        assert client.ask("source", **given)["content"] == content
    with pytest.raises(Refused, match="there is no source 0"):
        client.ask("source")
    with pytest.raises(Refused, match="there is no source 99"):
        client.ask("source", sourceReference=99)


def test_lines_on_which_a_breakpoint_would_stop(script: Any, start: Start) -> None:
    path = script()
    client = start(program=path)
    client.stopped()
    told = client.ask("breakpointLocations", source={"path": path}, line=1, endLine=20)
    assert [one["line"] for one in told["breakpoints"]] == [2, 4, 5, 8]


def test_values_beside_the_lines(script: Any, start: Start) -> None:
    path = script()
    client = start(program=path)
    client.stopped()

    def beside() -> dict[int, str]:
        return {one["line"]: one["text"] for one in client.ask("stepgrad/inlineValues", path=path)["values"]}

    assert beside() == {2: "w = 0.5"}
    client.evaluate("goto 2")
    client.stopped()
    assert beside() == {2: "w = 0.5", 4: "h = 0.63515"}
    client.evaluate("goto 11")
    client.stopped()
    assert beside() == {
        2: "w = 0.5, gradient -0.82222",
        4: "h = 0.63515, gradient -0.91881",
        5: "v2 = 1.2703, gradient -0.4594",
        8: "loss = 0.052763, gradient 1",
    }


def test_the_page_of_the_session(example: Inside) -> None:
    example.move("stepIn")
    told = example.ask("stepgrad/page")
    assert "c = a + b = 2 + 1 = 3" in told["html"]
    assert (told["position"], told["length"], told["text"]) == (1, 8, "c = a + b = 2 + 1 = 3")


def test_numbers_of_variables_hold_until_the_next_step(example: Inside) -> None:
    old = example.ask("scopes", frameId=1)["scopes"][0]["variablesReference"]
    example.move("stepIn")
    with pytest.raises(Refused, match=f"there are no variables {old}: they hold until the next step"):
        example.ask("variables", variablesReference=old)
    with pytest.raises(Refused, match="there is no frame 7"):
        example.ask("scopes", frameId=7)


def test_lines_of_installed_packages_are_passed_over(
    script: Any, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = script("def double(x):\n    y = x * 2.0\n    return y\n", "library_of_others.py")
    path = script(
        "from autograd import Value\nimport library_of_others\nw = Value(1.0)\nlibrary_of_others.double(w).backward()\n"
    )
    monkeypatch.setattr("autograd.debug.dap.places.is_users_file", lambda file: is_users_file(file) and file != library)
    lines = []
    for mine in (True, False):
        monkeypatch.delitem(sys.modules, "library_of_others", raising=False)
        client = start(program=path, justMyCode=mine)
        client.stopped()
        client.move("stepIn")
        frames = client.ask("stackTrace", threadId=1)["stackFrames"]
        lines.append([(frame["source"]["name"], frame["line"]) for frame in frames])
    # Then come those of the thread that runs it here.
    assert lines[0] == [("train.py", 4)]
    assert lines[1][:3] == [("library_of_others.py", 2), ("train.py", 4), ("threading.py", lines[1][2][1])]
