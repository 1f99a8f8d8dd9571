"""The error of the debugger."""

from __future__ import annotations

from autograd.errors import AutogradError


class DebugError(AutogradError):
    """Something asked of a session that it cannot do: an unknown node or breakpoint, an edit that does not fit, …"""


def describe_error(error: Exception) -> str:
    """What stopped a pass: the engine's errors say it themselves, of others the type is told too.

    Examples
    --------
    >>> describe_error(KeyError("x")), describe_error(DebugError("no such node"))
    ("KeyError: 'x'", 'no such node')
    """
    said = str(error)
    return said if isinstance(error, AutogradError) and said else f"{type(error).__name__}: {said}"
