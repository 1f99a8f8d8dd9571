"""`Parameter`: a tensor that a module owns and an optimizer moves."""

from __future__ import annotations

from typing import Any

from autograd.engine.tensor import Tensor
from autograd.graph.node import get_data


class Parameter(Tensor):
    """A leaf tensor that requires its gradient, and that a `Module` registers when it is assigned to an attribute.

    Parameters
    ----------
    data : array_like of floats, or Tensor
        Copied; of a tensor the numbers, not how they were computed.
    requires_grad : bool
        False for one that is frozen.
    name : str, optional

    Examples
    --------
    >>> Parameter([1.0, 2.0]).requires_grad
    True
    """

    __slots__ = ()

    def __init__(self, data: Any, requires_grad: bool = True, *, name: str | None = None) -> None:
        super().__init__(get_data(data) if isinstance(data, Tensor) else data, requires_grad, name=name)
