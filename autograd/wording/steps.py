"""Values, gradients and the calculations of a pass in words: what steps, events and tables print."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from autograd.wording.numbers import format_number, summarise

# Such as `w`, `h1.w2`, `h#2`, `x²`: a product with it needs no parentheses.
ONE_NAME = re.compile(r"[\w.#]+²?")


def describe(x: Any) -> str:
    """A number in up to five digits, or the shape and norm of an array; empty for None.

    Examples
    --------
    >>> import numpy as np
    >>> describe(1 / 3), describe(np.ones((2, 3))), describe(None)
    ('0.33333', '2×3, norm 2.45', '')
    """
    if x.__class__ is float:
        return format_number(x)
    return "" if x is None else summarise([x]).text


def to_line(text: str) -> str:
    """A text in which whatever cannot be printed is told by its escape: a name must not break a line, or steer a terminal.

    Examples
    --------
    >>> print(to_line("a\\nb\\x1b[31m"))
    a\\nb\\x1b[31m
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def calculation(upstream: Any, formula: str, local: float | None, contribution: Any) -> str:
    """Upstream gradient times local derivative, in symbols and numbers; of tensors the rule and what came out.

    Examples
    --------
    >>> calculation(1.0, "d", 2.0, 2.0), calculation(3.0, "1", 1.0, 3.0), calculation(2.0, "1 - c²", -3.0, -6.0)
    ('1 · d = 1 · 2 = 2', '3 · 1 = 3', '2 · (1 - c²) = 2 · (-3) = -6')
    """
    if local is None:
        return f"{formula}: {describe(contribution)}"
    simple = ONE_NAME.fullmatch(formula) or (formula == describe(local) and local >= 0.0)
    symbolic = formula if simple else f"({formula})"
    numeric = f" = {describe(upstream)} · {_bracket(describe(local))}" if formula != describe(local) else ""
    return f"{describe(upstream)} · {symbolic}{numeric} = {describe(contribution)}"


def describe_step(name: str, upstream: Any, sent: Iterable[tuple[str, str, float | None, Any, Any]]) -> str:
    """A step of the reverse pass: a line, and one for every operand: its name, formula, local derivative, contribution, sum.

    Examples
    --------
    >>> print(describe_step("e", 1.0, [("c", "d", 2.0, 2.0, 2.0)]))
    e has gradient 1
      to c: 1 · d = 1 · 2 = 2; c has 2
    """
    lines = [to_line(f"{name} has gradient {describe(upstream)}")]
    for operand, formula, local, contribution, total in sent:
        said = f"  to {operand}: {calculation(upstream, formula, local, contribution)}; {operand} has {describe(total)}"
        lines.append(to_line(said))
    return "\n".join(lines)


def to_printable(text: str) -> str:
    """Text on one line, without the control characters that have no place in XML.

    Examples
    --------
    >>> to_printable("one\\ntwo\\x00")
    'one two'
    """
    return "".join(" " if c.isspace() else c for c in text if c.isprintable() or c.isspace())


def shorten(text: str, most: int) -> str:
    """Text of no more than so many characters: of a longer one the beginning and the end.

    Examples
    --------
    >>> shorten("a long name", 11), shorten("a longer name", 11)
    ('a long name', 'a longe…ame')
    """
    if len(text) <= most:
        return text
    end = most // 3
    return f"{text[: most - 1 - end]}…{text[len(text) - end :]}"


def _bracket(text: str) -> str:
    return f"({text})" if text.startswith("-") else text
