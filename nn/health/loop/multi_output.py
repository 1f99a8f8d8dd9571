"""Reads what a script makes of the outputs of a model as one loss, where these, or what they are compared with, are several."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.health.loop.kit import Kit
from nn.health.loop.replay import place_rows
from nn.health.multi_output import JoinedLoss, Layout, match_targets
from nn.health.scores import ignored_of, name_of

# A loss of the framework that was called: the function, what it was given, and what it gave.
Lost = tuple[Any, tuple[Any, ...], Any]


def read_joined(
    kit: Kit, known: Any, loss: Any, outputs: list[Any], lost: list[Lost]
) -> tuple[JoinedLoss | None, np.ndarray | None]:
    """The loss of all outputs as one, and the targets of this batch side by side, with what else stands beside each row,
    such as weights; None where it can't be told which targets are those of which output.

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
    if read is None or not read[1]:
        return None, None
    function, targets = read
    if known is None:
        values = [np.array(kit.value(part)) for part in outputs]

        def value(given: list[np.ndarray], asked: list[np.ndarray]) -> float:
            return kit.number(function(*map(kit.as_constant, [*given, *asked])))

        asked = match_targets(value, values, targets)
        if asked is None:
            return None, None
        named = [_name_of_loss(kit, part, lost) for part in outputs]
        known = JoinedLoss(function, Layout(values), Layout(targets), asked, named)
    if not isinstance(known, JoinedLoss) or len(targets) != len(known.targets.shapes):
        return None, None
    return known, known.targets.join(targets)


def _name_of_loss(kit: Kit, output: Any, lost: list[Lost]) -> str:
    """The name of the loss that was given an output as it is, but for its shape; empty where it was given to none."""
    numbers = np.ravel(kit.value(output))
    given = (one for one in lost if np.array_equal(np.ravel(kit.value(one[1][0])), numbers, equal_nan=True))
    return next((name_of(one[0]) for one in given), "")


class OfOutput:
    """A loss of the framework that a script called, of an output of the model and its targets.

    What the script makes of the output before, such as another shape or a softmax, is a part of it. Where the places of each row
    stand in a row of their own, the targets stand beside each other here.

    Parameters
    ----------
    lost : tuple
    before : callable or None
        What the script makes of the output; None for nothing.
    targets : array
    rows : int
        Of the batch.
    """

    def __init__(self, lost: Lost, before: Any, targets: np.ndarray, rows: int) -> None:
        self._function, self._before, self._shape = lost[0], before, targets.shape
        self.targets = place_rows(targets, rows)
        self.ignored = ignored_of(lost[0])
        self.__name__ = type(self).__name__

    def __deepcopy__(self, memo: dict[int, Any]) -> OfOutput:
        """It is only read."""
        return self

    def __call__(self, outputs: Any, targets: Any) -> Any:
        given = outputs if self._before is None else self._before(outputs)
        return self._function(given, targets.reshape(-1, *self._shape[1:]) if self._shape else targets)


def read_lost(kit: Kit, output: Any, lost: list[Lost]) -> OfOutput | None:
    """The one loss of the framework that was given an output, as it is or changed; None where there is none, or more than one."""
    found = []
    for one in lost:
        given, targets = one[1][0], kit.array(one[1][1])
        replayed = None if given is output else kit.replay_several(given, [output])
        told = given is output or (replayed is not None and not replayed[1])
        if told and targets is not None:
            rows = len(output) if output.ndim else 0
            found.append(OfOutput(one, replayed[0] if replayed is not None else None, np.array(targets), rows))
    return found[0] if len(found) == 1 else None


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
        # What stands beside the rows, such as weights, comes after the targets.
        return outer[0](*(made[k][0](given[k], given[count + k]) for k in range(count)), *given[2 * count :])

    return joined, [*targets, *outer[1]]


def negate(loss: Any) -> Any:
    """A loss with the other sign."""
    return lambda outputs, targets: -loss(outputs, targets)
