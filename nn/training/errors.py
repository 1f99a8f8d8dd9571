"""Files of a run that are not what they should be: `CheckpointError`, `HistoryError`."""

from __future__ import annotations

from autograd.errors import AutogradError


class CheckpointError(AutogradError, ValueError):
    """A checkpoint that is broken, foreign, or of another run; the message says which, and nothing was changed."""


class HistoryError(AutogradError, ValueError):
    """A file that is not a history."""
