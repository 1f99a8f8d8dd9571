"""`autograd.Value` in the places of engines of a program's own, such as a class `Value` after micrograd.

What such a class records is in closures of its own, where nobody can look. With this engine in its place a program can be watched and
stepped through; and held to it, expression by expression, the class is right or not.
"""

from __future__ import annotations

import ast
import builtins
import linecache
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from autograd.check.engines import EngineReport, check_engine, is_engine, maker_of
from autograd.engine.value import Value
from autograd.errors import UsageError
from autograd.graph.sites import is_internal


class OwnEngine(NamedTuple):
    """A class that is an engine of scalars, and the names among which it was made."""

    made: type
    names: dict[str, Any]

    def check(self) -> EngineReport:
        """Hold it to this engine, as if nothing stood in its place; functions that it calls are there when the program has run.

        Examples
        --------
        >>> OwnEngine(Value, {}).check().verdict
        'pass'
        """
        name = self.made.__name__
        stand_in, self.names[name] = self.names.get(name, Value), self.made
        try:
            return check_engine(self.made)
        finally:
            self.names[name] = stand_in


@contextmanager
def in_place_of_engines(found: Callable[[OwnEngine], Any]) -> Iterator[None]:
    """Within, `autograd.Value` takes the place of each class of the user's that is an engine of scalars.

    Parameters
    ----------
    found : callable
        Is given each of them.

    Examples
    --------
    >>> with in_place_of_engines(print):
    ...     class Words:
    ...         pass
    >>> Words.__name__
    'Words'
    """
    make: Any = builtins.__build_class__

    def build(body: Any, name: str, *bases: Any, **options: Any) -> Any:
        made = make(body, name, *bases, **options)
        file = body.__code__.co_filename
        if is_internal(file) or not is_engine(made) or not _can_stand_for(made) or adds_operations(file, name):
            return made
        found(OwnEngine(made, body.__globals__))
        return Value

    before = dict(vars(Value))
    builtins.__build_class__ = build  # type: ignore[assignment]
    try:
        yield
    finally:
        builtins.__build_class__ = make
        _put_back(before)


def adds_operations(file: str, name: str) -> bool:
    """Whether a program makes nodes of a class outside of it, `Value(data, (a, b), "op")`, or gives it methods: those are not ours."""
    try:
        nodes = list(ast.walk(ast.parse("".join(linecache.getlines(file)))))
    except SyntaxError:
        return False
    within = {
        id(part) for node in nodes if isinstance(node, ast.ClassDef) and node.name == name for part in ast.walk(node)
    }
    outside = [node for node in nodes if id(node) not in within]
    calls = [node for node in outside if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    targets = [target for node in outside if isinstance(node, ast.Assign) for target in node.targets]
    return any(call.func.id == name and len(call.args) > 1 for call in calls if isinstance(call.func, ast.Name)) or any(
        isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == name
        for target in targets
    )


def _put_back(before: dict[str, Any]) -> None:
    """Take from `Value` what a program has given it as to a class of its own: `Value.exp = …`."""
    for name, part in [*vars(Value).items()]:
        if name not in before:
            delattr(Value, name)
        elif part is not before[name]:
            setattr(Value, name, before[name])


def _can_stand_for(made: type) -> bool:
    """Whether `autograd.Value` has all that a class has, and it is found by a name that all functions know."""
    own = {name for name, part in vars(made).items() if callable(part) or isinstance(part, (property, staticmethod))}
    if issubclass(made, Value) or made.__qualname__ != made.__name__ or not own <= {*dir(Value)}:
        return False
    try:
        maker_of(made)
    except UsageError:
        # Its values are made of more than a number.
        return False
    return True


__all__ = ("OwnEngine", "in_place_of_engines")
