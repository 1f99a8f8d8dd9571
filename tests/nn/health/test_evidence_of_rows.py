"""What the rows alone show, on both sides of each bound that tells a trouble from what is usual."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

import nn
from nn.health.evidence.data import (
    find_broken_rows,
    find_conflicts,
    find_in_rows,
    find_leak,
    find_normalised_rows,
    find_shared_rows,
    find_targets_outside,
    find_threshold,
)
from nn.health.evidence.parts import find_other_classes, find_other_validation
from nn.health.finding import Finding

rng = np.random.default_rng(0)


def only(found: Iterable[Finding]) -> Finding:
    (finding,) = found
    return finding


def test_broken_rows_are_counted_by_row_and_by_column() -> None:
    x = np.zeros((5, 3))
    x[2, 1] = x[2, 2] = x[4, 1] = np.nan
    y = np.array([0.0, np.inf, 0.0, 0.0, 0.0])
    of_inputs, of_targets = find_broken_rows(x, y)
    assert of_inputs.cause == "inputs not finite"
    assert of_inputs.sentence == (
        "2 of 5 rows of the inputs have NaN or infinity, the first in row 2, in 2 of 3 columns (the first is 1)"
    )
    assert of_inputs.evidence == {"rows": 2, "first row": 2, "columns": 2}
    assert (of_targets.cause, of_targets.evidence["first row"]) == ("targets not finite", 1)
    assert list(find_broken_rows(np.zeros((5, 3)), np.arange(5))) == []


@pytest.mark.parametrize(
    ("y", "outputs", "loss", "told"),
    [
        ([0, 1, 2], np.zeros((3, 3)), nn.CrossEntropyLoss(), None),
        ([1, 2, 3], np.zeros((3, 3)), nn.CrossEntropyLoss(), "from 1 to 3, and the network has 3 outputs, for 0 … 2"),
        ([-1, 0, 1], np.zeros((3, 3)), nn.CrossEntropyLoss(), "from -1 to 1"),
        # A single output is a trouble of its own.
        ([0, 1, 1], np.zeros((3, 1)), nn.CrossEntropyLoss(), None),
        ([0, 0, 1], np.zeros((3, 2)), nn.CrossEntropyLoss(), None),
        ([0, 1, 2], np.zeros((3, 2)), nn.CrossEntropyLoss(), "from 0 to 2, and the network has 2 outputs"),
        ([0.0, 1.0], np.zeros(2), nn.BCEWithLogitsLoss(), None),
        ([0.0, 1.5], np.zeros(2), nn.BCEWithLogitsLoss(), "the labels are from 0 to 1.5, and the loss takes 0 … 1"),
        ([-0.5, 1.0], np.zeros(2), nn.BCEWithLogitsLoss(), "the labels are from -0.5 to 1"),
        ([5.0, -1.0], np.zeros(2), nn.MSELoss(), None),
        ([-1.0, 1.0], np.zeros(2), nn.HingeLoss(), None),
        ([0.0, 1.0], np.zeros(2), nn.HingeLoss(), "from 0 to 1, and the loss takes −1 and 1 alone"),
        ([0, 1, 1], np.zeros(3), nn.functional.soft_margin_loss, "from 0 to 1, and the loss takes −1 and 1 alone"),
        ([-1.0, 0.0, 1.0], np.zeros(3), nn.SoftMarginLoss(), "from -1 to 1"),
        ([], np.zeros(0), nn.BCEWithLogitsLoss(), None),
        ([5.0, -1.0], np.zeros(2), lambda o, y: 0.0, None),
    ],
)
def test_targets_that_a_loss_does_not_take(y, outputs, loss, told: str | None) -> None:
    found = list(find_targets_outside(np.array(y), outputs, loss))
    if told is None:
        assert found == []
    else:
        assert only(found).cause == "targets outside the loss"
        assert told in only(found).sentence
        assert only(found).evidence == {"low": min(y), "high": max(y)}


@pytest.mark.parametrize(("outputs", "is_unfit"), [((0.0, 1.0), False), ((-0.1, 0.5), True), ((0.5, 1.1), True)])
def test_raw_scores_for_a_loss_of_probabilities(outputs, is_unfit: bool) -> None:
    found = list(find_targets_outside(np.array([0.0, 1.0]), np.array(outputs), nn.BCELoss()))
    assert [f.cause for f in found] == ["loss unfit"] * is_unfit


def test_rows_that_are_all_alike_are_told_alone() -> None:
    alike = np.ones((6, 2, 2))
    finding = only(find_in_rows(alike, np.arange(6.0), None))
    assert (finding.cause, finding.evidence) == ("inputs all alike", {"rows": 6})
    alike[3, 1, 1] = 2.0
    assert list(find_in_rows(alike, np.arange(6.0), None)) == []
    assert only(find_in_rows(alike, np.zeros(6), None)).cause == "targets all alike"
    for count in (1, 2):
        found = list(find_in_rows(np.ones((count, 2)), np.arange(float(count)), None))
        assert [finding.cause for finding in found] == ["inputs all alike"] * (count > 1)
    assert list(find_in_rows(np.ones((1, 4)), np.zeros(1), None)) == []


@pytest.mark.parametrize(
    ("rows", "columns", "is_told"), [(20, 3, True), (19, 3, False), (20, 2, False)], ids=["enough", "few rows", "few"]
)
def test_a_column_that_is_the_target_takes_rows_and_columns_enough(rows: int, columns: int, is_told: bool) -> None:
    x = rng.normal(size=(rows, columns))
    found = list(find_leak(x, 3.0 - 2.0 * x[:, 1]))
    assert [f.evidence["column"] for f in found] == [1] * is_told
    if is_told:
        assert "column 1 of the inputs is the target but for its scale (correlation 1.000000)" in found[0].sentence


def test_a_column_near_the_target_is_a_feature() -> None:
    x = rng.normal(size=(200, 4))
    assert list(find_leak(x, x[:, 2] + 0.01 * rng.normal(size=200))) == []
    # A constant column has no correlation.
    x[:, 0] = 1.0
    assert list(find_leak(x, rng.normal(size=200))) == []
    assert list(find_leak(x, np.stack([x[:, 1], x[:, 2]], axis=1))) == []


def test_a_column_that_tells_one_class_is_named_with_it() -> None:
    y = np.arange(30) % 3
    x = rng.normal(size=(30, 4))
    x[:, 3] = y == 2
    finding = only(find_leak(x, y))
    assert finding.sentence.startswith("column 3 of the inputs is whether the class is 2 ")
    assert finding.evidence["column"] == 3
    # Of two classes the column of one is the target itself.
    x[:, 3] = y > 0
    assert "the target but for its scale" in only(find_leak(x, (y > 0).astype(int))).sentence


def rows_in_pairs(differing: int) -> tuple[np.ndarray, np.ndarray]:
    """Twenty rows in ten pairs of equal inputs; in so many pairs the targets differ."""
    x = np.repeat(np.arange(10.0), 2)[:, None]
    y = np.zeros(20)
    y[1 : 2 * differing : 2] = 1.0
    return x, y


@pytest.mark.parametrize(("differing", "share"), [(3, None), (4, "40%"), (10, "100%")])
def test_rows_alike_with_other_targets(differing: int, share: str | None) -> None:
    found = list(find_conflicts(*rows_in_pairs(differing)))
    if share is None:
        assert found == []
    else:
        assert only(found).sentence.startswith(f"{share} of the rows have the same inputs")
        assert only(found).evidence["share"] == differing / 10


def test_conflicts_take_rows_enough_and_different_ones() -> None:
    x, y = rows_in_pairs(10)
    assert len(list(find_conflicts(x[:8], y[:8]))) == 0  # each of four inputs is a quarter of the rows
    assert len(list(find_conflicts(x[:7], y[:7]))) == 0
    assert len(list(find_conflicts(x[:12], y[:12]))) == 1
    assert list(find_conflicts(np.arange(20.0)[:, None], y)) == []
    assert list(find_conflicts(x, np.stack([y, y], axis=1))) == []


@pytest.mark.parametrize(("shared", "is_told"), [(3, False), (4, True)])
def test_training_rows_in_the_validation(shared: int, is_told: bool) -> None:
    x = np.arange(40.0).reshape(20, 2)
    other = np.concatenate([x[:shared], -1.0 - x[: 10 - shared]])
    found = list(find_shared_rows(x, np.zeros(20), (other, np.zeros(10))))
    assert [f.evidence["share"] for f in found] == [shared / 10] * is_told
    if is_told:
        assert found[0].sentence.startswith("40% of the validation rows")


def test_rows_that_repeat_in_the_training_part_are_no_leak() -> None:
    x = np.repeat(np.arange(10.0), 2)[:, None]
    assert list(find_shared_rows(x, np.zeros(20), (x, np.zeros(20)))) == []
    assert list(find_shared_rows(np.arange(20.0)[:, None], np.zeros(20), (np.zeros((0, 1)), np.zeros(0)))) == []
    assert list(find_shared_rows(np.arange(20.0)[:, None], np.zeros(20), (np.zeros((5, 2)), np.zeros(5)))) == []


@pytest.mark.parametrize(
    ("scale", "shift", "is_told"),
    [
        (1.0, 0.0, False),
        (2.9, 0.0, False),
        (3.1, 0.0, True),
        (1 / 2.9, 0.0, False),
        (1 / 3.1, 0.0, True),
        (1.0, 1.4, False),
        (1.0, 1.6, True),
        (1.0, -1.6, True),
    ],
)
def test_a_validation_that_was_prepared_otherwise(scale: float, shift: float, is_told: bool) -> None:
    x = rng.normal(size=(50, 3))
    x -= x.mean(axis=0)
    other = x * scale + shift * x.std(axis=0)
    found = list(find_other_validation(x, other))
    assert [f.cause for f in found] == ["validation differs"] * is_told
    for finding in found:
        assert finding.evidence["deviation ratio"] == pytest.approx(scale)
        assert finding.evidence["shift"] == pytest.approx(abs(shift))


def test_few_or_other_rows_show_no_difference_of_the_validation() -> None:
    x = rng.normal(size=(50, 3))
    assert len(list(find_other_validation(x, 10.0 * x[:8]))) == 1
    assert list(find_other_validation(x, 10.0 * x[:7])) == []
    assert list(find_other_validation(x, 10.0 * x[:, :2])) == []
    assert list(find_other_validation(np.ones((50, 3)), 10.0 * x)) == []
    assert list(find_other_validation(np.arange(50)[:, None], np.arange(50)[:, None] * 10)) == []
    # A feature that does not vary is left out.
    x[:, 0] = 1.0
    assert len(list(find_other_validation(x, 10.0 * x))) == 1


@pytest.mark.parametrize(("factor", "is_told"), [(1.0, False), (10.0, True), (0.1, True)])
def test_single_rows_far_off_say_nothing_of_how_a_validation_was_prepared(factor: float, is_told: bool) -> None:
    some = np.random.default_rng(3)
    x, other = some.normal(size=(300, 4)), factor * some.normal(size=(80, 4))
    x[:6] *= 500.0
    assert [f.cause for f in find_other_validation(x, other)] == ["validation differs"] * is_told
    other[:2] *= 500.0
    assert [f.cause for f in find_other_validation(x, other)] == ["validation differs"] * is_told


@pytest.mark.parametrize(("ones", "is_told"), [(5, False), (6, True)])
def test_shares_of_classes_that_differ(ones: int, is_told: bool) -> None:
    y, other = np.zeros(10, int), np.array([1] * ones + [0] * (10 - ones))
    found = list(find_other_classes(y, other))
    assert [f.evidence["apart"] for f in found] == pytest.approx([ones / 10] * is_told)
    if is_told:
        assert found[0].sentence.startswith(
            "of the validation rows 60% have the target 1, of the training rows 0%: the shares of the classes differ by 60%"
        )


def test_few_or_many_kinds_of_targets_show_no_difference_of_shares() -> None:
    assert len(list(find_other_classes(np.zeros(10), np.ones(8)))) == 1
    assert list(find_other_classes(np.zeros(10), np.ones(7))) == []
    assert list(find_other_classes(np.arange(200), np.arange(200) + 200)) == []
    assert list(find_other_classes(np.full(10, 0.5), np.ones(10))) == []
    assert list(find_other_classes(np.zeros(10), np.full(10, np.nan))) == []
    assert list(find_other_classes(np.zeros((10, 2)), np.ones((10, 2)))) == []


@pytest.mark.parametrize("bend", [np.exp, np.cbrt, lambda y: -1.0 / (3.0 + y)])
def test_a_column_that_is_a_bent_target_is_seen(bend) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(200, 4)), np.clip(rng.normal(size=200), -2.9, 9.0)
    assert np.corrcoef(bend(y), y)[0, 1] < 0.9999
    told = only(find_leak(np.column_stack([x, bend(y)]), y))
    assert "column 4 of the inputs is the target but for its scale, which is bent" in told.sentence
    # A little noise, and equal targets, in which ranks say little.
    assert list(find_leak(np.column_stack([x, bend(y + 0.01 * rng.normal(size=200))]), y)) == []
    assert list(find_leak(np.column_stack([x, bend(y)]), np.round(y))) == []


def told_by_a_column(column: np.ndarray, y: np.ndarray, others: int = 4, near: float = 0.0) -> list[Finding]:
    others_of = np.random.default_rng(1).normal(size=(len(y), others)) + near * y[:, None]
    return list(find_threshold(np.column_stack([others_of, column]), y))


@pytest.mark.parametrize("kind", ["a ticket", "a date", "two heaps", "a filling"])
def test_a_column_that_only_some_rows_have_gives_them_away(kind: str) -> None:
    rng = np.random.default_rng(0)
    y = (rng.random(200) < 0.3).astype(int)
    column = {
        "a ticket": np.where(y, rng.integers(5000, 9000, 200), 0),
        "a date": np.where(y == 0, rng.uniform(10.0, 11.0, 200), -1.0),
        "two heaps": 3.0 * y + rng.uniform(0.0, 1.0, 200),
        "a filling": np.where(y, rng.uniform(0.0, 60.0, 200), 100.0),
    }[kind]
    told = only(told_by_a_column(column, y))
    assert told.evidence["column"] == 4
    assert told.sentence.startswith("column 4 of the inputs gives the target away: it is ")


def test_a_threshold_of_what_is_known_gives_nothing_away() -> None:
    rng = np.random.default_rng(0)
    column = rng.normal(size=200)
    y = (column > 0.4).astype(int)
    # The border lies amidst the values; or the classes lie apart in other columns as well.
    assert told_by_a_column(column, y) == []
    assert told_by_a_column(9.0 * y + rng.normal(size=200), y, near=4.0) == []
    apart = 20.0 * y + rng.normal(size=200)
    assert len(told_by_a_column(apart, y)) == 1
    assert told_by_a_column(apart, y, others=1) == []
    # A class of few rows, three classes, and one that is contradicted once.
    assert told_by_a_column(20.0 * (np.arange(200) < 19), (np.arange(200) < 19).astype(int)) == []
    assert told_by_a_column(apart, y + (np.arange(200) < 30)) == []
    y[0] = 1 - y[0]
    assert told_by_a_column(apart, y) == []


@pytest.mark.parametrize("shape", [(60, 12), (60, 1, 6, 6), (60, 20, 1)])
def test_rows_of_one_size_are_normalised_each_by_itself(shape: tuple[int, ...]) -> None:
    rows = np.random.default_rng(0).normal(size=shape).astype(np.float32) * np.linspace(1, 3, 60).reshape(
        -1, *[1] * (len(shape) - 1)
    ).astype(np.float32)
    over = tuple(range(1, len(shape)))
    length = np.sqrt((rows**2).sum(axis=over, keepdims=True))
    centred = rows - rows.mean(axis=over, keepdims=True)
    assert list(find_normalised_rows(rows)) == []
    assert list(find_normalised_rows(centred)) == []
    assert list(find_normalised_rows((rows - rows.mean(axis=0)) / rows.std(axis=0))) == []
    told = only(find_normalised_rows(rows / length))
    assert (told.cause, told.certain) == ("rows normalised", False)
    assert "have one length (1 " in told.sentence
    told = only(find_normalised_rows(centred / rows.std(axis=over, keepdims=True)))
    assert "have one mean and one deviation" in told.sentence


def test_shares_are_normalised_row_by_row_whatever_each_was_scaled_by() -> None:
    some = np.random.default_rng(0)
    goods = some.gamma(2.0, 1.0, (200, 8))
    shares = goods / goods.sum(axis=1, keepdims=True)
    for rows in (shares, 100.0 * shares, (shares - shares.mean(axis=0)) / shares.std(axis=0)):
        assert "have one sum, but for the scales of the features, (" in only(find_normalised_rows(rows)).sentence
    # Amounts, rows that were centred, a sum of some features alone, codes beside numbers, and few rows.
    codes = np.eye(4)[some.integers(0, 4, 200)]
    for rows in (
        goods,
        shares - shares.mean(axis=1, keepdims=True),
        np.hstack([shares, some.normal(size=(200, 1))]),
        np.hstack([codes, some.normal(size=(200, 3))]),
        shares[:23],
    ):
        assert list(find_normalised_rows(rows)) == []


def test_codes_of_one_and_zero_that_were_scaled_are_no_shares() -> None:
    codes = np.eye(5)[np.random.default_rng(0).integers(0, 5, 300)]
    scaled = (codes - codes.mean(axis=0)) / codes.std(axis=0)
    for rows in (codes, scaled, 2.0 * codes - 0.3):
        assert list(find_normalised_rows(rows.astype(np.float32))) == []


def test_codes_are_of_one_size_as_they_come() -> None:
    rng = np.random.default_rng(0)
    assert list(find_normalised_rows(np.eye(8, dtype=np.float32)[rng.integers(0, 8, 100)])) == []
    assert list(find_normalised_rows(np.eye(8, dtype=np.float32)[rng.integers(0, 8, (100, 5))])) == []
    assert list(find_normalised_rows(rng.choice([-1.0, 1.0], (100, 9)).astype(np.float32))) == []
    assert list(find_normalised_rows(rng.permuted(np.tile(np.arange(9.0), (100, 1)), axis=1))) == []
    assert list(find_normalised_rows(rng.integers(0, 9, (100, 9)))) == []


@pytest.mark.parametrize(("shape", "kind", "told"), [((5,), float, True), ((5, 1), float, False), ((5,), int, False)])
def test_a_place_of_a_sequence_may_be_what_is_asked_for(shape: tuple[int, ...], kind: type, told: bool) -> None:
    rng = np.random.default_rng(0)
    y = (rng.random(200) < 0.3).astype(int)
    x = (100.0 * rng.normal(size=(200, *shape))).astype(kind)
    # Of words, many numbers stand for either answer.
    x.reshape(200, -1)[:, 0] = 900 * y + rng.integers(0, 100, 200)
    found = [f for f in find_in_rows(x, y, None) if f.cause == "target among the features"]
    assert len(found) == told


@pytest.mark.parametrize(("fill", "is_told"), [(100.0, True), (75.0, False), (-25.0, True), (30.0, False)])
def test_one_number_for_a_whole_class_stands_apart(fill: float, is_told: bool) -> None:
    some = np.random.default_rng(0)
    y = (some.random(200) < 0.3).astype(int)
    told = told_by_a_column(np.where(y, some.uniform(0.0, 60.0, 200), fill), y)
    assert [f.cause for f in told] == ["target among the features"] * is_told
    # A number that varies must lie further off.
    assert told_by_a_column(np.where(y, some.uniform(0.0, 60.0, 200), fill + some.uniform(0.0, 9.0, 200)), y) == []
