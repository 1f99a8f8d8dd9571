"""How good answers are beside the best constant one, and which rows they are judged by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import nn
from nn.health.evidence.data import find_targets_outside
from nn.health.frameworks.adapt import adapt
from nn.health.scores import Judge, make_judge, name_of
from nn.health.subject import Subject, split_rows


def no_loss(outputs: np.ndarray, y: np.ndarray) -> float:
    raise AssertionError("a known loss is not asked")


def judge(outputs: np.ndarray, y: np.ndarray, loss) -> Judge:
    return make_judge(outputs, np.asarray(y), loss, no_loss)


def test_losses_go_by_the_name_of_their_class_or_function() -> None:
    assert name_of(nn.CrossEntropyLoss()) == "crossentropyloss"
    assert name_of(nn.functional.mse_loss) == "mse_loss"


def test_numbers_are_judged_by_their_squared_error_over_their_variance() -> None:
    y = np.array([1.0, 3.0, 5.0])
    made = judge(np.zeros((3, 1)), y, nn.L1Loss())
    assert (made.kind, made.link, made.constant.tolist()) == ("numbers", "numbers", [3.0])
    mine, constant = made.rows(np.array([[1.0], [2.0], [4.0]]), y)
    assert (mine.tolist(), constant.tolist()) == ([0.0, 1.0, 1.0], [4.0, 0.0, 4.0])
    assert made.relative(np.array([[1.0], [2.0], [4.0]]), y) == 0.25
    assert made.relative(np.array([[np.nan], [2.0], [4.0]]), y) == np.inf
    assert made.relative(np.ones((3, 1)), np.full(3, 3.0)) == np.inf
    assert np.isnan(made.balanced(np.zeros((3, 1)), y))


def test_several_numbers_of_a_row_are_added_up() -> None:
    y = np.array([[0.0, 0.0], [2.0, 4.0]])
    made = judge(np.zeros((2, 2)), y, nn.MSELoss())
    assert made.constant.tolist() == [1.0, 2.0]
    mine, constant = made.rows(np.zeros((2, 2)), y)
    assert (mine.tolist(), constant.tolist()) == ([0.0, 20.0], [5.0, 5.0])


def test_classes_are_judged_by_the_brier_score_of_their_probabilities() -> None:
    y = np.array([0, 0, 0, 1])
    made = judge(np.zeros((4, 2)), y, nn.CrossEntropyLoss())
    assert (made.kind, made.link, made.constant.tolist()) == ("classes", "logits", [0.75, 0.25])
    mine, constant = made.rows(np.full((4, 2), 7.0), y)
    np.testing.assert_allclose(mine, 0.5)
    np.testing.assert_allclose(constant, [0.125, 0.125, 0.125, 1.125])
    assert made.relative(np.full((4, 2), 7.0), y) == pytest.approx(0.5 / 0.375)
    # With each class counting the same, the constant answer is no better than the even one.
    assert made.balanced(np.full((4, 2), 7.0), y) == pytest.approx(1.0)
    sure = np.array([[9.0, 0.0]] * 4)
    assert made.balanced(sure, y) == pytest.approx(2.0, rel=1e-3)
    assert made.relative(sure, y) == pytest.approx(0.5 / 0.375, rel=1e-3)


@pytest.mark.parametrize(
    ("link", "outputs"),
    [
        ("logits", [[800.0 + np.log(0.2), 800.0 + np.log(0.8)]]),
        ("log-probabilities", [[np.log(0.2), np.log(0.8)]]),
        ("probabilities", [[0.2, 0.8]]),
    ],
)
def test_outputs_are_read_as_probabilities(link, outputs) -> None:
    made = judge(np.zeros((2, 2)), [0, 1], nn.CrossEntropyLoss())
    np.testing.assert_allclose(made.read(np.array(outputs), link), [[0.2, 0.8]])
    # The logarithm of a probability is not above 0.
    assert made.read(np.array([[3.0, -np.inf]]), "log-probabilities").tolist() == [[1.0, 0.0]]


def test_labels_are_judged_one_by_one_and_minus_one_is_no() -> None:
    y = np.array([[1.0], [0.0], [0.0], [0.0]])
    made = judge(np.zeros((4, 1)), y, nn.BCEWithLogitsLoss())
    assert (made.kind, made.link, made.constant.tolist()) == ("labels", "logits", [0.25])
    mine, constant = made.rows(np.zeros((4, 1)), y)
    assert (mine.tolist(), constant.tolist()) == ([0.25] * 4, [0.5625, 0.0625, 0.0625, 0.0625])
    assert made.balanced(np.zeros((4, 1)), y) == pytest.approx(1.0)
    assert made.form(np.array([-1, 1, 0])).tolist() == [[0.0], [1.0], [0.0]]
    assert made.read(np.array([[-1000.0], [1000.0]]), "logits").ravel().tolist() == pytest.approx([0.0, 1.0])
    certain = judge(np.zeros((4, 1)), y, nn.BCELoss())
    assert (certain.kind, certain.link) == ("labels", "probabilities")
    assert certain.read(np.array([[0.3]]), "probabilities").tolist() == [[0.3]]


def test_shares_of_classes_may_be_targets() -> None:
    y = np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]])
    made = judge(np.zeros((2, 3)), y, nn.CrossEntropyLoss())
    assert (made.kind, made.constant.tolist()) == ("classes", [0.25, 0.75, 0.0])
    assert made.form(y).tolist() == y.tolist()


@pytest.mark.parametrize(
    ("outputs", "y", "loss", "kind"),
    [
        # Numbers that are met as classes are numbers, and class numbers that are met as numbers are classes.
        (np.zeros((3, 1)), [0.5, 1.0, 2.0], nn.CrossEntropyLoss(), "numbers"),
        (np.zeros((3, 2)), [0, 1, 1], nn.MSELoss(), "classes"),
        (np.zeros((3, 1)), [0, 1, 1], nn.MSELoss(), "numbers"),
        # What does not fit is judged by the user's own loss.
        (np.zeros((3, 4)), [[0.0], [1.0], [2.0]], nn.MSELoss(), "own"),
        (np.zeros((2, 2)), [0, 1, 1], nn.CrossEntropyLoss(), "classes"),
        (np.zeros((3, 5, 2)), [[0, 1, 0, 1, 0]] * 3, nn.CrossEntropyLoss(), "classes"),
        (np.zeros((3, 5, 2)), [0, 1, 0], nn.CrossEntropyLoss(), "own"),
    ],
)
def test_kinds_of_targets(outputs, y, loss, kind: str) -> None:
    assert judge(outputs, y, loss).kind == kind


def test_targets_outside_of_the_classes_are_not_counted() -> None:
    assert judge(np.zeros((4, 2)), [-1, 0, 1, 2], nn.CrossEntropyLoss()).constant.tolist() == [0.5, 0.5]


def value_of(function):
    return lambda outputs, y: float(function(np.asarray(outputs, float), y))


@pytest.mark.parametrize(
    ("value", "outputs", "y", "kind", "link"),
    [
        # Softmax does not see what is added to all scores.
        (lambda o, y: (o[:, 0] - o[:, 1]).sum(), np.ones((3, 2)), [0, 1, 1], "classes", "logits"),
        (lambda o, y: o.sum(), np.full((3, 2), 0.5), [0, 1, 1], "classes", "probabilities"),
        (lambda o, y: o.sum(), np.full((3, 2), np.log(0.5)), [0, 1, 1], "classes", "log-probabilities"),
        (lambda o, y: o.sum(), np.full((3, 2), 2.0), [0, 1, 1], "classes", "logits"),
        (lambda o, y: np.exp(-o).sum(), np.zeros((3, 1)), [0.0, 1.0, 1.0], "labels", "logits"),
        (lambda o, y: ((o - 1.0) ** 2).sum(), np.zeros((3, 1)), [0.0, 1.0, 1.0], "numbers", "numbers"),
        (lambda o, y: np.nan if o.max() > 1.0 else 0.0, np.zeros((3, 1)), [0.0, 1.0, 1.0], "labels", "probabilities"),
        (lambda o, y: ((o - 1.0) ** 2).sum(), np.zeros((3, 1)), [1.0, 1.0, 1.0], "numbers", "numbers"),
        (lambda o, y: ((o - 1.0) ** 2).sum(), np.zeros((3, 1)), [0.5, 1.0, 0.0], "numbers", "numbers"),
    ],
)
def test_what_an_own_loss_makes_of_outputs_is_guessed(value, outputs, y, kind: str, link: str) -> None:
    def own(outputs, y):
        raise AssertionError

    with np.errstate(all="ignore"):
        made = make_judge(outputs, np.array(y), own, value_of(value))
    assert (made.kind, made.link) == (kind, link)


def test_an_own_loss_that_refuses_outputs_takes_probabilities() -> None:
    def value(outputs: np.ndarray, y: np.ndarray) -> float:
        if outputs.max() > 1.0:
            raise ValueError("no probability")
        return 0.0

    made = make_judge(np.zeros((3, 1)), np.array([0.0, 1.0, 1.0]), lambda o, y: 0.0, value)
    assert (made.kind, made.link) == ("labels", "probabilities")


def test_the_kind_own_is_judged_by_the_users_loss_beside_one_answer_to_everything() -> None:
    made = Judge("own", "numbers", np.zeros(1), lambda outputs, y: 2.0 if np.ptp(outputs) else 8.0, own_constant=4.0)
    mine, constant = made.rows(np.arange(4.0), np.zeros(4))
    assert (mine.tolist(), constant.tolist()) == ([2.0], [8.0])
    assert made.relative(np.arange(4.0), np.zeros(4)) == 0.25
    # Of a loss below 0 there is no share.
    below = replace(made, loss=lambda outputs, y: 2.0 if np.ptp(outputs) else -8.0)
    assert below.relative(np.arange(4.0), np.zeros(4)) == 0.5


@pytest.mark.parametrize(
    ("count", "held"), [(23, None), (24, 9), (100, 40), (250, 100), (400, 100), (1000, 250), (1600, 400), (4000, 400)]
)
def test_of_few_rows_a_larger_share_is_held_back(count: int, held: int | None) -> None:
    x, y = np.arange(count), np.arange(count) * 2
    rows = split_rows(x, y, 0, shuffle=True)
    if held is None:
        assert rows.held_x is rows.x is x
        return
    assert (len(rows.held_x), len(rows.x)) == (held, count - held)
    assert sorted([*rows.x, *rows.held_x]) == x.tolist()
    assert np.array_equal(rows.y, 2 * rows.x)
    assert np.array_equal(rows.held_y, 2 * rows.held_x)
    assert not (np.diff(rows.x) > 0).all()
    assert (np.diff(split_rows(x, y, 0, shuffle=False).x) > 0).all()
    assert not np.array_equal(split_rows(x, y, 1, shuffle=True).held_x, rows.held_x)


SWITCHES = ((np.arange(64)[:, None] >> np.arange(6)) & 1).astype(np.float32)
PAIRS = np.stack([np.repeat(np.arange(7), 7), np.tile(np.arange(7), 7)], axis=1)


@pytest.mark.parametrize("x", [SWITCHES, 2.0 * SWITCHES - 1.0, PAIRS], ids=["bits", "signs", "codes"])
def test_of_a_whole_table_no_rows_are_held_back(x: np.ndarray) -> None:
    y = (x.sum(axis=1) % 3).astype(int)
    data, loss = (x.astype(np.float32), y), nn.CrossEntropyLoss()
    network = adapt(nn.Linear(x.shape[1], 3, rng=0), data, loss, None, 16, True, (None, None, None)).network
    whole = Subject(network, x, y, None, 16, True, None, 100, 0)
    assert whole.rows.held_x is whole.rows.x is x
    assert not whole.holds_rows
    # With rows of the user's own that are held, or with some that are not there, others are asked for.
    assert Subject(network, x, y, (x[:5], y[:5]), 16, True, None, 100, 0).holds_rows
    assert Subject(network, x[1:], y[1:], None, 16, True, None, 100, 0).holds_rows
    assert Subject(network, x + 0.25 * np.arange(len(x))[:, None] % 1, y, None, 16, True, None, 100, 0).holds_rows


@pytest.mark.parametrize("columns", [2, 3])
def test_answers_of_which_only_the_direction_counts_are_judged_by_it(columns: int) -> None:
    rng = np.random.default_rng(columns)
    y = rng.normal(size=(40, columns)) + 2.0

    def off(outputs: np.ndarray, y: np.ndarray) -> float:
        sizes = np.linalg.norm(outputs, axis=1) * np.linalg.norm(y, axis=1)
        return float((1.0 - (outputs * y).sum(axis=1) / sizes).mean())

    made = make_judge(rng.normal(size=y.shape), y, off, off)
    assert (made.kind, made.link) == ("numbers", "directions")
    assert made.relative(y * rng.uniform(0.1, 9.0, (40, 1)), y) == pytest.approx(0.0, abs=1e-12)
    assert made.relative(np.tile(3.0 * made.constant, (40, 1)), y) == pytest.approx(1.0)
    assert made.relative(-y, y) > 2.0
    # One that minds how long they are, and one that is the same for all answers, are of numbers.
    for other in (lambda o, y: float(((o - y) ** 2).mean()), lambda o, y: 1.0):
        assert make_judge(rng.normal(size=y.shape), y, other, other).link == "numbers"


@pytest.mark.parametrize("turn", [1.0, 2.0 * np.pi, 24.0, 360.0])
@pytest.mark.parametrize("shape", [(60,), (60, 1), (60, 2)])
def test_answers_of_which_whole_turns_do_not_count_are_judged_by_where_they_point(turn: float, shape: tuple) -> None:
    rng = np.random.default_rng(len(shape))
    y = ((0.45 + 0.2 * rng.normal(size=shape)) % 1.0 * turn).astype(np.float32)

    def off(outputs: np.ndarray, y: np.ndarray) -> float:
        return float((1.0 - np.cos(2.0 * np.pi / turn * (outputs - y))).mean())

    made = make_judge(rng.normal(size=shape).astype(np.float32), y, off, off)
    assert (made.kind, made.link) == ("numbers", "turns")
    assert made.turn == pytest.approx(turn)
    assert made.relative(y + turn * rng.integers(-3, 4, shape), y) == pytest.approx(0.0, abs=1e-6)
    assert made.relative(y + 0.5 * turn, y) > 2.0
    mean = np.angle(made.constant.reshape(-1, 2) @ [1.0, 1j]) / (2.0 * np.pi) * turn
    assert 0.9 < made.relative(np.broadcast_to(mean.reshape(shape[1:]), shape), y) < 1.5
    # One that minds turns, is flat or cut off, or goes up and down beside that, is no loss of angles.
    for other in (
        lambda o, y: float(((o - y) ** 2).mean()),
        lambda o, y: 1.0,
        lambda o, y: float(np.minimum((o - y) ** 2, 9.0).mean()),
        lambda o, y: float((1.0 - np.cos(o - y) + 0.1 * (o - y) ** 2).mean()),
    ):
        assert make_judge(rng.normal(size=shape).astype(np.float32), y, other, other).link != "turns"


@pytest.mark.parametrize(("width", "read"), [(2, [0]), (2, [1]), (4, [0, 2])])
def test_outputs_that_stand_beside_targets_which_the_loss_does_not_read_are_not_judged(
    width: int, read: list[int]
) -> None:
    rng = np.random.default_rng(width)
    y = rng.normal(size=(50, width)).astype(np.float32)
    left = [k for k in range(width) if k not in read]

    def likelihood(outputs: np.ndarray, y: np.ndarray) -> float:
        doubt = outputs[:, left]
        return float((doubt + (outputs[:, read] - y[:, read]) ** 2 * np.exp(-doubt)).mean())

    some = rng.normal(size=y.shape).astype(np.float32)
    made = make_judge(some, y, likelihood, likelihood)
    assert made.columns == tuple(read)
    answers = some.copy()
    answers[:, read] = y[:, read]
    assert made.relative(answers, y) == 0.0
    assert made.relative(np.tile(y.mean(axis=0), (50, 1)), y) == pytest.approx(1.0)
    # What neither is read nor answered is forgotten, and judged.
    for other in (lambda o, y: float(((o - y) ** 2)[:, read].mean()), lambda o, y: float(((o - y) ** 2).mean())):
        assert make_judge(some, y, other, other).columns is None


@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(), nn.CrossEntropyLoss(reduction="sum"), nn.NLLLoss()])
@pytest.mark.parametrize("places", [(4,), (3, 2), (2, 3)])
def test_classes_of_places_are_along_the_second_axis(places: tuple[int, ...], loss) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, (12, *places))
    right = np.moveaxis(np.log(0.02 + 0.94 * np.eye(3)[y]), -1, 1)
    made = judge(right, y, loss)
    assert (made.kind, len(made.constant)) == ("classes", 3)
    assert made.relative(right, y) < 0.02
    assert made.relative(np.moveaxis(np.broadcast_to(np.log(made.constant), (*y.shape, 3)), -1, 1), y) == pytest.approx(
        1
    )
    # A width that is less than the classes are makes no target one of none.
    assert list(find_targets_outside(y, right, loss)) == []
    assert [f.cause for f in find_targets_outside(y + 1, right, loss)] == ["targets outside the loss"]
