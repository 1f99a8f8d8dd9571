"""`stepgrad step EXPR|FILE.py:name|EXAMPLE|SCRIPT.py`: a session over a graph, or over each `backward()` of a program."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from autograd import files
from autograd.check.stand_ins import OwnEngine, in_place_of_engines
from autograd.cli import readers
from autograd.cli.graphs import root_of
from autograd.cli.showing import add_showing_options
from autograd.debug.commands import parse_criteria
from autograd.debug.frontend import open_session, open_text
from autograd.debug.script import Passes, run_script
from autograd.debug.session import Session
from autograd.debug.timeline import BUDGET, Timeline
from autograd.errors import UsageError
from autograd.program import is_program

# What other commands and options write, by how the name of the file ends.
FORMATS = {".svg", ".png", ".pdf", ".html", ".dot"}


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.add_argument(
        "what",
        metavar="EXPR|FILE.py:name|EXAMPLE|SCRIPT.py",
        help="a graph, as for draw; or a program, which runs and stops at each backward()",
    )
    parser.add_argument(
        "values",
        nargs="*",
        metavar="name=value",
        help="numbers for names, or the program's arguments (write -- before one that begins with a dash)",
    )
    parser.add_argument(
        "--break",
        dest="stops",
        action="append",
        default=[],
        metavar="WHERE",
        help='stop only at these events: not_finite, op=mul, "name=h* phase=backward", "above=100", "when=\'abs(grad) > 1\'", …',
    )
    parser.add_argument(
        "--pass", dest="only", type=readers.read_count, metavar="N", help="only the N-th backward() of a program"
    )
    add_showing_options(parser)
    parser.add_argument(
        "--animation", type=Path, metavar="FILE.svg", help="write a picture that steps forward and back by itself"
    )
    parser.add_argument(
        "--keep",
        type=readers.read_count,
        default=BUDGET // 2**20,
        metavar="MB",
        help="memory for the last passes of a program, to which P goes back (default: %(default)s)",
    )
    parser.add_argument("--large", action="store_true", help="large letters, for a projector")


def run(chosen: argparse.Namespace) -> int:
    """Open the sessions; gives the exit code."""
    step_target(
        chosen.what,
        chosen.values,
        stops=chosen.stops,
        only=chosen.only,
        page=chosen.page,
        animation=chosen.animation,
        plain=chosen.plain,
        large=chosen.large,
        most=chosen.events,
        keep=chosen.keep * 2**20,
    )
    return 0


@dataclass
class Stepping:
    """How the command shows sessions.

    Attributes
    ----------
    stops : sequence of str
        Breakpoints as text, such as "op=mul" or "not_finite"; where there are any, passes without such an event are not
        shown.
    only : int or None
        The number of the one pass to show.
    page, animation : Path or None
        Write a page or an animated picture of the first one shown, in place of opening it.
    open : callable
        The front end.
    title : str
        What is stepped through.
    passes : Passes
        Of the program.
    shown : int
        How many sessions were shown so far.
    timeline : Timeline
        The last of them, to go back to.
    """

    stops: Sequence[str]
    only: int | None
    page: Path | None
    animation: Path | None
    open: Callable[..., str]
    title: str
    passes: Passes = field(default_factory=Passes)
    shown: int = 0
    timeline: Timeline = field(default_factory=Timeline)

    def visit(self, session: Session, number: int, *, more: bool) -> bool:
        """Show a session where it is one to be shown; gives whether the program is to go on."""
        if self.only is not None and number != self.only:
            return True
        for text in self.stops:
            session.break_at(**parse_criteria(text))
        if self.stops and session.run() is None:
            return True
        self.shown += 1
        if self.page is not None or self.animation is not None:
            if self.page is not None:
                _write(self.page, session.page(self._name(number, more)))
            if self.animation is not None:
                _write(self.animation, session.animation())
            return False
        left = self._open_all(number, session, more)
        self.passes.watched = left != "finish"
        return left == "finish" or (left != "stop" and number != self.only)

    def _open_all(self, number: int, session: Session, more: bool) -> str:
        """Open a session, and those before it that the user goes back to; gives how the last one was left."""
        timeline = self.timeline
        timeline.add(number, session)
        while True:
            shown = timeline.present
            title = self._name(shown.number, more)
            left = self.open(shown.session, title, more or timeline.has_later, earlier=timeline.has_earlier)
            if left == "previous":
                timeline.go(-1)
            elif left == "next" and timeline.has_later:
                timeline.go(1)
            else:
                return left

    def _name(self, number: int, more: bool) -> str:
        return f"{self.title}, backward pass {number}" if more else self.title


def _write(path: Path, text: str) -> None:
    files.write(path, text.encode())
    print(f"wrote {path}")


def step_target(
    what: str,
    values: Sequence[str],
    *,
    stops: Sequence[str] = (),
    only: int | None = None,
    page: Path | None = None,
    animation: Path | None = None,
    plain: bool = False,
    large: bool = False,
    most: int = 200,
    keep: int = BUDGET,
) -> None:
    """Open a session over the graph that `what` names, or over each pass of the program that it names.

    Parameters
    ----------
    what : str
        What `root_of` takes, or the path of a program.
    values : sequence of str
        `name=value`, or the program's arguments.
    stops, only, page, animation
        See `Stepping`.
    plain, large : bool
        Text in place of the terminal; letters for a projector.
    most : int
        Events of a pass that are told as text.
    keep : int
        Bytes for the last passes of a program.

    Raises
    ------
    UsageError
        Where there is no such graph or program, or it fails.
    DebugError
        Where a breakpoint could never stop.
    """
    for text in stops:
        parse_criteria(text)
    for option, path, ending in (("--page", page, ".html"), ("--animation", animation, ".svg")):
        if path is not None and path.suffix.lower() in FORMATS - {ending}:
            raise UsageError(f"{option} takes a file that ends in {ending}, not {str(path)!r}")
    showing = partial(open_text, most=most) if plain or not sys.stdout.isatty() else partial(open_session, large=large)
    if is_program(what):
        stepping = Stepping(stops, only, page, animation, showing, Path(what).name, timeline=Timeline(keep))
        # Networks are for programs alone, and take their time to import.
        from nn.micrograd import as_micrograd

        with as_micrograd(), in_place_of_engines(_tell_of_engine):
            passes = run_script(Path(what), values, partial(stepping.visit, more=True), stepping.passes)
        if not stepping.shown:
            wanted = f"number {only}" if only is not None else f"with an event at {', '.join(stops)}"
            print(f"{what} made {passes.count} backward pass{'es' * (passes.count != 1)}, none {wanted}")
        if passes.code not in (None, 0):
            print(f"{what} ended with sys.exit({passes.code!r})")
        return
    if only is not None:
        raise UsageError("--pass is for programs: a graph has one pass")
    root, title = root_of(what, readers.read_values(values))
    stepping = Stepping(stops, None, page, animation, showing, title)
    stepping.visit(Session(root), 1, more=False)
    if not stepping.shown:
        print(f"no event of the pass at {', '.join(stops)}")


def _tell_of_engine(engine: OwnEngine) -> None:
    name = engine.made.__name__
    print(
        f"the class {name} is an engine of its own: autograd.Value stands in its place; stepgrad check FILE.py:{name} checks it"
    )
