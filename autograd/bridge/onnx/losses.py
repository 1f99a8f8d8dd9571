"""Losses."""

from __future__ import annotations

from typing import Any

import autograd.torch as torch
import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it
from autograd.bridge.rules import rule


@rule("onnx.SoftmaxCrossEntropyLoss")
def cross_entropy(x: Any, labels: Any, weights: Any = None, ignore_index: int = -100, reduction: str = "mean") -> Any:
    """Of scores and labels: the loss, and the logarithms of the probabilities."""
    logs = torch.log_softmax(x, 1)
    return F.cross_entropy(x, labels, weights, ignore_index, reduction), logs


@rule("onnx.NegativeLogLikelihoodLoss")
def nll_loss(x: Any, labels: Any, weights: Any = None, ignore_index: int = -100, reduction: str = "mean") -> Any:
    """Of logarithms of probabilities and labels."""
    return F.nll_loss(x, labels, weights, ignore_index, reduction)
