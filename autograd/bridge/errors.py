"""What the bridge raises."""

from __future__ import annotations

from autograd.errors import AutogradError


class BridgeError(AutogradError):
    """A program of another framework that cannot be captured, translated, run or read; the message says which operation."""


class MissingTranslationError(BridgeError, NotImplementedError):
    """An operation that has no translation; the message says how to supply one."""
