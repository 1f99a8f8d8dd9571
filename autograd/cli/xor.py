"""`stepgrad xor`: a page that steps through the training of the XOR network, with every number."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.text import Text

from autograd.cli import readers, streams
from autograd.pages.xor_page import xor


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.add_argument(
        "values",
        nargs="*",
        metavar="name=value",
        help="weights to begin with, of w1 … w6 and b1 … b3 (default: the lecture's)",
    )
    parser.add_argument(
        "--rate", type=readers.read_not_negative, default=0.7, metavar="η", help="(default: %(default)s)"
    )
    parser.add_argument(
        "--momentum", type=readers.read_not_negative, default=0.0, metavar="α", help="below 1 (default: %(default)s)"
    )
    parser.add_argument(
        "--mode",
        **readers.reader_of_choices("online", "batch"),
        default="online",
        help="update after each pattern, or once an epoch (default: %(default)s)",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("xor.html"),
        metavar="FILE",
        help="a file that ends in .html (default: %(default)s)",
    )


def run(chosen: argparse.Namespace) -> int:
    """Write the page; gives the exit code."""
    lesson = xor(readers.read_values(chosen.values), rate=chosen.rate, momentum=chosen.momentum, mode=chosen.mode)
    path = lesson.save(chosen.output)
    streams.show(Text(f"wrote {path}", no_wrap=True, overflow="ignore"))
    return 0
