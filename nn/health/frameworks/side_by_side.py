"""`SideBySide`: several optimizers of one model, which take their steps together, as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class SideBySide:
    """Optimizers of different kinds, each over its own parameters, with their groups one after the other.

    Parameters
    ----------
    parts : sequence of Optimizer
        Of one framework.

    Examples
    --------
    >>> import nn, optim
    >>> a, b = nn.Linear(1, 1, rng=0), nn.Linear(1, 1, rng=1)
    >>> both = SideBySide([optim.SGD(a.parameters(), lr=0.1), optim.Adam(b.parameters(), lr=0.01)])
    >>> [group["lr"] for group in both.param_groups]
    [0.1, 0.01]
    """

    def __init__(self, parts: Sequence[Any]) -> None:
        self.parts = list(parts)

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """Those of all of them."""
        return [group for part in self.parts for group in part.param_groups]

    def add_param_group(self, group: dict[str, Any]) -> None:
        """More parameters for the first one."""
        self.parts[0].add_param_group(group)

    def step(self) -> None:
        """A step of each."""
        for part in self.parts:
            part.step()
