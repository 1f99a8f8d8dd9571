"""How far a search is: a bar in a terminal, a line a trial elsewhere, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograd.wording.numbers import format_number
from nn.tuning.result import Trial, rank


@contextmanager
def show_progress(
    wanted: bool | None, trials: int, metric: str, mode: str, console: Console | None = None
) -> Iterator[Callable[[Trial], None]]:
    """Show how far a search is; gives what is told of every trial that is done.

    Parameters
    ----------
    wanted : bool or None
        None: a bar in a terminal and nothing elsewhere. True: there a line a trial. False: nothing anywhere.
    trials : int
        How many begin; those that go on longer are told, and not counted again.
    metric, mode : str
    console : rich.console.Console, optional
    """
    console = console or Console(stderr=True)
    done: list[Trial] = []

    def told(trial: Trial) -> str:
        done.append(trial)
        best = rank(done, mode)[0]
        return (
            f"trial {trial.number}, {trial.epochs} epochs: {_number(trial.score)}; best {metric} {_number(best.score)}"
        )

    if wanted is False or (wanted is None and not console.is_terminal):
        yield lambda trial: None
    elif not console.is_terminal:
        yield lambda trial: console.print(told(trial), markup=False, highlight=False, soft_wrap=True)
    else:
        columns: list[Any] = [MofNCompleteColumn(), BarColumn(16), TimeRemainingColumn(compact=True)]
        with Progress(*columns, TextColumn("{task.description}", markup=False), console=console) as bar:
            shown = bar.add_task("", total=trials)

            def update(trial: Trial) -> None:
                text = told(trial)
                bar.update(shown, completed=len({one.number for one in done}), description=text)

            yield update


def _number(value: float) -> str:
    return format_number(value) if value == value else "no end"
