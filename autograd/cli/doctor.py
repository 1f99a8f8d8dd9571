"""`stepgrad doctor`: what it takes; the work is done by `nn.command`."""

from __future__ import annotations

import argparse

from autograd.cli import readers, streams
from nn.command.doctor import doctor_target
from nn.health.show import render_findings

ABOUT = """The file is run as Python runs it, and defines

  model = nn.Sequential(…)     a Module, or a function without arguments that gives one
  data = (x, y)                inputs and targets, the same of a validation part behind them if there is one,
                               or a function without arguments that gives this

Targets are class numbers (whole numbers), or floats of the outputs' shape. Nothing of the model is changed.
Exit code 0: healthy; 1: not; 2: it could not be examined."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.description = f"{parser.description}\n\n{ABOUT}"
    parser.add_argument(
        "target", metavar="FILE.py:model|DATA", help="or a data set as for train, with its default network"
    )
    parser.add_argument("--data", default="data", metavar="NAME", help="of the data in the file (default: %(default)s)")
    parser.add_argument("--loss", metavar="NAME", help="of a function of outputs and targets in the file")
    parser.add_argument(
        "--lr", type=readers.read_positive, help="of Adam, in the few epochs (default: 0.01; that of train for DATA)"
    )
    parser.add_argument(
        "--epochs", type=readers.read_count, help="how many are a few (default: 3, and at least 100 steps)"
    )
    parser.add_argument("--batch-size", type=readers.read_count, default=32, help="(default: %(default)s)")
    parser.add_argument("--seed", type=readers.read_seed, default=0, help="(default: %(default)s)")


def run(chosen: argparse.Namespace) -> int:
    """Examine and print what was found; gives the exit code."""
    found = doctor_target(
        chosen.target,
        data=chosen.data,
        loss=chosen.loss,
        lr=chosen.lr,
        epochs=chosen.epochs,
        batch_size=chosen.batch_size,
        seed=chosen.seed,
    )
    streams.show(found, *([render_findings(found.health)] if found.health is not None else []))
    return 0 if found else 1
