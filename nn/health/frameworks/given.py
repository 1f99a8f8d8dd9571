"""`Given`: what a user gives, as a network and arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn.health.frameworks.network import Network


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
