"""Writing files: each whole or not at all, and several together."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from autograd.errors import FileError


def write(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write a file whole or not at all, also where the power goes or another process reads it meanwhile.

    A link stays one, and what it points to is written; a file that is there keeps its mode, and its owner where the system
    lets it. Into what is not a regular file, a pipe or a device, the content goes as it is. A process that is killed while it
    writes leaves a hidden file `.….tmp` beside the file.

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
            temporary, target = _complete(given, content)
            try:
                os.replace(temporary, target)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
            _sync(target.parent)
    except OSError as error:
        raise FileError(f"cannot write {given}: {error.strerror or error}") from error
    return given


def write_together(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write several files into a folder, all of them or none: a full disk is noticed before the first is in its place.

    Parameters
    ----------
    folder : Path
        Made where it is missing, and taken away again where nothing comes of it.
    contents : mapping of str to bytes
        By name.

    Raises
    ------
    FileError
        Where one of them cannot be written; what was there before is left as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_together(Path(place) / "report", {"page.html": b"<p>", "model": b"..."})
    ...     sorted(file.name for file in Path(place, "report").iterdir())
    ['model', 'page.html']
    """
    current = folder
    try:
        with ExitStack() as backups, ExitStack() as undo:
            for place in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
                place.mkdir(exist_ok=True)
                undo.callback(_remove_if_empty, place)
            complete: list[tuple[Path, Path]] = []
            for name, content in contents.items():
                current = folder / name
                temporary, target = _complete(current, content)
                undo.callback(temporary.unlink, missing_ok=True)
                complete.append((temporary, target))
            for temporary, target in complete:
                backup = _backup(target) if target.exists() else None
                if backup is None:
                    undo.callback(target.unlink, missing_ok=True)
                else:
                    backups.callback(backup.unlink, missing_ok=True)
                    undo.callback(os.replace, backup, target)
                os.replace(temporary, target)
            undo.pop_all()
    except OSError as error:
        raise FileError(f"cannot write {current}: {error.strerror or error}") from error
    for folder_of in {target.parent for _, target in complete}:
        _sync(folder_of)


def check_writable(folder: Path) -> None:
    """Raise before the work, and not behind it, where no file could be written to a folder, or to one that is to be made.

    Raises
    ------
    FileError
        Where something else is in its place, or the system does not let us.
    """
    there = folder.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise FileError(f"cannot write {folder}: {there} is a file")
    try:
        # What the superuser may do, and what a file system allows, only an attempt tells.
        os.rmdir(tempfile.mkdtemp(prefix=".stepgrad-", dir=there))
    except OSError as error:
        raise FileError(f"cannot write {folder}: {there} is not writable: {error.strerror or error}") from error


def check_place(path: Path) -> None:
    """Raise before the work, and not behind it, where `write` could not write a file: its folder is not made.

    Raises
    ------
    FileError
        Where there is no such folder, or the system does not let us.

    Examples
    --------
    >>> check_place(Path("no/such/directory/file"))
    Traceback (most recent call last):
        ...
    autograd.errors.FileError: cannot write no/such/directory/file: No such file or directory
    """
    folder = path.absolute().parent
    if not folder.exists():
        raise FileError(f"cannot write {path}: {os.strerror(errno.ENOENT)}")
    check_writable(folder)


def append(path: str | os.PathLike[str], content: bytes) -> None:
    """Add to the end of a file in one call, so that a kill leaves all of it or a part that has no end.

    Raises
    ------
    FileError
        Where it cannot be written, or not to its end: then nothing of it is left.
    """
    try:
        with open(path, "ab", buffering=0) as file:
            written = file.write(content)
            if written != len(content) and file.seekable():
                file.truncate(file.tell() - written)
    except OSError as error:
        raise FileError(f"cannot write {os.fspath(path)}: {error.strerror or error}") from error
    if written != len(content):
        raise FileError(f"cannot write {os.fspath(path)}: {written} of {len(content)} bytes were taken")


def _complete(path: Path, content: bytes) -> tuple[Path, Path]:
    """All of the content on the disk, in a new hidden file; and where it belongs, with links followed."""
    target = Path(os.path.realpath(path))
    there = target.stat() if target.exists() else None
    if target.is_symlink() or (there is not None and not stat.S_ISREG(there.st_mode)):
        raise OSError("it is not a regular file")
    if there is not None and not os.access(target, os.W_OK):
        raise PermissionError("it is write-protected")
    temporary = _hidden(target.parent)
    # A new file is as open as the system makes new files; nobody may read one that is to be closed before it is.
    mode = 0o666 if there is None else 0o600
    try:
        with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(content)
            file.flush()
            if there is not None:
                _take_after(temporary, there)
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary, target


def _hidden(folder: Path) -> Path:
    """A name that nobody else has."""
    return folder / f".{secrets.token_hex(8)}.tmp"


def _take_after(temporary: Path, there: os.stat_result) -> None:
    """Owner, group and mode of the file that is there, as far as the system lets us."""
    mode = there.st_mode & 0o777
    if hasattr(os, "chown"):
        for owner, group in ((-1, there.st_gid), (there.st_uid, -1)):
            with suppress(OSError):
                os.chown(temporary, owner, group)
        if temporary.stat().st_gid != there.st_gid:
            # What was open to that group is not meant for another one.
            mode &= ~0o070
    os.chmod(temporary, mode)


def _backup(target: Path) -> Path:
    """What is there, under another name too."""
    backup = _hidden(target.parent)
    try:
        os.link(target, backup)
    except OSError:
        # Not all file systems have links.
        shutil.copy2(target, backup)
    return backup


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _sync(folder: Path) -> None:
    """See that a loss of power does not take the names in a folder back; only some systems and file systems can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
