"""`Finding`: one thing that is wrong with a training run, why it is believed, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nn.health.place import Place

# From the gravest; what causes others comes before them, so that the first finding is the one to begin with.
DISEASES = (
    "foreign parameters",
    "missing gradients",
    "gradients not zeroed",
    "identical units",
    "inputs not normalised",
    "learning rate too high",
    "not finite",
    "double softmax",
    "exploding gradients",
    "saturation",
    "vanishing gradients",
    "dead units",
    "learning rate too low",
    "targets unrelated to inputs",
    "frozen parameters",
)


@dataclass(frozen=True)
class Finding:
    """A diagnosis.

    Attributes
    ----------
    disease : str
        One of `DISEASES`.
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

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.ones((8, 2), np.float32)
    >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Linear(3, 2, rng=1), nn.Softmax())
    >>> report = nn.health.examine(model, x, np.arange(8) % 2, nn.CrossEntropyLoss())
    >>> finding = report.findings[0]
    >>> finding.disease, finding.path
    ('double softmax', '2')
    """

    disease: str
    path: str
    sentence: str
    fix: str
    evidence: Mapping[str, float]
    place: Place = field(default_factory=Place)

    @property
    def gravity(self) -> int:
        """0 for the gravest."""
        return DISEASES.index(self.disease)

    def __str__(self) -> str:
        where = f" in {self.path}" if self.path else ""
        return f"{self.disease}{where}: {self.sentence}"
