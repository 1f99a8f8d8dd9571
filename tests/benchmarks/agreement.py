"""Contestants must compute the same before they are timed: the losses of their first steps are compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np


def check_agreement(
    contestants: dict[str, Callable[[], float]], tolerance: float, steps: int = 3
) -> dict[str, Callable[[], float]]:
    """The contestants, if the losses of their first steps are the same within a relative tolerance.

    From the second step on a loss depends on every gradient, and on the optimizer's formula where there is one.

    Raises
    ------
    AssertionError
        Where one of them computes something else.
    """
    losses: Mapping[str, list[float]] = {name: [run() for _ in range(steps)] for name, run in contestants.items()}
    found = np.array(list(losses.values()))
    if not np.allclose(found, found[0], rtol=tolerance, atol=0.0):
        raise AssertionError(f"the contestants compute different losses: {losses}")
    return contestants
