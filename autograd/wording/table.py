"""`graph()`: a graph as a table, for a debugger's `p loss.graph()`: every node in the order they were made."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.graph.node import Const, Node, get_data, get_grad
from autograd.wording.names import Names
from autograd.wording.steps import describe, to_line

# Rows of a longer table that are shown, at its beginning and at its end.
MAX_SHOWN_ROWS = 100


class Graph:
    """A table of a graph; its text is the table, of long ones the beginning and the end.

    Parameters
    ----------
    root : Node

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> e = (a + b) * (b + 1)
    >>> e.backward()
    >>> e.graph()
      #   op     node   value   gradient   inputs
      1   leaf   a          2          2
      2   leaf   b          1          5
      3   add    v1         3          2   a b
      4   add    v2         2          3   b 1
      5   mul    e          6          1   v1 v2
    """

    def __init__(self, root: Node) -> None:
        self._names = dict(Names(root))
        self._shown = [node for node in self._names if node.__class__ is not Const]

    def __len__(self) -> int:
        return len(self._shown)

    def rows(self) -> Iterator[tuple[str, str, str, str, str, str]]:
        """Number, operation, name, value, gradient and operands of every node but constants that are plain numbers."""
        for number, node in enumerate(self._shown, 1):
            op = (
                node.op.name.removesuffix("_n") if node.op is not None else "leaf" if node.requires_grad else "constant"
            )
            gradient = describe(get_grad(node)) if node.requires_grad else ""
            inputs = " ".join(self._names[parent] for parent in node.parents)
            yield str(number), op, self._names[node], describe(get_data(node)), gradient, inputs

    def __str__(self) -> str:
        from rich.table import Table
        from rich.text import Text

        from autograd.wording.printing import to_text

        table = Table(box=None, pad_edge=True, padding=(0, 1, 0, 2))
        for name in ("#", "op", "node", "value", "gradient", "inputs"):
            table.add_column(name, justify="right" if name in ("#", "value", "gradient") else "left", no_wrap=True)
        left_out = len(self) - 2 * MAX_SHOWN_ROWS
        for number, row in enumerate(self.rows()):
            if left_out > 0 and number == MAX_SHOWN_ROWS:
                table.add_row("…", f"{left_out:,} more")
            if left_out <= 0 or not MAX_SHOWN_ROWS <= number < MAX_SHOWN_ROWS + left_out:
                table.add_row(*(Text(to_line(cell)) for cell in row))
        return to_text(table, width=200)

    __repr__ = __str__
