"""Trees: nested containers of arrays, taken apart into leaves, and put together again as the same types.

Containers are lists, tuples, dicts and their subclasses; None, which holds nothing; dataclasses; and classes that were
registered. Everything else is a leaf.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from types import MemberDescriptorType
from typing import Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.graph.node import raw

IsLeaf = Callable[[Any], bool]


@dataclass(frozen=True)
class Container:
    """How objects of a type come apart, as JAX says it: `flatten(x)` gives the parts and the rest, `unflatten(rest, parts)` another x.

    `check(x)` raises where these do not say all that x is, and what is made of them would be another.
    """

    flatten: Callable[[Any], tuple[Iterable[Any], Any]]
    unflatten: Callable[[Any, Iterable[Any]], Any]
    check: Callable[[Any], None] | None = None

    def take_apart(self, x: Any) -> tuple[Iterable[Any], Any]:
        """The parts and the rest of what is to be made again."""
        if self.check is not None:
            self.check(x)
        return self.flatten(x)


# The packages whose own dataclasses stand for something else, and are leaves.
OURS = ("autograd", "nn", "optim")
# Classes that come apart, beside lists, tuples and dicts.
CONTAINERS: dict[type, Container] = {}
NOWHERE = object()
# How objects of a user's types become nodes: `maker(x, True)` gives one that requires its gradient. Such objects are leaves.
MAKERS: dict[type, Callable[[Any, bool], Any]] = {}


def container_of(kind: Any) -> Container | None:
    """How objects of a class come apart that was registered or is a dataclass; None for all others."""
    found = CONTAINERS.get(kind)
    if found is None and hasattr(kind, "__dataclass_fields__") and kind not in MAKERS:
        known = kind.__module__.partition(".")[0] in OURS or issubclass(kind, (dict, list, tuple))
        return None if known else dataclass_container(kind)
    return found


@cache
def dataclass_container(kind: Any, *meta: str) -> Container:
    """How objects of a dataclass come apart: into the fields that are given to it, but for static ones and those of these names.

    Others are made by calling the class. Its `__post_init__` computes whatever else they have anew; without one, they keep it.

    Raises
    ------
    OperandError
        When a class is not called with its fields, or makes an object with other numbers of them.
    """
    computes = (
        hasattr(kind, "__post_init__") or "__dataclass_fields__" not in vars(kind) or "__init__" not in vars(kind)
    )
    held = [field for field in fields(kind) if field.init or not computes]
    given = {field.name for field in held if field.init}
    static = [field.name for field in held if field.name in meta or field.metadata.get("static", False)]
    moving = [field.name for field in held if field.name not in static]
    names_of_all = {field.name for field in fields(kind)}

    def take_apart(x: Any) -> tuple[list[Any], Any]:
        # A field that is not given may have no value yet.
        there = [[name for name in names if name in given or hasattr(x, name)] for names in (moving, static)]
        return [getattr(x, name) for name in there[0]], (
            *map(tuple, there),
            tuple([getattr(x, name) for name in there[1]]),
        )

    def put_together(rest: Any, parts: Iterable[Any]) -> Any:
        names, fixed, values = rest
        all_fields = {**dict(zip(fixed, values, strict=True)), **dict(zip(names, parts, strict=True))}
        try:
            made = kind(**{name: part for name, part in all_fields.items() if name in given})
        except TypeError as error:
            raise OperandError(
                f"{kind.__name__} is no tree: it is not made of its fields alone: {error}; register it with register_pytree_node"
            ) from error
        for name, part in all_fields.items():
            if name not in given:
                object.__setattr__(made, name, part)
            elif not _same_numbers(getattr(made, name), part):
                raise OperandError(
                    f"{kind.__name__} is no tree: called with {name}, it makes an object with another {name}; let __post_init__ leave "
                    "the fields as they are given"
                )
        return made

    def check(x: Any) -> None:
        beside = [name for name in getattr(x, "__dict__", ()) if name not in names_of_all]
        if not (computes or beside):
            return
        parts, rest = take_apart(x)
        if any([getattr(leaf, "symbolic", False) for leaf in leaves(parts)]):
            # Nothing can be compared.
            if more := set(inspect.signature(kind).parameters) - given:
                raise OperandError(
                    f"{kind.__name__} is no tree: it is made of {min(more)} too, which is no field; register it with register_pytree_node"
                )
            return
        made = put_together(rest, parts)
        for name in (*names_of_all, *beside):
            one, other = _plain_attribute(x, name), _plain_attribute(made, name)
            if other is not NOWHERE and not _same_numbers(one, other):
                raise OperandError(
                    f"{kind.__name__} is no tree: made anew of its fields, it has another {name}; let it be a field that is "
                    "given, or register the class with register_pytree_node"
                )

    return Container(take_apart, put_together, check)


def _plain_attribute(x: Any, name: str) -> Any:
    """What an object or its class has under a name; not what a property would compute."""
    found = getattr(x, "__dict__", {}).get(name, NOWHERE)
    if found is NOWHERE:
        found = inspect.getattr_static(x, name, NOWHERE)
        if isinstance(found, MemberDescriptorType):  # A slot.
            return getattr(x, name, NOWHERE)
    return NOWHERE if hasattr(type(found), "__get__") else found


def _same_numbers(one: Any, other: Any) -> bool:
    """Whether what a class holds is what it was given, perhaps copied or in a container of another type."""
    if one is other:
        return True
    pairs = leaves(one), leaves(other)
    return len(pairs[0]) == len(pairs[1]) and all([_same_leaf(a, b) for a, b in zip(*pairs, strict=True)])


def _same_leaf(one: Any, other: Any) -> bool:
    # Numbers that are not known cannot be compared; `check` compares those that are.
    if one is other or getattr(one, "symbolic", False) or getattr(other, "symbolic", False):
        return True
    try:
        a, b = (np.asarray(raw(leaf)) for leaf in (one, other))
        return a.dtype == object or np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    except (TypeError, ValueError):
        return True  # No numbers.


def parts_of(tree: Any) -> Sequence[Any] | None:
    """What a container holds; None of a leaf."""
    if tree is None:
        return ()
    container = container_of(tree.__class__)
    if container is not None:
        return list(container.flatten(tree)[0])
    if isinstance(tree, dict):
        return list(tree.values())
    return tree if isinstance(tree, (list, tuple)) else None


def is_leaf(tree: Any) -> bool:
    """Whether something is no container.

    Examples
    --------
    >>> is_leaf(1.0), is_leaf([]), is_leaf(None)
    (True, False, False)
    """
    return parts_of(tree) is None


def map_leaves(function: Callable[[Any], Any], tree: Any, stop: IsLeaf | None = None) -> Any:
    """The same structure with `function` of each leaf; containers of types of their own stay what they are.

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
    if stop is not None and stop(tree):
        return function(tree)
    if kind is dict:
        return {key: map_leaves(function, part, stop) for key, part in tree.items()}
    if kind is list:
        return [map_leaves(function, part, stop) for part in tree]
    if kind is tuple:
        return tuple([map_leaves(function, part, stop) for part in tree])
    if tree is None:
        return None
    container = container_of(kind)
    if container is not None:
        parts, rest = container.take_apart(tree)
        return container.unflatten(rest, [map_leaves(function, part, stop) for part in parts])
    if isinstance(tree, dict):
        return refill(tree, [map_leaves(function, part, stop) for part in tree.values()])
    if isinstance(tree, (list, tuple)):
        return refill(tree, [map_leaves(function, part, stop) for part in tree])
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


def leaves(tree: Any, stop: IsLeaf | None = None) -> list[Any]:
    """All leaves in order; what `stop` is true of is one.

    Examples
    --------
    >>> leaves({"w": [1.0, (2.0, 3.0)], "b": 4.0, "c": None})
    [1.0, 2.0, 3.0, 4.0]
    """
    found: list[Any] = []
    _collect(tree, found, stop)
    return found


def _collect(tree: Any, found: list[Any], stop: IsLeaf | None) -> None:
    parts = None if stop is not None and stop(tree) else parts_of(tree)
    if parts is None:
        found.append(tree)
        return
    for part in parts:
        _collect(part, found, stop)


def rebuild(tree: Any, values: Iterator[Any], stop: IsLeaf | None = None) -> Any:
    """The structure of `tree` with its leaves replaced in order."""
    return map_leaves(lambda _: next(values), tree, stop)


def leaves_like(pattern: Any, tree: Any, name: str = "it", stop: IsLeaf | None = None) -> list[Any]:
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
    parts = None if stop is not None and stop(pattern) else parts_of(pattern)
    if parts is None:
        return [tree]
    if isinstance(pattern, dict):
        if not isinstance(tree, dict) or set(tree) != set(pattern):
            raise ShapeError(f"{name} needs a dict with the keys {list(pattern)}, not {_describe(tree)}")
        return [leaf for key, part in pattern.items() for leaf in leaves_like(part, tree[key], name, stop)]
    if isinstance(pattern, (list, tuple)):
        if not isinstance(tree, Sequence) or isinstance(tree, str) or len(tree) != len(pattern):
            raise ShapeError(f"{name} needs {len(pattern)} parts in a {type(pattern).__name__}, not {_describe(tree)}")
        return [
            leaf for part, other in zip(pattern, tree, strict=True) for leaf in leaves_like(part, other, name, stop)
        ]
    others = parts_of(tree) if tree.__class__ is pattern.__class__ else None
    if others is None or len(others) != len(parts):
        raise ShapeError(f"{name} needs {_describe(pattern)} here, not {_describe(tree)}")
    return [leaf for part, other in zip(parts, others, strict=True) for leaf in leaves_like(part, other, name, stop)]


def _describe(tree: Any) -> str:
    if tree is None:
        return "None"
    if isinstance(tree, dict):
        return f"with the keys {list(tree)}"
    return f"{type(tree).__name__} of {len(tree)}" if isinstance(tree, (list, tuple)) else type(tree).__name__
