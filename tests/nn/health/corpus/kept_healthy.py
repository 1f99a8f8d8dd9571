"""Healthy runs, many of which look in one point like a sick one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus import kept_models as models
from tests.nn.health.corpus.kept_case import CS231N_2, GOODFELLOW, KARPATHY_RECIPE, SLAV, Case, Fit, Script
from tests.nn.health.corpus.kept_data import (
    bars,
    clouds,
    corner,
    crescents,
    disc,
    drift,
    first_sign,
    order_of_two,
    parted,
    plane,
    surface,
    tags,
    which_token,
)
from tests.nn.health.corpus.kept_fit import altered, run
from tests.nn.health.corpus.kept_models import convolution, mlp
from tests.nn.health.corpus.kept_scripts import CLOUDS, SURFACE, WALKS

CASES: list[Case] = []


def healthy(why: str, source: str = "") -> Callable[[Callable[[int], Fit]], Callable[[int], Fit]]:
    """Put the run that the function builds among the cases; `why` is what could mislead."""

    def keep(build: Callable[[int], Fit]) -> Callable[[int], Fit]:
        CASES.append(Case(build.__name__, source, None, why, False, lambda seed, healed: build(seed)))
        return build

    return keep


def script(name: str, why: str, judge: str, text: str) -> None:
    """Keep a healthy script."""
    CASES.append(Case(name, "", None, why, False, lambda seed, healed: Script(text.replace("SEED", str(seed)), judge)))


@healthy("nothing")
def healthy_surface(seed: int) -> Fit:
    return run(mlp(3, 32, 1, seed=seed), surface(seed), "mse", "regression", epochs=40)


@healthy("plain descent at a rate near the largest that works", CS231N_2)
def healthy_surface_sgd(seed: int) -> Fit:
    return run(mlp(3, 32, 1, seed=seed), surface(seed), nn.MSELoss(), "regression", "sgd", 0.15, 60)


@healthy("a linear problem needs no activation", GOODFELLOW + ", 5.1.4")
def healthy_plane(seed: int) -> Fit:
    return run(mlp(5, 1, seed=seed), plane(seed), "mse", "regression", "sgd", 0.1, 20)


@healthy("two linear layers with nothing between, and a linear problem")
def healthy_factored(seed: int) -> Fit:
    return run(mlp(5, 3, 1, seed=seed, act=None), plane(seed), "mse", "regression", "adam", 0.02, 40)


@healthy("most of the targets is noise: the loss stays high, and yet all is learned that can be")
def healthy_noisy(seed: int) -> Fit:
    rng = np.random.default_rng([seed, 11])
    parts = altered(plane(seed, 400), y=lambda y: (y + 0.6 * rng.normal(size=y.shape)).astype(np.float32))
    return run(mlp(5, 1, seed=seed), parts, "mse", "regression", "adam", 0.02, 25)


@healthy("positive targets and a ReLU at the end")
def healthy_relu_end(seed: int) -> Fit:
    parts = altered(surface(seed), y=lambda y: np.abs(y) + np.float32(0.5))
    model = mlp(3, 32, 1, seed=seed, last=nn.ReLU())
    model[2].bias.data = model[2].bias.data + 1
    return run(model, parts, "mse", "regression", epochs=80)


@healthy("nothing")
def healthy_disc(seed: int) -> Fit:
    return run(mlp(2, 24, 1, seed=seed), disc(seed), nn.BCEWithLogitsLoss(), "binary", "adam", 0.03, 50)


@healthy("probabilities and their loss")
def healthy_probabilities(seed: int) -> Fit:
    return run(mlp(2, 24, 1, seed=seed, last=nn.Sigmoid()), disc(seed), nn.BCELoss(), "probabilities", "adam", 0.03, 50)


@healthy("tanh units with their weights as they come")
def healthy_crescents(seed: int) -> Fit:
    return run(mlp(2, 20, 20, 2, seed=seed, act=nn.Tanh), crescents(seed), "cross_entropy", "classes", "adam", 0.02, 60)


@healthy("4 % of one class, well told apart", SLAV + ", 9")
def healthy_rare(seed: int) -> Fit:
    rng = np.random.default_rng([seed, 12])
    y = (rng.random(1500) < 0.04).astype(np.float32)[:, None]
    y[:5] = 1
    x = (rng.normal(size=(1500, 2)) + 4.5 * y).astype(np.float32)
    return run(mlp(2, 8, 1, seed=seed), parted(x, y, 600), nn.BCEWithLogitsLoss(), "balanced", "adam", 0.02, 30)


@healthy("a tenth of the labels is wrong", SLAV + ", 6")
def healthy_label_noise(seed: int) -> Fit:
    rng = np.random.default_rng([seed, 13])
    parts = altered(clouds(seed), y=lambda y: np.where(rng.random(len(y)) < 0.1, rng.integers(0, 6, len(y)), y))
    return run(mlp(2, 24, 6, seed=seed), parts, "cross_entropy", "classes")


@healthy("nothing")
def healthy_clouds(seed: int) -> Fit:
    return run(mlp(2, 24, 24, 6, seed=seed), clouds(seed), "cross_entropy", "classes")


@healthy("dropout: the loss in training is higher than on held rows")
def healthy_dropout(seed: int) -> Fit:
    model = nn.Sequential(
        nn.Linear(2, 64, rng=seed), nn.ReLU(), nn.Dropout(0.4, rng=seed), nn.Linear(64, 6, rng=seed + 1)
    )
    return run(model, clouds(seed), "cross_entropy", "classes")


@healthy("batch norm joins the rows of a batch, and is no leak")
def healthy_batch_norm(seed: int) -> Fit:
    model = nn.Sequential(nn.Linear(6, 24, rng=seed), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, 3, rng=seed + 1))
    return run(model, tags(seed), nn.BCEWithLogitsLoss(), "labels", epochs=30)


@healthy("a little weight decay and momentum")
def healthy_tags(seed: int) -> Fit:
    model = mlp(6, 24, 3, seed=seed)
    optimizer = optim.SGD(model.parameters(), lr=0.3, momentum=0.9, weight_decay=1e-4)
    return run(model, tags(seed), nn.BCEWithLogitsLoss(), "labels", optimizer, epochs=40)


@healthy("shares of classes as targets (one-hot floats)")
def healthy_one_hot(seed: int) -> Fit:
    (a, b), held = clouds(seed)
    return run(mlp(2, 24, 6, seed=seed), ((a, np.eye(6, dtype=np.float32)[b]), held), nn.CrossEntropyLoss(), "classes")


@healthy("logarithms of probabilities and their loss: no softmax twice")
def healthy_log_softmax(seed: int) -> Fit:
    model = mlp(2, 24, 6, seed=seed, last=nn.LogSoftmax(-1))
    return run(model, clouds(seed), nn.NLLLoss(), "classes")


@healthy("nothing")
def healthy_bars(seed: int) -> Fit:
    return run(convolution(seed, 3), bars(seed), "cross_entropy", "classes", epochs=12)


@healthy("frozen convolutions, which were learned before", KARPATHY_RECIPE)
def healthy_fine_tuning(seed: int) -> Fit:
    model = convolution(seed, 3)
    nn.fit(model, bars(seed + 1000)[0], loss="cross_entropy", lr=0.01, epochs=10, progress=False)
    for layer in (model[0], model[3]):
        for parameter in layer.parameters():
            parameter.requires_grad_(False)
    model[6] = nn.Linear(128, 3, rng=seed + 7)
    return run(model, bars(seed), "cross_entropy", "classes", epochs=12)


@healthy("position matters and is kept")
def healthy_corner(seed: int) -> Fit:
    return run(models.Pooled(seed, 4, False), corner(seed), "cross_entropy", "classes", epochs=12)


@healthy("recurrent")
def healthy_drift(seed: int) -> Fit:
    return run(models.Recurrent(seed, 2), drift(seed), "cross_entropy", "classes", epochs=20)


@healthy("recurrent, to be remembered for eight steps")
def healthy_memory(seed: int) -> Fit:
    return run(models.Recurrent(seed, 2), first_sign(seed), "cross_entropy", "classes", epochs=30)


@healthy("attention with places")
def healthy_order(seed: int) -> Fit:
    return run(models.Reader(seed, 2), order_of_two(seed), "cross_entropy", "classes", epochs=30)


@healthy("attention without places, where none are needed")
def healthy_tokens(seed: int) -> Fit:
    return run(models.Reader(seed, 3, places=False), which_token(seed), "cross_entropy", "classes", epochs=25)


@healthy("four rows, all of them learned")
def healthy_xor(seed: int) -> Fit:
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    y = np.array([[0], [1], [1], [0]], np.float32)
    return run(
        mlp(2, 16, 1, seed=seed, act=nn.Tanh), ((x, y), (x, y)), nn.BCEWithLogitsLoss(), "binary", "adam", 0.05, 150
    )


@healthy("targets of hundreds, which an inner layer's scale makes up for")
def healthy_scaled_inside(seed: int) -> Fit:
    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = mlp(5, 24, 1, seed=seed)

        def forward(self, x: Any) -> Any:
            return self.body(x) * 300 + 2000

    parts = altered(plane(seed), y=lambda y: y * 300 + 2000)
    return run(Scaled(), parts, "mse", "regression", "adam", 0.01, 30)


script(
    "healthy_script_surface",
    "nothing",
    "regression",
    SURFACE
    + """
model = network()
optimizer = optim.Adam(model.parameters(), lr=0.01)
loss_function = nn.MSELoss()
for epoch in range(30):
    order = rng.permutation(len(x))
    for start in range(0, len(x), 32):
        rows = order[start : start + 32]
        optimizer.zero_grad()
        loss = loss_function(model(Tensor(x[rows])), Tensor(y[rows]))
        loss.backward()
        optimizer.step()
    with no_grad():
        test = loss_function(model(Tensor(x_test)), Tensor(y_test)).item()
    print(epoch, loss.item(), test)
""",
)
script(
    "healthy_script_accumulates",
    "zero_grad() stands after every fourth backward() on purpose",
    "classes",
    CLOUDS
    + """
model = network()
optimizer = optim.SGD(model.parameters(), lr=0.5)
criterion = nn.CrossEntropyLoss()
for epoch in range(40):
    optimizer.zero_grad()
    for number, start in enumerate(range(0, len(x), 15)):
        loss = criterion(model(Tensor(x[start : start + 15])), y[start : start + 15]) / 4
        loss.backward()
        if number % 4 == 3:
            optimizer.step()
            optimizer.zero_grad()
    print(epoch, loss.item() * 4)
""",
)
script(
    "healthy_script_one_cycle",
    "the schedule goes on after every batch on purpose",
    "classes",
    CLOUDS
    + """
model = network()
optimizer = optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
steps = 25 * 15
scheduler = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.2, total_steps=steps)
criterion = nn.CrossEntropyLoss()
for epoch in range(25):
    for start in range(0, len(x), 16):
        optimizer.zero_grad()
        loss = criterion(model(Tensor(x[start : start + 16])), y[start : start + 16])
        loss.backward()
        optimizer.step()
        scheduler.step()
    print(epoch, loss.item())
""",
)
script(
    "healthy_script_walks",
    "zero_grad() after step(), clipping between backward() and step()",
    "classes",
    WALKS
    + """
model = network()
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
total = 0.0
for epoch in range(20):
    model.train()
    for start in range(0, len(x), 32):
        loss = criterion(model(Tensor(x[start : start + 32])), y[start : start + 32])
        loss.backward()
        optim.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        optimizer.zero_grad()
        total += loss.item()
    model.eval()
    with no_grad():
        print(epoch, total, (model(Tensor(x_test)).numpy().argmax(1) == y_test).mean())
""",
)
script(
    "healthy_script_two_models",
    "two networks are trained in turn, each with its own optimizer",
    "regression",
    SURFACE
    + """
losses = []
for number in range(2):
    model = network()
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(30):
        for start in range(0, len(x), 32):
            optimizer.zero_grad()
            loss = ((model(Tensor(x[start : start + 32])) - y[start : start + 32]) ** 2).mean()
            loss.backward()
            optimizer.step()
    losses.append(loss.item())
print(losses)
""",
)
