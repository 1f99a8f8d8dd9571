"""The debugger as a server of the Debug Adapter Protocol, for editors: a front end on sessions like the others.

The adapter (`server`) talks to the editor and starts the program in a child process (`process`), where the sessions are: there
one thread runs the program (`debuggee`), another one answers (`requests`).
"""

from __future__ import annotations

from autograd.debug.dap.debuggee import debug_program
from autograd.debug.dap.listen import serve_port, serve_stdio

__all__ = ["debug_program", "serve_port", "serve_stdio"]
