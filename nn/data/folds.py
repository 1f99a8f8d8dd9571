"""Folds for cross-validation: parts of equal size, each of which is held out once."""

from __future__ import annotations

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.op import refuse_masks
from nn.arguments import check_count


def folds(targets: np.ndarray, count: int = 5, *, stratify: bool | None = None, seed: int = 0) -> list[np.ndarray]:
    """Cut rows into folds, at random.

    Parameters
    ----------
    targets : array (n, …)
        One for each row.
    count : int
        From 2 to the number of rows.
    stratify : bool, optional
        Whether every fold has its share of each class; by default where targets are whole numbers or bools of one axis.
    seed : int

    Returns
    -------
    list of array of int64
        The rows of each fold; their sizes differ by 1 at most.

    Raises
    ------
    ShapeError
        For fewer rows than folds.

    Examples
    --------
    >>> parts = folds(np.array([0, 0, 0, 0, 1, 1]), 2)
    >>> [len(part) for part in parts], sorted(np.concatenate(parts).tolist())
    ([3, 3], [0, 1, 2, 3, 4, 5])
    """
    refuse_masks("folds", targets)
    labels = np.asarray(targets)
    check_count("folds", "count", count, 2)
    if labels.ndim == 0 or len(labels) < count:
        raise ShapeError(f"folds: {count} folds need as many rows, got targets of shape {labels.shape}")
    rng = np.random.default_rng(seed)
    if stratify is None:
        stratify = labels.ndim == 1 and labels.dtype.kind in "iub"
    order = rng.permutation(len(labels))
    if stratify:
        # Class after class, dealt out like cards: each class and each fold comes out even.
        order = order[np.argsort(labels[order], kind="stable")]
    return [np.sort(order[place::count]) for place in range(count)]
