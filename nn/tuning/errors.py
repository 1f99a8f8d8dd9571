"""What can go wrong with a search."""

from __future__ import annotations

from autograd.errors import AutogradError


class SearchError(AutogradError, ValueError):
    """A search that cannot be done or resumed as asked."""


class SearchWarning(UserWarning):
    """The best trial lies on the border of what was searched: better ones may lie beyond."""
