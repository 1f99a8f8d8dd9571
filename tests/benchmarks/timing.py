"""Timing several contestants side by side: interleaved, the collector emptied in between, medians with their spread."""

from __future__ import annotations

import gc
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


def interleaved(contestants: dict[str, Callable[[], object]], rounds: int, repeat: int = 1) -> dict[str, Times]:
    """Run every contestant `repeat` times a round, in turn, after one round that is not counted.

    The calls of a turn follow each other as the steps of a training loop do, with the collector on, so that everybody
    pays for freeing its own graphs; before each turn it is emptied, so that nobody pays for another's.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, run in contestants.items():
            gc.collect()
            start = time.perf_counter()
            for _ in range(repeat):
                run()
            elapsed = (time.perf_counter() - start) / repeat
            if number:
                seconds[name].append(elapsed)
    return {name: Times(name, values) for name, values in seconds.items()}
