"""What leaves and enters "Your own graph": Python, JSON, pictures, addresses; bounded, validated, and never run."""

from __future__ import annotations

import json
import math
import random
import re
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

from autograd.pages import PageError, playground
from autograd.pages.operations import list_operations

pytestmark = [pytest.mark.browser, pytest.mark.integration]

HOSTILE = "<img src=x onerror=alert(1)>"
PROGRAMS = """(texts) => texts.map((text) => { const graph = graphTexts.read(text), { values, gradients } = graphValues.compute(graph);
  const inputs = graph.boxes.filter(({ kind, id }) => kind === "input" && gradients.has(id)).map(({ id }) => gradients.get(id));
  return [graphProgram.write(graph), [values.get(graph.output), ...inputs].map(String)]; })"""
FILL = "(text) => { graphTexts; playground.set({ graph: graphTexts.read(text), panel: 'build' }); }"
PRINTED = re.compile(r"[^ ]+ = (\S+)|gradient of \S+: (\S+)")


@pytest.fixture
def tab(page: Any) -> Any:
    page.set_default_timeout(4000)
    page.get_by_role("tab", name="Your own graph").click()
    page.get_by_text("Save and open").click()
    return page


def run(program: str) -> list[float]:
    """What a program of the page prints."""
    lines: list[str] = []
    exec(compile(program, "graph.py", "exec"), {"print": lambda *words: lines.append(" ".join(map(str, words)))})
    return [float(next(part for part in PRINTED.fullmatch(line).groups() if part)) for line in lines]  # type: ignore[union-attr]


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=1e-12)


def expressions() -> list[str]:
    """Each operation on numbers where it is defined, and where it is not; then graphs of many."""
    draw = random.Random(0)
    found = []
    arity = {"where": 3, "clip": 3}
    two = {
        "add", "sub", "mul", "div", "power", "hypot", "logaddexp", "logaddexp2", "xlogy", "atan2", "maximum", "minimum", "fmax",
        "fmin", "copysign", "floor_divide", "remainder", "fmod", "greater", "greater_equal", "less", "less_equal", "equal",
        "not_equal", "logical_and", "logical_or", "logical_xor",
    }  # fmt: skip
    names = [operation["name"] for operation in list_operations()]
    for name in names:
        count = arity.get(name, 2 if name in two else 1)
        for values in ((0.3, 0.7, 0.9), (1.5, -0.25, 2.0)):
            inputs = "; ".join(f"{x}={value}" for x, value in zip("xyz", values, strict=False))
            found.append(f"{inputs}; {name}({', '.join('xyz'[:count])}) * x + 2")
    smooth = ["tanh", "sigmoid", "sin", "softplus", "erf", "atan"]
    for _ in range(8):
        text = "x=0.4; y=-1.1; a=x*y; b=a+x"
        for new, old in zip("cdefgh", "bcdefg", strict=True):
            text += f"; {new}={draw.choice(smooth)}({draw.choice('xyab')}{draw.choice('+-*')}{old})"
        found.append(text)
    return found


def test_programs_compute_what_the_page_shows(tab: Any) -> None:
    texts = expressions()
    for text, (program, told) in zip(texts, tab.evaluate(PROGRAMS, texts), strict=True):
        printed, seen = run(program), [float(x) for x in told]
        assert len(printed) == len(seen), program
        assert all(map(same, printed, seen)), f"{text}\n{program}\n{printed} and on the page {seen}"


def test_names_that_python_has_not_are_told_beside_others(tab: Any) -> None:
    renamed = """(name) => { const one = graphs.rename(graphTexts.read("x=2; y=x*x; y+1"), 2, name);
      const both = graphs.rename(one, 1, `${name}2`);
      return [graphProgram.write(one), graphProgram.write(both)]; }"""
    for name in (HOSTILE, "lambda", "ag", "größe", '"""\\', "x y", "𝔵", "n1"):
        for program in tab.evaluate(renamed, name):
            assert run(program) == [5.0, 4.0], program
    # On the page it is a text.
    tab.evaluate("(name) => playground.set({ graph: graphs.rename(playground.settings.graph, 2, name) })", HOSTILE)
    tab.locator(".builder [data-key='2']").click()
    assert tab.locator(".details h3").inner_text() == HOSTILE and tab.locator("img").count() == 0


def test_what_is_not_connected_is_left_out_of_a_program(tab: Any) -> None:
    tab.evaluate(FILL, "x=2; y=x*x; y+1")
    tab.evaluate("() => playground.set({ graph: graphs.connect(playground.settings.graph, null, 4, 0) })")
    program = tab.evaluate("graphProgram.write(playground.settings.graph)")
    assert "# 1 box is left out: an operand is not connected." in program
    assert run(program) == []


def test_json_gives_the_same_graph_again(tab: Any) -> None:
    tab.evaluate(FILL, "x=2; y=leaky_relu(x-3); y*x")
    tab.evaluate(
        """() => { let { graph } = playground.settings; const id = graph.boxes.find(({ op }) => op === "leaky_relu").id;
        graph = graphs.setParameter(graph, id, "slope", 0.5); graph = graphs.setValue(graph, 1, NaN);
        const at = Object.fromEntries(graph.boxes.map((box, i) => [box.id, [100 * i, -7 * i]]));
        playground.set({ graph: graphs.setPlaces(graph, { down: true, at }) }); }"""
    )
    with tab.expect_download() as loading:
        tab.get_by_role("button", name="Save as JSON").click()
    text = loading.value.path().read_text()
    assert json.loads(text)["boxes"][0]["value"] == "nan"
    tab.get_by_role("button", name="Empty").click()
    tab.get_by_label("Open a graph as JSON").set_input_files(
        {"name": "mine.json", "mimeType": "application/json", "buffer": text.encode()}
    )
    tab.locator(".builder [data-key]").first.wait_for()
    assert tab.evaluate("graphTexts.toJson(playground.settings.graph)") == text
    # The whole page's state holds it, too, and a file that is dropped anywhere is known.
    state = tab.evaluate("saving.write()")
    tab.evaluate("playground.start({})")
    tab.evaluate("(text) => saving.read(text)", state)
    assert tab.evaluate("graphTexts.toJson(playground.settings.graph)") == text
    tab.evaluate("playground.start({})")
    tab.evaluate("(text) => files.open(new File([text], 'dropped.json'))", text)
    assert tab.evaluate("graphTexts.toJson(playground.settings.graph)") == text
    assert tab.evaluate("playground.settings.panel") == "build"


GOOD: dict[str, Any] = {
    "format": "stepgrad graph", "version": 1, "output": 2, "places": None,
    "boxes": [
        {"id": 1, "kind": "input", "name": "x", "value": 2},
        {"id": 2, "kind": "operation", "op": "tanh", "name": "y", "params": {}, "operands": [1]},
    ],
}  # fmt: skip
BROKEN: list[tuple[dict[str, Any] | str, str]] = [
    ("", "not JSON"),
    ("[1, 2", "not JSON"),
    ("[]", "no graph of this page"),
    ("null", "no graph of this page"),
    ({"format": HOSTILE}, "no graph of this page"),
    ({"version": 2}, "reads version 1"),
    ({"boxes": {}}, "no list of 200"),
    ({"boxes": [GOOD["boxes"][0]] * 201}, "no list of 200"),
    ({"boxes": [GOOD["boxes"][0]] * 2}, "not told apart"),
    ({"boxes": [None]}, "not told apart"),
    ({"boxes": [{"id": 1, "kind": "input", "name": "x", "value": "2"}]}, "is no number"),
    ({"boxes": [{"id": 1, "kind": "input", "name": "x" * 41, "value": 2}]}, "40 characters"),
    ({"boxes": [{"id": 1, "kind": "input", "name": "a\u0000", "value": 2}]}, "cannot be seen"),
    ({"boxes": [{"id": 1, "kind": "input", "name": 3, "value": 2}]}, "must not be empty"),
    ({"boxes": [{"id": 1, "kind": "script", "name": "x"}]}, "neither input"),
    ({"boxes": [{"id": 1, "kind": "operation", "op": HOSTILE, "name": "x", "operands": []}]}, "no operation"),
    ({"boxes": [{"id": 1, "kind": "operation", "op": "constructor", "name": "x", "operands": []}]}, "no operation"),
    ({"boxes": [{"id": 1, "kind": "operation", "op": "add", "name": "x", "operands": [None]}]}, "are not 2 boxes"),
    ({"boxes": [{"id": 1, "kind": "operation", "op": "neg", "name": "x", "operands": [7]}]}, "are not 1 boxes"),
    ({"boxes": [{"id": 1, "kind": "operation", "op": "neg", "name": "x", "operands": [1]}], "output": 1}, "depend on themselves"),
    (
        {"boxes": [{"id": 1, "kind": "operation", "op": "neg", "name": "x", "operands": [None], "params": {"k": 1}}]},
        "has the parameters none",
    ),
    ({"boxes": [*GOOD["boxes"], {"id": 3, "kind": "input", "name": "x", "value": 1}]}, "another box is called"),
    ({"output": 9}, "its output is no box"),
    ({"places": {"down": False, "at": {"1": [0, 0]}}}, "the place of a box"),
    ({"places": {"down": False, "at": {"1": [0, 1e9], "2": [0, 0]}}}, "the place of a box"),
    (" " * 200_001, "longer than"),
]  # fmt: skip


REFUSALS = """(texts) => texts.map((text) => { try { graphTexts.fromJson(text); } catch (error) {
  if (error instanceof Refused) return error.message; throw error; } return "nothing"; })"""


def test_broken_json_is_told_and_changes_nothing(tab: Any) -> None:
    graph = tab.evaluate("graphTexts.toJson(playground.settings.graph)")
    tab.get_by_label("The graph as text").fill(json.dumps(GOOD))
    tab.get_by_role("button", name="Read the text below").click()
    assert tab.locator(".builder [data-key]").count() == 2
    tab.get_by_role("button", name="Undo").click()
    given = [change if isinstance(change, str) else json.dumps({**GOOD, **change}) for change, _ in BROKEN]
    told = tab.evaluate(REFUSALS, given)
    for (change, why), words in zip(BROKEN, told, strict=True):
        assert why in words, (change, words)
    tab.get_by_label("The graph as text").fill(given[-2])
    tab.get_by_role("button", name="Read the text below").click()
    assert (
        tab.locator(".said").inner_text()
        == "“the text” cannot be used: The place of a box is not [x, y]. Nothing was changed."
    )
    assert tab.evaluate("graphTexts.toJson(playground.settings.graph)") == graph
    tab.get_by_label("Open a graph as JSON").set_input_files(
        {"name": HOSTILE, "mimeType": "application/json", "buffer": b" " * 200_001}
    )
    tab.wait_for_timeout(50)
    assert "are read at most" in tab.locator(".said").inner_text() and tab.locator("img").count() == 0


def test_the_picture_is_one_of_its_own(tab: Any) -> None:
    tab.evaluate("(name) => playground.set({ graph: graphs.rename(playground.settings.graph, 3, name) })", HOSTILE)
    with tab.expect_download() as loading:
        tab.get_by_role("button", name="Save as Picture").click()
    text = loading.value.path().read_text()
    root = ElementTree.fromstring(text)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a", "2", "∇ 5", "output"} <= set(texts) and any((told or "").startswith("<img src=x") for told in texts)
    assert not list(root.iter("{http://www.w3.org/2000/svg}script")) and "class=" not in text and "var(" not in text
    # It looks the same without the page.
    tab.evaluate(
        """(text) => new Promise((done, fail) => { const image = Object.assign(new Image(), { alt: "picture", onerror: fail });
        image.onload = () => { document.querySelector(".shared").append(image); done(); };
        image.src = "data:image/svg+xml," + encodeURIComponent(text); })""",
        text,
    )
    shown = tab.get_by_alt_text("picture")
    assert shown.bounding_box()["height"] > 150
    shown.evaluate("(image) => image.remove()")


def test_a_short_graph_stands_in_the_address_and_a_long_one_does_not(tab: Any, wait: Any) -> None:
    tab.get_by_role("textbox", name="Expression").fill("x=3; y=x**2; tanh(y)")
    tab.keyboard.press("Enter")
    wait(tab, "location.hash.includes('graph=x')")
    link = tab.evaluate("address.link()")
    tab.evaluate("playground.start({})")
    wait(tab, "location.hash === ''")
    tab.evaluate("(link) => { location.hash = link.split('#')[1]; }", link)
    wait(tab, "graphTexts.toExpression(playground.settings.graph) === 'x=3; y=x**2; a=tanh(y)'")
    assert tab.evaluate("playground.settings.panel") == "build"
    long = "; ".join(["x=1", *(f"{'a' * 30}{i}=tanh(x)" for i in range(60))])
    tab.evaluate("(text) => playground.set({ graph: graphTexts.read(text) })", long)
    wait(tab, "!location.hash.includes('graph=')")
    tab.evaluate("history.replaceState(null, '', location.pathname)")


@pytest.mark.parametrize("text", ["x%2B", "{%22format%22:1}", HOSTILE, "1%3E2", "a" * 3000])
def test_an_address_with_a_broken_graph_leaves_a_working_page(tab: Any, wait: Any, text: str) -> None:
    tab.evaluate("(text) => { location.hash = `panel=build&graph=${text}`; }", text)
    wait(tab, "document.querySelector('#notice').hidden === false")
    told = tab.inner_text("#notice").partition("\n")[0]
    assert told.startswith("Not used: graph cannot be read (") and told.endswith(").")
    assert tab.evaluate("graphTexts.toExpression(playground.settings.graph)") == "a=2; b=1; c=a+b; d=b+1; e=c*d"
    tab.evaluate("history.replaceState(null, '', location.pathname)")


def test_a_page_comes_with_a_graph(show: Any) -> None:
    page = show(playground(settings={"panel": "build", "graph": "x=0.5; y=tanh(x); y*y"}).html)
    assert page.locator(".builder [data-key]").count() == 3
    with pytest.raises(PageError, match="more than 2000 characters"):
        playground(settings={"graph": "x+" * 1000 + "x"})
