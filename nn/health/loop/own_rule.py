"""Weights that a script moves by a rule of its own, which was not read: its losses beside those of Adam in its place."""

from __future__ import annotations

import numpy as np

from nn.health.diagnosis import Diagnosis
from nn.health.finding import Finding
from nn.health.loop.clipping import find_clipped_moves
from nn.health.loop.ledger import Iteration, Ledger
from nn.health.loop.rule import MIN_PASSES

# A run that takes this share of the way that Adam takes its loss is as good as it needs to be.
ENOUGH_OF_THE_WAY = 0.5
# By which share of themselves weights move in a pass that hardly move; and that move enough for a rule to be read.
HARDLY_MOVED, LEGIBLE = 1e-5, 5e-6
# By which share one rate is another than that before, and the share of passes in which one turns that wavers: up after down, or down
# after up. One that goes in circles turns at their ends alone.
ANOTHER_RATE, WAVERING = 0.02, 0.25
# The share of a run that is its beginning, or its end.
AN_END = 0.2


def has_own_rule(ledger: Ledger) -> bool:
    """Whether weights are moved without an optimizer, in most passes by no rule that is known, or with a rate of each pass's own."""
    if find_clipped_moves(ledger) is not None:
        return False
    if _wavers(ledger):
        return True
    moved = _list_legible(ledger)
    unread = sum(not np.isfinite(one.direction) for one in moved)
    often = len(moved) >= MIN_PASSES and 2 * unread > len(moved)
    return often and not (ledger.steps or ledger.optimizers)


def _list_legible(ledger: Ledger) -> list[Iteration]:
    """Passes after which weights moved without an optimizer, by more than their last places: of others no rule can be read."""
    pairs = zip(ledger.iterations, ledger.iterations[1:], strict=False)
    return [one for one, after in pairs if one.moved and LEGIBLE < after.change < np.inf]


def _wavers(ledger: Ledger) -> bool:
    """Whether the script sets the rate anew at each pass, now higher and now lower, as by the loss or the gradient."""
    given = [one.rate for one in ledger.iterations if one.rate is not None]
    rates = np.array(given or [one.direction for one in _list_legible(ledger)])
    rates = rates[np.isfinite(rates)]
    if ledger.schedule_steps or len(rates) < 2 * MIN_PASSES or not (rates > 0.0).all():
        return False
    # A rate that is read off the weights is right to a few digits.
    steps = np.diff(np.log(rates))
    turns = steps[1:] * steps[:-1] < 0.0
    changed = np.abs(steps) > ANOTHER_RATE
    return float((turns & changed[1:] & changed[:-1]).mean()) > WAVERING


def judge_own_rule(found: Diagnosis, losses: list[float], change: float) -> None:
    """Say of a diagnosis what it was made with, and whether a run that is well with Adam is well as it is.

    Parameters
    ----------
    found : Diagnosis
        Of experiments that were made with Adam in the place of the script's rule.
    losses : list of float
        The script's, of each pass.
    change : float
        By which share of themselves the weights move in a pass.
    """
    found.evidence.insert(
        0, 'the script moves its weights by a rule of its own, which was not read: "as it is" is Adam in its place'
    )
    tried = next((trial.losses for trial in found.trials if not trial.lost), [])
    count = min(len(losses), len(tried))
    if not found or count < MIN_PASSES:
        return
    end = max(1, round(AN_END * count))
    begun, own, adams = (
        float(np.median(part)) for part in (losses[:1], losses[count - end : count], tried[count - end : count])
    )
    if np.isfinite(own) and begun - own >= ENOUGH_OF_THE_WAY * (begun - adams):
        return
    cause, fix = "optimizer unfit", "take an optimizer, such as Adam, or look at what the rule makes of the gradients"
    if not np.isfinite(own) or own > begun:
        cause, fix = "learning rate too high", "take smaller steps, or an optimizer, such as Adam"
    elif change < HARDLY_MOVED:
        cause, fix = "learning rate too low", "take larger steps, or an optimizer, such as Adam"
    sentence = (
        f"the script moves its weights by a rule of its own, with which the loss goes from {begun:.3g} to {own:.3g} in {count} passes; "
        f"Adam in its place takes it to {adams:.3g}"
    )
    found.cause = cause
    found.findings.append(Finding(cause, "", sentence, fix, {"begun": begun, "own": own, "adam": adams}))
