"""How a tensor lies in memory: its storage, and views of it by lengths and steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.errors import GraphError, ShapeError
from autograd.graph.node import get_data
from autograd.ops import joining
from autograd.ops import shape as shapes
from autograd.torch.calling import function
from autograd.torch.tensor import wrap


def is_rearranged(tensor: Any) -> bool:
    """Whether it is a view that has its elements in another order than the memory."""
    op = tensor.op if tensor.op is not None else getattr(tensor, "origin", (None, None))[1]
    return op is not None and op.name in ("transpose", "slice", "broadcast_to")


def shares_memory(one: Any, other: Any) -> bool:
    """Whether two tensors show one memory; what is captured has none yet, and is taken for the view that it may be."""
    return one.symbolic or np.may_share_memory(get_data(one), get_data(other))


def for_reading(copied: Any) -> Any:
    """A copy of what is a view in PyTorch: an edit of it would be lost, and is refused."""
    get_data(copied).flags.writeable = False
    return copied


class Storage:
    """The memory of a tensor, one number after the other, which its views share.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> x = torch.arange(4).view(2, 2)
    >>> x[1].storage()
     0
     1
     2
     3
    [torch.storage.Storage(dtype=int64, device=cpu) of size 4]
    """

    def __init__(self, memory: np.ndarray) -> None:
        self._memory = memory

    def data_ptr(self) -> int:
        """Where it begins."""
        return self._memory.ctypes.data

    def nbytes(self) -> int:
        """Its bytes."""
        return self._memory.nbytes

    def size(self) -> int:
        """How many numbers it has."""
        return self._memory.size

    def tolist(self) -> list[Any]:
        """The numbers as Python's."""
        return self._memory.tolist()

    def __len__(self) -> int:
        return self._memory.size

    def __getitem__(self, place: Any) -> Any:
        found = self._memory[place]
        return Storage(found) if isinstance(found, np.ndarray) else found.item()

    def __setitem__(self, place: Any, number: Any) -> None:
        self._memory[place] = number

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def __repr__(self) -> str:
        lines = [f" {number}" for number in self.tolist()]
        told = f"[torch.storage.Storage(dtype={self._memory.dtype}, device=cpu) of size {len(self)}]"
        return "\n".join([*lines, told])


def _laid_out(tensor: Any) -> np.ndarray:
    """The array as PyTorch has it: here a result may lie as its operands do."""
    data = get_data(tensor)
    return data if is_rearranged(tensor) else np.ascontiguousarray(data).reshape(data.shape)


def _memory(data: np.ndarray) -> np.ndarray:
    """The whole memory that an array is a part of, as one line."""
    whole = data
    while isinstance(whole.base, np.ndarray) and whole.base.dtype == data.dtype:
        whole = whole.base
    return whole.ravel(order="K")


def storage(self: Any) -> Storage:
    """The memory, which is the same for all views of it."""
    return Storage(_memory(_laid_out(self)))


def untyped_storage(self: Any) -> Storage:
    """The memory as bytes."""
    return Storage(_memory(_laid_out(self)).view(np.uint8))


def storage_offset(self: Any) -> int:
    """How many numbers of the storage lie before the first element."""
    data = _laid_out(self)
    return (data.ctypes.data - _memory(data).ctypes.data) // data.itemsize


def _places(lengths: Sequence[int], steps: Sequence[int], first: int) -> np.ndarray:
    """Where in a storage the elements lie."""
    found = np.full(tuple(lengths), first)
    for axis, (n, step) in enumerate(zip(lengths, steps, strict=True)):
        found += np.arange(n).reshape(-1, *[1] * (len(lengths) - axis - 1)) * step
    return found


@function
def as_strided(input: Any, size: Any, stride: Any, storage_offset: int | None = None) -> Any:
    """The elements at regular steps of the memory, as a copy for reading alone; NumPy's `as_strided`, but by elements."""
    data = _laid_out(input)
    memory = _memory(data)
    before = (data.ctypes.data - memory.ctypes.data) // data.itemsize
    own = _places(data.shape, [n // data.itemsize for n in data.strides], before).reshape(-1)
    if len(size) != len(stride):
        raise ShapeError(
            f"torch.as_strided: size {tuple(size)} and stride {tuple(stride)} must have the same length: a step for each axis"
        )
    wanted = _places(size, stride, before if storage_offset is None else storage_offset)
    if wanted.size and not 0 <= wanted.min() <= wanted.max() < memory.size:
        raise ShapeError(
            f"torch.as_strided: size {tuple(size)}, stride {tuple(stride)} and storage offset reach outside of a storage of "
            f"{memory.size} elements"
        )
    # Of elements that lie at the same place the first one stands for all.
    numbers = np.full(memory.size, -1)
    numbers[own[::-1]] = np.arange(len(own))[::-1]
    chosen = numbers[wanted]
    if (chosen >= 0).all():
        return for_reading(joining.take(shapes.reshape(input, (-1,)), chosen))
    if input.needs_grad:
        raise GraphError(
            f"torch.as_strided: elements outside of the tensor of shape {data.shape} would get no gradient: take it of the whole "
            "tensor, not of a part"
        )
    return for_reading(wrap(memory[wanted]))


@function
def clone(input: Any, **ignored: Any) -> Any:
    """The same values as a node of its own."""
    return input.clone()


@function
def detach(input: Any) -> Any:
    """The same numbers, not copied, as a constant."""
    return input.detach()
