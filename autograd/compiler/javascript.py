"""The table's element-wise rows as JavaScript: the sixth way in which a rule is read.

A rule is called on symbols, as for the formulas of diagrams, and the graph that comes back is printed as an expression of
numbers. What a row computes comes from `scalar_formulas`, and erf, which JavaScript lacks, from the source in `elementary`.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from autograd.compiler.scalar_formulas import CONSTANTS, FORMULAS
from autograd.compiler.transcribe import (
    ATOM,
    CHOICE,
    COMPARISONS,
    EQUAL,
    MATH,
    PLUS,
    TIMES,
    UNARY,
    find_functions,
    literal,
    transcribe_expression,
    transcribe_function,
)
from autograd.engine.formula import display
from autograd.engine.symbol import Symbol, argument_names, call_rules
from autograd.graph.node import Const, Node, ancestors
from autograd.graph.op import TABLE, Op

# Rows of special functions that neither JavaScript nor `elementary` has.
UNAVAILABLE = frozenset(
    {
        "beta", "betainc", "erfcinv", "erfinv", "gamma", "gammainc", "gammaincc", "gammaln", "gammasgn", "iv", "ive", "jv",
        "log_ndtr", "polygamma", "rgamma", "sinc", "stdtr", "yv",
    }
)  # fmt: skip
# The functions of `elementary` that JavaScript lacks, and what they are called there.
WRITTEN = {"_erf_near": "erf_near", "_erfc_far": "erfc_far", "erf64": "erf", "erfc64": "erfc"}
OPERATORS = {"add": ("+", PLUS), "sub": ("-", PLUS), "mul": ("*", TIMES), "div": ("/", TIMES), "times": ("*", TIMES)}


def _name(name: str) -> str:
    """What a name of the formulas is called in the text."""
    if name in CONSTANTS:
        return literal(CONSTANTS[name])[0]
    # In elementary the names of types are conversions, which a language of one kind of numbers needs not.
    return {"f64": "", "exp64": "Math.exp", "min": "Math.min", "max": "Math.max"}.get(name) or WRITTEN.get(name, name)


def parameters(op: Op) -> list[str]:
    """The names of a row's parameters."""
    rule = next((rule for rule in op.rules if rule is not None), None)
    if rule is not None:
        return list(inspect.signature(rule).parameters)[2 + len(op.rules) :]
    try:
        return list(inspect.signature(op.scalar or op.array).parameters)[len(op.rules) :]
    except ValueError:
        # Functions of C do not say.
        return []


def forward_text(op: Op) -> str:
    """What a row computes, as a function of numbers.

    Examples
    --------
    >>> forward_text(TABLE["maximum"]), forward_text(TABLE["leaky_relu"])
    ('(x, y) => x > y || x != x ? x : y', '(x, slope) => x > 0 ? x : slope * x')
    """
    return (
        f"({', '.join(_arguments(op))}) => {transcribe_expression(FORMULAS[op.name], _name, operands=_arguments(op))}"
    )


def rule_texts(op: Op) -> list[str | None]:
    """What a row sends to each operand, as functions of numbers; None for nothing.

    Examples
    --------
    >>> rule_texts(TABLE["tanh"])
    ['(g, out, x) => scale(g, 1 - out * out)']
    >>> rule_texts(TABLE["where"])
    [None, '(g, out, x, y, z) => x != 0 ? g : 0', '(g, out, x, y, z) => x != 0 ? 0 : g']
    """
    return _rule_texts(op, _operation)


def recorded_rule_texts(op: Op) -> list[str | None]:
    """What a row sends to each operand, as calls of rows: on nodes the pass records itself, as on nodes in Python.

    Examples
    --------
    >>> recorded_rule_texts(TABLE["tanh"])
    ['(g, out, x) => ops.scale(g, ops.sub(1, ops.mul(out, out)))']
    """
    return _rule_texts(op, _recorded_operation)


def _rule_texts(op: Op, operation: Callable[[Node, Sequence[tuple[str, int]]], tuple[str, int]]) -> list[str | None]:
    names = argument_names(op, len(op.rules))
    xs = [Symbol(name, 0.5) for name in names]
    params = {name: Symbol(name, 0.5) for name in parameters(op)}
    sent = call_rules(op, Symbol("g", 1.0), Symbol("out", 0.5), xs, params, [True] * len(xs))
    head = f"({', '.join(['g', 'out', *_arguments(op)])}) => "
    return [None if s is None else head + _body(s, operation) for s in sent]


def _recorded_operation(node: Node, parts: Sequence[tuple[str, int]]) -> tuple[str, int]:
    assert node.op is not None
    return f"ops.{node.op.name}({', '.join(text for text, _ in parts)})", ATOM


def local_texts(op: Op) -> list[str | None]:
    """The derivatives for people, with 1 for what arrives, as the debugger shows them.

    Examples
    --------
    >>> local_texts(TABLE["tanh"]), local_texts(TABLE["mul"])
    (['1 - out²'], ['y', 'x'])
    """
    names = argument_names(op, len(op.rules))
    xs = [Symbol(name, 0.5) for name in names]
    params = {name: Symbol(name, 0.5) for name in parameters(op)}
    sent = call_rules(op, 1.0, Symbol("out", 0.5), xs, params, [True] * len(xs))
    return [None if s is None else display(s) for s in sent]


def _arguments(op: Op) -> list[str]:
    return [*argument_names(op, len(op.rules)), *parameters(op)]


def _body(root: Any, operation: Callable[[Node, Sequence[tuple[str, int]]], tuple[str, int]]) -> str:
    """A captured rule as an expression, or as a block where something is used twice; `operation` prints a node of it."""
    if not isinstance(root, Node):
        return literal(float(root))[0]
    uses: dict[Node, int] = {}
    nodes = list(ancestors(root))
    for node in nodes:
        for parent in node.parents:
            uses[parent] = uses.get(parent, 0) + 1
    texts: dict[Node, tuple[str, int]] = {}
    lines: list[str] = []
    for node in nodes:
        if node.op is None:
            texts[node] = literal(node.data) if node.__class__ is Const else (str(node.name), ATOM)
            continue
        text = operation(node, [texts[parent] for parent in node.parents])
        if uses.get(node, 0) > 1:
            name = f"t{len(lines) + 1}"
            lines.append(f"const {name} = {text[0]};")
            text = name, ATOM
        texts[node] = text
    result = texts[root][0]
    return f"{{ {' '.join(lines)} return {result}; }}" if lines else result


def _operation(node: Node, parts: Sequence[tuple[str, int]]) -> tuple[str, int]:
    """One operation on numbers that are texts: what is short stands where it is, the rest is a call."""
    op = node.op
    assert op is not None
    if op.name in OPERATORS:
        sign, level = OPERATORS[op.name]
        return f"{_inside(parts[0], level)} {sign} {_inside(parts[1], level + 1)}", level
    if op.name == "neg":
        inner = _inside(parts[0], UNARY)
        return (f"-({inner})" if inner.startswith("-") else f"-{inner}"), UNARY
    if op.name == "where":
        condition, x, y = parts
        if node.parents[0].op is None:
            condition = f"{condition[0]} != 0", EQUAL
        return f"{_inside(condition, CHOICE + 1)} ? {_inside(x, CHOICE + 1)} : {_inside(y, CHOICE)}", CHOICE
    formula = ast.parse(FORMULAS[op.name], mode="eval").body
    if isinstance(formula, ast.Compare) and ast.unparse(formula).split()[::2] == ["x", "y"]:
        sign, level = COMPARISONS[type(formula.ops[0])]
        return f"{_inside(parts[0], level + 1)} {sign} {_inside(parts[1], level + 1)}", level
    arguments = ", ".join(text for text, _ in parts)
    if isinstance(formula, ast.Call) and isinstance(formula.func, ast.Name) and formula.func.id in MATH:
        return f"{MATH[formula.func.id]}({arguments})", ATOM
    return f"{op.name}({arguments})", ATOM


def _inside(part: tuple[str, int], level: int) -> str:
    return f"({part[0]})" if part[1] < level else part[0]


@cache
def written_functions() -> str:
    """The functions that `elementary` computes by plain arithmetic, as JavaScript."""
    source = Path(__file__).with_name("elementary.py").read_text(encoding="utf-8")
    found = find_functions(source, WRITTEN)
    return "\n".join(transcribe_function(function, WRITTEN[name], _name) for name, function in found.items())


def printed_rows() -> list[Op]:
    """The element-wise rows that can be printed."""
    return [op for op in TABLE.values() if op.elementwise and op.name not in UNAVAILABLE]


def _defaults(op: Op) -> dict[str, float]:
    """What the function of a row takes for its parameters where nobody says."""
    names = parameters(op)
    if not names:
        return {}
    signature = inspect.signature(getattr(sys.modules[_module(op)], op.name))
    told = {name: signature.parameters[name].default for name in names}
    return {name: sys.float_info.max * (-1 if name == "neginf" else 1) if x is None else x for name, x in told.items()}


def _module(op: Op) -> str:
    return (op.scalar or op.array).__module__


def row_text(op: Op) -> str:
    """A row with its functions of numbers, each in a loop of its own, which the browser compiles for it alone.

    Examples
    --------
    >>> print(row_text(TABLE["tanh"]))
    const tanh = (x) => Math.tanh(x);
    const tanh_to_x = (g, out, x) => scale(g, 1 - out * out);
    enter("tanh", ["1 - out²"], {}, (to, x) => { for (let i = 0; i < to.length; i++) to[i] = tanh(x[i]); }, [
      (to, g, out, x) => { for (let i = 0; i < to.length; i++) to[i] = tanh_to_x(g[i], out[i], x[i]); },
    ]);
    """
    xs, options = argument_names(op, len(op.rules)), parameters(op)
    lines = [] if op.name in WRITTEN.values() else [f"const {op.name} = {forward_text(op)};"]
    loops = []
    for x, rule in zip(xs, rule_texts(op), strict=True):
        if rule is None:
            loops.append("null")
            continue
        lines.append(f"const {op.name}_to_{x} = {rule};")
        loops.append(_loop(f"{op.name}_to_{x}", ["g", "out", *xs], options))
    derivatives = json.dumps(local_texts(op), ensure_ascii=False)
    head = f'enter("{op.name}", {derivatives}, {json.dumps(_defaults(op))}, {_loop(op.name, xs, options)}, ['
    return "\n".join([*lines, head, *(f"  {loop}," for loop in loops), "]);"])


def _loop(function: str, arrays: Sequence[str], options: Sequence[str]) -> str:
    elements = ", ".join([*(f"{name}[i]" for name in arrays), *options])
    taken = ", ".join(["to", *arrays, *options])
    return f"({taken}) => {{ for (let i = 0; i < to.length; i++) to[i] = {function}({elements}); }}"


@cache
def rows_script() -> str:
    """All element-wise rows: functions of numbers, and what enters them into `engine.ops`."""
    return "\n".join([written_functions(), *map(row_text, printed_rows())])


@cache
def recorded_rules_script() -> str:
    """The rules of all element-wise rows on nodes, as `engine.recorded`: for second derivatives.

    Examples
    --------
    >>> "  exp: [(g, out, x) => ops.scale(g, out)]," in recorded_rules_script()
    True
    """
    lines = [
        f"  {op.name}: [{', '.join(text or 'null' for text in recorded_rule_texts(op))}],"
        for op in printed_rows()
        if any(op.rules)
    ]
    return "\n".join(["engine.recorded = {", *lines, "};"])
