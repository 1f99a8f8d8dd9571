"""`MetricLR`: what schedules share that are told a number after each epoch, and move the rates by it."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any, Literal

from autograd.graph.modes import at_each_run
from autograd.graph.node import raw
from optim.lr_scheduler.arguments import arguments_of, read_arguments
from optim.lr_scheduler.schedule import check_optimizer
from optim.optimizer import Optimizer


class MetricLR:
    """Base class of schedules whose `step` takes a metric, such as the loss of the validation.

    A subclass says in `_move` what a metric does to the rates, and in `state_names` what it keeps.

    Parameters
    ----------
    optimizer : Optimizer
    mode : {"min", "max"}
        Whether a better metric is a smaller or a larger one.

    Examples
    --------
    >>> import autograd, optim
    >>> class TenthAbove(optim.lr_scheduler.MetricLR):
    ...     def _move(self, metric):
    ...         if metric > 100.0:
    ...             for group in self.optimizer.param_groups:
    ...                 group["lr"] *= 0.1
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> TenthAbove(optimizer, "min").step(1000.0)
    >>> optimizer.param_groups[0]["lr"]
    0.1
    """

    state_names: tuple[str, ...] = ("last_epoch",)

    def __init__(self, optimizer: Optimizer, mode: Literal["min", "max"]) -> None:
        if mode not in ("min", "max"):
            raise ValueError(f"{type(self).__name__}: mode is 'min' or 'max', got {mode!r}")
        self.optimizer, self.mode, self.last_epoch = check_optimizer(self, optimizer), mode, 0

    @at_each_run
    def step(self, metrics: Any) -> None:
        """Tell the metric of an epoch: a number, or a loss as it is.

        Parameters
        ----------
        metrics : float or Tensor

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
        >>> schedule.step(1.0)
        >>> schedule.step(1.0)
        >>> schedule.get_last_lr()
        [0.1]
        """
        self.last_epoch += 1
        self._move(float(raw(metrics)))

    def _move(self, metric: float) -> None:
        raise TypeError(f"{type(self).__name__} has no _move")

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
        >>> schedule = optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
        >>> schedule.get_last_lr()
        [1.0]
        """
        return [options["lr"] for options in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """The state needed to continue from here, with the arguments.

        Returns
        -------
        dict

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
        >>> schedule.step(1.0)
        >>> schedule.state_dict()['best']
        1.0
        """
        return {**{name: getattr(self, name) for name in self.state_names}, **arguments_of(self, self._kept)}

    @property
    def _kept(self) -> tuple[str, ...]:
        return ("optimizer", *self.state_names)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave.

        Parameters
        ----------
        state_dict : mapping

        Raises
        ------
        ValueError
            Where it does not fit; then nothing was changed.

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
        >>> schedule = optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
        >>> schedule.step(1.0)
        >>> other = optim.lr_scheduler.ReduceLROnPlateau(optimizer)
        >>> other.load_state_dict(schedule.state_dict())
        >>> other.best
        1.0
        """
        own = self.state_names
        if not isinstance(state_dict, Mapping) or not set(own) <= set(state_dict):
            raise ValueError(f"load_state_dict: expected {sorted(own)}, got {state_dict!r}")
        if not all(isinstance(state_dict[name], Real) for name in own):
            raise ValueError(f"load_state_dict: expected numbers, got {[(name, state_dict[name]) for name in own]}")
        arguments = read_arguments(self, state_dict, self._kept)
        vars(self).update({**arguments, **{name: state_dict[name] for name in own}})
