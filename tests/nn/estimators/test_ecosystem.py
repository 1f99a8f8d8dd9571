"""Estimators in scikit-learn's pipelines, searches and cross-validations, with frames of pandas, kept by joblib."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", "1.6")

from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import FitFailedWarning
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, HalvingRandomSearchCV, cross_val_predict, cross_val_score
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import nn
from nn.estimators import Classifier, Regressor

WINE = nn.data.load("wine")
X, Y = WINE.features, WINE.target


def build(inputs: int, outputs: int, width: int, seed: int) -> nn.Module:
    return nn.perceptron([inputs, width, outputs], "tanh", seed)


def quick(**params: object) -> Classifier:
    return Classifier(**{"hidden": (8,), "lr": 0.05, "epochs": 8, "batch_size": 32, "random_state": 0, **params})  # type: ignore[arg-type]


def test_pipelines_and_cross_validation() -> None:
    model = make_pipeline(StandardScaler(), quick())
    assert cross_val_score(model, X, Y, cv=3).mean() > 0.9
    assert cross_val_predict(model, X, Y, cv=3, method="predict_proba").shape == (178, 3)
    assert model.fit(X, Y, classifier__sample_weight=np.ones(178)).score(X, Y) > 0.9


def test_searches_set_parameters_of_the_network_and_the_optimizer() -> None:
    model = make_pipeline(
        StandardScaler(),
        Classifier(build, module_params={"width": 2}, lr=0.05, epochs=8, batch_size=32, random_state=0),
    )
    grid = {"classifier__module__width": [1, 8], "classifier__optimizer__weight_decay": [0.0, 0.01]}
    found = GridSearchCV(model, grid, cv=2).fit(X, Y)
    assert found.best_params_["classifier__module__width"] == 8 and found.best_score_ > 0.9
    space = {"lr": [1e-4, 1e-2, 1e-1], "hidden": [(4,), (8,)]}
    rounds = {"resource": "epochs", "max_resources": 9, "n_candidates": 6, "cv": 2, "random_state": 0}
    halving = HalvingRandomSearchCV(quick(), space, **rounds)
    scaled = StandardScaler().fit_transform(X)
    assert halving.fit(scaled, Y).best_score_ > 0.9 and halving.n_iterations_ >= 2


def test_a_training_that_fails_is_one_failed_fit_of_a_search() -> None:
    model = Regressor(optimizer="sgd", epochs=5, random_state=0)
    search = GridSearchCV(model, {"lr": [1e-6, 1e30]}, cv=2, refit=False)
    with warnings.catch_warnings(record=True) as told, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        search.fit(X, X[:, 0])
    assert np.isnan(search.cv_results_["mean_test_score"]).tolist() == [False, True]
    assert any(issubclass(w.category, FitFailedWarning) for w in told)


def test_it_takes_its_place_among_others() -> None:
    scaled = StandardScaler().fit_transform(X)
    vote = VotingClassifier([("net", quick()), ("line", LogisticRegression())], voting="soft").fit(scaled, Y)
    assert vote.score(scaled, Y) > 0.95
    assert CalibratedClassifierCV(quick(), cv=2).fit(scaled, Y).score(scaled, Y) > 0.9
    assert permutation_importance(quick().fit(scaled, Y), scaled, Y, n_repeats=1).importances.shape == (13, 1)
    assert MultiOutputClassifier(quick()).fit(scaled, np.stack([Y, Y], axis=1)).predict(scaled).shape == (178, 2)
    target = X[:, 0] * 1000.0
    line = TransformedTargetRegressor(
        Regressor(hidden=(), lr=0.1, epochs=50, random_state=0), transformer=StandardScaler()
    )
    assert line.fit(scaled, target).score(scaled, target) > 0.9


def test_names_of_frames_are_kept_and_checked() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=WINE.names)
    model = make_pipeline(StandardScaler(), quick()).set_output(transform="pandas")
    model.fit(frame, pandas.Series(np.array(["red", "white", "rosé"])[Y]))
    assert model[-1].feature_names_in_.tolist() == WINE.names
    assert set(model.predict(frame)) <= {"red", "white", "rosé"}
    alone = quick().fit(frame, Y)
    with pytest.raises(ValueError, match="feature names"):
        alone.predict(frame[frame.columns[::-1]])
    with pytest.raises(ValueError, match="feature names"):
        alone.predict(frame.rename(columns={WINE.names[0]: "other"}))


def test_joblib_keeps_it(tmp_path: Path) -> None:
    joblib = pytest.importorskip("joblib")
    model = Classifier(build, module_params={"width": 4}, epochs=2, random_state=0).fit(X, Y)
    joblib.dump(model, tmp_path / "model.joblib")
    assert np.array_equal(joblib.load(tmp_path / "model.joblib").predict_proba(X), model.predict_proba(X))
