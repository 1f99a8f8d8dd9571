"""`Parameter` in PyTorch's words."""

from __future__ import annotations

from typing import Any

from numpy.typing import DTypeLike

import nn
from autograd.graph.node import get_data
from autograd.torch.tensor import Tensor


class Parameter(Tensor, nn.Parameter):  # type: ignore[misc]  # as Tensor's
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


class UninitializedParameter(Parameter):
    """A parameter of a lazy layer whose shape is not known yet; an optimizer may hold it already.

    It becomes a `Parameter` in place, when the layer has its first input, or by `materialize`.

    Parameters
    ----------
    requires_grad : bool
    device : optional
        "cpu".
    dtype : dtype, optional

    Examples
    --------
    >>> import autograd.torch as torch
    >>> weight = torch.nn.LazyLinear(2).weight
    >>> weight
    <UninitializedParameter>
    >>> weight.materialize((2, 3))
    >>> type(weight).__name__, weight.shape
    ('Parameter', torch.Size([2, 3]))
    """

    __slots__ = ()

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: DTypeLike | None = None) -> None:
        from autograd.torch.factories import empty

        super().__init__(empty(0, dtype=dtype, device=device), requires_grad)

    def materialize(self, shape: Any, device: Any = None, dtype: DTypeLike | None = None) -> None:
        """Become a parameter of this shape, whose elements are not set yet."""
        from autograd.torch.factories import empty

        self.data = empty(shape, dtype=self.dtype if dtype is None else dtype, device=device)
        self.__class__ = Parameter  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "<UninitializedParameter>"
