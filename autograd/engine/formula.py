"""Reading rules as formulas: what the debugger and the diagrams print, and the source of a function per op for `Value`.

A rule is called on *symbols*, nodes that record everything and have a name for a value, and the graph that comes back
is printed. So the formula on an edge is the rule that computes it, not a second text beside it.
"""

from __future__ import annotations

import linecache
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from autograd.engine.operators import Operators
from autograd.errors import GraphError
from autograd.graph.node import NO_PARAMS, Const, Node, ancestors, below, next_order
from autograd.graph.op import NOT_FINITE_IN_PYTHON, TABLE, Op
from autograd.wording.names import Names

ARGUMENTS = "xyzuvw"
PRECEDENCE = {
    "==": 1,
    "!=": 1,
    "<": 1,
    "<=": 1,
    ">": 1,
    ">=": 1,
    "+": 2,
    "-": 2,
    "*": 3,
    "/": 3,
    "//": 3,
    "%": 3,
    "@": 3,
    "neg": 4,
    "**": 5,
}
ATOM = 9


class Symbol(Operators):
    """A named operand of a formula; it has data too, so that rules may branch on shapes, and never on values."""

    __slots__ = ()

    def __init__(
        self, name: str | None, data: Any, op: Op | None = None, parents: tuple[Node, ...] = (), params: Any = NO_PARAMS
    ) -> None:
        self.name, self.data, self.op, self.parents, self.params = name, data, op, parents, params
        self.order, self.needs_grad = next_order(), True

    @property
    def shape(self) -> tuple[int, ...]:
        return np.shape(self.data)

    @property
    def ndim(self) -> int:
        return np.ndim(self.data)

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.asarray(self.data).dtype

    def _record(self, op: Op, xs: tuple[Any, ...], params: dict[str, Any]) -> Any:
        parents = tuple(x if isinstance(x, Node) else Const(x) for x in xs)
        if op.infix == "*":
            for one, other in (parents, parents[::-1]):
                if one.__class__ is Const and isinstance(one.data, float) and one.data == 1.0:
                    return other
        # What a constant decides is decided: the derivative of x² is 2 * x, not where(2 == 0, 0, 2 * x ** 1).
        if op.name == "where" and xs[0].__class__ is bool:
            return xs[1] if xs[0] else xs[2]
        if op.name == "power" and xs[1].__class__ is float and xs[1] == 1.0:
            return xs[0]
        datas = [x.data for x in parents]
        try:
            data = (
                op.on_floats(datas, params)
                if not any(isinstance(x, np.ndarray) for x in datas) and op.scalar
                else op.array(*datas, **params)
            )
        except (*NOT_FINITE_IN_PYTHON, TypeError):
            data = math.nan
        return Symbol(None, data, op, parents, params)

    def __bool__(self) -> bool:
        raise GraphError("a rule must not branch on a value: use where(condition, x, y)")


def argument_names(op: Op, arity: int) -> list[str]:
    """What the operands of a row are called in its rules."""
    return list(ARGUMENTS[:arity]) if op.joint is None and arity <= len(ARGUMENTS) else [f"x{i}" for i in range(arity)]


def _capture(
    op: Op, g: Any, out: Any, xs: Sequence[Any], params: Mapping[str, Any], wanted: Sequence[bool]
) -> list[Any]:
    with np.errstate(all="ignore"):
        try:
            return op.contributions(g, out, xs, dict(params), wanted)
        except ArithmeticError:
            # Constants are Python's floats, which raise where IEEE 754 has an answer.
            g, out, *xs = (np.float64(x) if x.__class__ is float else x for x in (g, out, *xs))
            return op.contributions(g, out, xs, dict(params), wanted)


def contribution_formula(
    node: Node, index: int, *, local: bool = False, names: Mapping[Node, str] | None = None
) -> str:
    """The text of what `node` sends to its parent number `index`.

    Parameters
    ----------
    node : Node
        One that an operation made.
    index : int
        Which operand.
    local : bool
        The local derivative alone, with 1 for the upstream gradient `g`; it makes sense element by element.
    names : mapping from Node to str, optional
        What to call operands and result; by default their own names, or the names in the rule.

    Examples
    --------
    >>> from autograd import Value
    >>> x = Value(0.5)
    >>> contribution_formula(x.tanh(), 0), contribution_formula(x.tanh(), 0, local=True)
    ('g * (1 - out²)', '1 - out²')
    """
    op = node.op
    assert op is not None
    if op.opaque:
        return f"{op.name}′({index})"
    given = names or {}
    labels = argument_names(op, len(node.parents))
    xs = [
        Const(p.data) if p.__class__ is Const else Symbol(given.get(p) or p.name or label, p.data)
        for p, label in zip(node.parents, labels, strict=True)
    ]
    operands = [x.data if x.__class__ is Const else x for x in xs]
    out = Symbol(given.get(node) or node.name or "out", node.data)
    g = 1.0 if local else Symbol("g", node.data)
    wanted = [i == index for i in range(len(xs))]
    with np.errstate(all="ignore"):
        sent = _capture(op, g, out, operands, node.params, wanted)[index]
    return display(sent) if sent is not None else "0"


def reads(node: Node) -> tuple[set[int], bool]:
    """Which operands' values, by position, and whether the result's value, the rules of a node use."""
    op = node.op
    assert op is not None
    if op.opaque:
        return set(range(len(node.parents))), True
    xs = [Symbol(str(i), p.data) for i, p in enumerate(node.parents)]
    out = Symbol("out", node.data)
    wanted = [p.needs_grad for p in node.parents]
    with np.errstate(all="ignore"):
        sent = _capture(op, Symbol("g", node.data), out, xs, node.params, wanted)
    used = {leaf for s in sent if isinstance(s, Node) for leaf in below(s)}
    return {i for i, x in enumerate(xs) if x in used}, out in used


def operation(node: Node, operands: Sequence[str]) -> str:
    """One operation as text, on operands that are names or numbers.

    Examples
    --------
    >>> from autograd import Value
    >>> product = Value(3.0) * Value(-4.0)
    >>> operation(product, ["x", "y"]), operation(product, ["3", "-4"])
    ('x * y', '3 * -4')
    """
    return _for_people(node, [(text, PRECEDENCE["neg"] if text.startswith("-") else ATOM) for text in operands])[0]


def display(root: Any) -> str:
    """The formula of a captured graph, for people: `g * (1 - out²)`."""
    return _printed(root)


def expression(root: Node, names: Mapping[Node, str] | None = None, limit: int = 400) -> str:
    """The formula of a recorded graph; a node that is used twice is shown by its name, and told once.

    Parameters
    ----------
    root : Node
    names : mapping from Node to str, optional
        What to call the nodes; by default their names, those of the program's variables, or v1, v2, ….
    limit : int
        Characters that are shown.

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(2.0), Value(1.0)
    >>> c = a + b
    >>> expression((a + b) * (b + 1)), expression(c.exp() + c)
    ('(a + b) * (b + 1)', 'exp(c) + c where c = a + b')
    """
    if names is None and not isinstance(root, Symbol):
        names = Names(root)
    return _printed(root, names, limit)


def _printed(root: Any, names: Mapping[Node, str] | None = None, limit: int = 10_000) -> str:
    """Print a graph; what would be printed twice is printed once, as a definition after "where"."""
    if not isinstance(root, Node):
        return _constant(root)
    given = names or {}
    nodes = list(ancestors(root))
    uses: dict[Node, int] = {}
    squares: set[Node] = set()
    for node in nodes:
        for parent in node.parents:
            uses[parent] = uses.get(parent, 0) + 1
        if len(node.parents) == 2 and node.parents[0] is node.parents[1]:
            squares.add(node.parents[0])
    left = dict(uses)
    texts: dict[Node, tuple[str, int]] = {}
    definitions: list[str] = []
    for node in nodes:
        if node.op is None:
            text = _constant(node.data) if node.__class__ is Const else given.get(node) or node.label()
            texts[node] = text, ATOM
            continue
        text, level = _for_people(node, [texts[parent] for parent in node.parents])
        for parent in node.parents:
            # The texts of a long graph are let go as soon as they are used up.
            left[parent] -= 1
            if not left[parent]:
                texts.pop(parent, None)
        if uses.get(node, 0) > 1 and len(text) > 3 and node not in squares:
            name = given.get(node) or node.name or f"t{len(definitions) + 1}"
            definitions.append(f"{name} = {text}")
            text, level = name, ATOM
        # No more than this can be seen of it in the end.
        texts[node] = text[: limit + 1], level
    text = texts[root][0]
    if definitions:
        text += " where " + ", ".join(definitions)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _constant(x: Any) -> str:
    if isinstance(x, (float, np.floating)) and float(x).is_integer() and abs(float(x)) < 1e16:
        return str(int(x))
    if isinstance(x, (float, np.floating)):
        return f"{float(x):.6g}"
    return "array" if isinstance(x, np.ndarray) and x.ndim else str(x)


def _joined(symbol: str, parts: Sequence[tuple[str, int]]) -> tuple[str, int]:
    level = PRECEDENCE[symbol]
    (left, low), (right, high) = parts
    # `**` groups to the right, all others to the left; a chain of comparisons means something else in Python.
    if low < level or (low == level and (symbol == "**" or level == 1)):
        left = f"({left})"
    if high < level or (high == level and symbol != "**"):
        right = f"({right})"
    return f"{left} {symbol} {right}", level


def _for_people(node: Node, parts: list[tuple[str, int]]) -> tuple[str, int]:
    op: Op = node.op  # type: ignore[assignment]
    if (op.infix == "*" and node.parents[0] is node.parents[1]) or op.name == "square":
        return (parts[0][0] if parts[0][1] == ATOM else f"({parts[0][0]})") + "²", ATOM
    if op.infix == "**" and parts[1][0] == "2":
        return (parts[0][0] if parts[0][1] == ATOM else f"({parts[0][0]})") + "²", ATOM
    if op.name == "neg":
        return "-" + (f"({parts[0][0]})" if parts[0][1] < PRECEDENCE["*"] else parts[0][0]), PRECEDENCE["neg"]
    if op.infix:
        return _joined(op.infix, parts)
    if op.name == "transpose" and node.params["axes"] == (1, 0):
        return (parts[0][0] if parts[0][1] == ATOM else f"({parts[0][0]})") + "ᵀ", ATOM
    name = op.name.removesuffix("_n")
    parameters = [f"{key}={value!r}" for key, value in node.params.items()] if op.scalar is None else []
    return f"{name}({', '.join([text for text, _ in parts] + parameters)})", ATOM


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
        return _joined(op.infix, parts)
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


def _used(roots: Iterable[Any]) -> set[str]:
    return {
        node.name
        for root in roots
        if isinstance(root, Node)
        for node in ancestors(root)
        if node.__class__ is Symbol and node.name
    }


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
        op.pull = _called(op)
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
    sent = _capture(op, Symbol("g", 1.0), Symbol("out", 0.5), xs, params, [True] * len(xs))
    used = _used(sent)
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
    sent = _capture(op, Symbol(g, 1.0), Symbol(out, 0.5), xs, params, [True] * len(xs))
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


def _called(op: Op) -> Callable[[Node], None]:
    def pull(node: Node) -> None:
        xs = [parent.data for parent in node.parents]
        wanted = [parent.needs_grad for parent in node.parents]
        sent = op.contributions_of_floats(node.grad, node.data, xs, node.params, wanted)
        for parent, contribution, want in zip(node.parents, sent, wanted, strict=True):
            if want and contribution is not None:
                parent.grad += contribution

    pull.__name__ = f"{op.name}_backward"
    return pull
