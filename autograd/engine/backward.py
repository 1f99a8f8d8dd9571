"""`backward`: the reverse pass that adds up in `.grad`, by the fast way where nobody watches it.

A leaf adds up over calls. An intermediate `Value` holds the gradient of the latest call, an intermediate `Tensor` where it
was asked to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import float_pass
from autograd.engine.contributions import Step
from autograd.engine.ownership import SumsInPlace
from autograd.engine.reverse import Sums, propagate, walk
from autograd.errors import GraphError
from autograd.graph.modes import mode
from autograd.graph.node import GRADIENTS, HOOKS, Node, WeakTable, get_data, get_grad, set_grad

# Intermediate tensors that keep their gradient, which adds up over calls as a leaf's does.
RETAINED: WeakTable[bool] = WeakTable()
# Gradients that have a past, by the tensors whose `.grad` they are, with the arrays that they were then; a dialect has such.
RECORDED: WeakTable[tuple[np.ndarray, Any]] = WeakTable()


def backward(
    root: Node, gradient: Any, *, retain_grads: bool = False, step: Callable[[Step], None] | None = None
) -> None:
    """Add to the `.grad` of every leaf under `root` its derivative; `Value.backward` and `Tensor.backward` come here."""
    if not root.needs_grad:
        raise GraphError(
            f"backward: {root.label()} requires no gradient: no operand of it does, or it was made under no_grad or detached"
        )
    if gradient.__class__ is not float:
        _backward_arrays(root, gradient, retain_grads, step)
    elif step is not None or HOOKS or mode().anomaly or not float_pass.backward(root, gradient):
        _backward_floats(root, gradient, step)


def sum_of(node: Any, held: Any, arrived: Any) -> Any:
    """What the `.grad` of a tensor becomes when another gradient arrives."""
    recorded = RECORDED.get(node) if RECORDED.held else None
    if not node.adds_in_place or not held.flags.writeable or (recorded is not None and recorded[0] is held):
        return held + arrived
    return np.add(held, arrived, out=held, casting="same_kind")


def _lies_as(gradient: Any, data: np.ndarray) -> bool:
    """Whether a gradient may be kept as it is: an array, whose elements lie row by row where those of the tensor do."""
    if gradient.__class__ is not np.ndarray:
        return False
    return gradient.flags.c_contiguous or not data.flags.c_contiguous


def _laid_as(gradient: Any, data: np.ndarray) -> np.ndarray:
    """A copy of a gradient that may be kept: so whoever writes to a flat view of `.grad` writes to it, as in PyTorch."""
    return np.array(gradient, data.dtype, order="C" if data.flags.c_contiguous else "K")


@np.errstate(all="ignore")
def _backward_arrays(root: Node, gradient: Any, retain_grads: bool, step: Callable[[Step], None] | None) -> None:
    sums = SumsInPlace() if step is None else Sums()
    complete: list[tuple[Node, Any]] = []

    def keep(node: Node, g: Any) -> None:
        if node.op is not None and not (RETAINED.held and node in RETAINED):
            set_grad(node, np.array(g, get_data(node).dtype) if retain_grads else None)
            return
        complete.append((node, g))
        if step is not None:
            add_up()

    def add_up() -> None:
        # All leaves at once, because a lock costs as much as a small product.
        with GRADIENTS:
            for node, g in complete:
                stored = get_grad(node)
                new = g if stored is None else sum_of(node, stored, g)
                owned = stored is not None or sums.is_owned(node)
                set_grad(node, new if owned and _lies_as(new, get_data(node)) else _laid_as(new, get_data(node)))
        complete.clear()

    propagate(root, gradient, get_data, keep, step, sums=sums)
    add_up()


@np.errstate(all="ignore")
def _backward_floats(root: Node, gradient: float, step: Callable[[Step], None] | None) -> None:
    """What `float_pass.backward` does, to the bit: a leaf's `.grad` takes each contribution as it comes."""
    order = walk(root)
    # Of these the gradient counts, and not what was sent.
    whole = {node for node in order if node.op is None and (node is root or node in HOOKS)}

    def keep(node: Node, g: float) -> None:
        with GRADIENTS:
            if node in whole:
                node.grad += g
            elif node.op is not None and node not in float_pass.under_way:
                node.grad = g

    def take(taken: Step) -> None:
        for one in taken.sent:
            if one.parent.op is None and one.parent not in whole:
                with GRADIENTS:
                    one.parent.grad += one.value
        if step is not None:
            step(taken)

    propagate(root, gradient, get_data, keep, take, order=order, sums=Sums(dict.fromkeys(order, 0.0)))
