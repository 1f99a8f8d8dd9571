"""The passes that are kept: within a budget of memory, and at a cost for each that does not grow with their number."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any, cast

from autograd.debug.timeline import Timeline


def session(nbytes: int) -> Any:
    return cast(Any, SimpleNamespace(nbytes=nbytes))


def test_what_no_longer_fits_is_handed_back() -> None:
    timeline = Timeline(budget=10)
    assert [timeline.add(number, session(4)) for number in (1, 2)] == [[], []]
    assert [one.number for one in timeline.add(3, session(4))] == [1]
    assert [one.number for one in timeline.add(4, session(100))] == [2, 3], "the last one is kept, however large"
    assert [one.number for one in timeline.passes] == [4]
    assert [one.number for one in timeline.add(5, session(1))] == [4]
    assert timeline.add(6, session(9)) == []


def test_a_pass_costs_the_same_however_many_are_kept() -> None:
    timeline, taken = Timeline(budget=2**60), []
    for first in range(1, 20_001, 2000):
        began = time.thread_time()
        for number in range(first, first + 2000):
            timeline.add(number, session(1))
        taken.append(time.thread_time() - began)
    assert min(taken[-3:]) < 5 * min(taken[:3])
