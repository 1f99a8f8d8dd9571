"""What the rows alone show: NaN, targets out of range, rows that are alike, leaks, and parts that do not match."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nn.health.evidence.parts import find_other_classes, find_other_validation, find_own_scale
from nn.health.finding import Finding
from nn.health.multi_input import split_inputs, tabulate_inputs
from nn.health.scores import LOSSES, MOST_CLASSES, OF_COUNTS, OF_SIGNS, find_arrangement, ignored_of, name_of
from nn.health.subject import Subject

# A column that gives the target to this correlation is the target; fewer columns than these may be a formula.
LEAK, MIN_COLUMNS = 0.999999, 3
# The share of validation rows that stand in the training part, where training rows among themselves are hardly ever alike.
SHARED, OWN_DOUBLES = 0.3, 0.1
# Of so many different rows nearly all have a number of their own in a column that was measured: equal ones are copies.
MIN_MEASURED, MEASURED = 20, 0.9
# How many rows are like another one by chance, below which those that are alike are copies.
BY_CHANCE = 0.01
CONFLICTING = 0.3
# Rows of a class that are enough to see how far its values reach; and how well (as an area under the curve of hits over false alarms)
# another column may tell classes apart beside one that gives them away.
ENOUGH_OF_A_CLASS, TELLS = 20, 0.9
# How far off a number that stands for a whole class lies, by the range of those that the other class has, and how well others may tell.
FILLED, TELLS_BESIDE = 0.3, 0.95
# How many of the changes of class that a random order has are left in one that is sorted.
IN_ORDER = 0.1
# Shares: how many at most, rows for each, what they vary by along the one way in which their sum would and in the others, and how
# little one of them may count in that.
MOST_SHARES, ROWS_FOR_A_SHARE, ONE_SUM, ONE_OF_SEVERAL, OF_LITTLE_WEIGHT = 100, 3, 1e-8, 1e-3, 0.02
# Numbers of a target that are shown.
SHOWN = 4
# By which share sizes may differ that are the same but for rounding.
TO_ROUNDING = 1e-4


def find_broken_rows(x: np.ndarray, y: np.ndarray) -> Iterator[Finding]:
    """NaN and infinity, with which nothing can be tried."""
    inputs = [("inputs", f"inputs {name}".rstrip(), part) for name, part in split_inputs(x).items()]
    for what, name, values in (*inputs, ("targets", "targets", y)):
        if values.dtype.kind != "f":
            continue
        broken = ~np.isfinite(values.reshape(len(values), -1))
        if broken.any():
            rows, columns = np.flatnonzero(broken.any(axis=1)), np.flatnonzero(broken.any(axis=0))
            yield Finding(
                f"{what} not finite",
                "",
                f"{len(rows)} of {len(values)} rows of the {name} have NaN or infinity, the first in row {rows[0]}, "
                f"in {len(columns)} of {broken.shape[1]} columns (the first is {columns[0]})",
                "mend these values or leave out these rows",
                {"rows": len(rows), "first row": int(rows[0]), "columns": len(columns)},
            )


def find_targets_outside(y: np.ndarray, outputs: np.ndarray, loss: Any) -> Iterator[Finding]:
    """Targets that a known loss does not take."""
    if name_of(loss) in OF_SIGNS and y.size and not np.isin(y, (-1.0, 1.0)).all():
        yield Finding(
            "targets outside the loss",
            "",
            f"the targets are from {y.min():g} to {y.max():g}, and the loss takes −1 and 1 alone",
            "labels as −1 and 1, such as 2 * y - 1 of those that are 0 and 1",
            {"low": float(y.min()), "high": float(y.max())},
        )
        return
    if name_of(loss) in OF_COUNTS and y.size and y.min() < 0:
        yield Finding(
            "targets outside the loss",
            "",
            f"the targets are from {y.min():g} to {y.max():g}, and the loss takes counts, from 0 on: of others it has no bound",
            "counts as they are, not scaled; for numbers of both signs MSELoss",
            {"low": float(y.min()), "high": float(y.max())},
        )
        return
    known = LOSSES.get(name_of(loss))
    if known is None or not y.size:
        return
    kind, link = known
    asked = y[y != ignored_of(loss)] if kind == "classes" else y
    if not asked.size:
        return
    low, high = asked.min(), asked.max()
    told = ""
    arrange = find_arrangement(outputs, y, loss)
    if kind == "classes" and y.dtype.kind in "iu" and (arrange is not None or outputs.ndim == y.ndim + 1):
        classes = (outputs if arrange is None else arrange(outputs)).shape[-1]
        if classes > 1 and (low < 0 or high >= classes):
            told = (
                f"class numbers are from {low} to {high}, and the network has {classes} outputs, for 0 … {classes - 1}"
            )
    elif kind == "labels" and (low < 0.0 or high > 1.0):
        told = f"the labels are from {low:g} to {high:g}, and the loss takes 0 … 1"
    if told:
        yield Finding(
            "targets outside the loss",
            "",
            told,
            "count classes from 0 (np.unique(y, return_inverse=True)[1]), labels as 0 and 1; and one output for each class",
            {"low": float(low), "high": float(high)},
        )
    if kind == "labels" and link == "probabilities" and (outputs.min() < 0.0 or outputs.max() > 1.0):
        yield Finding(
            "loss unfit",
            "",
            f"the loss takes probabilities, and the outputs are raw scores ({outputs.min():.3g} … {outputs.max():.3g})",
            "BCEWithLogitsLoss for raw scores, or a sigmoid at the end",
            {"low": float(outputs.min()), "high": float(outputs.max())},
        )


def find_in_rows(x: np.ndarray, y: np.ndarray, validation: tuple[np.ndarray, np.ndarray] | None) -> Iterator[Finding]:
    """What the finite rows show."""
    flat = tabulate_inputs(x)
    if len(flat) > 1 and (flat == flat[:1]).all():
        yield Finding(
            "inputs all alike",
            "",
            f"all {len(x)} rows of the inputs are the same",
            "look at what the program reads, and at what it does to the rows before the model",
            {"rows": len(x)},
        )
        return
    if len(y) > 1 and (y == y[:1]).all():
        told = ", ".join(f"{number:g}" for number in y[0].ravel()[:SHOWN].tolist()) + ", …" * (y[0].size > SHOWN)
        yield Finding(
            "targets all alike",
            "",
            f"all {len(y)} rows have the same target ({told}): a constant answer is right, and nothing can be learned",
            "look at what the program reads as targets, and at what it does to them: a column that is empty, a cast to whole numbers",
            {"rows": len(y)},
        )
        return
    # Of a sequence or a picture one place may be what is asked for.
    yield from (list(find_leak(flat, y)) or find_threshold(flat, y)) if x.ndim == 2 else ()
    yield from find_conflicts(flat, y)
    if validation is not None:
        yield from find_shared_rows(flat, y, validation)
        yield from list(find_other_validation(x, validation[0])) or find_own_scale(x, validation[0])
        yield from find_other_classes(y, validation[1])


def find_leak(flat: np.ndarray, y: np.ndarray) -> Iterator[Finding]:
    if flat.shape[1] < MIN_COLUMNS or len(flat) < 20 or y.size != len(y) or flat.dtype.kind not in "fiu":
        return
    asked = y.reshape(-1, 1).astype(np.float64)
    told = ["the target but for its scale"]
    if y.dtype.kind in "iu" and 3 <= len(classes := np.unique(y)) <= MOST_CLASSES:
        # Each class beside the others, as a column of ones and zeros tells it.
        asked = np.hstack([asked, asked == classes])
        told += [f"whether the class is {c}" for c in classes]
    columns = flat.astype(np.float64)
    with np.errstate(all="ignore"):
        centred, mine = columns - columns.mean(axis=0), asked - asked.mean(axis=0)
        sizes = np.sqrt((centred**2).sum(axis=0))[:, None] * np.sqrt((mine**2).sum(axis=0))
        corr = np.abs(centred.T @ mine) / sizes
    if told == ["the target but for its scale"] and len(np.unique(y)) == len(y):
        # A column that goes with the target and is bent.
        ranks, mine = columns.argsort(axis=0).argsort(axis=0), y.reshape(-1, 1).argsort(axis=0).argsort(axis=0)
        bent = np.abs(1.0 - 6.0 * ((ranks - mine) ** 2).sum(axis=0) / (len(y) * (len(y) ** 2 - 1.0)))
        corr = np.hstack([corr, bent[:, None]])
        told.append("the target but for its scale, which is bent")
    corr = np.where(np.isfinite(corr), corr, 0.0)
    if corr.max(initial=0.0) > LEAK:
        column, which = np.unravel_index(corr.argmax(), corr.shape)
        yield Finding(
            "target among the features",
            "",
            f"column {column} of the inputs is {told[which]} (correlation {corr.max():.6f})",
            f"take column {column} out, unless it will be known when answers are asked for",
            {"column": int(column), "correlation": float(corr.max())},
        )


def find_normalised_rows(x: np.ndarray) -> Iterator[Finding]:
    """Rows that all have one length, or one mean and one deviation, exactly, and no codes, which have so as they come."""
    flat = x.reshape(len(x), -1)
    if (
        x.dtype.kind != "f"
        or len(flat) < ENOUGH_OF_A_CLASS
        or flat.shape[1] < MIN_COLUMNS
        or not np.isfinite(flat).all()
    ):
        return
    exact = flat.astype(np.float64)
    sizes, means, spreads = np.linalg.norm(exact, axis=1), exact.mean(axis=1), exact.std(axis=1)
    centred = np.abs(means).max() < TO_ROUNDING * spreads.mean()
    # Ones and zeros, signs and ranks are few sizes, whatever row they stand in.
    if len(np.unique(np.abs(exact[:ENOUGH_OF_A_CLASS]).round(3))) <= flat.shape[1] or not spreads.min() > 0.0:
        return
    told = (
        "one mean and one deviation"
        if centred and spreads.std() < TO_ROUNDING * spreads.mean()
        else "one length"
        if sizes.std() < TO_ROUNDING * sizes.mean()
        else "one largest value"
        if _have_one_peak(exact)
        else "one sum, but for the scales of the features,"
        if not centred and _are_shares(exact)
        else ""
    )
    if told:
        yield Finding(
            "rows normalised",
            "",
            f"all {len(x)} rows of the inputs have {told} ({sizes.mean():.4g} ± {sizes.std():.2g} as a length), as where each is "
            "normalised by itself: what they differed by in size says nothing of the answers any more",
            "scale each feature over the rows (axis=0), as nn.data.Standardize does, not each row over its features",
            {"length": float(sizes.mean()), "deviation": float(spreads.mean())},
            certain=False,
        )


def _are_shares(rows: np.ndarray) -> bool:
    """Whether all features with some weights, none of which is little, come to the same sum, as shares do after each was scaled."""
    if rows.shape[1] > MOST_SHARES or len(rows) < ROWS_FOR_A_SHARE * rows.shape[1]:
        return False
    spread = rows.std(axis=0)
    # Codes of one and zero have one sum by nature, whatever each column was scaled by.
    if not spread.min() > 0.0 or all(len(np.unique(column)) <= 2 for column in rows.T):
        return False
    sizes, ways = np.linalg.eigh(np.cov((rows - rows.mean(axis=0)) / spread, rowvar=False))
    weights = ways[:, 0] / spread
    alone = sizes[0] < ONE_SUM < ONE_OF_SEVERAL < sizes[1]
    return bool(alone and abs(np.sign(weights).sum()) == len(weights) and np.abs(ways[:, 0]).min() > OF_LITTLE_WEIGHT)


def _have_one_peak(rows: np.ndarray) -> bool:
    """Whether the largest value of each row is the same, stands there once, and in other places: no bound at which values were cut."""
    sizes = np.abs(rows)
    peaks = sizes.max(axis=1)
    alone = (sizes > (1.0 - TO_ROUNDING) * peaks[:, None]).sum(axis=1) == 1
    same = peaks.std() < TO_ROUNDING * peaks.mean()
    return bool(same and alone.mean() > MEASURED and len(np.unique(sizes.argmax(axis=1))) > 1)


def find_threshold(flat: np.ndarray, y: np.ndarray) -> Iterator[Finding]:
    """A column whose values for one class lie far from those for the others, where no other column tells them apart as well.

    A number of a ticket that only some rows have, or a date that is empty for the others, is no multiple of the target.
    """
    labels = y.reshape(-1)
    classes, counts = np.unique(labels, return_counts=True)
    fits = len(classes) == 2 and counts.min() >= ENOUGH_OF_A_CLASS and flat.shape[1] >= MIN_COLUMNS and y.size == len(y)
    # Whole numbers may be words, of which the one that stands first may be what is asked for.
    if not fits or flat.dtype.kind != "f":
        return
    of_one = labels == classes[1]
    a, b = flat[of_one].astype(np.float64), flat[~of_one].astype(np.float64)
    gap = np.maximum(a.min(axis=0) - b.max(axis=0), b.min(axis=0) - a.max(axis=0))
    within = np.maximum(np.ptp(a, axis=0), np.ptp(b, axis=0))
    # One number for all of a class stands for what the others have a number of.
    filled = np.minimum(np.ptp(a, axis=0), np.ptp(b, axis=0)) == 0.0
    needed = np.where(filled, FILLED, 1.0) * within
    column = int((gap / np.where(needed > 0.0, needed, 1.0)).argmax())
    if not gap[column] > needed[column]:
        return
    # Classes that lie far apart are told by many columns.
    ranks = flat.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    even = (len(a) - 1) / 2.0 + len(b) / 2.0
    areas = 0.5 + np.abs(ranks[of_one].mean(axis=0) - even) / len(b)
    if np.delete(areas, column).max() < (TELLS_BESIDE if filled[column] else TELLS):
        yield Finding(
            "target among the features",
            "",
            f"column {column} of the inputs gives the target away: it is {_span(a[:, column])} where that is {classes[1]:g}, and "
            f"{_span(b[:, column])} where it is {classes[0]:g}, and no other column comes near to that",
            f"take column {column} out, unless it will be known when answers are asked for",
            {"column": column, "gap": float(gap[column])},
        )


def _span(values: np.ndarray) -> str:
    low, high = float(values.min()), float(values.max())
    return f"{low:.3g}" if low == high else f"{low:.3g} … {high:.3g}"


def find_conflicts(flat: np.ndarray, y: np.ndarray) -> Iterator[Finding]:
    if y.size != len(y) or len(flat) < 8:
        return
    _, which = np.unique(flat, axis=0, return_inverse=True)
    which = which.ravel()
    counts = np.bincount(which)
    if counts.max() < 2:
        return
    asked = y.reshape(-1).astype(np.float64)
    low, high = np.full(len(counts), np.inf), np.full(len(counts), -np.inf)
    np.minimum.at(low, which, asked)
    np.maximum.at(high, which, asked)
    share = float((low != high)[which].mean())
    if share > CONFLICTING and counts[which].mean() < 0.2 * len(flat):
        left = _share_between_twins(which, asked)
        yield Finding(
            "conflicting rows",
            "",
            f"{share:.0%} of the rows have the same inputs as other rows with other targets: {min(left, 1.0):.0%} of what targets vary by "
            "is between such rows, which no network tells apart",
            "look at how targets were joined to rows; or give the network the inputs that tell such rows apart",
            {"share": share, "between twins": left, "copies": float(are_copies(flat))},
        )


def _share_between_twins(which: np.ndarray, asked: np.ndarray) -> float:
    """The share of the targets' variance that is among rows of the same group."""
    classes = np.unique(asked)
    form = (asked[:, None] == classes).astype(np.float64) if len(classes) <= MOST_CLASSES else asked[:, None]
    counts = np.bincount(which)
    means = np.stack([np.bincount(which, column) / counts for column in form.T], axis=1)
    # As many fewer as there are means, so that rows that say nothing leave all of it.
    within = float(((form - means[which]) ** 2).sum()) / max(len(form) - len(counts), 1)
    return within / float(form.var(axis=0).sum())


def find_order(subject: Subject) -> Iterator[Finding]:
    """Rows that are not shuffled, and come class by class."""
    if subject.shuffle or subject.judge.kind not in ("classes", "labels"):
        return
    asked = subject.judge.form(subject.y)
    if len(asked) != len(subject.y) or (subject.judge.kind == "labels" and asked.shape[1] > 1):
        return
    label = asked.argmax(axis=1) if asked.shape[1] > 1 else asked[:, 0]
    size = subject.batch_size
    alone = float(np.mean([len(np.unique(label[k : k + size])) == 1 for k in range(0, len(label), size)]))
    if alone > 0.5 and are_in_order(label):
        yield Finding(
            "rows not shuffled",
            "",
            f"the rows are not shuffled and come class by class: {alone:.0%} of the batches of {size} rows are of one class alone, so "
            "that each step forgets the others",
            "shuffle the rows each epoch (shuffle=True)",
            {"batches of one class": alone},
        )


def are_in_order(label: np.ndarray) -> bool:
    """Whether a class is followed by another one much more seldom than in a random order.

    Examples
    --------
    >>> are_in_order(np.arange(90) // 30), are_in_order(np.arange(90) % 3)
    (True, False)
    """
    shares = np.unique(label, return_counts=True)[1] / max(len(label), 1)
    changes = float(np.mean(label[1:] != label[:-1])) if len(label) > 1 else 1.0
    return len(shares) > 1 and changes < IN_ORDER * (1.0 - float((shares**2).sum()))


def find_shared_rows(flat: np.ndarray, y: np.ndarray, validation: tuple[np.ndarray, np.ndarray]) -> Iterator[Finding]:
    """Rows of the validation that are rows of the training part, by more than chance."""
    if not len(validation[0]):
        return
    other, asked = tabulate_inputs(validation[0]), validation[1].reshape(len(validation[1]), -1)
    if other.shape[1] != flat.shape[1]:
        return
    mine = [row.tobytes() for row in flat]
    theirs = [row.tobytes() for row in other.astype(flat.dtype)]
    known = set(mine)
    shared = float(np.mean([row in known for row in theirs]))
    apart = 1.0 - len(known) / len(mine) < OWN_DOUBLES
    if not apart and are_measured(flat) and asked.shape[1] == y.reshape(len(y), -1).shape[1]:
        # Rows that are often alike are no chance where their numbers were measured, and their targets are the same.
        told = [row.tobytes() for row in y.reshape(len(y), -1)]
        pairs = set(zip(mine, told, strict=True))
        given = zip(theirs, (row.tobytes() for row in asked.astype(y.dtype)), strict=True)
        shared, apart = float(np.mean([pair in pairs for pair in given])), True
    if shared > SHARED and apart:
        yield Finding(
            "training rows in validation",
            "",
            f"{shared:.0%} of the validation rows stand in the training part too: what is told of them says nothing of new rows",
            "split before rows are copied, shuffled or augmented",
            {"share": shared},
        )


def are_measured(flat: np.ndarray) -> bool:
    """Whether two rows are hardly alike by chance: in some column of fractions nearly every different row has a number of its own.

    Examples
    --------
    >>> some = np.random.default_rng(0).normal(size=(40, 2))
    >>> are_measured(some), are_measured(np.concatenate([some, some])), are_measured(some.round())
    (True, True, False)
    """
    if flat.dtype.kind != "f" or not len(flat):
        return False
    rows = np.unique(flat, axis=0)
    columns = (column for column in rows.T if (column != np.round(column)).mean() > MEASURED)
    return len(rows) >= MIN_MEASURED and any(len(np.unique(c)) > MEASURED * len(rows) for c in columns)


def are_copies(flat: np.ndarray) -> bool:
    """Whether rows that are alike are copies: they were measured, or have so many columns that hardly two would be so by chance.

    Examples
    --------
    >>> words = np.random.default_rng(0).integers(0, 9, (40, 12))
    >>> are_copies(np.concatenate([words, words])), are_copies(words[:, :2])
    (True, False)
    """
    rows = np.unique(flat, axis=0)
    if len(rows) < MIN_MEASURED:
        return False
    # The chance that two rows have the same number, column by column.
    alike = [float(((np.unique(c, return_counts=True)[1] / len(c)) ** 2).sum()) for c in rows.T]
    return are_measured(flat) or len(rows) * float(np.prod(alike)) < BY_CHANCE
