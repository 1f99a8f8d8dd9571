"""How a session of the debugger is shown: the options that the commands which open one have in common."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograd.cli import readers


def add_showing_options(parser: argparse.ArgumentParser) -> None:
    """Take `--page`, `--plain` and `--events`."""
    parser.add_argument(
        "--page", type=Path, metavar="FILE.html", help="write a page that steps in a browser, instead of stepping here"
    )
    parser.add_argument("--plain", action="store_true", help="print plain text, as without a terminal")
    parser.add_argument(
        "--events",
        type=readers.read_count,
        default=200,
        metavar="N",
        help="print up to N events of a pass as text (default: %(default)s)",
    )
