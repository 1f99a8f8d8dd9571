"""The one line of a report, with one loss and with several, and its bars."""

from __future__ import annotations

import math

import pytest

from nn.health import show
from nn.health.finding import Finding
from nn.health.record import Record
from nn.health.verdict import Verdict


def test_the_summary_has_the_verdict_the_steps_and_the_loss() -> None:
    finding = Finding("dead units", "1", "told", "mend it")
    for losses, told in (
        ([2.0], "one batch, loss 2"),
        ([2.0, 1.5], "0 of 2 steps measured, loss 2 → 1.5"),
        ([2.0, 9.0, 1.25], "0 of 3 steps measured, loss 2 → 1.25"),
    ):
        assert Verdict(Record([], losses), []).summary == f"health: healthy ({told})"
        assert Verdict(Record([], losses), [finding]).summary == f"health: dead units ({told})"
    assert Verdict(Record(), [])
    assert not Verdict(Record(), [finding])


@pytest.mark.parametrize(
    ("sizes", "decades"), [([], (-1, 0)), ([1e-3], (-3, -2)), ([0.02, 3.0], (-2, 1)), ([0.1, 0.5], (-1, 0))]
)
def test_bars_go_from_one_power_of_ten_to_another(sizes: list[float], decades: tuple[int, int]) -> None:
    assert show._decades(sizes) == decades


def test_a_bar_is_filled_by_the_decade_and_has_a_line_at_the_usual_size() -> None:
    half = show.BAR_WIDTH // 2
    assert show._bar(0.1, -2, 0).plain == ("█" * half).ljust(show.BAR_WIDTH)
    for size, filled in (
        (1.0, show.BAR_WIDTH),
        (50.0, show.BAR_WIDTH),
        (1e-3, 0),
        (0.0, 0),
        (math.inf, show.BAR_WIDTH),
    ):
        assert show._bar(size, -2, 0).plain.count("█") == filled
    assert show._bar(1.0, -2, 0, mark=-1).plain[half] == "▓"
    assert show._bar(1e-2, -2, 0, mark=-1).plain == "╎".rjust(half + 1).ljust(show.BAR_WIDTH)
