"""What rows and classes count: `fit(class_weight=…, sample_weight=…)`."""

from __future__ import annotations

import numpy as np
import pytest

import nn
import optim
from autograd import Tensor
from autograd.errors import OperandError, ShapeError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3)).astype(np.float32)
Y = (X[:, 0] + 0.3 * RNG.normal(size=60) > 0.9).astype(int)


def one_step(model: nn.Module, **options: object) -> list[np.ndarray]:
    """The weights after one step over all rows."""
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    nn.fit(model, (X, Y), optimizer=optimizer, epochs=1, batch_size=60, progress=False, **options)
    return [p.data.copy() for p in model.parameters()]


def test_a_weight_of_two_is_the_row_twice():
    weights = np.where(np.arange(60) < 20, 2.0, 1.0)
    weighed = one_step(nn.Linear(3, 2, rng=0), sample_weight=weights * 60 / weights.sum())
    twice = nn.Linear(3, 2, rng=0)
    x, y = np.concatenate([X, X[:20]]), np.concatenate([Y, Y[:20]])
    nn.fit(twice, (x, y), optimizer=optim.SGD(twice.parameters(), lr=1.0), epochs=1, batch_size=80, progress=False)
    for a, b in zip(weighed, twice.parameters(), strict=True):
        np.testing.assert_allclose(a, b.data, rtol=1e-4, atol=1e-6)


def test_a_weight_of_zero_leaves_a_row_out():
    weights = (np.arange(60) < 30) * 2.0
    weighed = one_step(nn.Linear(3, 2, rng=0), sample_weight=weights)
    part = nn.Linear(3, 2, rng=0)
    nn.fit(
        part, (X[:30], Y[:30]), optimizer=optim.SGD(part.parameters(), lr=1.0), epochs=1, batch_size=30, progress=False
    )
    for a, b in zip(weighed, part.parameters(), strict=True):
        np.testing.assert_allclose(a, b.data, rtol=1e-4, atol=1e-6)


def test_balanced_classes_count_the_same_all_together():
    counts = np.bincount(Y)
    balanced = one_step(nn.Linear(3, 2, rng=0), class_weight="balanced")
    by_hand = one_step(nn.Linear(3, 2, rng=0), sample_weight=(60 / (2 * counts))[Y])
    by_class = one_step(nn.Linear(3, 2, rng=0), class_weight={0: 30 / counts[0], 1: 30 / counts[1]})
    for a, b, c in zip(balanced, by_hand, by_class, strict=True):
        np.testing.assert_allclose(a, b)
        np.testing.assert_allclose(a, c, rtol=1e-6)


def test_a_class_that_is_not_named_counts_once():
    named = one_step(nn.Linear(3, 2, rng=0), class_weight={0: 1.0, 1: 3.0})
    for a, b in zip(named, one_step(nn.Linear(3, 2, rng=0), class_weight={1: 3.0}), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_rare_class_is_answered_where_it_counts_more():
    rng = np.random.default_rng(1)
    y = (rng.random(400) < 0.05).astype(int)
    x = (rng.normal(size=(400, 2)) + 1.2 * y[:, None]).astype(np.float32)
    recalls = []
    for weight in (None, "balanced"):
        model = nn.Linear(2, 2, rng=0)
        nn.fit(model, (x, y), lr=0.05, epochs=10, class_weight=weight, progress=False)
        recalls.append(
            nn.evaluate(model, (x, y), metrics={"recall": lambda o, t: (o.argmax(1) == t)[t == 1].mean()})["recall"]
        )
    assert recalls[0] < 0.3 < 0.7 < recalls[1]


def test_weights_stay_with_their_rows_when_a_share_is_held_out():
    y = X[:, :1] * 0
    y[:30] = 100.0
    weights = (y[:, 0] == 0).astype(float)
    model = nn.Linear(3, 1, rng=0)
    history = nn.fit(model, (X, y), validation=0.3, lr=0.05, epochs=5, sample_weight=weights, progress=False)
    assert history[-1]["loss"] < 2.0 < 1000 < history[-1]["val_loss"]


def test_a_loader_and_binary_targets_are_weighed_too():
    loader = nn.DataLoader(X, Y.astype(np.float32)[:, None], batch_size=20, shuffle=True, seed=0)
    model = nn.Linear(3, 1, rng=0)
    history = nn.fit(
        model, loader, loss="bce_with_logits", class_weight="balanced", epochs=2, metrics=["accuracy"], progress=False
    )
    assert len(loader.arrays) == 2
    assert history[-1]["accuracy"] > 0.3


@pytest.mark.integration
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("loss", "targets", "weights"),
    [
        ("cross_entropy", Y, {"class_weight": "balanced"}),
        ("cross_entropy", Y, {"class_weight": {1: 5.0}, "sample_weight": np.linspace(0.1, 2.0, 60)}),
        ("bce_with_logits", Y[:, None].astype(float), {"class_weight": "balanced"}),
        ("mse", X[:, :2] ** 2, {"sample_weight": np.arange(60) % 3}),
        (nn.MSELoss(reduction="sum"), X[:, :1], {"sample_weight": np.arange(60) % 3}),
    ],
    ids=["classes", "classes and rows", "labels", "numbers", "a sum"],
)
def test_a_compiled_run_weighs_as_an_eager_one_does(loss, targets, weights, dtype) -> None:
    outputs = 2 if loss == "cross_entropy" else targets.shape[1]
    seen = []
    for compiled in (False, True):
        model = nn.Linear(3, outputs, rng=0).to(dtype)
        # Batches of 16 leave 12 rows for the last one; steps of two batches have shares of them.
        history = nn.fit(
            model, (X, targets), loss=loss, optimizer=optim.SGD(model.parameters(), lr=0.01), epochs=3, batch_size=16, accumulate=2,
            validation=0.2, compile=compiled, progress=False, **weights,
        )  # fmt: skip
        seen.append([model.weight.data, model.bias.data, [[row["loss"], row["val_loss"]] for row in history]])
    for eager, compiled in zip(*seen, strict=True):
        np.testing.assert_allclose(eager, compiled, rtol=1e-5 if dtype is np.float32 else 1e-12)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"sample_weight": np.ones(59)}, ShapeError, "60 rows"),
        ({"sample_weight": -np.ones(60)}, ValueError, "at least 0"),
        ({"sample_weight": np.full(60, np.nan)}, ValueError, "finite"),
        ({"sample_weight": ["a"] * 60}, OperandError, "numbers"),
        ({"class_weight": "equal"}, ValueError, "balanced"),
        ({"class_weight": {7: 1.0}}, ValueError, "7"),
        ({"class_weight": 3}, OperandError, "mapping"),
        ({"class_weight": "balanced", "loss": lambda o, t: (o**2).mean()}, OperandError, "row by row"),
    ],
)
def test_what_does_not_fit_is_refused_before_a_step(options, error, words):
    model = nn.Linear(3, 2, rng=0)
    before = model.weight.data.copy()
    with pytest.raises(error, match=words):
        nn.fit(model, (X, Y), progress=False, **options)
    assert (model.weight.data == before).all()


def test_several_labels_a_row_are_told_of_pos_weight():
    with pytest.raises(OperandError, match="pos_weight"):
        nn.fit(
            nn.Linear(3, 2, rng=0),
            (X, np.stack([Y, 1 - Y], 1).astype(np.float32)),
            class_weight="balanced",
            progress=False,
        )


def test_images_with_a_class_at_every_place_are_fitted():
    x = np.random.default_rng(0).normal(size=(40, 1, 4, 5)).astype(np.float32)
    y = (x[:, 0] > 0).astype(int) + (x[:, 0] > 1)
    history = nn.fit(nn.Conv2d(1, 3, 1, rng=0), (x, y), lr=0.1, epochs=20, metrics=["accuracy"], progress=False)
    assert history.loss == "cross_entropy"
    assert history[-1]["accuracy"] > 0.9


def test_an_ignored_place_is_no_wrong_label():
    x = np.random.default_rng(0).normal(size=(40, 1, 4, 5)).astype(np.float32)
    y = (x[:, 0] > 0).astype(int)
    y[0] = 255
    loss = nn.CrossEntropyLoss(ignore_index=255)
    history = nn.fit(nn.Conv2d(1, 3, 1, rng=0), (x, y), loss=loss, lr=0.1, epochs=20, progress=False)
    assert history[-1]["loss"] < 0.3
    with pytest.raises(ShapeError, match="255"):
        nn.fit(nn.Conv2d(1, 3, 1, rng=0), (x, y), loss="cross_entropy", progress=False)


def test_weighed_rows_cost_nothing_where_there_are_none():
    loss = nn.MSELoss()
    assert (
        nn.training.weights.weigh_rows(nn.training.objective.make_objective(loss, X, Tensor(X)))
        .function(Tensor(X), X)
        .item()
        == loss(Tensor(X), X).item()
    )
