"""`stepgrad train`: what it takes; the work is done by `nn.command`."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograd.cli import readers, streams
from nn.command.options import Options
from nn.command.train import train_target

ABOUT = """The report is printed, and written with the model and the epochs into a folder.
Exit code 2: it could not be done as asked, and nothing was written; 130: Ctrl-C, the report is of what was reached."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.description = f"{parser.description}\n\n{ABOUT}"
    parser.add_argument(
        "what",
        metavar="digits|iris|wine|breast_cancer|diabetes|mnist:DIR|FILE.csv",
        help="a bundled set, the folder of MNIST's four files, or a table of numbers with a target of numbers or words",
    )
    table = parser.add_argument_group("of a table")
    table.add_argument(
        "--target", metavar="COLUMN", help="what is predicted, by name or number (default: the last one)"
    )
    table.add_argument(
        "--task",
        **readers.reader_of_choices("classes", "numbers"),
        help="what numbers in the target are (default: numbers)",
    )
    table.add_argument(
        "--decimal",
        **readers.reader_of_choices(".", ","),
        help="what stands before the decimals; the other sign may group digits (default: a point, and nothing groups)",
    )
    table.add_argument("--encoding", metavar="NAME", help="of the file (default: UTF-8, or what its first bytes say)")
    table.add_argument(
        "--missing",
        **readers.reader_of_choices("mean", "drop"),
        help="put the mean of the column in place of a missing number, or leave the row out (default: refuse)",
    )
    network = parser.add_argument_group("network and training (defaults by data set)")
    network.add_argument(
        "--hidden", type=readers.read_sizes, metavar="N,…", help='sizes of hidden layers, such as 64,16; or "none"'
    )
    network.add_argument(
        "--activation", type=readers.read_words, metavar="NAME,…", help="tanh, relu, …; one, or one for each layer"
    )
    network.add_argument("--optimizer", metavar="NAME", help="adam, adamw, sgd, nesterov, …")
    network.add_argument("--lr", type=readers.read_positive, help="learning rate")
    network.add_argument("--weight-decay", type=readers.read_not_negative, metavar="λ")
    network.add_argument("--epochs", type=readers.read_count, metavar="N")
    network.add_argument("--batch-size", type=readers.read_count, metavar="N")
    network.add_argument(
        "--seed", type=readers.read_seed, default=0, help="of parts, weights and batches (default: %(default)s)"
    )
    judged = parser.add_argument_group("how it is judged")
    judged.add_argument(
        "--test",
        type=readers.read_share,
        default=0.2,
        metavar="SHARE",
        help="of the rows held out, without a test part (default: %(default)s)",
    )
    judged.add_argument(
        "--validation",
        type=readers.read_share,
        metavar="SHARE",
        help="of the other rows, to judge epochs by (default: 0.2 with --patience)",
    )
    judged.add_argument(
        "--patience",
        type=readers.read_count,
        metavar="N",
        help="stop after N epochs without a better validation loss, keep the best",
    )
    judged.add_argument("--folds", type=readers.read_folds, metavar="N", help="cross-validate in N folds too")
    judged.add_argument(
        "--search", type=readers.read_count, metavar="N", help="search rate and weight decay first, with N trials"
    )
    judged.add_argument(
        "--jobs", type=readers.read_count, default=1, metavar="N", help="workers for both (default: %(default)s)"
    )
    judged.add_argument("--no-health", action="store_true", help="do not measure the health of the training")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="keep what is needed to go on after a kill")
    parser.add_argument(
        "--resume", action="store_true", help="go on from the checkpoint, where there is one; else it is written anew"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("stepgrad-train"),
        metavar="DIR",
        help="where files go (default: %(default)s)",
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
        output=chosen.output,
    )
    return train_target(options, streams.Output())
