"""`Snapshot`: a graph with its values and one reverse pass, as they were; what a diagram shows, and what it compares with."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from autograd.draw.render import DrawError
from autograd.engine.observe import observing
from autograd.engine.reverse import steps
from autograd.errors import InPlaceError, type_name
from autograd.graph.node import Const, Node, ancestors, get_data, get_grad
from autograd.wording.names import Names


class Snapshot:
    """The values of a graph, and the gradients and contributions of a reverse pass from its root.

    The pass is run for the snapshot alone, hooks included, as `autograd.engine.observe` says: no `.grad` is read or changed.

    Attributes
    ----------
    root : Node
    nodes : list of Node
        Every node, parents before children.
    variables : dict of Node to str
        What the program called those that have no name of their own, when the snapshot was taken.
    names : dict of Node to str
        What every node is called, each differently; a constant by its number.
    values : dict of Node to float or array
    gradients : dict of Node to float or array
        Empty without a pass.
    sent : dict of (Node, int) to float or array
        What a node sent to its operand of that number.
    order : list of Node
        In which the pass went through the nodes.

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> e = (a + b) * (b + 1)
    >>> from autograd.draw.snapshot import snapshot
    >>> shot = snapshot(e)
    >>> shot.values[e], shot.gradients[b], b.grad
    (6.0, 5.0, 0.0)
    """

    def __init__(self, root: Node, gradient: Any = None, *, backward: bool = True) -> None:
        self.root = root
        self.nodes = list(ancestors(root))
        names = Names(root)
        self.variables, self.names = names.variables, dict(names)
        self.values: dict[Node, Any] = {node: _copy(get_data(node)) for node in self.nodes}
        self.gradients: dict[Node, Any] = {}
        self.sent: dict[tuple[Node, int], Any] = {}
        self.order: list[Node] = []
        if not backward:
            return
        try:
            with observing():
                passed = steps(root, _first_gradient(root, gradient))
        except InPlaceError as error:
            raise DrawError(
                f"{error}; draw before values change, or keep them with snapshot(root) and draw that"
            ) from error
        for step in passed:
            self.order.append(step.node)
            self.gradients[step.node] = _copy(step.upstream)
            for c in step.sent:
                self.sent[step.node, c.index] = _copy(c.value)

    def find(self, wanted: Node | str) -> Node:
        """A node of this graph, itself or by its name.

        Parameters
        ----------
        wanted : Node or str
            Itself, or its name.

        Returns
        -------
        Node

        Raises
        ------
        DrawError
            Where there is none, or several have the name.

        Examples
        --------
        >>> from autograd.draw.snapshot import snapshot
        >>> from autograd.examples import chain_rule
        >>> shot = snapshot(chain_rule().root)
        >>> shot.gradients[shot.find('b')]
        5.0
        """
        if isinstance(wanted, Node):
            if wanted not in self.values:
                raise DrawError(f"{wanted.label()} is not a node of the graph of {self.names[self.root]}")
            return wanted
        called = {node: name for node, name in self.names.items() if node.__class__ is not Const}
        found = [n for n in called if n.name == wanted] or [n for n, name in called.items() if name == wanted]
        if len(found) == 1:
            return found.pop()
        if found:
            raise DrawError(f"several nodes are called {wanted!r}: {', '.join(called[n] for n in found[:6])}")
        names = sorted(called[node] for node in called if node.name or node in self.variables) or list(called.values())
        told = f"the names are {', '.join(names[:12])}{', …' if len(names) > 12 else ''}"
        raise DrawError(f"no node of the graph is called {wanted!r}; {told}")

    def scope(self, node: Node) -> str | None:
        """The module that recorded a node; of a leaf, the one that uses it; None for one that several use, or none.

        Parameters
        ----------
        node : Node

        Returns
        -------
        str or None

        Examples
        --------
        >>> from autograd.draw.snapshot import snapshot
        >>> from autograd.examples import chain_rule
        >>> shot = snapshot(chain_rule().root)
        >>> shot.scope(shot.root) is None
        True
        """
        if node.op is not None:
            return node.scope
        users = {consumer.scope for consumer in self.consumers[node]}
        inside = node.requires_grad or node.__class__ is Const
        return users.pop() if inside and len(users) == 1 else None

    @cached_property
    def consumers(self) -> dict[Node, list[Node]]:
        """Which nodes each one is an operand of."""
        found: dict[Node, list[Node]] = {node: [] for node in self.nodes}
        for node in self.nodes:
            for parent in node.parents:
                found[parent].append(node)
        return found

    def match(self, other: Snapshot) -> dict[Node, Node]:
        """For every node of this graph the one of the other that is in its place.

        Parameters
        ----------
        other : Snapshot

        Returns
        -------
        dict of Node to Node

        Raises
        ------
        DrawError
            Where the graphs are not the same operations on the same operands.

        Examples
        --------
        >>> from autograd.draw.snapshot import snapshot
        >>> from autograd.examples import chain_rule
        >>> shot = snapshot(chain_rule().root)
        >>> other = snapshot(chain_rule().root)
        >>> other.names[shot.match(other)[shot.find('c')]]
        'c'
        """
        pairs = dict(zip(self.nodes, other.nodes, strict=False))
        for mine, theirs in pairs.items():
            same = mine.op is theirs.op and len(mine.parents) == len(theirs.parents)
            if not same or any(pairs.get(p) is not q for p, q in zip(mine.parents, theirs.parents, strict=True)):
                raise DrawError(
                    f"the two passes went through different graphs: {mine.label()} here, {theirs.label()} before"
                )
            if np.shape(self.values[mine]) != np.shape(other.values[theirs]):
                raise DrawError(
                    f"{self.names[mine]} has shape {np.shape(self.values[mine])}, and had {np.shape(other.values[theirs])} before"
                )
        if len(self.nodes) != len(other.nodes):
            raise DrawError(
                f"the two passes went through different graphs: {len(self.nodes)} nodes here, {len(other.nodes)} before"
            )
        return pairs


def snapshot(root: Node, gradient: Any = None) -> Snapshot:
    """Keep a graph's values and its reverse pass, so that `draw(…, since=…)` can show what changed.

    Parameters
    ----------
    root : Node
    gradient : float or array, optional
        What arrives at the root; ones by default.

    Examples
    --------
    >>> from autograd import Value
    >>> from autograd.draw import draw
    >>> from autograd.draw.snapshot import snapshot
    >>> w = Value(2.0, name="w")
    >>> before = snapshot(w * w)
    >>> w.data -= 0.5
    >>> "2 → 1.5" in draw(w * w, since=before).dot
    True
    """
    return Snapshot(check_root(root), gradient, backward=root.requires_grad)


def check_root(root: Any) -> Node:
    """A root that can be drawn.

    Raises
    ------
    DrawError
        For something that is not a node.
    """
    if not isinstance(root, Node):
        raise DrawError(f"draw takes a Value, a Tensor or a function, not {type_name(root)}")
    return root


def has_passed(root: Node) -> bool:
    """Whether a backward pass left gradients in a graph; a Value's are 0 before the first, which leaves none so at its root."""
    kept = [get_grad(node) for node in (root, *(n for n in ancestors(root) if n.op is None)) if node.requires_grad]
    return any(g is not None and (g.__class__ is not float or g != 0.0) for g in kept)


def _first_gradient(root: Node, gradient: Any) -> Any:
    data = get_data(root)
    if gradient is None:
        return None
    if data.__class__ is float:
        return float(gradient)
    array = np.asarray(gradient, dtype=data.dtype)
    if array.shape != data.shape:
        raise DrawError(f"draw: gradient= has shape {array.shape}, the root {data.shape}")
    return array


def _copy(data: Any) -> Any:
    return data.copy() if data.__class__ is np.ndarray else data
