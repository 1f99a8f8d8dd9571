"""What the loss does with outputs, apart from the network that makes them: it is given outputs, and followed downhill."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nn.health.evidence.asking import ask
from nn.health.evidence.ends import OUT_OF_RANGE, find_doubled, find_output_range
from nn.health.evidence.facts import BOUNDED, Facts
from nn.health.evidence.likelihood import (
    are_log_probabilities,
    find_probabilities_for_logarithms,
    find_turned_likelihood,
)
from nn.health.evidence.operations import axes_of_shares, told_at
from nn.health.evidence.shapes import find_broadcast, find_one_for_several
from nn.health.finding import Finding
from nn.health.frameworks.network import Operation
from nn.health.guess import are_signs, wants_opposite
from nn.health.learned import RELATED
from nn.health.pairs import has_tied_outputs
from nn.health.scores import LOSSES, name_of
from nn.health.subject import SOME, Subject

# Steps that the outputs alone are moved by, and by how much at most; and below what a loss has no lower bound.
DESCENT_STEPS, DESCENT_SIZE, BELOW = 60, 0.5, -5.0
# The share of a slope that is left where a loss goes on as before; how many others answers are compared with.
EVEN, OTHERS = 0.9, 5
# How far on a loss without a bound is looked at.
FAR_ON = 50.0
# How near to their bounds outputs are moved that have some, and how much worse answers become where the sign is wrong.
EDGE, WORSE = 1e-3, 1.3
# How far answers are moved to the targets where the loss is flat, and by how much they miss them then, of the targets' deviation.
NEARER, BESIDE = (0.3, 0.6, 0.8, 0.9, 1.0), 0.02


def find_in_loss(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Findings about the loss and the outputs."""
    outputs, y = facts.outputs, subject.y[:SOME]
    yield from find_broadcast(subject, outputs, y)
    yield from find_one_for_several(subject, outputs, y)
    alone = list(find_one_unit(subject, facts))
    yield from alone
    yield from find_doubled(subject, facts)
    yield from find_softmax_over_rows(facts)
    yield from find_softmax_over_rows_in_loss(subject, outputs, y)
    yield from find_output_range(subject, facts)
    yield from find_competing_labels(subject, outputs, y)
    yield from find_probabilities_for_logarithms(subject, facts)
    followed = list(find_turned_signs(subject, outputs, y))
    followed = followed or list(find_by_descent(subject, outputs, y, BOUNDED.get(facts.last_kind)))
    yield from followed
    yield from find_maximised(subject)
    flat = list(find_flat_loss(subject, outputs, y))
    yield from flat
    if not followed and not flat and not alone:
        yield from find_ignored_targets(subject, outputs, y)


def find_maximised(subject: Subject) -> Iterator[Finding]:
    """An optimizer that goes up."""
    groups = subject.network.optimizer.param_groups
    if any(group.get("maximize") for group in groups):
        yield Finding(
            "loss maximised",
            "",
            "the optimizer was made with maximize=True: each step makes the loss larger",
            "leave out maximize=True",
        )


def find_flat_loss(subject: Subject, outputs: np.ndarray, y: np.ndarray) -> Iterator[Finding]:
    """A loss that changes with the outputs, and whose derivative by them is 0 everywhere: it is made of steps."""
    if outputs.dtype.kind != "f" or not np.isfinite(outputs).all() or name_of(subject.network.loss) in LOSSES:
        return
    rng = np.random.default_rng(2)
    some = [rng.normal(0.0, size, outputs.shape).astype(outputs.dtype) for size in (0.5, 1.0, 2.0)]
    seen = [subject.network.value_and_gradient(o, y) for o in some]
    values = {value for value, _ in seen}
    if len(values) == len(seen) and all(np.isfinite(list(values))) and not any(g.any() for _, g in seen):
        yield Finding(
            "missing gradients",
            "",
            "the loss changes with the outputs, but its derivative by them is 0 everywhere: something in it goes by steps, "
            "such as round, sign, argmax or a comparison, or cuts the outputs off, as detach does",
            "compute the loss of the outputs as they are, with a smooth function",
        )


def find_one_unit(subject: Subject, facts: Facts) -> Iterator[Finding]:
    arrange = subject.judge.arrange
    outputs = facts.outputs if arrange is None else arrange(facts.outputs)
    if outputs.ndim < 2 or outputs.shape[-1] != 1:
        return
    softmax = facts.last_kind in ("Softmax", "LogSoftmax")
    entropy = LOSSES.get(name_of(subject.network.loss)) == ("classes", "logits")
    if softmax or entropy:
        what = facts.last_kind if softmax else "the softmax of the cross-entropy"
        yield Finding(
            "softmax over one unit",
            (facts.last_activation or "") if softmax else "",
            f"{what} runs over a single unit, whose share is always 1, so that no gradient comes through",
            "a sigmoid with BCEWithLogitsLoss for yes or no, or as many units as there are classes",
        )
    elif name_of(subject.network.loss) not in LOSSES:
        operations: list[Operation] = ask(
            lambda: subject.network.copy().operations_of_loss(facts.outputs, subject.y[:SOME]), []
        )
        shares = [one for one in operations if axes_of_shares(one) == (one.made.ndim - 1,) and one.made.shape[-1] == 1]
        if shares and len(shares[0].made) == len(facts.outputs) > 1:
            yield Finding(
                "softmax over one unit",
                "",
                f"a softmax of the loss{told_at(shares[0].place)} runs over a single unit, whose share is always 1, so that no gradient "
                "comes through",
                "a sigmoid for yes or no, or as many units as there are classes",
                place=shares[0].place,
            )


def adds_up_over_rows(outputs: np.ndarray) -> bool:
    """Whether shares, or their logarithms, add up to 1 down each column, and not along each row."""
    if outputs.ndim != 2 or min(outputs.shape) < 2 or not np.isfinite(outputs).all():
        return False
    shares = outputs if (outputs >= 0.0).all() else np.exp(np.minimum(outputs, 1.0))
    return bool(np.allclose(shares.sum(axis=0), 1.0, atol=1e-3) and not np.allclose(shares.sum(axis=1), 1.0, atol=1e-3))


def find_softmax_over_rows_in_loss(subject: Subject, outputs: np.ndarray, y: np.ndarray) -> Iterator[Finding]:
    """An own loss of classes that stays the same where all scores of one class are raised, and not where those of one row are."""
    own = name_of(subject.network.loss) not in LOSSES and subject.judge.kind == "classes"
    if not own or outputs.ndim != 2 or min(outputs.shape) < 2:
        return
    rng = np.random.default_rng(3)
    some = rng.normal(size=outputs.shape)
    by_class, by_row = rng.normal(size=(1, some.shape[1])), rng.normal(size=(len(some), 1))
    once, raised, others = (subject.loss_of(o.astype(outputs.dtype), y) for o in (some, some + by_class, some + by_row))
    if np.isclose(raised, once, rtol=1e-4) and not np.isclose(others, once, rtol=1e-2):
        yield Finding(
            "softmax over rows",
            "",
            f"the loss is the same, {once:.4g}, where all scores of a class are raised by as much, and another one, {others:.4g}, where "
            "all scores of a row are: its softmax runs along the batch",
            "softmax along the last axis: dim=-1",
        )


def find_softmax_over_rows(facts: Facts) -> Iterator[Finding]:
    if adds_up_over_rows(facts.outputs):
        yield Finding(
            "softmax over rows",
            facts.last_activation or "",
            "the shares of each column add up to 1, not those of each row: the softmax runs along the batch",
            "softmax along the last axis: dim=-1",
        )


def find_competing_labels(subject: Subject, outputs: np.ndarray, y: np.ndarray) -> Iterator[Finding]:
    """Several labels a row, for a loss that stays the same where all scores of a row are raised: its softmax lets one of them win."""
    labels = np.asarray(subject.y)
    if (
        labels.ndim != 2
        or labels.shape[1] < 2
        or labels.shape[1:] != outputs.shape[1:]
        or not np.isin(labels, (0, 1)).all()
    ):
        return
    several = float(np.mean(labels.sum(axis=1) > 1))
    if several <= OUT_OF_RANGE or not np.isfinite(outputs).all():
        return
    rng = np.random.default_rng(5)
    some, by_row = rng.normal(size=outputs.shape), rng.normal(size=(len(outputs), 1))
    once, raised, others = (
        subject.loss_of(o.astype(outputs.dtype), y)
        for o in (some, some + by_row, some + rng.normal(size=outputs.shape))
    )
    if np.isclose(raised, once, rtol=1e-4) and not np.isclose(others, once, rtol=1e-3):
        yield Finding(
            "loss unfit",
            "",
            f"{several:.0%} of the rows have several labels, and the loss takes a softmax of the scores: they compete for shares that "
            "add up to 1, so that none of them can be sure of itself",
            "BCEWithLogitsLoss, which asks of each label by itself",
            {"several": several},
        )


def find_turned_signs(subject: Subject, outputs: np.ndarray, y: np.ndarray) -> Iterator[Finding]:
    """Labels of -1 and 1, for a loss that asks for scores of the other sign."""
    if y.size != outputs.size or not are_signs(y):
        return
    right = y.reshape(outputs.shape).astype(outputs.dtype)
    if wants_opposite(right, y, subject.loss_of):
        at, against = (subject.loss_of(o, y) for o in (right, -right))
        yield Finding(
            "loss maximised",
            "",
            f"scores of 1 and -1 that are all right cost {at:.3g}, and those that are all wrong {against:.3g}: the sign of the targets, "
            "or of the scores, is wrong in the loss",
            "a margin is relu(1 - y * score), a logistic loss log(1 + exp(-y * score))",
            {"right": at, "wrong": against},
        )


def find_by_descent(
    subject: Subject, outputs: np.ndarray, y: np.ndarray, bounds: tuple[float, float] | None
) -> Iterator[Finding]:
    """Follow the loss downhill with the outputs themselves as parameters, and see where it leads."""
    known = LOSSES.get(name_of(subject.network.loss))
    if known is not None and (known[1] != "log-probabilities" or are_log_probabilities(outputs)):
        return
    if subject.judge.link == "log-probabilities" and are_log_probabilities(outputs):
        yield from find_turned_likelihood(subject, outputs, y)
        return
    o, values, sizes = follow(subject, outputs, y, bounds)
    if len(values) < DESCENT_STEPS // 2:
        return
    judge = subject.judge
    before, after = judge.relative(outputs, y), judge.relative(o, y)
    falls = values[-1] < min(values[0], BELOW) and values[-1] < values[len(values) // 2] - 1.0
    # The slope along one of several outputs may be left alone, and get no less.
    goes_on = falls and sizes[-1] > EVEN * sizes[len(sizes) // 2]
    bounded = falls and not _falls_far_on(subject, o, y)
    evidence = {
        "loss at first": values[0],
        "loss at last": values[-1],
        "score at first": before,
        "score at last": after,
    }
    told = f"following it for {len(values)} steps takes it from {values[0] + 0.0:.3g} to {values[-1]:.3g}"
    worse = bounds is not None and values[-1] < values[0] and after > WORSE * max(before, 1.0)
    wrong = (falls or worse) and judge.kind != "own" and after > max(before, 1.0)
    wrong = wrong or _costs_most_at_targets(subject, outputs, y)
    up, risen, slopes = follow(subject, outputs, y, bounds, uphill=True) if wrong else (o, values, sizes)
    if wrong and judge.relative(up, y) >= min(before, 1.0):
        # Turned round, a loss that has no bound that way either would be no better.
        both = bounds is None and len(risen) == DESCENT_STEPS and risen[-1] > -BELOW and slopes[-1] > EVEN * slopes[0]
        falls, wrong = falls or both, wrong and not both
    # Its sign is wrong where the other way leads to better answers; else it is another loss than these targets need.
    if wrong and _is_better(subject, up, o, y, min(before, 1.0)):
        yield Finding(
            "loss maximised",
            "",
            f"{told}, and the answers get worse (error over that of a constant answer {before:.2g} → {after:.2g}), and better the "
            "other way: its sign is wrong",
            "turn its sign round: an optimizer makes the loss small",
            evidence,
        )
    elif (
        falls
        and not bounded
        and (sizes[-1] > 0.3 * sizes[0] or goes_on)
        and bounds is None
        and not has_tied_outputs(judge)
    ):
        yield Finding(
            "loss unbounded",
            "",
            f"{told} with undiminished slope: it has no lower bound, and rewards ever larger outputs",
            "NLLLoss takes logarithms of probabilities (log_softmax); for raw scores CrossEntropyLoss; a loss is 0 for perfect answers",
            evidence,
        )


def _falls_far_on(subject: Subject, o: np.ndarray, y: np.ndarray) -> bool:
    """Whether a loss goes on to fall as steeply far along its slope: what has a bound, as a likelihood of counts, does not."""
    value, gradient = subject.network.value_and_gradient(o, y)
    size = float(np.abs(gradient).max(initial=0.0))
    if not 0.0 < size < np.inf:
        return False
    further, slopes = subject.network.value_and_gradient((o - FAR_ON * gradient / size).astype(o.dtype), y)
    return bool(further == -np.inf or (further < value and np.abs(slopes).max(initial=0.0) > EVEN * size))


def _costs_most_at_targets(subject: Subject, outputs: np.ndarray, y: np.ndarray) -> bool:
    """Whether a loss of numbers takes the targets themselves for worse answers than those of other rows, and their opposite for better."""
    if subject.judge.kind != "numbers" or outputs.shape != y.shape or y.dtype.kind != "f" or not np.isfinite(y).all():
        return False
    right = y.astype(outputs.dtype)
    middle = right.mean(axis=0)
    opposite = 2.0 * middle - right if subject.judge.link != "directions" else -right
    others = [right[np.random.default_rng(k).permutation(len(right))] for k in range(OTHERS)]
    at, against, *beside = (subject.loss_of(o.astype(outputs.dtype), y) for o in (right, opposite, *others))
    return bool(at > max(beside) and min(beside) > against)


def _is_better(subject: Subject, up: np.ndarray, down: np.ndarray, y: np.ndarray, bound: float) -> bool:
    """Whether answers uphill have less than some error, or, on whatever scale, go with the targets where those downhill go against them."""
    judge = subject.judge
    return judge.relative(up, y) < bound or judge.relation(up, y) > RELATED > -RELATED > judge.relation(down, y)


def follow(
    subject: Subject, outputs: np.ndarray, y: np.ndarray, bounds: tuple[float, float] | None, uphill: bool = False
) -> tuple[np.ndarray, list[float], list[float]]:
    """Outputs that were moved along the slope of the loss, its values on the way, and the largest slopes."""
    o = outputs.astype(np.float64) if outputs.dtype == np.float64 else outputs.copy()
    values, sizes = [], []
    for _ in range(DESCENT_STEPS):
        value, gradient = subject.network.value_and_gradient(o, y)
        size = float(np.abs(gradient).max(initial=0.0))
        if not np.isfinite(value) or not np.isfinite(size) or size == 0.0:
            break
        values.append(value)
        sizes.append(size)
        step = DESCENT_SIZE * gradient / size
        o = (o + step if uphill else o - step).astype(o.dtype)
        if bounds is not None:
            o = np.clip(o, bounds[0] + EDGE, bounds[1] - EDGE).astype(o.dtype)
    return o, values, sizes


def heeds_targets(subject: Subject, facts: Facts) -> bool:
    """Whether the loss of the outputs is another one where each target is."""
    y = subject.y[: len(facts.outputs)]
    other = np.where(y == 0, 1, 0).astype(y.dtype)
    return subject.loss_of(facts.outputs, y) != subject.loss_of(facts.outputs, other)


def find_ignored_targets(subject: Subject, outputs: np.ndarray, y: np.ndarray) -> Iterator[Finding]:
    if len(y) < 4 or (y == y[:1]).all() or not np.isfinite(outputs).all():
        return
    rng = np.random.default_rng(1)
    noise = rng.normal(0.0, 0.05, outputs.shape)
    o = (outputs * (1.0 + noise)).astype(outputs.dtype)
    value, first = subject.network.value_and_gradient(o, y)
    # Where it is flat, as one that is cut off, slopes say nothing: other answers may show what it asks for.
    if not first.any():
        sloped = _find_slope(subject, outputs, y)
        if sloped is not None:
            yield Finding(
                "loss unfit",
                "",
                f"the loss is {value:.4g} for the answers that the network gives, whose gradient by it is 0, and {sloped:.4g} for answers "
                "nearer to the targets, where it has one: it is cut off where the answers are",
                "leave out what cuts it off (clip, min, max, a margin), or take a loss of nn",
                {"loss": value, "nearer": sloped},
            )
            return
    others = [subject.network.value_and_gradient(o, y[rng.permutation(len(y))]) for _ in range(3)]
    flat = not first.any() and any(other != value for other, _ in others)
    same = not flat and all(np.array_equal(first, slopes) for _, slopes in others)
    if same and not _minds_order(subject, outputs, y, rng):
        yield Finding(
            "loss ignores targets",
            "",
            "the gradient of the loss is the same for permuted targets: it does not depend on them",
            "compute the loss of the outputs and the targets",
        )


def _minds_order(subject: Subject, outputs: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> bool:
    """Whether the slopes of answers that lie among the targets are others where these are permuted.

    Far below all targets, each absolute error falls as fast as any other.
    """
    if subject.judge.kind != "numbers" or outputs.size != y.size:
        return False
    among = y[rng.permutation(len(y))].reshape(outputs.shape)
    among = (among + rng.normal(0.0, BESIDE, outputs.shape) * y.std()).astype(outputs.dtype)
    slopes = [subject.network.value_and_gradient(among, y[rng.permutation(len(y))])[1] for _ in range(3)]
    return not all(np.array_equal(slopes[0], other) for other in slopes[1:])


def _find_slope(subject: Subject, outputs: np.ndarray, y: np.ndarray) -> float | None:
    """The loss of answers beside the targets, where it is less there and slopes."""
    if subject.judge.kind != "numbers" or subject.judge.link != "numbers" or outputs.size != y.size:
        return None
    beside = y.reshape(outputs.shape) + np.random.default_rng(4).normal(0.0, BESIDE, outputs.shape) * y.std()
    here = subject.loss_of(outputs, y)
    for share in NEARER:
        value, slopes = subject.network.value_and_gradient(
            (outputs + share * (beside - outputs)).astype(outputs.dtype), y
        )
        if slopes.any() and value < here:
            return value
    return None
