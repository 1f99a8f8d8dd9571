"""Rates by functions of the user's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optim.lr_scheduler.schedule import AbsoluteLR, LRScheduler, check_optimizer
from optim.optimizer import Optimizer

Function = Callable[[int], float]


class _OfFunctions(LRScheduler):
    def __init__(self, optimizer: Optimizer, lr_lambda: Function | Sequence[Function], last_epoch: int = -1) -> None:
        functions, groups = (
            [lr_lambda] if callable(lr_lambda) else lr_lambda,
            len(check_optimizer(self, optimizer).param_groups),
        )
        if not isinstance(functions, (list, tuple)) or not all(map(callable, functions)):
            raise TypeError(f"{type(self).__name__}: lr_lambda is a function, or one for each group, not {lr_lambda!r}")
        if not callable(lr_lambda) and len(functions) != groups:
            raise ValueError(f"{type(self).__name__}: {len(functions)} functions for {groups} groups")
        self.lr_lambda = lr_lambda
        super().__init__(optimizer, last_epoch)

    def _function_of(self, group: int) -> Function:
        if callable(self.lr_lambda):
            return self.lr_lambda
        if group >= len(self.lr_lambda):
            raise ValueError(
                f"{type(self).__name__}: a group was added, and lr_lambda has a function for each of {len(self.lr_lambda)}: "
                "give one function for all groups, or make the schedule afterwards"
            )
        return self.lr_lambda[group]


class LambdaLR(AbsoluteLR, _OfFunctions):
    """Any factor of the first rate: `lr_lambda(t)`, one function, or one for each group.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates are set.
    lr_lambda : callable, or sequence of callable
        Of the step, to the factor.
    last_epoch : int
        −1 for a beginning; else the step behind which it goes on, in groups that have `initial_lr`.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=0.5)
    >>> schedule = optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + t))
    >>> schedule.step(); schedule.get_last_lr()
    [0.25]
    """

    def rate(self, t: int, base: float, group: int) -> float:
        return base * self._function_of(group)(t)


class MultiplicativeLR(_OfFunctions):
    """Times `lr_lambda(1)`, then times `lr_lambda(2)`, …; one function, or one for each group.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates are set.
    lr_lambda : callable, or sequence of callable
        Of the step, to the factor.
    last_epoch : int
        −1 for a beginning; else the step behind which it goes on, in groups that have `initial_lr`.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.MultiplicativeLR(optimizer, lambda t: 0.5)
    >>> rates = []
    >>> for _ in range(4):
    ...     schedule.step()
    ...     rates.append(round(schedule.get_last_lr()[0], 6))
    >>> rates
    [0.5, 0.25, 0.125, 0.0625]
    """

    def next_rate(self, t: int, lr: float, base: float, group: int) -> float:
        return lr * self._function_of(group)(t)

    def begin(self) -> None:
        self.last_epoch = 0

    def begin_anew(self) -> None:
        # It has no first rate: as in PyTorch, it goes on from the rate that it finds, at once.
        self._take_in_groups()
        self.last_epoch = 0
        self._move()
