"""`Parameter` in PyTorch's words."""

from __future__ import annotations

from typing import Any

import nn
from autograd.graph.node import get_data
from autograd.torch.tensor import Tensor


class Parameter(Tensor, nn.Parameter):
    """A leaf that a module owns and an optimizer moves; it shares the memory of the tensor that it is made of.

    Parameters
    ----------
    data : Tensor or array_like of floats
    requires_grad : bool
    name : str, optional

    Examples
    --------
    >>> import autograd.torch as torch
    >>> torch.nn.Parameter(torch.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    __slots__ = ()

    def __init__(self, data: Any = None, requires_grad: bool = True, *, name: str | None = None) -> None:
        from autograd.torch.factories import as_tensor, empty

        given = empty(0) if data is None else as_tensor(data)
        Tensor.__init__(self, get_data(given), requires_grad=requires_grad, name=name)
        # Not the copy.
        Tensor.data.__set__(self, get_data(given))  # type: ignore[attr-defined]
        self.stamp = None

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"
