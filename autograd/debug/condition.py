"""Conditions as text, such as `abs(grad) > 10 and local < 0`: parsed by a list of what is allowed, never run."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import reduce
from typing import Any

import numpy as np

from autograd.debug.errors import DebugError
from autograd.wording.numbers import magnitude

MAX_LENGTH, MAX_DEPTH = 1000, 50
NAMES = ("value", "grad", "upstream", "local")
PHASES = ("forward", "backward")
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "abs": np.abs,
    "isnan": np.isnan,
    "isinf": np.isinf,
    "isfinite": np.isfinite,
    "norm": magnitude,
    "min": np.min,
    "max": np.max,
    "mean": np.mean,
    "sum": np.sum,
    "size": np.size,
    "any": np.any,
    "all": np.all,
}
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: np.true_divide,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
Reading = Callable[[Mapping[str, Any]], Any]


class Condition:
    """A question about an event.

    Parameters
    ----------
    text : str
        Comparisons of numbers and of `value`, `grad`, `upstream` and `local` with `+ - * /`, `and`, `or`, `not`, and the
        functions abs, isnan, isinf, isfinite, norm, min, max, mean, sum, size, any, all. Of an array a comparison holds
        where it holds for any element; `all(…)` asks for every one. Where it has no answer, such as the least element of
        an empty array, it does not hold. `phase == 'forward'` or `phase == 'backward'` asks for the pass.

    Attributes
    ----------
    names : set of str
        Which of these names it asks for.

    Raises
    ------
    DebugError
        Where the text is something else; with the column.

    Examples
    --------
    >>> large = Condition("abs(grad) > 10 and not value == 0")
    >>> large({"grad": -20.0, "value": 1.0}), large({"grad": 2.0, "value": 1.0})
    (True, False)
    """

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise DebugError(f"the condition has {len(text)} characters; at most {MAX_LENGTH} are read")
        self.text = text.strip()
        self.names: set[str] = set()
        try:
            parsed = ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            column = error.offset or len(self.text) + 1
            raise DebugError(f"condition {self._shorten()}: {error.msg} at column {column}") from None
        except (RecursionError, MemoryError, ValueError):
            raise DebugError(
                "the condition is nested too deeply, or holds a character that Python does not read"
            ) from None
        self._holds = self._read(parsed, 0)
        try:
            self._answer({**dict.fromkeys(NAMES, np.float64(1.0)), "phase": "backward"})
        except TypeError:
            raise DebugError(
                f"condition {self._shorten()}: a comparison is true or false and cannot be computed with; join comparisons "
                "with and, or, not"
            ) from None

    def __call__(self, known: Mapping[str, Any]) -> bool:
        """Whether it holds for these values of its names."""
        try:
            return self._answer(known)
        except (TypeError, ValueError):
            return False

    def _answer(self, known: Mapping[str, Any]) -> bool:
        with np.errstate(all="ignore"):
            return _is_any(self._holds(known))

    def __repr__(self) -> str:
        return f"Condition({self.text!r})"

    def _read(self, node: ast.expr, depth: int) -> Reading:
        if depth > MAX_DEPTH:
            raise self._error(node, f"nested more than {MAX_DEPTH} deep")
        if isinstance(node, ast.Compare) and any(_is_phase(part) for part in (node.left, *node.comparators)):
            return self._phase(node)
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        called = self._function(node, node.func.id) if named else None  # type: ignore[attr-defined, arg-type]
        inside = [self._read(part, depth + 1) for part in _operands(node)]
        if isinstance(node, ast.Constant) and isinstance(node.value, (bool, int, float)):
            constant = node.value if isinstance(node.value, bool) else self._number(node)
            return lambda known: constant
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, (ast.BinOp, ast.UnaryOp)) and type(node.op) in OPERATORS:
            function = OPERATORS[type(node.op)]
            return lambda known: function(*(part(known) for part in inside))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return lambda known: not _is_any(inside[0](known))
        if isinstance(node, ast.BoolOp):
            whole = all if isinstance(node.op, ast.And) else any
            return lambda known: whole(_is_any(part(known)) for part in inside)
        if isinstance(node, ast.Compare) and all(type(op) in OPERATORS for op in node.ops):
            return _compare([OPERATORS[type(op)] for op in node.ops], inside)
        if called is not None:
            return lambda known: called(inside[0](known))
        raise self._error(node, f"{type(node).__name__.lower()} is not part of a condition here")

    def _phase(self, node: ast.Compare) -> Reading:
        """A comparison of the pass with one of its two names."""
        sides = [node.left, *node.comparators]
        named = [x.value for x in sides if isinstance(x, ast.Constant)]
        if len(sides) != 2 or len(named) != 1 or named[0] not in PHASES or type(node.ops[0]) not in (ast.Eq, ast.NotEq):
            raise self._error(node, "phase is compared so: phase == 'forward', or phase == 'backward'")
        self.names.add("phase")
        compare, wanted = OPERATORS[type(node.ops[0])], named[0]
        return lambda known: compare(known["phase"], wanted)

    def _number(self, node: ast.Constant) -> np.float64:
        try:
            return np.float64(node.value)  # type: ignore[arg-type]
        except OverflowError:
            raise self._error(node, "the number is larger than any float") from None

    def _name(self, node: ast.Name) -> Reading:
        name = node.id
        if name == "phase":
            raise self._error(node, "phase is compared so: phase == 'forward', or phase == 'backward'")
        if name not in NAMES:
            near = get_close_matches(name, [*NAMES, "phase", *FUNCTIONS], 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise self._error(node, f"unknown name {name!r}: there are {', '.join(NAMES)}, phase{hint}")
        self.names.add(name)
        return lambda known: known[name]

    def _function(self, node: ast.Call, name: str) -> Callable[[Any], Any]:
        if name not in FUNCTIONS:
            raise self._error(node, f"unknown function {name!r}: there are {', '.join(FUNCTIONS)}")
        if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
            raise self._error(node, f"{name} takes one argument")
        return FUNCTIONS[name]

    def _shorten(self) -> str:
        return repr(self.text if len(self.text) <= 60 else self.text[:59] + "…")

    def _error(self, node: ast.AST, message: str) -> DebugError:
        return DebugError(f"condition {self._shorten()}, column {getattr(node, 'col_offset', 0) + 1}: {message}")


def _operands(node: ast.expr) -> list[ast.expr]:
    """The expressions that a part of a condition is made of."""
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    return node.args if isinstance(node, ast.Call) else []


def _is_phase(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "phase"


def _compare(comparisons: list[Callable[..., Any]], parts: list[Reading]) -> Reading:
    def read(known: Mapping[str, Any]) -> Any:
        values = [part(known) for part in parts]
        held = [compare(left, right) for compare, left, right in zip(comparisons, values[:-1], values[1:], strict=True)]
        return reduce(np.logical_and, held)

    return read


def _is_any(x: Any) -> bool:
    return bool(x) if x.__class__ in (bool, np.bool_) else bool(np.any(x))
