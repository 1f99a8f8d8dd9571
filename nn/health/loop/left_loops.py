"""Loops over batches that are left in their first round, each time."""

from __future__ import annotations

from nn.health.finding import Finding
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Ledger
from nn.health.loop.rule import MIN_PASSES, make_finding
from nn.health.loop.text import line_that_leaves

# Steps that are enough for a run, even with one a round.
MANY_STEPS = 100


def find_left_batches(ledger: Ledger, kit: Kit) -> Finding | None:
    """A `return` or `break` that stands in the loop over the batches, and is meant to stand behind it."""
    loader = max(ledger.loaders.values(), key=lambda loader: loader.drawn, default=None)
    if loader is None or loader.length < 2 or loader.begun < MIN_PASSES or loader.drawn > loader.begun:
        return None
    if not ledger.text or not ledger.meant or ledger.meant > MANY_STEPS:
        return None
    line = line_that_leaves(ledger.text, ledger.lines)
    if line is None:
        return None
    return make_finding(
        "too few steps",
        f"the loop over the batches is left in its first round, by line {line}: of {loader.length} batches one is learned from each time, "
        f"and the weights move {ledger.meant} times in {ledger.meant} epochs",
        f"move line {line} out of the loop, to the left",
        ledger.iterations[-1].site,
        batches=loader.length,
        steps=ledger.meant,
    )
