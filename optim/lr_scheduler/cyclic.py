"""`CyclicLR`: rates that go up and down between two bounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

from optim.lr_scheduler.arguments import Rates, list_rates
from optim.lr_scheduler.momentum import check_momentum, set_momentum
from optim.lr_scheduler.schedule import AbsoluteLR, check_length, check_optimizer
from optim.optimizer import INITIAL_LR, Optimizer


class CyclicLR(AbsoluteLR):
    """Up from `base_lr` to `max_lr` and down again, over and over, the momentum the other way (Smith 2017).

    Parameters
    ----------
    optimizer : Optimizer
    base_lr, max_lr : float, or one for each group
    step_size_up : int
        How many steps the rate rises for.
    step_size_down : int, optional
        How many it falls for; as many by default.
    mode : {"triangular", "triangular2", "exp_range"}
        Whether cycles stay as high, are half as high each time, or γ^step as high.
    gamma : float
        γ.
    scale_fn : callable, optional
        Another height, of the number of the cycle or of the step, in place of `mode`.
    scale_mode : {"cycle", "iterations"}
        Which of them.
    cycle_momentum : bool
        Move `momentum`, or the first of `betas`, too.
    base_momentum, max_momentum : float
    last_epoch : int
        −1 for a beginning; else the step behind which it goes on, in groups that have `initial_lr`.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0, momentum=0.9)
    >>> schedule, rates = optim.lr_scheduler.CyclicLR(optimizer, 0.0, 1.0, step_size_up=2), []
    >>> for _ in range(5):
    ...     rates += schedule.get_last_lr()
    ...     schedule.step()
    >>> rates
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: Rates,
        max_lr: Rates,
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: Literal["cycle", "iterations"] = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float = 0.8,
        max_momentum: float = 0.9,
        last_epoch: int = -1,
    ) -> None:
        groups = len(check_optimizer(self, optimizer).param_groups)
        self.bases = list_rates("CyclicLR: base_lr", base_lr, groups)
        self.tops = list_rates("CyclicLR: max_lr", max_lr, groups)
        up = check_length(step_size_up, "step_size_up")
        self.length = up + (up if step_size_down is None else check_length(step_size_down, "step_size_down"))
        self.rising = up / self.length
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError(f"CyclicLR: mode must be 'triangular', 'triangular2' or 'exp_range', got {mode!r}")
        if scale_mode not in ("cycle", "iterations"):
            raise ValueError(f"CyclicLR: scale_mode must be 'cycle' or 'iterations', got {scale_mode!r}")
        self.mode, self.gamma, self.scale_fn = mode, float(gamma), scale_fn
        self.scale_mode = scale_mode if scale_fn is not None else "iterations" if mode == "exp_range" else "cycle"
        self.base_momentum, self.max_momentum = float(base_momentum), float(max_momentum)
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            check_momentum("CyclicLR: cycle_momentum", optimizer)
        if last_epoch == -1:
            for options, base in zip(optimizer.param_groups, self.bases, strict=True):
                # The first rate of a schedule before it, in a sequence or a chain, stays that.
                options.setdefault(INITIAL_LR, base)
        super().__init__(optimizer, last_epoch)

    def rate(self, t: int, base: float, group: int) -> float:
        group = min(group, len(self.bases) - 1)
        low, high = self.bases[group], self.tops[group]
        return low + (high - low) * self._height(t)

    def _height(self, t: int) -> float:
        """How high the rate stands, as a share of the whole way."""
        cycle = math.floor(1 + t / self.length)
        place = 1.0 + t / self.length - cycle
        share = place / self.rising if place <= self.rising else (place - 1.0) / (self.rising - 1.0)
        return share * self._scale(float(cycle) if self.scale_mode == "cycle" else float(t))

    def _scale(self, x: float) -> float:
        if self.scale_fn is not None:
            return float(self.scale_fn(x))
        return 1.0 if self.mode == "triangular" else 0.5 ** (x - 1.0) if self.mode == "triangular2" else self.gamma**x

    def _move(self) -> None:
        super()._move()
        self._move_momentum()

    def _restore(self, state: Mapping[str, Any]) -> None:
        super()._restore(state)
        self._move_momentum()

    def _move_momentum(self) -> None:
        if self.cycle_momentum:
            reach = self.max_momentum - self.base_momentum
            set_momentum(self.optimizer, self.max_momentum - reach * self._height(self.last_epoch))
