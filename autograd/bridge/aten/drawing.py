"""Random numbers: from the generator of `autograd.torch`, seeded by its `manual_seed`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import DTypeLike

import autograd.torch as torch
from autograd.bridge.rules import rule

for _name in ("bernoulli", "rand_like", "randn_like", "randint", "randint_like", "randperm", "multinomial", "normal"):
    rule(f"aten.{_name}")(getattr(torch, _name))


@rule("aten.rand")
def rand(size: Sequence[int], dtype: DTypeLike | None = None, generator: Any = None) -> Any:
    """Numbers in [0, 1)."""
    return torch.rand(*size, dtype=dtype)


@rule("aten.randn")
def randn(size: Sequence[int], dtype: DTypeLike | None = None, generator: Any = None) -> Any:
    """Normal numbers."""
    return torch.randn(*size, dtype=dtype)
