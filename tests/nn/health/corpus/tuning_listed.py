"""The tuning half: what public lists name beside the causes that it had: in the loss, the validation, the loop."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from nn import functional
from tests.nn.health.corpus import loops, rows
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import convolution, mlp
from tests.nn.health.corpus.tuning_strangers import adam

IVANOV = "37 reasons, "
RECIPE = "Karpathy, recipe"
BOOK = "Goodfellow, chapter 11"
ASKED = "question on a question site: "


# A model of language that sees what it is to foretell.


def songs(seed: int, count: int = 240, length: int = 10) -> rows.Rows:
    """Tokens, each of which follows on the last but one, most of the time; and the same moved on by one."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 12, (count, length + 1))
    for k in range(2, length + 1):
        x[:, k] = np.where(rng.random(count) < 0.75, (x[:, k - 2] + 5) % 12, x[:, k])
    return x[:, :-1], x[:, 1:]


class Singer(nn.Module):
    def __init__(self, seed: int, causal: bool) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words, self.places = nn.Embedding(12, 24, rng=rng), nn.Embedding(10, 24, rng=rng)
        self.attention = nn.MultiheadAttention(24, 2, batch_first=True, rng=rng)
        self.out, self.causal = nn.Linear(24, 12, rng=rng), causal

    def forward(self, x: Any) -> Any:
        h = self.words(x) + self.places(np.arange(10))
        mask = np.triu(np.ones((10, 10), bool), 1) if self.causal else None
        return self.out(h + self.attention(h, h, h, attn_mask=mask)[0])


def each_token(outputs: Any, targets: Any) -> Any:
    return functional.cross_entropy(outputs.reshape(-1, 12), np.asarray(targets).reshape(-1))


def songs_without_a_mask(seed: int) -> Setup:
    model = Singer(seed, False)
    return Setup(model, *songs(seed), each_token, adam(model), epochs=30)


def songs_told_themselves(seed: int) -> Setup:
    x, _ = songs(seed)
    model = nn.Sequential(nn.Embedding(12, 24, rng=seed), nn.Linear(24, 12, rng=seed + 1))
    return Setup(model, x, x, each_token, adam(model), epochs=20)


def songs_with_a_mask(seed: int) -> Setup:
    model = Singer(seed, True)
    return Setup(model, *songs(seed), each_token, adam(model), epochs=40)


# A validation that is made in another way.


def validated_with_columns_in_another_order(seed: int) -> Setup:
    x, y = rows.numbers(seed, 500)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(
        model, x[:400], y[:400], nn.MSELoss(), adam(model), epochs=40, validation=(x[400:, ::-1].copy(), y[400:])
    )


def validated_by_other_class_numbers(seed: int) -> Setup:
    x, y = rows.blobs(seed, count=520)
    other = np.array([2, 3, 1, 0])[y[400:]]
    model = mlp([8, 24, 4], seed)
    return Setup(model, x[:400], y[:400], nn.CrossEntropyLoss(), adam(model), epochs=15, validation=(x[400:], other))


def validated_by_targets_of_another_scale(seed: int) -> Setup:
    x, y = rows.plane(seed, 400)
    model = mlp([6, 16, 1], seed)
    return Setup(
        model, x[:300], y[:300], nn.MSELoss(), adam(model), epochs=25, validation=(x[300:], 40.0 * y[300:] + 200.0)
    )


def pictures_validated_upside_down(seed: int) -> Setup:
    x, y = rows.images(520)
    model = convolution(seed)
    held = x[400:, :, ::-1].copy(), y[400:]
    return Setup(model, x[:400], y[:400], nn.CrossEntropyLoss(), adam(model, 0.005), epochs=12, validation=held)


def validated_as_trained(seed: int) -> Setup:
    x, y = rows.images(520)
    model = convolution(seed)
    return Setup(
        model, x[:400], y[:400], nn.CrossEntropyLoss(), adam(model, 0.005), epochs=12, validation=(x[400:], y[400:])
    )


def numbers_validated_as_trained(seed: int) -> Setup:
    x, y = rows.numbers(seed, 460)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, x[:400], y[:400], nn.MSELoss(), adam(model), epochs=40, validation=(x[400:], y[400:]))


# Averages of batch norm that are not those of the batches.


def normed(seed: int, momentum: float) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(64, 48, rng=seed), nn.BatchNorm1d(48, momentum=momentum), nn.ReLU(), nn.Linear(48, 48, rng=seed + 1),
        nn.BatchNorm1d(48, momentum=momentum), nn.ReLU(), nn.Linear(48, 10, rng=seed + 2),
    )  # fmt: skip


def averages_that_do_not_move(seed: int) -> Setup:
    model = normed(seed, 1e-4)
    return Setup(model, *rows.digits(600), nn.CrossEntropyLoss(), adam(model), epochs=12)


def averages_that_move(seed: int) -> Setup:
    model = normed(seed, 0.1)
    return Setup(model, *rows.digits(600), nn.CrossEntropyLoss(), adam(model), epochs=12)


# Losses that weigh, smooth, cut off or add.


def weights_the_wrong_way_round(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 24, 4], seed)
    loss = nn.CrossEntropyLoss(weight=np.array([1.0, 1e-4, 1e-4, 1e-4], np.float32))
    return Setup(model, x, y, loss, adam(model), epochs=12)


def smoothed_to_nothing(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 24, 4], seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(label_smoothing=0.98), adam(model), epochs=15)


def positives_weigh_a_thousand(seed: int) -> Setup:
    x, y = rows.circle(seed, 400)
    model = mlp([2, 32, 1], seed)
    loss = nn.BCEWithLogitsLoss(pos_weight=np.array([1000.0], np.float32))
    return Setup(model, x, y, loss, adam(model), epochs=30)


def loss_cut_off(seed: int) -> Setup:
    def error(outputs: Any, targets: Any) -> Any:
        return ((outputs - targets) ** 2).clip(0.0, 0.05).mean()

    x, y = rows.plane(seed)
    model = mlp([6, 16, 1], seed)
    return Setup(model, x, 4.0 * y, error, adam(model), epochs=25)


def answers_penalised(seed: int) -> Setup:
    def error(outputs: Any, targets: Any) -> Any:
        return ((outputs - targets) ** 2).mean() + 30.0 * (outputs**2).mean()

    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, *rows.numbers(seed), error, adam(model), epochs=40)


def classes_weighed_as_they_are_rare(seed: int) -> Setup:
    x, y = rows.rare(seed, 0.15)
    model = mlp([4, 16, 2], seed)
    loss = nn.CrossEntropyLoss(weight=np.array([0.6, 3.3], np.float32))
    return Setup(model, x, y, loss, adam(model), epochs=12)


def smoothed_a_little(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 24, 4], seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(label_smoothing=0.1), adam(model), epochs=15)


# Activations before a loss of scores.


def relu_before_scores_of_labels(seed: int) -> Setup:
    model = mlp([2, 32, 1], seed, nn.ReLU, nn.ReLU())
    return Setup(model, *rows.circle(seed, 400), nn.BCEWithLogitsLoss(), adam(model), epochs=30)


def rectified_scores_of_several_labels(seed: int) -> Setup:
    model = mlp([8, 32, 5], seed, nn.Tanh, nn.ReLU())
    return Setup(model, *rows.labels(seed), nn.BCEWithLogitsLoss(), adam(model), epochs=20)


# Schedules, and dropout that stays on.


def warms_up_for_ever(seed: int) -> Setup:
    def schedule(optimizer: Any) -> Any:
        return optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: min(1.0, (epoch + 1) / 100_000))

    model = mlp([8, 24, 4], seed)
    return Setup(model, *rows.blobs(seed), nn.CrossEntropyLoss(), adam(model, 0.01), epochs=12, scheduler=schedule)


class AlwaysDropped(nn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self.body, self.last = nn.Linear(64, 64, rng=seed), nn.Linear(64, 10, rng=seed + 1)
        self._rng = np.random.default_rng(seed)

    def forward(self, x: Any) -> Any:
        h = functional.dropout(functional.relu(self.body(x)), 0.5, rng=self._rng)
        return self.last(h)


def dropped_in_evaluation(seed: int) -> Setup:
    model = AlwaysDropped(seed)
    return Setup(model, *rows.digits(500), nn.CrossEntropyLoss(), adam(model, 0.005), epochs=12)


# Loops.

STEP_OUTSIDE = loops.case(
    "step_after_the_epoch",
    loops.CLASSES,
    [
        (
            "        optimizer.step()\n        total += loss.item()\n",
            "        total += loss.item()\n    optimizer.step()\n",
        ),
        ("        optimizer.zero_grad()\n        outputs", "        outputs"),
        ("    total = 0.0\n", "    total = 0.0\n    optimizer.zero_grad()\n"),
    ],
    "batch too large",
    ASKED + "indentation of step()",
    ("too few steps", "learning rate too low"),
)
BACKWARD_OUTSIDE = loops.case(
    "backward_after_the_epoch",
    loops.CLASSES,
    [
        (
            "        loss.backward()\n        optimizer.step()\n        total += loss.item()\n",
            "        total += loss.item()\n    loss.backward()\n    optimizer.step()\n",
        ),
    ],
    "too few steps",
    ASKED + "indentation of backward()",
    ("batch too large", "learning rate too low", "same batch again"),
)
ZERO_OUTSIDE = loops.case(
    "gradients_zeroed_once_an_epoch",
    loops.CLASSES,
    [
        ("        optimizer.zero_grad()\n        outputs", "        outputs"),
        ("    total = 0.0\n", "    total = 0.0\n    optimizer.zero_grad()\n"),
    ],
    "gradients not zeroed",
    ASKED + "where to call zero_grad()",
)
NOISE_IN_THE_LOOP = loops.case(
    "noise_in_the_loop",
    loops.NUMBERS,
    [("Tensor(x[rows])", "Tensor((x[rows] + 8.0 * rng.normal(size=(len(rows), 5))).astype(np.float32))")],
    "too much noise",
    IVANOV + "13: too much augmentation",
)  # fmt: skip
SHIFTED_IN_THE_LOOP = loops.case(
    "targets_of_the_next_row",
    loops.NUMBERS,
    [("Tensor(y[rows])", "Tensor(y[(rows + 1) % len(y)])")],
    "targets unrelated to inputs",
    RECIPE + ": off by one",
)
COLUMNS_MIXED_IN_THE_LOOP = loops.case(
    "columns_mixed_in_the_loop",
    loops.NUMBERS,
    [("Tensor(x[rows])", "Tensor(x[rows][:, rng.permutation(5)])")],
    "too much noise",
    IVANOV + "13: too much augmentation",
)
PATIENT_FOR_NOTHING = loops.case(
    "rate_of_the_warm_up",
    loops.CLASSES,
    [
        (
            "\n\ndef train_one",
            "scheduler = optim.lr_scheduler.LambdaLR(optimizer, lambda step: (step + 1) / 1_000_000)\n\n\ndef train_one",
        ),
        ("        optimizer.step()\n", "        optimizer.step()\n        scheduler.step()\n"),
    ],
    "learning rate too low",
    ASKED + "warm up forever",
)  # fmt: skip
A_LITTLE_NOISE_IN_THE_LOOP = loops.case(
    "a_little_noise_in_the_loop",
    loops.NUMBERS,
    [("Tensor(x[rows])", "Tensor((x[rows] + 0.05 * rng.normal(size=(len(rows), 5))).astype(np.float32))")],
    HEALTHY,
    IVANOV + "13",
)  # fmt: skip

SICK = [
    Case(songs_without_a_mask, "target among the features", RECIPE + ": off by one in an autoregressive model"),
    Case(songs_told_themselves, "target among the features", RECIPE + ": off by one in an autoregressive model"),
    Case(validated_with_columns_in_another_order, "validation differs", IVANOV + "15"),
    Case(validated_by_other_class_numbers, "validation differs", IVANOV + "15"),
    Case(validated_by_targets_of_another_scale, "validation differs", IVANOV + "15"),
    Case(pictures_validated_upside_down, "validation differs", IVANOV + "15"),
    Case(averages_that_do_not_move, "running statistics", ASKED + "eval() gives bad answers"),
    Case(weights_the_wrong_way_round, "loss unfit", IVANOV + "20"),
    Case(smoothed_to_nothing, "loss unfit", IVANOV + "18"),
    Case(positives_weigh_a_thousand, "loss unfit", IVANOV + "20", ("classes unbalanced",)),
    Case(
        loss_cut_off, "loss unfit", RECIPE + ": the loss was clipped in place of the gradients", ("clipping too tight",)
    ),
    Case(answers_penalised, "loss unfit", IVANOV + "20"),
    Case(relu_before_scores_of_labels, "output range", ASKED + "ReLU before BCEWithLogitsLoss"),
    Case(rectified_scores_of_several_labels, "output range", ASKED + "ReLU before BCEWithLogitsLoss"),
    Case(warms_up_for_ever, "learning rate too low", ASKED + "warm up forever", ("rate decays too fast",)),
    Case(dropped_in_evaluation, "training mode in evaluation", ASKED + "F.dropout is always on"),
    STEP_OUTSIDE,
    BACKWARD_OUTSIDE,
    ZERO_OUTSIDE,
    NOISE_IN_THE_LOOP,
    SHIFTED_IN_THE_LOOP,
    COLUMNS_MIXED_IN_THE_LOOP,
    PATIENT_FOR_NOTHING,
]
WELL = [
    A_LITTLE_NOISE_IN_THE_LOOP,
    *(
        Case(make, HEALTHY, "the same kinds without their fault")
        for make in (
            songs_with_a_mask, validated_as_trained, numbers_validated_as_trained, averages_that_move,
            classes_weighed_as_they_are_rare, smoothed_a_little,
        )
    ),
]  # fmt: skip
