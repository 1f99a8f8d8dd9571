"""Rates that fall by a formula, or rise to the first one: steps, powers, lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from optim.lr_scheduler.schedule import AbsoluteLR, LRScheduler, check_length
from optim.optimizer import Optimizer


class _PowerLR(LRScheduler):
    """γ^exponent(t)."""

    gamma: float

    def exponent(self, t: int) -> float:
        """The number of times the rate was multiplied by γ up to step t.

        Parameters
        ----------
        t : int
            The step.

        Returns
        -------
        int or float

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
        >>> optim.lr_scheduler.StepLR(optimizer, 2).exponent(5)
        2
        """
        raise NotImplementedError

    def factor(self, t: int) -> float:
        return float(self.gamma ** self.exponent(t))

    def next_rate(self, t: int, lr: float, base: float, group: int) -> float:
        # Not the quotient of two factors, which are 0 after many steps.
        return float(lr * self.gamma ** (self.exponent(t) - (self.exponent(t - 1) if t else 0)))


class StepLR(_PowerLR):
    """γ^⌊t / step_size⌋.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates are set.
    step_size : int
    gamma : float
    last_epoch : int
        −1 for a beginning; else the step behind which it goes on, in groups that have `initial_lr`.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    >>> [schedule.factor(t) for t in range(5)]
    [1.0, 1.0, 0.1, 0.1, 0.010000000000000002]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size, self.gamma = check_length(step_size, "step_size"), gamma
        super().__init__(optimizer, last_epoch)

    def exponent(self, t: int) -> float:
        return t // self.step_size


class MultiStepLR(_PowerLR):
    """γ to the number of milestones that t has reached.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates are set.
    milestones : sequence of int
        Steps, in ascending order.
    gamma : float
    last_epoch : int
        −1 for a beginning; else the step behind which it goes on, in groups that have `initial_lr`.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.MultiStepLR(optimizer, [2, 3])
    >>> rates = []
    >>> for _ in range(4):
    ...     schedule.step()
    ...     rates.append(round(schedule.get_last_lr()[0], 6))
    >>> rates
    [1.0, 0.1, 0.01, 0.01]
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Sequence[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones, self.gamma = sorted(milestones), gamma
        super().__init__(optimizer, last_epoch)

    def exponent(self, t: int) -> float:
        return sum(milestone <= t for milestone in self.milestones)


class ExponentialLR(_PowerLR):
    """γ^(t / decay_steps); with `staircase` γ^⌊t / decay_steps⌋.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates are set.
    gamma : float
    decay_steps : int
    staircase : bool
    last_epoch : int
        −1 for a beginning; else the step behind which it goes on, in groups that have `initial_lr`.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    >>> rates = []
    >>> for _ in range(4):
    ...     schedule.step()
    ...     rates.append(round(schedule.get_last_lr()[0], 6))
    >>> rates
    [0.5, 0.25, 0.125, 0.0625]
    """

    def __init__(
        self, optimizer: Optimizer, gamma: float, last_epoch: int = -1, *, decay_steps: int = 1, staircase: bool = False
    ) -> None:
        self.gamma, self.decay_steps, self.staircase = gamma, check_length(decay_steps, "decay_steps"), staircase
        super().__init__(optimizer, last_epoch)

    def exponent(self, t: int) -> float:
        return t // self.decay_steps if self.staircase else t / self.decay_steps


class InverseTimeLR(LRScheduler):
    """1 / (1 + k·t / decay_steps); with `staircase` of ⌊t / decay_steps⌋.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates are set.
    decay_rate : float
        The k above.
    decay_steps : int
    staircase : bool
    last_epoch : int
        −1 for a beginning; else the step behind which it goes on, in groups that have `initial_lr`.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.InverseTimeLR(optimizer, 1.0)
    >>> rates = []
    >>> for _ in range(4):
    ...     schedule.step()
    ...     rates.append(round(schedule.get_last_lr()[0], 6))
    >>> rates
    [0.5, 0.333333, 0.25, 0.2]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        decay_rate: float,
        last_epoch: int = -1,
        *,
        decay_steps: int = 1,
        staircase: bool = False,
    ) -> None:
        self.decay_rate, self.decay_steps, self.staircase = (
            decay_rate,
            check_length(decay_steps, "decay_steps"),
            staircase,
        )
        super().__init__(optimizer, last_epoch)

    def factor(self, t: int) -> float:
        return 1.0 / (1.0 + self.decay_rate * (t // self.decay_steps if self.staircase else t / self.decay_steps))


class PolynomialLR(LRScheduler):
    """(1 − t / total_iters)^power, then 0.

    Parameters
    ----------
    optimizer : Optimizer
    total_iters : int
    power : float
    end_factor : float
        What is left at the end, instead of 0.
    cycle : bool
        Start again, over a period that grows: total_iters·⌈t / total_iters⌉, as in Keras.
    last_epoch : int
        −1 for a beginning; else the step behind which it goes on, in groups that have `initial_lr`.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.PolynomialLR(optimizer, 4, 2.0)
    >>> rates = []
    >>> for _ in range(4):
    ...     schedule.step()
    ...     rates.append(round(schedule.get_last_lr()[0], 6))
    >>> rates
    [0.5625, 0.25, 0.0625, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        total_iters: int = 5,
        power: float = 1.0,
        last_epoch: int = -1,
        *,
        end_factor: float = 0.0,
        cycle: bool = False,
    ) -> None:
        self.total_iters, self.power = check_length(total_iters, "total_iters"), power
        self.end_factor, self.cycle = end_factor, cycle
        super().__init__(optimizer, last_epoch)

    def factor(self, t: int) -> float:
        period = self.total_iters * max(1, math.ceil(t / self.total_iters)) if self.cycle else self.total_iters
        left = 1.0 - min(t, period) / period
        return float(self.end_factor + (1.0 - self.end_factor) * left**self.power)


class ConstantLR(LRScheduler):
    """`factor` for `total_iters` steps, then 1: a constant warm-up.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates are set.
    factor : float
    total_iters : int
    last_epoch : int
        −1 for a beginning; else the step behind which it goes on, in groups that have `initial_lr`.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.ConstantLR(optimizer, 0.5, 2)
    >>> rates = []
    >>> for _ in range(4):
    ...     schedule.step()
    ...     rates.append(round(schedule.get_last_lr()[0], 6))
    >>> rates
    [0.5, 1.0, 1.0, 1.0]
    """

    torch_names: ClassVar[dict[str, str]] = {**LRScheduler.torch_names, "factor": "first"}

    def __init__(
        self, optimizer: Optimizer, factor: float = 1.0 / 3.0, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        self.first, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    def factor(self, t: int) -> float:
        return self.first if t < self.total_iters else 1.0


class LinearLR(LRScheduler):
    """Change the rate from `start_factor` to `end_factor` in `total_iters` steps: a linear warm-up.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates are set.
    start_factor, end_factor : float
    total_iters : int
    last_epoch : int
        −1 for a beginning; else the step behind which it goes on, in groups that have `initial_lr`.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.LinearLR(optimizer, 0.5, total_iters=2)
    >>> rates = []
    >>> for _ in range(4):
    ...     schedule.step()
    ...     rates.append(round(schedule.get_last_lr()[0], 6))
    >>> rates
    [0.75, 1.0, 1.0, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3.0,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        self.start_factor, self.end_factor = start_factor, end_factor
        self.total_iters = check_length(total_iters, "total_iters")
        super().__init__(optimizer, last_epoch)

    def factor(self, t: int) -> float:
        return self.start_factor + (self.end_factor - self.start_factor) * min(t, self.total_iters) / self.total_iters


class PiecewiseConstantLR(AbsoluteLR):
    """`values[k]` between the boundaries `k − 1` and `k`: rates, not factors, as in Keras.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates are set.
    boundaries : sequence of int
        Steps, in ascending order.
    values : sequence of float
        One more than boundaries.
    last_epoch : int
        −1 for a beginning; else the step behind which it goes on, in groups that have `initial_lr`.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.PiecewiseConstantLR(optimizer, [2], [0.5, 0.1])
    >>> rates = []
    >>> for _ in range(4):
    ...     schedule.step()
    ...     rates.append(round(schedule.get_last_lr()[0], 6))
    >>> rates
    [0.5, 0.5, 0.1, 0.1]
    """

    def __init__(
        self, optimizer: Optimizer, boundaries: Sequence[int], values: Sequence[float], last_epoch: int = -1
    ) -> None:
        if len(values) != len(boundaries) + 1 or list(boundaries) != sorted(boundaries):
            raise ValueError(
                f"PiecewiseConstantLR: {len(boundaries)} rising boundaries need {len(boundaries) + 1} values, "
                f"got {list(boundaries)} and {list(values)}"
            )
        self.boundaries, self.values = list(boundaries), list(values)
        super().__init__(optimizer, last_epoch)

    def rate(self, t: int, base: float, group: int) -> float:
        # A boundary itself belongs to the stretch before it.
        return float(self.values[sum(boundary < t for boundary in self.boundaries)])
