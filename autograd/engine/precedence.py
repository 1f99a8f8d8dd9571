"""How strongly operators bind, so that formulas have the parentheses that they need and no others."""

from __future__ import annotations

from collections.abc import Sequence

PRECEDENCE = {
    "==": 1,
    "!=": 1,
    "<": 1,
    "<=": 1,
    ">": 1,
    ">=": 1,
    "+": 2,
    "-": 2,
    "*": 3,
    "/": 3,
    "//": 3,
    "%": 3,
    "@": 3,
    "neg": 4,
    "**": 5,
}
ATOM = 9


def join_operands(symbol: str, parts: Sequence[tuple[str, int]]) -> tuple[str, int]:
    """Two operands and an operator between them, each a text with how strongly it binds."""
    level = PRECEDENCE[symbol]
    (left, low), (right, high) = parts
    # `**` groups to the right, all others to the left; a chain of comparisons means something else in Python.
    if low < level or (low == level and (symbol == "**" or level == 1)):
        left = f"({left})"
    if high < level or (high == level and symbol != "**"):
        right = f"({right})"
    return f"{left} {symbol} {right}", level
