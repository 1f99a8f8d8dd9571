"""The page in a browser: mouse, keys, folding, search, the played pass, at 1280 and at 390 pixels, without the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nn
from autograd import Value
from autograd.draw import Diagram, draw, snapshot
from autograd.examples import chain_rule

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='hacked'\"></script><b>&amp;"


@pytest.fixture
def opened(show: Any) -> Callable[..., Any]:
    """Opens a diagram's page."""
    return lambda diagram, *how: show(diagram.html, *how)


def example() -> Diagram:
    return draw(chain_rule().root, passes="both", title="the example")


def model() -> Diagram:
    layers = nn.Sequential(nn.Linear(4, 3, rng=0), nn.Tanh(), nn.Linear(3, 2, rng=1))
    loss = nn.CrossEntropyLoss()
    return draw(layers, np.ones((5, 4), np.float32), loss=lambda out: loss(out, np.array([0, 1, 0, 1, 1])))


def titles(page: Any) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(".box text.name").all_text_contents()]


def test_boxes_show_what_the_picture_shows(opened: Any) -> None:
    page = opened(example())
    assert sorted(titles(page)) == ["a", "b", "c +", "d +", "e *"]
    assert page.title() == "the example"
    assert sorted(page.locator(".box text.gradient").all_text_contents()) == ["∇ 1", "∇ 2", "∇ 2", "∇ 3", "∇ 5"]
    assert page.locator("#view .arrow.flowing").count() == 5
    assert "d = 2" in page.locator(".arrow text").all_text_contents()


def test_the_pass_is_played_step_by_step(opened: Any) -> None:
    page = opened(example())
    told = page.locator("#equation")
    assert told.inner_text() == "the backward pass: 5 steps"
    page.keyboard.press("n")
    assert told.inner_text() == "1 of 5: e has 1, sends 2 to c (d = 2), 3 to d (c = 3)"
    assert page.locator(".arrow.now").count() == 2
    page.keyboard.press("n")
    assert told.inner_text() == "2 of 5: c has 2, sends 2 to a (1), 2 to b (1)"
    page.keyboard.press("b")
    assert told.inner_text().startswith("1 of 5: e")
    page.keyboard.press("End")
    assert told.inner_text() == "5 of 5: b has 5"
    page.click("#play")
    told.filter(has_text="2 of 5").wait_for()


@pytest.mark.integration
def test_modules_fold_and_expand_by_mouse_and_by_keys(opened: Any) -> None:
    page = opened(model())
    folded = ["0 Linear", "1 Tanh", "2 Linear", "v4 constant", "v5 cross_entropy"]
    assert sorted(titles(page)) == folded
    page.click(".box.module >> nth=0")
    assert {"weight", "bias"} <= set(titles(page))
    assert page.locator(".frame").count() == 1
    page.keyboard.press("e")
    assert page.locator(".frame").count() == 3
    page.keyboard.press("f")
    assert sorted(titles(page)) == folded
    page.locator(".box.module").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".frame").count() == 1


@pytest.mark.integration
def test_tab_and_arrows_go_along_the_edges(opened: Any) -> None:
    page = opened(example())
    page.locator(".box", has_text="e").last.focus()
    page.keyboard.press("ArrowLeft")
    before = page.evaluate("document.activeElement.textContent")
    assert before[0] in "cd"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent").startswith("e")
    assert page.locator("#details h2").inner_text() == "e *"


@pytest.mark.integration
def test_search_marks_and_shows(opened: Any) -> None:
    page = opened(model())
    page.keyboard.press("/")
    page.keyboard.type("linear")
    assert page.locator("#found").inner_text() == "2 found"
    assert page.locator(".box.match").count() == 2
    page.keyboard.press("Enter")
    assert page.locator("#details h2").inner_text() == "0 Linear"
    assert page.locator("#details svg").count() >= 4, "histograms of value, gradient and parameters"


@pytest.mark.integration
def test_wheel_and_drag_move_the_picture(opened: Any) -> None:
    page = opened(example())
    at = lambda: page.locator("#view").get_attribute("transform")
    start = at()
    page.mouse.move(600, 400)
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(100)
    zoomed = at()
    assert zoomed != start
    page.mouse.down()
    page.mouse.move(700, 450)
    page.mouse.up()
    assert at() != zoomed
    page.keyboard.press("0")
    assert at() == start


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.integration
def test_a_telephone(opened: Any, scheme: str) -> None:
    page = opened(example(), 390, 800, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    corners = [box.bounding_box() for box in page.locator(".box").all()]
    assert all(c["x"] >= 0 and c["x"] + c["width"] <= 390 for c in corners)
    assert min(c["height"] for c in corners if c) > 20


def test_names_stay_text(opened: Any) -> None:
    v = Value(2.0, name=HOSTILE)
    page = opened(draw((v * v).exp(), passes="both", title=HOSTILE))
    page.keyboard.press("n")
    page.locator(".box.leaf").focus()
    assert page.title() == HOSTILE
    assert page.locator("#details h2").inner_text() == HOSTILE
    assert page.locator("img").count() == 0


@pytest.mark.integration
def test_a_graph_without_a_pass_has_no_player(opened: Any) -> None:
    page = opened(draw(chain_rule().root))
    assert not page.locator("#player").is_visible()
    assert page.locator("#view .arrow.plain").count() == 6


@pytest.mark.integration
def test_a_difference_tells_of_changes(opened: Any) -> None:
    w = Value(2.0, name="w")
    before = snapshot(w * w)
    w.data = 5.0
    page = opened(draw(w * w, since=before))
    page.keyboard.press("n")
    assert page.locator("#equation").inner_text() == (
        "1 of 2: v1 gradient 1, change of what it sends: 3 to w (w = 2 → 5), 3 to w (w = 2 → 5)"
    )
