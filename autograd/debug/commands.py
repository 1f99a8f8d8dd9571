"""Breakpoints as text."""

from __future__ import annotations

import shlex
from typing import Any

from autograd.debug.errors import DebugError

TEXTS = ("op", "name", "module", "line", "phase", "when", "changes")
NUMBERS = ("above", "below")


def criteria(text: str) -> dict[str, Any]:
    """What `Session.break_at` takes, of a text such as `op=mul phase=backward`.

    Examples
    --------
    >>> criteria("op=mul when='abs(grad) > 1' not_finite above=2")
    {'op': 'mul', 'when': 'abs(grad) > 1', 'not_finite': True, 'above': 2.0}
    """
    found: dict[str, Any] = {}
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise DebugError(f"breakpoint {text!r}: {error}") from None
    for word in words:
        name, equals, value = word.partition("=")
        if name == "not_finite" and not equals:
            found[name] = True
        elif name in TEXTS and value:
            found[name] = value
        elif name in NUMBERS and value:
            try:
                found[name] = float(value)
            except ValueError:
                raise DebugError(f"breakpoint {word!r}: {value!r} is not a number") from None
        else:
            raise DebugError(
                f"breakpoint {word!r}: say not_finite, or one of {', '.join(TEXTS + NUMBERS)} with = and a value"
            )
    return found
