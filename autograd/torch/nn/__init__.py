"""`torch.nn`: the layers, losses and containers of `nn` in PyTorch's words."""

from __future__ import annotations

from typing import Any

import nn as _nn
from autograd.torch.missing import missing
from autograd.torch.nn import functional, init, utils
from autograd.torch.nn import parameter as parameter
from autograd.torch.nn.lazy import (
    LazyBatchNorm1d,
    LazyBatchNorm2d,
    LazyBatchNorm3d,
    LazyConv1d,
    LazyConv2d,
    LazyConv3d,
    LazyConvTranspose1d,
    LazyConvTranspose2d,
    LazyConvTranspose3d,
    LazyInstanceNorm1d,
    LazyInstanceNorm2d,
    LazyInstanceNorm3d,
    LazyLinear,
)
from autograd.torch.nn.module import Module, in_dialect
from autograd.torch.nn.parameter import Parameter, UninitializedParameter

__all__ = [
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
    "LazyConv1d",
    "LazyConv2d",
    "LazyConv3d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
    "LazyLinear",
    "Module",
    "Parameter",
    "UninitializedParameter",
    "functional",
    "init",
    "utils",
]


def __getattr__(name: str) -> Any:
    found = None if name.startswith("_") else getattr(_nn, name, None)
    if not (isinstance(found, type) and issubclass(found, _nn.Module)):
        raise AttributeError(missing("torch.nn", name))
    globals()[name] = made = in_dialect(found)
    return made


def __dir__() -> list[str]:
    layers = [n for n in dir(_nn) if isinstance(getattr(_nn, n), type) and issubclass(getattr(_nn, n), _nn.Module)]
    return sorted({*__all__, *layers})
