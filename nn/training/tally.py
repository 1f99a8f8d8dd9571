"""`Tally`: the loss and the metrics of the rows gone through so far."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.graph.node import raw
from nn.training import metrics as metrics_
from nn.training.metrics import Metric
from nn.training.objective import Objective
from optim.arguments import check_whole

if TYPE_CHECKING:
    from autograd.typing import Input


class Tally:
    """Adds up losses, and collects what metrics are computed of: all rows at once, since most are no means over batches."""

    def __init__(self, objective: Objective, metrics: Mapping[str, Metric]) -> None:
        self.objective, self.metrics = objective, metrics
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.loss, self.rows, self.weight = 0.0, 0, 0.0
        self.outputs: list[np.ndarray] = []
        self.targets: list[np.ndarray] = []

    def add(self, outputs: Input, targets: np.ndarray, loss: float) -> None:
        """Count in a batch."""
        rows = len(targets)
        self.rows += rows
        weight = float(rows) if self.objective.summed else self.objective.weight_of(targets)
        self.weight += weight
        # The mean of nothing, as of a batch of padding, is no number.
        if weight:
            self.loss += loss if self.objective.summed else loss * weight
        if self.metrics:
            self.outputs.append(np.asarray(raw(outputs)))
            self.targets.append(targets)

    def report(self, prefix: str = "") -> tuple[dict[str, float], dict[str, np.ndarray]]:
        """The mean loss of a row and the metrics: those that are numbers, and those that are arrays."""
        arrays: dict[str, np.ndarray] = {}
        numbers = {f"{prefix}loss": self.loss / self.weight if self.weight else float("nan")}
        if self.metrics:
            outputs, targets = np.concatenate(self.outputs), np.concatenate(self.targets)
            if self.objective.kind == "classes" and targets.ndim == outputs.ndim:
                # Probabilities of classes: the likeliest is the right one.
                targets = targets.argmax(axis=-1)
            if self.objective.kind == "classes" and outputs.ndim > 2 and targets.shape[1:] == outputs.shape[2:]:
                # Of images and sequences: the metrics have the classes last.
                outputs = np.moveaxis(outputs, 1, -1)
            counted = self.objective.find_counted(targets)
            if counted is not None and outputs.shape[: targets.ndim] == targets.shape:
                # What the loss leaves out, such as padding, is no answer.
                outputs, targets = outputs[counted], targets[counted]
            if not len(targets):
                return {**numbers, **{prefix + name: float("nan") for name in self.metrics}}, arrays
            # Which numbers mean yes depends on the loss that they are the outputs for, and on the targets.
            threshold = self.objective.threshold_for(targets)
            for name, metric in self.metrics.items():
                if metric in metrics_.WITH_THRESHOLD:
                    metric = partial(metric, threshold=threshold)
                value = np.asarray(raw(metric(outputs, targets)))
                if value.size == 1:
                    numbers[prefix + name] = float(value.reshape(()))
                else:
                    arrays[prefix + name] = value
        return numbers, arrays

    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on with the same rows."""
        outputs, targets = ([np.concatenate(some)] if some else [] for some in (self.outputs, self.targets))
        return {"loss": self.loss, "rows": self.rows, "weight": self.weight, "outputs": outputs, "targets": targets}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from there.

        Raises
        ------
        ValueError
            Where it is not a tally of these metrics.
        """
        rows = check_whole("rows", state_dict["rows"], 0)
        for name in ("outputs", "targets"):
            some = state_dict[name]
            if not isinstance(some, list) or not all(isinstance(a, np.ndarray) and a.ndim for a in some):
                raise ValueError(f"the {name} of its rows are not arrays")
            if sum(map(len, some)) != (rows if self.metrics else 0):
                raise ValueError(f"the {name} are not those of {rows} rows")
        self.loss, self.rows = float(state_dict["loss"]), rows
        self.weight = float(state_dict.get("weight", rows))
        self.outputs, self.targets = list(state_dict["outputs"]), list(state_dict["targets"])
