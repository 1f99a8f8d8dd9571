"""When machine code pays: what it takes to make it is estimated, and where that is long, NumPy runs in the meantime.

Whoever rents until the rent has cost as much as buying, and buys then, pays at most twice what was best. So NumPy runs a
program until its runs have taken as long as numba will. They are counted, not timed: what is computed when does not
depend on what else the machine does.
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, TextIO, TypeVar

import numpy as np

from autograd import cache
from autograd._version import __version__
from autograd.compiler.errors import CompileError
from autograd.compiler.flat import Flat
from autograd.compiler.loops import is_native
from autograd.compiler.replay import Plan

T = TypeVar("T")

# Takes a line back from a terminal.
CLEAR = "\r\x1b[K"

# Seconds that a first call may wait for machine code, and from how many on a terminal is told.
BUDGET, TOLD = 3.0, 2.0
# Seconds that any call may wait until a program is written, and the share of a budget.
MOMENT, MOMENT_SHARE = 0.1, 0.05
# Seconds that numba takes to start, for a function, for each loop in it and for each line, and NumPy for a call and for each
# element (measured on two busy cores of 2.1 GHz; others keep the proportions).
START, FUNCTION, LOOP, LINE, CALL, ELEMENT = 1.0, 0.045, 0.055, 0.0045, 1e-6, 1e-9
# Seconds that it takes to write an operation down, for NumPy and for loops, and to run one that is not written down.
WRITE, WRITE_LOOPS, INTERPRET = 1e-4, 1.6e-4, 2e-6


def check_budget(budget: Any) -> float:
    """A budget in seconds.

    Raises
    ------
    CompileError
        For what is no such number.

    Examples
    --------
    >>> check_budget(10)
    10.0
    """
    if isinstance(budget, bool) or not isinstance(budget, (int, float, np.integer, np.floating)) or not budget >= 0:
        raise CompileError(
            f"budget is how many seconds a first call may wait for machine code, math.inf for any time, not {budget!r}"
        )
    return float(budget)


def seconds(loops: str) -> float:
    """About how long numba takes for the loops of a program.

    Examples
    --------
    >>> seconds("")
    0.0
    """
    if not loops:
        return 0.0
    each = sum(line.lstrip().startswith("for ") for line in loops.splitlines())
    return START + FUNCTION * loops.count("@loop") + LOOP * each + LINE * loops.count("\n")


def runs(flat: Flat, duration: float) -> int:
    """How often NumPy does in this time what the loops of a program would do."""
    sizes = [math.prod(instruction.out.shape) for instruction in flat.instructions if is_native(instruction)]
    return math.ceil(duration / (CALL * len(sizes) + ELEMENT * sum(sizes)))


def moment(budget: float) -> float:
    """Seconds that a first call may wait until the program is written: a small part of the budget.

    Examples
    --------
    >>> moment(0.0), moment(10.0)
    (0.1, 0.5)
    """
    return max(MOMENT, MOMENT_SHARE * budget)


def seconds_to_write(flat: Flat, native: bool) -> float:
    """About how long it takes to write a program down, with loops of machine code or without."""
    return (WRITE_LOOPS if native else WRITE) * len(flat.instructions)


def runs_unwritten(flat: Flat, duration: float) -> int:
    """How often a program runs in this time that is not written down."""
    sizes = [math.prod(instruction.out.shape) for instruction in flat.instructions]
    return math.ceil(duration / (INTERPRET * len(sizes) + ELEMENT * sum(sizes)))


@contextmanager
def tell_of_writing(flat: Flat, native: bool, stream: TextIO) -> Iterator[None]:
    """Say on a terminal, where it takes long, that a program is written down."""
    told = seconds_to_write(flat, native) > TOLD and stream.isatty()
    if told:
        _say(stream, f"\rstepgrad: a program of {len(flat.instructions):,} operations is written …")
    try:
        yield
    finally:
        if told:
            _say(stream, CLEAR)


def is_made(loops: str) -> bool:
    """Whether an earlier process has made machine code of all these loops, which is read in no time."""
    return cache.read(_name(loops)) is not None


def note_made(loops: str) -> None:
    """Let later processes know that machine code of all these loops is kept."""
    cache.write(_name(loops), b"")


def _name(loops: str) -> str:
    versions = __version__, version("numba"), version("llvmlite"), np.__version__, sys.version
    return f"loops-{hashlib.sha256(repr((versions, loops)).encode()).hexdigest()[:40]}.made"


def tell(scope: dict[str, Any], loops: str, stream: TextIO) -> None:
    """Let each loop in the scope of a program say on a terminal, at its first call, how many are made and how many are not."""
    if not stream.isatty():
        return
    names = [line[4 : line.index("(")] for line in loops.splitlines() if line.startswith("def ")]
    waiting = set(names)

    def announce(name: str, make: Callable[[], T]) -> T:
        if name not in waiting:
            return make()
        waiting.remove(name)
        _say(stream, f"\rstepgrad: machine code for loop {len(names) - len(waiting)} of {len(names)} …")
        result = make()
        if not waiting:
            _say(stream, CLEAR)
        return result

    def announced(name: str, loop: Callable[..., Any]) -> Callable[..., Any]:
        def first(*args: Any) -> Any:
            scope[name] = loop
            return announce(name, lambda: loop(*args))

        return first

    for thing in scope.values():
        if isinstance(thing, Plan):
            thing.announce = announce
    scope.update({name: announced(name, scope[name]) for name in names})


def _say(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()
