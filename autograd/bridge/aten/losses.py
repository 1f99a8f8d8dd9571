"""Losses, whose reduction PyTorch numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it
from autograd.bridge.rules import rule

REDUCTIONS = ("none", "mean", "sum")


def _loss(function: Callable[..., Any], **named: str) -> Callable[..., Any]:
    """A loss of input, target, the reduction's number, and one more setting."""

    def call(x: Any, target: Any, reduction: int = 1, *setting: Any, **given: Any) -> Any:
        options = dict(zip(named.values(), setting, strict=False))
        options |= {named.get(key, key): value for key, value in given.items()}
        return function(x, target, reduction=REDUCTIONS[reduction], **options)

    call.__name__ = function.__name__
    return call


rule("aten.mse_loss")(_loss(F.mse_loss))
rule("aten.l1_loss")(_loss(F.l1_loss))
rule("aten.smooth_l1_loss")(_loss(F.smooth_l1_loss, beta="beta"))
rule("aten.huber_loss")(_loss(F.huber_loss, delta="delta"))
rule("aten.soft_margin_loss")(_loss(F.soft_margin_loss))
rule("aten.kl_div")(_loss(F.kl_div, log_target="log_target"))


@rule("aten.cross_entropy_loss")
def cross_entropy(
    x: Any, target: Any, weight: Any = None, reduction: int = 1, ignore: int = -100, smoothing: float = 0.0
) -> Any:
    """Of scores and labels."""
    return F.cross_entropy(
        x, target, weight=weight, reduction=REDUCTIONS[reduction], ignore_index=ignore, label_smoothing=smoothing
    )


@rule("aten.nll_loss", "aten.nll_loss2d", "aten.nll_loss_nd")
def nll_loss(x: Any, target: Any, weight: Any = None, reduction: int = 1, ignore: int = -100) -> Any:
    """Of logarithms of probabilities and labels."""
    return F.nll_loss(x, target, weight=weight, reduction=REDUCTIONS[reduction], ignore_index=ignore)


@rule("aten.binary_cross_entropy")
def binary_cross_entropy(x: Any, target: Any, weight: Any = None, reduction: int = 1) -> Any:
    """Of probabilities."""
    return F.binary_cross_entropy(x, target, weight=weight, reduction=REDUCTIONS[reduction])


@rule("aten.binary_cross_entropy_with_logits")
def binary_cross_entropy_with_logits(
    x: Any, target: Any, weight: Any = None, pos_weight: Any = None, reduction: int = 1
) -> Any:
    """Of scores."""
    return F.binary_cross_entropy_with_logits(
        x, target, weight=weight, pos_weight=pos_weight, reduction=REDUCTIONS[reduction]
    )
