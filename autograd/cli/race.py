"""`stepgrad race`: optimizers from one start down one surface, as a page, an animation or a picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.text import Text

from autograd.cli import readers, streams
from autograd.errors import UsageError
from autograd.pages.race_page import race
from autograd.pages.surfaces import SURFACES

ABOUT = """A page lets one change everything, and shows each step's numbers. A .gif or .png is for slides.
Exit code 2: invalid input, nothing was written."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.description = f"{parser.description}\n\n{ABOUT}"
    parser.add_argument(
        "--surface",
        default="quadratic",
        metavar="|".join([*SURFACES, "EXPR"]),
        help="one of these, or an expression of x and y, or of x alone (default: %(default)s, x²/10 + y²)",
    )
    parser.add_argument(
        "--optimizers",
        type=readers.read_rates,
        metavar="NAME[=RATE],…",
        help="which run, such as sgd=0.95,adam (default: those that suit the surface)",
    )
    parser.add_argument("--start", type=readers.read_point, metavar="X,Y", help="where they start")
    parser.add_argument("--steps", type=readers.read_count, metavar="N", help="how many steps they take")
    parser.add_argument(
        "--rate",
        type=readers.read_positive,
        metavar="N",
        help="frames a second of a .gif (default: six seconds in all)",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("race.html"),
        metavar="FILE",
        help="a file that ends in .html, .gif or .png (default: %(default)s)",
    )


def run(chosen: argparse.Namespace) -> int:
    """Set the race up, write it, and print where each has come; gives the exit code."""
    if chosen.rate is not None and chosen.output.suffix.lower() != ".gif":
        raise UsageError("--rate is for a file that ends in .gif")
    made = race(chosen.surface, chosen.optimizers, start=chosen.start, steps=chosen.steps)
    path = made.save(chosen.output, rate=chosen.rate)
    streams.show(made.table(), Text(f"wrote {path}", no_wrap=True, overflow="ignore"))
    return 0
