"""`Progress`: how far a run is: a bar in a terminal and in a notebook, a line an epoch elsewhere, or nothing."""

from __future__ import annotations

import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Column

from nn.training.callback import Callback, Run

# Seconds between two pictures of the bar.
SECONDS_BETWEEN = 0.1
BAR_LENGTH = 16


def progress_callbacks(wanted: bool | None, console: Console | None = None) -> list[Callback]:
    """What shows how far a run is.

    Parameters
    ----------
    wanted : bool or None
        None: a bar in a terminal or a notebook, and nothing in a file or a pipe. True: there a line an epoch.
        False: nothing anywhere.
    console : rich.console.Console, optional
    """
    console = console or Console()
    if wanted is False:
        return []
    if console.is_jupyter:
        return [Cell()]
    if console.is_terminal:
        return [Terminal(console)]
    return [Lines(console)] if wanted else []


def describe(run: Run, loss: float | None = None) -> str:
    """The numbers of the latest epoch in words, with the loss of the latest batch while an epoch is under way."""
    row = run.report or (run.history.rows[-1] if run.history.rows else {})
    shown = {name: value for name, value in row.items() if name not in ("epoch", "lr", "seconds")}
    if loss is not None:
        shown["loss"] = loss
    return "  ".join(f"{name} {value:.4g}" for name, value in shown.items())


class _Shown(Callback):
    """Draws itself, but not more often than can be seen."""

    observes = True
    _next = 0.0

    def on_step(self, run: Run) -> None:
        now = time.perf_counter()
        if now >= self._next:
            self._next = now + SECONDS_BETWEEN
            self._draw(run, describe(run, run.value.item()))

    def on_epoch(self, run: Run) -> None:
        self._draw(run, describe(run))

    def _draw(self, run: Run, text: str) -> None:
        raise NotImplementedError


def _epochs_done(run: Run) -> float:
    """How many epochs have been gone through, in parts."""
    if run.report:
        return run.epoch
    return run.epoch - 1 + (min(run.batch / run.batches, 1.0) if run.batches else 0.0)


class Terminal(_Shown):
    """rich's bar."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def on_begin(self, run: Run) -> None:
        # What is too much for the line is cut off the numbers, not off the bar.
        columns = (
            TextColumn("epoch {task.fields[epoch]}/{task.total:g}", table_column=Column(no_wrap=True, min_width=11)),
            BarColumn(BAR_LENGTH, table_column=Column(min_width=BAR_LENGTH)),
            TimeRemainingColumn(compact=True, table_column=Column(no_wrap=True, min_width=5)),
            TextColumn(
                "{task.fields[text]}", markup=False, table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")
            ),
        )
        self._bar = Bar(*columns, console=self.console, auto_refresh=False, expand=True)
        done = len(run.history)
        self._task = self._bar.add_task("", total=run.epochs, completed=done, epoch=done, text=describe(run))
        self._bar.start()

    def _draw(self, run: Run, text: str) -> None:
        self._bar.update(self._task, completed=_epochs_done(run), epoch=run.epoch, text=text, refresh=True)

    def on_end(self, run: Run) -> None:
        self._bar.stop()
        if len(run.history) < run.epochs and run.stopping:
            self.console.print(run.stopping, markup=False, highlight=False)


class Cell(_Shown):
    """A bar of text in a notebook's cell, which needs no widgets."""

    def on_begin(self, run: Run) -> None:
        from IPython.display import display

        self._handle: Any = display({"text/plain": ""}, raw=True, display_id=True)

    def _draw(self, run: Run, text: str) -> None:
        full = int(BAR_LENGTH * _epochs_done(run) / run.epochs)
        bar = "━" * full + "╌" * (BAR_LENGTH - full)
        self._handle.update({"text/plain": f"epoch {run.epoch}/{run.epochs} {bar} {text}"}, raw=True)

    def on_end(self, run: Run) -> None:
        self._draw(run, "  ".join(part for part in (describe(run), run.stopping) if part))


class Lines(Callback):
    """A line an epoch."""

    observes = True

    def __init__(self, console: Console) -> None:
        self.console = console

    def on_epoch(self, run: Run) -> None:
        line = f"epoch {run.epoch}/{run.epochs}  {describe(run)}  {run.report['seconds']:.1f} s"
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)
