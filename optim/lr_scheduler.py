"""Schedules of the learning rate, with PyTorch's names: each is a factor of the step, times the rate it started with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, Literal

from autograd.modes import at_each_run
from optim.optimizer import Optimizer


class LRScheduler:
    """Base class: a subclass says in `factor` what the learning rate is at step t, in units of the first.

    `step()` is called after `optimizer.step()`, once an epoch or once a batch, as the lengths are meant.

    Parameters
    ----------
    optimizer : Optimizer

    Attributes
    ----------
    base_lrs : list of float
        The rates of the groups when the schedule was made.
    last_epoch : int
        t: how often `step()` was called.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = _optimizer(self, optimizer)
        self.base_lrs = [float(group["lr"]) for group in optimizer.param_groups]
        self.last_epoch = 0
        self._apply()

    def factor(self, t: int) -> float:
        """The rate at step t over the first."""
        raise TypeError(f"{type(self).__name__} has no factor")

    def rate(self, t: int, base: float, group: int) -> float:
        """The rate of a group at step t."""
        return base * self.factor(t)

    @at_each_run
    def step(self) -> None:
        """Go on to the next step."""
        self.last_epoch += 1
        self._apply()

    def _apply(self) -> None:
        for number, (options, base) in enumerate(zip(self.optimizer.param_groups, self.base_lrs, strict=True)):
            options["lr"] = self.rate(self.last_epoch, base, number)

    def get_last_lr(self) -> list[float]:
        """The rates of the groups as they are."""
        return [options["lr"] for options in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on from here, beside the arguments that the schedule was made with."""
        return {"last_epoch": self.last_epoch, "base_lrs": list(self.base_lrs)}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave.

        Raises
        ------
        ValueError
            Where it does not fit; then nothing was changed.
        """
        own = self.state_dict()
        if set(state_dict) != set(own):
            raise ValueError(f"load_state_dict: expected {sorted(own)}, got {sorted(state_dict)}")
        if len(state_dict["base_lrs"]) != len(self.base_lrs):
            raise ValueError(
                f"load_state_dict: the rates of {len(state_dict['base_lrs'])} groups do not fit {len(self.base_lrs)}"
            )
        if not isinstance(state_dict["last_epoch"], Integral) or state_dict["last_epoch"] < 0:
            raise ValueError(
                f"load_state_dict: last_epoch must be a whole number from 0 on, got {state_dict['last_epoch']!r}"
            )
        self._restore(dict(state_dict))
        self._apply()

    def _restore(self, state: dict[str, Any]) -> None:
        self.last_epoch, self.base_lrs = int(state["last_epoch"]), list(map(float, state["base_lrs"]))


class LambdaLR(LRScheduler):
    """Any factor: `lr_lambda(t)`, one function, or one for each group.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=0.5)
    >>> schedule = optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + t))
    >>> schedule.step(); schedule.get_last_lr()
    [0.25]
    """

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]]
    ) -> None:
        count = len(_optimizer(self, optimizer).param_groups)
        if not callable(lr_lambda) and not isinstance(lr_lambda, (list, tuple)):
            raise TypeError(f"LambdaLR: lr_lambda is a function, or one for each group, not {lr_lambda!r}")
        self.lr_lambdas = [lr_lambda] * count if callable(lr_lambda) else list(lr_lambda)
        if len(self.lr_lambdas) != count:
            raise ValueError(f"LambdaLR: {len(self.lr_lambdas)} functions for {count} groups")
        super().__init__(optimizer)

    def rate(self, t: int, base: float, group: int) -> float:
        return base * self.lr_lambdas[group](t)


class MultiplicativeLR(LRScheduler):
    """The product of `lr_lambda(1)` … `lr_lambda(t)`."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float]) -> None:
        if not callable(lr_lambda):
            raise ValueError(f"MultiplicativeLR: lr_lambda must be a function, got {lr_lambda!r}")
        self.lr_lambda = lr_lambda
        super().__init__(optimizer)

    def factor(self, t: int) -> float:
        return math.prod(self.lr_lambda(k) for k in range(1, t + 1))


class StepLR(LRScheduler):
    """γ^⌊t / step_size⌋.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    >>> [schedule.factor(t) for t in range(5)]
    [1.0, 1.0, 0.1, 0.1, 0.010000000000000002]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size, self.gamma = _length(step_size, "step_size"), gamma
        super().__init__(optimizer)

    def factor(self, t: int) -> float:
        return float(self.gamma ** (t // self.step_size))


class MultiStepLR(LRScheduler):
    """γ to the number of milestones that t has reached."""

    def __init__(self, optimizer: Optimizer, milestones: Sequence[int], gamma: float = 0.1) -> None:
        self.milestones, self.gamma = sorted(milestones), gamma
        super().__init__(optimizer)

    def factor(self, t: int) -> float:
        return float(self.gamma ** sum(milestone <= t for milestone in self.milestones))


class PiecewiseConstantLR(LRScheduler):
    """`values[k]` between the boundaries `k − 1` and `k`: rates, not factors, as in Keras."""

    def __init__(self, optimizer: Optimizer, boundaries: Sequence[int], values: Sequence[float]) -> None:
        if len(values) != len(boundaries) + 1 or list(boundaries) != sorted(boundaries):
            raise ValueError(
                f"PiecewiseConstantLR: {len(boundaries)} rising boundaries need {len(boundaries) + 1} values, "
                f"got {list(boundaries)} and {list(values)}"
            )
        self.boundaries, self.values = list(boundaries), list(values)
        super().__init__(optimizer)

    def rate(self, t: int, base: float, group: int) -> float:
        # A boundary itself belongs to the stretch before it.
        return float(self.values[sum(boundary < t for boundary in self.boundaries)])


class ExponentialLR(LRScheduler):
    """γ^(t / decay_steps); with `staircase` γ^⌊t / decay_steps⌋."""

    def __init__(self, optimizer: Optimizer, gamma: float, *, decay_steps: int = 1, staircase: bool = False) -> None:
        self.gamma, self.decay_steps, self.staircase = gamma, _length(decay_steps, "decay_steps"), staircase
        super().__init__(optimizer)

    def factor(self, t: int) -> float:
        return float(self.gamma ** (t // self.decay_steps if self.staircase else t / self.decay_steps))


class InverseTimeLR(LRScheduler):
    """1 / (1 + k·t / decay_steps); with `staircase` of ⌊t / decay_steps⌋."""

    def __init__(
        self, optimizer: Optimizer, decay_rate: float, *, decay_steps: int = 1, staircase: bool = False
    ) -> None:
        self.decay_rate, self.decay_steps, self.staircase = decay_rate, _length(decay_steps, "decay_steps"), staircase
        super().__init__(optimizer)

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
    """

    def __init__(
        self,
        optimizer: Optimizer,
        total_iters: int = 5,
        power: float = 1.0,
        *,
        end_factor: float = 0.0,
        cycle: bool = False,
    ) -> None:
        self.total_iters, self.power = _length(total_iters, "total_iters"), power
        self.end_factor, self.cycle = end_factor, cycle
        super().__init__(optimizer)

    def factor(self, t: int) -> float:
        period = self.total_iters * max(1, math.ceil(t / self.total_iters)) if self.cycle else self.total_iters
        left = 1.0 - min(t, period) / period
        return float(self.end_factor + (1.0 - self.end_factor) * left**self.power)


class ConstantLR(LRScheduler):
    """`factor` for `total_iters` steps, then 1: a constant warm-up."""

    def __init__(self, optimizer: Optimizer, factor: float = 1.0 / 3.0, total_iters: int = 5) -> None:
        self.first, self.total_iters = factor, total_iters
        super().__init__(optimizer)

    def factor(self, t: int) -> float:
        return self.first if t < self.total_iters else 1.0


class LinearLR(LRScheduler):
    """From `start_factor` to `end_factor` in `total_iters` steps: a linear warm-up."""

    def __init__(
        self, optimizer: Optimizer, start_factor: float = 1.0 / 3.0, end_factor: float = 1.0, total_iters: int = 5
    ) -> None:
        self.start_factor, self.end_factor = start_factor, end_factor
        self.total_iters = _length(total_iters, "total_iters")
        super().__init__(optimizer)

    def factor(self, t: int) -> float:
        return self.start_factor + (self.end_factor - self.start_factor) * min(t, self.total_iters) / self.total_iters


class CosineAnnealingLR(LRScheduler):
    """From the first rate to `eta_min` along half a cosine of `T_max` steps (Loshchilov and Hutter 2017, eq. 5), and back."""

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:  # noqa: N803 - PyTorch's name
        self.T_max, self.eta_min = _length(T_max, "T_max"), eta_min
        super().__init__(optimizer)

    def rate(self, t: int, base: float, group: int) -> float:
        return self.eta_min + (base - self.eta_min) * (1.0 + math.cos(math.pi * t / self.T_max)) / 2.0


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half cosines that begin again after T_0, T_0·T_mult, T_0·T_mult², … steps (Loshchilov and Hutter 2017, SGDR)."""

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,  # noqa: N803 - PyTorch's names
        T_mult: int = 1,  # noqa: N803
        eta_min: float = 0.0,
    ) -> None:
        self.T_0, self.T_mult = _length(T_0, "T_0"), _length(T_mult, "T_mult")
        self.eta_min = eta_min
        super().__init__(optimizer)

    def rate(self, t: int, base: float, group: int) -> float:
        period = self.T_0
        while t >= period:
            t, period = t - period, period * self.T_mult
        return self.eta_min + (base - self.eta_min) * (1.0 + math.cos(math.pi * t / period)) / 2.0


class OneCycleLR(LRScheduler):
    """Up to `max_lr` and down again in one run, the momentum the other way (Smith and Topin 2018).

    Parameters
    ----------
    optimizer : Optimizer
    max_lr : float
    total_steps : int
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
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float,
        total_steps: int,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
    ) -> None:
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"OneCycleLR: anneal_strategy must be 'cos' or 'linear', got {anneal_strategy!r}")
        if not 0.0 <= pct_start <= 1.0:
            raise ValueError(f"OneCycleLR: pct_start must be from 0 to 1, got {pct_start!r}")
        if not (div_factor > 0.0 and final_div_factor > 0.0):
            raise ValueError(
                f"OneCycleLR: div_factor and final_div_factor must be above 0, got {div_factor!r}, {final_div_factor!r}"
            )
        self.total_steps, self._anneal = _length(total_steps, "total_steps"), anneal_strategy
        first, last = max_lr / div_factor, max_lr / div_factor / final_div_factor
        low, high = base_momentum, max_momentum
        top = pct_start * total_steps - 1
        if three_phase:
            self._phases = [
                (top, first, max_lr, high, low),
                (2 * pct_start * total_steps - 2, max_lr, first, low, high),
                (total_steps - 1, first, last, high, high),
            ]
        else:
            self._phases = [(top, first, max_lr, high, low), (total_steps - 1, max_lr, last, low, high)]
        options = _optimizer(self, optimizer).param_groups
        if cycle_momentum and not all("momentum" in o or "betas" in o for o in options):
            raise ValueError("OneCycleLR: cycle_momentum needs an optimizer with momentum or betas")
        self.cycle_momentum = cycle_momentum
        super().__init__(optimizer)

    def rate(self, t: int, base: float, group: int) -> float:
        return self._at(t)[0]

    def _at(self, t: int) -> tuple[float, float]:
        # As in PyTorch, the call of step() after the last step is let pass.
        if t > self.total_steps:
            raise ValueError(f"OneCycleLR: the cycle has {self.total_steps} steps, and step() was called {t} times")
        begin = 0.0
        for end, lr, next_lr, momentum, next_momentum in self._phases:
            if t <= end or end == self._phases[-1][0]:
                share = (t - begin) / (end - begin)
                return self._between(lr, next_lr, share), self._between(momentum, next_momentum, share)
            begin = end
        raise AssertionError

    def _between(self, start: float, end: float, share: float) -> float:
        if self._anneal == "linear":
            return start + (end - start) * share
        return end + (start - end) / 2.0 * (1.0 + math.cos(math.pi * share))

    def _apply(self) -> None:
        super()._apply()
        if not self.cycle_momentum:
            return
        momentum = self._at(self.last_epoch)[1]
        for options in self.optimizer.param_groups:
            if "betas" in options:
                options["betas"] = (momentum, options["betas"][1])
            else:
                options["momentum"] = momentum


class SequentialLR(LRScheduler):
    """One schedule after the other; each begins anew at its milestone.

    Parameters
    ----------
    optimizer : Optimizer
    schedulers : sequence of LRScheduler
        Over the same optimizer.
    milestones : sequence of int
        The steps at which the second, third, … begins.
    """

    def __init__(self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int]) -> None:
        if len(schedulers) != len(milestones) + 1 or list(milestones) != sorted(milestones):
            raise ValueError(f"SequentialLR: {len(schedulers)} schedules need {len(schedulers) - 1} rising milestones")
        _over(optimizer, schedulers)
        self.schedulers, self.milestones = list(schedulers), list(milestones)
        super().__init__(optimizer)
        self.base_lrs = list(schedulers[0].base_lrs)
        self._apply()

    def rate(self, t: int, base: float, group: int) -> float:
        reached = sum(milestone <= t for milestone in self.milestones)
        start = self.milestones[reached - 1] if reached else 0
        return self.schedulers[reached].rate(t - start, base, group)


class ChainedScheduler(LRScheduler):
    """The product of the factors of several schedules."""

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        if not schedulers:
            raise ValueError("ChainedScheduler: the list of schedules is empty")
        optimizer = optimizer or schedulers[0].optimizer
        _over(optimizer, schedulers)
        self.schedulers = list(schedulers)
        super().__init__(optimizer)
        self.base_lrs = list(schedulers[0].base_lrs)
        self._apply()

    def factor(self, t: int) -> float:
        return math.prod(schedule.factor(t) for schedule in self.schedulers)


class ReduceLROnPlateau:
    """A smaller rate when a metric has stopped getting better.

    Parameters
    ----------
    optimizer : Optimizer
    mode : {"min", "max"}
        Whether a better metric is a smaller or a larger one.
    factor : float
        What the rate is multiplied by, below 1.
    patience : int
        It is reduced after more than so many steps without anything better.
    threshold, threshold_mode : float, {"rel", "abs"}
        By how much a metric must be better to count.
    cooldown : int
        Steps after a reduction that do not count.
    min_lr : float
    eps : float
        Reductions by less are left out.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1)
    >>> for loss in (0.5, 0.5, 0.5):
    ...     schedule.step(loss)
    >>> schedule.get_last_lr()
    [0.1]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        if not factor < 1.0:
            raise ValueError(f"ReduceLROnPlateau: factor must be below 1, got {factor!r}")
        if mode not in ("min", "max") or threshold_mode not in ("rel", "abs"):
            raise ValueError(
                f"ReduceLROnPlateau: mode is 'min' or 'max', threshold_mode 'rel' or 'abs', got {mode!r}, {threshold_mode!r}"
            )
        self.optimizer, self.mode, self.factor, self.patience = _optimizer(self, optimizer), mode, factor, patience
        self.threshold, self.threshold_mode, self.cooldown = threshold, threshold_mode, cooldown
        self.min_lr, self.eps = min_lr, eps
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = self.last_epoch = 0

    @at_each_run
    def step(self, metrics: float) -> None:
        """Tell the metric of an epoch."""
        metrics = float(metrics)
        self.last_epoch += 1
        if self._better(metrics):
            self.best, self.num_bad_epochs = metrics, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter, self.num_bad_epochs = self.cooldown_counter - 1, 0
        if self.num_bad_epochs > self.patience:
            for options in self.optimizer.param_groups:
                smaller = max(options["lr"] * self.factor, self.min_lr)
                if options["lr"] - smaller > self.eps:
                    options["lr"] = smaller
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0

    def _better(self, metric: float) -> bool:
        if math.isinf(self.best):
            return not math.isnan(metric)
        sign = 1.0 if self.mode == "min" else -1.0
        relative = self.threshold_mode == "rel"
        bound = self.best * (1.0 - sign * self.threshold) if relative else self.best - sign * self.threshold
        return sign * metric < sign * bound

    def get_last_lr(self) -> list[float]:
        """The rates of the groups as they are."""
        return [options["lr"] for options in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on from here, beside the arguments."""
        return {name: getattr(self, name) for name in ("best", "num_bad_epochs", "cooldown_counter", "last_epoch")}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave.

        Raises
        ------
        ValueError
            Where it does not fit; then nothing was changed.
        """
        if set(state_dict) != set(self.state_dict()):
            raise ValueError(f"load_state_dict: expected {sorted(self.state_dict())}, got {sorted(state_dict)}")
        if not all(isinstance(value, Real) for value in state_dict.values()):
            raise ValueError(f"load_state_dict: expected numbers, got {dict(state_dict)}")
        for name, value in state_dict.items():
            setattr(self, name, value)


def _optimizer(schedule: Any, given: Any) -> Optimizer:
    if not isinstance(given, Optimizer):
        raise TypeError(f"{type(schedule).__name__} takes an optimizer, not {type(given).__name__}")
    return given


def _length(steps: Any, name: str) -> int:
    if isinstance(steps, bool) or not isinstance(steps, Integral) or steps < 1:
        raise ValueError(f"{name} must be a whole number from 1 on, got {steps!r}")
    return int(steps)


def _over(optimizer: Optimizer, schedulers: Sequence[LRScheduler]) -> None:
    for schedule in schedulers:
        if schedule.optimizer is not optimizer:
            raise ValueError(f"{type(schedule).__name__} is over another optimizer")
