"""Losses of the framework that a script computes, and that count for nothing in what it goes back from."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.health.finding import Finding
from nn.health.loop.joined_loss import Lost
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Ledger
from nn.health.loop.rule import MIN_PASSES, make_finding


def note_unheeded(kit: Kit, ledger: Ledger, loss: Any, lost: list[Lost]) -> None:
    """Note whether no loss of the framework has had a part so far in what the passes go back from, as where it is multiplied by 0."""
    if lost and ledger.unheeded == len(ledger.iterations):
        ledger.unheeded += all(_counts_for_nothing(kit, loss, result) for *_, result in lost)


def _counts_for_nothing(kit: Kit, loss: Any, result: Any) -> bool:
    """Whether a loss is the same whatever one of its parts is."""
    replayed = None if result is loss else kit.replay_several(loss, [result])
    if replayed is None:
        return False
    function, constants = replayed
    value = np.asarray(kit.value(result))
    parts = [np.asarray(value + more, value.dtype) for more in (0.0, 1.0)]
    whole = [kit.number(function(*map(kit.as_constant, [part, *constants]))) for part in parts]
    return bool(np.isfinite(whole[0]) and whole[0] == whole[1])


def find_unheeded_loss(ledger: Ledger, kit: Kit) -> Finding | None:
    """In no pass has a loss that was given targets a part."""
    passes = ledger.iterations
    if ledger.unheeded < max(2 * MIN_PASSES, len(passes)):
        return None
    return make_finding(
        "loss ignores targets",
        f"in all {len(passes)} passes the loss that was given the targets counted for nothing, as where it is multiplied by 0: the model "
        "is trained by the rest alone",
        "look at the number that it is multiplied by; with // a share of whole numbers is 0",
        passes[-1].site,
        passes=len(passes),
    )
