"""`stepgrad draw EXPR|FILE.py:name|EXAMPLE`: the graph that is meant, its diagram, and a table of its named nodes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from autograd.cli import readers, streams
from autograd.cli.graphs import root_of
from autograd.draw.comparison import compare
from autograd.draw.diagram import Diagram, draw
from autograd.draw.failure import has_recorded
from autograd.draw.paths import Explanation, explain
from autograd.draw.render import DrawError
from autograd.draw.snapshot import Snapshot
from autograd.errors import OWN, AutogradError, FileError, UsageError, UserCodeError
from autograd.graph.node import get_data
from autograd.program import names_part
from autograd.target import users_code
from autograd.wording.steps import shorten, to_line

# Characters of what a graph is called in a comparison.
MAX_GRAPH_NAME = 32
# Named nodes up to which a table of them is printed.
MAX_TABLE_ROWS = 60


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.add_argument(
        "what",
        metavar="EXPR|FILE.py:name|EXAMPLE",
        help='an expression such as "(a+b)*(b+1)", whose parts may have names: "c=a+b; c*c"; or chain_rule, gates, xor, digits',
    )
    parser.add_argument(
        "values", nargs="*", metavar="name=value", help="a value for each name, or for an argument of the function"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("graph.svg"),
        metavar="FILE",
        help="a file that ends in .svg, .png, .pdf, .html or .dot (default: %(default)s)",
    )
    parser.add_argument(
        "--passes",
        **readers.reader_of_choices("both", "forward", "backward"),
        help="what to draw (default: both)",
    )
    parser.add_argument(
        "--fold",
        **readers.reader_of_choices("auto", "never", "repeats", "roles", "steps", "kinds"),
        default="auto",
        help="which nodes share a box (default: %(default)s)",
    )
    parser.add_argument(
        "--expand",
        action="append",
        default=[],
        metavar="MODULE",
        help='show the operations of this module; "all" for every module',
    )
    parser.add_argument(
        "--group",
        **readers.reader_of_choices("module", "site", "none"),
        default="module",
        help="what to draw frames around (default: %(default)s)",
    )
    parser.add_argument("--no-constants", action="store_true", help="leave constants out")
    parser.add_argument("--focus", metavar="NAME", help="draw only the neighbourhood of this node")
    parser.add_argument(
        "--radius", type=readers.read_count, default=2, help="its size, in edges (default: %(default)s)"
    )
    parser.add_argument(
        "--between", nargs=2, metavar=("FROM", "TO"), help="draw only the paths between these two nodes"
    )
    parser.add_argument(
        "--explain", metavar="NAME", help="print the paths that make up this node's gradient, and highlight the largest"
    )
    parser.add_argument(
        "--compare",
        action="append",
        default=[],
        metavar="OTHER",
        help="lay this graph over it, of the same kinds; the exit code is 1 where they differ",
    )
    parser.add_argument("--down", action="store_true", help="let values flow down, not to the right")
    parser.add_argument("--title", help="a title below the picture")


def run(chosen: argparse.Namespace) -> int:
    """Draw, and print the table; gives the exit code."""
    if chosen.compare:
        return _compare(chosen)
    try:
        return _draw(chosen)
    except AutogradError as error:
        raised = error.original if isinstance(error, UserCodeError) else error
        # What was asked for in a wrong way is no error of the target.
        asked = isinstance(raised, (UsageError, DrawError, FileError)) or not isinstance(raised, Exception)
        if asked or not names_part(chosen.what) or not has_recorded(raised):
            raise
        path = draw(raised, title=chosen.title or "").save(chosen.output)
        streams.complain(f"{error}; wrote {path}: what was recorded until then")
        return 1


def _draw(chosen: argparse.Namespace) -> int:
    drawing = draw_target(
        chosen.what,
        readers.read_values(chosen.values),
        explained=chosen.explain,
        title=chosen.title,
        passes=chosen.passes,
        fold=chosen.fold,
        group=None if chosen.group == "none" else chosen.group,
        expand="all" in chosen.expand or chosen.expand,
        constants=not chosen.no_constants,
        focus=chosen.focus,
        radius=chosen.radius,
        between=chosen.between,
        direction="down" if chosen.down else "right",
    )
    path = drawing.diagram.save(chosen.output)
    shown = [thing for thing in (drawing.table, drawing.explanation) if thing is not None]
    streams.show(*shown, Text(f"wrote {path}", no_wrap=True, overflow="ignore"))
    return 0


def _compare(chosen: argparse.Namespace) -> int:
    """Lay graphs over each other; gives 1 where they differ."""
    for option, given in (
        ("--passes", chosen.passes),
        ("--focus", chosen.focus),
        ("--between", chosen.between),
        ("--explain", chosen.explain),
        ("--no-constants", chosen.no_constants),
    ):
        if given:
            raise UsageError(f"--compare takes --fold, --expand, --title and -o; {option} is for one graph")
    values = readers.read_values(chosen.values)
    graphs = []
    for what in (chosen.what, *chosen.compare):
        with only_its_own_modules():
            root, _ = root_of(what, values)
            with users_code(f"{what}: the backward pass"):
                passed = root.requires_grad and np.size(get_data(root)) == 1
                graphs.append(Snapshot(root, backward=passed))
    named = [shorten(what, MAX_GRAPH_NAME) for what in (chosen.what, *chosen.compare)]
    found = compare(
        *graphs,
        names=named if len(set(named)) == len(named) else None,
        fold=chosen.fold,
        expand="all" in chosen.expand or chosen.expand,
        title=chosen.title or "",
    )
    path = found.save(chosen.output)
    streams.show(found, Text(f"wrote {path}", no_wrap=True, overflow="ignore"))
    return 1 if found.differs else 0


@contextmanager
def only_its_own_modules() -> Iterator[None]:
    """Forget afterwards what files of a user's imported: the next may have modules of the same names, of another version."""
    before = dict(sys.modules)
    try:
        yield
    finally:
        installed = Path(sys.prefix).resolve()
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            own = file is not None and not Path(file).resolve().is_relative_to(installed)
            if name not in before and own and name.partition(".")[0] not in OWN:
                del sys.modules[name]


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
    >>> drawing = draw_target("(a+b)*(b+1)", {"a": 2.0, "b": 1.0})
    >>> [list(column.cells) for column in drawing.table.columns]
    [['a', 'b', 'v3'], ['2', '1', '6'], ['2', '5', '1']]
    """
    root, usual = root_of(what, values)
    passed = root.requires_grad and np.size(get_data(root)) == 1 and options.get("passes") != "forward"
    # A user's rules and hooks run here.
    with users_code(f"{what}: the backward pass"):
        # The pass is run for the drawing alone: a file may have run its own.
        shot = Snapshot(root, backward=passed)
        drawn = shot if passed else root
        explanation = explain(drawn, explained) if explained is not None else None
        diagram = draw(drawn, light=explanation, title=usual if title is None else title, **options)
    return Drawing(diagram, _table(shot, usual), explanation)


def _table(shot: Snapshot, title: str) -> Table | None:
    named = [node for node in shot.nodes if node.name or node in shot.variables or node is shot.root]
    if len(named) > MAX_TABLE_ROWS or not all(isinstance(node.data, float) for node in named):
        return None
    table = Table("name", "value", "gradient", title=escape(to_line(title)) or None, title_justify="left")
    for node in named:
        gradient = f"{shot.gradients[node]:.10g}" if node in shot.gradients else ""
        table.add_row(escape(to_line(shot.names[node])), f"{node.data:.10g}", gradient)
    return table
