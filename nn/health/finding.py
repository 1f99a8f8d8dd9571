"""`Finding`: one thing that is wrong with a training run, why it is believed, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nn.health.causes import CAUSES
from nn.health.place import Place


@dataclass(frozen=True)
class Finding:
    """A cause that was found.

    Attributes
    ----------
    cause : str
        One of `CAUSES`.
    path : str
        Of the module where it is worst; empty for the whole model, or code of its own outside modules.
    sentence : str
        What is the case, and the likely cause.
    fix : str
        What to do.
    evidence : mapping of str to float
        The numbers that it is concluded from.
    place : Place
        The operation, and the source line.
    certain : bool
        Whether it was seen as such; otherwise it is concluded from experiments.
    heals : tuple of str
        The names of the experiments that mended it.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.ones((8, 2), np.float32)
    >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Linear(3, 2, rng=1), nn.Softmax())
    >>> report = nn.health.examine(model, x, np.arange(8) % 2, nn.CrossEntropyLoss())
    >>> finding = report.findings[0]
    >>> finding.cause, finding.path
    ('double softmax', '2')
    """

    cause: str
    path: str
    sentence: str
    fix: str
    evidence: Mapping[str, float] = field(default_factory=dict)
    place: Place = field(default_factory=Place)
    certain: bool = True
    heals: tuple[str, ...] = ()

    @property
    def gravity(self) -> int:
        """0 for the gravest."""
        return tuple(CAUSES).index(self.cause)

    def __str__(self) -> str:
        where = f" in {self.path}" if self.path else ""
        return f"{self.cause}{where}: {self.sentence}"


def join_names(names: Sequence[str], most: int = 4) -> str:
    """The first names of a list, and how many more there are, for a sentence."""
    told = ", ".join(names[:most])
    return f"{told} and {len(names) - most} more" if len(names) > most else told
