"""A number that is to grow, such as the logarithm of a likelihood, which its script climbs on purpose."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.health.evidence.facts import BOUNDED, Facts
from nn.health.evidence.loss import follow
from nn.health.finding import Finding
from nn.health.multi_output import find_joined_loss
from nn.health.scores import LOSSES, name_of
from nn.health.subject import SOME, Subject

# The correlation from which on answers go with the targets, and by how much less it must be the other way.
RELATED = 0.3


def climbs(optimizer: Any, seen: list[Finding]) -> bool:
    """Whether the steps go up: those of an optimizer that was made so, or of a script's own lines, as was seen."""
    groups = getattr(optimizer, "param_groups", [])
    by_hand = any(f.cause == "loss maximised" and f.certain for f in seen)
    return by_hand or (bool(groups) and all(group.get("maximize") for group in groups))


def is_score(subject: Subject, facts: Facts) -> bool:
    """Whether answers come to go with the targets where what is called the loss is followed uphill, and not where it is downhill.

    What a judge takes for good answers is read off the loss, whose sign is in question, so that only their relation counts.
    """
    loss = subject.network.loss
    if name_of(loss) in LOSSES or find_joined_loss(loss) is not None:
        return False
    outputs, y = facts.outputs, subject.y[:SOME]
    bounds = BOUNDED.get(facts.last_kind)
    up, down = (_relate(follow(subject, outputs, y, bounds, uphill=way)[0], y) for way in (True, False))
    return up > RELATED and down < up - RELATED


def _relate(outputs: np.ndarray, y: np.ndarray) -> float:
    """The correlation of answers and targets; of scores of classes and ones of those asked for. 0 where there is none."""
    asked = np.eye(outputs.shape[-1])[y] if outputs.ndim == 2 and y.ndim == 1 and y.dtype.kind in "iu" else y
    if outputs.size != asked.size or not np.isfinite(outputs).all() or not np.isfinite(asked).all():
        return 0.0
    with np.errstate(all="ignore"):
        both = np.corrcoef(outputs.ravel(), asked.ravel())[0, 1]
    return float(both) if np.isfinite(both) else 0.0


def turn_round(network: Any) -> None:
    """Make a loss of what is to grow, and an optimizer that goes down of one that goes up."""
    score = network.loss

    def loss(outputs: Any, targets: Any) -> Any:
        return -score(outputs, targets)

    loss.__name__ = f"minus_{name_of(score)}"
    network.loss = loss
    for group in getattr(network.optimizer, "param_groups", []):
        if group.get("maximize"):
            group["maximize"] = False
