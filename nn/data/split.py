"""Parts of a data set: for training, validation and testing, with every class in its share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.op import refuse_masks


def split(
    *arrays: Any, shares: Sequence[float] = (0.75, 0.25), stratify: Any = None, seed: int = 0
) -> list[tuple[np.ndarray, ...]]:
    """Cut arrays of one length into parts, at random.

    Parameters
    ----------
    *arrays : array_like
    shares : sequence of float
        Of all rows; they add up to 1.
    stratify : array_like, optional
        Labels, each of which is cut in the same shares.
    seed : int

    Returns
    -------
    list of tuple of array
        For each share the rows of each array.

    Examples
    --------
    >>> (train_x, train_y), (test_x, test_y) = split(np.arange(8), np.arange(8) % 2, stratify=np.arange(8) % 2)
    >>> len(train_x), sorted(test_y.tolist())
    (6, [0, 1])
    """
    refuse_masks("split", [*arrays, stratify])
    rows = [np.asarray(a) for a in arrays]
    if any(a.ndim == 0 for a in rows):
        raise ShapeError("split: arrays need an axis of rows")
    if not rows or len({len(a) for a in rows}) != 1:
        raise ShapeError(
            f"split: the arrays have {sorted({len(a) for a in rows})} rows; they must have the same number"
        )
    if not all(share > 0 for share in shares) or abs(sum(shares) - 1.0) > 1e-9:
        raise ValueError(f"split: shares are above 0 and add up to 1, got {list(shares)}")
    rng, count = np.random.default_rng(seed), len(rows[0])
    labels = np.zeros(count) if stratify is None else np.asarray(stratify)
    if labels.shape != (count,):
        raise ShapeError(f"split: stratify needs a label for each of {count} rows, got shape {labels.shape}")
    if labels.dtype.kind == "f" and np.isnan(labels).any():
        raise ValueError("split: stratify has NaN among its labels")
    parts: list[list[np.ndarray]] = [[np.zeros(0, int)] for _ in shares]
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        ends = np.round(np.cumsum(shares) * len(members)).astype(int)
        for part, start, end in zip(parts, [0, *ends[:-1]], ends, strict=True):
            part.append(members[start:end])
    chosen = [rng.permutation(np.concatenate(part)) for part in parts]
    if any(len(part) == 0 for part in chosen):
        told = " and ".join(f"{share:.3g}" for share in shares)
        raise ValueError(f"split: {count} rows are too few for shares of {told}")
    return [tuple(a[part] for a in rows) for part in chosen]
