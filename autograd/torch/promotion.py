"""Which dtype operands of several come to, by PyTorch's rules, which differ from NumPy's.

A tensor with axes decides over one without, and that over a Python number, unless the kind of the lesser is higher (bool,
whole numbers, floats). Whole numbers become the default dtype, float32, where a function needs floats; in NumPy float64.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.errors import OperandError
from autograd.graph.node import Const, get_data
from autograd.graph.op import Op
from autograd.ops.shape import astype
from autograd.torch.dtypes import get_default_dtype

if TYPE_CHECKING:
    from autograd.typing import Operand

# Of whole numbers these are whole numbers, or bools.
_KEEPS_WHOLE = frozenset({
    "greater", "greater_equal", "less", "less_equal", "equal", "not_equal", "logical_and", "logical_or",
    "logical_xor", "logical_not", "isinf", "isfinite", "isnan", "stop_gradient", "sign", "floor", "ceil", "trunc",
    "floor_divide", "signbit", "rint", "round", "where", "scale", "times", "add", "sub", "mul", "power", "neg",
    "abs", "square", "remainder", "fmod", "maximum", "minimum", "fmax", "fmin", "clip", "relu", "identity",
    "nan_to_num",
})  # fmt: skip
_FLOATS_ALONE = {"mean": "mean()", "std": "std()", "var": "var()", "softmax": "softmax", "log_softmax": "log_softmax"}
_ALIKE = {"matmul": 2, "linear": 3, "einsum": 2}


def promote_types(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype that two come to: of a float and whole numbers the float."""
    if a == b:
        return a
    if a.kind == "f" and b.kind != "f":
        return a
    if b.kind == "f" and a.kind != "f":
        return b
    return np.promote_types(a, b)


def _over(higher: np.dtype[Any] | None, lower: np.dtype[Any] | None) -> np.dtype[Any] | None:
    """What comes of the dtype that decides and one that does only where its kind is higher."""
    if higher is None or lower is None:
        return higher or lower
    if higher.kind == "f":
        return higher
    if higher.kind == "b" or lower.kind == "f":
        return promote_types(higher, lower)
    return higher


def result_dtype(xs: Any) -> np.dtype[Any]:
    """The dtype of an operation element by element on tensors and Python numbers."""
    with_axes = without = number = None
    for x in xs:
        if isinstance(x, (Tensor, np.ndarray)):
            if x.ndim:
                with_axes = x.dtype if with_axes is None else promote_types(with_axes, x.dtype)
            else:
                without = x.dtype if without is None else promote_types(without, x.dtype)
        else:
            value = get_data(x) if isinstance(x, Const) else x
            # bool is a kind of int.
            kind = np.bool_ if isinstance(value, bool) else np.int64 if isinstance(value, int) else get_default_dtype()
            number = np.dtype(kind) if number is None else promote_types(number, np.dtype(kind))
    found = _over(_over(with_axes, without), number)
    assert found is not None
    return found


def result_type(tensor1: Operand, tensor2: Operand) -> np.dtype[Any]:
    """The dtype that an operation on two tensors or numbers comes to."""
    return result_dtype([tensor1, tensor2])


def can_cast(from_: np.dtype[Any], to: np.dtype[Any]) -> bool:
    """Whether a dtype's kind is no higher than another's: bools, whole numbers, floats."""
    order = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}
    return order[from_.kind] <= order[to.kind]


def promote(op: Op, xs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The operands of a row in the dtypes that PyTorch computes in."""
    if op.elementwise:
        return _elementwise(op, xs)
    if op.name in _FLOATS_ALONE and xs[0].dtype.kind != "f":
        raise OperandError(
            f"torch.{_FLOATS_ALONE[op.name]}: the input must be floats, not {xs[0].dtype}: write t.float() first"
        )
    if op.name in _ALIKE:
        _refuse_unlike(op.name, xs[: _ALIKE[op.name]])
    return xs


def _elementwise(op: Op, xs: tuple[Any, ...]) -> tuple[Any, ...]:
    chosen = xs[1:] if op.name == "where" else xs
    first = getattr(chosen[0], "dtype", None)
    if first is not None and first.kind == "f":
        for x in chosen:
            if x.__class__ is not float and x.__class__ is not int and getattr(x, "dtype", None) != first:
                break
        else:
            return xs
    dtype = result_dtype(chosen)
    if dtype.kind != "f" and op.name not in _KEEPS_WHOLE:
        dtype = get_default_dtype()
    cast = tuple([_cast(x, dtype) for x in chosen])
    return (xs[0], *cast) if op.name == "where" else cast


def _cast(x: Any, dtype: np.dtype[Any]) -> Any:
    if isinstance(x, (Tensor, np.ndarray)) and x.dtype != dtype:
        return astype(x, dtype)
    return x


def _refuse_unlike(name: str, xs: tuple[Any, ...]) -> None:
    dtypes = {x.dtype for x in xs if isinstance(x, (Tensor, np.ndarray))}
    if len(dtypes) > 1:
        told = " and ".join(sorted(map(str, dtypes)))
        raise OperandError(
            f"torch.{name}: the operands have dtypes {told}; products of matrices want one: write t.to(u.dtype), "
            "t.float() or t.double()"
        )
