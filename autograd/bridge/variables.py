"""What a function reads from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any


def variables_of(function: Any) -> Iterator[tuple[str, Any]]:
    """What a function reads from outside by name, and the object that it is a method of."""
    method = getattr(function, "__func__", function)
    if method is not function:
        yield type(function.__self__).__name__.lower(), function.__self__
    code = getattr(method, "__code__", None)
    if code is None:
        return
    for name, cell in zip(code.co_freevars, method.__closure__ or (), strict=True):
        with suppress(ValueError):  # an empty cell
            yield name, cell.cell_contents
    for name in code.co_names:
        if name in method.__globals__:
            yield name, method.__globals__[name]
