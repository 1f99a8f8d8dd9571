"""The tab "Your own graph": graphs that are drawn by clicks and by keys have the numbers of `Value`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import pytest

import autograd as ag

pytestmark = [pytest.mark.browser, pytest.mark.integration]


@pytest.fixture
def tab(page: Any) -> Any:
    """The page with the tab open: the example e = (a+b)·(b+1)."""
    page.set_default_timeout(4000)
    page.get_by_role("tab", name="Your own graph").click()
    return page


def box(tab: Any, name: str) -> Any:
    return tab.locator(".builder [data-key]").filter(
        has=tab.locator("text.name", has_text=re.compile(rf"^{name}(\s|$)"))
    )


def port(tab: Any, name: str) -> Any:
    return tab.locator(f"[data-port='{box(tab, name).get_attribute('data-key')}']")


def operand(tab: Any, name: str, index: int) -> Any:
    return tab.locator(f"[data-slot='{box(tab, name).get_attribute('data-key')} {index}']")


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("∞", "inf"))


def read(tab: Any, name: str) -> dict[str, str]:
    """What the tab says of a box that is chosen by a click."""
    if tab.locator(".details h3").all_inner_texts() != [name]:
        box(tab, name).click()
    texts = tab.locator(".readout dt, .readout dd").all_inner_texts()
    return dict(zip(texts[::2], texts[1::2], strict=True))


def agree(tab: Any, output: str, inputs: dict[str, float], compute: Callable[..., Any]) -> None:
    """Assert that a person reads the value and the gradients that `Value` has."""
    values = {name: ag.Value(value) for name, value in inputs.items()}
    result = compute(**values)
    result.backward()
    assert number(read(tab, output)["value"]) == pytest.approx(result.data, rel=1e-12, abs=0)
    for name, value in values.items():
        assert number(read(tab, name)[f"∂{output}/∂{name}"]) == pytest.approx(value.grad, rel=1e-12, abs=0), name


def texts(tab: Any, name: str) -> list[str]:
    return box(tab, name).locator("text").all_text_contents()


def empty(tab: Any) -> None:
    tab.get_by_role("button", name="Empty").click()
    assert tab.get_by_text("The graph is empty").is_visible()


def add(tab: Any, search: str) -> None:
    tab.get_by_role("combobox", name="Add an operation").fill(search)
    tab.keyboard.press("Enter")


def drag(tab: Any, start: Any, end: Any) -> None:
    tab.mouse.move(*middle(start))
    tab.mouse.down()
    tab.mouse.move(*middle(end), steps=4)
    tab.mouse.up()


def middle(element: Any) -> tuple[float, float]:
    element.scroll_into_view_if_needed()
    bounds = element.bounding_box()
    return bounds["x"] + bounds["width"] / 2, bounds["y"] + bounds["height"] / 2


def typed(tab: Any, text: str) -> None:
    tab.get_by_role("textbox", name="Expression").fill(text)
    tab.keyboard.press("Enter")


def words(tab: Any) -> str:
    return tab.locator(".said").inner_text()


def names(tab: Any) -> list[str]:
    return tab.evaluate("playground.settings.graph.boxes.map((box) => graphs.nameOf(box))")


def test_the_example_is_the_one_that_the_book_tells(tab: Any) -> None:
    assert [texts(tab, name) for name in "abcde"] == [
        ["a", "2", "∇ 2"], ["b", "1", "∇ 5"], ["c  +", "3", "∇ 2"], ["d  +", "2", "∇ 3"], ["e  *", "6", "∇ 1"],
    ]  # fmt: skip
    assert sorted(tab.locator(".builder .labels text").all_text_contents()) == ["2", "2", "2", "3", "3"]
    # One box for b, two arrows to it, and both added up.
    assert box(tab, "b").count() == 1
    assert read(tab, "b") == {"value": "1", "∂e/∂b": "5", "added up": "2 from c + 3 from d"}
    agree(tab, "e", {"a": 2.0, "b": 1.0}, lambda a, b: (a + b) * (b + 1))
    assert tab.locator(".equations").inner_text().split("\n")[0] == "e = 6"


def test_a_value_holds_at_once(tab: Any) -> None:
    box(tab, "b").click()
    field = tab.get_by_role("textbox", name="Value")
    field.fill("-0.3")
    agree(tab, "e", {"a": 2.0, "b": -0.3}, lambda a, b: (a + b) * (b + 1))
    for wrong in ("", "two", "1e", "0x10", "1/2"):
        box(tab, "b").click() if tab.locator(".details h3").all_inner_texts() != ["b"] else None
        field.fill(wrong)
        assert tab.get_by_role("alert").inner_text().startswith("A number was expected")
        assert field.get_attribute("aria-invalid") == "true"
    field.blur()
    assert field.input_value() == "−0.3" and read(tab, "b")["value"] == "−0.3"
    # What was typed in one go is undone in one go.
    tab.get_by_role("button", name="Undo").click()
    assert texts(tab, "b") == ["b", "1", "∇ 5"]


def test_a_graph_is_built_by_clicks_and_drags(tab: Any) -> None:
    empty(tab)
    for value in ("0.7", "-1.3"):
        tab.get_by_role("button", name="+ Input").click()
        tab.get_by_role("textbox", name="Value").fill(value)
    tab.locator(".builder .graph").click(position={"x": 5, "y": 5})
    for search in ("mul", "leaky", "hypot", "sub"):
        tab.locator(".builder .graph").click(position={"x": 5, "y": 5})
        add(tab, search)
    assert names(tab) == ["a", "b", "c", "d", "e", "f"]
    # By a drag from a result, by a drag from an operand, by two clicks either way, onto a box, and in the list.
    drag(tab, port(tab, "a"), operand(tab, "c", 0))
    drag(tab, operand(tab, "c", 1), box(tab, "b"))
    port(tab, "c").click()
    operand(tab, "d", 0).click()
    operand(tab, "e", 0).click()
    box(tab, "d").click()
    drag(tab, port(tab, "a"), box(tab, "e"))
    box(tab, "f").click()
    tab.get_by_label("Operand x").select_option("e")
    tab.get_by_label("Operand y").select_option("a")
    box(tab, "d").click()
    tab.get_by_label("slope").fill("0.25")
    box(tab, "f").click()
    tab.get_by_role("button", name="Make it the output").click()
    assert tab.locator(".ports .output").text_content() == "output"
    agree(tab, "f", {"a": 0.7, "b": -1.3}, lambda a, b: ag.hypot(ag.leaky_relu(a * b, 0.25), a) - a)
    # Nothing of it was a step of the network.
    assert tab.evaluate("playground.training.steps") == 0
    before = names(tab)
    for _ in range(6):
        tab.get_by_role("button", name="Undo").click()
    for _ in range(6):
        tab.get_by_role("button", name="Redo").click()
    assert names(tab) == before
    agree(tab, "f", {"a": 0.7, "b": -1.3}, lambda a, b: ag.hypot(ag.leaky_relu(a * b, 0.25), a) - a)


def test_a_graph_is_built_by_keys_alone(tab: Any) -> None:
    def press(*keys: str) -> None:
        for key in keys:
            tab.keyboard.press(key)

    def go_to(name: str) -> None:
        for _ in range(40):
            if tab.evaluate(
                "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
            ).startswith(name):
                return
            press("Tab")
        raise AssertionError(f"Tab never came to {name}")

    tab.get_by_role("textbox", name="Expression").focus()
    go_to("Empty")
    press("Enter")
    for value in ("1.5", "-0.5"):
        tab.get_by_role("textbox", name="Expression").focus()
        go_to("+ Input")
        press("Enter")
        # The focus is in the field of the new input's value.
        press("Control+a")
        tab.keyboard.type(value)
        press("Escape")
    # From the chosen box on: exp of b, then a times that.
    assert tab.evaluate("document.activeElement.dataset.key") == "2"
    press("Enter")
    tab.get_by_role("textbox", name="Expression").focus()
    go_to("Add an operation")
    tab.keyboard.type("exp")
    press("ArrowDown", "ArrowUp", "Enter")
    tab.get_by_role("textbox", name="Expression").focus()
    go_to("Add an operation")
    tab.keyboard.type("*")
    press("Enter", "Tab")
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')") == "Operand y"
    tab.keyboard.type("a")
    press("Escape", "Tab")
    tab.get_by_role("button", name=re.compile("^d, ")).focus()
    press("Enter")
    go_to("Make it the output")
    press("Enter")
    agree(tab, "d", {"a": 1.5, "b": -0.5}, lambda a, b: ag.exp(b) * a)
    assert tab.evaluate("playground.training.steps") == 0


def test_boxes_are_moved_by_the_pointer_and_by_keys_and_put_in_order(tab: Any) -> None:
    x, y = middle(box(tab, "e"))
    first = box(tab, "e").bounding_box()
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 60, y - 30, steps=3)
    tab.mouse.up()
    moved = box(tab, "e").bounding_box()
    assert (
        abs(moved["x"] - first["x"] - 60) < 2
        and abs(moved["y"] - first["y"] + 30) < 2
        and tab.evaluate("playground.settings.graph.places.at[6].length") == 2
    )
    box(tab, "e").focus()
    place = tab.evaluate("playground.settings.graph.places.at[6]")
    tab.keyboard.press("Control+ArrowUp")
    tab.keyboard.press("Control+ArrowRight")
    assert tab.evaluate("playground.settings.graph.places.at[6]") == [place[0] + 10, place[1] - 10]
    assert tab.evaluate("document.activeElement.dataset.key") == "6"
    # A new box lies on no other one.
    tab.get_by_role("button", name="+ Number").click()
    assert overlapping(tab) == []
    tab.get_by_role("button", name="Tidy").click()
    assert tab.evaluate("playground.settings.graph.places") is None and overlapping(tab) == []


def overlapping(tab: Any) -> list[str]:
    from tests.sight import bounds

    found = bounds(tab, ".builder .box rect.body")
    return [
        f"{one} on {other}" for place, one in enumerate(found) for other in found[place + 1 :] if one.overlaps(other)
    ]


def test_a_box_is_deleted_with_its_connections_and_comes_back(tab: Any) -> None:
    box(tab, "c").focus()
    tab.keyboard.press("Delete")
    assert box(tab, "c").count() == 0 and texts(tab, "e") == ["e  *", "?"]
    assert read(tab, "e")["value"] == "none: operand x is not connected"
    assert tab.locator(".slot.free").count() == 1
    assert tab.locator(".equations").inner_text().startswith("e has no value yet: operand x is not connected")
    tab.keyboard.press("Control+z")
    assert texts(tab, "e") == ["e  *", "6", "∇ 1"]
    # A wire that is pulled away from its operand and let go is taken away.
    start = middle(operand(tab, "d", 0))
    tab.mouse.move(*start)
    tab.mouse.down()
    tab.mouse.move(start[0] - 20, start[1] - 90, steps=3)
    tab.mouse.up()
    assert texts(tab, "d") == ["d  +", "?"]


def test_cycles_are_refused_in_words(tab: Any) -> None:
    graph = tab.evaluate("graphTexts.toJson(playground.settings.graph)")
    drag(tab, port(tab, "e"), operand(tab, "c", 0))
    assert words(tab) == "That would close a cycle: c → e → c. A value cannot depend on itself."
    box(tab, "d").click()
    tab.get_by_label("Operand x").select_option("e")
    assert "d → e → d" in words(tab)
    assert tab.get_by_label("Operand x").input_value() == "2"
    drag(tab, port(tab, "c"), operand(tab, "c", 1))
    assert "c would be its own operand" in words(tab)
    assert tab.evaluate("graphTexts.toJson(playground.settings.graph)") == graph


def test_both_passes_are_stepped_through_with_equations(tab: Any) -> None:
    box(tab, "b").focus()
    seen = []
    for _ in range(10):
        tab.keyboard.press("ArrowRight")
        seen.append((tab.locator(".where").inner_text(), tab.locator(".equations").inner_text().replace("\n\n", "\n")))
    assert seen[0] == ("step 1 of 9, forward", "c = 3\nc = a + b\n= 2 + 1\n= 3")
    assert seen[2] == ("step 3 of 9, forward", "e = 6\ne = c·d\n= 3·2\n= 6")
    assert seen[3][1].startswith("∂e/∂e = 1")
    assert seen[5][1] == "e sends 3 to d\n∂e/∂d = c = 3\n∂e/∂e · ∂e/∂d = 1 · 3 = 3\ngrad of d: 0 + 3 = 3"
    # The second contribution to b is added to the first.
    assert seen[8] == (
        "step 9 of 9, backward",
        "d sends 3 to b\n∂d/∂b = 1\n∂e/∂d · ∂d/∂b = 3 · 1 = 3\ngrad of b: 2 + 3 = 5",
    )
    assert seen[9] == seen[8]
    tab.keyboard.press("ArrowLeft")
    assert texts(tab, "b") == ["b", "1", "∇ 2"] and tab.locator(".box.now").count() == 1
    for _ in range(8):
        tab.keyboard.press("ArrowLeft")
    assert tab.locator(".where").inner_text() == "before the first of 9"
    assert texts(tab, "e") == ["e  *", "", ""] and texts(tab, "a") == ["a", "2", ""]
    tab.get_by_role("button", name="All values and gradients").click()
    assert texts(tab, "e") == ["e  *", "6", "∇ 1"]
    assert tab.evaluate("playground.training.steps") == 0


EXPRESSIONS: dict[str, tuple[str, dict[str, float], Callable[..., Any]]] = {
    "(x+y)*(y+1)": ("c", {"x": 1.0, "y": 1.0}, lambda x, y: (x + y) * (y + 1)),
    "x=0.3; s=sin(x); f=s*s - -x**2": ("f", {"x": 0.3}, lambda x: ag.sin(x) * ag.sin(x) - -(x**2.0)),
    "x=2; y=3; r=where(x>y, x, max(x, y, 2.5)) / exp(x)": (
        "r", {"x": 2.0, "y": 3.0}, lambda x, y: ag.maximum(ag.maximum(x, y), 2.5) / ag.exp(x)),
    "a=-1.5; clip(gelu(a), -1, 1)": ("c", {"a": -1.5}, lambda a: ag.clip(ag.gelu(a), -1.0, 1.0)),
}  # fmt: skip


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_gives_its_graph(tab: Any, text: str) -> None:
    typed(tab, text)
    output, inputs, compute = EXPRESSIONS[text]
    agree(tab, output, inputs, compute)
    # The field tells the graph, statement by statement, and gives it again.
    told = tab.get_by_role("textbox", name="Expression").input_value()
    typed(tab, told)
    agree(tab, output, inputs, compute)


def test_what_is_shared_is_drawn_once(tab: Any) -> None:
    typed(tab, "x=3; y=tanh(x); y*y + y")
    assert box(tab, "y").count() == 1 and box(tab, "x").count() == 1
    key = box(tab, "y").get_attribute("data-key")
    sources = tab.evaluate("playground.settings.graph.boxes.flatMap((box) => graphs.operandsOf(box))")
    assert sources.count(int(key)) == 3 and tab.locator(".builder .arrow[data-arrow]").count() == 5
    assert read(tab, "y")["added up"].count("from a") == 2


def test_expressions_that_cannot_be_read_change_nothing(tab: Any) -> None:
    graph = tab.evaluate("graphTexts.toJson(playground.settings.graph)")
    refused = {
        "x +": "ends too early",
        "f(x)": "there is no function 'f'",
        "a=1; a=2": "“a” has a value already",
        "b=a; a=2; b": "“a” is used before its value is given",
        "x > 1": "comparison",
        "alert(1)": "there is no function",
        "x.constructor": "is not part of an expression",
        "+".join(["x"] * 250): "200 boxes at most",
    }
    for text, why in refused.items():
        typed(tab, text)
        assert why.lower() in words(tab).lower(), text
    assert tab.evaluate("graphTexts.toJson(playground.settings.graph)") == graph
    typed(tab, "__proto__ + constructor*2")
    agree(tab, "b", {"__proto__": 1.0, "constructor": 1.0}, lambda __proto__, constructor: __proto__ + constructor * 2)


def test_gradients_are_checked_by_differences(tab: Any) -> None:
    typed(tab, "x=0.4; y=-2; sigmoid(x*y) + cos(y)**2")
    tab.get_by_text("Check by differences").click()
    tab.locator(".checked tbody tr").nth(1).wait_for()
    rows = [row.locator("td").all_inner_texts() for row in tab.locator(".checked tbody tr").all()]
    assert [row[0] for row in rows] == ["x", "y"] and all(row[5] == "✓" for row in rows)
    x, y = ag.Value(0.4), ag.Value(-2.0)
    (ag.sigmoid(x * y) + ag.cos(y) ** 2).backward()
    assert [number(row[2]) for row in rows] == pytest.approx([x.grad, y.grad], rel=1e-12)
    assert "All 2 agree" in tab.locator(".checked").inner_text()
    # At a kink differences are something else; where nothing is finite there is nothing to compare.
    typed(tab, "x=0; relu(x)")
    assert tab.locator(".checked tbody td").nth(5).inner_text() == "✗"
    typed(tab, "x=0; log(x)")
    assert "1 cannot be compared" in tab.locator(".checked").inner_text()
    # A wrong rule is found.
    typed(tab, "x=0.5; tanh(x)")
    tab.evaluate("() => { window.kept = engine.rows.tanh.rules[0]; engine.rows.tanh.rules[0] = (to, g) => to.set(g); }")
    tab.get_by_role("button", name="Tidy").click()
    typed(tab, "x=0.6; tanh(x)")
    wrong = tab.locator(".checked tbody td").nth(5).inner_text()
    tab.evaluate("() => { engine.rows.tanh.rules[0] = window.kept; }")
    assert wrong == "✗"


def test_what_is_not_finite_is_shown_as_such(tab: Any) -> None:
    typed(tab, "x=0; y=1/x; cos(y)")
    assert texts(tab, "y")[1] == "∞" and texts(tab, "a")[1] == "NaN"
    assert read(tab, "x")["∂a/∂x"] == "NaN" and tab.locator(".builder .arrow.broken").count() > 0
    for text, seen in (("inf", "∞"), ("-Infinity", "−∞"), ("nan", "NaN"), ("∞", "∞")):
        box(tab, "x").click() if tab.locator(".details h3").all_inner_texts() != ["x"] else None
        tab.get_by_role("textbox", name="Value").fill(text)
        assert texts(tab, "x")[1] == seen


def test_an_output_without_a_derivative_has_a_forward_pass_alone(tab: Any) -> None:
    typed(tab, "x=2; y=floor(x*1.3); y+1")
    assert texts(tab, "b")[1] == "3"
    assert read(tab, "x")["∂b/∂x"] == "none: no derivative passes between them"
    assert tab.locator(".where").inner_text() == "all 3 steps"
    assert math.floor(2 * 1.3) + 1 == 3
