"""Files that another process of the same user finds again, in a folder that nobody else can have written to.

What is read here is trusted: it becomes machine code. So every folder on the way belongs to us or to the system, and others
can neither write to it nor put another in its place; where that is not so, nothing is read and nothing kept. A checksum tells
files that were damaged or cut off. Whatever goes wrong, the answer is "there is no such file".
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tempfile
import warnings
from collections import deque
from contextlib import suppress
from pathlib import Path

MAGIC = b"stepgrad 1\n"
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
# As many links in one path as Linux follows.
MOST_LINKS = 40


class _OpenToOthersError(Exception):
    """A folder that others can write to, or that belongs to somebody else."""


def read(name: str) -> bytes | None:
    """What was kept under a name; None where there is nothing that can be trusted.

    Parameters
    ----------
    name : str
        Of a file.
    """
    folder = _folder()
    if folder is None:
        return None
    try:
        # A link would lead elsewhere, and a pipe would keep us waiting.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(folder / name, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or not _is_ours(status):
                return None
            content = file.read()
    except OSError:
        return None
    head = len(MAGIC) + hashlib.sha256().digest_size
    return content[head:] if content[:head] == _head(name, content[head:]) else None


def write(name: str, content: bytes) -> None:
    """Keep some bytes under a name: all of them or none, and none where there is no place that can be trusted."""
    folder = _folder()
    if folder is None:
        return
    with suppress(OSError):
        handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
        try:
            with open(handle, "wb") as file:
                file.write(_head(name, content) + content)
            os.replace(temporary, folder / name)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise


def _head(name: str, content: bytes) -> bytes:
    return MAGIC + hashlib.sha256(name.encode() + b"\0" + content).digest()


def _folder() -> Path | None:
    """The folder, made where it is missing; None where there is none that can be trusted, which a warning tells."""
    try:
        wanted = _default_folder()
        return None if wanted is None else _make_safely(wanted)
    except _OpenToOthersError as error:
        warnings.warn(
            f"machine code is not kept for the next process: {error}. Close it (chmod go-w), or name another folder in "
            "STEPGRAD_CACHE",
            stacklevel=2,
        )
    except OSError:
        pass
    return None


def _default_folder() -> Path | None:
    """`$STEPGRAD_CACHE`, or where the system keeps such files."""
    given = os.environ.get("STEPGRAD_CACHE")
    if given:
        return Path.cwd() / given
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():
        base = Path(os.path.expanduser("~")) / ".cache"
    # Without a home nothing is expanded.
    return base / "stepgrad" if base.is_absolute() else None


def _make_safely(path: Path) -> Path:
    """A folder without links in it, made where it is missing, after a look at everything on the way."""
    if not hasattr(os, "geteuid"):
        # Windows closes the folders of a user by itself.
        path.mkdir(parents=True, exist_ok=True)
        return path
    at, rest, links = Path(path.anchor), deque(path.parts[1:]), 0
    while rest:
        place = at / rest.popleft()
        if place.name == "..":
            at = at.parent
            continue
        try:
            status = place.lstat()
        except FileNotFoundError:
            place.mkdir(mode=0o700)
            status = place.lstat()
        if status.st_uid not in (0, os.geteuid()):
            raise _OpenToOthersError(f"{place} belongs to another user")
        if stat.S_ISLNK(status.st_mode):
            links += 1
            if links > MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
            target = place.readlink()
            rest.extendleft(reversed(target.parts[1:] if target.is_absolute() else target.parts))
            at = Path(target.anchor) if target.is_absolute() else at
            continue
        if not stat.S_ISDIR(status.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(place))
        # In a folder with the sticky bit, such as /tmp, others cannot take away what is ours.
        if status.st_mode & OTHERS_WRITE and not status.st_mode & stat.S_ISVTX:
            raise _OpenToOthersError(f"others can write to {place}")
        at = place
    if not _is_ours(at.lstat()):
        raise _OpenToOthersError(f"{at} belongs to the system, or others can write to it")
    return at


def _is_ours(status: os.stat_result) -> bool:
    """Whether a file or folder belongs to us, and nobody else can write to it."""
    return not hasattr(os, "geteuid") or (status.st_uid == os.geteuid() and not status.st_mode & OTHERS_WRITE)
