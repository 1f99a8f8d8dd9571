"""Rules and graphs as formulas for people: what the debugger and the diagrams print.

A rule is called on symbols, and the graph that comes back is printed. So the formula on an edge is the rule that computes
it, not a second text beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.engine.precedence import ATOM, PRECEDENCE, join_operands
from autograd.engine.symbol import Symbol, argument_names, call_rules
from autograd.graph.node import Const, Node, ancestors, get_data
from autograd.graph.op import Op
from autograd.wording.names import Names


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
        Const(p.data) if p.__class__ is Const else Symbol(given.get(p) or p.name or label, get_data(p))
        for p, label in zip(node.parents, labels, strict=True)
    ]
    operands = [x.data if x.__class__ is Const else x for x in xs]
    out = Symbol(given.get(node) or node.name or "out", get_data(node))
    g = 1.0 if local else Symbol("g", get_data(node))
    wanted = [i == index for i in range(len(xs))]
    with np.errstate(all="ignore"):
        sent = call_rules(op, g, out, operands, node.params, wanted)[index]
    return display(sent) if sent is not None else "0"


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
    return _print(root)


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
    return _print(root, names, limit)


def _print(root: Any, names: Mapping[Node, str] | None = None, limit: int = 10_000) -> str:
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


def _for_people(node: Node, parts: list[tuple[str, int]]) -> tuple[str, int]:
    op: Op = node.op  # type: ignore[assignment]
    if (op.infix == "*" and node.parents[0] is node.parents[1]) or op.name == "square":
        return (parts[0][0] if parts[0][1] == ATOM else f"({parts[0][0]})") + "²", ATOM
    if op.infix == "**" and parts[1][0] == "2":
        return (parts[0][0] if parts[0][1] == ATOM else f"({parts[0][0]})") + "²", ATOM
    if op.name == "neg":
        return "-" + (f"({parts[0][0]})" if parts[0][1] < PRECEDENCE["*"] else parts[0][0]), PRECEDENCE["neg"]
    if op.infix:
        return join_operands(op.infix, parts)
    if op.name == "transpose" and node.params["axes"] == (1, 0):
        return (parts[0][0] if parts[0][1] == ATOM else f"({parts[0][0]})") + "ᵀ", ATOM
    name = op.name.removesuffix("_n")
    parameters = [f"{key}={value!r}" for key, value in node.params.items()] if op.scalar is None else []
    return f"{name}({', '.join([text for text, _ in parts] + parameters)})", ATOM
