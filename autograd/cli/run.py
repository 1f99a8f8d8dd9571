"""`main`: which subcommand is meant, and one line and an exit code for whatever keeps it from being done."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from autograd._version import __version__
from autograd.cli import streams
from autograd.cli.commands import COMMANDS, list_commands, list_first_examples, parser_of
from autograd.cli.parser import Parser
from autograd.errors import AutogradError, UsageError
from autograd.graph import sites
from autograd.target import describe_error
from autograd.wording.suggestion import quote, suggest

# Of the signal that ends a program whose reader has left; a number, since not every system has it.
SIGPIPE = 13


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
        # Started as a program: whatever called this is not the user's code, whose lines messages name.
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
        streams.complain(_describe_error(error))
        if isinstance(error, OSError):
            streams.abandon()
        return 2


def _describe_error(error: BaseException) -> str:
    if isinstance(error, AutogradError):
        return str(error)
    if isinstance(error, MemoryError):
        return f"out of memory: {error}"
    if sys.stdout.closed:
        return "nothing more can be printed: what was run has closed standard output"
    if isinstance(error, OSError):
        what = f"use {error.filename}" if error.filename else "print"
        return f"cannot {what}: {error.strerror or error}"
    return f"{describe_error(error)}: a mistake in stepgrad itself; python -X dev -m autograd … shows where"


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["help"]:
        arguments = [*arguments[1:2], "--help"]
    name = arguments[0] if arguments else ""
    try:
        if name not in COMMANDS:
            _print_overview().read(arguments)
            raise UsageError(f"say what to do: stepgrad {', '.join(COMMANDS)} (see stepgrad --help)")
        parser, run = parser_of(name)
        chosen = parser.read(arguments[1:])
    except SystemExit:
        # argparse has printed the help, or the version.
        return 0
    return run(chosen)


def _print_overview() -> Parser:
    parser = Parser(
        prog="stepgrad",
        usage="stepgrad COMMAND …",
        description=f"An autograd engine that you can see through.\n\n{list_commands()}",
        epilog=f"examples:\n{list_first_examples()}\n\nstepgrad COMMAND --help shows its options and more examples.",
    )
    parser.add_argument("--version", action="version", version=f"stepgrad {__version__}")
    parser.add_argument("COMMAND", nargs="*", type=_refuse, help=argparse.SUPPRESS)
    return parser


def _refuse(name: str) -> str:
    raise UsageError(f"there is no command {quote(name)}{suggest(name, COMMANDS)} (see stepgrad --help)")
