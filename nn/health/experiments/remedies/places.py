"""Changes of how a row is laid out, and of what the network is told of its places."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from nn.health.evidence.facts import Facts
from nn.health.experiments.remedies.remedy import Remedy
from nn.health.experiments.trial import Rows, Trial
from nn.health.subject import Subject

PLACES = "tell the network where things stand: a positional encoding, a recurrent layer, or Flatten in place of a mean over all places"
# Channels that pictures have at most, by how much smoother rows must be that are read in another order, and how rough those are of which
# neighbours say nothing either way.
MOST_CHANNELS, SMOOTHER, ROUGH = 4, 0.95, 0.95
# Places that are worth to be told apart.
LEAST_PLACES = 3


def remedies_of_places(subject: Subject, facts: Facts) -> Iterator[Remedy]:
    """The axes of a row, and its places."""
    other = _read_otherwise(subject.x)
    if other is not None:
        shape = "(height, width, channels)" if subject.x.ndim == 4 else f"{subject.x.shape[:0:-1]}"
        yield Remedy(
            "axes in another order",
            f"with each row read as {shape} and its axes transposed"
            if other.__name__ != "read_planes"
            else "with what was read place by place read on channel by channel, as it may have stood",
            "axes mixed up",
            "np.transpose (permute in PyTorch) moves axes; reshape and view only read on, so that numbers of other places are mixed",
            _change_inputs(other),
        )
    if reads_on_scores(subject.network.loss, facts.outputs) and facts.calls[-1].output.shape == facts.outputs.shape:
        last = facts.calls[-1].path
        yield Remedy(
            "scores transposed",
            "with the classes of each place moved to the last axis before they are read on as rows",
            "axes mixed up",
            "np.transpose (permute in PyTorch) moves the classes to the last axis, and only then reshape (view) makes a row of each place; "
            "or give CrossEntropyLoss the scores as (batch, classes, places)",
            lambda trial: trial.network.alter(last, lambda _, gave: _move_second_last(gave)),
        )
    if facts.first_norm:
        yield Remedy(
            "rows as they are",
            f"without {facts.first_norm}, which normalises each row of the inputs by itself",
            "rows normalised",
            "scale each feature over the rows, as nn.data.Standardize does, not each row over its features",
            lambda trial: trial.network.alter(facts.first_norm, lambda given, _: given),
        )
    if facts.orderless:
        yield from _tell_places(subject, facts)


def reads_on_scores(loss: Any, outputs: np.ndarray) -> bool:
    """Whether a loss reads the scores of (batch, classes, places) on as rows of classes, so that those of other places are mixed."""
    arrange = getattr(loss, "arrange", None)
    if arrange is None or outputs.ndim < 3 or outputs.shape[1] == outputs.shape[-1]:
        return False
    laid = np.asarray(arrange(outputs))
    return laid.shape[-1] == outputs.shape[1] and np.array_equal(laid.ravel(), outputs.ravel())


def _move_second_last(scores: Any) -> Any:
    """The second axis of a tensor as the last."""
    for axis in range(1, scores.ndim - 1):
        scores = scores.swapaxes(axis, axis + 1)
    return scores


def _tell_places(subject: Subject, facts: Facts) -> Iterator[Remedy]:
    """Where things stand: added to what the first layer makes of them, or as weights of what the last one gives before places are lost."""
    last = facts.orderless == "last"
    first = next((c for c in facts.calls if c.output.ndim == max(subject.x.ndim, 3)), None)
    if first is None:
        return
    code = code_of_places(first.output.shape[1:], float(first.output.std()), last)
    yield Remedy(
        "places told",
        f"with a code of the place added to what {first.path} gives",
        "order ignored",
        PLACES,
        lambda trial: trial.network.alter(first.path, lambda _, gave: trial.network.ops.add(gave, code)),
    )
    placed = [
        c for c in facts.calls if c.output.ndim == first.output.ndim and _count_places(c.output, last) >= LEAST_PLACES
    ]
    if placed:
        before = placed[-1]
        weights = code_of_places(before.output.shape[1:], 1.0, last)
        yield Remedy(
            "places weighed",
            f"with what {before.path} gives weighed by its place, in each unit by others",
            "order ignored",
            PLACES,
            lambda trial: trial.network.alter(before.path, lambda _, gave: trial.network.ops.multiply(gave, weights)),
        )


def _count_places(output: np.ndarray, last: bool) -> int:
    return int(np.prod(output.shape[1:-1] if last else output.shape[2:]))


def _change_inputs(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Trial], None]:
    def apply(trial: Trial) -> None:
        rows = trial.rows
        trial.rows = Rows(change(rows.x), rows.y, change(rows.held_x), rows.held_y)

    return apply


def _read_otherwise(x: np.ndarray) -> Callable[[np.ndarray], np.ndarray] | None:
    """How rows are read as they may have stood before a reshape.

    Where neighbours are more alike then, or codes and shares are whole; and where neighbours are not alike in either order, which a trial
    tells apart.
    """
    if x.dtype.kind != "f" or x.ndim not in (3, 4) or min(x.shape[1:]) < 2:
        return None
    if x.ndim == 4 and not x.shape[1] <= MOST_CHANNELS < min(x.shape[2:]):
        return None
    first, *rest = x.shape[1:]

    def read_planes(rows: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(np.moveaxis(rows, 1, -1)).reshape(rows.shape)

    def read(rows: np.ndarray) -> np.ndarray:
        shape = (len(rows), *rest, first) if x.ndim == 4 else (len(rows), rest[0], first)
        return np.ascontiguousarray(np.moveaxis(rows.reshape(shape), -1, 1))

    other, planes = read(x), read_planes(x)
    axes = (2, 3) if x.ndim == 4 else (1, 2)
    if _are_shares(other) and not _are_shares(x):
        return read
    mine, theirs, others = ([roughness(rows, axis) for axis in axes] for rows in (x, other, planes))
    if x.ndim == 4 and max(others) < SMOOTHER * min(min(mine), max(theirs)):
        return read_planes
    if min(*mine, *theirs) > ROUGH:
        # Codes that are whole as they stand were not reshaped.
        return None if _are_shares(x) else read
    # Of a grey picture the channels are alike, and stand for neighbours along one axis where they are read on as places.
    smoother = min(theirs) < SMOOTHER * min(mine) or (x.ndim == 4 and max(theirs) < SMOOTHER * max(mine))
    return read if smoother else None


def _are_shares(x: np.ndarray) -> bool:
    """Whether the channels of each place add up to one number, as codes of ones and zeros do, and shares.

    Examples
    --------
    >>> codes = np.eye(4)[np.array([[0, 2, 1], [3, 3, 1]])].transpose(0, 2, 1)
    >>> _are_shares(codes), _are_shares(codes.reshape(2, 3, 4))
    (True, False)
    """
    sums = x.sum(axis=1, dtype=np.float64)
    return bool(np.ptp(sums) < 1e-4 * max(float(np.abs(x).max()), 1e-12) and x.std() > 0.0)


def roughness(x: np.ndarray, axis: int) -> float:
    """How far neighbours along an axis lie apart, beside how far any two places do.

    Examples
    --------
    >>> line = np.linspace(0.0, 1.0, 50)[None, :, None]
    >>> roughness(line, 1) < 0.1
    True
    """
    exact = x.astype(np.float64)
    spread = float(exact.std())
    apart = float(np.sqrt(np.mean(np.diff(exact, axis=axis) ** 2)))
    return apart / (math.sqrt(2.0) * spread) if spread > 0.0 else 1.0


def code_of_places(shape: tuple[int, ...], size: float, last: bool) -> np.ndarray:
    """Waves over the places, one for each unit, which stand along the last axis or along the first."""
    units = shape[-1] if last else shape[0]
    places = shape[:-1] if last else shape[1:]
    rng = np.random.default_rng(6)
    grid = np.stack(np.meshgrid(*(np.linspace(0.0, 1.0, n) for n in places), indexing="ij"))
    waves = np.tensordot(rng.normal(0.0, 4.0, (units, len(places))), grid, axes=1)
    waves = np.sin(waves + rng.uniform(0.0, 6.3, (units, *[1] * len(places))))
    code = np.moveaxis(waves, 0, -1) if last else waves
    return (size * np.sqrt(2.0) * code).astype(np.float32)
