"""HIPS autograd's names for telling nodes from numbers: `getval`, `isbox`."""

from __future__ import annotations

from typing import Any

from autograd.extend import Box, notrace_primitive, primitive
from autograd.graph.node import Node, raw

__all__ = ["Box", "getval", "isbox", "notrace_primitive", "primitive"]


def getval(x: Any) -> Any:
    """The data of a node, and anything else as it is; a constant."""
    return raw(x)


def isbox(x: Any) -> bool:
    """Whether `x` is a node."""
    return isinstance(x, Node)
