"""`torch.optim`: the optimizers of `optim`."""

from __future__ import annotations

from typing import Any

import optim as _optim
from autograd.torch.missing import missing
from autograd.torch.optim import lr_scheduler

__all__ = ["lr_scheduler"]


def __getattr__(name: str) -> Any:
    if name not in _optim.__all__:
        raise AttributeError(missing("torch.optim", name))
    return getattr(_optim, name)


def __dir__() -> list[str]:
    return sorted({*__all__, *_optim.__all__})
