"""`DataLoader`: samples in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd.errors import OperandError
from autograd.torch.factories import as_tensor, tensor
from autograd.torch.generator import default_generator
from autograd.torch.joining import stack
from autograd.torch.tensor import Tensor
from autograd.torch.utils.data.dataset import IterableDataset
from autograd.torch.utils.data.sampler import BatchSampler, RandomSampler, SequentialSampler


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
