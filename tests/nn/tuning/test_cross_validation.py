"""Folds, cross-validation, ensembles."""

from __future__ import annotations

import numpy as np
import pytest

import autograd as ag
import nn
from autograd.errors import OperandError, ShapeError
from nn.data import Standardize, folds

RNG = np.random.default_rng(0)
X = RNG.normal(size=(61, 3)).astype(np.float32) * 50 + 10
Y = (X[:, 0] > X[:, 1]).astype(int)


def build(seed: int, outputs: int = 2) -> nn.Module:
    return nn.Sequential(nn.Linear(3, 6, rng=seed), nn.Tanh(), nn.Linear(6, outputs, rng=seed + 1))


def test_folds_hold_every_row_once_and_every_class_in_its_share() -> None:
    labels = np.repeat([0, 1, 2], [31, 20, 10])
    parts = folds(labels, 5, seed=3)
    assert sorted(np.concatenate(parts).tolist()) == list(range(61))
    counts = np.array([np.bincount(labels[part], minlength=3) for part in parts])
    assert (np.ptp(counts, axis=0) <= 1).all()
    assert np.ptp([len(part) for part in parts]) <= 1
    assert not np.array_equal(parts[0], folds(labels, 5, seed=4)[0])
    with pytest.raises(ShapeError, match="3 folds need as many rows"):
        folds(np.arange(2), 3)


def test_each_fold_is_judged_by_a_model_that_has_not_seen_it() -> None:
    found = nn.cross_validate(build, (X, Y), 3, metrics="accuracy", standardize=True, lr=0.02, epochs=4)
    for part, numbers in zip(found.rows, found.folds, strict=True):
        rest = np.setdiff1d(np.arange(len(X)), part)
        scale = Standardize().fit(X[rest])
        model = build(0)
        nn.fit(model, (scale(X[rest]), Y[rest]), lr=0.02, epochs=4, seed=0, threads=1, progress=False)
        assert numbers == nn.evaluate(model, (scale(X[part]), Y[part]), metrics="accuracy")
        assert nn.metrics.accuracy(found.outputs[part], Y[part]) == numbers["accuracy"]
    assert found.mean["accuracy"] == np.mean([fold["accuracy"] for fold in found.folds])
    assert "mean" in str(found)


def test_targets_that_are_numbers_are_scaled_too_and_r2_stays() -> None:
    target = X @ [1.0, -2.0, 0.5] * 1000
    found = nn.cross_validate(build, (X, target), outputs=1, metrics="r2", standardize=True, lr=0.02, epochs=30)
    assert found.mean["r2"] > 0.9
    assert found.mean["loss"] == pytest.approx(1 - found.mean["r2"], abs=0.1)


def test_a_validation_share_is_taken_out_of_the_training_part() -> None:
    found = nn.cross_validate(build, (X, Y), 3, standardize=True, validation=0.25, patience=1, epochs=3)
    assert len(found.folds) == 3
    with pytest.raises(OperandError, match=r"neither build nor nn\.fit takes 'patiance'"):
        nn.cross_validate(build, (X, Y), patiance=1)
    with pytest.raises(OperandError, match="build must be a function that makes a model"):
        nn.cross_validate(build(0), (X, Y))


def test_a_model_that_was_trained_before_is_not_judged_by_what_it_learned() -> None:
    one = build(0)
    with pytest.raises(OperandError, match="build gave the same model again"):
        nn.cross_validate(lambda: one, (X, Y), 3)


def test_metrics_are_those_of_fit_that_give_one_number() -> None:
    def errors(outputs: np.ndarray, targets: np.ndarray) -> int:
        return int(np.sum(outputs.argmax(axis=1) != targets))

    found = nn.cross_validate(build, (X, Y), 3, metrics={"errors": errors, "right": "accuracy"})
    for fold, rows in zip(found.folds, found.rows, strict=True):
        assert fold["errors"] == pytest.approx(len(rows) * (1 - fold["right"]))
    with pytest.raises(ShapeError, match=r"the metric 'confusion_matrix' gives an array of shape \(2, 2\)"):
        nn.cross_validate(build, (X, Y), 3, metrics="confusion_matrix")
    with pytest.raises(ValueError, match="did you mean 'accuracy'"):
        nn.cross_validate(lambda: 1 / 0, (X, Y), 3, metrics="acuracy")
    nowhere = nn.cross_validate(build, (X * 1e20, Y), 3, metrics=errors, optimizer="sgd", lr=1e30)
    assert list(nowhere.folds[0]) == ["loss", "errors"]


def test_an_ensemble_averages_probabilities_of_classes() -> None:
    models = [build(seed) for seed in (0, 5, 9)]
    x = X / 50
    mean = np.mean([nn.functional.softmax(m(x)).data for m in models], axis=0)
    both = nn.Ensemble(models, "classes")
    np.testing.assert_allclose(nn.functional.softmax(both(x)).data, mean, rtol=1e-5)
    np.testing.assert_allclose(
        nn.functional.cross_entropy(both(x), Y).item(), -np.log(mean[np.arange(len(Y)), Y]).mean(), rtol=1e-5
    )
    assert len(list(both.parameters())) == 12


def test_an_ensemble_averages_probabilities_of_labels_and_numbers() -> None:
    models, x = [build(seed, 1) for seed in (0, 5)], X / 50
    probabilities = np.mean([ag.sigmoid(m(x)).data for m in models], axis=0)
    np.testing.assert_allclose(ag.sigmoid(nn.Ensemble(models, "labels")(x)).data, probabilities, rtol=1e-5)
    numbers = np.mean([m(x).data for m in models], axis=0)
    np.testing.assert_allclose(nn.Ensemble(models, "numbers")(x).data, numbers, rtol=1e-6)
    with pytest.raises(ShapeError, match="is it 'labels'"):
        nn.Ensemble(models, "classes")(x)
    with pytest.raises(ValueError, match="at least one"):
        nn.Ensemble([], "numbers")
    with pytest.raises(ValueError, match="kind must be"):
        nn.Ensemble(models, "logits")


def test_an_ensemble_of_models_that_are_sure_stays_finite() -> None:
    sure = nn.Linear(1, 1)
    sure.load_state_dict({"weight": [[1000.0]], "bias": [0.0]})
    out = nn.Ensemble([sure, sure], "labels")(np.array([[1.0], [-1.0]], np.float32))
    np.testing.assert_allclose(out.data, [[1000.0], [-1000.0]])
