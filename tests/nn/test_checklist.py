from __future__ import annotations

import copy
import json
from functools import cache

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.errors import ShapeError
from autograd.extend import defvjp, primitive
from nn.checklist import Checklist, Step
from tests.nn.health import runs
from tests.sweep import sweep


def check(trial: runs.Trial, **options):
    return nn.checklist(trial.model, (trial.x, trial.y), trial.loss, **{"quick": True, **options})


@cache
def checklist_of_digits():
    trial = runs.digits_run(0)
    return nn.checklist(trial.model, (trial.x, trial.y, *trial.validation), trial.loss, quick=True)


@pytest.mark.parametrize("make", sweep([runs.breast_cancer, runs.diabetes, runs.convolution, runs.dropped_out]))
def test_a_sound_model_passes(make):
    assert_passed(check(make(0)))


def test_digits_pass():
    assert_passed(checklist_of_digits())


def assert_passed(found):
    assert found.verdict == "pass", str(found)
    assert [step.verdict for step in found.steps] == ["pass"] * 4
    assert found.diagnosis


def test_the_first_loss_of_ten_classes_is_about_ln_10():
    step = checklist_of_digits()["first loss"]
    assert step.numbers["expected"] == pytest.approx(2.302585, abs=1e-6)
    assert step.numbers["loss"] == pytest.approx(2.302585, rel=0.15)
    assert "ln 10 is 2.303" in step.evidence


def test_weights_that_begin_too_large_fail_the_first_loss():
    found = check(runs.exploding(0), epochs=1)
    assert found.verdict == "first loss"
    assert found["first loss"].numbers["loss"] > 1e4


def test_an_ignorant_answer_is_what_the_loss_takes_for_one():
    x = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
    y = (x[:, :1] > 0).astype(np.float32)
    model = nn.Sequential(nn.Linear(3, 1, rng=0), nn.Sigmoid())
    step = nn.checklist(model, (x, y), nn.BCELoss(), epochs=1, quick=True)["first loss"]
    assert step.numbers["expected"] == pytest.approx(np.log(2.0))
    model = nn.Sequential(nn.Linear(3, 2, rng=0), nn.LogSoftmax())
    step = nn.checklist(model, (x, y[:, 0].astype(int)), nn.NLLLoss(), epochs=1, quick=True)["first loss"]
    assert step.numbers["expected"] == pytest.approx(np.log(2.0))


def test_ln_2_is_said_only_of_losses_of_which_it_is_true():
    x = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
    model = nn.Sequential(nn.Linear(3, 8, rng=0), nn.Tanh(), nn.Linear(8, 2, rng=1))
    step = nn.checklist(model, (x, (x[:, 0] > 0).astype(int)), "multi_margin", epochs=1, quick=True)["first loss"]
    assert step.evidence.endswith("where the loss of answering 0 is 0.5 (64 samples)")


def test_a_wrong_derivative_fails_the_gradient_check():
    @primitive
    def doubled(x):
        return 2.0 * x

    defvjp(doubled, lambda ans, x: lambda g: 3.0 * g)

    class Wrong(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 2, rng=0)

        def forward(self, x):
            return doubled(self.layer(x))

    x = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    found = nn.checklist(Wrong(), (x, (x[:, 0] > 0).astype(int)), epochs=1, quick=True)
    assert found.verdict == "gradients"
    assert found["gradients"].verdict == "fail"
    assert "is 1.5 times what differences give, here and at other points" in found["gradients"].advice


def test_a_bias_before_a_batch_normalisation_is_no_doubt():
    x = np.random.default_rng(0).normal(size=(96, 4)).astype(np.float32)
    model = nn.Sequential(nn.Linear(4, 3, rng=0), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 2, rng=1))
    step = nn.checklist(model, (x, (x[:, 0] > 0).astype(int)), epochs=1, quick=True)["gradients"]
    assert step.verdict == "pass"
    assert "are 0 but for rounding" in step.evidence


def test_a_model_that_cannot_learn_a_few_samples_says_so():
    trial = runs.digits_run(0)
    trial.model = nn.Sequential(nn.Linear(64, 8, rng=0), nn.ReLU(), nn.Linear(8, 10, rng=1))
    nn.init.constant_(trial.model[0].bias, -100.0)
    found = check(trial, epochs=1)
    step = found["by heart"]
    assert step.verdict == "fail"
    assert step.numbers["skill"] < 0.99
    assert "% right on 20 samples after 500 steps" in step.evidence


@pytest.mark.integration
def test_the_few_epochs_say_what_health_finds():
    found = check(runs.double_softmax(0))
    assert found.verdict == "a few epochs"
    assert found.diagnosis.findings[0].path == "5"
    assert "leave out the softmax" in found["a few epochs"].advice


def test_what_goes_wrong_is_told_and_not_raised():
    trial = runs.digits_run(0)
    trial.model.requires_grad_(False)
    found = check(trial)
    assert found.verdict == "gradients"
    assert found["gradients"].evidence == "ValueError: check_parameters: no parameter requires a gradient"
    assert found["by heart"].verdict == found["a few epochs"].verdict == "fail"
    assert found.diagnosis.verdict == "frozen parameters"


def test_nan_fails_what_it_touches():
    found = check(runs.not_finite(0))
    assert [step.verdict for step in found.steps] == ["inconclusive", "fail", "fail", "fail"]
    assert found.diagnosis.verdict == "not finite"
    assert json.loads(found.to_json())["steps"][1]["numbers"]["loss"] is None


def test_validation_is_reported():
    assert checklist_of_digits()["a few epochs"].numbers["validation error"] < 0.3


@pytest.mark.parametrize("quick", [True, pytest.param(False, marks=pytest.mark.integration)])
def test_nothing_is_changed_and_the_seed_decides_all(quick):
    rng = np.random.default_rng(5)
    model = nn.Sequential(
        nn.Linear(4, 3, bias=False, rng=0),
        nn.BatchNorm1d(3),
        nn.ReLU(),
        nn.Dropout(0.3, rng=rng),
        nn.Linear(3, 2, rng=1),
    )
    x = np.random.default_rng(0).normal(size=(96, 4)).astype(np.float32)
    loader = nn.DataLoader(x, (x[:, 0] > 0).astype(int), shuffle=True, seed=3)
    before, states = model.state_dict(), [copy.deepcopy(g.bit_generator.state) for g in (rng, loader._rng)]
    first, second = (nn.checklist(model, loader, epochs=1, quick=quick) for _ in range(2))
    assert str(first) == str(second)
    assert [trial.score for trial in first.diagnosis.trials] == [trial.score for trial in second.diagnosis.trials]
    assert all(np.array_equal(a, before[name]) for name, a in model.state_dict().items())
    assert [g.bit_generator.state for g in (rng, loader._rng)] == states
    assert all(p.grad is None and p.dtype == np.float32 for p in model.parameters())
    assert not autograd.graph.modes.mode().anomaly


@pytest.mark.integration
def test_the_users_optimizer_is_taken_for_the_epochs():
    trial = runs.digits_run(0)
    found = check(trial, optimizer=lambda parameters: optim.SGD(parameters, lr=1e-9), epochs=1, quick=False)
    assert found.diagnosis.verdict == "learning rate too low"


def test_it_prints_as_a_table_and_as_json():
    found = checklist_of_digits()
    assert str(found).startswith("checklist: pass")
    assert " first loss     pass " in str(found)
    assert json.loads(found.to_json())["steps"][0]["name"] == "gradients"


def test_what_to_do_is_told_below_a_step_that_has_it_and_no_other():
    failed = Step("gradients", "fail", "3 of 5 differ", "look at the derivative of tanh")
    lines = [line.split() for line in str(Checklist([failed, Step("first loss", "pass", "2.30")])).splitlines()]
    assert lines[0] == ["checklist:", "gradients"]
    assert [line for line in lines if line][-3:] == [
        ["gradients", "fail", "3", "of", "5", "differ"],
        ["→", "look", "at", "the", "derivative", "of", "tanh"],
        ["first", "loss", "pass", "2.30"],
    ]


def test_data_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match="4 rows of inputs and 3 of targets; they must be as many"):
        nn.checklist(nn.Linear(2, 2), (np.ones((4, 2), np.float32), np.zeros(3, int)))
    with pytest.raises(ShapeError, match="got ndarray"):
        nn.checklist(nn.Linear(2, 2), np.ones((4, 2)))
    for targets, message in (
        (np.zeros((4, 3)), r"outputs of shape \(2, 2\) and floats as targets of shape \(4, 3\)"),
        (np.array(list("abba")), "the targets must be numbers, got <U1; for classes, np.unique"),
        (np.array([0, 1, 2, 1]), "label 2 in row 2 is outside 0 … 1"),
        (np.ones(4, int), "all 4 targets are the same, 1: there is nothing to be learned"),
        (np.array([0.0, np.nan, 1.0, 1.0]), "the targets have nan in row 1"),
    ):
        with pytest.raises((ValueError, TypeError), match=message):
            nn.checklist(nn.Linear(2, 2), (np.ones((4, 2)), targets))


def test_data_are_taken_in_the_forms_that_fit_takes():
    x = np.random.default_rng(0).normal(size=(96, 3))
    model = nn.Sequential(nn.Linear(3, 8, rng=0), nn.Tanh(), nn.Linear(8, 1, rng=1))
    # One number a row where the model gives a column, float64 for a model of float32.
    found = nn.checklist(model, (x, x[:, 0] - x[:, 1]), epochs=10, quick=True)
    assert found.verdict == "pass", str(found)
    assert "R²" in found["by heart"].evidence
    found = nn.checklist(model, (x, (x[:, 0] > 0)[:, None]), "huber", epochs=1, quick=True)
    assert "the loss of answering 0" in found["first loss"].evidence


@pytest.mark.integration
def test_numbers_far_from_zero_are_learned_by_heart_or_told_to_be_scaled():
    x = np.random.default_rng(0).normal(size=(96, 3)).astype(np.float32)
    step = nn.checklist(nn.Linear(3, 1, rng=0), (x, x[:, 0] + 3.0), epochs=1, quick=True)["by heart"]
    assert step.verdict == "pass"
    step = nn.checklist(nn.Linear(3, 1, rng=0), (x, 1000 * x[:, 0] + 5000.0), epochs=1, quick=True)["by heart"]
    assert step.verdict == "fail"
    assert "are to be scaled, as nn.data.Standardize does" in step.advice


@pytest.mark.integration
def test_shuffled_targets_are_found_also_where_an_epoch_is_short():
    x = np.random.default_rng(0).normal(size=(400, 4)).astype(np.float32)
    y = np.random.default_rng(9).integers(0, 2, 400)
    model = nn.Sequential(nn.Linear(4, 8, rng=0), nn.Tanh(), nn.Linear(8, 2, rng=1))
    assert nn.checklist(model, (x, y)).diagnosis.verdict == "targets unrelated to inputs"
    assert nn.checklist(model, (x, (x[:, 0] > 0).astype(int))).verdict == "pass"


def test_an_answer_that_left_the_graph_is_told_as_that():
    class Left(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 2, rng=0)

        def forward(self, x):
            return self.layer(x).data

    x = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    found = nn.checklist(Left(), (x, (x[:, 0] > 0).astype(int)))
    assert [step.verdict for step in found.steps] == ["fail", "pass", "fail", "fail"]
    assert "the loss does not depend on the parameters" in found["a few epochs"].evidence


def test_samples_are_learned_by_heart_without_dropout():
    model = nn.Sequential(nn.Linear(4, 16, rng=0), nn.Tanh(), nn.Dropout(0.9, rng=1), nn.Linear(16, 2, rng=2))
    x = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    y = np.random.default_rng(1).integers(0, 2, 40)
    assert nn.checklist(model, (x, y), epochs=1, quick=True)["by heart"].verdict == "pass"
