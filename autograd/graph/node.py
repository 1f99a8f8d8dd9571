"""`Node`: one vertex of the computation graph."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from threading import RLock
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from weakref import ref

import numpy as np
from numpy import ndarray

from autograd.errors import GraphError, OperandError
from autograd.graph.modes import inside

if TYPE_CHECKING:
    from autograd.graph.op import Op
    from autograd.graph.sites import Site
    from autograd.graph.versions import Earlier, Versions

next_order = count(1).__next__
NO_PARAMS: dict[str, Any] = {}
T = TypeVar("T")


class WeakTable(Generic[T]):
    """What is known of some nodes beside their slots, forgotten with them.

    Keyed by identity: a `weakref.WeakKeyDictionary` compares keys with `==`, which on tensors gives a tensor.
    """

    def __init__(self) -> None:
        self.held: dict[int, tuple[ref[Node], T]] = {}

    def __setitem__(self, node: Node, value: T) -> None:
        key = id(node)
        self.held[key] = ref(node, lambda _: self.held.pop(key, None)), value

    def get(self, node: Node) -> T | None:
        held = self.held.get(id(node))
        return held[1] if held is not None else None

    def pop(self, node: Node) -> T | None:
        held = self.held.pop(id(node), None)
        return held[1] if held is not None else None

    def values(self) -> list[T]:
        return [value for _, value in list(self.held.values())]

    def __contains__(self, node: Node) -> bool:
        return id(node) in self.held

    def __len__(self) -> int:
        return len(self.held)


HOOKS: WeakTable[dict[int, Callable[[Any], Any]]] = WeakTable()
# Tensors that were edited in place, and the hidden nodes that stand for what they were; see `autograd.graph.versions`.
EDITED: WeakTable[Versions] = WeakTable()
EARLIER: WeakTable[Earlier] = WeakTable()
# Held by whoever adds to a `.grad` or to hooks, or notes what was overwritten: threads may differentiate graphs that share
# nodes.
GRADIENTS = RLock()
if hasattr(os, "register_at_fork"):
    # A child process must not wait for a thread that it does not have.
    os.register_at_fork(before=GRADIENTS.acquire, after_in_parent=GRADIENTS.release, after_in_child=GRADIENTS.release)


class Node:
    """A value, the operation that made it, and the nodes that it was made from.

    `Value` and `Tensor` are its two faces. A node knows its parents and never its consumers, and holds no closure, so
    that a graph is freed by reference counts the moment its root is dropped.

    Attributes
    ----------
    data : float or numpy.ndarray
        The value.
    grad : float or numpy.ndarray or None
        The derivative of the latest root with respect to this node; a leaf's adds up over calls of `backward`.
    op : Op or None
        The row of the table that made it; None for a leaf.
    parents : tuple of Node
        The operands in order: `a * a` has two equal ones.
    params : dict
        The operation's parameters, such as `axis`.
    name : str or None
        For people; free to be set.
    order : int
        The creation number: greater than those of all its ancestors.
    site : Site or None
        The source line that recorded it.
    scope : str or None
        The path of the `nn` module that recorded it.
    requires_grad : bool
        Whether the reverse pass goes there.
    symbolic : bool
        Whether it stands for numbers that are not known, as the compiler's nodes do; the same for all of a class.

    Examples
    --------
    >>> from autograd import Node, Value
    >>> a = Value(2.0, name="a")
    >>> b = a * a
    >>> isinstance(b, Node), b.op.name, b.parents[0] is a, b.is_leaf, a.label()
    (True, 'mul', True, False, 'a')
    """

    __slots__ = (
        "__weakref__",
        "data",
        "grad",
        "name",
        "needs_grad",
        "op",
        "order",
        "params",
        "parents",
        "scope",
        "site",
    )

    data: Any
    grad: Any
    op: Op | None
    parents: tuple[Node, ...]
    params: dict[str, Any]
    name: str | None
    order: int
    site: Site | None
    scope: str | None
    # What `requires_grad` says, for the engine: a slot is read and written faster than a property.
    needs_grad: bool
    symbolic: ClassVar[bool] = False

    __hash__ = object.__hash__

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made this node."""
        return self.op is None

    @property
    def requires_grad(self) -> bool:
        """Whether the reverse pass visits this node; you may set it on a leaf."""
        return self.needs_grad

    @requires_grad.setter
    def requires_grad(self, requires_grad: bool) -> None:
        requires_grad = as_flag(type(self).__name__, requires_grad)
        if requires_grad is self.needs_grad:
            return
        if requires_grad:
            require_floats(get_data(self))
        if is_computed(self):
            raise GraphError(
                f"requires_grad of {self.label()!r} says whether the graph goes through it, and is set for leaves alone: "
                "use detach() for the same data as a constant"
            )
        self.needs_grad = requires_grad

    def label(self) -> str:
        """The node's name, or what it is: `mul`, `leaf`, `constant 2.0`.

        Returns
        -------
        str

        Examples
        --------
        >>> from autograd import Value
        >>> Value(2.0, name='a').label(), (Value(2.0) * 3.0).label()
        ('a', 'mul')
        """
        if self.name:
            return self.name
        if self.op is not None:
            return self.op.name
        return "leaf" if self.needs_grad else "constant"

    def register_hook(self, hook: Callable[[Any], Any]) -> HookHandle:
        """Call `hook(gradient)` when this node's gradient is complete; what it returns, if not None, replaces it.

        Parameters
        ----------
        hook : callable
            Takes a float for a `Value`, an array for a `Tensor` that may only be read, and gives one of the same shape, or
            None. The pass raises a
            ShapeError for another shape, and an OperandError for what is not a number.

        Returns
        -------
        HookHandle
            Its `remove()` takes the hook away.

        Examples
        --------
        >>> from autograd import Value
        >>> a = Value(3.0)
        >>> b = a * a
        >>> handle = b.register_hook(lambda g: 10 * g)
        >>> b.sin().backward()
        >>> round(a.grad, 6)
        -54.667816
        """
        if not self.needs_grad:
            raise GraphError(f"{self.label()} requires no gradient, so a hook on it would never be called")
        with GRADIENTS:
            hooks = HOOKS.get(self)
            if hooks is None:
                HOOKS[self] = hooks = {}
        key = next_order()
        hooks[key] = hook
        return HookHandle(hooks, key)

    def __deepcopy__(self, memo: dict[int, Any]) -> Node:
        # Iterative, as every walk is: the graph may be a million nodes deep.
        for node in ancestors(self):
            if id(node) not in memo:
                twin = node._twin()
                if node.parents:
                    twin.parents = tuple(memo[id(parent)] for parent in node.parents)
                if is_view(node):
                    assert node.op is not None
                    set_data(twin, node.op.array(get_data(twin.parents[0]), **node.params))
                if node.op is None and hasattr(node, "derived"):
                    twin.derived = None, (ref(node),), NO_PARAMS  # type: ignore[attr-defined]
                memo[id(node)] = twin
        twin = memo[id(self)]
        assert isinstance(twin, Node)
        return twin

    def _twin(self) -> Node:
        """A copy of this node alone, with its own data and no parents yet."""
        twin: Node = object.__new__(type(self))
        for take, put in slots(type(self).__mro__):
            held = take(self)
            # In the memory order it has.
            put(twin, held.copy("K") if held.__class__ is ndarray else held)
        # The creation number comes along, so that what was overwritten in the original is known to be so in the copy.
        return twin

    def __reduce__(self) -> Any:
        if is_computed(self):
            raise GraphError(
                f"cannot pickle {self.label()}: it is part of a graph; pickle detach(), or the module's state_dict()"
            )
        return _restore, (type(self), self.data, self.needs_grad, self.name)


# The slots themselves: on a tensor, `data` and `grad` are properties that look at what the user does.
get_data: Callable[[Node], Any] = Node.__dict__["data"].__get__
set_data: Callable[[Node, Any], None] = Node.__dict__["data"].__set__
get_grad: Callable[[Node], Any] = Node.__dict__["grad"].__get__
set_grad: Callable[[Node, Any], None] = Node.__dict__["grad"].__set__


def initialise(
    node: Node,
    op: Op | None = None,
    parents: tuple[Node, ...] = (),
    params: dict[str, Any] = NO_PARAMS,
    needs_grad: bool = False,
    name: str | None = None,
    scope: str | None = None,
    site: Site | None = None,
) -> None:
    """Set what every node has beside its data and its gradient.

    The two constructors that a program calls for each operation write this out, because a call costs a tenth of one: that of
    tensors, and that of the operators of `Value`.
    """
    node.op, node.parents, node.params = op, parents, params
    node.name, node.scope, node.site = name, scope, site
    node.order, node.needs_grad = next_order(), needs_grad


class Const(Node):
    """A raw Python scalar used as an operand; it has no dtype of its own, so float32 × 2.0 stays float32."""

    __slots__ = ()

    # The same for all, so that making one costs two assignments.
    op = None
    parents = ()
    params = NO_PARAMS
    name = site = scope = None
    order = 0
    needs_grad = False

    def __init__(self, data: Any) -> None:
        self.data = data
        self.grad = 0.0

    def _twin(self) -> Const:
        return Const(self.data)

    def label(self) -> str:
        return repr(self.data)

    def __repr__(self) -> str:
        return f"Const({self.data!r})"


class HookHandle:
    """What `register_hook` returns."""

    def __init__(self, hooks: dict[int, Callable[[Any], Any]], key: int) -> None:
        self._hooks, self._key = hooks, key

    def remove(self) -> None:
        """Take the hook away; doing it twice is harmless."""
        self._hooks.pop(self._key, None)


def as_flag(face: str, requires_grad: Any) -> bool:
    """Whether a leaf requires its gradient; anything but True and False is a mistake: a dtype, a name, a second length."""
    if isinstance(requires_grad, (bool, np.bool_)) or (requires_grad.__class__ is int and requires_grad in (0, 1)):
        return bool(requires_grad)
    raise OperandError(
        f"{face}: requires_grad is True or False, not {requires_grad!r}; a dtype is given by dtype=, a name by name="
    )


def require_floats(data: Any) -> None:
    """Raise for an array of whole numbers or of bools: a derivative is taken with respect to numbers that can move a little."""
    if isinstance(data, ndarray) and data.dtype.kind not in "fc":
        raise OperandError(f"only floats can require a gradient, not {data.dtype}: give floats (1.0), or dtype=float")


def is_computed(node: Node) -> bool:
    """Whether a node has a past that a derivative follows: an operation's result, or what a transform differentiates with respect to."""
    return node.op is not None or node.symbolic or any([node in own for own in inside.get()])


def raw(x: Any) -> Any:
    """The data of a node, and anything else as it is."""
    return get_data(x) if isinstance(x, Node) else x


def is_view(node: Node) -> bool:
    """Whether a node shares the memory of its first operand."""
    return node.op is not None and node.op.view and shares(node, node.parents[0])


def shares(node: Node, other: Node) -> bool:
    """Whether the arrays of two nodes are views of the same memory."""
    return _owner(get_data(node)) is _owner(get_data(other))


def _owner(array: Any) -> Any:
    while isinstance(array, ndarray) and isinstance(array.base, ndarray):
        array = array.base
    return array


def walk_edited_by(walk: Callable[[Node], Iterator[Node]]) -> None:
    """Say how `ancestors` walks a graph that holds tensors that were edited in place: what knows of edits stands above nodes."""
    global _walk_edited
    _walk_edited = walk


def ancestors(root: Node) -> Iterator[Node]:
    """Every node that `root` was computed from, parents before children, and `root` last.

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> [node.label() for node in ancestors((a + b) * b)]
    ['a', 'b', 'add', 'mul']
    """
    return _walk_edited(root) if EDITED or EARLIER else below(root)


def below(root: Node) -> Iterator[Node]:
    """What `ancestors` gives, of a graph that was walked before, or holds nothing that was edited in place."""
    done: set[Node] = set()
    stack: list[tuple[Node, Iterator[Node]]] = [(root, iter(root.parents))]
    entered = {root}
    while stack:
        node, rest = stack[-1]
        for parent in rest:
            if parent not in entered:
                entered.add(parent)
                stack.append((parent, iter(parent.parents)))
                break
        else:
            stack.pop()
            if node not in done:
                done.add(node)
                yield node


_walk_edited = below


@cache
def slots(bases: tuple[type, ...]) -> list[tuple[Callable[[Node], Any], Callable[[Node, Any], None]]]:
    """How to read and how to write each slot of a class, its bases' included, but what it knows of others' memory."""
    found = []
    for base in bases:
        for name in getattr(base, "__slots__", ()):
            if name not in ("__weakref__", "derived", "origin", "views"):
                found.append((base.__dict__[name].__get__, base.__dict__[name].__set__))
    return found


def _restore(face: type[Node], data: Any, requires_grad: bool, name: str | None) -> Node:
    node = object.__new__(face)
    node.__init__(data, requires_grad=requires_grad, name=name)  # type: ignore[misc]
    return node
