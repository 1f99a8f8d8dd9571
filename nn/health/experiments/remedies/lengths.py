"""Changes of what stands behind sequences: their padding moved in front of them, or cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from nn.health.evidence.facts import Facts
from nn.health.evidence.sequences import count_padding
from nn.health.experiments.remedies.remedy import Remedy
from nn.health.experiments.trial import Rows, Trial

FIX = "take the output at the last place that is no padding, or pad in front; mask padding in means and in attention"


def remedies_of_lengths(facts: Facts) -> Iterator[Remedy]:
    """Padding cut off, where the network takes sequences of any length, and moved in front."""
    padding = facts.padding
    if padding is None:
        return
    yield Remedy(
        "padding cut off",
        "with each sequence cut to its own length",
        "padding not masked",
        FIX,
        lambda trial: cut_off(trial, padding),
    )
    yield Remedy(
        "padding in front",
        "with the padding in front of each sequence",
        "padding not masked",
        FIX,
        # Of few rows that are held back none may show what the padding is.
        lambda trial: _move(trial, padding),
    )


def _move(trial: Trial, padding: np.ndarray) -> None:
    rows = trial.rows
    trial.rows = Rows(pad_in_front(rows.x, padding), rows.y, pad_in_front(rows.held_x, padding), rows.held_y)


def pad_in_front(x: np.ndarray, padding: np.ndarray) -> np.ndarray:
    """Each sequence with the padding behind it in front of it.

    Examples
    --------
    >>> pad_in_front(np.array([[5, 7, 0, 0], [3, 0, 0, 0], [4, 2, 6, 0]]), np.array(0))
    array([[0, 0, 5, 7],
           [0, 0, 0, 3],
           [0, 4, 2, 6]])
    """
    behind = count_padding(x, padding).tolist()
    return np.stack([np.roll(row, count, axis=0) for row, count in zip(x, behind, strict=True)])


def cut_off(trial: Trial, padding: np.ndarray) -> None:
    """Rows of one length in each batch, and the network asked without what stands behind them."""
    network = trial.network

    def lengths_of(x: np.ndarray) -> np.ndarray:
        return np.maximum(x.shape[1] - count_padding(x, padding), 1)

    trial.alike = lengths_of(trial.rows.x)
    asks: list[bool] = []

    def answer(given: Any, gave: Any) -> Any:
        # The network that is asked here is altered, too.
        if asks:
            return gave
        asks.append(True)
        try:
            return _answer_by_length(network.model, given, lengths_of(network.ops.values(given)), network.ops.join)
        finally:
            asks.clear()

    network.alter("", answer)


def _answer_by_length(model: Any, x: Any, lengths: np.ndarray, join: Callable[[list[Any]], Any]) -> Any:
    parts, order = [], []
    for length in np.unique(lengths).tolist():
        some = np.flatnonzero(lengths == length)
        parts.append(model(x[some][:, :length]))
        order.append(some)
    return parts[0] if len(parts) == 1 else join(parts)[np.argsort(np.concatenate(order))]
