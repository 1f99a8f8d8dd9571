"""Sick runs that look like one another, or like healthy ones."""

from __future__ import annotations

import pytest

from tests.nn.health.corpus import tuning_mixed, tuning_partly
from tests.nn.health.corpus.case import Case, diagnose_case
from tests.sweep import sweep


@pytest.mark.integration
@pytest.mark.parametrize(
    "case", sweep(tuning_mixed.SICK + tuning_partly.SICK, 8, pytest.mark.night), ids=lambda case: case.name
)
def test_what_looks_alike_is_told_apart(case: Case) -> None:
    found = diagnose_case(case, 0)
    assert case.is_right(found.cause), str(found)
