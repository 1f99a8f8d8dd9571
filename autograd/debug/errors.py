"""The error of the debugger."""

from __future__ import annotations

from autograd.errors import AutogradError


class DebugError(AutogradError):
    """Something asked of a session that it cannot do: an unknown node or breakpoint, an edit that does not fit, …"""
