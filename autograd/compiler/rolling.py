"""Rolling: statements that repeat themselves with other arrays, such as the steps of a solver, are written once, in a loop.

What is captured is a straight line: each time step of the function's own loop is there by itself, forward and backward. Turns
that say the same of other arrays become one, over the rows of a table of those arrays.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain
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
    known: dict[str, int] = {}
    skeletons = (_replace(body[i].text, variables, iter(lambda: "{}", "")) for i in doing)
    kinds = np.array([known.setdefault(skeleton, len(known)) for skeleton in skeletons])
    uses = Counter([*kept, *(token for tokens in found for token in tokens)])
    rolled: list[Statement] = []
    done = tables = 0
    for start, stop, period in sorted(find_stretches(kinds)):
        turns = [range(at, at + period) for at in range(start, stop, period)]
        made = [_made(body[doing[i]].text for i in turn) for turn in turns]
        rows = [[token for i in turn for token in found[i]] for turn in turns]
        # What a turn makes has one name in the loop, and no place in the table: all turns read it where one does.
        read = [tuple(row.index(x) if x in names else None for x in row) for row, names in zip(rows, made, strict=True)]
        first, last = _alike(read)
        turns, made, rows = turns[first:last], made[first:last], rows[first:last]
        first, last = _trim(
            [[token for token in row if token not in names] for row, names in zip(rows, made, strict=True)], fixed
        )
        turns, made, rows = turns[first:last], made[first:last], rows[first:last]
        start, stop = turns[0].start, turns[-1].stop
        statements = [body[doing[i]] for i in range(start, stop)]
        if len(turns) < FEWEST_TURNS or stop - start - period < FEWEST_LINES:
            continue
        if native and not (any(s.calls for s in statements) and all(s.calls or s.views for s in statements)):
            continue
        within = [Counter(row) for row in rows]
        # What a turn makes, rather than writes to, is read in that turn alone.
        if any(count[name] != uses[name] for names, count in zip(made, within, strict=True) for name in names):
            continue
        begin, end = (doing[start - 1] + 1 if start else 0), doing[start + period - 1] + 1
        columns = list(zip(*rows, strict=True))
        heads = _heads(columns, name_of)
        replaced = iter([heads.get(column, column[0]) for column in columns])
        lines = [s.text if s.is_comment else _replace(s.text, variables, replaced) for s in body[begin:end]]
        given = {column: head for column, head in heads.items() if column[0] not in made[0]}
        tables += 1
        table = Table(name_of(f"turns{tables}"), list(zip(*given, strict=True)) or [()] * len(turns))
        text = "\n".join([*_head(list(given.values()), table.name), *(f"    {line}" for line in lines)])
        rolled += body[done:begin]
        calls, views = (
            tuple(chain.from_iterable(x)) for x in zip(*((s.calls, s.views) for s in statements), strict=True)
        )
        rolled.append(Statement(text, calls, views, table))
        done = doing[stop - 1] + 1
    return [*rolled, *body[done:]]


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


def _made(texts: Iterable[str]) -> set[str]:
    """The names that statements give to something."""
    return {name for text in texts if (name := text.partition(" = ")[0]).isidentifier()}


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
