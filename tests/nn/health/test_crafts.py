"""Runs of many trades, written without knowing the diagnosis: most are told as they are, and those that are not stand here."""

from __future__ import annotations

import pytest

from tests.nn.health.corpus.case import Case, diagnose_case
from tests.nn.health.corpus.tuning import CRAFTS
from tests.sweep import sweep

SICK = [case for craft in CRAFTS for case in craft.SICK]
WELL = [case for craft in CRAFTS for case in getattr(craft, "WELL", [])]
# Too mild to be proven: such a run learns, and no change gets much further.
MILD = {
    "beams_one_by_one", "songs_in_twos", "recipes_singly", "walkers_by_nesterov", "winds_by_a_frozen_trunk",
    "arm_with_a_rate_that_falls_each_step", "beans_with_norms_kept", "beans_by_one_cycle", "beans_with_a_warm_up",
}  # fmt: skip
# Told another cause, or nothing.
MISSED = {
    "arm_with_a_velocity_by_hand", "arm_row_by_row", "survey_with_a_warm_up",
}  # fmt: skip


@pytest.mark.integration
@pytest.mark.parametrize(
    "case",
    sweep([case for case in SICK if case.name not in MILD | MISSED], 10, pytest.mark.night),
    ids=lambda case: case.name,
)
def test_sick_runs_of_many_trades_are_told_as_they_are(case: Case) -> None:
    found = diagnose_case(case, 0)
    assert case.is_right(found.cause), str(found)


@pytest.mark.integration
@pytest.mark.parametrize("case", sweep(WELL, 4, pytest.mark.night), ids=lambda case: case.name)
def test_odd_runs_that_are_well_are_accused_of_nothing(case: Case) -> None:
    assert not diagnose_case(case, 0).findings


def test_what_is_missed_is_written_down() -> None:
    assert MILD | MISSED <= {case.name for case in SICK}
