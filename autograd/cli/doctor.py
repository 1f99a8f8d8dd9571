"""`stepgrad doctor`: what it takes; the work is done by `nn.command`."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.text import Text

from autograd.cli import readers, streams
from nn.command.doctor import check_picture, doctor_target, draw_first_layer
from nn.health.show import render_findings

ABOUT = """Python runs the file as usual. It must define

  model = nn.Sequential(…)     a Module, or a function without arguments that returns one
  data = (x, y)                inputs and targets, optionally followed by validation inputs and targets,
                               or a function without arguments that returns these

Targets are class numbers (whole numbers), or floats in the shape of the outputs. The model itself does not change.
Exit code 0: healthy; 1: not healthy; 2: the examination could not run."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.description = f"{parser.description}\n\n{ABOUT}"
    parser.add_argument(
        "target", metavar="FILE.py:model|DATA", help="the model; or a bundled data set, with its default network"
    )
    parser.add_argument(
        "--data", default="data", metavar="NAME", help="name of the data in the file (default: %(default)s)"
    )
    parser.add_argument("--loss", metavar="NAME", help="name of a function of outputs and targets in the file")
    parser.add_argument(
        "--lr",
        type=readers.read_positive,
        help="Adam's learning rate in the short training (default: 0.01; for DATA, that of train)",
    )
    parser.add_argument(
        "--epochs", type=readers.read_count, help="epochs of the short training (default: 3, and at least 100 steps)"
    )
    parser.add_argument("--batch-size", type=readers.read_count, default=32, help="(default: %(default)s)")
    parser.add_argument("--seed", type=readers.read_seed, default=0, help="(default: %(default)s)")
    parser.add_argument(
        "--first-layer",
        type=Path,
        metavar="FILE",
        help="also draw the first layer's weights after the short training (.svg, .png or .pdf)",
    )


def run(chosen: argparse.Namespace) -> int:
    """Examine and print what was found; gives the exit code."""
    if chosen.first_layer is not None:
        check_picture(chosen.first_layer)
    found = doctor_target(
        chosen.target,
        data=chosen.data,
        loss=chosen.loss,
        lr=chosen.lr,
        epochs=chosen.epochs,
        batch_size=chosen.batch_size,
        seed=chosen.seed,
    )
    told = None
    if chosen.first_layer is not None:
        told = draw_first_layer(found, chosen.first_layer)
    streams.show(found, *([render_findings(found.health)] if found.health is not None else []))
    if told is not None:
        streams.show(Text(told))
    return 0 if found else 1
