"""Where in the user's code a node was recorded."""

from __future__ import annotations

import dis
import linecache
import os
import sys
import warnings
from collections.abc import Callable, Container
from functools import lru_cache
from itertools import pairwise
from types import CodeType, FrameType
from typing import NamedTuple

import numpy as np

# Instructions that assign to a variable, and what stands for the caller's.
STORES = ("STORE_FAST", "STORE_NAME", "STORE_GLOBAL", "STORE_DEREF")
RETURNED = "return"
_LIBRARY: list[str] = []
_is_library: dict[str, bool] = {}
# What calls the lines of files whose lines nobody counts, such as notebooks.
_LINE_NAMES: dict[str, Callable[[int], str]] = {}


def library(file: str) -> None:
    """Declare the package that `file` belongs to as a library: its lines are never the user's."""
    _LIBRARY.append(os.path.dirname(os.path.abspath(file)) + os.sep)
    _is_library.clear()


library(np.__file__)


def program(frame: FrameType | None) -> None:
    """Declare the files of a frame and its callers as ours: those of a program that does nothing but start a command."""
    while frame is not None:
        _LIBRARY.append(frame.f_code.co_filename)
        frame = frame.f_back
    _is_library.clear()


def call_lines(filename: str, name: Callable[[int], str]) -> None:
    """Declare how the lines of a file are called, by their numbers."""
    _LINE_NAMES[filename] = name


def line_name(filename: str, lineno: int) -> str:
    """What a line of a file is called.

    Examples
    --------
    >>> line_name("train.py", 12)
    'line 12'
    """
    name = _LINE_NAMES.get(filename)
    return f"line {lineno}" if name is None else name(lineno)


class Site:
    """One source line, and the site of its caller where callers were recorded.

    Attributes
    ----------
    filename, function : str
    lineno : int
    caller : Site or None
        Of the user's too: what it called may be a function of the library, which called this one.
    """

    __slots__ = ("_code", "_direct", "_lasti", "caller")

    caller: Site | None
    _code: CodeType
    _lasti: int
    _direct: bool

    def __init__(self, code: CodeType, lasti: int, caller: Site | None = None, direct: bool = True) -> None:
        self._code, self._lasti, self.caller, self._direct = code, lasti, caller, direct

    @property
    def filename(self) -> str:
        return self._code.co_filename

    @property
    def function(self) -> str:
        return self._code.co_name

    @property
    def lineno(self) -> int:
        # Looked up late: finding the line of an instruction costs more than recording the instruction.
        return _line_of(self._code, self._lasti)

    @property
    def line(self) -> str:
        """The text of the line, or an empty string where the source is not at hand."""
        return linecache.getline(self.filename, self.lineno).strip()

    @property
    def line_name(self) -> str:
        """What the line is called: `line 12`, or in a notebook `code cell 2, line 3`."""
        return line_name(self.filename, self.lineno)

    @property
    def place(self) -> str:
        """The file and the line: `train.py:12`, or `lesson.ipynb, code cell 2, line 3`."""
        name = os.path.basename(self.filename)
        return f"{name}, {self.line_name}" if self.filename in _LINE_NAMES else f"{name}:{self.lineno}"

    def target(self, running: Container[tuple[CodeType, int]] = ()) -> str | None:
        """The variable that the result of the line's operation was assigned to; None where it was used otherwise.

        A result that a function returns is assigned where its caller assigns it, so far as callers were recorded.

        Parameters
        ----------
        running : container of (code, int)
            Instructions that have not ended: nothing was assigned of theirs.
        """
        site: Site | None = self
        while site is not None:
            target = _targets(site._code).get(site._lasti)
            if target is not RETURNED:
                return None if (site._code, site._lasti) in running else target
            site = site.caller if site._direct else None
        return None

    @property
    def local_target(self) -> str | None:
        """The variable of this very function that the result was assigned to; None where it was returned or used otherwise."""
        target = _targets(self._code).get(self._lasti)
        return None if target is RETURNED else target

    def is_same(self, other: Site) -> bool:
        """Whether both are the same operation of the same line, called from the same ones."""
        mine: Site | None = self
        theirs: Site | None = other
        while mine is not None and theirs is not None and mine is not theirs:
            if mine._code is not theirs._code or mine._lasti != theirs._lasti:
                return False
            mine, theirs = mine.caller, theirs.caller
        return mine is theirs

    def __str__(self) -> str:
        place = f"{self.place} in {self.function}"
        return f"{place}: {self.line}" if self.line else place

    def __repr__(self) -> str:
        return f"<Site {self}>"


@lru_cache(maxsize=4096)
def _line_of(code: CodeType, lasti: int) -> int:
    """The line of an instruction."""
    for start, stop, line in code.co_lines():
        if start <= lasti < stop and line is not None:
            return line
    return code.co_firstlineno


@lru_cache(maxsize=256)
def _targets(code: CodeType) -> dict[int, str]:
    """What becomes of the results of a function's instructions: by offset the variable they are stored in, or RETURNED."""
    found: dict[int, str] = {}
    instructions = [i for i in dis.get_instructions(code) if i.opname != "COPY"]
    for at, after in pairwise(instructions):
        if after.opname == "RETURN_VALUE":
            target = RETURNED
        elif after.opname.startswith(STORES):
            # From Python 3.13 on one instruction may store and load, or store twice.
            target = after.argval if isinstance(after.argval, str) else after.argval[0]
        else:
            continue
        # While a call runs, the offset may be that of the instruction, or of the cache behind it.
        found |= dict.fromkeys(range(at.offset, after.offset, 2), target)
    return found


def is_internal(filename: str) -> bool:
    """Whether a source file is a library's, and not the user's."""
    known = _is_library.get(filename)
    if known is None:
        known = filename.startswith("<autograd ") or any(filename.startswith(root) for root in _LIBRARY)
        _is_library[filename] = known
    return known


def warn(message: str, category: type[Warning]) -> None:
    """Warn of the innermost line of the user's code that is running."""
    level, frame = 1, sys._getframe(0)
    while frame.f_back is not None and is_internal(frame.f_code.co_filename):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


class Entry(NamedTuple):
    """Where the user's code entered ours: a frame of ours that much is called from, and the user's line that called it."""

    frame: FrameType
    site: Site | None


def enter() -> Entry:
    """The function that calls this one, as the entry to all that it calls.

    Examples
    --------
    >>> enter().frame is sys._getframe()
    True
    """
    return Entry(sys._getframe(1), here(callers=True))


def here(callers: bool = False, entry: Entry | None = None) -> Site | None:
    """The innermost line of the user's code that is running, with its callers if asked for.

    Parameters
    ----------
    callers : bool
    entry : Entry, optional
        Where the callers are known already from; to go through a long stack takes longer than to record an operation.
    """
    frame: FrameType | None = sys._getframe(1)
    end = None if entry is None else entry.frame
    known = _is_library.get
    # Written out, because every tensor that is recorded comes here.
    while frame is not end and frame is not None:
        internal = known(frame.f_code.co_filename)
        if internal is None:
            internal = is_internal(frame.f_code.co_filename)
        if not internal:
            break
        frame = frame.f_back
    if frame is end or frame is None:
        return None if entry is None else entry.site
    if not callers:
        return Site(frame.f_code, frame.f_lasti)
    chain = []
    while frame is not end and frame is not None:
        internal = known(frame.f_code.co_filename)
        if internal is None:
            internal = is_internal(frame.f_code.co_filename)
        if not internal:
            chain.append(frame)
        frame = frame.f_back
    site = None if entry is None else entry.site
    called_by = None
    for frame in reversed(chain):
        site = Site(frame.f_code, frame.f_lasti, site, frame.f_back is called_by)
        called_by = frame
    return site
