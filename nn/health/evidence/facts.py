"""`Facts`: what is known of a subject before any experiment, by which remedies are chosen and findings are told apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nn.health.evidence.asking import ask
from nn.health.evidence.linear import is_linear
from nn.health.evidence.off import off_of_features, off_of_targets
from nn.health.evidence.operations import find_shares_between
from nn.health.evidence.sequences import ignores_order, padding_of, passes_over
from nn.health.evidence.usual import is_usual, weighs
from nn.health.evidence.weights import OF_RECURRENT, ends_dead, is_gated, list_factors, scales_of
from nn.health.experiments.trial import advance
from nn.health.frameworks.network import LeafCall, Network
from nn.health.measure import StepMeasure
from nn.health.multi_input import split_inputs
from nn.health.multi_output import JointJudge
from nn.health.scores import LOSSES, name_of
from nn.health.subject import SOME, Subject

LINEAR = {"Linear", "Conv1d", "Conv2d", "Conv3d", "Bilinear", "Product"}
# Layers through which a linear function stays linear.
NEUTRAL = {
    "Flatten",
    "Unflatten",
    "Identity",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "AvgPool2d",
}
SQUASHING = {"Sigmoid", "Tanh", "Hardsigmoid", "Hardtanh", "Softsign", "LogSigmoid"}
BOUNDED = {
    "ReLU": (0.0, np.inf), "ReLU6": (0.0, 6.0), "Sigmoid": (0.0, 1.0), "Hardsigmoid": (0.0, 1.0), "Tanh": (-1.0, 1.0),
    "Hardtanh": (-1.0, 1.0), "Softsign": (-1.0, 1.0), "Softplus": (0.0, np.inf), "Softmax": (0.0, 1.0),
    "LogSigmoid": (-np.inf, 0.0), "LogSoftmax": (-np.inf, 0.0),
}  # fmt: skip
BY_OPERATION = {"relu": "ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh", "softmax": "Softmax", "softplus": "Softplus"}
# Layers that normalise each row by itself; up to how many columns hardly anything is left of a row then, and how exactly.
OF_ROWS = {"LayerNorm", "RMSNorm", "GroupNorm", "InstanceNorm1d", "InstanceNorm2d"}
FEW_COLUMNS, EXACTLY = 10, 1e-2
# By what factor the size of inputs is off at the first layer where the network itself has brought them there.
OFF_AT_FIRST = 10.0
# Epochs of a schedule that are looked at.
MOST_EPOCHS = 500
# From how many layers on, and to which share of the size of what they give, rows may become alike.
MANY_LAYERS, ALIKE = 5, 0.1
# Deviations of weights, over 1/√inputs, and of what layers give from which on they are large.
LARGE = 3.0
# The same of the weights of a recurrent layer, through which its state goes again and again, and of what comes out of it.
LARGE_AGAIN, GROWN = 1.5, 10.0
# Deviations of weights, over 1/√inputs, below which they are seen to be too small: hardly anything of what comes in goes on.
TINY_WEIGHTS = 0.03


@dataclass
class Facts:
    """What one pass over some rows shows.

    Attributes
    ----------
    outputs : array
    calls : list of LeafCall
    measure : StepMeasure or None
        A measured step; None where none could be taken.
    linear_pairs : list of (str, str)
        Linear layers with nothing but linear between them.
    squashing, hidden : list of str
        Sigmoids and tanhs inside the network; linear layers but the last.
    last_activation : str or None
        The path of the module at the end, where it is an activation.
    last_kind : str
        Its class; also where it is an operation and no module.
    """

    outputs: np.ndarray
    calls: list[LeafCall]
    measure: StepMeasure | None = None
    linear_pairs: list[tuple[str, str]] = field(default_factory=list)
    squashing: list[str] = field(default_factory=list)
    squashing_kind: str = ""
    # Linear layers, and those after them, that are given a softmax of what they give.
    shares: list[tuple[str, str]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    last_activation: str | None = None
    last_kind: str = ""
    doubled: str = ""
    dropouts: dict[str, Any] = field(default_factory=dict)
    batch_norms: list[str] = field(default_factory=list)
    rarest: float | None = None
    inputs: np.ndarray | None = None
    convolved: bool = False
    inputs_off: float = 1.0
    # How many times smaller the inputs are where they come to the first layer, where the network itself brings them off.
    shrunk: float = 1.0
    targets_off: float = 1.0
    loss_differs: bool = False
    natural_name: str = ""
    # Whether the loss weighs classes, or smooths labels, so far that it may be what is in the way.
    weighed: bool = False
    # Whether scores, which a softmax or a sigmoid follows, come out of an activation that keeps them small.
    scores_bounded: bool = False
    # Whether the schedule begins far below the rate, and does not come near it.
    rising: bool = False
    # How many times the rate of the optimizer a schedule comes to.
    beyond: float = 1.0
    summed: bool = False
    # The share of the targets that the last activation cannot give.
    out_of_range: float = 0.0
    unbiased: list[str] = field(default_factory=list)
    gradient_ratio: float = 1.0
    dead: float = 0.0
    dead_path: str = ""
    saturated: float = 0.0
    largest_std: float = 1.0
    weight_scale: tuple[float, float] = (1.0, 1.0)
    # The largest of those of recurrent layers, and of those of them whose state is squashed.
    recurrent_scale: float = 0.0
    gated_scale: float = 0.0
    # Whether rows become all but alike on their way through many layers.
    collapsed: bool = False
    # Where the answers are the same wherever things stand: whether units stand along the "first" axis of a row or the "last" one.
    orderless: str = ""
    # What stands at the places behind sequences, where something does.
    padding: np.ndarray | None = None
    # Whether rows, or what stands between, are normalised each by itself; the path of a layer that does it to the inputs.
    rows_alike: bool = False
    first_norm: str = ""
    # Whether the answers are a linear function of the inputs, however many layers there are.
    linear: bool = False
    # A hidden layer all of whose units begin with the same weights.
    alike: str = ""
    # Paths of recurrent layers whose state a sigmoid or tanh keeps small.
    gated: list[str] = field(default_factory=list)
    # Paths of modules that are tables of words or places.
    tables: list[str] = field(default_factory=list)
    weights_cause: str = "weights too small"
    layers_cause: str = "vanishing gradients"

    @property
    def squashes(self) -> int:
        """How often an activation squashes what goes through the network."""
        return len(self.squashing) + len(self.shares)

    @property
    def grows(self) -> bool:
        """Whether weights begin large, and what goes through them gets large."""
        again = self.recurrent_scale > LARGE_AGAIN and self.largest_std > GROWN
        return again or (self.weight_scale[1] > LARGE and self.largest_std > LARGE)


def look(subject: Subject) -> Facts:
    """One pass forward over some rows of the subject."""
    network = subject.network.copy()
    some = subject.x[:SOME]
    calls = network.calls(some)
    facts = Facts(network.answer(some), calls)
    _look_at_layers(facts)
    facts.last_kind = facts.last_kind or BY_OPERATION.get(network.last_operation(some), "")
    facts.dropouts = {p: m for p, m in network.modules() if "Dropout" in type(m).__name__ and getattr(m, "p", False)}
    facts.tables = [p for p, m in network.modules() if "Embedding" in type(m).__name__]
    facts.gated = [p for p, m in network.modules() if is_gated(m)]
    facts.batch_norms = [p for p, m in network.modules() if type(m).__name__.startswith("BatchNorm")]
    facts.alike = next((p for p in facts.hidden if _has_equal_units(p, calls)), "")
    _look_at_outputs(facts, subject)
    facts.rising, facts.beyond = ask(lambda: _look_at_schedule(subject), (False, 1.0))
    facts.summed = ask(lambda: _is_sum(facts.outputs, subject), False)
    facts.collapsed = _is_collapsed(facts)
    facts.orderless = ask(lambda: ignores_order(network, subject.x, calls), "")
    facts.linear = ask(lambda: is_linear(network, subject.x), False)
    # Answers for each place stand where the places do, and no padding is cut off.
    by_place = facts.outputs.ndim > 2 and facts.outputs.shape[:2] == some.shape[:2]
    padding = None if by_place else padding_of(subject.x)
    if padding is not None and not ask(lambda: passes_over(network, subject.x, padding), False):
        facts.padding = padding
    facts.rows_alike = _are_normalised(subject.x) or ask(lambda: _ignores_size(network, subject.x), False)
    first = calls[0] if calls else None
    # Also of rows whose axes were moved.
    if first is not None and first.kind in OF_ROWS and np.array_equal(np.sort(first.input, None), np.sort(some, None)):
        facts.first_norm = first.path
    _look_at_rows(facts, subject)
    return facts


def _has_equal_units(path: str, calls: list[LeafCall]) -> bool:
    module = next(call.module for call in calls if call.path == path)
    weight = getattr(module, "weight", None)
    values = None if weight is None else np.asarray(weight.detach())
    return values is not None and len(values) > 1 and bool((values == values[:1]).all())


def _has_few_columns(x: np.ndarray) -> bool:
    return x.ndim == 2 and x.dtype.kind == "f" and 2 <= x.shape[1] <= FEW_COLUMNS and len(x) >= 8


def _are_normalised(x: np.ndarray) -> bool:
    """Whether all rows of a few columns are of one length, and no codes, which are so as they come."""
    if not _has_few_columns(x):
        return False
    exact = x.astype(np.float64)
    sizes = np.linalg.norm(exact, axis=1)
    if not float(sizes.std()) < EXACTLY * float(sizes.mean()) or not exact.std(axis=0).max() > EXACTLY:
        return False
    # Ones and zeros, signs and ranks are few sizes; of two numbers that are centred only one is left.
    centred = x.shape[1] == 2 and np.abs(exact.mean(axis=1)).max() < EXACTLY
    return bool(centred or len(np.unique(np.abs(exact).round(3))) > x.shape[1])


def _ignores_size(network: Network, x: np.ndarray) -> bool:
    """Whether rows of a few columns get the same answers where they are three times as large."""
    if not _has_few_columns(x):
        return False
    some = x[:SOME]
    before, after = network.answer(some), network.answer(3.0 * some)
    spread = float(before.std(axis=0).mean()) if before.shape == after.shape else 0.0
    told_apart = spread > EXACTLY * float(np.abs(before).mean())
    return told_apart and float(np.abs(before - after).mean()) < EXACTLY * spread


def _is_collapsed(facts: Facts) -> bool:
    """Whether what a row is matters ever less from layer to layer, beside what is the same for all."""
    ratios = []
    for call in facts.calls:
        if call.path in facts.hidden:
            given = call.output.reshape(len(call.output), -1).astype(np.float64)
            size = float(np.sqrt(np.mean(given**2)))
            ratios.append(float(np.sqrt(given.var(axis=0).mean())) / size if size > 0.0 else 1.0)
    return len(ratios) >= MANY_LAYERS and ratios[-1] < ALIKE * max(ratios)


def _look_at_layers(facts: Facts) -> None:
    linear = [c for c in facts.calls if c.kind in LINEAR]
    facts.hidden = [c.path for c in linear[:-1]]
    normed = {c.path for c, after in zip(facts.calls, facts.calls[1:], strict=False) if "Norm" in after.kind}
    facts.unbiased = [c.path for c in linear if getattr(c.module, "bias", 0) is None and c.path not in normed]
    for k, call in enumerate(facts.calls):
        if call.kind not in LINEAR:
            continue
        came = call.output
        for after in facts.calls[k + 1 :]:
            if after.input.size != came.size or not np.array_equal(after.input.ravel(), came.ravel()):
                break
            if after.kind in LINEAR:
                facts.linear_pairs.append((call.path, after.path))
                break
            if after.kind not in NEUTRAL:
                break
            came = after.output
    last = facts.calls[-1] if facts.calls else None
    ends = last is not None and last.kind in BOUNDED and last.output.size == facts.outputs.size
    if last is not None and ends and np.array_equal(last.output.ravel(), facts.outputs.ravel()):
        facts.last_activation, facts.last_kind = last.path, last.kind
    inner = [c for c in facts.calls if c.kind in SQUASHING and c.path != facts.last_activation]
    facts.squashing = [c.path for c in inner]
    facts.shares = find_shares_between(facts.calls)
    facts.squashing_kind = " and ".join(sorted({c.kind for c in inner} | ({"Softmax"} if facts.shares else set())))


def _look_at_outputs(facts: Facts, subject: Subject) -> None:
    judge = subject.judge
    outputs = judge.arrange(facts.outputs) if judge.arrange is not None else facts.outputs
    rows = outputs.reshape(-1, outputs.shape[-1]) if outputs.ndim > 1 else outputs[:, None]
    known = LOSSES.get(name_of(subject.network.loss))
    if judge.link == "logits" and np.isfinite(rows).all() and (rows >= 0.0).all():
        # Scores that are all one number may add up to 1 by chance, such as ten biases of a tenth.
        told = facts.last_kind == "Softmax" or bool((rows != rows.flat[0]).any())
        if judge.kind == "classes" and rows.shape[1] > 1 and told and np.allclose(rows.sum(axis=1), 1.0, atol=1e-3):
            facts.doubled = "softmax"
        elif facts.last_kind in ("Sigmoid", "Hardsigmoid"):
            facts.doubled = "sigmoid"
        elif judge.kind == "labels" and facts.last_kind == "Softmax":
            facts.doubled = "softmax"
    if judge.kind == "numbers" and judge.link == "numbers" and facts.last_kind in BOUNDED:
        low, high = BOUNDED[facts.last_kind]
        asked = np.asarray(subject.y, np.float64)
        facts.out_of_range = float(np.mean((asked < low - 1e-6) | (asked > high + 1e-6)))
    usual = {"classes": "CrossEntropyLoss", "labels": "BCEWithLogitsLoss", "numbers": "MSELoss"}
    facts.natural_name = usual.get(judge.kind, "")
    facts.scores_bounded = (
        judge.link == "logits" and not facts.doubled and facts.last_kind in ("ReLU", "ReLU6", *SQUASHING)
    )
    facts.weighed = weighs(subject.network.loss)
    facts.loss_differs = facts.weighed or (
        (known is None or known[1] != "logits")
        if judge.kind in ("classes", "labels")
        else (known is None and not is_usual(subject, facts.outputs)) or _asks_for_one(subject)
    )
    # A loss of nn would not leave out what this one does.
    facts.loss_differs = facts.loss_differs and judge.mark is None


def _asks_for_one(subject: Subject) -> bool:
    """Whether absolute errors are least where a single number is answered, that of more than half of the targets."""
    counts = np.unique(subject.y, return_counts=True)[1]
    return name_of(subject.network.loss) in ("l1loss", "l1_loss") and bool(2 * counts.max() > subject.y.size)


def _look_at_schedule(subject: Subject) -> tuple[bool, float]:
    """Whether a schedule begins far below the rate of the optimizer, and does not get half of the way in this run; and how many times
    that rate it comes to."""
    if subject.scheduler is None:
        return False, 1.0
    optimizer = subject.network.copy().optimizer
    group = optimizer.param_groups[0]
    meant = float(group["lr"])
    schedule = subject.scheduler(optimizer)
    rates = [float(group["lr"])]
    for _ in range(min(subject.steps // subject.epoch_steps(), MOST_EPOCHS)):
        advance(schedule, 1.0)
        rates.append(float(group["lr"]))
    return rates[0] < 0.1 * meant and max(rates) < 0.5 * meant, max(rates) / meant if meant > 0.0 else 1.0


def _is_sum(outputs: np.ndarray, subject: Subject) -> bool:
    """Whether twice the rows give twice the loss."""
    y = subject.y[: len(outputs)]
    once = subject.loss_of(outputs, y)
    twice = subject.loss_of(np.concatenate([outputs, outputs]), np.concatenate([y, y]))
    return bool(once != 0.0 and np.isclose(twice, 2.0 * once, rtol=1e-3))


def _look_at_rows(facts: Facts, subject: Subject) -> None:
    judge = subject.judge
    if judge.kind in ("classes", "labels"):
        shares = judge.constant
        if judge.kind == "labels":
            shares = np.minimum(shares, 1.0 - shares)
        some = shares[shares > 0.0]
        if len(some):
            facts.rarest = float(some.min() / (some.max() if judge.kind == "classes" else 1.0 - some.min()))
    parts = [part for part in split_inputs(subject.x).values() if part.dtype.kind == "f"]
    # A single number for each row is an input only beside others.
    if parts and (len(parts) > 1 or parts[0].ndim > 1):
        facts.convolved = (
            bool(facts.calls) and facts.calls[0].kind.startswith("Conv") and max(p.ndim for p in parts) > 2
        )
        facts.inputs = np.concatenate([_levels(part, feature_axis(part, facts.convolved)) for part in parts], axis=1)
        if np.isfinite(facts.inputs).all():
            facts.inputs_off = off_of_features(*facts.inputs)
        _look_at_way_in(facts, subject.x[:SOME])
    if judge.kind == "numbers" and judge.link == "numbers" and subject.y.dtype.kind == "f":
        facts.targets_off = off_of_targets(subject.y)
    elif isinstance(judge, JointJudge):
        facts.targets_off = max(
            (off_of_targets(subject.y[:, asked]) for _, asked in judge.columns_of_numbers), default=1.0
        )


def _look_at_way_in(facts: Facts, some: np.ndarray) -> None:
    """Whether the network makes its inputs much smaller or larger before they come to its first layer."""
    first = facts.calls[0] if facts.calls else None
    if first is None or first.kind not in LINEAR or some.dtype.kind != "f":
        return
    came, given = (float(np.sqrt(np.mean(part.astype(np.float64) ** 2))) for part in (first.input, some))
    off = max(came, 1.0 / came) if came > 0.0 else 1.0
    if off > OFF_AT_FIRST and given > 0.0 and max(given / came, came / given) > OFF_AT_FIRST:
        facts.shrunk, facts.inputs_off = given / came, max(facts.inputs_off, off)


def feature_axis(part: np.ndarray, convolved: bool) -> int:
    """Along which features of an input stand, where a network begins with a convolution or not.

    Examples
    --------
    >>> feature_axis(np.zeros((8, 3, 5, 5)), True), feature_axis(np.zeros((8, 5)), True), feature_axis(np.zeros((8, 9, 5)), False)
    (1, 1, 2)
    """
    return 1 if convolved and part.ndim > 2 else part.ndim - 1


def _levels(part: np.ndarray, axis: int) -> np.ndarray:
    """Means and deviations of the features; of a number for each row its own."""
    over = tuple(k for k in range(part.ndim) if k != axis) or (0,)
    with np.errstate(all="ignore"):
        exact = part.astype(np.float64)
        return np.stack([np.atleast_1d(exact.mean(axis=over)), np.atleast_1d(exact.std(axis=over))])


def look_at_step(facts: Facts, measured: StepMeasure) -> None:
    """What a measured step adds: how large gradients and outputs are from layer to layer, and what that is called."""
    facts.measure = measured
    all_weights = list_factors(measured.parameters.values())
    # Rows of a table are put in as they are: hardly any has a gradient, and how wide they are says nothing of their scale.
    weights = [p for p in all_weights if p.module not in facts.tables]
    if len(weights) > 1 and weights[-1].mean > 0.0:
        facts.gradient_ratio = weights[0].mean / weights[-1].mean
    hidden = [layer for layer in measured.layers.values() if not layer.final]
    shares = [(1.0 - float(np.mean(layer.alive)), layer.path) for layer in hidden if layer.alive is not None]
    facts.dead, facts.dead_path = max(shares, default=(0.0, ""))
    facts.saturated = max((layer.saturated for layer in hidden if layer.saturated is not None), default=0.0)
    facts.largest_std = max((layer.std for layer in measured.layers.values() if np.isfinite(layer.std)), default=1.0)
    scales = scales_of(all_weights)
    if scales:
        facts.weight_scale = min(scales), max(scales_of(weights), default=0.0)
    again = [p for p in weights if OF_RECURRENT.search(p.path)]
    facts.recurrent_scale = max(scales_of(again), default=0.0)
    facts.gated_scale = max(scales_of(p for p in again if p.module in facts.gated), default=0.0)
    # Units that hardly see what comes in are on or off by their biases alone. A last layer may well begin at zero.
    unmoved = min(scales[:-1], default=1.0) < TINY_WEIGHTS
    if facts.alike or any(p.twins for p in measured.parameters.values()):
        facts.weights_cause = "identical units"
    elif (facts.dead > 0.5 and not facts.collapsed and not unmoved) or ends_dead(facts.last_kind, facts.outputs):
        facts.weights_cause = "dead units"
    elif facts.saturated > 0.4 or facts.gated_scale > LARGE:
        facts.weights_cause = "saturation"
    elif facts.grows:
        facts.weights_cause = "exploding gradients"
    elif facts.weight_scale[0] > 0.3 and (facts.collapsed or (facts.gradient_ratio < 0.05 and facts.squashes)):
        facts.weights_cause = "vanishing gradients"
    facts.layers_cause = "exploding gradients" if facts.grows else "vanishing gradients"
    if facts.weight_scale[0] < 0.3:
        facts.layers_cause = "weights too small"
