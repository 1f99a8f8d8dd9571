"""`DataLoader`: mini-batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError, type_name
from autograd.graph.op import refuse_masks
from nn.arguments import check_count

if TYPE_CHECKING:
    from autograd.typing import ArrayLike


class DataLoader:
    """Mini-batches of arrays that belong together, or of the samples of an iterable.

    Parameters
    ----------
    *arrays : numpy.ndarray of one length, or one iterable of samples
        Samples of an iterable are arrays, numbers, or tuples of them, which are stacked; it is gone through anew for
        every epoch.
    batch_size : int
        The last batch may be smaller.
    shuffle : bool
        A new order each time through; of arrays only.
    replacement : bool
        Draw as many rows as there are, each from all of them; of arrays only.
    drop_last : bool
        Leave out a last batch that is smaller.
    seed : int, optional
        The same seed gives the same orders.

    Raises
    ------
    ShapeError
        For arrays of different lengths, or samples that do not stack.

    Examples
    --------
    >>> loader = DataLoader(np.arange(5), np.arange(5) ** 2, batch_size=2)
    >>> [x.tolist() for x, _ in loader]
    [[0, 1], [2, 3], [4]]
    >>> [x.tolist() for (x,) in DataLoader(range(3), batch_size=2)]
    [[0, 1], [2]]
    """

    def __init__(
        self,
        *arrays: ArrayLike,
        batch_size: int = 32,
        shuffle: bool = False,
        replacement: bool = False,
        drop_last: bool = False,
        seed: int | None = None,
    ) -> None:
        if not arrays:
            raise ShapeError("DataLoader: give at least one array")
        self.batch_size = check_count("DataLoader", "batch_size", batch_size)
        self.shuffle, self.replacement, self.drop_last = shuffle, replacement, drop_last
        self._rng = np.random.default_rng(seed)
        self.samples: Iterable[Any] | None = None
        if len(arrays) == 1 and not isinstance(arrays[0], (np.ndarray, list, tuple)):
            if shuffle or replacement:
                raise ValueError("DataLoader: an iterable has its own order: shuffle and replacement need arrays")
            if not isinstance(arrays[0], Iterable):
                raise TypeError(f"DataLoader: give arrays or an iterable of samples, not {type_name(arrays[0])}")
            self.samples = arrays[0]
            return
        self.arrays = tuple(_as_array(array) for array in arrays)
        if any(array.ndim == 0 for array in self.arrays):
            raise ShapeError("DataLoader: arrays need an axis of samples")
        lengths = {len(array) for array in self.arrays}
        if len(lengths) != 1:
            raise ShapeError(f"DataLoader: the arrays have {sorted(lengths)} rows; they must have the same number")

    def __len__(self) -> int:
        if self.samples is not None:
            raise TypeError("DataLoader: the length of an iterable is not known")
        count = len(self.arrays[0])
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)

    def __iter__(self) -> Iterator[tuple[np.ndarray, ...]]:
        return self._stack(self.samples) if self.samples is not None else self._choose_rows()

    def _choose_rows(self) -> Iterator[tuple[np.ndarray, ...]]:
        count = len(self.arrays[0])
        if self.replacement:
            order = self._rng.integers(0, count, count)
        else:
            order = self._rng.permutation(count) if self.shuffle else np.arange(count)
        for number in range(len(self)):
            chosen = order[number * self.batch_size : (number + 1) * self.batch_size]
            # Rows are in range, so nothing is lost by a mode that does not look; it takes four fifths of the time.
            yield tuple(array.take(chosen, axis=0, mode="clip") for array in self.arrays)

    def _stack(self, samples: Iterable[Any]) -> Iterator[tuple[np.ndarray, ...]]:
        waiting = iter(samples)
        while batch := list(islice(waiting, self.batch_size)):
            if len(batch) < self.batch_size and self.drop_last:
                return
            rows = [sample if isinstance(sample, tuple) else (sample,) for sample in batch]
            if len({len(row) for row in rows}) > 1:
                raise ShapeError(f"DataLoader: samples have {sorted({len(row) for row in rows})} parts")
            try:
                yield tuple(np.stack([_as_array(row[k]) for row in rows]) for k in range(len(rows[0])))
            except ShapeError:
                raise
            except ValueError as error:
                shapes = sorted({np.shape(part) for row in rows for part in row})
                raise ShapeError(f"DataLoader: samples of shapes {shapes} do not stack") from error


def _as_array(given: Any) -> np.ndarray:
    refuse_masks("DataLoader", given)
    try:
        array = np.asarray(given)
    except ValueError as error:
        raise ShapeError(f"DataLoader: rows of different shapes are not an array: {error}") from error
    if array.dtype == object:
        raise ShapeError(f"DataLoader: samples are numbers, arrays, or tuples of them, not {type_name(given)}")
    return array
