"""`torch.optim.optimizer`: the class of all optimizers, where PyTorch keeps it."""

from __future__ import annotations

from optim.optimizer import Optimizer

__all__ = ["Optimizer"]
