"""Types of what optimizers take, for annotations: `Params`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from autograd.engine.tensor import Tensor

__all__ = ["Params"]

# Tensors, or groups of them with options of their own: `{"params": …, "lr": …}`.
Params: TypeAlias = Iterable[Tensor] | Iterable[Mapping[str, Any]]
