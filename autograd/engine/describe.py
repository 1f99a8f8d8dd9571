"""How nodes, numbers and errors are told in messages."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import LostGradientError, MatrixError, MissingRuleError, OperandError, OutsideError, ShapeError
from autograd.graph.node import Node, get_data


def describe(node: Node) -> str:
    """A node in an error message: its operation, name, shape, and the line that recorded it."""
    parts = [node.op.name if node.op is not None else "leaf" if node.needs_grad else "constant"]
    if node.name:
        parts.append(repr(node.name))
    if isinstance(get_data(node), np.ndarray):
        parts.append(f"of shape {get_data(node).shape}, {get_data(node).dtype},")
    place = (
        f"recorded at {node.site}" if node.site is not None else "(for its source line: with autograd.record_sites())"
    )
    return f"{' '.join(parts)} {place}"


def with_message(error: Exception, message: str) -> Exception:
    """The error of ours that stands for one of NumPy's."""
    for theirs, ours in (
        (np.exceptions.AxisError, np.exceptions.AxisError),
        (LostGradientError, LostGradientError),
        (MissingRuleError, MissingRuleError),
        (np.linalg.LinAlgError, MatrixError),
        (OutsideError, OutsideError),
        (ValueError, ShapeError),
        (TypeError, OperandError),
    ):
        if isinstance(error, theirs):
            return ours(message)
    return IndexError(message)


def short(x: Any) -> str:
    """A number, or the first and last numbers of an array, on one line."""
    text = np.array2string(x, threshold=8, precision=4) if isinstance(x, np.ndarray) else repr(x)
    return " ".join(text.split())
