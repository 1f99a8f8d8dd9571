"""The error of the pages."""

from __future__ import annotations

from autograd.errors import AutogradError


class PageError(AutogradError, ValueError):
    """A page that cannot be made; the message says what to give instead."""
