"""`stepgrad rewind`: what it takes; the work is done by `nn.command`."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograd.cli import readers, streams
from autograd.cli.showing import add_showing_options
from nn.command.rewind import rewind_target

ABOUT = """A run is recorded by nn.fit(…, record="run/") or by stepgrad train … --record run. Without --step or --where the command says
what was recorded. Conditions: "loss jumped", "loss > 2.5", "gradient norm > 10", "update ratio > 0.1", "nan".
To open a step, the run is gone through again from the checkpoint before it, and compared with the record to the bit: name the program
that trains, with its arguments; it is run as Python runs it, up to that step. What stepgrad train recorded needs none.
Exit code 1: no step is as wanted; 2: invalid input, or a run that cannot be replayed, with the reason."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.description = f"{parser.description}\n\n{ABOUT}"
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of the record")
    parser.add_argument(
        "program",
        nargs="*",
        metavar="SCRIPT.py",
        help="the program that trains, and its arguments (write -- before one that begins with a dash)",
    )
    parser.add_argument("--where", metavar="CONDITION", help="list the steps for which this holds")
    parser.add_argument(
        "--step", type=readers.read_count, metavar="N", help="open the debugger on the backward pass of this step"
    )
    parser.add_argument("--open", action="store_true", help="open the first step for which --where holds")
    add_showing_options(parser)


def run(chosen: argparse.Namespace) -> int:
    """Look, or go back; gives the exit code."""
    return rewind_target(
        chosen.folder,
        chosen.program,
        streams.Output(),
        step=chosen.step,
        where=chosen.where,
        opening=chosen.open,
        page=chosen.page,
        plain=chosen.plain,
        most=chosen.events,
    )
