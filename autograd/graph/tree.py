"""Nested lists, tuples and dicts of arrays: taken apart into leaves, and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """The same structure with `function` of each leaf."""
    if isinstance(tree, dict):
        return {key: map_leaves(function, part) for key, part in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(map_leaves(function, part) for part in tree))
    if isinstance(tree, (list, tuple)):
        return type(tree)(map_leaves(function, part) for part in tree)
    return function(tree)


def leaves(tree: Any) -> list[Any]:
    """All leaves in order.

    Examples
    --------
    >>> leaves({"w": [1.0, (2.0, 3.0)], "b": 4.0})
    [1.0, 2.0, 3.0, 4.0]
    """
    found: list[Any] = []
    map_leaves(found.append, tree)
    return found


def rebuild(tree: Any, values: Iterator[Any]) -> Any:
    """The structure of `tree` with its leaves replaced in order."""
    return map_leaves(lambda _: next(values), tree)
