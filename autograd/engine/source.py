"""Rules as Python source: a function per operation that takes a `Value` through the reverse pass, and what is compiled.

A rule is called on symbols, and the graph that comes back is printed as an expression of floats.
"""

from __future__ import annotations

import linecache
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import CodeType, FunctionType
from typing import Any

from autograd.engine.precedence import ATOM, PRECEDENCE, join_operands
from autograd.engine.symbol import Symbol, argument_names, call_rules
from autograd.errors import GraphError
from autograd.graph.node import Const, Node, ancestors
from autograd.graph.op import TABLE, Op


def generate(op: Op) -> Callable[[Node], None]:
    """The function that takes one `Value` through the reverse pass: all its contributions computed, then added.

    Its source is printed from the rules and registered with `linecache`, so that a debugger steps into the formula.
    Rules that are opaque, or joint over any number of operands, are called as they stand.

    Examples
    --------
    >>> from autograd.graph.op import TABLE
    >>> pull = generate(TABLE["mul"])
    >>> print(source(TABLE["mul"]))
    def mul_backward(node):
        x_node, y_node = node.parents
        g = node.grad
        x = x_node.data
        y = y_node.data
        to_x = g * y if x_node.needs_grad else 0.0
        to_y = g * x if y_node.needs_grad else 0.0
        x_node.grad += to_x
        y_node.grad += to_y
    <BLANKLINE>
    """
    try:
        text = source(op)
    except GraphError:
        text = None
    if text is None:
        op.pull = _call_rules(op)
        return op.pull
    filename = f"<autograd {op.name} backward>"
    # SciPy gives NumPy's floats even for Python's, and a Value's gradient is Python's: `call` turns them back.
    scope: dict[str, Any] = {
        name: row.call if getattr(row.scalar, "__module__", "") == "autograd.ops.special" else row.scalar
        for name, row in TABLE.items()
        if row.scalar is not None
    }
    # Made of its code, and not by running its definition, so that a debugger steps into nothing but the formula.
    (code,) = (held for held in compile(text, filename, "exec").co_consts if isinstance(held, CodeType))
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    op.pull = FunctionType(code, scope)
    return op.pull


def source(op: Op) -> str | None:
    """The text of the generated function; None where the rules can only be called."""
    if op.joint is not None or op.opaque or op.scalar is None:
        return None
    names = argument_names(op, len(op.rules))
    xs = [Symbol(name, 0.5) for name in names]
    params = {name: Symbol(name, 0.5) for name in _parameters(op)}
    sent = call_rules(op, Symbol("g", 1.0), Symbol("out", 0.5), xs, params, [True] * len(xs))
    used = _names_used(sent)
    lines = [
        f"def {op.name}_backward(node):",
        f"    {', '.join(f'{name}_node' for name in names)}{',' if len(names) == 1 else ''} = node.parents",
        "    g = node.grad",
    ]
    if "out" in used:
        lines.append("    out = node.data")
    lines += [f"    {name} = {name}_node.data" for name in names if name in used]
    lines += [f"    {name} = node.params[{name!r}]" for name in params if name in used]
    sending = [(name, s) for name, s in zip(names, sent, strict=True) if s is not None]
    for name, s in sending:
        # The only operand of a recorded node needs its gradient, or the node would not have been recorded.
        condition = f" if {name}_node.needs_grad else 0.0" if len(names) > 1 else ""
        lines.append(f"    to_{name} = {_python(s)}{condition}")
    lines += [f"    {name}_node.grad += to_{name}" for name, _ in sending]
    return "\n".join(lines or ["    return"]) + "\n"


def python_rules(op: Op, params: Mapping[str, float], operands: Sequence[str], out: str, g: str) -> list[str | None]:
    """What a row sends to each operand as Python expressions of these names; None for nothing.

    Examples
    --------
    >>> from autograd.graph.op import TABLE
    >>> python_rules(TABLE["tanh"], {}, ["x"], "y", "g"), python_rules(TABLE["where"], {}, ["c", "a", "b"], "y", "g")
    (['(0.0 if g == 0.0 else g * (1.0 - y * y))'], [None, '(g if c else 0.0)', '(0.0 if c else g)'])
    """
    xs = [Symbol(name, 0.5) for name in operands]
    sent = call_rules(op, Symbol(g, 1.0), Symbol(out, 0.5), xs, params, [True] * len(xs))
    return [None if s is None else _python(s) for s in sent]


def python_forward(op: Op, params: Mapping[str, float], operands: Sequence[str]) -> str:
    """A row as a Python expression of these names: an operator, or a call by the row's name.

    Examples
    --------
    >>> from autograd.graph.op import TABLE
    >>> python_forward(TABLE["mul"], {}, ["a", "b"]), python_forward(TABLE["leaky_relu"], {"slope": 0.1}, ["a"])
    ('a * b', 'leaky_relu(a, slope=0.1)')
    """
    if params:
        return f"{op.name}({', '.join([*operands, *(f'{name}={value!r}' for name, value in params.items())])})"
    node = Symbol(None, 0.5, op, tuple(Symbol(name, 0.5) for name in operands))
    return _for_python(node, [(name, PRECEDENCE["neg"] if name.startswith("-") else ATOM) for name in operands])[0]


def _parameters(op: Op) -> list[str]:
    code = next(rule for rule in op.rules if rule is not None).__code__
    return list(code.co_varnames[2 + len(op.rules) : code.co_argcount])


def _call_rules(op: Op) -> Callable[[Node], None]:
    def pull(node: Node) -> None:
        xs = [parent.data for parent in node.parents]
        wanted = [parent.needs_grad for parent in node.parents]
        sent = op.contributions_of_floats(node.grad, node.data, xs, node.params, wanted)
        for parent, contribution, want in zip(node.parents, sent, wanted, strict=True):
            if want and contribution is not None:
                parent.grad += contribution

    pull.__name__ = f"{op.name}_backward"
    return pull


def _for_python(node: Node, parts: list[tuple[str, int]]) -> tuple[str, int]:
    op: Op = node.op  # type: ignore[assignment]
    texts = [text for text, _ in parts]
    if op.name == "where":
        return "({1} if {0} else {2})".format(*texts), ATOM
    if op.name == "scale" and node.parents[0].op is None:
        return "(0.0 if {0} == 0.0 else {0} * ({1}))".format(*texts), ATOM
    if op.name == "neg":
        return "-" + (f"({texts[0]})" if parts[0][1] < PRECEDENCE["neg"] else texts[0]), PRECEDENCE["neg"]
    if op.infix and getattr(op.scalar, "__module__", "") == "_operator":
        return join_operands(op.infix, parts)
    return f"{op.name}({', '.join(texts)})", ATOM


def _python(root: Any) -> str:
    """A captured rule as a Python expression of floats; nothing is named twice, rules are small."""
    if not isinstance(root, Node):
        return repr(float(root))
    texts: dict[Node, tuple[str, int]] = {}
    for node in ancestors(root):
        if node.op is None:
            held = node.data
            texts[node] = (
                (repr(held), ATOM if not (isinstance(held, float) and held < 0) else PRECEDENCE["neg"])
                if node.__class__ is Const
                else (str(node.name), ATOM)
            )
            if node.__class__ is Const and isinstance(held, float) and not math.isfinite(held):
                texts[node] = (f"float('{held}')", ATOM)
        else:
            texts[node] = _for_python(node, [texts[parent] for parent in node.parents])
    return texts[root][0]


def _names_used(roots: Iterable[Any]) -> set[str]:
    return {
        node.name
        for root in roots
        if isinstance(root, Node)
        for node in ancestors(root)
        if node.__class__ is Symbol and node.name
    }
