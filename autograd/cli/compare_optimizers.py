"""`stepgrad compare-optimizers`: what it takes; the work is done by `nn.command`."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograd.cli import readers, streams
from nn.command.compare import compare_optimizers
from optim.registry import PRESETS

ABOUT = """Every optimizer starts from the same weights and sees the same batches. It prints a table, best first, and writes it with the
curves and all epochs to a folder. Each takes its own learning rate; --lr gives all the same.
Exit code 2: invalid input, nothing was written."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.description = f"{parser.description}\n\n{ABOUT}"
    parser.add_argument(
        "--data",
        default="diabetes",
        metavar="NAME|FILE",
        help="a bundled data set, the folder of MNIST's files as mnist:DIR, or a table (default: %(default)s)",
    )
    table = parser.add_argument_group("reading a table")
    table.add_argument(
        "--target", metavar="COLUMN", help="the column to predict, by name or number (default: the last one)"
    )
    table.add_argument(
        "--ignore", type=readers.read_words, metavar="COLUMN,…", help="columns to leave out, by name or number"
    )
    table.add_argument(
        "--task",
        **readers.reader_of_choices("classes", "numbers"),
        help="what the numbers in the target mean (default: numbers)",
    )
    table.add_argument("--decimal", **readers.reader_of_choices(".", ","), help="the decimal sign (default: a point)")
    table.add_argument("--encoding", metavar="NAME", help="encoding of the file (default: UTF-8)")
    table.add_argument(
        "--missing",
        **readers.reader_of_choices("mean", "drop"),
        help="replace a missing number, such as ?, by the mean of its column, or drop the row (default: refuse)",
    )
    parser.add_argument(
        "--optimizers",
        type=readers.read_words,
        metavar="NAME,…",
        help="which ones (default: all, or those of the preset)",
    )
    parser.add_argument(
        "--preset",
        **readers.reader_of_choices(*PRESETS),
        help="formulas and numbers of a document (default: PyTorch's)",
    )
    parser.add_argument("--lr", type=readers.read_positive, help="learning rate of all (default: each one's own)")
    parser.add_argument(
        "--hidden", type=readers.read_sizes, metavar="N,…", help='sizes of the hidden layers; or "none"'
    )
    parser.add_argument("--activation", type=readers.read_words, metavar="NAME,…", help="tanh, relu, …")
    parser.add_argument("--epochs", type=readers.read_count, default=50, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--batch-size", type=readers.read_count, metavar="N")
    parser.add_argument(
        "--test",
        type=readers.read_share,
        default=0.2,
        metavar="SHARE",
        help="share of the rows that judges (default: %(default)s)",
    )
    parser.add_argument("--seed", type=readers.read_seed, default=0, help="(default: %(default)s)")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("stepgrad-optimizers"),
        metavar="DIR",
        help="folder for the files (default: %(default)s)",
    )


def run(chosen: argparse.Namespace) -> int:
    """Compare, print and write; gives the exit code."""
    reading = {name: getattr(chosen, name) for name in ("decimal", "encoding", "missing")}
    recipe = {name: getattr(chosen, name) for name in ("hidden", "activation", "epochs", "batch_size")}
    compare_optimizers(
        chosen.data,
        streams.Output(),
        chosen.output,
        target=chosen.target,
        task=chosen.task,
        reading={**reading, "ignore": chosen.ignore},
        recipe=recipe,
        names=chosen.optimizers,
        preset=chosen.preset,
        lr=chosen.lr,
        test=chosen.test,
        seed=chosen.seed,
    )
    return 0
