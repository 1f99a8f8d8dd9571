"""Taking a part of a list, a tuple or a dict as an operation, as traces show it."""

from __future__ import annotations

from typing import Any

from autograd.engine.primitive import primitive
from autograd.hips.vspaces import VSpace


def _put(g: Any, out: Any, whole: Any, idx: Any) -> Any:
    """A vector of the space of the container that is `g` at that part and zero elsewhere."""
    zeros = VSpace(whole).zeros()
    if isinstance(zeros, tuple):
        return tuple(g if i == idx else zero for i, zero in enumerate(zeros))
    zeros[idx] = g
    return zeros


@primitive(_put)
def container_take(whole: Any, idx: Any) -> Any:
    """A part of a container."""
    return whole[idx]
