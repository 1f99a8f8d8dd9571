"""What is seen of causes that public lists name: each beside a run that looks like it, and shows nothing of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from nn.health.evidence.facts import look
from nn.health.evidence.gradients import find_wrong_gradients
from nn.health.evidence.loss import find_in_loss
from nn.health.evidence.sequences import find_foretold
from nn.health.evidence.structure import find_unused_inputs, find_varying_answers
from nn.health.experiments.remedies.listing import list_remedies
from nn.health.loop.script import watch_script
from nn.health.subject import Subject
from tests.nn.health.corpus import tuning_listed, tuning_named, tuning_named_again, tuning_places
from tests.nn.health.corpus.case import Case, Setup, diagnose_case
from tests.nn.health.test_mended import looked_at


def subject_of(setup: Setup) -> Subject:
    return looked_at(setup)[0]


@pytest.mark.parametrize(
    ("sick", "well", "cause"),
    [
        ("songs_without_a_mask", "songs_with_a_mask", "target among the features"),
        ("songs_told_themselves", "songs_with_a_mask", "target among the features"),
        ("dropped_in_evaluation", "averages_that_move", "training mode in evaluation"),
    ],
)
def test_answers_are_looked_at(sick: str, well: str, cause: str) -> None:
    for name, wanted in ((sick, True), (well, False)):
        subject = subject_of(getattr(tuning_listed, name)(0))
        seen = [*find_foretold(subject), *find_varying_answers(subject)]
        assert [finding.cause for finding in seen] == [cause] * wanted, name


@pytest.mark.parametrize(
    ("sick", "well", "name"),
    [
        (tuning_places.colours_reshaped, tuning_places.colours_moved, "axes in another order"),
        (tuning_places.padding_read_by_a_gru, tuning_places.padding_before_the_words, "padding in front"),
        (tuning_places.words_in_no_order, tuning_places.words_with_their_places, "places told"),
        (tuning_places.spots_averaged, tuning_places.colours_moved, "places told"),
        (tuning_named.circle_of_unit_rows, tuning_named.tanh_of_ones_own, "rows as they are"),
        (tuning_named.digits_in_strong_noise, tuning_listed.averages_that_move, "no noise"),
        (tuning_listed.averages_that_do_not_move, tuning_listed.averages_that_move, "averages of batch norm"),
        (tuning_listed.smoothed_to_nothing, tuning_listed.smoothed_a_little, "the usual loss"),
    ],
)
def test_a_remedy_is_tried_where_it_makes_sense(sick: Any, well: Any, name: str) -> None:
    for make, wanted in ((sick, True), (well, False)):
        subject, facts = looked_at(make(0))
        remedies = {remedy.name: remedy for remedy in list_remedies(subject, facts)}
        assert (name in remedies) == wanted, make.__name__
        if wanted:
            trial = subject.trial()
            remedies[name].apply(trial)
            trial.train(2)
            assert not trial.broken, trial.broken


@pytest.mark.parametrize(
    ("make", "alike"),
    [
        (tuning_named.sizes_by_rows, True),
        (tuning_named.rings_of_unit_rows, True),
        (tuning_named_again.rings_of_unit_length_in_forward, True),
        (tuning_named.circle_of_unit_rows, True),
        (tuning_named.digits_by_rows, False),
        (tuning_named.tanh_of_ones_own, False),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_rows_are_seen_to_be_normalised_where_hardly_anything_is_left_of_them(make: Any, alike: bool) -> None:
    assert looked_at(make(0))[1].rows_alike is alike


@pytest.mark.integration
@pytest.mark.parametrize(
    ("make", "noisy"),
    [
        (tuning_named_again.rings_told_wrong, True),
        (tuning_named.labels_turned_round, True),
        (tuning_named_again.known_by_heart_and_right, False),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_wrong_targets_are_told_from_classes_that_overlap(make: Any, noisy: bool) -> None:
    found = [finding.cause for finding in diagnose_case(Case(make, "", ""), 1).findings]
    assert ("noisy targets" in found, found[0]) == (noisy, "noisy targets" if noisy else "overfitting")


def test_derivatives_are_held_against_the_loss() -> None:
    told = [list(find_wrong_gradients(subject_of(tuning_named.squares_with_a_wrong_sign(k)))) for k in range(3)]
    assert [[finding.path for finding in found] for found in told] == [["first"]] * 3
    for make in (tuning_named.tanh_of_ones_own, tuning_places.colours_moved, tuning_listed.songs_with_a_mask):
        assert list(find_wrong_gradients(subject_of(make(0)))) == []


class Remembering(nn.Module):
    """Adds the mean of the batch before."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.before = nn.Linear(5, 3, rng=0), np.zeros(3)

    def forward(self, x: Any) -> Any:
        out = self.body(x) + self.before
        self.before = np.asarray(out.data).mean(axis=0)
        return out


def test_a_state_that_is_kept_between_calls_is_named() -> None:
    rng = np.random.default_rng(0)
    model = Remembering()
    setup = Setup(model, rng.normal(size=(64, 5)).astype(np.float32), rng.integers(0, 3, 64), nn.CrossEntropyLoss())
    (found,) = find_varying_answers(subject_of(setup))
    assert found.cause == "rows mixed"
    assert "before is kept between the calls" in found.sentence


def test_answers_that_vary_are_seen_on_any_scale() -> None:
    class Small(Remembering):
        def forward(self, x: Any) -> Any:
            return super().forward(x) * 1e-6

    rng = np.random.default_rng(0)
    setup = Setup(Small(), rng.normal(size=(64, 5)).astype(np.float32), rng.integers(0, 3, 64), nn.CrossEntropyLoss())
    assert [found.cause for found in find_varying_answers(subject_of(setup))] == ["rows mixed"]


def test_a_rectified_score_says_never_no_and_is_no_proof_that_inputs_are_unused() -> None:
    for seed in range(3):
        subject, facts = looked_at(tuning_listed.relu_before_scores_of_labels(seed))
        assert [finding.cause for finding in find_in_loss(subject, facts)] == ["output range"]
        assert list(find_unused_inputs(subject)) == []


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("step_after_the_epoch", "too few steps"),
        ("backward_after_the_epoch", "too few steps"),
        ("rate_of_the_warm_up", "learning rate too low"),
    ],
)
def test_a_loop_is_seen_to_learn_little(name: str, cause: str, tmp_path: Any) -> None:
    path = tmp_path / "train.py"
    path.write_text(next(case for case in tuning_listed.SICK if case.name == name).make(0).script)
    assert [finding.cause for finding in watch_script(path, steps=30, seconds=15.0).findings] == [cause]


@pytest.mark.parametrize("name", ["noise_in_the_loop", "targets_of_the_next_row", "gradients_zeroed_once_an_epoch"])
def test_rows_that_a_loop_changes_are_found_as_they_were(name: str, tmp_path: Any) -> None:
    path = tmp_path / "train.py"
    path.write_text(next(case for case in tuning_listed.SICK if case.name == name).make(0).script)
    seen = watch_script(path, steps=8, seconds=15.0)
    assert (seen.unchanged is not None) == (name == "noise_in_the_loop")
    if seen.unchanged is not None:
        x, y = seen.unchanged
        assert x.std() < 1.5 < seen.inputs.std()
        np.testing.assert_allclose(y, np.sin(x[:, :1]) + x[:, 1:2] * x[:, 2:3], rtol=1e-5, atol=1e-5)


def test_a_schedule_that_hardly_rises_is_a_warm_up_and_one_that_falls_is_none() -> None:
    setup = tuning_listed.warms_up_for_ever(0)
    subject = subject_of(setup)
    for schedule, rising in ((setup.scheduler, True), (None, False), (lambda o: _halved(o), False)):
        subject.scheduler = schedule
        assert look(subject).rising is rising


def _halved(optimizer: Any) -> Any:
    import optim

    return optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
