"""A script run again in a process of its own, with the rates of its optimizers replaced.

Where a loop does not show its model, rows and loss, this is what can be tried with it: the script itself runs, unchanged but for the
rate, and its losses are read at every backward pass.
"""

from __future__ import annotations

import itertools
import json
import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nn.health.finding import Finding

FACTORS = (1.0, 0.1, 0.01, 10.0, 100.0, 1000.0)
SMALLER = (1e-3, 1e-4)
# Shares of the first loss: below the one a run has learned, above the other it has not.
LEARNED, IDLE = 0.7, 0.9
LOST = 1.5
# How many times lower a loss must fall with each rate that is ten times as large, for it to have no lower bound.
LOWER = 4.0
# How often a loss goes from above 0 to below it, or back, that comes down once.
MOST_CROSSINGS = 2


@dataclass(frozen=True)
class Rerun:
    """The losses of the script's first passes, with every rate multiplied by a factor."""

    factor: float
    losses: tuple[float, ...]

    @property
    def left(self) -> float:
        """What is left of the first loss in the end, in the median of the last passes; infinite where it was lost."""
        if len(self.losses) < 2:
            return math.inf
        last = np.array(self.losses[-max(2, len(self.losses) // 5) :])
        first = abs(self.losses[0]) or 1.0
        if not np.isfinite(last).all() or float(np.median(last)) > LOST * first:
            return math.inf
        return float(np.median(last)) / first

    def __str__(self) -> str:
        end = "the loss is lost" if math.isinf(self.left) else f"{self.left:.0%} of the first loss is left"
        return f"with the rate × {self.factor:g}: {end}"


def try_rates(
    path: Path, steps: int, seconds: float, factors: Sequence[float] = FACTORS, arguments: Sequence[str] = ()
) -> list[Rerun]:
    """Run a script in a child process, again and again, with its own rate and with smaller and larger ones.

    Parameters
    ----------
    path : Path
    steps : int
        Backward passes of each run.
    seconds : float
        After which the child is ended; what it told until then counts.
    factors : sequence of float
        Of every rate of the script's optimizers.
    arguments : sequence of str
        What the script is given.

    Returns
    -------
    list of Rerun
    """
    command = [
        sys.executable,
        "-m",
        "nn.health.loop.child",
        str(path),
        str(steps),
        *map(repr, factors),
        "--",
        *arguments,
    ]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False).stdout  # noqa: S603 - our own module
    except subprocess.TimeoutExpired as late:
        told = late.stdout.decode(errors="replace") if isinstance(late.stdout, bytes) else late.stdout or ""
    found = []
    for line in told.splitlines():
        # What the script has printed past Python is no line of the child's.
        try:
            factor, losses = json.loads(line)
            made = tuple(math.nan if loss is None else float(loss) for loss in losses)
        except (TypeError, ValueError):
            continue
        found.append(Rerun(factor, made))
    return found


def crossings_of(losses: Sequence[float]) -> int:
    """How often numbers go from above 0 to below it, or back.

    Examples
    --------
    >>> crossings_of((0.3, -0.1, 0.0, 0.2, 0.1, -4.0))
    3
    """
    signs = [loss > 0.0 for loss in losses if loss]
    return sum(one is not other for one, other in itertools.pairwise(signs))


def judge_bounds(tried: list[Rerun]) -> Finding | None:
    """Whether the loss falls below 0, and the lower the larger the steps are, by as much: nothing holds it.

    Examples
    --------
    >>> runs = [Rerun(factor, (0.1, -factor, -2 * factor)) for factor in (1.0, 10.0, 100.0)]
    >>> judge_bounds(runs).cause
    'loss unbounded'
    >>> judge_bounds([Rerun(factor, (0.1, -1.0, -2.0)) for factor in (1.0, 10.0, 100.0)]) is None
    True
    """
    if not tried or not tried[0].losses:
        return None
    ends = {one.factor: float(np.median(one.losses[-max(2, len(one.losses) // 5) :])) for one in tried if one.losses}
    own, faster, fastest = (ends.get(factor, math.nan) for factor in (1.0, 10.0, 100.0))
    if not (own < -abs(tried[0].losses[0]) and faster < LOWER * own and fastest < LOWER * faster):
        return None
    return Finding(
        "loss unbounded",
        "",
        f"after {len(tried[0].losses)} passes the loss is {own:.3g}, with ten times the rate {faster:.3g}, and with a hundred times "
        f"{fastest:.3g}: it has no lower bound, and rewards ever larger outputs",
        "a loss that is 0 for perfect answers; of margins softplus or a hinge, of raw scores CrossEntropyLoss",
        {"loss": own, "faster": faster, "fastest": fastest},
    )


def judge_rates(tried: list[Rerun]) -> Finding | None:
    """Whether another rate heals what this one does not learn."""
    if not tried or not tried[0].losses:
        return None
    own = tried[0].left
    best = min(tried[1:], key=lambda one: one.left, default=None)
    if best is None or best.left > LEARNED or own < IDLE or best.left > LEARNED * own:
        return None
    cause = "learning rate too high" if best.factor < 1 else "learning rate too low"
    was = "lost" if math.isinf(own) else f"{own:.0%} of what it was"
    others = "; ".join(str(one) for one in tried[1:] if one is not best)
    return Finding(
        cause,
        "",
        f"after {len(best.losses)} passes the loss is {was}; {best}; {others}",
        f"multiply the learning rate by {best.factor:g}",
        {"factor": best.factor, "left": best.left},
        heals=(f"rate × {best.factor:g}",),
    )
