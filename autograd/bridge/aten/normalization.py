"""Normalisation over the batch, groups, or features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd.torch as torch
import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it
from autograd.bridge.rules import rule


@rule("aten._native_batch_norm_legit_functional")
def batch_norm_functional(
    x: Any, weight: Any, bias: Any, mean: Any, var: Any, training: bool, momentum: float, eps: float
) -> tuple[Any, ...]:
    """The result, mean and inverse deviation of the batch, and what becomes of the running averages."""
    if not training:
        return (F.batch_norm(x, mean, var, weight, bias, False, momentum, eps), None, None, mean, var)
    out, mean_of, deviation = batch_norm_of_batch(x, weight, bias, True, momentum, eps)
    count = x.numel() // x.shape[1]
    spread = (1.0 / (deviation * deviation) - eps) * (count / (count - 1))
    kept = [(1.0 - momentum) * old + momentum * new.detach() for old, new in ((mean, mean_of), (var, spread))]
    return (out, mean_of, deviation, *kept)


@rule("aten._native_batch_norm_legit.no_stats")
def batch_norm_of_batch(
    x: Any, weight: Any, bias: Any, training: bool, momentum: float, eps: float
) -> tuple[Any, Any, Any]:
    """Without running averages: the result, mean and inverse deviation of the batch."""
    over = [axis for axis in range(len(x.shape)) if axis != 1]
    spread, mean = torch.var_mean(x.detach(), over, correction=0)
    return F.batch_norm(x, None, None, weight, bias, True, momentum, eps), mean, torch.rsqrt(spread + eps)


@rule("aten._native_batch_norm_legit_no_training")
def batch_norm_of_averages(
    x: Any, weight: Any, bias: Any, mean: Any, var: Any, momentum: float, eps: float
) -> tuple[Any, ...]:
    """With running averages, which stay."""
    return F.batch_norm(x, mean, var, weight, bias, False, momentum, eps), None, None


@rule("aten.layer_norm")
def layer_norm(
    x: Any, lengths: Sequence[int], weight: Any = None, bias: Any = None, eps: float = 1e-5, faster: bool = True
) -> Any:
    """Over the last axes."""
    return F.layer_norm(x, tuple(lengths), weight, bias, eps)


@rule("aten.rms_norm")
def rms_norm(x: Any, lengths: Sequence[int], weight: Any = None, eps: float | None = None) -> Any:
    """By the root of the mean square over the last axes."""
    return F.rms_norm(x, tuple(lengths), weight, float(np.finfo(x.dtype).eps) if eps is None else eps)


@rule("aten.group_norm")
def group_norm(
    x: Any, groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5, faster: bool = True
) -> Any:
    """Over groups of channels and all of space."""
    return F.group_norm(x, groups, weight, bias, eps)
