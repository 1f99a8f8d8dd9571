"""Selection: which boxes of a graph are drawn, near a node or between two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from autograd.draw.fold import Groups
from autograd.draw.render import DrawError
from autograd.graph.node import Const, Node


def drop_constants(groups: Groups) -> Groups:
    """Only what is computed, or what a gradient goes to."""
    return [g for g in groups if g[0].op is not None or (g[0].__class__ is not Const and g[0].requires_grad)]


def select_near(groups: Groups, focus: Node, radius: int, names: Mapping[Node, str]) -> Groups:
    """What is within `radius` edges of the box of a node."""
    operands, users = _neighbours(groups)
    found = {_find_group(groups, focus, names)}
    edge = set(found)
    for _ in range(radius):
        edge = {n for k in edge for n in operands[k] | users[k]} - found
        found |= edge
    return [groups[k] for k in sorted(found)]


def select_between(groups: Groups, start: Node, end: Node, names: Mapping[Node, str]) -> Groups:
    """The paths from the box of one node to that of another, which was computed from it.

    Raises
    ------
    DrawError
        Where there are none.
    """
    operands, users = _neighbours(groups)
    first, last = _find_group(groups, start, names), _find_group(groups, end, names)
    below, above = _reach(users, first), _reach(operands, last)
    if last not in below:
        raise DrawError(f"between: no path goes from {names[start]} to {names[end]}")
    return [groups[k] for k in sorted(below & above)]


def _find_group(groups: Groups, node: Node, names: Mapping[Node, str]) -> int:
    # By identity: `in` would compare Values by their numbers.
    for k, group in enumerate(groups):
        if any(n is node for n in group):
            return k
    raise DrawError(f"{names[node]} is not among what is drawn between the two nodes")


def _neighbours(groups: Groups) -> tuple[list[set[int]], list[set[int]]]:
    """For every box those of its operands, and those that it is an operand of."""
    number = {node: k for k, group in enumerate(groups) for node in group}
    operands: list[set[int]] = [set() for _ in groups]
    users: list[set[int]] = [set() for _ in groups]
    for node, k in number.items():
        for parent in node.parents:
            if parent in number:
                operands[k].add(number[parent])
                users[number[parent]].add(k)
    return operands, users


def _reach(onward: list[set[int]], start: int) -> set[int]:
    found, waiting = {start}, [start]
    while waiting:
        further: Iterable[int] = onward[waiting.pop()] - found
        found.update(further)
        waiting += further
    return found
