"""`ReduceLROnPlateau`: a smaller rate when nothing gets better."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from optim.lr_scheduler.metric import MetricLR
from optim.optimizer import Optimizer


class ReduceLROnPlateau(MetricLR):
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
    min_lr : float, or sequence of float
        What the rate is at least; one for all groups, or one for each.
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

    state_names = ("best", "num_bad_epochs", "cooldown_counter", "last_epoch")

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0.0,
        eps: float = 1e-8,
    ) -> None:
        if not factor < 1.0:
            raise ValueError(f"ReduceLROnPlateau: factor must be below 1, got {factor!r}")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"ReduceLROnPlateau: threshold_mode is 'rel' or 'abs', got {threshold_mode!r}")
        super().__init__(optimizer, mode)
        self.factor, self.patience = factor, patience
        self.threshold, self.threshold_mode, self.cooldown = threshold, threshold_mode, cooldown
        self.min_lrs = list(min_lr) if isinstance(min_lr, (list, tuple)) else [min_lr] * len(optimizer.param_groups)
        if len(self.min_lrs) != len(optimizer.param_groups):
            raise ValueError(
                f"ReduceLROnPlateau: expected {len(optimizer.param_groups)} min_lrs, one for each group, got {len(self.min_lrs)}"
            )
        self.eps = eps
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = 0

    def _move(self, metric: float) -> None:
        if self._is_better(metric):
            self.best, self.num_bad_epochs = metric, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter, self.num_bad_epochs = self.cooldown_counter - 1, 0
        if self.num_bad_epochs > self.patience:
            # Groups that were added since have that of the last.
            for number, options in enumerate(self.optimizer.param_groups):
                least = self.min_lrs[min(number, len(self.min_lrs) - 1)]
                smaller = max(options["lr"] * self.factor, least)
                if options["lr"] - smaller > self.eps:
                    options["lr"] = smaller
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0

    def _is_better(self, metric: float) -> bool:
        sign = 1.0 if self.mode == "min" else -1.0
        if math.isinf(self.best):
            return sign * metric < sign * self.best
        relative = self.threshold_mode == "rel"
        bound = self.best * (1.0 - sign * self.threshold) if relative else self.best - sign * self.threshold
        return sign * metric < sign * bound
