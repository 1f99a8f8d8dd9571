"""The command `stepgrad`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograd._version import __version__
from autograd.errors import AutogradError, UsageError

EXAMPLES = """examples:
  stepgrad demo
  stepgrad demo --output results
  stepgrad ops
  stepgrad check model.py:loss
  stepgrad check model.py:loss --grad loss_gradient x=0.5
  stepgrad draw "(a+b)*(b+1)" a=2 b=1 -o e.svg
  stepgrad draw "c=a+b; d=b+1; e=c*d" a=2 b=1 -o e.png
  stepgrad draw "where(x > 0, x**2, exp(x))" x=-1.5
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="stepgrad",
        description="An autograd engine that you can see through.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"stepgrad {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    demo = commands.add_parser("demo", help="trace an example, draw it, check gradients, and train a network")
    demo.add_argument(
        "--output",
        type=Path,
        default=Path("stepgrad-demo"),
        metavar="DIR",
        help="where files go (default: %(default)s)",
    )
    functions = commands.add_parser("ops", help="list the NumPy and SciPy functions that are differentiated")
    functions.add_argument("--markdown", action="store_true", help="as the table of the README")
    check = commands.add_parser(
        "check",
        help="check the gradient of a function in a file against finite differences",
        description="Exit code 0: right; 1: wrong; 3: inconclusive; 2: it could not be checked. The file is run as Python "
        "runs it.",
    )
    check.add_argument(
        "target", metavar="FILE.py:function", help="inputs come from defaults, annotations or strategies"
    )
    check.add_argument("values", nargs="*", metavar="name=value", help="a number for an argument")
    check.add_argument("--grad", metavar="NAME", help="a gradient written by hand, in the same file")
    check.add_argument("--order", type=_count, default=1, help="2 checks second derivatives too (default: %(default)s)")
    check.add_argument("--seed", type=int, default=0, help="of random inputs and directions (default: %(default)s)")
    check.add_argument(
        "--examples", type=_count, default=25, metavar="N", help="inputs to draw from a strategy (default: %(default)s)"
    )
    draw = commands.add_parser(
        "draw",
        help="draw the graph of an expression with its gradients",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    draw.add_argument("expression", metavar="EXPR", help='such as "(a+b)*(b+1)"; parts may be named: "c=a+b; c*c"')
    draw.add_argument("values", nargs="*", metavar="name=value", help="a number for every name")
    draw.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("graph.svg"),
        metavar="FILE",
        help=".svg, .png, .pdf or .dot (default: %(default)s)",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns
    -------
    int
        0; 1 where a part of the demo could not be done, or a gradient is wrong; 2 for bad input, with one line on standard
        error; 3 where a check is inconclusive; 130 after Ctrl-C.
    """
    try:
        chosen = _parser().parse_args(arguments)
        if chosen.command == "draw":
            _draw(chosen.expression, chosen.values, chosen.output)
            return 0
        if chosen.command == "check":
            return _check(chosen)
        if chosen.command == "ops":
            _ops(chosen.markdown)
            return 0
        from autograd.demo import run_demo

        return run_demo(chosen.output, Console())
    except (AutogradError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            # Whoever read us has enough; Python would complain once more when it flushes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        print(f"stepgrad: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _check(chosen: argparse.Namespace) -> int:
    from autograd.check.command import EXIT_CODES, check_target

    report = check_target(
        chosen.target,
        _values(chosen.values),
        gradient=chosen.grad,
        order=chosen.order,
        seed=chosen.seed,
        examples=chosen.examples,
    )
    Console().print(report)
    return EXIT_CODES[report.verdict]


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _ops(as_markdown: bool) -> None:
    from autograd.catalogue import catalogue, markdown

    if as_markdown:
        print(markdown())
        return
    table = Table("family", "functions", title="Differentiated here, or constant by definition", show_lines=True)
    for name, about, functions in catalogue():
        table.add_row(f"[bold]{name}[/bold]\n{escape(about)}", escape(", ".join(functions)))
    Console().print(table)


def _values(given: Sequence[str]) -> dict[str, float]:
    values: dict[str, float] = {}
    for item in given:
        name, equals, text = item.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"{item!r} is not name=value, such as a=2")
        if name in values:
            raise UsageError(f"{name!r} was given twice")
        try:
            values[name] = float(text)
        except ValueError:
            raise UsageError(f"{item!r}: {text!r} is not a number") from None
    return values


def _draw(expression: str, given: Sequence[str], output: Path) -> None:
    from autograd.draw import draw
    from autograd.node import ancestors
    from autograd.parse import parse

    root = parse(expression, _values(given))
    if root.requires_grad:
        root.backward()
    path = draw(root).save(output)
    table = Table(
        "name", "value", "gradient", title=escape(expression) if len(expression) <= 60 else None, title_justify="left"
    )
    for node in ancestors(root):
        if node.name or node is root:
            table.add_row(
                escape(node.name or "result"), f"{node.data:.10g}", f"{node.grad:.10g}" if node.requires_grad else ""
            )
    console = Console()
    console.print(table)
    console.print(f"wrote {path}", markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
