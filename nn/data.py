"""Mini-batches, and the digits that come with scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from autograd.errors import MissingDependencyError, ShapeError


class DataLoader:
    """Mini-batches of arrays that belong together, in a new order each time through.

    Parameters
    ----------
    *arrays : numpy.ndarray
        Of one length.
    batch_size : int
        The last batch may be smaller.
    shuffle : bool
    seed : int, optional
        The same seed gives the same orders.

    Examples
    --------
    >>> loader = DataLoader(np.arange(5), np.arange(5) ** 2, batch_size=2)
    >>> [x.tolist() for x, _ in loader]
    [[0, 1], [2, 3], [4]]
    """

    def __init__(
        self, *arrays: np.ndarray, batch_size: int = 32, shuffle: bool = False, seed: int | None = None
    ) -> None:
        if not arrays:
            raise ShapeError("DataLoader: give at least one array")
        lengths = {len(array) for array in arrays}
        if len(lengths) != 1:
            raise ShapeError(f"DataLoader: the arrays have {sorted(lengths)} rows; they must have the same number")
        if batch_size < 1:
            raise ValueError(f"DataLoader: batch_size must be at least 1, got {batch_size}")
        self.arrays = tuple(np.asarray(array) for array in arrays)
        self.batch_size, self.shuffle = batch_size, shuffle
        self._rng = np.random.default_rng(seed)

    def __len__(self) -> int:
        return -(-len(self.arrays[0]) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[np.ndarray, ...]]:
        count = len(self.arrays[0])
        order = self._rng.permutation(count) if self.shuffle else np.arange(count)
        for start in range(0, count, self.batch_size):
            chosen = order[start : start + self.batch_size]
            yield tuple(array[chosen] for array in self.arrays)


class Split(NamedTuple):
    """Training and test part: images of shape (n, 64), float32 from 0 to 1, and labels of shape (n,), 0 to 9."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def load_digits_split() -> Split:
    """scikit-learn's 1797 digits of 8×8 pixels, divided by 16, in one fixed stratified split with a quarter for testing.

    Raises
    ------
    MissingDependencyError
        Where scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split
    except ImportError as error:
        raise MissingDependencyError("the digits come with scikit-learn: pip install 'stepgrad[train]'") from error
    images, labels = load_digits(return_X_y=True)
    images = (images / 16.0).astype(np.float32)
    train_x, test_x, train_y, test_y = train_test_split(images, labels, test_size=0.25, random_state=0, stratify=labels)
    return Split(train_x, train_y, test_x, test_y)
