"""Where in the user's code a node was recorded."""

from __future__ import annotations

import linecache
import os
import sys
from types import CodeType, FrameType

_LIBRARY: list[str] = []
_is_library: dict[str, bool] = {}


def library(file: str) -> None:
    """Declare the package that `file` belongs to as ours: its lines are never the user's."""
    _LIBRARY.append(os.path.dirname(os.path.abspath(file)) + os.sep)
    _is_library.clear()


library(__file__)


def program(frame: FrameType | None) -> None:
    """Declare the files of a frame and its callers as ours: those of a program that does nothing but start a command."""
    while frame is not None:
        _LIBRARY.append(frame.f_code.co_filename)
        frame = frame.f_back
    _is_library.clear()


class Site:
    """One source line, and the site of its caller where callers were recorded.

    Attributes
    ----------
    filename, function : str
    lineno : int
    caller : Site or None
    """

    __slots__ = ("_code", "_lasti", "caller")

    def __init__(self, code: CodeType, lasti: int, caller: Site | None = None) -> None:
        self._code, self._lasti, self.caller = code, lasti, caller

    @property
    def filename(self) -> str:
        return self._code.co_filename

    @property
    def function(self) -> str:
        return self._code.co_name

    @property
    def lineno(self) -> int:
        # Looked up late: finding the line of an instruction costs more than recording the instruction.
        for start, stop, line in self._code.co_lines():
            if start <= self._lasti < stop and line is not None:
                return line
        return self._code.co_firstlineno

    @property
    def line(self) -> str:
        """The text of the line, or an empty string where the source is not at hand."""
        return linecache.getline(self.filename, self.lineno).strip()

    def __str__(self) -> str:
        place = f"{os.path.basename(self.filename)}:{self.lineno} in {self.function}"
        return f"{place}: {self.line}" if self.line else place

    def __repr__(self) -> str:
        return f"<Site {self}>"


def is_internal(filename: str) -> bool:
    """Whether a source file is ours, and not the user's."""
    known = _is_library.get(filename)
    if known is None:
        known = filename.startswith("<autograd ") or any(filename.startswith(root) for root in _LIBRARY)
        _is_library[filename] = known
    return known


def _user_frame(frame: FrameType | None) -> FrameType | None:
    while frame is not None and is_internal(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def here(callers: bool = False) -> Site | None:
    """The innermost line of the user's code that is running, with its callers if asked for."""
    frame: FrameType | None = sys._getframe(1)
    known = _is_library.get
    # Written out, because every tensor that is recorded comes here.
    while frame is not None:
        internal = known(frame.f_code.co_filename)
        if internal is None:
            internal = is_internal(frame.f_code.co_filename)
        if not internal:
            break
        frame = frame.f_back
    if frame is None:
        return None
    if not callers:
        return Site(frame.f_code, frame.f_lasti)
    chain = []
    while frame is not None:
        chain.append(frame)
        frame = _user_frame(frame.f_back)
    site = None
    for frame in reversed(chain):
        site = Site(frame.f_code, frame.f_lasti, site)
    return site
