"""`Trial`: a copy of the network that is trained for some steps, with its curve and its scores."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from inspect import signature
from typing import Any

import numpy as np

from nn.health.frameworks.network import Network
from nn.health.guess import Link
from nn.health.measure import StepMeasure
from nn.health.scores import Judge

# Rows that are looked at to tell how good the answers are.
MAX_JUDGED = 400
# A loss so many times the first one is not coming back.
LOST = 1e6


def advance(schedule: Any, loss: float) -> bool:
    """An epoch of a schedule is over; one that waits for a plateau is told the loss. Whether it goes on, or has come to its end.

    Examples
    --------
    >>> import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(2, 1, rng=0).parameters(), lr=1.0)
    >>> schedule = optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
    >>> for loss in (0.5, 0.5):
    ...     _ = advance(schedule, loss)
    >>> optimizer.param_groups[0]["lr"]
    0.1
    >>> one_cycle = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=2)
    >>> [advance(one_cycle, loss) for loss in (0.5, 0.4, 0.3)]
    [True, True, False]
    """
    try:
        schedule.step(loss) if "metrics" in signature(schedule.step).parameters else schedule.step()
    except ValueError:
        # It was made for so many steps, and a longer run keeps the rate that it ends with.
        return False
    return True


@dataclass(frozen=True)
class Point:
    """Where a trial was after some steps: its scores on the rows it trains on, and on rows held back, and how sure that is.

    `z` is by how many standard errors the answers for the held rows are better than a constant answer's, or go with their targets
    more than with permuted ones; `balanced` the score of held rows with each class counting the same.
    """

    step: int
    trained: float
    held: float
    z: float
    balanced: float = math.nan


@dataclass
class Rows:
    """Inputs and targets, and rows that are held back to judge by; both may be the same where there are few."""

    x: np.ndarray
    y: np.ndarray
    held_x: np.ndarray
    held_y: np.ndarray


@dataclass
class Trial:
    """An experiment: how the network trains with one thing changed.

    Attributes
    ----------
    name : str
        What was changed; "as it is" for nothing.
    told : str
        The same within a sentence.
    network : Network
        A copy that this trial may train.
    rows : Rows
    losses : list of float
        Of every step, by the loss that is trained.
    points : list of Point
        The scores along the way.
    seconds : float
        What it took.
    """

    name: str
    told: str
    network: Network
    rows: Rows
    judge: Judge
    batch_size: int
    shuffle: bool
    seed: int
    scheduler: Any = None
    # How many rows the user's epoch goes over, which a schedule counts by: more than the trial has, where some are held back.
    of_rows: int = 0
    link: Link | None = None
    # From outputs to the scale of the targets, where these were scaled.
    unscale: Callable[[np.ndarray], np.ndarray] | None = None
    # A number for each row, which is the same for all rows of a batch; None where any may stand together.
    alike: np.ndarray | None = None
    losses: list[float] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    measures: list[StepMeasure] = field(default_factory=list)
    seconds: float = 0.0
    broken: str = ""
    lost: bool = False
    _order: Iterator[np.ndarray] | None = None

    @property
    def steps(self) -> int:
        """How many it took."""
        return len(self.losses)

    @property
    def score(self) -> float:
        """On held rows, at the end: 1 for nothing learned, 0 for all."""
        return self.points[-1].held if self.points else math.inf

    @property
    def outcome(self) -> str:
        """The score in words."""
        return "lost" if self.lost else f"{self.score:.3g}"

    @property
    def best(self) -> Point:
        """Where it was best on the held rows."""
        return min(self.points, key=lambda point: point.held, default=Point(0, math.inf, math.inf, -math.inf))

    @property
    def best_balanced(self) -> float:
        """The least error with each class counting the same."""
        return min((p.balanced for p in self.points if math.isfinite(p.balanced)), default=math.inf)

    def train(self, until: int, seconds: float = math.inf, points: int = 3, measure_every: int = 0) -> None:
        """Go on to a number of steps, or until the time is over."""
        begun, until_time = time.perf_counter(), time.perf_counter() + seconds
        marks = set(np.linspace(self.steps, until, points + 1)[1:].astype(int).tolist())
        if self._order is None:
            self._order = self._batches()
        try:
            if not self.points:
                self._judge()
            while self.steps < until and not self.lost and time.perf_counter() < until_time:
                some = next(self._order)
                x, y = self.rows.x[some], self.rows.y[some]
                if measure_every and (self.steps % measure_every == 0 or self.steps < 3):
                    measured = self.network.measure(x, y, self.steps + 1)
                    self.measures.append(measured)
                    self.losses.append(measured.loss)
                else:
                    self.losses.append(self.network.step(x, y))
                if not math.isfinite(self.losses[-1]) or abs(self.losses[-1]) > LOST * max(abs(self.losses[0]), 1.0):
                    self.lost = True
                if self.steps in marks:
                    self._judge()
            if self.points[-1].step != self.steps:
                self._judge()
        except (ArithmeticError, TypeError, ValueError, RuntimeError, IndexError, AttributeError, KeyError) as error:
            self.broken, self.lost = f"{type(error).__name__}: {error}", True
            self.points.append(Point(self.steps, math.inf, math.inf, -math.inf))
        self.seconds += time.perf_counter() - begun

    def _batches(self) -> Iterator[np.ndarray]:
        rng = np.random.default_rng(self.seed)
        schedule = self.scheduler(self.network.optimizer) if self.scheduler is not None else None
        count = len(self.rows.x)
        epoch = math.ceil(max(count, self.of_rows) / self.batch_size)
        taken = 0
        while True:
            order = rng.permutation(count) if self.shuffle else np.arange(count)
            for some in self._cut(order, rng):
                yield some
                taken += 1
                if (
                    schedule is not None
                    and taken % epoch == 0
                    and not advance(schedule, float(np.mean(self.losses[-epoch:])))
                ):
                    schedule = None

    def _cut(self, order: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
        """The batches of an epoch."""
        kinds = [order] if self.alike is None else [order[self.alike[order] == k] for k in np.unique(self.alike)]
        batches = [
            rows[start : start + self.batch_size] for rows in kinds for start in range(0, len(rows), self.batch_size)
        ]
        return batches if self.alike is None else [batches[k] for k in rng.permutation(len(batches))]

    def answers(self, x: np.ndarray) -> np.ndarray:
        """What it answers now, on the scale of the targets."""
        outputs = self.network.answer(x)
        return self.unscale(outputs) if self.unscale is not None else outputs

    def _judge(self) -> None:
        if self.lost:
            self.points.append(Point(self.steps, math.inf, math.inf, -math.inf))
            return
        rows = self.rows
        targets = rows.y if self.unscale is None else self.unscale(rows.y)
        trained = self.judge.relative(self.answers(rows.x[:MAX_JUDGED]), targets[:MAX_JUDGED], self.link)
        outputs, asked = self.answers(rows.held_x[:MAX_JUDGED]), rows.held_y[:MAX_JUDGED]
        with np.errstate(all="ignore"):
            mine, constant = self.judge.rows(outputs, asked, self.link)
            better = constant - mine
            spread = better.std() / math.sqrt(len(better))
            z = float(better.mean() / spread) if spread > 0.0 else 0.0
            # Errors with long tails hide what permuted targets show.
            z = max(z, self.judge.relation(outputs, asked, self.link)) if z > 0.0 else z
        held = self.judge.relative(outputs, asked, self.link)
        balanced = self.judge.balanced(outputs, asked, self.link)
        self.points.append(Point(self.steps, trained, held, z if math.isfinite(z) else -math.inf, balanced))
