"""The methods that change a tensor in place: `add_`, `zero_`, `copy_`, … each the operation, written back as `t += u` is.

The engine records such an edit, notices what it overwrites, and refuses one of a leaf that requires its gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError
from autograd.graph.node import Node, get_data, set_data
from autograd.graph.versions import sharing
from autograd.ops import shape as shapes
from autograd.torch import algebra, bits, places, pointwise, reductions
from autograd.torch import shapes as forms

if TYPE_CHECKING:
    from autograd.typing import Operand

_SAME = ("abs", "acos", "asin", "atan", "ceil", "clamp", "clamp_max", "clamp_min", "clip", "cos", "cosh", "div", "erf", "exp",
         "exp2", "expm1", "floor", "floor_divide", "fmod", "frac", "lerp", "log", "log10", "log1p", "log2", "logit", "mul",
         "multiply", "nan_to_num", "neg", "negative", "pow", "reciprocal", "relu", "remainder", "round", "rsqrt", "sigmoid",
         "sign", "sin", "sinh", "sqrt", "square", "sub", "subtract", "tan", "tanh", "trunc", "add", "addcdiv", "addcmul",
         "divide", "true_divide", "atan2", "hypot", "heaviside", "copysign", "xlogy",
         "logical_not", "eq", "ne", "gt", "ge", "lt", "le", "logical_and", "logical_or")  # fmt: skip
_PLACES = (
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "masked_fill",
    "masked_scatter",
    "scatter",
    "scatter_add",
    "scatter_reduce",
)
_BITS = ("bitwise_and", "bitwise_left_shift", "bitwise_not", "bitwise_or", "bitwise_right_shift", "bitwise_xor")


def _edit(name: str, compute: Callable[..., Any]) -> Callable[..., Any]:
    def edit(self: Any, *args: Any, **kwargs: Any) -> Any:
        traced = [x for x in (*args, *kwargs.values()) if isinstance(x, Node)]
        other = next((x for x in traced if x.needs_grad), traced[0] if traced else 0.0)

        def computed(tensor: Any, _: Any) -> Any:
            found = compute(tensor, *args, **kwargs)
            if found.dtype.kind == "b":
                return shapes.astype(found, tensor.dtype)
            if found.dtype.kind == "f" and tensor.dtype.kind != "f":
                raise OperandError(
                    f"t.{name}_(): result type {found.dtype} can't be cast to the desired output type {tensor.dtype}: write "
                    f"t = t.{name}(…)"
                )
            return found

        return self._in_place(f".{name}_", other, computed)

    edit.__name__ = edit.__qualname__ = f"{name}_"
    edit.__doc__ = f"`{name}`, in place; gives the tensor back."
    return edit


def fill_(self: Any, value: Any) -> Any:
    """Set every element."""
    self[...] = value
    return self


def zero_(self: Any) -> Any:
    """Set every element to 0."""
    self[...] = 0
    return self


def copy_(self: Any, src: Operand, non_blocking: bool = False) -> Any:
    """Set the elements to those of another tensor, whose shape broadcasts; `t.data.copy_(…)` records nothing, as in PyTorch."""
    if isinstance(src, Node) and src.needs_grad and not self.needs_grad and len(sharing(self)) > 1:
        src = get_data(src)
    self[...] = src
    return self


def fill_diagonal_(self: Any, fill_value: Any, wrap: bool = False) -> Any:
    """Set the diagonal of a matrix."""
    n = min(self.shape)
    self[np.arange(n), np.arange(n)] = fill_value
    return self


def requires_no_past(self: Any, name: str, array: np.ndarray) -> Any:
    """Give a tensor another shape in place, which no record follows."""
    if self.op is not None or self.needs_grad:
        raise OperandError(f"t.{name}_() in place of a tensor that requires a gradient: write t = t.{name}(…)")
    set_data(self, array)
    return self


def _reshaping(name: str) -> Callable[..., Any]:
    compute = getattr(forms, name)

    def edit(self: Any, *args: Any, **kwargs: Any) -> Any:
        return requires_no_past(self, name, get_data(compute(self, *args, **kwargs)))

    edit.__name__ = edit.__qualname__ = f"{name}_"
    edit.__doc__ = f"`{name}` of this very tensor, which must require no gradient."
    return edit


def resize_(self: Any, *sizes: Any) -> Any:
    """In another shape, of as many elements."""
    return requires_no_past(self, "reshape", get_data(self).reshape(sizes[0] if len(sizes) == 1 else sizes))


def set_(self: Any, source: Operand) -> Any:
    """Hold the memory of another tensor."""
    self.data = source
    return self


def tril_(self: Any, diagonal: int = 0) -> Any:
    """0 above a diagonal."""
    return copy_(self, forms.tril(self, diagonal))


def triu_(self: Any, diagonal: int = 0) -> Any:
    """0 below a diagonal."""
    return copy_(self, forms.triu(self, diagonal))


IN_PLACE: dict[str, Callable[..., Any]] = {
    **{f"{name}_": _edit(name, getattr(pointwise, name)) for name in _SAME},
    **{f"{name}_": _edit(name, getattr(places, name)) for name in _PLACES},
    **{f"{name}_": _edit(name, getattr(bits, name)) for name in _BITS},
    **{
        f"{name}_": _edit(name, getattr(algebra, name))
        for name in ("addbmm", "addmm", "addmv", "addr", "baddbmm", "renorm")
    },
    **{f"{name}_": _edit(name, getattr(reductions, name)) for name in ("cumprod", "cumsum")},
    **{f"{name}_": _reshaping(name) for name in ("squeeze", "unsqueeze", "transpose", "t", "swapaxes")},
    "fill_": fill_,
    "zero_": zero_,
    "copy_": copy_,
    "fill_diagonal_": fill_diagonal_,
    "resize_": resize_,
    "set_": set_,
    "tril_": tril_,
    "triu_": triu_,
}
