"""Segments: stretches of a program's statements that one native call makes, and what stays in Python around them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.compiler.replay import Call, Plan, View

# Calls from which on one native call for all of them is shorter.
MIN_CALLS = 2


@dataclass(frozen=True)
class Table:
    """What a loop goes over: a row of names and numbers for each turn."""

    name: str
    rows: list[tuple[str, ...]]

    @property
    def text(self) -> str:
        """The statement that makes it."""
        return "\n".join([f"{self.name} = [", *(f"    ({', '.join([*row, ''])})," for row in self.rows), "]"])

    def is_fixed(self, fixed: Collection[str]) -> bool:
        """Whether it holds the same arrays in every run."""
        return all(word in fixed or word[0].isdigit() for row in self.rows for word in row)


@dataclass(frozen=True)
class Statement:
    """A line of a program, or a loop of lines, and what it does where machine code can do it too.

    Attributes
    ----------
    text : str
    calls : tuple of Call
        Of loops, copies and products; empty for what only Python does.
    views : tuple of View
    table : Table or None
        What it goes over.
    is_new : bool
        Whether it makes an empty array.
    is_first : bool
        Whether it needs nothing but what the program is given, as a look at labels does: it may come before all calls.
    """

    text: str
    calls: tuple[Call, ...] = ()
    views: tuple[View, ...] = ()
    table: Table | None = None
    is_new: bool = False
    is_first: bool = False

    @property
    def is_comment(self) -> bool:
        """Whether it does nothing."""
        return self.text.startswith("#")


def make_segments(
    body: Sequence[Statement],
    fixed: Collection[str],
    lent: frozenset[str],
    scope: Mapping[str, Any],
    name_of: Callable[[str], str],
    native: bool,
) -> tuple[list[str], dict[str, Plan]]:
    """The lines of a body in which long stretches are one call each, and the plans of those calls by name.

    Parameters
    ----------
    body : sequence of Statement
    fixed : collection of str
        The names of what is in the same place at every run.
    lent : frozenset of str
        The names of the caller's arrays.
    scope : mapping
        The loops by their names.
    name_of : callable
        Gives a name like this one that is free.
    native : bool
        Whether machine code makes those calls, or Python.
    """
    views = {view.name: view for statement in body for view in statement.views}
    lines: list[str] = []
    plans: dict[str, Plan] = {}
    waiting: list[Statement] = []

    def flush() -> None:
        calls = [call for statement in waiting for call in statement.calls]
        if len(calls) < MIN_CALLS:
            lines.extend(lines_of(waiting, fixed))
        else:
            given, found = _resolve([operand.name for call in calls for operand in call.operands], views, fixed)
            name = name_of(f"replay{len(plans) + 1}")
            plans[name] = Plan(tuple(given), lent, found, calls, scope, native)
            # What is looked at and what is new is there before, since nothing of it is computed.
            lines.extend(lines_of([s for s in waiting if not s.calls and not s.is_comment], fixed))
            lines.append(f"{name}({', '.join(given)})")
            for s in waiting:
                if s.calls or s.is_comment:
                    lines.extend(f"{'' if s.is_comment else '#   '}{line}" for line in s.text.splitlines())
        waiting.clear()

    for statement in body:
        if statement.is_first:
            lines.append(statement.text)
        elif not (statement.calls or statement.views or statement.is_new or statement.is_comment):
            flush()
            lines.extend(lines_of([statement], fixed))
        else:
            waiting.append(statement)
    flush()
    return lines, plans


def lines_of(statements: Sequence[Statement], fixed: Collection[str]) -> list[str]:
    """The lines of statements, with the tables before them that are not the same in every run."""
    lines = []
    for statement in statements:
        if statement.table is not None and not statement.table.is_fixed(fixed):
            lines += statement.table.text.splitlines()
        lines += statement.text.splitlines()
    return lines


def _resolve(
    looked: Sequence[str], views: Mapping[str, View], fixed: Collection[str]
) -> tuple[dict[str, None], dict[str, View]]:
    """Which arrays are given at each run, and the views to make of them and of others, those first that others look at."""
    given: dict[str, None] = {}
    found: dict[str, View] = {}

    def resolve(name: str) -> None:
        if name in found or name in given or name in fixed:
            return
        view = views.get(name)
        if view is None:
            given[name] = None
            return
        resolve(view.source)
        found[name] = view

    for name in looked:
        resolve(name)
    return given, found
