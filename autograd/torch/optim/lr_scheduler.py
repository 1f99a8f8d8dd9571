"""`torch.optim.lr_scheduler`: the schedules of `optim.lr_scheduler`."""

from __future__ import annotations

from typing import Any

from autograd.torch.missing import missing
from optim import lr_scheduler as _schedules

# What code from before 2022 calls the class of all of them.
_LRScheduler = _schedules.LRScheduler


def __getattr__(name: str) -> Any:
    if name not in _schedules.__all__:
        raise AttributeError(missing("torch.optim.lr_scheduler", name))
    return getattr(_schedules, name)


def __dir__() -> list[str]:
    return list(_schedules.__all__)
