"""What an eval's function prepares, and how often it is run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from autograd import compile as compile_
from autograd.compiler.budget import BUDGET

Given = dict[str, Any]


class Options:
    """How functions are compiled: tests, in which each runs twice, leave native code out, since that takes seconds to make.

    Not at all, where the benchmark measures them as they stand.
    """

    native = True
    compiled = True
    budget = BUDGET


def compile_once(function: Callable[..., Any], static: tuple[int, ...] = ()) -> Callable[..., Any]:
    """A compiled function, the same for all messages; `static` are the numbers of arguments that are no arrays."""
    return _compile_so(function, static, Options.native, Options.budget) if Options.compiled else function


@cache
def _compile_so(function: Callable[..., Any], static: tuple[int, ...], native: bool, budget: float) -> Any:
    return compile_(function, native=native, budget=budget, static_argnums=static)


@dataclass(frozen=True)
class Prepared:
    """A computation whose input has been read.

    Attributes
    ----------
    run : callable
        Without arguments; this is timed.
    tell : callable
        What it gave as JSON has it.
    """

    run: Callable[[], Any]
    tell: Callable[[Any], Any] = lambda out: np.asarray(out).tolist()


Prepare = Callable[[Given], Prepared]


def run_often(prepared: Prepared, given: Any) -> tuple[Any, list[int]]:
    """Run as often and as long as is asked for; what came of the last run, and the nanoseconds of each."""
    bounded = isinstance(given, dict)
    least, seconds = (given.get("min_runs", 1), given.get("min_seconds", 0.0)) if bounded else (1, 0.0)
    took: list[int] = []
    while len(took) < max(1, least) or sum(took) < 1e9 * seconds:
        begun = time.perf_counter_ns()
        out = prepared.run()
        took.append(time.perf_counter_ns() - begun)
    return prepared.tell(out), took
