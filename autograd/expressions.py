"""Expressions as text, such as `c=a+b; c*exp(b)`, to a graph or a function: parsed by a list of what is allowed, never run."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import reduce
from typing import Any

import autograd
from autograd.engine.value import Value
from autograd.errors import AutogradError
from autograd.wording.suggestion import quote

MAX_LENGTH, MAX_DEPTH = 10_000, 200
CONSTANTS = {"pi": math.pi, "e": math.e}
UNARY = [
    "exp",
    "exp2",
    "expm1",
    "log",
    "log2",
    "log10",
    "log1p",
    "sqrt",
    "square",
    "reciprocal",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "sigmoid",
    "softplus",
    "relu",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "erf",
    "erfc",
    "abs",
    "sign",
    "floor",
    "ceil",
]
BINARY = ["atan2", "maximum", "minimum", "hypot", "logaddexp", "power"]
VARIADIC = ["max", "min", "sum", "logsumexp"]
FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    **{name: (getattr(autograd, name), 1, 1) for name in UNARY},
    **{name: (getattr(autograd, name), 2, 2) for name in BINARY},
    **{name: (getattr(autograd, name), 2, 1000) for name in VARIADIC},
    "pow": (autograd.power, 2, 2),
    "clip": (autograd.clip, 3, 3),
    "where": (autograd.where, 3, 3),
}
# Of arrays, `max(x, y)` would be the largest of x along axis y.
_IN_PAIRS = {"max": "maximum", "min": "minimum", "sum": "add", "logsumexp": "logaddexp"}


def _join_in_pairs(join: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: reduce(join, values)


ELEMENTWISE = {
    **FUNCTIONS,
    **{name: (_join_in_pairs(getattr(autograd, join)), 2, 1000) for name, join in _IN_PAIRS.items()},
}
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: autograd.add,
    ast.Sub: autograd.sub,
    ast.Mult: autograd.mul,
    ast.Div: autograd.div,
    ast.Pow: autograd.power,
}
COMPARISONS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Gt: autograd.greater,
    ast.GtE: autograd.greater_equal,
    ast.Lt: autograd.less,
    ast.LtE: autograd.less_equal,
    ast.Eq: autograd.equal,
    ast.NotEq: autograd.not_equal,
}


class ParseError(AutogradError, ValueError):
    """A text that is not an expression over the known functions; the message says what is wrong and at which column."""


def parse(text: str, values: Mapping[str, float]) -> Value:
    """The graph of an expression.

    Parameters
    ----------
    text : str
        Numbers, names, `+ - * / **`, parentheses and the functions of `autograd` that take scalars; comparisons as the
        condition of `where(x > 0, x, 0)`. Names may be given to parts: `c=a+b; d=b+1; c*d`.
    values : mapping of str to float
        The value of every name; `pi` and `e` are known where they are not given.

    Returns
    -------
    Value
        Its leaves and named parts carry their names.

    Raises
    ------
    ParseError

    Examples
    --------
    >>> e = parse("c=a+b; d=b+1; e=c*d", {"a": 2, "b": 1})
    >>> e.data, e.name, [p.name for p in e.parents]
    (6.0, 'e', ['c', 'd'])
    """
    reader = _Reader(text, {name: Value(value, name=name) for name, value in values.items()})
    result = reader.read(_parse_module(text))
    unused = sorted(set(values) - reader.used)
    if unused:
        raise ParseError(f"a value was given for {unused[0]!r}, which {quote(text)} does not use")
    return result if isinstance(result, Value) else Value(result)


class Function:
    """An expression as a function of names: of numbers, of arrays element by element, and of nodes.

    Parameters
    ----------
    text : str
        As for `parse`.
    names : sequence of str
        What it may use, in the order of the arguments.

    Attributes
    ----------
    text : str
        The expression in plain form: without comments, and with its numbers as decimals.
    names : tuple of str
        Those that it uses.

    Raises
    ------
    ParseError

    Examples
    --------
    >>> bowl = Function("x**2/10 + y**2", ("x", "y"))
    >>> bowl(-7.0, 2.0)
    8.9
    >>> Function("where(x > 0x0, x, 0)  # a comment", ("x", "y")).text
    'where(x > 0, x, 0)'
    """

    def __init__(self, text: str, names: Sequence[str]) -> None:
        self._arguments = tuple(names)
        self._module = _parse_module(text)
        # What is wrong with it is said here, and not when it is called.
        reader = _Reader(text, dict.fromkeys(names, 0.5), ELEMENTWISE)
        reader.read(self._module)
        self.names = tuple(name for name in names if name in reader.used)
        self.text = "; ".join(ast.unparse(self._module).splitlines())

    def __call__(self, *values: Any) -> Any:
        leaves = dict(zip(self._arguments, values, strict=True))
        return _Reader(self.text, leaves, ELEMENTWISE).read(self._module)


def _parse_module(text: str) -> ast.Module:
    if len(text) > MAX_LENGTH:
        raise ParseError(f"the expression has {len(text)} characters; at most {MAX_LENGTH} are read")
    if "\0" in text:
        raise ParseError("the expression holds a null character")
    try:
        return ast.parse(text.strip())
    except SyntaxError as error:
        column = f" at column {error.offset}" if error.offset else ""
        raise ParseError(f"syntax error{column}: {error.msg}, in {quote(text)}") from None
    except (RecursionError, MemoryError, ValueError):
        raise ParseError(
            f"the expression is nested too deeply, or holds a number that is too long: {quote(text)}"
        ) from None


class _Reader:
    def __init__(
        self,
        text: str,
        leaves: Mapping[str, Any],
        functions: Mapping[str, tuple[Callable[..., Any], int, int]] = FUNCTIONS,
    ) -> None:
        self.text, self.leaves, self.functions = text, leaves, functions
        self.parts: dict[str, Any] = {}
        self.used: set[str] = set()

    def read(self, module: ast.Module) -> Any:
        if not module.body:
            raise ParseError("the expression is empty")
        result: Any = None
        for statement in module.body:
            if (
                isinstance(statement, ast.Assign)
                and len(statement.targets) == 1
                and isinstance(statement.targets[0], ast.Name)
            ):
                name = statement.targets[0].id
                if name in self.leaves or name in self.parts:
                    raise self._error(statement, f"{name!r} has a value already")
                result = self._node(statement.value, 0)
                if isinstance(result, Value) and result.name is None:
                    result.name = name
                self.parts[name] = result
            elif isinstance(statement, ast.Expr):
                result = self._node(statement.value, 0)
            else:
                raise self._error(statement, "only expressions and assignments to one name (c = a + b) are read")
        if isinstance(result, bool):
            raise ParseError("the expression is a comparison; use it in where(condition, x, y)")
        return result

    def _error(self, node: ast.AST, message: str) -> ParseError:
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        place = f"column {column}" if line == 1 else f"line {line}, column {column}"
        return ParseError(f"{message}, at {place} of {quote(self.text)}")

    def _node(self, node: ast.expr, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise self._error(node, f"nested more than {MAX_DEPTH} deep")
        if isinstance(node, ast.Constant):
            return self._number(node)
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            return self._chain(node, depth)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            operand = self._value(node.operand, depth + 1)
            return autograd.neg(operand) if isinstance(node.op, ast.USub) else operand
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS:
            return COMPARISONS[type(node.ops[0])](
                self._value(node.left, depth + 1), self._value(node.comparators[0], depth + 1)
            )
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        raise self._error(node, f"{_kind(node)} is not part of an expression here")

    def _chain(self, node: ast.BinOp, depth: int) -> Any:
        """A sum of many terms is as deep as it is long on its left side, so that side is walked, not recursed into."""
        rest: list[ast.BinOp] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and type(left.op) in OPERATORS:
            rest.append(left)
            left = left.left
        result = self._value(left, depth + 1)
        for part in reversed(rest):
            result = OPERATORS[type(part.op)](result, self._value(part.right, depth + 1))
        return result

    def _value(self, node: ast.expr, depth: int) -> Any:
        result = self._node(node, depth)
        if isinstance(result, bool):
            raise self._error(node, "a comparison is not a number; use it in where(condition, x, y)")
        return result

    def _number(self, node: ast.Constant) -> float:
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise self._error(node, f"{node.value!r} is not a real number")
        try:
            return float(node.value)
        except OverflowError:
            return math.inf

    def _name(self, node: ast.Name) -> Any:
        if node.id in self.parts:
            return self.parts[node.id]
        if node.id in self.leaves:
            self.used.add(node.id)
            return self.leaves[node.id]
        if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        if node.id in FUNCTIONS:
            raise self._error(node, f"{node.id!r} is a function: {node.id}(…)")
        near = get_close_matches(node.id, [*self.leaves, *self.parts], 1)
        raise self._error(
            node, f"no value for {node.id!r}: give {node.id}=…" + (f" (or is it {near[0]!r}?)" if near else "")
        )

    def _call(self, node: ast.Call, depth: int) -> Any:
        if not isinstance(node.func, ast.Name):
            raise self._error(node, "only functions are called, by name")
        name = node.func.id
        if name not in FUNCTIONS:
            near = get_close_matches(name, FUNCTIONS, 1)
            raise self._error(node, f"unknown function {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        function, least, most = self.functions[name]
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self._error(node, f"{name} takes plain arguments only")
        if not least <= len(node.args) <= most:
            count = f"{least}" if least == most else f"{least} or more"
            raise self._error(
                node, f"{name} takes {count} argument{'s' if least != 1 or most != 1 else ''}, got {len(node.args)}"
            )
        first = self._node if name == "where" else self._value
        arguments = [first(node.args[0], depth + 1), *(self._value(argument, depth + 1) for argument in node.args[1:])]
        try:
            return function(*arguments)
        except (TypeError, ValueError) as error:
            raise self._error(node, f"{name} cannot be computed: {error}") from None


def _kind(node: ast.AST) -> str:
    kinds = {
        ast.Attribute: "an attribute",
        ast.Subscript: "an index",
        ast.Lambda: "a lambda",
        ast.BoolOp: "and/or",
        ast.IfExp: "if/else (use where)",
        ast.Compare: "this comparison",
        ast.BinOp: "this operator",
        ast.UnaryOp: "this operator",
    }
    return kinds.get(type(node), f"{type(node).__name__.lower()}")
