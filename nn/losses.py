"""Losses as modules; the functions are in `nn.functional`."""

from __future__ import annotations

from typing import Any

from nn import functional
from nn.module import Module


class CrossEntropyLoss(Module):
    """Softmax and negative log-likelihood in one; see `autograd.cross_entropy`."""

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, logits: Any, targets: Any) -> Any:
        return functional.cross_entropy(logits, targets, self.reduction)

    def extra_repr(self) -> str:
        return f"reduction={self.reduction!r}"


class MSELoss(Module):
    """The squared error; see `nn.functional.mse_loss`."""

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, prediction: Any, target: Any) -> Any:
        return functional.mse_loss(prediction, target, self.reduction)

    def extra_repr(self) -> str:
        return f"reduction={self.reduction!r}"
