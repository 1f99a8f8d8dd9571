"""Cosine annealing, once and with warm restarts (Loshchilov and Hutter 2017)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from optim.lr_scheduler.schedule import AbsoluteLR, LRScheduler, check_length
from optim.optimizer import Optimizer


class CosineAnnealingLR(LRScheduler):
    """Anneal from the first rate to `eta_min` along half a cosine of `T_max` steps (eq. 5), and back.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates are set.
    T_max : int
    eta_min : float
    last_epoch : int
        −1 for a beginning; else the step behind which it goes on, in groups that have `initial_lr`.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, 4)
    >>> rates = []
    >>> for _ in range(4):
    ...     schedule.step()
    ...     rates.append(round(schedule.get_last_lr()[0], 6))
    >>> rates
    [0.853553, 0.5, 0.146447, 0.0]
    """

    _kept = (*LRScheduler._kept, "floor")

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:  # noqa: N803 - PyTorch's name
        self.T_max, self.eta_min = check_length(T_max, "T_max"), eta_min
        self.floor = eta_min
        super().__init__(optimizer, last_epoch)

    def factor(self, t: int) -> float:
        return _half_cosine(t, self.T_max)

    def _restore(self, state: Mapping[str, Any]) -> None:
        super()._restore(state)
        self.floor = self.eta_min


class CosineAnnealingWarmRestarts(AbsoluteLR):
    """Half cosines that begin again after T_0, T_0·T_mult, T_0·T_mult², … steps (SGDR).

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates are set.
    T_0, T_mult : int
    eta_min : float
    last_epoch : int
        −1 for a beginning; else the step behind which it goes on, in groups that have `initial_lr`.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 2)
    >>> rates = []
    >>> for _ in range(4):
    ...     schedule.step()
    ...     rates.append(round(schedule.get_last_lr()[0], 6))
    >>> rates
    [0.5, 1.0, 0.5, 1.0]
    """

    between = True

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,  # noqa: N803 - PyTorch's names
        T_mult: int = 1,  # noqa: N803
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        self.T_0, self.T_mult = check_length(T_0, "T_0"), check_length(T_mult, "T_mult")
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def _jump(self, t: float) -> None:
        self.last_epoch = int(t)
        for number, (options, base) in enumerate(zip(self.optimizer.param_groups, self.base_lrs, strict=True)):
            options["lr"] = self.rate(t, base, number)

    def rate(self, t: float, base: float, group: int) -> float:
        period = self.T_0
        while t >= period and self.T_mult > 1:
            t, period = t - period, period * self.T_mult
        t %= period
        return self.eta_min + (base - self.eta_min) * _half_cosine(t, period)


def _half_cosine(t: float, period: int) -> float:
    return (1.0 + math.cos(math.pi * t / period)) / 2.0
