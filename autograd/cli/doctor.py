"""`stepgrad doctor`: what it takes; the work is done by `nn.command`."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Column
from rich.text import Text

from autograd import files
from autograd.cli import readers, streams
from autograd.errors import UsageError
from autograd.program import is_program
from nn.checklist import Checklist
from nn.command.doctor import check_picture, doctor_script, doctor_target, draw_first_layer, refuse_beside_script
from nn.health.diagnosis import Diagnosis
from nn.health.show import render_diagnosis

ABOUT = """`stepgrad doctor train.py` runs a training script of yours, with a loop of this project's or of PyTorch's, unchanged for its
first steps, says what the loop does wrong, and experiments with what it trains. A notebook runs cell by cell, and IPython's own
commands in it do nothing.

Of FILE.py:model Python runs the file as usual. It must define

  model = nn.Sequential(…)     a Module, or a function without arguments that returns one
  data = (x, y)                inputs and targets, optionally followed by validation inputs and targets,
                               or a function without arguments that returns these

Targets are class numbers (whole numbers), or floats in the shape of the outputs. The model itself does not change.
An optimizer of that name in the file is the one that is examined. A torch.nn.Module needs loss = … in the file.
Copies of the network are trained for a few steps, each with one thing changed; it takes up to a minute.
Exit code 0: healthy; 1: not healthy; 2: the examination could not run."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.description = f"{parser.description}\n\n{ABOUT}"
    parser.add_argument(
        "target",
        metavar="FILE.py|FILE.ipynb|FILE.py:model|DATA",
        help="a training script or notebook; a model; or a bundled data set, with its default network",
    )
    parser.add_argument(
        "arguments",
        nargs="*",
        metavar="ARGUMENT",
        help="of the training script (write -- before one that begins with a dash)",
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
        "--quick", action="store_true", help="what is seen, and three experiments, in less than ten seconds"
    )
    parser.add_argument(
        "--page", type=Path, metavar="FILE.html", help="also write a page with the curves of all experiments"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE.json", help="also write the findings and experiments as JSON"
    )
    parser.add_argument(
        "--first-layer",
        type=Path,
        metavar="FILE",
        help="also draw the first layer's weights after the short training (.svg, .png or .pdf)",
    )


def run(chosen: argparse.Namespace) -> int:
    """Examine and print what was found; gives the exit code."""
    if is_program(chosen.target):
        refuse_beside_script(vars(chosen))
    elif chosen.arguments:
        raise UsageError(f"{chosen.arguments[0]}: arguments are for a training script, and {chosen.target} is none")
    if chosen.first_layer is not None:
        check_picture(chosen.first_layer)
    for path in (chosen.page, chosen.json):
        if path is not None:
            files.check_place(path)
    found = _examine(chosen)
    if isinstance(found, Diagnosis):
        streams.show(render_diagnosis(found))
        _write(chosen, found)
        return 0 if found else 1
    told = None
    if chosen.first_layer is not None:
        told = draw_first_layer(found, chosen.first_layer)
    streams.show(found, *([render_diagnosis(found.diagnosis)] if found.diagnosis is not None else []))
    if told is not None:
        streams.show(Text(told))
    if found.diagnosis is not None:
        _write(chosen, found.diagnosis)
    return 0 if found else 1


def _write(chosen: argparse.Namespace, found: Diagnosis) -> None:
    """The page and the JSON that were asked for."""
    for path, text in ((chosen.page, found.to_html), (chosen.json, found.to_json)):
        if path is not None:
            files.write(path, text().encode())
            streams.show(Text(f"wrote {path}"))


def _examine(chosen: argparse.Namespace) -> Checklist | Diagnosis:
    """Examine, and in a terminal show what is being tried, and the answer so far."""
    console = Console(stderr=True)
    columns = (
        BarColumn(16),
        TextColumn("{task.description}", markup=False, table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal, expand=True) as shown:
        bar = shown.add_task("looking", total=1.0)

        def watch(name: str, share: float, so_far: str) -> None:
            shown.update(bar, completed=share, description=f"{name}{'; ' * bool(so_far)}{so_far}")

        if is_program(chosen.target):
            return doctor_script(
                chosen.target, seed=chosen.seed, quick=chosen.quick, watch=watch, arguments=chosen.arguments
            )
        return doctor_target(
            chosen.target,
            data=chosen.data,
            loss=chosen.loss,
            lr=chosen.lr,
            epochs=chosen.epochs,
            batch_size=chosen.batch_size,
            seed=chosen.seed,
            quick=chosen.quick,
            watch=watch,
        )
