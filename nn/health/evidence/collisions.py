"""Rows that differ, and that a network meets as one and the same, whatever its weights are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nn.health.experiments.fresh_weights import draw_weights
from nn.health.finding import Finding
from nn.health.subject import Subject

# Different rows that are looked at, how many there must be, and how few of them are left where they are met as few.
MOST, ENOUGH, FEW = 400, 30, 0.25
# How often weights are drawn anew; and the share of what targets vary by among rows that are met as one, from which on it matters.
DRAWS, WITHIN = 3, 0.5


def find_rows_met_alike(subject: Subject) -> Iterator[Finding]:
    """Many different rows of which the network, with any weights, makes few, while the targets of each of these few differ."""
    rows = subject.rows.x[:MOST]
    first = np.unique([row.tobytes() for row in rows], return_index=True)[1]
    if len(first) < ENOUGH or subject.judge.kind == "own":
        return
    some, asked = rows[first], subject.judge.form(subject.rows.y[:MOST][first])
    if len(asked) != len(some):
        return
    met: np.ndarray | None = None
    for k in range(DRAWS):
        network = subject.network.copy()
        draw_weights(network, subject.seed + k)
        groups = _group(network.answer(some))
        if groups is None or groups.max() < 1 or groups.max() >= FEW * len(some):
            return
        if met is not None and not np.array_equal(met, groups):
            return
        met = groups
    assert met is not None
    each = np.stack([asked[met == k].mean(axis=0) for k in range(met.max() + 1)])
    whole = float(((asked - asked.mean(axis=0)) ** 2).sum())
    within = float(((asked - each[met]) ** 2).sum()) / whole if whole else 0.0
    if within > WITHIN:
        yield Finding(
            "conflicting rows",
            "",
            f"of {len(some)} different rows the network makes {met.max() + 1}, with any weights: it answers all of a kind alike, and "
            f"{within:.0%} of what their targets vary by lies within the kinds",
            "look for what puts different inputs into one place before any layer: numbers hashed or rounded to too few, an index cut off",
            {"rows": len(some), "kinds": int(met.max()) + 1, "within": within},
            certain=False,
        )


def _group(answers: np.ndarray) -> np.ndarray | None:
    """The number of each row's answer, in the order they come; None where they say nothing."""
    flat = answers.reshape(len(answers), -1).astype(np.float64)
    spread = float(flat.std(axis=0).max(initial=0.0))
    if not np.isfinite(flat).all() or not spread:
        return None
    # The same but for rounding.
    kinds: dict[bytes, int] = {}
    return np.array([kinds.setdefault(row.tobytes(), len(kinds)) for row in np.round(flat / spread, 3) + 0.0])
