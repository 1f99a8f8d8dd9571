"""`DataError`: a file that is not what it should be."""

from __future__ import annotations

from autograd.errors import AutogradError


class DataError(AutogradError, ValueError):
    """A file that is missing, broken, or not of the format that it should be; the message names it."""
