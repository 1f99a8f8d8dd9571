"""Rules by which a script moves its weights itself, and which divide each gradient by how large such gradients are: Adam and its kin.

They are read off what the weights do: the averages that such a rule keeps follow from the gradients alone, so that a move is a
multiple of what the rule makes of them, or is not that rule's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

# What the averages of gradients and of their squares keep at each step, as most have it, and what is added to a root.
FIRST, SECOND, SQUARES, EPS = 0.9, 0.999, (0.99, 0.9), 1e-8


class Rule(NamedTuple):
    """An optimizer by the name that `optim` and `torch.optim` have for it, and options beside the rate.

    Examples
    --------
    >>> dict(Rule("RMSprop", (("alpha", 0.9),)).options)
    {'alpha': 0.9}
    """

    name: str
    options: tuple[tuple[str, float], ...] = ()


class Averages:
    """What such rules have made of the gradients until now.

    Examples
    --------
    >>> averages = Averages()
    >>> averages.add(np.array([3.0, -4.0]))
    >>> [(rule.name, direction.round(2).tolist()) for rule, direction in averages.directions()][-1]
    ('Adagrad', [1.0, -1.0])
    """

    def __init__(self) -> None:
        self._count = 0
        self._latest = self._first = self._second = self._sum = np.zeros(1)
        self._squares = [np.zeros(1) for _ in SQUARES]

    def add(self, gradient: np.ndarray) -> None:
        """The gradient of one step more."""
        square = gradient**2
        self._count, self._latest, self._sum = self._count + 1, gradient, self._sum + square
        self._first = FIRST * self._first + (1.0 - FIRST) * gradient
        self._second = SECOND * self._second + (1.0 - SECOND) * square
        self._squares = [kept * r + (1.0 - kept) * square for kept, r in zip(SQUARES, self._squares, strict=True)]

    def directions(self) -> Iterator[tuple[Rule, np.ndarray]]:
        """What each rule multiplies by its rate, now."""
        first, second = self._first / (1.0 - FIRST**self._count), self._second / (1.0 - SECOND**self._count)
        yield Rule("Adam"), first / (np.sqrt(second) + EPS)
        # Without the correction of the averages' beginning, as some have it.
        yield Rule("Adam"), self._first / (np.sqrt(self._second) + EPS)
        for kept, square in zip(SQUARES, self._squares, strict=True):
            yield Rule("RMSprop", (("alpha", kept),)), self._latest / (np.sqrt(square) + EPS)
        yield Rule("Adagrad"), self._latest / (np.sqrt(self._sum) + EPS)
