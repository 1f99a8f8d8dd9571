"""Running an operation as if the user's line had called it, so that the engine records that line, and errors show it."""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

from autograd.bridge.program import Line

# The code of a line that uses a result and of one that assigns it: what becomes of a line of the user's has that file, that
# function and that number. All the rest of the engine finds where it is by the frames that run, so nothing else needs to know.
_USES: CodeType = (lambda call: call()).__code__
_ASSIGNS: CodeType = (lambda call: (result := call())).__code__  # noqa: F841 - the name is replaced
_ASSIGNMENT = re.compile(r"\s*([^\W\d]\w*)\s*(?::[^=]*)?(?:[-+*/@%&|^]|\*\*|//|<<|>>)?=(?!=)")


def run_at(lines: Sequence[Line], variable: str, call: Callable[[], Any]) -> Any:
    """Call a function within frames of the user's lines, the outermost first.

    Parameters
    ----------
    lines : sequence of Line
    variable : str
        What the innermost line assigns the result to; empty where it uses it otherwise.
    call : callable
        Takes nothing.

    Examples
    --------
    >>> import sys
    >>> from autograd.bridge.program import Line
    >>> here = lambda: (sys._getframe(1).f_code.co_filename, sys._getframe(1).f_lineno, sys._getframe(1).f_code.co_name)
    >>> run_at([Line("model.py", 12, "forward")], "h", here)
    ('model.py', 12, 'forward')
    """
    for i, line in enumerate(reversed(lines)):
        call = _within(line, variable if i == 0 else "", call)
    return call()


def _within(line: Line, variable: str, call: Callable[[], Any]) -> Callable[[], Any]:
    function = FunctionType(_code(line.filename, line.number, line.function, variable), {})
    return lambda: function(call)


@lru_cache(maxsize=8192)
def _code(filename: str, number: int, function: str, variable: str) -> CodeType:
    template = _ASSIGNS if variable.isidentifier() else _USES
    names = ("call", variable) if template is _ASSIGNS else ("call",)
    return template.replace(
        co_filename=filename, co_firstlineno=number, co_name=function, co_qualname=function, co_varnames=names
    )


def find_assigned(line: Line) -> str:
    """The variable that a line assigns to, as far as its text alone tells; empty where to none or to several.

    Examples
    --------
    >>> from autograd.bridge.program import Line
    >>> [find_assigned(Line("model.py", 1, "forward", text)) for text in ("h = self.fc(x)", "h += 1", "return h == 2", "a, b = f(x)")]
    ['h', 'h', '', '']
    """
    found = _ASSIGNMENT.match(line.text or linecache.getline(line.filename, line.number))
    return found.group(1) if found else ""
