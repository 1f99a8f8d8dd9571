"""`Remedy`: one change to a trial, and the cause that is proven where it heals. The list is in the order of how specific they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn.health.evidence.facts import Facts
from nn.health.experiments.trial import Rows, Trial
from nn.health.subject import Subject

# The share of the rarest class over that of the most frequent, from which on classes are unbalanced.
UNBALANCED = 0.2
# Optimizers whose steps are as long as their gradients, so that larger rates are usual.
OF_GRADIENTS = ("SGD", "ASGD", "Adadelta")


@dataclass(frozen=True)
class Remedy:
    """A change.

    Attributes
    ----------
    name : str
    told : str
        The change within a sentence: "with a rate of 0.01".
    cause : str
        What is wrong where this heals.
    fix : str
        What the user is to do.
    apply : callable
        Changes a trial before its first step.
    longer : float
        By what factor it may take more steps than the user does.
    general : bool
        Whether it mends many things alike, such as Adam.
    beside : str
        The other change that is made with it, beside which it must gain something of its own.
    """

    name: str
    told: str
    cause: str
    fix: str
    apply: Callable[[Trial], None]
    longer: float = 1.0
    general: bool = False
    beside: str = ""


def list_remedies(subject: Subject, facts: Facts) -> list[Remedy]:
    """Those that make sense here, the most specific first."""
    return [
        *remedies_of_outputs(subject, facts),
        *remedies_of_settings(subject, facts),
        *remedies_of_rows(subject, facts),
        *remedies_of_layers(subject, facts),
        *remedies_of_scales(subject, facts),
        *remedies_of_rate(subject),
        *remedies_of_optimizer(subject),
    ]


def remedies_of_outputs(subject: Subject, facts: Facts) -> Iterator[Remedy]:
    """What stands between the last layer and the loss."""
    if facts.doubled:
        yield Remedy(
            "the second softmax out",
            f"without the second {facts.doubled}",
            "double softmax",
            f"leave out the {facts.doubled} at the end and give the loss the raw scores, or take a loss of probabilities",
            _take_logarithm(facts.doubled),
        )
    if facts.last_activation is not None and subject.judge.kind != "classes":
        path = facts.last_activation
        yield Remedy(
            "the last activation out",
            f"without the {facts.last_kind} at the end",
            "output range",
            f"leave out {path} ({facts.last_kind}), so that the answers reach the targets",
            lambda trial: trial.network.alter(path, lambda given, _: given),
        )
    natural = subject.network.natural_loss(subject.judge.kind, facts.doubled or "")
    if natural is not None and facts.loss_differs:
        yield Remedy(
            "the usual loss",
            f"with {facts.natural_name}",
            "loss unfit",
            f"take {facts.natural_name}, which is made for such targets",
            _replace_loss(natural, subject.judge.kind, facts),
        )


def _take_logarithm(made_by: str) -> Callable[[Trial], None]:
    def apply(trial: Trial) -> None:
        network, old = trial.network, trial.network.loss
        log = network.ops.log
        if made_by == "sigmoid":
            network.loss = lambda outputs, y: old(log(outputs) - log(1.0 - outputs), y)
        else:
            network.loss = lambda outputs, y: old(log(outputs), y)
        trial.link = "probabilities"

    return apply


def _replace_loss(loss: Callable[[Any, Any], Any], kind: str, facts: Facts) -> Callable[[Trial], None]:
    def apply(trial: Trial) -> None:
        trial.network.loss = loss
        if kind != "numbers":
            trial.link = "probabilities" if facts.doubled else "logits"

    return apply


def remedies_of_settings(subject: Subject, facts: Facts) -> Iterator[Remedy]:
    """What the user has set: clipping, schedule, decay, dropout, momentum."""
    options = subject.network.optimizer.param_groups[0]
    if subject.network.clip_norm is not None:

        def unclip(trial: Trial) -> None:
            trial.network.clip_norm = None

        yield Remedy(
            "no clipping",
            "without clipping",
            "clipping too tight",
            f"clip to a larger norm than {subject.network.clip_norm:g}, near the norms that gradients usually have here",
            unclip,
        )
    if subject.scheduler is not None:

        def unschedule(trial: Trial) -> None:
            trial.scheduler = None

        yield Remedy(
            "no schedule",
            "with the rate that the run begins with throughout",
            "rate decays too fast",
            "let the rate decay later or less",
            unschedule,
        )
    if options.get("weight_decay") or options.get("l2") or options.get("l1"):
        yield Remedy(
            "no weight decay",
            "without weight decay",
            "too much weight decay",
            f"a smaller weight decay than {options.get('weight_decay') or options.get('l2') or options.get('l1'):g}, such as 1e-4",
            _set_options(weight_decay=0.0, l1=0.0, l2=0.0),
        )
    if any(float(getattr(m, "p", 0.0) or 0.0) >= 0.3 for m in facts.dropouts.values()):

        def undrop(trial: Trial) -> None:
            for path, module in trial.network.modules():
                if path in facts.dropouts:
                    module.p = 0.0

        share = max(float(m.p) for m in facts.dropouts.values())
        yield Remedy(
            "no dropout",
            "without dropout",
            "too much dropout",
            f"drop less than {share:.0%}: 10 to 50 % are usual, and nothing of the inputs or before the answer",
            undrop,
        )
    momentum = options.get("momentum") or (options.get("betas") or (0.0,))[0]
    if momentum > 0.93:
        yield Remedy(
            "momentum .9",
            "with a momentum of 0.9",
            "momentum too high",
            f"a momentum of 0.9 in place of {momentum:g}",
            _set_momentum,
        )


def _set_options(**changed: float) -> Callable[[Trial], None]:
    def apply(trial: Trial) -> None:
        for group in trial.network.optimizer.param_groups:
            group.update({name: value for name, value in changed.items() if name in group})

    return apply


def _set_momentum(trial: Trial) -> None:
    for group in trial.network.optimizer.param_groups:
        if "momentum" in group:
            group["momentum"] = 0.9
        if "betas" in group:
            group["betas"] = (0.9, group["betas"][1])


def remedies_of_rows(subject: Subject, facts: Facts) -> Iterator[Remedy]:
    """The order, the number and the shares of rows in a batch."""
    if not subject.shuffle:

        def shuffle(trial: Trial) -> None:
            trial.shuffle = True

        yield Remedy(
            "shuffled rows",
            "with the rows in a new random order each epoch",
            "rows not shuffled",
            "shuffle the rows each epoch (shuffle=True)",
            shuffle,
        )
    count = len(subject.rows.x)
    if subject.batch_size <= 4 and count > 32:

        def enlarge(trial: Trial) -> None:
            trial.batch_size = 32

        cause = "normalisation of one row" if facts.batch_norms else "batch too small"
        yield Remedy("batches of 32", "with batches of 32 rows", cause, "batches of 16 to 64 rows", enlarge)
    if subject.batch_size >= 128 and subject.epoch_steps() <= 4 and count > 64:

        def split(trial: Trial) -> None:
            trial.batch_size = 32

        factor = min(subject.batch_size, count) / 32
        yield Remedy(
            "batches of 32",
            "with batches of 32 rows for as many epochs",
            "batch too large",
            "smaller batches, which give more steps an epoch",
            split,
            longer=factor,
        )
    if facts.rarest is not None and facts.rarest < UNBALANCED:
        yield Remedy(
            "classes balanced",
            "with as many rows of each class",
            "classes unbalanced",
            "weigh the classes (class_weight='balanced'), or draw the rare rows more often; judge by a score of each class",
            _balance,
        )


def _balance(trial: Trial) -> None:
    rows, rng = trial.rows, np.random.default_rng(trial.seed)
    label = trial.judge.form(rows.y)
    label = label.argmax(axis=1) if label.shape[1] > 1 else (label[:, 0] > 0.5).astype(int)
    classes = np.unique(label)
    each = len(label) // len(classes)
    drawn = np.concatenate([rng.choice(np.flatnonzero(label == c), each) for c in classes])
    trial.rows = Rows(rows.x[drawn], rows.y[drawn], rows.held_x, rows.held_y)


def remedies_of_layers(subject: Subject, facts: Facts) -> Iterator[Remedy]:
    """Activations, initial weights, normalisation."""
    if facts.linear_pairs:
        first, second = facts.linear_pairs[0]

        def put_in(trial: Trial) -> None:
            for path, _ in facts.linear_pairs:
                trial.network.alter(path, lambda _, gave: trial.network.ops.relu(gave))

        yield Remedy(
            "ReLU between",
            f"with a ReLU between {first} and {second}",
            "no activation",
            f"put an activation such as ReLU between {first} and {second}",
            put_in,
        )
    yield Remedy(
        "fresh weights",
        "with weights drawn anew",
        facts.weights_cause,
        "initialise at random, by the number of inputs: nn.init.kaiming_normal_ for ReLU, xavier_uniform_ for tanh and sigmoid",
        _draw_weights,
    )
    if facts.squashing:

        def rectify(trial: Trial) -> None:
            for path in facts.squashing:
                trial.network.alter(path, lambda given, _: trial.network.ops.relu(given))
            _draw_weights(trial)

        yield Remedy(
            "ReLU for sigmoids",
            f"with ReLU in place of {facts.squashing_kind}",
            "vanishing gradients",
            f"take ReLU with kaiming_normal_ in place of {facts.squashing_kind}, or normalise between layers",
            rectify,
        )
    if len(facts.hidden) > 1:

        def normalise(trial: Trial) -> None:
            for path in facts.hidden:
                trial.network.alter(path, lambda _, gave: trial.network.ops.standardize(gave))

        yield Remedy(
            "normalised layers",
            "with each layer's outputs normalised",
            facts.layers_cause,
            "put BatchNorm or LayerNorm between the layers, or initialise by the number of inputs",
            normalise,
            general=True,
        )


def _draw_weights(trial: Trial) -> None:
    """Weights of variance 2/inputs before ReLU and 1/inputs elsewhere; biases of 0."""
    rng = np.random.default_rng(trial.seed + 5)
    kinds = {type(m).__name__ for _, m in trial.network.modules()}
    gain = 2.0 if kinds & {"ReLU", "LeakyReLU", "ELU", "GELU", "SiLU"} else 1.0
    alike = {path: module for path, module in trial.network.modules()}
    for w in trial.network.parameters():
        kind = type(alike.get(w.path.rpartition(".")[0])).__name__
        if w.values.ndim < 2:
            if "bias" in w.path.rpartition(".")[2]:
                w.values[...] = 0.0
            elif "Norm" in kind:
                w.values[...] = 1.0
            continue
        inputs = 1 if "Embedding" in kind else int(np.prod(w.values.shape[1:]))
        w.values[...] = rng.normal(0.0, np.sqrt((gain if kind != "Embedding" else 1.0) / inputs), w.values.shape)


def remedies_of_scales(subject: Subject, facts: Facts) -> Iterator[Remedy]:
    """The scales of inputs and of targets."""
    if facts.inputs is not None and subject.x.dtype.kind == "f":
        yield Remedy(
            "inputs scaled",
            "with each feature scaled to mean 0 and deviation 1",
            "inputs not scaled",
            "scale each feature to mean 0 and deviation 1, as nn.data.Standardize does, fitted to the training part",
            _scale_inputs(facts.feature_axis),
        )
    if subject.judge.kind == "numbers" and subject.y.dtype.kind == "f" and facts.targets_off > 1.5:
        yield Remedy(
            "targets scaled",
            "with the targets scaled to mean 0 and deviation 1",
            "targets not scaled",
            "scale the targets to mean 0 and deviation 1, as nn.data.Standardize does, and scale the answers back",
            _scale_targets,
        )


def _scale_inputs(axis: int) -> Callable[[Trial], None]:
    def apply(trial: Trial) -> None:
        rows = trial.rows
        over = tuple(k for k in range(rows.x.ndim) if k != axis % rows.x.ndim)
        with np.errstate(all="ignore"):
            exact = rows.x.astype(np.float64)
            mean, std = exact.mean(axis=over, keepdims=True), exact.std(axis=over, keepdims=True)
        std[std < 1e-12 * (np.abs(mean) + 1e-300)] = 1.0

        def scale(x: np.ndarray) -> np.ndarray:
            return np.asarray((x - mean) / std, x.dtype)

        trial.rows = Rows(scale(rows.x), rows.y, scale(rows.held_x), rows.held_y)

    return apply


def _scale_targets(trial: Trial) -> None:
    rows = trial.rows
    mean, std = rows.y.mean(axis=0, dtype=np.float64), rows.y.std(axis=0, dtype=np.float64)
    std = np.where(std > 0.0, std, 1.0)
    trial.rows = Rows(rows.x, np.asarray((rows.y - mean) / std, rows.y.dtype), rows.held_x, rows.held_y)

    def unscale(outputs: np.ndarray) -> np.ndarray:
        # Outputs of a column for targets of one axis.
        return np.asarray(
            outputs * std.reshape(-1) + mean.reshape(-1) if outputs.ndim != rows.y.ndim else outputs * std + mean
        )

    trial.unscale = unscale


def remedies_of_rate(subject: Subject) -> Iterator[Remedy]:
    """The learning rate, up and down: to its neighbours, and as far as rates that are usual."""
    optimizer = subject.network.optimizer
    rate = float(optimizer.param_groups[0]["lr"])
    if not rate > 0.0:
        return
    for factor in (0.1, 0.01, 0.001):
        yield _change_rate(rate, factor, "learning rate too high")
    usual = 1.0 if type(optimizer).__name__ in OF_GRADIENTS else 0.01
    # So many powers of ten lie between it and the largest usual rate.
    far = max(3, math.ceil(math.log10(usual / rate)))
    for power in sorted({1, 2, *range(max(3, far - 3), far + 1)}):
        yield _change_rate(rate, 10.0**power, "learning rate too low")


def _change_rate(rate: float, factor: float, cause: str) -> Remedy:
    def apply(trial: Trial) -> None:
        for group in trial.network.optimizer.param_groups:
            group["lr"] = group["lr"] * factor

    name = f"rate × {factor:g}" if factor > 1.0 else f"rate ÷ {1.0 / factor:g}"
    return Remedy(
        name,
        f"with a rate of {rate * factor:.3g}",
        cause,
        f"a rate of about {rate * factor:.3g} in place of {rate:.3g}",
        apply,
    )


def remedies_of_optimizer(subject: Subject) -> Iterator[Remedy]:
    """Another optimizer: it mends the rate, the scales and the conditioning alike, so that it proves little by itself."""
    for rate in (0.01, 0.001):
        yield Remedy(
            f"Adam {rate:g}",
            f"with Adam and a rate of {rate:g}",
            "optimizer unfit",
            f"take Adam with a rate of {rate:g}",
            _use_adam(rate),
            general=True,
        )


def _use_adam(rate: float) -> Callable[[Trial], None]:
    def apply(trial: Trial) -> None:
        trial.network.use("adam", rate)

    return apply


def together(first: Remedy, second: Remedy) -> Remedy:
    """Both changes at once, as a remedy for the first one's cause."""

    def apply(trial: Trial) -> None:
        first.apply(trial)
        second.apply(trial)

    return Remedy(
        f"{first.name}, {second.name}",
        f"{first.told} and {second.told.removeprefix('with ')}",
        first.cause,
        f"{first.fix}; and {second.fix}",
        apply,
        max(first.longer, second.longer),
        first.general,
        second.name,
    )
