"""`main`: which subcommand is meant, and one line and an exit code for whatever keeps it from being done."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from autograd._version import __version__
from autograd.cli import streams
from autograd.cli.parser import Parser, wrapped
from autograd.errors import AutogradError, UsageError
from autograd.graph import sites
from autograd.target import described
from autograd.wording.suggestion import instead_of, quoted

# Each is a module of this package, with `add_options(parser)` and `run(chosen)`.
SUBCOMMANDS = {
    "demo": "trace an example, draw it, check gradients, and train a network",
    "draw": "draw the graph of an expression, of a function in a file, or of an example, with its gradients",
    "step": "step forward and back through the passes of an expression, a function or a program",
    "check": "check the gradient of a function in a file against finite differences",
    "train": "train a network on a data set or a table, and write a report",
    "doctor": "examine a model and its data before a long training: gradients, first loss, a few samples by heart, health",
    "ops": "list the NumPy and SciPy functions that are differentiated",
}
# Of the signal that ends a program whose reader has left; a number, since not every system has it.
SIGPIPE = 13
EXAMPLES = """\
stepgrad demo
stepgrad demo --output results
stepgrad draw "(a+b)*(b+1)" a=2 b=1 -o e.svg
stepgrad draw "c=a+b; d=b+1; e=c*d" a=2 b=1 -o e.png
stepgrad draw "where(x > 0, x**2, exp(x))" x=-1.5
stepgrad draw digits --expand all -o digits.html
stepgrad draw model.py:loss x=0.5 --explain w
stepgrad step "c=a+b; d=b+1; e=c*d" a=2 b=1
stepgrad step train.py --break not_finite
stepgrad step xor --page xor.html
stepgrad check model.py:loss
stepgrad check model.py:loss --grad loss_gradient x=0.5
stepgrad train digits
stepgrad train wine --folds 5
stepgrad train table.csv --target price --hidden 64,32 --search 20 --jobs 2
stepgrad doctor model.py:model
stepgrad ops --markdown
""".splitlines()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns
    -------
    int
        0; 1 where a part of the demo could not be done, a gradient is wrong, or a model is not healthy; 2 for bad input,
        with one line on standard error; 3 where a check is inconclusive; 130 after Ctrl-C; 141 where whoever read the
        output left before the end.
    """
    if arguments is None:
        # Started as a program: whatever called this is no code of the user's, whose lines are told.
        sites.program(sys._getframe(1))
        streams.prepare()
        arguments = sys.argv[1:]
    try:
        code = _run(list(arguments))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read us has enough.
        streams.abandon()
        return 128 + SIGPIPE
    except KeyboardInterrupt:
        return 130
    except BaseException as error:
        if sys.flags.dev_mode and not isinstance(error, AutogradError):
            raise
        streams.complain(_told(error))
        if isinstance(error, OSError):
            streams.abandon()
        return 2


def _told(error: BaseException) -> str:
    if isinstance(error, AutogradError):
        return str(error)
    if isinstance(error, MemoryError):
        return f"out of memory: {error}"
    if sys.stdout.closed:
        return "nothing more can be printed: what was run has closed standard output"
    if isinstance(error, OSError):
        what = f"use {error.filename}" if error.filename else "print"
        return f"cannot {what}: {error.strerror or error}"
    return f"{described(error)}: a mistake in stepgrad itself; python -X dev -m autograd … shows where"


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["help"]:
        arguments = [*arguments[1:2], "--help"]
    name = arguments[0] if arguments else ""
    try:
        if name not in SUBCOMMANDS:
            _overview().read(arguments)
            raise UsageError(f"say what to do: stepgrad {', '.join(SUBCOMMANDS)} (see stepgrad --help)")
        command = importlib.import_module(f"autograd.cli.{name}")
        parser = Parser(prog=f"stepgrad {name}", description=_sentence(SUBCOMMANDS[name]), epilog=_examples(name))
        command.add_options(parser)
        chosen = parser.read(arguments[1:])
    except SystemExit:
        # argparse has printed the help, or the version.
        return 0
    code: int = command.run(chosen)
    return code


def _overview() -> Parser:
    listed = "\n".join(wrapped(summary, f"  {name:8}") for name, summary in SUBCOMMANDS.items())
    parser = Parser(
        prog="stepgrad",
        usage="stepgrad COMMAND …",
        description=f"An autograd engine that you can see through.\n\ncommands:\n{listed}\n\nstepgrad COMMAND --help tells more.",
        epilog=_examples(),
    )
    parser.add_argument("--version", action="version", version=f"stepgrad {__version__}")
    parser.add_argument("COMMAND", nargs="*", type=_refuse, help=argparse.SUPPRESS)
    return parser


def _refuse(name: str) -> str:
    raise UsageError(f"there is no command {quoted(name)}{instead_of(name, SUBCOMMANDS)} (see stepgrad --help)")


def _sentence(summary: str) -> str:
    return wrapped(f"{summary[0].upper()}{summary[1:]}.")


def _examples(command: str = "") -> str:
    lines = [line for line in EXAMPLES if line.startswith(f"stepgrad {command}")]
    return "examples:\n" + "\n".join(f"  {line}" for line in lines)
