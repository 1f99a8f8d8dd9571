"""Targets of which a part is wrong: told by networks that have not seen them, and are as sure of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from nn.health.experiments.plan import Experiments
from nn.health.experiments.reference import plain_trial
from nn.health.experiments.trial import Rows, Trial
from nn.health.finding import Finding
from nn.health.learned import skill_of

# How many rows are enough, and by how much more skill the run has in those that it trains on, where it learns them by heart.
ENOUGH_ROWS, BY_HEART_GAP = 120, 0.4
# The share of wrong answers, over that of guesses, among the rows that networks are surest of.
LEAST_WRONG, MOST_WRONG = 0.12, 0.75
# Where classes overlap the surest answers are mostly right; where labels are wrong they are no more so than those that are less sure.
PLATEAU = 0.55
# Steps after which such a network is looked at, and by what factor its error has risen where it is past its best.
STAGES, WORSE = (10, 20, 40, 80, 160, 320), 1.15


def find_noisy_targets(made: Experiments) -> Iterator[Finding]:
    """Rows that were learned by heart, and targets that contradict what others say of them, far from where classes meet."""
    trial, subject = made.as_it_is, made.subject
    if trial.lost or not trial.points or not subject.holds_rows or subject.judge.kind not in ("classes", "labels"):
        return
    learned = 1.0 - trial.points[-1].trained
    count = len(subject.rows.x) + len(subject.rows.held_x)
    if learned - max(skill_of(trial), 0.0) < BY_HEART_GAP or count < ENOUGH_ROWS or made.quick:
        return
    told = _answer_unseen_rows(made)
    if told is None:
        return
    sure, wrong, guessed = told
    order = np.argsort(-sure)
    third = len(order) // 3
    surest, others = float(wrong[order[: third // 2]].mean()), float(wrong[order[third : 2 * third]].mean())
    first = float(wrong[order[:third]].mean())
    if LEAST_WRONG * guessed < first < MOST_WRONG * guessed and surest >= PLATEAU * others:
        yield Finding(
            "noisy targets",
            "",
            f"networks that have not seen them contradict {first:.0%} of the targets of the third of the rows that they are surest of, and "
            f"{others:.0%} of the next third: far from where classes meet the answers are no better. The run learns these targets by heart "
            f"(error {1.0 - learned:.3g} of that of a constant answer, {trial.score:.3g} on others)",
            "look at the rows with the largest losses (nn.worst) and mend their targets; until then stop at the best validation "
            "(patience=), or smooth the labels",
            {"surest": surest, "surest third": first, "next third": others},
            certain=False,
        )


def _answer_unseen_rows(made: Experiments) -> tuple[np.ndarray, np.ndarray, float] | None:
    """How sure answers are of rows that were not trained on, which of them are wrong, and the share of guesses that are."""
    subject = made.subject
    rows = subject.rows
    x, y = np.concatenate([rows.x, rows.held_x]), np.concatenate([rows.y, rows.held_y])
    form = subject.judge.form(y)
    if len(form) != len(x) or (subject.judge.kind == "labels" and form.shape[1] > 1):
        return None
    half = np.arange(len(x)) % 2 == 0
    folds = [(part, Rows(x[part], y[part], x[~part], y[~part])) for part in (half, ~half)]

    def own(fold: Rows) -> Trial | None:
        trial = subject.trial()
        trial.rows = fold
        return trial

    def plain(fold: Rows) -> Trial | None:
        return plain_trial(subject, fold)

    found = [told for make in (own, plain) if (told := _answer_other_half(made, folds, make, form)) is not None]
    if not found:
        return None
    answers = min(found, key=lambda told: told[0])[1]
    if form.shape[-1] == 1:
        answers, form = np.hstack([1.0 - answers, answers]), np.hstack([1.0 - form, form])
    wrong = np.asarray(answers.argmax(axis=1) != form.argmax(axis=1))
    return answers.max(axis=1), wrong, 1.0 - float((form.mean(axis=0) ** 2).sum())


def _answer_other_half(
    made: Experiments,
    folds: list[tuple[np.ndarray, Rows]],
    make: Callable[[Rows], Trial | None],
    form: np.ndarray,
) -> tuple[float, np.ndarray] | None:
    """Each half answered by a network that has seen the other one, stopped where that is best; and the error."""
    trials = [make(fold) for _, fold in folds]
    best: tuple[float, np.ndarray] | None = None
    for until in STAGES:
        answers = np.zeros(form.shape)
        for (part, _), trial in zip(folds, trials, strict=True):
            if trial is None:
                return None
            trial.train(until, max(made.left / 4, 2.0), points=1)
            if trial.lost:
                return best
            given = trial.judge.read(trial.answers(trial.rows.held_x), trial.link or trial.judge.link)
            answers[~part] = given.reshape(form[~part].shape)
        error = float(((answers - form) ** 2).mean())
        if best is None or error < best[0]:
            best = error, answers
        elif error > WORSE * best[0]:
            return best
    return best
