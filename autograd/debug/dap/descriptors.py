"""`open_own`: the protocol's descriptors in the program's process, in which the program may close them and open others."""

from __future__ import annotations

import errno
import os
from io import BufferedReader, BufferedWriter, FileIO
from typing import Any, BinaryIO


def open_own(descriptor: int, mode: str) -> BinaryIO:
    """A file on a descriptor, which fails once the program has closed that, and may have opened a file of its own at its number.

    Parameters
    ----------
    descriptor : int
    mode : str
        "rb" or "wb".

    Returns
    -------
    binary file
    """
    raw = _OwnFile(descriptor, mode)
    return BufferedReader(raw) if mode == "rb" else BufferedWriter(raw)


class _OwnFile(FileIO):
    def __init__(self, descriptor: int, mode: str) -> None:
        super().__init__(descriptor, mode, closefd=False)
        self._opened = _identity(descriptor)

    def readinto(self, buffer: Any, /) -> int | None:
        """See `io.FileIO`."""
        self._check()
        return super().readinto(buffer)

    def write(self, data: Any, /) -> int:
        """See `io.FileIO`."""
        self._check()
        return super().write(data)

    def _check(self) -> None:
        if _identity(self.fileno()) != self._opened:
            raise OSError(errno.EBADF, "the program has closed this descriptor")


def _identity(descriptor: int) -> tuple[int, int]:
    status = os.fstat(descriptor)
    return status.st_dev, status.st_ino
