"""The picture of a session that steps by itself: what is seen in which frame, and what a picture cannot show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from autograd import Value
from autograd.cli import main
from autograd.debug import DebugError, Session
from autograd.debug.animation import LONGEST
from autograd.examples import chain_rule

SECONDS = 2.0
SEEN = """milliseconds => {
    for (const animation of document.getAnimations()) { animation.pause(); animation.currentTime = milliseconds; }
    const visible = e => { for (; e.nodeType === 1; e = e.parentNode) if (getComputedStyle(e).opacity === "0") return false; return true; };
    const texts = [...document.querySelectorAll("text")].filter(visible);
    return texts.map(t => [...t.querySelectorAll("tspan")].map(s => s.textContent).join("\\n") || t.textContent.trim());
}"""


def session() -> Session:
    return Session(chain_rule().root)


@pytest.mark.browser
def test_frames_show_values_gradients_and_words_of_their_moment(browser: Any) -> None:
    # After e, c and d of the backward pass, and one step back.
    page = browser.new_page()
    page.set_content(session().animation([4, 5, 6, 5], seconds=SECONDS))

    def seen(frame: int) -> list[str]:
        return page.evaluate(SEEN, 1000.0 * SECONDS * (frame + 0.5))  # type: ignore[no-any-return]

    first, second, third, back = map(seen, range(4))
    # c has 3 and 2, d has 2 and 3, e has 6 and 1; a and b have their values only.
    assert sorted(text for text in first if re.fullmatch(r"\d", text)) == [
        "1",
        "1",
        "1",
        "2",
        "2",
        "2",
        "3",
        "3",
        "6",
    ], first
    assert "▶ step: e has gradient 1\nto c: 1 · d = 1 · 2 = 2; c has 2\nto d: 1 · c = 1 · 3 = 3; d has 3" in first
    assert "5" not in second
    assert "5" in third
    assert "5" not in back
    assert "◀ step back: d has gradient 3\nto b: 3 · 1 = 3; b has 5" in back
    page.close()
    # But for the words, going back is what was seen before: d's derivative is still on its edge.
    assert set(second) - set(back) == {"▶ step: c has gradient 2\nto a: 2 · 1 = 2; a has 2\nto b: 2 · 1 = 2; b has 2"}


def test_a_narrow_graph_leaves_room_for_the_longest_line() -> None:
    root = ElementTree.fromstring(session().animation())
    _, _, wide, _ = map(float, root.attrib["viewBox"].split())
    size = float(root.find(".//{http://www.w3.org/2000/svg}g[@font-family]").attrib["font-size"])  # type: ignore[union-attr]
    # Letters are half as wide as they are high.
    assert 0.5 * size * LONGEST < wide < 0.6 * size * LONGEST


def test_where_nothing_moves_the_last_frame_is_seen() -> None:
    svg = session().animation([4, 5, 6])
    shown = re.findall(r'<text [^>]*fill="#c4302b"[^>]*opacity="1"[^>]*>(\d)', svg)
    assert sorted(shown) == ["2", "5"]
    assert "prefers-reduced-motion" in svg


def test_by_default_it_goes_to_the_last_contribution_and_back() -> None:
    words = re.findall(r"<tspan[^>]*>([▶◀][^<]*)", session().animation())
    assert words == [
        "▶ step: c = a + b = 2 + 1 = 3",
        "▶ step: d = b + 1 = 1 + 1 = 2",
        "▶ step: e = c * d = 3 * 2 = 6",
        "▶ step: e has gradient 1",
        "▶ step: c has gradient 2",
        "▶ step: d has gradient 3",
        "◀ step back: d has gradient 3",
        "◀ step back: c has gradient 2",
        "◀ step back: e has gradient 1",
    ]


def test_two_pictures_in_one_page_have_styles_of_their_own() -> None:
    names = [
        set(re.findall(r"@keyframes (\S+?)\{", session().animation(positions))) for positions in ([4, 5, 6], [4, 5, 4])
    ]
    assert names[0] and names[1]
    assert names[0].isdisjoint(names[1])


def test_names_are_text(tmp_path: Path) -> None:
    x = Value(2.0, name='<script>"&')
    svg = Session(x * x).animation()
    root = ElementTree.fromstring(svg)
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
    assert any(text.text == '<script>"&' for text in root.iter("{http://www.w3.org/2000/svg}text"))


def test_arrays_are_told_by_shape_and_norm() -> None:
    svg = Session.of(lambda x: np.tanh(x).sum(), np.ones(4)).animation()
    assert "4, norm 2" in svg


def test_what_is_refused() -> None:
    with pytest.raises(DebugError, match="one position at least"):
        session().animation([])
    with pytest.raises(DebugError, match="position 9 is not from 0 to 8"):
        session().animation([9])
    with pytest.raises(DebugError, match="up to 60 boxes and 120 frames; here are 6 and 200"):
        session().animation([1] * 200)
    with pytest.raises(DebugError, match="seconds=0 is not a number above 0"):
        session().animation(seconds=0)


def test_as_many_boxes_and_frames_are_shown_as_is_said() -> None:
    assert session().animation([1] * 120).startswith("<svg")
    with pytest.raises(DebugError, match="here are 6 and 121"):
        session().animation([1] * 121)
    h = Value(0.5)
    for _ in range(59):
        h = h.sin()
    assert Session(h).animation([1]).startswith("<svg")
    with pytest.raises(DebugError, match="here are 61 and 1"):
        Session(h.sin()).animation([1])


@pytest.mark.integration
def test_the_command_makes_the_picture_of_the_readme(tmp_path: Path) -> None:
    made = tmp_path / "made.svg"
    assert main(["step", "c=a+b; d=b+1; e=c*d", "a=2", "b=1", "--animation", str(made)]) == 0
    held = Path(__file__).parents[3] / "notebooks" / "stepping_back.svg"
    texts = [re.findall(r"<(?:text|tspan)[^>]*>([^<]+)<", path.read_text(encoding="utf-8")) for path in (made, held)]
    assert texts[0] == texts[1]
