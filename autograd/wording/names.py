"""What the nodes of a graph are called where they are displayed.

A node has its own name, after the module that it belongs to; else that of a variable of the user's program; else v1, v2, …,
in the order the nodes were made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import Any

from autograd.graph.node import Const, Node, ancestors, get_data
from autograd.wording.numbers import format_number
from autograd.wording.variables import find_variables


class Names(Mapping[Node, str]):
    """The names of all nodes of a graph, each different; they are found when the first is asked for.

    Parameters
    ----------
    root : Node

    Examples
    --------
    >>> from autograd import Value
    >>> a = Value(3.0, name="a")
    >>> square = a * a
    >>> root = square + 2 * a
    >>> list(Names(root).values())
    ['2', 'a', 'square', 'v1', 'root']
    """

    def __init__(self, root: Node) -> None:
        self._root = root

    @cached_property
    def variables(self) -> dict[Node, str]:
        """The names that the program has for nodes without one of their own."""
        return find_variables(self._nodes)

    @cached_property
    def _nodes(self) -> list[Node]:
        return sorted(ancestors(self._root), key=lambda node: node.order)

    @cached_property
    def _found(self) -> dict[Node, str]:
        return unique_names(self._nodes, self.variables)

    def __getitem__(self, node: Node) -> str:
        return self._found[node]

    def __iter__(self) -> Iterator[Node]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def unique_names(nodes: Sequence[Node], given: Mapping[Node, str] | None = None) -> dict[Node, str]:
    """A name for every node, each different; a constant's is its number, and need not be.

    Parameters
    ----------
    nodes : sequence of Node
        A whole graph, in the order they were made.
    given : mapping of Node to str, optional
        Names for nodes that have none of their own.

    Returns
    -------
    dict of Node to str
        A node's own name, after the path of the module that uses it, as in `named_parameters`; where several have the
        same, `h`, `h#2`, `h#3`, …

    Examples
    --------
    >>> from autograd import Value
    >>> from autograd.graph.node import ancestors
    >>> a = Value(3.0, name="a")
    >>> list(unique_names(list(ancestors(2 * a + a))).values())
    ['2', 'a', 'v1', 'v2']
    """
    users = _users(nodes)
    own = {**(given or {}), **{node: _path(node, users) for node in nodes if node.name}}
    taken = set(own.values())
    seen: Counter[str] = Counter()
    unnamed = (name for k in count(1) if (name := f"v{k}") not in taken)
    found: dict[Node, str] = {}
    for node in nodes:
        if node.__class__ is Const:
            found[node] = format_number(_number(get_data(node)))
        elif node in own:
            name = own[node]
            seen[name] += 1
            if seen[name] > 1:
                name = next(n for k in count(seen[name]) if (n := f"{own[node]}#{k}") not in taken)
                taken.add(name)
            found[node] = name
        else:
            found[node] = next(unnamed)
    return found


def _number(x: Any) -> float | complex:
    return x if isinstance(x, complex) else float(x)


def _users(nodes: Sequence[Node]) -> dict[Node, set[str | None]]:
    """The modules in which each node is an operand."""
    users: defaultdict[Node, set[str | None]] = defaultdict(set)
    for node in nodes:
        for parent in node.parents:
            if parent.op is None and parent.name:
                users[parent].add(node.scope)
    return users


def _path(node: Node, users: dict[Node, set[str | None]]) -> str:
    # The reverse pass records outside any module.
    scopes = {node.scope} if node.op is not None else users.get(node, set()) - {None}
    scope = next(iter(scopes)) if len(scopes) == 1 else None
    return f"{scope}.{node.name}" if scope and node.requires_grad else str(node.name)
