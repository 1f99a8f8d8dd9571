"""Types of what trainings take, for annotations: `Data`, `Loss`, `Metrics`, `Scheduler`, `Logs`.

Examples
--------
>>> import nn
>>> from nn.typing import Data
>>> def train(model: nn.Module, data: Data) -> nn.History:
...     return nn.fit(model, data, epochs=3)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from autograd.typing import ArrayLike
from nn.data import DataLoader
from nn.training.callback import Callback
from optim import Optimizer
from optim.lr_scheduler import LinearMomentum, LRScheduler, MetricLR

__all__ = ["Data", "Logs", "Loss", "Metric", "Metrics", "Scheduler"]

# Inputs and targets: arrays of all, or an iterable of batches.
Data: TypeAlias = tuple[ArrayLike, ArrayLike] | DataLoader | Iterable[tuple[ArrayLike, ArrayLike]]
# A name, a loss of nn, or a function of outputs and targets.
Loss: TypeAlias = str | Callable[..., Any]
# A name, or a function of all outputs and targets.
Metric: TypeAlias = str | Callable[..., Any]
Metrics: TypeAlias = Metric | Iterable[Metric] | Mapping[str, Metric]
# A schedule, or a function that makes one of the optimizer.
Scheduler: TypeAlias = (
    LRScheduler | MetricLR | LinearMomentum | Callable[[Optimizer], LRScheduler | MetricLR | LinearMomentum]
)
Logs: TypeAlias = str | os.PathLike[str] | Callback | Iterable[str | os.PathLike[str] | Callback]
