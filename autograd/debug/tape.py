"""`Tape`: what happened in a graph, in order: the operations as the program ran them, then the steps of the reverse pass.

A tape is a record, so every moment of it can be looked at again: the gradient of a node at a position is its sum after
the last contribution that had arrived by then.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from autograd.debug.errors import DebugError
from autograd.engine.backward import backward as plain_backward
from autograd.engine.observe import observing
from autograd.engine.reverse import Step, propagate
from autograd.errors import GraphWarning
from autograd.graph.modes import call_with, instead_of_backward
from autograd.graph.node import HOOKS, Node, get_data
from autograd.graph.op import Op
from autograd.graph.sites import warn
from autograd.graph.versions import derived_from
from autograd.wording.names import Names

# What a node with its names and sites, and a step with its contributions, take beside arrays; measured with tracemalloc.
NODE_BYTES, STEP_BYTES = 1000, 800


class Tape:
    """The record of a graph and of one reverse pass from its root.

    Attributes
    ----------
    root : Node
    nodes : list of Node
        In the order they were made.
    names : dict of Node to str
        Each different.
    variables : dict of Node to str
        Those of them that are the program's, for nodes without a name of their own.
    operations : list of Node
        Those that an operation made; event number k of the forward pass is `operations[k - 1]`.
    steps : list of Step
        Of the reverse pass, so far as it came.
    error : Exception or None
        What stopped the reverse pass.
    values : dict of Node to float or array
    """

    def __init__(
        self,
        root: Node,
        gradient: Any = None,
        *,
        accumulate: bool = False,
        retain_grads: bool = False,
        step: Callable[[Step], None] | None = None,
    ) -> None:
        if not root.requires_grad:
            raise DebugError(
                f"{root.label()} requires no gradient, so there is no backward pass to step through: no operand of it does, "
                "or it was made under no_grad or detached"
            )
        self.root = root
        names = Names(root)
        self.variables, self.names = names.variables, dict(names)
        self.nodes = list(self.names)
        self.operations = [node for node in self.nodes if node.op is not None]
        self.recorded = {node: _copy_data(node) for node in self.nodes}
        self._behind = {node: behind for node in self.nodes if (behind := _find_computed(node))}
        self.values = self.recorded
        self.steps: list[Step] = []
        self.error: Exception | None = None
        self._seed = _first_gradient(root, gradient)

        def taken(one: Step) -> None:
            self.steps.append(one)
            if step is not None:
                step(one)

        if accumulate:
            self._accumulate(retain_grads, taken)
        elif retain_grads:
            raise DebugError("retain_grads=True keeps gradients, and a session keeps some only with accumulate=True")
        else:
            self._observe(get_data, taken)
        self._first = self.steps, self.error
        self._index_changes()

    def _accumulate(self, retain_grads: bool, step: Callable[[Step], None]) -> None:
        """The program's own pass."""
        # A hook or a rule of the user's may call backward() of another graph, which is not a part of this pass.
        try:
            call_with(
                instead_of_backward, None, plain_backward, self.root, self._seed, retain_grads=retain_grads, step=step
            )
        except Exception as error:  # of the engine, or of a user's rule or hook: a debugger shows where it came up
            self.error = error

    def _observe(self, read: Callable[[Node], Any], step: Callable[[Step], None]) -> None:
        """The reverse pass over these values, without a change of any `.grad`."""
        try:
            with np.errstate(all="ignore"), observing():
                propagate(self.root, self._seed, read, lambda *_: None, step)
        except Exception as error:
            self.error = error

    def _index_changes(self) -> None:
        """Where in time each node is computed, and each gradient changes."""
        forward = len(self.operations)
        self.computed = {node: number for number, node in enumerate(self.operations, 1)}
        self.arrivals: defaultdict[Node, list[tuple[int, Any]]] = defaultdict(list)
        self.upstream: dict[Node, Any] = {}
        self.totals: list[list[Any]] = []
        sums: dict[Node, Any] = {self.root: self._seed}
        for number, step in enumerate(self.steps, forward + 1):
            node = step.node
            # A node's own `.grad` may hold what earlier passes left there, or be changed later; here it is this pass's sum.
            upstream = sums[node] if node in sums and node not in HOOKS else step.upstream
            self.upstream[node] = upstream
            if node is self.root or node in HOOKS:
                self.arrivals[node].append((number, upstream))
            totals = []
            for sent in step.sent:
                parent = sent.parent
                total = sent.total
                if total.__class__ is float:
                    total = sums[parent] + sent.value if parent in sums else sent.value
                sums[parent] = total
                self.arrivals[parent].append((number, total))
                totals.append(total)
            self.totals.append(totals)

    def __len__(self) -> int:
        return len(self.operations) + len(self.steps)

    @property
    def nbytes(self) -> int:
        """About how much memory the tape holds, and the graph by it."""
        # An array that several nodes show is counted once.
        arrays = {
            id(x): x.nbytes
            for x in chain(self.recorded.values(), (sent.value for step in self.steps for sent in step.sent))
            if x.__class__ is np.ndarray
        }
        return sum(arrays.values()) + NODE_BYTES * len(self.nodes) + STEP_BYTES * len(self.steps)

    def value_at(self, node: Node, position: int) -> Any:
        """The node's value, or None before it is computed."""
        return self.values[node] if self.computed.get(node, 0) <= position else None

    def gradient_at(self, node: Node, position: int) -> Any:
        """The node's gradient so far, or None before anything arrived."""
        arrivals = self.arrivals.get(node, ())
        before = bisect_right(arrivals, position, key=lambda arrival: arrival[0])
        return arrivals[before - 1][1] if before else None

    def changed_at(self, node: Node, number: int) -> bool:
        """Whether the event of that number changes the node's gradient."""
        before, after = self.gradient_at(node, number - 1), self.gradient_at(node, number)
        if before is None or after is None:
            return after is not before
        return after is not before and not np.array_equal(before, after, equal_nan=True)

    def replay(self, edits: Mapping[Node, Any]) -> None:
        """Give nodes other values, compute anew all that depends on them, and take the reverse pass over that.

        Without any, all is as it was recorded. The graph itself and every `.grad` stay as they are.

        Raises
        ------
        DebugError
            Where an operation refuses its new operands; the tape is then as it was.
        """
        values, changed = {**self.recorded, **edits}, set(edits)
        if edits:
            self._warn_of_what_is_gone()

        def follow(node: Node, op: Op | None, parents: Sequence[Any], params: dict[str, Any]) -> None:
            if node not in changed and any([parent in changed for parent in parents]) and None not in parents:
                operands = [values[p] if p in values else get_data(p) for p in parents]
                values[node] = operands[0] if op is None else self._compute(node, op, operands, params)
                changed.add(node)

        for node in self.operations:
            for parent in node.parents:
                for hidden in self._behind.get(parent, ()):
                    follow(*hidden)
            follow(node, node.op, node.parents, node.params)
        self.values = {node: values[node] for node in self.nodes}
        if edits:
            self.steps, self.error = [], None
            self._observe(values.__getitem__, self.steps.append)
        else:
            self.steps, self.error = self._first
        self._index_changes()

    def _warn_of_what_is_gone(self) -> None:
        gone = [
            self.names[node]
            for node, behind in self._behind.items()
            if any([None in parents for _, _, parents, _ in behind])
        ]
        if gone:
            warn(
                f"what {', '.join(gone)} was computed from is gone, and stays as it was recorded: a mask, say, or an order. Record "
                "under record_sites(), or by Session.of, and it follows an edit",
                GraphWarning,
            )

    def _compute(self, node: Node, op: Op, operands: list[Any], params: dict[str, Any]) -> Any:
        name, was = self.names.get(node, node.label()), get_data(node)
        try:
            with np.errstate(all="ignore"):
                if was.__class__ is float:
                    return op.on_floats(operands, params)
                found = np.asarray(op.array(*operands, **params))
        except Exception as error:  # whatever NumPy, or an operation of the user's, raises
            raise DebugError(f"{name} = {op.name}(…) cannot be computed from the new values: {error}") from error
        if found.dtype.kind != was.dtype.kind and "c" in (found.dtype.kind, was.dtype.kind):
            raise DebugError(
                f"{name} = {op.name}(…) was recorded with {was.dtype}, and is {found.dtype} for the new values: record it anew "
                "with them"
            )
        if found.shape != was.shape:
            raise DebugError(
                f"{name} = {op.name}(…) was recorded with shape {was.shape}, and has shape {found.shape} for the new values: record it "
                "anew with them"
            )
        return found


Hidden = tuple[Node, Op | None, tuple[Any, ...], dict[str, Any]]


def _find_computed(node: Node) -> list[Hidden]:
    """What a constant of the graph was computed by, that is not in it, in order: comparisons, sorts and what stands on them."""
    if node.op is not None:
        return []
    found: dict[Node, Hidden] = {}
    waiting = [node]
    while waiting:
        at = waiting.pop()
        made = (at.op, at.parents, at.params) if at.op is not None else derived_from(at)
        if made is not None and at not in found:
            found[at] = (at, *made)
            waiting.extend([parent for parent in made[1] if parent is not None])
    return sorted(found.values(), key=lambda hidden: hidden[0].order)


def _copy_data(node: Node) -> Any:
    """A node's data. Parameters are overwritten by the next step of an optimizer, and with them what is a view of them."""
    data = get_data(node)
    changing = data.__class__ is np.ndarray and (node.op is None or data.base is not None)
    return np.copy(data) if changing else data


def _first_gradient(root: Node, gradient: Any) -> Any:
    """What `root.backward(gradient)` begins with, with its defaults and checks."""
    found: list[Any] = []
    call_with(instead_of_backward, lambda _, seed, **__: found.append(seed), root.backward, gradient)  # type: ignore[attr-defined]
    return found[0]
