"""The tuning half: kinds that were missed once, each with a run that looks like it and is healthy."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from nn import functional
from tests.nn.health.corpus import rows
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.tuning_strangers import adam, bars, houses, picture, spirals

ASKED = "question on a question site: "


def noisy_blobs(seed: int) -> rows.Rows:
    """Four classes in twenty dimensions."""
    rng = np.random.default_rng(seed)
    y, centres = rng.integers(0, 4, 500), rng.normal(size=(4, 20))
    return (centres[y] + rng.normal(size=(500, 20))).astype(np.float32), y


def frozen_at_random(seed: int) -> Setup:
    """A body that was never trained, all of it frozen."""
    model = picture(seed)
    for p in [*model[0].parameters(), *model[4].parameters()]:
        p.requires_grad = False
    return Setup(model, *bars(seed), nn.CrossEntropyLoss(), adam(model[6]), epochs=20)


def narrow_and_frozen(seed: int) -> Setup:
    model = mlp([2, 5, 5, 3], seed, nn.Tanh)
    for p in [*model[0].parameters(), *model[2].parameters()]:
        p.requires_grad = False
    return Setup(model, *spirals(seed), nn.CrossEntropyLoss(), adam(model[4]), epochs=40)


def frozen_but_trained_before(seed: int) -> Setup:
    """A body that was trained on the same pictures, and a new head."""
    model = picture(seed)
    x, y = bars(seed)
    nn.fit(model, (x, y), lr=0.005, epochs=8, seed=seed, progress=False)
    for p in [*model[0].parameters(), *model[4].parameters()]:
        p.requires_grad = False
    model[6] = nn.Linear(24, 3, rng=seed + 9)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model[6]), epochs=20)


class Shares(nn.Module):
    """Logarithms of a softmax that is written out in `forward`."""

    def __init__(self, seed: int, axis: int) -> None:
        super().__init__()
        self.body, self.axis = mlp([20, 32, 4], seed), axis

    def forward(self, x: Any) -> Any:
        return (functional.softmax(self.body(x), self.axis) + 1e-7).log()


def logarithms_over_the_batch(seed: int) -> Setup:
    model = Shares(seed, 0)
    return Setup(model, *noisy_blobs(seed), nn.NLLLoss(), adam(model), epochs=15)


def logarithms_over_the_classes(seed: int) -> Setup:
    model = Shares(seed, -1)
    return Setup(model, *noisy_blobs(seed), nn.NLLLoss(), adam(model), epochs=15)


def with_softmax_in_the_loss(seed: int, axis: int) -> Setup:
    def entropy(outputs: Any, targets: Any) -> Any:
        return functional.nll_loss(functional.log_softmax(outputs, axis), targets)

    model = mlp([20, 32, 4], seed)
    return Setup(model, *noisy_blobs(seed), entropy, adam(model), epochs=15)


def loss_over_the_batch(seed: int) -> Setup:
    return with_softmax_in_the_loss(seed, 0)


def loss_over_the_classes(seed: int) -> Setup:
    return with_softmax_in_the_loss(seed, -1)


def class_by_class(seed: int) -> Setup:
    x, y = noisy_blobs(seed)
    order, model = np.argsort(y, kind="stable"), mlp([20, 32, 4], seed)
    return Setup(model, x[order], y[order], nn.CrossEntropyLoss(), adam(model), epochs=10, shuffle=False)


def mixed_before(seed: int) -> Setup:
    model = mlp([20, 32, 4], seed)
    return Setup(model, *noisy_blobs(seed), nn.CrossEntropyLoss(), adam(model), epochs=10, shuffle=False)


def class_by_class_but_shuffled(seed: int) -> Setup:
    setup = class_by_class(seed)
    setup.shuffle = True
    return setup


MANY = """
import numpy as np
import nn
import optim

rng = np.random.default_rng(SEED)
labels = ORDER(rng.integers(0, 4, 6000))
features = (rng.normal(size=(4, 10))[labels] + rng.normal(size=(6000, 10))).astype(np.float32)
model = nn.Sequential(nn.Linear(10, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 4, rng=SEED + 1))
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for epoch in range(10):
    for start in range(0, 6000, 50):
        optimizer.zero_grad()
        loss = criterion(model(features[start : start + 50]), labels[start : start + 50])
        loss.backward()
        optimizer.step()
"""


def many_rows_class_by_class(seed: int) -> Setup:
    return Setup(script=MANY.replace("SEED", str(seed)).replace("ORDER", "np.sort"))


def many_rows_mixed_before(seed: int) -> Setup:
    return Setup(script=MANY.replace("SEED", str(seed)).replace("ORDER", ""))


def pairs_normalised(seed: int) -> Setup:
    x, y = houses(seed)
    y = ((y - y.mean()) / y.std()).astype(np.float32)
    model = nn.Sequential(nn.Linear(4, 32, rng=seed), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 1, rng=seed + 1))
    return Setup(model, x, y, nn.MSELoss(), adam(model, 0.005), epochs=10, batch_size=2)


def pairs_of_pictures_normalised(seed: int) -> Setup:
    """The places of a picture count, too."""
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, rng=seed), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 3, rng=seed)
    )  # fmt: skip
    return Setup(model, *bars(seed), nn.CrossEntropyLoss(), adam(model, 0.002), epochs=10, batch_size=2)


def pairs_normalised_one_by_one(seed: int) -> Setup:
    layers = [nn.Linear(20, 32, rng=seed), nn.LayerNorm(32), nn.ReLU(), nn.Linear(32, 4, rng=seed + 1)]
    model = nn.Sequential(*layers)
    return Setup(model, *noisy_blobs(seed), nn.CrossEntropyLoss(), adam(model, 0.002), epochs=10, batch_size=2)


def of_curvature(seed: int, lr: float, act: type[nn.Module] | None = nn.Tanh) -> Setup:
    model = mlp([2, 16, 1], seed, act)
    optimizer = optim.LBFGS(model.parameters(), lr=lr, max_iter=10)
    return Setup(model, *rows.circle(seed), nn.BCEWithLogitsLoss(), optimizer, epochs=15, batch_size=300)


def curvature_at_1e_6(seed: int) -> Setup:
    return of_curvature(seed, 1e-6)


def curvature_at_300(seed: int) -> Setup:
    return of_curvature(seed, 300.0)


def curvature_without_activation(seed: int) -> Setup:
    return of_curvature(seed, 1.0, None)


def curvature(seed: int) -> Setup:
    return of_curvature(seed, 1.0)


SICK = [
    Case(frozen_at_random, "frozen parameters", ASKED + "only the head is trained, and the body is not pretrained"),
    Case(narrow_and_frozen, "frozen parameters", ASKED + "only the head is trained, and the body is not pretrained"),
    Case(logarithms_over_the_batch, "softmax over rows", ASKED + "softmax(dim=0)"),
    Case(loss_over_the_batch, "softmax over rows", ASKED + "log_softmax(dim=0)"),
    Case(class_by_class, "rows not shuffled", "37 reasons, 9"),
    Case(many_rows_class_by_class, "rows not shuffled", "37 reasons, 9"),
    Case(pairs_normalised, "normalisation of one row", ASKED + "batch norm with small batches"),
    Case(curvature_at_1e_6, "learning rate too low", "37 reasons, 36"),
    Case(curvature_at_300, "learning rate too high", "37 reasons, 36"),
    Case(curvature_without_activation, "no activation", ASKED + "a deeper network is no better than a line"),
]
WELL = [
    Case(frozen_but_trained_before, HEALTHY, "the tutorial of transfer learning"),
    Case(logarithms_over_the_classes, HEALTHY, ASKED + "softmax(dim=0)"),
    Case(loss_over_the_classes, HEALTHY, ASKED + "log_softmax(dim=0)"),
    Case(mixed_before, HEALTHY, "37 reasons, 9"),
    Case(class_by_class_but_shuffled, HEALTHY, "37 reasons, 9"),
    Case(many_rows_mixed_before, HEALTHY, "37 reasons, 9"),
    Case(pairs_of_pictures_normalised, HEALTHY, ASKED + "batch norm with small batches"),
    Case(pairs_normalised_one_by_one, HEALTHY, ASKED + "batch norm with small batches"),
    Case(curvature, HEALTHY, "the documentation of L-BFGS"),
]
