"""Pairs of things that a network answers the same when they change places, where the targets do not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from nn.health.experiments.plan import Experiments
from nn.health.finding import Finding
from nn.health.learned import has_learned
from nn.health.multi_input import join_inputs, split_inputs
from nn.health.subject import SOME

# How far off answers may lie that are the same but for rounding, and columns that are enough for two things.
ROUNDING, LEAST_COLUMNS = 1e-4, 4


def find_turned_pairs(made: Experiments) -> Iterator[Finding]:
    """What a network that compares two things cannot say, where a plain one learns it: which is which."""
    if made.plain is None or not has_learned(made, made.plain):
        return
    network, some = made.subject.network.copy(), made.subject.x[:SOME]
    before = network.answer(some)
    for told, turned in turn_pairs(some):
        after = network.answer(turned)
        same = before.shape == after.shape and np.allclose(before, after, rtol=ROUNDING, atol=ROUNDING * before.std())
        if same and before.std() > 0.0:
            yield Finding(
                "order ignored",
                "",
                f"the answers stay the same when {told} change places, as those of |a - b| and a · b do, and none of {len(made.tried)} "
                f"changes helps, while a plain network gets {made.plain.score:.3g} of the error of a constant answer: what is asked is "
                "which is which",
                "give what judges the pair both codes side by side, or their difference with its sign",
                {"plain": made.plain.score},
                certain=False,
            )
            return


def turn_pairs(x: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """The two things that rows may be of, in words, and the rows with these in each other's place; nothing where they are the same.

    Examples
    --------
    >>> [(told, rows.tolist()) for told, rows in turn_pairs(np.array([[1.0, 2.0, 3.0, 4.0]]))]
    [('the halves of a row', [[3.0, 4.0, 1.0, 2.0]])]
    """
    turned: list[tuple[str, np.ndarray]] = []
    parts = split_inputs(x)
    if len(parts) > 1:
        for one, other in combinations(parts, 2):
            a, b = parts[one], parts[other]
            if a.shape == b.shape and a.dtype == b.dtype:
                turned.append((f"{one} and {other}", join_inputs({**parts, one: b, other: a})))
    elif x.ndim == 2 and x.dtype.kind == "f" and x.shape[1] % 2 == 0 and x.shape[1] >= LEAST_COLUMNS:
        turned.append(("the halves of a row", np.roll(x, x.shape[1] // 2, axis=1)))
    elif x.ndim > 2 and x.shape[1] == 2:
        turned.append(("the two parts of a row", np.ascontiguousarray(x[:, ::-1])))
    yield from ((told, rows) for told, rows in turned if not np.array_equal(rows, x))
