"""Tensors that are made of lengths and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

import autograd.torch as torch
from autograd.bridge.rules import rule

for _name in ("arange", "eye", "full", "full_like", "ones_like", "zeros_like", "empty_like"):
    rule(f"aten.{_name}")(getattr(torch, _name))

rule("aten.linspace.default")(torch.linspace)
rule("aten.logspace.default")(torch.logspace)


@rule("aten.zeros", "aten.empty")
def zeros(size: Sequence[int], dtype: DTypeLike | None = None) -> Any:
    """What is not filled is 0 here."""
    return torch.zeros(*size, dtype=dtype) if size else torch.full((), 0.0, dtype=dtype)


@rule("aten.ones")
def ones(size: Sequence[int], dtype: DTypeLike | None = None) -> Any:
    """Ones."""
    return torch.full(tuple(size), 1.0, dtype=dtype)


@rule("aten.new_zeros", "aten.new_empty")
def new_zeros(x: Any, size: Sequence[int], dtype: DTypeLike | None = None) -> Any:
    """Zeros in the dtype of another."""
    return torch.from_numpy(np.zeros(tuple(size), dtype or x.dtype))


@rule("aten.new_ones")
def new_ones(x: Any, size: Sequence[int], dtype: DTypeLike | None = None) -> Any:
    """Ones in the dtype of another."""
    return torch.from_numpy(np.ones(tuple(size), dtype or x.dtype))


@rule("aten.new_full")
def new_full(x: Any, size: Sequence[int], value: Any, dtype: DTypeLike | None = None) -> Any:
    """A number in the dtype of another."""
    return torch.from_numpy(np.full(tuple(size), value, dtype or x.dtype))


@rule("aten.fill")
def fill(x: Any, value: Any) -> Any:
    """What `x.fill_(value)` makes of `x`."""
    return torch.full_like(x, value) if not hasattr(value, "dtype") else value.expand(*x.shape)


@rule("aten.scalar_tensor")
def scalar_tensor(value: Any, dtype: DTypeLike | None = None) -> Any:
    """A number without axes."""
    return torch.scalar_tensor(value, dtype=dtype)


@rule("aten.tril_indices")
def tril_indices(rows: int, columns: int, offset: int = 0, dtype: DTypeLike | None = None) -> Any:
    """Places below a diagonal."""
    return torch.tril_indices(rows, columns, offset)


@rule("aten.triu_indices")
def triu_indices(rows: int, columns: int, offset: int = 0, dtype: DTypeLike | None = None) -> Any:
    """Places above a diagonal."""
    return torch.triu_indices(rows, columns, offset)
