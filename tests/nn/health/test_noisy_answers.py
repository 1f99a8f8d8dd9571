"""When networks that answer rows which they have not seen are looked at, and which of their answers are kept."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nn.health.noisy import _answer_other_half

HALF = np.arange(8) % 2 == 0


class Course:
    """A network whose answers are so far off each time that it is looked at."""

    def __init__(self, off: list[float]) -> None:
        self.off, self.looked_at, self.lost, self.link = off, list[int](), False, "numbers"
        self.rows, self.judge = SimpleNamespace(held_x=np.zeros(4)), SimpleNamespace(read=lambda given, link: given)

    def train(self, until: int, seconds: float, points: int) -> None:
        self.looked_at.append(until)

    def answers(self, x: np.ndarray) -> np.ndarray:
        return np.full(len(x), self.off[len(self.looked_at) - 1])


@pytest.mark.parametrize(
    ("off", "steps", "best"),
    [
        ([6.0, 5.0, 4.0, 3.0, 2.0, 1.0], [10, 20, 40, 80, 160, 320], 1.0),
        ([3.0, 2.0, 2.29, 2.29, 2.29, 2.29], [10, 20, 40, 80, 160, 320], 2.0),
        ([3.0, 2.0, 2.31, 1.0, 1.0, 1.0], [10, 20, 40], 2.0),
    ],
)
def test_answers_are_those_from_before_a_network_becomes_worse(off: list[float], steps: list[int], best: float) -> None:
    courses = [Course(off), Course(off)]
    given = iter(courses)
    made: Any = SimpleNamespace(left=1.0, subject=SimpleNamespace(judge=SimpleNamespace(kind="numbers")))
    folds: Any = [(HALF, None), (~HALF, None)]
    found = _answer_other_half(made, folds, lambda fold: next(given), np.zeros(8))  # type: ignore[arg-type, return-value]
    assert found is not None
    assert (found[0], found[1].tolist()) == (best, [best] * 8)
    assert [course.looked_at for course in courses] == [steps, steps]
