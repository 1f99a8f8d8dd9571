"""`observing`: a pass is taken only to be looked at, and what it did to gradients and random numbers is taken back."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd.engine.backward import backward as plain_backward
from autograd.engine.reverse import Step
from autograd.graph.modes import instead_of_backward, observer
from autograd.graph.node import Node, ancestors, get_grad, next_order, set_grad


@contextmanager
def observing() -> Iterator[None]:
    """Within the block the user's own code may run, and every `.grad` and random number is at the end as it was before.

    Diagrams, sessions and checks run functions, rules and hooks of the user's, since what these give is a part of the
    pass. A hook may call `backward()`, a model draw from its generators and move its running averages: of that nothing is
    left. What such code does beside, such as a hook that counts its calls, stays done.

    Examples
    --------
    >>> from autograd import Value
    >>> v = Value(3.0)
    >>> with observing():
    ...     (v * v).backward()
    ...     v.grad
    6.0
    >>> v.grad
    0.0
    """
    begun = next_order()
    gradients: dict[Node, Any] = {}
    generators: dict[int, tuple[np.random.Generator, Any]] = {}

    def backward(
        root: Node, gradient: Any, *, retain_grads: bool = False, step: Callable[[Step], None] | None = None
    ) -> None:
        for node in ancestors(root):
            # What is made within the block is nobody's afterwards.
            if node.order < begun and node.needs_grad:
                gradients.setdefault(node, get_grad(node))
        plain_backward(root, gradient, retain_grads=retain_grads, step=step)

    def drawn(generator: np.random.Generator) -> None:
        generators.setdefault(id(generator), (generator, generator.bit_generator.state))

    def take_back() -> None:
        for node, gradient in gradients.items():
            set_grad(node, gradient)
        # The first last: several may be one and the same behind.
        for generator, state in reversed(generators.values()):
            generator.bit_generator.state = state
        np.random.set_state(of_numpy)
        random.setstate(of_python)

    of_python, of_numpy = random.getstate(), np.random.get_state()
    replaced, before = instead_of_backward.get(), observer.get()
    try:
        instead_of_backward.set(backward)
        observer.set(drawn)
        yield
    finally:
        # Each by itself: Ctrl-C may come between any two calls.
        try:
            instead_of_backward.set(replaced)
        finally:
            try:
                observer.set(before)
            finally:
                try:
                    take_back()
                except BaseException:
                    take_back()
                    raise
