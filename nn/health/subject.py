"""`Subject`: what a diagnosis is asked about: a network, its rows, and how the user trains it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nn.health.experiments.fresh_weights import draw_weights
from nn.health.experiments.trial import Rows, Trial
from nn.health.frameworks.network import Network
from nn.health.multi_input import tabulate_inputs
from nn.health.multi_output import find_columns_of_kinds, find_joined_loss, make_joint_judge
from nn.health.pairs import make_pair_judge
from nn.health.scores import LOSSES, Judge, make_judge, name_of
from nn.health.untold import find_mark

# From so many rows on some are held back to judge by, and how many at most.
MIN_ROWS_TO_HOLD, HELD_SHARE, MAX_HELD = 24, 0.25, 400
# Rows that one pass looks at.
SOME = 64
# Of few rows a larger share, up to so many.
SHARE_OF_FEW, FEW = 0.4, 100
# Values of a column that are no amounts between which others may lie.
FEW_VALUES = 3


@dataclass
class Subject:
    """What is examined; none of it is ever changed.

    Attributes
    ----------
    network : Network
        As the user has it.
    rows : Rows
        Of the user's training part those that experiments train on, and those that they are judged by.
    validation : (x, y) or None
        The user's own.
    batch_size, shuffle, scheduler
        As the user trains.
    steps : int
        How many steps the user means to take.
    """

    network: Network
    x: np.ndarray
    y: np.ndarray
    validation: tuple[np.ndarray, np.ndarray] | None
    batch_size: int
    shuffle: bool
    scheduler: Any
    steps: int
    seed: int
    rows: Rows = field(init=False)
    judge: Judge = field(init=False)

    def __post_init__(self) -> None:
        if self.validation is None and is_whole_table(self.x):
            # Of the others nobody says anything that is held back: it is to be learned by heart.
            self.rows = Rows(self.x, self.y, self.x, self.y)
        else:
            self.rows = split_rows(self.x, self.y, self.seed, self.shuffle)
        some = self.network.copy().answer(self.x[:64])
        joined = find_joined_loss(self.network.loss)
        if joined is not None and joined.is_of_pairs:
            fresh = self.network.copy()
            draw_weights(fresh, self.seed)
            x, y = self.rows.held_x, self.rows.held_y
            self.judge = make_pair_judge(fresh.answer(x), y, joined, self.loss_of, self.batch_size)
        elif joined is not None:
            self.judge = make_joint_judge(some, self.y, joined, self.loss_of)
        else:
            kinds = find_columns_of_kinds(some, self.y, self.network.loss)
            if kinds is not None:
                self.judge = make_joint_judge(some, self.y, kinds, self.loss_of)
            if kinds is None or self.judge.kind == "own":
                self.judge = make_judge(some, self.y, self.network.loss, self.loss_of, self._find_mark())

    def _find_mark(self) -> float | None:
        if name_of(self.network.loss) in LOSSES:
            return None
        # Rows with targets that are no numbers are among those that are asked.
        told = np.isfinite(self.y.reshape(len(self.y), -1)).all(axis=1)
        some = np.argsort(told, kind="stable")[: SOME // 2]
        some = np.unique(np.concatenate([some, np.arange(min(SOME // 2, len(self.y)))]))
        return find_mark(self.network.copy().answer(self.x[some]), self.y[some], self.loss_of)

    def loss_of(self, outputs: np.ndarray, y: np.ndarray) -> float:
        """The user's loss of arrays."""
        return self.network.value_and_gradient(np.asarray(outputs), y)[0]

    @property
    def holds_rows(self) -> bool:
        """Whether rows are held back."""
        return self.rows.held_x is not self.rows.x

    def trial(
        self, name: str = "as it is", told: str = "as it is", seed: int | None = None, rows: Rows | None = None
    ) -> Trial:
        """A trial of a copy, with nothing changed yet, or of other rows."""
        return Trial(
            name,
            told,
            self.network.copy(),
            rows or Rows(self.rows.x, self.rows.y, self.rows.held_x, self.rows.held_y),
            self.judge,
            self.batch_size,
            self.shuffle,
            self.seed if seed is None else seed,
            self.scheduler,
            len(self.x),
        )

    def epoch_steps(self) -> int:
        """Steps of an epoch over the rows of the experiments."""
        return math.ceil(len(self.rows.x) / self.batch_size)


def split_rows(x: np.ndarray, y: np.ndarray, seed: int, shuffle: bool) -> Rows:
    """Rows to train on and rows to judge by, in the user's order where that is how he trains."""
    count = len(x)
    if count < MIN_ROWS_TO_HOLD:
        return Rows(x, y, x, y)
    order = np.random.default_rng(seed + 17).permutation(count)
    held = order[: min(MAX_HELD, max(int(HELD_SHARE * count), min(int(SHARE_OF_FEW * count), FEW)))]
    rest = order[len(held) :] if shuffle else np.sort(order[len(held) :])
    return Rows(x[rest], y[rest], x[held], y[held])


def is_whole_table(x: np.ndarray) -> bool:
    """Whether rows are all settings of some columns that there are, each once, such as those of switches: there are no others to answer.

    Examples
    --------
    >>> switches = (np.arange(8)[:, None] >> np.arange(3)) & 1
    >>> is_whole_table(switches), is_whole_table(switches[1:]), is_whole_table(np.arange(8.0)[:, None])
    (True, False, False)
    """
    rows = tabulate_inputs(x)
    values = [len(np.unique(column)) for column in rows.T]
    few = x.dtype.kind in "iub" or max(values, default=0) <= FEW_VALUES
    several = sum(count > 1 for count in values) > 1
    return few and several and math.prod(values) == len(rows) == len(np.unique(rows, axis=0))
