"""What a loop does with its rate: it falls too soon, rises too late, or goes on before the first step."""

from __future__ import annotations

import copy
import itertools
import math
import warnings
from typing import Any

import numpy as np

from autograd.graph.sites import Site
from nn.health.finding import Finding
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import LEAST_TOLD, Iteration, Ledger
from nn.health.loop.rule import HABIT_SHARE, MIN_PASSES, make_finding
from nn.health.loop.text import holds_rate

# Steps of a schedule that are looked ahead, and the share of its highest rate that a run comes to which ends too soon for it.
MOST_AHEAD, SHORT = 20_000, 0.3
# By how much more a rate rises in the second half of its steps than in the first to be one that rises ever faster.
FASTER = 1.5
# How far off a line rates lie that are one, as a share of their fall, for each share of the way to 0 that was seen.
STRAIGHT = 0.01
# By how much of the first the numbers have fallen that a schedule is told, from which on they are to fall; rows that shares are of at most.
FALLEN, MOST_COUNTED = 0.005, 5000


def find_decaying_rate(ledger: Ledger, kit: Kit) -> Finding | None:
    stepped = [one for one in ledger.iterations if _rate_of(one) is not None]
    rates = np.array([_rate_of(one) for one in stepped], float)
    if len(rates) < 2 * MIN_PASSES or not rates.max() > 0:
        return None
    idle = rates < 0.01 * rates.max()
    often = sum(one.has("schedule") for one in stepped)
    if max(idle.mean(), _share_ahead(ledger, rates, idle)) < 0.5 or int(rates.argmax()) > len(rates) // 4:
        return None
    if not often:
        # The script sets the rate itself; what it has fallen to it may well keep for long, so that only a fall that goes on counts.
        falls = int((np.diff(rates) < 0.0).sum())
        line = stepped[-1].site_of("step") or stepped[-1].site
        return _tell_fall_by_hand(rates, falls, line) if falls >= MIN_PASSES else None
    each = "after every batch" if often >= HABIT_SHARE * len(stepped) else f"{often} times in {len(stepped)} steps"
    return make_finding(
        "rate decays too fast",
        f"the rate falls from {rates.max():.3g} to {rates[-1]:.3g} within {len(rates)} steps: the schedule goes on {each}",
        "call scheduler.step() once an epoch, or let the schedule last as many steps as the run",
        next((one.site_of("schedule") for one in reversed(stepped) if one.has("schedule")), None),
        first=float(rates.max()),
        last=float(rates[-1]),
    )


def find_negative_rate(ledger: Ledger, kit: Kit) -> Finding | None:
    """A rate that the script lowers by the same in each step, and that will be below 0 before the run ends."""
    every = [one.direction if one.rate is None else one.rate for one in ledger.iterations]
    # Where weights are lost in the end, or go another way, the rates before that are told.
    rates = np.array(list(itertools.takewhile(np.isfinite, every)))
    count, steps = len(rates), max((ledger.meant or 0) * ledger.passes_of_an_epoch, len(rates))
    if count < 2 * MIN_PASSES or ledger.schedule_steps or ((rates > 0.0).all() and holds_rate(ledger.text)):
        return None
    times = np.arange(count)
    slope, first = np.polyfit(times, rates, 1)
    apart = np.abs(first + slope * times - rates).max()
    ends_at = -first / slope if slope < 0.0 else np.inf
    # What falls by a share of itself bends by a sixteenth of that, and never comes to 0.
    if first <= 0.0 or apart > STRAIGHT * (rates[0] - rates[-1]) * count / ends_at or steps - ends_at < MIN_PASSES:
        return None
    return make_finding(
        "loss maximised",
        f"the rate falls from {rates[0]:.3g} by {-slope:.3g} in each step: from step {math.ceil(ends_at - 0.01) + 1} of {steps} on it "
        "is below 0, and the steps go up the loss",
        "lower the rate by less, or no further than 0: max(rate, 0)",
        ledger.iterations[0].site_of("step") or ledger.iterations[0].site,
        ends_at=float(ends_at),
        steps=steps,
    )


def _rate_of(one: Iteration) -> float | None:
    """The rate of an optimizer's step, or of one by hand; None where there was none, or it went another way."""
    if one.rate is None and one.direction > 0.0:
        return one.direction
    return one.rate


def _share_ahead(ledger: Ledger, rates: np.ndarray, idle: np.ndarray) -> float:
    """The share of idle steps in the whole run, where the rate has only fallen so far and was idle for a while when the watching ended."""
    falls = ledger.meant is not None and not ledger.ended and bool((np.diff(rates) <= 0.0).all())
    steps = max((ledger.meant or 0) * ledger.passes_of_an_epoch, len(rates))
    if falls and not ledger.schedule_steps and (ahead := go_on(rates, steps)) is not None:
        return float((ahead < 0.01 * rates.max()).mean())
    # The lowest rates of one that begins anew do not last as long.
    if not falls or idle.sum() < max(MIN_PASSES, len(rates) / 8):
        return 0.0
    return float(idle.sum() + steps - len(rates)) / steps


def go_on(rates: np.ndarray, steps: int) -> np.ndarray | None:
    """The rates of a whole run, where those that were seen fall in each step, by a share of themselves or as 1 / (1 + decay · t).

    Examples
    --------
    >>> [round(float(go_on(rates, 20)[-1]), 4) for rates in (1.0 / (1.0 + np.arange(10)), 0.9 ** np.arange(10))]
    [0.05, 0.1351]
    >>> go_on(np.array([1.0, 0.7, 0.6, 0.3, 0.2, 0.1, 0.08, 0.02]), 20) is None
    True
    """
    if len(rates) < 2 * MIN_PASSES or not (rates > 0.0).all() or not (np.diff(rates) < 0.0).all():
        return None
    times, every = np.arange(len(rates)), np.arange(steps)
    for there, back in ((np.reciprocal, np.reciprocal), (np.log, np.exp)):
        slope, first = np.polyfit(times, there(rates), 1)
        if np.allclose(back(first + slope * times), rates, rtol=STRAIGHT, atol=0.0):
            return np.asarray(back(first + slope * every))
    return None


def _tell_fall_by_hand(rates: np.ndarray, falls: int, line: Site | None) -> Finding:
    return make_finding(
        "rate decays too fast",
        f"the rate falls from {rates.max():.3g} to {rates[-1]:.3g} within {len(rates)} steps: the script lowers it itself, {falls} times",
        "lower the rate once every few epochs, and by less; what counts steps or epochs for it may never be set back",
        line,
        first=float(rates.max()),
        last=float(rates[-1]),
    )


def find_turned_plateau(ledger: Ledger, kit: Kit) -> Finding | None:
    """A schedule that waits for a number to rise, and is told one that is to fall: whatever is learned is no better for it."""
    told, schedule = np.array(ledger.metrics), ledger.schedule
    if getattr(schedule, "mode", None) != "max" or not hasattr(schedule, "patience") or len(told) < LEAST_TOLD:
        return None
    falls = np.isfinite(told).all() and (np.diff(told) < 0.0).all() and told[0] - told[-1] > FALLEN * abs(told[0])
    if not falls or are_shares(told):
        return None
    rates = [one.rate for one in ledger.iterations if one.rate is not None]
    ahead = rates_ahead(schedule, (ledger.meant or 0) - len(told), float(told[-1]))
    epochs = [max(rates), *ahead]
    if sum(rate < 0.01 * max(rates) for rate in epochs) < 0.5 * len(epochs):
        return None
    return make_finding(
        "rate decays too fast",
        f"the schedule was made with mode='max', and what it is told falls each time, from {told[0]:.3g} to {told[-1]:.3g}: it takes what "
        f"gets better for what gets worse, and brings the rate from {max(rates):.3g} to {epochs[-1]:.3g} by the end of the run",
        "mode='min' for a loss or an error, mode='max' for a score such as accuracy",
        next((one.site_of("schedule") for one in reversed(ledger.iterations) if one.has("schedule")), None),
        first=max(rates),
        last=epochs[-1],
    )


def are_shares(numbers: np.ndarray) -> bool:
    """Whether numbers are shares of some count of rows, as accuracies are.

    Examples
    --------
    >>> are_shares(np.array([0.62, 0.61, 0.585])), are_shares(np.array([0.6817, 0.66165, 0.65975]) * np.pi / 3)
    (True, False)
    """
    counts = np.arange(1, MOST_COUNTED + 1)[:, None] * numbers
    return bool(
        ((numbers >= 0.0) & (numbers <= 1.0)).all() and (np.abs(counts - counts.round()) < 1e-3).all(axis=1).any()
    )


def rates_ahead(schedule: Any, steps: int, *metric: float) -> list[float]:
    """The rates of a schedule's next steps, which a copy of it takes; none where it needs more than it is given, such as a metric.

    Examples
    --------
    >>> import optim
    >>> from autograd import Tensor
    >>> optimizer = optim.SGD([Tensor([1.0], requires_grad=True)], lr=0.1)
    >>> rates_ahead(optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5), 3)
    [0.1, 0.05, 0.05]
    """
    found: list[float] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            twin = copy.deepcopy(schedule)
            for _ in range(min(steps, MOST_AHEAD)):
                twin.step(*metric)
                found.append(max(float(group["lr"]) for group in twin.optimizer.param_groups))
    except Exception:  # whatever a class of the user's raises, or a schedule that has come to its end
        return found
    return found


def find_schedule_of_steps(ledger: Ledger, kit: Kit) -> Finding | None:
    """A rate that rises once an epoch, by a schedule that would have brought it up within the run if it went on after every batch."""
    rates = [one.rate for one in ledger.iterations if one.rate is not None]
    often, meant = ledger.schedule_steps, ledger.meant
    if meant is None or not is_rising(ledger) or not 1 < often <= 0.5 * len(rates) or not is_once_an_epoch(ledger):
        return None
    steps = meant * ledger.passes_of_an_epoch
    ahead = rates_ahead(ledger.schedule, 2 * steps)
    reached, peak = max([*rates, *ahead[: max(0, meant - often)]]), max(ahead[:steps], default=0.0)
    # What rises on and on has no rate that it is meant to come to.
    if reached > SHORT * peak or max(ahead) > peak:
        return None
    return make_finding(
        "scheduler out of order",
        f"the schedule goes on once an epoch, {meant} times in the run, which takes the rate to {reached:.3g}; after every batch it would "
        f"come to {peak:.3g} in the {steps} steps of the run",
        "call scheduler.step() after every optimizer.step(), or count the steps of the schedule in epochs",
        next((one.site_of("schedule") for one in ledger.iterations if one.has("schedule")), None),
        reached=reached,
        peak=peak,
    )


def is_in_every_step(ledger: Ledger) -> bool:
    """Whether the schedule goes on after every step."""
    return ledger.schedule_steps >= HABIT_SHARE * len(ledger.iterations)


def is_once_an_epoch(ledger: Ledger) -> bool:
    """Whether the schedule goes on after about as many passes as an epoch has."""
    return 0.5 < ledger.schedule_steps * ledger.passes_of_an_epoch / len(ledger.iterations) < 1.5


def find_long_warm_up(ledger: Ledger, kit: Kit) -> Finding | None:
    """A rate that rises so slowly that it stays far below what it is to be until the run ends."""
    rates = [one.rate for one in ledger.iterations if one.rate is not None]
    if len(rates) < 2 * MIN_PASSES or ledger.meant is None or not is_rising(ledger):
        return None
    steps = max(ledger.meant * ledger.passes_of_an_epoch, len(rates))
    wanted = max(float(group.get("initial_lr", 0.0)) for group in ledger.steps[-1][0].param_groups)
    if is_in_every_step(ledger) and (ahead := rates_ahead(ledger.schedule, MOST_AHEAD)):
        last = max([*rates, *ahead[: steps - len(rates)]])
        # What rises on and on comes to nothing but the rate that the optimizer was given.
        rises = max(ahead[: len(ahead) // 2]) < max(ahead) == ahead[-1]
        wanted = wanted if rises else max(ahead)
    else:
        # How far one comes that rises ever faster, by a factor in each step, its beginning does not tell.
        middle = rates[len(rates) // 2]
        if rates[-1] - middle > FASTER * (middle - rates[0]) and middle > rates[0]:
            return None
        last = rates[0] + (rates[-1] - rates[0]) * steps / len(rates)
    if last > SHORT * wanted:
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
