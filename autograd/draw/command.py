"""`stepgrad draw EXPR|FILE.py:name|EXAMPLE`: the graph that is meant, its diagram, and a table of its named nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.markup import escape
from rich.table import Table

from autograd.draw.diagram import Diagram, draw
from autograd.draw.paths import Explanation, explain
from autograd.draw.snapshot import Snapshot
from autograd.errors import AutogradError, UsageError
from autograd.roots import Example, root_of
from autograd.target import described

# Named nodes up to which a table of them is printed.
ROWS = 60


@dataclass(frozen=True)
class Drawing:
    """What the command shows.

    Attributes
    ----------
    diagram : Diagram
    table : rich.table.Table or None
        Name, value and gradient of the named nodes, where these are a few scalars.
    explanation : Explanation or None
        Where one was asked for.
    """

    diagram: Diagram
    table: Table | None
    explanation: Explanation | None


def draw_target(
    what: str,
    values: Mapping[str, float],
    examples: Mapping[str, Callable[[], Example]],
    *,
    explained: str | None = None,
    title: str | None = None,
    **options: Any,
) -> Drawing:
    """Draw the graph of an expression, of an example, or of what `FILE.py:name` names.

    Parameters
    ----------
    what : str
    values : mapping from str to float
        Numbers for names, or for arguments.
    examples : mapping from str to callable
        What gives each example by its name.
    explained : str, optional
        The node whose gradient is explained, and the paths of which are lit.
    title : str, optional
        The line under the picture; by default the example's, or what was given.
    **options
        Of `draw`.

    Raises
    ------
    UsageError
        Where `what` names no graph, or a user's function or rule raises.

    Examples
    --------
    >>> drawing = draw_target("(a+b)*(b+1)", {"a": 2.0, "b": 1.0}, {})
    >>> [list(column.cells) for column in drawing.table.columns]
    [['a', 'b', 'v3'], ['2', '1', '6'], ['2', '5', '1']]
    """
    root, usual = root_of(what, values, examples)
    passed = root.requires_grad and np.size(root.data) == 1 and options.get("passes") != "forward"
    try:
        # The pass is run for the drawing alone: a file may have run its own.
        shot = Snapshot(root, backward=passed)
    except AutogradError:
        raise
    except Exception as error:  # whatever a user's rule or hook raises
        raise UsageError(f"{what}: the backward pass raised {described(error)}") from None
    drawn = shot if passed else root
    explanation = explain(drawn, explained) if explained else None
    diagram = draw(drawn, light=explanation, title=usual if title is None else title, **options)
    return Drawing(diagram, _table(shot, usual), explanation)


def _table(shot: Snapshot, title: str) -> Table | None:
    named = [node for node in shot.nodes if node.name or node in shot.variables or node is shot.root]
    if len(named) > ROWS or not all(isinstance(node.data, float) for node in named):
        return None
    table = Table("name", "value", "gradient", title=escape(title) or None, title_justify="left")
    for node in named:
        gradient = f"{shot.gradients[node]:.10g}" if node in shot.gradients else ""
        table.add_row(escape(shot.names[node]), f"{node.data:.10g}", gradient)
    return table
