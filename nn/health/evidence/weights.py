"""How large weights begin, beside what keeps the scale of what goes through them, and whether they leave the last ReLUs off."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from nn.health.measure import ParameterMeasure

# What adds a parameter to what goes by, or puts it beside that, and multiplies nothing with it.
PLACING = ("add", "sub", "getitem", "concatenate", "stack")
# The share of answers above 0 below which ReLUs at the end are off.
ON_AT_LAST = 0.05
OF_RECURRENT = re.compile(r"weight_[ih]h")


def list_factors(parameters: Iterable[ParameterMeasure]) -> list[ParameterMeasure]:
    """Weights that something goes through: no codes of places, which are added as they are.

    Parameters
    ----------
    parameters : iterable of ParameterMeasure

    Returns
    -------
    list of ParameterMeasure
    """
    return [
        p
        for p in parameters
        if p.is_weight
        and p.trainable
        and not p.missing
        and p.place.op not in PLACING
        # One for each place, the same for all rows.
        and not (len(p.shape) == 3 and p.shape[0] == 1)
    ]


def scales_of(factors: Iterable[ParameterMeasure]) -> list[float]:
    """The deviation of each layer's weights over 1/√inputs, which keeps the scale of what goes through.

    What a recurrent layer takes of its inputs is added to what it takes of its state, so that both are one layer's.

    Parameters
    ----------
    factors : iterable of ParameterMeasure

    Returns
    -------
    list of float
    """
    squares: dict[str, float] = {}
    for p in factors:
        layer = OF_RECURRENT.sub("weight", p.path)
        squares[layer] = squares.get(layer, 0.0) + p.weight**2 / max(p.shape[0], 1)
    return [math.sqrt(square) for square in squares.values()]


def ends_dead(last: str | None, outputs: np.ndarray) -> bool:
    """Whether a network ends in ReLUs that are off for nearly all rows.

    Examples
    --------
    >>> ends_dead("ReLU", np.zeros((8, 1))), ends_dead("ReLU", np.ones((8, 1))), ends_dead("Tanh", np.zeros((8, 1)))
    (True, False, False)
    """
    return last in ("ReLU", "ReLU6") and float(np.mean(outputs > 0.0)) < ON_AT_LAST


def is_gated(module: Any) -> bool:
    """Whether a module is a recurrent layer, or a step of one, whose state a sigmoid or tanh keeps small.

    Examples
    --------
    >>> import nn
    >>> is_gated(nn.GRU(1, 4)), is_gated(nn.RNNCell(1, 4)), is_gated(nn.RNN(1, 4, nonlinearity="relu")), is_gated(nn.Tanh())
    (True, True, False, False)
    """
    kind = type(module).__name__.removesuffix("Cell")
    return kind in ("LSTM", "GRU") or (kind == "RNN" and getattr(module, "nonlinearity", "tanh") == "tanh")
