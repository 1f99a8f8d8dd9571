"""What a run has learned, and what is wrong with one that learns: overfitting, a setting that spoils it, a rare class left out."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nn.health.evidence.asking import list_findings
from nn.health.experiments.plan import FAR_OFF, SEEN_WEIGHTS, Experiments, Tried
from nn.health.experiments.trial import Trial
from nn.health.finding import Finding
from nn.health.multi_input import tabulate_inputs

# Skill that a remedy must gain at least, and the share of the gap to the best that it must close to heal.
LEAST_GAIN, HEALED_SHARE = 0.08, 0.6
# Skill, and standard errors, from which on something was learned; where no rows are held back, skill alone.
LEAST_SKILL, LEAST_Z, LEAST_SKILL_BY_HEART = 0.03, 3.0, 0.3
# How often, how much and how surely something must have been learned for other rows to speak of overfitting.
GLIMPSES, GLIMPSED_SKILL, GLIMPSED_Z = 3, 0.12, 2.2
# By how many standard deviations answers must go with the targets of other rows, where no error says that they do.
RELATED = 3.0
# Skill in the rows that it trains on from which on they are learned by heart.
BY_HEART = 0.8
# The share of what is learned of the rows that it trains on, of which less holds for others where they are learned by heart.
HOLDS = 0.5
# By how much better the rows that it trains on must be known, that overfitting is looked for in a run that learns.
FITTED_GAP = 0.3
# The share of what is known of them below which hardly anything holds for others, and what counts as all of them by heart.
HARDLY, ALL_BY_HEART = 0.3, 0.95
# What to stop earlier must gain, as a share; what weight decay must gain, as a factor, and by how many standard errors.
STOPPED_GAIN, DECAYED_GAIN, DECAYED_Z = 0.2, 1.2, 2.0
# What a plain network must know more of than a linear one.
LEAST_LINEAR = 0.16
# By what factor a setting must worsen a run that learns, to be named all the same.
SPOILED = 0.5
SETTINGS = (
    "rows not shuffled", "clipping too tight", "rate decays too fast", "momentum too high", "inputs not scaled", "axes mixed up",
    "padding not masked", "too much noise", "running statistics", "no activation", "too much dropout",
    "too much weight decay", "weights held small", "frozen parameters",
)  # fmt: skip
# Skill from which on a run does without what is frozen in it, such as a wide layer that stays as it was drawn on purpose.
DOES_WITHOUT = 0.75
# Rows near a validation row that tell how hard it is.
NEAREST_ROWS = 3
# Validation rows, and held ones, that are enough, the skill that speaks of them, the share of it that they have, and the standard errors
# between.
MIN_VALIDATION, LEAST_KNOWN, VALID_SHARE, VALID_Z = 16, 0.3, 0.4, 4.0
# The share of rows that stand twice in the training part, so that those held back may be known too.
MOST_DOUBLES = 0.05
# Skill with each class counting the same, and what balanced classes gain of it.
UNBALANCED_SKILL, UNBALANCED_GAIN = 0.2, 0.4


def skill_of(trial: Trial | None) -> float:
    """1 for perfect answers, 0 for those of a constant, negative for worse."""
    return -math.inf if trial is None or not trial.points or trial.lost else max(1.0 - trial.score, -1.0)


def heals(made: Experiments, trial: Trial, floor: float, best: float) -> bool:
    """Whether a change closed most of the gap from a floor to the best."""
    return has_learned(made, trial) and skill_of(trial) - floor >= max(LEAST_GAIN, HEALED_SHARE * (best - floor))


def has_learned(made: Experiments, trial: Trial) -> bool:
    """Whether a trial answers better than a constant, beyond chance."""
    if not trial.points or trial.lost:
        return False
    skill, z = skill_of(trial), trial.points[-1].z
    if not made.subject.holds_rows or made.subject.judge.kind == "own":
        return skill > LEAST_SKILL_BY_HEART
    return skill > LEAST_SKILL and (z > LEAST_Z or (skill > 0.3 and z > 2.0))


def find_beside(made: Experiments, mine: float, best: float) -> Iterator[Finding]:
    """What is wrong with a run that learns."""
    yield from list_findings(lambda: find_other_answers(made))
    yield from find_mendable_overfitting(made, best)
    yield from find_spoiled(made, mine)
    yield from find_linear(made, mine)
    # Most rows may be answered well without any of a rare class.
    if 1.0 - made.as_it_is.points[-1].balanced < UNBALANCED_SKILL:
        yield from find_unbalanced(made)


def find_other_answers(made: Experiments) -> Iterator[Finding]:
    """Validation rows that are answered far worse than rows that were held back of the training part."""
    trial, subject = made.as_it_is, made.subject
    if subject.validation is None or not subject.holds_rows or subject.judge.kind == "own":
        return
    x, y = subject.validation
    mine = skill_of(trial)
    flat = tabulate_inputs(subject.x)
    doubles = 1.0 - len(np.unique(flat, axis=0)) / len(flat)
    if x.shape[1:] != subject.x.shape[1:] or len(x) < MIN_VALIDATION or mine < LEAST_KNOWN or doubles > MOST_DOUBLES:
        return
    held_x, held_y = subject.rows.held_x, subject.rows.held_y
    if len(held_x) < MIN_VALIDATION:
        return
    with np.errstate(all="ignore"):
        errors, constant = subject.judge.rows(trial.answers(x), y)
        held_errors, held_constant = subject.judge.rows(trial.answers(held_x), held_y)
        relative, known = errors / held_constant.mean(), held_errors / held_constant.mean()
    error = float(relative.mean())
    # Of a few held rows nobody knows how well such rows are answered.
    spread = math.hypot(*(float(part.std()) / math.sqrt(len(part)) for part in (relative, known)))
    # Rows that are hard, such as those near a border, are so where they were held back, too.
    near = float(known[find_nearest(tabulate_inputs(x), tabulate_inputs(held_x), NEAREST_ROWS)].mean())
    mine = min(mine, max(1.0 - near, 0.0))
    # Also against a constant answer for these rows, which may lie on another scale, and be as hard as they were.
    own = 1.0 - float(errors.mean() / constant.mean()) if constant.mean() else 0.0
    if 1.0 - error < VALID_SHARE * mine and own < VALID_SHARE * mine and error - (1.0 - mine) > VALID_Z * spread:
        yield Finding(
            "validation differs",
            "",
            f"rows held back of the training part have {trial.score:.3g} of the error of a constant answer, the {len(x)} validation rows "
            f"{error:.3g}: these are made in another way, in their inputs or their targets",
            "prepare both parts by the same code: the order of columns and channels, the numbering of classes, scales and units",
            {"held rows": trial.score, "validation": error},
            certain=False,
        )


def find_nearest(rows: np.ndarray, others: np.ndarray, count: int) -> np.ndarray:
    """For each row the numbers of so many others that lie nearest, with features of one scale.

    Examples
    --------
    >>> find_nearest(np.array([[0.1], [2.9]]), np.array([[0.0], [1.0], [3.0]]), 1)
    array([[0],
           [2]])
    """
    scale = others.std(axis=0)
    scale = np.where(scale > 0.0, scale, 1.0)
    a, b = rows / scale, others / scale
    far = (b**2).sum(axis=1) - 2.0 * a @ b.T
    return np.argsort(far, axis=1)[:, :count]


def find_spoiled_rows(made: Experiments) -> Iterator[Finding]:
    """Rows that say what is asked until the program changes them."""
    trial, mine = made.unchanged, made.as_it_is
    if trial is None or not has_learned(made, trial):
        return
    rows = trial.rows
    # Who trains with noise answers rows without it, too.
    other = math.inf if mine.lost else trial.judge.relative(mine.answers(rows.held_x), rows.held_y)
    skill, known = skill_of(trial), max(skill_of(mine), 1.0 - other, 0.0)
    if skill - known > max(2.0 * LEAST_GAIN, SPOILED * skill):
        yield Finding(
            "too much noise",
            "",
            f"{trial.told}, by noise or otherwise, the error falls to {trial.score:.3g} of that of a constant answer in {trial.steps} "
            f"steps; with the rows that the model is given it is {1.0 - known:.3g}",
            "less noise or augmentation, or none, until the network learns; and look at some rows as the model is given them",
            {"as it is": 1.0 - known, "healed": trial.score},
            certain=False,
            heals=(trial.name,),
        )


def find_spoiled(made: Experiments, mine: float) -> Iterator[Finding]:
    """A setting without which a run that learns would be much better."""
    for one in made.tried:
        skill = skill_of(one.trial)
        told = {"inputs not scaled": made.facts.inputs_off > FAR_OFF, "frozen parameters": mine < DOES_WITHOUT}
        if (
            told.get(one.remedy.cause, True)
            and one.remedy.cause in (*SETTINGS, *SEEN_WEIGHTS)
            and skill - mine > 2.0 * LEAST_GAIN
            and 1.0 - skill < SPOILED * (1.0 - mine)
        ):
            yield tell(made, one, [one.remedy.name])


def find_linear(made: Experiments, mine: float) -> Iterator[Finding]:
    """Answers that are linear, where a plain network leaves far less of the error than any change of this one."""
    if made.plain is None or not made.facts.linear or any(one.remedy.cause == "no activation" for one in made.tried):
        return
    known, plain = max(mine, 0.0, *(skill_of(one.trial) for one in made.tried)), skill_of(made.plain)
    if has_learned(made, made.plain) and plain - known > LEAST_LINEAR and 1.0 - plain < SPOILED * (1.0 - known):
        yield Finding(
            "no activation",
            "",
            "the answer for a sum of inputs is the sum of the answers: with all its layers the network is one linear function. A plain "
            f"network with ReLUs leaves {made.plain.score:.3g} of the error of a constant answer, and of {len(made.tried)} changes of "
            f"this one the best {1.0 - known:.3g}",
            "put an activation such as ReLU between the layers",
            {"plain": made.plain.score, "best": 1.0 - known},
            certain=False,
        )


def tell(made: Experiments, one: Tried, names: list[str]) -> Finding:
    """The finding of a remedy that heals."""
    trial, mine = one.trial, made.as_it_is
    before = "it is lost (the loss is no finite number)" if mine.lost else f"{mine.score:.3g}"
    others = [o.trial for o in made.tried if o.remedy.cause != one.remedy.cause and not o.trial.lost]
    next_best = min((o.score for o in others), default=math.inf)
    rest = f"; the best of {len(others)} other changes gets {next_best:.3g}" if math.isfinite(next_best) else ""
    return Finding(
        one.remedy.cause,
        "",
        f"{one.remedy.told} the error falls to {trial.score:.3g} of that of a constant answer in {trial.steps} steps; "
        f"as it is, {before} after {mine.steps}{rest}",
        one.remedy.fix,
        {"as it is": mine.score, "healed": trial.score, "steps": trial.steps},
        certain=False,
        heals=tuple(names),
    )


def knows_others(made: Experiments) -> bool:
    """Whether the answers go with the targets of rows that were not trained on, however sure of wrong ones they are."""
    trial, rows, validation = made.as_it_is, made.subject.rows, made.subject.validation
    parts = [(rows.held_x, rows.held_y)]
    if validation is not None and validation[0].shape[1:] == rows.x.shape[1:]:
        parts.append(validation)
    with np.errstate(all="ignore"):
        return any(trial.judge.relation(trial.answers(x), y) > RELATED for x, y in parts)


def find_unbalanced(made: Experiments) -> Iterator[Finding]:
    """The rare class is not learned as it is, and is where all classes have as many rows."""
    even = next((one for one in made.tried if one.remedy.cause == "classes unbalanced"), None)
    if even is None or not even.trial.points or even.trial.lost or not made.as_it_is.points:
        return
    mine, healed = 1.0 - made.as_it_is.points[-1].balanced, 1.0 - even.trial.best_balanced
    if healed > UNBALANCED_SKILL and healed - mine > UNBALANCED_GAIN:
        yield Finding(
            "classes unbalanced",
            "",
            f"with each class counting the same, the error as it is is {1.0 - mine:.3g} of that of answering all classes alike; "
            f"{even.remedy.told} it is {1.0 - healed:.3g}: the rare class is hardly learned",
            even.remedy.fix,
            {"as it is": 1.0 - mine, "healed": 1.0 - healed},
            certain=False,
            heals=(even.remedy.name,),
        )


def find_overfitting(made: Experiments, best: float, share: float = 0.5) -> Iterator[Finding]:
    """The rows that are trained on are learned, others are not, or were better answered before."""
    trial = made.as_it_is
    if trial.lost or not trial.points or not made.subject.holds_rows or made.subject.judge.kind == "own":
        return
    last, peak = trial.points[-1], trial.best
    learned = 1.0 - last.trained
    behind = (1.0 - last.held) < max(share * max(best, 1.0 - peak.held), HOLDS * learned)
    # That something can be learned for other rows: here at some time, or with some change.
    points = [
        p for t in (trial, *(o.trial for o in made.tried), *([made.plain] if made.plain else [])) for p in t.points
    ]
    glimpsed = [p for p in points if 1.0 - p.held > GLIMPSED_SKILL and p.z > GLIMPSED_Z]
    if learned > BY_HEART and behind and (len(glimpsed) >= GLIMPSES or knows_others(made)):
        yield _tell_overfitting(trial, "")


def find_mendable_overfitting(made: Experiments, best: float) -> Iterator[Finding]:
    """The same of a run that learns: told where other rows are answered better by one that fits less, or hardly at all."""
    trial = made.as_it_is
    skill, learned = skill_of(trial), 1.0 - trial.points[-1].trained
    # A loss of which nothing is known may be negative, so that no share of it is left.
    known = made.subject.holds_rows and made.subject.judge.kind != "own"
    if trial.lost or not known or learned < BY_HEART or learned - skill < FITTED_GAP or made.quick:
        return
    if (skill < HARDLY * learned or learned > ALL_BY_HEART) and list(find_overfitting(made, best)):
        yield _tell_overfitting(trial, "")
        return
    before = 1.0 - trial.best.held
    if before - skill > max(LEAST_GAIN, STOPPED_GAIN * skill, _spread_of_held(made)):
        yield _tell_overfitting(trial, "")
        return
    made.run_decayed()
    for other in sorted(made.decayed, key=lambda one: one.score):
        if skill_of(other) > DECAYED_GAIN * skill and _answers_better(made, other):
            yield _tell_overfitting(trial, f"; {other.told} it is {other.score:.3g}", (other.name,))
            return


def _spread_of_held(made: Experiments) -> float:
    """By how much the error of held rows, over that of a constant answer, may differ by chance."""
    with np.errstate(all="ignore"):
        mine, constant = made.subject.judge.rows(
            made.as_it_is.answers(made.subject.rows.held_x), made.subject.rows.held_y
        )
        return float(mine.std() / math.sqrt(len(mine)) / constant.mean())


def _answers_better(made: Experiments, other: Trial) -> bool:
    """Whether the errors of held rows are less, by more than they spread."""
    judge, rows = made.subject.judge, made.subject.rows
    with np.errstate(all="ignore"):
        mine, theirs = (judge.rows(t.answers(rows.held_x), rows.held_y)[0] for t in (made.as_it_is, other))
        less = mine - theirs
        return bool(less.mean() > DECAYED_Z * less.std() / math.sqrt(len(less)))


def _tell_overfitting(trial: Trial, more: str, heals: tuple[str, ...] = ()) -> Finding:
    last, peak = trial.points[-1], trial.best
    return Finding(
        "overfitting",
        "",
        f"rows that it trains on have {last.trained:.3g} of the error of a constant answer, others {last.held:.3g}; at step "
        f"{peak.step} these had {peak.held:.3g}{more}",
        "more rows, weight decay, dropout, or stop at the best validation (patience=)",
        {"trained": last.trained, "held": last.held, "best": peak.held, "best step": peak.step},
        certain=False,
        heals=heals,
    )
