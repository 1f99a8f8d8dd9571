"""`Given`: what a user gives, as a network and arrays; and the check of the arrays, the same for all frameworks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.errors import ShapeError, type_name
from nn.health.frameworks.network import Network

# What gradients are clipped to: all of them together, and each number; and each number of the weights.
Clipping = tuple[float | None, float | None, float | None, float | None]
# How a message goes on where a loader will do, too.
OR_LOADER = ", or a DataLoader of two arrays"


@dataclass
class Given:
    """A network with its rows.

    Attributes
    ----------
    isolated : callable
        A context in which nothing of the user's is changed for good.
    graph : callable
        Gives what records the graph of some rows' loss anew.
    """

    network: Network
    x: np.ndarray
    y: np.ndarray
    validation: tuple[np.ndarray, np.ndarray] | None
    batch_size: int
    shuffle: bool
    isolated: Callable[[], Any]
    graph: Callable[[], Any]


def refuse_other_data(name: str, data: Any, other: str = "") -> None:
    """Refuse what is neither inputs and targets nor these with those of a validation; `other` may be given, too.

    Raises
    ------
    ShapeError
    """
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 4):
        told = f" of {len(data)}" if isinstance(data, (tuple, list)) else ""
        raise ShapeError(
            f"{name}: data must be (inputs, targets), optionally followed by validation inputs and targets{other}; got "
            f"{type_name(data)}{told}"
        )


def read_parts(data: Any, read: Callable[[Any, bool], np.ndarray], other: str = "") -> list[np.ndarray]:
    """Inputs and targets, and those of the validation where there are some, as arrays.

    Parameters
    ----------
    data : tuple or list
    read : callable
        Gives the array of a part; is told whether it is one of inputs.
    other : str
        What else the user may give, for the message.

    Raises
    ------
    ShapeError
        For other data, where rows have no target, and where there are none.
    """
    refuse_other_data("diagnose", data, other)
    parts = [read(part, number % 2 == 0) for number, part in enumerate(data)]
    for x, y in zip(parts[::2], parts[1::2], strict=True):
        if len(x) != len(y):
            raise ShapeError(f"diagnose: {len(x)} rows of inputs and {len(y)} of targets; they must be as many")
    if not parts[0].size:
        raise ShapeError(f"diagnose: the inputs hold no number; they are of shape {parts[0].shape}")
    return parts
