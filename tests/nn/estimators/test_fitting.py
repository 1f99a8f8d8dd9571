"""What an estimator makes of its parameters: networks, optimizers, stopping, going on, and what it refuses."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", "1.6")

from sklearn.base import clone

import nn
import optim
from autograd.errors import OperandError
from nn.estimators import Classifier, Regressor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = np.where(X[:, 0] + X[:, 1] > 0.0, "yes", "no")
Z = X @ [1.0, -2.0, 0.5] + 0.1


class Counts(nn.Callback):
    """Which of a run's epochs it has seen."""

    def __init__(self) -> None:
        self.epochs = 0

    def on_epoch(self, run: nn.Run) -> None:
        self.epochs += 1


def build(inputs: int, outputs: int, width: int = 4, seed: int = 0) -> nn.Module:
    return nn.perceptron([inputs, width, outputs], "tanh", seed)


def quick(**params: Any) -> Classifier:
    return Classifier(**{"epochs": 3, "hidden": (4,), "random_state": 0, **params})


def weights_of(estimator: Any) -> list[np.ndarray]:
    return [p.data.copy() for p in estimator.module_.parameters()]


def equal(one: Any, other: Any) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(weights_of(one), weights_of(other), strict=True))


# networks


def test_a_function_makes_the_network_of_what_it_takes() -> None:
    model = Classifier(build, module_params={"width": 7}, epochs=1, random_state=0).fit(X, Y)
    assert [p.shape for p in model.module_.parameters()] == [(7, 3), (7,), (2, 7), (2,)]
    model.set_params(module__width=5).fit(X, Y)
    assert model.module_params == {"width": 5} and model.module_[0].weight.shape == (5, 3)
    assert model.get_params()["module__width"] == 5 and clone(model).module_params == {"width": 5}


def test_a_network_that_is_given_is_copied() -> None:
    module = nn.Linear(3, 2, rng=0)
    before = module.weight.data.copy()
    model = Classifier(module, epochs=2, random_state=0).fit(X, Y)
    assert np.array_equal(module.weight.data, before) and not np.array_equal(model.module_.weight.data, before)
    assert equal(model, clone(model).fit(X, Y)), "every fit begins with its weights"


def test_its_own_network_has_the_floats_of_the_data() -> None:
    assert quick().fit(X, Y).module_[0].weight.dtype == np.float64
    assert quick().fit(X.astype(np.float32), Y).module_[0].weight.dtype == np.float32


def test_images_and_words() -> None:
    images = RNG.normal(size=(20, 1, 4, 4))
    network = nn.Sequential(nn.Conv2d(1, 2, 3, rng=0), nn.Flatten(), nn.Linear(8, 2, rng=0))
    assert Classifier(network, epochs=1).fit(images, Y[:20]).predict(images).shape == (20,)
    words = RNG.integers(0, 5, (20, 4))
    network = nn.Sequential(nn.Embedding(5, 3, rng=0), nn.Flatten(), nn.Linear(12, 2, rng=0))
    assert Classifier(network, epochs=1).fit(words, Y[:20]).predict_proba(words).shape == (20, 2)


def test_several_labels_a_row() -> None:
    labels = np.stack([X[:, 0] > 0.0, X[:, 1] > 0.0, X[:, 2] > 0.0], axis=1).astype(int)
    model = Classifier(hidden=(), lr=0.1, epochs=60, random_state=0).fit(X, labels)
    assert model.history_.loss == "bce_with_logits" and model.score(X, labels) > 0.8
    with pytest.raises(ValueError, match="had 3"):
        model.partial_fit(X, labels[:, :2])
    with pytest.raises(ValueError, match="one label a row"):
        Classifier(class_weight="balanced").fit(X, labels)


@pytest.mark.parametrize(
    ("last", "outputs"), [(nn.Softmax(-1), 2), (nn.LogSoftmax(-1), 2), (nn.Sigmoid(), 1), (None, 1), (None, 2)]
)
def test_probabilities_are_those_of_the_last_layer(last: nn.Module | None, outputs: int) -> None:
    loss = "mse" if isinstance(last, nn.Softmax) else None
    layers = [nn.Linear(3, outputs, rng=0), *([last] if last is not None else [])]
    model = Classifier(nn.Sequential(*layers), loss=None if loss else loss, lr=0.1, epochs=60, random_state=0)
    model.fit(X, Y)
    proba = model.predict_proba(X)
    assert np.allclose(proba.sum(axis=1), 1.0) and np.allclose(np.exp(model.predict_log_proba(X)), proba)
    assert np.array_equal(model.classes_[proba.argmax(axis=1)], model.predict(X))
    assert np.array_equal(model.decision_function(X) > 0.0, model.predict(X) == "yes")
    assert model.score(X, Y) > 0.9


def test_margins_are_no_probabilities() -> None:
    model = Classifier(hidden=(), loss="multi_margin", lr=0.1, epochs=30, random_state=0).fit(X, Y)
    assert not hasattr(model, "predict_proba") and not hasattr(Classifier(loss=nn.MultiMarginLoss()), "predict_proba")
    assert model.score(X, Y) > 0.9


# training


@pytest.mark.parametrize("estimator", [Classifier, Regressor])
def test_every_option_of_fit_is_a_parameter(estimator: type) -> None:
    # Weights are arguments of the methods, and processes of MPI run whole programs.
    others = {"model", "data", "seed", "sample_weight", "class_weight", "comm"}
    options = set(inspect.signature(nn.fit).parameters) - others
    assert options <= set(inspect.signature(estimator).parameters)


def test_options_of_fit_reach_it(tmp_path: Path) -> None:
    model = quick(
        epochs=4,
        validation=0.25,
        patience=None,
        optimizer=optim.SGD,
        optimizer_params={"momentum": 0.9},
        lr=0.1,
        scheduler=lambda optimizer: optim.lr_scheduler.StepLR(optimizer, 1, 0.5),
        metrics=["accuracy"],
        clip_norm=1.0,
        average=0.5,
        callbacks=[Counts()],
        logs=tmp_path / "log.csv",
        checkpoint=tmp_path / "run.safetensors",
        penalty=lambda module: 1e-3 * nn.l2_penalty(module.parameters()),
    ).fit(X, Y)
    assert model.history_["lr"][-1] == 0.1 * 0.5**3 and "momentum=0.9" in model.history_.optimizer
    assert {"val_accuracy", "penalty"} <= set(model.history_.columns) and model.n_iter_ == 4
    assert (tmp_path / "log.csv").exists() and (tmp_path / "run.safetensors").exists()
    assert model.callbacks_[0].epochs == 4 and model.callbacks[0].epochs == 0, "a training has copies of its own"


def test_it_stops_early_and_keeps_the_best_weights() -> None:
    model = Regressor(hidden=(16,), lr=0.05, epochs=300, validation=0.25, patience=5, random_state=0).fit(X, Z)
    assert model.n_iter_ < 300 and model.history_.stopped.startswith("early: val_loss")


def test_a_validation_of_ones_own_has_labels() -> None:
    model = quick(validation=(X[:10], Y[:10])).fit(X[10:], Y[10:])
    assert "val_loss" in model.history_.columns
    with pytest.raises(ValueError, match="none of the classes"):
        quick(validation=(X[:2], ["yes", "perhaps"])).fit(X, Y)


def test_the_same_state_gives_the_same_bits() -> None:
    assert equal(quick().fit(X, Y), quick().fit(X, Y)) and not equal(quick().fit(X, Y), quick(random_state=1).fit(X, Y))


def test_warm_goes_on_and_partial_is_one_epoch() -> None:
    model = quick(warm_start=True).fit(X, Y)
    before = weights_of(model)
    model.set_params(epochs=1, lr=1e-9).fit(X, Y)
    assert np.allclose(weights_of(model)[0], before[0], atol=1e-6)
    with pytest.raises(ValueError, match="fit anew"):
        model.fit(X, np.where(Y == "yes", "perhaps", Y))
    steps = quick(batch_size=60)
    for _ in range(3):
        steps.partial_fit(X, Y, classes=["no", "yes"])
    assert steps.n_iter_ == 3 and [row["epoch"] for row in steps.history_.rows] == [1, 2, 3]
    # Of one batch the order does not matter: three calls with one optimizer are three epochs.
    assert np.allclose(weights_of(steps)[0], weights_of(quick(batch_size=60).fit(X, Y))[0])


def test_partial_fit_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="classes"):
        quick().partial_fit(X, Y)
    with pytest.raises(ValueError, match="balanced"):
        quick(class_weight="balanced").partial_fit(X, Y, classes=["no", "yes"])
    model = quick().partial_fit(X, Y, classes=["no", "yes"])
    with pytest.raises(ValueError, match="none of the classes"):
        model.partial_fit(X[:1], ["perhaps"])
    with pytest.raises(ValueError, match="calls before"):
        model.partial_fit(X, Y, classes=["yes"])


# weights


def test_a_weight_is_as_many_rows() -> None:
    weights = RNG.integers(0, 3, 60)
    options: dict[str, Any] = {"hidden": (4,), "activation": "tanh", "epochs": 5, "random_state": 0}
    one = Regressor(**options).fit(X, Z, sample_weight=weights)
    other = Regressor(**options).fit(X.repeat(weights, axis=0), Z.repeat(weights))
    assert np.allclose(one.predict(X), other.predict(X), rtol=1e-9)
    assert np.isclose(one.history_[-1]["loss"], other.history_[-1]["loss"])


def test_weights_of_classes_are_weights_of_rows() -> None:
    one = quick(class_weight={"no": 3.0, "yes": 1.0}, metrics="accuracy").fit(X, Y)
    other = quick(metrics="accuracy").fit(X, Y, sample_weight=np.where(Y == "no", 3.0, 1.0))
    assert equal(one, other) and one.history_[-1]["accuracy"] == other.history_[-1]["accuracy"]
    few = np.concatenate([np.flatnonzero(Y == "no")[:3], np.flatnonzero(Y == "yes")])
    balanced = Classifier(hidden=(), lr=0.1, epochs=40, class_weight="balanced", random_state=0).fit(X[few], Y[few])
    plain = Classifier(hidden=(), lr=0.1, epochs=40, random_state=0).fit(X[few], Y[few])
    assert (balanced.predict(X) == "no").sum() > (plain.predict(X) == "no").sum()


def test_weights_need_a_loss_of_each_row() -> None:
    with pytest.raises(OperandError, match="a loss of nn"):
        Regressor(loss=lambda outputs, targets: ((outputs - targets) ** 2).mean()).fit(X, Z, sample_weight=np.ones(60))


@pytest.mark.integration
def test_weights_count_in_compiled_runs_too() -> None:
    weights = {"class_weight": "balanced", "random_state": 0}
    np.testing.assert_allclose(
        quick(**weights, compile=True).fit(X, Y).predict_proba(X),
        quick(**weights).fit(X, Y).predict_proba(X),
        rtol=1e-5,
    )


def test_a_rate_is_found_for_the_data() -> None:
    model = quick(lr="auto").fit(X, Y)
    assert 1e-4 < model.optimizer_.param_groups[0]["lr"] < 5.0 and model.lr == "auto"
    with pytest.raises(ValueError, match="'auto' for an optimizer given by name"):
        quick(lr="auto", optimizer=optim.SGD).fit(X, Y)


# what is refused


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"module": 3}, "module must be a Module"),
        ({"module": nn.Linear(3, 4, rng=0)}, "of 2 classes it must give 2 scores"),
        ({"module": nn.Linear(3, 2, rng=0), "module_params": {"width": 3}}, "is one already"),
        ({"module": build, "module_params": {"wide": 3}}, "takes no 'wide'"),
        ({"module_params": {"width": 3}}, "module of yours"),
        ({"optimizer": optim.SGD([nn.Parameter(np.zeros(2))], lr=0.1)}, "no parameters before fit"),
        ({"optimizer": lambda parameters: 3}, "must make an Optimizer"),
        ({"optimizer": "adamm"}, "adam"),
        ({"average": optim.Averaged([nn.Parameter(np.zeros(2))])}, "average must be a decay"),
        ({"validation": 1.5}, "between 0 and 1"),
        ({"validation": "some"}, "a share, or"),
        ({"epochs": 0}, "epochs"),
        ({"module": nn.Flatten()}, "no parameters"),
    ],
)
def test_bad_parameters_are_told_by_fit(params: dict[str, Any], told: str) -> None:
    with pytest.raises((ValueError, TypeError), match=told):
        quick(**params).fit(X, Y)


def test_numbers_must_fit_the_network() -> None:
    with pytest.raises(ValueError, match="gives 2 numbers for a row, and y has 1"):
        Regressor(nn.Linear(3, 2, rng=0)).fit(X, Z)
    model = Regressor(epochs=1).fit(X, np.stack([Z, Z], axis=1))
    assert model.predict(X).shape == (60, 2)
    with pytest.raises(ValueError, match="fitted to 2"):
        model.partial_fit(X, Z)


def test_an_interrupt_is_no_training_but_loses_nothing() -> None:
    class Pressed(nn.Callback):
        def on_epoch(self, run: nn.Run) -> None:
            if run.epoch == 2:
                run.stop("interrupted")

    model = quick(epochs=9, callbacks=[Pressed()])
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y)
    assert model.n_iter_ == 2 and model.predict(X).shape == (60,)


# persistence


def test_a_pickle_predicts_the_same_and_tells_another_version() -> None:
    model = quick().fit(X, Y)
    content = pickle.dumps(model)
    again = pickle.loads(content)
    assert np.array_equal(again.predict_proba(X), model.predict_proba(X)) and "_stepgrad_version" not in vars(again)
    state = {**model.__getstate__(), "_stepgrad_version": "0.0.1"}
    with pytest.warns(UserWarning, match=r"pickled by stepgrad 0\.0\.1"):
        Classifier.__new__(Classifier).__setstate__(state)


def test_without_scikit_learn_all_else_works() -> None:
    code = (
        "import sys; sys.modules['sklearn'] = None\n"
        "import nn\n"
        "from autograd.errors import MissingDependencyError\n"
        "assert 'estimators' not in vars(nn)\n"
        "try: nn.estimators\n"
        "except MissingDependencyError as error: print(error)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "needs scikit-learn" in told and "integration" in told


def test_importing_networks_loads_no_scikit_learn() -> None:
    code = "import sys, nn; print('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
    assert nn.estimators.Classifier is Classifier and "estimators" not in nn.__all__


def test_an_old_scikit_learn_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import sklearn.utils.validation

    from autograd.errors import MissingDependencyError
    from nn.estimators.requirement import require_scikit_learn

    monkeypatch.delattr(sklearn.utils.validation, "validate_data")
    with pytest.raises(MissingDependencyError, match=r"1\.6 or newer"):
        require_scikit_learn()
