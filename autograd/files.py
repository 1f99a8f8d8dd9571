"""Writing files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from autograd.errors import FileError


def write(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write a file whole or not at all.

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
    target = Path(path)
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise FileError(f"cannot write {target}: {error.strerror or error}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp makes a private file; a picture is as open as any other new file.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, target)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise FileError(f"cannot write {target}: {error.strerror or error}") from error
    return target
