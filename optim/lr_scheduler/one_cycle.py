"""`OneCycleLR`: one rise and one fall of the rate in a whole run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from optim.lr_scheduler.arguments import Rates, list_rates
from optim.lr_scheduler.momentum import check_momentum, set_momentum
from optim.lr_scheduler.schedule import AbsoluteLR, check_length, check_optimizer
from optim.optimizer import INITIAL_LR, Optimizer


class OneCycleLR(AbsoluteLR):
    """Up to `max_lr` and down again in one run, the momentum the other way (Smith and Topin 2018).

    Parameters
    ----------
    optimizer : Optimizer
    max_lr : float, or one for each group
    total_steps : int, optional
    epochs, steps_per_epoch : int, optional
        Whose product it is, where it is not given.
    pct_start : float
        The share of the steps that the rate rises for.
    anneal_strategy : {"cos", "linear"}
    cycle_momentum : bool
        Move `momentum`, or the first of `betas`, from `max_momentum` to `base_momentum` and back.
    base_momentum, max_momentum : float
    div_factor, final_div_factor : float
        The first rate is max_lr / div_factor, the last that over final_div_factor.
    three_phase : bool
        Down to the first rate as it came up, and from there to the last.
    last_epoch : int
        −1 for a beginning; else the step behind which it goes on, in groups that have `initial_lr`.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=5)
    >>> rates = []
    >>> for _ in range(4):
    ...     schedule.step()
    ...     rates.append(round(schedule.get_last_lr()[0], 6))
    >>> rates
    [0.950485, 0.611262, 0.188258, 4e-06]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: Rates,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError("OneCycleLR: give total_steps, or epochs and steps_per_epoch")
            total_steps = check_length(epochs, "epochs") * check_length(steps_per_epoch, "steps_per_epoch")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"OneCycleLR: anneal_strategy must be 'cos' or 'linear', got {anneal_strategy!r}")
        if not 0.0 <= pct_start <= 1.0:
            raise ValueError(f"OneCycleLR: pct_start must be from 0 to 1, got {pct_start!r}")
        if not (div_factor > 0.0 and final_div_factor > 0.0):
            raise ValueError(
                f"OneCycleLR: div_factor and final_div_factor must be above 0, got {div_factor!r}, {final_div_factor!r}"
            )
        self.total_steps, self._anneal = check_length(total_steps, "total_steps"), anneal_strategy
        self.tops = list_rates("OneCycleLR: max_lr", max_lr, len(check_optimizer(self, optimizer).param_groups))
        self.pct_start, self.three_phase = pct_start, three_phase
        self.div_factor, self.final_div_factor = div_factor, final_div_factor
        self.base_momentum, self.max_momentum = base_momentum, max_momentum
        if cycle_momentum:
            check_momentum("OneCycleLR: cycle_momentum", optimizer)
        self.cycle_momentum = cycle_momentum
        if last_epoch == -1:
            for options, top in zip(optimizer.param_groups, self.tops, strict=True):
                options[INITIAL_LR] = top / div_factor
        super().__init__(optimizer, last_epoch)

    def rate(self, t: int, base: float, group: int) -> float:
        return self._rate_and_momentum(t, self.tops[min(group, len(self.tops) - 1)])[0]

    def _phases(self, top: float) -> list[tuple[float, float, float, float, float]]:
        """For each phase its last step, and the rates and the momenta at its ends."""
        first, last = top / self.div_factor, top / self.div_factor / self.final_div_factor
        low, high, risen = self.base_momentum, self.max_momentum, self.pct_start * self.total_steps
        rise = (risen - 1, first, top, high, low)
        if not self.three_phase:
            return [rise, (self.total_steps - 1, top, last, low, high)]
        return [rise, (2 * risen - 2, top, first, low, high), (self.total_steps - 1, first, last, high, high)]

    def _rate_and_momentum(self, t: int, top: float) -> tuple[float, float]:
        # As in PyTorch, the call of step() after the last step is let pass.
        if t > self.total_steps:
            raise ValueError(f"OneCycleLR: the cycle has {self.total_steps} steps, and step() was called {t} times")
        begin = 0.0
        phases = self._phases(top)
        for end, lr, next_lr, momentum, next_momentum in phases:
            if t <= end or end == phases[-1][0]:
                share = (t - begin) / (end - begin)
                return self._interpolate(lr, next_lr, share), self._interpolate(momentum, next_momentum, share)
            begin = end
        raise AssertionError

    def _interpolate(self, start: float, end: float, share: float) -> float:
        if self._anneal == "linear":
            return start + (end - start) * share
        return end + (start - end) / 2.0 * (1.0 + math.cos(math.pi * share))

    def _move(self) -> None:
        super()._move()
        self._move_momentum()

    def _restore(self, state: Mapping[str, Any]) -> None:
        super()._restore(state)
        self._move_momentum()

    def _move_momentum(self) -> None:
        if self.cycle_momentum:
            set_momentum(self.optimizer, self._rate_and_momentum(self.last_epoch, self.tops[0])[1])
