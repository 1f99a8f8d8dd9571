from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
import optim
from autograd.graph.modes import is_grad_enabled
from nn.health import Health, examine
from nn.health.passage import _are_distributions
from nn.health.task import constant_score, kind_of, measure_task, skill
from tests.nn.health import runs
from tests.nn.health.runs import Trial, train


class Evaluated(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer, self.extra = nn.Linear(64, 10, rng=0), nn.Linear(10, 10, rng=0)
        self.extra.requires_grad_(False)

    def forward(self, x):
        out = self.layer(x)
        return out if is_grad_enabled() else self.extra(out)


def small() -> tuple[nn.Sequential, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.ReLU(), nn.Linear(4, 2, rng=1))
    return model, rng.normal(size=(20, 3)).astype(np.float32), rng.integers(0, 2, 20)


def test_gradients_are_measured_as_they_are():
    model, x, y = small()
    # One feature so small that the gradients of its weights are near zero.
    x[:, 2] *= 1e-9
    report = examine(model, x, y, nn.CrossEntropyLoss())
    nn.functional.cross_entropy(model(x), y).backward()
    for path, parameter in model.named_parameters():
        found, gradient = report.record.last.parameters[path], parameter.grad
        assert found.mean == pytest.approx(np.abs(gradient).mean())
        assert found.largest == pytest.approx(np.abs(gradient).max())
        assert found.norm == pytest.approx(np.linalg.norm(gradient), rel=1e-5)
        assert found.zero == pytest.approx(np.mean(gradient == 0.0))
        most = max(np.abs(p.grad).max() for p in model.parameters())
        assert found.near == pytest.approx(np.mean(np.abs(gradient) <= 1e-6 * most))
        assert found.weight == pytest.approx(np.linalg.norm(parameter.data), rel=1e-5)
    assert report.record.last.parameters["0.weight"].near >= 1 / 3


def test_norms_neither_overflow_nor_vanish_where_squares_do():
    model = nn.Linear(2, 1, bias=False, rng=0)
    for scale in (1e-30, 1e30):
        report = examine(model, np.ones((4, 2), np.float32), None, lambda out, _, s=scale: (out * s).sum())
        assert report.record.last.parameters["weight"].norm == pytest.approx(4 * scale * 2**0.5, rel=1e-5)


def test_an_update_is_measured_over_its_weight():
    model, x, y = small()
    report = examine(model, x, y, nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=0.5))
    measured = report.record.parameters()
    assert len(measured) == len(list(model.parameters())) > 0
    for p in measured:
        assert p.update == pytest.approx(0.5 * p.norm / p.weight, rel=1e-3)


def test_gradients_are_measured_before_clipping():
    model, x, y = small()
    plain = examine(model, x, y, nn.CrossEntropyLoss()).record.last.parameters["0.weight"].norm
    health = Health(every=1)
    loss, optimizer = nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=0.1)

    class Clip(nn.training.Callback):
        def on_backward(self, run):
            optim.clip_grad_norm_(run.model.parameters(), 1e-3)

    train(Trial(model, x, y, loss, optimizer, epochs=1), [health, Clip()])
    step = health.record.steps[0].parameters["0.weight"]
    assert step.norm == pytest.approx(plain, rel=1e-4)
    assert step.update < 1e-3


def test_layers_are_measured_in_the_order_in_which_they_ran():
    model, x, y = small()
    layers = examine(model, x, y, nn.CrossEntropyLoss()).record.last.layers
    assert [(layer.path, layer.kind, layer.final) for layer in layers.values()] == [
        ("0", "Linear", False),
        ("1", "ReLU", False),
        ("2", "Linear", True),
    ]
    hidden = model[0](x).data
    assert layers["0"].mean == pytest.approx(hidden.mean(), rel=1e-4)
    assert layers["0"].std == pytest.approx(hidden.std(), rel=1e-4)
    assert layers["1"].alive.tolist() == (hidden > 0).any(axis=0).tolist()


def test_activations_that_are_functions_are_measured_too():
    report = examine(runs.Functional(0), np.ones((8, 64), np.float32), np.arange(8), nn.CrossEntropyLoss())
    assert list(report.record.last.layers) == ["first", "/relu", "second"]
    assert report.record.last.layers["/relu"].alive.shape == (32,)


def test_units_of_a_convolution_are_its_channels():
    model = nn.Sequential(nn.Conv2d(1, 5, 3, rng=0), nn.ReLU(), nn.Flatten(), nn.Linear(180, 2, rng=0))
    report = examine(model, np.ones((3, 1, 8, 8), np.float32), np.zeros(3, int), nn.CrossEntropyLoss())
    assert report.record.last.layers["1"].alive.shape == (5,)
    assert report.record.last.inputs.features == 1


@pytest.mark.parametrize(
    ("module", "values", "share"),
    [
        (nn.Sigmoid(), [-9.0, 0.0, 0.0, 9.0], 0.5),
        (nn.Tanh(), [-9.0, 0.0, 0.5, 1.0], 0.25),
        (nn.Hardtanh(), [-9.0, 0.0, 0.5, 1.5], 0.5),
        (nn.Hardsigmoid(), [-9.0, 0.0, 0.5, 1.5], 0.25),
    ],
)
def test_the_saturated_share(module, values, share):
    model = nn.Sequential(nn.Linear(4, 4, rng=0), module, nn.Linear(4, 1, rng=0))
    model[0].weight.data[...] = 0.0
    model[0].bias.data[...] = values
    report = examine(model, np.ones((2, 4), np.float32), np.ones((2, 1), np.float32), nn.MSELoss())
    assert report.record.last.layers["1"].saturated == share


def test_only_every_so_manieth_step_is_measured_and_hooks_are_there_only_then():
    model, x, y = small()
    hooks = []

    class Count(nn.training.Callback):
        def on_step(self, run):
            hooks.append(sum(len(module._hooks) for module in model.modules()))

    health = Health(every=4)
    trial = Trial(model, x, y, nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=0.1), 10, batch_size=20)
    train(trial, [Count(), health])
    assert [step.step for step in health.record.steps] == [1, 5, 9]
    assert hooks == [0] * 10
    assert len(health.record.losses) == 10
    assert sum(len(module._hooks) for module in model.modules()) == 0


def test_validation_is_not_taken_for_training():
    trial = runs.classified(Evaluated(), epochs=2)
    trial.x, trial.y = trial.x[:64], trial.y[:64]
    health = Health(every=1)
    train(trial, [health])
    assert [list(step.layers) for step in health.record.steps] == [["layer"]] * 4


def test_kinds_of_targets():
    assert kind_of(np.zeros((4, 3)), np.array([0, 1, 2, 0])) == "classes"
    assert kind_of(np.zeros((4, 1)), np.array([[0], [1], [1], [0]])) == "labels"
    assert kind_of(np.zeros((4, 1)), np.array([[0.5], [1], [1], [0]])) == "numbers"
    assert kind_of(np.zeros((4, 2)), np.zeros(4)) is None
    zeros_and_ones = np.array([[0.0], [1.0], [1.0], [0.0]])
    assert kind_of(np.zeros((4, 1)), zeros_and_ones, nn.BCEWithLogitsLoss()) == "labels"
    assert kind_of(np.zeros((4, 1)), zeros_and_ones, nn.MSELoss()) == "numbers"
    assert kind_of(np.zeros((4, 1)), zeros_and_ones, nn.functional.huber_loss) == "numbers"


def test_skill_of_numbers_is_r_squared():
    rng = np.random.default_rng(0)
    y = rng.normal(3.0, 2.0, size=(50, 1))
    outputs = y + 0.5 * rng.normal(size=(50, 1))
    batches = [measure_task(outputs[:20], y[:20]), measure_task(outputs[20:], y[20:])]
    constant = constant_score(batches)
    assert constant == pytest.approx(y.var())
    assert skill(batches, constant) == pytest.approx(1 - np.mean((outputs - y) ** 2) / y.var())


def test_labels_are_even_at_a_half_for_probabilities_and_at_zero_for_logits():
    y = np.array([[1.0], [0.0]])
    assert measure_task(np.array([[0.7], [0.2]]), y).score == 1.0
    assert measure_task(np.array([[0.7], [-0.2]]), y).score == 1.0
    assert measure_task(np.array([[0.4], [0.2]]), y).score == 0.5
    assert measure_task(np.array([[0.7], [0.2]]), y, nn.BCEWithLogitsLoss()).score == 0.5
    assert measure_task(np.array([[0.7], [-0.2]]), y, nn.functional.binary_cross_entropy).score == 1.0


def test_skill_of_classes_is_what_is_right_beyond_the_most_frequent():
    outputs = np.eye(3)[[0, 0, 1, 2, 0]]
    batch = measure_task(outputs, np.array([0, 0, 1, 1, 0]))
    assert constant_score([batch]) == pytest.approx(0.6)
    assert skill([batch], 0.6) == pytest.approx((0.8 - 0.6) / 0.4)


def test_where_a_constant_leaves_nothing_open_no_answer_has_skill() -> None:
    same = measure_task(np.array([[1.0], [1.5]]), np.full((2, 1), 2.0))
    assert (constant_score([same]), skill([same], 0.0)) == (0.0, 0.0)
    one = measure_task(np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([0, 0]))
    assert (constant_score([one]), skill([one], 1.0)) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("rows", "are"),
    [
        ([[0.25, 0.75], [1.0, 0.0]], True),
        ([[[0.25, 0.75], [1.0, 0.0]]], True),
        ([0.25, 0.75], False),
        ([[1.0], [1.0]], False),
        ([[0.25, 0.7]], False),
        ([[1.5, -0.5]], False),
        ([[np.nan, 1.0]], False),
    ],
)
def test_distributions_are_rows_of_several_shares(rows: list[Any], are: bool) -> None:
    assert _are_distributions(np.array(rows)) is are
