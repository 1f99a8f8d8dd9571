"""What can go wrong between the forward and the backward pass: overwritten values, NaN and infinities; and how it is told."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.engine import formula
from autograd.errors import AnomalyError, InPlaceError, LostGradientError, MatrixError, OperandError, ShapeError
from autograd.graph.node import Node, WeakTable, get_data


def describe(node: Node) -> str:
    """A node in an error message: its operation, name, shape, and the line that recorded it."""
    parts = [node.op.name if node.op is not None else "leaf" if node.requires_grad else "constant"]
    if node.name:
        parts.append(repr(node.name))
    if isinstance(get_data(node), np.ndarray):
        parts.append(f"of shape {get_data(node).shape}, {get_data(node).dtype},")
    place = (
        f"recorded at {node.site}" if node.site is not None else "(for its source line: with autograd.record_sites())"
    )
    return f"{' '.join(parts)} {place}"


def explained(error: Exception, message: str) -> Exception:
    """The error of ours that stands for one of NumPy's."""
    for theirs, ours in (
        (np.exceptions.AxisError, np.exceptions.AxisError),
        (LostGradientError, LostGradientError),
        (np.linalg.LinAlgError, MatrixError),
        (ValueError, ShapeError),
        (TypeError, OperandError),
    ):
        if isinstance(error, theirs):
            return ours(message)
    return IndexError(message)


# The number of the latest in-place change of any tensor: what was recorded after it needs no closer look.
LATEST = [0]


def check_in_place(node: Node) -> None:
    """Raise where a value that the rules of `node` read was overwritten after it was recorded."""
    order = node.order
    for involved in (*node.parents, node):
        stamp = getattr(involved, "stamp", None)
        if stamp is not None and stamp[0] > order:
            break
        if involved.op is not None and involved.op.view and _stamped(involved)[0] > order:
            break
    else:
        return
    operands, result = formula.reads(node)
    for involved in [p for i, p in enumerate(node.parents) if i in operands] + ([node] if result else []):
        number, site = _stamped(involved)
        if number > order:
            raise InPlaceError(
                f"backward of {describe(node)}: its derivative reads {involved.label()!r}, which was overwritten in place "
                f"at {site or 'an unknown line'} after that; compute a new tensor instead, or call backward before the change"
            )


_NEVER: tuple[int, Any] = (0, None)


def _stamped(node: Node) -> tuple[int, Any]:
    """The latest in-place change of a tensor's memory: its own, or that of the tensor it is a view of."""
    latest = getattr(node, "stamp", None) or _NEVER
    while node.op is not None and node.op.view:
        node = node.parents[0]
        latest = max(latest, getattr(node, "stamp", None) or _NEVER, key=lambda stamp: stamp[0])
    return latest


_CHECKSUMS: WeakTable[list[int]] = WeakTable()


def _checksums(node: Node) -> list[int]:
    return [zlib.crc32(np.ascontiguousarray(get_data(n)).tobytes()) for n in (*node.parents, node)]


def remember(node: Node) -> None:
    """Under `detect_anomaly`: take the checksums of what the derivatives of `node` may read."""
    if node.op is not None:
        _CHECKSUMS[node] = _checksums(node)


def check_anomaly(node: Node, g: Any, sent: Sequence[Any]) -> None:
    """Raise where data was changed behind the engine's back, or where something that `node` sends is not finite."""
    known = _CHECKSUMS.get(node)
    if known is not None:
        for involved, before, now in zip((*node.parents, node), known, _checksums(node), strict=True):
            if before != now:
                raise AnomalyError(
                    f"backward of {describe(node)}: the data of {involved.label()!r} was changed after it was used there"
                )
    for index, contribution in enumerate(sent):
        raw = get_data(contribution) if isinstance(contribution, Node) else contribution
        if raw is not None and not np.all(np.isfinite(raw)):
            operands = ", ".join(f"{p.label()} = {short(get_data(p))}" for p in node.parents)
            upstream = get_data(g) if isinstance(g, Node) else g
            raise AnomalyError(
                f"backward: {describe(node)}, sends {short(raw)} to operand {index + 1}, {node.parents[index].label()!r}; "
                f"operands {operands}; upstream gradient {short(upstream)}"
            )


def short(x: Any) -> str:
    """A number, or the first and last numbers of an array, on one line."""
    text = np.array2string(x, threshold=8, precision=4) if isinstance(x, np.ndarray) else repr(x)
    return " ".join(text.split())
