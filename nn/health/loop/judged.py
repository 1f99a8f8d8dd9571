"""Rows that a script says it judges its model by as others, and that it was trained on."""

from __future__ import annotations

import numpy as np

from nn.health.evidence.data import SHARED
from nn.health.finding import Finding
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Call, Ledger
from nn.health.loop.rows import are_told_apart, arrays_of, find_metric_of_training_rows, keys_of, list_kept_arrays
from nn.health.loop.rule import lines_of, make_finding
from nn.health.loop.words import OF_NEW, OF_OTHERS, OF_TRAINING, list_unread, tell_printed_words, tell_words

# Rows that are judged by, and what share of them the model must have been trained on: all of them, or more than chance.
FEW_JUDGED, WHOLE = 8, 0.999


def find_judged_training_rows(ledger: Ledger, kit: Kit) -> Finding | None:
    """Training rows, by which a script judges that says it judges by others."""
    if find_metric_of_training_rows(ledger, kit) is not None:
        return None
    places: dict[tuple[int, ...], list[Call]] = {}
    for call in ledger.evaluations:
        if call.rows and call.site is not None:
            places.setdefault(lines_of(call.site), []).append(call)
    for lines, calls in places.items():
        # Early ones may be of rows whose turn to be trained on comes later.
        late = [call for call in calls[len(calls) // 2 :] if np.isfinite(call.known)]
        known = [call.known for call in late]
        if not known or sum(call.rows for call in late) < FEW_JUDGED or not are_told_apart(ledger, kit):
            continue
        words = tell_words(ledger.text, lines)
        whole = min(known) > WHOLE
        as_others = words & OF_OTHERS or (whole and _tells_of_unread_rows(ledger, kit, lines))
        if as_others and (whole or (not words & OF_TRAINING and min(known) > SHARED)):
            return _tell_training_rows(ledger, kit, late, whole)
    return None


def _tells_of_unread_rows(ledger: Ledger, kit: Kit, lines: tuple[int, ...]) -> bool:
    """Whether what is printed says that rows are new ones, and others, which the script never reads, are."""
    if not tell_printed_words(ledger.text, lines) & OF_NEW:
        return False
    unread, known = list_unread(ledger.text), ledger.rows.times
    kept = (a for name, a in arrays_of(ledger, kit, ledger.rows.inputs[0][None]) if name in unread)
    return any(not any(key in known for key in keys_of(a)) for a in kept)


def _are_copies(ledger: Ledger, kit: Kit, count: int) -> bool:
    """Whether an array holds the rows that are trained on and so many copies of some of them, and no others."""
    known = ledger.rows.times
    return any(
        len(a) >= len(known) + count and all(key in known for key in keys_of(a))
        for _, a in arrays_of(ledger, kit, ledger.rows.inputs[0][None])
    )


def _tell_training_rows(ledger: Ledger, kit: Kit, late: list[Call], whole: bool) -> Finding:
    line, count = late[-1].site, late[-1].rows
    kept = [keys_of(a) for _, a in list_kept_arrays(ledger, kit)]
    known = ledger.rows.times
    leaked = [keys for keys in kept if np.mean([key in known for key in keys]) > SHARED]
    if whole and len(leaked) < max(len(kept), 1) and (kept or not _are_copies(ledger, kit, count)):
        spared = ", while those kept for it are not used" if kept else ""
        return make_finding(
            "metric on training rows",
            f"what the script judges the model by are {count} rows that it was trained on{spared}",
            "judge by rows that the model has not seen",
            line,
            rows=count,
        )
    share = float(np.mean([call.known for call in late]))
    return make_finding(
        "training rows in validation",
        f"{share:.0%} of the {count} rows that the script judges the model by are rows that it was trained on: what is told of them says "
        "nothing of new rows",
        "split the rows once, before they are copied or drawn, and train on the one part alone",
        line,
        share=share,
    )
