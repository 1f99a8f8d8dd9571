"""The kept half of the corpus is what it says: sick runs are sick, their remedies heal, healthy runs learn."""

from __future__ import annotations

import pytest

from tests.nn.health.corpus.kept import HEALTHY, RIGHT, SICK
from tests.nn.health.corpus.kept_case import Case, Script
from tests.nn.health.corpus.kept_judge import LEARNED, is_sick, share_left

QUICK = [
    "plane_sgd_diverges_slowly",
    "plane_broadcast",
    "clouds_zero",
    "clouds_dropout",
    "surface_leak",
    "plane_ascent",
    "script_no_step",
    "script_model_anew",
]


def test_the_kept_half_has_the_size_that_was_asked_for():
    assert len({case.name for case in SICK + HEALTHY}) == len(SICK) + len(HEALTHY)
    assert len(SICK) >= 40
    assert len({case.cause for case in SICK}) >= 20
    assert len(HEALTHY) >= 20
    assert all(case.source for case in SICK)
    assert sum(isinstance(case.build(0, False), Script) for case in SICK) >= 10


def test_every_cause_has_its_right_answers():
    assert {case.cause for case in SICK} == set(RIGHT)


def test_a_case_is_the_same_for_the_same_seed_and_other_for_another():
    for case in SICK[:4]:
        first, again, other = (case.build(seed, False) for seed in (3, 3, 4))
        assert (first.data[0] == again.data[0]).all()
        assert (first.data[0] != other.data[0]).any()


@pytest.mark.parametrize("case", [case for case in SICK if case.name in QUICK], ids=lambda case: case.name)
def test_a_sick_run_does_not_learn_and_learns_without_its_trouble(case: Case):
    ill, healed = (share_left(case.build(1, without), 1) for without in (False, True))
    assert is_sick(ill, healed)
    assert healed < LEARNED


@pytest.mark.parametrize("case", HEALTHY[:3], ids=lambda case: case.name)
def test_a_healthy_run_learns(case: Case):
    assert share_left(case.build(1, False), 1) < LEARNED
