"""HIPS autograd's tracer, by its names: nodes and numbers told apart, and traces."""

from __future__ import annotations

from typing import Any

from autograd.extend import Box, notrace_primitive, primitive, register_notrace
from autograd.graph.node import Node as _Recorded
from autograd.graph.node import raw
from autograd.hips.tracing import Node, new_box, toposort, trace, trace_stack

__all__ = [
    "Box",
    "Node",
    "getval",
    "isbox",
    "new_box",
    "notrace_primitive",
    "primitive",
    "register_notrace",
    "toposort",
    "trace",
    "trace_stack",
]


def getval(x: Any) -> Any:
    """The data of a node, and anything else as it is; a constant."""
    return raw(x)


def isbox(x: Any) -> bool:
    """Whether `x` is a node."""
    return isinstance(x, _Recorded)
