"""`stepgrad draw EXPR|FILE.py:name|EXAMPLE`: the graph that is meant, its diagram, and a table of its named nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from rich.markup import escape
from rich.table import Table

from autograd.arguments import argument_names, arguments_for, is_strategy
from autograd.draw.diagram import Diagram, draw
from autograd.draw.paths import Explanation, explain
from autograd.draw.snapshot import Snapshot
from autograd.errors import AutogradError, UsageError
from autograd.node import Node, ancestors
from autograd.parse import parse
from autograd.target import described, load
from autograd.tensor import Tensor
from autograd.value import Value

# Named nodes up to which a table of them is printed, and characters up to which an expression is a title.
ROWS, LONGEST_TITLE = 60, 60


class Example(Protocol):
    """A graph to look at, and what it is called."""

    @property
    def root(self) -> Node: ...

    @property
    def title(self) -> str: ...


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
    [['a', 'b', 'result'], ['2', '1', '6'], ['2', '5', '1']]
    """
    root, usual = _root(what, values, examples)
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
    named = [node for node in ancestors(shot.root) if node.name or node is shot.root]
    if len(named) > ROWS or not all(isinstance(node.data, float) for node in named):
        return None
    table = Table("name", "value", "gradient", title=escape(title) or None, title_justify="left")
    for node in named:
        gradient = f"{shot.gradients[node]:.10g}" if node in shot.gradients else ""
        table.add_row(escape(node.name or "result"), f"{node.data:.10g}", gradient)
    return table


def _root(what: str, values: Mapping[str, float], examples: Mapping[str, Callable[[], Example]]) -> tuple[Node, str]:
    """What to draw, and what to call it."""
    if what in examples and not values:
        example = examples[what]()
        return example.root, example.title
    if ".py:" in what:
        return _of_file(what, values), what
    return parse(what, values), what if len(what) <= LONGEST_TITLE else ""


def _of_file(target: str, values: Mapping[str, float]) -> Node:
    """The node that `FILE.py:name` names, or that the function of that name returns."""
    found = load(target)[0]
    if isinstance(found, Node):
        return found
    if not callable(found):
        raise UsageError(f"{target} is {type(found).__name__}: a Value, a Tensor or a function was expected")
    arguments, by_keyword = arguments_for(found, values, np.random.default_rng(0), least=0)
    given: list[Any] = []
    for name, x in zip(argument_names(found, len(arguments)), arguments, strict=True):
        if is_strategy(x):
            raise UsageError(f"argument {name!r} is drawn from a strategy: give it a number here ({name}=0.5)")
        if isinstance(x, np.ndarray) and x.dtype.kind == "f":
            x = Tensor(x, requires_grad=True, name=name)
        given.append(Value(float(x), name=name) if isinstance(x, float) else x)
    try:
        root = found(*given, **by_keyword)
    except AutogradError:
        raise
    except (Exception, SystemExit) as error:  # whatever a user's function raises
        raise UsageError(f"{target} raised {described(error, Path(target.rpartition(':')[0]))}") from None
    if not isinstance(root, Node):
        raise UsageError(f"{target} returned {type(root).__name__}, not a Value or Tensor")
    return root
