"""Taking a part of a list, a tuple or a dict as an operation, as traces show it."""

from __future__ import annotations

from typing import Any

from autograd.extend import VSpace, defvjp, primitive


@primitive
def container_take(whole: Any, idx: Any) -> Any:
    """A part of a container."""
    return whole[idx]


def _put(g: Any, idx: Any, space: VSpace) -> Any:
    """A vector of the space that is `g` at that part and zero elsewhere."""
    zeros = space.zeros()
    if isinstance(zeros, tuple):
        return tuple(g if i == idx else zero for i, zero in enumerate(zeros))
    zeros[idx] = g
    return zeros


defvjp(container_take, lambda ans, whole, idx: lambda g: _put(g, idx, VSpace(whole)))
