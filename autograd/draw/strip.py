"""A strip of the gradient's norms over the steps of a recurrence: where in time it vanishes, a bar for each step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from autograd.draw.recurrence import MIN_STEPS, fold_steps
from autograd.draw.style import MAX_VANISHING
from autograd.graph.node import Node
from autograd.wording.numbers import format_number

# A bar is a factor of 10 higher than the one before it; nothing at all is a point.
BARS, ZERO, BROKEN = "▁▂▃▄▅▆▇█", "·", "!"
# Bars of a strip; of more steps the largest of several is one.
MAX_BARS = 40
# Nodes between two steps; of more they are none.
MAX_BETWEEN = 2000


def depths(nodes: Sequence[Node]) -> dict[Node, int]:
    """How many operations lead to each node at most; parents come before children."""
    depth: dict[Node, int] = {}
    for node in nodes:
        depth[node] = 1 + max((depth[p] for p in node.parents if p in depth), default=-1)
    return depth


def steps_in(group: Sequence[Node], depth: Mapping[Node, int]) -> list[Node]:
    """The nodes of a box one after another, if they are steps in time: each computed from the one before."""
    if len(group) < MIN_STEPS or group[0].op is None:
        return []
    steps = sorted(group, key=depth.__getitem__)
    return steps if all(_leads(a, b, depth) for a, b in pairwise(steps)) else []


def steps_within(nodes: Sequence[Node], depth: Mapping[Node, int]) -> list[Node]:
    """The longest steps in time among the nodes of a module, of several the last: what it hands on."""
    found = [steps_in(group, depth) for group in fold_steps(nodes)] if len(nodes) > MIN_STEPS else []
    return max(reversed(found), key=len, default=[])


def _leads(start: Node, end: Node, depth: Mapping[Node, int]) -> bool:
    """Whether `end` was computed from `start`, which is not far from it."""
    seen, waiting = {end}, [end]
    while waiting and len(seen) < MAX_BETWEEN:
        for parent in waiting.pop().parents:
            if parent is start:
                return True
            if parent not in seen and depth.get(parent, 0) > depth[start]:
                seen.add(parent)
                waiting.append(parent)
    return False


def draw_strip(norms: Sequence[float]) -> str:
    """A bar for each step, the first at the left; the highest are within a factor of 10 of the largest.

    Examples
    --------
    >>> draw_strip([0.0, 1e-9, 1e-3, 1e-2, 0.5, 1.0]), draw_strip([1.0, float("nan")])
    ('·▁▅▆██', '█!')
    """
    largest = max((x for x in norms if math.isfinite(x)), default=0.0)
    size = max(-(-len(norms) // MAX_BARS), 1)
    return "".join(_bar(max(norms[k : k + size], key=_rank), largest) for k in range(0, len(norms), size))


def tell_strip(norms: Sequence[float]) -> str:
    """The same in words.

    Examples
    --------
    >>> tell_strip([0.0, 1e-9, 1e-3, 1.0]), tell_strip([0.5, 1.0])
    ('0 at step 1, 1 at step 4; vanishing up to step 2', '0.5 at step 1, 1 at step 2')
    """
    told = f"{format_number(norms[0])} at step 1, {format_number(norms[-1])} at step {len(norms):,}"
    least = MAX_VANISHING * max(norms)
    small = [k for k, x in enumerate(norms, 1) if x < least]
    if not small:
        return told
    early = small == list(range(1, len(small) + 1))
    where = f"up to step {small[-1]:,}" if early else f"at {len(small):,} step{'s' * (len(small) > 1)}"
    return f"{told}; vanishing {where}"


def _bar(norm: float, largest: float) -> str:
    if not math.isfinite(norm):
        return BROKEN
    if norm == 0.0:
        return ZERO
    return BARS[max(len(BARS) - 1 + math.ceil(math.log10(norm / largest) - 1e-9), 0)]


def _rank(norm: float) -> float:
    return norm if math.isfinite(norm) else math.inf
