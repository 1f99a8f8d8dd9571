"""What a loop does with its rate: it falls too soon, rises too late, or goes on before the first step."""

from __future__ import annotations

import numpy as np

from autograd.graph.sites import Site
from nn.health.finding import Finding
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Ledger
from nn.health.loop.rule import HABIT_SHARE, MIN_PASSES, make_finding

# By how much more a rate rises in the second half of its steps than in the first to be one that rises ever faster.
FASTER = 1.5


def find_decaying_rate(ledger: Ledger, kit: Kit) -> Finding | None:
    stepped = [one for one in ledger.iterations if one.rate is not None]
    rates = np.array([one.rate for one in stepped], float)
    if len(rates) < 2 * MIN_PASSES or not rates.max() > 0:
        return None
    idle = rates < 0.01 * rates.max()
    often = sum(one.has("schedule") for one in stepped)
    if idle.mean() < 0.5 or int(rates.argmax()) > len(rates) // 4:
        return None
    if not often:
        # The script sets the rate itself; what it has fallen to it may well keep for long, so that only a fall that goes on counts.
        falls = int((np.diff(rates) < 0.0).sum())
        return _tell_fall_by_hand(rates, falls, stepped[-1].site_of("step")) if falls >= MIN_PASSES else None
    each = "after every batch" if often >= HABIT_SHARE * len(stepped) else f"{often} times in {len(stepped)} steps"
    return make_finding(
        "rate decays too fast",
        f"the rate falls from {rates.max():.3g} to {rates[-1]:.3g} within {len(rates)} steps: the schedule goes on {each}",
        "call scheduler.step() once an epoch, or let the schedule last as many steps as the run",
        next((one.site_of("schedule") for one in reversed(stepped) if one.has("schedule")), None),
        first=float(rates.max()),
        last=float(rates[-1]),
    )


def _tell_fall_by_hand(rates: np.ndarray, falls: int, line: Site | None) -> Finding:
    return make_finding(
        "rate decays too fast",
        f"the rate falls from {rates.max():.3g} to {rates[-1]:.3g} within {len(rates)} steps: the script lowers it itself, {falls} times",
        "lower the rate once every few epochs, and by less; what counts steps or epochs for it may never be set back",
        line,
        first=float(rates.max()),
        last=float(rates[-1]),
    )


def find_long_warm_up(ledger: Ledger, kit: Kit) -> Finding | None:
    """A rate that rises so slowly that it stays far below what it is to be until the run ends."""
    rates = [one.rate for one in ledger.iterations if one.rate is not None]
    if len(rates) < 2 * MIN_PASSES or ledger.meant is None or not is_rising(ledger):
        return None
    # How far one comes that rises ever faster, by a factor in each step, its beginning does not tell.
    middle = rates[len(rates) // 2]
    if rates[-1] - middle > FASTER * (middle - rates[0]) and middle > rates[0]:
        return None
    wanted = max(float(group.get("initial_lr", 0.0)) for group in ledger.steps[-1][0].param_groups)
    steps = max(ledger.meant * ledger.passes_of_an_epoch, len(rates))
    last = rates[0] + (rates[-1] - rates[0]) * steps / len(rates)
    if last > 0.3 * wanted:
        return None
    return make_finding(
        "learning rate too low",
        f"the rate rises from {rates[0]:.3g} to {rates[-1]:.3g} within {len(rates)} steps, and is meant to be {wanted:.3g}: in "
        f"the {steps} steps of the run it comes to about {last:.3g}",
        "let the rate rise within the first tenth of the run",
        next((one.site_of("schedule") for one in ledger.iterations if one.has("schedule")), None),
        first=rates[0],
        last=rates[-1],
        wanted=wanted,
    )


def is_rising(ledger: Ledger) -> bool:
    """Whether the rate has not fallen yet, and is larger than it was at first."""
    rates = [one.rate for one in ledger.iterations if one.rate is not None]
    return len(rates) > 1 and rates[-1] > rates[0] and bool((np.diff(rates) >= 0.0).all())


def find_early_schedule(ledger: Ledger, kit: Kit) -> Finding | None:
    """A schedule that goes on before the first step: it leaves out the rate that it begins with."""
    if ledger.schedule_first is None or not ledger.steps:
        return None
    return make_finding(
        "scheduler out of order",
        "the schedule goes on before the optimizer has taken a step: the rate that it begins with is left out, and each rate "
        "after it comes too soon",
        "call scheduler.step() after optimizer.step()",
        ledger.schedule_first,
    )
