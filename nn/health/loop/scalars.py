"""`lift`: the graph of a loss of single numbers, as micrograd's loops make it, as one of arrays with an element for each row."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.graph.node import Const, Node, ancestors, get_data
from nn.health.loop.branches import ACTIVATIONS, find_outputs, join_branches

# What no penalty does with weights.
OF_ROWS = (*ACTIVATIONS, "exp", "log")
# Losses of one row that are lifted together: of fewer a column, or the targets, may be the same number by chance, and look like a
# constant. And how many in turn may be of a kind that is not lifted, until no more are tried.
FEWEST_ROWS, MOST_ROWS, MOST_FAILED = 8, 32, 4


@dataclass(frozen=True)
class Layer:
    """Units that are given the same: their weights, the leaves of a unit in a row; their biases, if they have some; and what follows."""

    weights: list[list[Node]]
    biases: list[Node]
    activation: str


@dataclass(frozen=True)
class Lifted:
    """A loss and the outputs that it is of as tensors, with the leaves that stand for the script's own.

    Attributes
    ----------
    loss : Tensor
    output : Tensor
        One element for each row.
    rows : int
        How many of these, the last ones, are of the last pass.
    leaves : list of Tensor
    sources : list of Value
        The script's, in the same order.
    columns : list of Tensor
        What the first of the layers is given.
    layers : list of Layer
        Of sources; none where the network is made of something else.
    """

    loss: Tensor
    output: Tensor
    rows: int
    leaves: list[Tensor]
    sources: list[Node]
    columns: list[Node]
    layers: list[Layer]


class Lifter:
    """Lifts the losses of a run, one after the other; of losses of one row each, the last ones together.

    Attributes
    ----------
    trained : dict of int to Value
        The leaves that the last loss is trained by, by their identity.
    """

    def __init__(self) -> None:
        self.trained: dict[int, Node] = {}
        self._loss: Node | None = None
        self._found: Lifted | None = None
        self._past: list[Node] = []
        self._leaves: dict[int, Node] = {}
        self._left = MOST_FAILED

    @property
    def is_adrift(self) -> bool:
        """Whether nothing is trained, though the last loss is of several rows."""
        return self._loss is not None and not self.trained and len(_summands(self._loss)) > 1

    def lift(self, loss: Node) -> Lifted | None:
        """The same loss of arrays; the same one for the same loss."""
        if loss is not self._loss:
            leaves = list_leaves(loss)
            # What one row alone is made of is trained where the row before was made of it, too.
            same = {key: leaf for key, leaf in leaves.items() if key in self._leaves}
            self._loss, self._leaves, self.trained = loss, leaves, find_trained(loss) or same
            self._past = [*self._past[1 - MOST_ROWS :], loss]
            self._found = None if self._left < 0 else lift([loss], self.trained)
            if self._found is None and self._left >= 0 and len(self._past) >= FEWEST_ROWS:
                self._found = lift(self._past, self.trained)
            waits = len(self._past) < FEWEST_ROWS and len(_summands(loss)) == 1
            self._left = MOST_FAILED if self._found is not None or waits else self._left - 1
        return self._found


def lift(losses: Sequence[Node], trained: Mapping[int, Node]) -> Lifted | None:
    """The same loss of arrays; None where it is no sum over rows that are all computed alike.

    Parameters
    ----------
    losses : sequence of Value
        That of the last pass; or of several, where each is of one row. What it adds up over rows may be multiplied by a constant,
        such as one over their number, and stand beside a penalty.
    trained : mapping of int to Value
        The leaves that are trained, by their identity.

    Examples
    --------
    >>> from autograd import Value
    >>> w = Value(3.0)
    >>> loss = sum((w * x - y) ** 2 for x, y in ((1.0, 2.0), (2.0, 5.0), (3.0, 6.0))) / 3
    >>> found = lift([loss], find_trained(loss))
    >>> found.loss.item(), found.output.data.tolist(), found.sources == [w]
    (3.6666666666666665, [3.0, 6.0, 9.0], True)
    """
    return _lift(losses, trained, turned=False) or _lift(losses, trained, turned=True)


def _lift(losses: Sequence[Node], trained: Mapping[int, Node], turned: bool) -> Lifted | None:
    each = [_summands(loss, turned) for loss in losses]
    terms = [pair for one in each for pair in one]
    kinds = _kinds(sorted({node for loss in losses for node in ancestors(loss)}, key=lambda node: node.order), trained)
    varied = {
        kind for kind in set(kinds.values()) if _differ([term for term, _ in terms if kinds[id(term)] == kind], trained)
    }
    rows = [pair for pair in terms if kinds[id(pair[0])] in varied or _is_of_row(pair[0], trained)]
    penalties = [pair for pair in each[-1] if pair not in rows]
    shares, builder = {share for _, share in rows}, _Builder(trained)
    count = len(rows)
    if not varied or len(shares) > 1 or count % len(losses):
        return None
    alike = {kinds[id(term)]: term for term, _ in rows}
    if _list_sums(list(alike.values()), kinds) & _list_sums([term for term, _ in penalties], kinds):
        return None
    try:
        read = _read_rows([node for node, _ in rows], kinds, builder)
        if read is None:
            return None
        (units, output, term), share = read, shares.pop()
        of_one = share * (count // len(losses))
        total = term.mean() * of_one if len(losses) > 1 or np.isclose(abs(of_one), 1.0) else term.sum() * share
        for node, size in penalties:
            # A leaf that is not trained is a number that the sum starts with.
            part = float(get_data(node)) if node.op is None and id(node) not in trained else builder.build([node])
            total = total + part * size
    except _UnlikeError:
        return None
    sources = {id(leaf): source for leaf, source in zip(builder.leaves, builder.sources, strict=True)}
    columns, layers = _read_layers(units, sources) or ([], [])
    return Lifted(total, output, count // len(losses), builder.leaves, builder.sources, columns, layers)


def _read_rows(
    terms: Sequence[Node], kinds: Mapping[int, int], builder: _Builder
) -> tuple[list[Tensor], Tensor, Tensor] | None:
    """What a network gives for the rows, by itself and as one array, and what the loss of each row is; None where that can't be told."""
    if len({kinds[id(term)] for term in terms}) == 1:
        term = builder.build(terms)
        output = _find_output(term, set(map(id, builder.leaves)))
        return ([output], output, term) if output is not None else None
    outputs = find_outputs(terms, kinds)
    if outputs is None:
        return None
    units = [builder.build(column) for column in zip(*outputs, strict=True)]
    joined = join_branches(terms, kinds, outputs, units, builder.build_of)
    return (units, *joined) if joined is not None else None


def find_trained(loss: Node) -> dict[int, Node]:
    """The leaves that several summands of a loss are made of, by their identity: each row is made of its own."""
    met: Counter[int] = Counter()
    found: dict[int, Node] = {}
    for term, _ in _summands(loss):
        for node in ancestors(term):
            if node.op is None and node.requires_grad:
                met[id(node)] += 1
                found[id(node)] = node
    return {key: node for key, node in found.items() if met[key] > 1}


def _summands(loss: Node, turned: bool = False) -> list[tuple[Node, float]]:
    """What a loss adds up, in order, each with what all of it is multiplied by; `turned`: the rows stand right of a penalty."""
    found: list[tuple[Node, float]] = []
    stack: list[tuple[Node, float]] = [(loss, 1.0)]
    while stack:
        node, share = stack.pop()
        name, parents = "" if node.op is None else node.op.name, node.parents
        fixed = [not parent.requires_grad for parent in parents]
        if name == "add":
            # `sum` goes from left to right: what stands right is a summand, whatever it is made of.
            found += [(parents[not turned], share)] if not fixed[not turned] else []
            stack += [(parents[turned], share)] if not fixed[turned] else []
            turned = False
        elif name == "neg":
            stack.append((parents[0], -share))
        elif name == "mul" and any(fixed := [_is_factor(*parents), _is_factor(*parents[::-1])]):
            stack.append((parents[fixed[0]], share * float(get_data(parents[not fixed[0]]))))
        elif name == "div" and (fixed[1] or parents[1].op is None):
            stack.append((parents[0], share / float(get_data(parents[1]))))
        else:
            found.append((node, share))
    return sorted(found, key=lambda pair: pair[0].order)


def _is_factor(node: Node, other: Node) -> bool:
    """Whether a number is what something is multiplied by: a constant, or a leaf that stands before a sum."""
    return not node.requires_grad or (node.op is None and other.op is not None and other.op.name == "add")


def _list_sums(terms: Sequence[Node], kinds: Mapping[int, int]) -> set[int]:
    """The kinds of what terms add up of parts that are trained: a penalty has none of those that a row has."""
    nodes = (node for term in terms for node in ancestors(term) if node.op is not None and node.op.name == "add")
    return {kinds[id(node)] for node in nodes if all(kinds[id(parent)] for parent in node.parents)}


def list_leaves(loss: Node) -> dict[int, Node]:
    """All leaves that a gradient comes to, by their identity."""
    return {id(node): node for node in ancestors(loss) if node.op is None and node.requires_grad}


def _differ(terms: Sequence[Node], trained: Mapping[int, Node]) -> bool:
    """Whether summands are of several rows: not all of the same numbers, beside what is trained."""
    given = {
        tuple(float(get_data(node)) for node in ancestors(term) if node.op is None and id(node) not in trained)
        for term in terms
    }
    return len(given) > 1


def _is_of_row(term: Node, trained: Mapping[int, Node]) -> bool:
    """Whether a summand is of a row, and not of what is trained alone, as a penalty is: by its own leaves, or by what is done in it.

    A leaf alone is a number that the sum starts with.
    """
    return term.op is not None and any(
        (node.requires_grad and id(node) not in trained) if node.op is None else node.op.name in OF_ROWS
        for node in ancestors(term)
    )


def _kinds(order: Sequence[Node], trained: Mapping[int, Node]) -> dict[int, int]:
    """A number for each node: the same where the same is done with the same leaves, whatever the constants are; 0 for these."""
    known: dict[Any, int] = {}
    kinds: dict[int, int] = {}
    for node in order:
        made = tuple(kinds[id(parent)] for parent in node.parents)
        if id(node) in trained:
            key: Any = id(node)
        elif any(made):
            assert node.op is not None
            key = (node.op.name, made)
        else:
            kinds[id(node)] = 0
            continue
        kinds[id(node)] = known.setdefault(key, len(known) + 1)
    return kinds


class _UnlikeError(Exception):
    """Rows are not computed alike."""


class _Builder:
    """Makes one graph of arrays of many of numbers that are alike."""

    def __init__(self, trained: Mapping[int, Node]) -> None:
        self._trained = trained
        self._made: dict[tuple[int, ...], Any] = {}
        # One tensor for each column of constants, though a number stands in the graph as often as it is used.
        self._columns: dict[bytes, Tensor] = {}
        self.leaves: list[Tensor] = []
        self.sources: list[Node] = []

    def build(self, roots: Sequence[Node]) -> Any:
        """What stands for nodes of as many rows, one of each; of one node for all rows, a single number."""
        stack: list[tuple[tuple[Node, ...], bool]] = [(_merge(roots), False)]
        while stack:
            nodes, ready = stack.pop()
            key = tuple(map(id, nodes))
            if key in self._made:
                continue
            first = nodes[0]
            if first.op is None or not first.requires_grad:
                self._made[key] = self._take(nodes)
                continue
            if any(n.op is not first.op or len(n.parents) != len(first.parents) for n in nodes):
                raise _UnlikeError
            given = [_merge(parents) for parents in zip(*(n.parents for n in nodes), strict=True)]
            if ready:
                self._made[key] = first.op.call(*(self._made[tuple(map(id, g))] for g in given), **first.params)
            else:
                stack += [(nodes, True), *((g, False) for g in reversed(given))]
        return self._made[tuple(map(id, _merge(roots)))]

    def build_of(self, root: Node, given: Mapping[int, Any]) -> Any:
        """What stands for a node of which others are given, by their identity; these are all that it has of weights."""
        other = _Builder({})
        other._made = {(key,): value for key, value in given.items()}
        made = other.build([root])
        if other.leaves:
            raise _UnlikeError
        return made

    def _take(self, nodes: tuple[Node, ...]) -> Any:
        """A leaf, a number that is the same for all rows, or one of each."""
        first, data = nodes[0], np.array([get_data(node) for node in nodes], np.float64)
        if id(first) in self._trained:
            if len(nodes) > 1:
                raise _UnlikeError
            self.sources.append(first)
            self.leaves.append(Tensor(data[0], requires_grad=True))
            return self.leaves[-1]
        if len(nodes) == 1 or (first.__class__ is Const and (data == data[0]).all()):
            return Const(float(data[0]))
        return self._columns.setdefault(data.tobytes(), Tensor(data))


def _merge(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """One node where it is the same for all rows."""
    return (nodes[0],) if all(node is nodes[0] for node in nodes) else tuple(nodes)


def _find_output(term: Tensor, leaves: set[int]) -> Tensor | None:
    """The last thing that a network gives: all that is trained goes through it, and targets come after it."""
    # The nodes that all ways to leaves lead through, from the term on.
    passed: list[Any] = []
    heap: list[tuple[int, int, Any]] = [(-term.order, 0, term)]
    seen = {id(term)}
    while heap:
        _, _, node = heapq.heappop(heap)
        if id(node) in leaves:
            break
        if not heap:
            passed.append(node)
        for parent in node.parents:
            if parent.requires_grad and id(parent) not in seen:
                seen.add(id(parent))
                heapq.heappush(heap, (-parent.order, len(seen), parent))
    while len(passed) > 1 and passed[-2].op.name in ACTIVATIONS:
        passed.pop()
    return passed[-1] if passed else None


def _read_layers(units: Sequence[Node], sources: Mapping[int, Node]) -> tuple[list[Node], list[Layer]] | None:
    """The columns that go in and the layers of a network in which each unit is a sum of products with weights of its own, and one more."""
    layers: list[Layer] = []
    taken = set[int]()
    while any(unit.op is not None for unit in units):
        names = {unit.op.name if unit.op is not None and unit.op.name in ACTIVATIONS else "" for unit in units}
        if len(names) > 1:
            return None
        sums = [_read_sum(unit.parents[0] if names != {""} else unit, sources) for unit in units]
        given = [list(weights) for weights, _ in (one for one in sums if one is not None)]
        if None in sums or any(one != given[0] for one in given) or not given[0]:
            return None
        nodes = {id(node): node for unit in units for node in ancestors(unit)}
        read = [one for one in sums if one is not None]
        biases = [bias for _, bias in read if bias is not None]
        used = [id(leaf) for weights, _ in read for leaf in weights.values()] + [id(bias) for bias in biases]
        if len(biases) not in (0, len(units)) or len(set(used)) < len(used) or taken & set(used):
            return None
        taken |= set(used)
        rows = [[sources[id(leaf)] for leaf in weights.values()] for weights, _ in read]
        layers.insert(0, Layer(rows, [sources[id(bias)] for bias in biases], names.pop()))
        units = [nodes[key] for key in given[0]]
    return (list(units), layers) if len(taken) == len(sources) else None


def _read_sum(node: Node, sources: Mapping[int, Node]) -> tuple[dict[int, Node], Node | None] | None:
    """The weights of a unit by the identity of what they are multiplied with, in order, and its bias; None where it is something else."""
    weights: dict[int, Node] = {}
    biases: list[Node] = []
    stack = [node]
    while stack:
        part = stack.pop()
        name = "" if part.op is None else part.op.name
        own = [p for p in part.parents if id(p) in sources] if name == "mul" else []
        if name == "add":
            stack += reversed(part.parents)
        elif id(part) in sources:
            biases.append(part)
        elif len(own) == 1:
            (other,) = (p for p in part.parents if p is not own[0])
            if id(other) in weights or other.__class__ is Const:
                return None
            weights[id(other)] = own[0]
        elif part.__class__ is not Const or get_data(part) != 0.0:
            return None
    return (weights, biases[0] if biases else None) if len(biases) < 2 else None
