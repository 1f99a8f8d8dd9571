"""What a jaxpr says of its values: shapes, dtypes, numbers, and keys of random generators as rows of two numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.bridge.errors import BridgeError
from autograd.bridge.program import Reference


def to_array(jax: Any, value: Any) -> np.ndarray:
    """The numbers of an array of JAX's; of keys their bits."""
    if hasattr(value, "dtype") and jax.dtypes.issubdtype(value.dtype, jax.dtypes.prng_key):
        value = jax.random.key_data(value)
    array = np.array(value)
    check_dtype(array.dtype, "a constant")
    return array


def check_dtype(dtype: Any, where: str) -> None:
    """Raise for a dtype that NumPy does not have itself."""
    if np.dtype(dtype).isbuiltin != 1:
        raise BridgeError(f"{where}: NumPy has no {dtype}; compute in float32 or float64")


def aval_of(variable: Any) -> tuple[tuple[int, ...], str]:
    """The shape and dtype of a variable; a key is two whole numbers."""
    aval = variable.aval
    shape = tuple(int(n) for n in aval.shape)
    if str(aval.dtype).startswith("key<"):
        return (*shape, *aval.dtype._impl.key_shape), "uint32"
    check_dtype(aval.dtype, f"a variable of {aval.dtype}")
    return shape, np.dtype(aval.dtype).name


def is_key(variable: Any) -> bool:
    """Whether a variable holds keys of random generators."""
    return str(getattr(variable.aval, "dtype", "")).startswith("key<")


def to_number(literal: Any) -> Any:
    """A number that a jaxpr writes, in its dtype."""
    return np.dtype(literal.aval.dtype).type(literal.val)


# Of whose operands one number is as good as an array of it, in the dtype of the others.
LOOSE = {
    "add", "sub", "mul", "div", "max", "min", "pow", "rem", "atan2", "eq", "ne", "lt", "le", "gt", "ge", "select_n", "clamp", "add_any",
}  # fmt: skip


def loosen(equation: Any, operands: list[Any]) -> list[Any]:
    """Numbers as Python's own, where another operand says the dtype."""
    if equation.primitive.name not in LOOSE:
        return operands
    dtypes = {v.aval.dtype for v, x in zip(equation.invars, operands, strict=True) if isinstance(x, Reference)}
    return [
        x.item() if isinstance(x, np.generic) and x.dtype in dtypes and x.dtype.kind != "c" else x for x in operands
    ]


# Parameters that speak of all axes, and how they speak of the numbers of a key.
def of_keys(name: str, params: dict[str, Any], ndim: int) -> dict[str, Any]:
    """Of an operation that moves keys: the parameters for keys as rows of two numbers."""
    if name == "slice":
        strides = params["strides"]
        return {
            "start_indices": (*params["start_indices"], 0),
            "limit_indices": (*params["limit_indices"], 2),
            "strides": None if strides is None else (*strides, 1),
        }
    if name == "reshape":
        return {**params, "new_sizes": (*params["new_sizes"], 2)}
    if name == "broadcast_in_dim":
        shape = tuple(params["shape"])
        return {"shape": (*shape, 2), "broadcast_dimensions": (*params["broadcast_dimensions"], len(shape))}
    if name == "transpose":
        return {"permutation": (*params["permutation"], ndim)}
    if name in ("squeeze", "concatenate", "scan", "while", "cond", "copy", "stop_gradient", "optimization_barrier"):
        return params
    raise BridgeError(f"{name} of keys of random numbers has no translation; give keys as jax.random.key_data(key)")
