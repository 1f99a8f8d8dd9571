"""Backpropagation: the order of the walk, the reverse pass, and the same pass as a sequence of visible steps.

For every node, once all its consumers have sent their contribution, its gradient is complete; it then sends to each
parent *upstream gradient × local derivative*, which the parent adds up. So each edge is walked once, where the sum over
all paths of the chain rule would walk shared edges again and again. On e = (a+b)·(b+1) the order is e, c, d, a, b.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from autograd.engine import formula
from autograd.engine.guards import LATEST, check_anomaly, check_in_place, describe, explained
from autograd.errors import GraphError, OperandError, ShapeError, type_name
from autograd.graph.modes import mode
from autograd.graph.node import HOOKS, Node, ancestors, get_data, get_grad, next_order, raw, set_grad
from autograd.graph.op import NOT_FINITE_IN_PYTHON, TABLE, Op
from autograd.ops.reduction import _sum
from autograd.ops.shape import astype, broadcast_to, shape
from autograd.wording.names import Names
from autograd.wording.steps import passed

# Bytes up to which copying a gradient costs less than finding out whether it needs to be copied.
SMALL = 8192
_beginnings = count(1 << 32, 1 << 32)


def walk(root: Node, since: int = 0) -> list[Node]:
    """The nodes that need a gradient, each after all its consumers; ties in order of arrival, parents left to right.

    Parameters
    ----------
    root : Node
    since : int
        Leave out the nodes with a lower creation number.

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> c, d = a + b, b + 1
    >>> c.name, d.name = "c", "d"
    >>> e = c * d
    >>> [node.label() for node in walk(e)]
    ['mul', 'c', 'd', 'a', 'b']
    """
    consumers = {root: 0}
    found = [root]
    for node in found:
        for parent in node.parents:
            if parent in consumers:
                consumers[parent] += 1
            elif parent.requires_grad and parent.order >= since:
                consumers[parent] = 1
                found.append(parent)
    order = [root]
    waiting = consumers.get
    for node in order:
        for parent in node.parents:
            left = waiting(parent)
            if left == 1:
                order.append(parent)
            elif left is not None:
                consumers[parent] = left - 1
    return order


def sources(root: Node, since: int) -> list[Node]:
    """What `root` was computed with from a creation number on: the older nodes, and the leaves, that need a gradient."""
    found: dict[Node, None] = {}
    for node in walk(root, since):
        for parent in node.parents:
            if parent.requires_grad and (parent.order < since or parent.op is None):
                found[parent] = None
    return list(found)


def _walk_values(root: Any) -> list[Any]:
    """`walk` of `Value`s, without leaves, with all gradients set to 0.

    The count of a node's consumers stands in the node, above a number that is new for each walk: so what an earlier walk left
    there needs no clearing, and a graph of 65,000 nodes takes half the time that a dict of them takes.
    """
    nobody = next(_beginnings)
    last = nobody + 1
    root.waiting, root.grad = nobody, 0.0
    found = [root]
    for node in found:
        for parent in node.parents:
            count = parent.waiting
            if count >= nobody:
                parent.waiting = count + 1
            elif parent.op is not None and parent.requires_grad:
                parent.waiting, parent.grad = last, 0.0
                found.append(parent)
    order = [root]
    for node in order:
        for parent in node.parents:
            count = parent.waiting
            if count == last:
                order.append(parent)
            elif count > last:
                parent.waiting = count - 1
    return order


def backward(
    root: Node, gradient: Any, *, retain_grads: bool = False, step: Callable[[Step], None] | None = None
) -> None:
    """Add to the `.grad` of every leaf under `root` its derivative; `Value.backward` and `Tensor.backward` come here."""
    if not root.requires_grad:
        raise GraphError(
            f"backward: {root.label()} requires no gradient: no operand of it does, or it was made under no_grad or detached"
        )
    with np.errstate(all="ignore"):
        if gradient.__class__ is not float:
            _backward_arrays(root, gradient, retain_grads, step)
        elif step is None and not HOOKS and not mode().anomaly:
            _backward_floats(root, gradient)
        else:
            _backward_floats_visibly(root, gradient, step)


def _backward_floats(root: Node, gradient: float) -> None:
    if root.op is None:
        root.grad += gradient
        return
    order = _walk_values(root)
    root.grad = gradient
    for node in order:
        op: Op = node.op
        try:
            (op.pull or formula.generate(op))(node)
        except NOT_FINITE_IN_PYTHON:
            # Nothing was added yet: generated functions compute all contributions before they add one.
            for parent, sent in zip(node.parents, contributions(node, node.grad, get_data), strict=True):
                if sent is not None and parent.requires_grad:
                    parent.grad += sent


def _backward_floats_visibly(root: Node, gradient: float, step: Callable[[Step], None] | None) -> None:
    """The same sums in the same order, one node at a time, with hooks, checks and a callback."""
    order, names = walk(root), Names(root)
    before = {node: node.grad for node in order if node.op is None and node in HOOKS}
    for node in order:
        if node.op is not None or node in before:
            node.grad = 0.0
    root.grad += gradient
    for node in order:
        node.grad = _hooked(node, node.grad)
        sent = [] if node.op is None else contributions(node, node.grad, get_data)
        arrived = []
        for index, (parent, contribution) in enumerate(zip(node.parents, sent, strict=False)):
            if contribution is not None and parent.requires_grad:
                parent.grad += contribution
                arrived.append(Contribution(node, index, contribution, parent.grad, names))
        if step is not None:
            step(Step(node, node.grad, arrived, names))
    for node, stored in before.items():
        node.grad += stored


def _backward_arrays(root: Node, gradient: Any, retain_grads: bool, step: Callable[[Step], None] | None) -> None:
    def keep(node: Node, g: Any, owned: bool) -> None:
        stored = get_grad(node) if node.op is None else None
        if stored is not None:
            g, owned = stored + g, True
        if node.op is not None and not retain_grads:
            g = None
        elif not owned or g.__class__ is not np.ndarray:
            g = np.array(g, get_data(node).dtype)
        set_grad(node, g)

    propagate(root, gradient, get_data, keep, step)


def steps(root: Node, gradient: Any = None) -> list[Step]:
    """The reverse pass as its steps, every `.grad` left as it is; hooks are called.

    Parameters
    ----------
    root : Node
    gradient : float or array, optional
        What arrives at the root; ones by default.

    Examples
    --------
    >>> from autograd import Value
    >>> a = Value(3.0, name="a")
    >>> [(step.node.label(), step.upstream) for step in steps(a * a)]
    [('mul', 1.0), ('a', 6.0)]
    """
    if gradient is None:
        gradient = 1.0 if get_data(root).__class__ is float else np.ones_like(get_data(root))
    found: list[Step] = []
    with np.errstate(all="ignore"):
        propagate(root, gradient, get_data, lambda *_: None, found.append)
    return found


def propagate(
    root: Node,
    gradient: Any,
    read: Callable[[Node], Any],
    visit: Callable[[Node, Any, bool], None],
    step: Callable[[Step], None] | None = None,
    targets: Sequence[Node] | None = None,
    order: Sequence[Node] | None = None,
) -> dict[Node, Any]:
    """The reverse pass over tensors, or over nodes of either face when it records itself.

    Parameters
    ----------
    root : Node
    gradient : float, array or Node
        What arrives at the root.
    read : callable
        What a rule is given for a node: its data in a pass that is not recorded, the node itself in one that is.
    visit : callable
        `visit(node, gradient, owned)`, once the node's gradient is complete; an owned one is nobody else's memory.
    step : callable, optional
        Given every `Step`.
    targets : sequence of Node, optional
        Walk only towards these; by default towards every leaf that requires a gradient.
    order : sequence of Node, optional
        `walk(root)`, where that is known already, or a part of it.

    Returns
    -------
    dict
        What arrived at nodes that are not in `order`.
    """
    reaches, names = None if targets is None else _reaching(root, targets), Names(root)
    sums: dict[Node, Any] = {root: gradient}
    owned: set[Node] = set()
    hooked, ndarray = bool(HOOKS), np.ndarray
    send = recorded_contributions if read is read_node else contributions
    for node in walk(root) if order is None else order:
        g = sums.pop(node, None)
        if g is None:
            continue
        if hooked and node in HOOKS:
            g = _hooked(node, g)
            owned.discard(node)
        visit(node, g, node in owned)
        arrived: list[Contribution] = []
        if node.op is not None:
            parents = node.parents
            wanted = [p.requires_grad for p in parents] if reaches is None else [p in reaches for p in parents]
            for index, sent in enumerate(send(node, g, read, wanted)):
                if sent is None or not wanted[index]:
                    continue
                parent = parents[index]
                data = get_data(parent)
                if sent.__class__ is not ndarray or sent.shape != data.shape or sent.dtype is not data.dtype:
                    sent = fit(sent, parent, node)
                total = sums.get(parent)
                if total is None:
                    sums[parent] = total = sent
                    if (
                        step is None  # a step keeps what was sent as it was
                        and parent.op is None
                        and sent.__class__ is np.ndarray
                        and sent.nbytes > SMALL
                        and _is_new(sent, node, g)
                    ):
                        owned.add(parent)
                elif parent in owned and sent.__class__ is np.ndarray:
                    total += sent
                else:
                    # In a pass that records itself, arrays and nodes meet here, and the sum is a node.
                    sums[parent] = total = total + sent
                    (owned.add if total.__class__ is np.ndarray else owned.discard)(parent)
                if step is not None:
                    total = np.copy(total) if parent in owned else total
                    arrived.append(Contribution(node, index, sent, total, names))
        if step is not None:
            step(Step(node, g, arrived, names))
    return sums


def _is_new(sent: Any, node: Node, g: Any) -> bool:
    """Whether the rule of `node` made this memory: then nobody else holds it, and it can be added to in place."""
    if not sent.flags.writeable:
        return False
    op: Op = node.op  # type: ignore[assignment]
    memory = sent if sent.base is None else sent.base
    if op.opaque or op.joint is not None or memory is g or memory is g.base:
        return False
    for involved in (node, *node.parents):
        data = get_data(involved)
        if data.__class__ is np.ndarray and (memory is data or memory is data.base):
            return False
    return True


def _reaching(root: Node, targets: Sequence[Node]) -> set[Node]:
    """The nodes under `root` through which a gradient gets to one of the targets."""
    reaching = set(targets)
    for node in ancestors(root):
        if node.requires_grad and any(parent in reaching for parent in node.parents):
            reaching.add(node)
    return reaching


def contributions(node: Node, g: Any, read: Callable[[Node], Any], wanted: Sequence[bool] | None = None) -> list[Any]:
    """What `node` sends to each parent when its gradient is `g`; None for nothing.

    Raises
    ------
    InPlaceError
        Where a value that the rule reads was overwritten after the node was recorded.
    AnomalyError
        Under `detect_anomaly`, where something sent is not finite.
    """
    op: Op = node.op  # type: ignore[assignment]
    if LATEST[0] > node.order and (read is get_data or read is read_node):
        check_in_place(node)
    xs = [read(parent) for parent in node.parents]
    out = read(node)
    if wanted is None:
        wanted = [parent.requires_grad for parent in node.parents]
    try:
        if out.__class__ is float and g.__class__ is float:
            sent = op.contributions_of_floats(g, out, xs, node.params, wanted)
        else:
            try:
                sent = op.contributions(g, out, xs, node.params, wanted)
            except ArithmeticError:
                # Constants among nodes are Python's numbers, which raise where IEEE 754 has an answer.
                g, out, *xs = (np.float64(x) if x.__class__ in (float, int) else x for x in (g, out, *xs))
                sent = op.contributions(g, out, xs, node.params, wanted)
    except (TypeError, ValueError, IndexError) as error:
        raise explained(error, f"backward of {describe(node)}: {error}") from error
    if mode().anomaly:
        check_anomaly(node, g, sent)
    return sent


_MUL, _TIMES = TABLE["mul"], TABLE["times"]


def recorded_contributions(
    node: Node, g: Any, read: Callable[[Node], Any], wanted: Sequence[bool] | None = None
) -> list[Any]:
    """`contributions` as nodes, whose own derivatives are strong zeros.

    The branch that `where` did not take sends exact zeros in derivatives of derivatives too. They meet the parts of local
    derivatives, some of which are infinite; so the products that a rule records are made `times`, whose rules know of that.
    """
    since = next_order()
    sent = contributions(node, g, read, wanted)
    if not node.op.opaque:  # type: ignore[union-attr]
        stack = [x for x in sent if isinstance(x, Node)]
        seen = set(stack)
        while stack:
            made = stack.pop()
            if made.order > since:
                if made.op is _MUL:
                    made.op = _TIMES
                fresh = [parent for parent in made.parents if parent not in seen]
                seen.update(fresh)
                stack += fresh
    return sent


def read_node(node: Node) -> Any:
    """For a pass that records itself: the node where a derivative may be taken of it, its data where it is a constant."""
    return node if node.requires_grad else get_data(node)


def _hooked(node: Node, g: Any) -> Any:
    for hook in list((HOOKS.get(node) or {}).values()):
        replaced = hook(g)
        if replaced is not None:
            g = _replacing(replaced if isinstance(g, Node) else raw(replaced), node)
    return g


def _replacing(replaced: Any, node: Node) -> Any:
    """What a hook gave, in place of the gradient of its node."""
    wanted = np.shape(get_data(node))
    array = replaced if isinstance(replaced, Node) else np.asarray(replaced)
    if np.asarray(raw(array)).dtype.kind not in "fiub":
        raise OperandError(
            f"a hook of {describe(node)} gave {type_name(replaced)}: return a gradient of real numbers, or None to leave it as it is"
        )
    if shape(array) != wanted:
        raise ShapeError(
            f"a hook of {describe(node)} gave shape {shape(array)} for a gradient of shape {wanted}: return one of its shape, "
            "or None to leave it as it is"
        )
    return fit(array, node, node) if get_data(node).__class__ is np.ndarray or isinstance(array, Node) else float(array)


def fit(sent: Any, parent: Node, node: Node) -> Any:
    """A contribution in the shape and dtype of the parent: summed where the operand was broadcast, repeated where short."""
    data = get_data(parent)
    if data.__class__ is float:
        return sent
    if sent.__class__ is not np.ndarray and not isinstance(sent, Node):
        sent = np.asarray(sent)
    if sent.shape != data.shape:
        try:
            sent = _unbroadcast(sent, data.shape)
        except ValueError as error:
            raise ShapeError(
                f"backward of {describe(node)}: a contribution of shape {sent.shape} does not fit the operand's shape {data.shape}"
            ) from error
    return sent if sent.dtype == data.dtype else astype(sent, data.dtype)


def _unbroadcast(x: Any, wanted: tuple[int, ...]) -> Any:
    have = shape(x)
    lead = len(have) - len(wanted)
    if lead > 0:
        x = _sum(x, axis=tuple(range(lead)), keepdims=False)
        have = have[lead:]
    if have != wanted and lead >= 0:
        x = _sum(x, axis=tuple(i for i, n in enumerate(wanted) if n == 1 and have[i] != 1), keepdims=True)
    if shape(x) == wanted:
        return x
    if x.__class__ is np.ndarray and math.prod(wanted) <= SMALL:
        # A view costs more to make than so few numbers to copy.
        whole = np.empty(wanted, x.dtype)
        whole[...] = x
        return whole
    return broadcast_to(x, wanted)


@dataclass(frozen=True, slots=True, eq=False)
class Contribution:
    """What a node sent to one of its operands.

    Attributes
    ----------
    node : Node
        The sender.
    index : int
        Which operand.
    value : float or array
        Upstream gradient × local derivative.
    total : float or array
        The operand's gradient so far, this included.
    names : mapping of Node to str, optional
        What the nodes of the whole graph are called; by default those of the sender's.
    """

    node: Node
    index: int
    value: Any
    total: Any
    names: Mapping[Node, str] | None = None

    @property
    def parent(self) -> Node:
        """The operand."""
        return self.node.parents[self.index]

    @property
    def local(self) -> Any:
        """The local derivative as a number (for a `Value`), or as an array of the result's shape where that is one."""
        data = get_data(self.node)
        one = 1.0 if data.__class__ is float else np.ones_like(data)
        with np.errstate(all="ignore"):
            return contributions(self.node, one, get_data)[self.index]

    @property
    def formula(self) -> str:
        """The local derivative of a `Value` as text, in the names of the operands; for a tensor, the whole contribution."""
        local = get_data(self.node).__class__ is float
        return formula.contribution_formula(self.node, self.index, local=local, names=self._names)

    @property
    def _names(self) -> Mapping[Node, str]:
        return Names(self.node) if self.names is None else self.names

    @property
    def words(self) -> tuple[str, str, float | None, Any, Any]:
        """What `telling.passed` prints of it."""
        local = self.local if self.value.__class__ is float else None
        return self._names[self.parent], self.formula, local, self.value, self.total


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One node's turn in the reverse pass: its gradient is complete, and it has sent its contributions.

    Attributes
    ----------
    node : Node
    upstream : float or array
        The gradient at the node.
    sent : sequence of Contribution
        Empty for a leaf.
    names : mapping of Node to str, optional
        What the nodes of the whole graph are called; by default those of the node's.
    """

    node: Node
    upstream: Any
    sent: Sequence[Contribution]
    names: Mapping[Node, str] | None = None

    def __str__(self) -> str:
        """The step in words, for `backward(step=print)`."""
        names = Names(self.node) if self.names is None else self.names
        return passed(names[self.node], self.upstream, [c.words for c in self.sent])
