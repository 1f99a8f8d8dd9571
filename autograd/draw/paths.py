"""`explain`: which paths from the root make up a gradient, the largest first, and where it vanished, exploded or broke."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markup import escape
from rich.table import Table

from autograd.draw.render import DrawError
from autograd.draw.snapshot import Snapshot, check_root
from autograd.draw.style import MAX_VANISHING, MIN_EXPLODING
from autograd.engine.reverse import contributions, fit
from autograd.graph.node import HOOKS, Node
from autograd.wording.numbers import in_double, magnitude, summarise
from autograd.wording.steps import to_line

# Edges that are named as the place where something happened.
MAX_NAMED_EDGES = 5
# What is left of paths that cancel each other, in units of the largest.
CANCELLED_SHARE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """One way of the gradient, from the root to a node.

    Attributes
    ----------
    edges : tuple of (Node, int)
        Each a node and the number of its operand that the path goes on to.
    contribution : float or array
        What comes along it: the gradient at the root times all local derivatives.
    names : mapping of Node to str
        What the nodes are called.

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> e = (a + b) * (b + 1)
    >>> from autograd.draw import explain
    >>> [path.contribution for path in explain(e, b).paths]
    [3.0, 2.0]
    """

    edges: tuple[tuple[Node, int], ...]
    contribution: Any
    names: Mapping[Node, str]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """From the root to the node."""
        return (*(node for node, _ in self.edges), self.edges[-1][0].parents[self.edges[-1][1]]) if self.edges else ()

    @property
    def size(self) -> float:
        """The magnitude of the contribution."""
        return magnitude(self.contribution)

    def __str__(self) -> str:
        names = [self.names[node] for node in self.nodes]
        shown = names if len(names) <= 12 else [*names[:6], f"… {len(names) - 11} more …", *names[-5:]]
        return to_line(" → ".join(shown))


@dataclass(frozen=True, eq=False)
class Explanation:
    """The paths that make up a gradient.

    Attributes
    ----------
    node : Node
    gradient : float or array
    paths : list of Path
        The largest, largest first.
    count : int
        How many paths there are.
    verdict : {"flows", "zero", "vanished", "exploded", "broken", "cancels", "nothing"}
    culprits : list of (Node, int)
        The edges where that happened.
    names : mapping of Node to str
        What the nodes are called.

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> e = (a + b) * (b + 1)
    >>> from autograd.draw import explain
    >>> found = explain(e, b)
    >>> found.gradient, found.count, found.verdict
    (5.0, 2, 'flows')
    """

    node: Node
    gradient: Any
    paths: list[Path]
    count: int
    verdict: str
    culprits: list[tuple[Node, int]]
    names: Mapping[Node, str]

    @property
    def edges(self) -> frozenset[tuple[Node, int]]:
        """The edges to highlight: the culprits or, where the gradient flows, the largest path."""
        if self.culprits:
            return frozenset(self.culprits)
        return frozenset(self.paths[0].edges) if self.paths else frozenset()

    @property
    def sentence(self) -> str:
        """One sentence that says what happened."""
        name, amount = to_line(self.names[self.node]), summarise([self.gradient]).text
        where = to_line("; ".join(map(self._place, self.culprits))) or "where its contributions add up"
        return {
            "flows": f"the gradient of {name} is {amount}",
            "nothing": f"the gradient of {name} is {amount}: the pass began with that at the root",
            "zero": f"the gradient of {name} is zero: nothing passes {where}",
            "cancels": f"the gradient of {name} is {amount}: its paths cancel each other",
            "vanished": f"the gradient of {name} vanished, {amount}: it shrank most at {where}",
            "exploded": f"the gradient of {name} exploded, {amount}: it grew most at {where}",
            "broken": f"the gradient of {name} is not finite: that began at {where}",
        }[self.verdict]

    def _place(self, edge: tuple[Node, int]) -> str:
        node, index = edge
        line = f" ({node.site})" if node.site is not None else ""
        return f"{self._name(node)} → {self._name(node.parents[index])}{line}"

    def _name(self, node: Node) -> str:
        operation = f" ({node.op.name.removesuffix('_n')})" if node.op is not None else ""
        return f"{self.names[node]}{operation}"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield escape(self.sentence)
        table = Table("contribution", "share", "path")
        total = magnitude(self.gradient)
        for path in self.paths:
            telling = CANCELLED_SHARE * path.size < total < np.inf
            share = f"{_share_along(path.contribution, self.gradient):.0%}" if telling else ""
            table.add_row(summarise([path.contribution]).text, share, escape(str(path)))
        yield table
        if self.count > len(self.paths):
            most = "the largest" if len(self.paths) == 1 else f"the {len(self.paths)} largest"
            count = f"{self.count:,}" if self.count < 10**15 else f"about {float(min(self.count, 10**300)):.0e}"
            yield f"{most} of {count} paths"

    def __str__(self) -> str:
        console = Console(width=100, color_system=None, force_jupyter=False, force_terminal=False)
        with console.capture() as captured:
            console.print(self)
        return captured.get()

    def __repr__(self) -> str:
        return f"<Explanation: {self.sentence}>"


def explain(root: Node | Snapshot, node: Node | str, paths: int = 5, gradient: Any = None) -> Explanation:
    """Explain the derivative of `root` with respect to `node` by paths of the chain rule.

    The largest paths are found without listing all, of which there may be 2ⁿ: every node keeps the best ways to it, and
    hands them on (the k best paths of an acyclic graph). For `Value`s the result is exact, since the size of a path is a
    product; for tensors, whose paths are products of matrices, a path that is small half-way and large at its end
    may be missed.

    Parameters
    ----------
    root : Node or Snapshot
    node : Node or str
        Any under the root that requires a gradient, itself or its name.
    paths : int
    gradient : float or array, optional
        What arrives at the root.

    Raises
    ------
    DrawError
        Where no gradient goes from one to the other.

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> c, d = a + b, b + 1
    >>> c.name, d.name = "c", "d"
    >>> found = explain(c * d, b)
    >>> [(str(path), path.contribution) for path in found.paths], found.gradient
    ([('v1 → d → b', 3.0), ('v1 → c → b', 2.0)], 5.0)
    """
    shot = root if isinstance(root, Snapshot) else Snapshot(check_root(root), gradient)
    node = shot.find(node)
    if node not in shot.gradients:
        raise DrawError(f"explain: no gradient goes from {shot.names[shot.root]} to {shot.names[node]}")
    reaching = _nodes_towards(shot, node)
    ways: dict[Node, list[_Way]] = {shot.root: [_Way(shot.gradients[shot.root])]}
    count: defaultdict[Node, int] = defaultdict(int, {shot.root: 1})
    for at in shot.order:
        if at not in reaching or at is node or at.op is None:
            continue
        onward = [i for i, p in enumerate(at.parents) if p in reaching and (at, i) in shot.sent]
        factor = _hook_factor(shot, at)
        for way in ways.pop(at, []):
            sent = _contributions(shot, at, way.amount if factor is None else way.amount * factor, onward)
            for i in onward:
                best = ways.setdefault(at.parents[i], [])
                best.append(_Way(sent[i], (at, i), way))
        # Numbers of paths are long: only those that are still needed are kept.
        passed = count.pop(at)
        for i in onward:
            count[at.parents[i]] += passed
            best = ways.get(at.parents[i], [])
            if len(best) > paths:
                ways[at.parents[i]] = heapq.nlargest(paths, best, key=lambda way: _rank(way.amount))
    found = [
        way.path(shot.names) for way in heapq.nlargest(paths, ways.get(node, []), key=lambda way: _rank(way.amount))
    ]
    verdict, culprits = _judge(shot, node, reaching, found)
    return Explanation(node, shot.gradients[node], found, count[node], verdict, culprits, shot.names)


class _Way:
    """The last edge of a path, and the way before it."""

    __slots__ = ("amount", "before", "edge")

    def __init__(self, amount: Any, edge: tuple[Node, int] | None = None, before: _Way | None = None) -> None:
        self.amount, self.edge, self.before = amount, edge, before

    def path(self, names: Mapping[Node, str]) -> Path:
        edges = []
        way: _Way | None = self
        while way is not None and way.edge is not None:
            edges.append(way.edge)
            way = way.before
        return Path(tuple(reversed(edges)), self.amount, names)


def _judge(shot: Snapshot, node: Node, reaching: set[Node], paths: list[Path]) -> tuple[str, list[tuple[Node, int]]]:
    here, start = magnitude(shot.gradients[node]), magnitude(shot.gradients[shot.root])
    edges = [
        (at, i)
        for at in shot.order
        if at in reaching and at is not node
        for i, p in enumerate(at.parents)
        if p in reaching and (at, i) in shot.sent
    ]
    if start == 0.0 or not np.isfinite(start):
        return "nothing", []
    if not np.isfinite(here):
        began = [
            e
            for e in edges
            if np.isfinite(magnitude(shot.gradients[e[0]])) and not np.isfinite(magnitude(shot.sent[e]))
        ]
        return "broken", began[:MAX_NAMED_EDGES]
    if paths and paths[0].size > 0.0 and here <= CANCELLED_SHARE * paths[0].size:
        return "cancels", []
    if here == 0.0:
        blocked = [e for e in edges if magnitude(shot.gradients[e[0]]) > 0.0 and magnitude(shot.sent[e]) == 0.0]
        return "zero", blocked[:MAX_NAMED_EDGES]
    if paths and start > 0.0 and not MAX_VANISHING <= here / start <= MIN_EXPLODING:
        vanished = here < start
        steps = [(magnitude(shot.sent[e]) / (magnitude(shot.gradients[e[0]]) or 1.0), e) for e in paths[0].edges]
        worst = (min if vanished else max)(steps, key=lambda step: step[0])[1]
        return "vanished" if vanished else "exploded", [worst]
    return "flows", []


def _nodes_towards(shot: Snapshot, node: Node) -> set[Node]:
    found = {node}
    for other in shot.nodes:
        if any(p in found for p in other.parents):
            found.add(other)
    return found


def _hook_factor(shot: Snapshot, node: Node) -> Any:
    """By what the hooks of a node multiplied what arrived; None without hooks."""
    if node not in HOOKS or node is shot.root:
        return None
    arrived = sum(
        (shot.sent[c, i] for c in dict.fromkeys(shot.consumers[node]) for i, p in enumerate(c.parents)
         if p is node and (c, i) in shot.sent),
        start=0.0,
    )  # fmt: skip
    with np.errstate(all="ignore"):
        factor = np.where(np.asarray(arrived) == 0.0, 1.0, np.asarray(shot.gradients[node]) / np.asarray(arrived))
    return float(factor) if shot.gradients[node].__class__ is float else factor


def _contributions(shot: Snapshot, node: Node, amount: Any, onward: list[int]) -> list[Any]:
    wanted = [i in onward for i in range(len(node.parents))]
    whole = shot.gradients[node]
    if amount is whole or (amount.__class__ is float and amount == whole):
        return [shot.sent.get((node, i)) for i in range(len(node.parents))]
    with np.errstate(all="ignore"):
        sent = contributions(node, amount, shot.values.__getitem__, wanted)
    return [s if s is None else fit(s, p, node) for s, p in zip(sent, node.parents, strict=True)]


def _rank(x: Any) -> float:
    size = magnitude(x)
    return size if size == size else float("inf")


def _share_along(part: Any, whole: Any) -> float:
    """Which share of a gradient a contribution makes up: its projection onto it."""
    whole = in_double(whole)
    return float(np.real(np.vdot(whole, in_double(part))) / np.real(np.vdot(whole, whole)))
