"""`torch.utils`: what loads data."""

from __future__ import annotations

from autograd.torch.utils import data

__all__ = ["data"]
