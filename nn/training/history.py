"""`History`: what every epoch of a run gave."""

from __future__ import annotations


class History:
    """The epochs of a run."""
