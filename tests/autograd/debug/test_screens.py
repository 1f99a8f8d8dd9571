"""Whole screens of the terminal's debugger, as letters, and what a stepping picture shows in which frame."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from autograd.debug import Session
from tests.texts import Transcript, scenes_of

pytest.importorskip("textual")
from autograd.debug.letters import SCALES, enlarge, load_alphabet
from autograd.debug.terminal import format_keys
from tests.autograd.debug.test_dialogues import chain_rule, prepared, repeated, stopped
from tests.autograd.debug.test_terminal import keys_of, run

SCREENS = Transcript(__file__, "screens")


def show(make: Callable[[], Session], *keys: str, **how: Any) -> str:
    lines, app = run(make(), *keys, **how)
    return "\n".join([*lines, f"(at {app.session.position}, left by {app.return_value!r})"])


def marked() -> Session:
    return prepared(chain_rule, "break op=add", "break above=2 phase=backward", "w b", "w e", "e a 3", "e d 0.5", "g 6")


SCREENS.scenes["all panels, with breakpoints, watches and an edit"] = lambda: show(
    marked, size=(100, 34), title="c · d"
)
SCREENS.scenes["a small screen"] = lambda: show(
    lambda: prepared(repeated, "g 14"), size=(44, 14), title="many operands"
)
SCREENS.scenes["large letters"] = lambda: show(lambda: prepared(chain_rule, "g 6"), "L", size=(110, 30))
SCREENS.scenes["large letters where there is little room"] = lambda: show(
    chain_rule, *["s"] * 4, size=(30, 10), large=True
)
SCREENS.scenes["leaving a program"] = lambda: show(chain_rule, "q", size=(80, 20), more=True)
SCREENS.scenes["a command that is wrong"] = lambda: show(
    chain_rule, "colon", *keys_of("break op=sub"), "s", "p", *keys_of("e"), size=(80, 18)
)
SCREENS.scenes["a pass that stopped, and many operands"] = lambda: show(stopped, "end", size=(70, 16))
SCREENS.scenes["the tape scrolled to the middle"] = lambda: show(repeated, *["pagedown"] * 2, size=(80, 16))

KEYS = Transcript(__file__, "keys")
KEYS.scenes["the last line"] = lambda: "\n".join(
    f"{width} {format_keys(width, more, earlier)}"
    for width in (10, 30, 45, 60, 78, 98, 118, 200)
    for more, earlier in ((False, False), (True, True))
)
KEYS.scenes["letters"] = lambda: "\n".join(
    line for k in range(0, len(load_alphabet()), 12) for line in enlarge("".join(list(load_alphabet())[k : k + 12]))
)
KEYS.scenes["scales"] = lambda: "\n".join(f"{scale}\n" + "\n".join(enlarge("a∇=1", scale)) for scale in SCALES)

PICTURES = Transcript(__file__, "stepping")


def tell_picture(svg: str) -> str:
    """The frames of a picture, without the places that Graphviz gave its parts."""
    root = ElementTree.fromstring(svg)
    style = next(e for e in root.iter() if e.tag.endswith("style"))
    lines = (
        re.sub(r"[a-z]+[0-9a-f]{6,}", "P", style.text or "").replace("}.", "}\n.").replace("}@", "}\n@").splitlines()
    )
    for element in root.iter():
        if element.get("class") and element.get("opacity"):
            text = " | ".join(
                f"{_place(t)}{''.join(t.itertext()).strip()}"
                for t in element.iter()
                if t.tag.endswith(("text", "tspan"))
            )
            name = re.sub(r"[a-z]+[0-9a-f]{6,}", "P", element.get("class") or "")
            lines.append(f"{element.tag.rpartition('}')[2]} {name} {element.get('opacity')}: {_place(element)}{text}")
    return "\n".join(lines)


def _place(element: ElementTree.Element) -> str:
    """Where a line of words stands, or the dot of an event, which Graphviz did not place."""
    given = [(name, element.get(name)) for name in ("x", "y", "dy", "cx", "r")]
    told = " ".join(f"{name}={value}" for name, value in given if value is not None)
    return f"({told}) " if told and element.tag.endswith(("tspan", "circle")) else ""


PICTURES.scenes["the chain rule, three steps and one back"] = lambda: tell_picture(
    chain_rule().animation([4, 5, 6, 5], seconds=2.0)
)
PICTURES.scenes["the chain rule, there and back"] = lambda: tell_picture(chain_rule().animation())
PICTURES.scenes["six operands"] = lambda: tell_picture(repeated(6).animation([7, 8]))


@pytest.mark.parametrize(("transcript", "title"), scenes_of(SCREENS, KEYS, PICTURES))
def test_what_is_told_is_as_it_was_when_it_was_read(transcript: Transcript, title: str) -> None:
    transcript.compare(title)


def test_all_of_them_are_kept() -> None:
    assert SCREENS.complete()
    assert KEYS.complete()
    assert PICTURES.complete()
