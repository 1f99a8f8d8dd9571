"""What stands at the end of a network beside what the loss takes: shares and scores, and ranges that targets lie outside of."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nn.health.evidence.asking import ask
from nn.health.evidence.facts import BOUNDED, BY_OPERATION, Facts
from nn.health.finding import Finding
from nn.health.frameworks.network import Operation
from nn.health.multi_output import JointJudge, find_joined_loss
from nn.health.place import Place
from nn.health.scores import Judge
from nn.health.subject import Subject

# The share of targets outside of what the last activation gives from which on it cannot be right.
OUT_OF_RANGE = 0.05
# By which share lengths differ that are one; and the share of a constant answer's error that the nearest answers of that length leave.
ONE_LENGTH, UNREACHED = 2e-3, 0.1
# Where nothing is known of where it is.
NOWHERE = Place()


def find_doubled(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Probabilities for a loss that makes its own; of a model that makes them in evaluation alone they are none in training."""
    if (
        facts.doubled
        and _are_probabilities(facts.outputs)
        and not _are_probabilities(_answer_in_training(subject, facts))
    ):
        return
    if facts.doubled and facts.outputs.shape[-1] > (1 if facts.doubled == "softmax" else 0):
        yield _tell_doubled(facts.doubled, facts.last_activation or "")


def _tell_doubled(made_by: str, path: str, place: Place = NOWHERE) -> Finding:
    return Finding(
        "double softmax",
        path,
        f"the model's outputs are probabilities already ({made_by}), and the loss applies its own to them: outputs "
        "between 0 and 1 are all but equal scores, so the loss cannot come near 0",
        f"leave out the {made_by} at the end and give the loss the raw scores, or take a loss of probabilities",
        place=place,
    )


def _answer_in_training(subject: Subject, facts: Facts) -> np.ndarray:
    return ask(lambda: subject.network.copy().answer(subject.x[: len(facts.outputs)], training=True), facts.outputs)


def _are_probabilities(outputs: np.ndarray) -> bool:
    return bool((outputs >= 0.0).all() and (outputs <= 1.0).all())


def find_output_range(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """An activation at the end that cannot give what is asked for."""
    y = np.asarray(subject.y)
    if subject.judge.kind == "labels" and facts.last_kind == "Softmax" and y.ndim == 2 and y.shape[1] > 1:
        several = float(np.mean(y.sum(axis=1) != 1.0))
        if several > OUT_OF_RANGE:
            yield Finding(
                "output range",
                facts.last_activation or "",
                f"the network ends in a softmax, whose shares add up to 1, and {several:.0%} of the rows have no label or several",
                "a sigmoid for each label: leave out the softmax, and take BCEWithLogitsLoss",
                {"several": several},
            )
        return
    yield from _find_range(subject.judge, facts.last_kind, y, facts.last_activation or "")
    yield from _find_one_length(subject.judge, facts.outputs, y)


def _find_one_length(judge: Judge, outputs: np.ndarray, y: np.ndarray) -> Iterator[Finding]:
    """Answers that are brought to one length, for targets of others."""
    if judge.kind != "numbers" or judge.link != "numbers" or outputs.ndim != 2 or outputs.shape[1] < 2:
        return
    exact, asked = outputs.astype(np.float64), y.astype(np.float64)
    if asked.shape[1:] != exact.shape[1:] or not np.isfinite(exact).all():
        return
    sizes, meant = np.linalg.norm(exact, axis=1), np.linalg.norm(asked, axis=1)
    size = float(sizes.mean())
    # Rows that are all answered alike are of one length, too.
    if sizes.std() > ONE_LENGTH * size or exact.std(axis=0).max() <= 20.0 * ONE_LENGTH * size:
        return
    left = float(((meant - size) ** 2).mean() / max(asked.var(axis=0).sum(), 1e-300))
    if left > UNREACHED:
        yield Finding(
            "output range",
            "",
            f"the answers of all rows are of one length, {size:.3g}, and the targets are of lengths from {meant.min():.3g} to "
            f"{meant.max():.3g}: the nearest of such answers leave {left:.2g} of the error of a constant one",
            "leave out what brings the answers to one length, such as normalize or a layer norm at the end",
            {"length": size, "left": left},
        )


def _find_range(judge: Judge, kind: str, y: np.ndarray, path: str, place: Place = NOWHERE) -> Iterator[Finding]:
    if kind in ("ReLU", "ReLU6", "Softplus") and judge.kind == "labels" and judge.link == "logits":
        yield Finding(
            "output range",
            path,
            f"the network ends in {kind}, and the loss takes its answers as scores, of which those below 0 stand for no: "
            "it can never say no with more than a half",
            f"leave out the {kind} at the end",
            place=place,
        )
    if judge.kind != "numbers" or judge.link != "numbers" or kind not in BOUNDED:
        return
    low, high = BOUNDED[kind]
    asked = np.asarray(y, np.float64)
    outside = float(np.mean((asked < low - 1e-6) | (asked > high + 1e-6)))
    if outside > OUT_OF_RANGE:
        yield Finding(
            "output range",
            path,
            f"the network ends in {kind}, which gives {low:g} … {high:g}, and {outside:.0%} of the targets "
            f"({asked.min():.3g} … {asked.max():.3g}) lie outside",
            f"leave out the {kind} at the end, or scale the targets into its range",
            {"outside": outside, "low": low, "high": high},
            place,
        )


def find_at_ends(subject: Subject, operations: list[Operation]) -> Iterator[Finding]:
    """The same of a network of several outputs, each of which has an end, targets and a loss of its own."""
    joined, judge = find_joined_loss(subject.network.loss), subject.judge
    if joined is None or not isinstance(judge, JointJudge) or not operations:
        return
    last, count = operations[-1], len(joined.outputs.shapes)
    if count == 1:
        outputs: tuple[np.ndarray, ...] = (last.made,)
    elif last.name == "concatenate" and len(last.given) == count:
        outputs = last.given
    else:
        return
    asked = joined.targets.split(np.asarray(subject.y))
    for k, m, one in judge.parts:
        end = _end_of(outputs[k], operations)
        kind = BY_OPERATION.get(end.name, "") if end is not None else ""
        if end is None or not kind:
            continue
        doubles = {"labels": ("Sigmoid", "Softmax"), "classes": ("Softmax",)}.get(one.kind, ())
        if one.link == "logits" and kind in doubles and outputs[k].shape[-1] > (kind == "Softmax"):
            yield _tell_doubled(kind.lower(), "", end.place)
        yield from _find_range(one, kind, asked[m], "", end.place)


def _end_of(output: np.ndarray, operations: list[Operation]) -> Operation | None:
    """The activation that has made an output, whatever shape it was given since."""
    numbers = output.ravel()
    return next(
        (
            one
            for one in reversed(operations)
            if one.name in BY_OPERATION and one.made.size == numbers.size and np.array_equal(one.made.ravel(), numbers)
        ),
        None,
    )
