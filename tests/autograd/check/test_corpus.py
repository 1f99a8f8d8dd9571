"""The checker under test: planted wrong derivatives are found and named, and their correct twins pass."""

from __future__ import annotations

import warnings
from collections import Counter

import numpy as np
import pytest

import autograd as ag
from autograd.check import KINDS, Report, check_gradients
from tests.autograd.check.corpus import CORPUS
from tests.autograd.check.corpus.planted import Planted, Subject
from tests.autograd.test_conventions import CASES
from tests.sweep import sweep


def checked(planted: Planted, subject: Subject) -> Report:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # overflow is what some of them are about
        return check_gradients(subject.function, *planted.inputs(), grad=subject.gradient, order=planted.order)


@pytest.mark.parametrize("planted", sweep(CORPUS, 3), ids=lambda p: p.name)
def test_a_correct_twin_passes(planted: Planted) -> None:
    report = checked(planted, planted.right)
    assert report.verdict == "pass", report


@pytest.mark.parametrize("planted", sweep(CORPUS, 3), ids=lambda p: p.name)
def test_a_planted_mistake_fails(planted: Planted) -> None:
    report = checked(planted, planted.wrong)
    assert report.verdict == "fail", report
    assert report.diagnosis is not None
    assert report.diagnosis.kind in KINDS


@pytest.mark.integration
def test_the_kind_of_most_mistakes_is_named() -> None:
    wrong = [checked(planted, planted.wrong) for planted in CORPUS]
    named = [r.diagnosis is not None and r.diagnosis.kind == p.kind for r, p in zip(wrong, CORPUS, strict=True)]
    assert sum(named) >= 0.85 * len(CORPUS), [p.name for p, right in zip(CORPUS, named, strict=True) if not right]


def test_the_corpus_holds_every_kind() -> None:
    counts = Counter(planted.kind for planted in CORPUS)
    assert set(counts) == set(KINDS)
    assert len(CORPUS) >= 40


# Differences see nothing at NaN, beside an infinite jump, or where there are no values around: doubt is the answer.
HOPELESS = ("fmin beside NaN", "where the branch not taken is log", "(-2)**y at 2")


@pytest.mark.parametrize("case", CASES)
def test_no_convention_at_a_kink_is_a_false_alarm(case: str) -> None:
    function, at, _ = CASES[case]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = check_gradients(function, *at)
        value = float(np.asarray(function(*map(np.float64, at))))
    assert report.verdict != "fail", report
    if all(map(np.isfinite, (value, *at))) and case not in HOPELESS:
        assert report.verdict == "pass", report


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (ag.norm, np.zeros(2)),
        (lambda x: ag.norm(x, 1), np.zeros(2)),
        (ag.std, np.ones(3)),
        (np.max, np.array([1.0, 3.0, 3.0])),
        (np.median, np.array([1.0, 2.0, 2.0, 4.0])),
        (np.sort, np.array([2.0, 1.0, 1.0])),
        (np.prod, np.array([0.0, 0.0, 2.0])),
        (np.ptp, np.array([1.0, 1.0, 3.0])),
        (np.cumprod, np.array([0.0, 2.0, 0.0])),
        (lambda a: np.linalg.eigh(a)[0], np.eye(2)),
    ],
)
def test_arrays_at_kinks_are_no_false_alarms(function: object, x: np.ndarray) -> None:
    assert check_gradients(function, x).verdict == "pass"  # type: ignore[arg-type]


ILL_CONDITIONED = [
    (lambda x: 1 / x, 1e-7),
    (ag.log, 1e-9),
    (lambda x: (1e8 + ag.sin(x)) - 1e8, 1.0),
    (lambda x: ag.exp(30 * x) - ag.exp(30.000001 * x), 1.0),
    (lambda x: ag.log(1 - x), 1 - 1e-12),
    (lambda x: ag.sin(1e5 * x), 1.0),
    (lambda x: ag.tanh(1e4 * (x - 1)), 1 + 1e-5),
    (lambda x: x**20, 1e-3),
    (ag.sigmoid, -40.0),
    (lambda x: (x - 1) ** 9, 1.0001),
    (lambda x: ag.cos(x) + x, 1e-12),
]


@pytest.mark.parametrize(("function", "x"), ILL_CONDITIONED)
def test_no_ill_conditioned_point_is_a_false_alarm(function: object, x: float) -> None:
    assert check_gradients(function, x).verdict != "fail"  # type: ignore[arg-type]
