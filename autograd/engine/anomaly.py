"""NaN and infinities, for `detect_anomaly`: found where they come up, forward and backward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.engine.describe import describe, short
from autograd.engine.guards import check_remembered
from autograd.errors import AnomalyError, note_call
from autograd.graph.node import Node, get_data
from autograd.graph.op import Op
from autograd.graph.sites import here


def check_finite(op: Op, parents: Sequence[Node], data: np.ndarray) -> None:
    """Raise where the result of an operation is not finite."""
    if data.dtype.kind in "fc" and not np.isfinite(data).all():
        wrong = data[~np.isfinite(data)].flat[0]
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(data))[0])
        operands = ", ".join(f"{p.label()} = {short(get_data(p))}" for p in parents)
        told = f"forward: {op.name} gave {wrong} at index {where} from {operands}, at {here(callers=True)}"
        raise note_call(AnomalyError(told), op.name, parents)


def check_anomaly(node: Node, g: Any, sent: Sequence[Any]) -> None:
    """Raise where data was changed behind the engine's back, or where something that `node` sends is not finite."""
    check_remembered(node)
    for index, contribution in enumerate(sent):
        raw = get_data(contribution) if isinstance(contribution, Node) else contribution
        if raw is not None and not np.all(np.isfinite(raw)):
            operands = ", ".join(f"{p.label()} = {short(get_data(p))}" for p in node.parents)
            upstream = get_data(g) if isinstance(g, Node) else g
            told = (
                f"backward: {describe(node)}, sends {short(raw)} to operand {index + 1}, {node.parents[index].label()!r}; "
                f"operands {operands}; upstream gradient {short(upstream)}"
            )
            raise note_call(AnomalyError(told), node.label(), node.parents, node)
