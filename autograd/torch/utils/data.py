"""`torch.utils.data`: data sets and loaders, which shuffle in PyTorch's order."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.torch.drawing import randint, randperm
from autograd.torch.factories import as_tensor, tensor
from autograd.torch.generator import Generator, default_generator
from autograd.torch.shapes import stack
from autograd.torch.tensor import Tensor

__all__ = [
    "BatchSampler",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "IterableDataset",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "Subset",
    "TensorDataset",
    "default_collate",
    "random_split",
]


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


class Sampler:
    """An order of samples; a subclass has `__iter__` and `__len__`."""

    def __init__(self, data_source: Any = None) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__} needs a method __iter__()")

    def __len__(self) -> int:
        return len(self.data_source)


class SequentialSampler(Sampler):
    """As they stand."""

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))


def _seed() -> int:
    # As PyTorch draws it: of 63 bits.
    return int(default_generator.wide_bits(1)[0] % np.uint64(1 << 63))


class RandomSampler(Sampler):
    """At random, each once, or with replacement."""

    def __init__(
        self, data_source: Any, replacement: bool = False, num_samples: int | None = None, generator: Any = None
    ) -> None:
        super().__init__(data_source)
        self.replacement, self.generator = replacement, generator
        self._count = num_samples

    def __len__(self) -> int:
        return len(self.data_source) if self._count is None else self._count

    def __iter__(self) -> Iterator[int]:
        source = Generator().manual_seed(_seed()) if self.generator is None else self.generator
        total, wanted = len(self.data_source), len(self)
        if self.replacement:
            for start in range(0, wanted, 32):
                yield from randint(total, (min(32, wanted - start),), generator=source).tolist()
            return
        while wanted > 0:
            yield from randperm(total, generator=source).tolist()[:wanted]
            wanted -= total


class BatchSampler(Sampler):
    """The numbers of another sampler in groups."""

    def __init__(self, sampler: Any, batch_size: int, drop_last: bool) -> None:
        super().__init__()
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[list[int]]:
        batch: list[int] = []
        for index in self.sampler:
            batch.append(index)
            if len(batch) == self.batch_size:
                yield batch
                batch = []
        if batch and not self.drop_last:
            yield batch

    def __len__(self) -> int:
        whole, rest = divmod(len(self.sampler), self.batch_size)
        return whole + bool(rest and not self.drop_last)


def default_collate(batch: Sequence[Any]) -> Any:
    """Samples as one: tensors, arrays and numbers stacked, in tuples and dicts part by part."""
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(list(batch))
    if isinstance(first, np.ndarray):
        return as_tensor(np.stack(batch))
    if isinstance(first, (bool, int, float, np.generic)):
        return tensor(np.array(batch)) if isinstance(first, (float, np.generic)) else tensor(list(batch))
    if isinstance(first, (str, bytes)):
        return list(batch)
    if isinstance(first, dict):
        return {key: default_collate([sample[key] for sample in batch]) for key in first}
    if isinstance(first, (tuple, list)):
        parts = [default_collate(part) for part in zip(*batch, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else parts
    raise OperandError(
        f"default_collate: samples are tensors, arrays, numbers, or tuples and dicts of them, not {type(first).__name__}"
    )


class DataLoader:
    """The samples of a data set in batches; with `shuffle` in PyTorch's order after the same `manual_seed`.

    Parameters
    ----------
    dataset : Dataset, or sequence
    batch_size : int, optional
        None for samples one by one.
    shuffle : bool
    sampler, batch_sampler : optional
        An order of one's own.
    num_workers : int
        Taken, and nothing: samples are read here.
    collate_fn : callable, optional
    drop_last : bool
    generator : Generator, optional
    **ignored
        What speeds PyTorch's up: `pin_memory`, `timeout`, `persistent_workers`, …
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Any = None,
        batch_sampler: Any = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        generator: Any = None,
        **ignored: Any,
    ) -> None:
        if shuffle and sampler is not None:
            raise OperandError("DataLoader: sampler option is mutually exclusive with shuffle")
        self.dataset, self.batch_size, self.drop_last = dataset, batch_size, drop_last
        self.generator, self.num_workers = generator, num_workers
        self._streams = isinstance(dataset, IterableDataset)
        if sampler is None and not self._streams:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        self.sampler = sampler
        if batch_sampler is None and batch_size is not None and not self._streams:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_sampler = batch_sampler
        self.collate_fn = collate_fn or (
            default_collate if batch_size is not None or batch_sampler is not None else _convert
        )

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    def __len__(self) -> int:
        if self.batch_sampler is not None:
            return len(self.batch_sampler)
        return len(self.dataset)

    def __iter__(self) -> Iterator[Any]:
        # PyTorch draws a seed for its workers first.
        source = default_generator if self.generator is None else self.generator
        source.wide_bits(1)
        return self._batches()

    def _batches(self) -> Iterator[Any]:
        if self._streams:
            yield from self._of_stream()
        elif self.batch_sampler is None:
            for index in self.sampler:
                yield self.collate_fn(self.dataset[index])
        else:
            for indices in self.batch_sampler:
                yield self.collate_fn([self.dataset[index] for index in indices])

    def _of_stream(self) -> Iterator[Any]:
        batch: list[Any] = []
        for sample in self.dataset:
            batch.append(sample)
            if len(batch) == (self.batch_size or 1):
                yield self.collate_fn(batch if self.batch_size else batch[0])
                batch = []
        if batch and not self.drop_last:
            yield self.collate_fn(batch)


def _convert(sample: Any) -> Any:
    if isinstance(sample, np.ndarray):
        return as_tensor(sample)
    if isinstance(sample, (tuple, list)):
        return type(sample)(_convert(part) for part in sample)
    return sample
