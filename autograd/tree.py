"""Trees of arrays, with the names of `jax.tree`: lists, tuples, dicts, None, dataclasses, and registered classes, nested.

Every transform takes such trees, and gives gradients in their structure. None holds nothing. All fields that a dataclass
is given are parts of the tree, but those of `field(metadata={"static": True})`. Keys of dicts stay in their order, where JAX sorts them.

Examples
--------
>>> from dataclasses import dataclass, field
>>> import autograd as ag
>>> @ag.register_dataclass
... @dataclass
... class Line:
...     slope: float
...     start: float
...     name: str = field(default="", metadata={"static": True})
>>> ag.grad(lambda line: line.slope**2 * line.start)(Line(3.0, 2.0, "first"))
Line(slope=12.0, start=9.0, name='first')
>>> ag.tree.map(lambda x: x / 2, [1.0, {"w": 4.0, "b": None}])
[0.5, {'w': 2.0, 'b': None}]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce as _reduce
from types import NoneType
from typing import Any, TypeVar

from autograd.errors import ShapeError
from autograd.graph.tree import (
    CONTAINERS,
    Container,
    container_of,
    dataclass_container,
    leaves_like,
    parts_of,
    rebuild,
    refill,
)
from autograd.graph.tree import leaves as _leaves

__all__ = [
    "Structure",
    "flatten",
    "leaves",
    "map",
    "reduce",
    "register_dataclass",
    "register_pytree_node",
    "register_pytree_node_class",
    "structure",
    "unflatten",
]
IsLeaf = Callable[[Any], bool]
C = TypeVar("C", bound=type)


class _Leaf:
    def __repr__(self) -> str:
        return "*"


_LEAF = _Leaf()


@dataclass(frozen=True)
class _Branch:
    """A container: its class, what it has beside its parts, and these."""

    kind: type
    rest: Any
    parts: tuple[Any, ...]
    # The container of a type of its own that others are made from; no part of the structure.
    pattern: Any = field(default=None, compare=False)

    def build(self, values: Iterator[Any]) -> Any:
        parts = [_build(part, values) for part in self.parts]
        if self.kind is NoneType:
            return None
        container = container_of(self.kind)
        if container is not None:
            return container.unflatten(self.rest, parts)
        if self.kind is dict:
            return dict(zip(self.rest, parts, strict=True))
        return self.kind(parts) if self.kind in (list, tuple) else refill(self.pattern, parts)

    def __repr__(self) -> str:
        if self.kind in (NoneType, dict, list, tuple):
            return repr(self.build(iter(lambda: _LEAF, None)))
        inside = ", ".join([repr(part) for part in self.parts])
        return f"{self.kind.__name__}({inside})"


def _form(tree: Any, is_leaf: IsLeaf | None) -> Any:
    parts = None if is_leaf is not None and is_leaf(tree) else parts_of(tree)
    if parts is None:
        return _LEAF
    forms, kind = tuple([_form(part, is_leaf) for part in parts]), type(tree)
    container = container_of(kind)
    if container is not None:
        return _Branch(kind, container.take_apart(tree)[1], forms)
    own = None if kind in (dict, list, tuple, NoneType) else refill(tree, list(forms))
    return _Branch(kind, list(tree) if isinstance(tree, dict) else None, forms, own)


def _build(form: Any, values: Iterator[Any]) -> Any:
    return next(values) if form is _LEAF else form.build(values)


class Structure:
    """What a tree is beside its leaves; JAX's `PyTreeDef`. Two of the same structure are equal.

    Parameters
    ----------
    tree : tree
    is_leaf : callable, optional
        What it is true of is a leaf, though it be a container.

    Attributes
    ----------
    num_leaves : int

    Examples
    --------
    >>> _, form = flatten({"w": [1.0, 2.0], "b": None})
    >>> form, form.num_leaves, form.unflatten([3.0, 4.0])
    (Structure({'w': [*, *], 'b': None}), 2, {'w': [3.0, 4.0], 'b': None})
    """

    def __init__(self, tree: Any, is_leaf: IsLeaf | None = None) -> None:
        self._root = _form(tree, is_leaf)
        self.num_leaves: int = len(_leaves(tree, is_leaf))

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """The tree with these leaves."""
        given = list(leaves)
        if len(given) != self.num_leaves:
            raise ShapeError(f"unflatten: {len(given)} leaves for a structure of {self.num_leaves}")
        return _build(self._root, iter(given))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Structure) and bool(self._root == other._root)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"Structure({self._root!r})"


def map(f: Callable[..., Any], tree: Any, *rest: Any, is_leaf: IsLeaf | None = None) -> Any:
    """A tree of the same structure with `f` of each leaf, and of the leaves in its place in further trees.

    Parameters
    ----------
    f : callable
        Of as many arguments as there are trees.
    tree : tree
    *rest : tree
        Of the structure of the first, or of one that goes on where that has leaves.
    is_leaf : callable, optional
        What it is true of is a leaf, though it be a container.

    Returns
    -------
    tree

    Raises
    ------
    ShapeError
        Where the structures differ.

    Examples
    --------
    >>> map(lambda w, g: w - g, {"w": [3.0, 2.0]}, {"w": [1.0, 1.0]})
    {'w': [2.0, 1.0]}
    """
    columns = [_leaves(tree, is_leaf), *(leaves_like(tree, other, "tree.map: a tree", is_leaf) for other in rest)]
    return rebuild(tree, iter([f(*row) for row in zip(*columns, strict=True)]), is_leaf)


def flatten(tree: Any, is_leaf: IsLeaf | None = None) -> tuple[list[Any], Structure]:
    """The leaves of a tree, and its structure.

    Parameters
    ----------
    tree : tree
    is_leaf : callable, optional
        What it is true of is a leaf, though it be a container.

    Returns
    -------
    leaves : list
    structure : Structure

    Examples
    --------
    >>> flatten((1.0, [2.0, None]))
    ([1.0, 2.0], Structure((*, [*, None])))
    """
    return _leaves(tree, is_leaf), Structure(tree, is_leaf)


def unflatten(structure: Structure, leaves: Iterable[Any]) -> Any:
    """The tree of a structure with these leaves.

    Parameters
    ----------
    structure : Structure
    leaves : iterable

    Returns
    -------
    tree

    Raises
    ------
    ShapeError
        Where there are more or fewer leaves than the structure has.

    Examples
    --------
    >>> unflatten(structure((1.0, [2.0])), "ab")
    ('a', ['b'])
    """
    return structure.unflatten(leaves)


def leaves(tree: Any, is_leaf: IsLeaf | None = None) -> list[Any]:
    """The leaves of a tree, in order.

    Parameters
    ----------
    tree : tree
    is_leaf : callable, optional
        What it is true of is a leaf, though it be a container.

    Returns
    -------
    list

    Examples
    --------
    >>> leaves({"w": [1.0, 2.0], "b": None})
    [1.0, 2.0]
    """
    return _leaves(tree, is_leaf)


def structure(tree: Any, is_leaf: IsLeaf | None = None) -> Structure:
    """The structure of a tree.

    Parameters
    ----------
    tree : tree
    is_leaf : callable, optional
        What it is true of is a leaf, though it be a container.

    Returns
    -------
    Structure

    Examples
    --------
    >>> structure([1.0, 2.0]) == structure([3.0, 4.0])
    True
    """
    return Structure(tree, is_leaf)


def reduce(function: Callable[[Any, Any], Any], tree: Any, *initializer: Any, is_leaf: IsLeaf | None = None) -> Any:
    """The leaves of a tree drawn together by a function of two, from the left, as `functools.reduce` does it.

    Parameters
    ----------
    function : callable
    tree : tree
    *initializer
        What to begin with, if anything.
    is_leaf : callable, optional
        What it is true of is a leaf, though it be a container.

    Returns
    -------
    object

    Examples
    --------
    >>> reduce(lambda total, x: total + x, {"w": [1.0, 2.0], "b": 3.0})
    6.0
    """
    return _reduce(function, _leaves(tree, is_leaf), *initializer)


def register_pytree_node(
    nodetype: type, flatten_func: Callable[[Any], tuple[Iterable[Any], Any]], unflatten_func: Callable[[Any, Any], Any]
) -> None:
    """Say how objects of a class come apart, so that they are containers to all transforms.

    Parameters
    ----------
    nodetype : type
        Objects of exactly this class.
    flatten_func : callable
        Of an object: gives its parts, and the rest of it.
    unflatten_func : callable
        `unflatten_func(rest, parts)` gives an object. The parts may be anything: gradients, nodes.

    Raises
    ------
    ValueError
        Where the class was registered before.

    Examples
    --------
    >>> import autograd as ag
    >>> class Pair:
    ...     def __init__(self, x, y):
    ...         self.x, self.y = x, y
    >>> register_pytree_node(Pair, lambda pair: ((pair.x, pair.y), None), lambda _, parts: Pair(*parts))
    >>> gradient = ag.grad(lambda pair: pair.x * pair.y)(Pair(2.0, 3.0))
    >>> type(gradient).__name__, gradient.x, gradient.y
    ('Pair', 3.0, 2.0)
    """
    if not isinstance(nodetype, type):
        raise TypeError(f"register_pytree_node takes a class, not {nodetype!r}")
    if nodetype in (list, tuple, dict, type(None)) or nodetype in CONTAINERS:
        raise ValueError(f"register_pytree_node: {nodetype.__name__} is registered already")
    CONTAINERS[nodetype] = Container(flatten_func, unflatten_func)


def register_pytree_node_class(cls: C) -> C:
    """Register a class that says itself how it comes apart: a decorator.

    Parameters
    ----------
    cls : type
        With a method `tree_flatten(self)`, which gives the parts and the rest, and a class method `tree_unflatten(rest, parts)`.

    Returns
    -------
    type
        The class.

    Examples
    --------
    >>> @register_pytree_node_class
    ... class Scaled:
    ...     def __init__(self, x, unit):
    ...         self.x, self.unit = x, unit
    ...     def tree_flatten(self):
    ...         return (self.x,), self.unit
    ...     @classmethod
    ...     def tree_unflatten(cls, unit, parts):
    ...         return cls(*parts, unit)
    >>> leaves(Scaled(2.0, "m"))
    [2.0]
    """
    register_pytree_node(cls, lambda x: x.tree_flatten(), cls.tree_unflatten)  # type: ignore[attr-defined]
    return cls


def register_dataclass(
    nodetype: C, data_fields: Sequence[str] | None = None, meta_fields: Sequence[str] | None = None
) -> C:
    """Say which fields of a dataclass are parts of the tree, where that are not all of them; also a decorator.

    Parameters
    ----------
    nodetype : type
        A dataclass.
    data_fields : sequence of str, optional
        The parts; by default all fields but those of `field(metadata={"static": True})`.
    meta_fields : sequence of str, optional
        The other fields.

    Returns
    -------
    type
        The class.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Layer:
    ...     w: float
    ...     kind: str
    >>> leaves(register_dataclass(Layer, ["w"], ["kind"])(2.0, "tanh"))
    [2.0]
    """
    known = getattr(nodetype, "__dataclass_fields__", None)
    if known is None:
        raise TypeError(f"register_dataclass takes a dataclass, not {nodetype!r}")
    given = [name for name, field in known.items() if field.init]
    unknown = [name for name in [*(data_fields or ()), *(meta_fields or ())] if name not in given]
    if unknown:
        raise ValueError(f"register_dataclass: {nodetype.__name__} is not given {unknown[0]!r}; its fields are {given}")
    meta = (meta_fields or ()) if data_fields is None else [name for name in known if name not in data_fields]
    container = dataclass_container(nodetype, *meta)
    register_pytree_node(nodetype, container.flatten, container.unflatten)
    CONTAINERS[nodetype] = container
    return nodetype
