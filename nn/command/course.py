"""`Course`: the training of one optimizer, beside which others are put."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Course:
    """The training of one optimizer.

    Attributes
    ----------
    name : str
    lr : float
    losses, judged : list of float
        Of each epoch, of the rows trained on and of those held out.
    scores : list of float
        The accuracy, or of numbers R², of the rows held out.
    """

    name: str
    lr: float
    losses: list[float]
    judged: list[float]
    scores: list[float]

    @property
    def best(self) -> int:
        """The number of the epoch with the smallest loss of the rows held out, from 1; 0 where there is none."""
        return int(np.argmin(self.judged)) + 1 if self.judged else 0
