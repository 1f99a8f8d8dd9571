"""What a good engineer sees at once of rows, shapes and losses, each beside what looks like it and is well."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from autograd import Tensor
from nn import functional
from nn.health.evidence import loss as of_loss
from nn.health.evidence.data import find_in_rows, find_normalised_rows
from nn.health.evidence.facts import look
from nn.health.evidence.shapes import find_one_for_several
from nn.health.experiments.remedies.places import _read_otherwise
from nn.health.noisy import find_wrong_numbers
from tests.nn.health.test_judging import experiments, trial
from tests.nn.health.test_told import X, linear, subject

RNG = np.random.default_rng(0)
TWO = RNG.normal(size=(40, 2)).astype(np.float32)


def squared(o: Tensor, y: Tensor) -> Tensor:
    return ((o - y) ** 2).mean()


def absolute(o: Tensor, y: Tensor) -> Tensor:
    return abs(o - y).sum() / len(y)


@pytest.mark.parametrize("loss", [squared, absolute])
@pytest.mark.parametrize("width", [2, 5])
def test_one_answer_is_compared_with_several_targets(loss: Any, width: int) -> None:
    y = RNG.normal(size=(40, width)).astype(np.float32)
    (found,) = find_one_for_several(subject(linear(3, 1), y, loss), X[:, :1], y)
    assert found.cause == "shapes broadcast"
    assert f"(40, 1) and targets of shape (40, {width})" in found.sentence
    # As many answers; marks of raters who agree; and a mean, or one of the targets, that is asked for on purpose.
    alike = (y[:, :1] + 0.3 * y).astype(np.float32)
    for outputs, targets, other in (
        (y + 1.0, y, loss),
        (X[:, :1], alike, loss),
        (X[:, :1], y, lambda o, t: loss(o, t.mean(axis=1, keepdims=True))),
        (X[:, :1], y, lambda o, t: loss(o, t[:, :1])),
    ):
        assert list(find_one_for_several(subject(linear(3, 1), targets, other), outputs, targets)) == []


def correlation(o: Tensor, y: Tensor) -> Tensor:
    a, b = o - o.mean(), y - y.mean()
    return (a * b).mean() / ((a**2).mean() * (b**2).mean() + 1e-6) ** 0.5


def cosine(o: Tensor, y: Tensor) -> Tensor:
    return functional.cosine_similarity(o, y).mean()


@pytest.mark.parametrize(
    ("likeness", "width"),
    [(correlation, 1), (correlation, 2), (cosine, 2), (lambda o, y: (-((o - y) ** 2)).exp().mean(), 1)],
)
def test_a_likeness_that_is_bounded_is_made_small_by_the_wrong_sign(likeness: Any, width: int) -> None:
    y = TWO[:, :width]
    outputs = (0.3 * TWO[::-1, :width]).astype(np.float32)
    for loss, told in (
        (likeness, True),
        (lambda o, t: 1.0 + likeness(o, t), True),
        (lambda o, t: 1.0 - likeness(o, t), False),
    ):
        made = subject(linear(3, width), y, loss)
        causes = [f.cause for f in of_loss.find_by_descent(made, outputs, y, None)]
        assert causes == ["loss maximised"] * told


def test_a_loss_without_a_bound_on_either_side_is_not_mended_by_its_sign() -> None:
    y = np.where(TWO[:, :1] > 0, 1.0, -1.0).astype(np.float32)
    outputs = np.abs(TWO[:, 1:]) + 0.1
    for loss, told in (
        (lambda far, same: ((1 + same) * far - (1 - same) * far).mean(), "loss unbounded"),
        (lambda far, same: 3.0 * (far * same).mean(), "loss unbounded"),
        # Turned round, minus the squared error has a least value.
        (lambda far, same: -((far - same) ** 2).mean(), "loss maximised"),
        (lambda far, same: -abs(far - same).mean(), "loss maximised"),
    ):
        found = of_loss.find_by_descent(subject(linear(3, 1), y, loss), outputs, y, None)
        assert [f.cause for f in found] == [told]


def told_of_validation(x: np.ndarray, other: np.ndarray) -> list[str]:
    y = np.arange(float(len(x)))[:, None]
    return [f.cause for f in find_in_rows(x, y, (other, y[: len(other)] + 0.5))]


def standardised(rows: np.ndarray, ddof: int = 0) -> np.ndarray:
    return ((rows - rows.mean(axis=0)) / rows.std(axis=0, ddof=ddof)).astype(np.float32)


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_a_validation_that_was_scaled_by_its_own_numbers(ddof: int, shift: float) -> None:
    x, other = RNG.normal(size=(100, 4)).astype(np.float32), (RNG.normal(size=(40, 4)) + shift).astype(np.float32)
    assert told_of_validation(x, standardised(other, ddof)) == ["validation differs"]
    assert told_of_validation(standardised(x), standardised(other, ddof)) == ["validation differs"]
    # By the numbers of the training part, or of both together; the same rows; and a single column.
    both = standardised(np.concatenate([x, other]))
    assert told_of_validation(both[:100], both[100:]) == []
    assert told_of_validation(standardised(x), ((other - x.mean(axis=0)) / x.std(axis=0)).astype(np.float32)) == []
    assert "validation differs" not in told_of_validation(standardised(x), standardised(x))
    assert told_of_validation(x[:, :1], standardised(other[:, :1])) == []


@pytest.mark.parametrize("shape", [(60, 8), (60, 1, 5, 5)])
def test_rows_that_are_divided_by_their_peak(shape: tuple[int, ...]) -> None:
    x = RNG.normal(size=shape).astype(np.float32)
    over = tuple(range(1, len(shape)))
    (found,) = find_normalised_rows(1.5 * x / np.abs(x).max(axis=over, keepdims=True))
    assert "one largest value" in found.sentence
    first = x.copy()
    first.reshape(60, -1)[:, 0] = 9.0
    # As they are; all by one number; cut at a bound; and a column of constants.
    for rows in (x, x / np.abs(x).max(), np.clip(x, -0.5, 0.5), first):
        assert list(find_normalised_rows(rows)) == []


@pytest.mark.parametrize("count", [3, 5])
def test_codes_that_were_reshaped_are_read_as_they_stood(count: int) -> None:
    codes = np.eye(count, dtype=np.float32)[RNG.integers(0, count, (50, 12))]
    as_they_should, reshaped = np.ascontiguousarray(codes.transpose(0, 2, 1)), codes.reshape(50, count, 12)
    read = _read_otherwise(2.0 * reshaped - 0.5)
    assert read is not None
    assert np.array_equal(read(reshaped), as_they_should)
    assert _read_otherwise(as_they_should) is None
    # Of noise neighbours say nothing: a trial tells how it stands.
    assert _read_otherwise(RNG.normal(size=(50, count, 12))) is not None


def test_a_place_of_a_sequence_may_be_what_is_asked_for() -> None:
    x = RNG.normal(size=(40, 6, 2))
    assert list(find_in_rows(x, 2.0 * x[:, 0, :1], None)) == []
    assert [f.cause for f in find_in_rows(x.reshape(40, 12), 2.0 * x[:, 0, :1], None)] == ["target among the features"]


@pytest.mark.parametrize(
    ("share", "loss", "told"), [(0.6, nn.L1Loss(), True), (0.4, nn.L1Loss(), False), (0.6, nn.MSELoss(), False)]
)
def test_absolute_errors_where_most_targets_are_one_number(share: float, loss: Any, told: bool) -> None:
    y = np.where(np.arange(40)[:, None] < 40 * share, 0.0, TWO[:, :1]).astype(np.float32)
    assert look(subject(linear(3, 1), y, loss)).loss_differs is told


@pytest.mark.parametrize(("plain", "asks"), [(0.7, True), (1.05, False)])
def test_who_knows_less_of_the_rows_than_the_run_says_nothing_of_noise(
    plain: float, asks: bool, monkeypatch: Any
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("nn.health.noisy.halve_rows", lambda made: asked.append(made) or [])
    monkeypatch.setattr("nn.health.noisy.answer_other_half", lambda *_: None)
    made = experiments(trial(0.6), plain=trial(plain))
    made.subject.judge.form = lambda y: y
    assert list(find_wrong_numbers(made)) == []
    assert bool(asked) is asks
