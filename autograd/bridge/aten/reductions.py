"""Sums, means, extremes, orders along axes."""

from __future__ import annotations

from typing import Any

from numpy.typing import DTypeLike

import autograd.torch as torch
from autograd.bridge.rules import rule

for _name in (
    "all", "amax", "amin", "aminmax", "any", "argmax", "argmin", "argsort", "count_nonzero", "cummax", "cummin", "cumprod",
    "cumsum", "kthvalue", "logsumexp", "max", "mean", "median", "min", "mode", "nansum", "prod", "std", "std_mean", "sum", "topk",
    "trace", "var", "var_mean",
):  # fmt: skip
    rule(f"aten.{_name}")(getattr(torch, _name))


@rule("aten.sort")
def sort(x: Any, dim: int = -1, descending: bool = False, *, stable: bool | None = None) -> Any:
    """Ours is always stable."""
    return torch.sort(x, dim, descending)


@rule("aten.linalg_vector_norm")
def vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: DTypeLike | None = None) -> Any:
    """The length of vectors along axes."""
    return torch.linalg.vector_norm(x, ord, dim, keepdim, dtype=dtype)


@rule("aten.norm")
def norm(x: Any, p: Any = 2, dim: Any = None, keepdim: bool = False, dtype: DTypeLike | None = None) -> Any:
    """The older word for it."""
    return torch.linalg.vector_norm(x, 2 if p is None else p, dim, keepdim, dtype=dtype)
