"""Python as JavaScript: straight-line functions of numbers, read from their source, so that a formula is written once.

What is taken is what formulas need: assignments, branches, `return`, arithmetic, comparisons, choices, calls, options by
name. Anything else is refused with its line, and never half translated.
"""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Callable, Iterable

from autograd.compiler.errors import CompileError

# How strongly JavaScript's operators bind.
CHOICE, OR, AND, EQUAL, COMPARE, PLUS, TIMES, UNARY, ATOM = range(2, 11)
BINARY: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", PLUS),
    ast.Sub: ("-", PLUS),
    ast.Mult: ("*", TIMES),
    ast.Div: ("/", TIMES),
}
COMPARISONS: dict[type[ast.cmpop], tuple[str, int]] = {
    ast.Lt: ("<", COMPARE),
    ast.LtE: ("<=", COMPARE),
    ast.Gt: (">", COMPARE),
    ast.GtE: (">=", COMPARE),
    # Loosely, so that a mask is also the number that it is stored as.
    ast.Eq: ("==", EQUAL),
    ast.NotEq: ("!=", EQUAL),
    ast.Is: ("===", EQUAL),
    ast.IsNot: ("!==", EQUAL),
}
# What JavaScript's Math has.
ELEMENTARY = (
    *("abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "cos", "cosh", "exp", "expm1", "floor"),
    *("hypot", "log", "log10", "log1p", "log2", "sign", "sin", "sinh", "sqrt", "tan", "tanh", "trunc"),
)  # fmt: skip
MATH = {name: f"Math.{name}" for name in ELEMENTARY}
BUILT_IN = {**MATH, "max": "Math.max", "min": "Math.min"}
# NumPy's and those of Python's `math`; two are rows.
CALLS = {**MATH, "maximum": "maximum", "minimum": "minimum", "power": "Math.pow"}
# Words of JavaScript that could be names in Python.
RESERVED = frozenset(
    {
        "case",
        "const",
        "default",
        "delete",
        "do",
        "enum",
        "export",
        "extends",
        "function",
        "let",
        "new",
        "package",
        "static",
        "super",
    }
    | {"switch", "this", "throw", "typeof", "var", "void"}
)


class Transcriber:
    """Texts of expressions and statements.

    Parameters
    ----------
    names : callable
        What a name is called there; it is asked for names that are neither operands nor assigned.
    masks : bool
        Whether conditions may be numbers.
    """

    def __init__(self, names: Callable[[str], str] = lambda name: name, *, masks: bool = False) -> None:
        self.names, self.masks = names, masks
        self.local: set[str] = set()

    def text(self, node: ast.expr, level: int = CHOICE) -> str:
        """An expression, in parentheses where it binds less strongly than this."""
        found = getattr(self, f"on_{type(node).__name__.lower()}", self.refuse)
        text, own = found(node)
        return f"({text})" if own < level else text

    def truth(self, node: ast.expr, level: int) -> str:
        """A condition: of a formula's number whether it is not 0, because JavaScript counts NaN as false."""
        if self.masks and isinstance(node, ast.Name):
            return f"({self.text(node)} != 0)" if level > EQUAL else f"{self.text(node)} != 0"
        return self.text(node, level)

    def refuse(self, node: ast.AST) -> tuple[str, int]:
        """Raise for what a formula cannot have."""
        raise CompileError(f"{ast.unparse(node)}: {type(node).__name__} has no counterpart in a formula's JavaScript")

    def on_constant(self, node: ast.Constant) -> tuple[str, int]:
        return literal(node.value)

    def on_name(self, node: ast.Name) -> tuple[str, int]:
        if node.id in RESERVED:
            raise CompileError(f"{node.id!r} is a word of JavaScript: give the formula's number another name")
        return (node.id if node.id in self.local else self.names(node.id)), ATOM

    def on_attribute(self, node: ast.Attribute) -> tuple[str, int]:
        return f"{'this' if is_self(node.value) else self.text(node.value, ATOM)}.{node.attr}", ATOM

    def on_subscript(self, node: ast.Subscript) -> tuple[str, int]:
        whole, key = self.text(node.value, ATOM), node.slice
        if isinstance(key, ast.Slice):
            if key.step is not None:
                return self.refuse(node)
            start = "0" if key.lower is None else self.text(key.lower)
            return f"{whole}.slice({start}{'' if key.upper is None else f', {self.text(key.upper)}'})", ATOM
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return f"{whole}.{key.value}", ATOM
        last = isinstance(key, ast.UnaryOp)
        return (f"{whole}.at({self.text(key)})" if last else f"{whole}[{self.text(key)}]"), ATOM

    def on_tuple(self, node: ast.Tuple | ast.List) -> tuple[str, int]:
        return f"[{', '.join(map(self.text, node.elts))}]", ATOM

    on_list = on_tuple

    def on_starred(self, node: ast.Starred) -> tuple[str, int]:
        return f"...{self.text(node.value)}", ATOM

    def on_unaryop(self, node: ast.UnaryOp) -> tuple[str, int]:
        sign = {ast.USub: "-", ast.UAdd: "+", ast.Not: "!"}.get(type(node.op))
        if sign is None:
            return self.refuse(node)
        inner = self.truth(node.operand, UNARY) if isinstance(node.op, ast.Not) else self.text(node.operand, UNARY)
        return f"{sign}({inner})" if inner.startswith(sign) else f"{sign}{inner}", UNARY

    def on_binop(self, node: ast.BinOp) -> tuple[str, int]:
        if isinstance(node.op, ast.Pow):
            return f"Math.pow({self.text(node.left)}, {self.text(node.right)})", ATOM
        if type(node.op) not in BINARY:
            return self.refuse(node)
        sign, level = BINARY[type(node.op)]
        return f"{self.text(node.left, level)} {sign} {self.text(node.right, level + 1)}", level

    def on_boolop(self, node: ast.BoolOp) -> tuple[str, int]:
        sign, level = ("&&", AND) if isinstance(node.op, ast.And) else ("||", OR)
        # The two are not mixed without parentheses, for those who read it.
        return f" {sign} ".join(self.truth(part, EQUAL) for part in node.values), level

    def on_compare(self, node: ast.Compare) -> tuple[str, int]:
        parts = []
        for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
            if type(op) not in COMPARISONS:
                return self.refuse(node)
            sign, level = COMPARISONS[type(op)]
            parts.append(f"{self.text(left, level + 1)} {sign} {self.text(right, level + 1)}")
        return " && ".join(parts), AND if len(parts) > 1 else level

    def on_ifexp(self, node: ast.IfExp) -> tuple[str, int]:
        return f"{self.truth(node.test, OR)} ? {self.text(node.body, OR)} : {self.text(node.orelse)}", CHOICE

    def on_call(self, node: ast.Call) -> tuple[str, int]:
        if node.keywords:
            return self.refuse(node)
        arguments = [self.text(argument) for argument in node.args]
        function = node.func
        if isinstance(function, ast.Name) and function.id == "fmod":
            left, right = (self.text(argument, UNARY) for argument in node.args)
            return f"{left} % {right}", TIMES
        library, _, called = ast.unparse(function).partition(".")
        if library in ("np", "math") and called:
            name = CALLS.get(called, "")
            if not name:
                return self.refuse(node)
        elif isinstance(function, ast.Name):
            name = BUILT_IN.get(function.id) or self.names(function.id)
        else:
            name = self.text(function, ATOM)
        return (arguments[0], ATOM) if name == "" else (f"{name}({', '.join(arguments)})", ATOM)

    def statements(self, body: Iterable[ast.stmt], indent: str = "") -> list[str]:
        """The lines of a function's body; docstrings are left out."""
        lines: list[str] = []
        for statement in body:
            lines += self.statement(statement, indent)
        return lines

    def statement(self, node: ast.stmt, indent: str) -> list[str]:
        """The lines of one statement."""
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return []
        if isinstance(node, ast.Return) and node.value is not None:
            return [f"{indent}return {self.text(node.value)};"]
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            return [indent + line for line in self.assign(node.targets[0], node.value)]
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            return [indent + line for line in self.assign(node.target, node.value)]
        if isinstance(node, ast.If):
            test = f"{indent}if ({self.text(node.test)}) {{"
            lines = [test, *self.statements(node.body, indent + "  ")]
            if node.orelse:
                lines += [f"{indent}}} else {{", *self.statements(node.orelse, indent + "  ")]
            return [*lines, f"{indent}}}"]
        self.refuse(node)
        return []

    def assign(self, target: ast.expr, value: ast.expr) -> list[str]:
        """An assignment; its names are declared where the function begins."""
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            read = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
            if not read & set(targets(target)):
                pairs = zip(target.elts, value.elts, strict=True)
                return [line for name, part in pairs for line in self.assign(name, part)]
        return [f"{self.pattern(target)} = {self.text(value)};"]

    def pattern(self, target: ast.expr) -> str:
        """What is assigned to."""
        if isinstance(target, ast.Name):
            return self.on_name(target)[0]
        if isinstance(target, ast.Tuple):
            return f"[{', '.join(map(self.pattern, target.elts))}]"
        raise CompileError(f"{ast.unparse(target)}: formulas assign to names alone")


def targets(node: ast.AST) -> list[str]:
    """The names that something assigns to, each once, in order."""
    stored = (n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return list(dict.fromkeys(stored))


def is_self(node: ast.expr) -> bool:
    """Whether an expression is the object of a method."""
    return isinstance(node, ast.Name) and node.id == "self"


def literal(value: object) -> tuple[str, int]:
    """A constant, and how strongly it binds.

    Examples
    --------
    >>> literal(1.0), literal(-0.5), literal(None), literal(math.inf)
    (('1', 10), ('-0.5', 9), ('null', 10), ('Infinity', 10))
    """
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value), ATOM
    if isinstance(value, (int, float)):
        if math.isnan(value):
            return "NaN", ATOM
        size = "Infinity" if math.isinf(value) else repr(abs(value)).removesuffix(".0")
        return (f"-{size}", UNARY) if math.copysign(1.0, value) < 0 else (size, ATOM)
    raise CompileError(f"{value!r} is no constant of a formula")


def transcribe_expression(
    text: str, names: Callable[[str], str] = lambda name: name, *, operands: Iterable[str] = ()
) -> str:
    """A Python expression as JavaScript.

    Parameters
    ----------
    text : str
    names : callable
        What a name is called there.
    operands : iterable of str
        Names that stay as they are.

    Examples
    --------
    >>> transcribe_expression("x if x > y or x != x else -exp(y) ** 2")
    'x > y || x != x ? x : -Math.pow(Math.exp(y), 2)'
    """
    writer = Transcriber(names, masks=True)
    writer.local = set(operands)
    return writer.text(ast.parse(text, mode="eval").body)


def transcribe_function(
    function: ast.FunctionDef, name: str, names: Callable[[str], str] = lambda name: name, *, keyword: str = "function "
) -> str:
    """A Python function as JavaScript.

    Parameters
    ----------
    function : ast.FunctionDef
    name : str
        What it is called there.
    names : callable
        What a global name is called there.
    keyword : str
        What stands before the name: nothing for a method.

    Examples
    --------
    >>> tree = ast.parse("def f(x):\\n    y = 2.0 * x\\n    return y if y > 1.0 else -y")
    >>> print(transcribe_function(tree.body[0], "f"))
    function f(x) {
      let y;
      y = 2 * x;
      return y > 1 ? y : -y;
    }
    """
    writer = Transcriber(names)
    parameters = [a.arg for a in function.args.args if a.arg != "self"]
    fresh = [found for found in dict.fromkeys(n for s in function.body for n in targets(s)) if found not in parameters]
    writer.local = {*parameters, *fresh}
    declared = [f"  let {', '.join(fresh)};"] if fresh else []
    body = writer.statements(function.body, "  ")
    return "\n".join([f"{keyword}{name}({', '.join(parameters)}) {{", *declared, *body, "}"])


def find_functions(text: str, names: Iterable[str]) -> dict[str, ast.FunctionDef]:
    """The functions of these names in a module's text.

    Examples
    --------
    >>> sorted(find_functions("def f(): pass\\ndef g(): pass\\ndef h(): pass", ["g", "f"]))
    ['f', 'g']
    """
    found = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    return {name: found[name] for name in names}
