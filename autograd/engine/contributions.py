"""The chain rule at one node: what it sends to its operands, as numbers, and as a record of the step for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.engine import formula
from autograd.engine.anomaly import check_anomaly
from autograd.engine.describe import describe, with_message
from autograd.engine.guards import LATEST, check_in_place
from autograd.errors import note_call
from autograd.graph.modes import mode
from autograd.graph.node import Node, get_data, next_order
from autograd.graph.op import TABLE, Op
from autograd.wording.names import Names
from autograd.wording.steps import describe_step

_MUL, _TIMES = TABLE["mul"], TABLE["times"]


def contributions(node: Node, g: Any, read: Callable[[Node], Any], wanted: Sequence[bool] | None = None) -> list[Any]:
    """What `node` sends to each parent when its gradient is `g`; None for nothing.

    Parameters
    ----------
    node : Node
        One that an operation made.
    g : float, array or Node
    read : callable
        What the rules are given for a node: its data, or the node itself in a pass that is recorded.
    wanted : sequence of bool, optional
        Which parents; by default those that require a gradient.

    Raises
    ------
    InPlaceError
        Where a value that the rule reads was overwritten after the node was recorded.
    AnomalyError
        Under `detect_anomaly`, where something sent is not finite.

    Examples
    --------
    >>> from autograd import Value
    >>> contributions(Value(3.0) * Value(4.0), 1.0, get_data)
    [4.0, 3.0]
    """
    op: Op = node.op  # type: ignore[assignment]
    if LATEST[0] > node.order and (read is get_data or read is read_node):
        check_in_place(node)
    xs = []
    for parent in node.parents:  # half of what a comprehension costs
        xs.append(read(parent))
    out = read(node)
    if wanted is None:
        wanted = [parent.needs_grad for parent in node.parents]
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
        told = with_message(error, f"backward of {describe(node)}: {error}")
        raise note_call(told, node.label(), node.parents, node) from error
    if mode().anomaly:
        check_anomaly(node, g, sent)
    return sent


def record_contributions(
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
    """For a pass that records itself: the node where a derivative may be taken of it, its data where it is a constant.

    Where a debugger records, a mask stays a node too, which can be computed anew.
    """
    return node if node.needs_grad or (hasattr(node, "derived") and mode().sites) else get_data(node)


@dataclass(frozen=True, slots=True, eq=False)
class Contribution:
    """The contribution that a node sent to one of its operands.

    Attributes
    ----------
    node : Node
        The sender.
    index : int
        Which operand.
    value : float or array
        Upstream gradient × local derivative.
    total : float or array
        What this pass has brought the operand so far, this included.
    names : mapping of Node to str, optional
        What the nodes of the whole graph are called; by default those of the sender's.

    Examples
    --------
    >>> from autograd.examples import chain_rule
    >>> steps = []
    >>> chain_rule().root.backward(step=steps.append)
    >>> first = steps[0].sent[0]
    >>> first.formula, first.local, first.value, first.total
    ('d', 2.0, 2.0, 2.0)
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
        The gradient at the node: what this pass has brought it.
    sent : sequence of Contribution
        Empty for a leaf.
    names : mapping of Node to str, optional
        What the nodes of the whole graph are called; by default those of the node's.

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> e = (a + b) * (b + 1)
    >>> steps = []
    >>> e.backward(step=steps.append)
    >>> steps[0].node is e, steps[0].upstream, len(steps[0].sent)
    (True, 1.0, 2)
    """

    node: Node
    upstream: Any
    sent: Sequence[Contribution]
    names: Mapping[Node, str] | None = None

    def __str__(self) -> str:
        """The step in words, for `backward(step=print)`."""
        names = Names(self.node) if self.names is None else self.names
        return describe_step(names[self.node], self.upstream, [c.words for c in self.sent])
