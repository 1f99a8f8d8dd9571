"""`BoldDriver`: a larger rate while things get better, a smaller one when they get worse."""

from __future__ import annotations

import math
from typing import Literal

from optim.arguments import check_real
from optim.lr_scheduler.metric import MetricLR
from optim.optimizer import Optimizer


class BoldDriver(MetricLR):
    """A rate that is raised after each epoch with a better metric than the last, and lowered after one with a worse (Battiti 1989).

    With `mode="max", up=1.0` it halves the rate whenever the accuracy of the validation falls.

    Parameters
    ----------
    optimizer : Optimizer
    mode : {"min", "max"}
        Whether a better metric is a smaller or a larger one.
    up : float
        What the rate is multiplied by after a better epoch, from 1 on.
    down : float
        What it is multiplied by after a worse one, between 0 and 1.
    min_lr, max_lr : float
        The rate stays between them.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.BoldDriver(optimizer, up=1.1)
    >>> rates = []
    >>> for loss in (0.5, 0.4, 0.3, 0.6, 0.6):
    ...     schedule.step(loss)
    ...     rates.append(round(schedule.get_last_lr()[0], 6))
    >>> rates
    [1.0, 1.1, 1.21, 0.605, 0.605]
    """

    state_names = ("last_metric", "last_epoch")

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        up: float = 1.05,
        down: float = 0.5,
        min_lr: float = 0.0,
        max_lr: float = math.inf,
    ) -> None:
        super().__init__(optimizer, mode)
        self.up = check_real("BoldDriver: up", up, "from 1 on", lambda x: 1.0 <= x < math.inf)
        self.down = check_real("BoldDriver: down", down, "between 0 and 1", lambda x: 0.0 < x < 1.0)
        self.min_lr = check_real("BoldDriver: min_lr", min_lr, "from 0 on", lambda x: 0.0 <= x < math.inf)
        self.max_lr = check_real(
            "BoldDriver: max_lr", max_lr, "above 0, from min_lr on", lambda x: x >= max(min_lr, 0.0) and x > 0.0
        )
        # NaN before the first epoch; comparisons with it are false.
        self.last_metric = math.nan

    def _move(self, metric: float) -> None:
        gain = self.last_metric - metric if self.mode == "min" else metric - self.last_metric
        # A metric that is no number is the worst.
        factor = self.up if gain > 0.0 else self.down if gain < 0.0 or math.isnan(metric) else 1.0
        if factor != 1.0:
            for options in self.optimizer.param_groups:
                options["lr"] = min(max(options["lr"] * factor, self.min_lr), self.max_lr)
        self.last_metric = metric
