"""`Fields`: the arguments of a request, each read as what it should be; what is something else is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd.errors import AutogradError

LARGEST = 2**53


class RequestError(AutogradError):
    """A request that cannot be done; the message is for the user of the editor."""


class Fields:
    """What a request, or a part of it, says.

    Parameters
    ----------
    given : object
        The arguments, as they came.
    what : str
        What they belong to, for messages.

    Raises
    ------
    RequestError
        Where they are no object.

    Examples
    --------
    >>> fields = Fields({"line": 3}, "gotoTargets")
    >>> fields.whole("line", 1)
    3
    >>> fields.text("name")
    Traceback (most recent call last):
        ...
    autograd.debug.dap.fields.RequestError: gotoTargets: name is missing; it is a text
    """

    def __init__(self, given: object, what: str) -> None:
        if given is None:
            given = {}
        if not isinstance(given, Mapping):
            raise RequestError(f"{what}: the arguments are an object, not {type(given).__name__}")
        self._given, self._what = given, what

    def __contains__(self, name: str) -> bool:
        return self._given.get(name) is not None

    def _get(self, name: str, kind: str, fits: Any, default: Any) -> Any:
        x = self._given.get(name)
        if x is None:
            if default is ...:
                raise RequestError(f"{self._what}: {name} is missing; it is {kind}")
            return default
        if not fits(x):
            raise RequestError(f"{self._what}: {name} is {kind}, not {repr(x)[:60]}")
        return x

    def text(self, name: str, default: Any = ...) -> Any:
        """A text."""
        return self._get(name, "a text", lambda x: isinstance(x, str), default)

    def whole(self, name: str, least: int, default: Any = ...) -> Any:
        """A whole number from `least` on."""
        return self._get(
            name,
            f"a whole number from {least} on",
            lambda x: isinstance(x, int) and not isinstance(x, bool) and least <= x < LARGEST,
            default,
        )

    def flag(self, name: str, default: bool = False) -> bool:
        """Whether something is so."""
        return bool(self._get(name, "true or false", lambda x: isinstance(x, bool), default))

    def texts(self, name: str) -> list[str]:
        """Some texts; none by default."""
        return list(
            self._get(
                name, "a list of texts", lambda x: isinstance(x, list) and all(isinstance(one, str) for one in x), []
            )
        )

    def parts(self, name: str) -> list[Fields]:
        """Some objects; none by default."""
        found = self._get(name, "a list of objects", lambda x: isinstance(x, list), [])
        return [Fields(x, f"{self._what}, {name}") for x in found]

    def part(self, name: str) -> Fields:
        """An object, which may be missing."""
        return Fields(self._given.get(name), f"{self._what}, {name}")

    def table(self, name: str) -> dict[str, Any]:
        """An object of names and anything; empty by default."""
        return dict(self._get(name, "an object", lambda x: isinstance(x, Mapping), {}))
