"""A loss that weighs what was drawn by what it earned, as a policy's is: what it asks for is made by the model itself."""

from __future__ import annotations

import numpy as np

from autograd.graph.sites import Site
from nn.health.finding import Finding
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Seen
from nn.health.loop.rule import make_finding
from nn.health.multi_output import find_joined_loss, give_answers
from nn.health.subject import SOME

# How far off a multiple a loss may lie, as a share of it.
NEAR = 1e-3


class Rewards:
    """A loss that is a multiple of numbers of both signs that stand beside what is asked: it may draw away from it as well.

    Rows of so many passes are no data then: with other weights others would have been drawn.

    Parameters
    ----------
    kit : Kit
    seen : Seen

    Attributes
    ----------
    place : int or None
        Of these numbers among what stands beside the rows; None where the loss is no such one.
    """

    def __init__(self, kit: Kit, seen: Seen) -> None:
        self._kit, self._seen, self.place = kit, seen, None
        joined = find_joined_loss(seen.loss)
        if joined is None or joined.is_of_pairs or seen.inputs is None or seen.targets is None:
            return
        x, y = np.asarray(seen.inputs[:SOME]), np.asarray(seen.targets[:SOME])
        self._layout, self._parts = joined.targets, joined.targets.split(y)
        answers = kit.answer(seen.model, seen.apply, x)
        self._shape, self._type = answers.shape, answers.dtype
        self.place = next((k for k, part in enumerate(self._parts) if self._multiplies(answers, k, part)), None)

    def _multiplies(self, answers: np.ndarray, k: int, part: np.ndarray) -> bool:
        if part.dtype.kind != "f" or part.size != len(part) or not part.min() < 0.0 < part.max():
            return False
        once = self._value(answers, k, part)
        bound = NEAR * abs(once)
        return bool(
            once
            and abs(self._value(answers, k, -part) + once) < bound
            and abs(self._value(answers, k, 2.0 * part) - 2.0 * once) < bound
        )

    def _value(self, answers: np.ndarray, k: int, part: np.ndarray) -> float:
        told = self._layout.join([part if k == place else other for place, other in enumerate(self._parts)])
        return self._kit.number(self._seen.loss(self._kit.as_constant(answers), self._kit.as_input(told)))

    def find_turned(self, line: Site | None) -> Finding | None:
        """Where all that was drawn has earned as much, what is likely to be drawn again must cost less than what is not."""
        if self.place is None:
            return None
        alike = np.ones_like(self._parts[self.place])
        for k, part in enumerate(self._parts):
            # What was drawn is a number of a class, or a one at its place.
            if k == self.place or not (part.dtype.kind in "iu" or np.isin(part, (0, 1)).all()):
                continue
            costs = [
                tuple(self._value(a, self.place, alike) for a in (answers, -answers))
                for answers in give_answers(np.zeros(self._shape, self._type), part)
            ]
            if costs and all(same > other + NEAR * abs(other) for same, other in costs):
                same, other = costs[0]
                return make_finding(
                    "loss maximised",
                    f"where all that was drawn earns 1, the loss is {same:.3g} for answers that would draw it again, and {other:.3g} "
                    "for those that would not: what earns more is drawn less",
                    "turn its sign round: -(log_prob * reward).mean()",
                    line,
                    again=same,
                    others=other,
                )
        return None
