"""Weights of rows: they travel with the targets, and the loss of each row is multiplied with its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

import numpy as np

from autograd.errors import OperandError
from nn.losses import Loss
from nn.training import metrics as metrics_
from nn.training.metrics import Metric
from nn.training.objective import Objective


class WeightedLoss:
    """The mean over a batch of the losses of its rows, each times its weight.

    Parameters
    ----------
    objective : Objective
        The loss without weights.

    Raises
    ------
    OperandError
        For a function that gives one number for a whole batch.
    """

    reduction = "mean"

    def __init__(self, objective: Objective) -> None:
        self.objective, self.rowwise = objective, objective.function
        if isinstance(self.rowwise, Loss):
            self.reduction = self.rowwise.reduction
            self.rowwise = copy(self.rowwise)
            self.rowwise.reduction = "none"
        elif getattr(self.rowwise, "reduction", "") != "none":
            raise OperandError(
                f"weights of rows need the loss of each row, and {objective.name} gives one number for all: give the name of a "
                "loss, one of nn, or a function that gives a loss for each row and has an attribute reduction = 'none'"
            )

    def __call__(self, outputs: Any, packed: Any) -> Any:
        targets, weights = self.unpack(packed, outputs.shape)
        losses = self.rowwise(outputs, targets)
        weighted = losses * weights.reshape((len(weights),) + (1,) * (losses.ndim - 1))
        return weighted.sum() if self.reduction == "sum" else weighted.mean()

    def unpack(self, packed: Any, outputs: tuple[int, ...]) -> tuple[Any, Any]:
        """Targets in the form that the loss takes, and the weights."""
        targets, weights = packed[:, :-1], packed[:, -1]
        if self.objective.kind == "elements":
            return targets.reshape(outputs), weights
        return (targets[:, 0].astype(np.int64) if self.objective.kind == "classes" else targets[:, 0]), weights

    def lift(self, metric: Metric) -> Metric:
        """A metric of outputs and targets as one of outputs and packed targets."""
        options = {"threshold": self.objective.threshold} if metric in metrics_.WITH_THRESHOLD else {}

        def of_packed(outputs: Any, packed: Any) -> Any:
            return metric(outputs, self.unpack(packed, outputs.shape)[0], **options)

        return of_packed


def pack(targets: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Targets with the weights of their rows as one more column.

    Examples
    --------
    >>> pack(np.array([0, 2]), np.array([1.0, 0.5])).tolist()
    [[0.0, 1.0], [2.0, 0.5]]
    """
    return np.concatenate([targets.reshape(len(targets), -1), weights[:, None]], axis=1)


def lift_metrics(metrics: Mapping[str, Metric], loss: WeightedLoss) -> dict[str, Callable[..., Any]]:
    """Metrics for targets that have weights beside them."""
    return {name: loss.lift(metric) for name, metric in metrics.items()}
