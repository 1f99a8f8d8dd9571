"""One thread for small matrices: handing them out to several costs more than it saves, up to ten times the whole step."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from autograd.graph.node import get_data
from nn.module import Module

# Multiplications of one product of matrices, which a single thread does in about a millisecond.
MAX_MULTIPLICATIONS = 32_000_000


def needs_one_thread(model: Module, inputs: tuple[int, ...]) -> bool:
    """Whether no product of a pass over a batch of this shape is worth several threads, by the sizes of the weights.

    Examples
    --------
    >>> import nn
    >>> needs_one_thread(nn.Linear(784, 64), (128, 784)), needs_one_thread(nn.Linear(4096, 4096), (128, 4096))
    (True, False)
    """
    weights = [get_data(p) for p in model.parameters() if p.ndim >= 2]
    kernels = [w for w in weights if w.ndim >= 3]
    # A convolution is a product for each image, of its kernels with all places; a layer over a sequence takes every step as a row.
    rows = inputs[0] if kernels else math.prod(inputs[:-1])
    of_layers = rows * max((w.size for w in weights if w.ndim == 2), default=0)
    of_kernels = math.prod(inputs[2:]) * max((w.size for w in kernels), default=0)
    return max(of_layers, of_kernels) < MAX_MULTIPLICATIONS


@contextmanager
def limit_threads(threads: int | None) -> Iterator[None]:
    """Within, BLAS has so many threads at most; None, or threadpoolctl not being installed, leaves them as they are."""
    if threads is None:
        yield
        return
    try:
        controller = _get_controller()
    except ImportError:
        yield
        return
    with controller.limit(limits=threads, user_api="blas"):
        yield


@cache
def _get_controller() -> Any:
    # It looks through all libraries of the process, which takes milliseconds; NumPy's is among them from the beginning.
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
