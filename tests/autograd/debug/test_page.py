"""The debugger's page in a browser: keys, slider, breakpoints, watches, at 1280 and 390 pixels, without the network."""

from __future__ import annotations

import html
from typing import Any

import pytest

import nn
from autograd import Value
from autograd.debug import Session
from autograd.examples import chain_rule, digits, xor

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='hacked'\"></script><b>&amp;"


def example() -> Session:
    return Session(chain_rule().root)


def told(page: Any) -> str:
    return page.locator("#equation").inner_text()


def texts(page: Any, name: str, kind: str) -> str:
    """What the box of a name shows."""
    box = page.locator(".box", has=page.locator("text.name", has_text=name)).first
    return "".join(box.locator(f"text.{kind}").all_text_contents()).removeprefix("∇ ")


def test_arrows_step_forward_and_back(show: Any) -> None:
    page = show(example().page())
    assert told(page) == "8 events: 3 forward, 5 backward"
    page.keyboard.press("ArrowRight")
    assert told(page) == "1 of 8, forward: c = a + b = 2 + 1 = 3"
    for _ in range(5):
        page.keyboard.press("n")
    assert told(page) == "6 of 8, backward: d has gradient 3"
    assert page.locator("#event table td").all_text_contents() == ["b", "3 · 1 = 3", "5"]
    assert page.locator(".box.now").count() == 1
    page.keyboard.press("ArrowLeft")
    assert told(page) == "5 of 8, backward: c has gradient 2"
    page.keyboard.press("End")
    assert told(page) == "8 of 8, backward: b has gradient 5"
    page.keyboard.press("Home")
    assert page.locator("#event h2").inner_text() == "The start"


@pytest.mark.integration
def test_values_and_gradients_are_those_of_the_moment(show: Any) -> None:
    page = show(example().page())
    assert (texts(page, "b", "value"), texts(page, "e", "value"), texts(page, "b", "gradient")) == ("1", "", "")
    for position, expected in {3: ("6", ""), 5: ("6", "2"), 6: ("6", "5"), 4: ("6", "")}.items():
        page.locator("#slider").fill(str(position))
        assert (texts(page, "e", "value"), texts(page, "b", "gradient")) == expected


@pytest.mark.integration
def test_it_opens_where_the_session_is_with_its_breakpoints_and_watches(show: Any) -> None:
    session = example()
    session.break_at("add", phase="backward")
    session.watch("b")
    session.goto(5)
    page = show(session.page("a title"))
    assert page.title() == "a title"
    assert told(page).startswith("5 of 8")
    assert page.locator("#stops li").all_inner_texts() == ["op add, phase backward: 2 events\n×"]
    assert page.locator("#watched li span").all_inner_texts() == ["b", "1", "2"]
    page.keyboard.press("c")
    assert told(page).startswith("6 of 8")
    page.keyboard.press("c")
    assert told(page).startswith("8 of 8")
    page.keyboard.press("Shift+C")
    page.keyboard.press("Shift+C")
    assert told(page).startswith("5 of 8")
    page.click("#stops button")
    page.keyboard.press("Shift+C")
    assert told(page).startswith("8 events")


def test_the_keys_of_the_terminal_step_here_too(show: Any) -> None:
    page = show(example().page())
    for number, key in enumerate(["s", "Enter", "s", "n", "ArrowRight"], 1):
        page.keyboard.press(key)
        assert told(page).startswith(f"{number} of 8"), key
    page.keyboard.press("b")
    assert told(page).startswith("4 of 8")
    page.locator("#next").focus()
    page.keyboard.press("Enter")
    assert told(page).startswith("5 of 8"), "a button that has the focus is pressed once"
    page.keyboard.press("?")
    assert "s → Enter, b ←" in page.locator("#keys").inner_text()


def test_breakpoints_by_click_and_by_words(show: Any) -> None:
    page = show(example().page())
    page.locator(".box", has_text="d").first.click()
    assert page.locator(".box.stops").count() == 1
    page.keyboard.press("c")
    assert told(page).startswith("2 of 8")
    page.fill("#stopping input", "mul")
    page.select_option("#stopping select", "backward")
    page.keyboard.press("Escape")
    page.click("#stopping button")
    page.locator("#picture").focus()
    page.keyboard.press("c")
    assert told(page).startswith("4 of 8")
    page.fill("#stopping input", "nothing")
    page.click("#stopping button")
    assert page.locator("#stopped").inner_text() == "Nothing here is called nothing in the backward pass."


@pytest.mark.integration
def test_watches_follow(show: Any) -> None:
    page = show(example().page())
    page.fill("#watching input", "e")
    page.click("#watching button")
    assert page.locator("#watched li span").all_inner_texts() == ["e", "not computed", "no gradient"]
    page.locator("#picture").focus()
    page.keyboard.press("End")
    assert page.locator("#watched li span").all_inner_texts() == ["e", "6", "1"]
    page.fill("#watching input", "zz")
    page.click("#watching button")
    assert page.locator("#unwatched").inner_text() == "No node here is called zz."


@pytest.mark.integration
def test_the_story_is_played(show: Any) -> None:
    page = show(example().page())
    page.keyboard.press(" ")
    page.locator("#equation").filter(has_text="2 of 8").wait_for()
    page.keyboard.press(" ")
    assert page.locator("#play").inner_text() == "Play"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.integration
def test_a_telephone(show: Any, scheme: str) -> None:
    page = show(Session(xor().root).page(), 390, 800, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # The picture opens at its first row, which stands clear of what is above it.
    first = page.evaluate(
        "Math.min(...[...document.querySelectorAll('#view .box')].map((e) => e.getBoundingClientRect().top))"
    )
    assert first >= page.evaluate("document.querySelector('header').getBoundingClientRect().bottom") + 14
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert told(page).startswith("44 of 45")
    assert page.locator("#event").is_visible()


@pytest.mark.integration
def test_layers_fold_and_the_event_still_says_which_node(show: Any) -> None:
    page = show(Session(digits().root).page())
    page.keyboard.press("n")
    assert told(page) == "1 of 18, forward: v2 = linear(v1, 0.weight, 0.bias): 32×64, norm 21.7"
    assert page.locator(".box.module.now").count() == 1
    page.keyboard.press("e")
    assert page.locator(".frame").count() >= 4
    assert page.locator(".box.now").count() == 1


def network(samples: int) -> Session:
    net = nn.scalar.MLP(2, [8, 8, 1], rng=0)
    loss = sum(((1.0 - net([0.1 * k, -0.2 * k])).relu() for k in range(samples)), start=Value(0.0))
    return Session(loss)


@pytest.mark.integration
def test_a_thousand_nodes_are_folded_and_can_be_read(show: Any) -> None:
    session = network(4)
    assert 900 < len(session.nodes) < 1600
    page = show(session.page())
    assert page.locator(".box").count() <= 200
    assert (
        page.evaluate(
            "Math.min(...[...document.querySelectorAll('.box text.name')].map((t) => t.getBoundingClientRect().height))"
        )
        > 6
    )
    page.locator("#slider").fill(str(len(session) // 2))
    assert told(page).startswith(f"{len(session) // 2:,} of {len(session):,}")
    assert page.locator(".box.now").count() == 1


@pytest.mark.integration
def test_a_large_graph_says_what_was_left_out() -> None:
    session = network(60)
    assert len(session) > 20_000
    page = session.page()
    assert len(page) < 6_000_000
    assert "events are shown one by one" in page


def test_names_stay_text(show: Any) -> None:
    v = Value(2.0, name=HOSTILE)
    session = Session((v * v).exp())
    session.break_at(name="*img*")
    session.watch(v)
    page = show(session.page(HOSTILE))
    page.keyboard.press("End")
    page.fill("#watching input", HOSTILE)
    page.click("#watching button")
    assert page.title() == HOSTILE
    assert page.locator("img").count() == 0
    assert HOSTILE in page.locator("#watched").inner_text()


@pytest.mark.integration
def test_edits_and_errors_are_told(show: Any) -> None:
    session = example()
    session.edit("a", 10.0)
    page = show(session.page())
    assert "Edited in the session: a = 10." in page.locator("#event").inner_text()
    h = Value(1.0, name="v") * 2.0
    h.register_hook(lambda g: 1 / 0)
    page = show(Session(h.exp()).page())
    assert "The backward pass was stopped: ZeroDivisionError: division by zero" in page.locator("#event").inner_text()


@pytest.mark.integration
def test_a_notebook_shows_the_page_in_a_frame_that_runs_its_script_alone(show: Any) -> None:
    session = example()
    session.goto(3)
    bundle = session._repr_mimebundle_()
    assert bundle["text/plain"] == "<Session: 8 events, at 3: e = c * d = 3 * 2 = 6>"
    assert 'sandbox="allow-scripts allow-forms"' in bundle["text/html"]
    page = show(f"<html><title>{html.escape('notebook')}</title>{bundle['text/html']}</html>")
    frame = page.frame_locator("iframe")
    assert frame.locator("#equation").inner_text() == "3 of 8, forward: e = c * d = 3 * 2 = 6"
    frame.locator("#next").click()
    assert frame.locator("#equation").inner_text() == "4 of 8, backward: e has gradient 1"


@pytest.mark.integration
@pytest.mark.parametrize("width", [1280, 736, 390])
def test_the_hints_of_its_fields_are_seen_whole(show: Any, width: int) -> None:
    page = show(example().page(), width)
    rooms = page.evaluate("""() => [...document.querySelectorAll("aside input")].map((field) => {
      const style = getComputedStyle(field), pen = document.createElement("canvas").getContext("2d");
      pen.font = style.font;
      return [field.placeholder, pen.measureText(field.placeholder).width,
              field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)];
    })""")
    assert [words for words, *_ in rooms] == ["name of a node", "name, op, module"]
    for words, needed, room in rooms:
        assert needed <= room, words
