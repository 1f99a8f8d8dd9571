"""`stepgrad playground`: a page on which a small network is trained in the browser."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rich.text import Text

from autograd.cli import streams
from autograd.errors import UsageError
from autograd.pages import playground
from autograd.target import load, users_code
from nn.module import Module

ABOUT = """One HTML file, which needs no server and no network: open it in a browser, mail it, or host it.
Exit code 2: invalid input, nothing was written."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.description = f"{parser.description}\n\n{ABOUT}"
    parser.add_argument(
        "settings",
        nargs="*",
        metavar="name=value",
        help="what is set at first, as in the address of the page: dataset=xor, layers=4-tanh,2-relu, rate=0.1, hide=noise,seed",
    )
    parser.add_argument("--data", type=Path, metavar="FILE.csv", help="points of yours: two numbers and a label a row")
    parser.add_argument(
        "--model", metavar="FILE.py:model", help="an nn.Sequential of small Linear layers, with its weights"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("playground.html"),
        metavar="FILE",
        help="a file that ends in .html (default: %(default)s)",
    )


def run(chosen: argparse.Namespace) -> int:
    """Write the page; gives the exit code."""
    settings = _read_settings(chosen.settings)
    model = None if chosen.model is None else _read_model(chosen.model)
    path = playground(data=chosen.data, model=model, settings=settings).save(chosen.output)
    streams.show(Text(f"wrote {path}", no_wrap=True, overflow="ignore"))
    return 0


def _read_settings(given: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals:
            raise UsageError(f"{item!r} is not name=value, such as dataset=xor")
        found[name] = value
    return found


def _read_model(target: str) -> Any:
    (found,) = load(target)
    if isinstance(found, Module) or not callable(found):
        return found
    filename = Path(target.rpartition(":")[0])
    with users_code(target, filename):
        return found()
