"""Rolling: statements that repeat themselves with other arrays, such as the steps of a solver, are written once, in a loop.

What is captured is a straight line: each time step of the function's own loop is there by itself, forward and backward. Turns
that say the same of other arrays become one, over the rows of a table of those arrays.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np

from autograd.compiler.pieces import find_stretches
from autograd.compiler.segments import Statement, Table

# Turns from which on a loop is shorter to read, and lines that it saves at least.
FEWEST_TURNS, FEWEST_LINES = 3, 12
WIDTH = 120
# What the user has no name for: our own, and numbers.
UNNAMED = re.compile(r"v\d+|\d.*")
# Texts in quotes, names that are no attributes and no keywords, numbers.
TOKEN = re.compile(
    r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|(?<![\w.])[^\W\d]\w*\b(?!=)|(?<![\w.])\d+(?:\.\d*)?(?:e[+-]?\d+)?"""
)


def roll(
    body: Sequence[Statement],
    variables: Collection[str],
    fixed: Collection[str],
    kept: Sequence[str],
    name_of: Callable[[str], str],
    native: bool,
) -> list[Statement]:
    """A body in which repeated stretches are loops.

    Parameters
    ----------
    body : sequence of Statement
    variables : collection of str
        The names that may be others from turn to turn, as numbers may.
    fixed : collection of str
        Those of what is in the same place in every run.
    kept : sequence of str
        Names that are read after the body.
    name_of : callable
        Gives a name like this one that is free.
    native : bool
        Whether only loops are wanted that machine code can do.
    """
    doing = [i for i, statement in enumerate(body) if not statement.is_comment]
    found = [list(_varying(body[i].text, variables)) for i in doing]
    uses = Counter([*kept, *chain.from_iterable(found)])
    rolled: list[Statement] = []
    done = tables = 0
    for start, stop, period in sorted(find_stretches(_kinds([body[i].text for i in doing], variables))):
        turns = [_Turn(at, body, doing[at : at + period], found[at : at + period]) for at in range(start, stop, period)]
        turns = _choose(turns, fixed)
        statements = [statement for turn in turns for statement in turn.statements]
        if len(turns) < FEWEST_TURNS or len(statements) - period < FEWEST_LINES:
            continue
        if native and not (any(s.calls for s in statements) and all(s.calls or s.views for s in statements)):
            continue
        # What a turn makes, rather than writes to, is read in that turn alone.
        if any(turn.tokens.count(name) != uses[name] for turn in turns for name in turn.made):
            continue
        tables += 1
        begin = doing[turns[0].start - 1] + 1 if turns[0].start else 0
        lines = body[begin : turns[0].last + 1]
        rolled += [*body[done:begin], _write_loop(turns, lines, variables, name_of, f"turns{tables}")]
        done = turns[-1].last + 1
    return [*rolled, *body[done:]]


def _kinds(texts: Sequence[str], variables: Collection[str]) -> np.ndarray:
    """A number for each statement, the same for those that say the same of other arrays and numbers."""
    known: dict[str, int] = {}
    skeletons = (_replace(text, variables, repeat("{}")) for text in texts)
    return np.array([known.setdefault(skeleton, len(known)) for skeleton in skeletons])


class _Turn:
    """One of several stretches that say the same.

    Attributes
    ----------
    start : int
        Its first statement, comments not counted.
    last : int
        Its last one in the body.
    statements : list of Statement
    tokens : list of str
        The names and numbers that may be others in another turn.
    made : set of str
        The names that it gives to something.
    """

    def __init__(self, start: int, body: Sequence[Statement], places: list[int], found: list[list[str]]) -> None:
        self.start, self.last = start, places[-1]
        self.statements = [body[i] for i in places]
        self.tokens = list(chain.from_iterable(found))
        names = (statement.text.partition(" = ")[0] for statement in self.statements)
        self.made = {name for name in names if name.isidentifier()}

    @property
    def own(self) -> tuple[int | None, ...]:
        """Where it reads what it makes: that has one name in the loop, and no place in the table."""
        return tuple(self.tokens.index(x) if x in self.made else None for x in self.tokens)

    @property
    def read(self) -> list[str]:
        """What is from elsewhere."""
        return [token for token in self.tokens if token not in self.made]


def _choose(turns: list[_Turn], fixed: Collection[str]) -> list[_Turn]:
    """The turns that one loop can do, without those at the ends that begin or end something."""
    first, last = _alike([turn.own for turn in turns])
    turns = turns[first:last]
    first, last = _trim([turn.read for turn in turns], fixed)
    return turns[first:last]


def _write_loop(
    turns: Sequence[_Turn],
    body: Sequence[Statement],
    variables: Collection[str],
    name_of: Callable[[str], str],
    table: str,
) -> Statement:
    """The loop over all turns, of which the first, with its comments, is this body."""
    columns = list(zip(*(turn.tokens for turn in turns), strict=True))
    heads = _heads(columns, name_of)
    names = iter([heads.get(column, column[0]) for column in columns])
    lines = [s.text if s.is_comment else _replace(s.text, variables, names) for s in body]
    given = {column: head for column, head in heads.items() if column[0] not in turns[0].made}
    rows = Table(name_of(table), list(zip(*given, strict=True)) or [()] * len(turns))
    text = "\n".join([*_head(list(given.values()), rows.name), *(f"    {line}" for line in lines)])
    statements = [statement for turn in turns for statement in turn.statements]
    calls = tuple(call for statement in statements for call in statement.calls)
    return Statement(text, calls, tuple(view for statement in statements for view in statement.views), rows)


def _alike(turns: Sequence[Any]) -> tuple[int, int]:
    """From which turn to which all are as the one in the middle: the first or the last often begins or ends something."""
    middle = len(turns) // 2
    first = next((k for k in range(middle, 0, -1) if turns[k - 1] != turns[middle]), 0)
    return first, next((k for k in range(middle, len(turns)) if turns[k] != turns[middle]), len(turns))


def _trim(rows: list[list[str]], fixed: Collection[str]) -> tuple[int, int]:
    """From which turn to which: without those at the ends that alone read what is another in every run, a table is made once."""
    varying = [k for k, column in enumerate(zip(*rows, strict=True)) if len(set(column)) > 1]
    plain = [n for n, row in enumerate(rows) if all(row[k] in fixed or row[k][0].isdigit() for k in varying)]
    if not plain or len(plain) != plain[-1] + 1 - plain[0]:
        return 0, len(rows)
    return plain[0], plain[-1] + 1


def _heads(columns: Sequence[tuple[str, ...]], name_of: Callable[[str], str]) -> dict[tuple[str, ...], str]:
    """A name for each column in which not all turns have the same: the user's, which the last turn has, where there is one."""
    heads: dict[tuple[str, ...], str] = {}
    for column in columns:
        if len(set(column)) > 1 and column not in heads:
            heads[column] = name_of(f"t{len(heads) + 1}" if UNNAMED.fullmatch(column[-1]) else column[-1])
    return heads


def _head(names: Sequence[str], table: str) -> list[str]:
    """The lines that begin a loop."""
    line = f"for {', '.join([*names, ''])}in {table}:" if names else f"for _ in {table}:"
    if len(line) <= WIDTH:
        return [line]
    inner = textwrap.wrap(", ".join(names) + ",", WIDTH - 4, break_long_words=False)
    return ["for (", *(f"    {line}" for line in inner), f") in {table}:"]


def _varying(text: str, variables: Collection[str]) -> Iterator[str]:
    """The names and numbers of a statement that may be others in another turn."""
    for token in TOKEN.findall(text):
        if token in variables or token[0].isdigit():
            yield token


def _replace(text: str, variables: Collection[str], names: Iterator[str]) -> str:
    """The text with the next of these in the place of each of those."""

    def name(match: re.Match[str]) -> str:
        token = match[0]
        return next(names) if token in variables or token[0].isdigit() else token

    return TOKEN.sub(name, text)
