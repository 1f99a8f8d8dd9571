"""Orders of samples, PyTorch's after the same `manual_seed`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.torch.drawing import multinomial, randint, randperm
from autograd.torch.factories import as_tensor
from autograd.torch.generator import Generator, default_generator


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


class SubsetRandomSampler(Sampler):
    """Some numbers at random, each once."""

    def __init__(self, indices: Any, generator: Any = None) -> None:
        super().__init__(indices)
        self.generator = generator

    def __iter__(self) -> Iterator[Any]:
        return (self.data_source[i] for i in randperm(len(self.data_source), generator=self.generator).tolist())


class WeightedRandomSampler(Sampler):
    """So many numbers of samples, drawn with weights, as classes of unequal size are made equal."""

    def __init__(self, weights: Any, num_samples: int, replacement: bool = True, generator: Any = None) -> None:
        super().__init__()
        if isinstance(num_samples, bool) or not isinstance(num_samples, int) or num_samples < 1:
            raise ValueError(f"num_samples should be a positive integer value, but got num_samples={num_samples!r}")
        self.weights = as_tensor(weights, dtype=np.float64)
        if self.weights.dim() != 1:
            raise ValueError(
                f"weights should be a 1d sequence but given weights have shape {tuple(self.weights.shape)}"
            )
        self.num_samples, self.replacement, self.generator = num_samples, replacement, generator

    def __iter__(self) -> Iterator[int]:
        return iter(multinomial(self.weights, self.num_samples, self.replacement, generator=self.generator).tolist())

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler):
    """The numbers of another sampler in groups."""

    def __init__(self, sampler: Any, batch_size: int, drop_last: bool) -> None:
        super().__init__()
        if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
            raise ValueError(f"batch_size should be a positive integer value, but got batch_size={batch_size!r}")
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
