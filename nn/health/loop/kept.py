"""Rows that a script keeps to judge its model by: that are trained on all the same, or are on another scale than those that are."""

from __future__ import annotations

import numpy as np

from nn.health.evidence.data import SHARED
from nn.health.finding import Finding
from nn.health.loop.judged import find_judged_training_rows
from nn.health.loop.judged_by_hand import list_judged_arrays
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Call, Ledger
from nn.health.loop.norms import level_of, levels_of_each
from nn.health.loop.rows import are_told_apart, keys_of, list_kept_arrays
from nn.health.loop.rule import lines_of, make_finding
from nn.health.loop.words import OF_OTHERS, OF_TRAINING, tell_words

# Rows that are enough to say so, and the share of all rows that are trained on above which they are those of the training.
FEW_KEPT, MOST_OF_ALL = 8, 0.5
# By what factor the deviation of all numbers may differ, and how many deviations of the training rows their mean may lie off.
SCALE_DIFFERS, MEAN_DIFFERS = 5.0, 3.0


def find_trained_kept_rows(ledger: Ledger, kit: Kit) -> Finding | None:
    """Rows of a variable whose name says that they are for judging, among those that are trained on."""
    rows, passes = ledger.rows, ledger.iterations
    # A model that is made anew, as for each part of a cross-validation, knows nothing of what another one was trained on.
    anew = len({id(model) for model, _ in ledger.models}) != 1 or any(one.restored for one in passes)
    if anew or not rows.inputs or not are_told_apart(ledger, kit) or find_judged_training_rows(ledger, kit) is not None:
        return None
    for name, array in list_kept_arrays(ledger, kit):
        keys = keys_of(array)
        trained = keys & set(rows.times)
        if len(trained) >= max(FEW_KEPT, SHARED * len(keys)) and len(trained) < MOST_OF_ALL * len(rows.times):
            return make_finding(
                "training rows in validation",
                f"{len(trained)} of the {len(keys)} rows of {name} are trained on, beside {len(rows.times) - len(trained)} others: steps "
                "are taken with the rows that the script judges by, and what is told of them says nothing of new rows",
                "take a backward pass and a step for the training rows alone",
                passes[-1].site,
                trained=len(trained),
                rows=len(keys),
            )
    return None


def find_rows_of_earlier_folds(ledger: Ledger, kit: Kit) -> Finding | None:
    """Rows that one part of a cross-validation judged by, and on which the next one trains the same model."""
    if not ledger.is_of_folds or ledger.crossed < FEW_KEPT // 4:
        return None
    return make_finding(
        "training rows in validation",
        "the rows by which the model was judged after the first part of the cross-validation are trained on in the next one, by the same "
        "model: what it is judged by from then on, it has learned before",
        "make the model and its optimizer anew for each part, inside of the loop",
        ledger.iterations[-1].site,
        rows=ledger.crossed,
    )


def find_other_level(ledger: Ledger, kit: Kit) -> Finding | None:
    """Rows that the script judges by as others, whose numbers are on another scale than those that are trained on."""
    some = ledger.rows.inputs
    if not some or len({row.shape for row in some}) != 1 or some[0].dtype.kind != "f":
        return None
    trained = np.stack(some)
    mine = level_of(trained)
    asked = [
        call
        for call in ledger.evaluations
        if call.known == 0.0 and call.rows >= FEW_KEPT and _is_of_others(ledger, call)
    ]
    asked = asked or [_as_call(array) for array in list_judged_arrays(ledger, kit)]
    levels = [call.level for call in asked if call.level is not None]
    if mine is None or not levels or not mine[1] > 0.0:
        return None
    mean, width = (float(np.median([level[k] for level in levels])) for k in (0, 1))
    ratio, shift = width / mine[1], abs(mean - mine[0]) / mine[1]
    if not _is_far(ratio, shift):
        return _find_other_features(trained.reshape(len(trained), -1), asked)
    return make_finding(
        "validation differs",
        f"the rows that the script judges by are on another scale than those that it trains on: their numbers are {mean:.3g} ± "
        f"{width:.3g}, those of the training {mine[0]:.3g} ± {mine[1]:.3g}",
        "prepare both parts in the same way, by one function and with the same numbers",
        asked[-1].site,
        mean=mean,
        deviation=width,
    )


def _as_call(array: np.ndarray) -> Call:
    """Rows that no call of a model shows, as of one."""
    call = Call(None, None, None, False, None, rows=len(array))
    call.level, call.levels = level_of(array), levels_of_each(array)
    return call


def _find_other_features(trained: np.ndarray, asked: list[Call]) -> Finding | None:
    """The same where numbers of several scales stand side by side, and none of them tells of the others'."""
    each = [call.levels for call in asked if call.levels is not None and len(call.levels[0]) == trained.shape[1]]
    low, high = np.quantile(trained, (0.25, 0.75), axis=0)
    # A number that is nearly always the same, such as a count of a rare word, differs by chance.
    measured = high > low
    if not each or not measured.any():
        return None
    mean, width = (np.median([levels[k] for levels in each], axis=0)[measured] for k in (0, 1))
    spread = trained[:, measured].std(axis=0, dtype=np.float64)
    ratio = float(np.median(width / spread))
    shift = float(np.median(np.abs(mean - trained[:, measured].mean(axis=0, dtype=np.float64)) / spread))
    if not _is_far(ratio, shift):
        return None
    return make_finding(
        "validation differs",
        f"the rows that the script judges by are on another scale than those that it trains on: their features have {ratio:.3g} times "
        f"the deviation, and means that lie {shift:.3g} deviations off (medians over the features)",
        "prepare both parts in the same way, by one function and with the same numbers",
        asked[-1].site,
        ratio=ratio,
        shift=shift,
    )


def _is_far(ratio: float, shift: float) -> bool:
    return ratio > SCALE_DIFFERS or 0.0 < ratio < 1.0 / SCALE_DIFFERS or shift > MEAN_DIFFERS


def _is_of_others(ledger: Ledger, call: Call) -> bool:
    words = tell_words(ledger.text, lines_of(call.site)) if ledger.text and call.site is not None else set()
    return bool(words & OF_OTHERS) and not words & OF_TRAINING
