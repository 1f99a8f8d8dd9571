"""The tuning half: threads whose answer lies in rates, steps and scales of steps; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import BCE, CE, MSE, adam, alarms, listener, sgd, split
from tests.nn.health.corpus.rows import digits
from tests.nn.health.corpus.tuning_threads_rows import Forecast


def camera(seed: int) -> nn.Sequential:
    """Two convolutions and two layers, as in a first example."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=rng), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1, rng=rng), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(128, 32, rng=rng), nn.ReLU(), nn.Linear(32, 10, rng=rng),
    )  # fmt: skip


def pictures_that_stop_after_an_epoch(seed: int, well: bool = False) -> Setup:
    """After the first epoch there is no change any more."""
    x, y = digits(640)
    model = camera(seed)
    train, held = split((x.reshape(-1, 1, 8, 8), y), 500)
    return Setup(model, *train, CE(), sgd(model, 0.03 if well else 0.3, 0.9), held, epochs=8)


def pictures_at_a_hundred_times_the_usual(seed: int, well: bool = False) -> Setup:
    """The same accuracy from the first epoch to the last; a smaller rate was what it took."""
    x, y = digits(640)
    model = camera(seed)
    train, held = split((x.reshape(-1, 1, 8, 8), y), 500)
    return Setup(model, *train, CE(), adam(model, 0.002 if well else 0.1), held, epochs=12)


def returns_that_jump(seed: int, well: bool = False) -> Setup:
    """It learns for a while, and jumps about."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 6))
    y = np.tanh(x[:, :1] * x[:, 1:2]) + 0.5 * np.sin(2 * x[:, 2:3]) + 0.1 * rng.normal(size=(500, 1))
    model = mlp([6, 48, 48, 1], seed)
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 400)
    return Setup(model, *train, MSE(), optim.RMSprop(model.parameters(), lr=0.003 if well else 0.08), held, epochs=30)


def birds_told_all_the_same(seed: int, well: bool = False) -> Setup:
    """The same bird for each picture, and a rate that was made for a network that knows birds."""
    x, y = digits(640)
    model = camera(seed)
    train, held = split((x.reshape(-1, 1, 8, 8), y), 500)
    return Setup(model, *train, CE(), sgd(model, 0.05 if well else 1e-4, 0.9), held, epochs=10)


def pulses_to_be_seen(seed: int, well: bool = False) -> Setup:
    """A pulse at one of ten places, and whether it was at the first."""
    rng = np.random.default_rng(seed)
    at = np.where(rng.random(240) < 0.4, 0, rng.integers(0, 10, 240))
    x = 0.05 * rng.normal(size=(240, 10, 1))
    x[np.arange(240), at, 0] += 1.0
    y = (at == 0).astype(np.float32)[:, None]
    model = Forecast(seed, 6)
    epochs = 70 if well else 6
    return Setup(model, x.astype(np.float32), y, MSE(), adam(model, 0.002), epochs=epochs)


def signals_with_small_steps(seed: int, well: bool = False) -> Setup:
    """A bound on the gradients that each batch reaches."""
    model = listener(seed)
    train, held = split(alarms(seed, 500), 400)
    clip = 5.0 if well else 0.01
    return Setup(model, *train, BCE(), sgd(model, 0.05, 0.9), held, epochs=12, clip_norm=clip)


def whole_table_at_once(seed: int, well: bool = False) -> Setup:
    """All rows in one batch, and fifty epochs."""
    x, y = digits(900)
    model = mlp([64, 30, 10], seed, nn.Sigmoid)
    train, held = split((x.reshape(len(x), -1), y), 720)
    return Setup(model, *train, CE(), sgd(model, 0.5), held, epochs=30, batch_size=20 if well else 720)


def drawing_of_points(seed: int, well: bool = False) -> Setup:
    """A sum over all pixels of a picture, at the rate of a mean."""
    rng = np.random.default_rng(seed)
    z = rng.uniform(-1, 1, (400, 2))
    grid = np.linspace(-1, 1, 8)
    y = np.exp(-((grid[None, :, None] - z[:, :1, None]) ** 2 + (grid[None, None] - z[:, 1:, None]) ** 2) / 0.2)
    model = mlp([2, 48, 64], seed, nn.Tanh)
    rows = (z.astype(np.float32), y.reshape(400, 64).astype(np.float32))

    def summed(a: Any, b: Any) -> Any:
        return ((a - b) ** 2).sum() / (8 if well else 1)

    train, held = split(rows, 320)
    return Setup(model, *train, summed, sgd(model, 0.02, 0.9), held, epochs=20, batch_size=8)


SICK: list[Case] = [
    Case(
        pictures_that_stop_after_an_epoch, "learning rate too high", "keras issue 2711, loss not changing when training"
    ),
    Case(
        pictures_at_a_hundred_times_the_usual,
        "learning rate too high",
        "keras issue 1597, acc and val_acc don't change",
        ("dead units",),
    ),
    Case(returns_that_jump, "learning rate too high", "datascience.SE / SO, loss fluctuates during training"),
    Case(birds_told_all_the_same, "learning rate too low", "bird_classification issue 12, same predict"),
    Case(
        pulses_to_be_seen,
        "too few steps",
        "SO by way of pullrequest.ru 13233417, predicting a pulse with an LSTM",
        ("learning rate too low",),
    ),
    Case(signals_with_small_steps, "clipping too tight", "senpai pull 978, all batches are clipped; detr issue 91"),
    Case(
        whole_table_at_once,
        "batch too large",
        "pythoner.space / SO, batches of 60000 and fifty epochs",
        ("too few steps",),
    ),
    Case(drawing_of_points, "loss summed", "GPT2-Chinese pull 101; focal-loss-keras issue 18, loss is huge"),
]
WELL: list[Case] = []
