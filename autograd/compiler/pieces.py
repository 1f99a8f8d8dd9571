"""Pieces: a long group of loops, such as an unrolled integration in time, is cut so that equal pieces find the same text.

Machine code for a function takes longer than in proportion to its lines. What is repeated is cut where it begins anew, and
compiled once for all its turns; what is not is cut to a bounded length.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from autograd.compiler.flat import Instruction, Variable

T = TypeVar("T")

# Instructions that one function computes at most, and so many that a call is worth while.
MAX_INSTRUCTIONS, MIN_INSTRUCTIONS = 48, 16
# Periods that are looked for, and how often what is repeated is there at least.
MAX_PERIOD, MIN_TURNS = 4096, 3


def pieces(group: Sequence[Instruction]) -> list[list[Instruction]]:
    """A group in parts that compute the same, one after the other; a short one is left whole."""
    if len(group) <= MAX_INSTRUCTIONS:
        return [list(group)]
    cuts = [0]
    for start, stop, period in find_stretches(_kinds(group)):
        turn = period * max(1, -(-MIN_INSTRUCTIONS // period))
        for begin in range(start, stop, turn):
            cuts += [min(at, stop) for at in range(begin, min(begin + turn, stop), MAX_INSTRUCTIONS)]
    cuts = sorted({*cuts, len(group)})
    return [list(group[a:b]) for a, b in zip(cuts, cuts[1:], strict=False)]


def _kinds(group: Sequence[Instruction]) -> np.ndarray:
    """A number for each instruction, the same for those that do the same with what was computed as long before."""
    place: dict[Variable, int] = {instruction.out: i for i, instruction in enumerate(group)}
    known: dict[Any, int] = {}

    def origin(x: Any, i: int) -> Any:
        if not isinstance(x, Variable):
            return type(x).__name__
        # What the way back reads of the way there is ever farther away.
        before = i - place[x] if x in place else MAX_INSTRUCTIONS
        return (before if before < MAX_INSTRUCTIONS else "far"), x.shape, x.dtype.char

    found = []
    for i, instruction in enumerate(group):
        operands = tuple([origin(x, i) for x in instruction.operands])
        # Where a view begins is no part of the text: it is an argument.
        params = "" if instruction.op.view else repr(instruction.params)
        key = instruction.op.name, params, operands, instruction.out.shape
        found.append(known.setdefault(key, len(known)))
    return np.array(found)


def find_stretches(kinds: np.ndarray) -> list[tuple[int, int, int]]:
    """The whole sequence as stretches `(start, stop, period)`; what is not repeated has a period of its own length."""
    found, waiting = [], [(0, len(kinds))]
    while waiting:
        start, stop = waiting.pop()
        if stop == start:
            continue
        first, last, period = _longest(kinds[start:stop])
        if period == 0:
            found.append((start, stop, stop - start))
            continue
        found.append((start + first, start + last, period))
        waiting += [(start, start + first), (start + last, stop)]
    return found


def _longest(kinds: np.ndarray) -> tuple[int, int, int]:
    """The longest stretch that repeats itself, in whole turns of its period; a period of 0 where there is none."""
    best = (0, 0, 0)
    for period in range(1, min(len(kinds) // MIN_TURNS, MAX_PERIOD) + 1):
        broken = np.flatnonzero(kinds[:-period] != kinds[period:])
        edges = np.concatenate([[-1], broken, [len(kinds) - period]])
        at = int(np.argmax(np.diff(edges)))
        first, last = int(edges[at]) + 1, int(edges[at + 1]) + period
        turns = (last - first) // period
        if turns >= MIN_TURNS and turns * period > best[1] - best[0]:
            best = first, first + turns * period, period
    return best
