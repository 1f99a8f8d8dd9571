"""What can be wrong with the files of a run, and with its processes."""

from __future__ import annotations

from autograd.errors import AutogradError


class CheckpointError(AutogradError, ValueError):
    """A checkpoint that is broken, foreign, or of another run; the message says which, and nothing was changed."""


class HistoryError(AutogradError, ValueError):
    """A file that is not a history."""


class RewindError(AutogradError, ValueError):
    """A record that is none, or a run that cannot be replayed; the message says why."""


class ParallelError(AutogradError, RuntimeError):
    """Processes of a run that are not alike; all of them raise it."""

    of_all_processes = True


class RecordWarning(UserWarning):
    """A run that could not be recorded to its end: the disk was full, say."""
