"""The diagnosis: a sample of the tuning half of the corpus, what it says, and that it touches nothing."""

from __future__ import annotations

import copy
import json
import random
import re
from types import SimpleNamespace

import numpy as np
import pytest

import nn
import optim
from autograd.errors import OperandError, ShapeError
from nn.health import CAUSES, diagnose
from nn.health.evidence.loss import find_softmax_over_rows
from tests.nn.health.corpus import rows, tuning
from tests.nn.health.corpus.case import Case, diagnose_case
from tests.nn.health.corpus.networks import mlp
from tests.sweep import sweep

# Quick ones of each kind; `python -m tests.nn.health.corpus.tuning 0 5` goes over all, in a night.
SAMPLE = (
    "shuffled_numbers", "inputs_by_thousands", "targets_far_away", "rare_ignored", "leaked_target", "classes_from_one",
    "circle_by_linear_layers", "xor_with_a_dead_relu", "layers_in_a_list", "own_loss_broadcasts",
    "sign_turned", "mse_diverges", "momentum_of_999", "another_models_parameters", "logarithm_of_zero",
)  # fmt: skip
HEALTHY = ("rare_learned", "one_hot_targets", "linear_numbers")


def named(names: tuple[str, ...]) -> list[Case]:
    return [case for case in tuning.SICK + tuning.HEALTHY if case.name in names]


@pytest.mark.parametrize("case", sweep(named(SAMPLE), 8), ids=lambda case: case.name)
def test_the_true_cause_comes_first(case: Case) -> None:
    found = diagnose_case(case, 0)
    assert case.is_right(found.cause), str(found)
    assert len(found.findings) <= 3


@pytest.mark.parametrize("case", sweep(named(HEALTHY), 3), ids=lambda case: case.name)
def test_healthy_runs_are_called_healthy(case: Case) -> None:
    found = diagnose_case(case, 0)
    assert found.cause == "healthy", str(found)
    assert found
    assert "as it is" in found.evidence[0]


def test_the_corpus_is_as_large_as_it_says_and_every_kind_has_its_source() -> None:
    assert len(tuning.SICK) >= 40
    assert len(tuning.HEALTHY) >= 20
    assert len({case.cause for case in tuning.SICK}) >= 20
    assert {case.cause for case in tuning.SICK} <= CAUSES.keys()
    assert all(case.source for case in tuning.SICK + tuning.HEALTHY)


@pytest.fixture(scope="module")
def circle():
    x, y = rows.circle(0)
    model = mlp([2, 16, 1], 0, None)
    return diagnose(model, (x, y), optimizer=optim.Adam(model.parameters(), lr=0.02), epochs=20)


def test_the_proof_is_what_heals_and_what_does_not(circle) -> None:
    (finding,) = circle.findings
    assert (finding.cause, finding.heals, finding.certain) == ("no activation", ("ReLU between",), False)
    trials = {trial.name: trial for trial in circle.trials}
    assert trials["ReLU between"].score < 0.6 < 0.9 < trials["as it is"].score
    assert f"{trials['ReLU between'].score:.3g}" in finding.sentence


def test_the_report_is_a_text_json_and_a_page(circle) -> None:
    text = str(circle)
    assert text.startswith("diagnosis: no activation")
    assert "ReLU between" in text
    told = json.loads(circle.to_json())
    assert told["verdict"] == "no activation"
    assert [trial["name"] for trial in told["trials"]][:2] == ["as it is", "ReLU between"]
    page = circle.to_html()
    assert page.count("<svg") == len(circle.trials)
    # The highest error that is drawn, 3, is at the top, and the error of a constant answer in the upper part.
    heights = [float(point.split(",")[1]) for line in re.findall(r'points="([^"]+)"', page) for point in line.split()]
    assert 0.0 <= min(heights) < 20.0 < max(heights) <= 110.0
    assert 'class="heals"' in page


def test_names_of_users_are_text_in_the_page() -> None:
    model = nn.Sequential()
    model.add_module("<b>", nn.Linear(3, 2, rng=0))
    x = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    other = nn.Linear(3, 2, rng=1)
    found = diagnose(model, (x, (x[:, 0] > 0).astype(int)), optimizer=optim.SGD(model.parameters(), lr=0.1), quick=True)
    assert "<b>" not in found.to_html().replace("<b>Fix", "").split("<svg")[0].replace("<b>as it is", "")
    assert diagnose(
        model, (x, (x[:, 0] > 0).astype(int)), optimizer=optim.SGD(other.parameters(), lr=0.1), quick=True
    ).cause == ("foreign parameters")


def test_nothing_of_the_users_is_touched() -> None:
    rng = np.random.default_rng(5)
    model = nn.Sequential(
        nn.Linear(4, 8, rng=0), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3, rng=rng), nn.Linear(8, 2, rng=1)
    )
    x = np.random.default_rng(0).normal(size=(96, 4)).astype(np.float32)
    y, loss = (x[:, 0] > 0).astype(int), nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    loss(model(x), y).backward()
    optimizer.step()
    before, gradients = copy.deepcopy(model.state_dict()), [p.grad.copy() for p in model.parameters()]
    state, drawn = copy.deepcopy(optimizer.state_dict()), copy.deepcopy(rng.bit_generator.state)
    of_numpy, of_python = np.random.get_state()[1].copy(), random.getstate()
    diagnose(model, (x, y), loss, optimizer=optimizer, epochs=20, quick=True)
    assert all(np.array_equal(a, before[name]) for name, a in model.state_dict().items())
    assert all(np.array_equal(p.grad, g) for p, g in zip(model.parameters(), gradients, strict=True))
    np.testing.assert_equal(optimizer.state_dict(), state)
    assert rng.bit_generator.state == drawn
    assert np.array_equal(np.random.get_state()[1], of_numpy)
    assert random.getstate() == of_python
    assert all(module.training and not module._hooks for module in model.modules())


def test_one_is_told_what_is_tried_and_the_answer_so_far() -> None:
    x, y = rows.circle(0)
    said: list[tuple[str, float, str]] = []
    diagnose(mlp([2, 8, 1], 0), (x, y), epochs=5, quick=True, watch=lambda *told: said.append(told))
    assert said[0][0] == "as it is"
    assert all(0.0 <= share <= 1.0 for _, share, _ in said)
    assert said[-1][2].startswith("error as it is")


def test_what_others_have_seen_joins_the_verdict() -> None:
    x, y = rows.circle(0)
    seen = nn.health.Finding("step missing", "", "the loop never calls step()", "call it")
    found = diagnose(mlp([2, 8, 1], 0), (x, y), epochs=5, quick=True, evidence=[seen])
    assert found.findings[0] is seen


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((np.ones((4, 2)),), "data must be .inputs, targets., .* got tuple of 1"),
        ((np.ones((4, 2)), np.ones(3)), "4 rows of inputs and 3 of targets; they must be as many"),
        ((np.ones((4, 2)), np.array(list("abba"))), "the data must be numbers, got <U1"),
    ],
)
def test_data_that_do_not_fit_are_refused(data, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        diagnose(nn.Linear(2, 1), data, nn.MSELoss())


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(OperandError, match="int is neither a Module of ours nor one of PyTorch's"):
        diagnose(3, (np.ones((4, 2)), np.ones(4)))


def test_what_the_model_raises_is_the_finding() -> None:
    found = diagnose(nn.Linear(3, 1, rng=0), (np.ones((8, 2), np.float32), np.ones(8)), nn.MSELoss())
    assert found.cause == "error"
    assert "expected an input of shape (…, 3)" in found.findings[0].sentence


# Kinds that have been told wrongly once; each is seen without long experiments.
SEEN = (
    "softmax_of_one_with_bce", "softmax_for_several_labels", "softmax_for_nll", "numbers_of_one_axis", "blocks_in_tuples",
    "likelihood_without_its_sign", "loss_of_rounded_answers", "one_hot_class_among_the_features", "validated_by_other_classes",
    "maximised", "divided_by_nothing",
)  # fmt: skip


@pytest.mark.parametrize("case", sweep(named(SEEN), 3), ids=lambda case: case.name)
def test_the_true_cause_is_seen_at_once(case: Case) -> None:
    found = diagnose_case(case, 1, seconds=0.5)
    assert case.is_right(found.cause), str(found)


def test_a_rate_of_zero_has_no_multiples() -> None:
    (case,) = named(("rate_of_zero",))
    found = diagnose_case(case, 0, quick=True)
    assert found.cause == "learning rate too low"
    assert found.findings[0].heals


def test_rows_are_mixed_also_where_only_earlier_ones_count() -> None:
    (case,) = named(("batch_taken_for_time",))
    found = diagnose_case(case, 0, seconds=0.5)
    assert found.cause == "rows mixed", str(found)


def test_a_softmax_over_rows_is_seen_with_two_classes_too() -> None:
    e = np.exp(np.random.default_rng(0).normal(size=(5, 2)))
    facts = SimpleNamespace(last_kind="Softmax", last_activation="2", outputs=e / e.sum(axis=0))
    assert [found.cause for found in find_softmax_over_rows(facts)] == ["softmax over rows"]
    facts.outputs = e / e.sum(axis=1, keepdims=True)
    assert list(find_softmax_over_rows(facts)) == []


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"batch_size": 0}, "batch_size"), ({"batch_size": -3}, "batch_size"), ({"batch_size": "8"}, "batch_size"),
        ({"epochs": 0}, "epochs"), ({"epochs": 1.5}, "epochs"), ({"seed": -1}, "seed"), ({"seconds": float("nan")}, "seconds"),
        ({"clip_norm": -1.0}, "clip_norm"), ({"clip_value": float("nan")}, "clip_value"), ({"clip_weights": -0.1}, "clip_weights"),
        ({"clip_weights": "a"}, "clip_weights"),
    ],
)  # fmt: skip
def test_settings_that_no_run_has_are_refused(setting: dict[str, object], said: str) -> None:
    x, y = np.ones((9, 2), np.float32), np.ones((9, 1), np.float32)
    with pytest.raises((ValueError, TypeError), match=f"diagnose: {said} must be"):
        diagnose(mlp([2, 1], 0), (x, y), nn.MSELoss(), **setting)
