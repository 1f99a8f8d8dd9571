"""Runs that learn well by what they will not know: a column that comes of the target, and rows that stand in both parts but for noise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nn.health.experiments.plan import Experiments
from nn.health.experiments.reference import plain_trial
from nn.health.experiments.trial import Rows
from nn.health.finding import Finding
from nn.health.learned import LEAST_KNOWN, MIN_VALIDATION, has_learned, skill_of
from nn.health.scores import area_of

# How well a single column alone tells the target, how well any other may, and columns and rows from which on that is looked at.
ALONE, ANY_OTHER, MIN_COLUMNS, MIN_ROWS = 0.96, 0.9, 3, 100
# The least share of numbers from the first to the last that rows are counted by, and how far off whole ones they may lie.
FILLED, WHOLE = 0.3, 0.05
# What a network must tell of the target without it, and by how much more than a linear function does.
TOLD_WITHOUT, BENT = 0.25, 0.15
# Columns from which on rows hardly lie near one another by chance; how many rows of a kind are looked for, by how many times nearer they
# are than the next ones, beside any two rows, and for which share of the validation rows; and how many kinds there are at least.
MIN_DIMENSIONS, MOST_OF_A_KIND, NEARER, NEAR, MOSTLY, MIN_KINDS = 5, 12, 4.0, 0.3, 0.5, 8
# Rows that are compared, the share of nearest rows that have the same target, and by how much skill, and by what factor of the error, a
# run is worse where no kind is on both sides.
COMPARED, SAME, LESS, TIMES = 1000, 0.9, 0.3, 3.0


def find_leaks(made: Experiments) -> Iterator[Finding]:
    """What a run that learns well has learned it by."""
    if made.quick or not made.subject.holds_rows or skill_of(made.as_it_is) < LEAST_KNOWN:
        return
    # Of rows that are known any column may be told by looking them up.
    yield from list(find_kinds_on_both_sides(made)) or list(find_row_numbers(made)) or find_told_column(made)


def find_row_numbers(made: Experiments) -> Iterator[Finding]:
    """A column that only counts the rows, of a table that was sorted by class."""
    subject = made.subject
    x, y = subject.x, subject.y
    if x.ndim != 2 or x.dtype.kind != "f" or x.shape[1] < MIN_COLUMNS or len(x) < MIN_ROWS or y.size != len(y):
        return
    classes = len(np.unique(y))
    if subject.judge.kind not in ("classes", "labels") or classes < 2:
        return
    for column, numbers in enumerate(x.T):
        blocks = 1 + int(np.count_nonzero(np.diff(y.reshape(-1)[numbers.argsort(kind="stable")])))
        if blocks == classes and counts(numbers):
            yield Finding(
                "target among the features",
                "",
                f"column {column} of the inputs counts the rows, each number once, and along it each of the {classes} classes comes in one "
                "piece: the rows were sorted by class when they were counted, so that the number tells the class",
                f"take column {column} out: the number of a row is no feature",
                {"column": column, "classes": classes},
                certain=False,
            )
            return


def counts(numbers: np.ndarray) -> bool:
    """Whether numbers are whole ones, however scaled, of which each comes once and hardly any is left out.

    Examples
    --------
    >>> counts(np.random.default_rng(0).permutation(200) / 57.0 - 1.7), counts(np.random.default_rng(0).normal(size=200))
    (True, False)
    """
    steps = np.diff(np.sort(numbers.astype(np.float64)))
    least = float(steps.min(initial=np.inf))
    if not 0.0 < least < np.inf or steps.sum() > len(steps) * least / FILLED:
        return False
    # A scaled number is rounded as its largest ones are.
    step = float(steps.sum() / np.round(steps / least).sum())
    return bool((np.abs(steps / step - np.round(steps / step)) < WHOLE).all())


def find_told_column(made: Experiments) -> Iterator[Finding]:
    """A column that tells the target nearly alone, while the others tell it by a bent function: it comes of the target, as they don't."""
    subject = made.subject
    x, y = subject.x, subject.y
    if x.ndim != 2 or x.dtype.kind != "f" or x.shape[1] < MIN_COLUMNS or y.size != len(y) or len(x) < MIN_ROWS:
        return
    asked = y.reshape(-1).astype(np.float64)
    two = len(np.unique(asked)) == 2
    if not two and subject.judge.kind != "numbers":
        return
    tells = np.array([_of_two(column, asked) if two else _relation(column, asked) for column in x.T.astype(np.float64)])
    column = int(tells.argmax())
    if tells[column] < ALONE or np.delete(tells, column).max() > ANY_OTHER:
        return
    rows = subject.rows
    some, held = (np.delete(part, column, axis=1) for part in (rows.x, rows.held_x))
    trial = plain_trial(subject, Rows(some, rows.y, held, rows.held_y))
    if trial is None:
        return
    trial.train(max(made.steps, 200), made.left / 4, points=4)
    bent = 1.0 - trial.best.held
    # A feature of its own is told by others as features go with one another, and not as they make the answer.
    if has_learned(made, trial) and bent > max(TOLD_WITHOUT, _linear(some, rows.y, held, rows.held_y) + BENT):
        yield Finding(
            "target among the features",
            "",
            f"column {column} of the inputs tells the target nearly alone ({tells[column]:.3f} as "
            f"{'an area under the curve of hits over false alarms' if two else 'a correlation'}), and a plain network tells "
            f"{bent:.0%} of it without that column, by a function that is far from linear: what it holds seems to come of the target",
            f"ask whether column {column} will be known when answers are asked for; take it out if not",
            {"column": column, "alone": float(tells[column]), "without": bent},
            certain=False,
        )


def _relation(column: np.ndarray, asked: np.ndarray) -> float:
    """How well they go with one another, by value or by rank."""
    if not (np.ptp(column) > 0.0 and np.ptp(asked) > 0.0):
        return 0.0
    ranks, order = (part.argsort().argsort().astype(np.float64) for part in (column, asked))
    return float(max(abs(np.corrcoef(column, asked)[0, 1]), abs(np.corrcoef(ranks, order)[0, 1])))


def _of_two(column: np.ndarray, asked: np.ndarray) -> float:
    """How well it tells two classes apart, whichever of them has the larger numbers."""
    area = area_of(column, asked == asked.max())
    return max(area, 1.0 - area)


def _linear(x: np.ndarray, y: np.ndarray, held_x: np.ndarray, held_y: np.ndarray) -> float:
    """The skill of the best linear function on other rows."""
    a, b = (np.column_stack([part, np.ones(len(part))]).astype(np.float64) for part in (x, held_x))
    asked, wanted = y.reshape(-1).astype(np.float64), held_y.reshape(-1).astype(np.float64)
    weights = np.linalg.lstsq(a, asked, rcond=None)[0]
    return 1.0 - float(((b @ weights - wanted) ** 2).mean() / max(((wanted - asked.mean()) ** 2).mean(), 1e-12))


def find_kinds_on_both_sides(made: Experiments) -> Iterator[Finding]:
    """Rows that come in kinds, as where each thing was measured several times, with rows of each kind in both parts."""
    subject = made.subject
    if subject.validation is None or subject.x.dtype.kind != "f":
        return
    (x, y), (other, asked) = (subject.x[:COMPARED], subject.y[:COMPARED]), subject.validation
    if x.shape[1:] != other.shape[1:] or len(other) < MIN_VALIDATION or len(x) < MIN_ROWS or y.size != len(y):
        return
    flat, others = x.reshape(len(x), -1).astype(np.float64), other.reshape(len(other), -1).astype(np.float64)
    scale = flat.std(axis=0)
    flat, others = flat[:, scale > 0.0] / scale[scale > 0.0], others[:, scale > 0.0] / scale[scale > 0.0]
    if flat.shape[1] < MIN_DIMENSIONS:
        return
    far = _distances(others[:COMPARED], flat)
    near = np.sort(far, axis=1)[:, : MOST_OF_A_KIND + 1]
    jumps = near[:, 1:] / np.maximum(near[:, :-1], 1e-12)
    last = jumps.argmax(axis=1)
    at = np.arange(len(near))
    mates = (jumps[at, last] > NEARER) & (near[at, last] < NEAR * np.median(far)) & (near[:, 0] > 0.0)
    alike = np.abs(asked.reshape(-1)[: len(far)] - y.reshape(-1)[far.argmin(axis=1)]) <= 0.1 * max(
        float(y.std()), 1e-12
    )
    if mates.mean() < MOSTLY or alike[mates].mean() < SAME:
        return
    bound = float(np.median(np.sqrt(near[at, last] * near[at, last + 1])[mates]))
    kinds = _kinds(_distances(flat, flat) < bound)
    count = int(kinds.max()) + 1
    if count < MIN_KINDS or np.bincount(kinds).max() > len(x) / 4:
        return
    held = np.isin(kinds, np.random.default_rng(subject.seed).permutation(count)[: max(2, count // 4)])
    trial = subject.trial("kinds apart", "with no kind of rows on both sides")
    trial.rows = Rows(x[~held], y[~held], x[held], y[held])
    trial.train(made.steps, made.left / 3, points=4)
    mine = skill_of(made.as_it_is)
    if not trial.lost and mine - skill_of(trial) > LESS and trial.score > TIMES * (1.0 - mine):
        yield Finding(
            "training rows in validation",
            "",
            f"{mates.mean():.0%} of the validation rows are, but for a little, rows of the training part with the same target, as where a "
            f"thing was measured several times; there are about {count} such things. With all rows of some things held back the error is "
            f"{trial.score:.3g} of that of a constant answer, with single rows held back {1.0 - mine:.3g}",
            "split the things before their rows: all rows of one thing (patient, plant, day) go to the same part",
            {"share": float(mates.mean()), "kinds": count, "apart": trial.score},
            certain=False,
        )


def _distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None] - 2.0 * a @ b.T
    return np.sqrt(np.maximum(squares, 0.0))


def _kinds(near: np.ndarray) -> np.ndarray:
    """A number for each row, the same for rows that a chain of near ones joins.

    Examples
    --------
    >>> _kinds(np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], bool))
    array([0, 1, 0])
    """
    kinds = np.full(len(near), -1)
    for k in range(len(near)):
        if kinds[k] >= 0:
            continue
        number, waiting = int(kinds.max()) + 1, [k]
        kinds[k] = number
        while waiting:
            fresh = np.flatnonzero(near[waiting.pop()] & (kinds < 0))
            kinds[fresh] = number
            waiting += fresh.tolist()
    return kinds
