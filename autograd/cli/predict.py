"""`stepgrad predict`: what it takes; the work is done by `nn.command`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.text import Text

from autograd.cli import readers, streams
from autograd.wording.steps import to_line
from nn.command.predict import predict_table

ABOUT = """The table has the columns that the model was trained on, by name, in any order; also the one that it predicts, which
is then compared. Other columns are refused. Exit code 2: invalid input, nothing was written."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.description = f"{parser.description}\n\n{ABOUT}"
    parser.add_argument(
        "model", type=Path, metavar="MODEL", help="the model.safetensors of stepgrad train, or a file of nn.save_model"
    )
    parser.add_argument("table", type=Path, metavar="FILE.csv", help="the rows to be predicted")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="the predictions, a CSV file (default: standard output)"
    )
    table = parser.add_argument_group("reading the table")
    table.add_argument(
        "--ignore", type=readers.read_words, metavar="COLUMN,…", default=(), help="columns that are left out"
    )
    table.add_argument(
        "--missing",
        **readers.reader_of_choices("mean"),
        help="replace a missing number by the mean of the rows trained on (default: refuse)",
    )
    table.add_argument(
        "--decimal",
        **readers.reader_of_choices(".", ","),
        help="the decimal sign; the other one may then group digits (default: a point, without grouping)",
    )
    table.add_argument(
        "--encoding", metavar="NAME", help="encoding of the file (default: UTF-8, or what its first bytes say)"
    )


def run(chosen: argparse.Namespace) -> int:
    """Predict; gives the exit code."""
    found = predict_table(
        chosen.model,
        chosen.table,
        output=chosen.output,
        ignore=chosen.ignore,
        missing=chosen.missing,
        decimal=chosen.decimal,
        encoding=chosen.encoding,
    )
    if chosen.output is None:
        # The table alone, so that other programs read it; what steers a terminal is told by its number.
        text = found.csv_text()
        if sys.stdout.isatty():
            text = "".join(f"{to_line(line)}\n" for line in text.splitlines())
        sys.stdout.write(text)
        if found.score:
            print(to_line(found.score), file=sys.stderr)
        return 0
    told = f"wrote {chosen.output}: {len(found.rows)} rows"
    streams.show(*[Text(to_line(line)) for line in (found.score, told) if line], whole=True)
    return 0
