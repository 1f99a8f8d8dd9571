"""`stepgrad ops`: the functions that are differentiated, as a table."""

from __future__ import annotations

import argparse

from rich.markup import escape
from rich.table import Table

from autograd.catalogue import catalogue, markdown
from autograd.cli import streams


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.add_argument("--markdown", action="store_true", help="print the table of the book")


def run(chosen: argparse.Namespace) -> int:
    """Print the table; gives the exit code."""
    if chosen.markdown:
        print(markdown())
        return 0
    table = Table("family", "functions", title="Differentiated here, or constant by definition", show_lines=True)
    for name, about, functions in catalogue():
        table.add_row(f"[bold]{name}[/bold]\n{escape(about)}", escape(", ".join(functions)))
    streams.show(table)
    return 0
