"""`Rule`: what each reads of a ledger, and how it tells what it found."""

from __future__ import annotations

from collections.abc import Callable

from autograd.graph.sites import Site
from nn.health.finding import Finding
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Iteration, Ledger
from nn.health.place import Place

Rule = Callable[[Ledger, Kit], Finding | None]
# Passes from which on a habit is one.
MIN_PASSES = 4
# A share of them that makes a habit.
HABIT_SHARE = 0.9


def make_finding(cause: str, sentence: str, fix: str, line: Site | None, **numbers: float) -> Finding:
    """What was seen, with its line."""
    return Finding(cause, "", sentence + tell_line(line), fix, numbers, Place(line=line), certain=True)


def tell_line(line: Site | None) -> str:
    """A line as it stands behind a sentence; nothing where it, or its text, is not known."""
    return f" ({line.line_name}: {line.line})" if line is not None and line.line else ""


def is_habit(iterations: list[Iteration], holds: Callable[[Iteration], bool]) -> bool:
    """Whether something holds for nearly all of enough passes."""
    return len(iterations) >= MIN_PASSES and sum(map(holds, iterations)) >= HABIT_SHARE * len(iterations)


def lines_of(site: Site | None) -> tuple[int, ...]:
    """The line, and those that led to it: a function may be called for several things."""
    lines = []
    while site is not None:
        lines.append(site.lineno)
        site = site.caller
    return tuple(lines)
