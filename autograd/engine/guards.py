"""Guards: values that derivatives need must not be overwritten between the forward and the backward pass."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.engine.describe import describe
from autograd.engine.symbol import reads
from autograd.errors import AnomalyError, InPlaceError
from autograd.graph.node import GRADIENTS, Node, WeakTable, get_data, next_order
from autograd.graph.sites import here
from autograd.graph.versions import is_kept, restore, sharing
from autograd.ops.placing import place

# The number of the latest in-place change of any tensor: what was recorded after it needs no closer look.
LATEST = [0]


def stamp(tensors: Sequence[Node]) -> None:
    """Note that these tensors' memory was overwritten just now; the reverse pass then knows which derivatives are lost."""
    line = here()
    with GRADIENTS:
        mark = (next_order(), line)
        LATEST[0] = mark[0]
        for node in tensors:
            node.stamp = mark  # type: ignore[attr-defined]


def check_in_place(node: Node) -> None:
    """Raise where a value that the rules of `node` read was overwritten after it was recorded, and can't be had back."""
    order = node.order
    gone = {n for n in (*node.parents, node) if latest_stamp(n)[0] > order and not is_kept(n, order)}
    # The rule of an edit reads nothing, which need not be found out for each one of a long loop.
    if not gone or node.op is place.op:  # type: ignore[attr-defined]
        return
    operands, result = reads(node)
    read = [p for i, p in enumerate(node.parents) if i in operands] + ([node] if result else [])
    for involved in read:
        if involved in gone and not restore(involved, order):
            site = latest_stamp(involved)[1]
            raise InPlaceError(
                f"backward of {describe(node)}: its derivative reads {involved.label()!r}, which was overwritten in place "
                f"at {site or 'an unknown line'} after that; compute a new tensor instead, or call backward before the change"
            )


_NEVER: tuple[int, Any] = (0, None)


def latest_stamp(node: Node) -> tuple[int, Any]:
    """The latest in-place change of a tensor's memory: its own, or that of the tensor it is a view of."""
    return max([getattr(n, "stamp", None) or _NEVER for n in sharing(node)], key=lambda stamp: stamp[0])


_CHECKSUMS: WeakTable[list[int]] = WeakTable()


def _checksums(node: Node) -> list[int]:
    return [zlib.crc32(np.ascontiguousarray(get_data(n)).tobytes()) for n in (*node.parents, node)]


def remember(node: Node) -> None:
    """Under `detect_anomaly`: take the checksums of what the derivatives of `node` may read."""
    if node.op is not None:
        _CHECKSUMS[node] = _checksums(node)


def move_checksums(tensor: Node, before: Node) -> None:
    """Let a hidden node have what is remembered of a tensor that was edited."""
    known = _CHECKSUMS.pop(tensor)
    if known is not None:
        _CHECKSUMS[before] = known


def check_remembered(node: Node) -> None:
    """Raise where what `remember` saw was changed behind the engine's back."""
    known = _CHECKSUMS.get(node)
    if known is None:
        return
    for involved in (*node.parents, node):
        restore(involved, node.order)
    for involved, before, now in zip((*node.parents, node), known, _checksums(node), strict=True):
        if before != now:
            raise AnomalyError(
                f"backward of {describe(node)}: the data of {involved.label()!r} was changed after it was used there"
            )
