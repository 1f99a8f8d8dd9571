"""What a person sees of "Your own graph": nothing cut off, nothing on something else, focus and contrast, wide and narrow."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from autograd.pages import playground
from tests.autograd.pages.test_playground_sight import NAMELESS
from tests.sight import bounds, contrast, rgb, see_texts

pytestmark = [pytest.mark.browser, pytest.mark.integration]

# A residual, a branch, a function of three operands and a number that is not finite.
LARGE = "x=0.5; y=-1.5; r=x+tanh(x*y)+x; s=where(r>0, r, exp(r)); z=log(x)/s; w=clip(sigmoid(s)*y, 0, 1)+z; u=1/(x-x); w+1e-7*r"
PARTS = ".builder :is(.row, .details, .graph, .player, .checked, .shared, button, td)"
# Every text of the picture with its colour, and that of the paper or of its box.
PAINTED = """() => [...document.querySelectorAll(".builder [data-key] text, .builder :is(.labels, .ports) text")]
  .filter((e) => e.textContent).map((e) => {
    const body = e.closest("[data-key]")?.querySelector("rect.body"), paper = getComputedStyle(document.querySelector(".graph"));
    return [e.textContent, getComputedStyle(e).fill, body ? getComputedStyle(body).fill : paper.backgroundColor];
  })"""
SPILT = """() => [...document.querySelectorAll(".builder [data-key]")].flatMap((box) => {
  const body = box.querySelector("rect.body").getBoundingClientRect();
  const spilt = (b) => b.width && (b.left < body.left || b.right > body.right || b.top < body.top || b.bottom > body.bottom);
  return [...box.querySelectorAll("text")].filter((text) => spilt(text.getBoundingClientRect())).map((text) => text.textContent);
})"""


def see_graph(page: Any) -> None:
    """Assert that no box and no label lies on another, and that every text is in its box and stands out."""
    boxes, labels = bounds(page, ".builder [data-key] rect.body"), bounds(page, ".builder .labels text")
    for one, other in combinations([*boxes, *labels], 2):
        assert not one.overlaps(other, by=1.5), f"{one} lies on {other}"
    assert page.evaluate(SPILT) == []
    for text, ink, paper in page.evaluate(PAINTED):
        assert float(contrast(rgb(ink), rgb(paper))) >= 4.5, f"{text!r}: {ink} on {paper}"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_everything_is_seen(show: Any, width: int, scheme: str) -> None:
    page = show(playground(settings={"panel": "build"}).html, width, 900, scheme)
    frame = bounds(page, ".builder .graph")[0]
    assert all(
        box.within(frame) for box in bounds(page, ".builder [data-key] rect.body, .builder .labels text, .ports text")
    )
    see_graph(page)
    page.locator(".builder [data-key='2']").click()
    for summary in page.locator(".builder summary").all():
        summary.click()
    for _ in range(2):
        see_texts(page)
        assert page.evaluate(NAMELESS) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        panel = bounds(page, "#panel")[0]
        for part in bounds(page, PARTS):
            assert part.within(panel), f"{part} is cut off"
        for one, other in combinations(
            bounds(page, ".builder button, .builder .row input:not([type=file]), .builder select"), 2
        ):
            assert not one.overlaps(other), f"{one} lies on {other}"
        page.get_by_role("textbox", name="Expression").fill(LARGE)
        page.keyboard.press("Enter")
        see_graph(page)
        # All of it can be scrolled to.
        assert page.locator(".builder [data-key]").count() == 24
        page.locator(".builder [data-key]").last.scroll_into_view_if_needed()
    page.locator(".builder .graph").focus()
    page.keyboard.press("ArrowLeft")
    see_graph(page)
    assert page.locator(".builder .now rect.body").count() == 1


def test_the_keyboard_reaches_everything_and_its_place_is_seen(page: Any) -> None:
    page.get_by_role("tab", name="Your own graph").click()
    page.locator(".builder [data-key='5']").click()
    page.get_by_role("textbox", name="Expression").focus()
    seen: list[str] = []
    for _ in range(32):
        name, outline = page.evaluate(
            """() => { const e = document.activeElement, near = e.closest("label.file");
            const parts = [e, ...(near ? near.querySelectorAll("span") : [])], body = e.querySelector(":scope > rect.body");
            const ring = body ? parseFloat(getComputedStyle(body).strokeWidth) >= 3
              : parts.some((part) => getComputedStyle(part).outlineStyle !== "none");
            return [e.getAttribute("aria-label") ?? e.textContent, ring]; }"""
        )
        if page.evaluate("document.activeElement === document.body"):
            break
        assert outline, f"{name} has the focus, and nothing shows it"
        seen.append(name)
        page.keyboard.press("Tab")
    wanted = {
        *("Expression", "Draw", "+ Input", "+ Number", "Tidy", "Empty", "Add an operation: tanh, *, …"),
        *("a, value 2, gradient 2", "1, value 1", "e, *, value 6, gradient 1", "Play", "Step", "Name"),
        *("Operation", "Operand x", "Operand y", "Make it the output", "Delete", "Check by differences", "Save and open"),
    }  # fmt: skip
    assert wanted <= set(seen), wanted - set(seen)


def test_the_list_of_operations_is_searched_and_walked_by_keys(page: Any) -> None:
    page.get_by_role("tab", name="Your own graph").click()
    field = page.get_by_role("combobox", name="Add an operation")
    field.focus()
    assert page.locator(".picker [role=option]").count() == 80
    assert page.locator(".picker .group-title").all_inner_texts()[0] == "arithmetic"
    field.fill("hyperbolic")
    assert page.locator(".picker [role=option] b").all_inner_texts() == [
        "tanh",
        "sinh",
        "cosh",
        "asinh",
        "acosh",
        "atanh",
    ]
    page.keyboard.press("ArrowDown")
    assert page.locator(".picker [aria-selected=true] b").inner_text() == "sinh"
    assert field.get_attribute("aria-activedescendant").endswith("-sinh")
    see_texts(page)
    page.keyboard.press("Escape")
    assert not page.locator(".picker .choices").is_visible()
    field.fill("no such thing")
    assert page.get_by_text("There is no such operation.").is_visible()
    page.keyboard.press("Enter")
    assert page.locator(".builder [data-key]").count() == 6
