"""`stepgrad rewind`: what was recorded of a training run, the steps for which a condition holds, and the debugger on one of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from autograd import files
from autograd.debug.frontend import open_session, open_text
from autograd.debug.script import run_as_main
from autograd.errors import AutogradError, UsageError
from autograd.target import describe_error, source_file
from autograd.wording.numbers import format_number
from nn.command.options import Options
from nn.command.train import train_again
from nn.training.conditions import RATIO, read_condition
from nn.training.recording import Record
from nn.training.replay import Reached
from nn.training.rewinding import Moment, find_steps, rewind

# Of the steps for which a condition holds.
MOST_SHOWN = 10


def rewind_target(
    folder: Path,
    program: Sequence[str],
    console: Console,
    *,
    step: int | None = None,
    where: str | None = None,
    opening: bool = False,
    page: Path | None = None,
    plain: bool = False,
    most: int = 200,
) -> int:
    """Tell what was recorded, or where a condition holds, or open the debugger on a step.

    Parameters
    ----------
    folder : Path
        Of the record.
    program : sequence of str
        The Python file that trains, and its arguments; empty for what `stepgrad train` recorded.
    console : Console
    step : int or None
        The step to open.
    where : str or None
        A condition.
    opening : bool
        Whether to open the first step for which it holds.
    page : Path or None
        Write a page of the session, in place of opening it.
    plain, most
        Text in place of the terminal, and how many events of it.

    Returns
    -------
    int
        0; 1 where no step is as wanted.

    Raises
    ------
    UsageError, RewindError, FileError
    """
    record = Record(folder)
    if step is not None and where is not None:
        raise UsageError("give --step, a number, or --where, a condition, and not both")
    again = _choose_program(record, program)
    if where is not None:
        found = _find(record, where, again)
        if not found:
            console.print(f"no step of {record.first:,} … {record.last:,} is one where {where}", markup=False)
            return 1
        _show_steps(record, found, console)
        if not (opening or page is not None):
            return 0
        step = found[0]
    if step is None:
        if opening or page is not None:
            raise UsageError("say which step to open: --step N, or --where CONDITION")
        _show_record(record, console)
        return 0
    if again is None:
        raise UsageError(
            f"{folder} was recorded by a program: to replay it, name its file and arguments: "
            f"stepgrad rewind {folder} train.py --step {step}"
        )
    moment = rewind(folder, step, again=again)
    _open(moment, folder, console, page, plain, most)
    return 0


def _choose_program(record: Record, program: Sequence[str]) -> Callable[[], object] | None:
    """What trains again: a file that the user names, or what `stepgrad train` did."""
    if program:
        path = source_file(program[0])
        return lambda: _run_program(path, program[1:])
    if record.notes.get("command") != "train":
        # Code whose path stands in a file is not run: the user says what is.
        return None
    options = Options.from_notes(record.notes, record.path)
    return lambda: train_again(options, Console(quiet=True))


def _run_program(path: Path, arguments: Sequence[str]) -> None:
    try:
        run_as_main(path, arguments)
    except (AutogradError, KeyboardInterrupt, BrokenPipeError, Reached):
        raise
    except BaseException as error:  # whatever a user's program raises
        raise UsageError(f"{path} raised {describe_error(error, path)}") from None


def _find(record: Record, where: str, again: Callable[[], object] | None) -> list[int]:
    names, _ = read_condition(where)
    if names == (RATIO,) and again is None:
        raise UsageError(
            f"the update ratio is not recorded: to replay the run, name its program: stepgrad rewind {record.path} train.py --where …"
        )
    return find_steps(record, where, again)


def _show_steps(record: Record, found: Sequence[int], console: Console) -> None:
    table = Table("step", box=SIMPLE)
    for name in ("epoch", "loss before", "loss", "gradient norm"):
        table.add_column(name, justify="right")
    losses, norms = record.numbers["loss"], record.numbers["norm"]
    for step in found[:MOST_SHOWN]:
        place, epoch = step - record.first, record.epoch_of(step)
        before = format_number(float(losses[place - 1])) if place else ""
        numbers = (format_number(float(some[place])) for some in (losses, norms))
        table.add_row(f"{step:,}", "" if epoch is None else f"{epoch:,}", before, *numbers)
    console.print(table)
    if len(found) > MOST_SHOWN:
        console.print(f"… and {len(found) - MOST_SHOWN:,} more")


def _show_record(record: Record, console: Console) -> None:
    losses, norms = record.numbers["loss"], record.numbers["norm"]
    if not len(losses):
        console.print(f"{record.path}: no step was recorded", markup=False, highlight=False)
        return
    table = Table.grid(padding=(0, 2))
    last = record.epoch_of(record.last)
    table.add_row("steps", f"{record.first:,} … {record.last:,}" + ("" if last is None else f", epoch {last:,}"))
    table.add_row("loss", f"{_number(losses[0])} first, {_number(losses[-1])} last, {_range(losses)}")
    table.add_row("gradient norm", _range(norms))
    wrong = np.flatnonzero(~np.isfinite(losses) | ~np.isfinite(norms))
    if len(wrong):
        table.add_row("not finite", f"{len(wrong):,} steps, the first of them {int(wrong[0]) + record.first:,}")
    table.add_row(
        "checkpoints", f"{len(record.checkpoints)}: before steps {', '.join(f'{n:,}' for n in record.checkpoints)}"
    )
    for name, told in record.data.items():
        table.add_row(name, told.partition(" sha256")[0])
    other = record.name_other_versions()
    if other:
        table.add_row("other versions", other)
    console.print(table)


def _number(value: float) -> str:
    return format_number(float(value))


def _range(series: np.ndarray) -> str:
    finite = series[np.isfinite(series)]
    return f"{_number(finite.min())} … {_number(finite.max())}" if len(finite) else "never finite"


def _open(moment: Moment, folder: Path, console: Console, page: Path | None, plain: bool, most: int) -> None:
    title = f"{folder}, step {moment.step:,} of epoch {moment.epoch:,}"
    session = moment.session()
    if page is not None:
        files.write(page, session.page(title).encode())
        console.print(f"wrote {page}", markup=False, highlight=False, soft_wrap=True)
    elif plain or not sys.stdout.isatty():
        open_text(session, title, most=most)
    else:
        open_session(session, title)
