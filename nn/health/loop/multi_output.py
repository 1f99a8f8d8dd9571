"""Reads what a script makes of several outputs of a model as one loss, with the targets of each."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.health.loop.kit import Kit
from nn.health.multi_output import JoinedLoss, Layout, match_targets
from nn.health.scores import name_of

# A loss of the framework that was called: the function, what it was given, and what it gave.
Lost = tuple[Any, tuple[Any, ...], Any]


def read_joined(
    kit: Kit, known: Any, loss: Any, outputs: list[Any], lost: list[Lost]
) -> tuple[JoinedLoss | None, np.ndarray | None]:
    """The loss of several outputs as one, and the targets of this batch side by side; None where they can't be told apart.

    Parameters
    ----------
    kit : Kit
    known : callable or None
        What an earlier pass has shown the loss to be.
    loss : Tensor
    outputs : list of Tensor
    lost : list of tuple
        The losses of the framework that the script called.
    """
    read = _read_each(kit, loss, outputs, lost) or kit.replay_several(loss, outputs)
    if read is None or len(read[1]) != len(outputs):
        return None, None
    function, targets = read
    if known is None:
        values = [np.array(kit.value(part)) for part in outputs]

        def value(given: list[np.ndarray], asked: list[np.ndarray]) -> float:
            return kit.number(function(*map(kit.as_constant, [*given, *asked])))

        order = match_targets(value, values, targets)
        if order is None:
            return None, None
        names = {id(one[1][0]): name_of(one[0]) for one in lost}
        named = [names.get(id(part), "") for part in outputs]
        known = JoinedLoss(function, Layout(values), Layout([targets[m] for m in order]), order, named)
    if not isinstance(known, JoinedLoss):
        return None, None
    return known, known.targets.join([targets[m] for m in known.order])


def _read_each(kit: Kit, loss: Any, outputs: list[Any], lost: list[Lost]) -> tuple[Any, list[Any]] | None:
    """What the script made of the losses of the framework that it called, one for each output; and their targets."""
    each = [[one for one in lost if one[1][0] is output] for output in outputs]
    if any(len(found) != 1 for found in each):
        return None
    made = [found[0] for found in each]
    results, count = [one[2] for one in made], len(made)
    outer = kit.replay_several(loss, results)
    targets = [kit.array(one[1][1]) for one in made]
    if outer is None or any(target is None for target in targets):
        return None
    if kit.first_met(loss, [*results, *outputs]) != list(range(count)):
        return None

    def joined(*given: Any) -> Any:
        return outer[0](*(made[k][0](given[k], given[count + k]) for k in range(count)))

    return joined, targets


def negate(loss: Any) -> Any:
    """A loss with the other sign."""
    return lambda outputs, targets: -loss(outputs, targets)
