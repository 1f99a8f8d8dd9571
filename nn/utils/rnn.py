"""Sequences of different lengths, with PyTorch's names: padded to one length, or packed one step behind the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.errors import ShapeError
from autograd.graph.node import raw
from autograd.ops.elementwise import where
from autograd.ops.joining import pad
from autograd.ops.shape import reshape, shape, stack, swapaxes

if TYPE_CHECKING:
    from autograd.typing import Input

__all__ = [
    "PackedSequence",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


class PackedSequence(NamedTuple):
    """The first steps of all sequences, the longest first, then the second steps of those that have one, and so on.

    `RNN`, `LSTM` and `GRU` take it, and give one. It is made by `pack_padded_sequence` or `pack_sequence`.

    Attributes
    ----------
    data : Tensor, shape (total, features)
    batch_sizes : array of int
        How many sequences have each step.
    sorted_indices, unsorted_indices : array of int, or None
        The order that the sequences were brought into, and the one that brings them back; None where they came so.

    Examples
    --------
    >>> import numpy as np, nn
    >>> pack = nn.utils.rnn.pack_sequence([np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0])])
    >>> pack.data.tolist(), pack.batch_sizes.tolist()
    ([1.0, 4.0, 2.0, 5.0, 3.0], [2, 2, 1])
    """

    data: Any
    batch_sizes: Any
    sorted_indices: Any = None
    unsorted_indices: Any = None


def pad_sequence(
    sequences: Sequence[Any], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences of different lengths as one array, with a value where they have ended.

    Parameters
    ----------
    sequences : sequence of array_like or Tensor, each (length, …)
    batch_first : bool
        Whether sequences are the first axis, and not the second.
    padding_value : float
    padding_side : {"right", "left"}
        Whether the value stands behind or before them.

    Returns
    -------
    numpy.ndarray or Tensor, shape (longest, count, …) or (count, longest, …)

    Raises
    ------
    ShapeError
        For no sequences, and those whose other axes differ.
    ValueError
        For another side.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.utils.rnn.pad_sequence([np.array([1.0, 2.0]), np.array([3.0])], batch_first=True).tolist()
    [[1.0, 2.0], [3.0, 0.0]]
    """
    if padding_side not in ("right", "left"):
        raise ValueError(f"pad_sequence: padding_side is 'right' or 'left', got {padding_side!r}")
    shapes = [shape(x) for x in sequences]
    if not shapes or any(not have or have[1:] != shapes[0][1:] for have in shapes):
        raise ShapeError(f"pad_sequence: sequences are (length, …), alike but for their length, got {shapes}")
    longest = max(have[0] for have in shapes)
    padded = []
    for x, have in zip(sequences, shapes, strict=True):
        margin = (0, longest - have[0]) if padding_side == "right" else (longest - have[0], 0)
        padded.append(pad(x, (margin, *((0, 0),) * (len(have) - 1)), constant_values=padding_value))
    return stack(padded, axis=0 if batch_first else 1)


def unpad_sequence(padded_sequences: Any, lengths: Any, batch_first: bool = False) -> list[Any]:
    """What `pad_sequence` joined, as a list again.

    Parameters
    ----------
    padded_sequences : (longest, count, …), or (count, longest, …) with `batch_first`
    lengths : array_like of int
    batch_first : bool

    Returns
    -------
    list of numpy.ndarray or Tensor

    Examples
    --------
    >>> import numpy as np, nn
    >>> [x.tolist() for x in nn.utils.rnn.unpad_sequence(np.array([[1.0, 3.0], [2.0, 0.0]]), [2, 1])]
    [[1.0, 2.0], [3.0]]
    """
    steps = padded_sequences if batch_first else swapaxes(padded_sequences, 0, 1)
    return [steps[k][: int(n)] for k, n in enumerate(np.asarray(raw(lengths)).tolist())]


def pack_padded_sequence(
    input: Input, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Padded sequences without what pads them.

    Parameters
    ----------
    input : (longest, count, …), or (count, longest, …) with `batch_first`
    lengths : array_like of int, one for each sequence
    batch_first : bool
    enforce_sorted : bool
        Refuse sequences that do not come with the longest first; with False they are brought into that order.

    Returns
    -------
    PackedSequence

    Raises
    ------
    ShapeError
        For lengths that are not from 1 to the longest, one for each, or do not fall where they should.

    Examples
    --------
    >>> import numpy as np, nn
    >>> pack = nn.utils.rnn.pack_padded_sequence(np.array([[1.0, 3.0], [0.0, 4.0]]), [1, 2], enforce_sorted=False)
    >>> pack.data.tolist(), pack.sorted_indices.tolist()
    ([3.0, 1.0, 4.0], [1, 0])
    """
    steps = swapaxes(input, 0, 1) if batch_first else input
    have, long = shape(steps), np.asarray(raw(lengths))
    if len(have) < 2 or long.shape != have[1:2] or long.dtype.kind not in "iu" or not have[1]:
        raise ShapeError(f"pack_padded_sequence: lengths {long.tolist()} do not fit sequences of shape {have}")
    if long.min() < 1 or long.max() > have[0]:
        raise ShapeError(f"pack_padded_sequence: lengths are from 1 to {have[0]}, got {long.tolist()}")
    order = None
    if enforce_sorted and (np.diff(long) > 0).any():
        raise ShapeError(
            f"pack_padded_sequence: lengths must be sorted in decreasing order when enforce_sorted is True, got {long.tolist()}: "
            "pass enforce_sorted=False"
        )
    if not enforce_sorted:
        order = np.argsort(-long, kind="stable")
    sizes = (long[None, :] > np.arange(long.max())[:, None]).sum(axis=1)
    columns = np.arange(have[1]) if order is None else order
    places = np.concatenate([t * have[1] + columns[:n] for t, n in enumerate(sizes)])
    data = reshape(steps, (have[0] * have[1], *have[2:]))[places]
    return PackedSequence(data, sizes, order, None if order is None else np.argsort(order))


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Any, Any]:
    """Packed sequences as one array, with a value where they have ended, in the order that they had at first.

    Parameters
    ----------
    sequence : PackedSequence
    batch_first : bool
        Whether sequences are the first axis, and not the second.
    padding_value : float
    total_length : int, optional
        The length of that array; as the longest is by default.

    Returns
    -------
    padded : Tensor, shape (longest, count, …) or (count, longest, …)
    lengths : array of int

    Raises
    ------
    ShapeError
        For a total length below that of the longest.

    Examples
    --------
    >>> import numpy as np, nn
    >>> pack = nn.utils.rnn.pack_sequence([np.array([1.0, 2.0]), np.array([3.0])])
    >>> padded, lengths = nn.utils.rnn.pad_packed_sequence(pack, batch_first=True)
    >>> padded.tolist(), lengths.tolist()
    ([[1.0, 2.0], [3.0, 0.0]], [2, 1])
    """
    sizes = np.asarray(raw(sequence.batch_sizes))
    longest = len(sizes) if total_length is None else int(total_length)
    if longest < len(sizes):
        raise ShapeError(f"pad_packed_sequence: total_length is at least {len(sizes)}, got {total_length}")
    columns = np.arange(sizes[0])
    if sequence.unsorted_indices is not None:
        columns = columns[np.asarray(raw(sequence.unsorted_indices))]
    sizes = np.append(sizes, np.zeros(longest - len(sizes), sizes.dtype))
    within = columns[None, :] < sizes[:, None]
    places = np.where(within, (np.cumsum(sizes) - sizes)[:, None] + columns, 0)
    behind = (1,) * (len(shape(sequence.data)) - 1)
    padded = where(within.reshape(*within.shape, *behind), sequence.data[places], padding_value)
    return swapaxes(padded, 0, 1) if batch_first else padded, within.sum(axis=0)


def pack_sequence(sequences: Sequence[Any], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences of different lengths, packed.

    Parameters
    ----------
    sequences : sequence of array_like or Tensor, each (length, …)
    enforce_sorted : bool
        Refuse sequences that do not come with the longest first; with False they are brought into that order.

    Returns
    -------
    PackedSequence

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.utils.rnn.pack_sequence([np.array([1.0, 2.0]), np.array([3.0])]).batch_sizes.tolist()
    [2, 1]
    """
    lengths = np.array([shape(x)[0] if shape(x) else 0 for x in sequences], dtype=int)
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Any]:
    """What `pack_sequence` packed, as a list again.

    Parameters
    ----------
    packed_sequences : PackedSequence

    Returns
    -------
    list of numpy.ndarray or Tensor

    Examples
    --------
    >>> import numpy as np, nn
    >>> pack = nn.utils.rnn.pack_sequence([np.array([1.0, 2.0]), np.array([3.0])])
    >>> [x.tolist() for x in nn.utils.rnn.unpack_sequence(pack)]
    [[1.0, 2.0], [3.0]]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
