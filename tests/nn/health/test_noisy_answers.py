"""When networks that answer rows which they have not seen are looked at, and which of their answers are kept."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nn.health import noisy
from nn.health.noisy import _answer_unseen_rows, _varies_alike, answer_other_half, find_wrong_classes, is_left

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
    found = answer_other_half(made, folds, lambda fold: next(given), np.zeros(8))  # type: ignore[arg-type, return-value]
    assert found is not None
    assert (found[0], found[1].tolist()) == (best, [best] * 8)
    assert [course.looked_at for course in courses] == [steps, steps]


@pytest.mark.parametrize("error", [0.2, 0.9])
@pytest.mark.parametrize("columns", [1, 2, 3])
def test_those_who_err_least_of_unseen_rows_are_asked_how_sure_they_are(
    columns: int, error: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    y = np.array([0, 1, 1, 0, 0])
    said = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4], [0.05, 0.95]])

    def form(y: np.ndarray) -> np.ndarray:
        return y[:, None].astype(float) if columns == 1 else np.eye(columns)[y]

    def pad(said: np.ndarray) -> np.ndarray:
        return said[:, 1:] if columns == 1 else np.pad(said, ((0, 0), (0, columns - 2)))

    rows = SimpleNamespace(x=np.zeros((3, 2)), y=y[:3], held_x=np.zeros((2, 2)), held_y=y[3:])
    # The variance of these targets, a constant answer's error: of all classes together.
    constant = float(((form(y) - form(y).mean(axis=0)) ** 2).mean())
    told_by = [(1.2 * error * constant, pad(said[::-1]))]
    given = iter([*told_by, None] if columns == 3 else [*told_by, (error * constant, pad(said))])
    monkeypatch.setattr(noisy, "answer_other_half", lambda *_: next(given))
    judge = SimpleNamespace(form=form, kind="classes")
    made = SimpleNamespace(subject=SimpleNamespace(judge=judge, rows=rows), tried=[])
    told = _answer_unseen_rows(made)  # type: ignore[arg-type]
    # Who knows nothing of such rows contradicts nobody.
    if 1.2 * error > 1.0 and columns == 3:
        assert told == ()
        return
    assert told
    sure, wrong, guessed = told
    kept = said[::-1] if columns == 3 else said
    np.testing.assert_allclose(sure, kept.max(axis=1))
    assert wrong.tolist() == (kept.argmax(axis=1) != y).tolist()
    assert guessed == pytest.approx(1.0 - 0.6**2 - 0.4**2)


@pytest.mark.parametrize(
    ("wrong_of_sixths", "is_told", "is_doubtful"),
    [
        # As many among the surest as elsewhere.
        ((2, 2, 2, 2, 6, 6), True, False),
        # None among the surest: the classes may overlap.
        ((0, 4, 4, 4, 6, 6), False, True),
        # Nearly as many as guesses have, and nearly none.
        ((9, 9, 9, 9, 9, 9), False, False),
        ((0, 0, 1, 0, 6, 6), False, False),
    ],
)
def test_wrong_classes_are_told_where_the_surest_answers_contradict_as_many_as_others(
    wrong_of_sixths: tuple[int, ...], is_told: bool, is_doubtful: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sure = np.linspace(1.0, 0.5, 60)
    wrong = np.concatenate([np.arange(10) < count for count in wrong_of_sixths])
    shuffled = np.random.default_rng(0).permutation(60)
    monkeypatch.setattr(noisy, "_answer_unseen_rows", lambda _: (sure[shuffled], wrong[shuffled], 0.9))
    trial = SimpleNamespace(points=[SimpleNamespace(trained=0.05)], score=0.6, best=SimpleNamespace(held=0.6))
    monkeypatch.setattr(noisy, "skill_of", lambda _: 0.4)
    made: Any = SimpleNamespace(as_it_is=trial, unseen=None)
    assert [finding.cause for finding in find_wrong_classes(made)] == ["noisy targets"] * is_told
    assert [finding.cause for finding in find_wrong_classes(made, doubtful=True)] == ["noisy targets"] * is_doubtful
    monkeypatch.setattr(noisy, "skill_of", lambda _: 0.95)
    assert not list(find_wrong_classes(made))


def test_rows_vary_alike_where_what_varies_does() -> None:
    x = np.zeros((50, 2, 3))
    x[:, 0, 0] = np.linspace(-1.0, 1.0, 50)
    assert _varies_alike(x, x[::-1] + 5.0)
    assert not _varies_alike(x, 2.0 * x)
    assert not _varies_alike(np.zeros((5, 2)), np.zeros((5, 2)))


@pytest.mark.parametrize(
    ("skills", "left"),
    [((0.5, 0.1, 0.2), True), ((0.1, 0.5, 0.2), True), ((0.1, 0.2, 0.5), True), ((0.01,) * 3, False)]
    + [(tuple(0.99 if k == n else 0.5 for k in range(3)), False) for n in range(3)],
)
def test_something_is_left_where_the_best_of_all_learns_and_not_everything(
    skills: tuple[float, ...], left: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noisy, "skill_of", lambda trial: trial)
    made = SimpleNamespace(as_it_is=skills[0], plain=skills[1], tried=[SimpleNamespace(trial=skills[2])])
    assert is_left(made) is left  # type: ignore[arg-type]


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("wrong", [False, True])
def test_wrong_numbers_are_told_of_several_a_row_too(
    columns: int, wrong: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(columns)
    asked = rng.normal(size=(400, columns))
    said = asked + 0.1 * rng.normal(size=asked.shape)
    if wrong:
        asked[::3] = rng.permutation(asked[::3])
    monkeypatch.setattr(noisy, "answer_other_half", lambda *_: (0.1, said))
    monkeypatch.setattr(noisy, "is_left", lambda _: True)
    rows = SimpleNamespace(x=asked[:300], y=asked[:300], held_x=asked[300:], held_y=asked[300:])
    mine, subject = run_of(0.6), SimpleNamespace(judge=SimpleNamespace(form=np.asarray), rows=rows)
    made: Any = SimpleNamespace(as_it_is=mine, plain=run_of(0.6), subject=subject)
    assert [finding.cause for finding in noisy.find_wrong_numbers(made)] == ["noisy targets"] * wrong
    # Networks that know less of the rows than the run does are not asked.
    made.plain = run_of(0.95)
    assert not list(noisy.find_wrong_numbers(made))


def run_of(score: float) -> Any:
    return SimpleNamespace(score=score, points=[None], lost=False)
