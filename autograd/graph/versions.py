"""What a tensor was before it was edited in place.

A tensor *is* its node, and its consumers hold it. So when a tensor is edited its old record moves to a hidden node, and the
tensor becomes the newest node of the graph. Before anybody walks a graph, each consumer that was recorded before an edit
is given what it read: the hidden node, or a view of it (`settle`). From then on it is a graph like any other.

The memory stays the tensor's, because its views share it. What an edit overwrites goes to a journal, and from there back
to a hidden node when somebody reads it (`restore`): filling a large tensor row by row keeps no copies of it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import ref

import numpy as np

from autograd.errors import InPlaceError
from autograd.graph.node import (
    EARLIER,
    EDITED,
    HOOKS,
    NO_PARAMS,
    Node,
    WeakTable,
    below,
    get_data,
    is_view,
    next_order,
    set_data,
    set_grad,
    shares,
    slots,
    walk_edited_by,
)

if TYPE_CHECKING:
    from autograd.graph.op import Op

T = TypeVar("T")


class Journal:
    """An array, and what was overwritten of it, in order.

    Attributes
    ----------
    array : numpy.ndarray
        As it is now.
    lost : bool
        Whether it was changed without an entry, so that what it was before can't be had back.
    """

    def __init__(self, array: np.ndarray) -> None:
        self.array, self.lost = array, False
        self._entries: list[tuple[tuple[Any, ...], np.ndarray]] = []
        self._latest = np.empty(0, int)
        self._seen = 0
        self._known: tuple[int, np.ndarray] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def write(self, index: tuple[Any, ...], values: Any) -> np.ndarray:
        """`array[index] = values`; gives what was there before."""
        before = np.array(self.array[index])
        self.array[index] = values
        self._entries.append((index, before))
        return before

    def save(self) -> None:
        """Note the whole array, of which anything may be overwritten next."""
        self._entries.append(((...,), self.array.copy()))

    def latest(self) -> np.ndarray:
        """For each element the number of the last entry that overwrote it."""
        if not self._seen:
            self._latest = np.full(self.array.shape, -1)
        for number in range(self._seen, len(self)):
            self._latest[self._entries[number][0]] = number
        self._seen = len(self)
        return self._latest

    def before(self, number: int) -> np.ndarray:
        """The array as it was before the entry of that number."""
        # A reverse pass asks for one after the other.
        last, array = self._known if self._known is not None and self._known[0] >= number else (len(self), self.array)
        array = array.copy()
        for index, values in reversed(self._entries[number:last]):
            array[index] = values
        self._known = number, array
        return array.copy()


class Earlier:
    """How a hidden node gets its numbers back: from an array as it was before an edit, by the views that lead to the node.

    Attributes
    ----------
    since : int
        The number of the last change before that was not recorded: who read the node before it read other numbers.
    """

    __slots__ = ("_journal", "_number", "_views", "since")

    def __init__(
        self, journal: Journal, number: int, since: int = 0, views: tuple[Callable[[Any], Any], ...] = ()
    ) -> None:
        self._journal, self._number, self.since, self._views = journal, number, since, views

    def through(self, view: Callable[[Any], Any]) -> Earlier:
        """The same of a view of that node."""
        return Earlier(self._journal, self._number, self.since, (*self._views, view))

    def keeps(self, data: np.ndarray) -> bool:
        """Whether these numbers, the node's, are still what they were."""
        if not np.may_share_memory(data, self._journal.array):
            return True
        return not self._journal.lost and bool(np.all(self._apply_views(self._journal.latest()) < self._number))

    def array(self) -> np.ndarray | None:
        """The numbers in memory of their own; None where they are lost."""
        return None if self._journal.lost else self._apply_views(self._journal.before(self._number))

    def _apply_views(self, array: np.ndarray) -> np.ndarray:
        for view in self._views:
            array = view(array)
        return array


class Versions:
    """The hidden nodes of an edited tensor.

    Attributes
    ----------
    born : int
        The creation number of the first of them: nothing older knows the tensor.
    numbers, nodes : list
        Of each edit the number, and the node that stands for the tensor before it.
    journal : Journal or None
        Of the tensor's memory.
    settled : set of int
        The creation numbers of the nodes below the tensor that hold hidden nodes already.
    """

    __slots__ = ("born", "journal", "nodes", "numbers", "settled")

    def __init__(self, born: int) -> None:
        self.born = born
        self.numbers: list[int] = []
        self.nodes: list[Node] = []
        self.journal: Journal | None = None
        self.settled: set[int] = set()


class _View:
    """A view that was there before its base was edited: when it was made, and what stands for it, by the base's hidden nodes."""

    __slots__ = ("born", "twins")

    def __init__(self, born: int) -> None:
        self.born = born
        self.twins: dict[Node, Node] = {}


_VIEWS: WeakTable[_View] = WeakTable()
# Tensors that were overwritten under `no_grad` after they were recorded: the number of the change and its line.
SPOILED: WeakTable[tuple[int, Any]] = WeakTable()


def _gone() -> None:
    """An operand that was not kept."""


# What a constant was computed from, where nobody kept it.
GONE = None, (_gone,), NO_PARAMS


def view_of(node: Node) -> tuple[Node, Op, dict[str, Any]] | None:
    """What a tensor is a view of, by which operation; None where its memory is its own."""
    if node.op is not None:
        return (node.parents[0], node.op, node.params) if is_view(node) else None
    # A view of a constant is a constant without a past, but for this.
    origin = getattr(node, "origin", None)
    if origin is None or origin[1] is None or node.needs_grad or not shares(node, origin[0]):
        return None
    return origin


def note_view(view: Any, base: Any, op: Op, params: dict[str, Any]) -> None:
    """Remember of a constant what it is a view of; the base knows its views, too, without keeping them."""
    view.origin = base, op, params
    try:
        views = base.views
    except AttributeError:
        base.views = views = []
    views.append(ref(view))
    count = len(views)
    if count >= 64 and not count & (count - 1):
        base.views = [reference for reference in views if reference() is not None]


def note_detached(node: Any, source: Node) -> None:
    """Remember of a constant whose memory it shares, without keeping what it was cut off from."""
    node.origin = ref(source), None, None


def note_derived(node: Any, op: Op | None, parents: Sequence[Node], params: dict[str, Any], keep: bool) -> None:
    """Remember of a constant what it was computed from, where that may be given another value.

    So is the mask of a comparison, or the order of a sort: no derivative passes, but whoever replays the program asks. The
    operation is None for what was detached. A mask that somebody holds does not hold the graph, nor a running average what it
    was before, but where a debugger records, which is told by `keep`.
    """
    held = [
        parent if keep or not (parent.needs_grad or hasattr(parent, "derived")) else ref(parent) for parent in parents
    ]
    node.derived = op, tuple(held), params


def note_mixed(tensors: Iterable[Any], sources: Iterable[Any]) -> None:
    """Note of constants that they were edited in place, where what they were computed from, or the edit, may be given another value."""
    constants = [tensor for tensor in tensors if not tensor.needs_grad]
    if constants and (
        any([hasattr(node, "derived") for node in constants])
        or any([isinstance(x, Node) and (x.needs_grad or hasattr(x, "derived")) for x in sources])
    ):
        for tensor in constants:
            tensor.derived = GONE


def derived_from(node: Node) -> tuple[Op | None, tuple[Node | None, ...], dict[str, Any]] | None:
    """What `note_derived` remembers, None for an operand that is gone; None where there is nothing."""
    if not hasattr(node, "derived"):
        return None
    op, held, params = node.derived
    parents = [parent if isinstance(parent, Node) else parent() for parent in held]
    if EDITED:
        parents = [None if parent is None else as_of(parent, node.order) for parent in parents]
    return op, tuple(parents), params


def sharing(node: Node) -> list[Node]:
    """A tensor, and what it has its memory from: what it is a view of, or was detached from, and so on."""
    found = [node]
    while node.op is not None or hasattr(node, "origin"):
        held = view_of(node)
        above = held[0] if held is not None else _source(node)
        if above is None:
            break
        node = above
        found.append(node)
    return found


def _source(node: Node) -> Node | None:
    origin = getattr(node, "origin", None)
    if node.op is not None or origin is None or origin[1] is not None:
        return None
    source = origin[0]()
    return source if source is not None and shares(node, source) else None


def keep(tensor: Node, site: Any) -> Node:
    """Let a hidden node stand for what a tensor is, and count the tensor as made now; gives the hidden node.

    The caller gives the tensor its new record.
    """
    before = _hidden(tensor)
    _move(HOOKS, tensor, before)
    _move(SPOILED, tensor, before)
    versions = EDITED.get(tensor)
    if versions is None:
        EDITED[tensor] = versions = Versions(tensor.order)
    number = next_order()
    versions.numbers.append(number)
    versions.nodes.append(before)
    tensor.order, tensor.stamp = number, (number, site)  # type: ignore[attr-defined]
    # Whatever reads it, the new record too, reads what was overwritten after that.
    before.stamp = (next_order(), site)  # type: ignore[attr-defined]
    return before


def _move(table: WeakTable[T], tensor: Node, before: Node) -> None:
    held = table.pop(tensor)
    if held is not None:
        table[before] = held


def as_of(node: Node, time: int) -> Node:
    """What stands for a node as the node made at `time` read it."""
    views = []
    while node not in EDITED and is_view(node):
        views.append(node)
        node = node.parents[0]
    versions = EDITED.get(node)
    if versions is not None:
        place = bisect_left(versions.numbers, time)
        if place < len(versions.numbers):
            node = versions.nodes[place]
    for view in reversed(views):
        if node is view.parents[0]:
            # A view of what its base is now.
            _follow(view, node)
            node = view
        else:
            node = _twin(view, node)
    return node


def settle(root: Node, since: int = 0) -> None:
    """Give every consumer under `root` that was recorded before an edit what it read then; no consumers older than `since`."""
    if EDITED and isinstance(get_data(root), np.ndarray):
        as_of(root, next_order())
        _settle(root, max(since, min(versions.born for versions in EDITED.values())), set())


def settle_edited(tensor: Node) -> None:
    """The same under a tensor that was just edited, so that nothing below it holds the tensor itself: no cycles."""
    versions = EDITED.get(tensor)
    assert versions is not None
    _settle(tensor, versions.born, versions.settled)


def _settle(root: Node, born: int, settled: set[int]) -> None:
    stack = [root]
    while stack:
        node = stack.pop()
        if node.op is None or node.order < born:
            continue
        # Views have no numbers of their own, see `_follow`; they are few.
        if not node.op.view:
            if node.order in settled:
                continue
            settled.add(node.order)
        if not is_view(node):
            parents = tuple([as_of(parent, node.order) for parent in node.parents])
            if any([now is not before for now, before in zip(parents, node.parents, strict=True)]):
                node.parents = parents
        stack += node.parents


def _follow(view: Node, base: Node) -> None:
    """Count a view as made when its base was edited."""
    if base.order > view.order:
        _refuse_identity(view)
        if view not in _VIEWS:
            _VIEWS[view] = _View(view.order)
        view.order = base.order


def _twin(view: Node, base: Node) -> Node:
    """What stands for a view of a tensor that was edited after the view was read."""
    _refuse_identity(view)
    known = _VIEWS.get(view)
    if known is None:
        _VIEWS[view] = known = _View(view.order)
    twin = known.twins.get(base)
    if twin is None:
        assert view.op is not None
        known.twins[base] = twin = _hidden(view)
        again = partial(view.op.array, **view.params)
        twin.order = max(base.order, known.born)
        twin.stamp = base.stamp  # type: ignore[attr-defined]
        earlier = EARLIER.get(base)
        if earlier is not None:
            EARLIER[twin] = earlier.through(again)
        else:
            set_data(twin, again(get_data(base)))
        if base.needs_grad:
            twin.parents = (base,)
            hooks = HOOKS.get(view)
            if hooks is not None:
                HOOKS[twin] = hooks
        else:
            twin.op, twin.parents, twin.params, twin.needs_grad = None, (), NO_PARAMS, False
    return twin


def _refuse_identity(view: Node) -> None:
    assert view.op is not None
    if view.op.name == "identity":
        raise InPlaceError(
            f"{view.label()!r} was edited in place while a function of it was being differentiated: edit it before, or a copy of it"
        )


def _hidden(node: Node) -> Node:
    before: Node = object.__new__(type(node))
    for take, put in slots(type(node).__mro__):
        # What stands in for a tensor while a program is captured leaves some of them empty.
        with suppress(AttributeError):
            put(before, take(node))
    set_grad(before, None)
    return before


def is_kept(node: Node, reader: int) -> bool:
    """Whether a hidden node has the numbers that were read by the node of creation number `reader`."""
    earlier = EARLIER.get(node)
    return earlier is not None and earlier.since <= reader and earlier.keeps(get_data(node))


def restore(node: Node, reader: int) -> bool:
    """Give a hidden node the numbers back that were read by the node of creation number `reader`; whether that can be done."""
    earlier = EARLIER.get(node)
    array = None if earlier is None or earlier.since > reader else earlier.array()
    if array is not None:
        set_data(node, array)
    return array is not None


def walk_as_recorded(root: Node) -> Iterator[Node]:
    """`ancestors`, the hidden nodes among them with the numbers that they were recorded with, in memory of their own."""
    settle(root)
    for node in below(root):
        earlier = EARLIER.get(node)
        array = None if earlier is None else earlier.array()
        if earlier is not None and array is not None:
            set_data(node, array)
            node.stamp = (earlier.since, node.stamp[1])  # type: ignore[attr-defined]
            EARLIER.pop(node)
        yield node


def note_lost(tensor: Node) -> None:
    """Note that a tensor's array was given to it anew: where it is the same one, it was changed without an entry."""
    versions = EDITED.get(tensor)
    if versions is not None and versions.journal is not None and versions.journal.array is get_data(tensor):
        versions.journal.lost = True


def spoil(tensor: Node, site: Any) -> None:
    """Note that a recorded tensor was overwritten without a record: its own record no longer says how its numbers came about."""
    SPOILED[tensor] = next_order(), site


def refuse_spoiled(root: Node, nodes: Iterable[Node]) -> None:
    """Raise where a gradient would go to the record of something that was read after it was overwritten without one."""
    if SPOILED:
        _refuse_spoiled(root, next_order())
        for node in nodes:
            for parent in node.parents:
                _refuse_spoiled(parent, node.order)


def _refuse_spoiled(node: Node, reader: int) -> None:
    while True:
        number, site = SPOILED.get(node) or (reader, None)
        if number < reader:
            raise InPlaceError(
                f"backward: {node.label()!r} was overwritten under no_grad at {site or 'an unknown line'}, after it was recorded, so "
                "that its derivative is not that of its numbers: change it where operations are recorded, or detach() it first"
            )
        if not is_view(node):
            return
        node = node.parents[0]


walk_edited_by(walk_as_recorded)
