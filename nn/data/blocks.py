"""`BlockLoader`: mini-batches of data that do not fit into memory, read and shuffled by blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from autograd.errors import OperandError, ShapeError, type_name
from nn.arguments import check_count
from nn.data.errors import DataError
from nn.data.mapped import forget_pages

Parts = tuple[np.ndarray, ...]
# What a block holds where nobody says: large enough to be read in one go, small enough for many of them.
BLOCK_BYTES = 1 << 20


class BlockLoader:
    """Mini-batches of arrays that stay where they are: on a disk, in a file, in chunks.

    Rows are read in blocks that lie together. To shuffle, the blocks come in a new order each time through, and so do the rows
    of every `mix` blocks; no more than these are in memory.

    Parameters
    ----------
    *sources : objects of one length
        Anything with a `shape` and a `dtype` that gives an array for a slice of rows: `numpy.load(path, mmap_mode="r")`,
        `nn.data.open_safetensors(path)[name]`, `nn.data.open_table(path, columns)`, arrays of zarr, data sets of h5py.
    batch_size : int
        The last batch may be smaller.
    shuffle : bool
    block : int, optional
        Rows of a block; by default those that the first source is stored in, or about a megabyte of them.
    mix : int
        How many blocks are shuffled together.
    drop_last : bool
        Leave out a last batch that is smaller.
    transform : callable, optional
        Of the arrays of a batch; gives a tuple of arrays: `lambda x, y: (x / 255.0, y)`.
    seed : int, optional
        The same seed gives the same orders.

    Raises
    ------
    OperandError, ShapeError
        For sources that do not slice, or have different lengths.
    DataError
        Where rows cannot be read, when their turn comes.

    Notes
    -----
    `nn.fit` goes on from a checkpoint in the middle of an epoch to the bit, without reading what was gone through. Rows that lie
    together in a file meet in one batch more often than others do: where a file is sorted by class, store it shuffled, or
    take small blocks and a large `mix`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.npy"
    >>> np.save(path, np.arange(10.0)[:, None])
    >>> x = np.load(path, mmap_mode="r")
    >>> [batch.ravel().tolist() for (batch,) in BlockLoader(x, batch_size=4, block=3)]
    [[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0]]
    >>> shuffled = BlockLoader(x, batch_size=4, block=3, mix=2, shuffle=True, seed=0)
    >>> sorted(np.concatenate([batch for (batch,) in shuffled]).ravel().tolist()) == x.ravel().tolist()
    True
    """

    def __init__(
        self,
        *sources: Any,
        batch_size: int = 32,
        shuffle: bool = False,
        block: int | None = None,
        mix: int = 16,
        drop_last: bool = False,
        transform: Callable[..., Parts] | None = None,
        seed: int | None = None,
    ) -> None:
        if not sources:
            raise ShapeError("BlockLoader: give at least one source")
        for number, source in enumerate(sources, 1):
            _check_source(number, source)
        lengths = {int(source.shape[0]) for source in sources}
        if len(lengths) != 1:
            raise ShapeError(f"BlockLoader: the sources have {sorted(lengths)} rows; they must have the same number")
        if transform is not None and not callable(transform):
            raise TypeError(f"BlockLoader: transform must be a function of a batch, not {type_name(transform)}")
        self.sources, self.rows = sources, lengths.pop()
        # As they are now: a file may be closed, or be another one, when its rows are read.
        self._kinds = [(tuple(map(int, source.shape)), np.dtype(source.dtype)) for source in sources]
        self.batch_size = check_count("BlockLoader", "batch_size", batch_size)
        self.mix = check_count("BlockLoader", "mix", mix)
        self.shuffle, self.drop_last, self.transform = shuffle, drop_last, transform
        self._edges = _choose_edges(sources, self.rows, block)
        self._rng = np.random.default_rng(seed)

    def __len__(self) -> int:
        return self.rows // self.batch_size if self.drop_last else -(-self.rows // self.batch_size)

    def __iter__(self) -> Iterator[Parts]:
        return self.start_at(0)

    def start_at(self, batch: int) -> Iterator[Parts]:
        """The batches of a time through from one on: those that there would have been; nothing before it is read.

        Parameters
        ----------
        batch : int
            How many batches are left out.

        Returns
        -------
        iterator of tuple of numpy.ndarray

        Examples
        --------
        >>> import numpy as np
        >>> from nn.data import BlockLoader
        >>> [x.tolist() for (x,) in BlockLoader(np.arange(6), batch_size=2).start_at(1)]
        [[2, 3], [4, 5]]
        """
        # All of the order depends on this number, so that any part of it is drawn without those before.
        epoch = int(self._rng.integers(2**63)) if self.shuffle else 0
        return self._cut(epoch, check_count("BlockLoader", "batch", batch, 0))

    def describe(self) -> str:
        """What a run that goes on must have in common with the one that was interrupted.

        Returns
        -------
        str

        Examples
        --------
        >>> import numpy as np
        >>> from nn.data import BlockLoader
        >>> BlockLoader(np.arange(6), batch_size=2, block=3).describe()
        '((6,), int64) in 2 blocks, batches of 2, in order'
        """
        kinds = ", ".join(f"({shape}, {dtype})" for shape, dtype in self._kinds)
        order = f"{self.mix} blocks shuffled together" if self.shuffle else "in order"
        return f"{kinds} in {len(self._edges) - 1} blocks, batches of {self.batch_size}, {order}"

    def _cut(self, epoch: int, first: int) -> Iterator[Parts]:
        """Batches of the rows as they come, from the first on."""
        size, carried = self.batch_size, None
        for window in self._windows(epoch, first * size):
            start, count = 0, len(window[0])
            if carried is not None:
                start = min(size - len(carried[0]), count)
                carried = tuple(np.concatenate([own, part[:start]]) for own, part in zip(carried, window, strict=True))
                if len(carried[0]) < size:
                    continue
                yield self._finish(carried)
            for begin in range(start, count - size + 1, size):
                yield self._finish(tuple(part[begin : begin + size] for part in window))
            left = (count - start) % size
            # A copy, so that the window is freed before the next one is read.
            carried = tuple(part[count - left :].copy() for part in window) if left else None
            del window
        if carried is not None and not self.drop_last:
            yield self._finish(carried)

    def _windows(self, epoch: int, skipped: int) -> Iterator[Parts]:
        """The rows of every `mix` blocks in their order, but for those that are skipped."""
        blocks = list(pairwise(self._edges.tolist()))
        if self.shuffle:
            blocks = [blocks[k] for k in np.random.default_rng([epoch, 0]).permutation(len(blocks))]
        for number, start in enumerate(range(0, len(blocks), self.mix), 1):
            chosen = blocks[start : start + self.mix]
            count = sum(stop - begin for begin, stop in chosen)
            if skipped >= count:
                skipped -= count
                continue
            places = np.random.default_rng([epoch, number]).permutation(count) if self.shuffle else None
            yield tuple(
                _read(source, np.empty((count, *shape[1:]), dtype), chosen, places)[skipped:]
                for source, (shape, dtype) in zip(self.sources, self._kinds, strict=True)
            )
            skipped = 0

    def _finish(self, batch: Parts) -> Parts:
        if self.transform is None:
            return batch
        made = self.transform(*batch)
        if not isinstance(made, tuple):
            raise TypeError(f"BlockLoader: transform must give a tuple of arrays, not {type_name(made)}")
        return made


def _read(source: Any, rows: np.ndarray, blocks: Sequence[tuple[int, int]], places: np.ndarray | None) -> np.ndarray:
    """Fill rows with those of some blocks, each in its place; by default as they come."""
    filled = 0
    for begin, stop in blocks:
        called = f"rows {begin:,} to {stop - 1:,} of {type_name(source)}"
        try:
            block = np.asanyarray(source[begin:stop])
        except DataError:
            raise
        # Libraries of files have errors of their own.
        except Exception as error:
            raise DataError(f"{called} cannot be read: {error}") from error
        if block.shape != (stop - begin, *rows.shape[1:]):
            raise DataError(
                f"{called} come as an array of shape {block.shape}: has the source changed since it was opened?"
            )
        end = filled + len(block)
        rows[slice(filled, end) if places is None else places[filled:end]] = block
        filled = end
        forget_pages(block)
    return rows


def _check_source(number: int, source: Any) -> None:
    if not (hasattr(source, "shape") and hasattr(source, "dtype") and hasattr(source, "__getitem__")):
        raise OperandError(
            f"BlockLoader: source {number} is {type_name(source)}; it must have a shape and a dtype and give an array for a "
            "slice of rows, as numpy.load(path, mmap_mode='r') does"
        )
    if not len(source.shape):
        raise ShapeError(f"BlockLoader: source {number} is a single number; it needs an axis of rows")
    try:
        kind = np.dtype(source.dtype).kind
    except TypeError:
        kind = "O"
    if kind not in "fiub":
        raise OperandError(f"BlockLoader: source {number} must hold numbers, got {source.dtype}")
    if not source.shape[0]:
        raise ShapeError(f"BlockLoader: source {number} is empty, there is not one row")


def _choose_edges(sources: Sequence[Any], rows: int, block: int | None) -> np.ndarray:
    """Where blocks begin and end."""
    own = next((source.edges for source in sources if getattr(source, "edges", None) is not None), None)
    if block is None and own is not None:
        return np.asarray(own)
    if block is None:
        # How zarr and HDF5 tell in what rows they store.
        stored = next((source.chunks[0] for source in sources if getattr(source, "chunks", None)), 1)
        widest = max(int(np.prod(s.shape[1:])) * np.dtype(s.dtype).itemsize for s in sources)
        wanted = max(1, BLOCK_BYTES // max(1, widest))
        block = max(1, wanted // stored) * stored
    size = check_count("BlockLoader", "block", block)
    return np.append(np.arange(0, rows, size), rows)
