"""Reads what a script makes of the outputs of a model as one loss, where these, or what they are compared with, are several."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.health.loop.kit import Kit
from nn.health.multi_output import JoinedLoss, Layout, match_in_order, match_targets
from nn.health.pairs import answer_alike, is_the_same_turned
from nn.health.scores import name_of

# Outputs that are tried with all targets, to see which are whose.
MOST_MATCHED = 8
# A loss of the framework that was called: the function, what it was given, and what it gave.
Lost = tuple[Any, tuple[Any, ...], Any]


def read_joined(
    kit: Kit, known: Any, loss: Any, outputs: list[Any], lost: list[Lost], are_pairs: bool = False
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
    are_pairs : bool
        Whether a network gave several of the outputs, which may then be compared with each other.
    """
    each = _read_each(kit, loss, outputs, lost)
    read = each or kit.replay_several(loss, outputs)
    if read is None or len(outputs) + len(read[1]) < 2:
        return None, None
    function, targets = read if read[1] else _stand_in(read[0], kit.value(outputs[0]))
    many = each is None and len(outputs) > MOST_MATCHED
    if known is None and many and len(targets) != len(outputs):
        return None, None
    if known is None:
        values = [np.array(kit.value(part)) for part in outputs]

        def value(given: list[np.ndarray], asked: list[np.ndarray]) -> float:
            return kit.number(function(*map(kit.as_constant, [*given, *asked])))

        asked: list[int | None] | None = [*range(len(outputs))]
        in_order = True
        if many:
            if (asked := match_in_order(value, values, targets)) is None:
                return None, None
        elif each is None:
            asked = match_targets(value, values, targets) if read[1] else None
        if asked is None:
            # Outputs that are compared with each other have no targets of their own.
            mine, alike = (value(answers, targets) for answers in (values, answer_alike(values)))
            in_order = not is_the_same_turned(value, values, targets)
            if (in_order and read[1] and not are_pairs) or not (mine >= 0.0 and 0.0 < alike < np.inf):
                return None, None
            asked = [None] * len(outputs)
        named = [_name_of_loss(kit, part, lost) for part in outputs]
        known = JoinedLoss(function, Layout(values), Layout(targets), asked, named, in_order)
    if not isinstance(known, JoinedLoss) or len(targets) != len(known.targets.shapes):
        return None, None
    return known, known.targets.join(targets)


def _stand_in(function: Any, output: np.ndarray) -> tuple[Any, list[np.ndarray]]:
    """A loss that compares outputs with each other alone, as of pairs, with zeros where others have targets."""

    def alone(*given: Any) -> Any:
        return function(*given[:-1])

    return alone, [np.zeros(len(output), np.float32)]


def _name_of_loss(kit: Kit, output: Any, lost: list[Lost]) -> str:
    """The name of the loss that was given an output as it is, but for its shape; empty where it was given to none."""
    numbers = np.ravel(kit.value(output))
    given = (one for one in lost if np.array_equal(np.ravel(kit.value(one[1][0])), numbers, equal_nan=True))
    return next((name_of(one[0]) for one in given), "")


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
