"""What boxes and arrows are labelled with: operations, kinds, parameters, local derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.draw.snapshot import Snapshot
from autograd.draw.strip import tell_strip
from autograd.engine.reverse import contributions
from autograd.graph.node import Node


def operation_of(node: Node) -> str:
    """The sign or the name of an operation; nothing for a leaf."""
    return "" if node.op is None else (node.op.infix or node.op.name.removesuffix("_n"))


def kind_of(node: Node) -> str:
    """Whether it is an "operation", a "leaf" or a "constant"."""
    return "operation" if node.op is not None else "leaf" if node.requires_grad else "constant"


def tell_norms(norms: list[float]) -> list[tuple[str, str]]:
    """The note of a box of steps in time."""
    return [("gradient over time", tell_strip(norms))] if norms else []


def format_parameter(value: Any) -> str:
    """A parameter as text that is the same in every run."""
    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(format_parameter, value))})"
    plain = value is None or isinstance(value, (bool, int, float, str, slice, type(Ellipsis), np.dtype))
    return repr(value) if plain else getattr(value, "__name__", type(value).__name__)


def is_number(text: str) -> bool:
    """Whether a formula is a number alone."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def local_derivative(shot: Snapshot, node: Node, index: int) -> float:
    """A local derivative at the values of a snapshot."""
    wanted = [i == index for i in range(len(node.parents))]
    with np.errstate(all="ignore"):
        return float(contributions(node, 1.0, shot.values.__getitem__, wanted)[index])
