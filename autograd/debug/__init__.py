"""A time-travel debugger for backpropagation: sessions, breakpoints, and the front ends on them."""

from __future__ import annotations

from autograd.debug.breakpoints import Breakpoint
from autograd.debug.condition import Condition
from autograd.debug.errors import DebugError
from autograd.debug.event import Event, Sending
from autograd.debug.frontend import breakpoint_when, open_session
from autograd.debug.magic import load_ipython_extension
from autograd.debug.script import each_backward
from autograd.debug.session import Session

__all__ = [
    "Breakpoint",
    "Condition",
    "DebugError",
    "Event",
    "Sending",
    "Session",
    "breakpoint_when",
    "each_backward",
    "load_ipython_extension",
    "open_session",
]
