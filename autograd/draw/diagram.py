"""`draw`: the boxes and arrows of a graph, with values in green, gradients in red, and the backward pass on the edges."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import graphviz
import numpy as np

from autograd.draw.render import FORMATS, DrawError, render, write
from autograd.formula import contribution_formula
from autograd.node import Const, Node, ancestors, get_data, get_grad
from autograd.reverse import contributions

LIMIT = 2000
VALUE, GRADIENT = "#2a7d3b", "#c4302b"
# Blue and orange, of the palette of Okabe and Ito, are told apart with any colour vision.
POSITIVE, NEGATIVE, NOTHING, BROKEN = "#0072b2", "#d55e00", "#9a9a9a", "#cc79a7"
INK, PAPER, LEAF = "#333333", "#ffffff", "#f3f1ea"
FONT = "Helvetica,Arial,sans-serif"


class Diagram:
    """A drawn graph.

    Attributes
    ----------
    dot : str
        The DOT text; the same graph gives the same text.
    svg : str
        The picture; rendered when it is asked for.
    """

    def __init__(self, dot: str) -> None:
        self.dot = dot

    @property
    def svg(self) -> str:
        return render(self.dot, "svg").decode()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write `x.svg`, `x.png`, `x.pdf` or `x.dot`, whole or not at all.

        Raises
        ------
        DrawError
            For another ending, or a file that cannot be written.
        RendererMissingError
            Where there is no Graphviz; it is a DrawError.
        """
        form = Path(path).suffix.lower().removeprefix(".")
        if form not in FORMATS:
            raise DrawError(f"cannot draw to {os.fspath(path)!r}: the name must end in .{', .'.join(FORMATS)}")
        return write(path, render(self.dot, form))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Diagram of {self.dot.count('[label=<')} nodes: .svg, .dot, .save('x.svg')>"


def draw(root: Node | Callable[..., Any], *args: Any, legend: bool = True) -> Diagram:
    """Draw the graph that a node was computed by.

    Every node shows its name, operation, value and gradient. Every edge of the backward pass shows the local derivative
    as formula and number; its width grows with the logarithm of the contribution, blue is positive, orange negative,
    dashed grey exactly zero, and pink dotted not finite. Without gradients (before `backward()`, or of intermediate
    tensors without `retain_grads=True`) edges are plain.

    Parameters
    ----------
    root : Node or callable
        A `Value` or `Tensor`; or a function of `args`, of whose result the backward pass is then run.
    *args
        For a function: nodes or numbers, which become leaves.
    legend : bool

    Returns
    -------
    Diagram

    Raises
    ------
    DrawError
        For something that is no node, or more than 2000 nodes.

    Examples
    --------
    >>> from autograd import Value
    >>> a = Value(3.0, name="a")
    >>> square = a * a
    >>> square.backward()
    >>> draw(square).dot.count("->")
    2
    """
    if not isinstance(root, Node):
        root = _called(root, args)
    nodes = list(ancestors(root))
    if len(nodes) > LIMIT:
        raise DrawError(
            f"the graph has {len(nodes)} nodes; up to {LIMIT} are drawn one by one: draw an earlier node, or a smaller input"
        )
    graph = graphviz.Digraph(
        graph_attr={
            "rankdir": "LR",
            "bgcolor": PAPER,
            "fontname": FONT,
            "nodesep": "0.35",
            "ranksep": "0.9",
            "pad": "0.2",
        },
        node_attr={
            "shape": "box",
            "style": "rounded,filled",
            "fontname": FONT,
            "fontsize": "13",
            "color": INK,
            "penwidth": "1.1",
        },
        edge_attr={"fontname": FONT, "fontsize": "11", "fontcolor": INK, "arrowsize": "0.7"},
    )
    names = {node: f"n{number}" for number, node in enumerate(nodes)}
    for node in nodes:
        graph.node(names[node], label=_box(node), fillcolor=LEAF if node.op is None else PAPER)
    # A Value's gradient is 0 before the first pass; no pass leaves it so at its root.
    passed = root.requires_grad and get_grad(root) is not None and bool(np.any(get_grad(root)))
    for node in nodes:
        for index, (parent, style) in enumerate(zip(node.parents, _edges(node, passed), strict=True)):
            graph.edge(names[parent], names[node], **style, id=f"{names[node]}_{index}")
    if legend and passed:
        graph.attr(label=_LEGEND, labelloc="b", labeljust="l")
    return Diagram(graph.source)


_LEGEND = (
    f'<<FONT POINT-SIZE="10"><FONT COLOR="{VALUE}">value</FONT>   <FONT COLOR="{GRADIENT}">gradient</FONT>   '
    f'edges: local derivative; contribution <FONT COLOR="{POSITIVE}">positive</FONT>, <FONT COLOR="{NEGATIVE}">negative</FONT>, '
    f'<FONT COLOR="{NOTHING}">zero (dashed)</FONT>, <FONT COLOR="{BROKEN}">not finite (dotted)</FONT>; wider is larger</FONT>>'
)


def _called(function: Any, args: tuple[Any, ...]) -> Node:
    if not callable(function):
        raise DrawError(f"draw takes a Value, a Tensor or a function, not {type(function).__name__}")
    from autograd import Tensor, Value

    given = [
        x if isinstance(x, Node) else Value(x) if isinstance(x, (int, float)) else Tensor(x, requires_grad=True)
        for x in args
    ]
    root = function(*given)
    if not isinstance(root, Node):
        raise DrawError(
            f"draw: {getattr(function, '__name__', 'the function')} returned {type(root).__name__}, not a Value or Tensor"
        )
    if root.requires_grad and getattr(root, "size", 1) == 1:
        if isinstance(root, Tensor):
            root.backward(retain_grads=True)
        elif isinstance(root, Value):
            root.backward()
    return root


def _gradient(node: Node) -> Any:
    return get_grad(node) if node.requires_grad else None


def _text(text: str) -> str:
    """Text as it stands, inside an HTML-like label of Graphviz."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(character, entity)
    return _printable(text) or " "


def _printable(text: str) -> str:
    """Text on one line, without the control characters that have no place in XML."""
    return "".join(c for c in text.replace("\n", " ").replace("\r", " ") if c.isprintable())


def number(x: Any) -> str:
    """A float in up to five digits; an array as its shape, and its norm where it has several elements."""
    if isinstance(x, np.ndarray):
        if x.size == 1:
            return f"{float(x.ravel()[0]):.5g}"
        norm = float(np.linalg.norm(x.astype(float)))
        return f"{'×'.join(map(str, x.shape))}, norm {norm:.3g}"
    return f"{x:.5g}" if isinstance(x, float) else str(x)


def _box(node: Node) -> str:
    value, gradient = get_data(node), _gradient(node)
    if node.__class__ is Const:
        return f"<{_text(number(value))}>"
    operation = "" if node.op is None else (node.op.infix or node.op.name.removesuffix("_n"))
    title = _text(node.name or operation or ("leaf" if node.requires_grad else "constant"))
    head = f"<B>{title}</B>" + (f"  {_text(operation)}" if node.name and operation else "")
    rows = [head, f'<FONT COLOR="{VALUE}">{_text(number(value))}</FONT>']
    if gradient is not None:
        rows.append(f'<FONT COLOR="{GRADIENT}">{_text(number(gradient))}</FONT>')
    return f"<{'<BR/>'.join(rows)}>"


def _edges(node: Node, passed: bool) -> list[dict[str, str]]:
    """How the edges to each operand look; the contributions are computed again from the gradient that is there."""
    plain = {"color": NOTHING}
    g = _gradient(node)
    if node.op is None or g is None or not passed:
        return [plain for _ in node.parents]
    with np.errstate(all="ignore"):
        sent = contributions(node, g, get_data)
    return [
        _carrying(node, index, contribution, g) if contribution is not None and parent.requires_grad else plain
        for index, (parent, contribution) in enumerate(zip(node.parents, sent, strict=True))
    ]


def _carrying(node: Node, index: int, contribution: Any, g: Any) -> dict[str, str]:
    scalar = isinstance(contribution, float)
    formula = contribution_formula(node, index, local=scalar)
    # A long formula, above all that of a choice, says less on an edge than its number.
    label = formula if len(formula) <= 24 and "where(" not in formula else ""
    if scalar:
        with np.errstate(all="ignore"):
            local = contributions(node, 1.0, get_data, [i == index for i in range(len(node.parents))])[index]
        label = number(local) if label in ("", number(local)) else f"{label} = {number(local)}"
        size = contribution
    else:
        array = np.asarray(contribution, dtype=float)
        size = float(np.linalg.norm(array)) if np.isfinite(array).all() else math.nan
    style = {"label": graphviz.escape(f" {_printable(label)} ")}
    if not math.isfinite(size):
        return {**style, "color": BROKEN, "style": "dotted", "penwidth": "3"}
    if size == 0.0:
        return {**style, "color": NOTHING, "style": "dashed", "penwidth": "1"}
    width = min(max(2.0 + 0.8 * math.log10(abs(size)), 0.6), 6.0)
    colour = INK if not scalar else POSITIVE if size > 0 else NEGATIVE
    return {**style, "color": colour, "penwidth": f"{width:.2f}"}
