"""JAX's pytrees: arguments and results taken apart into arrays with their names, and told in dicts, lists and tuples."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np

Way = tuple[Any, ...]


def is_array(x: Any) -> bool:
    """Whether an argument is traced; all else (whole numbers of Python's, texts, functions) is a setting."""
    jax: Any = import_module("jax")
    return isinstance(x, (jax.Array, np.ndarray, np.generic)) or type(x) in (float, complex)


class Structure:
    """A pytree whose arrays can be replaced.

    Parameters
    ----------
    tree : any pytree

    Attributes
    ----------
    arrays : list
        In JAX's order.
    ways : list of tuple
        To each of them: keys, numbers and names of fields.
    """

    def __init__(self, tree: Any) -> None:
        self._trees: Any = import_module("jax").tree_util
        self.tree = tree
        found, self._definition = self._trees.tree_flatten_with_path(tree)
        self.leaves = [leaf for _, leaf in found]
        self._places = [i for i, leaf in enumerate(self.leaves) if is_array(leaf)]
        self.arrays = [self.leaves[i] for i in self._places]
        self.ways: list[Way] = [tuple(map(_key, found[i][0])) for i in self._places]

    def fill(self, arrays: Iterator[Any]) -> Any:
        """The pytree itself with other arrays."""
        leaves = list(self.leaves)
        for place in self._places:
            leaves[place] = next(arrays)
        return self._trees.tree_unflatten(self._definition, leaves)

    def plain(self, replacements: list[Any]) -> Any:
        """In dicts, lists and tuples, with one thing for each array; settings stay.

        Classes that are registered as pytrees become dicts by the names of their fields.
        """
        by_way = dict(zip(self.ways, replacements, strict=True))
        return self._plain(self.tree, (), by_way)

    def _plain(self, tree: Any, way: Way, by_way: dict[Way, Any]) -> Any:
        children, definition = self._trees.tree_flatten_with_path(tree, is_leaf=lambda x: x is not tree)
        if self._trees.treedef_is_leaf(definition) and children and not children[0][0]:
            return by_way[way] if is_array(tree) else tree
        parts = {_key(step[0]): self._plain(child, (*way, _key(step[0])), by_way) for step, child in children}
        # What JAX leaves out is None.
        if tree is None:
            return None
        if isinstance(tree, dict):
            return {str(key): parts.get(key) for key in tree}
        if isinstance(tree, (list, tuple)):
            names = getattr(tree, "_fields", range(len(tree)))
            values = [parts.get(name) for name in names]
            return values if isinstance(tree, list) else tuple(values)
        return {str(key): part for key, part in parts.items()}


def _key(entry: Any) -> Any:
    """What a step of a way is called: a key, a number, or the name of a field."""
    for name in ("key", "idx", "name"):
        if hasattr(entry, name):
            return getattr(entry, name)
    return str(entry)


def holds_arrays(tree: Any) -> bool:
    """Whether it is itself a pytree with arrays of JAX in it, such as a model of Equinox's."""
    jax: Any = import_module("jax")
    leaves = jax.tree_util.tree_leaves(tree)
    return not (len(leaves) == 1 and leaves[0] is tree) and any(isinstance(x, jax.Array) for x in leaves)
