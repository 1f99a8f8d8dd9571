"""What a step gives, and what an epoch adds up of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nn.training.batches import Batch
from nn.training.tally import Tally


@dataclass(slots=True)
class StepResult:
    """The batches, outputs and losses that the gradients of a step were computed from.

    Attributes
    ----------
    outputs : list
        What the model gave for each batch; None where no metric needs it.
    losses : list of float
        The loss of each batch.
    penalty : float
        The value of the penalty; 0 where there is none.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
    >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))
    >>> class Watched(nn.Trainer):
    ...     def compute_gradients(self, *args):
    ...         result = super().compute_gradients(*args)
    ...         print(len(result.losses), result.penalty)
    ...         return result
    >>> _ = nn.fit(model, (x, x**2), epochs=1, trainer=Watched, progress=False)
    1 0.0
    """

    outputs: list[Any]
    losses: list[float]
    penalty: float = 0.0


@dataclass
class EpochState:
    """What an epoch has added up so far.

    Attributes
    ----------
    tally : Tally
        The losses, and what metrics are computed of.
    order : list
        Where the generators of the data stood when the epoch began, since its order was drawn then.
    lr : float
        The learning rate of the latest step.
    penalties, seconds : float
        The penalty of each row, summed; how long the epoch has taken.
    """

    tally: Tally
    order: list[Any]
    lr: float
    penalties: float = 0.0
    seconds: float = 0.0

    def add(self, group: Sequence[Batch], result: StepResult) -> None:
        """Count in the batches of a step."""
        for (_, targets), outputs, loss in zip(group, result.outputs, result.losses, strict=True):
            self.tally.add(outputs, targets, loss)
            self.penalties += result.penalty * len(targets)
