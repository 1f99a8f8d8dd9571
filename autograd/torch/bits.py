"""Bits of whole numbers; of bools what `logical_and` and its kin give."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError
from autograd.graph.node import raw
from autograd.ops import comparison
from autograd.torch.calling import function
from autograd.torch.promotion import result_dtype
from autograd.torch.tensor import wrap

if TYPE_CHECKING:
    from autograd.typing import Operand


def _of_bits(name: str, bits: np.ufunc, of_bools: Callable[..., Any] | None = None) -> Callable[..., Any]:
    def of(input: Operand, *other: Any) -> Any:
        dtype = result_dtype([input, *other])
        if dtype.kind == "b" and of_bools is not None:
            return of_bools(input, *other)
        if dtype.kind not in "iu":
            raise OperandError(
                f"torch.{name}: for whole numbers and bools, not {dtype}: write t.long(), or compare first"
            )
        return wrap(np.asarray(bits(*[np.asarray(raw(x), dtype) for x in (input, *other)])))

    of.__name__ = of.__qualname__ = name
    of.__doc__ = f"PyTorch's `{name}`, bit by bit: NumPy's `{bits.__name__}`; a constant."
    return function(of)


bitwise_and = _of_bits("bitwise_and", np.bitwise_and, comparison.bitwise_and)
bitwise_or = _of_bits("bitwise_or", np.bitwise_or, comparison.bitwise_or)
bitwise_xor = _of_bits("bitwise_xor", np.bitwise_xor, comparison.bitwise_xor)
bitwise_not = _of_bits("bitwise_not", np.invert, comparison.invert)
bitwise_left_shift = _of_bits("bitwise_left_shift", np.left_shift)
bitwise_right_shift = _of_bits("bitwise_right_shift", np.right_shift)


def _swap(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, other: f(wrap(np.asarray(other)), self)


# What the operators of a tensor are.
OPERATORS = {
    "__and__": bitwise_and,
    "__or__": bitwise_or,
    "__xor__": bitwise_xor,
    "__invert__": bitwise_not,
    "__lshift__": bitwise_left_shift,
    "__rshift__": bitwise_right_shift,
    "__rand__": _swap(bitwise_and),
    "__ror__": _swap(bitwise_or),
    "__rxor__": _swap(bitwise_xor),
    "__rlshift__": _swap(bitwise_left_shift),
    "__rrshift__": _swap(bitwise_right_shift),
}
