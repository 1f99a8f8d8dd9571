"""`LRScheduler`: what all schedules share: the step from one rate to the next, and the state."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any, ClassVar

from autograd.errors import type_name
from autograd.graph.modes import at_each_run
from optim.lr_scheduler.arguments import arguments_of, read_arguments
from optim.optimizer import INITIAL_LR, Optimizer


class LRScheduler:
    """Base class: a subclass says in `factor` what the learning rate is at step t, in units of the first.

    A step multiplies the rate as it is by factor(t) / factor(t − 1). So several schedules over one optimizer, stepped one
    after the other, multiply, and a rate that was set by hand is gone on from, as in PyTorch. `step()` is called after
    `optimizer.step()`, once an epoch or once a batch, as the lengths are meant.

    Parameters
    ----------
    optimizer : Optimizer
    last_epoch : int
        −1 for a beginning. From 0 on the schedule goes on behind that step, in the groups of an optimizer whose state was loaded.

    Attributes
    ----------
    base_lrs : list of float
        The rates of the groups before the first schedule over the optimizer, which `initial_lr` in the groups keeps.
    last_epoch : int
        t: how often `step()` was called.

    Examples
    --------
    >>> import autograd, optim
    >>> class InverseRoot(optim.lr_scheduler.LRScheduler):
    ...     def factor(self, t):
    ...         return (1 + t) ** -0.5
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=0.5)
    >>> schedule = InverseRoot(optimizer)
    >>> for _ in range(3):
    ...     schedule.step()
    >>> round(schedule.get_last_lr()[0], 12)
    0.25
    """

    # What the factor scales is the rate above this.
    floor = 0.0
    # Whether a step may lie between two.
    between = False
    last_epoch: int
    optimizer: Optimizer
    base_lrs: list[float]
    # Attributes that are no arguments, and what a state has beside the arguments.
    _kept: tuple[str, ...] = ("optimizer", "last_epoch", "base_lrs")
    _saved: tuple[str, ...] = ("last_epoch", "base_lrs", "last_lr")
    # PyTorch's names in a state where they differ.
    torch_names: ClassVar[dict[str, str]] = {"_last_lr": "last_lr"}

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        name = type(self).__name__
        if isinstance(last_epoch, bool) or not isinstance(last_epoch, Integral) or last_epoch < -1:
            raise ValueError(f"{name}: last_epoch must be a whole number from -1 on, got {last_epoch!r}")
        if last_epoch >= 0:
            for number, options in enumerate(check_optimizer(self, optimizer).param_groups):
                if INITIAL_LR not in options:
                    raise ValueError(
                        f"{name}: to go on from last_epoch={last_epoch}, group {number} needs {INITIAL_LR!r}, the rate that it began "
                        "with: load the optimizer's state first"
                    )
        self._attach(optimizer)
        if last_epoch < 0:
            self.begin()
        else:
            self.last_epoch = int(last_epoch) + 1
            self._move()

    def _attach(self, optimizer: Optimizer) -> None:
        self.optimizer = check_optimizer(self, optimizer)
        self.base_lrs = []
        self.last_epoch = 0
        self._take_in_groups()

    def factor(self, t: int) -> float:
        """The rate at step t over the first.

        Parameters
        ----------
        t : int
            The step.

        Returns
        -------
        float

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
        >>> optim.lr_scheduler.ConstantLR(optimizer, 0.5, 2).factor(1)
        0.5
        """
        raise TypeError(f"{type(self).__name__} has no factor")

    def next_rate(self, t: int, lr: float, base: float, group: int) -> float:
        """The rate of a group at step t, from the rate before it.

        Parameters
        ----------
        t : int
            The step.
        lr : float
            The rate before it.
        base : float
            The first rate of the group.
        group : int
            Its number.

        Returns
        -------
        float

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        >>> schedule.next_rate(3, 0.25, 1.0, 0)
        0.125
        """
        before, now = self.factor(t - 1) if t else 1.0, self.factor(t)
        if now == before:
            return lr
        if before == 0.0:
            # No factor leads up from the floor: up it goes by the first rate, as PyTorch's cosine does.
            return lr + (base - self.floor) * now
        return self.floor + (lr - self.floor) * (now / before)

    @at_each_run
    def step(self, epoch: float | None = None) -> None:
        """Go on to the next step, or to a given one.

        Parameters
        ----------
        epoch : int, optional
            The rates become what they are at that step; of `CosineAnnealingWarmRestarts` also between two.

        Raises
        ------
        ValueError
            For what is no step.

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.5]
        """
        self._take_in_groups()
        if epoch is None:
            self.last_epoch += 1
            self._move()
            return
        if isinstance(epoch, bool) or not isinstance(epoch, Real) or epoch < 0.0 or (epoch % 1.0 and not self.between):
            raise ValueError(f"{type(self).__name__}.step: epoch must be a whole number from 0 on, got {epoch!r}")
        self._jump(float(epoch) if epoch % 1.0 else int(epoch))

    def _jump(self, t: Any) -> None:
        """Set the rates to what they are at step t, from the first ones where a factor says that."""
        self.last_epoch = int(t)
        kind = type(self)
        if kind.get_lr is not LRScheduler.get_lr or kind.factor is LRScheduler.factor:
            self._move()
            return
        share = self.factor(t)
        for options, base in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
            options["lr"] = self.floor + (base - self.floor) * share

    def begin(self) -> None:
        """Step 0, from the rates as they are.

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.lr_scheduler.LinearLR(optimizer, 0.5, total_iters=2)
        >>> schedule.step()
        >>> schedule.begin()
        >>> len(schedule.get_last_lr())
        1
        """
        self.last_epoch = 0
        self._move()

    def begin_anew(self) -> None:
        """Step 0, from the first rates; a sequence of schedules does this at its milestones.

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.lr_scheduler.LinearLR(optimizer, 0.5, total_iters=2)
        >>> schedule.step()
        >>> schedule.begin_anew()
        >>> schedule.get_last_lr()
        [0.5]
        """
        self._take_in_groups()
        for options, base in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
            options["lr"] = base
        self.begin()

    def get_lr(self) -> list[float]:
        """The rates at step `last_epoch`, from the rates before it; a schedule in PyTorch's words says here what they are.

        Returns
        -------
        list of float
            One for each group.

        Examples
        --------
        >>> import autograd, optim
        >>> class Halves(optim.lr_scheduler.LRScheduler):
        ...     def get_lr(self):
        ...         return [base * 0.5**self.last_epoch for base in self.base_lrs]
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = Halves(optimizer)
        >>> schedule.step(); schedule.step(); schedule.get_last_lr()
        [0.25]
        """
        groups = zip(self.optimizer.param_groups, self.base_lrs, strict=True)
        return [self.next_rate(self.last_epoch, g["lr"], base, number) for number, (g, base) in enumerate(groups)]

    def _move(self) -> None:
        rates = self.get_lr()
        if not isinstance(rates, (list, tuple)) or len(rates) != len(self.base_lrs):
            raise ValueError(
                f"{type(self).__name__}.get_lr must give {len(self.base_lrs)} rates, one for each group, got {rates!r}"
            )
        for options, rate in zip(self.optimizer.param_groups, rates, strict=True):
            options["lr"] = rate

    def _take_in_groups(self) -> None:
        """Groups may have been added to the optimizer."""
        for options in self.optimizer.param_groups[len(self.base_lrs) :]:
            self.base_lrs.append(options.setdefault(INITIAL_LR, float(options["lr"])))

    def get_last_lr(self) -> list[float]:
        """The rates of the groups as they are.

        Returns
        -------
        list of float
            One for each group.

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        >>> schedule.get_last_lr()
        [1.0]
        """
        return [options["lr"] for options in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """The state needed to continue from here, with the arguments of the schedule, as far as they are no functions.

        Returns
        -------
        dict
            `last_epoch`, `base_lrs`, in `last_lr` the rates as they are, and the arguments.

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        >>> schedule.step()
        >>> 'base_lrs' in schedule.state_dict()
        True
        """
        own = {"last_epoch": self.last_epoch, "base_lrs": list(self.base_lrs), "last_lr": self.get_last_lr()}
        return {**own, **arguments_of(self, self._kept)}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave, with the rates and the arguments of then.

        Parameters
        ----------
        state_dict : mapping
            Of PyTorch's schedule of that name too. Arguments that it does not have stay as they are.

        Raises
        ------
        ValueError
            Where it does not fit; then nothing was changed.

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        >>> schedule.step()
        >>> state = schedule.state_dict()
        >>> schedule.step()
        >>> schedule.load_state_dict(state)
        >>> schedule.get_last_lr()
        [0.5]
        """
        state = self._translate(state_dict)
        self._check_state(state)
        self._restore(state)

    def _translate(self, state: Any) -> Any:
        """A state of PyTorch's in our names."""
        if not isinstance(state, Mapping):
            return state
        return {self.torch_names.get(name, name): value for name, value in state.items()}

    def _check_state(self, state: Any) -> None:
        if not isinstance(state, Mapping):
            raise ValueError(f"load_state_dict: expected a mapping, not {type_name(state)}")
        if not set(self._saved) <= set(state):
            raise ValueError(f"load_state_dict: expected {sorted(self._saved)}, got {sorted(state, key=str)}")
        read_arguments(self, state, (*self._kept, *self._saved))
        for name in ("base_lrs", "last_lr"):
            rates = state[name]
            if not isinstance(rates, (list, tuple)) or not all(isinstance(rate, Real) for rate in rates):
                raise ValueError(f"load_state_dict: {name} must be a list of numbers, got {rates!r}")
            if len(rates) != len(self.optimizer.param_groups):
                raise ValueError(
                    f"load_state_dict: the rates of {len(rates)} groups do not fit {len(self.optimizer.param_groups)}"
                )
        if not isinstance(state["last_epoch"], Integral) or state["last_epoch"] < 0:
            raise ValueError(
                f"load_state_dict: last_epoch must be a whole number from 0 on, got {state['last_epoch']!r}"
            )

    def _restore(self, state: Mapping[str, Any]) -> None:
        vars(self).update(read_arguments(self, state, (*self._kept, *self._saved)))
        self.last_epoch, self.base_lrs = int(state["last_epoch"]), list(map(float, state["base_lrs"]))
        for options, base, lr in zip(self.optimizer.param_groups, self.base_lrs, state["last_lr"], strict=True):
            options[INITIAL_LR], options["lr"] = base, float(lr)


class AbsoluteLR(LRScheduler):
    """Base class of schedules whose rates depend on the step alone: what others did to them is overwritten, as in PyTorch."""

    def rate(self, t: int, base: float, group: int) -> float:
        """The rate of a group at step t.

        Parameters
        ----------
        t : int
            The step.
        base : float
            The first rate of the group.
        group : int
            Its number.

        Returns
        -------
        float

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
        >>> optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + t)).rate(1, 1.0, 0)
        0.5
        """
        raise TypeError(f"{type(self).__name__} has no rate")

    def next_rate(self, t: int, lr: float, base: float, group: int) -> float:
        return self.rate(t, base, group)


def check_optimizer(schedule: Any, optimizer: Any) -> Optimizer:
    """The optimizer, if it is one."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(schedule).__name__} takes an optimizer, not {type_name(optimizer)}")
    return optimizer


def check_length(steps: Any, name: str) -> int:
    """A number of steps."""
    if isinstance(steps, bool) or not isinstance(steps, Integral) or steps < 1:
        raise ValueError(f"{name} must be a whole number from 1 on, got {steps!r}")
    return int(steps)
