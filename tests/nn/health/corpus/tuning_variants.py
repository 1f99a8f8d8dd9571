"""The tuning half: causes that the diagnosis had names for, in other networks, rows, strengths and loops, written without its rules."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from nn import functional
from tests.nn.health.corpus import loops, rows
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.tuning_strangers import adam, bars
from tests.nn.health.corpus.tuning_strangers_again import motions, reviews, rings

IVANOV = "37 reasons, "
RECIPE = "Karpathy, recipe"
CS231N = "CS231n"
BOOK = "Goodfellow, chapter 11"
ASKED = "question on a question site: "


def ramps(seed: int, count: int = 240, length: int = 6) -> rows.Rows:
    """Short series; what they come to where the later steps count more."""
    x = np.random.default_rng(seed).normal(size=(count, length, 2)).astype(np.float32)
    y = (x[:, :, 0] * np.linspace(0.2, 1.0, length)).sum(axis=1) - np.abs(x[:, -1, 1])
    return x, y.astype(np.float32)[:, None]


class Ramp(nn.Module):
    def __init__(self, seed: int, kind: Any = nn.GRU) -> None:
        super().__init__()
        self.rnn, self.out = kind(2, 12, batch_first=True, rng=seed), nn.Linear(12, 1, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.out(self.rnn(x)[0][:, -1])


class Opinion(nn.Module):
    """The mean of words."""

    def __init__(self, seed: int, units: int = 1, end: Any = None) -> None:
        super().__init__()
        self.words, self.out, self.end = nn.Embedding(40, 8, rng=seed), nn.Linear(8, units, rng=seed + 1), [end]

    def forward(self, x: Any) -> Any:
        out = self.out(self.words(x).mean(axis=1))
        return out if self.end[0] is None else self.end[0](out)


def signals(seed: int, *end: nn.Module, act: Any = nn.ReLU) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(3, 8, 5, rng=seed),
        act(),
        nn.Flatten(),
        nn.Linear(96, 16, rng=seed + 1),
        act(),
        nn.Linear(16, 4, rng=seed + 2),
        *end,
    )


def strips(seed: int, act: Any = nn.ReLU) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, stride=2, rng=seed), *([act()] if act else []), nn.Flatten(), nn.Linear(96, 3, rng=seed + 1)
    )


def series_by_a_lstm_at_one(seed: int) -> Setup:
    model = Ramp(seed, nn.LSTM)
    return Setup(model, *ramps(seed), nn.MSELoss(), adam(model, 3.0), epochs=15)


def signals_by_sgd_at_1e_5(seed: int) -> Setup:
    model = signals(seed)
    return Setup(
        model, *motions(seed), nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=1e-5, momentum=0.9), epochs=15
    )


def opinions_by_rmsprop_at_1e_7(seed: int) -> Setup:
    model = Opinion(seed)
    return Setup(model, *reviews(seed), nn.BCEWithLogitsLoss(), optim.RMSprop(model.parameters(), lr=1e-7), epochs=15)


def strips_in_bytes(seed: int) -> Setup:
    x, y = bars(seed)
    model = strips(seed)
    x = np.clip(128 + 60 * x.reshape(-1, 1, 10, 10), 0, 255).astype(np.float32)
    return Setup(model, x, y, nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=0.01, momentum=0.9), epochs=15)


def series_by_five_hundreds(seed: int) -> Setup:
    x, y = ramps(seed)
    model = Ramp(seed)
    return Setup(model, 500.0 * x, y, nn.MSELoss(), adam(model, 0.005), epochs=15)


def series_to_tens_of_thousands(seed: int) -> Setup:
    x, y = ramps(seed)
    model = Ramp(seed)
    return Setup(model, x, 20_000.0 * y, nn.MSELoss(), adam(model, 0.005), epochs=15)


def targets_in_millionths(seed: int) -> Setup:
    x, y = rows.plane(seed)
    model = mlp([6, 24, 1], seed, nn.Tanh)
    return Setup(model, x, 1e-6 * y, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.05), epochs=20)


def opinions_squashed_twice(seed: int) -> Setup:
    model = Opinion(seed, 2, lambda out: functional.softmax(out, -1))
    x, y = reviews(seed)
    return Setup(model, x, y[:, 0].astype(int), nn.CrossEntropyLoss(), adam(model, 0.002), epochs=12)


def strips_without_activation(seed: int) -> Setup:
    x, y = rows.circle(seed, 400)
    model = nn.Sequential(nn.Linear(2, 16, rng=seed), nn.BatchNorm1d(16), nn.Linear(16, 1, rng=seed))
    return Setup(model, x, y, nn.BCEWithLogitsLoss(), adam(model, 0.01), epochs=25)


def strips_all_off(seed: int) -> Setup:
    x, y = bars(seed)
    model = strips(seed)
    model[0].bias.data = np.full(6, -30.0, np.float32)
    return Setup(model, x.reshape(-1, 1, 10, 10), y, nn.CrossEntropyLoss(), adam(model), epochs=12)


def filters_all_alike(seed: int) -> Setup:
    model = signals(seed)
    for layer in (model[0], model[3]):
        layer.weight.data = np.full(layer.weight.shape, 0.05, np.float32)
    return Setup(model, *motions(seed), nn.CrossEntropyLoss(), adam(model), epochs=12)


def signals_saturated(seed: int) -> Setup:
    model = signals(seed, act=nn.Tanh)
    for layer in (model[0], model[3]):
        layer.weight.data = 40.0 * layer.weight.data
    return Setup(model, *motions(seed), nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=0.02), epochs=12)


def ten_tiny_tanhs(seed: int) -> Setup:
    model = mlp([2, *[20] * 10, 3], seed, nn.Tanh)
    for p in model.parameters():
        if p.ndim > 1:
            p.data = (0.01 * np.random.default_rng(seed).normal(size=p.shape)).astype(np.float32)
    return Setup(model, *rings(seed), nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=0.1), epochs=25)


def digits_dropped_at_the_end(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed, nn.ReLU, nn.Dropout(0.95, rng=seed))
    return Setup(model, *rows.digits(500), nn.CrossEntropyLoss(), adam(model), epochs=10)


def adamw_with_fifty(seed: int) -> Setup:
    model = signals(seed)
    return Setup(
        model,
        *motions(seed),
        nn.CrossEntropyLoss(),
        optim.AdamW(model.parameters(), lr=0.01, weight_decay=50.0),
        epochs=15,
    )


def gone_after_two_epochs(seed: int) -> Setup:
    def schedule(optimizer: Any) -> Any:
        return optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.01)

    model = mlp([5, 32, 1], seed, nn.Tanh)
    optimizer = optim.SGD(model.parameters(), lr=0.02)
    return Setup(model, *rows.numbers(seed), nn.MSELoss(), optimizer, epochs=40, scheduler=schedule)


def pictures_permuted(seed: int) -> Setup:
    x, y = bars(seed)
    model = strips(seed)
    order = np.random.default_rng(seed).permutation(len(y))
    return Setup(model, x.reshape(-1, 1, 10, 10)[order], y, nn.CrossEntropyLoss(), adam(model, 0.005), epochs=15)


def huber_of_a_column_and_a_row(seed: int) -> Setup:
    def huber(outputs: Any, targets: Any) -> Any:
        apart = (outputs - targets).abs()
        return (apart.clip(0.0, 1.0) * (apart - 0.5 * apart.clip(0.0, 1.0))).mean()

    x, y = ramps(seed)
    model = Ramp(seed)
    return Setup(model, x, y[:, 0], huber, adam(model), epochs=15)


def autoencoder_through_one(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = (rng.normal(size=(300, 6)) @ rng.normal(size=(6, 16)) / 2.4).astype(np.float32)
    model = mlp([16, 24, 1, 24, 16], seed, nn.Tanh)
    return Setup(model, x, x.copy(), nn.MSELoss(), adam(model, 0.005), epochs=40)


def slopes_without_biases(seed: int) -> Setup:
    x, _ = rows.plane(seed)
    y = (7.0 + 0.5 * x[:, :1] * x[:, 1:2] + 0.3 * x[:, 2:3]).astype(np.float32)
    model = nn.Sequential(nn.Linear(6, 16, bias=False, rng=seed), nn.Tanh(), nn.Linear(16, 1, bias=False, rng=seed + 1))
    return Setup(model, x, y, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.02), epochs=15)


class Crossed(nn.Module):
    """A matrix of rows and features, which is reshaped in place of being transposed."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(8, 24, rng=seed), nn.Linear(24, 4, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        h = self.first(x)
        return self.last(functional.relu(h.reshape(24, -1).transpose()))


def hidden_units_crossed(seed: int) -> Setup:
    model = Crossed(seed)
    return Setup(model, *rows.blobs(seed), nn.CrossEntropyLoss(), adam(model), epochs=12)


def root_of_nothing(seed: int) -> Setup:
    def distance(outputs: Any, targets: Any) -> Any:
        return (((outputs - targets) * 0.0 + functional.relu(outputs - targets)) ** 2).sum(axis=1).sqrt().mean()

    x, y = rows.plane(seed)
    model = mlp([6, 16, 1], seed)
    return Setup(model, x, y, distance, adam(model), epochs=10)


def series_learned(seed: int) -> Setup:
    model = Ramp(seed, nn.LSTM)
    return Setup(model, *ramps(seed), nn.MSELoss(), adam(model, 0.02), epochs=30)


def signals_learned(seed: int) -> Setup:
    model = signals(seed)
    return Setup(model, *motions(seed, 400), nn.CrossEntropyLoss(), adam(model, 0.003), epochs=20)


def opinions_learned(seed: int) -> Setup:
    model = Opinion(seed)
    return Setup(model, *reviews(seed), nn.BCEWithLogitsLoss(), optim.RMSprop(model.parameters(), lr=0.01), epochs=20)


def strips_learned(seed: int) -> Setup:
    x, y = bars(seed, 500)
    model = strips(seed)
    optimizer = optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
    return Setup(model, x.reshape(-1, 1, 10, 10), y, nn.CrossEntropyLoss(), optimizer, epochs=20)


FIFTY = (
    loops.HEAD
    + """
y = (np.arange(1000) < 25).astype(np.float32)[:, None]
x = rng.normal(size=(1000, 4)).astype(np.float32)
x[:25] += 1.8
net = nn.Sequential(nn.Linear(4, 16, rng=SEED), nn.ReLU(), nn.Linear(16, 1, rng=SEED + 1))
opt = optim.SGD(net.parameters(), lr=0.003)
loss_fn = nn.BCEWithLogitsLoss()
epoch = 0
while epoch < 6:
    for batch in np.array_split(rng.permutation(1000), 40):
        opt.zero_grad()
        loss = loss_fn(net(x[batch]), y[batch])
        loss.backward()
        opt.step()
    epoch += 1
"""
)


def script(name: str, text: str, cause: str, *changes: tuple[str, str], also: tuple[str, ...] = ()) -> Case:
    return loops.case(name, text, changes, cause, ASKED + name.replace("_", " "), also)


ADAM = "optimizer = optim.Adam(model.parameters(), lr=0.01)"
SCRIPTS = [
    script(
        "softmax_in_the_loop",
        loops.CLASSES,
        "double softmax",
        ("outputs = model(inputs)", "outputs = nn.functional.softmax(model(inputs), -1)"),
    ),
    script("huge_rate_in_the_loop", loops.NUMBERS, "learning rate too high", ("lr=0.05", "lr=8.0")),
    script(
        "decay_in_the_loop",
        loops.CLASSES,
        "too much weight decay",
        (ADAM, "optimizer = optim.AdamW(model.parameters(), lr=0.01, weight_decay=30.0)"),
    ),
    script(
        "penalty_in_the_loop",
        loops.NUMBERS,
        "too much weight decay",
        (".mean()\n        opt", ".mean() + 3.0 * sum((p * p).sum() for p in net.parameters())\n        opt"),
        also=("loss unfit",),
    ),
    script(
        "values_clipped_in_the_loop",
        loops.NUMBERS,
        "clipping too tight",
        ("        opt.step()", "        optim.clip_grad_value_(net.parameters(), 1e-6)\n        opt.step()"),
    ),
    script(
        "targets_sorted_each_epoch",
        loops.NUMBERS,
        "targets unrelated to inputs",
        (
            "    order = rng.permutation(len(x))",
            "    order = rng.permutation(len(x))\n    x = x[rng.permutation(len(x))]",
        ),
    ),
    script("row_against_column", loops.NUMBERS, "shapes broadcast", ("Tensor(y[rows])", "Tensor(y[rows, 0])")),
    script(
        "made_again_after_the_optimizer", loops.CLASSES, "foreign parameters", (ADAM, ADAM + "\nmodel = Classifier()")
    ),
    script("only_the_head_moves", loops.CLASSES, "parameters left out", (ADAM, ADAM.replace("model", "model.head"))),
    script(
        "cut_between_the_parts",
        loops.PARTS,
        "missing gradients",
        ("decoder(hidden)", "decoder(hidden.detach())"),
        also=("parameters left out",),
    ),
    script("no_step_in_the_epoch", loops.PICTURES, "step missing", ("        optimizer.step()\n", "")),
    script("uphill", loops.LABELS, "loss maximised", ("loss.backward()", "(-loss).backward()")),
    script("evaluated_and_left_so", loops.CLASSES, "evaluation mode in training", ("    model.train()\n", "")),
    script(
        "made_anew_by_a_function",
        loops.CLASSES,
        "model made anew",
        ("():\n    model.train()", f"():\n    model = Classifier()\n    {ADAM}\n    model.train()"),
    ),
    script(
        "first_batch_for_ever",
        loops.CLASSES,
        "same batch again",
        ("shuffle=True, seed=SEED", "shuffle=False"),
        (
            "    for inputs, targets in train_loader:",
            "    for _ in range(12):\n        inputs, targets = next(iter(train_loader))",
        ),
    ),
    script(
        "half_of_the_classes_first",
        loops.PICTURES,
        "rows not shuffled",
        ("loader = ", "order = np.argsort(labels)\nloader = "),
        ("(images, labels, batch_size=32, shuffle=True, seed=SEED)", "(images[order], labels[order], batch_size=32)"),
    ),
    script("one_in_fifty", FIFTY, "classes unbalanced", also=("learning rate too low", "too few steps")),
    script(
        "rate_divided_each_batch",
        loops.PICTURES,
        "rate decays too fast",
        ("        optimizer.step()\n    scheduler", "        optimizer.step()\n        scheduler"),
    ),
]

SICK = [
    Case(series_by_a_lstm_at_one, "learning rate too high", CS231N),
    Case(signals_by_sgd_at_1e_5, "learning rate too low", CS231N),
    Case(opinions_by_rmsprop_at_1e_7, "learning rate too low", CS231N),
    Case(strips_in_bytes, "inputs not scaled", IVANOV + "12"),
    Case(series_by_five_hundreds, "inputs not scaled", IVANOV + "12"),
    Case(series_to_tens_of_thousands, "targets not scaled", ASKED + "the LSTM foretells the mean"),
    Case(targets_in_millionths, "targets not scaled", ASKED + "tiny targets"),
    Case(opinions_squashed_twice, "double softmax", RECIPE),
    Case(strips_without_activation, "no activation", IVANOV + "24"),
    Case(strips_all_off, "dead units", CS231N),
    Case(filters_all_alike, "identical units", CS231N),
    Case(signals_saturated, "saturation", CS231N, ("exploding gradients",)),
    Case(ten_tiny_tanhs, "weights too small", CS231N, ("vanishing gradients",)),
    Case(digits_dropped_at_the_end, "too much dropout", IVANOV + "30"),
    Case(adamw_with_fifty, "too much weight decay", IVANOV + "30"),
    Case(gone_after_two_epochs, "rate decays too fast", BOOK),
    Case(pictures_permuted, "targets unrelated to inputs", IVANOV + "4"),
    Case(huber_of_a_column_and_a_row, "shapes broadcast", ASKED + "(N, 1) and (N,)"),
    Case(autoencoder_through_one, "network too small", IVANOV + "24"),
    Case(slopes_without_biases, "no bias", RECIPE, ("targets not scaled",)),
    Case(hidden_units_crossed, "rows mixed", RECIPE, ("error",)),
    Case(root_of_nothing, "not finite", IVANOV + "37", ("loss unfit",)),
    *SCRIPTS,
]
WELL = [
    Case(make, HEALTHY, "the same kinds without their fault")
    for make in (series_learned, signals_learned, opinions_learned, strips_learned)
]
