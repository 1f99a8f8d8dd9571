from __future__ import annotations

import numpy as np
import pytest

import nn
import optim
from nn import init
from nn.digits import digits_network
from nn.health import Health, HealthReport, examine
from tests.nn.health import runs
from tests.nn.health.runs import SICK, Case, Trial, train
from tests.sweep import sweep


def watched(trial: Trial, seed: int = 0, every: int = 5) -> HealthReport:
    health = Health(every)
    with np.errstate(all="ignore"):
        train(trial, [health], seed)
    return health.report()


@pytest.mark.parametrize("case", sweep(SICK, 3), ids=lambda case: case.make.__name__)
def test_a_sick_run_gets_the_name_of_its_cause_and_the_layer(case: Case):
    report = watched(case.make(0))
    assert report.verdict == case.cause
    assert report.findings[0].path == case.path


@pytest.mark.parametrize(
    "make",
    [
        runs.digits_run,
        runs.relu_net,
        runs.convolution,
        runs.regression_run,
        runs.recurrent,
        runs.zero_head,
        runs.accumulating,
    ],
    ids=lambda make: make.__name__,
)
@pytest.mark.parametrize("seed", sweep([1, 2, 3]))
def test_a_healthy_run_is_called_healthy(make, seed):
    report = watched(make(seed), seed)
    assert report.findings == []
    assert report.verdict == "healthy"


def test_gradients_that_were_never_zeroed_are_known_by_what_the_step_before_had_used():
    finding = watched(runs.not_zeroed(0)).findings[0]
    # Of 344 steps every fifth is measured, and the first has none before it.
    assert (finding.evidence["steps"], finding.evidence["measured"]) == (68, 69)
    assert "call optimizer.zero_grad() before each backward()" in finding.fix


@pytest.mark.parametrize("zeroed", ["all", "in place", "before the callback", "never"])
def test_gradients_set_to_zero_in_any_way_are_not_called_left_over(zeroed: str):
    trial = runs.digits_run(0)
    health, run = Health(every=1), nn.Run(trial.model, trial.loss, trial.optimizer, history=None)
    health.on_begin(run)
    for run.step in range(1, 5):
        run.inputs, run.targets = trial.x[:32], trial.y[:32]
        run.outputs = run.model(run.inputs)
        run.value = run.loss(run.outputs, run.targets)
        if zeroed == "all":
            run.optimizer.zero_grad()
        elif zeroed == "in place":
            for p in run.model.parameters():
                if p.grad is not None:
                    p.grad[...] = 0.0
        run.value.backward()
        health.on_backward(run)
        run.optimizer.step()
        if zeroed == "before the callback":
            run.optimizer.zero_grad()
        health.on_step(run)
    health.on_end(run)
    assert [step.leftover for step in health.record.steps] == [False, *[zeroed == "never"] * 3]


def test_callbacks_between_batches_that_are_added_up_are_no_steps():
    trial = runs.digits_run(0)
    health, run = Health(every=1), nn.Run(trial.model, trial.loss, trial.optimizer, history=None)
    health.on_begin(run)
    for run.step in range(1, 9):
        run.inputs, run.targets = trial.x[:32], trial.y[:32]
        run.outputs = run.model(run.inputs)
        run.value = run.loss(run.outputs, run.targets)
        run.value.backward()
        health.on_backward(run)
        if run.step % 4 == 0:
            run.optimizer.step()
            run.optimizer.zero_grad()
        health.on_step(run)
    health.on_end(run)
    assert not any(step.leftover for step in health.record.steps)


@pytest.mark.parametrize("seed", sweep([0, 1]))
def test_several_labels_are_not_judged_by_the_rows_in_which_all_are_right(seed: int):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(800, 10))
    y = (x + 0.3 * rng.normal(size=x.shape) > 1.2).astype(int)
    model, health = nn.perceptron([10, 32, 10], "tanh", seed), Health(every=5)
    history = nn.fit(model, (x, y), validation=0.25, metrics="accuracy", lr=0.01, epochs=30, callbacks=[health])
    assert history[-1]["val_accuracy"] < 0.6
    assert health.report().verdict == "healthy"


@pytest.mark.parametrize("seed", [0, 1])
def test_zeros_and_ones_that_a_squared_error_is_taken_of_are_numbers(seed: int):
    x = np.random.default_rng(seed).normal(size=(400, 4))
    model, health = nn.perceptron([4, 16, 3], "tanh", seed), Health(every=5)
    nn.fit(model, (x, (x[:, :3] > 1.2).astype(float)), loss="mse", lr=0.01, epochs=20, callbacks=[health])
    assert health.report().verdict == "healthy"


@pytest.mark.parametrize("seed", [0, 1])
def test_numbers_that_are_still_far_from_their_mean_are_not_called_unrelated(seed: int):
    trial = runs.linear_regression(seed)
    trial.optimizer, trial.epochs = optim.Adam(trial.model.parameters(), lr=0.01), 7
    report = watched(trial, seed)
    assert len(report.record.losses) > 100
    assert report.record.skill(report.record.late)[0] < -1.0
    assert report.verdict == "healthy"


def test_a_second_run_is_not_taken_for_more_of_the_first():
    health = Health(every=5)
    train(runs.digits_run(0), [health])
    first = health.report()
    train(runs.digits_run(0), [health])
    assert health.report().record.losses == first.record.losses
    assert first.record is not health.record


def test_causes_come_before_what_they_cause():
    report = watched(runs.unscaled(0))
    assert [finding.cause for finding in report.findings] == ["inputs not scaled", "saturation"]
    report = watched(runs.hasty_sgd(0))
    assert [finding.cause for finding in report.findings] == ["learning rate too high", "dead units"]


def test_five_sigmoids_leave_less_than_a_thousandth_of_the_gradient():
    (finding,) = watched(runs.vanishing(0)).findings
    assert finding.evidence["sigmoids"] == 5
    assert finding.evidence["first/last gradient"] < 0.25**5
    assert "together by 0.00098" in finding.sentence


def test_saturation_of_six_sigmoid_layers_is_as_in_the_slides():
    # SPEC I: the share of activations below .05 or above .95 is .77 in the first layer and .66 in the last.
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(1000, 100)).astype(np.float32), rng.integers(0, 100, 1000)
    model = nn.Sequential(*runs.stack([100] * 7, nn.Sigmoid, init.normal_, 0), nn.Sigmoid())
    report = examine(model, x, y, nn.CrossEntropyLoss())
    shares = [layer.saturated for layer in report.record.layers() if layer.kind == "Sigmoid"]
    assert shares[0] == pytest.approx(0.77, abs=0.02)
    assert shares[-1] == pytest.approx(0.66, abs=0.03)


def test_a_confident_network_is_not_saturated():
    trial = runs.tanh_long(0)
    trial.epochs = 15
    report = watched(trial)
    assert report.record.layers()[-2].saturated > 0.6
    assert report
    again = examine(trial.model, trial.x[:256], trial.y[:256], trial.loss)
    assert again.record.layers()[-2].saturated > 0.6
    assert again


def test_a_few_samples_do_not_show_that_units_are_dead():
    trial = runs.dead(0)
    assert examine(trial.model, trial.x[:8], trial.y[:8], trial.loss).verdict == "healthy"
    assert examine(trial.model, trial.x[:32], trial.y[:32], trial.loss).verdict == "dead units"


def test_a_detached_layer_is_found_with_its_line():
    (finding,) = watched(runs.detached(0)).findings
    assert "first.weight, first.bias, second.weight, second.bias" in finding.sentence
    assert finding.place.site.endswith("h = h.detach()")
    assert finding.place.site.startswith("runs.py:")


def test_taking_the_data_of_a_tensor_is_found_as_well():
    class Cut(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Linear(4, 3, rng=0), nn.Linear(3, 2, rng=1)

        def forward(self, x):
            h = self.first(x).data
            return self.second(h)

    report = examine(Cut(), np.ones((5, 4), np.float32), np.zeros(5, int), nn.CrossEntropyLoss())
    assert report.findings[0].path == "first"
    assert report.findings[0].place.site.endswith("return self.second(h)")


def test_a_model_that_detaches_its_output_is_found_though_its_loss_has_no_graph():
    class Cut(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 3, rng=0)

        def forward(self, x):
            return self.layer(x).detach()

    (finding,) = examine(Cut(), np.ones((5, 4), np.float32), np.zeros(5, int), nn.CrossEntropyLoss()).findings
    assert (finding.cause, finding.path) == ("missing gradients", "layer")
    assert finding.place.site.endswith("return self.layer(x).detach()")


def test_a_model_may_be_frozen_altogether():
    trial = runs.digits_run(0)
    trial.model.requires_grad_(False)
    (finding,) = examine(trial.model, trial.x[:32], trial.y[:32], trial.loss).findings
    assert (finding.cause, finding.evidence["frozen"]) == ("frozen parameters", 6)


def test_outputs_may_be_several_tensors():
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 3, rng=0)

        def forward(self, x):
            out = self.layer(x)
            return out, out * 2.0

    def loss(outputs, y):
        return nn.functional.cross_entropy(outputs[0] + outputs[1], y)

    assert examine(Two(), np.ones((5, 4), np.float32), np.zeros(5, int), loss).verdict == "healthy"


def test_a_module_that_is_not_used_has_missing_gradients_too():
    model = digits_network(0)
    model.spare = nn.Linear(3, 3, rng=0)
    model.forward = lambda x: nn.Sequential.forward(nn.Sequential(*list(model)[:5]), x)
    (finding,) = examine(model, np.ones((4, 64), np.float32), np.arange(4), nn.CrossEntropyLoss()).findings
    assert (finding.cause, finding.path) == ("missing gradients", "spare")
    assert "was not computed from them" in finding.sentence


def test_a_gradient_that_is_missing_is_not_a_gradient_of_zero():
    report = watched(runs.detached(0))
    first = report.record.last.parameters["first.weight"]
    assert first.missing
    assert np.isnan(first.mean)
    report = watched(runs.zeros(0), every=1)
    first = report.record.steps[0].parameters["0.weight"]
    assert not first.missing
    assert (first.mean, first.zero) == (0.0, 1.0)


def test_the_line_that_makes_the_first_nan_is_named():
    (finding,) = watched(runs.not_finite(0)).findings
    assert finding.evidence["step"] == 1
    assert finding.place.op == "log"
    assert finding.place.site.endswith("h = h.log()")


def test_a_nan_is_found_also_in_a_step_that_would_not_be_measured():
    trial = runs.regression_run(0)
    trial.x = trial.x.copy()
    trial.x[300] = np.inf
    report = watched(trial, every=1000)
    assert [step.step for step in report.record.steps][0] == 1
    assert len(report.record.steps) == 2
    assert report.verdict == "not finite"


def test_a_nan_that_only_the_backward_pass_makes_is_found():
    class Root(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(np.zeros((2, 1), np.float32))

        def forward(self, x):
            # 0 · ∞, which the strong zero does not cover: what arrives is not zero.
            return (x @ self.weight).sqrt()

    report = examine(Root(), np.ones((3, 2), np.float32), np.ones((3, 1), np.float32), nn.MSELoss())
    assert report.verdict == "not finite"
    assert report.findings[0].place.op == "sqrt"


def test_broken_inputs_are_told_from_broken_operations():
    trial = runs.digits_run(0)
    x = trial.x[:64].copy()
    x[3, 5] = np.nan
    report = examine(trial.model, x, trial.y[:64], trial.loss)
    assert "inputs are NaN or infinite" in report.findings[0].sentence


@pytest.mark.parametrize("outer", [nn.Softmax(), nn.Sigmoid()])
def test_probabilities_for_a_loss_of_logits_are_found_by_the_operation(outer):
    model = nn.Sequential(nn.Linear(4, 3, rng=0), outer)
    report = examine(model, np.ones((5, 4), np.float32), np.zeros(5, int), nn.CrossEntropyLoss())
    assert report.verdict == "double softmax"
    assert report.findings[0].path == "1"


def test_probabilities_are_found_by_their_values_where_the_operation_is_the_users_own():
    class Own(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 3, rng=0)

        def forward(self, x):
            e = self.layer(x).exp()
            return e / e.sum(axis=-1, keepdims=True)

    report = examine(Own(), np.ones((5, 4), np.float32), np.zeros(5, int), nn.CrossEntropyLoss())
    assert report.verdict == "double softmax"


def test_a_sigmoid_before_a_loss_of_logits_is_found():
    model = nn.Sequential(nn.Linear(4, 1, rng=0), nn.Sigmoid())
    x, y = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32), np.ones((40, 1), np.float32)
    assert examine(model, x, y, nn.BCEWithLogitsLoss()).verdict == "double softmax"
    assert examine(model, x, y, nn.BCELoss()).verdict == "healthy"


def test_zero_weights_are_wrong_for_two_layers_and_right_for_one():
    # S's table of initialisations.
    data = runs.digits()
    one = nn.Linear(64, 10, rng=0)
    init.zeros_(one.weight)
    two = runs.stack([64, 16, 10], nn.Tanh, lambda weight, rng: init.zeros_(weight), 0)
    x, y = data.train_images[:64], data.train_labels[:64]
    assert examine(one, x, y, nn.CrossEntropyLoss()).verdict == "healthy"
    assert examine(two, x, y, nn.CrossEntropyLoss()).verdict == "identical units"


def test_a_rate_that_is_too_high_shows_in_one_step():
    trial = runs.hasty_adam(0)
    report = examine(trial.model, trial.x[:128], trial.y[:128], trial.loss, trial.optimizer)
    assert report.verdict == "learning rate too high"
    (finding, *_) = report.findings
    assert finding.evidence["update/weight"] > 10
    assert finding.evidence["largest loss"] > 10 * finding.evidence["first loss"]


def test_large_first_updates_that_help_are_no_rate_that_is_too_high():
    model = nn.Linear(3, 1, rng=0)
    model.weight.data[...] *= 1e-3
    x = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
    report = examine(model, x, x[:, :1], nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1))
    assert report.record.last.parameters["weight"].update > 1.0
    assert "learning rate too high" not in [finding.cause for finding in report.findings]


def test_layers_that_normalise_are_looked_at_behind():
    x = 1000.0 * np.random.default_rng(0).normal(size=(64, 4)).astype(np.float32)
    bare = nn.Sequential(nn.Linear(4, 8, rng=0), nn.Tanh(), nn.Linear(8, 2, rng=1))
    normalised = nn.Sequential(nn.BatchNorm1d(4), *bare)
    y = (x[:, 0] > 0).astype(int)
    assert examine(bare, x, y, nn.CrossEntropyLoss()).verdict == "inputs not scaled"
    assert examine(normalised, x, y, nn.CrossEntropyLoss()).verdict == "healthy"


def test_a_run_that_is_only_watched_is_said_not_to_learn_and_not_why():
    (finding,) = watched(runs.shuffled(0)).findings
    assert abs(finding.evidence["skill in training"]) < 0.1
    assert "nn.health.diagnose" in finding.fix
    assert not finding.certain


def test_activations_without_a_module_are_told_apart_by_their_order():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c = nn.Linear(3, 4, rng=0), nn.Linear(4, 4, rng=1), nn.Linear(4, 2, rng=2)

        def forward(self, x):
            return self.c(np.tanh(self.b(np.tanh(self.a(x)))))

    x = np.random.default_rng(0).normal(size=(16, 3)).astype(np.float32)
    report = examine(Twice(), x, np.arange(16) % 2, nn.CrossEntropyLoss())
    assert [layer.path for layer in report.record.layers()] == ["a", "/tanh", "b", "/tanh2", "c"]
