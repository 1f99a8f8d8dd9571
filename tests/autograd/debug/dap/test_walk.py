"""The walk that the book shows, as it goes over the protocol now."""

from __future__ import annotations

import re

import pytest

from tests.autograd.debug.dap.walk import BLOCK, PAGE, PICTURE, picture, transcript


@pytest.fixture(scope="module")
def told() -> str:
    return transcript()


def test_one_breakpoint_back_to_where_the_gradient_died_and_forward_again(told: str) -> None:
    shown = BLOCK.search(PAGE.read_text(encoding="utf-8"))
    assert shown is not None
    assert shown[0] == told, "python -m tests.autograd.debug.dap.walk writes it anew"
    assert "to v3: where(v3 <= 0, 0, g): 32×8, norm 0, 100 % zero" in told
    assert told.index("backward") < told.index("forward · v3") < told.rindex("→ next")


def test_the_picture_is_of_that_walk(told: str) -> None:
    # How rich draws it differs from version to version, and what it says does not.
    drawn, shown = (re.sub(r"<[^>]*>", "", text) for text in (picture(told), PICTURE.read_text(encoding="utf-8")))
    words = [word for line in told.splitlines() for word in line.split() if word.isalnum()]
    assert all(word in drawn and word in shown for word in words)
