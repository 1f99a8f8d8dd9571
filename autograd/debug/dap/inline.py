"""`inline_values`: beside each source line what its node is, and what gradient came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from autograd.debug.dap.lookup import describe_node
from autograd.debug.dap.view import View
from autograd.debug.phrases import to_short_line
from autograd.graph.node import Node

# Of all that a line records its last results are told.
MAX_NODES = 2


def inline_values(view: View, path: str) -> Iterator[tuple[int, str]]:
    """The lines of a file, each with the text beside it at this moment.

    Parameters
    ----------
    view : View
    path : str

    Examples
    --------
    >>> from autograd import Value, record_sites
    >>> from autograd.debug import Session
    >>> with record_sites():
    ...     x = Value(3.0, name="x")
    ...     y = x * x
    >>> view = View(Session(y), 1)
    >>> _ = view.session.goto(2)
    >>> path = view.places.at(1)[0].path
    >>> list(inline_values(view, path))
    [(2, 'x = 3, gradient 6'), (3, 'y = 9, gradient 1')]
    """
    session, lines = view.session, defaultdict[int, list[Node]](list)
    for line, nodes in view.nodes_by_line(path).items():
        # A loop comes by again: what is there already is told.
        computed = [node for node in nodes if session.value(node) is not None]
        named = [node for node in computed if node in view.named]
        lines[line] = (named or computed)[-MAX_NODES:]
    for line in sorted(lines):
        if lines[line]:
            yield line, to_short_line("; ".join(f"{session.name(n)} = {describe_node(view, n)}" for n in lines[line]))
