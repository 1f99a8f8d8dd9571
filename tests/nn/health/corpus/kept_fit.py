"""Sick runs of `nn.fit`: each function makes the run with its trouble, or, `healed`, without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nn
import optim
from autograd import Tensor
from tests.nn.health.corpus import kept_models as models
from tests.nn.health.corpus.kept_case import (
    CS231N_2,
    CS231N_3,
    FORUM,
    GOODFELLOW,
    KARPATHY_BACKPROP,
    KARPATHY_MISTAKES,
    KARPATHY_RECIPE,
    ORANGE,
    SLAV,
    STACK,
    STATS,
    Case,
    Fit,
)
from tests.nn.health.corpus.kept_data import (
    Arrays,
    bars,
    clouds,
    corner,
    crescents,
    disc,
    drift,
    order_of_two,
    parted,
    plane,
    surface,
    tags,
    which_token,
)
from tests.nn.health.corpus.kept_models import convolution, mlp

CASES: list[Case] = []


def sick(
    cause: str, source: str, right: str, *, unusual: bool = False
) -> Callable[[Callable[[int, bool], Fit]], Callable[[int, bool], Fit]]:
    """Put the run that the function builds among the cases; its name is the function's."""

    def keep(build: Callable[[int, bool], Fit]) -> Callable[[int, bool], Fit]:
        CASES.append(Case(build.__name__, source, cause, right, unusual, build))
        return build

    return keep


def run(
    model: nn.Module,
    parts: Arrays,
    loss: Any,
    judge: str,
    optimizer: str | optim.Optimizer = "adam",
    lr: float | None = 0.01,
    epochs: int = 25,
    **options: Any,
) -> Fit:
    if not isinstance(optimizer, str):
        lr = None
    return Fit(model, *parts, loss, judge, {"optimizer": optimizer, "lr": lr, "epochs": epochs, **options})


def altered(parts: Arrays, x: Callable[[Any], Any] = lambda x: x, y: Callable[[Any], Any] = lambda y: y) -> Arrays:
    """The same task with other inputs or targets."""
    (a, b), (c, d) = parts
    return (x(a), y(b)), (x(c), y(d))


# The step.


@sick("rate too high", CS231N_3, "SGD at 2 diverges; a rate of .1 or less heals")
def surface_sgd_far_too_fast(seed: int, healed: bool) -> Fit:
    return run(mlp(3, 32, 1, seed=seed), surface(seed), "mse", "regression", "sgd", 0.1 if healed else 2.0, 60)


@sick("rate too high", SLAV, "Adam at 2 kills the units or throws them about; .01 heals")
def clouds_adam_too_fast(seed: int, healed: bool) -> Fit:
    return run(mlp(2, 24, 24, 6, seed=seed), clouds(seed), "cross_entropy", "classes", "adam", 0.01 if healed else 2.0)


@sick("rate too high", STACK + "/q/37232782, nan loss when training neural network", "the rate; smaller ones heal")
def plane_sgd_diverges_slowly(seed: int, healed: bool) -> Fit:
    return run(mlp(5, 1, seed=seed), plane(seed), "mse", "regression", "sgd", 0.1 if healed else 1.6, 20)


@sick("rate too low", CS231N_3, "the loss falls, but far too slowly; a larger rate heals")
def surface_sgd_too_slow(seed: int, healed: bool) -> Fit:
    return run(mlp(3, 32, 1, seed=seed), surface(seed), "mse", "regression", "sgd", 0.1 if healed else 1e-4, 60)


@sick("rate too low", SLAV, "Adam at 1e-6 moves nothing; 1e-2 heals")
def bars_adam_too_slow(seed: int, healed: bool) -> Fit:
    return run(convolution(seed, 3), bars(seed), "cross_entropy", "classes", "adam", 0.01 if healed else 1e-6, 12)


@sick("rate too low", GOODFELLOW + ", 11.4.1: the learning rate first", "the rate")
def tags_sgd_too_slow(seed: int, healed: bool) -> Fit:
    return run(
        mlp(6, 24, 3, seed=seed), tags(seed), nn.BCEWithLogitsLoss(), "labels", "sgd", 1.0 if healed else 3e-4, 40
    )


@sick("momentum too high", GOODFELLOW + ", 11.4", "momentum .999 swings about; .9 or none heals", unusual=True)
def plane_momentum(seed: int, healed: bool) -> Fit:
    model = mlp(5, 1, seed=seed)
    optimizer = optim.SGD(model.parameters(), lr=0.2, momentum=0.9 if healed else 0.9998)
    return run(model, plane(seed), "mse", "regression", optimizer, epochs=14)


@sick("epsilon of Adam too large", FORUM + ", Adam does not learn with eps=1", "eps; the default heals", unusual=True)
def clouds_adam_eps(seed: int, healed: bool) -> Fit:
    model = mlp(2, 24, 6, seed=seed)
    optimizer = optim.Adam(model.parameters(), lr=0.01, eps=1e-8 if healed else 100.0)
    return run(model, clouds(seed), "cross_entropy", "classes", optimizer)


@sick("weight decay too strong", SLAV + ", 20 and 30", "the decay of the weights; less or none heals")
def clouds_decay(seed: int, healed: bool) -> Fit:
    model = mlp(2, 24, 6, seed=seed)
    optimizer = optim.SGD(model.parameters(), lr=0.2, weight_decay=1e-4 if healed else 1.5)
    return run(model, clouds(seed), "cross_entropy", "classes", optimizer)


@sick("gradients clipped to almost nothing", FORUM + ", clip_grad_norm_ with a tiny bound", "clip_norm", unusual=True)
def surface_clip_norm(seed: int, healed: bool) -> Fit:
    model = mlp(3, 32, 1, seed=seed)
    return run(model, surface(seed), "mse", "regression", "sgd", 0.1, 60, clip_norm=5.0 if healed else 1e-4)


@sick(
    "frozen parameters", FORUM + ", requires_grad=False forgotten after fine-tuning", "requires_grad is False for them"
)
def disc_frozen(seed: int, healed: bool) -> Fit:
    model = mlp(2, 5, 5, 1, seed=seed, act=nn.Tanh)
    for layer in (model[0], model[2]):
        for parameter in layer.parameters():
            parameter.requires_grad_(healed)
    return run(model, disc(seed), nn.BCEWithLogitsLoss(), "binary", "adam", 0.03, 120)


# The data.


@sick("inputs not scaled", CS231N_2 + ": data preprocessing", "the scales of the columns; standardising heals")
def plane_columns_of_all_sizes(seed: int, healed: bool) -> Fit:
    scale = np.array([1, 1000, 1, 1, 50], np.float32) if not healed else np.float32(1)
    parts = altered(plane(seed), x=lambda x: (x * scale).astype(np.float32))
    return run(mlp(5, 24, 1, seed=seed, act=nn.Tanh), parts, "mse", "regression", "sgd", 0.05, 40)


@sick("inputs not scaled", ORANGE + ": You Forgot to Normalize Your Data", "inputs of thousands; standardising heals")
def tags_in_grams(seed: int, healed: bool) -> Fit:
    parts = tags(seed) if healed else altered(tags(seed), x=lambda x: (x * 300 + 4000).astype(np.float32))
    return run(mlp(6, 24, 3, seed=seed, act=nn.Tanh), parts, nn.BCEWithLogitsLoss(), "labels")


@sick("inputs not scaled", KARPATHY_RECIPE, "pixels of 0–255; dividing heals")
def bars_as_bytes(seed: int, healed: bool) -> Fit:
    scale = np.float32(1 if healed else 250)
    parts = altered(bars(seed), x=lambda x: np.clip(x * scale + 30 * (scale > 1), -600, 600).astype(np.float32))
    return run(convolution(seed, 3, act=nn.Tanh), parts, "cross_entropy", "classes", "sgd", 0.1, 40)


@sick("targets not scaled", ORANGE, "targets of thousands; standardising them heals")
def surface_in_dollars(seed: int, healed: bool) -> Fit:
    parts = surface(seed) if healed else altered(surface(seed), y=lambda y: y * 3000 + 20000)
    return run(mlp(3, 32, 1, seed=seed), parts, "mse", "regression", "adam", 0.01)


@sick(
    "targets have nothing to do with the inputs", SLAV + ", 3 and 5", "the rows and the targets are of different order"
)
def surface_shuffled(seed: int, healed: bool) -> Fit:
    parts = surface(seed)
    if not healed:
        rng = np.random.default_rng(seed + 1)
        parts = altered(parts, y=rng.permutation)
    return run(mlp(3, 32, 1, seed=seed), parts, "mse", "regression")


@sick("targets have nothing to do with the inputs", SLAV + ", 3 and 5", "labels of another order than the images")
def bars_shuffled(seed: int, healed: bool) -> Fit:
    parts = bars(seed)
    if not healed:
        rng = np.random.default_rng(seed + 1)
        parts = altered(parts, y=rng.permutation)
    return run(convolution(seed, 3), parts, "cross_entropy", "classes", epochs=12)


@sick("targets have nothing to do with the inputs", STATS, "a shift by one row: x[i] comes with y[i+1]", unusual=True)
def clouds_off_by_one_row(seed: int, healed: bool) -> Fit:
    parts = clouds(seed) if healed else altered(clouds(seed), y=lambda y: np.roll(y, 1))
    return run(mlp(2, 24, 6, seed=seed), parts, "cross_entropy", "classes")


@sick("inputs all the same", SLAV + ", 1 and 2", "integers were divided: every input is 0", unusual=True)
def disc_integer_division(seed: int, healed: bool) -> Fit:
    def scaled(x: Any) -> Any:
        pixels = np.clip(127 + 120 * x, 0, 254).astype(np.int64)
        return ((pixels - 127) / 120 if healed else pixels // 255).astype(np.float32)

    return run(
        mlp(2, 24, 1, seed=seed), altered(disc(seed), x=scaled), nn.BCEWithLogitsLoss(), "binary", "adam", 0.03, 50
    )


@sick("classes unbalanced", SLAV + ", 9", "3 % of one class, never answered; class weights heal")
def clouds_rare_class(seed: int, healed: bool) -> Fit:
    rng = np.random.default_rng([seed, 3])
    y = (rng.random(3000) < 0.03).astype(np.float32)[:, None]
    y[:5] = 1
    x = (rng.normal(size=(3000, 2)) + 1.6 * y).astype(np.float32)
    loss = nn.BCEWithLogitsLoss(pos_weight=np.float32(32) if healed else None)
    return run(mlp(2, 8, 1, seed=seed), parted(x, y, 600), loss, "balanced", "adam", 0.01, 5)


@sick(
    "target leaks into an input",
    GOODFELLOW + "; Kaufman et al., Leakage in Data Mining",
    "the column with the target",
    unusual=True,
)
def surface_leak(seed: int, healed: bool) -> Fit:
    (a, b), (c, d) = surface(seed)
    known = np.zeros_like(b) if healed else b
    # In use the answer isn't known, and the column is empty.
    parts = (np.concatenate([a, known], 1), b), (np.concatenate([c, np.zeros_like(d)], 1), d)
    return run(mlp(4, 32, 1, seed=seed), parts, "mse", "regression")


@sick(
    "too few rows",
    GOODFELLOW + ", 11.3",
    "learned by heart, held rows no better than a constant; more rows",
    unusual=True,
)
def clouds_few_rows(seed: int, healed: bool) -> Fit:
    rng = np.random.default_rng([seed, 4])
    x = rng.normal(size=(800, 40)).astype(np.float32)
    y = (x[:, :6].sum(1) > 0).astype(int)
    (a, b), held = parted(x, y, 600)
    rows = 600 if healed else 14
    return run(mlp(40, 32, 2, seed=seed), ((a[:rows], b[:rows]), held), "cross_entropy", "classes", "adam", 0.01, 15)


@sick("held rows are prepared otherwise", SLAV + ", 26", "training rows are standardised, held ones not", unusual=True)
def tags_held_not_scaled(seed: int, healed: bool) -> Fit:
    (a, b), (c, d) = tags(seed)
    held = (c if healed else (40 * c + 90).astype(np.float32), d)
    return run(mlp(6, 24, 3, seed=seed), ((a, b), held), nn.BCEWithLogitsLoss(), "labels", validation=held)


@sick(
    "rows are standardised, not columns",
    CS231N_2 + " and the axis argument of mean()",
    "each row is standardised over its two columns: ±1 is left",
    unusual=True,
)
def disc_rows_standardised(seed: int, healed: bool) -> Fit:
    def standardised(x: Any) -> Any:
        # The columns have a mean of 0 and a variance of 1/3; the rows are taken each for itself.
        by_row = (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True)
        return (x * 3**0.5 if healed else by_row).astype(np.float32)

    return run(
        mlp(2, 24, 1, seed=seed),
        altered(disc(seed), x=standardised),
        nn.BCEWithLogitsLoss(),
        "binary",
        "adam",
        0.03,
        90,
    )


# The network.


@sick(
    "no activation between linear layers",
    STACK + "/q/9782071, Why must a nonlinear activation function be used",
    "layers 0 and 1",
)
def disc_linear(seed: int, healed: bool) -> Fit:
    act = nn.ReLU if healed else None
    return run(mlp(2, 24, 24, 1, seed=seed, act=act), disc(seed), nn.BCEWithLogitsLoss(), "binary", "adam", 0.02, 50)


@sick("no activation between linear layers", STATS, "three linear layers are one")
def waves_linear(seed: int, healed: bool) -> Fit:
    rng = np.random.default_rng([seed, 6])
    x = rng.uniform(-2, 2, size=(300, 2)).astype(np.float32)
    y = np.cos(2 * x[:, :1]) * 1.3 + 0.4 * x[:, 1:] ** 2 - 0.5
    act = nn.Tanh if healed else None
    return run(mlp(2, 24, 24, 1, seed=seed, act=act), parted(x, y, 200), "mse", "regression", epochs=60)


@sick("dead units", KARPATHY_BACKPROP, "no ReLU of the layer fires for any row: its biases are −10")
def surface_dead(seed: int, healed: bool) -> Fit:
    model = mlp(3, 32, 1, seed=seed)
    if not healed:
        model[0].bias.data = model[0].bias.data - 10
    return run(model, surface(seed), "mse", "regression")


@sick("dead units", CS231N_2, "the convolution's ReLUs never fire")
def bars_dead(seed: int, healed: bool) -> Fit:
    model = convolution(seed, 3)
    if not healed:
        model[3].bias.data = model[3].bias.data - 20
    return run(model, bars(seed), "cross_entropy", "classes", epochs=12)


@sick("all weights the same", CS231N_2 + ": pitfall, all zero initialization", "all weights are 0; random ones heal")
def clouds_zero(seed: int, healed: bool) -> Fit:
    model = mlp(2, 24, 6, seed=seed)
    if not healed:
        for parameter in model.parameters():
            parameter.data = parameter.data * 0
    return run(model, clouds(seed), "cross_entropy", "classes")


@sick("all weights the same", STATS, "the units of a layer are copies of each other: constant initialisation")
def disc_constant(seed: int, healed: bool) -> Fit:
    model = mlp(2, 16, 1, seed=seed, act=nn.Tanh)
    if not healed:
        for parameter in model.parameters():
            parameter.data = parameter.data * 0 + np.float32(0.1)
    return run(model, disc(seed), nn.BCEWithLogitsLoss(), "binary", "adam", 0.05, 50)


@sick("saturated units", KARPATHY_BACKPROP, "the weights are too large: tanh is flat for all rows")
def clouds_saturated(seed: int, healed: bool) -> Fit:
    model = mlp(2, 12, 12, 6, seed=seed, act=nn.Tanh)
    if not healed:
        for parameter in model.parameters():
            parameter.data = parameter.data * np.float32(200)
    return run(model, clouds(seed), "cross_entropy", "classes", "sgd", 0.05)


@sick("vanishing gradients", KARPATHY_BACKPROP, "nine layers of sigmoids; ReLUs, skips or a norm heal")
def clouds_deep_sigmoids(seed: int, healed: bool) -> Fit:
    return run(models.Spare(seed, 2, 6, healed), clouds(seed), "cross_entropy", "classes", "adam", 0.003, 20)


@sick("vanishing gradients", GOODFELLOW + ", 8.2.5", "ten layers of sigmoids")
def surface_deep_sigmoids(seed: int, healed: bool) -> Fit:
    return run(models.Spare(seed, 3, 1, healed, 10), surface(seed), "mse", "regression", "adam", 0.003, 25)


@sick("parameters not registered", FORUM + ", layers in a Python list", "`hidden` is a list; ModuleList")
def disc_listed(seed: int, healed: bool) -> Fit:
    return run(models.Listed(seed, 2, 1, healed), disc(seed), nn.BCEWithLogitsLoss(), "binary", "adam", 0.03, 60)


@sick("dropout too strong", SLAV + ", 20", "p=.97 leaves no unit; less heals")
def clouds_dropout(seed: int, healed: bool) -> Fit:
    rates = 0.1 if healed else 0.97
    model = nn.Sequential(
        nn.Linear(2, 24, rng=seed),
        nn.ReLU(),
        nn.Dropout(rates, rng=seed),
        nn.Linear(24, 24, rng=seed + 1),
        nn.ReLU(),
        nn.Dropout(rates, rng=seed + 2),
        nn.Linear(24, 6, rng=seed + 3),
    )
    return run(model, clouds(seed), "cross_entropy", "classes")


@sick(
    "too few units", SLAV + ", 27: your network is too small", "one unit between 2 inputs and 8 classes", unusual=True
)
def clouds_bottleneck(seed: int, healed: bool) -> Fit:
    model = mlp(2, 24 if healed else 1, 8, seed=seed)
    return run(model, clouds(seed, classes=8), "cross_entropy", "classes", epochs=40)


@sick(
    "graph is cut", FORUM + ", detach() in forward", "nothing before the head gets a gradient: the detach", unusual=True
)
def disc_cut(seed: int, healed: bool) -> Fit:
    return run(
        models.Cut(seed, 2, 2, not healed),
        altered(disc(seed), y=lambda y: y[:, 0].astype(int)),
        "cross_entropy",
        "classes",
        "adam",
        0.03,
        150,
    )


@sick(
    "a step function has no derivative",
    STACK + ", gradient of sign or round is zero",
    "sign() in the forward pass",
    unusual=True,
)
def surface_hard_gates(seed: int, healed: bool) -> Fit:
    return run(models.Masked(seed, 3, 1, not healed), surface(seed), "mse", "regression", "adam", 0.03, 60)


@sick("clipped outputs send no gradient", KARPATHY_BACKPROP + ": clipping in DQN", "clip() of the logits", unusual=True)
def clouds_clipped(seed: int, healed: bool) -> Fit:
    return run(models.Clipped(seed, 2, 6, None if healed else 0.02), clouds(seed), "cross_entropy", "classes")


@sick(
    "rows of the batch are mixed",
    KARPATHY_RECIPE + ": use backprop to chart dependencies",
    "reshape where transpose was meant",
    unusual=True,
)
def drift_mixed(seed: int, healed: bool) -> Fit:
    return run(models.Mixed(seed, not healed), drift(seed, length=8), "cross_entropy", "classes")


@sick("softmax over the batch", KARPATHY_RECIPE, "the axis of the softmax is the batch: rows are mixed", unusual=True)
def clouds_softmax_axis(seed: int, healed: bool) -> Fit:
    return run(
        models.AcrossRows(seed, 2, 6, 1 if healed else 0), clouds(seed), nn.NLLLoss(), "classes, row by row", epochs=40
    )


@sick(
    "batch and time are taken for each other",
    STACK + "/q/49466894, batch_first in RNNs",
    "batch_first: rows are mixed",
    unusual=True,
)
def drift_batch_first(seed: int, healed: bool) -> Fit:
    return run(models.Recurrent(seed, 2, batch_first=healed), drift(seed), "cross_entropy", "classes", epochs=12)


@sick(
    "attention without places",
    "Vaswani et al., Attention Is All You Need, 3.5; " + FORUM,
    "nothing tells the places apart",
    unusual=True,
)
def order_without_places(seed: int, healed: bool) -> Fit:
    return run(models.Reader(seed, 2, places=healed), order_of_two(seed), "cross_entropy", "classes", epochs=30)


@sick(
    "saturated units",
    "Vaswani et al., 3.2.1: why the scores are scaled",
    "attention is saturated: embeddings 60 times too large",
    unusual=True,
)
def tokens_too_large(seed: int, healed: bool) -> Fit:
    model = models.Reader(seed, 3, scale=1.0 if healed else 60.0)
    return run(model, which_token(seed), "cross_entropy", "classes", "sgd", 0.05, 30)


@sick(
    "places are averaged away",
    CS231N_2 + " and its notes on pooling",
    "the mean over the image loses where things are",
    unusual=True,
)
def corner_pooled(seed: int, healed: bool) -> Fit:
    return run(models.Pooled(seed, 4, not healed), corner(seed), "cross_entropy", "classes", epochs=15)


@sick(
    "recurrent weights too large",
    GOODFELLOW + ", 10.7",
    "the state saturates: recurrent weights 12 times too large",
    unusual=True,
)
def drift_exploding(seed: int, healed: bool) -> Fit:
    model = models.Recurrent(seed, 2, kind=nn.RNN, gain=1.0 if healed else 12.0)
    return run(model, drift(seed), "cross_entropy", "classes", "adam", 0.01, 25)


@sick(
    "no bias",
    KARPATHY_MISTAKES + ", the last of them, turned round",
    "no layer has a bias and the targets are around 10",
    unusual=True,
)
def plane_without_bias(seed: int, healed: bool) -> Fit:
    model = nn.Sequential(
        nn.Linear(5, 24, bias=healed, rng=seed), nn.Tanh(), nn.Linear(24, 1, bias=healed, rng=seed + 1)
    )
    return run(model, altered(plane(seed), y=lambda y: y + 10), "mse", "regression", "adam", 0.03, 60)


@sick(
    "normalised away",
    FORUM + ", LayerNorm over a single feature gives zeros",
    "the norm over one feature gives the same for all rows",
    unusual=True,
)
def wave_norm_of_one(seed: int, healed: bool) -> Fit:
    x = np.random.default_rng([seed, 7]).uniform(-2, 2, size=(300, 1)).astype(np.float32)
    norm = () if healed else (nn.LayerNorm(1),)
    return run(
        nn.Sequential(*norm, *mlp(1, 24, 24, 1, seed=seed, act=nn.Tanh)),
        parted(x, np.sin(2 * x), 200),
        "mse",
        "regression",
        epochs=60,
    )


# Outputs and losses.


@sick(
    "softmax twice",
    KARPATHY_MISTAKES + ", 4: softmaxed outputs to a loss that expects raw logits",
    "Softmax before cross-entropy",
)
def clouds_softmax_twice(seed: int, healed: bool) -> Fit:
    last = () if healed else (nn.Softmax(-1),)
    model = nn.Sequential(*mlp(2, 24, 6, seed=seed), *last)
    return run(model, clouds(seed), "cross_entropy", "loss", "sgd", 0.1, 30)


@sick("softmax twice", FORUM + ", CrossEntropyLoss after softmax", "Softmax before cross-entropy")
def bars_softmax_twice(seed: int, healed: bool) -> Fit:
    model = convolution(seed, 3, *(() if healed else (nn.Softmax(-1),)))
    return run(model, bars(seed), nn.CrossEntropyLoss(), "loss", "sgd", 0.1, 60)


@sick("sigmoid twice", FORUM + ", BCEWithLogitsLoss after sigmoid", "Sigmoid before a loss of logits")
def tags_sigmoid_twice(seed: int, healed: bool) -> Fit:
    last = None if healed else nn.Sigmoid()
    return run(mlp(6, 24, 3, seed=seed, last=last), tags(seed), nn.BCEWithLogitsLoss(), "labels")


@sick(
    "softmax over one unit", STACK + "/q/68776790, softmax with one output always gives 1", "Softmax over one unit is 1"
)
def disc_softmax_of_one(seed: int, healed: bool) -> Fit:
    last = nn.Sigmoid() if healed else nn.Softmax(-1)
    return run(mlp(2, 24, 1, seed=seed, last=last), disc(seed), nn.BCELoss(), "probabilities", "adam", 0.03, 50)


@sick(
    "last activation can't reach the targets",
    ORANGE + ": the wrong activation on the final layer",
    "the ReLU at the end; targets are negative",
)
def surface_ends_in_relu(seed: int, healed: bool) -> Fit:
    parts = altered(surface(seed), y=lambda y: y - 1.5)
    return run(mlp(3, 32, 1, seed=seed, last=None if healed else nn.ReLU()), parts, "mse", "regression", epochs=40)


@sick("last activation can't reach the targets", STACK, "the sigmoid at the end; targets go to 12")
def plane_ends_in_sigmoid(seed: int, healed: bool) -> Fit:
    parts = altered(plane(seed), y=lambda y: 3 * y + 3)
    return run(
        mlp(5, 24, 1, seed=seed, last=None if healed else nn.Sigmoid()), parts, "mse", "regression", "adam", 0.03, 60
    )


@sick(
    "targets outside of what the loss takes",
    STACK + ", negative loss with binary cross-entropy",
    "−1 and 1 where 0 and 1 belong",
)
def crescents_minus_one(seed: int, healed: bool) -> Fit:
    def signs(y: Any) -> Any:
        return y[:, None].astype(np.float32) if healed else (2 * y[:, None] - 1).astype(np.float32)

    def loss(o: Tensor, t: Any) -> Tensor:
        return (o.softplus() - o * t).mean()

    def noisy(x: Any) -> Any:
        return x * np.float32(1)

    parts = altered(crescents(seed), x=noisy, y=signs)
    return run(mlp(2, 24, 1, seed=seed), parts, loss, "loss of logits", "adam", 0.01, 40)


@sick("loss has no lower bound", KARPATHY_RECIPE, "the sign of the loss is wrong: it is maximised")
def plane_ascent(seed: int, healed: bool) -> Fit:
    sign = 1.0 if healed else -1.0

    def loss(o: Tensor, t: Any) -> Tensor:
        return sign * (o - t).square().mean()

    return run(mlp(5, 24, 1, seed=seed), plane(seed), loss, "regression", "adam", 0.01, 20)


@sick(
    "shapes broadcast in the loss",
    STACK + "/q/64127518, using a target size that is different to the input size",
    "(N, 1) − (N,) is (N, N)",
)
def plane_broadcast(seed: int, healed: bool) -> Fit:
    def loss(o: Tensor, t: Any) -> Tensor:
        return (o[:, 0] - t if healed else o - t).square().mean()

    parts = altered(plane(seed), y=lambda y: y[:, 0])
    return run(mlp(5, 24, 1, seed=seed), parts, loss, "regression", "adam", 0.01, 25)


@sick(
    "class numbers are learned as quantities",
    SLAV + ", 23",
    "MSE on class numbers; cross-entropy over classes heals",
    unusual=True,
)
def clouds_as_numbers(seed: int, healed: bool) -> Fit:
    parts = clouds(seed, classes=8)
    rng = np.random.default_rng(seed)
    names = rng.permutation(8)
    parts = altered(parts, y=lambda y: names[y])
    if healed:
        return run(mlp(2, 24, 8, seed=seed), parts, "cross_entropy", "classes")
    parts = altered(parts, y=lambda y: y[:, None].astype(np.float32))
    return run(mlp(2, 24, 1, seed=seed), parts, "mse", "rounded")


__all__ = ["CASES"]
