"""`ReduceLROnPlateau`: a smaller rate when nothing gets better."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any, Literal

from autograd.graph.modes import at_each_run
from autograd.graph.node import raw
from optim.lr_scheduler.schedule import check_optimizer
from optim.optimizer import Optimizer


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
        self.optimizer, self.mode, self.factor, self.patience = check_optimizer(self, optimizer), mode, factor, patience
        self.threshold, self.threshold_mode, self.cooldown = threshold, threshold_mode, cooldown
        self.min_lr, self.eps = min_lr, eps
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = self.last_epoch = 0

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
        metrics = float(raw(metrics))
        self.last_epoch += 1
        if self._is_better(metrics):
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

    def _is_better(self, metric: float) -> bool:
        if math.isinf(self.best):
            return not math.isnan(metric)
        sign = 1.0 if self.mode == "min" else -1.0
        relative = self.threshold_mode == "rel"
        bound = self.best * (1.0 - sign * self.threshold) if relative else self.best - sign * self.threshold
        return sign * metric < sign * bound

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
        """The state needed to continue from here, besides the arguments.

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
        return {name: getattr(self, name) for name in ("best", "num_bad_epochs", "cooldown_counter", "last_epoch")}

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
        if set(state_dict) != set(self.state_dict()):
            raise ValueError(f"load_state_dict: expected {sorted(self.state_dict())}, got {sorted(state_dict)}")
        if not all(isinstance(value, Real) for value in state_dict.values()):
            raise ValueError(f"load_state_dict: expected numbers, got {dict(state_dict)}")
        for name, value in state_dict.items():
            setattr(self, name, value)
