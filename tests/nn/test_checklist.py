from __future__ import annotations

import copy
import json

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.errors import ShapeError
from autograd.extend import defvjp, primitive
from tests.nn.health import runs


def check(trial: runs.Trial, **options):
    return nn.checklist(trial.model, (trial.x, trial.y), trial.loss, **options)


@pytest.mark.parametrize(
    "make", [runs.digits_run, runs.convolution, runs.diabetes, runs.breast_cancer, runs.dropped_out]
)
def test_a_sound_model_passes(make):
    found = check(make(0))
    assert found.verdict == "pass", str(found)
    assert [step.verdict for step in found.steps] == ["pass"] * 4
    assert found.health


def test_the_first_loss_of_ten_classes_is_about_ln_10():
    step = check(runs.digits_run(0))["first loss"]
    assert step.numbers["expected"] == pytest.approx(2.302585, abs=1e-6)
    assert step.numbers["loss"] == pytest.approx(2.302585, rel=0.15)
    assert "ln 10 is 2.303" in step.evidence


def test_weights_that_begin_too_large_fail_the_first_loss():
    found = check(runs.exploding(0))
    assert found.verdict == "first loss"
    assert found["first loss"].numbers["loss"] > 1e4


def test_an_ignorant_answer_is_what_the_loss_takes_for_one():
    x = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
    y = (x[:, :1] > 0).astype(np.float32)
    model = nn.Sequential(nn.Linear(3, 1, rng=0), nn.Sigmoid())
    step = nn.checklist(model, (x, y), nn.BCELoss(), epochs=10)["first loss"]
    assert step.numbers["expected"] == pytest.approx(np.log(2.0))
    model = nn.Sequential(nn.Linear(3, 2, rng=0), nn.LogSoftmax())
    step = nn.checklist(model, (x, y[:, 0].astype(int)), nn.NLLLoss(), epochs=10)["first loss"]
    assert step.numbers["expected"] == pytest.approx(np.log(2.0))


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
    found = nn.checklist(Wrong(), (x, (x[:, 0] > 0).astype(int)))
    assert found.verdict == "gradients"
    assert found["gradients"].verdict == "fail"
    assert "factor" in found["gradients"].advice or "1.5" in found["gradients"].advice


def test_a_bias_before_a_batch_normalisation_is_no_doubt():
    x = np.random.default_rng(0).normal(size=(96, 4)).astype(np.float32)
    model = nn.Sequential(nn.Linear(4, 8, rng=0), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2, rng=1))
    step = nn.checklist(model, (x, (x[:, 0] > 0).astype(int)))["gradients"]
    assert step.verdict == "pass"
    assert "are 0 but for rounding" in step.evidence


def test_a_model_that_cannot_learn_a_few_samples_says_so():
    trial = runs.digits_run(0)
    trial.model = nn.Sequential(nn.Linear(64, 1, rng=0), nn.Linear(1, 10, rng=1))
    found = check(trial)
    step = found["by heart"]
    assert step.verdict == "fail"
    assert step.numbers["skill"] < 0.99
    assert "% right on 20 samples after 500 steps" in step.evidence


def test_the_few_epochs_say_what_health_finds():
    found = check(runs.double_softmax(0))
    assert found.verdict == "a few epochs"
    assert found.health.findings[0].path == "5"
    assert "leave out the softmax" in found["a few epochs"].advice


def test_what_goes_wrong_is_told_and_not_raised():
    trial = runs.digits_run(0)
    trial.model.requires_grad_(False)
    found = check(trial)
    assert found.verdict == "gradients"
    assert found["gradients"].evidence == "ValueError: check_parameters: none of the parameters requires a gradient"
    assert found["by heart"].verdict == found["a few epochs"].verdict == "fail"
    assert found.health is None


def test_nan_fails_what_it_touches():
    found = check(runs.not_finite(0))
    assert [step.verdict for step in found.steps] == ["inconclusive", "fail", "fail", "fail"]
    assert found.health.verdict == "not finite"
    assert json.loads(found.to_json())["steps"][1]["numbers"]["loss"] is None


def test_validation_is_reported():
    trial = runs.digits_run(0)
    found = nn.checklist(trial.model, (trial.x, trial.y, *trial.validation))
    assert found["a few epochs"].numbers["val_accuracy"] > 0.85


def test_nothing_is_changed_and_the_seed_decides_all():
    rng = np.random.default_rng(5)
    model = nn.Sequential(
        nn.Linear(4, 8, bias=False, rng=0),
        nn.BatchNorm1d(8),
        nn.ReLU(),
        nn.Dropout(0.3, rng=rng),
        nn.Linear(8, 2, rng=1),
    )
    x = np.random.default_rng(0).normal(size=(96, 4)).astype(np.float32)
    loader = nn.DataLoader(x, (x[:, 0] > 0).astype(int), shuffle=True, seed=3)
    before, states = model.state_dict(), [copy.deepcopy(g.bit_generator.state) for g in (rng, loader._rng)]
    first, second = nn.checklist(model, loader, epochs=1), nn.checklist(model, loader, epochs=1)
    assert str(first) == str(second)
    assert all(np.array_equal(a, before[name]) for name, a in model.state_dict().items())
    assert [g.bit_generator.state for g in (rng, loader._rng)] == states
    assert all(p.grad is None and p.dtype == np.float32 for p in model.parameters())
    assert not autograd.modes.mode().anomaly


def test_the_users_optimizer_is_taken_for_the_epochs():
    trial = runs.digits_run(0)
    found = check(trial, optimizer=lambda parameters: optim.SGD(parameters, lr=1e-9), epochs=1)
    assert found.health.verdict == "learning rate too low"


def test_it_prints_as_a_table_and_as_json():
    found = check(runs.digits_run(0))
    assert str(found).startswith("checklist: pass")
    assert " first loss     pass " in str(found)
    assert json.loads(found.to_json())["steps"][0]["name"] == "gradients"


def test_data_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match=r"inputs of shape \(4, 2\) do not go with targets of shape \(3,\)"):
        nn.checklist(nn.Linear(2, 2), (np.ones((4, 2), np.float32), np.zeros(3, int)))
    with pytest.raises(ShapeError, match="got ndarray"):
        nn.checklist(nn.Linear(2, 2), np.ones((4, 2)))
    with pytest.raises(ShapeError, match="give loss="):
        nn.checklist(nn.Linear(2, 2), (np.ones((4, 2), np.float32), np.zeros((4, 3))))
