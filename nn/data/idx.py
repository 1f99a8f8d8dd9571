"""IDX files, the format of MNIST, plain or gzipped."""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from pathlib import Path

import numpy as np

from nn.data.errors import DataError

# The third byte of a file says what its elements are; all are big-endian.
ELEMENTS = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
# More than this is not a data set of images for a processor.
MAX_BYTES, MAX_AXES = 2_000_000_000, 32


def load_idx(path: str | os.PathLike[str]) -> np.ndarray:
    """The array of an IDX file, gzipped or not.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    numpy.ndarray
        Of the shape and the dtype that the file says.

    Raises
    ------
    DataError
        For a file that is missing, too large, truncated, too long, or of another format.

    Examples
    --------
    >>> import pathlib, tempfile, nn.data
    >>> path = pathlib.Path(tempfile.mkdtemp()) / 'labels'
    >>> _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 3]))
    >>> nn.data.load_idx(path).tolist()
    [7, 3]
    """
    file = Path(path)
    try:
        with gzip.open(file, "rb") if _is_gzip(file) else open(file, "rb") as stream:
            head = stream.read(4)
            if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in ELEMENTS or head[3] == 0:
                raise DataError(f"{file} is not an IDX file: it begins with {head.hex(' ') or 'nothing'}")
            sizes = stream.read(4 * head[3])
            if len(sizes) < 4 * head[3]:
                raise DataError(f"{file} is truncated: it ends within its header")
            shape = struct.unpack(f">{head[3]}I", sizes)
            if len(shape) > MAX_AXES:
                raise DataError(f"{file} says that it has {len(shape)} axes; up to {MAX_AXES} are read")
            element = np.dtype(ELEMENTS[head[2]])
            wanted = math.prod(shape) * element.itemsize
            # NumPy cannot make (0, 2³², 2³²) either, although it has no element.
            if (claimed := math.prod(n or 1 for n in shape) * element.itemsize) > MAX_BYTES:
                raise DataError(f"{file} says that it has {claimed:,} bytes of data; up to {MAX_BYTES:,} are read")
            data = stream.read(wanted + 1)
    except (OSError, EOFError, zlib.error) as error:
        if isinstance(error, FileNotFoundError):
            raise DataError(f"{file}: there is no such file") from None
        raise DataError(f"{file} cannot be read: {error}") from error
    if len(data) != wanted:
        raise DataError(
            f"{file} should have {wanted:,} bytes of data, shape {shape}; it has {'more' if len(data) > wanted else f'{len(data):,}'}"
        )
    return np.frombuffer(data, element).reshape(shape).astype(element.newbyteorder("="))


def load_mnist(directory: str | os.PathLike[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """MNIST's four files in a directory, plain or `.gz`.

    Parameters
    ----------
    directory : str or path

    Returns
    -------
    train_images, train_labels, test_images, test_labels
        Images (n, 784), float32 from 0 to 1; labels (n,), from 0 to 9.

    Raises
    ------
    DataError
        Where a file is missing or broken, or images and labels do not go together.

    Examples
    --------
    >>> import nn.data
    >>> try:
    ...     nn.data.load_mnist('no_such_folder')
    ... except nn.data.DataError:
    ...     print('the four files are not there')
    the four files are not there
    """
    found = []
    for part in ("train", "t10k"):
        images = load_idx(_find_file(directory, f"{part}-images-idx3-ubyte"))
        labels = load_idx(_find_file(directory, f"{part}-labels-idx1-ubyte"))
        if images.ndim != 3 or images.dtype != np.uint8 or labels.ndim != 1:
            raise DataError(
                f"{part}: expected images of three axes and labels of one, got {images.shape}, {labels.shape}"
            )
        if len(images) != len(labels):
            raise DataError(f"{part}: {len(images):,} images, and {len(labels):,} labels")
        if labels.size and labels.max() > 9:
            raise DataError(f"{part}: label {labels.max()} is outside 0 … 9")
        found += [
            images.reshape(len(images), math.prod(images.shape[1:])).astype(np.float32) / np.float32(255.0),
            labels.astype(np.int64),
        ]
    if found[0].shape[1] != found[2].shape[1]:
        raise DataError(f"train: images of {found[0].shape[1]} pixels, and t10k: of {found[2].shape[1]}")
    return found[0], found[1], found[2], found[3]


def _is_gzip(file: Path) -> bool:
    with open(file, "rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def _find_file(directory: str | os.PathLike[str], name: str) -> Path:
    for variant in (name, f"{name}.gz", name.replace("-idx", ".idx"), f"{name.replace('-idx', '.idx')}.gz"):
        if (Path(directory) / variant).is_file():
            return Path(directory) / variant
    raise DataError(f"{directory} has no {name} and no {name}.gz")
