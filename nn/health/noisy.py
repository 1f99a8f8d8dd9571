"""Targets of which a part is wrong: told by networks that have not seen them, and are as sure of others."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from nn.functional import l1_loss
from nn.health.experiments.plan import Experiments
from nn.health.experiments.reference import plain_trial
from nn.health.experiments.trial import Rows, Trial
from nn.health.finding import Finding
from nn.health.learned import LEAST_SKILL, MIN_VALIDATION, skill_of
from nn.health.multi_input import tabulate_inputs

# How many rows are enough, and by how much more skill the run has in those that it trains on, where it learns them by heart.
ENOUGH_ROWS, BY_HEART_GAP = 120, 0.4
# The share of wrong answers, over that of guesses, among the rows that networks are surest of.
LEAST_WRONG, MOST_WRONG = 0.12, 0.75
# Where classes overlap the surest answers are mostly right; where labels are wrong they are no more so than those that are less sure.
PLATEAU = 0.55
# The skill of a run that has learned little, the share of wrong answers from which on that may be why, and how even they must be.
POORLY, OFTEN_WRONG, EVEN = 0.35, 0.5, 0.8
# By how many standard errors yes and no may be wrong more often where networks are least sure.
LESS_SURE_Z = 2.0
# Steps after which such a network is looked at, and by what factor its error has risen where it is past its best.
STAGES, WORSE = (10, 20, 40, 80, 160, 320), 1.15
# What is left of the error of a constant answer, whatever is changed, from which on wrong targets may be why.
LEFT = 0.3
# How far off the answers of a tenth of the rows lie, over those of half of them; noise of one size gives 2.4.
FAR_OFF = 3.4
# From which rank correlation on errors grow with the answers, as those of counts do.
WITH_ANSWERS = 0.25
# What validation rows have of the error of others that were held back of the training part, and by how many standard errors it is less.
CLEANER, CLEANER_Z = 0.6, 4.0
# The share of rows that are not far off, where only a few targets are wrong.
USUAL = 0.92
# The share of targets that are one and the same number.
INFLATED = 0.4
# By how much more of other rows a change must know to be asked, too.
KNOWS_MORE = 0.1
# By how much features of the validation may vary more or less: noise in the rows of the training part makes them harder as well.
VARIES = 0.15


def find_noisy_targets(made: Experiments) -> Iterator[Finding]:
    """Targets that contradict what others say of such rows."""
    trial, subject = made.as_it_is, made.subject
    if trial.lost or not trial.points or not subject.holds_rows or subject.judge.kind == "own" or made.quick:
        return
    cleaner = list(find_cleaner_validation(made))
    if cleaner or len(subject.rows.x) + len(subject.rows.held_x) < ENOUGH_ROWS:
        yield from cleaner
    elif subject.judge.kind == "numbers":
        yield from find_wrong_numbers(made)
    else:
        yield from find_wrong_classes(made)


def is_left(made: Experiments) -> bool:
    """Whether something is learned, and a good part of the error stays whatever is changed."""
    most = max(skill_of(trial) for trial in (made.as_it_is, made.plain, *(one.trial for one in made.tried)))
    return LEAST_SKILL < most < 1.0 - LEFT


def find_cleaner_validation(made: Experiments) -> Iterator[Finding]:
    """Validation rows that are answered far better than others that were held back of the training part."""
    trial, subject = made.as_it_is, made.subject
    if subject.validation is None or trial.score < LEFT or not is_left(made):
        return
    x, y = subject.validation
    if x.shape[1:] != subject.x.shape[1:] or len(x) < MIN_VALIDATION or not _varies_alike(subject.x, x):
        return
    (error, spread), (_, own) = (
        _error_of(trial, *part) for part in ((x, y), (subject.rows.held_x, subject.rows.held_y))
    )
    # Numbers that lie far off are what is asked about, and no chance.
    chance = spread if subject.judge.kind == "numbers" else math.hypot(spread, own)
    # A few rows far off, which the validation lacks by chance, are not many.
    usual = [_usual_error_of(trial, *part) for part in ((x, y), (subject.rows.held_x, subject.rows.held_y))]
    many = subject.judge.kind != "numbers" or usual[0] < CLEANER * usual[1]
    if many and error < CLEANER * trial.score and trial.score - error > CLEANER_Z * chance:
        yield Finding(
            "noisy targets",
            "",
            f"rows held back of the training part have {trial.score:.3g} of the error of a constant answer, the {len(x)} validation rows "
            f"{error:.3g}: what the network has learned is right, and many targets of the training part are not",
            "look at the rows with the largest losses (nn.worst) and mend their targets as those of the validation were",
            {"held rows": trial.score, "validation": error},
            certain=False,
        )


def _error_of(trial: Trial, x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The error of rows over that of a constant answer, and by how much it varies by chance."""
    with np.errstate(all="ignore"):
        errors, constant = trial.judge.rows(trial.answers(x), y)
        relative = errors / constant.mean()
    return float(relative.mean()), float(relative.std()) / math.sqrt(len(relative))


def _usual_error_of(trial: Trial, x: np.ndarray, y: np.ndarray) -> float:
    """The error of rows over that of a constant answer, without those that are furthest off."""
    with np.errstate(all="ignore"):
        errors, constant = trial.judge.rows(trial.answers(x), y)
    return float(np.sort(errors)[: math.ceil(USUAL * len(errors))].mean() / constant.mean())


def _varies_alike(x: np.ndarray, other: np.ndarray) -> bool:
    """Whether rows are as they are, and none of noise or augmentation."""
    mine, theirs = (tabulate_inputs(part).astype(np.float64).std(axis=0) for part in (x, other))
    some = mine > 0.0
    return bool(some.any()) and abs(float(np.median(theirs[some] / mine[some])) - 1.0) < VARIES


def find_wrong_numbers(made: Experiments) -> Iterator[Finding]:
    """Numbers of which some lie far off where most of them are told well."""
    # Networks that know less of the rows than the run does say nothing of what it misses.
    knows_less = skill_of(made.plain) < skill_of(made.as_it_is) - KNOWS_MORE
    if made.as_it_is.score < LEFT or not is_left(made) or knows_less:
        return
    asked = made.subject.judge.form(np.concatenate([made.subject.rows.y, made.subject.rows.held_y]))
    told = answer_other_half(made, halve_rows(made), lambda fold: _plain(made, fold), asked)
    if told is None:
        return
    if max(np.unique(column, return_counts=True)[1].max() for column in asked.T) > INFLATED * len(asked):
        # Where nothing happens in most rows, what does lies far off by its nature.
        return
    off = np.abs(told[1] - asked)
    halves, tenths = np.quantile(off, 0.5, axis=0), np.quantile(off, 0.9, axis=0)
    # Of several numbers a row the one in the middle, since of many some have few large values.
    k = int(np.argsort(tenths / np.maximum(halves, np.finfo(float).tiny))[len(halves) // 2])
    half, tenth = halves[k], tenths[k]
    grows = np.corrcoef(off[:, k].argsort().argsort(), told[1][:, k].argsort().argsort())[0, 1]
    if tenth > FAR_OFF * half and abs(grows) < WITH_ANSWERS:
        yield Finding(
            "noisy targets",
            "",
            f"networks that have not seen them answer half of the rows to within {half:.3g}, and a tenth of them lies more than "
            f"{tenth:.3g} off, {tenth / half:.3g} times as far, whatever the answer is; noise of one size would give 2.4",
            "look at the rows with the largest losses (nn.worst) and mend their targets; until then a loss that minds them less "
            "(HuberLoss, L1Loss)",
            {"half": float(half), "tenth": float(tenth)},
            certain=False,
        )


def find_wrong_classes(made: Experiments, doubtful: bool = False) -> Iterator[Finding]:
    """Rows that were learned by heart, and classes that contradict what others say of them, far from where classes meet.

    Nearer to where classes meet they may also overlap: such findings are doubtful.
    """
    trial = made.as_it_is
    learned = 1.0 - trial.points[-1].trained
    by_heart = learned - max(skill_of(trial), 0.0) >= BY_HEART_GAP
    # Who learns of rows with some wrong targets what can be learned is not hindered by them; most may be too many.
    if not by_heart and (doubtful or skill_of(trial) > POORLY):
        return
    if made.unseen is None:
        made.unseen = _answer_unseen_rows(made)
    told = made.unseen
    if not told:
        return
    sure, wrong, guessed = told
    order = np.argsort(-sure)
    third = len(order) // 3
    surest, others = float(wrong[order[: third // 2]].mean()), float(wrong[order[third : 2 * third]].mean())
    first = float(wrong[order[:third]].mean())
    if not by_heart:
        # Of yes and no half of all guesses are right, so that what overlaps is wrong as often; but not where it is sure.
        last, p = float(wrong[order[-third:]].mean()), float(wrong.mean())
        even = made.subject.judge.kind == "classes" or last - first < LESS_SURE_Z * math.sqrt(
            2.0 * p * (1.0 - p) / third
        )
        if even and surest >= EVEN * others and OFTEN_WRONG * guessed < first < MOST_WRONG * guessed:
            yield _tell_most_wrong(made, first, others, guessed)
        return
    apart = surest >= PLATEAU * others
    if LEAST_WRONG * guessed < first < MOST_WRONG * guessed and apart is not doubtful:
        yield Finding(
            "noisy targets",
            "",
            f"networks that have not seen them contradict {first:.0%} of the targets of the third of the rows that they are surest of, and "
            f"{others:.0%} of the next third: "
            f"{'far from where classes meet the answers are no better' if apart else 'some may be wrong, or the classes overlap'}. "
            f"The run learns these targets by heart (error {1.0 - learned:.3g} of that of a constant answer, {trial.score:.3g} on others)",
            "look at the rows with the largest losses (nn.worst) and mend their targets; until then stop at the best validation "
            "(patience=), or smooth the labels",
            {"surest": surest, "surest third": first, "next third": others},
            certain=False,
        )


def _tell_most_wrong(made: Experiments, first: float, others: float, guessed: float) -> Finding:
    return Finding(
        "noisy targets",
        "",
        f"networks that have not seen them contradict {first:.0%} of the targets of the third of the rows that they are surest of, "
        f"{others:.0%} of the next third, and guesses {guessed:.0%}: the same share of the targets is wrong wherever the rows lie, or "
        f"depends on what the inputs do not say. The error stays at {made.as_it_is.score:.3g} of that of a constant answer, whatever is "
        "changed",
        "look at some rows with their targets (nn.worst shows those with the largest losses), and mend these targets",
        {"surest third": first, "next third": others, "guesses": guessed},
        certain=False,
    )


def _answer_unseen_rows(made: Experiments) -> tuple[np.ndarray, np.ndarray, float] | tuple[()]:
    """How sure answers are of rows that were not trained on, which of them are wrong, and the share of guesses that are.

    Nothing where nobody knows anything of them.
    """
    subject = made.subject
    form = subject.judge.form(np.concatenate([subject.rows.y, subject.rows.held_y]))
    if len(form) != len(subject.rows.x) + len(subject.rows.held_x) or (
        subject.judge.kind == "labels" and form.shape[1] > 1
    ):
        return ()
    folds = halve_rows(made)
    found = [
        told
        for make in (
            lambda fold: subject.trial(rows=fold),
            lambda fold: plain_trial(subject, fold),
            *_best_change(made),
        )
        if (told := answer_other_half(made, folds, make, form)) is not None
    ]
    if not found:
        return ()
    error, answers = min(found, key=lambda told: told[0])
    if error > (1.0 - LEAST_SKILL) * float(((form - form.mean(axis=0)) ** 2).mean()):
        return ()
    if form.shape[-1] == 1:
        answers, form = np.hstack([1.0 - answers, answers]), np.hstack([1.0 - form, form])
    wrong = np.asarray(answers.argmax(axis=1) != form.argmax(axis=1))
    return answers.max(axis=1), wrong, 1.0 - float((form.mean(axis=0) ** 2).sum())


def _best_change(made: Experiments) -> Iterator[Callable[[Rows], Trial]]:
    """The change that answers other rows best, where it knows more of them: what it tells right is not wrong."""
    best = max(made.tried, key=lambda one: skill_of(one.trial), default=None)
    if best is None or skill_of(best.trial) - max(skill_of(made.as_it_is), 0.0) < KNOWS_MORE:
        return

    def mended(fold: Rows) -> Trial:
        trial = made.subject.trial(rows=fold)
        best.remedy.apply(trial)
        return trial

    yield mended


def halve_rows(made: Experiments) -> list[tuple[np.ndarray, Rows]]:
    """Which rows are trained on, and these beside the others; for both halves of all rows."""
    rows = made.subject.rows
    x, y = np.concatenate([rows.x, rows.held_x]), np.concatenate([rows.y, rows.held_y])
    half = np.arange(len(x)) % 2 == 0
    return [(part, Rows(x[part], y[part], x[~part], y[~part])) for part in (half, ~half)]


def _plain(made: Experiments, fold: Rows) -> Trial | None:
    """A plain network that minds single rows that are far off no more than others."""
    trial = plain_trial(made.subject, fold)
    if trial is not None:
        trial.network.loss = lambda outputs, y: l1_loss(outputs, y.reshape(outputs.shape))
    return trial


def answer_other_half(
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
        # Of numbers half of the rows say more than those that are far off.
        off = np.abs(answers - form)
        error = float(np.median(off) if made.subject.judge.kind == "numbers" else (off**2).mean())
        if best is None or error < best[0]:
            best = error, answers
        elif error > WORSE * best[0]:
            return best
    return best
