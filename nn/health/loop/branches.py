"""Rows whose losses are computed in several ways, one for each class, as in `p.log() if y else (1 - p).log()` or `-p[y].log()`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.graph.node import Node, ancestors, get_data
from autograd.ops.shape import stack

# What may stand last in a network.
ACTIVATIONS = ("tanh", "sigmoid", "relu")
# What computes a term of other outputs, given by the identity of the nodes that they stand for.
Compute = Callable[[Node, Mapping[int, Any]], Any]


def find_outputs(terms: Sequence[Node], kinds: Mapping[int, int]) -> list[list[Node]] | None:
    """The nodes that all terms are made of alike, those of each row in a list, in order: the last ones that a network gives.

    Parameters
    ----------
    terms : sequence of Node
        One for each row.
    kinds : mapping of int to int
        A number for each node by its identity, the same where the same is done with the same weights; 0 for constants.
    """
    nodes = [{kinds[id(node)]: node for node in ancestors(term) if kinds[id(node)]} for term in terms]
    common = set.intersection(*map(set, nodes))
    cut: set[int] = set()
    for found in nodes:
        for kind, node in found.items():
            if kind not in common:
                cut |= {kinds[id(parent)] for parent in node.parents} & common
    cut = {_follow(kind, nodes[0], kinds) for kind in cut}
    while (lower := _go_down(cut, nodes[0], kinds)) is not None:
        cut = lower
    order = sorted(cut, key=lambda kind: nodes[0][kind].order)
    if not order or any(nodes[0][kind].op is None for kind in order):
        return None
    return [[found[kind] for kind in order] for found in nodes]


def _go_down(cut: set[int], nodes: Mapping[int, Node], kinds: Mapping[int, int]) -> set[int] | None:
    """A cut of no more nodes that lies lower, and above all weights and activations; None where there is none."""
    for kind in sorted(cut, key=lambda kind: -nodes[kind].order):
        below = _below(kind, nodes, kinds)
        lower = (cut - {kind}) | {_follow(k, nodes, kinds) for k in below}
        if below and lower != cut and len(lower) <= len(cut):
            return lower
    return None


def _follow(kind: int, nodes: Mapping[int, Node], kinds: Mapping[int, int]) -> int:
    """What a node is made of, where that is one thing and numbers."""
    while len(below := _below(kind, nodes, kinds)) == 1:
        (kind,) = below
    return kind


def _below(kind: int, nodes: Mapping[int, Node], kinds: Mapping[int, int]) -> set[int]:
    """The kinds that a node is made of; none of an activation, or where a weight is among them."""
    node = nodes[kind]
    below = {kinds[id(parent)] for parent in node.parents if kinds[id(parent)]}
    ends = node.op is None or node.op.name in ACTIVATIONS or any(nodes[k].op is None for k in below)
    return set() if ends else below


def join_branches(
    terms: Sequence[Node],
    kinds: Mapping[int, int],
    outputs: Sequence[Sequence[Node]],
    columns: Sequence[Tensor],
    compute: Compute,
) -> tuple[Tensor, Tensor] | None:
    """The outputs of all rows, and the loss of each row with its class as a target; None where it can't be told which class a way is of.

    Parameters
    ----------
    terms : sequence of Node
    kinds : mapping of int to int
    outputs : sequence of list of Node
        Those of each row.
    columns : sequence of Tensor
        The same for all rows, output by output.
    compute : callable
    """
    ways = {kinds[id(term)]: (term, given) for term, given in zip(terms, outputs, strict=True)}
    beside = {(kinds[id(term)], _constants(term, given)) for term, given in zip(terms, outputs, strict=True)}
    if len(beside) > len(ways):
        # Numbers of each row would be targets of another kind than classes.
        return None

    def take(way: int, values: Sequence[Any]) -> Any:
        term, given = ways[way]
        return compute(term, {id(node): value for node, value in zip(given, values, strict=True)})

    output = stack(list(columns), axis=1) if len(columns) > 1 else columns[0]
    parts = [output[:, k] for k in range(len(columns))] if len(columns) > 1 else [output]
    which = np.array([kinds[id(term)] for term in terms])
    if len(columns) == 1:
        if len(ways) != 2:
            return None
        # The way that costs the less the larger the output is, is that of the class.
        slopes = {way: float(take(way, [Tensor([0.6])]).data[0] - take(way, [Tensor([0.4])]).data[0]) for way in ways}
        (mine, other) = sorted(ways, key=lambda way: slopes[way])
        if not slopes[mine] < 0.0 < slopes[other]:
            return None
        asked = (which == mine).astype(np.float64)
        return output, take(mine, parts) * Tensor(asked) + take(other, parts) * Tensor(1.0 - asked)
    classes = {way: _find_class(partial(take, way), len(columns)) for way in ways}
    found = {k: way for way, k in classes.items() if k is not None}
    if len(found) < len(ways):
        return None
    # A class that no row is of costs nothing.
    costs = [take(found[k], parts) if k in found else 0.0 * parts[0] for k in range(len(columns))]
    asked = np.stack([which == found.get(k, 0) for k in range(len(columns))], axis=1).astype(np.float64)
    return output, (stack(costs, axis=1) * Tensor(asked)).sum(axis=1)


def _constants(term: Node, outputs: Sequence[Node]) -> tuple[float, ...]:
    """The numbers that a term is made of beside outputs."""
    seen, found, waiting = {id(node) for node in outputs}, list[float](), [term]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.op is None:
            found.append(float(get_data(node)))
        waiting += reversed(node.parents)
    return tuple(found)


def _find_class(cost: Callable[[Sequence[Any]], Any], count: int) -> int | None:
    """The output that makes a cost smaller where it is larger, while all others make it larger or leave it."""
    even = float(cost([Tensor([0.4])] * count).data[0])
    slopes = [
        float(cost([Tensor([0.6 if j == k else 0.4]) for j in range(count)]).data[0]) - even for k in range(count)
    ]
    best = int(np.argmin(slopes))
    return best if slopes[best] < 0.0 <= min(slopes[:best] + slopes[best + 1 :]) else None
