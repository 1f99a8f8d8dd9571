"""Data sets: samples by number, rows of tensors, parts and sums of others."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.torch.drawing import randperm


class Dataset:
    """Samples by number; a subclass has `__getitem__` and `__len__`."""

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} needs a method __getitem__(index)")

    def __add__(self, other: Any) -> ConcatDataset:
        return ConcatDataset([self, other])


class IterableDataset(Dataset):
    """Samples one after the other; a subclass has `__iter__`."""

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__} needs a method __iter__()")


class TensorDataset(Dataset):
    """The rows of tensors of equal lengths, as tuples.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> from autograd.torch.utils.data import DataLoader, TensorDataset
    >>> data = TensorDataset(torch.arange(4), torch.arange(4) * 2)
    >>> [x.tolist() for x, y in DataLoader(data, batch_size=2)]
    [[0, 1], [2, 3]]
    """

    def __init__(self, *tensors: Any) -> None:
        if len({len(t) for t in tensors}) > 1:
            raise ShapeError(f"TensorDataset: Size mismatch between tensors: lengths {[len(t) for t in tensors]}")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> Any:
        return tuple(t[index] for t in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])


class Subset(Dataset):
    """Some samples of another data set."""

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index: Any) -> Any:
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset):
    """Several data sets, one after the other."""

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        self._ends = np.cumsum([len(d) for d in self.datasets]).tolist()

    def __getitem__(self, index: int) -> Any:
        index = index % len(self) if -len(self) <= index < len(self) else len(self)
        place = bisect.bisect_right(self._ends, index)
        return self.datasets[place][index - (self._ends[place - 1] if place else 0)]

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0


def random_split(dataset: Any, lengths: Sequence[Any], generator: Any = None) -> list[Subset]:
    """Parts of a data set at random, of lengths or of shares that sum to 1."""
    counts = list(lengths)
    if math.isclose(sum(counts), 1.0) and sum(counts) <= 1.0 + 1e-9 and not all(isinstance(n, int) for n in counts):
        counts = [math.floor(len(dataset) * share) for share in lengths]
        for i in range(len(dataset) - sum(counts)):
            counts[i % len(counts)] += 1
    if sum(counts) != len(dataset):
        raise ShapeError(f"random_split: the lengths {counts} do not sum to the {len(dataset)} samples")
    order = randperm(sum(counts), generator=generator).tolist()
    ends = np.cumsum([0, *counts]).tolist()
    return [Subset(dataset, order[a:b]) for a, b in zip(ends, ends[1:], strict=False)]
