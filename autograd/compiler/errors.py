"""The error of the compiler."""

from __future__ import annotations

from autograd.errors import AutogradError


class CompileError(AutogradError, TypeError):
    """Something that cannot be captured: a branch on a value, a value that is read out, …; the message names the line."""
