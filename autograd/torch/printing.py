"""How a tensor is printed, as PyTorch prints it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import OperandError
from autograd.graph.node import get_data
from autograd.torch.dtypes import get_default_dtype

TYPES = {"float32": "Float", "float64": "Double", "float16": "Half", "int64": "Long", "int32": "Int", "int16": "Short",
         "int8": "Char", "uint8": "Byte", "bool": "Bool"}  # fmt: skip


def dtype_of(name: Any) -> Any:
    """The dtype that `t.type(name)` names: `torch.FloatTensor`, as a word or as the type."""
    if isinstance(name, str):
        wanted = name.removeprefix("torch.").removesuffix("Tensor")
        for dtype, kind in TYPES.items():
            if kind == wanted:
                return np.dtype(dtype)
        raise OperandError(f"t.type({name!r}): there is no such dtype here; write t.to(torch.float64)")
    held = getattr(name, "dtype", None)
    return held if isinstance(held, np.dtype) else name


def to_text(tensor: Any) -> str:
    """`tensor([1., 2.], requires_grad=True)`."""
    data = get_data(tensor)
    start = "tensor("
    body = np.array2string(
        data,
        separator=", ",
        prefix=start,
        threshold=1000,
        edgeitems=3,
        max_line_width=80,
        formatter={"float_kind": _float_format(data), "int_kind": _whole_format(data), "bool": str},
    )
    parts = [body.replace(", ..., ", ",  ..., ")]
    if data.size == 0 and data.ndim != 1:
        parts = ["[]", f"size={tuple(data.shape)}"]
    if data.dtype not in (get_default_dtype(), np.dtype(np.int64), np.dtype(np.bool_)):
        parts.append(f"dtype=torch.{data.dtype}")
    if tensor.op is not None:
        parts.append(f"grad_fn={tensor.grad_fn}")
    elif tensor.needs_grad:
        parts.append("requires_grad=True")
    return start + ", ".join(parts) + ")"


def _whole_format(data: np.ndarray) -> Any:
    width = max((len(str(x)) for x in data.ravel()[:1000]), default=0) if data.dtype.kind in "iu" else 0
    return lambda x: str(x).rjust(width if data.ndim else 0)


def _float_format(data: np.ndarray) -> Any:
    """Four decimals, none where all are whole, with powers of ten where they differ too much; all of one width."""
    if data.dtype.kind != "f":
        return str
    shown = data.ravel().astype(float)
    sizes = np.abs(shown[np.isfinite(shown) & (shown != 0.0)])
    if not sizes.size:
        form = "{:.0f}."
    elif np.array_equal(sizes, np.ceil(sizes)):
        form = "{:.0f}." if sizes.max() / sizes.min() <= 1000.0 and sizes.max() <= 1e8 else "{:.4e}"
    else:
        wide = sizes.max() / sizes.min() > 1000.0 or sizes.max() > 1e8 or sizes.min() < 1e-4
        form = "{:.4e}" if wide else "{:.4f}"
    # Those that are neither 0 nor infinite nor NaN say how wide all are.
    texts = [_one(x, form) for x in shown[np.isfinite(shown) & (shown != 0.0)][:1000]]
    width = max(map(len, texts), default=0) if data.ndim else 0
    return lambda x: _one(float(x), form).rjust(width)


def _one(x: float, form: str) -> str:
    return form.format(x) if math.isfinite(x) else str(x)
