"""`stepgrad train`: what it takes; the work is done by `nn.command`."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograd.cli import readers, streams
from nn.command.options import Options
from nn.command.train import train_target

ABOUT = """It prints a report, and writes it with the model and the epochs to a folder.
Exit code 2: invalid input, nothing was written; 130: Ctrl-C, the report covers the epochs so far."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.description = f"{parser.description}\n\n{ABOUT}"
    parser.add_argument(
        "what",
        metavar="digits|iris|wine|breast_cancer|diabetes|mnist:DIR|FILE.csv",
        help="a bundled data set, the folder of MNIST's four files, or a table of numbers whose target is numbers or words",
    )
    table = parser.add_argument_group("reading a table")
    table.add_argument(
        "--target", metavar="COLUMN", help="the column to predict, by name or number (default: the last one)"
    )
    table.add_argument(
        "--task",
        **readers.reader_of_choices("classes", "numbers"),
        help="what the numbers in the target mean (default: numbers)",
    )
    table.add_argument(
        "--decimal",
        **readers.reader_of_choices(".", ","),
        help="the decimal sign; the other one may then group digits (default: a point, without grouping)",
    )
    table.add_argument(
        "--encoding", metavar="NAME", help="encoding of the file (default: UTF-8, or what its first bytes say)"
    )
    table.add_argument(
        "--missing",
        **readers.reader_of_choices("mean", "drop"),
        help="replace a missing number by the mean of its column, or drop the row (default: refuse)",
    )
    network = parser.add_argument_group("network and training (defaults by data set)")
    network.add_argument(
        "--hidden", type=readers.read_sizes, metavar="N,…", help='sizes of the hidden layers, such as 64,16; or "none"'
    )
    network.add_argument(
        "--activation",
        type=readers.read_words,
        metavar="NAME,…",
        help="tanh, relu, …; one for all layers, or one for each",
    )
    network.add_argument("--optimizer", metavar="NAME", help="adam, adamw, sgd, nesterov, …")
    network.add_argument("--lr", type=readers.read_positive, help="learning rate")
    network.add_argument("--weight-decay", type=readers.read_not_negative, metavar="λ")
    network.add_argument("--epochs", type=readers.read_count, metavar="N")
    network.add_argument("--batch-size", type=readers.read_count, metavar="N")
    network.add_argument(
        "--seed", type=readers.read_seed, default=0, help="seed of splits, weights and batches (default: %(default)s)"
    )
    judged = parser.add_argument_group("evaluation")
    judged.add_argument(
        "--test",
        type=readers.read_share,
        default=0.2,
        metavar="SHARE",
        help="share of the rows held out for the test, if the data have no test part (default: %(default)s)",
    )
    judged.add_argument(
        "--validation",
        type=readers.read_share,
        metavar="SHARE",
        help="share of the other rows that validates each epoch (default: 0.2 with --patience)",
    )
    judged.add_argument(
        "--patience",
        type=readers.read_count,
        metavar="N",
        help="stop after N epochs without a better validation loss, and keep the best weights",
    )
    judged.add_argument("--folds", type=readers.read_folds, metavar="N", help="also cross-validate in N folds")
    judged.add_argument(
        "--search",
        type=readers.read_count,
        metavar="N",
        help="first search the learning rate and weight decay, with N trials",
    )
    judged.add_argument(
        "--jobs",
        type=readers.read_count,
        default=1,
        metavar="N",
        help="workers for folds and search (default: %(default)s)",
    )
    judged.add_argument("--no-health", action="store_true", help="do not measure the health of the training")
    parser.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="save what is needed to continue after an interruption"
    )
    parser.add_argument(
        "--resume", action="store_true", help="continue from the checkpoint if there is one; otherwise start a new one"
    )
    parser.add_argument(
        "--micro-batches",
        type=readers.read_count,
        metavar="N",
        help="under mpirun: cut each batch in N parts, for the same numbers with any number of processes",
    )
    parser.add_argument(
        "--record", type=Path, metavar="DIR", help="record the training in a folder, for stepgrad rewind DIR"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("stepgrad-train"),
        metavar="DIR",
        help="folder for the files (default: %(default)s)",
    )


def run(chosen: argparse.Namespace) -> int:
    """Train and report; gives the exit code."""
    recipe = ("hidden", "activation", "optimizer", "lr", "weight_decay", "epochs", "batch_size")
    options = Options(
        chosen.what,
        chosen.target,
        chosen.task,
        {name: getattr(chosen, name) for name in recipe},
        {name: getattr(chosen, name) for name in ("decimal", "encoding", "missing")},
        test=chosen.test,
        validation=chosen.validation,
        patience=chosen.patience,
        folds=chosen.folds,
        trials=chosen.search,
        jobs=chosen.jobs,
        seed=chosen.seed,
        checkpoint=chosen.checkpoint,
        resume=chosen.resume,
        health=not chosen.no_health,
        record=chosen.record,
        micro_batches=chosen.micro_batches,
        output=chosen.output,
    )
    return train_target(options, streams.Output())
