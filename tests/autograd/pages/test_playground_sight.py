"""What a person sees of the playground: wide and narrow, light and dark; maps that are painted, lines, names for readers."""

from __future__ import annotations

import io
from itertools import combinations
from typing import Any

import matplotlib.image
import numpy as np
import pytest

from autograd.pages import playground
from tests.sight import bounds, see_texts

pytestmark = [pytest.mark.browser, pytest.mark.integration]

# Whatever can be operated, without a name that a screen reader could say.
NAMELESS = """() => [...document.querySelectorAll("button, select, input, canvas[role], [role=tab], textarea")]
  .filter((e) => e.checkVisibility() && !e.getAttribute("aria-label") && !e.title && !e.labels?.length && !e.textContent.trim())
  .map((e) => e.outerHTML)"""
DEEP = {
    "layers": ["8-tanh", "8-relu", "6-sigmoid", "4-softplus", "8-silu", "1-sin"],
    "features": ["x1", "x2", "x1x2", "sinx1"],
    "test": True,
}


def shades(element: Any) -> int:
    drawn = matplotlib.image.imread(io.BytesIO(element.screenshot()), format="png")[..., :3]
    return len(np.unique((drawn * 15).astype(int).reshape(-1, 3), axis=0))


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_everything_is_seen(show: Any, wait: Any, width: int, scheme: str) -> None:
    page = show(playground(settings=DEEP).html, width, 900, scheme)
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    page.evaluate("() => { playground.run(30); view.all(); }")
    wait(page, "document.querySelector('#train-loss').textContent !== ''")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for shown in ("weights", "gradients"):
        page.evaluate("(show) => playground.set({ show })", shown)
        wait(
            page,
            f"document.querySelector('#network').classList.contains('gradients') === {str(shown == 'gradients').lower()}",
        )
        see_texts(page)
        page.keyboard.press("t")
    assert page.evaluate(NAMELESS) == []
    boxes = bounds(page, ".neuron, .feature, .head")
    assert len(boxes) == 7 + 36 + 6
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other), f"{one} lies on {other}"
    network = bounds(page, "#network")[0]
    assert all(box.within(network) for box in boxes)
    assert shades(page.locator("#plane")) > 20 and shades(page.locator(".neuron").first) > 3
    # A line for each weight; the features that are not used have none.
    assert page.locator("#links .link").count() == 4 * 8 + 8 * 8 + 8 * 6 + 6 * 4 + 4 * 8 + 8 + 1


def test_tables_and_the_chosen_tab_fit_a_narrow_screen(show: Any, wait: Any) -> None:
    page = show(playground(settings={**DEEP, "panel": "check"}).html, 390, 900)
    for panel in ("check", "gradients", "export"):
        page.evaluate("(panel) => playground.set({ panel })", panel)
        if panel == "check":
            page.get_by_role("button", name="Check now").click()
        assert page.evaluate("document.querySelector('#panel').scrollWidth") <= page.evaluate(
            "document.querySelector('#panel').clientWidth"
        )
        (tab,) = bounds(page, "#tabs [aria-selected=true]")
        assert 0 <= tab.left and tab.right <= 390, panel
    page.get_by_role("button", name="Layer 1, neuron 1").click()
    (box,) = bounds(page, "#inspector")
    assert 0 <= box.top and box.bottom <= 900


def test_the_keyboard_reaches_everything_and_its_place_is_seen(page: Any) -> None:
    page.locator("#reset").focus()
    seen: list[str] = []
    for _ in range(70):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            """() => { const e = document.activeElement, near = e.closest("label.file, .switch label");
            const ring = [e, ...(near ? near.querySelectorAll("span") : [])].some((part) => {
              const style = getComputedStyle(part);
              return style.outlineStyle !== "none" || style.boxShadow !== "none";
            });
            return [e.id || e.getAttribute("aria-label") || e.value || e.textContent, ring]; }"""
        )
        if page.evaluate("document.activeElement === document.body"):
            break
        seen.append(name)
        assert outline, f"{name} has the focus, and nothing shows it"
    wanted = {
        "play",
        "rate",
        "circle",
        "noise",
        "Feature x₁",
        "Add a neuron to layer 1",
        "Layer 1, neuron 1",
        "points",
        "tab-gradients",
    }
    assert wanted <= set(seen)


def test_a_neuron_that_is_pointed_at_is_shown_large(page: Any, wait: Any) -> None:
    before = page.locator("#map").screenshot()
    page.get_by_role("button", name="Layer 1, neuron 1").hover()
    wait(page, "document.querySelector('#seen').textContent === 'layer 1, neuron 1'")
    assert page.locator("#map").screenshot() != before
    page.mouse.move(5, 5)
    wait(page, "document.querySelector('#seen').textContent === 'output'")


def test_dark_and_light_change_by_a_key_and_keys_are_told(page: Any) -> None:
    theme = page.evaluate("document.documentElement.dataset.theme")
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") != theme
    page.keyboard.press("t")
    page.get_by_role("button", name="?").click()
    assert page.get_by_role("heading", name="Keys").is_visible()
    page.get_by_role("button", name="Close").click()
    assert not page.get_by_role("heading", name="Keys").is_visible()
