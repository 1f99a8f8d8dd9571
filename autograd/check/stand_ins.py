"""`autograd.Value` in the places of engines of a program's own, such as a class `Value` after micrograd.

What such a class records is in closures of its own, where nobody can look. With this engine in its place a program can be watched and
stepped through; and held to it, expression by expression, the class is right or not.
"""

from __future__ import annotations

import ast
import builtins
import linecache
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NamedTuple

from autograd.check.engine_report import EngineReport
from autograd.check.engines import check_engine, is_engine, maker_of
from autograd.engine.value import Value
from autograd.errors import UsageError
from autograd.graph.sites import is_internal

# The files of Python's own frames of an import.
IMPORTING = "<frozen importlib"
# What is called, or read, by the name of a class or of a value, beside functions; and what ours is made with.
PARTS = (property, staticmethod, classmethod)
WORDS = ("data", "requires_grad", "name", "label")


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
        if is_internal(file) or not is_engine(made) or not _can_stand_for(made):
            return made
        attributes = _list_attributes(made)
        if any(asks_for_more(one, made, attributes) for one in {*_list_files(file)}):
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


def _list_files(file: str) -> Iterator[str]:
    """The file of a class, and those of the programs that are importing it now."""
    yield file
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and (frame.f_code.co_name == "<module>" or frame.f_code.co_filename.startswith(IMPORTING)):
        yield frame.f_code.co_filename
        frame = frame.f_back


def asks_for_more(file: str, made: type, attributes: set[str]) -> bool:
    """Whether a program uses a class, outside of it, as ours can't be used.

    It may make nodes of it, `Value(data, (a, b), "op")`, give it methods, use attributes that only its own have, or give them new ones.
    """
    try:
        nodes = list(ast.walk(ast.parse("".join(linecache.getlines(file)))))
    except SyntaxError:
        return False
    name = made.__name__
    within = {
        id(part) for node in nodes if isinstance(node, ast.ClassDef) and node.name == name for part in ast.walk(node)
    }
    outside = [node for node in nodes if id(node) not in within]
    calls = [node for node in outside if isinstance(node, ast.Call) and _last_name(node.func) == name]
    if any(len(call.args) > 1 or any(word.arg not in WORDS for word in call.keywords) for call in calls):
        return True
    used = [node for node in outside if isinstance(node, ast.Attribute)]
    given = [node for node in used if isinstance(node.ctx, ast.Store)]
    others = {node.attr for node in given if _last_name(node.value) == "self"}
    return any(node.attr in attributes for node in used) or any(
        _last_name(node.value) == name or node.attr not in {*dir(Value), *others} for node in given
    )


def _last_name(node: ast.AST) -> str:
    """`Value`, of `Value` and of `engine.Value`."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _put_back(before: dict[str, Any]) -> None:
    """Take from `Value` what a program has given it as to a class of its own: `Value.exp = …`."""
    for name, part in [*vars(Value).items()]:
        if name not in before:
            delattr(Value, name)
        elif part is not before[name]:
            setattr(Value, name, before[name])


def _can_stand_for(made: type) -> bool:
    """Whether `autograd.Value` has all that a class has, and it is found by a name that all functions know."""
    own = {name for name, part in vars(made).items() if callable(part) or isinstance(part, PARTS)}
    if issubclass(made, Value) or made.__qualname__ != made.__name__ or not own <= {*dir(Value)}:
        return False
    try:
        maker_of(made)
    except UsageError:
        # Its values are made of more than a number.
        return False
    return True


def _list_attributes(made: type) -> set[str]:
    """Of a class and its values those that ours has not."""
    own = {*vars(made), *getattr(maker_of(made)(0.5), "__dict__", ())}
    return {name for name in own if not name.startswith("__")} - {*dir(Value)}


__all__ = ("OwnEngine", "in_place_of_engines")
