"""Bagging and boosting: what each model is trained on, and what they are together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import nn
from autograd import OperandError
from autograd.graph.modes import no_grad

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 2))
XOR = (X[:, 0] * X[:, 1] > 0).astype(int)


def tiny(seed: int, outputs: int = 2) -> nn.Sequential:
    return nn.perceptron([2, 2, outputs], seed=seed)


def right(model: Any, y: np.ndarray = XOR) -> float:
    return nn.metrics.accuracy(model(X), y)


@pytest.mark.parametrize("on", ["residuals", "weights"])
@pytest.mark.parametrize("outputs", [1, 2])
def test_boosted_models_solve_together_what_each_alone_does_not(on: Any, outputs: int) -> None:
    options: dict[str, Any] = {"on": on, "outputs": outputs, "lr": 0.1, "batch_size": 60, "shrinkage": 1.0}
    one, many = (nn.boost(tiny, (X, XOR), rounds, **options) for rounds in (1, 8))
    assert right(one) < 0.82
    assert right(many) > right(one) + 0.05 and right(many) > 0.86
    assert many.kind == {"residuals": "numbers", "weights": "votes"}[on]


def test_residuals_of_numbers_get_smaller_by_each_model() -> None:
    y = np.sin(2.0 * X[:, 0]) + X[:, 1]
    seen: list[np.ndarray] = []

    class Sees(nn.Trainer):
        def __init__(self, plan: Any) -> None:
            super().__init__(plan)
            seen.append(plan.batches.arrays[1].astype(np.float64))

    committee = nn.boost(tiny, (X, y), 4, outputs=1, lr=0.05, shrinkage=0.5, trainer=Sees)
    sizes = [float(np.mean(residuals**2)) for residuals in seen]
    assert all(later < earlier for earlier, later in zip(sizes, sizes[1:], strict=False))
    # Each was trained on the targets less half of what those before it give.
    with no_grad():
        left = y[:, None] - 0.5 * sum(model(X.astype(np.float32)).data for model in list(committee.models)[:3])
    np.testing.assert_allclose(seen[3], left, atol=1e-5)
    np.testing.assert_allclose(committee.weights, [0.5] * 4)


def test_weights_are_those_of_adaboost() -> None:
    """α = log((1 − ε)/ε) + log(K − 1), and what was wrong weighs exp(α) times as much for the next."""
    y = np.digitize(X[:, 0] + 0.5 * X[:, 1] ** 2, [-0.3, 0.6])
    committee = nn.boost(tiny, (X, y), 5, on="weights", outputs=3, lr=0.05, epochs=4)
    weights = np.full(len(X), 1.0 / len(X))
    for model, vote in zip(committee.models, committee.weights, strict=True):
        wrong = model(X.astype(np.float32)).data.argmax(axis=1) != y
        error = weights[wrong].sum()
        assert vote == pytest.approx(math.log((1.0 - error) / error) + math.log(2.0), rel=1e-6)
        weights = np.where(wrong, weights * math.exp(vote), weights)
        weights /= weights.sum()
        # After it the last model is as good as chance.
        assert weights[wrong].sum() == pytest.approx(2.0 / 3.0)


def test_a_bag_is_trained_on_rows_drawn_anew_for_each_model() -> None:
    seen: list[np.ndarray] = []

    class Sees(nn.Trainer):
        def __init__(self, plan: Any) -> None:
            super().__init__(plan)
            seen.append(plan.batches.arrays[0])

    committee = nn.bag(tiny, (X, XOR), 3, lr=0.05, epochs=2, trainer=Sees)
    assert [len(rows) for rows in seen] == [300] * 3
    shares = [len(np.unique(rows, axis=0)) / 300 for rows in seen]
    np.testing.assert_allclose(shares, 1.0 - math.exp(-1.0), atol=0.06)
    assert not np.array_equal(seen[0], seen[1])
    assert committee.kind == "classes"
    again = nn.bag(tiny, (X, XOR), 3, lr=0.05, epochs=2)
    np.testing.assert_array_equal(committee(X).data, again(X).data)


def test_weighted_ensembles() -> None:
    models, x = [tiny(seed, 3) for seed in (0, 5, 9)], X.astype(np.float32)
    shares = np.array([0.5, 0.0, 0.25])
    parts = np.stack([nn.functional.softmax(model(x)).data for model in models])
    mean = np.einsum("m,mnc->nc", shares / shares.sum(), parts)
    weighted = nn.Ensemble(models, "classes", shares)
    np.testing.assert_allclose(nn.functional.softmax(weighted(x)).data, mean, rtol=1e-5)
    yes = np.einsum("m,mnc->nc", shares / shares.sum(), np.stack([1 / (1 + np.exp(-m(x).data)) for m in models]))
    labels = nn.functional.sigmoid(nn.Ensemble(models, "labels", shares)(x))
    np.testing.assert_allclose(labels.data, yes, rtol=1e-5)
    votes = sum(w * np.eye(3)[m(x).data.argmax(axis=1)] for w, m in zip(shares, models, strict=True))
    np.testing.assert_allclose(nn.Ensemble(models, "votes", shares)(x).data, votes)
    for given in ([1.0, 2.0], [0.0, 0.0, 0.0]):
        with pytest.raises(ValueError, match="3 models need as many weights, not all of them 0"):
            nn.Ensemble(models, "classes", given)
    with pytest.raises(ValueError, match="a weight must be a number from 0 on, got -1"):
        nn.Ensemble(models, "classes", [1.0, 1.0, -1.0])
    assert "weights=[0.5, 0.0, 0.25]" in weighted.extra_repr()


def rare() -> nn.Module:
    """Whatever it learns, it says yes, which is right for a third of the rows."""
    layer = nn.Linear(2, 1, rng=0)
    layer.load_state_dict({"weight": [[0.0, 0.0]], "bias": [1000.0]})
    return layer


def test_what_cannot_be_boosted() -> None:
    shared = tiny(0)
    y = X[:, 0]
    for arguments, options, error, message in (
        ((tiny, (X, y)), {"on": "weights", "outputs": 1}, OperandError, "weights are for class numbers"),
        ((tiny, (X, XOR)), {"loss": "cross_entropy"}, OperandError, "leave loss out"),
        ((tiny, (X, XOR), 0), {}, ValueError, "rounds must be a whole number from 1 on, got 0"),
        ((tiny, (X, XOR)), {"on": "errors"}, ValueError, "on must be 'residuals' or 'weights', got 'errors'"),
        ((tiny, (X, XOR)), {"shrinkage": 0.0}, ValueError, "shrinkage must be a number above 0"),
        ((lambda: shared, (X, XOR)), {}, OperandError, "the same model again"),
        ((tiny, (X, XOR)), {"width": 3}, OperandError, "neither build nor nn.fit takes 'width'"),
        (
            (rare, (X, np.arange(300) % 3 == 0)),
            {"on": "weights", "epochs": 1},
            ValueError,
            "no model is better than chance",
        ),
    ):
        with pytest.raises(error, match=message):
            nn.boost(*arguments, **options)


def end_in_sigmoid(seed: int) -> nn.Sequential:
    return nn.Sequential(*nn.perceptron([2, 4, 1], seed=seed), nn.Sigmoid())


def test_probabilities_are_averaged_and_not_boosted() -> None:
    x = np.random.default_rng(0).normal(size=(60, 2))
    y = (x[:, :1] > 0.0).astype(int)
    committee = nn.bag(end_in_sigmoid, (x, y), 3, epochs=30, lr=0.1)
    assert committee.kind == "numbers"
    with no_grad():
        outputs = np.mean([model(x).data for model in committee.models], axis=0)
        np.testing.assert_allclose(committee(x).data, outputs, rtol=1e-6)
    assert nn.metrics.accuracy(outputs, y, threshold=0.5) > 0.9
    for on in ("residuals", "weights"):
        with pytest.raises(OperandError, match="these give probabilities: leave the Sigmoid out"):
            nn.boost(end_in_sigmoid, (x, y), 3, on=on, epochs=1)


def test_rows_that_are_drawn_do_not_choose_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    losses = []

    def note(model: Any, data: Any, **options: Any) -> None:
        losses.append(options["loss"])

    monkeypatch.setattr("nn.tuning.committees.fit", note)
    x, y = np.arange(4.0).reshape(4, 1), np.array([[0.0], [0.0], [0.0], [1.0]])
    # In some of these draws all targets are 0.
    nn.bag(lambda seed: nn.Linear(1, 1, rng=seed), (x, y), 8)
    assert set(losses) == {"bce_with_logits"}
