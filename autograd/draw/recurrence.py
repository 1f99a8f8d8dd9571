"""`fold_steps`: what every step of a recurrence computes in the same way is one box, over time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from functools import partial

import numpy as np

from autograd.graph.node import Const, Node, get_data

# How far around a node its neighbours tell it from others, and boxes from which on they tell enough.
MAX_ROUNDS, MAX_CLASSES = 4, 40
# From so many on, things that each differ are what is done over time.
MIN_STEPS = 4

# What tells a node from others of its kind: its parameters, and the kinds of its operands and of its users.
Key = tuple[str, tuple[int, ...], tuple[int, ...]]


def fold_steps(nodes: Sequence[Node]) -> list[list[Node]]:
    """Nodes that do the same at every step of a recurrence: the input gates of 20 steps are one box.

    Nodes of one operation are told apart by what they are computed from and used by, as far as that repeats: the gates of
    a cell are different boxes. A first step, which differs from the others since it starts from zeros, is one of them; so
    are the slices of a sequence, each of which is taken at another place.
    """
    users: defaultdict[Node, list[Node]] = defaultdict(list)
    for node in nodes:
        for parent in node.parents:
            users[parent].append(node)
    params = {node: repr(node.params) if node.params else "" for node in nodes}
    known: dict[Hashable, int] = {}
    kind = {node: known.setdefault(_kind(node), len(known)) for node in nodes}
    for _ in range(MAX_ROUNDS):
        keys: dict[Node, Key] = {
            node: (
                params[node],
                tuple(kind.get(p, -1) for p in node.parents),
                tuple(sorted({kind[user] for user in users[node]})),
            )
            for node in nodes
        }
        finer = _split(nodes, kind, keys)
        count = len(set(finer.values()))
        if count == len(set(kind.values())) or count > MAX_CLASSES:
            break
        kind = finer
    groups: defaultdict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        groups[kind[node]].append(node)
    return list(groups.values())


def _split(nodes: Sequence[Node], kind: dict[Node, int], keys: dict[Node, Key]) -> dict[Node, int]:
    """Finer kinds: by key where a key is of many; the few whose keys are their own stay together."""
    counts: defaultdict[int, Counter[Key]] = defaultdict(Counter)
    for node in nodes:
        counts[kind[node]][keys[node]] += 1
    joined: dict[tuple[int, Hashable], Hashable] = {}
    for number, of_kind in counts.items():
        most = max(of_kind.values())
        # Such as the slices of a sequence.
        many = len(of_kind) >= MIN_STEPS
        few = [key for key, n in of_kind.items() if 2 * n < most or (many and n == 1)]
        often = [key for key in of_kind if key not in set(few)]
        if 2 * sum(of_kind[key] for key in few) < most:
            # A first and a last step are of those between that they are most like.
            joined |= {(number, key): max(often, key=partial(_likeness, key)) for key in few}
        else:
            joined |= dict.fromkeys(((number, key) for key in few), "rest")
    finer: dict[Hashable, int] = {}
    found = {}
    for node in nodes:
        number, key = kind[node], keys[node]
        found[node] = finer.setdefault((number, joined.get((number, key), key)), len(finer))
    return found


def _likeness(one: Key, other: Key) -> int:
    """How much of the parameters, operands and users of two nodes is the same."""
    operands = sum(a == b for a, b in zip(one[1], other[1], strict=False))
    return (one[0] == other[0]) + operands + len(set(one[2]) & set(other[2]))


def _kind(node: Node) -> Hashable:
    leaf = None if node.op is not None else (node.__class__ is Const, node.requires_grad, node.name)
    return node.op and node.op.name, node.scope, leaf, np.shape(get_data(node)) if node.op is not None else None
