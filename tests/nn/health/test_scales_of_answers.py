"""Answers that lie on another scale than the targets, as the loss asks: they are read as what they stand for."""

from __future__ import annotations

import numpy as np
import pytest

import nn
from nn import functional
from nn.health import diagnose
from nn.health.frameworks.own import OwnNetwork
from nn.health.guess import wants_signs
from nn.health.scores import make_judge
from optim import SGD
from tests.nn.health.corpus import rows
from tests.nn.health.corpus.case import Case, diagnose_case
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.tuning_scales import SICK, WELL
from tests.sweep import sweep


@pytest.mark.parametrize("case", sweep(WELL + SICK, 9), ids=lambda case: case.name)
def test_runs_of_other_scales_are_told_as_they_are(case: Case) -> None:
    found = diagnose_case(case, 0)
    assert case.is_right(found.cause), str(found)


def numbers_of(function):
    return lambda outputs, y: float(function(np.asarray(outputs, float), y))


COUNTS, SIGNS, MARKS = (
    np.array([[0.0], [1.0], [4.0], [9.0]]),
    np.array([[-1.0], [1.0], [1.0]]),
    np.array([[0.0], [1.0], [1.0]]),
)


@pytest.mark.parametrize(
    ("value", "y", "kind", "link"),
    [
        (lambda o, y: (np.exp(o) - y * o).mean(), COUNTS, "numbers", "logarithms"),
        (lambda o, y: (o + y * np.exp(-o)).mean(), COUNTS, "numbers", "logarithms"),
        (lambda o, y: ((o - np.log(y)) ** 2).mean(), COUNTS + 0.5, "numbers", "logarithms"),
        # What is least at the targets themselves, or at nothing of the kind.
        (lambda o, y: (o - y * np.log(np.maximum(o, 1e-9))).mean(), COUNTS, "numbers", "numbers"),
        (lambda o, y: np.abs(o - y).mean(), COUNTS, "numbers", "numbers"),
        (lambda o, y: np.maximum(0.9 * (y - o), 0.1 * (o - y)).mean(), COUNTS, "numbers", "numbers"),
        (lambda o, y: 0.0, COUNTS, "numbers", "numbers"),
        (lambda o, y: -((o - y) ** 2).mean(), COUNTS, "numbers", "numbers"),
        (lambda o, y: (np.exp(o) - y * o).mean(), -COUNTS, "numbers", "numbers"),
        (lambda o, y: np.maximum(1.0 - o * y, 0.0).mean(), SIGNS, "labels", "logits"),
        (lambda o, y: np.exp(-o * y).mean(), SIGNS, "labels", "logits"),
        (lambda o, y: ((o - y) ** 2).mean(), SIGNS, "numbers", "numbers"),
        (lambda o, y: (o * y).mean(), SIGNS, "numbers", "numbers"),
        # Of the wrong sign.
        (lambda o, y: np.maximum(1.0 + o * y, 0.0).mean(), SIGNS, "labels", "logits"),
        # Shares of overlaps, by two definitions, and scores by the same after a sigmoid.
        (lambda o, y: 1.0 - 2.0 * (o * y).sum() / (o.sum() + y.sum()), MARKS, "labels", "probabilities"),
        (lambda o, y: 1.0 - (o * y).sum() / (o + y - o * y).sum(), MARKS, "labels", "probabilities"),
        (lambda o, y: 1.0 - 2.0 * (y / (1 + np.exp(-o))).sum() / (1 / (1 + np.exp(-o)) + y).sum(), MARKS, "labels", "logits"),
    ],
)  # fmt: skip
def test_the_scale_is_found_by_what_the_loss_asks_for(value, y, kind: str, link: str) -> None:
    def own(outputs, y):
        raise AssertionError

    with np.errstate(all="ignore"):
        made = make_judge(np.full(y.shape, 0.3), y, own, numbers_of(value))
    assert (made.kind, made.link) == (kind, link)


def test_a_loss_whose_logarithm_is_lost_at_large_scores_is_tried_at_small_ones() -> None:
    loss = numbers_of(lambda o, y: -np.log(1.0 / (1.0 + np.exp(-400.0 * y * o))).mean())
    with np.errstate(all="ignore"):
        assert wants_signs(SIGNS, SIGNS, loss)
        assert not wants_signs(-SIGNS, SIGNS, loss)


def test_scores_are_read_as_the_loss_multiplies_them() -> None:
    loss = numbers_of(lambda o, y: np.logaddexp(0.0, (1.0 - 2.0 * y) * 4.0 * o).mean())
    made = make_judge(np.full(MARKS.shape, 0.3), MARKS, loss, loss)
    scores = np.linspace(-1.0, 1.0, MARKS.size).reshape(MARKS.shape)
    shares = 1.0 / (1.0 + np.exp(-4.0 * scores))
    errors, _ = made.rows(scores, MARKS)
    np.testing.assert_allclose(errors.ravel(), ((shares - MARKS) ** 2).ravel(), rtol=1e-3)


def test_logarithms_are_judged_beside_numbers() -> None:
    made = make_judge(np.zeros((4, 1)), COUNTS, functional.poisson_nll_loss, numbers_of(functional.poisson_nll_loss))
    logarithms = np.log(np.maximum(COUNTS, 1e-12))
    assert made.relative(logarithms, COUNTS) == pytest.approx(0.0, abs=1e-9)
    assert made.relative(COUNTS, COUNTS, "numbers") == pytest.approx(0.0, abs=1e-9)
    assert made.relative(np.full((4, 1), np.log(np.expm1(np.log1p(COUNTS).mean()))), COUNTS) == pytest.approx(1.0)


def test_divergences_of_shares_are_those_of_classes_and_of_their_logarithms_are_told_by_the_loss() -> None:
    shares = np.array([[0.2, 0.8], [0.5, 0.5]])
    made = make_judge(np.log(shares), shares, functional.kl_div, numbers_of(functional.kl_div))
    assert (made.kind, made.link) == ("classes", "log-probabilities")
    assert made.relative(np.log(shares), shares) == pytest.approx(0.0)
    logarithms = make_judge(np.log(shares), np.log(shares), functional.kl_div, numbers_of(functional.kl_div))
    assert logarithms.kind == "own"


def test_the_usual_loss_takes_minus_one_as_no() -> None:
    model = mlp([2, 1], 0)
    network = OwnNetwork(model, None, SGD(model.parameters(), lr=0.1))
    usual = network.natural_loss("labels", "")
    assert usual is not None
    outputs = model(np.ones((3, 2), np.float32))
    assert usual(outputs, SIGNS).item() == pytest.approx(usual(outputs, MARKS).item())


def counts(seed: int) -> rows.Rows:
    x, y = rows.numbers(seed)
    return x, np.random.default_rng(seed).poisson(np.exp(y)).astype(np.float32)


TURNED = {
    "squares": (nn.MSELoss(), rows.numbers),
    "absolute": (nn.L1Loss(), rows.numbers),
    "labels": (nn.BCEWithLogitsLoss(), rows.labels),
    "classes": (nn.CrossEntropyLoss(), rows.blobs),
    "margins": (lambda o, y: (1.0 - o * (2.0 * y - 1.0)).clip(0.0).mean(), rows.labels),
    "counts": (nn.PoissonNLLLoss(), counts),
}


@pytest.mark.parametrize("name", TURNED)
def test_a_turned_sign_is_seen_on_whatever_scale_answers_are(name: str) -> None:
    loss, make = TURNED[name]
    x, y = make(0)
    model = mlp([x.shape[1], 16, y.shape[1] if y.ndim > 1 else int(y.max()) + 1], 0)
    found = diagnose(model, (x, y), lambda outputs, targets: -loss(outputs, targets), quick=True)
    assert found.cause == "loss maximised", str(found)


@pytest.mark.parametrize("scale", [2.0, 4.0, 20.0])
def test_a_loss_that_is_cut_off_where_the_answers_are_is_unfit(scale: float) -> None:
    x, y = rows.plane(0)

    def cut_off(outputs, targets):
        return ((outputs - targets) ** 2).clip(0.0, 0.05).mean()

    found = diagnose(mlp([6, 16, 1], 0), (x, scale * np.sign(y) + y), cut_off)
    assert found.cause == "loss unfit", str(found)
