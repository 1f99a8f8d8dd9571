"""Words of code from before 2018: `torch.FloatTensor`, `t.new`, `t.resize`."""

from __future__ import annotations

from typing import Any
from warnings import warn

import numpy as np

from autograd.torch import dtypes, factories, printing, shapes
from autograd.torch.tensor import Size, Tensor


class TensorType(type):
    """The class of `torch.FloatTensor` and its kin: what is made by one, and what is an instance of one, is a Tensor of its dtype.

    Attributes
    ----------
    dtype : dtype
    """

    dtype: np.dtype[Any]

    def __call__(cls, *data: Any, device: Any = None) -> Any:
        if len(data) > 1 or (data and isinstance(data[0], (int, Size))):
            return factories.zeros(*data, dtype=cls.dtype, device=device)
        return factories.tensor(data[0] if data else [], dtype=cls.dtype, device=device)

    def __instancecheck__(cls, x: object) -> bool:
        return isinstance(x, Tensor) and x.dtype == cls.dtype


def _type_of(dtype: str, kind: str) -> Any:
    told = f"A tensor of {dtype}, of lengths or of numbers; `isinstance` asks for the dtype."
    return TensorType(f"{kind}Tensor", (), {"dtype": np.dtype(dtype), "__doc__": told, "__module__": "autograd.torch"})


_TYPES = {kind: _type_of(dtype, kind) for dtype, kind in printing.TYPES.items()}
FloatTensor, DoubleTensor, HalfTensor = _TYPES["Float"], _TYPES["Double"], _TYPES["Half"]
LongTensor, IntTensor, ShortTensor = _TYPES["Long"], _TYPES["Int"], _TYPES["Short"]
CharTensor, ByteTensor, BoolTensor = _TYPES["Char"], _TYPES["Byte"], _TYPES["Bool"]


def set_default_tensor_type(t: Any) -> None:
    """Set the default dtype by `torch.DoubleTensor`, or its name; `set_default_dtype` does it by the dtype."""
    dtypes.set_default_dtype(printing.dtype_of(t))


def new(self: Tensor, *data: Any) -> Tensor:
    """A tensor in the dtype of this one, of lengths or of numbers: `new_zeros` and `new_tensor` say which."""
    if len(data) == 1 and not isinstance(data[0], (int, Size)):
        return factories.new_tensor(self, data[0])
    return factories.new_zeros(self, *data) if data else factories.new_tensor(self, [])


def resize(self: Tensor, *sizes: Any) -> Any:
    """In another shape of as many elements, as `reshape`, of which PyTorch warns."""
    warn("non-inplace resize is deprecated: write t.reshape(…)", DeprecationWarning, stacklevel=2)
    return shapes.reshape(self, *sizes)
