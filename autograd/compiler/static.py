"""Static arguments: part of the signature of a program as they are, and seen by the function as they are."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any

from autograd.compiler.array_program import varies
from autograd.compiler.errors import CompileError
from autograd.errors import type_name
from autograd.graph.node import Node


class Static:
    """What hides a static argument from whoever looks for inputs; equal to that of an equal argument of the same types."""

    __slots__ = ("key", "value")

    def __init__(self, value: Any, name: str) -> None:
        if isinstance(value, Node) or varies(value):
            raise CompileError(
                f"the static argument {name} is a {type_name(value)}, whose numbers change: give it as an ordinary argument"
            )
        self.key = _key(value)
        try:
            hash(self.key)
        except TypeError:
            raise CompileError(
                f"the static argument {name}, of type {type_name(value)}, has no hash: give something frozen, such as a tuple"
            ) from None
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Static) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def _key(value: Any) -> tuple[Any, ...]:
    """What tells apart arguments that compute different things though they are equal: 1, 1.0 and True, 0.0 and -0.0, in tuples too."""
    kind = type(value)
    if isinstance(value, float):
        return kind, value.hex()
    if isinstance(value, complex):
        return kind, value.real.hex(), value.imag.hex()
    if isinstance(value, tuple):
        return kind, tuple([_key(part) for part in value])
    if isinstance(value, frozenset):
        return kind, frozenset([_key(part) for part in value])
    if is_dataclass(value) and not isinstance(value, type):
        return kind, value, tuple([_key(getattr(value, field.name)) for field in fields(value) if field.compare])
    return kind, value


def _reveal(x: Any) -> Any:
    return x.value if x.__class__ is Static else x


class StaticArguments:
    """Which arguments of a function are static, by number and by name.

    Parameters
    ----------
    function : callable
        What an argument is called, and which number a name has, is read from its signature, where it has one.
    argnums : int or sequence of int
    argnames : str or sequence of str
    """

    def __init__(
        self, function: Callable[..., Any], argnums: int | Sequence[int], argnames: str | Sequence[str]
    ) -> None:
        numbers = {argnums} if isinstance(argnums, int) else set(argnums)
        names = {argnames} if isinstance(argnames, str) else set(argnames)
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):
            parameters = []
        known = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        some = {p.kind for p in parameters}
        if parameters and inspect.Parameter.VAR_POSITIONAL not in some:
            wrong = [n for n in sorted(numbers) if not -len(known) <= n < len(known)]
            if wrong:
                raise CompileError(
                    f"static_argnums: there is no argument {wrong[0]}: {len(known)} are given by position"
                )
            numbers = {n % len(known) for n in numbers}
        if parameters and inspect.Parameter.VAR_KEYWORD not in some:
            strange = sorted(names - {p.name for p in parameters})
            if strange:
                raise CompileError(
                    f"static_argnames: there is no argument {strange[0]!r}: there are {[p.name for p in parameters]}"
                )
        self.numbers = numbers | {known.index(name) for name in names if name in known}
        self.names = names | {known[n] for n in numbers if 0 <= n < len(known)}

    def __bool__(self) -> bool:
        return bool(self.numbers or self.names)

    def hide(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a call with the static ones as `Static`."""
        numbers = {n % len(args) for n in self.numbers if -len(args) <= n < len(args)}
        hidden = tuple([Static(x, f"number {i}") if i in numbers else x for i, x in enumerate(args)])
        return hidden, {key: Static(x, repr(key)) if key in self.names else x for key, x in kwargs.items()}

    def show(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function as one that is given hidden arguments."""
        if not self:
            return function

        @wraps(function)
        def shown(*args: Any, **kwargs: Any) -> Any:
            return function(*map(_reveal, args), **{key: _reveal(x) for key, x in kwargs.items()})

        return shown
