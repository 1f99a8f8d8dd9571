"""A determinant by minors, of numbers of any library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def expand(a: Sequence[Any], size: int, row: int, columns: Sequence[int]) -> Any:
    """The minor of the rows from `row` on, and of some columns, of a square matrix whose elements come row by row."""
    if len(columns) == 1:
        return a[row * size + columns[0]]
    total: Any = 0.0
    for place, column in enumerate(columns):
        left = [other for other in columns if other != column]
        part = a[row * size + column] * expand(a, size, row + 1, left)
        total = total - part if place % 2 else total + part
    return total
