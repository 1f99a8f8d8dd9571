"""Arrays in files, mapped into memory: those of safetensors files, and how pages that were read leave memory again."""

from __future__ import annotations

import json
import mmap
import os
from pathlib import Path
from typing import Any

import numpy as np

from nn.data.errors import DataError

# Its names of dtypes. bfloat16 and the floats of eight bits are none of NumPy's.
DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip
# What the head of a file may hold: safetensors' own limit.
MAX_HEAD = 100_000_000
# The largest page that a system maps at once.
NEIGHBOURS = 2 << 20


def open_safetensors(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """The tensors of a safetensors file, by name, as arrays that stay in the file.

    Parameters
    ----------
    path : path

    Returns
    -------
    dict of str to numpy.ndarray
        Mapped into memory, to be read and not written.

    Raises
    ------
    DataError
        Where the file is missing, broken, or has numbers that NumPy has not.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from safetensors.numpy import save_file
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "data.safetensors"
    >>> save_file({"x": np.arange(6.0).reshape(3, 2)}, path)
    >>> open_safetensors(path)["x"][1:].tolist()
    [[2.0, 3.0], [4.0, 5.0]]
    """
    file = Path(path)
    try:
        with open(file, "rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            size = os.fstat(stream.fileno()).st_size
            if not 2 <= length <= min(MAX_HEAD, size - 8):
                raise DataError(f"{file} is broken, or no safetensors file: its head would have {length:,} bytes")
            head = json.loads(stream.read(length))
        begin = 8 + length
        return {name: _map(file, name, head[name], begin, size) for name in head if name != "__metadata__"}
    except FileNotFoundError:
        raise DataError(f"{file}: there is no such file") from None
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror or error}") from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{file} is broken, or no safetensors file: {error}") from error


def _map(file: Path, name: str, told: Any, begin: int, size: int) -> np.ndarray:
    if told["dtype"] not in DTYPES:
        raise DataError(f"{file}: {name} is of {told['dtype']}, which NumPy does not have: convert it, to F32 say")
    shape, dtype = tuple(int(n) for n in told["shape"]), np.dtype(DTYPES[told["dtype"]])
    first, last = (int(n) for n in told["data_offsets"])
    count = int(np.prod(shape, dtype=object)) if shape else 1
    if min((0, *shape)) < 0 or first < 0 or last - first != count * dtype.itemsize or begin + last > size:
        raise DataError(
            f"{file} is broken, or was cut off: {name} would have {last - first:,} bytes from {begin + first:,} on"
        )
    if not count:
        return np.empty(shape, dtype)
    return np.memmap(file, dtype, "r", begin + first, shape)


def forget_pages(array: np.ndarray) -> None:
    """Let pages of a file that were read through an array leave memory; the next reader gets them again.

    Of arrays that are mapped to be read only; of all others, and where the system cannot, nothing happens.

    Parameters
    ----------
    array : numpy.ndarray
        A slice of a mapped array.

    Examples
    --------
    >>> forget_pages(np.zeros(3))
    """
    if not isinstance(array, np.memmap) or array.mode != "r" or not array.flags.c_contiguous or not array.nbytes:
        return
    mapping: Any = array
    while isinstance(mapping, np.ndarray):
        mapping = mapping.base
    if not isinstance(mapping, mmap.mmap) or not hasattr(mapping, "madvise"):
        return
    origin = np.frombuffer(mapping, np.uint8).__array_interface__["data"][0]
    first = array.__array_interface__["data"][0] - origin
    # With a page its neighbours come into memory, so that these are let go, too.
    start, end = first // NEIGHBOURS * NEIGHBOURS, -(-(first + array.nbytes) // NEIGHBOURS) * NEIGHBOURS
    mapping.madvise(mmap.MADV_DONTNEED, start, min(end, len(mapping)) - start)
