"""Weights that the steps hardly move, or that something holds at a bound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from nn.health.evidence.run import find_low_rate
from nn.health.experiments.plan import SEEN_WEIGHTS, Experiments
from nn.health.finding import Finding
from nn.health.learned import LEAST_GAIN, heals, skill_of
from nn.health.record import Record

# Causes that larger steps, or those of another optimizer, mend.
RATE = ("learning rate too low", "optimizer unfit")
# The share of a parameter's numbers that stand at one bound, where it has enough of them, and what lies between by rounding.
HELD_SHARE, FEW_WEIGHTS, ROUNDING = 0.2, 16, 1e-5


def find_still_weights(made: Experiments, mine: float) -> list[Finding]:
    """Steps so small that no weight moves, where larger ones get somewhere."""
    faster = [one for one in made.tried if one.remedy.cause in RATE]
    healing = [one for one in faster if skill_of(one.trial) - max(mine, 0.0) > 2.0 * LEAST_GAIN]
    seen = list(find_low_rate(record)) if (record := Record(made.as_it_is.measures, made.as_it_is.losses)).steps else []
    if not healing:
        return []
    # Where no larger rate helps, and weights that begin elsewhere do, it is not the rate that is small; another loss may only be larger.
    # So it is not where smaller steps help, and weights that were thrown far out by large ones move by little of themselves.
    apart = [
        one for one in made.tried if one.remedy.cause in (*SEEN_WEIGHTS, "weights too small", "learning rate too high")
    ]
    furthest = max(skill_of(one.trial) for one in healing)
    if not any(one.remedy.cause == RATE[0] for one in healing) and any(
        skill_of(one.trial) > furthest - LEAST_GAIN for one in apart
    ):
        return []
    # What is advised is what has healed here.
    best = min(healing, key=lambda one: one.trial.score).remedy
    fix = (
        best.fix if best.cause == "learning rate too low" else f"search a far larger rate on a log scale; or {best.fix}"
    )
    return [replace(f, certain=False, fix=fix, heals=tuple(o.remedy.name for o in healing)) for f in seen]


def find_held_weights(made: Experiments, best: float) -> Iterator[Finding]:
    """Weights that stand at one bound after the steps, on both sides of 0, which another optimizer does not hold them to."""
    healing = [one for one in made.tried if one.remedy.cause == "optimizer unfit" and heals(made, one.trial, 0.0, best)]
    before = {w.path: w.values for w in made.subject.network.parameters()}
    for w in made.as_it_is.network.parameters():
        bound = float(np.abs(w.values).max(initial=0.0))
        held, at_first = (_share_at(values, bound) for values in (w.values, before[w.path]))
        if healing and w.values.size >= FEW_WEIGHTS and 0.0 < bound < np.inf and held - at_first > HELD_SHARE:
            yield Finding(
                "weights held small",
                w.path.rpartition(".")[0],
                f"after {made.as_it_is.steps} steps {held:.0%} of the numbers of {w.path} are {bound:.3g} or {-bound:.3g}, and none is "
                f"larger: something holds them there after each step; {healing[0].remedy.told}, which does not, the error falls to "
                f"{healing[0].trial.score:.3g} of that of a constant answer",
                "leave the weights as the step has left them, or hold them to much more; a mild weight decay keeps them small",
                {"bound": bound, "share": held},
                certain=False,
                heals=tuple(one.remedy.name for one in healing),
            )
            return


def _share_at(values: np.ndarray, bound: float) -> float:
    """The share of numbers that are a bound or its negative, but for rounding."""
    return float(np.mean(np.abs(np.abs(values) - bound) <= ROUNDING * bound))
