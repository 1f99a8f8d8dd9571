"""Several schedules over one optimizer, as one: one after the other, or all at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from autograd.graph.modes import at_each_run
from optim.lr_scheduler.schedule import LRScheduler
from optim.optimizer import Optimizer


class _Several(LRScheduler):
    schedulers: list[LRScheduler]
    _kept = (*LRScheduler._kept, "schedulers")
    _saved = (*LRScheduler._saved, "schedulers")
    torch_names: ClassVar[dict[str, str]] = {
        **LRScheduler.torch_names, "_schedulers": "schedulers", "_milestones": "milestones",
    }  # fmt: skip

    def __init__(self, optimizer: Optimizer, schedulers: Sequence[LRScheduler]) -> None:
        for schedule in schedulers:
            if not isinstance(schedule, LRScheduler):
                raise TypeError(
                    f"{type(self).__name__}: {type(schedule).__name__} is not a schedule of steps alone: step it separately"
                )
            if schedule.optimizer is not optimizer:
                raise ValueError(f"{type(self).__name__}: {type(schedule).__name__} is over another optimizer")
        self.schedulers = list(schedulers)
        self._attach(optimizer)

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "schedulers": [schedule.state_dict() for schedule in self.schedulers]}

    def _translate(self, state: Any) -> Any:
        state = super()._translate(state)
        states = state.get("schedulers") if isinstance(state, Mapping) else None
        if not isinstance(states, (list, tuple)) or len(states) != len(self.schedulers):
            return state
        own = [schedule._translate(part) for schedule, part in zip(self.schedulers, states, strict=True)]
        # PyTorch's have no first rates, and its chain has no step of its own.
        epoch = own[0].get("last_epoch") if own and isinstance(own[0], Mapping) else 0
        return {"last_epoch": epoch, "base_lrs": list(self.base_lrs), **state, "schedulers": own}

    def _check_state(self, state: Any) -> None:
        super()._check_state(state)
        states = state["schedulers"]
        if not isinstance(states, (list, tuple)) or len(states) != len(self.schedulers):
            raise ValueError(f"load_state_dict: schedulers must be the states of {len(self.schedulers)} schedules")
        for schedule, own in zip(self.schedulers, states, strict=True):
            schedule._check_state(own)

    def _restore(self, state: Mapping[str, Any]) -> None:
        super()._restore(state)
        for schedule, own in zip(self.schedulers, state["schedulers"], strict=True):
            schedule._restore(own)


class SequentialLR(_Several):
    """One schedule after the other; each begins anew, from the first rates, at its milestone.

    Parameters
    ----------
    optimizer : Optimizer
    schedulers : sequence of LRScheduler
        Over the same optimizer.
    milestones : sequence of int
        The steps at which the second, third, … begins.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=0.5)
    >>> warm_up = optim.lr_scheduler.LinearLR(optimizer, 0.5, total_iters=2)
    >>> decay = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    >>> schedule, rates = optim.lr_scheduler.SequentialLR(optimizer, [warm_up, decay], milestones=[2]), []
    >>> for _ in range(5):
    ...     rates += schedule.get_last_lr()
    ...     schedule.step()
    >>> rates
    [0.25, 0.375, 0.5, 0.25, 0.125]
    """

    def __init__(self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int]) -> None:
        if len(schedulers) != len(milestones) + 1 or list(milestones) != sorted(milestones):
            raise ValueError(f"SequentialLR: {len(schedulers)} schedules need {len(schedulers) - 1} rising milestones")
        self.milestones = list(milestones)
        super().__init__(optimizer, schedulers)
        # Each of them has begun when it was made, and only the first one shall have.
        self.begin_anew()

    def begin(self) -> None:
        self.last_epoch = 0
        self._schedule_at(0).begin()

    # It has no rates at a step of which nothing came before.
    @at_each_run
    def step(self) -> None:  # type: ignore[override]
        self._take_in_groups()
        self.last_epoch += 1
        schedule = self._schedule_at(self.last_epoch)
        if self.last_epoch in self.milestones:
            schedule.begin_anew()
        else:
            schedule.step()

    def _schedule_at(self, t: int) -> LRScheduler:
        return self.schedulers[bisect_right(self.milestones, t)]


class ChainedScheduler(_Several):
    """Several schedules, each of which steps from the rates that the one before it left: their factors multiply.

    Parameters
    ----------
    schedulers : sequence of LRScheduler
        All of one optimizer.
    optimizer : Optimizer, optional
        That one.

    Examples
    --------
    >>> import autograd, optim
    >>> from optim.lr_scheduler import ChainedScheduler, ConstantLR, ExponentialLR
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = ChainedScheduler([ConstantLR(optimizer, 0.5, 2), ExponentialLR(optimizer, 0.9)])
    >>> rates = []
    >>> for _ in range(3):
    ...     schedule.step()
    ...     rates.append(round(schedule.get_last_lr()[0], 6))
    >>> rates
    [0.45, 0.81, 0.729]
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        if not schedulers:
            raise ValueError("ChainedScheduler: the list of schedules is empty")
        super().__init__(optimizer or schedulers[0].optimizer, schedulers)

    def begin(self) -> None:
        self.last_epoch = 0
        for schedule in self.schedulers:
            schedule.begin()

    # It has no rates at a step of which nothing came before.
    @at_each_run
    def step(self) -> None:  # type: ignore[override]
        self._take_in_groups()
        self.last_epoch += 1
        for schedule in self.schedulers:
            schedule.step()
