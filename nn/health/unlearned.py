"""What is concluded where nothing is learned, or only by another network: of rows learned by heart, and of what the rows are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from nn.health.evidence.asking import list_findings
from nn.health.evidence.facts import Facts
from nn.health.evidence.run import (
    find_exploding_gradients,
    find_not_finite,
    find_saturation,
    find_vanishing_gradients,
)
from nn.health.experiments.plan import HEART_LEARNED, HEART_STEPS, Experiments
from nn.health.experiments.remedies.remedy import Remedy
from nn.health.finding import Finding
from nn.health.learned import BY_HEART, has_learned
from nn.health.multi_input import tabulate_inputs
from nn.health.pairs import PairJudge
from nn.health.rare import find_rare_class
from nn.health.record import Record
from nn.health.scores import MOST_CLASSES

# What a plain network leaves of the error of the rows that it trains on, and of others, where it has learned them by heart.
PLAIN_LEARNED, NOTHING_HELD = 0.8, 0.97
# What is left of the error of a few rows that are learned badly by heart; and hardly, where many steps do not help either.
BADLY_BY_HEART, HARDLY_BY_HEART = 0.25, 0.1
# By how much less of an own loss is left than with permuted targets, where something is known.
KNOWS_MORE = 0.12
# Rows for each column below which nothing may be found in them, though it is there.
FEW_FOR_COLUMNS = 2.0


def conclude_of_nothing(made: Experiments) -> Iterator[Finding]:
    """Nothing learns anything that holds for other rows."""
    if made.quick or _are_numbers_of_rows(made.subject.x):
        return
    of_outputs = isinstance(made.subject.judge, PairJudge)
    if of_outputs and not np.ptp(made.subject.y):
        # A loss of outputs alone has no targets that could be mistaken.
        return
    if rare := list_findings(lambda: find_rare_class(made)):
        yield from rare
        return
    made.run_by_heart()
    made.run_control()
    heart, control = made.by_heart, made.control
    assert heart is not None
    assert control is not None
    # Numbers that are lost say nothing of its size, nor do targets that a constant answers.
    if heart.lost or not math.isfinite(heart.score) or (heart.steps < HEART_STEPS and heart.score > HEART_LEARNED):
        return
    least = min(
        [t.trial.score for t in made.tried if not t.trial.lost] + ([made.plain.score] if made.plain else []),
        default=1.0,
    )
    if made.subject.judge.kind == "own" and control.best.held - min(least, made.as_it_is.score) > KNOWS_MORE:
        # Of a likelihood much is left whatever is known; with permuted targets there is more.
        return
    # Another network may learn its rows by heart where this one does not, and have nothing of it for others.
    plain = made.plain.points[-1] if made.plain is not None and made.plain.points else None
    told = (
        f"the network learns {len(heart.rows.x)} rows by heart (error {heart.score:.3g} of that of a constant answer)"
    )
    if 1.0 - heart.score < 0.7 and plain is not None and plain.trained < PLAIN_LEARNED and plain.held > NOTHING_HELD:
        told = f"a plain network learns the rows that it trains on (error {plain.trained:.3g} of that of a constant answer)"
    elif 1.0 - heart.score < 0.7:
        if of_outputs:
            # A loss that nothing in it makes small has another least than 0.
            return
        yield from find_blocked(made)
        yield Finding(
            "network too small",
            "",
            f"neither the run as it is nor any of {len(made.tried)} changes learns anything, and not even "
            f"{len(heart.rows.x)} rows are learned by heart (error {heart.score:.3g} of that of a constant answer)",
            "look for what keeps the answers from the inputs; more units",
            {"by heart": heart.score},
            certain=False,
        )
        # A plain network is not too small.
        told = "a plain network of another kind learns nothing for other rows either"
    yield Finding(
        "targets unrelated to inputs",
        "",
        f"{told}, and none of {len(made.tried)} changes answers new rows better than a constant (the best has {least:.3g}; with "
        f"permuted targets {control.best.held:.3g})",
        "look at some inputs beside their targets; shuffle inputs and targets with one permutation",
        {"by heart": heart.score, "best": least, "permuted": control.best.held},
        certain=False,
    )
    rows, columns = len(made.subject.rows.x), tabulate_inputs(made.subject.rows.x[:1]).size
    mine = made.as_it_is
    if mine.points and 1.0 - mine.points[-1].trained > BY_HEART and rows < FEW_FOR_COLUMNS * columns:
        yield Finding(
            "overfitting",
            "",
            f"the run learns its {rows} rows of {columns} numbers by heart (error {mine.points[-1].trained:.3g} of that of a constant "
            "answer): so few say little of which of these numbers count, and that others are answered no better is no proof that none do",
            "more rows, fewer columns, weight decay, or dropout",
            {"rows": rows, "columns": columns, "trained": mine.points[-1].trained},
            certain=False,
        )


def _are_numbers_of_rows(x: np.ndarray) -> bool:
    """Whether rows are told by a number of their own, as nodes of a graph are: what is known of them stands in the model."""
    return x.ndim == 1 and x.dtype.kind in "iu" and len(np.unique(x)) == len(x)


def find_blocked(made: Experiments) -> Iterator[Finding]:
    """What was seen in the run that keeps a network of any size from learning a few rows by heart, though no change has mended it."""
    record = Record(made.as_it_is.measures, made.as_it_is.losses)
    if not record.steps:
        return
    # Units that die on the way may do so of what is looked for, so that they are no reason.
    for rule in (find_not_finite, find_saturation, find_exploding_gradients, find_vanishing_gradients):
        yield from (replace(f, certain=False) for f in list_findings(partial(rule, record)))


def find_rows_alike(facts: Facts) -> Iterator[Finding]:
    """Rows of a few columns that were normalised each by itself, where nothing is learned of them."""
    if facts.rows_alike:
        yield Finding(
            "rows normalised",
            "",
            "all rows of the inputs are of one size, before the network or in it, as where each is normalised by itself: their size, by "
            "which they may differ most, says nothing of the answers",
            "scale each feature over the rows (axis=0), as nn.data.Standardize does, not each row over its features",
        )


def conclude_of_network(
    facts: Facts, made: Experiments, remedy: Remedy | None = None, bound: float = BADLY_BY_HEART
) -> Iterator[Finding]:
    """Only a plain network learns it."""
    if made.plain is None or not has_learned(made, made.plain) or made.quick:
        return
    made.run_by_heart(remedy)
    heart = made.by_heart
    assert heart is not None
    # Numbers that are lost say nothing of its size.
    if heart.lost or heart.steps < HEART_STEPS:
        return
    if heart.score > bound:
        yield from find_blocked(made)
        yield Finding(
            "network too small",
            "",
            f"none of {len(made.tried)} changes gets below {min(t.trial.score for t in made.tried):.3g} of the error of a constant "
            f"answer, and {len(heart.rows.x)} rows are not learned by heart either ({heart.score:.3g}), while a plain network "
            f"gets {made.plain.score:.3g}",
            "more units in the narrowest layer, or another layer",
            {"by heart": heart.score, "plain": made.plain.score},
            certain=False,
        )


def find_class_numbers(made: Experiments) -> Iterator[Finding]:
    """Class numbers that are met as if they were amounts."""
    y = made.subject.y
    numbers = np.unique(y)
    if made.subject.judge.kind != "numbers" or y.size != len(y) or not 3 <= len(numbers) <= MOST_CLASSES:
        return
    if np.array_equal(numbers, np.arange(len(numbers)) + numbers[0]):
        yield Finding(
            "loss unfit",
            "",
            f"the targets are the whole numbers {numbers[0]:g} … {numbers[-1]:g}, and one output meets them as amounts: as "
            "classes they have no order",
            "an output for each class, and CrossEntropyLoss of class numbers",
            {"classes": len(numbers)},
            certain=False,
        )
