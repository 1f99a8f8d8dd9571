"""`torch.utils`: what loads data, and what computes again instead of keeping."""

from __future__ import annotations

from autograd.torch.utils import checkpoint, data

__all__ = ["checkpoint", "data"]
