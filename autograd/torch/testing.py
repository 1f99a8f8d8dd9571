"""`torch.testing`."""

from __future__ import annotations

from autograd.torch.comparing import allclose, assert_close

__all__ = ["allclose", "assert_close"]
