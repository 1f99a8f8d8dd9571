"""Errors as PyTorch's users catch them: what the engine raises is a RuntimeError too."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from autograd.errors import AutogradError

_RUNTIME: dict[type, type] = {}


def as_runtime_error(error: BaseException, name: str = "") -> BaseException:
    """An error of the engine's, whose class then is also RuntimeError, and whose text begins with PyTorch's word.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> try:
    ...     torch.zeros(2) + torch.zeros(3)
    ... except RuntimeError as error:
    ...     print(type(error).__name__, isinstance(error, ValueError))
    ShapeError True
    """
    kind = type(error)
    if isinstance(error, AutogradError) and not isinstance(error, RuntimeError):
        if kind not in _RUNTIME:
            _RUNTIME[kind] = type(kind.__name__, (kind, RuntimeError), {"__module__": kind.__module__})
        error.__class__ = _RUNTIME[kind]
    text = str(error)
    if name and not text.startswith(("torch.", "t.", "backward")):
        error.args = (f"torch.{name}: {text}", *error.args[1:])
    return error


def with_runtime_errors(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose errors of the engine's are RuntimeErrors too, as PyTorch's are."""

    @wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return f(*args, **kwargs)
        except AutogradError as error:
            raise as_runtime_error(error)  # noqa: B904 - it is the same one

    return call
