"""Class numbers that a network meets as amounts: whether they are classes is told by a plain network that names them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from copy import copy
from dataclasses import replace

import numpy as np

from nn.functional import cross_entropy
from nn.health.experiments.plan import Experiments
from nn.health.experiments.reference import plain_trial
from nn.health.experiments.trial import Trial
from nn.health.finding import Finding
from nn.health.learned import skill_of
from nn.health.scores import make_judge

# How many classes there may be, and the skill of a run as amounts from which on it is well.
FEWEST, MOST, WELL = 3, 12, 0.8
# By how much more of the rows, and by how many standard errors, must be named right where numbers are named than where they are rounded.
MORE, SURELY = 0.15, 3.0


def find_unordered_classes(made: Experiments) -> Iterator[Finding]:
    """Whole numbers, of which a network that names them has many more right than any that meets them as amounts."""
    subject = made.subject
    y = np.asarray(subject.y)
    numbers = np.unique(y)
    amounts = subject.judge.kind == subject.judge.link == "numbers" and y.size == len(y) and subject.holds_rows
    if not amounts or made.quick or not FEWEST <= len(numbers) <= MOST or skill_of(made.as_it_is) > WELL:
        return
    if not np.array_equal(numbers, np.arange(len(numbers)) + numbers[0]):
        return
    rows = subject.rows
    mine, other = ((part.reshape(-1) - numbers[0]).astype(int) for part in (rows.y, rows.held_y))
    judge = make_judge(np.zeros((len(mine), len(numbers))), mine, cross_entropy, lambda *_: 0.0)
    as_classes = copy(subject)
    as_classes.judge = judge
    named = plain_trial(as_classes, replace(rows, y=mine, held_y=other))
    if named is None:
        return
    named.train(max(made.steps, 200), made.left / 4, points=2)
    if named.lost or len(named.rows.held_x) < 2:
        return
    right = named.answers(named.rows.held_x).argmax(axis=1) == other
    rounded = [
        np.clip(np.round(_answers(trial)), numbers[0], numbers[-1]) - numbers[0] == other
        for trial in (made.as_it_is, *([made.plain] if made.plain is not None else []))
        if not trial.lost
    ]
    best = max(rounded, key=lambda part: part.mean(), default=np.zeros(len(other), bool))
    more = right.astype(float) - best.astype(float)
    if more.mean() > MORE and more.mean() > SURELY * more.std() / math.sqrt(len(more)):
        yield Finding(
            "loss unfit",
            "",
            f"the targets are the whole numbers {numbers[0]:g} … {numbers[-1]:g}, and one output meets them as amounts: rounded, its "
            f"answers are right for {best.mean():.0%} of the rows held back. A plain network that names them as classes is right for "
            f"{right.mean():.0%}: their order says nothing",
            "an output for each class, and CrossEntropyLoss of class numbers",
            {"rounded": float(best.mean()), "named": float(right.mean())},
            certain=False,
        )


def _answers(trial: Trial) -> np.ndarray:
    return trial.answers(trial.rows.held_x).reshape(-1)
