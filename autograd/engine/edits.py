"""Edits in place: `t[i] = v`, `t *= k` and their kin, which change the memory of a tensor, and of every view of it, as in NumPy.

Where no derivative is asked for that is all. Where one is, the edit is recorded as an operation as well: the tensor becomes
its result, and what it was before goes to a hidden node; see `autograd.graph.versions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.engine.anomaly import check_finite
from autograd.engine.describe import with_message
from autograd.engine.guards import LATEST, move_checksums, remember, stamp
from autograd.errors import AutogradError, GraphError, LeafEditError, OperandError, ShapeError
from autograd.graph.modes import edited, mode, scope
from autograd.graph.node import EARLIER, EDITED, Node, get_data, is_view, raw, set_data, shares
from autograd.graph.op import Op
from autograd.graph.sites import here
from autograd.graph.versions import (
    Earlier,
    Journal,
    keep,
    note_mixed,
    restore,
    settle_edited,
    sharing,
    spoil,
    view_of,
)
from autograd.ops.indexing import fill
from autograd.ops.placing import place
from autograd.ops.shape import astype, copy, reshape, shape, transpose

View = tuple[Any, Op, dict[str, Any]]

# What a tensor is after one of its views became another array.
_THROUGH: dict[str, Callable[[Any, Any, dict[str, Any]], Any]] = {
    "slice": lambda new, base, params: place(base, new, key=params["key"]),
    "reshape": lambda new, base, params: reshape(new, shape(base)),
    "transpose": lambda new, base, params: transpose(new, np.argsort(params["axes"])),
}


def concerns_nobody(tensor: Any, other: Any) -> bool:
    """Whether an edit asks for no derivative, and no other tensor has to do with this one's memory: then it is an array's own.

    It is what happens most often, in a loop over parameters, and asks for nothing of what this module does.
    """
    if tensor.op is not None or EDITED or hasattr(tensor, "origin"):
        return False
    kind = other.__class__
    needs = tensor.needs_grad
    if kind is not float and kind is not np.ndarray and kind is not int:
        if not isinstance(other, Node) or get_data(other).__class__ is not np.ndarray:
            return False
        if other.needs_grad and not needs:
            return False
    now = mode()
    return (
        now.recorder is None
        and not (needs and now.grad)
        and not (hasattr(tensor, "derived") or hasattr(other, "derived"))
    )


def assign(tensor: Any, key: tuple[Any, ...], arrays: Sequence[Any], value: Any) -> None:
    """`tensor[key] = value`.

    Parameters
    ----------
    tensor : Tensor
    key : tuple
        The index, with a slot for each array in it; see `autograd.ops.indexing`.
    arrays : sequence of Tensor
    value : Tensor or Const
    """
    what = "t[…] = v"
    base, views = base_of(tensor)
    data, index = get_data(value), fill(key, [get_data(a) for a in arrays])
    if not (mode().grad and (base.needs_grad or value.needs_grad)):
        with _Unrecorded(tensor, what, value, *arrays):
            get_data(tensor)[index] = data
        return
    _refuse_unrecordable(tensor, base, views, what)
    if isinstance(data, np.ndarray) and data.dtype != tensor.dtype:
        value = astype(value, tensor.dtype)
        data = get_data(value)
    if mode().anomaly:
        check_finite(place.op, (tensor, value), np.asarray(data))  # type: ignore[attr-defined]
    if views:
        _become(base, through(views, place(tensor, value, *arrays, key=key)))
        return
    with _Recorded(tensor, what) as edit:
        edit.journal.write(index, data)
        edit.record(place.op, (tensor, value, *arrays), {"key": key}, True)  # type: ignore[attr-defined]


def augment(tensor: Any, symbol: str, other: Any, compute: Callable[[Any, Any], Any], ufunc: np.ufunc | None) -> None:
    """`tensor += other`, or another operator.

    Parameters
    ----------
    tensor : Tensor
    symbol : str
        The operator, without its `=`.
    other
    compute : callable
        The operation, giving a new tensor.
    ufunc : numpy.ufunc or None
        The same on arrays, where it gives the same to the bit.
    """
    what = f"t {symbol}= u"
    base, views = base_of(tensor)
    if mode().grad and (base.needs_grad or (isinstance(other, Node) and other.needs_grad)):
        _refuse_unrecordable(tensor, base, views, what)
        _become(base, through(views, fitting(tensor, compute(tensor, other), what)))
        return
    array, held = get_data(tensor), raw(other)
    with _Unrecorded(tensor, what, other):
        if ufunc is None or (held is not other and held.__class__ is not np.ndarray):
            array[...] = get_data(fitting(tensor, compute(tensor, other), what))
        else:
            ufunc(array, held, out=array)


def base_of(tensor: Any, is_viewed: Callable[[Any], View | None] = view_of) -> tuple[Any, list[View]]:
    """The tensor whose memory this one is a view of, and from here on what each is a view of, and how."""
    if tensor.op is None and not hasattr(tensor, "origin"):
        return tensor, []
    views = []
    found = is_viewed(tensor)
    while found is not None:
        views.append(found)
        found = is_viewed(found[0])
    return views[-1][0] if views else tensor, views


def through(views: Iterable[View], new: Any) -> Any:
    """What the base of a view becomes where the view becomes `new`."""
    for base, op, params in views:
        new = _THROUGH[op.name](new, base, params)
    return new


def fitting(tensor: Any, new: Any, what: str) -> Any:
    """A result in the dtype of the tensor that it is written into.

    Raises
    ------
    ShapeError
        Where it has another shape.
    OperandError
        Where its dtype is of another kind.
    """
    held = f"{what} on {tensor.label()!r} of shape {tensor.shape}, {tensor.dtype}, at {here()}: the result"
    if new.shape != tensor.shape:
        raise ShapeError(f"{held} has shape {new.shape} and needs a tensor of its own: bind it to a name")
    if new.dtype == tensor.dtype:
        return new
    if not np.can_cast(new.dtype, tensor.dtype, "same_kind"):
        raise OperandError(f"{held} has dtype {new.dtype} and needs a tensor of its own: bind it to a name")
    return astype(new, tensor.dtype)


def is_recordable(views: Iterable[View]) -> bool:
    """Whether it is known what a base becomes when one of its views changes."""
    return all([op.name in _THROUGH for _, op, _ in views])


def _refuse_unrecordable(tensor: Any, base: Any, views: Sequence[View], what: str) -> None:
    """Raise where an edit cannot be recorded: the tensor is where a gradient arrives, or holds no floats."""
    told = base.label() if not views else f"{base.label()}, of which this is a view"
    instead = "edit a result of it (t = t.copy() first), build a new one (where, concatenate or stack)"
    if base.op is None and base.needs_grad:
        raise LeafEditError(
            f"{what} on the leaf {told!r}, which requires its own gradient, at {here()}: {instead}, or do it under no_grad()"
        )
    if not get_data(tensor).flags.writeable:
        raise _read_only_error(tensor, what)
    if not is_recordable(views):
        raise GraphError(
            f"{what} on {told!r}, with respect to which a derivative is being taken, at {here()}: {instead}"
        )
    if len(sharing(base)) > 1:
        raise GraphError(
            f"{what} on {told!r}, at {here()}: it shares the memory of {sharing(base)[1].label()!r}, from which it was detached, or taken "
            "under no_grad, and which would not get the gradient: edit a copy (t = t.copy())"
        )
    if base.dtype.kind not in "fc":
        raise OperandError(
            f"{what} on {told!r} of dtype {base.dtype}, at {here()}: the value requires a gradient, which only floats have: "
            "give the tensor dtype=float"
        )


def _read_only_error(tensor: Any, what: str) -> GraphError:
    return GraphError(
        f"{what} on {tensor.label()!r}, at {here()}: its memory may only be read, as that of broadcast_to, which repeats "
        "elements: edit a copy (t = t.copy())"
    )


class _Edit:
    """What an edit does before and after it writes into memory."""

    __slots__ = ("_tensor", "_what")

    def __init__(self, tensor: Any, what: str) -> None:
        self._tensor, self._what = tensor, what

    def _tell(self, error: BaseException) -> None:
        """Tell an error of NumPy's as one of ours."""
        if not isinstance(error, (ValueError, TypeError, IndexError)) or isinstance(error, AutogradError):
            return
        tensor = self._tensor
        if not get_data(tensor).flags.writeable:
            raise _read_only_error(tensor, self._what) from error
        held = f"{self._what} on {tensor.label()!r} of shape {tensor.shape}, {tensor.dtype}"
        raise with_message(error, f"{held}: {error}; at {here()}") from error


class _Unrecorded(_Edit):
    """An edit of a leaf, or under `no_grad`: what was recorded before knows by the stamp that its numbers are gone."""

    __slots__ = ("_sharing", "_sources")

    def __init__(self, tensor: Any, what: str, *sources: Any) -> None:
        self._tensor, self._what, self._sources = tensor, what, sources

    def __enter__(self) -> None:
        self._sharing = sharing(self._tensor)
        for tensor in self._sharing if EDITED else ():
            # The hidden nodes have their numbers back after the change.
            versions = EDITED.get(tensor)
            if versions is not None and versions.journal is not None and versions.journal.array is get_data(tensor):
                versions.journal.save()

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if error is not None:
            self._tell(error)
        for tensor in self._sharing:
            if tensor.op is not None and not is_view(tensor):
                spoil(tensor, here())
        note_mixed(self._sharing, self._sources)
        stamp(self._sharing)


class _Recorded(_Edit):
    """An edit that is recorded, of a tensor whose memory is its own.

    Attributes
    ----------
    journal : Journal
        To write by.
    """

    __slots__ = ("_number", "journal")

    def __enter__(self) -> _Recorded:
        tensor = self._tensor
        versions = EDITED.get(tensor)
        journal = None if versions is None else versions.journal
        # Setting `data` gives a tensor other memory.
        self.journal = (
            journal if journal is not None and journal.array is get_data(tensor) else Journal(get_data(tensor))
        )
        self._number = len(self.journal)
        return self

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if error is not None:
            self._tell(error)

    def record(self, op: Op | None, parents: Sequence[Node], params: dict[str, Any], requires_grad: bool) -> Node:
        """Give the tensor its new record; gives the hidden node with the old one."""
        tensor, site = self._tensor, here(mode().sites)
        adopted = [] if tensor.needs_grad or not requires_grad else _views_of(tensor)
        since = tensor.stamp[0] if tensor.stamp is not None else 0
        for noted in edited.get():
            noted.append(tensor)
        before = keep(tensor, site)
        EARLIER[before] = Earlier(self.journal, self._number, since)
        EDITED.get(tensor).journal = self.journal  # type: ignore[union-attr]
        tensor.op, tensor.params, tensor.needs_grad = op, params, requires_grad
        tensor.parents = tuple([before if parent is tensor else parent for parent in parents])
        tensor.site, tensor.scope = site, scope.get()
        LATEST[0] = before.stamp[0]  # type: ignore[attr-defined]
        for view, base, view_op, view_params in adopted:
            view.op, view.parents, view.params, view.needs_grad = view_op, (base,), view_params, True
        settle_edited(tensor)
        if mode().anomaly:
            move_checksums(tensor, before)
            restore(before, tensor.order)
            remember(tensor)
        return before


def _become(tensor: Any, new: Any) -> None:
    """Write another tensor into the memory of this one, and take over its record."""
    if new is tensor:
        return
    if new.op is None and new.needs_grad:
        new = copy(new)
    with _Recorded(tensor, "an edit") as edit:
        held = edit.journal.write((...,), get_data(new))
        before = edit.record(new.op, new.parents, new.params, new.needs_grad)
        set_data(before, held)


def _views_of(constant: Any) -> list[tuple[Any, Any, Op, dict[str, Any]]]:
    """The views of a constant that is to require a gradient: they will do so, too."""
    found = []
    waiting = [constant]
    for base in waiting:
        for reference in getattr(base, "views", ()):
            view = reference()
            if view is None or view.op is not None or not shares(view, base):
                continue
            if view.needs_grad:
                raise GraphError(
                    f"an edit of {base.label()!r}, at {here()}, would give the leaf {view.label()!r}, a view of it whose own gradient is "
                    "asked for, a past: let that be a copy (t.copy())"
                )
            found.append((view, base, view.origin[1], view.origin[2]))
            waiting.append(view)
    return found
