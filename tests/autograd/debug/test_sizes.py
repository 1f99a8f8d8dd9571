"""What fits on a screen and on a line, and what is said of the rest: letters, tapes, timelines, values of another kind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograd import Tensor, Value
from autograd.debug import Session
from autograd.debug.errors import DebugError
from autograd.debug.fitting import fit_value
from autograd.debug.letters import SCALES, count_columns, count_rows, enlarge, fit_paragraphs, load_alphabet
from autograd.debug.phrases import (
    MAX_LENGTH,
    board_paragraphs,
    describe_addition,
    describe_event,
    explain_ending,
    to_short_line,
)
from autograd.debug.text import session_lines
from autograd.debug.timeline import BUDGET, Timeline
from autograd.examples import chain_rule


def example() -> Session:
    return Session(chain_rule().root)


@pytest.mark.parametrize("scale", SCALES)
def test_large_letters_are_as_wide_and_high_as_is_counted(scale: tuple[int, int]) -> None:
    lines = enlarge("a = 1?", scale)
    assert {len(line) for line in lines} == {count_columns("a = 1?", scale)} == {6 * 3 * scale[0]}
    assert len(lines) == count_rows(scale) == 4 * scale[1]


def test_letters_have_seven_lines_of_five_points() -> None:
    assert {len(drawn) for drawn in load_alphabet().values()} == {7}
    assert {len(line) for drawn in load_alphabet().values() for line in drawn} == {5}


def test_a_letter_that_is_not_drawn_stands_small_in_the_middle_of_its_place() -> None:
    lines = enlarge("a☃a")
    (at,) = [number for number, line in enumerate(lines) if "☃" in line]
    assert (at, lines[at].index("☃")) == (2, 3 + 1)


@pytest.mark.parametrize("scale", SCALES)
def test_the_largest_scale_is_taken_that_fits_to_the_last_cell(scale: tuple[int, int]) -> None:
    width, height = count_columns("abcd", scale), count_rows(scale)
    for room, fits in (((width, height), True), ((width - 1, height), False), ((width, height - 1), False)):
        found = fit_paragraphs([[("abcd", "")]], *room)
        assert (found is not None and found[0] == scale) is fits
    assert fit_paragraphs([[("abcd", "")]], count_columns("abcd", (1, 1)) - 1, 99) is None


def test_pieces_share_a_line_where_there_is_room_and_words_are_broken_in_small_letters_alone() -> None:
    pieces = [("a = b", ""), ("= c", "")]
    width = count_columns("a = b = c", (1, 1))
    assert fit_paragraphs([pieces], width, 4) == ((1, 1), [pieces])
    assert fit_paragraphs([pieces], width, 8) == ((1, 1), [[pieces[0]], [pieces[1]]])
    found = fit_paragraphs([[("aaa bbb", "value")]], count_columns("aaa", (2, 1)), 8)
    assert found == ((2, 1), [[("aaa", "value")], [("bbb", "value")]])
    whole = [[("aaa bbb", "")]]
    assert fit_paragraphs(whole, count_columns("aaa bbb", (2, 1)), 8) == ((2, 1), whole)
    assert fit_paragraphs(whole, count_columns("aaa", (4, 2)) - 1, 99) == ((2, 1), [[("aaa", "")], [("bbb", "")]])


def test_the_board_has_a_line_for_each_thing_that_is_said() -> None:
    session = example()
    assert board_paragraphs(session) == [[("start", "")], [("3 forward", "")], [("5 backward", "")]]
    session.goto(1)
    assert board_paragraphs(session) == [[("c = a + b", ""), ("= 2 + 1", ""), ("= 3", "value")]]
    session.goto(6)
    assert board_paragraphs(session) == [
        [("grad d", ""), ("= 3", "gradient")],
        [("b: 3 · 1", ""), ("= 3", "gradient")],
        [("b has 2 + 3 = 5", "gradient")],
    ]
    session.goto(8)
    assert board_paragraphs(session) == [[("grad b", ""), ("= 5", "gradient")]]
    arrays = Session((Tensor(np.ones((2, 2)), requires_grad=True, name="x") @ np.ones((2, 2))).sum())
    arrays.goto(arrays.forward_length + 2)
    assert [text for text, _ in board_paragraphs(arrays)[1]][0] == "x:"


def test_texts_are_cut_off_after_a_thousand_letters() -> None:
    assert to_short_line("a" * MAX_LENGTH) == "a" * 1000
    assert to_short_line("a" * 1001) == "a" * 1000 + "…"


def test_events_are_described_by_number_name_and_operation() -> None:
    session = example()
    assert describe_event(None) == "the start"
    assert describe_event(session.event_at(6)) == "6 backward · d · add"
    assert describe_event(session.event_at(8)) == "8 backward · b · input"
    assert explain_ending(session.event_at(8)).startswith("an input: its gradient is complete")
    assert explain_ending(session.event_at(6)).startswith("nothing is sent on")


@pytest.mark.parametrize(
    ("before", "contribution", "local", "told"),
    [
        (None, 3.0, 1.0, "b has 5"),
        (2.0, 3.0, 1.0, "b has 2 + 3 = 5"),
        (2.0, -3.0, 1.0, "b has 2 + (-3) = 5"),
        (2.0, 3.0, None, "b has 5, with what came before"),
    ],
)
def test_additions_to_a_gradient(before, contribution: float, local, told: str) -> None:
    sent: Any = SimpleNamespace(name="b", total=5.0, before=before, contribution=contribution, local=local)
    assert describe_addition(sent) == told


@pytest.mark.parametrize(
    ("most", "numbers", "left_out"),
    [
        (8, range(1, 9), None),
        (7, [1, 2, 3, 5, 6, 7, 8], "… 1 event more …"),
        (6, [1, 2, 3, 6, 7, 8], "… 2 events more …"),
        (1, [8], "… 7 events more …"),
    ],
)
def test_of_many_events_the_first_half_and_the_last_are_told(most: int, numbers, left_out: str | None) -> None:
    lines = list(session_lines(example(), most))
    assert [int(line[:5]) for line in lines if line[:5].strip().isdigit()] == list(numbers)
    assert [line.strip() for line in lines if "…" in line] == ([left_out] if left_out else [])
    assert [line for line in lines if not line.startswith(" ")] == ["forward", "backward"][most == 1 :]


def test_only_the_events_at_breakpoints_are_told_where_there_are_some() -> None:
    session = example()
    session.break_at(changes="b")
    told = [line for line in session_lines(session) if line[:5].strip()]
    assert [int(line[:5]) for line in told if line[0] == " "] == [5, 6]
    session.clear()
    session.break_at(above=100.0)
    assert list(session_lines(session)) == ["no breakpoint stops in the 8 events of this pass"]


def test_a_timeline_drops_the_oldest_passes_beyond_its_budget_and_keeps_the_latest() -> None:
    size = example().nbytes
    timeline = Timeline(3 * size)
    assert [len(timeline.add(number, example())) for number in (1, 2, 3)] == [0, 0, 0]
    assert [dropped.number for dropped in timeline.add(4, example())] == [1]
    assert (timeline.present.number, timeline.has_earlier, timeline.has_later) == (4, True, False)
    assert [timeline.go(-1).number, timeline.go(-1).number] == [3, 2]
    assert (timeline.has_earlier, timeline.has_later) == (False, True)
    with pytest.raises(DebugError, match="no earlier pass is kept: passes 2 to 4, within"):
        timeline.go(-1)
    assert timeline.go(2).number == 4
    with pytest.raises(DebugError, match="no later pass is kept"):
        timeline.go(1)
    small = Timeline(size - 1)
    assert small.add(7, example()) == []
    assert [dropped.number for dropped in small.add(8, example())] == [7]
    assert small.describe().startswith("pass 8, within")
    assert Timeline().budget == BUDGET == 256 * 1024**2
    assert Timeline().describe() == "there is no pass yet"


def test_a_timeline_tells_what_a_node_was_in_each_pass() -> None:
    timeline = Timeline()
    timeline.add(1, example())
    timeline.add(2, Session(Value(3.0, name="x") * 2.0))
    assert timeline.history("b") == [(1, 1.0, 5.0)]
    assert timeline.history("x") == [(2, 3.0, 2.0)]
    with pytest.raises(DebugError):
        timeline.history("nothing of this name")


@pytest.mark.parametrize("given", [True, "1", np.ones(1), None, 10**400])
def test_a_number_is_not_replaced_by_another_kind(given: Any) -> None:
    with pytest.raises(DebugError, match=r"^x is (one number and cannot be|a float, and this number is larger)"):
        fit_value("x", 1.0, given)
    assert fit_value("x", 1.0, np.float32(2.5)) == fit_value("x", 1.0, Value(2.5)) == 2.5


@pytest.mark.parametrize(
    ("dtype", "given", "told"),
    [
        ("f4", [1.0, 2.0, 3.0], r"x has shape \(2,\); the new value has shape \(3,\)"),
        ("f4", [1e300, 0.0], "x has dtype float32, which cannot hold float64 data such as this"),
        ("f8", [1j, 0.0], "x has dtype float64, which cannot hold this: complex128 data is not"),
        ("f8", ["a", "b"], "is not an array of numbers"),
        ("i8", [1.5, 2.0], "x has dtype int64, which cannot hold float64 data such as this"),
        ("?", [2, 0], "x has dtype bool, which cannot hold int64 data such as this"),
    ],
)
def test_an_array_is_not_replaced_by_what_it_cannot_hold(dtype: str, given: Any, told: str) -> None:
    with pytest.raises(DebugError, match=told):
        fit_value("x", np.zeros(2, dtype), given)


@pytest.mark.parametrize(
    ("dtype", "given"), [("f4", [0.1, np.inf]), ("i8", [1.0, 2.0]), ("?", [1, 0]), ("c8", [1j, 1])]
)
def test_an_array_is_replaced_in_its_own_dtype(dtype: str, given: Any) -> None:
    found = fit_value("x", np.zeros(2, dtype), Tensor(given) if dtype == "f4" else given)
    assert found.dtype == np.dtype(dtype)
    np.testing.assert_allclose(found, given, rtol=1e-6)
