"""What a person sees of a page: the arrows, their labels, and what is cut off; asked of the browser and of its pixels."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

import matplotlib.image
import numpy as np

# Every arrow with its state, how strongly it is painted, and points along its line, on the screen.
ARROWS = """() => [...document.querySelectorAll("#view .arrow")].map((arrow) => {
  const line = arrow.querySelector("path.line"), length = line.getTotalLength(), place = line.getScreenCTM();
  let opacity = 1, displayed = true;
  for (let e = line; e instanceof Element; e = e.parentElement) {
    const style = getComputedStyle(e);
    opacity *= Number(style.opacity);
    displayed = displayed && style.display !== "none" && style.visibility === "visible";
  }
  const { width, height } = line.getBoundingClientRect();
  const points = [...Array(33).keys()].map((i) => {
    const at = line.getPointAtLength((length * (i + 0.5)) / 33).matrixTransform(place);
    return [at.x, at.y];
  });
  return { state: arrow.getAttribute("class"), opacity, displayed, size: Math.hypot(width, height), points };
})"""
# For every arrow, whether its head is at the operand that it comes from ("source") or at the result ("target").
HEADS = """() => shown.arrows.map((arrow) => {
  const middle = (e) => { const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; };
  const heads = [...arrow.element.querySelectorAll("path.head")].filter((e) => getComputedStyle(e).display !== "none");
  const box = (key) => shown.boxes.find((b) => b.key === key).element.querySelector("rect.body").getBoundingClientRect();
  const away = (key) => { const b = box(key), [x, y] = middle(heads[0]);
    return Math.hypot(Math.max(b.left - x, 0, x - b.right), Math.max(b.top - y, 0, y - b.bottom)); };
  return { state: arrow.state, heads: heads.length, at: away(arrow.source) < away(arrow.target) ? "source" : "target" };
})"""
BOUNDS = """(selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility()).map((e) => {
  const b = e.getBoundingClientRect();
  return { text: e.textContent, left: b.left, right: b.right, top: b.top, bottom: b.bottom };
})"""
# Texts that are wider or higher than the element that they stand in, which hides or scrolls what is too much. The panel
# beside the picture is made to be scrolled, and an ellipsis says that there is more, to be read where one points at it.
CUT = """() => [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && !e.closest("svg") && e.tagName !== "OPTION"
  && getComputedStyle(e).overflow !== "visible" && !(getComputedStyle(e).textOverflow === "ellipsis" && e.title === e.textContent)
  && (e.scrollWidth > e.clientWidth + 1 || (e.tagName !== "ASIDE" && e.scrollHeight > e.clientHeight + 1)))
  .map((e) => `${e.tagName.toLowerCase()}#${e.id}: ${e.textContent.trim().slice(0, 60)}`)"""

# Texts that reach out of their box.
SPILT = """() => [...document.querySelectorAll("#view .box")].flatMap((box) => {
  const body = box.querySelector("rect.body").getBoundingClientRect();
  return [...box.querySelectorAll("text")].filter((text) => {
    const b = text.getBoundingClientRect();
    return b.width && (b.left < body.left - 1 || b.right > body.right + 1 || b.top < body.top - 1 || b.bottom > body.bottom + 1);
  }).map((text) => text.textContent);
})"""

# Every text of the page outside pictures, with its colour, and that of what is behind it.
TEXTS = """() => [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && !e.closest("svg") && !e.disabled
  && [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim())).map((e) => {
  let behind = e;
  while (behind.parentElement && getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
  return { text: e.textContent.trim().slice(0, 60), colour: getComputedStyle(e).color, paper: getComputedStyle(behind).backgroundColor };
})"""


@dataclass(frozen=True)
class Bounds:
    """Where something with a text is on the screen."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    def overlaps(self, other: Bounds, by: float = 1.0) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        return across > by and min(self.bottom, other.bottom) - max(self.top, other.top) > by

    def within(self, other: Bounds) -> bool:
        return (
            self.left >= other.left - 1
            and self.right <= other.right + 1
            and self.top >= other.top - 1
            and self.bottom <= other.bottom + 1
        )


def bounds(page: Any, selector: str) -> list[Bounds]:
    return [Bounds(**found) for found in page.evaluate(BOUNDS, selector)]


def pixels(page: Any) -> np.ndarray:
    """The screen as (height, width, 3), from 0 to 1."""
    return matplotlib.image.imread(io.BytesIO(page.screenshot()), format="png")[..., :3]


def luminance(colour: np.ndarray) -> np.ndarray:
    """Relative luminance, as WCAG defines it."""
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrast(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """From 1, the same, to 21, black on white."""
    a, b = luminance(one), luminance(other)
    return (np.maximum(a, b) + 0.05) / (np.minimum(a, b) + 0.05)


def rgb(colour: str) -> np.ndarray:
    """Of `rgb(22, 24, 29)`."""
    return np.array([int(part) / 255 for part in re.findall(r"\d+", colour)[:3]])


def see_texts(page: Any) -> None:
    """Assert that every text outside pictures stands out from what is behind it, as WCAG asks of small text."""
    texts = page.evaluate(TEXTS)
    assert texts
    for text in texts:
        ratio = float(contrast(rgb(text["colour"]), rgb(text["paper"])))
        assert ratio >= 4.5, f"{text['text']!r}: {ratio:.2f}, {text['colour']} on {text['paper']}"


def see_pictures(page: Any) -> None:
    """Assert that something is drawn in every figure, in colours that stand out from the page's."""
    paper = rgb(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    for figure in page.locator("figure").all():
        drawn = matplotlib.image.imread(io.BytesIO(figure.screenshot()), format="png")[..., :3]
        assert np.mean(contrast(drawn, paper) > 3.0) > 0.005


def see_arrows(page: Any, count: int) -> None:
    """Assert that `count` arrows are painted, and stand out from the paper; those that a step pales may do so less."""
    arrows, screen = page.evaluate(ARROWS), pixels(page)
    assert len(arrows) == count
    frame = bounds(page, "#picture")[0]
    paper = rgb(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    for arrow in arrows:
        assert arrow["displayed"], f"hidden: {arrow['state']}"
        assert arrow["size"] > 8, f"of no size: {arrow['state']}"
        inside = [
            (round(x), round(y))
            for x, y in arrow["points"]
            if frame.left < x < frame.right - 1 and frame.top < y < frame.bottom - 1
        ]
        # Dashed lines have gaps, and a label lies on a part of the line.
        least = 2.5 if arrow["opacity"] == 1.0 else 1.5
        painted = [contrast(screen[y - 1 : y + 2, x - 1 : x + 2], paper).max() >= least for x, y in inside]
        # Of one that leaves the screen there may be nothing left but its label.
        whole = len(inside) == len(arrow["points"])
        assert sum(painted) >= 0.3 * len(painted) or not whole, f"not painted: {arrow['state']}"


def see_labels(page: Any) -> None:
    """Assert that no label of an arrow lies on another one, or on a box."""
    labels, boxes = bounds(page, "#view .arrow text"), bounds(page, "#view .box rect.body")
    for place, label in enumerate(labels):
        for other in labels[place + 1 :]:
            assert not label.overlaps(other), f"{label.text!r} lies on {other.text!r}"
        for box in boxes:
            assert not label.overlaps(box), f"{label.text!r} lies on a box"
    assert page.evaluate(SPILT) == []


def see_all(page: Any, *, whole: bool = True) -> None:
    """Assert that nothing of the page is cut off; `whole`: nor of the picture."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollHeight") <= page.viewport_size["height"]
    assert page.evaluate(CUT) == []
    if whole:
        frame = bounds(page, "#picture")[0]
        for part in bounds(page, "#view .box, #view .arrow text, #view .frame"):
            assert part.within(frame), f"cut off: {part.text!r}"
