"""Nested lists, tuples and dicts of arrays: taken apart into leaves, and put together again as the same types."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd.errors import OperandError, ShapeError


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """The same structure with `function` of each leaf; subclasses of dict, list and tuple stay what they are.

    Raises
    ------
    OperandError
        For a container that does not take other contents.

    Examples
    --------
    >>> from collections import namedtuple
    >>> Line = namedtuple("Line", "slope start")
    >>> map_leaves(abs, {"line": Line(-1.0, [2.0, -3.0])})
    {'line': Line(slope=1.0, start=[2.0, 3.0])}
    """
    kind = tree.__class__
    if kind is dict:
        return {key: map_leaves(function, part) for key, part in tree.items()}
    if kind is list:
        return [map_leaves(function, part) for part in tree]
    if kind is tuple:
        return tuple([map_leaves(function, part) for part in tree])
    if isinstance(tree, dict):
        return refill(tree, [map_leaves(function, part) for part in tree.values()])
    if isinstance(tree, (list, tuple)):
        return refill(tree, [map_leaves(function, part) for part in tree])
    return function(tree)


def refill(tree: Any, parts: list[Any]) -> Any:
    """A container of a type of its own with other contents."""
    try:
        if isinstance(tree, tuple):
            made = tree._make(parts) if hasattr(tree, "_make") else type(tree)(parts)
        else:
            made = copy.copy(tree)
            for place, part in zip(tree if isinstance(tree, dict) else range(len(parts)), parts, strict=True):
                made[place] = part
    except Exception as error:
        raise OperandError(f"{_cannot(tree)}: {error}") from error
    held: Any = made.values() if isinstance(made, dict) else made
    if type(made) is not type(tree) or not all([a is b for a, b in zip(held, parts, strict=True)]):
        raise OperandError(_cannot(tree))
    return made


def _cannot(tree: Any) -> str:
    return f"a {type(tree).__name__} does not take other contents, such as gradients; give a dict, a list or a tuple"


def leaves(tree: Any) -> list[Any]:
    """All leaves in order.

    Examples
    --------
    >>> leaves({"w": [1.0, (2.0, 3.0)], "b": 4.0})
    [1.0, 2.0, 3.0, 4.0]
    """
    found: list[Any] = []
    _collect(tree, found)
    return found


def _collect(tree: Any, found: list[Any]) -> None:
    if isinstance(tree, dict):
        tree = tree.values()
    elif not isinstance(tree, (list, tuple)):
        found.append(tree)
        return
    for part in tree:
        _collect(part, found)


def rebuild(tree: Any, values: Iterator[Any]) -> Any:
    """The structure of `tree` with its leaves replaced in order."""
    return map_leaves(lambda _: next(values), tree)


def leaves_like(pattern: Any, tree: Any, name: str = "it") -> list[Any]:
    """What `tree` has in the places of the leaves of `pattern`, in their order; keys of dicts may come in another.

    Raises
    ------
    ShapeError
        Where the structures differ; `name` is what the tree is called.

    Examples
    --------
    >>> leaves_like({"w": [0, 0], "b": 0}, {"b": 3.0, "w": (1.0, 2.0)})
    [1.0, 2.0, 3.0]
    """
    if isinstance(pattern, dict):
        if not isinstance(tree, dict) or set(tree) != set(pattern):
            raise ShapeError(f"{name} needs a dict with the keys {list(pattern)}, not {_describe(tree)}")
        return [leaf for key, part in pattern.items() for leaf in leaves_like(part, tree[key], name)]
    if isinstance(pattern, (list, tuple)):
        if not isinstance(tree, Sequence) or isinstance(tree, str) or len(tree) != len(pattern):
            raise ShapeError(f"{name} needs {len(pattern)} parts in a {type(pattern).__name__}, not {_describe(tree)}")
        return [leaf for part, other in zip(pattern, tree, strict=True) for leaf in leaves_like(part, other, name)]
    return [tree]


def _describe(tree: Any) -> str:
    if isinstance(tree, dict):
        return f"with the keys {list(tree)}"
    return f"{type(tree).__name__} of {len(tree)}" if isinstance(tree, (list, tuple)) else type(tree).__name__
