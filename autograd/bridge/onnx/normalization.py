"""Normalisation over the batch, groups, features or neighbours."""

from __future__ import annotations

from typing import Any

import autograd.torch as torch
import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it
from autograd.bridge.onnx.values import cast, number
from autograd.bridge.rules import rule


@rule("onnx.BatchNormalization")
def batch_norm(
    x: Any, scale: Any, bias: Any, mean: Any, var: Any, epsilon: float = 1e-5, momentum: float = 0.9,
    training_mode: bool = False, spatial: int = 1,
) -> Any:  # fmt: skip
    """By running averages, or by those of the batch, which then move the running ones.

    ONNX moves them by the variance of the batch as a population; PyTorch by that of a sample.
    """
    if not training_mode:
        return F.batch_norm(x, mean, var, scale, bias, False, 0.0, epsilon), None, None
    over = [axis for axis in range(len(x.shape)) if axis != 1]
    spread, middle = torch.var_mean(x.detach(), over, correction=0)
    kept = [momentum * old + (1 - momentum) * new for old, new in ((mean, middle), (var, spread))]
    return F.batch_norm(x, None, None, scale, bias, True, 0.0, epsilon), *kept


@rule("onnx.InstanceNormalization")
def instance_norm(x: Any, scale: Any, bias: Any, epsilon: float = 1e-5) -> Any:
    """Over space."""
    return F.instance_norm(x, None, None, scale, bias, True, 0.0, epsilon)


@rule("onnx.LayerNormalization")
def layer_norm(x: Any, scale: Any, bias: Any = None, axis: int = -1, epsilon: float = 1e-5, stash_type: int = 1) -> Any:
    """Over the axes from one on: the result, the mean, and the inverse deviation."""
    first = axis % len(x.shape)
    over = list(range(first, len(x.shape)))
    lengths = tuple(x.shape[first:])
    spread, mean = torch.var_mean(x, over, correction=0, keepdim=True)
    wide, shift = (
        part if part is None or tuple(part.shape) == lengths else part.expand(*lengths) for part in (scale, bias)
    )
    return F.layer_norm(x, lengths, wide, shift, epsilon), mean, torch.rsqrt(spread + epsilon)


@rule("onnx.RMSNormalization")
def rms_norm(x: Any, scale: Any, axis: int = -1, epsilon: float = 1e-5, stash_type: int = 1) -> Any:
    """By the root of the mean square over the axes from one on."""
    lengths = tuple(x.shape[axis % len(x.shape) :])
    return F.rms_norm(x, lengths, scale if tuple(scale.shape) == lengths else scale.expand(*lengths), epsilon)


@rule("onnx.GroupNormalization.18")
def group_norm_by_group(x: Any, scale: Any, bias: Any, num_groups: int, epsilon: float = 1e-5) -> Any:
    """With a scale for each group."""
    each = x.shape[1] // num_groups
    return F.group_norm(
        x, num_groups, torch.repeat_interleave(scale, each), torch.repeat_interleave(bias, each), epsilon
    )


@rule("onnx.GroupNormalization")
def group_norm(x: Any, scale: Any, bias: Any, num_groups: int, epsilon: float = 1e-5, stash_type: int = 1) -> Any:
    """With a scale for each channel."""
    return F.group_norm(x, num_groups, scale, bias, epsilon)


@rule("onnx.LRN")
def local_response_norm(x: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, bias: float = 1.0) -> Any:
    """By the neighbouring channels."""
    # ONNX has one more after than before where the size is even, PyTorch one more before.
    if size % 2:
        return F.local_response_norm(x, size, alpha, beta, bias)
    turned = torch.flip(x, (1,))
    return torch.flip(F.local_response_norm(turned, size, alpha, beta, bias), (1,))


@rule("onnx.Dropout.7", "onnx.Dropout.10")
def no_dropout(x: Any, ratio: float = 0.5) -> Any:
    """Older sets of operators drop nothing."""
    return x, torch.ones_like(x, dtype=bool)


@rule("onnx.Dropout")
def dropout(x: Any, ratio: Any = 0.5, training: Any = False, seed: int = 0) -> Any:
    """In training mode some of it is 0, drawn from the generator of `autograd.torch`."""
    share = float(number(ratio))
    if not number(training) or share == 0:
        return x, torch.ones_like(x, dtype=bool)
    kept = torch.rand(*x.shape) >= share
    return x * cast(kept, x.dtype) / (1 - share), kept
