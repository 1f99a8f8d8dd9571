"""Rare classes that the inputs do tell from the frequent one, though no error shows it: nearly all of an error is of that one's rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from nn.health.experiments.plan import Experiments
from nn.health.experiments.reference import plain_trial
from nn.health.experiments.remedies.rows import UNBALANCED
from nn.health.experiments.trial import Rows, Trial
from nn.health.finding import Finding
from nn.health.noisy import answer_other_half, halve_rows
from nn.health.scores import area_of

# The area under the curve of hits over false alarms from which on a class is told from others, and by how many standard errors.
TOLD, TOLD_Z = 0.65, 4.0


def find_rare_class(made: Experiments) -> Iterator[Finding]:
    """Networks that have not seen a row give the most frequent class less weight where it is wrong."""
    subject, rarest = made.subject, made.facts.rarest
    if rarest is None or rarest >= UNBALANCED or not subject.holds_rows:
        return
    asked = subject.judge.form(np.concatenate([subject.rows.y, subject.rows.held_y]))
    count = len(subject.rows.x) + len(subject.rows.held_x)
    if asked.ndim != 2 or len(asked) != count or (subject.judge.kind == "labels" and asked.shape[1] > 1):
        return
    # Of one label it is the same area, whichever of yes and no is rare.
    column = int(asked.sum(axis=0).argmax())
    of_it = asked[:, column] > 0.5
    rare, others = sorted((int(of_it.sum()), int((~of_it).sum())))
    spread = math.sqrt((rare + others + 1) / (12.0 * rare * others))
    folds = halve_rows(made)
    makes: list[Callable[[Rows], Trial | None]] = [
        lambda fold: subject.trial(rows=fold),
        lambda fold: plain_trial(subject, fold),
    ]
    told = [answer_other_half(made, folds, make, asked) for make in makes]
    area = max((area_of(one[1][:, column], of_it) for one in told if one is not None), default=0.5)
    if area > TOLD and area - 0.5 > TOLD_Z * spread:
        yield Finding(
            "classes unbalanced",
            "",
            f"networks that have not seen them tell the {rare} rows of rare classes from the {others} others (area under the curve of hits "
            f"over false alarms {area:.3g}; .5 is chance): the inputs say something of it, and nearly all of the error is of the others",
            "weigh the classes (class_weight='balanced'), or draw the rare rows more often; judge by a score of each class",
            {"area": area, "rare": rare, "others": others},
            certain=False,
        )
