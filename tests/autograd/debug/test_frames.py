"""What the line below an animation says, and where its frames are."""

from __future__ import annotations

import pytest

from autograd.debug.animation import Frame, _lines
from autograd.draw.story import Moment


def moment(rows: int) -> Moment:
    told = [(f"x{k}", f"{k} · 1", f"{k}") for k in range(rows)]
    return Moment(1, "backward", boxes=[], operands=[], text="grad e = 1", rows=told)


@pytest.mark.parametrize(
    ("rows", "lines", "last"),
    [
        (0, 1, "▶ step: grad e = 1"),
        (4, 5, "to x3: 3 · 1; x3 has 3"),
        (5, 5, "… and 2 more operands"),
        (6, 5, "… and 3 more operands"),
    ],
)
def test_four_operands_are_told_and_of_more_how_many(rows: int, lines: int, last: str) -> None:
    found = _lines(Frame(1, moment(rows), False))
    assert (len(found), found[-1]) == (lines, last)


def test_a_step_back_is_told_as_such_and_a_frame_without_a_moment_by_its_position() -> None:
    assert _lines(Frame(1, moment(0), True)) == ["◀ step back: grad e = 1"]
    assert _lines(Frame(0, None, False)) == ["before the first step"]
    assert _lines(Frame(3, None, False)) == ["after event 3"]
