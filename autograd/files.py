"""Writing files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from autograd.errors import FileError


def write(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write a file whole or not at all.

    A link stays one, and what it points to is written; into what is no regular file, a pipe or a device, the content goes
    as it is.

    Parameters
    ----------
    path : str or path-like
    content : bytes

    Returns
    -------
    Path

    Raises
    ------
    FileError
        Where it cannot be written; what was there before is left as it was.

    Examples
    --------
    >>> write("no/such/directory/file", b"")
    Traceback (most recent call last):
        ...
    autograd.errors.FileError: cannot write no/such/directory/file: No such file or directory
    """
    given = Path(path)
    try:
        if given.exists() and not given.is_file():
            # To put a file in the place of a device would harm every other program.
            given.write_bytes(content)
        else:
            _replace(Path(os.path.realpath(given)), content)
    except OSError as error:
        raise FileError(f"cannot write {given}: {error.strerror or error}") from error
    return given


def append(path: str | os.PathLike[str], content: bytes) -> None:
    """Add to the end of a file in one call, so that a kill leaves all of it or a part that has no end.

    Raises
    ------
    FileError
        Where it cannot be written, or not to its end.
    """
    try:
        with open(path, "ab", buffering=0) as file:
            written = file.write(content)
    except OSError as error:
        raise FileError(f"cannot write {os.fspath(path)}: {error.strerror or error}") from error
    if written != len(content):
        raise FileError(f"cannot write {os.fspath(path)}: {written} of {len(content)} bytes were taken")


def _replace(target: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp makes a private file; a picture is as open as any other new file.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, target)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
