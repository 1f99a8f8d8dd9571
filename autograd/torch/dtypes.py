"""PyTorch's names of dtypes, and the one that floats get by default."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import numpy as np

from autograd.errors import OperandError

# What PyTorch calls a dtype is NumPy's: `torch.float32 is np.dtype("float32")`.
dtype = np.dtype
float16 = half = np.dtype(np.float16)
float32 = float = np.dtype(np.float32)
float64 = double = np.dtype(np.float64)
uint8 = np.dtype(np.uint8)
uint16, uint32, uint64 = np.dtype(np.uint16), np.dtype(np.uint32), np.dtype(np.uint64)
int8 = np.dtype(np.int8)
int16 = short = np.dtype(np.int16)
int32 = int = np.dtype(np.int32)
int64 = long = np.dtype(np.int64)
bool = np.dtype(np.bool_)
finfo, iinfo = np.finfo, np.iinfo

_default: ContextVar[np.dtype[Any]] = ContextVar("autograd.torch default dtype", default=float32)
get_default_dtype = _default.get


def set_default_dtype(d: Any) -> None:
    """What floats become that come without a dtype: float32 at first."""
    wanted = as_dtype(d)
    if wanted is None or wanted.kind != "f":
        raise OperandError(f"set_default_dtype: a dtype of floats, such as torch.float64, not {d!r}")
    _default.set(wanted)


def as_dtype(given: Any) -> np.dtype[Any] | None:
    """A dtype as PyTorch's users write it, `bool`, `int` and `float` (float64) of Python's too; None stays None."""
    if given is None or isinstance(given, np.dtype):
        return given
    try:
        return np.dtype(given)
    except TypeError as error:
        raise OperandError(
            f"{given!r} is no dtype: write torch.float32, torch.float64, torch.long, torch.bool"
        ) from error


def is_floating(d: np.dtype[Any]) -> Any:
    """Whether numbers of a dtype have derivatives."""
    return d.kind == "f"
