"""A loss that weighs what was drawn by what it earned, as a policy's is: what it asks for is made by the model itself."""

from __future__ import annotations

import numpy as np

from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Seen
from nn.health.multi_output import find_joined_loss
from nn.health.subject import SOME

# How far off a multiple a loss may lie, as a share of it.
NEAR = 1e-3


def is_of_rewards(kit: Kit, seen: Seen) -> bool:
    """Whether the loss is a multiple of numbers of both signs that stand beside what is asked: it may draw away from it as well.

    Rows of so many passes are no data then: with other weights others would have been drawn.
    """
    joined = find_joined_loss(seen.loss)
    if joined is None or joined.is_of_pairs or seen.inputs is None or seen.targets is None:
        return False
    x, y = np.asarray(seen.inputs[:SOME]), np.asarray(seen.targets[:SOME])
    answers, parts = kit.answer(seen.model, seen.apply, x), joined.targets.split(y)

    def value(k: int, factor: float) -> float:
        told = joined.targets.join([factor * part if k == place else part for place, part in enumerate(parts)])
        return kit.number(seen.loss(kit.as_constant(answers), kit.as_input(told)))

    for k, part in enumerate(parts):
        if part.dtype.kind != "f" or part.size != len(part) or not part.min() < 0.0 < part.max():
            continue
        once = value(k, 1.0)
        bound = NEAR * abs(once)
        if once and abs(value(k, -1.0) + once) < bound and abs(value(k, 2.0) - 2.0 * once) < bound:
            return True
    return False
