"""A script run again in a process of its own, with its optimizer's rate replaced: `python -m nn.health.loop.rerun FILE 0.1 200`.

Where a loop does not show its model, rows and loss, this is what can be tried with it: the script itself runs, unchanged but for the
rate, and its losses are read at every backward pass.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nn.health.finding import Finding

FACTORS = (1.0, 0.1, 0.01, 10.0, 100.0, 1000.0)
# Shares of the first loss: below the one a run has learned, above the other it has not.
LEARNED, IDLE = 0.7, 0.9
LOST = 1.5


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


def rerun(path: Path, factor: float, steps: int, seconds: float) -> Rerun:
    """Run a script in a child process for some passes.

    Parameters
    ----------
    path : Path
    factor : float
        Of every rate of its optimizers.
    steps : int
    seconds : float
        After which it is ended.

    Returns
    -------
    Rerun
        Without losses where the script failed.
    """
    command = [sys.executable, "-m", "nn.health.loop.rerun", str(path), repr(factor), str(steps)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)  # noqa: S603 - our own module, and the file that was asked for
        told = done.stdout.strip().splitlines()
        losses = json.loads(told[-1]) if told else []
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        losses = []
    return Rerun(factor, tuple(math.nan if loss is None else float(loss) for loss in losses))


def try_rates(path: Path, steps: int, seconds: float) -> list[Rerun]:
    """The script with its own rate, and with smaller and larger ones, as far as the time goes."""
    end = time.monotonic() + seconds
    found: list[Rerun] = []
    for factor in FACTORS:
        left = end - time.monotonic()
        if left < 1.0:
            break
        found.append(rerun(path, factor, steps, left))
    return found


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


def _losses_of(path: Path, factor: float, steps: int) -> list[Any]:
    """In the child: run the script, and keep the loss of each pass."""
    from nn.health.loop.script import run_watched

    losses: list[float] = []

    def made(optimizer: Any) -> None:
        for group in optimizer.param_groups:
            if "lr" in group:
                group["lr"] = float(group["lr"]) * factor

    run_watched(path, steps, made, losses.append)
    return [loss if math.isfinite(loss) else None for loss in losses]


if __name__ == "__main__":
    print(json.dumps(_losses_of(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))))
