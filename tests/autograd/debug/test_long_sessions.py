"""The page of a long session: events around its position one by one, and the others in runs."""

from __future__ import annotations

import pytest

from autograd import Value
from autograd.debug import Session, page


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    """Twenty events forward and twenty-one back, of which six are told one by one and the others in five runs."""
    monkeypatch.setattr(page, "MAX_TOLD_EVENTS", 6)
    monkeypatch.setattr(page, "MAX_RUNS", 5)
    y = Value(1.0, name="x")
    for k in range(20):
        y = y + 1.0
        y.name = f"y{k + 1}"
    return Session(y)


def numbers(session: Session) -> list[tuple[int, int]]:
    """The first and the last event of each moment."""
    story = page.scene_and_story(session, session._tape)[1]
    ends = [moment.number for moment in story.moments]
    return list(zip([1, *(end + 1 for end in ends[:-1])], ends, strict=True))


@pytest.mark.parametrize(
    ("position", "first", "last"), [(0, 1, 6), (3, 1, 6), (4, 2, 7), (20, 18, 23), (38, 36, 41), (41, 36, 41)]
)
def test_events_around_the_position_are_told_one_by_one(session: Session, position: int, first: int, last: int) -> None:
    session.goto(position)
    found = numbers(session)
    assert found[0][0] == 1
    assert found[-1][1] == len(session) == 41
    assert [number for number in found if first <= number[0] <= last] == [(n, n) for n in range(first, last + 1)]
    assert max(end - start + 1 for start, end in found) <= 7
    # No run goes from one pass into the other.
    assert any(end == 20 for _, end in found)


def test_a_run_is_told_by_its_events_and_its_first_and_last_node(session: Session) -> None:
    moments = page.scene_and_story(session, session._tape)[1].moments
    (run,) = (moment for moment in moments if moment.number == 13)
    assert (run.text, run.phase, list(run.operands)) == ("events 7 to 13: y7 … y13", "forward", [])
    back = next(moment for moment in moments if moment.phase == "backward" and " to " in moment.text)
    assert back.text.startswith("events 21 to ")
    assert back.text.split(": ")[1].startswith("y20 … ")


def test_a_short_session_is_told_event_by_event(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MAX_TOLD_EVENTS", 41)
    assert numbers(session) == [(n, n) for n in range(1, 42)]
    monkeypatch.setattr(page, "MAX_TOLD_EVENTS", 40)
    assert numbers(session) == [(n, n) for n in range(1, 42)]
