"""The rules of rows over whole arrays as JavaScript, read from their source: their shapes are not known before they run.

Operators become calls of the rows, as on nodes in Python; helpers that only rearrange are those of the pages' engine, and
all others are printed before the rules that call them.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

import numpy as np

from autograd.compiler.transcribe import ATOM, Transcriber, literal, targets
from autograd.engine.formula import display
from autograd.engine.symbol import Symbol, call_rules
from autograd.errors import GraphError
from autograd.graph.op import TABLE, Op

# The rows that pages have kernels for.
ARRAY_ROWS = (
    *("sum", "mean", "amax", "amin", "reshape", "transpose", "broadcast_to", "concatenate", "slice", "unslice"),
    *("matmul", "linear", "softmax", "log_softmax", "logsumexp", "cross_entropy", "residual"),
)  # fmt: skip
# What only rearranges is written in the pages' engine under the same name.
REARRANGING = {
    "shape", "reshape", "expand_dims", "matrix_transpose", "restore_axes", "count", "basic", "getitem", "pieces", "argsort", "prod",
}  # fmt: skip
# What gives a plain number.
NUMBERS = {"len", "count", "math.prod"}
# Of real numbers of one precision.
NOTHING_TO_DO = {"wide", "conj", "real", "float", "int", "tuple", "list"}
OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.USub: "neg",
}  # fmt: skip


class ArrayTranscriber(Transcriber):
    """Expressions in which names stand for tensors."""

    def __init__(self, scope: dict[str, Any], helpers: dict[str, str]) -> None:
        super().__init__(self._find)
        self.scope, self.helpers = scope, helpers

    def _find(self, name: str) -> str:
        """What a global name is called: a row, a helper, or one that is printed now."""
        found = self.scope.get(name)
        op = getattr(found, "op", None)
        if isinstance(op, Op):
            return f"ops.{op.name}" if op.elementwise else f"row.{op.name}"
        called = getattr(found, "__name__", name).removeprefix(
            "_" if getattr(found, "__name__", "") == "_shape" else ""
        )
        if called in ARRAY_ROWS:
            # What users call, with the defaults of its options.
            return f"ops.{called}"
        if called in NOTHING_TO_DO:
            return ""
        if called in REARRANGING:
            return f"arrays.{called}"
        if isinstance(found, FunctionType) and called not in self.helpers:
            self.helpers[called] = ""
            self.helpers[called] = function_text(found, called, self.helpers)
        return called

    def on_constant(self, node: ast.Constant) -> tuple[str, int]:
        return ('"..."', ATOM) if node.value is ... else literal(node.value)

    def on_binop(self, node: ast.BinOp) -> tuple[str, int]:
        if type(node.op) not in OPERATORS:
            return self.refuse(node)
        if is_number(node):
            return super().on_binop(node)
        return f"ops.{OPERATORS[type(node.op)]}({self.text(node.left)}, {self.text(node.right)})", ATOM

    def on_unaryop(self, node: ast.UnaryOp) -> tuple[str, int]:
        if isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
            return f"ops.neg({self.text(node.operand)})", ATOM
        return super().on_unaryop(node)

    def on_call(self, node: ast.Call) -> tuple[str, int]:
        function = node.func
        if isinstance(function, ast.Name) and function.id == "len":
            return f"{self.text(node.args[0], ATOM)}.length", ATOM
        if ast.unparse(function) in ("np.argsort", "math.prod"):
            return f"arrays.{ast.unparse(function).partition('.')[2]}({self.text(node.args[0])})", ATOM
        name = self.text(function, ATOM)
        if not node.keywords:
            given = ", ".join(map(self.text, node.args))
            return (given if name == "" else f"{name}({given})"), ATOM
        told = [
            f"{k.arg}" if ast.unparse(k.value) == k.arg else f"{k.arg}: {self.text(k.value)}" for k in node.keywords
        ]
        arguments = [*map(self.text, node.args), f"{{ {', '.join(told)} }}"]
        return f"{name}({', '.join(arguments)})", ATOM

    def on_listcomp(self, node: ast.ListComp | ast.GeneratorExp) -> tuple[str, int]:
        (loop,) = node.generators
        if loop.ifs or not isinstance(loop.target, ast.Name):
            return self.refuse(node)
        self.local.add(loop.target.id)
        return f"{self.text(loop.iter, ATOM)}.map(({loop.target.id}) => {self.text(node.elt)})", ATOM

    on_generatorexp = on_listcomp


def is_number(node: ast.expr) -> bool:
    """Whether an expression is one of lengths, and of no tensor."""
    if isinstance(node, ast.BinOp):
        return is_number(node.left) and is_number(node.right)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Call) and ast.unparse(node.func) in NUMBERS)


def function_text(function: FunctionType, name: str, helpers: dict[str, str]) -> str:
    """A helper of the rules as JavaScript, with what it calls entered among the helpers."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(tree, ast.FunctionDef)
    writer = ArrayTranscriber(function.__globals__, helpers)
    arguments = [a.arg for a in tree.args.args]
    fresh = [n for n in dict.fromkeys(n for s in tree.body for n in targets(s)) if n not in arguments]
    writer.local = {*arguments, *fresh}
    declared = [f"  let {', '.join(fresh)};"] if fresh else []
    body = writer.statements(tree.body, "  ")
    return "\n".join([f"function {name}({', '.join(arguments)}) {{", *declared, *body, "}"])


def array_rule_text(op: Op, rule: Callable[..., Any], helpers: dict[str, str]) -> str:
    """A rule as a function of tensors; helpers that it calls are added to those given.

    Examples
    --------
    >>> helpers = {}
    >>> op = TABLE["log_softmax"]
    >>> array_rule_text(op, op.rules[0], helpers)
    '(g, out, x, { axis }) => ops.sub(g, ops.mul(ops.exp(out), row.sum(g, { axis, keepdims: true })))'
    """
    names = list(inspect.signature(rule).parameters)
    operands = names[: 2 + (1 if op.joint is not None else len(op.rules))]
    options = names[len(operands) :]
    taken = [*operands, "{ " + ", ".join(options) + " }"] if options else operands
    head = f"({', '.join(taken)}) => "
    if rule.__name__ != "<lambda>":
        name = rule.__name__
        if name not in helpers:
            helpers[name] = function_text(rule, name, helpers)  # type: ignore[arg-type]
        return f"{head}{name}({', '.join(names)})"
    writer = ArrayTranscriber(rule.__globals__, helpers)
    writer.local = set(names)
    return head + writer.text(_find_lambda(rule).body)


@cache
def _lambdas(filename: str) -> tuple[ast.Lambda, ...]:
    with open(filename, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Lambda))


def _find_lambda(rule: Callable[..., Any]) -> ast.Lambda:
    """The source of a lambda: the one whose body holds what its code was made from."""
    code = rule.__code__
    places, names = (
        [(place[0], place[2]) for place in code.co_positions() if place[3]],
        list(inspect.signature(rule).parameters),
    )
    for found in _lambdas(code.co_filename):
        body = found.body
        start, end = (body.lineno, body.col_offset), (body.end_lineno, body.end_col_offset)
        alike = found.lineno == code.co_firstlineno and [a.arg for a in found.args.args] == names
        # Python may be told to keep no columns; then the line and the arguments must do.
        if alike and all(start <= place < end for place in places):
            return found
    raise GraphError(f"the source of the rule at {code.co_filename}:{code.co_firstlineno} is not there")


# Shapes at which rules are read for people, and what those say of shapes alone.
SAMPLES: dict[str, tuple[tuple[int, ...], ...]] = {"matmul": ((2, 3), (3, 4)), "linear": ((5, 3), (2, 3), (2,))}
LAST_AXIS = {"axis": (1,)}
OF_SHAPES = ", axis=(1,), keepdims=True"


def local_texts(op: Op) -> list[str] | None:
    """What a row sends to each operand, for people; None where that says much of shapes and little else.

    Examples
    --------
    >>> local_texts(TABLE["matmul"]), local_texts(TABLE["softmax"]), local_texts(TABLE["sum"])
    (['g @ yᵀ', 'xᵀ @ g'], ['out * (g - sum(g * out))'], None)
    """
    if op.name not in (*SAMPLES, "softmax", "log_softmax"):
        return None
    arrays = [np.ones(shape) for shape in SAMPLES.get(op.name, ((2, 3),))]
    params = {} if op.name in SAMPLES else LAST_AXIS
    out = op.array(*arrays, **params)
    xs = [Symbol(name, x) for name, x in zip("xyz", arrays, strict=False)]
    sent = call_rules(op, Symbol("g", out), Symbol("out", out), xs, params, [True] * len(xs))
    return [display(s).replace(OF_SHAPES, "") for s in sent]


@cache
def array_rows_script() -> str:
    """The rules of all array rows, and what enters them beside their kernels."""
    helpers: dict[str, str] = {}
    lines = []
    for op in map(TABLE.__getitem__, ARRAY_ROWS):
        if op.joint is not None:
            rules = array_rule_text(op, op.joint, helpers)
        else:
            texts = ["null" if rule is None else array_rule_text(op, rule, helpers) for rule in op.rules]
            rules = f"[{', '.join(texts)}]"
        told = json.dumps(local_texts(op), ensure_ascii=False)
        lines.append(f'enterRules("{op.name}", {told}, {rules});')
    return "\n".join([*helpers.values(), *lines])
