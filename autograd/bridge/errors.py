"""What the bridge raises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from autograd.errors import AutogradError


class BridgeError(AutogradError):
    """A program of another framework that cannot be captured, translated, run or read; the message says which operation."""


class MissingTranslationError(BridgeError, NotImplementedError):
    """An operation that has no translation; the message says how to supply one."""


class FrameworkError(BridgeError):
    """What a framework raised, or the user's code within it, where its own derivative was wanted; the cause is that error."""


class ChangedGradientError(FrameworkError):
    """A backward wrote into the gradient that it was given."""


@contextmanager
def framework_errors() -> Iterator[None]:
    """A block that only a framework and the user's code compute in: whatever they raise becomes a `FrameworkError`.

    Examples
    --------
    >>> with framework_errors():
    ...     1 / 0
    Traceback (most recent call last):
        ...
    autograd.bridge.errors.FrameworkError: ZeroDivisionError: division by zero
    """
    try:
        yield
    except Exception as error:
        raise FrameworkError(f"{type(error).__name__}: {error}") from error
