"""Folding: which nodes of a graph are drawn as one box, so that many samples, or many units, are one picture."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.draw.recurrence import fold_steps
from autograd.draw.render import DrawError
from autograd.graph.node import Const, Node, get_data

# Operations that add up, or choose among, operands that may come in any number.
REDUCTIONS = frozenset({"add", "mul", "maximum", "minimum", "logaddexp"})
# Operands from which on a reduction is one over repeated things, and not algebra.
MIN_REPEATED = 3
# Boxes that Graphviz lays out in seconds.
MAX_BOXES = 5000
Groups = list[list[Node]]


def fold_nodes(nodes: Sequence[Node], fold: str, choose: Callable[[Groups], Groups] = lambda groups: groups) -> Groups:
    """The nodes in groups, each of which is drawn as one box.

    Parameters
    ----------
    nodes : sequence of Node
        Parents before children.
    fold : {"never", "repeats", "roles", "steps", "kinds"}
        See `draw`.
    choose : callable, optional
        The groups that are drawn, of all.

    Raises
    ------
    DrawError
        For more than 5000 boxes.
    """
    groups = choose(FOLDS[fold](nodes))
    if len(groups) > MAX_BOXES:
        raise DrawError(
            f"the graph has {len(nodes):,} nodes, of which fold={fold!r} makes {len(groups):,} boxes; up to {MAX_BOXES:,} are "
            "drawn: fold more, or draw a part of it with focus= or between="
        )
    return groups


def fold_nothing(nodes: Sequence[Node]) -> Groups:
    """Every node by itself."""
    return [[node] for node in nodes]


def fold_repeats(nodes: Sequence[Node]) -> Groups:
    """Equal subgraphs that are added up, or otherwise reduced: 100 samples through one network are one network.

    What only one of the operands of a reduction was computed from is its own; what others use too, such as a parameter,
    is shared. Operands are equal where their own parts are the same operations on the same shared nodes, or failing
    that, on any shared nodes.
    """
    consumers: Counter[Node] = Counter(p for node in nodes for p in node.parents)
    selected = set(nodes)
    together = _Unions(nodes)
    waiting = [node for node in nodes if not consumers[node]]
    seen = set(waiting)

    def go_on(found: Iterable[Node]) -> None:
        for node in found:
            if node in selected and node not in seen:
                seen.add(node)
                waiting.append(node)

    for node in waiting:
        tree, items = _reduction(node, consumers)
        if len(items) < MIN_REPEATED:
            go_on(node.parents)
            continue
        for part in tree:
            together.join(tree[0], part)
        own = {item: _own_nodes(item, consumers) for item in items if consumers[item] == 1 and item in selected}
        alone = set(own)
        for exact in (True, False):
            alike: defaultdict[Hashable, list[Node]] = defaultdict(list)
            for item in (item for item in own if item in alone):
                alike[_signature(own[item], exact)].append(item)
            for first, *others in alike.values():
                for other in others:
                    for mine, theirs in zip(own[first], own[other], strict=True):
                        together.join(mine, theirs)
            alone = {items[0] for items in alike.values() if len(items) == 1}
        go_on(item for item in own if item in alone)
        # Outside what was folded the walk goes on.
        inside = {part for parts in own.values() for part in parts}
        go_on(item for item in items if item not in own)
        go_on(p for item in own if item not in alone for part in own[item] for p in part.parents if p not in inside)
    return together.groups()


def fold_roles(nodes: Sequence[Node]) -> Groups:
    """Nodes that are computed in the same way, from the leaves on: the units of a layer are one box.

    Leaves that are used in the same way are one too.
    """
    consumers: Counter[Node] = Counter(p for node in nodes for p in node.parents)
    role: dict[Node, int] = {}
    sources: list[frozenset[int]] = []
    known: dict[Hashable, int] = {}
    for node in nodes:
        operands = frozenset(role[p] for p in node.parents if p in role)
        joined = _chain_role(node, role, sources, consumers)
        if joined is None:
            # x * x is another thing than w * x.
            square = len(node.parents) == 2 and node.parents[0] is node.parents[1]
            joined = known.setdefault((_kind(node), operands, square), len(sources))
            if joined == len(sources):
                sources.append(operands)
        role[node] = joined
    uses: defaultdict[Node, set[int]] = defaultdict(set)
    for node in nodes:
        for parent in node.parents:
            uses[parent].add(role[node])
    groups: defaultdict[Hashable, list[Node]] = defaultdict(list)
    for node in nodes:
        groups[role[node], frozenset(uses[node]) if node.op is None else None].append(node)
    return list(groups.values())


def fold_kinds(nodes: Sequence[Node]) -> Groups:
    """Nodes of the same operation, module, and source line where that is known."""
    alike: defaultdict[Hashable, list[Node]] = defaultdict(list)
    for node in nodes:
        site = None if node.site is None else (node.site.filename, node.site.lineno)
        alike[(node.op and node.op.name, _leaf_kind(node), node.scope, site)].append(node)
    return list(alike.values())


FOLDS: dict[str, Callable[[Sequence[Node]], Groups]] = {
    "never": fold_nothing,
    "repeats": fold_repeats,
    "roles": fold_roles,
    "steps": fold_steps,
    "kinds": fold_kinds,
}


def _reduction(node: Node, consumers: Counter[Node]) -> tuple[list[Node], list[Node]]:
    """The operations of a reduction that ends in `node`, and its operands from left to right."""
    if node.op is None:
        return [], []
    if node.op.joint is not None:
        return [node], list(node.parents)
    if node.op.name not in REDUCTIONS:
        return [], []
    tree, items = [], []
    stack = [node]
    while stack:
        part = stack.pop()
        if part.op is node.op and (part is node or consumers[part] == 1):
            tree.append(part)
            stack += reversed(part.parents)
        else:
            items.append(part)
    return tree, items


def _own_nodes(item: Node, consumers: Counter[Node]) -> list[Node]:
    """What only `item` was computed from, itself first, in an order that depends on nothing but the structure."""
    left: dict[Node, int] = {}
    order = [item]
    for node in order:
        for parent in node.parents:
            left[parent] = left.get(parent, consumers[parent]) - 1
            if left[parent] == 0:
                order.append(parent)
    return order


def _signature(own: Sequence[Node], exact: bool) -> Hashable:
    place = {node: number for number, node in enumerate(own)}
    return tuple(
        (_kind(node), tuple(place[p] if p in place else -id(p) if exact else None for p in node.parents))
        for node in own
    )


def _kind(node: Node) -> Hashable:
    return (
        None if node.op is None else id(node.op),
        repr(node.params) if node.params else "",
        node.scope,
        _leaf_kind(node),
        np.shape(get_data(node)),
    )


def _leaf_kind(node: Node) -> Any:
    """For a leaf, whether it is a constant, and its name without the digits at its end."""
    if node.op is not None:
        return None
    return node.__class__ is Const, node.requires_grad, (node.name or "").rstrip("0123456789_")


def _chain_role(
    node: Node, role: dict[Node, int], sources: list[frozenset[int]], consumers: Counter[Node]
) -> int | None:
    """The role of an operand that `node` only goes on adding to, or multiplying by, more of the same."""
    if node.op is None or node.op.name not in REDUCTIONS:
        return None
    for k, parent in enumerate(node.parents):
        if parent.op is node.op and parent.scope == node.scope and consumers[parent] == 1 and parent in role:
            others = {role[p] for i, p in enumerate(node.parents) if i != k and p in role}
            if others <= sources[role[parent]]:
                return role[parent]
    return None


class _Unions:
    """Sets of nodes that grow together."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = nodes
        self._number = {node: number for number, node in enumerate(nodes)}
        self._above = list(range(len(nodes)))

    def _top(self, number: int) -> int:
        while self._above[number] != number:
            self._above[number] = number = self._above[self._above[number]]
        return number

    def join(self, one: Node, other: Node) -> None:
        """One set of both."""
        if one in self._number and other in self._number:
            a, b = self._top(self._number[one]), self._top(self._number[other])
            self._above[max(a, b)] = min(a, b)

    def groups(self) -> Groups:
        """The sets, in the order of their first nodes."""
        found: dict[int, list[Node]] = {}
        for number, node in enumerate(self._nodes):
            found.setdefault(self._top(number), []).append(node)
        return list(found.values())
