"""Gradients that are not finite: noticed cheaply at every step, and explained by going through the step again."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NoReturn

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.errors import AnomalyError
from autograd.graph.modes import detect_anomaly
from autograd.graph.node import get_grad
from nn.training.batches import Batch, all_finite, locate_not_finite


def sum_squares(parameters: Sequence[Tensor]) -> float:
    """The sum of the squares of all gradients; not finite where one of them is not, or where it overflows."""
    squares = 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for p in parameters:
            g = get_grad(p)
            if g is not None:
                flat = g.ravel("K")
                squares += np.dot(flat, flat)
    return float(squares)


def all_gradients_finite(parameters: Sequence[Tensor], squares: float | None = None) -> bool:
    """Whether all gradients are finite; `squares` is what `sum_squares` gave of them, where that is known."""
    if math.isfinite(sum_squares(parameters) if squares is None else squares):
        return True
    # The squares of finite numbers may overflow: then a second look decides.
    with np.errstate(over="ignore", invalid="ignore"):
        return all(g is None or all_finite(g) for g in map(get_grad, parameters))


def raise_anomaly(
    again: Callable[[], object], parameters: Sequence[Tensor], group: Sequence[Batch], where: str
) -> NoReturn:
    """Find the operation that gave the first NaN or infinity.

    Parameters
    ----------
    again : callable
        Goes through the step again, up to its gradients.
    parameters : sequence of Tensor
    group : sequence of batches
    where : str
        Epoch and batch.

    Raises
    ------
    AnomalyError
        Always: with the operation and its source line, as far as they can be found.
    """
    for inputs, targets in group:
        for array, what in ((inputs, "inputs"), (targets, "targets")):
            place = locate_not_finite(array)
            if place is not None:
                raise AnomalyError(f"fit stopped at {where}: the {what} of the batch have {place}")
    try:
        with np.errstate(all="ignore"), detect_anomaly():
            again()
    except AnomalyError as error:
        raise AnomalyError(f"fit stopped at {where}, before its step: {error}") from error
    for p in parameters:
        g = get_grad(p)
        if g is not None and not np.isfinite(g).all():
            raise AnomalyError(
                f"fit stopped at {where}, before its step: the gradient of {p.label()!r} is not finite, though every "
                "contribution to it is: their sum overflows"
            )
    raise AnomalyError(
        f"fit stopped at {where}, before its step: the loss or a gradient was not finite, and is finite when the batch is "
        "gone through again: the model or the loss depends on something that is not part of them"
    )
