"""Timing several contestants side by side: interleaved, the collector emptied in between, medians with their spread."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """The seconds of one contestant's rounds, each round beside the others' of the same number."""

    name: str
    seconds: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def ratio(self, other: Times) -> tuple[float, float, float]:
        """This over the other, round by round: median, lower and upper quartile."""
        ratios = [mine / theirs for mine, theirs in zip(self.seconds, other.seconds, strict=True)]
        low, middle, high = statistics.quantiles(ratios, n=4)
        return middle, low, high


def timer(run: Callable[[], object]) -> Callable[[int], float]:
    """A contestant in this process: told how often to run, it tells the seconds a run.

    The calls of a turn follow each other as the steps of a training loop do, with the collector on, so that everybody
    pays for freeing its own graphs; before each turn it is emptied, so that nobody pays for another's.
    """

    def seconds(repeat: int) -> float:
        gc.collect()
        start = time.perf_counter()
        for _ in range(repeat):
            run()
        return (time.perf_counter() - start) / repeat

    return seconds


def time_in_turns(timers: dict[str, Callable[[int], float]], rounds: int, turn: float = 0.02) -> dict[str, Times]:
    """Let every contestant run, in turn, as often as fits into `turn` seconds, after one round that is not counted."""
    # The collector would look, at everybody's expense, at all that the peers have imported.
    gc.collect()
    gc.freeze()
    try:
        for seconds_of in timers.values():
            seconds_of(1)  # which compiles and fills caches, and tells nothing of how long a run takes
        gc.freeze()
        repeats = {name: max(1, math.ceil(turn / seconds_of(1))) for name, seconds_of in timers.items()}
        seconds: dict[str, list[float]] = {name: [] for name in timers}
        for number in range(rounds + 1):
            for name, seconds_of in timers.items():
                elapsed = seconds_of(repeats[name])
                if number:
                    seconds[name].append(elapsed)
    finally:
        gc.unfreeze()
    return {name: Times(name, values) for name, values in seconds.items()}


def time_interleaved(contestants: dict[str, Callable[[], object]], rounds: int, turn: float = 0.02) -> dict[str, Times]:
    """`time_in_turns` of functions of this process."""
    return time_in_turns({name: timer(run) for name, run in contestants.items()}, rounds, turn)
