"""Sums over the rows of all processes of a run, for layers that need them; gradients are summed on the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.graph.node import raw

# Gives the sum of an array over all processes.
AddArrays = Callable[[np.ndarray], np.ndarray]
_ADD: ContextVar[AddArrays | None] = ContextVar("add over processes", default=None)


def get_adder() -> AddArrays | None:
    """What adds up over all processes; None where each is by itself."""
    return _ADD.get()


@contextmanager
def add_over_processes(add: AddArrays | None) -> Iterator[None]:
    """Within, layers that go over a batch go over the rows of all processes."""
    before = _ADD.set(add)
    try:
        yield
    finally:
        _ADD.reset(before)


def add_everywhere(part: Any, add: AddArrays) -> Any:
    """The sum of a tensor over all processes: what each of them makes of it sends its gradient to all parts.

    Examples
    --------
    >>> t = Tensor([1.0, 2.0], requires_grad=True)
    >>> total = add_everywhere(t, lambda array: 3.0 * array)
    >>> total.sum().backward()
    >>> total.numpy(), t.grad
    (array([3., 6.]), array([3., 3.]))
    """
    total = add(np.asarray(raw(part)))
    if not (isinstance(part, Tensor) and part.requires_grad):
        return total
    # The value is that of all; the gradient goes to this part, and is the sum of those that all processes have for the total.
    shared = (part - raw(part)) + total
    shared.register_hook(lambda gradient: add(np.ascontiguousarray(raw(gradient))))
    return shared
