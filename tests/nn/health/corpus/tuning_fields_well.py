"""The tuning half: runs of people in fields of science, farming and sport that look odd and are well."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from nn import functional
from tests.nn.health.corpus import tuning_fields_data as d
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, MSE, RECIPE, adam, sgd, split
from tests.nn.health.corpus.tuning_fields_loops import GLACIERS, RUNNERS
from tests.nn.health.corpus.tuning_fields_losses import Forecast
from tests.nn.health.corpus.tuning_fields_models import Rivals


def harvests_by_rprop_of_all_rows(seed: int) -> Setup:
    """Rprop is at home where a batch is all there is."""
    model = mlp([5, 24, 1], seed, nn.Tanh)
    optimizer = optim.Rprop(model.parameters(), lr=0.005)
    return Setup(model, *d.harvests(seed), nn.LogCoshLoss(), optimizer, epochs=120, batch_size=420)


class Echo(nn.Module):
    """A recurrent layer that nobody trains, and all that is read from it."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.cell, self.head = nn.RNN(2, 60, batch_first=True, rng=seed), nn.Linear(120, 1, rng=seed + 1)
        for p in self.cell.parameters():
            p.data = (2.0 * p.data).astype(np.float32)
            p.requires_grad = False

    def forward(self, x: Any) -> Any:
        h = self.cell(x)[0]
        return self.head(h[:, -3:-1].reshape(len(x), -1))


def storms_in_an_echo(seed: int) -> Setup:
    model = Echo(seed)
    return Setup(model, *d.storms(seed), MSE(), adam(model, 0.01), epochs=30)


def cells_with_some_wrong_names(seed: int) -> Setup:
    """One label in twelve is wrong, and the network does not mind."""
    x, y = d.cells(seed)
    rng = np.random.default_rng(seed)
    shown = np.where(rng.random(len(y)) < 0.08, rng.integers(0, 4, len(y)), y)
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, rng=seed), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(96, 4, rng=seed + 1)
    )
    return Setup(model, x, shown, CE(label_smoothing=0.1), sgd(model, 0.03, 0.9), epochs=6)


def moths_as_they_were_counted(seed: int) -> Setup:
    """Counts as they are, some of them large; the network gives the logarithm of their rate."""
    model = mlp([4, 24, 1], seed, nn.Tanh)
    train, held = split(d.traps(seed), 340)
    return Setup(model, *train, nn.PoissonNLLLoss(), adam(model, 0.01), validation=held, epochs=25)


def bloom_round_the_year(seed: int) -> Setup:
    """Angles, by one less the cosine of how far they are off."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(420, 3)).astype(np.float32)
    angle = np.angle(np.exp(1j * (np.pi + 0.9 * x[:, :1] + 0.8 * np.sin(x[:, 1:2]) + 0.1 * rng.normal(size=(420, 1)))))
    model = mlp([3, 32, 1], seed, nn.Tanh)
    model[2].bias.data = np.full(1, np.pi, np.float32)
    return Setup(
        model, x, angle.astype(np.float32), lambda a, b: (1.0 - (a - b).cos()).mean(), adam(model, 0.01), epochs=25
    )


def lengths_with_their_doubt(seed: int) -> Setup:
    """A mean and the logarithm of a variance; the loss falls below zero and on, as far as the noise allows."""
    model = mlp([4, 32, 2], seed, nn.SiLU)
    x, y = d.throws(seed)

    def likelihood(outputs: Any, targets: Any) -> Any:
        mean, log_variance = outputs[:, :1], outputs[:, 1:].clip(-6.0, 6.0)
        return (0.5 * log_variance + 0.5 * (mean - targets[:, :1]) ** 2 * (-log_variance).exp()).mean()

    return Setup(model, x, y, likelihood, adam(model, 0.005), epochs=30)


def marks_of_judges_between_one_and_ten(seed: int) -> Setup:
    """A sigmoid that is stretched over the scale of marks; the targets stay as they were given."""
    x, y = d.harvests(seed)
    marks = np.round(1 + 9 / (1 + np.exp(-1.2 * y)))

    class Marks(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = mlp([5, 32, 1], seed)

        def forward(self, x: Any) -> Any:
            return 1.0 + 9.0 * functional.sigmoid(self.body(x))

    model = Marks()
    return Setup(model, x, marks.astype(np.float32), nn.SmoothL1Loss(), adam(model, 0.01), epochs=30)


def teams_from_faint_embeddings(seed: int) -> Setup:
    """Embeddings begin at a tenth, and Adam lifts them soon."""
    model = Rivals(seed, 5)
    for p in model.parameters():
        p.data = (0.1 * p.data).astype(np.float32)
    train, held = split(d.matches(seed), 600)
    optimizer = optim.AdamW(model.parameters(), lr=0.03, weight_decay=0.1)
    return Setup(model, *train, MSE(), optimizer, validation=held, epochs=20)


def motif_anywhere(seed: int) -> Setup:
    """The place of a motif is pooled away, and does not matter."""
    model = nn.Sequential(
        nn.Conv1d(4, 12, 5, bias=False, rng=seed), nn.BatchNorm1d(12), nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten(),
        nn.Linear(12, 1, rng=seed),
    )  # fmt: skip
    return Setup(model, *d.strands(seed), BCE(), sgd(model, 0.1, 0.9), epochs=20)


def thirty_six_springs_on_a_plane(seed: int) -> Setup:
    """Few rows, few weights, all rows at once, and wide steps."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(36, 2)).astype(np.float32)
    y = (x @ np.array([[0.8], [-0.5]]) + 0.2 * rng.normal(size=(36, 1))).astype(np.float32)
    model = nn.Linear(2, 1, rng=seed)
    return Setup(model, x, y, MSE(), sgd(model, 0.3), epochs=40, batch_size=36)


def hearts_with_a_cosine_to_nothing(seed: int) -> Setup:
    """A rate that falls to nothing at the end, and clipping that hardly ever bites."""
    model = Forecast(seed, outputs=3)
    return Setup(
        model, *d.pulses(seed), CE(), adam(model, 0.02), epochs=14, clip_norm=2.0,
        scheduler=lambda o: optim.lr_scheduler.CosineAnnealingLR(o, T_max=14),
    )  # fmt: skip


WELL = [
    Case(harvests_by_rprop_of_all_rows, HEALTHY, "Riedmiller and Braun"),
    Case(storms_in_an_echo, HEALTHY, "Jaeger, Echo state networks"),
    Case(cells_with_some_wrong_names, HEALTHY, BOOK),
    Case(moths_as_they_were_counted, HEALTHY, ASKED + "regression of counts"),
    Case(bloom_round_the_year, HEALTHY, ASKED + "loss for angles"),
    Case(lengths_with_their_doubt, HEALTHY, "Nix and Weigend; a loss may be negative"),
    Case(marks_of_judges_between_one_and_ten, HEALTHY, RECIPE),
    Case(teams_from_faint_embeddings, HEALTHY, "Koren, Bell and Volinsky, Matrix factorization"),
    Case(motif_anywhere, HEALTHY, "Alipanahi and others, DeepBind"),
    Case(thirty_six_springs_on_a_plane, HEALTHY, CS231N),
    Case(hearts_with_a_cosine_to_nothing, HEALTHY, RECIPE),
    case(
        "glacier_with_gradients_of_two_batches",
        GLACIERS,
        [
            ("    optimizer.zero_grad()\n    loss = (", "    loss = 0.5 * ("),
            ("    optimizer.step()\n", "    half[0] += 1\n    if half[0] % 2 == 0:\n        optimizer.step(), optimizer.zero_grad()\n"),
            ("lr=0.005)\n", "lr=0.005)\nhalf = [0]\n"),
            ("range(15)", "range(30)"),
        ],
        HEALTHY,
        ASKED + "gradient accumulation as it should be",
    ),
    case(
        "runners_told_to_look_at_a_distance",
        RUNNERS,
        [("(error**2).mean()", "((error**2 + 0.01) ** 0.5).mean()"), ("lr=0.05, momentum=0.9", "lr=0.1, momentum=0.8, nesterov=True")],
        HEALTHY,
        "Charbonnier's loss",
    ),
]  # fmt: skip
